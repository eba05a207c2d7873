-- From schema 8 to 9: what was looked for by walking through all documents, dead letters or keys.

CREATE INDEX documents_by_body ON documents (body_file) WHERE body_file IS NOT NULL;
CREATE INDEX dead_letters_by_document_seq ON dead_letters (doc_seq);
CREATE INDEX person_keys_by_person ON person_keys (person_id);

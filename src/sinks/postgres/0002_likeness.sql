-- What became of a document, and which others have nearly the same text.
ALTER TABLE documents
    ADD COLUMN deleted   boolean NOT NULL DEFAULT false,
    ADD COLUMN article   boolean,
    ADD COLUMN text_hash text,
    ADD COLUMN cluster   text;

COMMENT ON COLUMN documents.deleted IS 'The document was deleted: all that was said of it is taken back.';
COMMENT ON COLUMN documents.article IS 'Of a page, whether it has an article on it; null for a text.';
COMMENT ON COLUMN documents.cluster IS 'Shared by documents with nearly the same text.';

CREATE INDEX documents_text_hash ON documents (text_hash) WHERE text_hash IS NOT NULL;
CREATE INDEX documents_cluster ON documents (cluster) WHERE cluster IS NOT NULL;

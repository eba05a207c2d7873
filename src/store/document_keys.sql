-- From schema 7 to 8: the keys of a document's names, together. They are asked for all at once, when an authority changes.

CREATE TABLE document_keys (
    doc_seq INTEGER PRIMARY KEY,
    -- Four bytes each, the lowest first.
    keys    BLOB NOT NULL
);

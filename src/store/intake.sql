-- From schema 4 to 5: lanes, batches, deletion, clusters of documents with nearly the same text.

-- 0 fresh, 1 backfill.
ALTER TABLE documents ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
-- The newest version says that the document was deleted.
ALTER TABLE heads ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
-- Documents that were deleted; the index of their names is cleared at the next start.
CREATE TABLE erased (doc_seq INTEGER PRIMARY KEY);

CREATE TABLE batches (
    id         INTEGER PRIMARY KEY,
    label      TEXT NOT NULL UNIQUE,
    started_at TEXT NOT NULL
);
CREATE TABLE batch_documents (
    batch_id INTEGER NOT NULL REFERENCES batches(id),
    doc_seq  INTEGER NOT NULL,
    PRIMARY KEY (batch_id, doc_seq)
) WITHOUT ROWID;
CREATE INDEX batches_by_document ON batch_documents (doc_seq);

-- What is compared to tell documents with nearly the same text.
CREATE TABLE sketches (
    id          INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL UNIQUE,
    cluster     TEXT NOT NULL,
    -- The document by which it came into the cluster, and how like it it is; nothing for the first one.
    near        TEXT,
    similarity  REAL,
    sketch      BLOB NOT NULL
);
CREATE INDEX sketches_by_cluster ON sketches (cluster);
CREATE TABLE sketch_bands (
    band      INTEGER NOT NULL,
    sketch_id INTEGER NOT NULL REFERENCES sketches(id),
    PRIMARY KEY (band, sketch_id)
) WITHOUT ROWID;
CREATE INDEX bands_by_sketch ON sketch_bands (sketch_id);

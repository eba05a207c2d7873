-- The embedded store. `user_version` is the number of this schema with `decisions.sql`, `merges.sql` and `intake.sql` after
-- it.

CREATE TABLE documents (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    received_at  TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    request_id   TEXT NOT NULL,
    metadata     TEXT NOT NULL,
    html         INTEGER NOT NULL,
    -- As it was declared; of a plain text empty where it was not and the text is no UTF-8, and NULL where it is.
    charset      TEXT,
    -- zstd; NULL when the body is a file of its own, named by the hash of its content.
    body         BLOB,
    body_file    TEXT,
    UNIQUE (id, revision)
);

-- How the processing of a document ended. Documents without a row wait in the spool.
CREATE TABLE outcomes (
    doc_seq INTEGER PRIMARY KEY REFERENCES documents(seq),
    state   TEXT NOT NULL CHECK (state IN ('done', 'superseded', 'dead')),
    version INTEGER
);

CREATE TABLE records (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL,
    version      INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    json         BLOB NOT NULL,
    UNIQUE (id, version)
);
CREATE INDEX records_by_revision ON records (id, revision, version);

-- The newest version of each record, with what listings filter by.
CREATE TABLE heads (
    id           TEXT PRIMARY KEY,
    record_seq   INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    language     TEXT NOT NULL,
    source       TEXT NOT NULL,
    received_at  TEXT NOT NULL,
    published_at TEXT
) WITHOUT ROWID;
CREATE UNIQUE INDEX heads_by_seq ON heads (record_seq);
CREATE INDEX heads_by_language ON heads (language, record_seq);
CREATE INDEX heads_by_source ON heads (source, record_seq);

-- The people on the newest version of each record, by spelling.
CREATE TABLE mentions (
    person_id   TEXT NOT NULL,
    document_id TEXT NOT NULL,
    spelling    TEXT NOT NULL,
    language    TEXT NOT NULL,
    record_seq  INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    PRIMARY KEY (person_id, document_id, spelling)
) WITHOUT ROWID;
CREATE INDEX mentions_by_document ON mentions (document_id);
CREATE INDEX mentions_by_record ON mentions (person_id, record_seq);

-- People in no authority.
CREATE TABLE persons (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE person_keys (
    key       TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES persons(id),
    PRIMARY KEY (key, person_id)
) WITHOUT ROWID;
CREATE TABLE person_names (
    person_id TEXT NOT NULL REFERENCES persons(id),
    name      TEXT NOT NULL,
    PRIMARY KEY (person_id, name)
) WITHOUT ROWID;

-- The version of the names engine's keys in `person_keys`.
CREATE TABLE key_version (version INTEGER NOT NULL);

-- How far each sink has come: all records up to `cursor` are stored there or are dead letters.
CREATE TABLE sinks (
    name     TEXT PRIMARY KEY,
    cursor   INTEGER NOT NULL,
    position TEXT
) WITHOUT ROWID;

CREATE TABLE dead_letters (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    -- NULL for a document that could not be processed, else the sink that refused the record.
    sink        TEXT,
    doc_seq     INTEGER,
    record_seq  INTEGER,
    document_id TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    version     INTEGER,
    reason      TEXT NOT NULL,
    at          TEXT NOT NULL
);
CREATE INDEX dead_letters_by_document ON dead_letters (document_id);

-- Dead letters of sinks that are to be tried again, beside the cursor.
CREATE TABLE redeliveries (
    sink       TEXT NOT NULL,
    record_seq INTEGER NOT NULL,
    PRIMARY KEY (sink, record_seq)
) WITHOUT ROWID;

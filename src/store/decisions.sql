-- From schema 2 to 3: decisions, and records that are to be made again.

-- What analysts have decided, in the words that they gave; and what follows from all that is in force: for a person whose
-- id leads elsewhere where it leads, and the name there; nowhere for what is nobody.
CREATE TABLE decisions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    json       TEXT NOT NULL,
    record_id  TEXT GENERATED ALWAYS AS (json ->> 'record_id') STORED,
    at         TEXT NOT NULL,
    revoked_at TEXT
);
CREATE INDEX decisions_by_record ON decisions (record_id);
CREATE TABLE decided_persons (
    person_id   TEXT NOT NULL,
    decision_id INTEGER NOT NULL REFERENCES decisions(id),
    PRIMARY KEY (person_id, decision_id)
) WITHOUT ROWID;
-- The names of known people that decisions name.
CREATE TABLE decided_names (
    person_id TEXT PRIMARY KEY,
    name      TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE redirects (
    person_id TEXT PRIMARY KEY,
    to_id     TEXT,
    name      TEXT NOT NULL
) WITHOUT ROWID;

-- By the keys of words that may be names the documents that have them, to find records when somebody becomes known.
CREATE TABLE name_keys (
    key     INTEGER NOT NULL,
    doc_seq INTEGER NOT NULL,
    PRIMARY KEY (key, doc_seq)
) WITHOUT ROWID;

-- Records that are to be made again.
CREATE TABLE remakes (
    id     TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    at     TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX remakes_by_time ON remakes (at, id);

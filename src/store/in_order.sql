-- From schema 10 to 11: what a record adds lies where the record before it added, as far as it can, so that a store that has
-- grown is written to as fast as a new one. Mentions are by the record; the bands of the last sketches wait in memory, see
-- `bands.rs`.

DROP INDEX records_by_revision;
DROP INDEX bands_by_sketch;
DROP INDEX heads_by_maker;
CREATE INDEX heads_by_maker ON heads (made_by, record_seq);

-- The people on the newest version of each record, by spelling.
CREATE TABLE mentions_by_person (
    person_id  TEXT NOT NULL,
    record_seq INTEGER NOT NULL,
    spelling   TEXT NOT NULL,
    language   TEXT NOT NULL,
    count      INTEGER NOT NULL,
    PRIMARY KEY (person_id, record_seq, spelling)
) WITHOUT ROWID;
INSERT INTO mentions_by_person SELECT person_id, record_seq, spelling, language, count FROM mentions;
DROP TABLE mentions;
ALTER TABLE mentions_by_person RENAME TO mentions;
CREATE INDEX mentions_by_record ON mentions (record_seq);

-- The bands of all sketches up to this one are in `sketch_bands`.
CREATE TABLE banded (sketch_id INTEGER NOT NULL);
INSERT INTO banded SELECT COALESCE(MAX(id), 0) FROM sketches;

-- One name for it: records are reprocessed.
ALTER TABLE remakes RENAME TO reprocessing;
DROP INDEX remakes_by_time;
CREATE INDEX reprocessing_by_time ON reprocessing (at, id);

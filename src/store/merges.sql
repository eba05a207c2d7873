-- From schema 3 to 4: what made the newest version of each record, and provisional people who turned out to be one.

-- By stage the number of what made a record, as JSON; few, for all records of one release share one.
CREATE TABLE makers (
    id     INTEGER PRIMARY KEY,
    stages TEXT NOT NULL UNIQUE
);
ALTER TABLE heads ADD COLUMN made_by INTEGER REFERENCES makers(id);
CREATE INDEX heads_by_maker ON heads (made_by);

-- Who turned out to be whom, without a decision.
CREATE TABLE merges (
    person_id TEXT PRIMARY KEY,
    to_id     TEXT NOT NULL,
    name      TEXT NOT NULL,
    reason    TEXT NOT NULL,
    at        TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX merges_by_end ON merges (to_id);

-- What follows from all decisions in force and all merges: where an id leads, the name there, and why; nowhere for what is
-- nobody.
DROP TABLE redirects;
CREATE TABLE redirects (
    person_id TEXT PRIMARY KEY,
    to_id     TEXT,
    name      TEXT NOT NULL,
    why       TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX redirects_by_end ON redirects (to_id);

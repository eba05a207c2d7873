-- From schema 6 to 7: in which order stories changed, for those who are told of them.

CREATE TABLE story_changes (
    -- A story that changes again comes last.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    story  TEXT NOT NULL UNIQUE
);
INSERT INTO story_changes (story) SELECT id FROM stories WHERE documents > 1 ORDER BY changed_at, id;

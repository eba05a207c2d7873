-- From schema 5 to 6: stories, and what machine translation keeps.

CREATE TABLE stories (
    id         TEXT PRIMARY KEY,
    started_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    documents  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX stories_by_change ON stories (changed_at, id);

-- A story that was found to be another.
CREATE TABLE merged_stories (
    id    TEXT PRIMARY KEY,
    story TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX merged_by_story ON merged_stories (story);

CREATE TABLE story_members (
    -- In order of arrival.
    number       INTEGER PRIMARY KEY,
    document_id  TEXT NOT NULL UNIQUE,
    story        TEXT NOT NULL,
    language     TEXT NOT NULL,
    published_at TEXT,
    received_at  TEXT NOT NULL,
    -- The document of the story with nearly the same text.
    near         TEXT,
    -- What it says of where it comes from: JSON.
    claims       TEXT NOT NULL,
    -- How likely it is of the story, nothing for the first one; why, and of which others it may be: JSON.
    score        REAL,
    why          TEXT NOT NULL,
    -- What it was found to be: told again when it becomes something else.
    role         TEXT NOT NULL,
    -- What is compared; nothing once it is too old.
    outline      BLOB
);
CREATE INDEX members_by_story ON story_members (story);

-- Where its page and its picture stand, as hashes: by which pages in other languages name it, or show the same.
CREATE TABLE story_addresses (
    address INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    PRIMARY KEY (address, number)
) WITHOUT ROWID;
CREATE INDEX addresses_by_member ON story_addresses (number);

CREATE TABLE machine_translations (
    -- A hash of provider, languages and text.
    key  BLOB PRIMARY KEY,
    text TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE machine_spending (spent TEXT NOT NULL);

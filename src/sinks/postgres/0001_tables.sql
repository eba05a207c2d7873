-- One row a document: the newest version of its record, whole in `record` and spread over the columns.
CREATE TABLE documents (
    id                  text PRIMARY KEY,
    revision            bigint NOT NULL,
    version             bigint NOT NULL,
    received_at         timestamptz NOT NULL,
    processed_at        timestamptz NOT NULL,
    source              text NOT NULL,
    url                 text,
    published_at        timestamptz,
    title               text,
    byline              text,
    text                text NOT NULL,
    language            text NOT NULL,
    script              text NOT NULL,
    language_confidence double precision,
    content_hash        text NOT NULL,
    record              jsonb NOT NULL,
    note                text
);

COMMENT ON COLUMN documents.version IS 'Grows with each change; an older version never overwrites a newer one.';
COMMENT ON COLUMN documents.note IS 'What had to be changed for PostgreSQL to take the record; null where nothing.';

-- The people of a document, in the record's order.
CREATE TABLE people (
    document_id text NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal     integer NOT NULL,
    person_id   text,
    name        text NOT NULL,
    status      text NOT NULL,
    key         text NOT NULL,
    score       double precision,
    why         jsonb NOT NULL,
    candidates  jsonb NOT NULL,
    PRIMARY KEY (document_id, ordinal)
);

CREATE INDEX people_person_id ON people (person_id) WHERE person_id IS NOT NULL;

COMMENT ON COLUMN people.person_id IS 'Null where several people fit and none is preferred: see candidates.';

-- Where a person is named; offsets count code points of the field, the end outside.
CREATE TABLE mentions (
    document_id    text NOT NULL,
    person_ordinal integer NOT NULL,
    ordinal        integer NOT NULL,
    field          text NOT NULL,
    start_offset   integer NOT NULL,
    end_offset     integer NOT NULL,
    text           text NOT NULL,
    form           text NOT NULL,
    PRIMARY KEY (document_id, person_ordinal, ordinal),
    FOREIGN KEY (document_id, person_ordinal) REFERENCES people (document_id, ordinal) ON DELETE CASCADE
);

-- For: where is this spelling used. A hash, because a B-tree refuses texts that are longer than a third of a page.
CREATE INDEX mentions_text ON mentions USING hash (text);

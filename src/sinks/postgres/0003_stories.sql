-- Which documents are one story, in whatever language, and which of them is the original.
ALTER TABLE documents
    ADD COLUMN story             text,
    ADD COLUMN role              text,
    ADD COLUMN original_language text;

COMMENT ON COLUMN documents.story IS 'Shared by translations and editions of one text.';
COMMENT ON COLUMN documents.role IS 'original, translation, edition or unknown.';

CREATE INDEX documents_story ON documents (story) WHERE story IS NOT NULL;

-- Filled for a sink that asks for stories. A row a story: whole in `story` and spread over the columns.
CREATE TABLE stories (
    id          text PRIMARY KEY,
    version     bigint NOT NULL,
    started_at  timestamptz,
    changed_at  timestamptz,
    documents   bigint NOT NULL,
    languages   text[] NOT NULL,
    merged_into text,
    deleted     boolean NOT NULL,
    story       jsonb NOT NULL
);

COMMENT ON COLUMN stories.merged_into IS 'The story that this one was found to be.';
COMMENT ON COLUMN stories.deleted IS 'None of its documents is left.';

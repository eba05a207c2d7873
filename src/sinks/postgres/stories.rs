//! Stories in PostgreSQL: one row each, the newest version.

use serde_json::Value;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::TRANSACTION_TIMEOUT;
use super::entry::{newest, replace_nul};
use super::failure::{Failure, in_time};
use super::schema::begin;
use crate::sinks::{Accepted, Refusal, StoryDelivery, Unavailable};

/// Takes a newer version over an older one. What is not there of a story that was merged or deleted is nothing.
const UPSERT_STORIES: &str = "\
    INSERT INTO stories (id, version, started_at, changed_at, documents, languages, merged_into, deleted, story) \
    SELECT s->>'story_id', (s->>'version')::bigint, (s->>'started_at')::timestamptz, (s->>'changed_at')::timestamptz, \
        coalesce((s->>'documents')::bigint, 0), \
        ARRAY(SELECT jsonb_array_elements_text(coalesce(s->'languages', '[]'))), \
        s->>'merged_into', coalesce((s->>'deleted')::boolean, false), s \
    FROM jsonb_array_elements($1::jsonb) AS s \
    ON CONFLICT (id) DO UPDATE SET \
        (version, started_at, changed_at, documents, languages, merged_into, deleted, story) \
        = (EXCLUDED.version, EXCLUDED.started_at, EXCLUDED.changed_at, EXCLUDED.documents, EXCLUDED.languages, \
            EXCLUDED.merged_into, EXCLUDED.deleted, EXCLUDED.story) \
    WHERE stories.version < EXCLUDED.version";

/// Stores a batch as a whole; where the data are at fault, story by story.
pub(super) async fn store(client: &mut Client, schema: &str, batch: &[StoryDelivery]) -> Result<Accepted, Unavailable> {
    let mut accepted = Accepted::default();
    let all: Vec<&StoryDelivery> = newest(batch, |story| (&story.story_id, story.version));
    let Err(failure) = write(client, schema, &all).await else { return Ok(accepted) };
    let reason = failure.data()?;
    if let [only] = all.as_slice() {
        accepted.refused.push(Refusal { seq: only.version, reason });
        return Ok(accepted);
    }
    for one in all {
        let Err(failure) = write(client, schema, &[one]).await else { continue };
        accepted.refused.push(Refusal { seq: one.version, reason: failure.data()? });
    }
    Ok(accepted)
}

async fn write(client: &mut Client, schema: &str, batch: &[&StoryDelivery]) -> Result<(), Failure> {
    let unreadable =
        |error: serde_json::Error| Failure::Data(format!("the story is not the JSON it should be: {error}"));
    let mut values: Vec<Value> = Vec::with_capacity(batch.len());
    for delivery in batch {
        let mut value: Value = serde_json::from_str(&delivery.json).map_err(unreadable)?;
        replace_nul(&mut value);
        values.push(value);
    }
    let values = Value::Array(values).to_string();
    in_time(TRANSACTION_TIMEOUT, async {
        let transaction = begin(client, schema).await?;
        transaction.execute_typed(UPSERT_STORIES, &[(&values, Type::TEXT)]).await?;
        Ok(transaction.commit().await?)
    })
    .await
}

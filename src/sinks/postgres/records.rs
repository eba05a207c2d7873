//! Records in PostgreSQL: one row a document, the newest version, with its people and their mentions.

use std::collections::HashSet;

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Transaction};

use super::TRANSACTION_TIMEOUT;
use super::entry::{Entry, newest};
use super::failure::{Failure, in_time};
use super::rows::{document_row, mention_rows, person_rows, rows};
use super::schema::begin;
use crate::sinks::{Accepted, Delivery, Refusal, Unavailable};

/// Takes a newer version over an older one, and says which documents it took.
const UPSERT_DOCUMENTS: &str = "\
    INSERT INTO documents (id, revision, version, received_at, processed_at, source, url, published_at, title, byline, \
        text, language, script, language_confidence, content_hash, record, note, deleted, article, text_hash, cluster, \
        story, role, original_language) \
    SELECT id, revision, version, received_at, processed_at, source, url, published_at, title, byline, \
        text, language, script, language_confidence, content_hash, record, note, deleted, article, text_hash, cluster, \
        story, role, original_language \
    FROM json_to_recordset($1::json) AS new (id text, revision bigint, version bigint, received_at timestamptz, \
        processed_at timestamptz, source text, url text, published_at timestamptz, title text, byline text, \
        text text, language text, script text, language_confidence double precision, content_hash text, \
        record jsonb, note text, deleted boolean, article boolean, text_hash text, cluster text, \
        story text, role text, original_language text) \
    ON CONFLICT (id) DO UPDATE SET \
        (revision, version, received_at, processed_at, source, url, published_at, title, byline, text, language, \
            script, language_confidence, content_hash, record, note, deleted, article, text_hash, cluster, \
            story, role, original_language) \
        = (EXCLUDED.revision, EXCLUDED.version, EXCLUDED.received_at, EXCLUDED.processed_at, EXCLUDED.source, \
            EXCLUDED.url, EXCLUDED.published_at, EXCLUDED.title, EXCLUDED.byline, EXCLUDED.text, EXCLUDED.language, \
            EXCLUDED.script, EXCLUDED.language_confidence, EXCLUDED.content_hash, EXCLUDED.record, EXCLUDED.note, \
            EXCLUDED.deleted, EXCLUDED.article, EXCLUDED.text_hash, EXCLUDED.cluster, \
            EXCLUDED.story, EXCLUDED.role, EXCLUDED.original_language) \
    WHERE documents.version < EXCLUDED.version \
    RETURNING id";

/// Mentions go with their people.
const DELETE_PEOPLE: &str = "DELETE FROM people WHERE document_id = ANY ($1)";

const INSERT_PEOPLE: &str = "\
    INSERT INTO people (document_id, ordinal, person_id, name, status, key, score, why, candidates) \
    SELECT document_id, ordinal, person_id, name, status, key, score, why, candidates \
    FROM json_to_recordset($1::json) AS new (document_id text, ordinal integer, person_id text, name text, \
        status text, key text, score double precision, why jsonb, candidates jsonb)";

const INSERT_MENTIONS: &str = "\
    INSERT INTO mentions (document_id, person_ordinal, ordinal, field, start_offset, end_offset, text, form) \
    SELECT document_id, person_ordinal, ordinal, field, start_offset, end_offset, text, form \
    FROM json_to_recordset($1::json) AS new (document_id text, person_ordinal integer, ordinal integer, field text, \
        start_offset integer, end_offset integer, text text, form text)";

/// Stores a batch as a whole; where the data are at fault, record by record, so that only the faulty ones stay out.
pub(super) async fn store(client: &mut Client, schema: &str, batch: &[Delivery]) -> Result<Accepted, Unavailable> {
    let mut accepted = Accepted::default();
    let mut entries = Vec::with_capacity(batch.len());
    for delivery in batch {
        match Entry::new(delivery) {
            Ok(entry) => entries.push(entry),
            Err(reason) => accepted.refused.push(Refusal { seq: delivery.seq, reason }),
        }
    }
    if let Err(failure) = write(client, schema, &entries).await {
        let reason = failure.data()?;
        if let [only] = entries.as_slice() {
            accepted.refused.push(Refusal { seq: only.seq, reason });
        } else {
            for entry in &entries {
                let Err(failure) = write(client, schema, std::slice::from_ref(entry)).await else { continue };
                accepted.refused.push(Refusal { seq: entry.seq, reason: failure.data()? });
            }
        }
    }
    accepted.refused.sort_by_key(|refusal| refusal.seq);
    Ok(accepted)
}

/// One transaction for all entries.
async fn write(client: &mut Client, schema: &str, entries: &[Entry<'_>]) -> Result<(), Failure> {
    let newest = newest(entries, Entry::named);
    if newest.is_empty() {
        return Ok(());
    }
    in_time(TRANSACTION_TIMEOUT, async {
        let transaction = begin(client, schema).await?;
        let taken = upsert(&transaction, &newest).await?;
        let taken: Vec<&Entry<'_>> = newest.into_iter().filter(|entry| taken.contains(&entry.record.id)).collect();
        replace_people(&transaction, &taken).await?;
        Ok(transaction.commit().await?)
    })
    .await
}

/// Writes the documents; returns the ids of those that were new or newer than what was there.
async fn upsert(transaction: &Transaction<'_>, entries: &[&Entry<'_>]) -> Result<HashSet<String>, Failure> {
    let rows = rows(entries.iter().map(|entry| document_row(entry)))?;
    let taken = transaction.query_typed(UPSERT_DOCUMENTS, &[(&rows, Type::TEXT)]).await?;
    Ok(taken.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// Puts the people and mentions of these documents in the place of those that were there.
async fn replace_people(transaction: &Transaction<'_>, entries: &[&Entry<'_>]) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = entries.iter().map(|entry| entry.record.id.as_str()).collect();
    transaction.execute_typed(DELETE_PEOPLE, &[(&ids, Type::TEXT_ARRAY)]).await?;
    let people = rows(entries.iter().flat_map(|entry| person_rows(&entry.record)))?;
    transaction.execute_typed(INSERT_PEOPLE, &[(&people, Type::TEXT)]).await?;
    let mentions = rows(entries.iter().flat_map(|entry| mention_rows(&entry.record)))?;
    transaction.execute_typed(INSERT_MENTIONS, &[(&mentions, Type::TEXT)]).await?;
    Ok(())
}

//! Batches: documents that a sender gave one label, to ask after them all.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use super::{Store, StoreError, sortable};

/// How the documents of a batch are doing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Batch {
    pub label: String,
    pub started_at: String,
    /// Documents that were accepted under the label, revisions apart.
    pub accepted: i64,
    /// Of these, those that wait or are processed.
    pub waiting: i64,
    /// Those that have a record.
    pub done: i64,
    /// Those after which a newer revision was processed first.
    pub superseded: i64,
    /// Those that could not be processed.
    pub dead: i64,
    /// Their reasons, the most frequent first; at most 50.
    pub reasons: Vec<Reason>,
    /// Records of the batch that a sink has refused, by sink.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, i64>,
}

/// Why documents of a batch could not be processed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    pub reason: String,
    pub documents: i64,
}

/// The documents of the batch with this label.
pub(super) const DOCUMENTS: &str =
    "SELECT doc_seq FROM batch_documents WHERE batch_id = (SELECT id FROM batches WHERE label = ?)";

/// Counts a document to a batch.
pub(super) fn add(db: &Connection, label: &str, doc_seq: i64) -> Result<(), StoreError> {
    let known: Option<i64> = db
        .prepare_cached("SELECT id FROM batches WHERE label = ?1")?
        .query_row([label], |row| row.get(0))
        .optional()?;
    let batch = match known {
        Some(batch) => batch,
        None => {
            db.prepare_cached("INSERT INTO batches (label, started_at) VALUES (?1, ?2)")?
                .execute(params![label, sortable(Timestamp::now())])?;
            db.last_insert_rowid()
        }
    };
    db.prepare_cached("INSERT OR IGNORE INTO batch_documents (batch_id, doc_seq) VALUES (?1, ?2)")?
        .execute([batch, doc_seq])?;
    Ok(())
}

impl Store {
    /// How the batch of this label is doing, if there is one.
    pub async fn batch(self: &Arc<Self>, label: &str) -> Result<Option<Batch>, StoreError> {
        let label = label.to_owned();
        self.read(move |db| {
            let batch: Option<(i64, String)> = db
                .prepare_cached("SELECT id, started_at FROM batches WHERE label = ?1")?
                .query_row([&label], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            batch.map(|(id, started_at)| count(db, id, label, started_at)).transpose()
        })
        .await
    }

    /// The labels of all batches with when each began, the newest first, at most `limit`.
    pub async fn batches(self: &Arc<Self>, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        self.read(move |db| {
            let mut labels = db.prepare_cached("SELECT label, started_at FROM batches ORDER BY id DESC LIMIT ?1")?;
            Ok(labels.query_map([limit as i64], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn count(db: &Connection, id: i64, label: String, started_at: String) -> Result<Batch, StoreError> {
    let mut states = db.prepare_cached(
        "SELECT COALESCE(o.state, 'waiting'), COUNT(*) FROM batch_documents b
         LEFT JOIN outcomes o ON o.doc_seq = b.doc_seq WHERE b.batch_id = ?1 GROUP BY 1",
    )?;
    let states: BTreeMap<String, i64> =
        states.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let of = |state: &str| states.get(state).copied().unwrap_or(0);
    let mut reasons = db.prepare_cached(
        "SELECT d.reason, COUNT(*) FROM dead_letters d JOIN batch_documents b ON b.doc_seq = d.doc_seq
         WHERE b.batch_id = ?1 AND d.sink IS NULL GROUP BY d.reason ORDER BY COUNT(*) DESC, d.reason LIMIT 50",
    )?;
    let reasons = reasons.query_map([id], |row| Ok(Reason { reason: row.get(0)?, documents: row.get(1)? }))?;
    let mut refused = db.prepare_cached(
        "SELECT l.sink, COUNT(DISTINCT d.seq) FROM dead_letters l
         JOIN documents d ON d.id = l.document_id AND d.revision = l.revision
         JOIN batch_documents b ON b.doc_seq = d.seq WHERE b.batch_id = ?1 AND l.sink IS NOT NULL GROUP BY l.sink",
    )?;
    let refused = refused.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Batch {
        label,
        started_at,
        accepted: states.values().sum(),
        waiting: of("waiting"),
        done: of("done"),
        superseded: of("superseded"),
        dead: of("dead"),
        reasons: reasons.collect::<Result<_, _>>()?,
        refused: refused.collect::<Result<_, _>>()?,
    })
}

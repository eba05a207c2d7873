//! Records that are to be made again, since what is known has changed: a queue that survives a restart.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{Completed, RecordFilter, Store, StoreError, name_keys, records, redirects, sortable};
use crate::pipeline::Draft;

/// A record to be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToReprocess {
    pub id: String,
    /// Why, in words; the new version says so.
    pub reason: String,
    /// Of the document that its newest version was made of.
    pub doc_seq: i64,
}

/// Whom a change of an authority concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concerned {
    /// Of their names: records that have such words side by side may name them.
    pub keys: Vec<u32>,
    /// Records that name them do.
    pub persons: Vec<String>,
    /// Those of them who are in the authority no more.
    pub gone: Vec<String>,
}

/// Marks a record.
pub(super) fn mark(db: &Connection, id: &str, reason: &str) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO reprocessing (id, reason, at) SELECT id, ?2, ?3 FROM heads WHERE id = ?1 AND deleted = 0",
    )?
    .execute(params![id, reason, sortable(Timestamp::now())])?;
    Ok(())
}

/// Marks the records that name a person.
pub(super) fn mark_person(db: &Connection, person: &str, reason: &str) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO reprocessing (id, reason, at)
         SELECT DISTINCT h.id, ?2, ?3 FROM mentions m JOIN heads h ON h.record_seq = m.record_seq WHERE m.person_id = ?1",
    )?
    .execute(params![person, reason, sortable(Timestamp::now())])?;
    Ok(())
}

impl Store {
    /// Marks the records that a change of an authority concerns.
    pub async fn reprocess_for(self: &Arc<Self>, concerned: Concerned, reason: &str) -> Result<(), StoreError> {
        let reason = reason.to_owned();
        let Concerned { keys, persons, gone } = concerned;
        let documents = self.read(move |db| name_keys::documents_with(db, &keys)).await?;
        self.write(move |db| {
            let mut mark = db.prepare_cached(
                "INSERT OR REPLACE INTO reprocessing (id, reason, at)
                 SELECT h.id, ?2, ?3 FROM documents d JOIN heads h ON h.id = d.id WHERE d.seq = ?1",
            )?;
            let now = sortable(Timestamp::now());
            for document in documents {
                mark.execute(params![document, reason, now])?;
            }
            persons.iter().try_for_each(|person| mark_person(db, person, &reason))?;
            gone.iter().try_for_each(|person| redirects::unmerge(db, person))
        })
        .await
    }

    /// Whether no record was ever made.
    pub async fn has_no_records(self: &Arc<Self>) -> Result<bool, StoreError> {
        self.read(|db| Ok(db.query_row("SELECT NOT EXISTS (SELECT 1 FROM heads)", [], |row| row.get(0))?)).await
    }

    /// Marks the records that a filter names to be made again; gives how many they are.
    pub async fn reprocess(self: &Arc<Self>, filter: RecordFilter, reason: &str) -> Result<usize, StoreError> {
        let reason = reason.to_owned();
        self.write(move |db| {
            let (conditions, values) = records::conditions(&filter);
            let sql = format!(
                "INSERT OR REPLACE INTO reprocessing (id, reason, at) SELECT h.id, ?, ? FROM heads h WHERE h.record_seq > ?{conditions}"
            );
            let own = [reason.into(), sortable(Timestamp::now()).into()];
            let all = own.into_iter().chain(values);
            Ok(db.prepare_cached(&sql)?.execute(rusqlite::params_from_iter(all))?)
        })
        .await
    }

    /// How many records are still to be made again.
    pub async fn records_to_reprocess(self: &Arc<Self>) -> Result<u64, StoreError> {
        self.read(|db| Ok(db.query_row("SELECT COUNT(*) FROM reprocessing", [], |row| row.get::<_, i64>(0))? as u64))
            .await
    }

    /// The records that have waited longest to be made again.
    pub async fn next_to_reprocess(self: &Arc<Self>, limit: usize) -> Result<Vec<ToReprocess>, StoreError> {
        self.read(move |db| {
            let mut statement = db.prepare_cached(
                "SELECT r.id, r.reason, d.seq FROM reprocessing r JOIN heads h ON h.id = r.id
                 JOIN documents d ON d.id = h.id AND d.revision = h.revision ORDER BY r.at, r.id LIMIT ?1",
            )?;
            let row = |row: &rusqlite::Row<'_>| {
                Ok(ToReprocess { id: row.get(0)?, reason: row.get(1)?, doc_seq: row.get(2)? })
            };
            Ok(statement.query_map([limit as i64], row)?.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Writes the record anew and takes it from the queue, in one transaction.
    pub async fn complete_again(
        self: &Arc<Self>,
        marked: &ToReprocess,
        mut draft: Draft,
    ) -> Result<Completed, StoreError> {
        let ToReprocess { id, reason, doc_seq } = marked.clone();
        draft.record.provenance.notes.push(format!("made again: {reason}"));
        let recent = self.recent().await;
        let completed = self
            .write(move |db| {
                let completed = records::complete(db, doc_seq, draft, &recent)?;
                done(db, &id, &reason)?;
                Ok(completed)
            })
            .await?;
        self.announce(&completed);
        Ok(completed)
    }

    /// Takes a record from the queue that cannot be made again; its version stays.
    pub async fn give_up_reprocessing(self: &Arc<Self>, marked: &ToReprocess) -> Result<(), StoreError> {
        let ToReprocess { id, reason, .. } = marked.clone();
        self.write(move |db| done(db, &id, &reason)).await
    }
}

/// What was marked again meanwhile, for another reason, stays.
fn done(db: &Connection, id: &str, reason: &str) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM reprocessing WHERE id = ?1 AND reason = ?2")?.execute([id, reason])?;
    Ok(())
}

//! Deletion: a document goes with its records, what is known by it alone, and its dead letters; what stays is a version of
//! its record that says so, which every sink receives.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Completed, Store, StoreError, blobs, clusters, name_keys, people, records, stories};
use crate::model::Record;

/// What came of the wish to delete a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// It is gone; this version of its record says so.
    Now { version: i64, seq: i64 },
    /// It was deleted before.
    Before { version: i64 },
    /// There never was one of this id.
    Unknown,
}

impl Store {
    /// Erases all revisions of a document, all versions of its record, and its dead letters.
    pub async fn erase(self: &Arc<Self>, id: &str) -> Result<Erased, StoreError> {
        // Who asked may be gone before it is done.
        let erasing = tokio::spawn(self.clone().erase_all(id.to_owned()));
        erasing.await.map_err(|_| StoreError::Closed)?
    }

    async fn erase_all(self: Arc<Self>, id: String) -> Result<Erased, StoreError> {
        let (erased, files) = self.write(move |db| erase(db, &id)).await?;
        if let Erased::Now { version, seq } = erased {
            self.announce(&Completed::Recorded { version, seq });
        }
        // After the commit that took the rows away: a file is never missed by a row that is still there.
        let dir = self.dir.clone();
        self.writer.fold();
        self.write(move |db| files.iter().try_for_each(|file| blobs::remove_unnamed(&dir, db, file))).await?;
        Ok(erased)
    }

    /// The version that says that the document was deleted, if it was.
    pub async fn deleted(self: &Arc<Self>, id: &str) -> Result<Option<i64>, StoreError> {
        let id = id.to_owned();
        self.read(move |db| {
            let sql = "SELECT version FROM heads WHERE id = ?1 AND deleted = 1";
            Ok(db.prepare_cached(sql)?.query_row([&id], |row| row.get(0)).optional()?)
        })
        .await
    }
}

/// Gives the files too that may be nobody's now.
fn erase(db: &Connection, id: &str) -> Result<(Erased, Vec<String>), StoreError> {
    let head: Option<(i64, i64, i64, bool)> = db
        .prepare_cached("SELECT record_seq, version, revision, deleted FROM heads WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let mut documents = db.prepare_cached("SELECT seq, revision, body_file FROM documents WHERE id = ?1")?;
    let documents: Vec<(i64, i64, Option<String>)> =
        documents.query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
    let last = documents.iter().map(|document| document.1).max();
    let (version, revision) = match (head, last) {
        (None, None) => return Ok((Erased::Unknown, Vec::new())),
        (Some((_, version, _, true)), None) => return Ok((Erased::Before { version }, Vec::new())),
        (head, last) => {
            let (version, revision) = head.map_or((0, 0), |(_, version, revision, _)| (version, revision));
            (version + 1, revision.max(last.unwrap_or(0)))
        }
    };
    for (seq, ..) in &documents {
        erase_revision(db, *seq)?;
    }
    let before = head.map(|(seq, ..)| seq);
    let persons = before.map_or(Ok(Vec::new()), |seq| people::provisional_of(db, seq))?;
    for sql in [
        "DELETE FROM redeliveries WHERE record_seq IN (SELECT seq FROM records WHERE id = ?1)",
        "DELETE FROM dead_letters WHERE document_id = ?1",
        "DELETE FROM records WHERE id = ?1",
        "DELETE FROM reprocessing WHERE id = ?1",
    ] {
        db.prepare_cached(sql)?.execute([id])?;
    }
    db.execute("DELETE FROM batches WHERE NOT EXISTS (SELECT 1 FROM batch_documents WHERE batch_id = batches.id)", [])?;
    clusters::forget(db, id)?;
    stories::forget(db, id)?;
    // They do not say what they are translations of.
    db.execute("DELETE FROM machine_translations", [])?;
    let tombstone = Record::tombstone(id, revision, version, Timestamp::now());
    let seq = records::insert(db, &tombstone)?;
    people::index_mentions(db, &tombstone, seq, before)?;
    people::forget_unnamed(db, &persons)?;
    Ok((Erased::Now { version, seq }, documents.into_iter().filter_map(|document| document.2).collect()))
}

fn erase_revision(db: &Connection, seq: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM documents WHERE seq = ?1",
        "DELETE FROM outcomes WHERE doc_seq = ?1",
        "DELETE FROM batch_documents WHERE doc_seq = ?1",
    ] {
        db.prepare_cached(sql)?.execute(params![seq])?;
    }
    name_keys::forget(db, seq)
}

//! How a document gets on disk: packed outside of the writer, and given its revision by it.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::packed::pack;
use super::spool::Place;
use super::turns::Turn;
use super::waiting::revive;
use super::writer::Pending;
use super::{Store, StoreError, batches, blobs, sortable};
use crate::model::{Body, Lane, NewDocument};

/// What the sender of a document is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub seq: i64,
    pub id: String,
    pub revision: i64,
    /// False when the same content had arrived before.
    pub new: bool,
    /// Whether it had failed, and is tried again because it was sent again.
    pub revived: bool,
}

/// A body of so many bytes is packed on the thread that has it, and is not [`LARGE`] then.
const PACKED_HERE: usize = 16 << 10;

/// A packed body beyond this many bytes becomes a file of its own.
const LARGE: usize = 64 << 10;

impl Store {
    /// Stores a document; answers when it is on disk. The same content as the latest revision under the id is that
    /// revision again; if that one is a dead letter, it goes back into the spool.
    ///
    /// # Errors
    /// When the spool or the disk is full.
    pub async fn accept(self: &Arc<Self>, document: NewDocument, request_id: &str) -> Result<Receipt, StoreError> {
        self.room()?;
        let places = self.keep(u64::from(document.lane == Lane::Fresh), u64::from(document.lane == Lane::Backfill))?;
        // To hand an article to another thread takes longer than to pack it.
        let packed = if document.body.bytes().len() <= PACKED_HERE {
            self.packed(document, request_id)?
        } else {
            let (this, request_id) = (self.clone(), request_id.to_owned());
            let packed = tokio::task::spawn_blocking(move || this.packed(document, &request_id));
            packed.await.map_err(|_| StoreError::Closed)??
        };
        let mut receipts = self.begin(Turn::First, vec![packed], places).await?.await?;
        receipts.pop().ok_or(StoreError::Closed)
    }

    /// Makes a document ready to be written; a large body is written then and there. For threads that may block.
    ///
    /// # Errors
    /// When a large body cannot be written.
    pub fn packed(&self, document: NewDocument, request_id: &str) -> Result<Packed, StoreError> {
        Packed::new(&self.dir, document, request_id)
    }

    /// Keeps room in the spool for documents that are about to be accepted.
    ///
    /// # Errors
    /// When the spool or the disk is full.
    pub fn places_for(self: &Arc<Self>, documents: &[Packed]) -> Result<Places, StoreError> {
        self.room()?;
        let backfill = documents.iter().filter(|document| document.lane == Lane::Backfill).count() as u64;
        self.keep(documents.len() as u64 - backfill, backfill)
    }

    fn keep(self: &Arc<Self>, fresh: u64, backfill: u64) -> Result<Places, StoreError> {
        let limit = self.limits.max_backlog;
        match self.spool().arrive(fresh, backfill, limit) {
            true => Ok(Places { store: self.clone(), count: fresh + backfill }),
            false => Err(StoreError::Backlog(limit)),
        }
    }

    /// Hands documents to the writer, in the places kept for them: after all that were handed to it here before, and in one
    /// transaction. What is given back waits until they are on disk, and has their receipts in order.
    ///
    /// # Errors
    /// When the store is closed; what is given back fails when the disk is full, and then none of them is accepted.
    pub async fn begin_accept(
        self: &Arc<Self>,
        documents: Vec<Packed>,
        places: Places,
    ) -> Result<Pending<Vec<Receipt>>, StoreError> {
        self.begin(Turn::Ordinary, documents, places).await
    }

    async fn begin(
        self: &Arc<Self>,
        turn: Turn,
        documents: Vec<Packed>,
        places: Places,
    ) -> Result<Pending<Vec<Receipt>>, StoreError> {
        let bytes = documents.iter().map(|document| document.body.len()).sum();
        let waiting: Vec<_> = documents.iter().map(|one| (one.lane, one.source.clone())).collect();
        let dir = self.dir.clone();
        let insert = move |db: &Connection| documents.into_iter().map(|document| document.insert(db, &dir)).collect();
        let this = self.clone();
        // A sender that is gone by then has its documents processed all the same.
        let arrive = move |receipts: &Vec<Receipt>| {
            this.arrive(receipts, waiting);
            drop(places);
        };
        self.writer.begin(turn, bytes, insert, arrive).await
    }

    /// Those that are new wait in the spool.
    fn arrive(&self, receipts: &[Receipt], waiting: Vec<(Lane, String)>) {
        let mut arrived = false;
        let mut spool = self.spool();
        for (receipt, (lane, source)) in receipts.iter().zip(waiting) {
            if receipt.new || receipt.revived {
                spool.insert(Place::new(receipt.seq, lane, &source));
                arrived = true;
            }
        }
        drop(spool);
        if arrived {
            self.arrivals.send_modify(|n| *n += 1);
        }
    }
}

/// Places in the spool, held while the commit is under way.
pub struct Places {
    store: Arc<Store>,
    count: u64,
}

impl Drop for Places {
    fn drop(&mut self) {
        self.store.spool().arrived(self.count);
    }
}

/// A document ready to be written.
pub struct Packed {
    id: String,
    lane: Lane,
    batch: Option<String>,
    source: String,
    received_at: Timestamp,
    content_hash: [u8; 32],
    request_id: String,
    metadata: String,
    html: bool,
    charset: Option<String>,
    body: Vec<u8>,
    body_file: Option<String>,
}

impl Packed {
    pub(super) fn new(dir: &Path, document: NewDocument, request_id: &str) -> Result<Packed, StoreError> {
        let content_hash = document.content_hash();
        let body = pack(document.body.bytes())?;
        let body_file = if body.len() > LARGE { Some(blobs::write(dir, &body)?) } else { None };
        let (html, charset) = match document.body {
            Body::Text(_) => (false, None),
            Body::Legacy { charset, .. } => (false, Some(charset.unwrap_or_default())),
            Body::Html { charset, .. } => (true, charset),
        };
        let metadata = serde_json::to_string(&document.metadata).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        Ok(Packed {
            id: document.id,
            lane: document.lane,
            batch: document.batch,
            source: document.metadata.source,
            received_at: Timestamp::now(),
            content_hash,
            request_id: request_id.to_owned(),
            metadata,
            html,
            charset,
            body,
            body_file,
        })
    }

    pub(super) fn insert(mut self, db: &Connection, dir: &Path) -> Result<Receipt, StoreError> {
        let batch = self.batch.take();
        let receipt = self.store(db, dir)?;
        if let Some(label) = batch {
            batches::add(db, &label, receipt.seq)?;
        }
        Ok(receipt)
    }

    fn store(self, db: &Connection, dir: &Path) -> Result<Receipt, StoreError> {
        let latest: Option<(i64, i64, Vec<u8>)> = db
            .prepare_cached(
                "SELECT seq, revision, content_hash FROM documents WHERE id = ?1 ORDER BY revision DESC LIMIT 1",
            )?
            .query_row([&self.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let revision = match latest {
            Some((seq, revision, hash)) if hash == self.content_hash => {
                let revived = revive(db, seq)?;
                return Ok(Receipt { seq, id: self.id, revision, new: false, revived });
            }
            Some((_, revision, _)) => revision + 1,
            None => deleted_revision(db, &self.id)? + 1,
        };
        // The same large body may have been deleted with another document since it was written for this one.
        if let Some(file) = self.body_file.as_ref().filter(|file| !blobs::exists(dir, file)) {
            tracing::info!(file, "a body is written again");
            blobs::write(dir, &self.body)?;
        }
        db.prepare_cached(
            "INSERT INTO documents (id, revision, received_at, content_hash, request_id, metadata, html, charset, body,
             body_file, lane) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            self.id,
            revision,
            sortable(self.received_at),
            self.content_hash,
            self.request_id,
            self.metadata,
            self.html,
            self.charset,
            self.body_file.is_none().then_some(&self.body),
            self.body_file,
            self.lane as i64
        ])?;
        Ok(Receipt { seq: db.last_insert_rowid(), id: self.id, revision, new: true, revived: false })
    }
}

/// The last revision of a document that was deleted: numbers are not given twice.
fn deleted_revision(db: &Connection, id: &str) -> Result<i64, StoreError> {
    let sql = "SELECT revision FROM heads WHERE id = ?1";
    Ok(db.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?.unwrap_or(0))
}

//! Documents: accepted, found again, waiting in the spool.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::packed::{pack, unpack};
use super::spool::{Place, Spool};
use super::turns::Turn;
use super::writer::Pending;
use super::{Store, StoreError, batches, blobs, sortable, time};
use crate::model::{Body, Document, Lane, NewDocument};

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

/// Where a document is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In the spool, or being processed.
    Waiting,
    /// Its record exists in this version.
    Done { version: i64 },
    /// A newer revision was processed before it.
    Superseded,
    /// It could not be processed.
    Dead { reason: String },
}

/// A document that waits to be processed.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub seq: i64,
    pub id: String,
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
        let written: Pending<Vec<Receipt>> = self.writer.begin(turn, bytes, insert).await?;
        let this = self.clone();
        Ok(Box::pin(async move {
            let receipts = written.await?;
            this.arrive(&receipts, waiting);
            drop(places);
            Ok(receipts)
        }))
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

    /// When the document arrived that came first of those that wait or are processed.
    pub async fn waiting_since(self: &Arc<Self>) -> Result<Option<Timestamp>, StoreError> {
        let Some(oldest) = self.spool().oldest() else { return Ok(None) };
        self.read(move |db| {
            let sql = "SELECT received_at FROM documents WHERE seq = ?1";
            let at: Option<String> = db.prepare_cached(sql)?.query_row([oldest], |row| row.get(0)).optional()?;
            at.map(|at| time(&at)).transpose()
        })
        .await
    }

    /// Takes documents out of those that wait, at most `limit`, in the order in which they are to be processed; each is
    /// given to one caller only.
    pub async fn claim(self: &Arc<Self>, limit: usize) -> Result<Vec<Waiting>, StoreError> {
        let seqs = self.spool().claim(limit);
        let wanted = seqs.clone();
        let claimed: Result<Vec<Waiting>, StoreError> = self
            .read(move |db| {
                let mut statement = db.prepare_cached("SELECT id FROM documents WHERE seq = ?1")?;
                let mut claimed = Vec::with_capacity(wanted.len());
                for seq in wanted {
                    let id = statement.query_row([seq], |row| row.get(0)).optional()?;
                    claimed.extend(id.map(|id| Waiting { seq, id }));
                }
                Ok(claimed)
            })
            .await;
        let mut spool = self.spool();
        match &claimed {
            // What is not there any more was deleted.
            Ok(found) => {
                let gone = seqs.iter().filter(|seq| !found.iter().any(|waiting| waiting.seq == **seq));
                gone.for_each(|seq| spool.done(*seq));
            }
            Err(_) => spool.unclaim(&seqs),
        }
        drop(spool);
        claimed
    }

    /// A document by its place in the spool; `None` once it is deleted.
    pub async fn document_at(self: &Arc<Self>, seq: i64) -> Result<Option<Document>, StoreError> {
        let dir = self.dir.clone();
        self.read(move |db| {
            let sql = format!("SELECT {COLUMNS} FROM documents WHERE seq = ?1");
            let raw = db.prepare_cached(&sql)?.query_row([seq], RawDocument::read).optional()?;
            raw.map(|raw| raw.unpack(&dir)).transpose()
        })
        .await
    }

    /// A document as it arrived: its latest revision, or the one named.
    pub async fn document(self: &Arc<Self>, id: &str, revision: Option<i64>) -> Result<Option<Document>, StoreError> {
        let (id, dir) = (id.to_owned(), self.dir.clone());
        self.read(move |db| {
            let sql = format!(
                "SELECT {COLUMNS} FROM documents WHERE id = ?1 AND (?2 IS NULL OR revision = ?2) ORDER BY revision DESC LIMIT 1"
            );
            let raw = db.prepare_cached(&sql)?.query_row(params![id, revision], RawDocument::read).optional()?;
            raw.map(|raw| raw.unpack(&dir)).transpose()
        })
        .await
    }

    /// Where a document is: its latest revision and that one's state.
    pub async fn status(
        self: &Arc<Self>,
        id: &str,
        revision: Option<i64>,
    ) -> Result<Option<(Receipt, State)>, StoreError> {
        let id = id.to_owned();
        self.read(move |db| {
            let found: Option<(i64, i64)> = db
                .prepare_cached(
                    "SELECT seq, revision FROM documents WHERE id = ?1 AND (?2 IS NULL OR revision = ?2) ORDER BY revision DESC LIMIT 1",
                )?
                .query_row(params![id, revision], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((seq, revision)) = found else { return Ok(None) };
            let state = state_of(db, seq)?;
            Ok(Some((Receipt { seq, id, revision, new: false, revived: false }, state)))
        })
        .await
    }
}

/// How the processing of the document ended, if it has.
fn state_of(db: &Connection, seq: i64) -> Result<State, StoreError> {
    let outcome: Option<(String, Option<i64>)> = db
        .prepare_cached("SELECT state, version FROM outcomes WHERE doc_seq = ?1")?
        .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(match outcome {
        None => State::Waiting,
        Some((state, Some(version))) if state == "done" => State::Done { version },
        Some((state, _)) if state == "superseded" => State::Superseded,
        Some(_) => {
            let reason: Option<String> = db
                .prepare_cached(
                    "SELECT reason FROM dead_letters WHERE doc_seq = ?1 AND sink IS NULL ORDER BY id DESC LIMIT 1",
                )?
                .query_row([seq], |row| row.get(0))
                .optional()?;
            State::Dead { reason: reason.unwrap_or_else(|| "its dead letter was purged".into()) }
        }
    })
}

/// Takes a document out of the dead letters, if it is one; without an outcome it is in the spool again.
pub(super) fn revive(db: &Connection, seq: i64) -> Result<bool, StoreError> {
    let dead = db.prepare_cached("DELETE FROM outcomes WHERE doc_seq = ?1 AND state = 'dead'")?.execute([seq])? > 0;
    if dead {
        db.prepare_cached("DELETE FROM dead_letters WHERE doc_seq = ?1 AND sink IS NULL")?.execute([seq])?;
    }
    Ok(dead)
}

/// All documents without an outcome.
pub(super) fn all_waiting(db: &Connection) -> Result<Spool, StoreError> {
    let mut statement = db.prepare(&format!(
        "SELECT {PLACE} FROM documents d WHERE NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.doc_seq = d.seq) ORDER BY seq"
    ))?;
    let mut spool = Spool::default();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        spool.insert(place(row)?);
    }
    Ok(spool)
}

/// Where a document waits.
pub(super) fn place_of(db: &Connection, seq: i64) -> Result<Place, StoreError> {
    let mut statement = db.prepare_cached(&format!("SELECT {PLACE} FROM documents WHERE seq = ?1"))?;
    let mut rows = statement.query([seq])?;
    rows.next()?.map(place).transpose()?.ok_or_else(|| StoreError::Corrupt(format!("no document {seq}")))
}

const PLACE: &str = "seq, lane, COALESCE(metadata ->> 'source', '')";

fn place(row: &Row<'_>) -> Result<Place, StoreError> {
    let lane = lane(row.get(1)?);
    Ok(Place::new(row.get(0)?, lane, &row.get::<_, String>(2)?))
}

fn lane(number: i64) -> Lane {
    if number == 0 { Lane::Fresh } else { Lane::Backfill }
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
    pub(super) fn new(dir: &std::path::Path, document: NewDocument, request_id: &str) -> Result<Packed, StoreError> {
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

    pub(super) fn insert(mut self, db: &Connection, dir: &std::path::Path) -> Result<Receipt, StoreError> {
        let batch = self.batch.take();
        let receipt = self.store(db, dir)?;
        if let Some(label) = batch {
            batches::add(db, &label, receipt.seq)?;
        }
        Ok(receipt)
    }

    fn store(self, db: &Connection, dir: &std::path::Path) -> Result<Receipt, StoreError> {
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

const COLUMNS: &str =
    "seq, id, revision, received_at, content_hash, request_id, metadata, html, charset, body, body_file";

struct RawDocument {
    seq: i64,
    id: String,
    revision: i64,
    received_at: String,
    content_hash: [u8; 32],
    request_id: String,
    metadata: String,
    html: bool,
    charset: Option<String>,
    body: Option<Vec<u8>>,
    body_file: Option<String>,
}

impl RawDocument {
    fn read(row: &Row<'_>) -> rusqlite::Result<RawDocument> {
        Ok(RawDocument {
            seq: row.get(0)?,
            id: row.get(1)?,
            revision: row.get(2)?,
            received_at: row.get(3)?,
            content_hash: row.get(4)?,
            request_id: row.get(5)?,
            metadata: row.get(6)?,
            html: row.get(7)?,
            charset: row.get(8)?,
            body: row.get(9)?,
            body_file: row.get(10)?,
        })
    }

    fn unpack(self, dir: &std::path::Path) -> Result<Document, StoreError> {
        let packed = match (self.body, &self.body_file) {
            (Some(body), _) => body,
            (None, Some(file)) => blobs::read(dir, file)?,
            (None, None) => return Err(StoreError::Corrupt(format!("document {} has no body", self.id))),
        };
        let bytes = unpack(&packed)?;
        let body = match (self.html, self.charset) {
            (true, charset) => Body::Html { bytes, charset },
            (false, Some(label)) => Body::Legacy { bytes, charset: Some(label).filter(|label| !label.is_empty()) },
            (false, None) => Body::Text(String::from_utf8(bytes).map_err(|e| StoreError::Corrupt(e.to_string()))?),
        };
        Ok(Document {
            seq: self.seq,
            id: self.id,
            revision: self.revision,
            received_at: time(&self.received_at)?,
            content_hash: self.content_hash,
            request_id: self.request_id,
            metadata: serde_json::from_str(&self.metadata).map_err(|e| StoreError::Corrupt(e.to_string()))?,
            body,
        })
    }
}

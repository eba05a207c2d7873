//! Documents: accepted, found again, waiting in the spool.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Store, StoreError, blobs, pack, sortable, time, unpack};
use crate::model::{Body, Document, NewDocument};

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
        let place = Place::take(self.clone())?;
        let (dir, request_id) = (self.dir.clone(), request_id.to_owned());
        let ready = tokio::task::spawn_blocking(move || Packed::new(&dir, document, request_id))
            .await
            .map_err(|_| StoreError::Closed)??;
        let bytes = ready.body.as_ref().map_or(0, Vec::len);
        let received_at = ready.received_at;
        let receipt = self.writer.run(bytes, move |db| ready.insert(db)).await?;
        if receipt.new || receipt.revived {
            self.spool().waiting.insert(receipt.seq, received_at);
            self.arrivals.send_modify(|n| *n += 1);
        }
        drop(place);
        Ok(receipt)
    }

    /// Takes documents out of those that wait, oldest first, at most `limit`; each is given to one caller only.
    pub async fn claim(self: &Arc<Self>, limit: usize) -> Result<Vec<Waiting>, StoreError> {
        let seqs: Vec<i64> = {
            let mut spool = self.spool();
            let seqs: Vec<i64> =
                spool.waiting.keys().filter(|s| !spool.claimed.contains(s)).take(limit).copied().collect();
            spool.claimed.extend(&seqs);
            seqs
        };
        let wanted = seqs.clone();
        let claimed = self
            .read(move |db| {
                let mut statement = db.prepare_cached("SELECT id FROM documents WHERE seq = ?1")?;
                let id_of = |seq| Ok(Waiting { seq, id: statement.query_row([seq], |row| row.get(0))? });
                wanted.into_iter().map(id_of).collect()
            })
            .await;
        if claimed.is_err() {
            let mut spool = self.spool();
            spool.claimed.retain(|seq| !seqs.contains(seq));
        }
        claimed
    }

    /// A document by its place in the spool.
    pub async fn document_at(self: &Arc<Self>, seq: i64) -> Result<Document, StoreError> {
        let dir = self.dir.clone();
        self.read(move |db| {
            let sql = format!("SELECT {COLUMNS} FROM documents WHERE seq = ?1");
            let raw = db.prepare_cached(&sql)?.query_row([seq], RawDocument::read)?;
            raw.unpack(&dir)
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
pub(super) fn all_waiting(db: &Connection) -> Result<BTreeMap<i64, Timestamp>, StoreError> {
    let mut statement = db.prepare(
        "SELECT seq, received_at FROM documents d WHERE NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.doc_seq = d.seq)",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (seq, received_at) = row?;
        Ok((seq, time(&received_at)?))
    })
    .collect()
}

/// A place in the spool, held while the commit is under way.
struct Place(Arc<Store>);

impl Place {
    fn take(store: Arc<Store>) -> Result<Place, StoreError> {
        let limit = store.limits.max_backlog;
        let mut spool = store.spool();
        if spool.waiting.len() as u64 + spool.arriving >= limit {
            return Err(StoreError::Backlog(limit));
        }
        spool.arriving += 1;
        drop(spool);
        Ok(Place(store))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.spool().arriving -= 1;
    }
}

/// A document ready to be written.
struct Packed {
    id: String,
    received_at: Timestamp,
    content_hash: [u8; 32],
    request_id: String,
    metadata: String,
    html: bool,
    charset: Option<String>,
    body: Option<Vec<u8>>,
    body_file: Option<String>,
}

impl Packed {
    fn new(dir: &std::path::Path, document: NewDocument, request_id: String) -> Result<Packed, StoreError> {
        let content_hash = document.content_hash();
        let packed = pack(document.body.bytes())?;
        let (body, body_file) = match packed.len() > LARGE {
            true => (None, Some(blobs::write(dir, &packed)?)),
            false => (Some(packed), None),
        };
        let (html, charset) = match document.body {
            Body::Text(_) => (false, None),
            Body::Html { charset, .. } => (true, charset),
        };
        let metadata = serde_json::to_string(&document.metadata).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        let received_at = Timestamp::now();
        Ok(Packed { id: document.id, received_at, content_hash, request_id, metadata, html, charset, body, body_file })
    }

    fn insert(self, db: &Connection) -> Result<Receipt, StoreError> {
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
            None => 1,
        };
        db.prepare_cached(
            "INSERT INTO documents (id, revision, received_at, content_hash, request_id, metadata, html, charset, body, body_file)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
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
            self.body,
            self.body_file
        ])?;
        Ok(Receipt { seq: db.last_insert_rowid(), id: self.id, revision, new: true, revived: false })
    }
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
        let body = match self.html {
            true => Body::Html { bytes, charset: self.charset },
            false => Body::Text(String::from_utf8(bytes).map_err(|e| StoreError::Corrupt(e.to_string()))?),
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

//! Documents as they arrived, found again; and where they are on their way.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::accept::Receipt;
use super::packed::unpack;
use super::{Store, StoreError, blobs, time};
use crate::model::{Body, Document};

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

impl Store {
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

    fn unpack(self, dir: &Path) -> Result<Document, StoreError> {
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

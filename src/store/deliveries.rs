//! Cursors of sinks, dead letters, and their way back.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::Value;

use super::{Store, StoreError, StoredRecord, documents, sortable, unpack};
use crate::sinks::Refusal;

/// How far a sink has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SinkState {
    /// Every record up to this sequence number is stored there, or a dead letter.
    pub cursor: i64,
    /// The sink's own memory.
    pub position: Option<Value>,
}

/// What could not be processed or delivered, with its reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeadLetter {
    pub id: i64,
    /// `process`, or `deliver`.
    pub stage: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sink: Option<String>,
    pub document_id: String,
    pub revision: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    pub reason: String,
    pub at: String,
}

/// Which dead letters.
#[derive(Clone, Debug, Default)]
pub struct DeadLetterFilter {
    /// Only this one.
    pub id: Option<i64>,
    /// Only those of this sink.
    pub sink: Option<String>,
    /// Those after this one.
    pub after: i64,
    pub limit: usize,
}

impl Store {
    /// How far the sink has come; nowhere, for a new one.
    pub async fn sink_state(self: &Arc<Self>, sink: &str) -> Result<SinkState, StoreError> {
        let sink = sink.to_owned();
        self.read(move |db| {
            let found: Option<(i64, Option<String>)> = db
                .prepare_cached("SELECT cursor, position FROM sinks WHERE name = ?1")?
                .query_row([&sink], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((cursor, position)) = found else { return Ok(SinkState::default()) };
            let position = position
                .map(|p| serde_json::from_str(&p))
                .transpose()
                .map_err(|e| StoreError::Corrupt(e.to_string()))?;
            Ok(SinkState { cursor, position })
        })
        .await
    }

    /// Moves a sink's cursor after a batch, keeps its position, and buries what it refused, in one transaction.
    /// `redelivered` are the records of the batch that were tried again beside the cursor.
    pub async fn advance(
        &self,
        sink: &str,
        cursor: i64,
        position: Option<Value>,
        refused: Vec<Refusal>,
        redelivered: Vec<i64>,
    ) -> Result<(), StoreError> {
        let sink = sink.to_owned();
        self.write(move |db| {
            db.prepare_cached(
                "INSERT INTO sinks (name, cursor, position) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET cursor = MAX(cursor, excluded.cursor), position = COALESCE(excluded.position, position)",
            )?
            .execute(params![sink, cursor, position.map(|p| p.to_string())])?;
            for seq in redelivered {
                db.prepare_cached("DELETE FROM redeliveries WHERE sink = ?1 AND record_seq = ?2")?.execute(params![sink, seq])?;
            }
            for refusal in refused {
                db.prepare_cached(
                    "INSERT INTO dead_letters (sink, record_seq, document_id, revision, version, reason, at)
                     SELECT ?1, seq, id, revision, version, ?3, ?4 FROM records WHERE seq = ?2",
                )?
                .execute(params![sink, refusal.seq, refusal.reason, sortable(Timestamp::now())])?;
            }
            Ok(())
        })
        .await
    }

    /// Records that a sink refused and that are to be tried again; at most `limit`.
    pub async fn redeliveries(self: &Arc<Self>, sink: &str, limit: usize) -> Result<Vec<StoredRecord>, StoreError> {
        let sink = sink.to_owned();
        self.read(move |db| {
            let mut statement = db.prepare_cached(
                "SELECT r.seq, r.json FROM redeliveries d JOIN records r ON r.seq = d.record_seq WHERE d.sink = ?1
                 ORDER BY r.seq LIMIT ?2",
            )?;
            let rows =
                statement.query_map(params![sink, limit as i64], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))?;
            rows.map(|row| {
                let (seq, packed) = row?;
                let json = String::from_utf8(unpack(&packed)?).map_err(|e| StoreError::Corrupt(e.to_string()))?;
                Ok(StoredRecord { seq, json: json.into() })
            })
            .collect()
        })
        .await
    }

    /// Dead letters in order, oldest first.
    pub async fn dead_letters(self: &Arc<Self>, filter: DeadLetterFilter) -> Result<Vec<DeadLetter>, StoreError> {
        self.read(move |db| {
            let mut statement = db.prepare_cached(
                "SELECT id, sink, document_id, revision, version, reason, at FROM dead_letters
                 WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR sink = ?2) AND id > ?3 ORDER BY id LIMIT ?4",
            )?;
            let rows =
                statement.query_map(params![filter.id, filter.sink, filter.after, filter.limit as i64], dead_letter)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
        .await
    }

    /// How many dead letters there are.
    pub async fn count_dead_letters(self: &Arc<Self>) -> Result<i64, StoreError> {
        self.read(|db| Ok(db.prepare_cached("SELECT COUNT(*) FROM dead_letters")?.query_row([], |row| row.get(0))?))
            .await
    }

    /// Puts dead letters back: documents into the spool, records before their sink. Gives their number.
    pub async fn retry(&self, filter: DeadLetterFilter) -> Result<usize, StoreError> {
        let (count, returned) = self.write(move |db| retry(db, &filter)).await?;
        self.spool().waiting.extend(returned);
        self.arrivals.send_modify(|n| *n += 1);
        // Those who deliver look again, although no record is newer.
        self.newest_record.send_modify(|_| ());
        Ok(count)
    }

    /// Deletes dead letters for good. Gives their number.
    pub async fn purge(&self, filter: DeadLetterFilter) -> Result<usize, StoreError> {
        self.write(move |db| {
            Ok(db.execute(
                "DELETE FROM dead_letters WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR sink = ?2)",
                params![filter.id, filter.sink],
            )?)
        })
        .await
    }
}

type Returned = Vec<(i64, Timestamp)>;

fn retry(db: &Connection, filter: &DeadLetterFilter) -> Result<(usize, Returned), StoreError> {
    let which = params![filter.id, filter.sink];
    let condition = "(?1 IS NULL OR id = ?1) AND (?2 IS NULL OR sink = ?2)";
    db.execute(
        &format!("INSERT OR IGNORE INTO redeliveries (sink, record_seq) SELECT sink, record_seq FROM dead_letters WHERE sink IS NOT NULL AND {condition}"),
        which,
    )?;
    let mut dead = db.prepare(&format!("SELECT doc_seq FROM dead_letters WHERE sink IS NULL AND {condition}"))?;
    let seqs = dead.query_map(which, |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
    let mut count = 0;
    for seq in seqs {
        count += usize::from(documents::revive(db, seq)?);
    }
    count += db.execute(&format!("DELETE FROM dead_letters WHERE {condition}"), which)?;
    Ok((count, documents::all_waiting(db)?.into_iter().collect()))
}

fn dead_letter(row: &Row<'_>) -> rusqlite::Result<DeadLetter> {
    let sink: Option<String> = row.get(1)?;
    Ok(DeadLetter {
        id: row.get(0)?,
        stage: if sink.is_some() { "deliver" } else { "process" },
        sink,
        document_id: row.get(2)?,
        revision: row.get(3)?,
        version: row.get(4)?,
        reason: row.get(5)?,
        at: row.get(6)?,
    })
}

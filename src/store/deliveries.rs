//! Cursors of sinks, dead letters, and their way back.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde::Serialize;
use serde_json::Value;

use super::packed::PackedRecord;
use super::spool::Place;
use super::turns::Turn;
use super::{Store, StoreError, StoredRecord, batches, sortable, waiting};
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
    /// Only those of the documents of this batch.
    pub batch: Option<String>,
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
                "SELECT r.seq, r.json, r.packed_after, d.body FROM redeliveries again JOIN records r ON r.seq = again.record_seq
                 LEFT JOIN documents d ON d.seq = r.packed_after WHERE again.sink = ?1 ORDER BY r.seq LIMIT ?2",
            )?;
            let mut rows = statement.query(params![sink, limit as i64])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(PackedRecord::unpack(row)?);
            }
            Ok(found)
        })
        .await
    }

    /// Dead letters in order, oldest first.
    pub async fn dead_letters(self: &Arc<Self>, filter: DeadLetterFilter) -> Result<Vec<DeadLetter>, StoreError> {
        self.read(move |db| {
            let (condition, mut values) = chosen(&filter);
            values.extend([filter.after.into(), (filter.limit as i64).into()]);
            let mut statement = db.prepare_cached(&format!(
                "SELECT id, sink, document_id, revision, version, reason, at FROM dead_letters
                 WHERE {condition} AND id > ? ORDER BY id LIMIT ?"
            ))?;
            let rows = statement.query_map(params_from_iter(values), dead_letter)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
        .await
    }

    /// The id of the newest dead letter; 0 where there is none.
    pub async fn last_dead_letter(self: &Arc<Self>) -> Result<i64, StoreError> {
        let sql = "SELECT COALESCE(MAX(id), 0) FROM dead_letters";
        self.read(move |db| Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?)).await
    }

    /// How many dead letters there are.
    pub async fn count_dead_letters(self: &Arc<Self>) -> Result<i64, StoreError> {
        self.read(|db| Ok(db.prepare_cached("SELECT COUNT(*) FROM dead_letters")?.query_row([], |row| row.get(0))?))
            .await
    }

    /// Puts dead letters back: documents into the spool, records before their sink. Gives their number.
    pub async fn retry(self: &Arc<Self>, filter: DeadLetterFilter) -> Result<usize, StoreError> {
        let this = self.clone();
        let put_back = move |(_, returned): &(usize, Vec<Place>)| {
            let mut spool = this.spool();
            returned.iter().for_each(|place| spool.insert(*place));
            drop(spool);
            this.arrivals.send_modify(|n| *n += 1);
            // Those who deliver look again, although no record is newer.
            this.newest_record.send_modify(|_| ());
        };
        let (count, _) = self.writer.begin(Turn::Ordinary, 0, move |db| retry(db, &filter), put_back).await?.await?;
        Ok(count)
    }

    /// Deletes dead letters for good. Gives their number.
    pub async fn purge(&self, filter: DeadLetterFilter) -> Result<usize, StoreError> {
        self.write(move |db| {
            let (condition, values) = chosen(&filter);
            Ok(db.execute(&format!("DELETE FROM dead_letters WHERE {condition}"), params_from_iter(values))?)
        })
        .await
    }
}

/// What a filter asks of dead letters, and the values that it is asked with.
fn chosen(filter: &DeadLetterFilter) -> (String, Vec<Sql>) {
    let (mut sql, mut values) = (String::from("TRUE"), Vec::new());
    if let Some(id) = filter.id {
        sql.push_str(" AND id = ?");
        values.push(id.into());
    }
    if let Some(sink) = &filter.sink {
        sql.push_str(" AND sink = ?");
        values.push(sink.clone().into());
    }
    if let Some(batch) = &filter.batch {
        let documents = batches::DOCUMENTS;
        sql.push_str(&format!(
            " AND (doc_seq IN ({documents}) OR (document_id, revision) IN
               (SELECT id, revision FROM documents WHERE seq IN ({documents})))"
        ));
        values.extend([batch.clone().into(), batch.clone().into()]);
    }
    (sql, values)
}

fn retry(db: &Connection, filter: &DeadLetterFilter) -> Result<(usize, Vec<Place>), StoreError> {
    let (condition, values) = chosen(filter);
    db.execute(
        &format!("INSERT OR IGNORE INTO redeliveries (sink, record_seq) SELECT sink, record_seq FROM dead_letters WHERE sink IS NOT NULL AND {condition}"),
        params_from_iter(&values),
    )?;
    let mut dead = db.prepare(&format!("SELECT doc_seq FROM dead_letters WHERE sink IS NULL AND {condition}"))?;
    let seqs = dead.query_map(params_from_iter(&values), |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let mut returned = Vec::new();
    for seq in seqs {
        if waiting::revive(db, seq)? {
            returned.push(waiting::place_of(db, seq)?);
        }
    }
    let delivered = db.execute(&format!("DELETE FROM dead_letters WHERE {condition}"), params_from_iter(&values))?;
    Ok((returned.len() + delivered, returned))
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

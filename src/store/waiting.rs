//! Documents that wait to be processed: those without an outcome, in the spool and out of it.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use super::spool::{Place, Spool};
use super::{Store, StoreError, time};
use crate::model::Lane;

/// A document that waits to be processed.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub seq: i64,
    pub id: String,
}

impl Store {
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

/// The columns of [`place`].
const PLACE: &str = "seq, lane, COALESCE(metadata ->> 'source', '')";

fn place(row: &Row<'_>) -> Result<Place, StoreError> {
    let lane = lane(row.get(1)?);
    Ok(Place::new(row.get(0)?, lane, &row.get::<_, String>(2)?))
}

fn lane(number: i64) -> Lane {
    if number == 0 { Lane::Fresh } else { Lane::Backfill }
}

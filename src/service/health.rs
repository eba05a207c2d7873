//! How the service is: for health checks, for metrics, and for those who wait until all is done.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{Service, lock};
use crate::deliver::SinkHealth;
use crate::model::Lane;
use crate::store::StoreError;
use crate::telemetry::{Lag, Snapshot};

/// With less than these bytes on the disk no document is taken, whatever `store.min_free_disk` says.
const LEAST_FREE_DISK: u64 = 1 << 20;

impl Service {
    /// Bytes that are free on the disk, where it is known, and how many there must be for documents to be taken.
    pub fn free_disk(&self) -> (Option<u64>, u64) {
        (self.store.free_disk(), self.min_free_disk.max(LEAST_FREE_DISK))
    }

    /// How many threads of the pipeline are stuck in documents that were given up, and how many are too many.
    pub fn stuck_threads(&self) -> (usize, usize) {
        self.pool.stuck()
    }

    /// The state of things, for metrics.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let oldest = self.store.waiting_since().await?;
        let newest = *self.store.watch_records().borrow();
        let newest_story = if self.told.is_empty() { 0 } else { self.store.newest_story_change().await? };
        let (database, wal) = self.store.database_size();
        let bodies = lock(&self.bodies).map(|bytes| ("bodies", bytes));
        Ok(Snapshot {
            spool: self.store.backlog(),
            waiting: Lane::ALL.map(|lane| (lane.name(), self.store.waiting(lane))).into(),
            oldest_seconds: oldest.map_or(0.0, |t| Timestamp::now().duration_since(t).as_secs_f64().max(0.0)),
            dead_letters: self.store.count_dead_letters().await?,
            to_reprocess: self.store.records_to_reprocess().await?,
            store: [("database", database), ("wal", wal)].into_iter().chain(bodies).collect(),
            free: self.store.free_disk(),
            min_free: self.min_free_disk,
            sinks: lags(&self.sinks, newest),
            told: lags(&self.told, newest_story),
        })
    }

    /// Waits until nothing is in the spool and every sink has everything, or one of them is in trouble.
    pub async fn drain(&self) -> Result<(), String> {
        loop {
            let newest = *self.store.watch_records().borrow();
            if self.store.backlog() == 0 {
                if let Some((name, trouble)) = self.sinks.iter().find_map(|s| s.trouble().map(|t| (&s.name, t))) {
                    return Err(format!("the sink {name} cannot be had: {trouble}"));
                }
                if self.sinks.iter().all(|s| s.cursor() >= newest) {
                    return Ok(());
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// How far sinks are behind the newest that there is.
fn lags(sinks: &[Arc<SinkHealth>], newest: i64) -> Vec<Lag> {
    let lag = |sink: &Arc<SinkHealth>| Lag {
        sink: sink.name.clone(),
        lacks: (newest - sink.cursor()).max(0),
        up: sink.trouble().is_none(),
    };
    sinks.iter().map(lag).collect()
}

//! How the service is: for health checks, for metrics, and for those who wait until all is done.

use std::time::Duration;

use jiff::Timestamp;

use super::Service;
use crate::store::StoreError;
use crate::telemetry::Snapshot;

impl Service {
    /// How many threads of the pipeline are stuck in documents that were given up, and how many are too many.
    pub fn stuck_threads(&self) -> (usize, usize) {
        self.pool.stuck()
    }

    /// The state of things, for metrics.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let (spool, oldest) = (self.store.backlog(), self.store.waiting_since().await?);
        let newest = *self.store.watch_records().borrow();
        Ok(Snapshot {
            spool,
            oldest_seconds: oldest.map_or(0.0, |t| Timestamp::now().duration_since(t).as_secs_f64().max(0.0)),
            dead_letters: self.store.count_dead_letters().await?,
            remakes: self.store.remakes_waiting().await?,
            sinks: self
                .sinks
                .iter()
                .map(|s| (s.name.clone(), (newest - s.cursor()).max(0), s.trouble().is_none()))
                .collect(),
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

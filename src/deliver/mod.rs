//! One worker a sink: it follows the store's sequence of records with a cursor of its own. A sink that is down is tried
//! again with growing pauses, for ever, and holds up nobody else; what it refuses for good becomes a dead letter.

mod stories;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

pub use stories::StoryWorker;

use crate::sinks::{Delivery, Refusal, Sink, Unavailable};
use crate::store::{Store, StoreError, StoredRecord};
use crate::telemetry::Metrics;

/// Bytes of records that one batch takes at most.
const BATCH_BYTES: usize = 8 << 20;

/// The first pause after a sink was unavailable.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// How a sink is doing, for health checks and metrics.
#[derive(Debug)]
pub struct SinkHealth {
    pub name: String,
    pub kind: &'static str,
    cursor: AtomicI64,
    trouble: Mutex<Option<String>>,
}

impl SinkHealth {
    fn new(name: String, sink: &dyn Sink) -> Arc<SinkHealth> {
        Arc::new(SinkHealth { name, kind: sink.kind(), cursor: AtomicI64::new(0), trouble: Mutex::new(None) })
    }

    /// All records, or changes of stories, up to this one are delivered.
    pub fn cursor(&self) -> i64 {
        self.cursor.load(Ordering::Relaxed)
    }

    /// Why the sink cannot be had now, if it cannot.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(|p| p.into_inner()).clone()
    }

    fn set_cursor(&self, cursor: i64) {
        self.cursor.store(cursor, Ordering::Relaxed);
    }

    fn set_trouble(&self, reason: Option<String>) {
        *self.trouble.lock().unwrap_or_else(|p| p.into_inner()) = reason;
    }
}

/// Delivers to one sink.
pub struct Worker {
    store: Arc<Store>,
    sink: Box<dyn Sink>,
    batch: usize,
    max_pause: Duration,
    health: Arc<SinkHealth>,
    metrics: Arc<Metrics>,
}

/// Why a round of deliveries ended early.
enum Trouble {
    Sink(Unavailable),
    Store(StoreError),
}

impl From<Unavailable> for Trouble {
    fn from(e: Unavailable) -> Self {
        Trouble::Sink(e)
    }
}

impl From<StoreError> for Trouble {
    fn from(e: StoreError) -> Self {
        Trouble::Store(e)
    }
}

impl Worker {
    /// A worker for the sink of this name.
    pub fn new(
        store: Arc<Store>,
        name: &str,
        sink: Box<dyn Sink>,
        batch: usize,
        max_pause: Duration,
        metrics: Arc<Metrics>,
    ) -> Worker {
        let health = SinkHealth::new(name.into(), &*sink);
        Worker { store, sink, batch, max_pause, health, metrics }
    }

    /// How the sink is doing.
    pub fn health(&self) -> Arc<SinkHealth> {
        self.health.clone()
    }

    /// Delivers until `stop` is true; a batch that is under way is finished.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        follow(self.store.clone(), self, stop).await;
    }

    /// Delivers what there is: first what is to be tried again, then a batch after the cursor. True when there may be more.
    async fn deliver(&mut self, stop: &watch::Receiver<bool>) -> Result<bool, Trouble> {
        let name = self.health.name.clone();
        let state = self.store.sink_state(&name).await?;
        self.health.set_cursor(state.cursor);
        self.sink.open(state.position.as_ref()).await?;
        let again = self.store.redeliveries(&name, self.batch).await?;
        if !again.is_empty() {
            let seqs = again.iter().map(|r| r.seq).collect();
            let (refused, position) = self.send(again).await?;
            self.store.advance(&name, state.cursor, position, refused, seqs).await?;
            return Ok(true);
        }
        if *stop.borrow() {
            return Ok(false);
        }
        let next = self.store.records_after(state.cursor, self.batch, BATCH_BYTES).await?;
        let Some(last) = next.last().map(|r| r.seq) else {
            self.health.set_trouble(None);
            return Ok(false);
        };
        let (refused, position) = self.send(next).await?;
        self.store.advance(&name, last, position, refused, Vec::new()).await?;
        self.health.set_cursor(last);
        Ok(true)
    }

    async fn send(&mut self, records: Vec<StoredRecord>) -> Result<(Vec<Refusal>, Option<Value>), Trouble> {
        let mut refused = Vec::new();
        let mut batch = Vec::with_capacity(records.len());
        for record in records {
            match serde_json::from_str(&record.json) {
                Ok(parsed) => batch.push(Delivery { seq: record.seq, record: Arc::new(parsed), json: record.json }),
                Err(e) => {
                    refused.push(Refusal { seq: record.seq, reason: format!("the stored record is unreadable: {e}") })
                }
            }
        }
        let accepted = self.sink.deliver(&batch).await?;
        self.health.set_trouble(None);
        refused.extend(accepted.refused);
        for refusal in &refused {
            // The reason may quote the document; it is in the dead letter, not in the log.
            tracing::warn!(
                sink = self.health.name,
                record = refusal.seq,
                "a record was refused for good; see its dead letter"
            );
        }
        self.metrics.delivered(
            &self.health.name,
            batch.len().saturating_sub(refused.len()) as u64,
            refused.len() as u64,
        );
        Ok((refused, accepted.position))
    }
}

impl Rounds for Worker {
    async fn round(&mut self, stop: &mut watch::Receiver<bool>) -> Result<bool, Trouble> {
        self.deliver(stop).await
    }

    fn max_pause(&self) -> Duration {
        self.max_pause
    }

    fn report(&self, reason: String, failures: u32, pause: Duration) {
        tracing::warn!(
            sink = self.health.name,
            reason,
            failures,
            pause_ms = pause.as_millis() as u64,
            "the sink is unavailable"
        );
        self.metrics.unavailable(&self.health.name);
        self.health.set_trouble(Some(reason));
    }
}

/// What goes to a sink round by round, as long as there is something.
trait Rounds {
    /// One round; true when there may be more.
    fn round(&mut self, stop: &mut watch::Receiver<bool>) -> impl Future<Output = Result<bool, Trouble>> + Send;

    /// The longest pause between tries.
    fn max_pause(&self) -> Duration;

    /// Tells what stands in the way, and how long it is waited.
    fn report(&self, reason: String, failures: u32, pause: Duration);
}

/// Goes round by round until `stop` is true: at once where there may be more, with the next record where there is nothing, and
/// after a growing pause where the sink cannot be had.
async fn follow(store: Arc<Store>, mut worker: impl Rounds, mut stop: watch::Receiver<bool>) {
    let mut records = store.watch_records();
    let mut failures = 0u32;
    while !*stop.borrow() {
        records.borrow_and_update();
        let pause = match worker.round(&mut stop).await {
            Ok(more) => {
                failures = 0;
                if more {
                    continue;
                }
                None
            }
            Err(Trouble::Store(StoreError::Closed)) => return,
            Err(trouble) => {
                failures += 1;
                let (reason, wish) = match trouble {
                    Trouble::Sink(Unavailable { reason, retry_after }) => (reason, retry_after),
                    Trouble::Store(e) => (e.to_string(), None),
                };
                let pause = wish.unwrap_or_else(|| pause_after(failures, worker.max_pause()));
                worker.report(reason, failures, pause);
                Some(pause)
            }
        };
        let wait = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => drop(records.changed().await),
            }
        };
        tokio::select! {
            () = wait => {}
            _ = stop.changed() => {}
        }
    }
}

/// Twice as long each time, up to a limit, spread by a quarter so that many do not return at once.
fn pause_after(failures: u32, most: Duration) -> Duration {
    let whole = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(most);
    let spread = (uuid::Uuid::now_v7().as_bytes()[15] as f64 / 255.0 - 0.5) / 2.0;
    whole.mul_f64(1.0 + spread).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_limit() {
        let most = Duration::from_secs(5);
        assert!(pause_after(1, most) < Duration::from_millis(300));
        assert!(pause_after(4, most) > Duration::from_millis(1000));
        assert!(pause_after(60, most) <= most);
    }
}

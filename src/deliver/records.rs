//! One worker a sink: it follows the store's sequence of records with a cursor of its own; what the sink refuses for good becomes
//! a dead letter.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::{BATCH_BYTES, Rounds, SinkHealth, Trouble, follow};
use crate::sinks::{Delivery, Refusal, Sink};
use crate::store::{Store, StoredRecord};
use crate::telemetry::Metrics;

/// Delivers to one sink.
pub struct Worker {
    store: Arc<Store>,
    sink: Box<dyn Sink>,
    batch: usize,
    max_pause: Duration,
    health: Arc<SinkHealth>,
    metrics: Arc<Metrics>,
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
        metrics.sink(&health.name);
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
        let delivered = batch.len().saturating_sub(accepted.refused.len());
        refused.extend(accepted.refused);
        for refusal in &refused {
            // The reason may quote the document; it is in the dead letter, not in the log.
            tracing::warn!(
                sink = self.health.name,
                record = refusal.seq,
                "a record was refused for good; see its dead letter"
            );
        }
        self.metrics.delivered(&self.health.name, delivered as u64, refused.len() as u64);
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
        self.health.failed(reason, failures, pause, &self.metrics);
    }
}

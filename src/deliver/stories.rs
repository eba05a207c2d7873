//! One worker a sink that asks for stories: it is told of each that changed, as it is now, no more than once in so much time.
//!
//! Where it has come to is kept like the cursor of its records, so that no change is lost by a stop. What a sink refuses is
//! logged and counted; the next change of the story comes again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{BATCH_BYTES, Rounds, SinkHealth, Trouble, follow};
use crate::sinks::{Sink, StoryDelivery};
use crate::store::{ChangedStory, Store};
use crate::telemetry::Metrics;

/// Tells one sink of stories.
pub struct StoryWorker {
    store: Arc<Store>,
    /// Its name is that of the sink with `.stories` behind it, under which the place of this one is kept.
    health: Arc<SinkHealth>,
    sink: Box<dyn Sink>,
    batch: usize,
    max_pause: Duration,
    /// How long changes are gathered.
    interval: Duration,
    metrics: Arc<Metrics>,
}

impl StoryWorker {
    /// A worker for the sink of this name, which is another than that of its records.
    pub fn new(
        store: Arc<Store>,
        name: &str,
        sink: Box<dyn Sink>,
        batch: usize,
        max_pause: Duration,
        interval: Duration,
        metrics: Arc<Metrics>,
    ) -> StoryWorker {
        let health = SinkHealth::new(format!("{name}.stories"), &*sink);
        metrics.sink(&health.name);
        StoryWorker { store, health, sink, batch, max_pause, interval, metrics }
    }

    /// How the sink is doing.
    pub fn health(&self) -> Arc<SinkHealth> {
        self.health.clone()
    }

    /// Tells until `stop` is true; a batch that is under way is finished.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        follow(self.store.clone(), self, stop).await;
    }

    /// Gathers what changes within the interval, and tells it; returns when there is nothing to tell.
    async fn gather(&mut self, stop: &mut watch::Receiver<bool>) -> Result<(), Trouble> {
        let state = self.store.sink_state(&self.health.name).await?;
        let mut cursor = state.cursor;
        self.health.set_cursor(cursor);
        self.sink.open(state.position.as_ref()).await?;
        while self.store.newest_story_change().await? > cursor {
            tokio::select! {
                () = tokio::time::sleep(self.interval) => {}
                _ = stop.changed() => return Ok(()),
            }
            let until = self.store.newest_story_change().await?;
            while cursor < until && !*stop.borrow() {
                cursor = self.tell(cursor, until).await?;
                self.health.set_cursor(cursor);
                self.health.set_trouble(None);
            }
            if *stop.borrow() {
                return Ok(());
            }
        }
        self.health.set_trouble(None);
        Ok(())
    }

    /// Tells one batch; returns how far that is.
    async fn tell(&mut self, after: i64, until: i64) -> Result<i64, Trouble> {
        let changed = self.store.changed_stories(after, until, self.batch, BATCH_BYTES).await?;
        // Those that changed meanwhile are past the end.
        let Some(last) = changed.last().map(|story| story.version) else { return Ok(until) };
        let batch: Vec<StoryDelivery> = changed.into_iter().map(delivery).collect();
        let accepted = self.sink.tell(&batch).await?;
        for refusal in &accepted.refused {
            let story = batch.iter().find(|one| one.version == refusal.seq).map(|one| one.story_id.as_str());
            tracing::warn!(sink = self.health.name, story, "a story was refused; its next change is told again");
        }
        let refused = accepted.refused.len();
        self.metrics.delivered(&self.health.name, batch.len().saturating_sub(refused) as u64, refused as u64);
        self.store.advance(&self.health.name, last, accepted.position, Vec::new(), Vec::new()).await?;
        Ok(last)
    }
}

impl Rounds for StoryWorker {
    /// A story changes by a record, or by the end of one: so it is waited for the next of them.
    async fn round(&mut self, stop: &mut watch::Receiver<bool>) -> Result<bool, Trouble> {
        self.gather(stop).await.map(|()| false)
    }

    fn max_pause(&self) -> Duration {
        self.max_pause
    }

    fn report(&self, reason: String, failures: u32, pause: Duration) {
        self.health.failed(reason, failures, pause, &self.metrics);
    }
}

fn delivery(changed: ChangedStory) -> StoryDelivery {
    StoryDelivery { story_id: changed.story_id, version: changed.version, json: changed.json }
}

//! Whoever sends a document may wait for its record.

use std::time::Duration;

use tokio::sync::oneshot;

use super::{Service, lock};
use crate::store::{Receipt, State, StoreError, StoredRecord};

/// What came of a document for whom somebody waits.
#[derive(Debug)]
pub enum Waited {
    Record(StoredRecord),
    Dead(String),
    Superseded,
    /// The time was over first.
    NotYet,
}

impl Service {
    /// Waits until the document is processed, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn wait_for(&self, receipt: &Receipt, limit: Duration) -> Result<Waited, StoreError> {
        let (sender, done) = oneshot::channel();
        lock(&self.waiters).entry(receipt.seq).or_default().push(sender);
        // It may have ended before anybody listened.
        let mut state = self.state(receipt).await?;
        if state == State::Waiting {
            let mut stop = self.stop.subscribe();
            let ended = tokio::select! {
                ended = tokio::time::timeout(limit, done) => ended.is_ok(),
                // Whoever stops does not let anybody wait: the document is on disk.
                _ = stop.wait_for(|stopping| *stopping) => false,
            };
            if ended {
                state = self.state(receipt).await?;
            }
        }
        self.forget_gone(receipt.seq);
        Ok(match state {
            State::Waiting => Waited::NotYet,
            State::Superseded => Waited::Superseded,
            State::Dead { reason } => Waited::Dead(reason),
            State::Done { version } => match self.store.record(&receipt.id, None, Some(version)).await? {
                Some(record) => Waited::Record(record),
                None => Waited::NotYet,
            },
        })
    }

    async fn state(&self, receipt: &Receipt) -> Result<State, StoreError> {
        let found = self.store.status(&receipt.id, Some(receipt.revision)).await?;
        Ok(found.map_or(State::Waiting, |(_, state)| state))
    }

    /// Those who gave up waiting leave nothing behind.
    fn forget_gone(&self, seq: i64) {
        let mut waiters = lock(&self.waiters);
        if let Some(list) = waiters.get_mut(&seq) {
            list.retain(|sender| !sender.is_closed());
            if list.is_empty() {
                waiters.remove(&seq);
            }
        }
    }

    /// Tells those who wait for a document that it has ended.
    pub(super) fn tell_waiters(&self, seq: i64) {
        for waiter in lock(&self.waiters).remove(&seq).into_iter().flatten() {
            // Whoever gave up is not there to be told.
            let _ = waiter.send(());
        }
    }
}

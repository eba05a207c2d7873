//! Documents from the spool to the pipeline: revisions of one document follow each other, all others run beside each other.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::{Service, lock};
use crate::store::Waiting;

/// Documents that are taken from the spool at once: so many may be before one that is fresh.
const CLAIM: usize = 16;

impl Service {
    /// Takes documents from the spool, in their order, and has each processed.
    pub(super) async fn dispatch(self: Arc<Self>) {
        let mut arrivals = self.store.watch_arrivals();
        let mut stop = self.stop.subscribe();
        while !*stop.borrow() {
            arrivals.borrow_and_update();
            let claimed = match self.store.claim(CLAIM).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::error!(%error, "the spool cannot be read; trying again in a second");
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                        _ = stop.changed() => {}
                    }
                    continue;
                }
            };
            if claimed.is_empty() {
                tokio::select! {
                    _ = arrivals.changed() => {}
                    _ = stop.changed() => {}
                }
            }
            for waiting in claimed {
                let Some(first) = self.unless_behind(waiting) else { continue };
                let slot = tokio::select! {
                    slot = self.slots.clone().acquire_owned() => slot,
                    _ = stop.changed() => return,
                };
                let Ok(slot) = slot else { return };
                tokio::spawn(self.clone().process_all(first, slot));
            }
        }
    }

    /// Puts a document behind the revision of it that is in work; gives it back where there is none.
    fn unless_behind(&self, waiting: Waiting) -> Option<Waiting> {
        let mut queues = lock(&self.queues);
        if let Some(queue) = queues.get_mut(&waiting.id) {
            queue.push_back(waiting);
            return None;
        }
        queues.insert(waiting.id.clone(), VecDeque::new());
        Some(waiting)
    }

    /// Processes a document, and the revisions of it that came meanwhile.
    async fn process_all(self: Arc<Self>, first: Waiting, _slot: OwnedSemaphorePermit) {
        let id = first.id.clone();
        let mut next = Some(first);
        while let Some(waiting) = next {
            if !*self.stop.borrow() {
                self.process(waiting.seq).await;
            }
            self.tell_waiters(waiting.seq);
            let mut queues = lock(&self.queues);
            next = queues.get_mut(&id).and_then(VecDeque::pop_front);
            if next.is_none() {
                queues.remove(&id);
            }
        }
    }
}

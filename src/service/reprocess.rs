//! Records are made again, at a bounded rate: what was known when they were made has changed, or somebody asked for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::Service;
use crate::store::{StoreError, ToReprocess};

/// How long those who make records again wait for more.
const PAUSE: Duration = Duration::from_millis(500);

/// Records that are looked up at once to be made again.
const AT_ONCE: usize = 32;

/// How records are made again.
#[derive(Debug, Default)]
pub struct Reprocessing {
    /// A second, at most.
    pub rate: u32,
    made: AtomicU64,
    /// While it is found out which records a change of an authority concerns: they are made again once, after it.
    following: AtomicBool,
}

impl Reprocessing {
    pub(super) fn at(rate: u32) -> Reprocessing {
        Reprocessing { rate, ..Reprocessing::default() }
    }

    /// Records made again since the start.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Whether a change of an authority is being followed.
    pub fn is_following(&self) -> bool {
        self.following.load(Ordering::Relaxed)
    }

    pub(super) fn set_following(&self, following: bool) {
        self.following.store(following, Ordering::Relaxed);
    }
}

impl Service {
    /// Makes records again that wait for it, at most so many a second.
    pub(super) async fn reprocess_past(self: Arc<Self>) {
        let rate = self.reprocessing.rate;
        if rate == 0 {
            return;
        }
        let mut stop = self.stop.subscribe();
        let mut pause = Duration::ZERO;
        while !*stop.borrow() {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.changed() => return,
            }
            if self.reprocessing.is_following() {
                pause = PAUSE;
                continue;
            }
            let since = Instant::now();
            let waiting = match self.store.next_to_reprocess(AT_ONCE.min(rate as usize)).await {
                Ok(waiting) => waiting,
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::error!(%error, "the records to be made again cannot be read; trying again in a second");
                    pause = Duration::from_secs(1);
                    continue;
                }
            };
            for marked in &waiting {
                if *stop.borrow() {
                    return;
                }
                self.reprocess(marked).await;
            }
            let due = Duration::from_secs_f64(waiting.len() as f64 / f64::from(rate));
            pause = if waiting.is_empty() { PAUSE } else { due.saturating_sub(since.elapsed()) };
        }
    }

    async fn reprocess(&self, marked: &ToReprocess) {
        let result = async {
            let document = self.store.document_at(marked.doc_seq).await.map_err(|e| e.to_string())?;
            let document = document.ok_or("it was deleted")?;
            let draft = self.draft(document).await?;
            self.patiently(|| self.store.complete_again(marked, draft.clone())).await.map_err(|e| e.to_string())
        };
        match result.await {
            Ok(completed) => {
                self.metrics.document("reprocessed", "");
                self.reprocessing.made.fetch_add(1, Ordering::Relaxed);
                tracing::info!(document = marked.id, reason = marked.reason, ?completed, "made again");
            }
            Err(error) => {
                tracing::warn!(document = marked.id, error, "a record cannot be made again; its version stays");
                if let Err(error) = self.patiently(|| self.store.give_up_reprocessing(marked)).await {
                    tracing::error!(%error, document = marked.id, "it stays among those to be made again");
                }
            }
        }
    }
}

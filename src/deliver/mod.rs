//! Delivery: a worker a sink for records, and one more for a sink that asks for stories, each in rounds of its own. A sink that
//! is down is tried again with growing pauses, for ever, and holds up nobody else.

mod health;
mod records;
mod stories;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

pub use health::SinkHealth;
pub use records::Worker;
pub use stories::StoryWorker;

use crate::sinks::Unavailable;
use crate::store::{Store, StoreError};

/// Bytes of records that one batch takes at most.
const BATCH_BYTES: usize = 8 << 20;

/// The first pause after a sink was unavailable.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

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

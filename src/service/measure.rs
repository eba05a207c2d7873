//! How much the bodies take on disk: a walk through a folder that may hold millions of files, so it is made aside.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Service, lock};

/// How long what was measured stands.
const STANDS: Duration = Duration::from_secs(10);

/// After a walk nothing is done for so many times as long as it took.
const REST: u32 = 100;

impl Service {
    /// Measures the bodies again and again.
    pub(super) async fn measure_bodies(self: Arc<Self>) {
        let mut stop = self.stop.subscribe();
        while !*stop.borrow() {
            let (since, store, stopping) = (Instant::now(), self.store.clone(), stop.clone());
            let walk = tokio::task::spawn_blocking(move || store.bodies_size(|| !*stopping.borrow()));
            if let Ok(Some(bytes)) = walk.await {
                *lock(&self.bodies) = Some(bytes);
            }
            tokio::select! {
                () = tokio::time::sleep(STANDS.max(since.elapsed() * REST)) => {}
                _ = stop.changed() => return,
            }
        }
    }
}

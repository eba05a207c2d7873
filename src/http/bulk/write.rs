//! The third hand: has the documents of a bulk request written, as many together as there are.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::read::Taken;
use crate::http::Problem;
use crate::service::Service;
use crate::store::{Packed, Pending, Places, Receipt, StoreError};

/// Documents that are written together at most.
pub(super) const GROUP: usize = 64;

/// How long a bulk request waits for room in the spool before a document of it is refused.
const PATIENCE: Duration = Duration::from_secs(60);

/// Documents that are being written, and what is answered for each entry of their group.
pub(super) struct Group {
    pub answers: Vec<(usize, Option<String>, Result<(), Problem>)>,
    pub receipts: Result<Pending<Vec<Receipt>>, StoreError>,
    /// What its documents may take of the memory.
    _memory: Vec<OwnedSemaphorePermit>,
}

/// Has documents written in the order in which they came, as many together as there are.
pub(super) async fn write(service: Arc<Service>, mut entries: mpsc::Receiver<Taken>, written: mpsc::Sender<Group>) {
    let most = (service.store.max_backlog() / 20).clamp(1, GROUP as u64) as usize;
    let mut taken = Vec::with_capacity(most);
    while entries.recv_many(&mut taken, most).await > 0 {
        let (mut answers, mut packed, mut memory) = (Vec::new(), Vec::new(), Vec::new());
        for entry in taken.drain(..) {
            memory.push(entry.memory);
            let refused = entry.packed.map(|document| packed.push(document));
            answers.push((entry.number, entry.url, refused));
        }
        let receipts = match places(&service, &packed).await {
            Ok(places) => service.store.begin_accept(packed, places).await,
            Err(error) => Err(error),
        };
        if written.send(Group { answers, receipts, _memory: memory }).await.is_err() {
            return;
        }
    }
}

/// Waits for room in the spool: whoever sends in bulk is slowed down rather than refused.
async fn places(service: &Service, documents: &[Packed]) -> Result<Places, StoreError> {
    let since = Instant::now();
    loop {
        match service.store.places_for(documents) {
            Err(StoreError::Backlog(_)) if since.elapsed() < PATIENCE && !*service.ending().borrow() => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            result => return result,
        }
    }
}

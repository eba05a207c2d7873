//! The second hand: a thread that reads the entries of a bulk request and packs their documents.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::Format;
use super::receive::Incoming;
use crate::http::Problem;
use crate::http::coding::Coding;
use crate::intake::feed::{Defaults, Entry, Lines, Pages};
use crate::service::Service;
use crate::store::Packed;

/// KiB of documents that a request has read and not written, at most; one that is larger is alone.
const MEMORY: usize = 8 << 10;

/// An entry on its way: packed, or refused.
pub(super) struct Taken {
    pub number: usize,
    pub url: Option<String>,
    pub packed: Result<Packed, Problem>,
    /// Its share of the memory, until it is written.
    pub memory: OwnedSemaphorePermit,
}

/// Reads the entries and packs the documents.
pub(super) struct Reader {
    service: Arc<Service>,
    memory: Arc<Semaphore>,
    longest: usize,
    request_id: String,
    read: mpsc::Sender<Taken>,
}

impl Reader {
    /// A reader that hands on what it has packed; a line, or a page of a crawl, is refused beyond `longest` bytes.
    pub fn new(service: Arc<Service>, longest: usize, request_id: String, read: mpsc::Sender<Taken>) -> Reader {
        Reader { service, memory: Arc::new(Semaphore::new(MEMORY)), longest, request_id, read }
    }

    /// Reads all of a body. For a thread that may block.
    pub fn read(self, format: Format, coding: Coding, body: Incoming, defaults: Defaults) {
        let body = match coding.decode(body) {
            Ok(body) => body,
            Err(error) => return tracing::error!(%error, "a bulk request cannot be unpacked"),
        };
        match format {
            Format::Lines => self.take_all(Lines::new(body, self.longest, defaults)),
            Format::Warc => self.take_all(Pages::new(body, self.longest, defaults)),
        }
    }

    fn take_all(&self, entries: impl Iterator<Item = Entry>) {
        let runtime = tokio::runtime::Handle::current();
        for Entry { number, url, bytes, document } in entries {
            let room = bytes.div_ceil(1024).clamp(1, MEMORY) as u32;
            let Ok(memory) = runtime.block_on(self.memory.clone().acquire_many_owned(room)) else { return };
            let packed = document
                .map_err(Problem::from)
                .and_then(|document| self.service.store.packed(document, &self.request_id).map_err(Problem::from));
            if self.read.blocking_send(Taken { number, url, packed, memory }).is_err() {
                return;
            }
        }
    }
}

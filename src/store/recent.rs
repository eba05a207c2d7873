//! What came last, held in memory beside the database: the documents among which a new one's story is looked for, and the
//! bands of sketches that are not in their table yet. It is read from disk at the start.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::watch;

use super::clusters::{Band, Bands};
use super::stories::Stories;
use super::{Store, StoreError, WindowLimits, open};

/// What the writer's jobs look at, and change.
pub(super) struct Recent {
    memory: Mutex<Memory>,
    /// Whether bands are to be moved into their table.
    are_many: AtomicBool,
    /// Bands that are in the table, and may leave memory.
    moved: Mutex<Vec<Band>>,
}

pub(super) struct Memory {
    pub stories: Stories,
    pub bands: Bands,
}

impl Recent {
    /// That of an empty store.
    pub fn new(limits: WindowLimits) -> Recent {
        let memory = Memory { stories: Stories::new(limits), bands: Bands::default() };
        Recent { memory: Mutex::new(memory), are_many: AtomicBool::new(false), moved: Mutex::default() }
    }

    /// For the writer alone: a job may take its time with it.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        self.are_many.store(memory.bands.are_many(), Ordering::Relaxed);
        memory
    }

    /// Reads it on a thread of its own: what arrives meanwhile is accepted at once, and only waits to be processed. Answers
    /// when that is done.
    pub fn read(self: &Arc<Self>, dir: &Path) -> Result<watch::Receiver<bool>, StoreError> {
        let (done, is_done) = watch::channel(false);
        let (this, folder) = (self.clone(), dir.to_owned());
        let reading = move || {
            if let Err(error) = this.load(&folder) {
                tracing::error!(%error, "older documents cannot be read: what arrives is not compared with them");
            }
            done.send_replace(true);
        };
        let thread = std::thread::Builder::new().name("nisba-recent".into()).spawn(reading);
        let failed = |e| StoreError::Open { path: dir.to_owned(), reason: format!("no thread can be started: {e}") };
        thread.map_err(failed)?;
        Ok(is_done)
    }

    fn load(&self, dir: &Path) -> Result<(), StoreError> {
        let mut memory = self.memory();
        memory.bands.unread = true;
        let db = open::reader(dir)?;
        memory.bands.load(&db)?;
        memory.stories.load(&db)
    }

    /// Writes some of the bands into their table, when there are many: gives those, for when they are on disk.
    pub fn write_bands(&self, db: &Connection) -> Result<Vec<Band>, StoreError> {
        let bands = &mut self.memory().bands;
        bands.moved(&std::mem::take(&mut *self.moved()));
        if bands.are_many() { bands.write_next(db) } else { Ok(Vec::new()) }
    }

    /// Bands that are on disk.
    pub fn moved(&self) -> MutexGuard<'_, Vec<Band>> {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Waits until it is read; where many bands are held, some are moved into their table.
    pub(super) async fn recent(&self) -> Arc<Recent> {
        // Whoever reads it ends with it.
        drop(self.recent_read.clone().wait_for(|read| *read).await);
        if self.recent.are_many.swap(false, Ordering::Relaxed) {
            let recent = self.recent.clone();
            match self.write(move |db| recent.write_bands(db)).await {
                Ok(written) => self.recent.moved().extend(written),
                Err(error) => tracing::warn!(%error, "bands of sketches stay in memory, to be moved later"),
            }
        }
        self.recent.clone()
    }
}

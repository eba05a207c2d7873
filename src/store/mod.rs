//! The embedded store: one SQLite database with one writer thread, and a folder for large bodies.
//!
//! A document is written once and never moved: those without an outcome are the spool. Records have a sequence given by
//! the writer, which every sink's cursor walks. See `writer.rs` for what makes an answer durable.

mod accept;
mod batches;
mod blobs;
mod checkpoint;
mod clusters;
mod decided;
mod decisions;
mod deliveries;
mod documents;
mod erasure;
mod machine;
mod makers;
mod name_keys;
mod open;
mod packed;
mod people;
mod recent;
mod records;
mod redirects;
mod reprocess;
mod scratch;
mod size;
mod spool;
mod stories;
mod turns;
mod waiting;
mod writer;

pub use accept::{Packed, Places, Receipt};
pub use batches::{Batch, Reason};
pub use decisions::{Decision, DecisionError, DecisionKind, KeptDecision, NEW, Names};
pub use deliveries::{DeadLetter, DeadLetterFilter, SinkState};
pub use documents::State;
pub use erasure::Erased;
pub use makers::Older;
pub use people::{NamedPerson, PersonView, SpellingCount};
pub use records::{Completed, Page, RecordFilter, StoredRecord};
pub use redirects::{Merged, is_known};
pub use reprocess::{Concerned, ToReprocess};
pub use scratch::Scratch;
pub use stories::{
    ChangedStory, StoryDocument, StoryFilter, StoryLine, StoryPage, StoryPerson, StoryView, WindowLimits,
};
pub use waiting::Waiting;
pub use writer::Pending;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::watch;

use crate::model::Lane;
use recent::Recent;
use spool::Spool;
use writer::Writer;

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the disk of {0} is full; make room and send again")]
    Full(PathBuf),
    #[error("the spool holds {0} documents, its limit; send again later")]
    Backlog(u64),
    #[error("the store {path}: {reason}")]
    Open { path: PathBuf, reason: String },
    #[error("another nisba process uses the data folder {0}; stop it, or name another folder with --data")]
    InUse(PathBuf),
    #[error("the store failed: {0}")]
    Sql(String),
    #[error("the store holds something unreadable: {0}")]
    Corrupt(String),
    #[error("the store is closed")]
    Closed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => StoreError::Full(PathBuf::from("the data folder")),
            _ => StoreError::Sql(error.to_string()),
        }
    }
}

/// The embedded store. Cheap to share; all methods take `&self`.
pub struct Store {
    dir: PathBuf,
    writer: Writer,
    readers: Readers,
    spool: Mutex<Spool>,
    limits: Limits,
    /// The sequence number of the newest record, for those who deliver.
    newest_record: watch::Sender<i64>,
    /// Grows when a document arrives or comes back to the spool, for those who process.
    arrivals: watch::Sender<u64>,
    recent: Arc<Recent>,
    /// Whether that is read.
    recent_read: watch::Receiver<bool>,
}

/// What the store accepts at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Documents in the spool.
    pub max_backlog: u64,
    /// Bytes that must stay free on the disk.
    pub min_free_disk: u64,
    /// Among which documents a new one's story is looked for.
    pub stories: WindowLimits,
}

impl Store {
    /// Opens the store in a folder, which is made if it is not there, and makes all of it durable before anything is
    /// answered from it.
    ///
    /// # Errors
    /// When the folder cannot be used, another process has it, or SQLite is too old.
    pub fn open(dir: &Path, limits: Limits) -> Result<Arc<Store>, StoreError> {
        let (connection, lock) = open::prepare(dir)?;
        let spool = waiting::all_waiting(&connection)?;
        let newest = connection.query_row("SELECT COALESCE(MAX(seq), 0) FROM records", [], |row| row.get(0))?;
        blobs::sweep(dir, &connection)?;
        let recent = Arc::new(Recent::new(limits.stories));
        let recent_read = recent.read(dir)?;
        Ok(Arc::new(Store {
            dir: dir.to_owned(),
            writer: Writer::start(connection, lock, dir)?,
            readers: Readers { dir: dir.to_owned(), idle: Mutex::default() },
            spool: Mutex::new(spool),
            limits,
            newest_record: watch::Sender::new(newest),
            arrivals: watch::Sender::new(0),
            recent,
            recent_read,
        }))
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Follows the sequence number of the newest record.
    pub fn watch_records(&self) -> watch::Receiver<i64> {
        self.newest_record.subscribe()
    }

    /// Notified when there is something to process.
    pub fn watch_arrivals(&self) -> watch::Receiver<u64> {
        self.arrivals.subscribe()
    }

    /// How many documents wait, are processed or arrive.
    pub fn backlog(&self) -> u64 {
        self.spool().len()
    }

    /// How many documents wait in a lane, without those that are processed.
    pub fn waiting(&self, lane: Lane) -> u64 {
        self.spool().waiting(lane)
    }

    /// How many documents may wait.
    pub fn max_backlog(&self) -> u64 {
        self.limits.max_backlog
    }

    /// Whether the writer takes and commits a transaction: writes a row, durably.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.room()?;
        // A table of one row; a statement that changes none would not touch the disk.
        self.write(|db| Ok(db.execute("UPDATE key_version SET version = version", []).map(drop)?)).await
    }

    /// Stops the writer after all that was handed to it; then the WAL is folded into the database.
    pub fn close(&self) {
        self.writer.close();
    }

    fn spool(&self) -> MutexGuard<'_, Spool> {
        self.spool.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Refuses when the disk is nearly full.
    fn room(&self) -> Result<(), StoreError> {
        match fs4::available_space(&self.dir) {
            Ok(free) if free < self.limits.min_free_disk => Err(StoreError::Full(self.dir.clone())),
            // A file system that does not say how full it is will say so when it is.
            _ => Ok(()),
        }
    }

    async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(job).await
    }

    /// Reads on a blocking thread with a connection of its own.
    async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.readers.with(job)).await.map_err(|_| StoreError::Closed)?
    }
}

/// Connections that only read.
struct Readers {
    dir: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    fn with<T>(&self, job: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = || self.idle.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let kept = idle().pop();
        let connection = match kept {
            Some(connection) => connection,
            None => open::reader(&self.dir)?,
        };
        let result = job(&connection);
        let mut idle = idle();
        if idle.len() < 8 {
            idle.push(connection);
        }
        result
    }
}

fn time(text: &str) -> Result<Timestamp, StoreError> {
    text.parse().map_err(|e| StoreError::Corrupt(format!("time {text}: {e}")))
}

/// A time as text whose order is the order of time.
fn sortable(time: Timestamp) -> String {
    format!("{time:.9}")
}

//! Folding the log (WAL) into the database. It waits for the disk, for pages all over the database, and nobody else should:
//! so a thread of its own does most of it, beside the writer. What the writer appends meanwhile is little; it folds that
//! itself, and begins the log anew.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{StoreError, open};

/// Pages of the log after which it is folded: many, because the same few pages change again and again.
const MANY: i64 = 16_000;

/// The log is never longer, unless a reader needs it: then the writer waits until it is folded.
const TOO_MANY: i64 = 4 * MANY;

/// So few pages the writer folds itself.
const FEW: i64 = 500;

/// Folds while the writer goes on, at most; it appends less each time.
const PASSES: usize = 4;

/// Between two tries to empty the log, while somebody reads what was before.
const PAUSE: Duration = Duration::from_secs(1);

/// The log, as the writer sees it.
pub(super) struct Log {
    wake: SyncSender<()>,
    /// Held by whoever folds.
    folding: Arc<Mutex<()>>,
    thread: JoinHandle<()>,
    /// The length of the log from which on the writer folds again: while readers keep the log from being begun anew, not after
    /// each transaction.
    again: i64,
    /// When it is tried again to empty it, which a reader stood in the way of.
    held_until: Option<Instant>,
    /// That it cannot be folded is told once, not again after every transaction on a full disk.
    failed: bool,
}

impl Log {
    /// Starts the thread.
    pub fn of(dir: &Path) -> Result<Log, StoreError> {
        let db = open::checkpointer(dir)?;
        let folding = Arc::new(Mutex::new(()));
        let (wake, woken) = sync_channel(1);
        let held = folding.clone();
        let thread = std::thread::Builder::new().name("nisba-log".into()).spawn(move || fold_each(&db, &woken, &held));
        let thread = thread.map_err(|e| StoreError::Sql(format!("no thread for the log: {e}")))?;
        Ok(Log { wake, folding, thread, again: 0, held_until: None, failed: false })
    }

    /// Has it folded where it has grown long; for the writer, after a transaction.
    pub fn after_commit(&mut self, db: &Connection) {
        self.failed = failed(self.fold_if_long(db), self.failed);
    }

    fn fold_if_long(&mut self, db: &Connection) -> rusqlite::Result<()> {
        let (pages, folded) = checkpoint(db, "NOOP")?;
        if pages < MANY {
            self.again = 0;
        } else if pages < TOO_MANY && pages - folded > FEW {
            // It may be folding already.
            let _ = self.wake.try_send(());
        } else if pages >= self.again {
            self.again = pages + FEW;
            if pages >= TOO_MANY {
                let _alone = self.folding.lock().unwrap_or_else(PoisonError::into_inner);
                checkpoint(db, "TRUNCATE")?;
            } else if let Ok(_alone) = self.folding.try_lock() {
                checkpoint(db, "PASSIVE")?;
            }
        }
        Ok(())
    }

    /// Folds all of it and empties it; false while a reader needs it. It is tried again after a while at the earliest.
    pub fn truncate(&mut self, db: &Connection) -> bool {
        if self.held_until.is_some_and(|until| Instant::now() < until) {
            return false;
        }
        let _alone = self.folding.lock().unwrap_or_else(PoisonError::into_inner);
        let busy: rusqlite::Result<i64> = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        let done = matches!(busy, Ok(0));
        self.held_until = (!done).then(|| Instant::now() + PAUSE);
        done
    }

    /// Ends the thread, and folds all of it.
    pub fn close(self, db: &Connection) {
        drop(self.wake);
        let _ended = self.thread.join();
        if let Err(e) = checkpoint(db, "TRUNCATE") {
            tracing::warn!(error = %e, "the log could not be folded into the database; the next start does it");
        }
    }
}

fn fold_each(db: &Connection, woken: &Receiver<()>, folding: &Mutex<()>) {
    let mut before = false;
    while woken.recv().is_ok() {
        before = failed(fold(db, folding), before);
    }
}

/// Whether it failed: told, unless it failed `before`.
fn failed(done: rusqlite::Result<()>, before: bool) -> bool {
    if let (Err(e), false) = (&done, before) {
        tracing::warn!(error = %e, "a checkpoint failed; it is tried again until one does not");
    }
    done.is_err()
}

fn fold(db: &Connection, folding: &Mutex<()>) -> rusqlite::Result<()> {
    let _alone = folding.lock().unwrap_or_else(PoisonError::into_inner);
    let mut before = -1;
    for _ in 0..PASSES {
        checkpoint(db, "PASSIVE")?;
        let (pages, folded) = checkpoint(db, "NOOP")?;
        // Whoever reads keeps what is older from being folded.
        if pages - folded <= FEW || folded == before {
            break;
        }
        before = folded;
    }
    Ok(())
}

/// The pages of the log, and how many of them are folded; NOOP folds none, costs little, and tells.
fn checkpoint(db: &Connection, mode: &str) -> rusqlite::Result<(i64, i64)> {
    db.prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(db: &Connection, log: &mut Log, pages: i64) {
        for _ in 0..pages / 100 {
            db.execute("INSERT INTO filler VALUES (randomblob(400000))", []).unwrap();
            log.after_commit(db);
        }
    }

    fn log_bytes(dir: &Path) -> u64 {
        std::fs::metadata(dir.join(format!("{}-wal", open::FILE))).unwrap().len()
    }

    #[test]
    fn the_log_is_folded_beside_the_writer_and_never_grows_without_end() {
        let dir = tempfile::tempdir().unwrap();
        let (db, _lock) = open::prepare(dir.path()).unwrap();
        db.execute_batch("CREATE TABLE filler (bytes BLOB)").unwrap();
        let mut log = Log::of(dir.path()).unwrap();
        write(&db, &mut log, 3 * MANY);
        let longest = (TOO_MANY as u64 + 500) * 4_200;
        assert!(log_bytes(dir.path()) < longest, "{} bytes", log_bytes(dir.path()));
        // A reader keeps it from being folded, and nobody waits for the reader.
        let reader = open::reader(dir.path()).unwrap();
        reader.execute_batch("BEGIN; SELECT COUNT(*) FROM filler").unwrap();
        write(&db, &mut log, MANY + 2 * FEW);
        let since = Instant::now();
        assert!(!log.truncate(&db));
        assert!(since.elapsed() < Duration::from_secs(4), "the writer waited for a reader");
        reader.execute_batch("COMMIT").unwrap();
        assert!(!log.truncate(&db), "it is tried again at once");
        log.held_until = None;
        assert!(log.truncate(&db));
        assert_eq!(log_bytes(dir.path()), 0);
        write(&db, &mut log, 100);
        log.close(&db);
        assert_eq!(log_bytes(dir.path()), 0);
    }
}

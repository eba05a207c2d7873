//! The one writer. Jobs that wait are taken together: one transaction, a savepoint for each, one commit with an fsync,
//! then the answers. A job that fails costs only itself. Those whose senders wait for the answer go before the others, which
//! end a transaction when it has taken long enough: a document is accepted quickly however many records wait to be written.
//!
//! What a full disk prevents is answered so and nothing of it is kept. Any other failure of a commit ends the process:
//! after a failed fsync nobody knows what is on disk, and a second try could succeed without it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use super::checkpoint::Log;
use super::turns::{Asked, Turn, Turns};

/// Answers a job once its batch is committed, or tells it why not.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Runs inside the transaction, or is told why there is none; gives back how to answer.
type Job = Box<dyn FnOnce(Result<&Connection, StoreError>) -> (Answer, Result<(), StoreError>) + Send>;

/// What was handed to the writer and is not committed yet.
pub type Pending<T> = BoxFuture<'static, Result<T, StoreError>>;

/// The writer thread, from outside.
pub struct Writer {
    jobs: Mutex<Option<mpsc::Sender<Asked<Job>>>>,
    /// What was written is to be folded into the database at once.
    fold: std::sync::Arc<AtomicBool>,
    ended: std::sync::Arc<(Mutex<bool>, Condvar)>,
}

impl Writer {
    /// Starts the thread; `lock` is held as long as it runs.
    pub fn start(connection: Connection, lock: File, dir: &Path) -> Result<Writer, StoreError> {
        let (jobs, queue) = mpsc::channel(4096);
        let ended = std::sync::Arc::new((Mutex::new(false), Condvar::new()));
        let (signal, dir) = (ended.clone(), dir.to_owned());
        let fold = std::sync::Arc::new(AtomicBool::new(false));
        let wanted = fold.clone();
        let log = Log::of(&dir)?;
        std::thread::Builder::new()
            .name("nisba-writer".into())
            .spawn(move || {
                write_all(&connection, queue, &dir, &wanted, log);
                drop(connection);
                drop(lock);
                *signal.0.lock().unwrap_or_else(|p| p.into_inner()) = true;
                signal.1.notify_all();
            })
            .map_err(|e| StoreError::Sql(format!("no thread for the writer: {e}")))?;
        Ok(Writer { jobs: Mutex::new(Some(jobs)), fold, ended })
    }

    /// Runs a job in the next transaction; answers after its commit.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.begin(Turn::Ordinary, 0, job, |_| {}).await?.await
    }

    /// Hands over a job: it runs after all of its turn that were handed over before. `then` follows its commit, whether or not
    /// anybody still waits for it. What is given back waits for both.
    pub async fn begin<T: Send + 'static>(
        &self,
        turn: Turn,
        bytes: usize,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(&T) + Send + 'static,
    ) -> Result<Pending<T>, StoreError> {
        let (reply, result) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            let (value, outcome) = match db.and_then(job) {
                Ok(value) => (Some(value), Ok(())),
                Err(e) => (None, Err(e)),
            };
            let answer: Answer = Box::new(move |committed| {
                let result = match (committed, value) {
                    (Ok(()), Some(value)) => {
                        then(&value);
                        Ok(value)
                    }
                    (Err(e), _) => Err(e),
                    (Ok(()), None) => Err(StoreError::Closed),
                };
                // A client that has gone does not undo what was committed.
                let _ = reply.send(result);
            });
            (answer, outcome)
        });
        let jobs = self.jobs.lock().unwrap_or_else(|p| p.into_inner()).clone().ok_or(StoreError::Closed)?;
        jobs.send(Asked { turn, bytes, job }).await.map_err(|_| StoreError::Closed)?;
        Ok(Box::pin(async move { result.await.map_err(|_| StoreError::Closed)? }))
    }

    /// Has the log folded into the database after the next batch, so that it holds nothing of what was deleted.
    pub fn fold(&self) {
        self.fold.store(true, Ordering::Relaxed);
    }

    /// Takes no more jobs, and waits until those that wait are done.
    pub fn close(&self) {
        self.jobs.lock().unwrap_or_else(|p| p.into_inner()).take();
        let (ended, signal) = &*self.ended;
        let ended = ended.lock().unwrap_or_else(|p| p.into_inner());
        let _ = signal.wait_timeout_while(ended, Duration::from_secs(20), |ended| !*ended);
    }
}

fn write_all(db: &Connection, queue: mpsc::Receiver<Asked<Job>>, dir: &Path, fold: &AtomicBool, mut log: Log) {
    let mut turns = Turns::of(queue);
    while turns.wait() {
        commit(db, &mut turns, dir);
        if fold.swap(false, Ordering::Relaxed) {
            fold.store(!log.truncate(db), Ordering::Relaxed);
        } else {
            log.after_commit(db);
        }
    }
    log.close(db);
}

fn commit(db: &Connection, turns: &mut Turns<Job>, dir: &Path) {
    let transaction = turns.transaction();
    if let Err(e) = db.execute_batch("BEGIN IMMEDIATE") {
        let error = refusal_or_end(e, dir);
        transaction.for_each(|job| refuse(job, &error));
        return;
    }
    let answers: Vec<(Answer, Result<(), StoreError>)> = transaction.map(|job| in_savepoint(db, job)).collect();
    // A full disk may have rolled the whole transaction back by itself.
    let outcome = if db.is_autocommit() {
        Err(StoreError::Full(dir.to_owned()))
    } else {
        db.execute_batch("COMMIT").map_err(|e| {
            let error = refusal_or_end(e, dir);
            if !db.is_autocommit()
                && let Err(e) = db.execute_batch("ROLLBACK")
            {
                end(&e.to_string(), dir);
            }
            error
        })
    };
    for (answer, own) in answers {
        answer(match (&outcome, own) {
            (Err(e), _) => Err(e.clone()),
            (Ok(()), own) => own,
        });
    }
}

fn in_savepoint(db: &Connection, job: Job) -> (Answer, Result<(), StoreError>) {
    if db.is_autocommit() {
        // The transaction is gone; whatever the job wrote would commit by itself.
        return job(Err(StoreError::Closed));
    }
    if let Err(e) = db.execute_batch("SAVEPOINT job") {
        return job(Err(e.into()));
    }
    let (answer, outcome) = job(Ok(db));
    if db.is_autocommit() {
        return (answer, outcome);
    }
    let ending = if outcome.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
    let ended = db.execute_batch(ending).map_err(StoreError::from);
    (answer, outcome.and(ended))
}

/// Tells the job's owner why it was not run.
fn refuse(job: Job, error: &StoreError) {
    let (answer, _) = job(Err(error.clone()));
    answer(Err(error.clone()));
}

/// A full disk is an answer; anything else at this point ends the process.
fn refusal_or_end(error: rusqlite::Error, dir: &Path) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(dir.to_owned()),
        _ => end(&error.to_string(), dir),
    }
}

fn end(reason: &str, dir: &Path) -> ! {
    let dir: PathBuf = dir.to_owned();
    tracing::error!(reason, store = %dir.display(), "the store cannot be written");
    eprintln!(
        "nisba: the store in {} cannot be written ({reason}); nothing unwritten was acknowledged. Check the disk, then start again.",
        dir.display()
    );
    std::process::exit(74);
}

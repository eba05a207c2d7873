//! The bounded pool for CPU work, off the async threads. A job that panics or takes too long costs only itself: the
//! panic is caught, and a thread that is stuck is replaced.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use tokio::sync::oneshot;

/// What became of a job that gave no result.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("it panicked: {0}")]
    Panicked(String),
    #[error("it took longer than {} s", .0.as_secs_f64())]
    TimedOut(Duration),
    #[error("the pool is stopped")]
    Stopped,
}

/// A job; gives whether its thread may take another one.
type Job = Box<dyn FnOnce() -> bool + Send>;

/// Parsers of hostile input recurse; threads of this pool have room for it.
const STACK: usize = 32 << 20;

/// Threads for CPU work.
pub struct Pool {
    jobs: Sender<Job>,
    queue: Receiver<Job>,
    threads: usize,
    /// Threads that work on what nobody waits for any more. Each was replaced, and ends when it comes back.
    stuck: Arc<AtomicUsize>,
}

/// Who settled a job first: its thread, or the clock.
const RUNNING: u8 = 0;
const DONE: u8 = 1;
const GIVEN_UP: u8 = 2;

impl Pool {
    /// Starts `threads` threads. The caller bounds how much is queued by awaiting [`Pool::run`].
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(threads: usize) -> std::io::Result<Pool> {
        let (jobs, queue) = crossbeam_channel::unbounded();
        let pool = Pool { jobs, queue, threads, stuck: Arc::default() };
        for _ in 0..threads {
            pool.start_thread()?;
        }
        Ok(pool)
    }

    fn start_thread(&self) -> std::io::Result<()> {
        let queue = self.queue.clone();
        let builder = std::thread::Builder::new().name("nisba-cpu".into()).stack_size(STACK);
        builder
            .spawn(move || {
                yield_to_others();
                for job in queue {
                    if !job() {
                        return;
                    }
                }
            })
            .map(drop)
    }

    /// How many threads are stuck, and how many are too many to go on well.
    pub fn stuck(&self) -> (usize, usize) {
        (self.stuck.load(Ordering::Acquire), 2 * self.threads)
    }

    /// Runs `work` on a thread of the pool; `limit` counts from its start.
    ///
    /// # Errors
    /// When it panics or takes longer than `limit`.
    pub async fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let (started, starts) = oneshot::channel();
        let (done, mut result) = oneshot::channel();
        let state = Arc::new(AtomicU8::new(RUNNING));
        let (of_thread, stuck) = (state.clone(), self.stuck.clone());
        let settle =
            |state: &AtomicU8, to: u8| state.compare_exchange(RUNNING, to, Ordering::AcqRel, Ordering::Acquire).is_ok();
        let job = Box::new(move || {
            // Whoever waits may have gone; the work is done all the same.
            let _ = started.send(());
            let outcome = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| message(&*panic));
            let in_time = settle(&of_thread, DONE);
            let _ = done.send(outcome);
            if !in_time {
                stuck.fetch_sub(1, Ordering::AcqRel);
            }
            in_time
        });
        self.jobs.send(job).map_err(|_| Failure::Stopped)?;
        starts.await.map_err(|_| Failure::Stopped)?;
        let outcome = match tokio::time::timeout(limit, &mut result).await {
            Ok(outcome) => outcome,
            Err(_) if settle(&state, GIVEN_UP) => {
                self.replace_stuck();
                return Err(Failure::TimedOut(limit));
            }
            // It was done at the very last moment.
            Err(_) => result.await,
        };
        match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(panic)) => Err(Failure::Panicked(panic)),
            Err(_) => Err(Failure::Stopped),
        }
    }

    fn replace_stuck(&self) {
        self.stuck.fetch_add(1, Ordering::AcqRel);
        if let Err(e) = self.start_thread() {
            tracing::error!(error = %e, "no thread to replace one that is stuck");
        }
    }
}

/// Who sends a document, reads an answer or writes to disk waits for less than whoever does the sums: under full load the spool
/// grows, and those who ask are answered all the same.
const NICENESS: i32 = 10;

/// Lets all other threads go before this one.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "threads for CPU work have the priority of all others");
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    // Panic messages may quote the document; only their beginning is kept.
    text.map_or_else(|| "without a message".into(), |t| t.chars().take(200).collect())
}

/// A named point at which tests make a thread panic or stop. Nothing in a release.
pub fn test_point(name: &str) {
    let _ = name;
    #[cfg(feature = "failpoints")]
    fail::eval(name, |_| ());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_and_a_stuck_job_cost_only_themselves() {
        let pool = Pool::start(1).unwrap();
        let limit = Duration::from_secs(1);
        assert_eq!(pool.run(limit, || panic!("no")).await, Err::<(), _>(Failure::Panicked("no".into())));
        let stuck = pool.run(limit, || std::thread::sleep(Duration::from_secs(3))).await;
        assert_eq!(stuck, Err(Failure::TimedOut(limit)));
        assert_eq!(pool.stuck().0, 1);
        // Those who take over go on while the stuck one still is.
        for _ in 0..5 {
            assert_eq!(pool.run(limit, || 2 + 2).await, Ok(4));
        }
        tokio::time::sleep(Duration::from_millis(2500)).await;
        assert_eq!(pool.stuck().0, 0);
        assert_eq!(pool.run(limit, || 2 + 2).await, Ok(4));
    }
}

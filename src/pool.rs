//! The bounded pool for CPU work, off the async threads. A job that panics or takes too long costs only itself: the
//! panic is caught, and a thread that is stuck is replaced.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
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

type Job = Box<dyn FnOnce() + Send>;

/// Parsers of hostile input recurse; threads of this pool have room for it.
const STACK: usize = 32 << 20;

/// Threads for CPU work.
pub struct Pool {
    jobs: Sender<Job>,
    queue: Receiver<Job>,
    /// Threads that must end at their next chance, because a replacement was started for them.
    surplus: Arc<AtomicUsize>,
}

impl Pool {
    /// Starts `threads` threads. The caller bounds how much is queued by awaiting [`Pool::run`].
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(threads: usize) -> std::io::Result<Pool> {
        let (jobs, queue) = crossbeam_channel::unbounded();
        let pool = Pool { jobs, queue, surplus: Arc::default() };
        for _ in 0..threads {
            pool.start_thread()?;
        }
        Ok(pool)
    }

    fn start_thread(&self) -> std::io::Result<()> {
        let (queue, surplus) = (self.queue.clone(), self.surplus.clone());
        let builder = std::thread::Builder::new().name("nisba-cpu".into()).stack_size(STACK);
        builder
            .spawn(move || {
                for job in queue {
                    job();
                    let less = |n: usize| n.checked_sub(1);
                    if surplus.fetch_update(Ordering::AcqRel, Ordering::Acquire, less).is_ok() {
                        return;
                    }
                }
            })
            .map(drop)
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
        let (done, result) = oneshot::channel();
        let job = Box::new(move || {
            // Whoever waits may have gone; the work is done all the same.
            let _ = started.send(());
            let _ = done.send(catch_unwind(AssertUnwindSafe(work)).map_err(|panic| message(&*panic)));
        });
        self.jobs.send(job).map_err(|_| Failure::Stopped)?;
        starts.await.map_err(|_| Failure::Stopped)?;
        match tokio::time::timeout(limit, result).await {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(panic))) => Err(Failure::Panicked(panic)),
            Ok(Err(_)) => Err(Failure::Stopped),
            Err(_) => {
                self.surplus.fetch_add(1, Ordering::AcqRel);
                if let Err(e) = self.start_thread() {
                    tracing::error!(error = %e, "no thread to replace one that is stuck");
                }
                Err(Failure::TimedOut(limit))
            }
        }
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
        assert_eq!(pool.run(limit, || 2 + 2).await, Ok(4));
    }
}

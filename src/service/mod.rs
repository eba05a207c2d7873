//! Wires configuration, store, pipeline and sinks together; starts them, and stops them without losing anything.

mod accept;
mod dispatch;
mod follow;
mod health;
mod measure;
mod process;
mod rarely;
mod reprocess;
mod translate;
mod wait;
mod workers;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, RwLock};
use std::time::Duration;

use tokio::sync::{OnceCell, Semaphore, oneshot, watch};
use tokio::task::JoinHandle;

pub use reprocess::Reprocessing;
pub use wait::Waited;
pub use workers::check_sinks;

use crate::config::{self, Config};
use crate::deliver::{SinkHealth, StoryWorker, Worker};
use crate::machine::{MachineError, Translator};
use crate::people::{Authority, AuthorityError};
use crate::pipeline;
use crate::pool::Pool;
use crate::store::{Limits, Store, StoreError, Waiting};
use crate::telemetry::Metrics;
use follow::Authorities;
use rarely::Rarely;

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("sinks.{name}: {reason}")]
    Sink { name: String, reason: String },
    #[error("the authorities: {0}")]
    Authority(#[from] AuthorityError),
    #[error(transparent)]
    Machine(#[from] MachineError),
    #[error("no threads for the pipeline: {0}")]
    Threads(#[from] std::io::Error),
}

/// The running service.
pub struct Service {
    pub store: Arc<Store>,
    /// What is known now; replaced as a whole.
    authority: RwLock<Arc<Authority>>,
    pub metrics: Arc<Metrics>,
    pub sinks: Vec<Arc<SinkHealth>>,
    /// Those of the sinks that are told of stories.
    pub told: Vec<Arc<SinkHealth>>,
    /// Bytes of the bodies, as they were measured last.
    bodies: Mutex<Option<u64>>,
    /// Bytes that must be free on the disk, as they are configured.
    min_free_disk: u64,
    /// That the disk is full.
    tell_full: Rarely,
    pool: Pool,
    limits: pipeline::Limits,
    timeout: Duration,
    /// Documents whose id is being processed, behind the one that is.
    queues: Mutex<HashMap<String, VecDeque<Waiting>>>,
    /// Those who wait for a document, by its place in the spool.
    waiters: Mutex<HashMap<i64, Vec<oneshot::Sender<()>>>>,
    slots: Arc<Semaphore>,
    slots_in_all: u32,
    /// How far records are made again.
    pub reprocessing: Reprocessing,
    machine: config::Machine,
    /// Made when somebody asks for a translation for the first time.
    translator: OnceCell<Translator>,
    stop: watch::Sender<bool>,
    /// Requests that would go on for long end, since the service is about to stop.
    ending: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// Documents in work for each thread: one that is processed, and those whose records wait for the disk.
const IN_WORK_FOR_A_THREAD: usize = 8;

/// How long it is not told again that the disk is full, which all documents in work see each second.
const PAUSE_OF_TELLING: Duration = Duration::from_secs(60);

impl Service {
    /// Opens the store, loads what the pipeline needs, and starts processing and delivering on the current runtime.
    ///
    /// # Errors
    /// When the store, a sink's configuration or the threads stand in the way.
    pub fn start(config: &Config) -> Result<Arc<Service>, ServiceError> {
        let limits = Limits {
            max_backlog: config.store.max_backlog,
            min_free_disk: config.store.min_free_disk.as_u64(),
            stories: (&config.stories).into(),
        };
        let store = Store::open(&config.store.dir, limits)?;
        // A provider that cannot be used is told now, not when somebody asks for the first translation.
        translate::provider(&config.machine)?;
        let metrics = Arc::new(Metrics::default());
        let (authorities, authority) = Authorities::load(config)?;
        let of_records = workers::of_records(&store, config, &metrics)?;
        let of_stories = workers::of_stories(&store, config, &metrics)?;
        let threads = config.pipeline.threads();
        let slots_in_all = threads * IN_WORK_FOR_A_THREAD;
        let service = Arc::new(Service {
            store,
            authority: RwLock::new(Arc::new(authority)),
            metrics,
            sinks: of_records.iter().map(Worker::health).collect(),
            told: of_stories.iter().map(StoryWorker::health).collect(),
            bodies: Mutex::default(),
            min_free_disk: limits.min_free_disk,
            tell_full: Rarely::every(PAUSE_OF_TELLING),
            pool: Pool::start(threads)?,
            limits: (&config.intake).into(),
            timeout: config.pipeline.timeout.0,
            queues: Mutex::default(),
            waiters: Mutex::default(),
            slots: Arc::new(Semaphore::new(slots_in_all)),
            slots_in_all: slots_in_all as u32,
            reprocessing: Reprocessing::at(config.pipeline.reprocess_rate),
            machine: config.machine.clone(),
            translator: OnceCell::new(),
            stop: watch::Sender::new(false),
            ending: watch::Sender::new(false),
            tasks: Mutex::default(),
        });
        service.run(of_records, of_stories, authorities);
        Ok(service)
    }

    /// Starts everything that goes on by itself.
    fn run(self: &Arc<Self>, of_records: Vec<Worker>, of_stories: Vec<StoryWorker>, authorities: Authorities) {
        let mut tasks = lock(&self.tasks);
        tasks.extend(of_records.into_iter().map(|worker| tokio::spawn(worker.run(self.stop.subscribe()))));
        tasks.extend(of_stories.into_iter().map(|worker| tokio::spawn(worker.run(self.stop.subscribe()))));
        tasks.push(tokio::spawn(self.clone().dispatch()));
        tasks.push(tokio::spawn(self.clone().reprocess_past()));
        tasks.push(tokio::spawn(self.clone().measure_bodies()));
        tasks.push(tokio::spawn(self.clone().follow_authorities(authorities)));
    }

    /// Tells requests that go on for long to end.
    pub fn begin_end(&self) {
        self.ending.send_replace(true);
    }

    /// Whether the service is about to stop.
    pub fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }

    /// Stops: nothing new is taken from the spool, what is in work is finished within `limit` or stays in the spool,
    /// batches under way are finished, the store is closed.
    pub async fn stop(&self, limit: Duration) {
        let deadline = tokio::time::Instant::now() + limit;
        self.stop.send_replace(true);
        if tokio::time::timeout_at(deadline, self.slots.acquire_many(self.slots_in_all)).await.is_err() {
            tracing::warn!("what is in work did not end in time; it stays in the spool");
        }
        let tasks = std::mem::take(&mut *lock(&self.tasks));
        for task in tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout_at(deadline, task).await.is_err() {
                abort.abort();
            }
        }
        let store = self.store.clone();
        drop(tokio::task::spawn_blocking(move || store.close()).await);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

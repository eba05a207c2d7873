//! Wires configuration, store, pipeline and sinks together; starts them, and stops them without losing anything.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{OnceCell, Semaphore, oneshot, watch};
use tokio::task::JoinHandle;

use crate::config::{self, Config, MachineKind, SinkKind};
use crate::deliver::{SinkHealth, StoryWorker, Worker};
use crate::machine::{self, MachineError, Provider, SystemClock, Translator};
use crate::model::{Document, NewDocument, Record};
use crate::past::{Past, PastError};
use crate::people::{Authority, AuthorityError, Catalog};
use crate::pipeline::{self, Draft};
use crate::pool::Pool;
use crate::sinks::{Sink, jsonl::Jsonl, postgres::Postgres, webhook::Webhook};
use crate::store::{Completed, Erased, Limits, Receipt, Remake, State, Store, StoreError, StoredRecord, Waiting};
use crate::telemetry::{Metrics, Snapshot};
use crate::tls;
use crate::translated::{self, Kept, Translated};

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

/// What came of a document for whom somebody waits.
#[derive(Debug)]
pub enum Waited {
    Record(StoredRecord),
    Dead(String),
    Superseded,
    /// The time was over first.
    NotYet,
}

/// The running service.
pub struct Service {
    pub store: Arc<Store>,
    /// What is known now; replaced as a whole.
    authority: RwLock<Arc<Authority>>,
    pub metrics: Arc<Metrics>,
    pub sinks: Vec<Arc<SinkHealth>>,
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
    pub remaking: Remaking,
    machine: config::Machine,
    /// Made when somebody asks for a translation for the first time.
    translator: OnceCell<Translator>,
    stop: watch::Sender<bool>,
    /// Requests that would go on for long end, since the service is about to stop.
    ending: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// The machine translation that is configured. Whom to trust is read from the machine only where there is one.
fn provider(config: &config::Machine) -> Result<Option<Box<dyn Provider>>, MachineError> {
    match config.provider {
        MachineKind::Off => Ok(None),
        _ => machine::provider(config, tls::client_config().as_ref().clone()),
    }
}

/// How records are made again.
#[derive(Debug, Default)]
pub struct Remaking {
    /// A second, at most.
    pub rate: u32,
    made: AtomicU64,
    /// While it is found out which records a change of an authority concerns: they are made again once, after it.
    following: AtomicBool,
}

impl Remaking {
    /// Records made again since the start.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Whether a change of an authority is being followed.
    pub fn is_following(&self) -> bool {
        self.following.load(Ordering::Relaxed)
    }
}

/// How long those who make records again wait for more.
const REMAKE_PAUSE: Duration = Duration::from_millis(500);

/// Documents that are taken from the spool at once: so many may be before one that is fresh.
const CLAIM: usize = 16;

/// Documents in work for each thread: one that is processed, and those whose records wait for the disk.
const IN_WORK_FOR_A_THREAD: usize = 8;

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
        provider(&config.machine)?;
        let metrics = Arc::new(Metrics::default());
        let catalog = Catalog::of(&config.authorities());
        let state = catalog.state();
        let authority = catalog.load(config.authority.starter, None)?;
        let workers = config
            .sinks
            .iter()
            .map(|(name, sink)| worker(&store, name, sink, config, &metrics))
            .collect::<Result<Vec<Worker>, _>>()?;
        let told = config
            .sinks
            .iter()
            .filter_map(|(name, sink)| Some(story_worker(&store, name, sink, sink.stories?.0, config, &metrics)))
            .collect::<Result<Vec<StoryWorker>, _>>()?;
        let threads = config.pipeline.threads();
        let slots_in_all = threads * IN_WORK_FOR_A_THREAD;
        let service = Arc::new(Service {
            store,
            authority: RwLock::new(Arc::new(authority)),
            metrics,
            sinks: workers.iter().map(Worker::health).collect(),
            pool: Pool::start(threads)?,
            limits: (&config.intake).into(),
            timeout: config.pipeline.timeout.0,
            queues: Mutex::default(),
            waiters: Mutex::default(),
            slots: Arc::new(Semaphore::new(slots_in_all)),
            slots_in_all: slots_in_all as u32,
            remaking: Remaking { rate: config.pipeline.remake_rate, ..Remaking::default() },
            machine: config.machine.clone(),
            translator: OnceCell::new(),
            stop: watch::Sender::new(false),
            ending: watch::Sender::new(false),
            tasks: Mutex::default(),
        });
        let mut tasks: Vec<JoinHandle<()>> =
            workers.into_iter().map(|worker| tokio::spawn(worker.run(service.stop.subscribe()))).collect();
        tasks.extend(told.into_iter().map(|worker| tokio::spawn(worker.run(service.stop.subscribe()))));
        tasks.push(tokio::spawn(service.clone().dispatch()));
        tasks.push(tokio::spawn(service.clone().remake_past()));
        tasks.push(tokio::spawn(service.clone().follow_authorities(
            catalog,
            Past::of(&config.store.dir),
            state,
            config.authority.clone(),
        )));
        lock(&service.tasks).extend(tasks);
        Ok(service)
    }

    /// A record in another language, by machine, with its people as that language names them.
    ///
    /// # Errors
    /// [`MachineError::Off`] where no provider is configured, and whatever stands between a text and its translation.
    pub async fn translated(&self, record: &Record, to: &str) -> Result<Result<Translated, MachineError>, StoreError> {
        let translator = match self.translator.get_or_try_init(|| self.new_translator()).await {
            Ok(translator) => translator,
            Err(error) => return Ok(Err(error)),
        };
        let authority = self.authority();
        let mut named = Vec::with_capacity(record.people.len());
        for person in &record.people {
            let Some(id) = &person.person_id else {
                named.push(None);
                continue;
            };
            let entry = authority.by_id(id);
            let seen = if entry.is_none() { self.store.person(id).await? } else { None };
            let name = translated::named_in(to, entry.as_ref(), seen.as_ref());
            named.push(name.ok().map(|name| name.text));
        }
        let translated = translated::translate(translator, record, &named, to).await;
        let characters = translated.as_ref().map_or(0, Translated::characters);
        self.metrics.translated(translated.as_ref().map_or_else(MachineError::result, |_| "done"), characters);
        Ok(translated)
    }

    async fn new_translator(&self) -> Result<Translator, MachineError> {
        let provider = provider(&self.machine)?.ok_or(MachineError::Off)?;
        let translator = Translator::new(provider, &self.machine, Arc::new(SystemClock));
        Ok(translator.with_memory(Arc::new(Kept(self.store.clone()))).await)
    }

    /// The authorities as they are now.
    pub fn authority(&self) -> Arc<Authority> {
        self.authority.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// Loads authorities that were changed, beside those in use, puts them in their place, and has the records follow that
    /// the change concerns.
    async fn follow_authorities(
        self: Arc<Self>,
        catalog: Catalog,
        past: Past,
        mut state: Vec<u8>,
        config: config::Authority,
    ) {
        let catalog = Arc::new(catalog);
        let mut stop = self.stop.subscribe();
        let mut behind = true;
        while !*stop.borrow() {
            if behind {
                self.remaking.following.store(true, Ordering::Relaxed);
                let followed = past.follow(&self.store, &self.authority()).await;
                self.remaking.following.store(false, Ordering::Relaxed);
                behind = match followed {
                    Ok(()) => false,
                    Err(PastError::Stopping | PastError::Store(StoreError::Closed)) => return,
                    Err(error) => {
                        tracing::error!(%error, "records cannot follow the authorities yet; trying again");
                        true
                    }
                };
            }
            tokio::select! {
                () = tokio::time::sleep(config.refresh.0) => {}
                _ = stop.changed() => return,
            }
            let (from, before, known) = (catalog.clone(), self.authority(), state.clone());
            let load = move || {
                let now = from.state();
                (now != known).then(|| from.load(config.starter, Some(&before)).map(|loaded| (now, loaded)))
            };
            match tokio::task::spawn_blocking(load).await {
                Ok(Some(Ok((now, loaded)))) => {
                    tracing::info!(revision = loaded.revision(), people = loaded.len(), "the authorities were changed");
                    *self.authority.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(loaded);
                    (state, behind) = (now, true);
                }
                // The next round tries again; what was known stays known.
                Ok(Some(Err(error))) => tracing::error!(%error, "changed authorities cannot be loaded"),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "changed authorities cannot be loaded"),
            }
        }
    }

    /// Accepts a document: on disk when this returns.
    ///
    /// # Errors
    /// When the spool or the disk is full.
    pub async fn accept(&self, document: NewDocument, request_id: &str) -> Result<Receipt, StoreError> {
        let since = Instant::now();
        let receipt = self.store.accept(document, request_id).await?;
        self.metrics.stage("accept", since.elapsed().as_secs_f64());
        if !receipt.new {
            self.metrics.document("duplicate", "");
        }
        let Receipt { id, revision, new, revived, .. } = &receipt;
        tracing::info!(request_id, document = id, revision, new, revived, "accepted");
        Ok(receipt)
    }

    /// Counts documents that came in bulk.
    pub fn count_accepted(&self, receipts: &[Receipt]) {
        let again = receipts.iter().filter(|receipt| !receipt.new).count();
        (0..again).for_each(|_| self.metrics.document("duplicate", ""));
    }

    /// Tells requests that go on for long to end.
    pub fn begin_end(&self) {
        self.ending.send_replace(true);
    }

    /// Whether the service is about to stop.
    pub fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }

    /// Deletes a document: when this returns it is gone from the store, and on its way out of every sink.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn erase(&self, id: &str, request_id: &str) -> Result<Erased, StoreError> {
        let erased = self.store.erase(id).await?;
        if let Erased::Now { version, .. } = erased {
            self.metrics.document("deleted", "");
            tracing::info!(request_id, document = id, version, "deleted");
        }
        Ok(erased)
    }

    /// Waits until the document is processed, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn wait_for(&self, receipt: &Receipt, limit: Duration) -> Result<Waited, StoreError> {
        let (sender, done) = oneshot::channel();
        lock(&self.waiters).entry(receipt.seq).or_default().push(sender);
        // It may have ended before anybody listened.
        let mut state = self.state(receipt).await?;
        if state == State::Waiting {
            let mut stop = self.stop.subscribe();
            let ended = tokio::select! {
                ended = tokio::time::timeout(limit, done) => ended.is_ok(),
                // Whoever stops does not let anybody wait: the document is on disk.
                _ = stop.wait_for(|stopping| *stopping) => false,
            };
            if ended {
                state = self.state(receipt).await?;
            }
        }
        self.forget_gone(receipt.seq);
        Ok(match state {
            State::Waiting => Waited::NotYet,
            State::Superseded => Waited::Superseded,
            State::Dead { reason } => Waited::Dead(reason),
            State::Done { version } => match self.store.record(&receipt.id, None, Some(version)).await? {
                Some(record) => Waited::Record(record),
                None => Waited::NotYet,
            },
        })
    }

    async fn state(&self, receipt: &Receipt) -> Result<State, StoreError> {
        let found = self.store.status(&receipt.id, Some(receipt.revision)).await?;
        Ok(found.map_or(State::Waiting, |(_, state)| state))
    }

    /// Those who gave up waiting leave nothing behind.
    fn forget_gone(&self, seq: i64) {
        let mut waiters = lock(&self.waiters);
        if let Some(list) = waiters.get_mut(&seq) {
            list.retain(|sender| !sender.is_closed());
            if list.is_empty() {
                waiters.remove(&seq);
            }
        }
    }

    /// How many threads of the pipeline are stuck in documents that were given up, and how many are too many.
    pub fn stuck_threads(&self) -> (usize, usize) {
        self.pool.stuck()
    }

    /// The state of things, for metrics.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let (spool, oldest) = (self.store.backlog(), self.store.waiting_since().await?);
        let newest = *self.store.watch_records().borrow();
        Ok(Snapshot {
            spool,
            oldest_seconds: oldest.map_or(0.0, |t| Timestamp::now().duration_since(t).as_secs_f64().max(0.0)),
            dead_letters: self.store.count_dead_letters().await?,
            remakes: self.store.remakes_waiting().await?,
            sinks: self
                .sinks
                .iter()
                .map(|s| (s.name.clone(), (newest - s.cursor()).max(0), s.trouble().is_none()))
                .collect(),
        })
    }

    /// Waits until nothing is in the spool and every sink has everything, or one of them is in trouble.
    pub async fn drain(&self) -> Result<(), String> {
        loop {
            let newest = *self.store.watch_records().borrow();
            if self.store.backlog() == 0 {
                if let Some((name, trouble)) = self.sinks.iter().find_map(|s| s.trouble().map(|t| (&s.name, t))) {
                    return Err(format!("the sink {name} cannot be had: {trouble}"));
                }
                if self.sinks.iter().all(|s| s.cursor() >= newest) {
                    return Ok(());
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
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

    /// Takes documents from the spool, oldest first, and has each processed.
    async fn dispatch(self: Arc<Self>) {
        let mut arrivals = self.store.watch_arrivals();
        let mut stop = self.stop.subscribe();
        while !*stop.borrow() {
            arrivals.borrow_and_update();
            let claimed = match self.store.claim(CLAIM).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::error!(%error, "the spool cannot be read; trying again in a second");
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                        _ = stop.changed() => {}
                    }
                    continue;
                }
            };
            if claimed.is_empty() {
                tokio::select! {
                    _ = arrivals.changed() => {}
                    _ = stop.changed() => {}
                }
                continue;
            }
            for waiting in claimed {
                // Revisions of one document follow each other: this one waits for the one in work.
                {
                    let mut queues = lock(&self.queues);
                    if let Some(queue) = queues.get_mut(&waiting.id) {
                        queue.push_back(waiting);
                        continue;
                    }
                    queues.insert(waiting.id.clone(), VecDeque::new());
                }
                let slot = tokio::select! {
                    slot = self.slots.clone().acquire_owned() => slot,
                    _ = stop.changed() => return,
                };
                let Ok(slot) = slot else { return };
                let this = self.clone();
                tokio::spawn(async move {
                    this.process_all(waiting).await;
                    drop(slot);
                });
            }
        }
    }

    /// Processes a document, and the revisions of it that came meanwhile.
    async fn process_all(&self, first: Waiting) {
        let id = first.id.clone();
        let mut next = Some(first);
        while let Some(waiting) = next {
            if !*self.stop.borrow() {
                self.process(waiting.seq).await;
            }
            if let Some(waiters) = lock(&self.waiters).remove(&waiting.seq) {
                for waiter in waiters {
                    // Whoever gave up is not there to be told.
                    let _ = waiter.send(());
                }
            }
            let mut queues = lock(&self.queues);
            next = queues.get_mut(&id).and_then(VecDeque::pop_front);
            if next.is_none() {
                queues.remove(&id);
            }
        }
    }

    async fn process(&self, seq: i64) {
        let read = self.patiently(|| {
            let store = self.store.clone();
            async move { store.document_at(seq).await }
        });
        let document = match read.await {
            Ok(Some(document)) => document,
            // It was deleted.
            Ok(None) => return self.store.forget(seq),
            Err(StoreError::Closed) => return,
            Err(error) => return self.bury(seq, "", "", &error.to_string()).await,
        };
        let (request_id, id) = (document.request_id.clone(), document.id.clone());
        match self.draft(document).await {
            Ok(draft) => self.complete(seq, &request_id, &id, draft).await,
            Err(reason) => self.bury(seq, &request_id, &id, &reason).await,
        }
    }

    /// The record that a document would become, and nothing is stored; or why there is none, in words.
    ///
    /// # Errors
    /// When the document cannot be processed.
    pub async fn analyze(&self, document: NewDocument) -> Result<Record, String> {
        Ok(self.draft(document.received("analyze", Timestamp::now())).await?.record)
    }

    /// A document to its draft, on the pool, with what is known now; or why not, in words.
    async fn draft(&self, document: Document) -> Result<Draft, String> {
        let authority = self.authority();
        let limits = self.limits;
        let made = self.pool.run(self.timeout, move || pipeline::process(&document, &authority, &limits)).await;
        made.map_err(|failure| failure.to_string())?.map_err(|error| error.to_string())
    }

    /// Makes records again that wait for it, at most so many a second.
    async fn remake_past(self: Arc<Self>) {
        let rate = self.remaking.rate;
        if rate == 0 {
            return;
        }
        let mut stop = self.stop.subscribe();
        let mut pause = Duration::ZERO;
        while !*stop.borrow() {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.changed() => return,
            }
            if self.remaking.is_following() {
                pause = REMAKE_PAUSE;
                continue;
            }
            let since = Instant::now();
            let waiting = match self.store.next_remakes(32.min(rate as usize)).await {
                Ok(waiting) => waiting,
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::error!(%error, "the records to be made again cannot be read; trying again in a second");
                    pause = Duration::from_secs(1);
                    continue;
                }
            };
            for remake in &waiting {
                if *stop.borrow() {
                    return;
                }
                self.remake(remake).await;
            }
            let due = Duration::from_secs_f64(waiting.len() as f64 / f64::from(rate));
            pause = if waiting.is_empty() { REMAKE_PAUSE } else { due.saturating_sub(since.elapsed()) };
        }
    }

    async fn remake(&self, remake: &Remake) {
        let result = async {
            let document = self.store.document_at(remake.doc_seq).await.map_err(|e| e.to_string())?;
            let document = document.ok_or("it was deleted")?;
            let draft = self.draft(document).await?;
            self.patiently(|| self.store.complete_again(remake, draft.clone())).await.map_err(|e| e.to_string())
        };
        match result.await {
            Ok(completed) => {
                self.metrics.document("remade", "");
                self.remaking.made.fetch_add(1, Ordering::Relaxed);
                tracing::info!(document = remake.id, reason = remake.reason, ?completed, "made again");
            }
            Err(error) => {
                tracing::warn!(document = remake.id, error, "a record cannot be made again; its version stays");
                if let Err(error) = self.patiently(|| self.store.give_up_remake(remake)).await {
                    tracing::error!(%error, document = remake.id, "it stays among those to be made again");
                }
            }
        }
    }

    async fn complete(&self, seq: i64, request_id: &str, id: &str, draft: Draft) {
        let language = draft.record.language.tag.clone();
        let (revision, people) = (draft.record.revision, draft.record.people.len());
        let stages = draft.record.provenance.timings_ms.clone();
        let since = Instant::now();
        let completed = self.patiently(|| self.store.complete(seq, draft.clone())).await;
        self.metrics.stage("store", since.elapsed().as_secs_f64());
        for (stage, milliseconds) in &stages {
            self.metrics.stage(stage, milliseconds / 1000.0);
        }
        match completed {
            Ok(Completed::Recorded { version, .. }) => {
                self.metrics.document("done", &language);
                tracing::info!(request_id, document = id, revision, version, language, people, "recorded");
            }
            Ok(Completed::Superseded) => {
                self.metrics.document("superseded", &language);
                tracing::info!(request_id, document = id, revision, "superseded by a newer revision");
            }
            Ok(Completed::Deleted) => tracing::info!(request_id, document = id, revision, "deleted meanwhile"),
            Err(StoreError::Closed) => {}
            Err(error) => self.bury(seq, request_id, id, &error.to_string()).await,
        }
    }

    async fn bury(&self, seq: i64, request_id: &str, id: &str, reason: &str) {
        self.metrics.document("dead", "");
        // What follows a colon may quote the document, which logs never do; the dead letter keeps all of it.
        let reason_class = reason.split(':').next().unwrap_or_default();
        tracing::warn!(request_id, document = id, seq, reason = reason_class, "the document could not be processed");
        if let Err(error) = self.patiently(|| self.store.bury(seq, reason)).await {
            // It stays in the spool, and the next start tries again.
            tracing::error!(%error, seq, "the dead letter could not be written");
        }
    }

    /// A full disk is waited out: what was accepted must not be lost for it. Another trouble of the store is given a
    /// few more chances, so that a passing one kills no document.
    async fn patiently<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        act: impl Fn() -> F,
    ) -> Result<T, StoreError> {
        let mut chances = 3;
        loop {
            match act().await {
                Err(StoreError::Full(dir)) if !*self.stop.borrow() => {
                    tracing::error!(dir = %dir.display(), "the disk is full; trying again in a second");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Err(StoreError::Sql(error)) if chances > 0 => {
                    tracing::warn!(error, "the store failed; trying again");
                    chances -= 1;
                    tokio::time::sleep(Duration::from_millis(250)).await;
                }
                result => return result,
            }
        }
    }
}

/// Makes every sink that the configuration describes and drops it again, without talking to any.
///
/// # Errors
/// Names the sink that cannot be made.
pub fn check_sinks(config: &Config) -> Result<(), ServiceError> {
    config.sinks.iter().try_for_each(|(name, sink)| {
        make_sink(name, "records", sink, config)
            .map(drop)
            .map_err(|reason| ServiceError::Sink { name: name.clone(), reason })
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn worker(
    store: &Arc<Store>,
    name: &str,
    sink: &config::Sink,
    config: &Config,
    metrics: &Arc<Metrics>,
) -> Result<Worker, ServiceError> {
    let made = make_sink(name, "records", sink, config)
        .map_err(|reason| ServiceError::Sink { name: name.to_owned(), reason })?;
    Ok(Worker::new(store.clone(), name, made, sink.batch, sink.max_backoff.0, metrics.clone()))
}

fn story_worker(
    store: &Arc<Store>,
    name: &str,
    sink: &config::Sink,
    interval: Duration,
    config: &Config,
    metrics: &Arc<Metrics>,
) -> Result<StoryWorker, ServiceError> {
    let made = make_sink(name, "stories", sink, config)
        .map_err(|reason| ServiceError::Sink { name: name.to_owned(), reason })?;
    let (batch, most) = (sink.batch, sink.max_backoff.0);
    Ok(StoryWorker::new(store.clone(), name, made, batch, most, interval, metrics.clone()))
}

/// Makes the sink that the configuration describes, for `records` or for `stories`. A new kind of store is a line here and a file in `sinks/`.
fn make_sink(name: &str, content: &str, sink: &config::Sink, config: &Config) -> Result<Box<dyn Sink>, String> {
    let url = || sink.url.as_deref().ok_or_else(|| "url is missing".to_owned());
    Ok(match sink.kind {
        SinkKind::Jsonl => {
            let dir =
                sink.dir.clone().filter(|d| !d.as_os_str().is_empty()).unwrap_or_else(|| config.store.dir.clone());
            Box::new(Jsonl::new(dir, content, name, sink.max_file.map_or(256 << 20, |size| size.as_u64())))
        }
        SinkKind::Postgres => Box::new(Postgres::new(url()?, sink.schema.as_deref().unwrap_or("nisba"))?),
        SinkKind::Webhook => {
            let parsed = url()?.parse().map_err(|e| format!("url: {e}"))?;
            let timeout = sink.timeout.map_or(Duration::from_secs(10), |t| t.0);
            Box::new(Webhook::new(parsed, sink.secret.as_deref(), timeout)?)
        }
    })
}

//! Logs and metrics. Neither ever carries the text of a document.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts logging to standard error. A second call changes nothing.
pub fn start_logging(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    // What strangers send that is no HTTP is answered 400, and pages are badly written; neither must fill the log.
    let quiet = ["actix_http=off", "html5ever=error"].into_iter().filter_map(|directive| directive.parse().ok());
    let filter = quiet.fold(filter, EnvFilter::add_directive);
    let json = match log.format {
        LogFormat::Json => true,
        LogFormat::Pretty => false,
        LogFormat::Auto => !std::io::IsTerminal::is_terminal(&std::io::stderr()),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(true);
    let started = if json { builder.json().flatten_event(true).try_init() } else { builder.try_init() };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DocumentLabels {
    result: &'static str,
    language: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabels {
    stage: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    sink: String,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MachineLabels {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SinkLabels {
    sink: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

/// All metrics, named `nisba_…`.
pub struct Metrics {
    registry: Registry,
    documents: Family<DocumentLabels, Counter>,
    stages: Family<StageLabels, Histogram>,
    requests: Family<RequestLabels, Counter>,
    deliveries: Family<DeliveryLabels, Counter>,
    lag: Family<SinkLabels, Gauge>,
    up: Family<SinkLabels, Gauge>,
    spool: Gauge,
    oldest: Gauge<f64, AtomicU64>,
    dead_letters: Gauge,
    remakes: Gauge,
    machine: Family<MachineLabels, Counter>,
    characters: Counter,
}

/// From a tenth of a millisecond to a quarter of a minute.
const BUCKETS: [f64; 12] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0, 15.0];

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("nisba");
        let stages = Family::<StageLabels, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let metrics = Metrics {
            documents: Family::default(),
            stages,
            requests: Family::default(),
            deliveries: Family::default(),
            lag: Family::default(),
            up: Family::default(),
            spool: Gauge::default(),
            oldest: Gauge::default(),
            dead_letters: Gauge::default(),
            remakes: Gauge::default(),
            machine: Family::default(),
            characters: Counter::default(),
            registry: Registry::default(),
        };
        registry.register("documents", "Documents by result and language", metrics.documents.clone());
        registry.register("stage_seconds", "Time that each stage took", metrics.stages.clone());
        registry.register("http_requests", "Requests by method, route and status", metrics.requests.clone());
        registry.register("deliveries", "Records by sink and result", metrics.deliveries.clone());
        registry.register("delivery_lag_records", "Records that a sink still lacks", metrics.lag.clone());
        registry.register("sink_up", "Whether a sink can be had", metrics.up.clone());
        registry.register("spool_documents", "Documents that wait or are processed", metrics.spool.clone());
        registry.register("spool_oldest_seconds", "Age of the oldest of them", metrics.oldest.clone());
        registry.register("dead_letters", "Dead letters", metrics.dead_letters.clone());
        registry.register("remakes_waiting", "Records that are to be made again", metrics.remakes.clone());
        registry.register("machine_translations", "Machine translations of records by result", metrics.machine.clone());
        registry.register(
            "machine_characters",
            "Characters sent to the provider of machine translation",
            metrics.characters.clone(),
        );
        let build = Info::new([("version", env!("CARGO_PKG_VERSION")), ("commit", env!("NISBA_COMMIT"))]);
        registry.register("build", "The build", build);
        Metrics { registry, ..metrics }
    }
}

/// The state of things at the time of a scrape.
#[derive(Debug, Default)]
pub struct Snapshot {
    pub spool: u64,
    pub oldest_seconds: f64,
    pub dead_letters: i64,
    pub remakes: u64,
    /// Name, records that it lacks, whether it can be had.
    pub sinks: Vec<(String, i64, bool)>,
}

impl Metrics {
    /// Counts a document by how its processing ended: `done`, `duplicate`, `superseded`, `dead`, `remade`.
    pub fn document(&self, result: &'static str, language: &str) {
        self.documents.get_or_create(&DocumentLabels { result, language: language.to_owned() }).inc();
    }

    /// Counts the time of a stage.
    pub fn stage(&self, stage: &str, seconds: f64) {
        self.stages.get_or_create(&StageLabels { stage: stage.to_owned() }).observe(seconds);
    }

    /// Counts a request by its route's pattern.
    pub fn request(&self, method: &str, route: &str, status: u16) {
        self.requests
            .get_or_create(&RequestLabels { method: method.to_owned(), route: route.to_owned(), status })
            .inc();
    }

    /// Counts a batch.
    pub fn delivered(&self, sink: &str, delivered: u64, refused: u64) {
        let labels = |result| DeliveryLabels { sink: sink.to_owned(), result };
        self.deliveries.get_or_create(&labels("delivered")).inc_by(delivered);
        self.deliveries.get_or_create(&labels("refused")).inc_by(refused);
    }

    /// Counts a try that found the sink down.
    pub fn unavailable(&self, sink: &str) {
        self.deliveries.get_or_create(&DeliveryLabels { sink: sink.to_owned(), result: "unavailable" }).inc();
    }

    /// Counts a machine translation by how it ended: `done`, `unavailable`, `budget-spent`, `failed`; and what was sent for it.
    pub fn translated(&self, result: &'static str, characters: u64) {
        self.machine.get_or_create(&MachineLabels { result }).inc();
        self.characters.inc_by(characters);
    }

    /// The metrics in the OpenMetrics text format.
    ///
    /// # Errors
    /// When formatting fails, which it does only out of memory.
    pub fn render(&self, now: &Snapshot) -> Result<String, std::fmt::Error> {
        self.spool.set(now.spool as i64);
        self.oldest.set(now.oldest_seconds);
        self.dead_letters.set(now.dead_letters);
        self.remakes.set(now.remakes as i64);
        for (sink, lag, up) in &now.sinks {
            let labels = SinkLabels { sink: sink.clone() };
            self.lag.get_or_create(&labels).set(*lag);
            self.up.get_or_create(&labels).set(i64::from(*up));
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

//! What is counted and measured, named `nisba_…`, in the OpenMetrics format.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

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
    method: &'static str,
    route: String,
    status: u16,
}

/// Without the status: a histogram is many series.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LineLabels {
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LaneLabels {
    lane: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PartLabels {
    part: &'static str,
}

/// All metrics.
pub struct Metrics {
    registry: Registry,
    documents: Family<DocumentLabels, Counter>,
    stages: Family<StageLabels, Histogram>,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram>,
    lines: Family<LineLabels, Counter>,
    deliveries: Family<DeliveryLabels, Counter>,
    lag: Family<SinkLabels, Gauge>,
    story_lag: Family<SinkLabels, Gauge>,
    up: Family<SinkLabels, Gauge>,
    spool: Gauge,
    waiting: Family<LaneLabels, Gauge>,
    oldest: Gauge<f64, AtomicU64>,
    dead_letters: Gauge,
    to_reprocess: Gauge,
    store: Family<PartLabels, Gauge>,
    free: Gauge<f64, AtomicU64>,
    min_free: Gauge<f64, AtomicU64>,
    machine: Family<MachineLabels, Counter>,
    characters: Counter,
}

/// From a tenth of a millisecond to a minute, which is as long as a request may wait for its record.
const BUCKETS: [f64; 18] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

// Counters whose labels are known are there from the start: of one that is not there before, nobody sees how it grew.

/// What lines in bulk are answered with.
const LINE_STATUSES: [u16; 7] = [202, 400, 413, 422, 500, 503, 507];

/// How documents end of which no language is told.
const RESULTS_IN_NO_LANGUAGE: [&str; 4] = ["dead", "deleted", "duplicate", "reprocessed"];

/// How machine translations end.
const MACHINE_RESULTS: [&str; 4] = ["done", "unavailable", "budget-spent", "failed"];

/// What becomes of what a sink is handed.
const DELIVERY_RESULTS: [&str; 3] = ["delivered", "refused", "unavailable"];

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        #[cfg(target_os = "linux")]
        registry.register_collector(Box::new(super::process::Process::new()));
        let metrics = Metrics {
            documents: Family::default(),
            stages: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            lines: Family::default(),
            deliveries: Family::default(),
            lag: Family::default(),
            story_lag: Family::default(),
            up: Family::default(),
            spool: Gauge::default(),
            waiting: Family::default(),
            oldest: Gauge::default(),
            dead_letters: Gauge::default(),
            to_reprocess: Gauge::default(),
            store: Family::default(),
            free: Gauge::default(),
            min_free: Gauge::default(),
            machine: Family::default(),
            characters: Counter::default(),
            registry: Registry::default(),
        };
        for status in LINE_STATUSES {
            drop(metrics.lines.get_or_create(&LineLabels { status }));
        }
        for result in RESULTS_IN_NO_LANGUAGE {
            drop(metrics.documents.get_or_create(&DocumentLabels { result, language: String::new() }));
        }
        for result in MACHINE_RESULTS {
            drop(metrics.machine.get_or_create(&MachineLabels { result }));
        }
        metrics.register(registry.sub_registry_with_prefix("nisba"));
        Metrics { registry, ..metrics }
    }
}

/// How far a sink is behind.
#[derive(Debug)]
pub struct Lag {
    pub sink: String,
    /// Records, or changes of stories, that it lacks.
    pub lacks: i64,
    /// Whether it can be had.
    pub up: bool,
}

/// The state of things at the time of a scrape.
#[derive(Debug, Default)]
pub struct Snapshot {
    pub spool: u64,
    /// Those of the spool that are not in work, by lane.
    pub waiting: Vec<(&'static str, u64)>,
    pub oldest_seconds: f64,
    pub dead_letters: i64,
    pub to_reprocess: u64,
    /// Bytes that the store takes on disk, by part.
    pub store: Vec<(&'static str, u64)>,
    /// Bytes that are free on that disk, if it is known.
    pub free: Option<u64>,
    /// How many must be, for documents to be taken.
    pub min_free: u64,
    pub sinks: Vec<Lag>,
    /// Those who are told of stories.
    pub told: Vec<Lag>,
}

impl Metrics {
    fn register(&self, registry: &mut Registry) {
        registry.register("documents", "Documents by result and language", self.documents.clone());
        registry.register("stage_seconds", "Time that each stage took", self.stages.clone());
        registry.register("http_requests", "Requests by method, route and status", self.requests.clone());
        registry.register("http_request_seconds", "Time until requests were answered", self.durations.clone());
        registry.register("bulk_lines", "Lines and pages of bulk requests by status", self.lines.clone());
        registry.register("deliveries", "Records by sink and result", self.deliveries.clone());
        registry.register("delivery_lag_records", "Records that a sink still lacks", self.lag.clone());
        registry.register("delivery_lag_stories", "Changes of stories that a sink still lacks", self.story_lag.clone());
        registry.register("sink_up", "Whether a sink can be had", self.up.clone());
        registry.register("spool_documents", "Documents that wait or are processed", self.spool.clone());
        registry.register("spool_waiting_documents", "Those of them that wait, by lane", self.waiting.clone());
        registry.register("spool_oldest_seconds", "Age of the oldest of them", self.oldest.clone());
        registry.register("dead_letters", "Dead letters", self.dead_letters.clone());
        registry.register("reprocessing_records", "Records that are to be reprocessed", self.to_reprocess.clone());
        registry.register("store_bytes", "Bytes of the store on disk, by part", self.store.clone());
        registry.register("disk_free_bytes", "Bytes that are free on the disk of the store", self.free.clone());
        registry.register("disk_min_free_bytes", "With less, documents are refused", self.min_free.clone());
        registry.register("machine_translations", "Machine translations of records by result", self.machine.clone());
        registry.register(
            "machine_characters",
            "Characters sent to the provider of machine translation",
            self.characters.clone(),
        );
        let build = Info::new([("version", env!("CARGO_PKG_VERSION")), ("commit", env!("NISBA_COMMIT"))]);
        registry.register("build", "The build", build);
    }

    /// Counts a document by how its processing ended: `done`, `duplicate`, `superseded`, `dead`, `reprocessed`.
    pub fn document(&self, result: &'static str, language: &str) {
        self.documents.get_or_create(&DocumentLabels { result, language: language.to_owned() }).inc();
    }

    /// Counts the time of a stage.
    pub fn stage(&self, stage: &str, seconds: f64) {
        self.stages.get_or_create(&StageLabels { stage: stage.to_owned() }).observe(seconds);
    }

    /// Counts a request by its route's pattern, and the time until it was answered.
    pub fn request(&self, method: &'static str, route: &str, status: u16, seconds: f64) {
        let route = route.to_owned();
        self.durations.get_or_create(&RouteLabels { method, route: route.clone() }).observe(seconds);
        self.requests.get_or_create(&RequestLabels { method, route, status }).inc();
    }

    /// Counts a line, or a page, of a bulk request by the status in its answer.
    pub fn bulk_line(&self, status: u16) {
        self.lines.get_or_create(&LineLabels { status }).inc();
    }

    /// Begins to count what a sink is handed.
    pub fn sink(&self, sink: &str) {
        for result in DELIVERY_RESULTS {
            drop(self.deliveries.get_or_create(&DeliveryLabels { sink: sink.to_owned(), result }));
        }
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
        for (lane, documents) in &now.waiting {
            self.waiting.get_or_create(&LaneLabels { lane }).set(*documents as i64);
        }
        self.oldest.set(now.oldest_seconds);
        self.dead_letters.set(now.dead_letters);
        self.to_reprocess.set(now.to_reprocess as i64);
        for (part, bytes) in &now.store {
            self.store.get_or_create(&PartLabels { part }).set(*bytes as i64);
        }
        self.free.set(now.free.map_or(f64::NAN, |bytes| bytes as f64));
        self.min_free.set(now.min_free as f64);
        for (family, lags) in [(&self.lag, &now.sinks), (&self.story_lag, &now.told)] {
            for Lag { sink, lacks, up } in lags {
                let labels = SinkLabels { sink: sink.clone() };
                family.get_or_create(&labels).set(*lacks);
                self.up.get_or_create(&labels).set(i64::from(*up));
            }
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

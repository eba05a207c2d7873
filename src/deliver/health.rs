//! How a sink is doing.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::sinks::Sink;
use crate::telemetry::Metrics;

/// How a sink is doing, for health checks and metrics.
#[derive(Debug)]
pub struct SinkHealth {
    pub name: String,
    pub kind: &'static str,
    cursor: AtomicI64,
    trouble: Mutex<Option<String>>,
}

impl SinkHealth {
    pub(super) fn new(name: String, sink: &dyn Sink) -> Arc<SinkHealth> {
        Arc::new(SinkHealth { name, kind: sink.kind(), cursor: AtomicI64::new(0), trouble: Mutex::new(None) })
    }

    /// All records, or changes of stories, up to this one are delivered.
    pub fn cursor(&self) -> i64 {
        self.cursor.load(Ordering::Relaxed)
    }

    /// Why the sink cannot be had now, if it cannot.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(|p| p.into_inner()).clone()
    }

    pub(super) fn set_cursor(&self, cursor: i64) {
        self.cursor.store(cursor, Ordering::Relaxed);
    }

    pub(super) fn set_trouble(&self, reason: Option<String>) {
        *self.trouble.lock().unwrap_or_else(|p| p.into_inner()) = reason;
    }

    /// Tells that a try failed, the how manieth in a row, and how long it is waited before the next one.
    pub(super) fn failed(&self, reason: String, failures: u32, pause: Duration, metrics: &Metrics) {
        let pause_ms = pause.as_millis() as u64;
        tracing::warn!(sink = self.name, reason, failures, pause_ms, "the sink is unavailable");
        metrics.unavailable(&self.name);
        self.set_trouble(Some(reason));
    }
}

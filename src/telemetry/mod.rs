//! Logs and metrics. Neither ever carries the text of a document.

mod logs;
mod metrics;
#[cfg(target_os = "linux")]
mod process;

pub use logs::start_logging;
pub use metrics::{Lag, Metrics, Snapshot};

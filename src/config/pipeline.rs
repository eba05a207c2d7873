//! The table `pipeline`: the processing of documents.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Span, Wrong, wrong};

/// More threads than any machine has processors only take memory.
const MOST_WORKERS: usize = 1_024;

/// The processing of documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pipeline {
    pub workers: usize,
    pub timeout: Span,
    pub reprocess_rate: u32,
}

impl Default for Pipeline {
    fn default() -> Self {
        Pipeline { workers: 0, timeout: Span(Duration::from_secs(30)), reprocess_rate: 50 }
    }
}

impl Pipeline {
    /// The number of threads: as set, or one a core.
    pub fn threads(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(2, usize::from),
            n => n,
        }
    }

    pub(super) fn validate(&self) -> Result<(), Wrong> {
        if self.workers > MOST_WORKERS {
            return wrong("workers", &format!("must be at most {MOST_WORKERS}; 0 is one a core"));
        }
        if self.timeout.0.is_zero() {
            return wrong("timeout", "must be more than nothing");
        }
        Ok(())
    }
}

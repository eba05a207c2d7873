//! The table `authority`: known people.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Span, Wrong, a_pause};

/// Known people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Authority {
    pub dir: PathBuf,
    pub starter: bool,
    pub refresh: Span,
}

impl Default for Authority {
    fn default() -> Self {
        Authority { dir: PathBuf::new(), starter: true, refresh: Span(Duration::from_secs(5)) }
    }
}

impl Authority {
    pub(super) fn validate(&self) -> Result<(), Wrong> {
        a_pause("refresh", self.refresh)
    }
}

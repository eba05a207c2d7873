//! The table `store`: the embedded store.

use std::path::PathBuf;

use bytesize::ByteSize;
use serde::{Deserialize, Serialize};

use super::{Wrong, at_least_one};

/// The embedded store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    pub dir: PathBuf,
    pub max_backlog: u64,
    pub min_free_disk: ByteSize,
}

impl Default for StoreConfig {
    fn default() -> Self {
        StoreConfig { dir: "nisba-data".into(), max_backlog: 1_000_000, min_free_disk: ByteSize::mib(256) }
    }
}

impl StoreConfig {
    pub(super) fn validate(&self) -> Result<(), Wrong> {
        at_least_one(&[("max_backlog", self.max_backlog)])
    }
}

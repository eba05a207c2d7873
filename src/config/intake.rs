//! The table `intake`: what documents may be like.

use bytesize::ByteSize;
use serde::{Deserialize, Serialize};

use super::{Wrong, at_least_one, wrong};

/// Parsers recurse in the depth of a page, on a stack that has room for so much.
const DEEPEST: usize = 4_096;

/// What documents may be like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Intake {
    pub max_bulk: usize,
    pub max_line: ByteSize,
    pub max_depth: usize,
    pub max_attributes: usize,
    pub max_people: usize,
}

impl Default for Intake {
    fn default() -> Self {
        Intake { max_bulk: 16, max_line: ByteSize::mib(10), max_depth: 512, max_attributes: 1_000, max_people: 256 }
    }
}

impl Intake {
    pub(super) fn validate(&self) -> Result<(), Wrong> {
        at_least_one(&[
            ("max_bulk", self.max_bulk as u64),
            ("max_line", self.max_line.as_u64()),
            ("max_depth", self.max_depth as u64),
            ("max_attributes", self.max_attributes as u64),
            ("max_people", self.max_people as u64),
        ])?;
        if self.max_depth > DEEPEST {
            return wrong("max_depth", &format!("must be at most {DEEPEST}"));
        }
        Ok(())
    }
}

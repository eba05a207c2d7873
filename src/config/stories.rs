//! The table `stories`: among which documents a new one's story is looked for.

use serde::{Deserialize, Serialize};

use super::{Wrong, at_least_one, wrong};

/// Documents that can be told apart in memory by the numbers that they have there.
const MOST_DOCUMENTS: usize = 4_000_000;

/// Among which documents a new one's story is looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stories {
    pub days: u32,
    pub documents: usize,
}

impl Default for Stories {
    fn default() -> Self {
        Stories { days: 7, documents: 200_000 }
    }
}

impl Stories {
    pub(super) fn validate(&self) -> Result<(), Wrong> {
        at_least_one(&[("days", self.days.into()), ("documents", self.documents as u64)])?;
        if self.documents > MOST_DOCUMENTS {
            return wrong("documents", &format!("must be at most {MOST_DOCUMENTS}"));
        }
        Ok(())
    }
}

//! The table `auth`: who gets in.

use serde::{Deserialize, Serialize};

/// Who gets in.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    pub keys: String,
    pub keys_file: String,
}

//! API keys, kept out of whatever is printed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that is never shown: `Debug` prints asterisks, and there is no `Display`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// From a text, of which white space around it is no part.
    pub fn new(text: &str) -> Secret {
        Secret(text.trim().to_owned())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text itself, for the request that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "***" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::new(" hunter2\n")), "***");
        assert_eq!(format!("{:?}", Secret::default()), "none");
        assert_eq!(Secret::new(" hunter2\n").reveal(), "hunter2");
    }
}

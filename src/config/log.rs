//! The table `log`.

use serde::{Deserialize, Serialize};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::{Wrong, wrong};

/// Logs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Log { level: "info".into(), format: LogFormat::Auto }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Auto,
    Pretty,
    Json,
}

impl Log {
    /// A filter takes a word that is no level for the name of a module, and is silent about all others.
    pub(super) fn validate(&self) -> Result<(), Wrong> {
        let mut parts = self.level.split(',').map(str::trim).filter(|part| !part.is_empty()).peekable();
        let levels = "write error, warn, info, debug, trace or off, or a filter such as \"info,nisba::deliver=debug\"";
        if parts.peek().is_none() {
            return wrong("level", &format!("is empty; {levels}"));
        }
        let is_level = |word: &str| word.parse::<LevelFilter>().is_ok();
        match parts.find(|part| !part.contains(['=', '[', ']', '{', '}']) && !is_level(part)) {
            Some(word) => wrong("level", &format!("\"{word}\" is no level; {levels}")),
            None if EnvFilter::try_new(&self.level).is_err() => {
                wrong("level", &format!("\"{}\" is no filter; {levels}", self.level))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_one_that_there_is() {
        let said = |level: &str| Log { level: level.into(), ..Log::default() }.validate();
        for good in ["info", "WARN", "off", "info,nisba=debug", "nisba::deliver=trace", "warn,[request]=debug"] {
            assert_eq!(said(good), Ok(()), "{good}");
        }
        for bad in ["warning", "loud", "", " , ", "info,nisba", "nisba=loud"] {
            let (key, reason) = said(bad).unwrap_err();
            assert!(key == "level" && reason.contains("error, warn, info, debug, trace"), "{bad}: {reason}");
        }
    }
}

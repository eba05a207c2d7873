//! The section `machine` of the configuration: machine translation.

use std::time::Duration;

use bytesize::ByteSize;
use serde::{Deserialize, Serialize};

use super::{Secret, Span, Wrong, is_web_address, wrong};

/// Machine translation, which is off unless a provider is named. Serialised, it holds the key: show
/// [`Machine::masked`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Machine {
    /// Who translates.
    pub provider: MachineKind,
    /// The service's address; empty for the provider's own, where it has one.
    pub url: String,
    /// The key itself; from the environment as NISBA_MACHINE_API_KEY.
    pub api_key: Secret,
    /// A file that holds the key, as an orchestrator mounts it; read when `api_key` is empty.
    pub api_key_file: String,
    /// The model, for providers that have several.
    pub model: String,
    /// Requests a second; 0 for no limit.
    pub requests_per_second: f64,
    /// Characters a day, in UTC; 0 for no limit.
    pub characters_per_day: u64,
    /// Characters a month, in UTC; 0 for no limit.
    pub characters_per_month: u64,
    /// For a whole request.
    pub timeout: Span,
    /// Translations kept in memory; 0 for none.
    pub cache_bytes: ByteSize,
}

impl Default for Machine {
    fn default() -> Self {
        Machine {
            provider: MachineKind::Off,
            url: String::new(),
            api_key: Secret::default(),
            api_key_file: String::new(),
            model: String::new(),
            requests_per_second: 5.0,
            characters_per_day: 0,
            characters_per_month: 0,
            timeout: Span(Duration::from_secs(60)),
            cache_bytes: ByteSize::mib(64),
        }
    }
}

/// The providers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MachineKind {
    #[default]
    Off,
    LibreTranslate,
    DeepL,
    Apertium,
    OpenAi,
}

impl Machine {
    /// Checks what can be checked without a connection. Reads no file.
    ///
    /// # Errors
    /// The key and what is wrong with it.
    pub fn validate(&self) -> Result<(), Wrong> {
        if self.provider == MachineKind::Off {
            return Ok(());
        }
        if self.timeout.0.is_zero() {
            return wrong("timeout", "must be more than nothing");
        }
        if !self.requests_per_second.is_finite() || self.requests_per_second < 0.0 {
            return wrong("requests_per_second", "must be a number, 0 or more");
        }
        match self.provider {
            MachineKind::Apertium | MachineKind::LibreTranslate if self.url.is_empty() => {
                return wrong("url", "is missing; this provider has no address of its own");
            }
            _ if !self.url.is_empty() && !is_web_address(&self.url) => {
                return wrong("url", "must be an http or https address");
            }
            _ => {}
        }
        let has_key = !self.api_key.is_empty() || !self.api_key_file.is_empty();
        match self.provider {
            MachineKind::DeepL if !has_key => wrong("api_key", "is missing; DeepL takes no request without one"),
            MachineKind::OpenAi if self.model.is_empty() => wrong("model", "is missing; name the one that translates"),
            MachineKind::Apertium | MachineKind::DeepL | MachineKind::LibreTranslate if !self.model.is_empty() => {
                wrong("model", "means nothing for this provider; only openai has models to choose from")
            }
            _ => Ok(()),
        }
    }

    /// The same, with the key masked, to be shown.
    pub fn masked(&self) -> Machine {
        let mut shown = self.clone();
        if !shown.api_key.is_empty() {
            shown.api_key = Secret::new("***");
        }
        shown
    }

    /// The key, out of its file where it is in one.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub fn key(&self) -> Result<Secret, String> {
        if !self.api_key.is_empty() || self.api_key_file.is_empty() {
            return Ok(self.api_key.clone());
        }
        let text = std::fs::read_to_string(&self.api_key_file);
        text.map(|text| Secret::new(&text)).map_err(|e| format!("cannot read {}: {e}", self.api_key_file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Machine, toml::de::Error> {
        toml::from_str(text)
    }

    fn wrong(text: &str) -> String {
        let (key, reason) = read(text).expect("TOML").validate().expect_err("wrong");
        format!("{key} {reason}")
    }

    #[test]
    fn it_is_off_by_default() {
        let machine = read("").expect("TOML");
        assert_eq!(machine, Machine::default());
        assert_eq!((machine.provider, machine.validate()), (MachineKind::Off, Ok(())));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(wrong("provider = \"apertium\"").starts_with("url is missing"));
        assert!(wrong("provider = \"deepl\"").starts_with("api_key is missing"));
        assert!(wrong("provider = \"openai\"").starts_with("model is missing"));
        assert!(wrong("provider = \"deepl\"\nurl = \"ftp://x\"").starts_with("url must be"));
        assert!(wrong("provider = \"openai\"\nmodel = \"m\"\ntimeout = \"0s\"").starts_with("timeout"));
        assert!(wrong("provider = \"openai\"\nmodel = \"m\"\nrequests_per_second = -1.0").starts_with("requests"));
        assert!(read("provider = \"deepll\"").is_err() && read("modell = \"m\"").is_err());
    }

    #[test]
    fn the_key_may_be_in_a_file_and_is_never_shown() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "hunter2:fx\n").expect("written");
        let in_file = Machine {
            provider: MachineKind::DeepL,
            api_key_file: file.path().display().to_string(),
            ..Machine::default()
        };
        assert_eq!(in_file.validate(), Ok(()));
        assert_eq!(in_file.key().expect("a key").reveal(), "hunter2:fx");
        let set = read("provider = \"deepl\"\napi_key = \"hunter2\"").expect("TOML");
        let shown = format!("{set:?} {}", toml::to_string(&set.masked()).expect("TOML"));
        assert!(!shown.contains("hunter2") && shown.contains("***"), "{shown}");
    }
}

//! The configuration: typed, validated, every key documented in `config/nisba.toml`. One file a table.
//!
//! [`Config::load`] brings together, weakest first: defaults, the file, environment variables, command-line flags.

mod auth;
mod authority;
mod intake;
mod load;
mod log;
mod machine;
mod pipeline;
mod plain;
mod secret;
mod server;
mod sink;
mod span;
mod store;
mod stories;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use auth::Auth;
pub use authority::Authority;
pub use intake::Intake;
pub use load::ConfigError;
pub use log::{Log, LogFormat};
pub use machine::{Machine, MachineKind};
pub use pipeline::Pipeline;
pub use secret::Secret;
pub use server::Server;
pub use sink::{Sink, SinkKind};
pub use span::Span;
pub use store::StoreConfig;
pub use stories::Stories;

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub auth: Auth,
    pub store: StoreConfig,
    pub intake: Intake,
    pub pipeline: Pipeline,
    pub stories: Stories,
    pub machine: Machine,
    pub authority: Authority,
    pub log: Log,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sinks: BTreeMap<String, Sink>,
}

impl Config {
    /// The folder of the authorities: `authority.dir`, or one in the data folder.
    pub fn authorities(&self) -> PathBuf {
        match &self.authority.dir {
            dir if dir.as_os_str().is_empty() => self.store.dir.join("authorities"),
            dir => dir.clone(),
        }
    }

    fn with_default_sink(mut self) -> Config {
        if self.sinks.is_empty() {
            self.sinks.insert("records".into(), Sink::jsonl());
        }
        self
    }

    /// Checks what the types do not say; names the whole key.
    fn validate(&self) -> Result<(), Wrong> {
        self.server.validate().map_err(within("server"))?;
        self.store.validate().map_err(within("store"))?;
        self.intake.validate().map_err(within("intake"))?;
        self.pipeline.validate().map_err(within("pipeline"))?;
        self.stories.validate().map_err(within("stories"))?;
        self.machine.validate().map_err(within("machine"))?;
        self.authority.validate().map_err(within("authority"))?;
        self.log.validate().map_err(within("log"))?;
        for (name, sink) in &self.sinks {
            let table = format!("sinks.{name}");
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
            if name.is_empty() || !name.chars().all(fits) {
                return wrong(&table, "a sink's name is made of a-z, 0-9, - and _");
            }
            sink.validate().map_err(within(&table))?;
        }
        Ok(())
    }

    /// The configuration as TOML, with secrets masked.
    pub fn masked(&self) -> String {
        let mut shown = self.clone();
        if !shown.auth.keys.is_empty() {
            shown.auth.keys = "***".into();
        }
        shown.machine = shown.machine.masked();
        shown.sinks = shown.sinks.into_iter().map(|(name, sink)| (name, sink.masked())).collect();
        toml::to_string(&shown).unwrap_or_else(|e| format!("# cannot be shown: {e}\n"))
    }
}

/// A key, and what is wrong with it.
type Wrong = (String, String);

fn wrong<T>(key: &str, reason: &str) -> Result<T, Wrong> {
    Err((key.to_owned(), reason.to_owned()))
}

/// The key of a table as a key of the whole.
fn within(table: &str) -> impl Fn(Wrong) -> Wrong {
    move |(key, reason)| (format!("{table}.{key}"), reason)
}

/// Counts of which nothing would be left.
fn at_least_one(counts: &[(&str, u64)]) -> Result<(), Wrong> {
    match counts.iter().find(|(_, count)| *count == 0) {
        Some((key, _)) => wrong(key, "must be at least 1"),
        None => Ok(()),
    }
}

/// What is done again and again with less than this in between would do nothing else.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// A time that passes between one try and the next.
fn a_pause(key: &str, pause: Span) -> Result<(), Wrong> {
    if pause.0 < SHORTEST_PAUSE { wrong(key, "must be at least 100ms") } else { Ok(()) }
}

fn is_web_address(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

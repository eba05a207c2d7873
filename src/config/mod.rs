//! The configuration: typed, validated, every key documented in `config/nisba.toml`.
//!
//! [`Config::load`] brings together, weakest first: defaults, the file, environment variables, command-line flags.

mod machine;
mod secret;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use bytesize::ByteSize;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

pub use machine::{Machine, MachineKind};
pub use secret::Secret;

/// What is wrong with a configuration, and where.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration file {path}: {reason}; give an existing file with --config")]
    Unreadable { path: PathBuf, reason: String },
    #[error("{path}, line {line}: key {key}: {reason}")]
    File { path: PathBuf, line: usize, key: String, reason: String },
    #[error("environment variable {variable} (key {key}): {reason}")]
    Environment { variable: String, key: String, reason: String },
    #[error("key {key}: {reason}")]
    Key { key: String, reason: String },
}

/// A length of time, written `30s`, `5m`, `1h 30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(pub Duration);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Span, String> {
        let parsed: jiff::SignedDuration = text
            .parse()
            .map_err(|_| format!("\"{text}\" is no length of time; write for instance \"30s\" or \"5m\""))?;
        Duration::try_from(parsed).map(Span).map_err(|_| format!("\"{text}\" is negative"))
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        let text =
            jiff::SignedDuration::try_from(span.0).map(|d| format!("{d:#}")).unwrap_or_else(|_| "forever".into());
        text.replace(' ', "")
    }
}

/// Documents that can be told apart in memory by the numbers that they have there.
const MOST_STORY_DOCUMENTS: usize = 4_000_000;

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

/// The HTTP server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    pub bind: SocketAddr,
    pub max_body: ByteSize,
    pub max_wait: Span,
    pub shutdown_timeout: Span,
}

impl Default for Server {
    fn default() -> Self {
        Server {
            bind: SocketAddr::from(([127, 0, 0, 1], 8430)),
            max_body: ByteSize::mib(10),
            max_wait: Span(Duration::from_secs(60)),
            shutdown_timeout: Span(Duration::from_secs(30)),
        }
    }
}

/// Who gets in.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    pub keys: String,
    pub keys_file: String,
}

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

/// The processing of documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pipeline {
    pub workers: usize,
    pub timeout: Span,
    pub remake_rate: u32,
}

impl Default for Pipeline {
    fn default() -> Self {
        Pipeline { workers: 0, timeout: Span(Duration::from_secs(30)), remake_rate: 50 }
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
}

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

/// A downstream store; which keys count depends on `kind`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sink {
    pub kind: SinkKind,
    #[serde(default = "default_batch")]
    pub batch: usize,
    #[serde(default = "default_backoff")]
    pub max_backoff: Span,
    /// Told of stories too, of what changed within so much time at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stories: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dir: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_file: Option<ByteSize>,
}

fn default_batch() -> usize {
    200
}

fn default_backoff() -> Span {
    Span(Duration::from_secs(60))
}

/// The kinds of store that records can be delivered to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SinkKind {
    Jsonl,
    Postgres,
    Webhook,
}

/// The keys of a sink, for environment variables.
const SINK_KEYS: [&str; 10] =
    ["kind", "batch", "max_backoff", "stories", "url", "schema", "secret", "timeout", "dir", "max_file"];

impl Config {
    /// The folder of the authorities: `authority.dir`, or one in the data folder.
    pub fn authorities(&self) -> PathBuf {
        match &self.authority.dir {
            dir if dir.as_os_str().is_empty() => self.store.dir.join("authorities"),
            dir => dir.clone(),
        }
    }

    /// Brings defaults, the file and the environment together and validates; `flags` are (key, value) pairs that
    /// outrank both.
    ///
    /// # Errors
    /// Names the line and key, the variable or the flag's key that is wrong.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        flags: &[(&str, String)],
    ) -> Result<Config, ConfigError> {
        let mut table = match file {
            Some(path) => read_file(path)?,
            None => Table::new(),
        };
        let mut set_by: BTreeMap<String, String> = BTreeMap::new();
        for (variable, text) in environment {
            if let Some(key) = key_of_variable(&variable, &table) {
                set(&mut table, &key, &text);
                set_by.insert(key, variable);
            }
        }
        for (key, text) in flags {
            set(&mut table, key, text);
            set_by.remove(*key);
        }
        let config: Config = serde_path_to_error::deserialize(Value::Table(table)).map_err(|e| {
            let key = e.path().to_string();
            let reason = first_line(&e.inner().to_string());
            match set_by.get(&key) {
                Some(variable) => ConfigError::Environment { variable: variable.clone(), key, reason },
                None => ConfigError::Key { key, reason },
            }
        })?;
        config.validate().map_err(|(key, reason)| match (set_by.get(&key), file) {
            (Some(variable), _) => ConfigError::Environment { variable: variable.clone(), key, reason },
            (None, Some(path)) => match line_of_key(path, &key) {
                Some(line) => ConfigError::File { path: path.to_owned(), line, key, reason },
                None => ConfigError::Key { key, reason },
            },
            (None, None) => ConfigError::Key { key, reason },
        })?;
        Ok(config.with_default_sink())
    }

    fn with_default_sink(mut self) -> Config {
        if self.sinks.is_empty() {
            self.sinks.insert("records".into(), Sink::jsonl());
        }
        self
    }

    fn validate(&self) -> Result<(), (String, String)> {
        let wrong = |key: &str, reason: &str| Err((key.to_owned(), reason.to_owned()));
        if self.server.max_body.as_u64() == 0 {
            return wrong("server.max_body", "must be more than nothing");
        }
        let counts = [
            ("intake.max_bulk", self.intake.max_bulk),
            ("intake.max_line", self.intake.max_line.as_u64() as usize),
            ("intake.max_depth", self.intake.max_depth),
            ("intake.max_attributes", self.intake.max_attributes),
            ("intake.max_people", self.intake.max_people),
            ("stories.days", self.stories.days as usize),
            ("stories.documents", self.stories.documents),
        ];
        if let Some((key, _)) = counts.iter().find(|(_, count)| *count == 0) {
            return wrong(key, "must be at least 1");
        }
        if self.stories.documents > MOST_STORY_DOCUMENTS {
            return wrong("stories.documents", "must be at most 4000000");
        }
        // Parsers recurse in the depth of a page, on a stack that has room for so much.
        if self.intake.max_depth > 4_096 {
            return wrong("intake.max_depth", "must be at most 4096");
        }
        if self.pipeline.timeout.0.is_zero() {
            return wrong("pipeline.timeout", "must be more than nothing");
        }
        if self.store.max_backlog == 0 {
            return wrong("store.max_backlog", "must be at least 1");
        }
        if let Err(e) = tracing_subscriber::EnvFilter::try_new(&self.log.level) {
            return Err(("log.level".into(), format!("is no log filter: {e}")));
        }
        self.machine.validate().map_err(|(key, reason)| (format!("machine.{key}"), reason))?;
        for (name, sink) in &self.sinks {
            if name.is_empty()
                || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
            {
                return wrong(&format!("sinks.{name}"), "a sink's name is made of a-z, 0-9, - and _");
            }
            sink.validate().map_err(|(key, reason)| (format!("sinks.{name}.{key}"), reason))?;
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
        for sink in shown.sinks.values_mut() {
            if sink.secret.is_some() {
                sink.secret = Some("***".into());
            }
            if let Some(url) = &mut sink.url {
                *url = masked_url(url);
            }
        }
        toml::to_string(&shown).unwrap_or_else(|e| format!("# cannot be shown: {e}\n"))
    }
}

impl Sink {
    /// The default sink: JSON lines in the data folder.
    pub fn jsonl() -> Sink {
        Sink {
            kind: SinkKind::Jsonl,
            batch: default_batch(),
            max_backoff: default_backoff(),
            stories: None,
            url: None,
            schema: None,
            secret: None,
            timeout: None,
            dir: None,
            max_file: None,
        }
    }

    fn validate(&self) -> Result<(), (String, String)> {
        let wrong = |key: &str, reason: &str| Err((key.to_owned(), reason.to_owned()));
        if !(1..=10_000).contains(&self.batch) {
            return wrong("batch", "must be between 1 and 10000");
        }
        let (needs_url, allowed): (bool, &[&str]) = match self.kind {
            SinkKind::Jsonl => (false, &["dir", "max_file"]),
            SinkKind::Postgres => (true, &["url", "schema"]),
            SinkKind::Webhook => (true, &["url", "secret", "timeout"]),
        };
        let given = [
            ("url", self.url.is_some()),
            ("schema", self.schema.is_some()),
            ("secret", self.secret.is_some()),
            ("timeout", self.timeout.is_some()),
            ("dir", self.dir.is_some()),
            ("max_file", self.max_file.is_some()),
        ];
        if let Some((key, _)) = given.iter().find(|(key, given)| *given && !allowed.contains(key)) {
            return Err((
                (*key).to_owned(),
                format!("means nothing for a sink of this kind; it knows {}", allowed.join(", ")),
            ));
        }
        if needs_url && self.url.is_none() {
            return wrong("url", "is missing");
        }
        if self.kind == SinkKind::Webhook
            && self
                .url
                .as_deref()
                .is_some_and(|u| url::Url::parse(u).map_or(true, |u| !matches!(u.scheme(), "http" | "https")))
        {
            return wrong("url", "must be an http or https address");
        }
        Ok(())
    }
}

fn read_file(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| ConfigError::Unreadable { path: path.to_owned(), reason: e.to_string() })?;
    let located = |key: String, span: Option<std::ops::Range<usize>>, reason: String| ConfigError::File {
        path: path.to_owned(),
        line: span.map_or(1, |s| text[..s.start.min(text.len())].matches('\n').count() + 1),
        key,
        reason: first_line(&reason),
    };
    // Parsed once for its types, so that what is wrong is told with the line of the file, once for merging.
    let parsed =
        toml::Deserializer::parse(&text).map_err(|e| located("(syntax)".into(), e.span(), e.message().to_owned()))?;
    serde_path_to_error::deserialize::<_, Config>(parsed).map_err(|e| {
        let key = e.path().to_string();
        located(key, e.inner().span(), e.inner().message().to_owned())
    })?;
    text.parse::<Table>().map_err(|e| located("(syntax)".into(), e.span(), e.message().to_owned()))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// The line on which the file sets the key, for what is only found wrong when everything is brought together.
fn line_of_key(path: &Path, key: &str) -> Option<usize> {
    let text = std::fs::read_to_string(path).ok()?;
    let (table, leaf) = key.rsplit_once('.')?;
    let header = format!("[{table}]");
    let mut inside = false;
    let mut header_line = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line.split('#').next().map(str::trim) == Some(&header);
            if inside {
                header_line = Some(number + 1);
            }
        } else if inside && line.split('=').next().map(str::trim) == Some(leaf) {
            return Some(number + 1);
        }
    }
    header_line
}

/// The key that a variable sets; `None` for variables that are not nisba's, or name nothing that it knows (an
/// orchestrator sets NISBA_SERVICE_HOST and the like for a service of this name).
fn key_of_variable(variable: &str, table: &Table) -> Option<String> {
    let path = variable.strip_prefix("NISBA_")?.to_ascii_lowercase();
    if let Some(rest) = path.strip_prefix("sinks_") {
        let key = SINK_KEYS.iter().filter(|key| rest.ends_with(&format!("_{key}"))).max_by_key(|key| key.len())?;
        let name = &rest[..rest.len() - key.len() - 1];
        // A sink that the file names with a hyphen is meant by the underscore that variables must have.
        let sinks = table.get("sinks").and_then(Value::as_table);
        let known = sinks.and_then(|s| s.keys().find(|k| k.replace('-', "_") == name).cloned());
        return Some(format!("sinks.{}.{key}", known.unwrap_or_else(|| name.to_owned())));
    }
    let defaults = Value::try_from(Config::default()).ok()?;
    let sections = defaults.as_table()?;
    sections.iter().filter_map(|(section, keys)| Some((section, keys.as_table()?))).find_map(|(section, keys)| {
        let leaf = path.strip_prefix(section.as_str())?.strip_prefix('_')?;
        keys.contains_key(leaf).then(|| format!("{section}.{leaf}"))
    })
}

/// Sets a key to a text, as the type that the text looks like where the key wants a number.
fn set(table: &mut Table, key: &str, text: &str) {
    let mut parts: Vec<&str> = key.split('.').collect();
    let Some(leaf) = parts.pop() else { return };
    let mut at = table;
    for part in parts {
        let next = at.entry(part).or_insert_with(|| Value::Table(Table::new()));
        if !next.is_table() {
            *next = Value::Table(Table::new());
        }
        match next.as_table_mut() {
            Some(next) => at = next,
            None => return,
        }
    }
    at.insert(leaf.to_owned(), as_its_default(key, text).unwrap_or_else(|| Value::String(text.to_owned())));
}

/// A text as a number or a truth value, where the default of its key is one and the text can be read so.
fn as_its_default(key: &str, text: &str) -> Option<Value> {
    static DEFAULTS: LazyLock<Table> = LazyLock::new(|| Table::try_from(Config::default()).unwrap_or_default());
    let default = key.split_once('.').and_then(|(section, key)| DEFAULTS.get(section)?.get(key));
    let text = text.trim();
    match default {
        Some(Value::Integer(_)) => text.parse().ok().map(Value::Integer),
        Some(Value::Float(_)) => text.parse().ok().map(Value::Float),
        None if key.starts_with("sinks.") && key.ends_with(".batch") => text.parse().ok().map(Value::Integer),
        _ => None,
    }
}

fn masked_url(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) => {
            if parsed.password().is_some() {
                // Fails only for addresses that cannot have one.
                let _ = parsed.set_password(Some("***"));
            }
            // Tokens of webhooks are often there.
            if parsed.query().is_some() {
                parsed.set_query(Some("***"));
            }
            parsed.into()
        }
        // The key-value form of PostgreSQL.
        Err(_) => url
            .split(' ')
            .map(|part| if part.starts_with("password") { "password=***" } else { part })
            .collect::<Vec<_>>()
            .join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)], flags: &[(&str, String)]) -> Result<Config, ConfigError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Config::load(Some(file.path()), environment.iter().map(|(k, v)| (k.to_string(), v.to_string())), flags)
    }

    #[test]
    fn the_shipped_file_holds_the_defaults() {
        let shipped = load(include_str!("../../config/nisba.toml"), &[], &[]).unwrap();
        assert_eq!(shipped, Config::default().with_default_sink());
        // Every key is in it.
        let defaults = Value::try_from(Config::default()).unwrap();
        let table: Table = include_str!("../../config/nisba.toml").parse().unwrap();
        for (section, keys) in defaults.as_table().unwrap() {
            for key in keys.as_table().unwrap().keys() {
                assert!(table[section].get(key).is_some(), "{section}.{key} is not in config/nisba.toml");
            }
        }
    }

    #[test]
    fn flags_outrank_environment_outranks_file() {
        let file = "[server]\nbind = \"127.0.0.1:1\"\n[store]\nmax_backlog = 5\n[pipeline]\nworkers = 3\n";
        let environment =
            [("NISBA_SERVER_BIND", "127.0.0.1:2"), ("NISBA_STORE_MAX_BACKLOG", "6"), ("NISBA_SERVICE_HOST", "x")];
        let config = load(file, &environment, &[("server.bind", "127.0.0.1:3".into())]).unwrap();
        assert_eq!((config.server.bind.port(), config.store.max_backlog, config.pipeline.workers), (3, 6, 3));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |text: &str, environment: &[(&str, &str)]| load(text, environment, &[]).unwrap_err().to_string();
        let typo = message("[server]\nbindd = \"x\"\n", &[]);
        assert!(typo.contains("line 2") && typo.contains("bindd"), "{typo}");
        let kind = message("\n[pipeline]\nworkers = \"many\"\n", &[]);
        assert!(kind.contains("line 3") && kind.contains("pipeline.workers"), "{kind}");
        let sink = message("[sinks.a]\nkind = \"webhook\"\n", &[]);
        assert!(sink.contains("sinks.a.url") && sink.contains("line 1"), "{sink}");
        let variable = message("", &[("NISBA_PIPELINE_TIMEOUT", "soon")]);
        assert!(variable.contains("NISBA_PIPELINE_TIMEOUT") && variable.contains("soon"), "{variable}");
        let syntax = message("[server\n", &[]);
        assert!(syntax.contains("line 1"), "{syntax}");
    }

    #[test]
    fn sinks_can_be_set_by_variables_and_secrets_are_masked() {
        let environment = [
            ("NISBA_SINKS_WAREHOUSE_KIND", "postgres"),
            ("NISBA_SINKS_WAREHOUSE_URL", "postgres://u:hunter2@h/d"),
            ("NISBA_AUTH_KEYS", "a read hunter2"),
        ];
        let config = load("", &environment, &[]).unwrap();
        assert_eq!(config.sinks["warehouse"].kind, SinkKind::Postgres);
        let shown = config.masked();
        assert!(!shown.contains("hunter2") && shown.contains("postgres://u:***@h/d"), "{shown}");
    }
}

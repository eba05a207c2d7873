//! A configuration out of its parts, weakest first: defaults, the file, environment variables, command-line flags.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use toml::{Table, Value};

use super::{Config, plain, sink};

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

impl Config {
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
            let reason = plain::reason(&e.inner().to_string());
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
}

fn read_file(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| ConfigError::Unreadable { path: path.to_owned(), reason: e.to_string() })?;
    let located = |key: String, span: Option<std::ops::Range<usize>>, reason: String| ConfigError::File {
        path: path.to_owned(),
        line: span.map_or(1, |s| text[..s.start.min(text.len())].matches('\n').count() + 1),
        key,
        reason: plain::reason(&reason),
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
        let key = sink::KEYS.iter().filter(|key| rest.ends_with(&format!("_{key}"))).max_by_key(|key| key.len())?;
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
        Some(Value::Boolean(_)) => text.to_ascii_lowercase().parse().ok().map(Value::Boolean),
        None if key.starts_with("sinks.") && key.ends_with(".batch") => text.parse().ok().map(Value::Integer),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::SinkKind;
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
    fn every_variable_takes_its_default_and_what_is_beside_it() {
        let read = |variable: &str, text: String| {
            Config::load(None, [(variable.to_owned(), text)].into_iter(), &[]).unwrap_or_else(|e| panic!("{e}"))
        };
        let defaults = Config::default().with_default_sink();
        let table = Table::try_from(Config::default()).unwrap();
        for (section, keys) in table.iter().filter_map(|(section, keys)| Some((section, keys.as_table()?))) {
            for (key, value) in keys {
                let variable = format!("NISBA_{section}_{key}").to_uppercase();
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                assert_eq!(read(&variable, text), defaults, "{variable}");
                let other = match value {
                    Value::Boolean(set) => (!set).to_string(),
                    Value::Integer(number) => (number + 1).to_string(),
                    Value::Float(number) => (number + 1.0).to_string(),
                    _ => continue,
                };
                assert_ne!(read(&variable, other), defaults, "{variable}");
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
    fn what_a_value_must_be_is_said_without_the_words_of_programs() {
        let message = |text: &str, environment: &[(&str, &str)]| load(text, environment, &[]).unwrap_err().to_string();
        for (text, said) in [
            ("[pipeline]\nworkers = \"many\"", "pipeline.workers: must be a whole number, 0 or more, not \"many\""),
            ("[pipeline]\nreprocess_rate = -1", "must be a whole number from 0 to 4294967295, not -1"),
            ("[pipeline]\ntimeout = 30", "must be a text in quotes"),
            ("[machine]\nrequests_per_second = \"few\"", "must be a number, not \"few\""),
            ("[machine]\napi_key = 4711", "must be a text in quotes"),
            ("[server]\nmax_body = \"1 XB\"", "must be a size such as \"10 MiB\", not \"1 XB\""),
            ("[server]\nmax_body = [1]", "must be a size such as \"10 MiB\", not a list"),
            ("[server]\nbind = \"localhost\"", "is no address with a port; write for instance \"127.0.0.1:8430\""),
            ("[authority]\nstarter = \"no\"", "must be true or false, not \"no\""),
            ("server = 5", "key server: must be a table, not 5"),
        ] {
            let found = message(text, &[]);
            assert!(found.ends_with(said), "{found} instead of {said}");
        }
        for (variable, value, said) in [
            ("NISBA_AUTHORITY_STARTER", "perhaps", "must be true or false, not \"perhaps\""),
            ("NISBA_STORE_MAX_BACKLOG", "1e6", "must be a whole number, 0 or more, not \"1e6\""),
            ("NISBA_SINKS_A_BATCH", "few", "must be a whole number, 0 or more, not \"few\""),
        ] {
            let found = message("[sinks.a]\nkind = \"jsonl\"\n", &[(variable, value)]);
            assert!(found.starts_with(&format!("environment variable {variable}")) && found.ends_with(said), "{found}");
        }
    }

    #[test]
    fn what_would_come_to_nothing_is_refused_with_what_is_allowed() {
        let message = |text: &str| load(text, &[], &[]).unwrap_err().to_string();
        for (text, key, allowed) in [
            ("[pipeline]\nworkers = 100000", "pipeline.workers", "at most 1024"),
            ("[authority]\nrefresh = \"0s\"", "authority.refresh", "at least 100ms"),
            ("[sinks.a]\nkind = \"jsonl\"\nmax_backoff = \"0s\"", "sinks.a.max_backoff", "at least 100ms"),
            ("[sinks.a]\nkind = \"jsonl\"\nmax_file = \"0\"", "sinks.a.max_file", "at least 1 KiB"),
            ("[sinks.a]\nkind = \"webhook\"\nurl = \"http://h/\"\ntimeout = \"0s\"", "sinks.a.timeout", "more than"),
        ] {
            let said = message(text);
            assert!(said.contains(key) && said.contains(allowed) && said.contains("line "), "{said}");
        }
        // A stop that waits for nothing, and stories that are told of at once, are what somebody may want.
        let text = "[server]\nshutdown_timeout = \"0s\"\n[sinks.a]\nkind = \"jsonl\"\nstories = \"0s\"\n";
        assert!(load(text, &[], &[]).is_ok());
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

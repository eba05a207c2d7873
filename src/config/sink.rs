//! A table `sinks.NAME`: a downstream store.

use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use serde::{Deserialize, Serialize};

use super::{Span, Wrong, a_pause, is_web_address, wrong};

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

/// Files that are smaller hold hardly a record.
const SMALLEST_FILE: ByteSize = ByteSize::kib(1);

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
pub(super) const KEYS: [&str; 10] =
    ["kind", "batch", "max_backoff", "stories", "url", "schema", "secret", "timeout", "dir", "max_file"];

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

    pub(super) fn validate(&self) -> Result<(), Wrong> {
        if !(1..=10_000).contains(&self.batch) {
            return wrong("batch", "must be between 1 and 10000");
        }
        a_pause("max_backoff", self.max_backoff)?;
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
            return wrong(key, &format!("means nothing for a sink of this kind; it knows {}", allowed.join(", ")));
        }
        if needs_url && self.url.is_none() {
            return wrong("url", "is missing");
        }
        if self.kind == SinkKind::Webhook && !self.url.as_deref().is_some_and(is_web_address) {
            return wrong("url", "must be an http or https address");
        }
        if self.timeout.is_some_and(|timeout| timeout.0.is_zero()) {
            return wrong("timeout", "must be more than nothing");
        }
        if self.max_file.is_some_and(|size| size < SMALLEST_FILE) {
            return wrong("max_file", "must be at least 1 KiB");
        }
        Ok(())
    }

    /// The same with its secrets masked, to be shown.
    pub(super) fn masked(mut self) -> Sink {
        self.secret = self.secret.map(|_| "***".into());
        self.url = self.url.as_deref().map(masked_url);
        self
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

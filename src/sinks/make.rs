//! A sink as the configuration describes it. A new kind of store is a line here and a file beside this one.

use std::path::Path;
use std::time::Duration;

use super::Sink;
use super::jsonl::Jsonl;
use super::postgres::Postgres;
use super::webhook::Webhook;
use crate::config::{self, SinkKind};

/// Bytes of a file of JSON lines, where nothing else is said.
const LARGEST_FILE: u64 = 256 << 20;

/// For a request of a webhook, where nothing else is said.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// Makes the sink of this name, for `records` or for `stories`, in a service with this data folder. Talks to nobody yet.
///
/// # Errors
/// What is wrong with the configuration, for the operator.
pub fn make(name: &str, content: &str, sink: &config::Sink, data: &Path) -> Result<Box<dyn Sink>, String> {
    let url = || sink.url.as_deref().ok_or_else(|| "url is missing".to_owned());
    Ok(match sink.kind {
        SinkKind::Jsonl => {
            let dir = sink.dir.as_deref().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(data);
            let largest = sink.max_file.map_or(LARGEST_FILE, |size| size.as_u64());
            Box::new(Jsonl::new(dir.to_owned(), content, name, largest))
        }
        SinkKind::Postgres => Box::new(Postgres::new(url()?, sink.schema.as_deref().unwrap_or("nisba"))?),
        SinkKind::Webhook => {
            let parsed = url()?.parse().map_err(|e| format!("url: {e}"))?;
            let timeout = sink.timeout.map_or(WEBHOOK_TIMEOUT, |timeout| timeout.0);
            Box::new(Webhook::new(parsed, sink.secret.as_deref(), timeout)?)
        }
    })
}

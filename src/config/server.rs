//! The table `server`: the HTTP server.

use std::net::SocketAddr;
use std::time::Duration;

use bytesize::ByteSize;
use serde::{Deserialize, Serialize};

use super::{Span, Wrong, wrong};

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

impl Server {
    pub(super) fn validate(&self) -> Result<(), Wrong> {
        if self.max_body.as_u64() == 0 {
            return wrong("max_body", "must be more than nothing");
        }
        Ok(())
    }
}

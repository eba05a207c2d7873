//! Lengths of time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

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

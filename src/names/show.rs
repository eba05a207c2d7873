//! Parsed names and comparisons as JSON, the same on the command line and over HTTP.

use serde_json::{Value, json};

use super::compare::{SAME_PERSON, compare};
use super::parse::Name;
use super::romanise::romanise;

/// The parts of a name: `{"written", "name", "key", "parts": [{"text", "part", "romanised"}]}`.
pub fn parsed_json(written: &str, name: &Name) -> Value {
    let part =
        |t: &super::Token| json!({"text": t.text.as_str(), "part": t.part.to_string(), "romanised": romanise(&t.text)});
    json!({
        "written": written,
        "name": name.text.as_str(),
        "key": name.key(),
        "parts": name.tokens.iter().map(part).collect::<Vec<_>>(),
    })
}

/// What comes of a comparison: `{"a", "b", "score", "same", "why"}`.
pub fn compared_json(written_a: &str, written_b: &str, a: &Name, b: &Name) -> Value {
    let found = compare(a, b);
    json!({
        "a": written_a,
        "b": written_b,
        "score": (found.score * 10_000.0).round() / 10_000.0,
        "same": found.score >= SAME_PERSON,
        "why": found.why(a, b),
    })
}

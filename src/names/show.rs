//! Parsed names and comparisons as JSON, the same on the command line and over HTTP.

use serde_json::{Value, json};

use super::compare::{SAME_PERSON, compare};
use super::inflect::own_forms;
use super::parse::Name;
use super::romanise::romanise;
use super::token::{Part, Token};

/// The parts of a name: `{"written", "name", "before", "after", "key", "gender", "parts": [{"text", "part", "romanised", "form_of"}]}`. `form_of`
/// are the names that the part may be an inflected form of, normalised; `before` and `after` are what is no part of the name: titles, degrees, the generation. These, `gender` and
/// `form_of` may be missing.
pub fn parsed_json(written: &str, name: &Name) -> Value {
    let part = |t: &Token| {
        let mut part = json!({"text": t.text.as_str(), "part": t.part.to_string(), "romanised": romanise(&t.text)});
        let forms = own_forms(&t.text);
        if t.part == Part::Main && !forms.is_empty() {
            part["form_of"] = json!(forms);
        }
        part
    };
    let mut parsed = json!({
        "written": written,
        "name": name.text.as_str(),
        "key": name.key(),
        "parts": name.tokens.iter().map(part).collect::<Vec<_>>(),
    });
    // What was taken off before and after the name: titles, degrees, the generation.
    if let Some((before, after)) = written.split_once(name.text.as_str()) {
        for (field, said) in [("before", before), ("after", after)] {
            let said = said.trim_matches(|c: char| c.is_whitespace() || c == ',');
            if !said.is_empty() {
                parsed[field] = json!(said);
            }
        }
    }
    if let Some(gender) = name.gender() {
        parsed["gender"] = json!(gender);
    }
    parsed
}

/// What comes of a comparison: `{"a", "b", "score", "same", "pairs": [{"a", "b", "score", "how", "letters": [{"a", "b",
/// "cost"}]}], "why"}`.
pub fn compared_json(written_a: &str, written_b: &str, a: &Name, b: &Name) -> Value {
    let found = compare(a, b);
    json!({
        "a": written_a,
        "b": written_b,
        "score": (found.score * 10_000.0).round() / 10_000.0,
        "same": found.score >= SAME_PERSON,
        "pairs": found.pairs(a, b),
        "why": found.why(a, b),
    })
}

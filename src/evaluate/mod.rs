//! Measures of quality, for `nisba evaluate`: on labelled data of a user's own, or to see what a change does.

mod language;
mod lookup;
mod mentions;
mod names;
mod people;
mod pipeline;
mod stories;
mod stream;

pub use language::{
    LanguageRow, LanguageScore, MixedRow, MixedSpan, SpansScore, languages, read_languages, read_mixed, spans,
};
pub use lookup::{LookupAuthority, LookupRow, LookupScore, lookup, read_authority, read_lookups};
pub use mentions::{MentionsRow, MentionsScore, SpanRates, mentions, read_mentions};
pub use names::{KindScore, NamesScore, PairRow, names, read_pairs};
pub use people::{PeopleRates, PeopleRow, PeopleScore, known_ids, people, read_people};
pub use pipeline::{PipelineScore, pipeline};
pub use stories::{PairRates, StoriesScore, StoryRow, read_stories, stories, story_examples};
pub use stream::{StreamRow, StreamScore, read_stream, stream};

/// Why labelled data cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    #[error("cannot read {file}: {reason}")]
    Unreadable { file: String, reason: String },
    #[error("{file}, line {line}: {reason}")]
    Line { file: String, line: usize, reason: String },
}

/// Precision, recall and F1 from counts; 0 where there is nothing to count.
pub(crate) fn rates(right: f64, found: f64, wanted: f64) -> (f64, f64, f64) {
    let rate = |of: f64| if of > 0.0 { right / of } else { 0.0 };
    let (precision, recall) = (rate(found), rate(wanted));
    (round(precision), round(recall), round(f1(precision, recall)))
}

/// The harmonic mean of the two; 0 where both are.
pub(crate) fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

pub(crate) fn round(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

/// The rows of a file of tab-separated values; empty lines are skipped.
pub(crate) fn rows(file: &std::path::Path) -> Result<Vec<(usize, Vec<String>)>, EvaluateError> {
    let unreadable = |reason: String| EvaluateError::Unreadable { file: file.display().to_string(), reason };
    let text = std::fs::read_to_string(file).map_err(|e| unreadable(e.to_string()))?;
    // Spreadsheets put a mark before the text.
    let lines = text.trim_start_matches('\u{FEFF}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    Ok(lines.map(|(at, line)| (at + 1, line.split('\t').map(str::to_owned).collect())).collect())
}

/// The rows of a file of JSON lines, each with its number; empty lines are skipped.
pub(crate) fn json_rows<T: serde::de::DeserializeOwned>(
    file: &std::path::Path,
) -> Result<Vec<(usize, T)>, EvaluateError> {
    let name = || file.display().to_string();
    let text =
        std::fs::read_to_string(file).map_err(|e| EvaluateError::Unreadable { file: name(), reason: e.to_string() })?;
    let lines = text.trim_start_matches('\u{FEFF}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row = |(at, line): (usize, &str)| {
        let wrong = |e: serde_json::Error| {
            let reason = if e.is_data() { e.to_string() } else { "is no JSON object".to_owned() };
            // There is one line, so that the parser's own number says nothing.
            let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
            EvaluateError::Line { file: name(), line: at + 1, reason }
        };
        Ok((at + 1, serde_json::from_str(line).map_err(wrong)?))
    };
    lines.map(row).collect()
}

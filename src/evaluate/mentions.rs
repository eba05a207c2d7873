//! How well, and how fast, the names in texts are found.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{EvaluateError, json_rows, rates};
use crate::people;

/// A text, and where it names people.
#[derive(Clone, Debug, Deserialize)]
pub struct MentionsRow {
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub language: String,
    pub text: String,
    /// Code points: the first, and the one after the last. `None` where the label is blank.
    #[serde(default)]
    pub people: Option<Vec<(usize, usize)>>,
}

/// The result of finding names: of spans that are just the labelled ones.
#[derive(Clone, Debug, Serialize)]
pub struct MentionsScore {
    pub documents: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub by_language: BTreeMap<String, SpanRates>,
    pub by_source: BTreeMap<String, SpanRates>,
    /// One thread, from the text and its language; 10⁶ bytes.
    pub mb_per_second: f64,
}

/// Of a language or a source.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SpanRates {
    pub documents: usize,
    pub names: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// Spans that were right, found and wanted.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    documents: usize,
    right: usize,
    found: usize,
    wanted: usize,
}

impl Counts {
    fn add(&mut self, found: &[(usize, usize)], wanted: &[(usize, usize)]) {
        self.documents += 1;
        self.right += found.iter().filter(|span| wanted.contains(span)).count();
        self.found += found.len();
        self.wanted += wanted.len();
    }

    fn rates(self) -> SpanRates {
        let (precision, recall, f1) = rates(self.right as f64, self.found as f64, self.wanted as f64);
        SpanRates { documents: self.documents, names: self.wanted, precision, recall, f1 }
    }
}

/// Reads lines of `{"source", "language", "text", "people": [[start, end], …]}`.
///
/// # Errors
/// Names the file, and the line that is none.
pub fn read_mentions(file: &Path) -> Result<Vec<MentionsRow>, EvaluateError> {
    Ok(json_rows(file)?.into_iter().map(|(_, row)| row).collect())
}

/// Finds the names in every text: the spans of each, in order, and the result.
pub fn mentions(rows: &[MentionsRow]) -> (Vec<Vec<(usize, usize)>>, MentionsScore) {
    people::warm_up(rows.iter().map(|row| row.language.as_str()));
    let since = Instant::now();
    let found: Vec<Vec<(usize, usize)>> = rows
        .iter()
        .map(|row| people::names_in(&row.text, &row.language).iter().map(|n| (n.start, n.end)).collect())
        .collect();
    let seconds = since.elapsed().as_secs_f64().max(1e-9);
    let bytes: usize = rows.iter().map(|row| row.text.len()).sum();
    let mut all = Counts::default();
    let (mut languages, mut sources) = (BTreeMap::<String, Counts>::new(), BTreeMap::<String, Counts>::new());
    for (row, found) in rows.iter().zip(&found) {
        let Some(wanted) = &row.people else { continue };
        all.add(found, wanted);
        languages.entry(row.language.clone()).or_default().add(found, wanted);
        sources.entry(row.source.clone()).or_default().add(found, wanted);
    }
    let each = |all: BTreeMap<String, Counts>| all.into_iter().map(|(key, counts)| (key, counts.rates())).collect();
    let SpanRates { precision, recall, f1, .. } = all.rates();
    let score = MentionsScore {
        documents: rows.len(),
        precision,
        recall,
        f1,
        by_language: each(languages),
        by_source: each(sources),
        mb_per_second: super::round(bytes as f64 / 1e6 / seconds),
    };
    (found, score)
}

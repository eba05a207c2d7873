//! How well, and how fast, languages are identified.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{EvaluateError, round, rows};
use crate::language::{declared, identify};
use crate::model::{Language, LanguageSpan, TextField};

/// A text, and the language that it is in.
#[derive(Clone, Debug)]
pub struct LanguageRow {
    /// Classes that end in `-unserved` hold languages that need not be known.
    pub class: String,
    /// BCP 47; empty where the label is blank.
    pub tag: String,
    pub text: String,
}

/// The result of identifying languages.
#[derive(Clone, Debug, Serialize)]
pub struct LanguageScore {
    pub rows: usize,
    /// The share of rows that are right, those of `-unserved` classes apart.
    pub accuracy: f64,
    pub by_class: BTreeMap<String, f64>,
    pub by_language: BTreeMap<String, f64>,
    /// The worst thirty: what was to be said, what was said, how often.
    pub confusions: Vec<(String, String, usize)>,
    /// The share of rows of `-unserved` classes for which `und`, or what the label says, is said.
    pub abstained_on_unserved: Option<f64>,
    /// One thread, megabytes of UTF-8.
    pub mb_per_second: f64,
    /// By tenths of confidence: answers, and the share of them that are right.
    pub calibration: Vec<(f64, usize, f64)>,
}

/// Reads `class ⇥ tag ⇥ text`.
///
/// # Errors
/// Names the file, and the line that has fewer fields.
pub fn read_languages(file: &Path) -> Result<Vec<LanguageRow>, EvaluateError> {
    rows(file)?
        .into_iter()
        .map(|(line, fields)| match fields.as_slice() {
            [class, tag, text @ ..] if !text.is_empty() => {
                Ok(LanguageRow { class: class.clone(), tag: tag.clone(), text: text.join("\t") })
            }
            _ => Err(EvaluateError::Line {
                file: file.display().to_string(),
                line,
                reason: "is not class TAB tag TAB text".into(),
            }),
        })
        .collect()
}

/// What two tags are compared by: the language, with the script where one is given; some have two codes.
fn compared(tag: &str) -> (String, Option<String>) {
    let script = tag.split(['-', '_']).skip(1).find(|part| part.len() == 4).map(str::to_owned);
    (declared(tag).unwrap_or_else(|| tag.to_ascii_lowercase()), script)
}

/// Whether an answer is what the label says.
fn is_right(label: &str, answer: &str) -> bool {
    let (wanted, said) = (compared(label), compared(answer));
    // A script that is the usual one is not answered.
    let unusual = ["sr-Latn", "az-Cyrl", "uz-Cyrl"].contains(&label);
    wanted.0 == said.0 && (wanted.1 == said.1 || wanted.1.is_none() || said.1.is_none() && !unusual)
}

/// Identifies the language of every row: the answers, and the result.
pub fn languages(rows: &[LanguageRow]) -> (Vec<Language>, LanguageScore) {
    crate::language::warm_up();
    let since = Instant::now();
    let found: Vec<Language> =
        rows.iter().map(|row| identify(&[(TextField::Text, &row.text)], None).document).collect();
    let seconds = since.elapsed().as_secs_f64().max(1e-9);
    let mut all = Tally::default();
    let (mut classes, mut tags): (BTreeMap<String, Tally>, BTreeMap<String, Tally>) = Default::default();
    let mut unserved = Tally::default();
    let mut confusions: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut tenths = [Tally::default(); 10];
    for (row, answer) in rows.iter().zip(&found).filter(|(row, _)| !row.tag.is_empty()) {
        let out = row.class.ends_with("-unserved");
        let right = is_right(&row.tag, &answer.tag) || out && answer.tag == "und";
        classes.entry(row.class.clone()).or_default().count(right);
        if out {
            unserved.count(right);
        } else {
            all.count(right);
            tags.entry(row.tag.clone()).or_default().count(right);
        }
        if answer.tag != "und" {
            tenths[((answer.confidence * 10.0) as usize).min(9)].count(right);
        }
        if !right {
            *confusions.entry((row.tag.clone(), answer.tag.clone())).or_default() += 1;
        }
    }
    let shares = |of: BTreeMap<String, Tally>| of.into_iter().map(|(key, tally)| (key, tally.share())).collect();
    let mut confusions: Vec<(String, String, usize)> = confusions.into_iter().map(|((a, b), n)| (a, b, n)).collect();
    confusions.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
    confusions.truncate(30);
    let bytes: usize = rows.iter().map(|row| row.text.len()).sum();
    let calibration = tenths.iter().enumerate().filter(|(_, tally)| tally.all > 0);
    let score = LanguageScore {
        rows: rows.len(),
        accuracy: all.share(),
        by_class: shares(classes),
        by_language: shares(tags),
        confusions,
        abstained_on_unserved: (unserved.all > 0).then(|| unserved.share()),
        mb_per_second: round(bytes as f64 / 1e6 / seconds),
        calibration: calibration.map(|(at, tally)| (at as f64 / 10.0, tally.all, tally.share())).collect(),
    };
    (found, score)
}

#[derive(Clone, Copy, Default)]
struct Tally {
    right: usize,
    all: usize,
}

impl Tally {
    fn count(&mut self, right: bool) {
        self.all += 1;
        self.right += usize::from(right);
    }

    fn share(&self) -> f64 {
        round(self.right as f64 / self.all.max(1) as f64)
    }
}

/// A text in several languages, and where each is.
#[derive(Clone, Debug, Deserialize)]
pub struct MixedRow {
    pub text: String,
    #[serde(default)]
    pub spans: Vec<MixedSpan>,
}

/// A stretch of text in one language; offsets in code points.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct MixedSpan {
    pub start: usize,
    pub end: usize,
    #[serde(default)]
    pub language: String,
}

/// The result of finding the spans of languages.
#[derive(Clone, Debug, Serialize)]
pub struct SpansScore {
    pub documents: usize,
    /// The share of code points inside labelled spans that are in a span of the same language.
    pub character_accuracy: f64,
    /// Of the places where a language begins after another, within ten code points.
    pub boundary_f1: f64,
    /// One thread, megabytes of UTF-8.
    pub mb_per_second: f64,
}

/// A boundary is found when it is this near.
const NEAR: usize = 10;

/// Reads lines of `{"text", "spans": [{"start", "end", "language"}]}`.
///
/// # Errors
/// Names the file, and the line that is something else.
pub fn read_mixed(file: &Path) -> Result<Vec<MixedRow>, EvaluateError> {
    let name = || file.display().to_string();
    let checked = |(line, row): (usize, MixedRow)| {
        let end = row.text.chars().count();
        match row.spans.iter().find(|span| span.start > span.end || span.end > end) {
            Some(span) => {
                let reason = format!("the span {} to {} is not inside the text", span.start, span.end);
                Err(EvaluateError::Line { file: name(), line, reason })
            }
            None => Ok(row),
        }
    };
    super::json_rows(file)?.into_iter().map(checked).collect()
}

/// Finds the spans of every text, and the result.
pub fn spans(rows: &[MixedRow]) -> (Vec<Vec<MixedSpan>>, SpansScore) {
    crate::language::warm_up();
    let since = Instant::now();
    let found: Vec<Vec<LanguageSpan>> =
        rows.iter().map(|row| identify(&[(TextField::Text, &row.text)], None).document.spans).collect();
    let seconds = since.elapsed().as_secs_f64().max(1e-9);
    let (mut right, mut all) = (0, 0);
    let (mut hits, mut said, mut wanted) = (0.0, 0.0, 0.0);
    for (row, found) in rows.iter().zip(&found) {
        for label in &row.spans {
            all += label.end - label.start;
            let same = found.iter().filter(|span| is_right(&label.language, &span.tag));
            right += same.map(|s| s.end.min(label.end).saturating_sub(s.start.max(label.start))).sum::<usize>();
        }
        let labelled: Vec<usize> = row.spans.iter().skip(1).map(|span| span.start).collect();
        let begun: Vec<usize> = found.iter().skip(1).map(|span| span.start).collect();
        hits += labelled.iter().filter(|at| begun.iter().any(|other| at.abs_diff(*other) <= NEAR)).count() as f64;
        (said, wanted) = (said + begun.len() as f64, wanted + labelled.len() as f64);
    }
    let bytes: usize = rows.iter().map(|row| row.text.len()).sum();
    let score = SpansScore {
        documents: rows.len(),
        character_accuracy: round(right as f64 / all.max(1) as f64),
        boundary_f1: super::rates(hits, said, wanted).2,
        mb_per_second: round(bytes as f64 / 1e6 / seconds),
    };
    let spans = |found: Vec<LanguageSpan>| {
        found.into_iter().map(|s| MixedSpan { start: s.start, end: s.end, language: s.tag }).collect()
    };
    (found.into_iter().map(spans).collect(), score)
}

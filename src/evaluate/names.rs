//! How well pairs of spellings are told to be one person or two.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{EvaluateError, rates, rows};
use crate::names::{Comparison, Name, SAME_PERSON, compare};

/// A labelled pair.
#[derive(Clone, Debug)]
pub struct PairRow {
    /// `None` where the label is blank: it is then scored, and not counted.
    pub same: Option<bool>,
    pub a: String,
    pub b: String,
    /// What kind of pair it is: results are also given for each kind.
    pub kind: String,
}

/// The result on a set of pairs.
#[derive(Clone, Debug, Serialize)]
pub struct NamesScore {
    pub pairs: usize,
    pub threshold: f64,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub by_kind: BTreeMap<String, KindScore>,
    /// One thread, from the strings, parsing included.
    pub pairs_per_second: f64,
}

/// The result on the pairs of one kind.
#[derive(Clone, Debug, Serialize)]
pub struct KindScore {
    pub pairs: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// Families of spellings, as `tests/names/` has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Families {
    family: Vec<Family>,
}

#[derive(Deserialize)]
struct Family {
    name: String,
    same: Vec<String>,
    different: Vec<Different>,
}

#[derive(Deserialize)]
struct Different {
    name: String,
}

/// Reads families of spellings: each name with those that are the same, kind `same`, and with others, kind `different`.
fn read_families(file: &Path) -> Result<Vec<PairRow>, EvaluateError> {
    let wrong = |reason: String| EvaluateError::Unreadable { file: file.display().to_string(), reason };
    let text = std::fs::read_to_string(file).map_err(|e| wrong(e.to_string()))?;
    let families: Families = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
    let pair = |same: bool, a: &str, b: String| PairRow {
        same: Some(same),
        a: a.to_owned(),
        b,
        kind: if same { "same".into() } else { "different".into() },
    };
    let pairs = families.family.into_iter().flat_map(|Family { name, same, different }| {
        let same: Vec<PairRow> = same.into_iter().map(|other| pair(true, &name, other)).collect();
        let different: Vec<PairRow> = different.into_iter().map(|other| pair(false, &name, other.name)).collect();
        same.into_iter().chain(different)
    });
    Ok(pairs.collect())
}

/// Reads `1|0 ⇥ name ⇥ name ⇥ kind`; the kind may be missing. A file that ends in `.toml` has families of spellings, as
/// `tests/names/` has them.
///
/// # Errors
/// Names the file, and the line that is no pair.
pub fn read_pairs(file: &Path) -> Result<Vec<PairRow>, EvaluateError> {
    if file.extension().is_some_and(|e| e == "toml") {
        return read_families(file);
    }
    let pair = |(line, fields): (usize, Vec<String>)| {
        let wrong =
            |reason: &str| EvaluateError::Line { file: file.display().to_string(), line, reason: reason.into() };
        let [label, a, b, kind @ ..] = fields.as_slice() else {
            return Err(wrong("has fewer than three columns; a line is 1 or 0, a name, a name, a kind"));
        };
        let same = match label.trim() {
            "1" => Some(true),
            "0" => Some(false),
            "" | "?" => None,
            _ => return Err(wrong("begins with neither 1 nor 0")),
        };
        let kind = kind.first().cloned().unwrap_or_default();
        Ok(PairRow { same, a: a.clone(), b: b.clone(), kind })
    };
    rows(file)?.into_iter().map(pair).collect()
}

/// Compares every pair: the score of each, in order, and the result.
pub fn names(pairs: &[PairRow]) -> (Vec<f64>, NamesScore) {
    // What is loaded on first use is no part of the speed.
    crate::names::warm_up();
    let since = Instant::now();
    let scores: Vec<f64> = pairs.iter().map(|p| compared(p).score).collect();
    let seconds = since.elapsed().as_secs_f64().max(1e-9);
    let count = |of: &dyn Fn(&PairRow) -> bool| {
        let (mut right, mut found, mut wanted, mut all) = (0.0, 0.0, 0.0, 0usize);
        for (pair, score) in pairs.iter().zip(&scores).filter(|(p, _)| of(p)) {
            all += 1;
            let (same, says) = (pair.same == Some(true), *score >= SAME_PERSON && pair.same.is_some());
            right += f64::from(u8::from(same && says));
            found += f64::from(u8::from(says));
            wanted += f64::from(u8::from(same));
        }
        (all, rates(right, found, wanted))
    };
    let kinds: std::collections::BTreeSet<&str> =
        pairs.iter().map(|p| p.kind.as_str()).filter(|k| !k.is_empty()).collect();
    let by_kind = kinds
        .into_iter()
        .map(|kind| {
            let (pairs, (precision, recall, f1)) = count(&|p| p.kind == kind);
            (kind.to_owned(), KindScore { pairs, precision, recall, f1 })
        })
        .collect();
    let (all, (precision, recall, f1)) = count(&|_| true);
    let pairs_per_second = (all as f64 / seconds).round();
    let score = NamesScore { pairs: all, threshold: SAME_PERSON, precision, recall, f1, by_kind, pairs_per_second };
    (scores, score)
}

fn compared(pair: &PairRow) -> Comparison {
    compare(&Name::parse(&pair.a), &Name::parse(&pair.b))
}

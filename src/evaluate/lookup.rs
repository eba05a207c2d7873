//! How well, and how fast, people of an authority are found by spellings of their names.

use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::{EvaluateError, rows};
use crate::names::Name;
use crate::people::{AuthorityError, Hit, Source};

/// A spelling, and the person whose it is.
#[derive(Clone, Debug)]
pub struct LookupRow {
    pub name: String,
    /// `None` where the label is blank.
    pub id: Option<String>,
}

/// The result of looking names up.
#[derive(Clone, Debug, Serialize)]
pub struct LookupScore {
    pub queries: usize,
    pub authority_names: usize,
    /// The share of names whose person came first; among the first five.
    pub top1: f64,
    pub top5: f64,
    /// Of the first five; 0 for a person who is not among them.
    pub mean_reciprocal_rank: f64,
    /// One thread, from the string.
    pub lookups_per_second: f64,
    pub load_seconds: f64,
    /// What the index takes.
    pub resident_bytes: usize,
}

/// An authority, and how long it took to load.
pub struct LookupAuthority {
    pub source: Source,
    pub load_seconds: f64,
}

/// Reads `name ⇥ id`.
///
/// # Errors
/// Names the file, and the line without a name.
pub fn read_lookups(file: &Path) -> Result<Vec<LookupRow>, EvaluateError> {
    let row = |(_, fields): (usize, Vec<String>)| LookupRow {
        name: fields.first().cloned().unwrap_or_default(),
        id: fields.get(1).map(|id| id.trim()).filter(|id| !id.is_empty()).map(str::to_owned),
    };
    Ok(rows(file)?.into_iter().map(row).collect())
}

/// Loads the people of a file of JSON lines, in any format that authorities are imported from.
///
/// # Errors
/// Names the file, and the line that is no person.
pub fn read_authority(file: &Path) -> Result<LookupAuthority, EvaluateError> {
    crate::names::warm_up();
    let since = Instant::now();
    let named = |e: AuthorityError| EvaluateError::Unreadable {
        file: file.display().to_string(),
        reason: without_path(&e.to_string(), file),
    };
    let source = Source::open("file", 0, "file@1".into(), file).map_err(named)?;
    Ok(LookupAuthority { source, load_seconds: since.elapsed().as_secs_f64() })
}

/// What went wrong, without the file that the message begins with.
fn without_path(reason: &str, file: &Path) -> String {
    let path = file.display().to_string();
    reason.strip_prefix(&path).map_or(reason, |rest| rest.trim_start_matches([':', ',', ' '])).to_owned()
}

impl LookupAuthority {
    /// The id of the person of a hit, as the file has it.
    pub fn id(&self, hit: &Hit) -> String {
        self.source.entry(hit.person).map(|entry| entry.id).unwrap_or_default()
    }
}

/// People whom a look-up names.
const BEST: usize = 5;

/// Looks every name up: the best five of each, in order, and the result.
pub fn lookup(rows: &[LookupRow], authority: &LookupAuthority) -> (Vec<Vec<Hit>>, LookupScore) {
    let since = Instant::now();
    let found: Vec<Vec<Hit>> =
        rows.iter().map(|row| authority.source.index.find(&Name::parse(&row.name), BEST)).collect();
    let seconds = since.elapsed().as_secs_f64().max(1e-9);
    let labelled = rows.iter().zip(&found).filter_map(|(row, hits)| row.id.as_ref().map(|id| (id, hits)));
    let ranks: Vec<Option<usize>> =
        labelled.map(|(id, hits)| hits.iter().position(|hit| authority.id(hit) == *id)).collect();
    let share = |of: &dyn Fn(usize) -> f64| {
        let sum = ranks.iter().flatten().fold(0.0, |sum, rank| sum + of(*rank));
        super::round(sum / ranks.len().max(1) as f64)
    };
    let score = LookupScore {
        queries: rows.len(),
        authority_names: authority.source.index.len(),
        top1: share(&|rank| f64::from(u8::from(rank == 0))),
        top5: share(&|_| 1.0),
        mean_reciprocal_rank: share(&|rank| 1.0 / (rank + 1) as f64),
        lookups_per_second: (rows.len() as f64 / seconds).round(),
        load_seconds: super::round(authority.load_seconds),
        resident_bytes: authority.source.bytes(),
    };
    (found, score)
}

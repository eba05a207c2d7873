//! How well known people are found in documents.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{EvaluateError, LookupAuthority, json_rows, rates};
use crate::language;
use crate::model::TextField;
use crate::people::{self, Authority, Found, Identity};

/// A document, and who is in it.
#[derive(Clone, Debug, Deserialize)]
pub struct PeopleRow {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub story: String,
    #[serde(default)]
    pub language: String,
    pub text: String,
    /// Ids of the authority. `None` where the label is blank.
    #[serde(default)]
    pub people: Option<Vec<String>>,
    /// Ids that count neither way.
    #[serde(default)]
    pub optional: Vec<String>,
}

/// The result of finding known people: of pairs of a document and a person.
#[derive(Clone, Debug, Serialize)]
pub struct PeopleScore {
    pub documents: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub by_language: BTreeMap<String, PeopleRates>,
    /// One thread, from the text, its language found as well.
    pub documents_per_second: f64,
}

/// Of a language.
#[derive(Clone, Debug, Serialize)]
pub struct PeopleRates {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// Reads lines of `{"id", "story", "language", "text", "people": [id, …], "optional": [id, …]}`.
///
/// # Errors
/// Names the file, and the line that is none.
pub fn read_people(file: &Path) -> Result<Vec<PeopleRow>, EvaluateError> {
    Ok(json_rows(file)?.into_iter().map(|(_, row)| row).collect())
}

/// Whom a document names, with ids as the authority's file has them.
pub fn known_ids(found: &[Found]) -> Vec<String> {
    let bare = |id: &str| id.split_once(':').map_or(id, |(_, own)| own).to_owned();
    let ids = found.iter().filter_map(|person| match &person.identity {
        Identity::Known(id) => Some(bare(id)),
        _ => None,
    });
    ids.collect()
}

/// Finds the people of every document by this authority alone, and the result.
pub fn people(rows: &[PeopleRow], authority: LookupAuthority) -> (Vec<Vec<Found>>, PeopleScore) {
    people::warm_up(rows.iter().map(|row| row.language.as_str()));
    let authority = Authority::of(vec![Arc::new(authority.source)]);
    let (since, when) = (Instant::now(), Timestamp::now());
    let found: Vec<Vec<Found>> = rows.iter().map(|row| find(row, when, &authority)).collect();
    let seconds = since.elapsed().as_secs_f64().max(1e-9);
    let mut all = [0_usize; 3];
    let mut languages: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for (row, found) in rows.iter().zip(&found) {
        let Some(wanted) = &row.people else { continue };
        let ids: Vec<String> = known_ids(found).into_iter().filter(|id| !row.optional.contains(id)).collect();
        let right = ids.iter().filter(|id| wanted.contains(id)).count();
        for counts in [&mut all, languages.entry(row.language.clone()).or_default()] {
            counts.iter_mut().zip([right, ids.len(), wanted.len()]).for_each(|(count, more)| *count += more);
        }
    }
    let of = |[right, found, wanted]: [usize; 3]| rates(right as f64, found as f64, wanted as f64);
    let (precision, recall, f1) = of(all);
    let each = |(language, counts): (String, [usize; 3])| {
        let (precision, recall, f1) = of(counts);
        (language, PeopleRates { precision, recall, f1 })
    };
    let score = PeopleScore {
        documents: rows.len(),
        precision,
        recall,
        f1,
        by_language: languages.into_iter().map(each).collect(),
        documents_per_second: super::round(rows.len() as f64 / seconds),
    };
    (found, score)
}

fn find(row: &PeopleRow, when: Timestamp, authority: &Authority) -> Vec<Found> {
    let fields = [(TextField::Text, row.text.as_str())];
    let declared = Some(row.language.as_str()).filter(|tag| !tag.is_empty());
    let languages = language::identify(&fields, declared);
    let read: Vec<_> = fields.iter().zip(&languages.fields).map(|((f, t), l)| (*f, *t, l.clone())).collect();
    people::find(&read, when, authority, people::Most::default()).found
}

//! How well names that arrive one after another, without an authority, are given to people.

use std::path::Path;
use std::time::Instant;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{EvaluateError, rows};
use crate::names::Name;
use crate::people::Gathering;

/// A name, and the person whose it is.
#[derive(Clone, Debug)]
pub struct StreamRow {
    pub person: String,
    pub name: String,
}

/// The result on a stream of names: B-cubed precision, recall and F1 (Bagga and Baldwin, 1998) of the groups after the
/// last name, merges included.
#[derive(Clone, Debug, Serialize)]
pub struct StreamScore {
    pub names: usize,
    pub persons: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub names_per_second: f64,
}

/// Reads `person ⇥ name`.
///
/// # Errors
/// Names the file, and the line that has no two columns.
pub fn read_stream(file: &Path) -> Result<Vec<StreamRow>, EvaluateError> {
    let row = |(line, fields): (usize, Vec<String>)| match fields.as_slice() {
        [person, name, ..] => Ok(StreamRow { person: person.clone(), name: name.clone() }),
        _ => Err(EvaluateError::Line {
            file: file.display().to_string(),
            line,
            reason: "has fewer than two columns; a line is a person and a name".into(),
        }),
    };
    rows(file)?.into_iter().map(row).collect()
}

/// Gives every name to a person: the number of each name's person, in order, and the result.
pub fn stream(rows: &[StreamRow]) -> (Vec<usize>, StreamScore) {
    // What is loaded on first use is no part of the speed.
    crate::names::warm_up();
    let since = Instant::now();
    let mut gathering = Gathering::default();
    let members: Vec<usize> = rows.iter().map(|row| gathering.add(Name::parse(&row.name))).collect();
    let groups: Vec<usize> = members.into_iter().map(|member| gathering.person(member)).collect();
    let seconds = since.elapsed().as_secs_f64().max(1e-9);

    let mut by_group: FxHashMap<usize, usize> = FxHashMap::default();
    let mut by_person: FxHashMap<&str, usize> = FxHashMap::default();
    let mut by_both: FxHashMap<(usize, &str), usize> = FxHashMap::default();
    for (row, group) in rows.iter().zip(&groups) {
        *by_group.entry(*group).or_default() += 1;
        *by_person.entry(&row.person).or_default() += 1;
        *by_both.entry((*group, &row.person)).or_default() += 1;
    }
    let (mut precision, mut recall) = (0.0, 0.0);
    for ((group, person), both) in &by_both {
        let both = *both as f64;
        precision += both * both / by_group[group] as f64;
        recall += both * both / by_person[person] as f64;
    }
    let all = (rows.len() as f64).max(1.0);
    let (precision, recall) = (precision / all, recall / all);
    let score = StreamScore {
        names: rows.len(),
        persons: by_group.len(),
        precision: super::round(precision),
        recall: super::round(recall),
        f1: super::round(super::f1(precision, recall)),
        names_per_second: (rows.len() as f64 / seconds).round(),
    };
    (groups, score)
}

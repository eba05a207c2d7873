//! What was changed from one edition of a text to the next.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::pieces::{What, pieces};
use crate::model::{Difference, Record};

/// Paragraphs that a difference shows of each kind, and characters of each; how many there are is always said.
const MOST_SHOWN: usize = 20;
const LONGEST_SHOWN: usize = 500;

/// What the newer of two records says and the older does not, and the other way round.
pub fn difference(old: &Record, new: &Record) -> Difference {
    let (before, after) = (paragraphs(old), paragraphs(new));
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for change in capture_diff_slices(Algorithm::Patience, &before, &after) {
        if !matches!(change, DiffOp::Equal { .. }) {
            removed.extend(&before[change.old_range()]);
            added.extend(&after[change.new_range()]);
        }
    }
    let (added_people, removed_people) = apart(&people(old), &people(new));
    // A paragraph that only moved changes no number.
    let (added_numbers, removed_numbers) = apart(&numbers(&before), &numbers(&after));
    Difference {
        paragraphs_added: added.len(),
        paragraphs_removed: removed.len(),
        added: shown(&added),
        removed: shown(&removed),
        added_people,
        removed_people,
        added_numbers,
        removed_numbers,
    }
}

fn paragraphs(record: &Record) -> Vec<&str> {
    let title = record.title.as_deref().into_iter();
    title.chain(record.text.lines()).map(str::trim).filter(|line| !line.is_empty()).collect()
}

fn people(record: &Record) -> BTreeSet<String> {
    record.people.iter().map(|person| person.name.clone()).collect()
}

fn numbers(paragraphs: &[&str]) -> BTreeSet<String> {
    let all = paragraphs.iter().flat_map(|paragraph| pieces(paragraph));
    all.filter(|piece| matches!(piece.what, What::Number { .. })).map(|piece| piece.text.to_owned()).collect()
}

/// What only the new one has, and what only the old one has.
fn apart(old: &BTreeSet<String>, new: &BTreeSet<String>) -> (Vec<String>, Vec<String>) {
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect();
    (only(new, old), only(old, new))
}

fn shown(paragraphs: &[&str]) -> Vec<String> {
    let shorten = |paragraph: &&str| match paragraph.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", &paragraph[..end]),
        None => (*paragraph).to_owned(),
    };
    paragraphs.iter().take(MOST_SHOWN).map(shorten).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Record {
        let mut record = Record::tombstone("d-1", 1, 1, "2031-05-12T08:00:00Z".parse().unwrap());
        record.title = Some("Bakıda görüş".into());
        record.text = text.into();
        record
    }

    #[test]
    fn paragraphs_and_numbers_that_changed_are_told() {
        let old = record("Birinci abzas.\n\nGörüşdə 120 nəfər iştirak edib.\n\nSon abzas ٣٤ .");
        let new =
            record("Birinci abzas.\n\nGörüşdə 125 nəfər iştirak edib.\n\nSon abzas ٣٤ .\n\nDüzəliş: say dəyişib.");
        let found = difference(&old, &new);
        assert_eq!(found.removed, ["Görüşdə 120 nəfər iştirak edib."]);
        assert_eq!(found.added, ["Görüşdə 125 nəfər iştirak edib.", "Düzəliş: say dəyişib."]);
        assert_eq!((found.paragraphs_added, found.paragraphs_removed), (2, 1));
        assert_eq!((found.added_numbers, found.removed_numbers), (vec!["125".to_owned()], vec!["120".to_owned()]));
        assert_eq!(difference(&old, &old), Difference::default());
    }

    #[test]
    fn long_differences_are_shown_in_part() {
        let old = record("");
        let long: Vec<String> = (0..30).map(|n| format!("{n} {}", "ğ".repeat(600))).collect();
        let found = difference(&old, &record(&long.join("\n")));
        assert_eq!((found.paragraphs_added, found.added.len()), (30, 20));
        assert_eq!(found.added[0].chars().count(), 501);
    }
}

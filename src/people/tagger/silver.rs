//! Spans of names for training, projected: who is in a story is known, and the names engine finds them in each translation.

use std::ops::Range;

use super::super::text::{Memory, Text};
use crate::names::{Name, Part, Token, compare_tokens};

/// Words as alike as this are the same part of a name, when a story has so few people.
const ALIKE: f64 = 0.8;

/// In scripts without capitals any word is asked, so that more is asked of it.
const ALIKE_UNCASED: f64 = 0.88;

/// A part that stands alone is more easily something else.
const ALIKE_ALONE: f64 = 0.9;

/// What is projected into a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projected {
    /// The words that name somebody, in order.
    pub names: Vec<Range<usize>>,
    /// Words that may name somebody and may not: nothing is learned from them.
    pub unsure: Vec<usize>,
}

/// The words of `text` that name one of `people`, each given by the spellings of the full name.
pub fn project(text: &Text, people: &[Vec<Name>], memory: &mut Memory) -> Projected {
    let parts: Vec<Vec<&Token>> = people
        .iter()
        .map(|names| names.iter().flat_map(|name| &name.tokens).filter(|t| t.part != Part::Initial).collect())
        .collect();
    // Whose name each word is a part of, and how much it is like it.
    let owners: Vec<Vec<(usize, usize, f64)>> =
        (0..text.words.len()).map(|at| owners(text, at, &parts, memory)).collect();
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut unsure: Vec<usize> = Vec::new();
    let mut confirmed: Vec<bool> = vec![false; text.words.len()];
    let mut at = 0;
    while at < text.words.len() {
        let best = owners[at].iter().map(|(person, ..)| (reach(text, at, *person, &owners), *person)).max();
        let Some((end, _)) = best else {
            at += 1;
            continue;
        };
        if end - at >= 2 {
            confirmed[at..end].fill(true);
            spans.push(at..end);
        }
        at = end.max(at + 1);
    }
    let full: Vec<usize> = (0..text.words.len()).filter(|at| confirmed[*at]).collect();
    for at in (0..text.words.len()).filter(|at| !confirmed[*at]) {
        let word = &text.words[at];
        let alike = owners[at].iter().map(|(.., alike)| *alike).fold(0.0, f64::max);
        let again = full.iter().any(|other| same_stem(text.written(*other), text.written(at)));
        // May, of whom is written, is also a month.
        let plain = word.class.is_none();
        if alike >= ALIKE_ALONE && word.length >= 3 && plain && (again || word.capital) {
            spans.push(at..at + 1);
        } else if alike > 0.0 && (again || word.capital) {
            unsure.push(at);
        }
    }
    spans.sort_by_key(|span| span.start);
    Projected { names: spans, unsure }
}

fn owners(text: &Text, at: usize, parts: &[Vec<&Token>], memory: &mut Memory) -> Vec<(usize, usize, f64)> {
    let word = &text.words[at];
    let cased = word.alphabet.has_capitals();
    if cased && !word.capital || word.length < 2 {
        return Vec::new();
    }
    let least = if cased { ALIKE } else { ALIKE_UNCASED };
    let variants = text.variants(at, memory).to_vec();
    let mut all = Vec::new();
    for (person, parts) in parts.iter().enumerate() {
        for (n, part) in parts.iter().enumerate() {
            let alike = variants.iter().map(|v| compare_tokens(&v.token, part)).fold(0.0, f64::max);
            if alike >= least {
                all.push((person, n, alike));
            }
        }
    }
    all
}

/// Where a name of the person that begins at `at` ends: other parts of it, with initials and particles between.
fn reach(text: &Text, at: usize, person: usize, owners: &[Vec<(usize, usize, f64)>]) -> usize {
    let mut used: Vec<usize> = owners[at].iter().filter(|(p, ..)| *p == person).map(|(_, n, _)| *n).take(1).collect();
    let mut end = at + 1;
    let mut next = at + 1;
    while next < text.words.len() && next < at + 7 && text.words[next].gap.holds() {
        match owners[next].iter().find(|(p, n, _)| *p == person && !used.contains(n)) {
            Some((_, n, _)) => {
                used.push(*n);
                end = next + 1;
            }
            None => {
                let word = &text.words[next];
                let between = word.length == 1 && word.capital || word.kinds.any(crate::names::Kinds::PARTICLE);
                if !between {
                    break;
                }
            }
        }
        next += 1;
    }
    end
}

fn same_stem(a: &str, b: &str) -> bool {
    let least = a.chars().count().min(b.chars().count());
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a.to_lowercase().eq(b.to_lowercase())).count();
    same >= 3 && same + 1 >= least
}

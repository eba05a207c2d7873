//! Finds names in running text: a linear chain over honest features, learned from labelled text.
//!
//! Follow `Tagging::names`: `features` says what is seen of each word, `model` what each feature says for a word being outside, in or
//! at the edge of a name, `chain` which labels go together best. `train` learns the weights, from gold spans and from spans
//! that `silver` projects into translations.

mod chain;
mod features;
mod model;
mod silver;
pub mod train;
mod vary;

use std::cell::RefCell;

use smallvec::SmallVec;

use super::text::Text;
use chain::{ALONE, FIRST, LAST, Link, Sums};
use features::Feature;
use model::MANY;

pub use model::{Model, ModelError};

/// Words of a text that are a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tagged {
    /// The first word, and the number of words.
    pub at: usize,
    pub length: usize,
    /// How likely just these words are a name, 0 to 1.
    pub likely: f32,
}

/// Words on either side that have a say in how likely a name is: in a text without any punctuation a row has no end.
const AROUND: usize = 64;

/// A text as the tagger sees it.
pub(super) struct Tagging<'t> {
    text: &'t Text<'t>,
    views: Vec<features::View>,
    /// By word, what it says for each label.
    links: Vec<Link<'t>>,
    /// Of the row that was asked of last, by its first word and the one after its last.
    sums: RefCell<Option<(usize, usize, Sums)>>,
}

impl<'t> Tagging<'t> {
    /// Looks at a text.
    pub fn of(text: &'t Text<'t>, model: &'t Model) -> Tagging<'t> {
        let views = features::views(text, |_| true);
        let mut seen: SmallVec<[Feature; MANY]> = SmallVec::new();
        let link = |at: usize| {
            seen.clear();
            if views[at].active {
                features::features(text, &views, at, |feature| seen.push(feature));
            }
            Link { own: model.scores(&seen), into: &model.transitions[features::edge(text, &views[at], at)] }
        };
        let links = (0..views.len()).map(link).collect();
        Tagging { text, views, links, sums: RefCell::default() }
    }

    /// The names in it, in order.
    pub fn names(&self) -> Vec<Tagged> {
        let mut found = Vec::new();
        for (start, end) in rows(self.text, &self.views) {
            let row = &self.links[start..end];
            let labels = chain::best(row);
            if labels.iter().all(|label| *label == 0) {
                continue;
            }
            let sums = Sums::of(row);
            for (first, last) in names(&labels) {
                let likely = sums.of_name(first, last, row);
                found.push(Tagged { at: start + first, length: last + 1 - first, likely });
            }
        }
        found
    }

    /// How likely just these words are a name.
    pub fn likely(&self, at: usize, length: usize) -> f32 {
        let joined = |at: usize| self.views[at].active && self.text.words[at].gap.holds();
        if !self.views[at..at + length].iter().all(|view| view.active) {
            return 0.0;
        }
        let mut start = at;
        while start > 0 && at - start < AROUND && joined(start) && self.views[start - 1].active {
            start -= 1;
        }
        let last = self.views.len().min(at + length + AROUND);
        let end = (at + 1..last).find(|at| !joined(*at)).unwrap_or(last);
        if end < at + length {
            return 0.0;
        }
        let row = &self.links[start..end];
        let mut held = self.sums.borrow_mut();
        let sums = match &*held {
            Some((first, last, sums)) if (*first, *last) == (start, end) => sums,
            _ => &held.insert((start, end, Sums::of(row))).2,
        };
        sums.of_name(at - start, at + length - 1 - start, row)
    }
}

/// Rows of words that may be parts of names, and of one name.
fn rows<'v>(text: &'v Text, views: &'v [features::View]) -> impl Iterator<Item = (usize, usize)> + 'v {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < views.len() && !views[at].active {
            at += 1;
        }
        let start = at;
        while at < views.len() && views[at].active && (at == start || text.words[at].gap.holds()) {
            at += 1;
        }
        (start < at).then_some((start, at))
    })
}

/// The first and last word of each name.
fn names(labels: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut first = 0;
    labels.iter().enumerate().filter_map(move |(at, label)| match usize::from(*label) {
        ALONE => Some((at, at)),
        FIRST => {
            first = at;
            None
        }
        LAST => Some((first, at)),
        _ => None,
    })
}

//! Gathers names into people without any authority: each name joins those whose names it is like, and people turn out to
//! be one when a name is like names of both.

use rustc_hash::FxHashMap;

use crate::names::{Name, SAME_PERSON, Skeleton, compare};

/// Names and the people that they make.
#[derive(Default)]
pub struct Gathering {
    names: Vec<Name>,
    /// For each name another one of its person, on the way to the person's first.
    leads: Vec<usize>,
    by_pair: FxHashMap<(Skeleton, Skeleton), Vec<u32>>,
    by_short: FxHashMap<Skeleton, Vec<u32>>,
}

/// Different names may share keys; more than this many of one key are not compared.
const MOST_OF_A_KEY: usize = 200;

impl Gathering {
    /// Adds a name; gives its number, for [`Gathering::person`].
    pub fn add(&mut self, name: Name) -> usize {
        let number = self.names.len();
        let pairs = name.pairs();
        let mut candidates: Vec<u32> = Vec::new();
        for key in &pairs {
            let known = self.by_pair.entry(*key).or_default();
            candidates.extend(known.iter().rev().take(MOST_OF_A_KEY));
            known.push(number as u32);
        }
        if pairs.is_empty() {
            for key in name.shorts() {
                let known = self.by_short.entry(key).or_default();
                candidates.extend(known.iter().rev().take(MOST_OF_A_KEY));
                known.push(number as u32);
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        self.leads.push(number);
        for candidate in candidates {
            let candidate = candidate as usize;
            if self.person(candidate) != self.person(number)
                && compare(&name, &self.names[candidate]).score >= SAME_PERSON
            {
                let (a, b) = (self.person(candidate), self.person(number));
                // The older stays.
                self.leads[a.max(b)] = a.min(b);
            }
        }
        self.names.push(name);
        number
    }

    /// The person of a name: the number of the person's first name.
    pub fn person(&mut self, name: usize) -> usize {
        let mut at = name;
        while self.leads[at] != at {
            self.leads[at] = self.leads[self.leads[at]];
            at = self.leads[at];
        }
        at
    }
}

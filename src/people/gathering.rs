//! Gathers names into people without any authority. A name joins the person whose names it is like, all in all: one name
//! that is like it is not enough where others speak against it, or chains of likenesses would make strangers one person.
//! Two people turn out to be one when a name belongs to both and their names are alike.

use rustc_hash::FxHashMap;

use crate::names::{Name, Skeleton, compare};

/// Names and the people that they make.
#[derive(Default)]
pub struct Gathering {
    names: Vec<Name>,
    /// For each name its person.
    person_of: Vec<usize>,
    /// For each person its names; none for one that was merged into another.
    members: Vec<Vec<u32>>,
    by_pair: FxHashMap<(Skeleton, Skeleton), Vec<u32>>,
    by_short: FxHashMap<Skeleton, Vec<u32>>,
}

/// Different names may share keys; more than this many of one key are not compared.
const MOST_OF_A_KEY: usize = 128;

/// Names of one person that a new one is compared with.
const MOST_COMPARED: usize = 12;

/// The name has to be as like one name of the person as this.
const LIKE_ONE: f64 = 0.92;

/// And as like all of them, on average, as this.
const LIKE_ALL: f64 = 0.7;

/// Two people to whom a name belongs are one, where their names are as alike as this on average.
const ALIKE: f64 = 0.85;

/// Whether a name belongs to the person of these names, by their likenesses to it: how well it fits, 0 to 1; `None` where
/// it does not.
pub fn belongs(likenesses: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut best, mut sum, mut count) = (0.0f64, 0.0, 0.0);
    for likeness in likenesses.take(MOST_COMPARED) {
        best = best.max(likeness);
        sum += likeness;
        count += 1.0;
    }
    let mean = sum / f64::max(count, 1.0);
    (best >= LIKE_ONE && mean >= LIKE_ALL).then_some((best + mean) / 2.0)
}

/// Names of each of two people that are compared.
const MOST_ALIKE: usize = 5;

/// Whether two people to whom one name belongs are one: their names are alike on the whole, by the average of the
/// likenesses of some of each.
pub fn are_one(a: &[&Name], b: &[&Name]) -> bool {
    let (a, b) = (&a[..a.len().min(MOST_ALIKE)], &b[..b.len().min(MOST_ALIKE)]);
    let sum: f64 = a.iter().flat_map(|x| b.iter().map(|y| compare(x, y).score)).sum();
    sum >= ALIKE * (a.len() * b.len()).max(1) as f64
}

impl Gathering {
    /// Adds a name; gives its number, for [`Gathering::person`].
    pub fn add(&mut self, name: Name) -> usize {
        let number = self.names.len();
        let candidates = self.candidates(&name, number as u32);
        self.names.push(name);
        let mut people: Vec<usize> = candidates.iter().map(|c| self.person_of[*c as usize]).collect();
        people.sort_unstable();
        people.dedup();
        let fit = |person: usize| {
            let members = self.members[person].iter();
            belongs(members.map(|member| self.score(number, *member as usize))).map(|fit| (fit, person))
        };
        let mut fits: Vec<(f64, usize)> = people.into_iter().filter_map(fit).collect();
        fits.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let Some((_, home)) = fits.first().copied() else {
            self.person_of.push(self.members.len());
            self.members.push(vec![number as u32]);
            return number;
        };
        self.person_of.push(home);
        self.members[home].push(number as u32);
        for (_, other) in &fits[1..] {
            if self.are_one(home, *other) {
                self.merge(home, *other);
            }
        }
        number
    }

    /// The person of a name.
    pub fn person(&self, name: usize) -> usize {
        self.person_of[name]
    }

    fn candidates(&mut self, name: &Name, number: u32) -> Vec<u32> {
        let mut candidates: Vec<u32> = Vec::new();
        let pairs = name.pairs();
        for key in &pairs {
            let known = self.by_pair.entry(*key).or_default();
            candidates.extend(known.iter().rev().take(MOST_OF_A_KEY));
            known.push(number);
        }
        if pairs.is_empty() {
            for key in name.shorts() {
                let known = self.by_short.entry(key).or_default();
                candidates.extend(known.iter().rev().take(MOST_OF_A_KEY));
                known.push(number);
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    fn score(&self, a: usize, b: usize) -> f64 {
        compare(&self.names[a], &self.names[b]).score
    }

    fn are_one(&self, a: usize, b: usize) -> bool {
        let last = |person: usize| -> Vec<&Name> {
            self.members[person].iter().rev().take(MOST_ALIKE).map(|name| &self.names[*name as usize]).collect()
        };
        are_one(&last(a), &last(b))
    }

    fn merge(&mut self, home: usize, other: usize) {
        let moved = std::mem::take(&mut self.members[other]);
        moved.iter().for_each(|name| self.person_of[*name as usize] = home);
        self.members[home].extend(moved);
    }
}

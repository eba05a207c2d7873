//! Which names have two words of certain keys: mostly that is all that a search has to ask.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::names::{Skeleton, Token};

/// Where names are, by a hash of the keys of two of their words.
#[derive(Default)]
pub struct Pairs {
    /// For each beginning of a hash where its entries start.
    starts: Vec<u32>,
    /// Hashes in order, each with where a name is.
    entries: Vec<(u32, u32)>,
    /// How far a hash has to be shifted to leave its beginning.
    shift: u32,
}

/// Of two keys in whatever order. Two pairs may share one: what is found is compared all the same.
pub fn hash(a: Skeleton, b: Skeleton) -> u32 {
    let mut hasher = FxHasher::default();
    (a.min(b), a.max(b)).hash(&mut hasher);
    (hasher.finish() >> 32) as u32
}

/// Of every two of these words by their keys, and of neighbours that may be written together (Amir Abdollahian,
/// Amirabdollahian) with each other word; some more than once.
pub fn hashes<K: AsRef<[Skeleton]>>(words: &[&Token], keys: impl Fn(&Token) -> K) -> Vec<u32> {
    let keys: Vec<K> = words.iter().map(|word| keys(word)).collect();
    let mut hashes = Vec::with_capacity(32);
    for (at, own) in keys.iter().enumerate() {
        for other in &keys[at + 1..] {
            hashes.extend(own.as_ref().iter().flat_map(|a| other.as_ref().iter().map(|b| hash(*a, *b))));
        }
    }
    for at in 0..if words.len() < 3 { 0 } else { words.len() - 1 } {
        let joined = words[at].skeleton().joined(words[at + 1].skeleton());
        let others = keys.iter().enumerate().filter(|(other, _)| *other != at && *other != at + 1);
        hashes.extend(others.filter_map(|(_, keys)| keys.as_ref().first()).map(|other| hash(joined, *other)));
    }
    hashes
}

impl Pairs {
    /// From hashes, each with where a name is, in any order.
    pub fn of(mut entries: Vec<(u32, u32)>) -> Pairs {
        entries.sort_unstable();
        entries.dedup();
        entries.shrink_to_fit();
        // About four entries begin alike.
        let bits = (entries.len() / 4).max(2).ilog2();
        let shift = 32 - bits;
        let mut starts = vec![0; (1 << bits) + 1];
        entries.iter().for_each(|(hash, _)| starts[(hash >> shift) as usize + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        Pairs { starts, entries, shift }
    }

    /// Where the names of a hash are.
    pub fn get(&self, hash: u32) -> impl Iterator<Item = u32> {
        let beginning = (hash >> self.shift) as usize;
        let range = match self.starts.get(beginning..beginning + 2) {
            Some([from, to]) => *from as usize..*to as usize,
            _ => 0..0,
        };
        self.entries[range].iter().filter(move |(other, _)| *other == hash).map(|(_, at)| *at)
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.starts.capacity() * 4 + self.entries.capacity() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Name;

    #[test]
    fn names_are_found_by_their_pairs_alone() {
        let key = |name: &str| Name::parse(name).tokens[0].skeleton();
        let (a, b, c) = (key("Aliyev"), key("Ilham"), key("Putin"));
        let pairs = Pairs::of(vec![(hash(a, b), 7), (hash(b, c), 9), (hash(b, a), 7), (hash(a, b), 8)]);
        assert_eq!(pairs.get(hash(b, a)).collect::<Vec<_>>(), [7, 8]);
        assert_eq!(pairs.get(hash(c, b)).collect::<Vec<_>>(), [9]);
        assert_eq!(pairs.get(hash(c, a)).count(), 0);
        assert_eq!(Pairs::default().get(1).count(), 0);
        assert_eq!(Pairs::of(Vec::new()).get(u32::MAX).count(), 0);
    }
}

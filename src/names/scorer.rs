//! From what a comparison saw to a score: a sum of small decision trees, learned by `nisba train names` and kept as data in
//! `data/names/scorer.json`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

macro_rules! features {
    ($($(#[$meta:meta])* $name:ident $sign:literal),* $(,)?) => {
        /// What the scorer looks at when it compares two names. Counts are of words.
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct Features {
            $($(#[$meta])* pub $name: f32,)*
        }

        /// The names of the features, in order; and for each whether more of it may only speak for one person (1), only
        /// against (-1), or either way (0).
        pub const FEATURES: &[(&str, i8)] = &[$((stringify!($name), $sign)),*];

        impl Features {
            /// The values, in the order of [`FEATURES`].
            pub fn values(&self) -> [f32; FEATURES.len()] {
                [$(self.$name),*]
            }
        }
    };
}

features! {
    /// The likeness of the pair that sounds most alike; of the second, the third, the last; their mean by weight.
    best 1,
    second 1,
    third 0,
    worst 1,
    mean 1,
    /// Pairs by sound.
    pairs 0,
    /// What they weigh together, in consonants.
    matched_weight 0,
    /// Words without a counterpart: in the name that has fewer of them, and in the other.
    left_less -1,
    left_more -1,
    /// Given names among those of both.
    given_left -1,
    /// The likeness of the best of what is left over on both sides.
    best_left 0,
    /// Initials that begin a word of the other name; that begin none; that begin none although words are left over.
    initials 0,
    initials_left 0,
    initials_against -1,
    /// Main parts of the shorter and longer name.
    words_less 0,
    words_more 0,
    /// The share of each name's weight that is in pairs: of the name with the lesser share, and of the other.
    cover_less 1,
    cover_more 1,
    /// Pairs that are forms of one given name.
    families 0,
    /// Pairs in which one side writes two words together.
    joined 0,
    /// Pairs with a known given name, and without.
    given 0,
    family 0,
    /// Pairs of words of at least four consonants' weight; of the very same word.
    long 0,
    exact 0,
    /// Pairs of one script of which one word lacks a vowel that the other has beside another: Raisi, Rasi.
    hiatus -1,
    /// Pairs of words that are listed as two given names: Hassan, Hussein.
    strangers -1,
    /// Whether the words of one are in an order that is neither that of the other nor turned: Kim Jong-il, Kim Il-sung.
    disorder -1,
    /// How alike the fathers' names are; 0.75 where one has none.
    fathers 1,
    /// 1 where one has a generation, 2 where both have another.
    suffix_against -1,
    /// Whether one is a man's name and the other a woman's.
    gender_against -1,
    /// Whether brackets have another year.
    year_against -1,
    /// Whether the scripts differ; whether one of them leaves vowels out; whether one writes syllables.
    cross_script 0,
    abjad 0,
    syllables 0,
}

/// A tree of decisions: `[feature, threshold, left, right]` where the value at most the threshold goes left; a child that
/// is negative is leaf −(n+1).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tree {
    pub nodes: Vec<(u8, f32, i16, i16)>,
    pub leaves: Vec<f32>,
}

/// A sum of trees.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Scorer {
    /// What was learned from.
    pub about: String,
    /// The names of the features, to notice weights of another version.
    pub features: Vec<String>,
    pub bias: f32,
    pub trees: Vec<Tree>,
}

/// Questions that a tree asks at most.
pub const DEPTH: usize = 4;

/// A tree filled up to [`DEPTH`] and laid out level by level, so that asking it is four steps without a branch.
struct FullTree {
    /// The feature and its threshold; the last is never asked.
    nodes: [(u8, f32); 1 << DEPTH],
    leaves: [f32; 1 << DEPTH],
}

/// The shipped trees.
struct Forest {
    bias: f32,
    trees: Vec<FullTree>,
}

static SCORER: LazyLock<Forest> = LazyLock::new(|| {
    let scorer: Scorer = serde_json::from_str(include_str!("../../data/names/scorer.json"))
        .unwrap_or_else(|e| panic!("data/names/scorer.json: {e}"));
    let names: Vec<&str> = FEATURES.iter().map(|(name, _)| *name).collect();
    assert_eq!(scorer.features, names, "data/names/scorer.json is of another version: run nisba train names");
    Forest::plant(&scorer)
});

impl Forest {
    fn plant(scorer: &Scorer) -> Forest {
        Forest { bias: scorer.bias, trees: scorer.trees.iter().map(FullTree::fill).collect() }
    }

    /// 0 to 1.
    fn score(&self, features: &Features) -> f64 {
        let mut values = [0.0; ROOM];
        values[..FEATURES.len()].copy_from_slice(&features.values());
        logistic(self.bias + self.trees.iter().map(|tree| tree.value(&values)).sum::<f32>())
    }
}

/// Places for features: a power of two, so that none is out of bounds.
const ROOM: usize = 64;
const _: () = assert!(FEATURES.len() <= ROOM);

impl FullTree {
    fn fill(tree: &Tree) -> FullTree {
        const INNER: usize = (1 << DEPTH) - 1;
        let mut full = FullTree { nodes: [(0, f32::INFINITY); 1 << DEPTH], leaves: [0.0; 1 << DEPTH] };
        let mut open = vec![(if tree.nodes.is_empty() { -1 } else { 0i16 }, 0usize)];
        while let Some((from, to)) = open.pop() {
            match usize::try_from(from) {
                Ok(node) => {
                    let (feature, threshold, left, right) = tree.nodes[node];
                    assert!(to < INNER, "data/names/scorer.json has a tree that asks more than {DEPTH} questions");
                    full.nodes[to] = (feature, threshold);
                    open.extend([(left, 2 * to + 1), (right, 2 * to + 2)]);
                }
                // A leaf above the bottom is the leftmost below it: no value is above infinity.
                Err(_) if to < INNER => open.push((from, 2 * to + 1)),
                Err(_) => full.leaves[to - INNER] = tree.leaves.get((-1 - from) as usize).copied().unwrap_or(0.0),
            }
        }
        full
    }

    fn value(&self, values: &[f32; ROOM]) -> f32 {
        const LAST: usize = (1 << DEPTH) - 1;
        let mut at = 0;
        for _ in 0..DEPTH {
            let (feature, threshold) = self.nodes[at & LAST];
            at = 2 * at + 1 + usize::from(values[usize::from(feature) % ROOM] > threshold);
        }
        self.leaves[(at - LAST) & LAST]
    }
}

/// From the sum of what the trees say to 0 to 1.
fn logistic(sum: f32) -> f64 {
    1.0 / (1.0 + f64::from(-sum).exp())
}

impl Tree {
    /// The value of the leaf that the features lead to.
    pub fn value(&self, values: &[f32]) -> f32 {
        let mut at = 0i16;
        if self.nodes.is_empty() {
            return self.leaves.first().copied().unwrap_or(0.0);
        }
        loop {
            let (feature, threshold, left, right) = self.nodes[at as usize];
            at = if values[usize::from(feature)] <= threshold { left } else { right };
            if at < 0 {
                return self.leaves[(-1 - at) as usize];
            }
        }
    }
}

impl Scorer {
    /// 0 to 1.
    pub fn score(&self, values: &[f32]) -> f64 {
        logistic(self.bias + self.trees.iter().map(|tree| tree.value(values)).sum::<f32>())
    }
}

/// The score of the shipped weights, 0 to 1; from a half on, one person is the likelier.
pub fn score(features: &Features) -> f64 {
    SCORER.score(features)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn full_trees_say_what_the_trees_say(values in proptest::collection::vec(-1.0f32..4.0, ROOM)) {
            let scorer: Scorer = serde_json::from_str(include_str!("../../data/names/scorer.json")).unwrap();
            let values: [f32; ROOM] = values.try_into().unwrap();
            for tree in &scorer.trees {
                prop_assert_eq!(tree.value(&values), FullTree::fill(tree).value(&values));
            }
        }
    }
}

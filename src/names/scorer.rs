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
    /// Pairs of one script of which only one word has vowels side by side: Raisi, Rasi.
    hiatus -1,
    /// Pairs of words that are listed as two given names: Hassan, Hussein.
    strangers -1,
    /// How alike the fathers' names are; 0.75 where one has none.
    fathers 1,
    /// 1 where one has a generation, 2 where both have another.
    suffix_against -1,
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

static SCORER: LazyLock<Scorer> = LazyLock::new(|| {
    let scorer: Scorer = serde_json::from_str(include_str!("../../data/names/scorer.json"))
        .unwrap_or_else(|e| panic!("data/names/scorer.json: {e}"));
    let names: Vec<&str> = FEATURES.iter().map(|(name, _)| *name).collect();
    assert_eq!(scorer.features, names, "data/names/scorer.json is of another version: run nisba train names");
    scorer
});

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
        let sum = self.bias + self.trees.iter().map(|tree| tree.value(values)).sum::<f32>();
        1.0 / (1.0 + f64::from(-sum).exp())
    }
}

/// The score of the shipped weights, 0 to 1; from a half on, one person is the likelier.
pub fn score(features: &Features) -> f64 {
    SCORER.score(&features.values())
}

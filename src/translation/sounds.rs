//! How words sound, remembered: the same few thousand words make up most of any text.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::names::Skeleton;

/// Words that are remembered: a power of two.
const SLOTS: usize = 1 << 16;

/// Skeletons of words.
pub struct Sounds(Vec<(u64, Skeleton)>);

impl Default for Sounds {
    fn default() -> Sounds {
        Sounds(vec![(0, Skeleton::default()); SLOTS])
    }
}

impl Sounds {
    /// The consonant skeleton of a word; empty for one that no table can read.
    pub fn skeleton(&mut self, word: &str) -> Skeleton {
        let mut hasher = FxHasher::default();
        word.hash(&mut hasher);
        let hash = hasher.finish() | 1;
        let slot = &mut self.0[(hash >> 40) as usize & (SLOTS - 1)];
        if slot.0 != hash {
            *slot = (hash, Skeleton::of(word));
        }
        slot.1
    }
}

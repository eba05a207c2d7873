//! What the authorities were asked for: news name the same people again and again. Each thread remembers for itself.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHasher};

use super::Authority;
use super::authority::{Bearers, Match};
use crate::names::{Name, Token};

/// Answers of one kind that are remembered; beyond them all of the kind are forgotten.
const MOST_NAMES: usize = 1 << 12;
const MOST_ROWS: usize = 1 << 16;
const MOST_WORDS: usize = 1 << 13;

/// Who surely has a name, and who has one like it.
pub type Bearing = (Rc<[Match]>, Rc<[Match]>);

/// Answers of the authorities.
#[derive(Default)]
pub struct LookedUp {
    /// Of which state of the authorities.
    instance: u64,
    names: FxHashMap<(String, bool), Bearing>,
    rows: FxHashMap<String, Rc<[Match]>>,
    words: FxHashMap<(u64, u64), Rc<[Match]>>,
}

impl LookedUp {
    /// Forgets what other authorities said.
    pub fn turn_to(&mut self, authority: &Authority) {
        if self.instance != authority.instance() {
            *self = LookedUp { instance: authority.instance(), ..LookedUp::default() };
        }
    }

    /// The known people who surely have a name, and those who have one like it.
    pub fn name(&mut self, authority: &Authority, name: &Name) -> Bearing {
        let key = (name.text.to_string(), name.is_respelt());
        if let Some(known) = self.names.get(&key) {
            return known.clone();
        }
        let (sure, near): (Vec<Match>, Vec<Match>) = authority.find(name).into_iter().partition(|m| m.sure);
        remember(&mut self.names, MOST_NAMES, key, (sure.into(), near.into()))
    }

    /// The known people who have each of the words of a row, which `ask` looks up where it is new.
    pub fn row(&mut self, written: &str, ask: impl FnOnce() -> Vec<Match>) -> Rc<[Match]> {
        if let Some(known) = self.rows.get(written) {
            return known.clone();
        }
        remember(&mut self.rows, MOST_ROWS, written.to_owned(), ask().into())
    }

    /// The known people whose family name a word may be.
    pub fn word(&mut self, authority: &Authority, word: &Token, asked: &Bearers) -> Rc<[Match]> {
        let mut hasher = FxHasher::default();
        (asked.alike.to_bits(), asked.described).hash(&mut hasher);
        let key = (word.identity(), hasher.finish());
        if let Some(known) = self.words.get(&key) {
            return known.clone();
        }
        remember(&mut self.words, MOST_WORDS, key, authority.find_short(word, asked).into())
    }
}

fn remember<K: Eq + Hash, V: Clone>(all: &mut FxHashMap<K, V>, most: usize, key: K, value: V) -> V {
    if all.len() >= most {
        all.clear();
    }
    all.insert(key, value.clone());
    value
}

//! What the authorities were asked for: news name the same people again and again. Each thread remembers for itself.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::FxHasher;

use super::Authority;
use super::authority::{Bearers, KnownPart, Match};
use super::mentions::{Part, Stands};
use crate::names::{Name, Token};
use crate::remembered::{Remembered, room_for};

/// Who surely has a name, and who has one like it.
pub type Bearing = (Rc<[Match]>, Rc<[Match]>);

/// Answers of the authorities.
pub struct LookedUp {
    /// Of which state of the authorities.
    instance: u64,
    names: Answers<(String, bool), Bearing>,
    rows: Answers<String, Rc<[Match]>>,
    pairs: Answers<(u64, u64), bool>,
    words: Answers<(u64, u64), Rc<[Match]>>,
    parts: Answers<(u64, Stands), Option<Rc<Part>>>,
}

type Answers<K, V> = RefCell<Remembered<K, V>>;

impl LookedUp {
    /// Nothing, as yet.
    pub fn of(authority: &Authority) -> LookedUp {
        LookedUp {
            instance: authority.instance(),
            names: room_for(1 << 11).into(),
            rows: room_for(1 << 14).into(),
            pairs: room_for(1 << 15).into(),
            words: room_for(1 << 11).into(),
            parts: room_for(1 << 15).into(),
        }
    }

    /// Whether it is what this state of the authorities said.
    pub fn is_of(&self, authority: &Authority) -> bool {
        self.instance == authority.instance()
    }

    /// The known people who surely have a name, and those who have one like it.
    pub fn name(&self, authority: &Authority, name: &Name) -> Bearing {
        answer(&self.names, (name.text.to_string(), name.is_respelt()), || {
            let (sure, near): (Vec<Match>, Vec<Match>) = authority.find(name).into_iter().partition(|m| m.sure);
            (sure.into(), near.into())
        })
    }

    /// The known people who have each of the words of a row, which `ask` looks up where it is new.
    pub fn row(&self, written: &str, ask: impl FnOnce() -> Vec<Match>) -> Rc<[Match]> {
        let known = self.rows.borrow().get(written).cloned();
        known.unwrap_or_else(|| {
            let found: Rc<[Match]> = ask().into();
            self.rows.borrow_mut().insert(written.to_owned(), found.clone());
            found
        })
    }

    /// Whether any known name has all of these words. Most rows have two that no name has.
    pub fn knows_row(&self, authority: &Authority, row: &[Rc<KnownPart>]) -> bool {
        let pair = |one: &Rc<KnownPart>, other: &Rc<KnownPart>| {
            answer(&self.pairs, (one.identity(), other.identity()), || {
                authority.knows_row(&[one.clone(), other.clone()])
            })
        };
        let pairs = || (1..row.len()).all(|at| row[..at].iter().rev().all(|before| pair(before, &row[at])));
        pairs() && (row.len() == 2 || authority.knows_row(row))
    }

    /// The known people whose family name a word may be.
    pub fn word(&self, authority: &Authority, word: &Token, asked: &Bearers) -> Rc<[Match]> {
        let mut hasher = FxHasher::default();
        (asked.alike.to_bits(), asked.described).hash(&mut hasher);
        let key = (word.identity(), hasher.finish());
        answer(&self.words, key, || authority.find_short(word, asked).into())
    }

    /// What a word, by its number, may be as a part of known names.
    pub fn part(&self, number: u64, stands: Stands, ask: impl FnOnce() -> Option<Part>) -> Option<Rc<Part>> {
        answer(&self.parts, (number, stands), || ask().map(Rc::new))
    }
}

/// What is remembered, or found out now.
fn answer<K: Eq + Hash, V: Clone>(all: &Answers<K, V>, asked: K, find_out: impl FnOnce() -> V) -> V {
    if let Some(known) = all.borrow().get(&asked) {
        return known.clone();
    }
    let found = find_out();
    all.borrow_mut().insert(asked, found.clone());
    found
}

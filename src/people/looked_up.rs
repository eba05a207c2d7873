//! What the authorities were asked for: news name the same people again and again. Each thread remembers for itself.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::FxHasher;

use super::Authority;
use super::authority::{Bearers, KnownPart, Match};
use super::mentions::{Part, Stands};
use crate::names::{Name, Token};
use crate::remembered::Remembered;

/// Who surely has a name, and who has one like it.
pub type Bearing = (Rc<[Match]>, Rc<[Match]>);

/// Answers of the authorities.
pub struct LookedUp {
    /// Of which state of the authorities.
    instance: u64,
    names: Remembered<(String, bool), Bearing>,
    rows: Remembered<String, Rc<[Match]>>,
    pairs: Remembered<(u64, u64), bool>,
    words: Remembered<(u64, u64), Rc<[Match]>>,
    parts: Remembered<(u64, Stands), Option<Rc<Part>>>,
}

impl LookedUp {
    /// Nothing, as yet.
    pub fn of(authority: &Authority) -> LookedUp {
        LookedUp {
            instance: authority.instance(),
            names: Remembered::with_room_for(1 << 11),
            rows: Remembered::with_room_for(1 << 14),
            pairs: Remembered::with_room_for(1 << 15),
            words: Remembered::with_room_for(1 << 11),
            parts: Remembered::with_room_for(1 << 15),
        }
    }

    /// Whether it is what this state of the authorities said.
    pub fn is_of(&self, authority: &Authority) -> bool {
        self.instance == authority.instance()
    }

    /// The known people who surely have a name, and those who have one like it.
    pub fn name(&self, authority: &Authority, name: &Name) -> Bearing {
        self.names.answer(&(name.text.to_string(), name.is_respelt()), || {
            let (sure, near): (Vec<Match>, Vec<Match>) = authority.find(name).into_iter().partition(|m| m.sure);
            (sure.into(), near.into())
        })
    }

    /// The known people who have each of the words of a row, which `ask` looks up where it is new.
    pub fn row(&self, written: &str, ask: impl FnOnce() -> Vec<Match>) -> Rc<[Match]> {
        self.rows.answer(written, || ask().into())
    }

    /// Whether any known name has all of these words. Most rows have two that no name has.
    pub fn knows_row(&self, authority: &Authority, row: &[Rc<KnownPart>]) -> bool {
        let pair = |one: &Rc<KnownPart>, other: &Rc<KnownPart>| {
            self.pairs
                .answer(&(one.identity(), other.identity()), || authority.knows_row(&[one.clone(), other.clone()]))
        };
        let pairs = || (1..row.len()).all(|at| row[..at].iter().rev().all(|before| pair(before, &row[at])));
        pairs() && (row.len() == 2 || authority.knows_row(row))
    }

    /// The known people whose family name a word may be.
    pub fn word(&self, authority: &Authority, word: &Token, asked: &Bearers) -> Rc<[Match]> {
        let mut hasher = FxHasher::default();
        (asked.alike.to_bits(), asked.described).hash(&mut hasher);
        let key = (word.identity(), hasher.finish());
        self.words.answer(&key, || authority.find_short(word, asked).into())
    }

    /// What a word, by its number, may be as a part of known names.
    pub fn part(&self, number: u64, stands: Stands, ask: impl FnOnce() -> Option<Part>) -> Option<Rc<Part>> {
        self.parts.answer(&(number, stands), || ask().map(Rc::new))
    }
}

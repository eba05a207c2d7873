//! What frequent words score: half of a text is a few hundred words, which need not be taken apart each time.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::table::{MOST_CLASSES, Sums, Table};

/// Words that a thread remembers: as many as stay near.
const PLACES: usize = 1 << 10;

/// So often a word that comes by has to find another one in its place.
const STAYS: u8 = 3;

/// A word, by its number, and what it says for each language of its alphabet.
#[derive(Clone)]
struct Scored {
    word: u64,
    stays: u8,
    scores: [i16; MOST_CLASSES + 1],
}

thread_local! {
    static WORDS: RefCell<Vec<Scored>> = const { RefCell::new(Vec::new()) };
}

/// [`Table::add`] of a word in an alphabet of this width.
pub fn add(table: &Table, width: usize, word: &[u16], sums: &mut Sums) {
    let mut hasher = FxHasher::default();
    (std::ptr::from_ref(table) as usize, width, word).hash(&mut hasher);
    let number = hasher.finish();
    WORDS.with_borrow_mut(|words| {
        if words.is_empty() {
            words.resize(PLACES, Scored { word: 0, stays: 0, scores: [0; MOST_CLASSES + 1] });
        }
        let place = &mut words[(number.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 54) as usize];
        if place.word == number {
            place.stays = STAYS;
        } else if place.stays > 0 {
            place.stays -= 1;
            return table.add(width, word, sums);
        } else {
            let mut own = Sums::default();
            table.add(width, word, &mut own);
            // The longest word scores less than fits.
            *place = Scored { word: number, stays: STAYS, scores: own.take().map(|score| score as i16) };
        }
        sums.add(width, &place.scores);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::model::MODEL;

    #[test]
    fn words_score_what_they_score_alone() {
        let table = &MODEL.table;
        let width = table.alphabet(0).width;
        let words = ["the", "president", "der", "the", "słowo", "the", "Donaudampfschifffahrtsgesellschaftskapitän"];
        let (mut all, mut alone) = (Sums::default(), Sums::default());
        for word in words.iter().cycle().take(40) {
            let symbols: Vec<u16> = word.chars().map(|c| table.symbol(c)).collect();
            add(table, width, &symbols, &mut all);
            table.add(width, &symbols, &mut alone);
        }
        assert_eq!(all.take()[..width], alone.take()[..width]);
    }
}

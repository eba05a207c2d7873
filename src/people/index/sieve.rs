//! A set of words, roughly.

use crate::names::WordId;

/// Words of a vocabulary: it never denies one that it has (Bloom 1970, with one hash function).
pub struct Sieve([u64; BITS / 64]);

/// A power of two, many times as many as the words of a search.
const BITS: usize = 1 << 14;

impl Sieve {
    /// Of these words.
    pub fn of(words: impl Iterator<Item = WordId>) -> Sieve {
        let mut bits = [0; BITS / 64];
        for (at, bit) in words.map(place) {
            bits[at] |= bit;
        }
        Sieve(bits)
    }

    /// Whether the word may be among them.
    pub fn may_have(&self, word: WordId) -> bool {
        let (at, bit) = place(word);
        self.0[at] & bit != 0
    }
}

fn place(word: WordId) -> (usize, u64) {
    let at = word.wrapping_mul(0x9E37_79B1) as usize >> (32 - BITS.trailing_zeros());
    (at / 64, 1 << (at % 64))
}

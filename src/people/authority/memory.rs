//! What each thread remembers of words: texts use few words again and again.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHashMap;

use super::{AuthorityError, Entry, Known};

/// Words that a thread remembers; a new one takes the place of another.
const PLACES: usize = 1 << 15;

thread_local! {
    /// For each place the word's number, and in its lowest bit what was found out; 0 for none.
    static MEMORY: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// A number of its own for everything that words are asked of.
pub fn instance() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// What `find_out` says of a word, by its number; asked anew only where it is not remembered.
pub fn remembered(word: u64, find_out: impl FnOnce() -> bool) -> bool {
    // Multiplied, so that all bits say which place it has; odd, so that nothing is 0.
    let number = word.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let (place, tag) = ((number >> 49) as usize, number & !1 | 2);
    MEMORY.with_borrow_mut(|memory| {
        if memory.is_empty() {
            memory.resize(PLACES, 0);
        }
        if memory[place] & !1 != tag {
            memory[place] = tag | u64::from(find_out());
        }
        memory[place] & 1 == 1
    })
}

/// People that a thread remembers.
const PEOPLE: usize = 1 << 12;

thread_local! {
    static KNOWN: RefCell<FxHashMap<u64, Known>> = RefCell::new(FxHashMap::default());
}

/// The person of a number, read only where it is not remembered.
pub(super) fn person(
    number: u64,
    read: impl FnOnce() -> Result<Entry, AuthorityError>,
) -> Result<Known, AuthorityError> {
    if let Some(known) = KNOWN.with_borrow(|people| people.get(&number).cloned()) {
        return Ok(known);
    }
    let known = Known::of(read()?);
    KNOWN.with_borrow_mut(|people| {
        if people.len() >= PEOPLE {
            people.clear();
        }
        people.insert(number, known.clone());
    });
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_asked_of_once() {
        let one = instance();
        let mut asked = 0;
        for _ in 0..3 {
            assert!(remembered(one ^ 5, || {
                asked += 1;
                true
            }));
        }
        assert_eq!(asked, 1);
        assert!(!remembered(instance() ^ 5, || false));
        assert!(remembered(one ^ 5, || true));
    }
}

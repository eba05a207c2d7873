//! What each thread remembers of words: texts use few words again and again.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::{AuthorityError, Entry, Known};
use crate::names::{Skeleton, Token};
use crate::people::index::{Compared, RowWord};

/// A word of a text as a part of known names.
#[derive(Debug)]
pub struct KnownPart {
    token: Token,
    /// What it is looked up by; none where nobody has such a part.
    keys: SmallVec<[Skeleton; 8]>,
    /// By authority, what it was compared with.
    compared: SmallVec<[RefCell<Compared>; 2]>,
}

impl KnownPart {
    pub(super) fn new(token: &Token, is_known: bool, authorities: usize) -> KnownPart {
        let keys = if is_known { token.keys() } else { SmallVec::new() };
        KnownPart { token: token.clone(), keys, compared: (0..authorities).map(|_| RefCell::default()).collect() }
    }

    /// Whether any known name has such a part.
    pub fn is_known(&self) -> bool {
        !self.keys.is_empty()
    }
}

/// The words of a row as one authority knows them.
pub(super) fn row_of(row: &[Rc<KnownPart>], authority: usize) -> SmallVec<[RowWord<'_>; 8]> {
    let words = row.iter().map(|part| part.as_ref());
    words.map(|part| RowWord { token: &part.token, keys: &part.keys, compared: &part.compared[authority] }).collect()
}

/// Words that a thread remembers; a new one takes the place of another.
const PLACES: usize = 1 << 15;

thread_local! {
    static PARTS: RefCell<Vec<Option<Remembered>>> = const { RefCell::new(Vec::new()) };
}

/// A word's number, and what was found out.
type Remembered = (u64, Rc<KnownPart>);

/// A number of its own for everything that words are asked of.
pub fn instance() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// What `find_out` says of a word, by its number; asked anew only where it is not remembered.
pub(super) fn part(word: u64, find_out: impl FnOnce() -> KnownPart) -> Rc<KnownPart> {
    // Multiplied, so that all bits say which place it has.
    let place = (word.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 49) as usize;
    PARTS.with_borrow_mut(|parts| {
        if parts.is_empty() {
            parts.resize(PLACES, None);
        }
        match &parts[place] {
            Some((number, part)) if *number == word => part.clone(),
            _ => parts[place].insert((word, Rc::new(find_out()))).1.clone(),
        }
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
        let word = Token::new("алиев").unwrap();
        let known = |is_known| KnownPart::new(&word, is_known, 1);
        let one = instance();
        let mut asked = 0;
        for _ in 0..3 {
            let found = part(one ^ 5, || {
                asked += 1;
                known(true)
            });
            assert!(found.is_known());
        }
        assert_eq!(asked, 1);
        assert!(!part(instance() ^ 5, || known(false)).is_known());
        assert!(part(one ^ 5, || known(true)).is_known());
    }
}

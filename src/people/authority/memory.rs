//! What each thread remembers of words: texts use few words again and again.

use std::cell::RefCell;
use std::rc::Rc;

use smallvec::SmallVec;

use super::{AuthorityError, Entry, Known};
use crate::names::{Skeleton, Token};
use crate::people::index::{Compared, RowWord};
use crate::remembered::Remembered;

/// A word of a text that is a part of known names.
#[derive(Debug)]
pub struct KnownPart {
    token: Token,
    /// What it is looked up by.
    keys: SmallVec<[Skeleton; 8]>,
    /// By authority, what it was compared with.
    compared: SmallVec<[RefCell<Compared>; 2]>,
}

impl KnownPart {
    pub(super) fn new(token: &Token, authorities: usize) -> KnownPart {
        let compared = (0..authorities).map(|_| RefCell::default()).collect();
        KnownPart { token: token.clone(), keys: token.keys(), compared }
    }

    /// [`Token::identity`] of the word.
    pub fn identity(&self) -> u64 {
        self.token.identity()
    }
}

/// The words of a row as one authority knows them.
pub(super) fn row_of(row: &[Rc<KnownPart>], authority: usize) -> SmallVec<[RowWord<'_>; 8]> {
    let words = row.iter().map(|part| part.as_ref());
    words.map(|part| RowWord { token: &part.token, keys: &part.keys, compared: &part.compared[authority] }).collect()
}

/// Words that a thread remembers, and people.
const WORDS: usize = 1 << 14;
const PEOPLE: usize = 1 << 11;

thread_local! {
    /// By a word's number; nothing for what is no part of a known name.
    static PARTS: Remembered<u64, Option<Rc<KnownPart>>> = Remembered::with_room_for(WORDS);
    static KNOWN: Remembered<u64, Known> = Remembered::with_room_for(PEOPLE);
}

/// What `find_out` says of a word, by its number; asked anew only where it is not remembered.
pub(super) fn part(word: u64, find_out: impl FnOnce() -> Option<KnownPart>) -> Option<Rc<KnownPart>> {
    PARTS.with(|parts| parts.answer(&word, || find_out().map(Rc::new)))
}

/// The person of a number, read only where it is not remembered.
pub(super) fn person(
    number: u64,
    read: impl FnOnce() -> Result<Entry, AuthorityError>,
) -> Result<Known, AuthorityError> {
    KNOWN.with(|people| people.try_answer(&number, || read().map(Known::of)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remembered::instance;

    #[test]
    fn a_word_is_asked_of_once() {
        let word = Token::new("алиев").unwrap();
        let one = instance();
        let mut asked = 0;
        for _ in 0..3 {
            let found = part(one ^ 5, || {
                asked += 1;
                Some(KnownPart::new(&word, 1))
            });
            assert!(found.is_some());
        }
        assert_eq!(asked, 1);
        assert!(part(instance() ^ 5, || None).is_none());
        assert!(part(one ^ 5, || None).is_some());
    }
}

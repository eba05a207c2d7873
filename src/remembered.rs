//! What was found out, so that it need not be found out again: bounded, and what is asked for often stays.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::convert::Infallible;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::UnitWeighter;
use quick_cache::unsync::{Cache, DefaultLifecycle};
use rustc_hash::FxBuildHasher;

/// Answers by what was asked, for one thread.
///
/// ```
/// use nisba::remembered::Remembered;
/// let lengths: Remembered<String, usize> = Remembered::with_room_for(2);
/// let length = |word: &str| lengths.answer(word, || word.chars().count());
/// assert_eq!(length("Əliyev") + length("Əliyev"), 12);
/// ```
pub struct Remembered<K, V>(RefCell<Answers<K, V>>);

type Answers<K, V> = Cache<K, V, UnitWeighter, FxBuildHasher, DefaultLifecycle<K, V>>;

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    /// Room for so many answers; a new one then takes the place of one that was not asked for again.
    pub fn with_room_for(answers: usize) -> Remembered<K, V> {
        let lifecycle = DefaultLifecycle::default();
        Remembered(Cache::with(answers, answers as u64, UnitWeighter, FxBuildHasher, lifecycle).into())
    }

    /// What is remembered, or found out now. What is found out may ask for other answers.
    pub fn answer<Q>(&self, asked: &Q, find_out: impl FnOnce() -> V) -> V
    where
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
        K: Borrow<Q>,
    {
        let Ok(answer) = self.try_answer(asked, || Ok::<V, Infallible>(find_out()));
        answer
    }

    /// [`Remembered::answer`] of what may fail, which is not remembered.
    ///
    /// # Errors
    /// What stands in the way of finding it out.
    pub fn try_answer<Q, E>(&self, asked: &Q, find_out: impl FnOnce() -> Result<V, E>) -> Result<V, E>
    where
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
        K: Borrow<Q>,
    {
        if let Some(known) = self.0.borrow().get(asked) {
            return Ok(known.clone());
        }
        let found = find_out()?;
        self.0.borrow_mut().insert(asked.to_owned(), found.clone());
        Ok(found)
    }
}

/// A number of its own for everything that is asked: what was remembered of one is no answer of another.
pub fn instance() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_again_is_found_out_once_and_room_is_bounded() {
        let squares = Remembered::with_room_for(100);
        let mut found_out = 0;
        for n in (0..10_u64).cycle().take(1000).chain(1000..2000) {
            assert_eq!(
                squares.answer(&n, || {
                    found_out += 1;
                    n * n
                }),
                n * n
            );
        }
        assert_eq!(found_out, 1010);
        assert!(squares.0.borrow().len() <= 100);
    }

    #[test]
    fn what_failed_is_tried_again() {
        let known: Remembered<String, u8> = Remembered::with_room_for(2);
        assert_eq!(known.try_answer("a", || Err("not yet")), Err("not yet"));
        assert_eq!(known.try_answer("a", || Ok::<u8, &str>(1)), Ok(1));
        assert_eq!(known.try_answer("a", || Err("asked again")), Ok(1));
    }
}

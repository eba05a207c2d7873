//! What was found out, so that it need not be found out again: bounded, and what is asked for often stays.

use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::UnitWeighter;
use quick_cache::unsync::{Cache, DefaultLifecycle};
use rustc_hash::FxBuildHasher;

/// Answers by what was asked, for one thread.
pub type Remembered<K, V> = Cache<K, V, UnitWeighter, FxBuildHasher, DefaultLifecycle<K, V>>;

/// Room for so many answers; a new one then takes the place of one that was not asked for again.
///
/// ```
/// let mut squares = nisba::remembered::room_for(2);
/// (0..9).for_each(|n| squares.insert(n, n * n));
/// assert!(squares.len() <= 2);
/// ```
pub fn room_for<K: Eq + Hash, V>(answers: usize) -> Remembered<K, V> {
    Cache::with(answers, answers as u64, UnitWeighter, FxBuildHasher, DefaultLifecycle::default())
}

/// A number of its own for everything that is asked: what was remembered of one is no answer of another.
pub fn instance() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

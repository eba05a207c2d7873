//! What outlives the process.

use futures_util::future::BoxFuture;

use super::budget::Spending;
use super::cache::Key;

/// A store for translations and for what was spent on them. It may forget: a store that fails logs it, and answers as
/// if it had never known.
pub trait Memory: Send + Sync {
    /// A translation that was kept.
    fn recall<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Option<String>>;

    /// Keeps a translation.
    fn keep<'a>(&'a self, key: &'a Key, text: &'a str) -> BoxFuture<'a, ()>;

    /// What was spent when it was last kept.
    fn spending(&self) -> BoxFuture<'_, Option<Spending>>;

    /// Keeps what is spent; called after each request.
    fn keep_spending(&self, spending: Spending) -> BoxFuture<'_, ()>;
}

//! What a translation service is to nisba.

use futures_util::future::BoxFuture;

use super::error::MachineError;
use super::marks::Marks;

/// Segments to translate.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The language that they are in, a BCP 47 tag.
    pub from: &'a str,
    /// The language to translate to, a BCP 47 tag.
    pub to: &'a str,
    /// One paragraph or sentence each, names marked by the provider's [`Marks`].
    pub segments: &'a [String],
}

/// What one request may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Code points, of all segments together.
    pub characters: usize,
    pub segments: usize,
}

/// A translation service. Each request is made once: pauses, retries, budgets and the cache are the business of
/// [`Translator`](super::Translator).
pub trait Provider: Send + Sync {
    /// The service, as the configuration names it: `deepl`.
    fn name(&self) -> &'static str;

    /// The name, and whatever else makes its answers different ones, as a model does. A part of the cache's keys.
    fn identity(&self) -> String {
        self.name().to_owned()
    }

    /// How names are marked, so that the service leaves them alone.
    fn marks(&self) -> Marks;

    /// What one request may hold.
    fn limits(&self) -> Limits;

    /// Translates, in one HTTP request; gives as many texts as there are segments, in their order.
    ///
    /// # Errors
    /// [`MachineError::Unavailable`], [`MachineError::TimedOut`], [`MachineError::Refused`], [`MachineError::Answer`]
    /// or [`MachineError::Pair`].
    fn translate<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Vec<String>, MachineError>>;
}

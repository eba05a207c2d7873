//! Habits of romanisation that a source language leaves in a translation: "Dzhabbarov" and "Gasanov" in an English text on
//! Azerbaijan came by way of Russian, "Selenskyj" and "Lawrow" by way of German.
//!
//! What counts is a spelling that nobody who writes in the language of the text would use, unless he copied it. Where a
//! person is from says nothing, nor do the usual spellings of famous names; so the answer is mostly none. What the
//! spellings are is data (`data/translation/habits.toml`).

mod evidence;
mod read;
mod table;
#[cfg(test)]
mod tests;
mod words;

use evidence::Evidence;
use table::TABLE;
use words::{capitalised, words};

/// A source language that the spelling of names speaks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Habit {
    /// The source language: a BCP 47 tag.
    pub language: String,
    /// How likely it is, from 0 to 0.35: a hint, and no more.
    pub confidence: f64,
    /// The up to three words that say so, as written, the most telling one first.
    pub written: Vec<String>,
}

/// The language from which a text seems to be translated, by the spelling of names.
///
/// `language` is the one of the text, a BCP 47 tag. `names` are mentions of people as they stand in the text, repeated or
/// not. `text`, in NFC, is searched for places, titles and names that the data has by the word; only capitalised words
/// count. None where too few words speak, or where they speak for several languages.
pub fn habit<'t>(language: &str, names: impl Iterator<Item = &'t str>, text: &'t str) -> Option<Habit> {
    let table = &*TABLE;
    let concern = table.concern(language)?;
    let mut evidence = Evidence::new(table, concern);
    for word in capitalised(text) {
        evidence.read_word(word);
    }
    for name in names {
        evidence.read_name(name);
        for word in words(name) {
            evidence.read_word_of_name(word);
        }
    }
    evidence.verdict()
}

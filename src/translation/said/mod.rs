//! What a news text itself says about being a translation: "translated from the Persian by …", "read the original in …",
//! "IRNA reports".
//!
//! Said of a book in the middle of a story, the same words mean something else. So a notice counts only where notices
//! stand, in the byline, at either end of the text or in a line of its own, and only if nothing of a sentence is around
//! it. Phrases are data (`data/translation/said.toml`), and so are the names of languages (`language_names.toml`) and of
//! agencies and outlets (`outlets.toml`).

mod borders;
mod dateline;
mod language_names;
mod letters;
mod notation;
mod outlets;
mod phrases;
mod places;
mod reading;
mod slots;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use language_names::LanguageNames;
use phrases::PHRASES;
use places::places;
use reading::Found;

pub use outlets::home_languages;

/// A part of a document that may say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The headline.
    Title,
    /// Who wrote it, as the page has it.
    Byline,
    /// The article, paragraphs separated by blank lines.
    Text,
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A machine made this translation.
    Machine,
    /// This text is a translation.
    TranslatedFrom,
    /// The original is elsewhere, or in another language.
    OriginalIn,
    /// There is a version in another language; which is the original is not said.
    AlsoIn,
    /// An agency or an outlet is named as the source.
    ReportedBy,
}

impl Kind {
    /// As it is written in records and in the data.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Machine => "machine",
            Kind::TranslatedFrom => "translated-from",
            Kind::OriginalIn => "original-in",
            Kind::AlsoIn => "also-in",
            Kind::ReportedBy => "reported-by",
        }
    }
}

/// One notice of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What is said.
    pub kind: Kind,
    /// The language that is named, or the only one in which the outlet that is named writes at home: a BCP 47 tag.
    pub language: Option<String>,
    /// The agency or outlet, by the name that the data has for all its spellings; as written where it has none.
    pub outlet: Option<String>,
    /// Who translated it, as written.
    pub translator: Option<String>,
    /// The whole notice, as written.
    pub phrase: String,
    /// Where it stands.
    pub field: Field,
    /// Its first letter, in code points of the field's text.
    pub start: usize,
    /// Where it ends, in code points of the field's text.
    pub end: usize,
}

/// What the fields of a document in this language say, in the order in which they say it.
///
/// Notices are understood in all languages, for a site may have them in its own; what is said in the middle of a sentence,
/// in the language of the document alone, unless that is unknown (`""` or `"und"`).
pub fn said(language: &str, fields: &[(Field, &str)]) -> Vec<Said> {
    let language = LanguageNames::base(language);
    let mut all = Vec::new();
    for &(field, text) in fields {
        let mut found: Vec<Found> = Vec::new();
        for place in places(field, text) {
            found.extend(PHRASES.found_in(&place, language));
        }
        all.extend(without_repetition(found).into_iter().map(|found| found.into_said(field)));
    }
    all
}

/// The first mention of each, in the order of the text.
fn without_repetition(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| found.span.start);
    let mut kept: Vec<Found> = Vec::new();
    for next in found {
        if !kept.iter().any(|one| one.says_the_same(&next)) {
            kept.push(next);
        }
    }
    kept
}

/// Of notices that overlap, the one that says most.
fn without_overlaps(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| (Reverse(found.span.len()), found.kind, !found.native));
    let mut kept: Vec<Found> = Vec::new();
    for next in found {
        let is_free = |one: &Found| one.span.end <= next.span.start || next.span.end <= one.span.start;
        if kept.iter().all(is_free) {
            kept.push(next);
        }
    }
    kept
}

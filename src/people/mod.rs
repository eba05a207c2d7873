//! Texts to people: mentions are found, brought together inside the document, and given the identity of a known
//! person, a new one, or none that is sure.
//!
//! Follow [`find`]: `text` cuts words and says what each is to a name; `mentions` finds stretches that name
//! somebody; `coreference` brings those of one person together; `resolve` says who it is, by `context`.

mod authority;
mod context;
mod coreference;
mod gathering;
mod index;
mod keys;
mod mentions;
mod resolve;
mod text;

pub use authority::{
    Authority, AuthorityError, Catalog, Changed, Columns, Entry, Import, Imported, Kept, Line, Match, Rejected, Source,
    changes, read_line,
};
pub use gathering::{Gathering, are_one, belongs};
pub use index::{Hit, NameIndex, NameIndexBuilder, name_keys};

use jiff::Timestamp;

use crate::language::LanguageOfField;
use crate::model::{Candidate, Mention, TextField};

/// Who a person on a document is, as far as the document and the authority can say.
#[derive(Clone, Debug, PartialEq)]
pub enum Identity {
    /// An entry of the authority, by its id (`starter:ilham-aliyev`).
    Known(String),
    /// In no list: the store finds the provisional person again by these keys, or mints one.
    Provisional {
        /// See [`crate::names::Name::pair_keys`].
        keys: Vec<String>,
    },
    /// Several fit and none is preferred, or the name is too short to say.
    Ambiguous,
}

/// A person found on a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub identity: Identity,
    /// The authority's display name, or the fullest spelling in the document.
    pub name: String,
    /// Key of the fullest mention.
    pub key: String,
    /// 0 to 1: how well the fullest mention fits the identity.
    pub score: f64,
    /// Ids that other authorities have for the same person.
    pub same_as: Vec<String>,
    pub candidates: Vec<Candidate>,
    pub mentions: Vec<Mention>,
    pub why: Vec<String>,
}

/// People are looked for in so many code points of a field; what is longer is no article.
pub const LONGEST_SEARCHED: usize = 1_000_000;

/// What was read of people in a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// In order of their first mention.
    pub found: Vec<Found>,
    /// Of words side by side that may be names, also where they are nobody's yet: by which the document is found when
    /// somebody becomes known. See [`name_keys`].
    pub keys: Vec<u32>,
    /// Whether there are more of them than are kept.
    pub keys_cut: bool,
}

/// Finds the people in the fields of a document.
///
/// `fields` are NFC texts with the language of each; offsets in the result are code points of them. `when` is the time of
/// the document: who was dead by then is less likely meant by a bare surname.
pub fn find(fields: &[(TextField, &str, LanguageOfField)], when: Timestamp, authority: &Authority) -> Reading {
    let start = |text: &str| text.char_indices().nth(LONGEST_SEARCHED).map_or(text.len(), |(end, _)| end);
    let raw: Vec<(TextField, &str)> = fields.iter().map(|(field, text, _)| (*field, &text[..start(text)])).collect();
    let languages = fields.iter().map(|(.., language)| language);
    let texts: Vec<text::Text> =
        raw.iter().zip(languages).map(|((field, text), language)| text::Text::new(*field, text, language)).collect();
    let context = context::Context::of(&texts, &raw, when);
    let mut memory = text::Memory::default();
    let mentions = mentions::find(&texts, authority, &mut memory);
    let clusters = coreference::bring_together(mentions, authority);
    let found = resolve::settle(clusters, authority, context);
    let keys = keys::of(&texts, &mut memory);
    Reading { found, keys_cut: keys.len() >= keys::MOST, keys }
}

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
mod looked_up;
mod mentions;
mod places;
mod resolve;
pub mod tagger;
mod text;

pub use authority::{
    Authority, AuthorityError, Catalog, Changed, Columns, Entry, Import, Imported, Kept, Line, Match, Rejected, Source,
    changes, read_line,
};
pub use gathering::{Gathering, are_one, belongs};
pub use index::{Hit, NameIndex, NameIndexBuilder, name_keys};
pub use places::place_at;

use std::cell::RefCell;

use jiff::Timestamp;

use looked_up::LookedUp;

use crate::language::LanguageOfField;
use crate::model::{Candidate, Mention, RoleBeside, TextField, order_of_importance};

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
    pub roles: Vec<RoleBeside>,
    pub mentions: Vec<Mention>,
    pub why: Vec<String>,
}

/// People are looked for in so many code points of a field; what is longer is no article.
pub const LONGEST_SEARCHED: usize = 1_000_000;

/// What was read of people in a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The most important first, as [`crate::model::importance`] has it.
    pub found: Vec<Found>,
    /// Of words side by side that may be names, also where they are nobody's yet: by which the document is found when
    /// somebody becomes known. See [`name_keys`].
    pub keys: Vec<u32>,
    /// Whether there may be more people than were told apart.
    pub people_cut: bool,
    /// Whether there are more of them than are kept.
    pub keys_cut: bool,
}

/// A name in a text; code points of it, titles and set-off endings outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NameAt {
    pub start: usize,
    pub end: usize,
    /// How likely just this stretch is a name, 0 to 1.
    pub likely: f32,
}

/// The names in a text of some language (a BCP 47 tag), without asking whose they are: by what the words and those around
/// them look like.
///
/// ```
/// let text = "Yesterday President Ilham Aliyev met Emmanuel Macron.";
/// let names: Vec<&str> = nisba::people::names_in(text, "en").iter().map(|n| &text[n.start..n.end]).collect();
/// assert_eq!(names, ["Ilham Aliyev", "Emmanuel Macron"]);
/// ```
pub fn names_in(text: &str, language: &str) -> Vec<NameAt> {
    mentions::names_in(&text::Text::new(TextField::Text, text, language))
}

/// Loads the lists, the weights and the lexicons of these languages (BCP 47 tags), which the first text would otherwise wait
/// for.
pub fn warm_up<'l>(languages: impl IntoIterator<Item = &'l str>) {
    crate::names::warm_up();
    names_in("Ильхам Алиев", "ru");
    for language in languages {
        crate::names::lexicon(language);
    }
}

/// People that one document may name; mentions of more are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most(pub usize);

impl Default for Most {
    fn default() -> Self {
        Most(256)
    }
}

thread_local! {
    static MEMORY: text::Memory = text::Memory::default();
    static LOOKED_UP: RefCell<Option<LookedUp>> = const { RefCell::new(None) };
}

/// Calls with what this thread remembers of words, and of what these authorities said.
fn with_memory<T>(authority: &Authority, call: impl FnOnce(&text::Memory, &LookedUp) -> T) -> T {
    LOOKED_UP.with_borrow_mut(|looked_up| {
        let looked_up = match looked_up {
            Some(known) if known.is_of(authority) => known,
            _ => looked_up.insert(LookedUp::of(authority)),
        };
        MEMORY.with(|memory| call(memory, looked_up))
    })
}

/// Finds the people in the fields of a document.
///
/// `fields` are NFC texts with the language of each; offsets in the result are code points of them. `when` is the time of
/// the document: who was dead by then is less likely meant by a bare surname.
pub fn find(
    fields: &[(TextField, &str, LanguageOfField)],
    when: Timestamp,
    authority: &Authority,
    most: Most,
) -> Reading {
    let start = |text: &str| text.char_indices().nth(LONGEST_SEARCHED).map_or(text.len(), |(end, _)| end);
    let raw: Vec<(TextField, &str)> = fields.iter().map(|(field, text, _)| (*field, &text[..start(text)])).collect();
    let languages = fields.iter().map(|(.., language)| language);
    let texts: Vec<text::Text> = raw
        .iter()
        .zip(languages)
        .map(|((field, text), language)| text::Text::new(*field, text, &language.tag))
        .collect();
    let context = context::Context::of(&texts, &raw, when);
    let keys = MEMORY.with(|memory| keys::of(&texts, memory));
    let mut found = with_memory(authority, |memory, looked_up| {
        let mentions = mentions::find(&texts, authority, memory, looked_up);
        let clusters = coreference::bring_together(mentions, authority, most.0);
        resolve::settle(clusters, authority, context, looked_up)
    });
    let places: Vec<(TextField, places::Places)> =
        raw.iter().map(|(field, text)| (*field, places::Places::of(*field, text))).collect();
    for mention in found.iter_mut().flat_map(|person| &mut person.mentions) {
        if let Some((_, of_field)) = places.iter().find(|(field, _)| *field == mention.field) {
            mention.place = of_field.at(mention.start);
        }
    }
    let people_cut = found.len() >= most.0;
    found.sort_by_key(|person| order_of_importance(&person.mentions));
    Reading { found, people_cut, keys_cut: keys.len() >= keys::MOST, keys }
}

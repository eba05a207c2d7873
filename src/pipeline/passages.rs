//! The messages that a text quotes whole.

use crate::model::{Passage, TextField};
use crate::people::{Authority, Found, Identity};
use crate::translation::messages::{self, NamedAt};

/// The messages that a text in a language quotes whole, with their authors, of the people found in it.
pub fn of(text: &str, language: &str, people: &[Found], authority: &Authority) -> Vec<Passage> {
    let mut named: Vec<NamedAt> = Vec::new();
    for person in people {
        let id = match &person.identity {
            Identity::Known(id) => Some(id.as_str()),
            _ => None,
        };
        let mentions = person.mentions.iter().filter(|mention| mention.field == TextField::Text);
        named.extend(mentions.map(|mention| NamedAt { id, name: &person.name, start: mention.start }));
    }
    named.sort_by_key(|one| one.start);
    let countries_of = |id: &str| authority.by_id(id).map(|entry| entry.countries).unwrap_or_default();
    messages::messages(text, language, &named, countries_of)
}

//! The messages that a text quotes whole.

use crate::model::{Passage, TextField};
use crate::people::{Authority, Found, Identity};
use crate::translation::messages::{self, NamedAt};

/// The messages that a text in a language quotes whole, with their authors, of the people found in it.
pub fn of(text: &str, language: &str, people: &[Found], authority: &Authority) -> Vec<Passage> {
    let countries: Vec<Vec<String>> = people
        .iter()
        .map(|person| match &person.identity {
            Identity::Known(id) => authority.by_id(id).map(|entry| entry.countries).unwrap_or_default(),
            _ => Vec::new(),
        })
        .collect();
    let mut named: Vec<NamedAt> = Vec::new();
    for (person, countries) in people.iter().zip(&countries) {
        let id = match &person.identity {
            Identity::Known(id) => Some(id.as_str()),
            _ => None,
        };
        let mentions = person.mentions.iter().filter(|mention| mention.field == TextField::Text);
        named.extend(mentions.map(|mention| NamedAt { id, name: &person.name, countries, start: mention.start }));
    }
    named.sort_by_key(|one| one.start);
    messages::messages(text, language, &named)
}

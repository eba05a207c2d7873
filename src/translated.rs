//! A record in another language, by machine: its text, with every person by the name that the language has for them.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use unicode_script::Script;

use crate::machine::{Key, MachineError, MachineTranslation, Memory, Name, Spending, Translator};
use crate::model::{Mention, MentionForm, PersonOnRecord, Record, TextField};
use crate::names::render::{InLanguage, RenderError, in_language};
use crate::names::{Skeleton, script_of};
use crate::people::Entry;
use crate::store::{PersonView, Store, StoreError};

/// A record that a machine translated. It is no record, and nothing is told from it.
#[derive(Clone, Debug, Serialize)]
pub struct Translated {
    /// The document, and which revision and version of its record.
    pub id: String,
    pub revision: i64,
    pub version: i64,
    /// Always true.
    pub machine: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<MachineTranslation>,
    pub text: MachineTranslation,
}

impl Translated {
    /// Characters that were sent for it; none for what was kept from before.
    pub fn characters(&self) -> u64 {
        self.text.characters + self.title.as_ref().map_or(0, |title| title.characters)
    }
}

/// The name of a person as a language writes it: as it is attested there, or by table. Spellings of documents, which may be
/// in any case form, are taken only for people of no authority.
///
/// # Errors
/// When the language has no table, and the name is attested in no letters of its own.
pub fn named_in(language: &str, entry: Option<&Entry>, seen: Option<&PersonView>) -> Result<InLanguage, RenderError> {
    let spellings: Vec<(&str, Option<&str>)> = match entry {
        Some(entry) => {
            std::iter::once(&entry.name).chain(&entry.names).map(|name| (name.as_str(), usual_language(name))).collect()
        }
        None => {
            let own = seen.into_iter().flat_map(|seen| seen.name.as_deref()).map(|name| (name, None));
            let written = seen.into_iter().flat_map(|seen| &seen.spellings);
            own.chain(written.map(|spelling| (spelling.text.as_str(), Some(spelling.language.as_str())))).collect()
        }
    };
    in_language(&spellings, language)
}

/// The language that a spelling of an authority, which names none, is most likely of, where several share its script: Russian
/// or Arabic, unless it has letters of another.
fn usual_language(name: &str) -> Option<&'static str> {
    const OTHERS: [(&str, &str); 9] = [
        ("uk", "їєґЇЄҐ"),
        ("kk", "әғқңөұүһӘҒҚҢӨҰҮҺ"),
        ("be", "ўЎ"),
        ("sr", "ћђјљњџЋЂЈЉЊЏ"),
        ("mk", "ѓќѕЃЌЅ"),
        ("tg", "ӣӯҳҷӢӮҲҶ"),
        ("ur", "ٹڈڑںےہھ"),
        ("fa", "پچژگکی"),
        ("uk", "іІ"),
    ];
    let of_another = OTHERS.iter().find(|(_, letters)| name.chars().any(|c| letters.contains(c)));
    let script = || match script_of(name) {
        Script::Cyrillic => Some("ru"),
        Script::Arabic => Some("ar"),
        _ => None,
    };
    of_another.map(|(language, _)| *language).or_else(script)
}

/// Translates title and text of a record. `named` has the names of its people as the target language writes them, in the
/// order of [`Record::people`]; a person without one is left to the provider.
///
/// # Errors
/// Those of [`Translator::translate`].
pub async fn translate(
    translator: &Translator,
    record: &Record,
    named: &[Option<String>],
    to: &str,
) -> Result<Translated, MachineError> {
    let from = record.language.tag.as_str();
    let title = match &record.title {
        Some(title) => Some(translator.translate(title, from, to, &names(record, named, TextField::Title)).await?),
        None => None,
    };
    let text = translator.translate(&record.text, from, to, &names(record, named, TextField::Text)).await?;
    let (id, revision, version) = (record.id.clone(), record.revision, record.version);
    Ok(Translated { id, revision, version, machine: true, title, text })
}

/// The names in a field, none over another.
fn names(record: &Record, named: &[Option<String>], field: TextField) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for (person, name) in record.people.iter().zip(named) {
        let Some(name) = name else { continue };
        let mentions = person.mentions.iter().filter(|mention| mention.field == field);
        names.extend(
            mentions.map(|mention| Name {
                range: mention.start..mention.end,
                rendering: as_mentioned(mention, name, person),
            }),
        );
    }
    names.sort_by_key(|name| (name.range.start, std::cmp::Reverse(name.range.end)));
    let mut end = 0;
    names.retain(|name| {
        let free = name.range.start >= end;
        end = if free { name.range.end } else { end };
        free
    });
    names
}

/// Who is called by one part of the name alone is so in the translation: by the part that sounds like it.
fn as_mentioned(mention: &Mention, name: &str, person: &PersonOnRecord) -> String {
    if mention.form == MentionForm::Full || person.name == mention.text {
        return name.to_owned();
    }
    let sound = Skeleton::of(&mention.text);
    let shared = |part: &&str| {
        let other = Skeleton::of(part);
        (1..=sound.length().min(other.length())).rev().find(|n| sound.first(*n) == other.first(*n)).unwrap_or(0)
    };
    let parts = name.split(' ').filter(|part| shared(part) * 2 > sound.length());
    parts.max_by_key(shared).unwrap_or(name).to_owned()
}

/// The store as the memory of a translator.
pub struct Kept(pub Arc<Store>);

/// What fails is logged: a translation can be made again, and is still an answer.
fn or_default<T: Default>(result: Result<T, StoreError>) -> T {
    result.unwrap_or_else(|error| {
        tracing::warn!(%error, "what machine translation keeps cannot be read or written");
        T::default()
    })
}

impl Memory for Kept {
    fn recall<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Option<String>> {
        self.0.machine_translation(*key.as_bytes()).map(or_default).boxed()
    }

    fn keep<'a>(&'a self, key: &'a Key, text: &'a str) -> BoxFuture<'a, ()> {
        self.0.keep_machine_translation(*key.as_bytes(), text.to_owned()).map(or_default).boxed()
    }

    fn spending(&self) -> BoxFuture<'_, Option<Spending>> {
        let read = self.0.machine_spending().map(or_default);
        read.map(|kept| serde_json::from_str(&kept?).ok()).boxed()
    }

    fn keep_spending(&self, spending: Spending) -> BoxFuture<'_, ()> {
        let spent = serde_json::to_string(&spending).unwrap_or_default();
        self.0.keep_machine_spending(spent).map(or_default).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_russian_spelling_is_attested_in_russian_alone() {
        let entry: Entry = serde_json::from_value(serde_json::json!({
            "id": "x", "name": "Vladimir Putin", "names": ["Vladimir Putin", "Владимир Путин", "ولادیمیر پوتین"]
        }))
        .unwrap();
        let named = |language: &str| {
            let named = named_in(language, Some(&entry), None).unwrap();
            (named.text, named.by)
        };
        assert_eq!(named("ru"), ("Владимир Путин".into(), "attested"));
        assert_eq!(named("fa"), ("ولادیمیر پوتین".into(), "attested"));
        assert_eq!(named("uk"), ("Володимир Путін".into(), "table"));
        assert_eq!(named("fr").1, "attested");
    }

    #[test]
    fn a_part_of_a_name_is_a_part_of_it_in_any_language() {
        let mention = |text: &str, form| Mention {
            field: TextField::Text,
            start: 0,
            end: text.chars().count(),
            text: text.to_owned(),
            form,
            place: Default::default(),
        };
        let person: PersonOnRecord = serde_json::from_value(serde_json::json!({
            "person_id": "x", "name": "Ильхам Алиев", "status": "known", "key": "", "score": 1.0, "candidates": [],
            "mentions": [], "why": []
        }))
        .unwrap();
        let short = mention("Алиева", MentionForm::Short);
        assert_eq!(as_mentioned(&short, "Ilham Aliyev", &person), "Aliyev");
        let full = mention("Ильхама Алиева", MentionForm::Full);
        assert_eq!(as_mentioned(&full, "Ilham Aliyev", &person), "Ilham Aliyev");
        let other = mention("Беннет", MentionForm::Short);
        assert_eq!(as_mentioned(&other, "Ilham Aliyev", &person), "Ilham Aliyev");
    }
}

//! A record in another language, by machine: its text, with every person by the name that the language has for them.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use unicode_script::Script;

use crate::language::primary;
use crate::machine::{Key, MachineError, MachineTranslation, Memory, Name, Spending, Translator};
use crate::model::{Mention, MentionForm, PersonOnRecord, Record, TextField};
use crate::names::render::{InLanguage, RenderError, in_language, is_latin, render};
use crate::names::{Skeleton, normalise, script_of};
use crate::people::Entry;
use crate::store::{PersonView, Store, StoreError};
use crate::translation::messages::language_of_country;

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
    match entry {
        Some(entry) => {
            let all = || std::iter::once(&entry.name).chain(&entry.names).map(String::as_str);
            if let Some(named) = transcribed(language, entry, all()) {
                return Ok(named);
            }
            in_language(&all().map(|name| (name, usual_language(name))).collect::<Vec<_>>(), language)
        }
        None => {
            let own = seen.into_iter().flat_map(|seen| seen.name.as_deref()).map(|name| (name, None));
            let written = seen.into_iter().flat_map(|seen| &seen.spellings);
            let written = written.map(|spelling| (spelling.text.as_str(), Some(spelling.language.as_str())));
            in_language(&whole(own.chain(written).collect()), language)
        }
    }
}

/// The spellings with more than one word, where there are some: a family name alone is no name in another language.
fn whole<'n>(spellings: Vec<(&'n str, Option<&'n str>)>) -> Vec<(&'n str, Option<&'n str>)> {
    let is_whole = |name: &str| name.split_whitespace().nth(1).is_some();
    if spellings.iter().any(|(name, _)| is_whole(name)) {
        return spellings.into_iter().filter(|(name, _)| is_whole(name)).collect();
    }
    spellings
}

/// In Latin letters the name of somebody from where one writes in other ones, by the rules of the language: most Latin spellings
/// that authorities have are English. `None` for names that are at home in Latin letters, or in those without vowels.
fn transcribed<'n>(language: &str, entry: &Entry, names: impl Iterator<Item = &'n str> + Clone) -> Option<InLanguage> {
    let home = entry.countries.iter().find_map(|country| language_of_country(country))?;
    if primary(language) == "en" || !is_latin(language) {
        return None;
    }
    let at_home = names.clone().filter(|name| {
        let script = script_of(name);
        is_alphabet_but_latin(script) && usual_language(name).is_none_or(|usual| usual == home || usual == "ru")
    });
    let written = |name: &'n str| Some((name, render(name, Some(home), language).ok()?.text));
    let mut all: Vec<(&str, String)> = at_home.filter_map(written).collect();
    let named = |text: String, by, from: Option<&str>| InLanguage {
        language: language.to_owned(),
        text,
        by,
        from: from.map(str::to_owned),
    };
    let is_attested = |text: &str| {
        let mut latin = names.clone().filter(|name| script_of(name) == Script::Latin);
        latin.any(|name| normalise(name) == normalise(text))
    };
    if let Some(at) = all.iter().position(|(_, text)| is_attested(text)) {
        return Some(named(all.swap_remove(at).1, "attested", None));
    }
    // Russian spellings of people from elsewhere say less of their names than their own.
    let own = all.iter().position(|(name, _)| usual_language(name).is_none_or(|usual| usual == home)).unwrap_or(0);
    (own < all.len()).then(|| all.swap_remove(own)).map(|(name, text)| named(text, "table", Some(name)))
}

fn is_alphabet_but_latin(script: Script) -> bool {
    matches!(script, Script::Cyrillic | Script::Greek | Script::Georgian | Script::Armenian)
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
    fn names_from_other_alphabets_are_spelt_as_each_language_spells_them() {
        let entry: Entry = serde_json::from_value(serde_json::json!({
            "id": "x", "name": "Volodymyr Zelenskyy", "countries": ["ua"],
            "names": ["Владимир Зеленский", "Володимир Зеленський", "Wolodymyr Selenskyj"]
        }))
        .unwrap();
        let named = |language: &str| {
            let named = named_in(language, Some(&entry), None).unwrap();
            (named.text, named.by)
        };
        assert_eq!(named("en"), ("Volodymyr Zelenskyy".into(), "attested"));
        assert_eq!(named("de"), ("Wolodymyr Selenskyj".into(), "attested"));
        assert_eq!(named("pl").1, "table");
        // Of whom only documents are known, the whole name is taken.
        let seen = PersonView {
            id: "p-x".into(),
            name: None,
            spellings: vec![spelling("Elchin", "en", 5), spelling("Elchin Jabbarov", "en", 1)],
            records: 6,
        };
        assert_eq!(named_in("en", None, Some(&seen)).unwrap().text, "Elchin Jabbarov");
    }

    fn spelling(text: &str, language: &str, count: i64) -> crate::store::SpellingCount {
        let (text, language) = (text.into(), language.into());
        crate::store::SpellingCount { text, language, script: "Latn", mentions: count, documents: count }
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

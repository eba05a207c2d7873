//! The lexicons of `data/lexicons/`: for each language the words around names and the endings on them.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use unicode_script::Script;

use super::normal::normalise;

/// What a word or phrase is to somebody who looks for names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// A title before a name: Mr, Ayatollah, г-н.
    Honorific,
    /// A title after a name: bey, müəllim, khan.
    HonorificAfter,
    /// Belongs to a name but tells nobody apart: Seyyed, Haji.
    Lineage,
    /// bin, ibn.
    SonBefore,
    /// oğlu, qızı.
    SonAfter,
    /// al-, van, de.
    Particle,
    /// said, заявил.
    Speech,
    /// An office, by code: `president`, `foreign-minister`.
    Role(String),
    /// A country, its name or its people, by ISO 3166-1 alpha-2 code.
    Country(String),
    Place,
    Organisation,
    /// Never part of a name.
    NotName,
}

/// An ending that a language puts on names, and what to put back to get the name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    pub suffix: String,
    #[serde(default)]
    pub restore: String,
    /// genitive, dative, possessive …
    #[serde(default)]
    pub kind: String,
}

/// The lexicon of a language.
pub struct Lexicon {
    /// BCP 47 tag of the language.
    pub language: String,
    /// Phrases by their first word; words normalised, longest phrase first.
    phrases: FxHashMap<String, Vec<(Vec<String>, Word)>>,
    /// As listed, and whether they stand after the name.
    honorifics: Vec<(String, bool)>,
    /// Longest first, normalised.
    pub endings: Vec<Ending>,
    /// Words of one letter that are written together with the next: و, ב.
    pub prefixes: Vec<String>,
    /// What family names end in: ov, zadeh, shvili.
    pub suffixes: Vec<String>,
    eponyms: FxHashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LexiconFile {
    language: String,
    honorifics: Vec<String>,
    honorifics_after: Vec<String>,
    particles: Vec<String>,
    suffixes: Vec<String>,
    speech_verbs: Vec<String>,
    not_names: Vec<String>,
    organisations: Vec<String>,
    places: Vec<String>,
    #[serde(default)]
    prefixes: Vec<String>,
    /// Things that are named after people: foundation, airport, street.
    #[serde(default)]
    eponyms: Vec<String>,
    roles: FxHashMap<String, Vec<String>>,
    countries: FxHashMap<String, Vec<String>>,
    #[serde(default)]
    endings: Vec<Ending>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NameWords {
    pub lineage: Vec<String>,
    pub son_before: Vec<String>,
    pub son_after: Vec<String>,
    pub daughter: Vec<String>,
    pub generations: Vec<Vec<String>>,
    pub woman_ends: Vec<String>,
    pub man_ends: Vec<String>,
    pub gendered_ends: Vec<(String, String)>,
    pub surely_womans_ends: Vec<String>,
    pub particles: Vec<String>,
    pub with_next: Vec<String>,
    pub with_before: Vec<String>,
}

/// Words inside names, of all languages.
pub(super) static NAME_WORDS: LazyLock<NameWords> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/names/words.toml")).unwrap_or_else(|e| panic!("data/names/words.toml: {e}"))
});

static LEXICONS: LazyLock<Vec<Lexicon>> = LazyLock::new(|| {
    [
        include_str!("../../data/lexicons/ar.toml"),
        include_str!("../../data/lexicons/az.toml"),
        include_str!("../../data/lexicons/el.toml"),
        include_str!("../../data/lexicons/en.toml"),
        include_str!("../../data/lexicons/fa.toml"),
        include_str!("../../data/lexicons/he.toml"),
        include_str!("../../data/lexicons/hy.toml"),
        include_str!("../../data/lexicons/ka.toml"),
        include_str!("../../data/lexicons/ru.toml"),
        include_str!("../../data/lexicons/tr.toml"),
        include_str!("../../data/lexicons/uk.toml"),
    ]
    .into_iter()
    .map(Lexicon::read)
    .collect()
});

/// The honorifics of all lexicons, and whether they stand after the name.
pub(super) fn honorifics() -> impl Iterator<Item = (&'static str, bool)> {
    LEXICONS.iter().flat_map(|l| l.honorifics.iter().map(|(title, after)| (title.as_str(), *after)))
}

/// The lexicon of a language, where there is one.
pub fn lexicon(language: &str) -> Option<&'static Lexicon> {
    let language = language.split('-').next().unwrap_or_default();
    LEXICONS.iter().find(|l| l.language == language)
}

/// The lexicons to read a text with: its language's own first, then the common ones of its script.
pub fn lexicons_for(language: &str, script: Script) -> Vec<&'static Lexicon> {
    let common: &[&str] = match script {
        Script::Latin => &["en"],
        Script::Cyrillic => &["ru", "uk"],
        Script::Arabic => &["fa", "ar"],
        Script::Hebrew => &["he"],
        Script::Georgian => &["ka"],
        Script::Armenian => &["hy"],
        Script::Greek => &["el"],
        _ => &["en"],
    };
    let own = lexicon(language).filter(|l| {
        // A Latin text inside an Arabic document is not read with Arabic words.
        common.contains(&l.language.as_str())
            || (script == Script::Latin && ["az", "tr"].contains(&l.language.as_str()))
    });
    match own {
        // The languages of one script share too many letters for another's words to be taken for names' neighbours.
        Some(own) if script != Script::Latin => vec![own],
        Some(own) => std::iter::once(own).chain(lexicon("en").filter(|en| !std::ptr::eq(*en, own))).collect(),
        None => common.iter().filter_map(|tag| lexicon(tag)).collect(),
    }
}

impl Lexicon {
    fn read(source: &str) -> Lexicon {
        let file: LexiconFile = toml::from_str(source).unwrap_or_else(|e| panic!("data/lexicons: {e}"));
        let mut phrases: FxHashMap<String, Vec<(Vec<String>, Word)>> = FxHashMap::default();
        let mut put = |all: &[String], class: Word| {
            for phrase in all {
                let mut words = words_of(phrase).into_iter();
                if let Some(first) = words.next() {
                    phrases.entry(first).or_default().push((words.collect(), class.clone()));
                }
            }
        };
        // What comes first wins where a phrase is listed twice.
        put(&NAME_WORDS.lineage, Word::Lineage);
        put(&NAME_WORDS.son_before, Word::SonBefore);
        put(&NAME_WORDS.son_after, Word::SonAfter);
        put(&file.honorifics, Word::Honorific);
        put(&file.honorifics_after, Word::HonorificAfter);
        for (code, forms) in &file.roles {
            put(forms, Word::Role(code.clone()));
        }
        for (code, forms) in &file.countries {
            put(forms, Word::Country(code.clone()));
        }
        put(&file.particles, Word::Particle);
        put(&file.organisations, Word::Organisation);
        put(&file.places, Word::Place);
        put(&file.speech_verbs, Word::Speech);
        put(&file.not_names, Word::NotName);
        for list in phrases.values_mut() {
            list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        let mut endings: Vec<Ending> = file
            .endings
            .into_iter()
            .map(|e| Ending { suffix: normalise(&e.suffix), restore: normalise(&e.restore), kind: e.kind })
            .filter(|e| !e.suffix.is_empty())
            .collect();
        endings.sort_by_key(|e| std::cmp::Reverse(e.suffix.chars().count()));
        let bare = |list: Vec<String>| -> Vec<String> {
            list.iter().map(|s| normalise(s).trim_matches('-').to_owned()).filter(|s| !s.is_empty()).collect()
        };
        let mut prefixes = bare(file.prefixes);
        prefixes.sort_by_key(|p| std::cmp::Reverse(p.chars().count()));
        let eponyms = file.eponyms.iter().map(|w| normalise(w)).collect();
        let before = file.honorifics.into_iter().map(|title| (title, false));
        let honorifics = before.chain(file.honorifics_after.into_iter().map(|title| (title, true))).collect();
        Lexicon {
            language: file.language,
            phrases,
            honorifics,
            endings,
            prefixes,
            suffixes: bare(file.suffixes),
            eponyms,
        }
    }

    /// Whether the word, normalised, is a thing that may be named after somebody: foundation, фонд, merkezi.
    pub fn is_eponym(&self, normal: &str) -> bool {
        self.eponyms.contains(normal)
    }

    /// Whether the word, normalised, is listed as something that is no name: a country's people, an office, a verb.
    pub fn is_other_word(&self, normal: &str) -> bool {
        self.phrase_at(std::iter::once(normal)).is_some_and(|(word, _)| {
            matches!(word, Word::Country(_) | Word::Role(_) | Word::Speech | Word::Organisation | Word::NotName)
        })
    }

    /// Whether such a word stands before the name in this language: площадь Гейдара Алиева.
    pub fn heads_first(&self) -> bool {
        matches!(self.language.as_str(), "ar" | "fa" | "he" | "ru" | "uk")
    }

    /// The longest phrase that starts at the first of these normalised words: its class and its length in words.
    pub fn phrase_at<'w>(&self, words: impl Iterator<Item = &'w str> + Clone) -> Option<(&Word, usize)> {
        let mut words = words;
        let candidates = self.phrases.get(words.next()?)?;
        candidates
            .iter()
            .find(|(rest, _)| {
                let mut following = words.clone();
                rest.iter().all(|word| following.next() == Some(word))
            })
            .map(|(rest, class)| (class, rest.len() + 1))
    }
}

/// A phrase of a lexicon in the words that the tokeniser makes of it.
fn words_of(phrase: &str) -> Vec<String> {
    normalise(phrase)
        .split(|c: char| c.is_whitespace() || c == '.')
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lexicon_loads_and_is_listed_once() {
        let mut languages: Vec<&str> = LEXICONS.iter().map(|l| l.language.as_str()).collect();
        languages.sort_unstable();
        assert_eq!(languages, ["ar", "az", "el", "en", "fa", "he", "hy", "ka", "ru", "tr", "uk"]);
    }

    #[test]
    fn the_longest_phrase_wins() {
        let en = lexicon("en").unwrap();
        let words = ["prime", "minister", "of"];
        assert_eq!(en.phrase_at(words.into_iter()), Some((&Word::Role("prime-minister".into()), 2)));
    }
}

//! The lexicons of `data/lexicons/`: for each language the words around names and the endings on them.

use std::sync::{LazyLock, OnceLock};

use include_dir::{Dir, include_dir};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use smallvec::SmallVec;
use unicode_script::Script;

use super::kinds::Kinds;
use super::normal::{NormalHash, normalise};

/// What a word or phrase is to somebody who looks for names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    Role(&'static str),
    /// A country, its name or its people, by ISO 3166-1 alpha-2 code.
    Country(&'static str),
    Place,
    Organisation,
    /// Never part of a name.
    NotName,
}

impl Word {
    fn kinds(self) -> Kinds {
        match self {
            Word::Honorific => Kinds::HONORIFIC,
            Word::HonorificAfter => Kinds::HONORIFIC_AFTER,
            Word::Lineage => Kinds::LINEAGE,
            Word::SonBefore | Word::SonAfter => Kinds::SON,
            Word::Particle => Kinds::PARTICLE,
            Word::Speech => Kinds::SPEECH,
            Word::Role(_) => Kinds::ROLE,
            Word::Country(_) => Kinds::COUNTRY,
            Word::Place => Kinds::PLACE,
            Word::Organisation => Kinds::ORGANISATION,
            Word::NotName => Kinds::OTHER,
        }
    }
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
    /// Whether it writes the names of foreigners as they sound, in its own letters.
    pub respells: bool,
    /// By the first word of each phrase; the longest first.
    phrases: FxHashMap<NormalHash, SmallVec<[Phrase; 1]>>,
    /// As listed, and whether they stand after the name.
    honorifics: Vec<(String, bool)>,
    /// Longest first, normalised.
    pub endings: Vec<Ending>,
    /// Words of one letter that are written together with the next: و, ב.
    pub prefixes: Vec<String>,
    /// What family names end in: ov, zadeh, shvili. Normalised; by their number of letters.
    suffixes: FxHashSet<String>,
}

/// A word or phrase of a lexicon.
#[derive(Clone, Debug)]
struct Phrase {
    /// The words after the first.
    rest: SmallVec<[NormalHash; 2]>,
    /// What it is in the first place.
    word: Option<Word>,
    /// All that it may be.
    kinds: Kinds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LexiconFile {
    language: String,
    #[serde(default)]
    respells: bool,
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

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/lexicons");

/// By language; each is read when it is asked for.
static LEXICONS: LazyLock<FxHashMap<&'static str, OnceLock<Lexicon>>> = LazyLock::new(|| {
    let languages = FILES.files().filter_map(|file| file.path().file_stem()?.to_str());
    languages.map(|language| (language, OnceLock::new())).collect()
});

/// The languages that have a lexicon, by their tags.
pub fn languages_with_lexicon() -> impl Iterator<Item = &'static str> {
    LEXICONS.keys().copied()
}

/// The honorifics of some lexicons, and whether they stand after the name: those whose titles are read in names wherever
/// they stand.
pub(super) fn honorifics() -> impl Iterator<Item = (&'static str, bool)> {
    let languages = ["ar", "az", "el", "en", "fa", "he", "hy", "ka", "ru", "tr", "uk"];
    let lexicons = languages.into_iter().filter_map(lexicon);
    lexicons.flat_map(|l| l.honorifics.iter().map(|(title, after)| (title.as_str(), *after)))
}

/// The lexicon of a language, where there is one; it is read at the first call.
pub fn lexicon(language: &str) -> Option<&'static Lexicon> {
    let language = match language.split('-').next().unwrap_or_default() {
        "bs" => "hr",
        "ms" => "id",
        "nn" | "no" => "nb",
        "ku" => "ckb",
        language => language,
    };
    let (tag, lexicon) = LEXICONS.get_key_value(language)?;
    Some(lexicon.get_or_init(|| {
        let file = FILES.get_file(format!("{tag}.toml")).and_then(|file| file.contents_utf8());
        Lexicon::read(file.unwrap_or_default())
    }))
}

/// The lexicons to read a text with: its language's own first, then the common ones of its script.
pub fn lexicons_for(language: &str, script: Script) -> Vec<&'static Lexicon> {
    let common: &[&str] = match script {
        Script::Cyrillic => &["ru", "uk"],
        Script::Arabic => &["fa", "ar"],
        Script::Hebrew => &["he"],
        Script::Georgian => &["ka"],
        Script::Armenian => &["hy"],
        Script::Greek => &["el"],
        Script::Devanagari => &["hi"],
        Script::Hangul => &["ko"],
        Script::Hiragana | Script::Katakana => &["ja"],
        Script::Han => &["zh"],
        _ => &["en"],
    };
    let own = lexicon(language).filter(|own| own.is_written_in(script));
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
        let mut phrases: FxHashMap<NormalHash, SmallVec<[Phrase; 1]>> = FxHashMap::default();
        let mut put = |phrase: &str, word: Option<Word>, kinds: Kinds| {
            let mut words = words_of(phrase).into_iter();
            let Some(first) = words.next() else { return };
            let rest: SmallVec<[NormalHash; 2]> = words.collect();
            let of_first = phrases.entry(first).or_default();
            match of_first.iter_mut().find(|held| held.rest == rest) {
                // What comes first wins where a phrase is listed twice.
                Some(held) => {
                    held.word = held.word.or(word);
                    held.kinds = held.kinds | kinds;
                }
                None => of_first.push(Phrase { rest, word, kinds }),
            }
        };
        let mut put_all = |all: &[String], word: Word| all.iter().for_each(|p| put(p, Some(word), word.kinds()));
        put_all(&NAME_WORDS.lineage, Word::Lineage);
        put_all(&NAME_WORDS.son_before, Word::SonBefore);
        put_all(&NAME_WORDS.son_after, Word::SonAfter);
        put_all(&file.honorifics, Word::Honorific);
        put_all(&file.honorifics_after, Word::HonorificAfter);
        for (code, forms) in by_code(file.roles) {
            put_all(&forms, Word::Role(code));
        }
        for (code, forms) in by_code(file.countries) {
            put_all(&forms, Word::Country(code));
        }
        put_all(&file.particles, Word::Particle);
        put_all(&file.organisations, Word::Organisation);
        put_all(&file.places, Word::Place);
        put_all(&file.speech_verbs, Word::Speech);
        put_all(&file.not_names, Word::NotName);
        file.eponyms.iter().for_each(|thing| put(thing, None, Kinds::EPONYM));
        for of_first in phrases.values_mut() {
            of_first.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
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
        let before = file.honorifics.into_iter().map(|title| (title, false));
        let honorifics = before.chain(file.honorifics_after.into_iter().map(|title| (title, true))).collect();
        let suffixes = bare(file.suffixes).into_iter().filter(|s| s.chars().nth(1).is_some()).collect();
        Lexicon { language: file.language, respells: file.respells, phrases, honorifics, endings, prefixes, suffixes }
    }

    /// Whether its words are of this script.
    fn is_written_in(&self, script: Script) -> bool {
        match self.language.as_str() {
            "uz" | "sr" => matches!(script, Script::Latin | Script::Cyrillic),
            "ru" | "uk" | "be" | "bg" | "mk" | "kk" | "ky" | "tg" => script == Script::Cyrillic,
            "ar" | "fa" | "ps" | "ckb" | "ur" => script == Script::Arabic,
            "he" => script == Script::Hebrew,
            "ka" => script == Script::Georgian,
            "hy" => script == Script::Armenian,
            "el" => script == Script::Greek,
            "hi" => script == Script::Devanagari,
            "ko" => matches!(script, Script::Hangul | Script::Han),
            "ja" => matches!(script, Script::Hiragana | Script::Katakana | Script::Han),
            "zh" => script == Script::Han,
            _ => script == Script::Latin,
        }
    }

    /// Whether the word, normalised, is listed as something that is no name: a country's people, an office, a verb.
    pub fn is_other_word(&self, normal: NormalHash) -> bool {
        self.phrase_at(std::iter::once(normal)).and_then(|found| found.0).is_some_and(|word| {
            matches!(word, Word::Country(_) | Word::Role(_) | Word::Speech | Word::Organisation | Word::NotName)
        })
    }

    /// Whether the word, normalised, is a thing that may be named after somebody: foundation, фонд, merkezi.
    pub fn is_eponym(&self, normal: NormalHash) -> bool {
        self.phrase_at(std::iter::once(normal)).is_some_and(|(_, kinds, _)| kinds.any(Kinds::EPONYM))
    }

    /// Whether a word, normalised, is longer than one of the endings of family names that it has.
    pub fn ends_like_family_name(&self, normal: &str) -> bool {
        let starts = normal.char_indices().map(|(at, _)| at).skip(3);
        starts.into_iter().any(|at| self.suffixes.contains(&normal[at..]))
    }

    /// Whether the word, normalised, is an ending of family names that may stand for itself: میرزا زاده.
    pub fn is_family_ending(&self, normal: &str) -> bool {
        self.suffixes.contains(normal)
    }

    /// Whether a thing stands before the name of whom it is named after in this language: площадь Гейдара Алиева.
    pub fn heads_first(&self) -> bool {
        matches!(
            self.language.as_str(),
            "ar" | "fa" | "he" | "ru" | "uk" | "be" | "fr" | "es" | "pt" | "it" | "ro" | "tg"
        )
    }

    /// The longest phrase that starts at the first of these normalised words: what it is in the first place, all that it
    /// may be, and its length in words.
    pub fn phrase_at(&self, words: impl Iterator<Item = NormalHash> + Clone) -> Option<(Option<Word>, Kinds, usize)> {
        let mut words = words;
        let candidates = self.phrases.get(&words.next()?)?;
        let fits = |phrase: &&Phrase| {
            let mut following = words.clone();
            phrase.rest.iter().all(|word| following.next() == Some(*word))
        };
        candidates.iter().find(fits).map(|phrase| (phrase.word, phrase.kinds, phrase.rest.len() + 1))
    }
}

/// In the order of the codes, which live as long as the lexicon: for ever.
fn by_code(table: FxHashMap<String, Vec<String>>) -> Vec<(&'static str, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = table.into_iter().collect();
    all.sort();
    all.into_iter().map(|(code, forms)| (&*Box::leak(code.into_boxed_str()), forms)).collect()
}

/// A phrase of a lexicon in the words that a text is cut into.
fn words_of(phrase: &str) -> Vec<NormalHash> {
    let unspaced = |c: char| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}');
    if !phrase.contains(unspaced) {
        let words = phrase.split(|c: char| c.is_whitespace() || c == '.').filter(|word| !word.is_empty());
        return words.map(NormalHash::of).collect();
    }
    let normal = normalise(phrase);
    let mut words: Vec<String> = Vec::new();
    for part in normal.split(|c: char| c.is_whitespace() || c == '.').filter(|w| !w.is_empty()) {
        let mut last: Option<char> = None;
        for c in part.chars() {
            let kana = |c: char| matches!(c, '\u{3040}'..='\u{30FF}');
            let goes_on = last.is_some_and(|last| {
                !unspaced(last) && !unspaced(c) || kana(last) && kana(c) && (last < '\u{30A0}') == (c < '\u{30A0}')
            });
            match words.last_mut() {
                Some(word) if goes_on => word.push(c),
                _ => words.push(c.into()),
            }
            last = Some(c);
        }
    }
    words.iter().map(|word| NormalHash::of(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lexicon_loads_and_is_listed_once() {
        for language in languages_with_lexicon() {
            assert_eq!(lexicon(language).map(|l| l.language.as_str()), Some(language));
        }
        assert!(languages_with_lexicon().count() >= 11);
    }

    #[test]
    fn the_longest_phrase_wins() {
        let en = lexicon("en").unwrap();
        let words = ["prime", "minister", "of"].map(NormalHash::of);
        let found = en.phrase_at(words.into_iter());
        assert_eq!(found.map(|(word, _, length)| (word, length)), Some((Some(Word::Role("prime-minister")), 2)));
    }
}

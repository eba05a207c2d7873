//! The language that a spelling is read in: `data/render/sources.toml`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};

use super::super::normal::{normalise, script_of};
use super::super::romanise::romanise;
use super::case::lower;
use super::pieces::is_apostrophe;
use super::table::reader;

/// The languages that are read in a script.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Readers {
    /// The language that a spelling is taken for where nothing tells.
    usual: String,
    languages: Vec<String>,
    /// Letters that give a language away, the surest first.
    #[serde(default)]
    letters: Vec<(String, String)>,
}

static SCRIPTS: LazyLock<FxHashMap<String, Readers>> = LazyLock::new(|| {
    let file = toml::from_str(include_str!("../../../data/render/sources.toml"));
    file.unwrap_or_else(|e| panic!("data/render/sources.toml: {e}"))
});

/// A spelling's language and script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub script: Script,
    /// The language whose table reads it.
    pub reader: String,
    /// The language of the name, which may be none that is written in this script.
    pub language: String,
    /// Whether that language was given, not guessed.
    pub given: bool,
    /// Whether the spelling is in another script than its language is written in.
    pub romanised: bool,
}

impl Source {
    /// Of a spelling and its language, if that is known.
    pub fn of(name: &str, from: Option<&str>) -> Source {
        let script = usual_script(script_of(name));
        let given = from.map(primary).filter(|language| !language.is_empty() && language != "und");
        let readers = SCRIPTS.get(script.full_name());
        let own = |language: &String| readers.is_some_and(|all| all.languages.contains(language));
        let guess = || readers.map_or_else(String::new, |all| all.guess(name));
        let reader = match &given {
            Some(language) if own(language) => language.clone(),
            // The spelling of a language of another script is a romanisation.
            Some(language) if writes_elsewhere(language) => readers.map_or_else(String::new, |all| all.usual.clone()),
            _ => guess(),
        };
        let romanised = given.as_ref().is_some_and(|language| !own(language) && writes_elsewhere(language));
        let language = given.clone().unwrap_or_else(|| reader.clone());
        Source { script, reader, language, given: given.is_some(), romanised }
    }

    /// The sounds of a word; none where no table reads its letters.
    pub fn sounds(&self, word: &str) -> Option<String> {
        // Words of one name may be in different scripts.
        let own = usual_script(script_of(word)) == self.script;
        let language = if own { self.reader.clone() } else { Source::of(word, None).reader };
        let sounds = match reader(&language) {
            // How Han characters are read depends on the language and the name.
            _ if script_of(word) == Script::Han => String::new(),
            Some(table) => table.sounds(&folded(word, &language)),
            // Letters without rules of their own are read as they are compared, by way of plain Latin ones.
            None => reader("en").map(|latin| latin.sounds(&romanise(word).to_lowercase())).unwrap_or_default(),
        };
        Some(sounds).filter(|sounds| !sounds.is_empty())
    }
}

impl Readers {
    fn guess(&self, name: &str) -> String {
        let name = lower(name, "");
        let tells = |(_, letters): &&(String, String)| name.contains(|c| letters.contains(c));
        self.letters.iter().find(tells).map_or_else(|| self.usual.clone(), |(language, _)| language.clone())
    }
}

/// Hiragana is read with katakana.
fn usual_script(script: Script) -> Script {
    if script == Script::Hiragana { Script::Katakana } else { script }
}

/// Whether the language is one of those that some script other than Latin is read in.
fn writes_elsewhere(language: &str) -> bool {
    SCRIPTS.iter().any(|(script, all)| script != "Latin" && all.languages.iter().any(|one| one == language))
}

/// The language of a tag, without script and region.
pub(super) fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// A word in the form that rules read: in small letters, with one kind of apostrophe; in scripts of one case without vowel
/// marks and with one letter for the variants of each.
pub(super) fn folded(word: &str, language: &str) -> String {
    let cased = |c: &char| c.is_lowercase() || c.is_uppercase();
    let greek = script_of(word) == Script::Greek;
    if greek || !word.chars().any(|c| cased(&c)) {
        let plain = normalise(word);
        // Syllables of Hangul are read by their letters.
        return if script_of(&plain) == Script::Hangul { plain.nfd().collect() } else { katakana(&plain) };
    }
    lower(word, language).chars().map(|c| if is_apostrophe(c) { '\'' } else { c }).collect()
}

/// With katakana for hiragana.
fn katakana(word: &str) -> String {
    let shifted = |c: char| char::from_u32(c as u32 + 0x60).filter(|_| c.script() == Script::Hiragana && c <= 'ゖ');
    word.chars().map(|c| shifted(c).unwrap_or(c)).collect()
}

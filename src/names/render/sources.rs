//! Which of the spellings of a person is best rendered in a language.

use serde::Serialize;
use unicode_script::Script;

use super::super::normal::{is_abjad, script_of};
use super::source::primary;
use super::target::Target;
use super::{RenderError, render};

/// The spelling to give or to render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BestSource<'a> {
    /// It is in the language's own letters: no table is needed.
    Attested(&'a str),
    /// It is to be rendered.
    From(&'a str, Option<&'a str>),
}

/// The best of the spellings, each with its language where that is known: one of the language `to` itself, else one in its
/// letters, else one in a script that writes vowels and whose letters say most about sounds. The first of equals wins.
/// Where no table writes the language, one in a script that
/// hardly any other language has. None where there is none.
///
/// ```
/// use nisba::names::render::{BestSource, best_source};
/// let spellings = [("الهام علی‌اف", Some("fa")), ("Ильхам Алиев", Some("ru"))];
/// assert_eq!(best_source(spellings.into_iter(), "ka"), Some(BestSource::From("Ильхам Алиев", Some("ru"))));
/// assert_eq!(best_source(spellings.into_iter(), "fa"), Some(BestSource::Attested("الهام علی‌اف")));
/// ```
pub fn best_source<'a>(
    spellings: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    to: &str,
) -> Option<BestSource<'a>> {
    let language = primary(to);
    let Ok(target) = Target::of(to) else {
        let mut attested = spellings.filter(|(spelling, _)| own_script(&language) == Some(script_of(spelling)));
        return attested.next().map(|(spelling, _)| BestSource::Attested(spelling));
    };
    let rank = |(spelling, from): &(&str, Option<&str>)| {
        let script = script_of(spelling);
        let same_script = script == target.script;
        let same_language = same_script && from.is_some_and(|from| primary(from) == language);
        // Only Latin letters are common property: elsewhere the spelling of another language is another spelling.
        let shared = same_script && target.takes(spelling, *from);
        match (same_language, shared) {
            (true, _) => 0,
            (_, true) => 1,
            _ => 2 + plainness(script),
        }
    };
    let ranked = spellings.filter(|(spelling, _)| spelling.chars().any(char::is_alphabetic)).map(|s| (rank(&s), s));
    // The first of the least.
    let best = ranked.min_by_key(|(rank, _)| *rank)?;
    Some(match best {
        (0 | 1, (spelling, _)) => BestSource::Attested(spelling),
        (_, (spelling, from)) => BestSource::From(spelling, from),
    })
}

/// A person's name as a language writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InLanguage {
    /// BCP 47.
    #[serde(rename = "in")]
    pub language: String,
    pub text: String,
    /// `attested`, or `table`.
    pub by: &'static str,
    /// The spelling that the table was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// The name that has these spellings, each with its language where that is known, as the language `to` writes it: attested,
/// or by table.
///
/// # Errors
/// When it is attested in no such letters and there is no table for it.
pub fn in_language(spellings: &[(&str, Option<&str>)], to: &str) -> Result<InLanguage, RenderError> {
    let (name, from) = match best_source(spellings.iter().copied(), to) {
        Some(BestSource::Attested(text)) => {
            return Ok(InLanguage { language: to.to_owned(), text: text.to_owned(), by: "attested", from: None });
        }
        Some(BestSource::From(name, from)) => (name, from),
        None => spellings.first().copied().unwrap_or_default(),
    };
    let found = render(name, from, to)?;
    Ok(InLanguage { language: to.to_owned(), text: found.text, by: "table", from: Some(name.to_owned()) })
}

/// The script of a language that no table writes, where it is hardly shared with others or names are the same in all.
fn own_script(language: &str) -> Option<Script> {
    Some(match language {
        // Names in Latin letters are taken over as they are.
        "af" | "ca" | "cy" | "eo" | "et" | "eu" | "ga" | "gl" | "id" | "is" | "ms" | "sq" | "sw" | "tl" | "vi" => {
            Script::Latin
        }
        "zh" => Script::Han,
        "th" => Script::Thai,
        "km" => Script::Khmer,
        "lo" => Script::Lao,
        "my" => Script::Myanmar,
        "am" => Script::Ethiopic,
        "ta" => Script::Tamil,
        "te" => Script::Telugu,
        "ml" => Script::Malayalam,
        "kn" => Script::Kannada,
        "gu" => Script::Gujarati,
        "si" => Script::Sinhala,
        "pa" => Script::Gurmukhi,
        _ => return None,
    })
}

/// How little a script says about sounds: 0 for those that say most.
fn plainness(script: Script) -> u8 {
    match script {
        Script::Cyrillic | Script::Latin | Script::Georgian | Script::Armenian => 0,
        Script::Greek | Script::Devanagari | Script::Bengali => 1,
        Script::Hangul | Script::Katakana | Script::Hiragana => 2,
        script if is_abjad(script) => 3,
        _ => 4,
    }
}

//! One word of a name, rendered.

use unicode_script::Script;

use super::case::{Capitals, capitalised, capitals_of, has_capitals, lower};
use super::endings::{after_any, after_name};
use super::error::RenderError;
use super::given::{given, particles};
use super::source::{Source, folded};
use super::target::Target;

/// Where in the name a word stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub first: bool,
    pub last: bool,
}

/// The word as the target writes it.
pub(super) fn rendered_word(word: &str, source: &Source, target: &Target, place: Place) -> Result<String, RenderError> {
    let initial = word.chars().filter(|c| c.is_alphabetic()).count() == 1;
    let capitals = capitals_of(word);
    let small_word = capitals == Capitals::None || capitals == Capitals::Caseless && !place.first && !place.last;
    if let Some(particle) = particles().rendered(word, source, target).filter(|_| small_word) {
        return Ok(particle.to_owned());
    }
    let small = folded(word, &source.reader);
    if let Some(two) = with_article(&small, source, target) {
        return Ok(target.table.ended(&two, place.last));
    }
    let found = if initial { None } else { listed(&small, source, target) };
    let written = match found {
        Some(found) => found,
        None if target.keeps(source) => target.table.kept(&small),
        None => by_sounds(&small, source, target).ok_or_else(|| RenderError::unread(word))?,
    };
    let ended = if initial { initial_of(&written, target) } else { target.table.ended(&written, place.last) };
    Ok(if has_capitals(target.script) { capitalised(&ended, capitals, &target.tag) } else { ended })
}

/// A given name, or a family name made from one.
fn listed(word: &str, source: &Source, target: &Target) -> Option<String> {
    let name = |word: &str| given().rendered(word, source, target).map(|found| lower(found, &target.tag));
    name(word)
        .or_else(|| after_name(word, source, target, name))
        .or_else(|| after_any(word, source, target, |stem| name(stem).or_else(|| by_sounds(stem, source, target))))
}

/// Arabic `ال` is written together with its word, and apart in other scripts.
fn with_article(word: &str, source: &Source, target: &Target) -> Option<String> {
    let stem = word.strip_prefix("ال").filter(|stem| stem.chars().count() >= 3 && source.reader == "ar")?;
    let article = particles().rendered("ال", source, target).filter(|_| target.script != Script::Arabic)?;
    let name = given().rendered(stem, source, target).map(|found| lower(found, &target.tag));
    let stem = name.or_else(|| by_sounds(stem, source, target))?;
    let capitals = if has_capitals(target.script) { Capitals::First } else { Capitals::None };
    Some(format!("{article}-{}", capitalised(&stem, capitals, &target.tag)))
}

fn by_sounds(word: &str, source: &Source, target: &Target) -> Option<String> {
    Some(target.table.word(&source.sounds(word)?, &source.language)).filter(|written| !written.is_empty())
}

/// An initial is a letter, not a syllable, where the target's letters are.
fn initial_of(written: &str, target: &Target) -> String {
    let silent = matches!(target.script, Script::Hebrew | Script::Arabic);
    written.chars().take(if silent { 1 } else { usize::MAX }).collect()
}

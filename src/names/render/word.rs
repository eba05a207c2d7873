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
        // What only says how the letter before it sounds says nothing alone.
        None if word.chars().all(|c| matches!(c, 'ъ' | 'ь' | 'Ъ' | 'Ь')) => String::new(),
        None => spelled(&small, source, target).ok_or_else(|| RenderError::unread(word))?,
    };
    let ended = if initial { initial_of(&written, target) } else { target.table.ended(&written, place.last) };
    Ok(if has_capitals(target.script) { capitalised(&ended, capitals, &target.tag) } else { ended })
}

/// A given name, or a family name made from one.
fn listed(word: &str, source: &Source, target: &Target) -> Option<String> {
    let name = |word: &str| given().rendered(word, source, target).map(|found| lower(found, &target.tag));
    name(word)
        .or_else(|| after_name(word, source, target, name))
        .or_else(|| after_any(word, source, target, |stem| name(stem).or_else(|| spelled(stem, source, target))))
}

/// Arabic `ال` is written together with its word in Arabic letters; else it has a hyphen, or the space that the
/// target puts after it.
fn with_article(word: &str, source: &Source, target: &Target) -> Option<String> {
    let stem = word.strip_prefix("ال").filter(|stem| stem.chars().count() >= 3 && source.reader == "ar")?;
    let own = |article: &&str| target.keeps(source) || *article == "ال";
    let article = particles().rendered("ال", source, target).filter(|article| !own(article))?;
    let name = given().rendered(stem, source, target).map(|found| lower(found, &target.tag));
    let stem = name.or_else(|| by_sounds(stem, source, target))?;
    let capitals = if has_capitals(target.script) { Capitals::First } else { Capitals::None };
    let joint = if article.ends_with(' ') { "" } else { "-" };
    Some(format!("{article}{joint}{}", capitalised(&stem, capitals, &target.tag)))
}

/// A word that no list has: letter by letter where the target keeps the spelling, else by its sounds.
fn spelled(word: &str, source: &Source, target: &Target) -> Option<String> {
    if target.keeps(source) { Some(target.table.kept(word)) } else { by_sounds(word, source, target) }
}

fn by_sounds(word: &str, source: &Source, target: &Target) -> Option<String> {
    Some(target.table.word(&source.sounds(word)?, &source.language)).filter(|written| !written.is_empty())
}

/// An initial is a letter, not a syllable, where the target's letters are.
fn initial_of(written: &str, target: &Target) -> String {
    let silent = matches!(target.script, Script::Hebrew | Script::Arabic);
    written.chars().take(if silent { 1 } else { usize::MAX }).collect()
}

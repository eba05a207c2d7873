//! The language that a name is rendered in.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

use super::error::RenderError;
use super::source::{Source, primary};
use super::table::{Table, writer};

/// A language with its table.
pub(super) struct Target {
    /// The name of its table: a language, with the script where that is not the usual one.
    pub tag: String,
    pub script: Script,
    pub table: &'static Table,
}

impl Target {
    /// By its tag, of which the region does not matter, and the script only if it has a table of its own.
    pub fn of(to: &str) -> Result<Target, RenderError> {
        let language = primary(to);
        let script = to.split(['-', '_']).skip(1).find(|part| part.len() == 4);
        let with_script = script.map(|script| format!("{language}-{}", titled(script)));
        let tag = with_script.filter(|tag| writer(tag).is_some()).unwrap_or(language);
        let table = writer(&tag).filter(|table| !table.alphabet.is_empty());
        let table = table.ok_or_else(|| RenderError::no_table(to))?;
        let script = table.alphabet.chars().map(|c| c.script()).next().unwrap_or(Script::Common);
        let asked = to.split(['-', '_']).skip(1).find_map(script_named);
        if asked.is_some_and(|asked| asked != script) {
            return Err(RenderError::no_table(to));
        }
        Ok(Target { tag, script, table })
    }

    /// Whether the name is written so already, and is left as it is.
    pub fn leaves(&self, name: &str, source: &Source) -> bool {
        if source.script != self.script {
            return false;
        }
        let own = source.language == primary(&self.tag);
        if own || !source.given && !self.table.respells && self.has_letters_of(name) {
            return true;
        }
        // Languages with Latin letters leave the spelling of names in them, unless it is another alphabet's romanisation.
        let romanised = source.romanised && self.tag != "en";
        self.script == Script::Latin && !self.table.respells && !romanised && source.reader != "az"
    }

    /// Whether the words of the source's language are taken over letter by letter.
    pub fn keeps(&self, source: &Source) -> bool {
        source.script == self.script && self.table.keeps.contains(&source.language)
    }

    /// Whether a spelling in its script may stand as it is.
    pub fn takes(&self, spelling: &str, from: Option<&str>) -> bool {
        self.leaves(spelling, &Source::of(spelling, from))
    }

    /// Whether all letters of the name are of the alphabet.
    pub fn has_letters_of(&self, name: &str) -> bool {
        let mut letters = name.chars().filter(|c| c.is_alphabetic() && !is_combining_mark(*c));
        letters.all(|c| c.to_lowercase().all(|c| c == '\u{307}' || self.table.alphabet.contains(c)))
    }

    /// What stands between two words, as the language writes it.
    pub fn between<'a>(&self, between: &'a str) -> Cow<'a, str> {
        match &self.table.between {
            Some(own) if matches!(between, " " | "-" | "・" | "‐") => Cow::Owned(own.clone()),
            None if between == "・" => Cow::Borrowed(" "),
            _ => Cow::Borrowed(between),
        }
    }
}

/// A script by its subtag, in any case.
fn script_named(subtag: &str) -> Option<Script> {
    Script::from_short_name(&titled(subtag)).filter(|_| subtag.len() == 4)
}

fn titled(script: &str) -> String {
    let letter = |(at, c): (usize, char)| if at == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    script.chars().enumerate().map(letter).collect()
}

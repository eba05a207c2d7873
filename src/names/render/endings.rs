//! Endings of family names: `data/render/endings.toml`. An ending is put after a given name as the target writes that
//! name (`Алиев` → `Әлиев`); some stand after any stem (`-zadə`).

use std::sync::LazyLock;

use serde::Deserialize;

use super::case::lower;
use super::listed::{Row, written};
use super::source::Source;
use super::target::Target;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Endings {
    /// After given names that are listed.
    names: Vec<Row>,
    /// After any stem.
    any: Vec<Row>,
}

static ENDINGS: LazyLock<Endings> = LazyLock::new(|| {
    let file = toml::from_str(include_str!("../../../data/render/endings.toml"));
    file.unwrap_or_else(|e| panic!("data/render/endings.toml: {e}"))
});

/// Letters that a stem has at least.
const STEM: usize = 2;

/// The word as a stem and an ending, each rendered; by `stem_rendered`, which knows the given names.
pub(super) fn after_name(
    word: &str,
    source: &Source,
    target: &Target,
    stem_rendered: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    divided(&ENDINGS.names, word, source, target).find_map(|(stem, ending)| Some(joined(stem_rendered(stem)?, ending)))
}

/// The same for endings that stand after any stem.
pub(super) fn after_any(
    word: &str,
    source: &Source,
    target: &Target,
    stem_rendered: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    divided(&ENDINGS.any, word, source, target).find_map(|(stem, ending)| Some(joined(stem_rendered(stem)?, ending)))
}

fn joined(stem: String, ending: &str) -> String {
    stem + ending
}

/// Each way of taking an ending off, with the ending of the target.
fn divided<'a>(
    rows: &'static [Row],
    word: &'a str,
    source: &'a Source,
    target: &'a Target,
) -> impl Iterator<Item = (&'a str, &'static str)> {
    let small = lower(word, &source.reader);
    rows.iter().filter_map(move |row| {
        let spellings = row.get(&source.reader).or_else(|| row.get(source.script.short_name()))?;
        let ending = spellings.split('|').find(|ending| small.ends_with(*ending))?;
        let letters = word.chars().count().checked_sub(ending.chars().count())?;
        let end = word.char_indices().nth(letters)?.0;
        (letters >= STEM).then_some((&word[..end], written(row, target)?))
    })
}

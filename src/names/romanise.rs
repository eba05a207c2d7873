//! Letters of any script to sounds, by the tables in `data/romanisation/` (see the README there for the notation).

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use unicode_script::Script;

use super::normal::{bare_letter, normalise, script_of};

/// How many readings of one word are kept, the usual one first.
const MAX_READINGS: usize = 12;

struct Table {
    /// Readings by grapheme; `^` and `$` mark graphemes bound to the start or end of a word.
    graphemes: FxHashMap<String, Vec<String>>,
    longest: usize,
}

static TABLES: LazyLock<FxHashMap<Script, Table>> = LazyLock::new(|| {
    let sources = [
        (Script::Latin, include_str!("../../data/romanisation/latin.toml")),
        (Script::Cyrillic, include_str!("../../data/romanisation/cyrillic.toml")),
        (Script::Arabic, include_str!("../../data/romanisation/arabic.toml")),
        (Script::Hebrew, include_str!("../../data/romanisation/hebrew.toml")),
        (Script::Georgian, include_str!("../../data/romanisation/georgian.toml")),
        (Script::Armenian, include_str!("../../data/romanisation/armenian.toml")),
        (Script::Greek, include_str!("../../data/romanisation/greek.toml")),
    ];
    sources
        .into_iter()
        .map(|(script, source)| {
            let graphemes: FxHashMap<String, Vec<String>> =
                toml::from_str(source).unwrap_or_else(|e| panic!("romanisation table of {script:?}: {e}"));
            let longest = graphemes.keys().map(|g| g.trim_matches(['^', '$']).chars().count()).max().unwrap_or(1);
            (script, Table { graphemes, longest })
        })
        .collect()
});

impl Table {
    /// The longest grapheme at `at`, its readings and its length in letters.
    fn at<'t>(&'t self, letters: &[char], at: usize) -> Option<(&'t [String], usize)> {
        let mut grapheme = String::new();
        for length in (1..=self.longest.min(letters.len() - at)).rev() {
            for (start, end) in [(true, true), (true, false), (false, true), (false, false)] {
                if (start && at != 0) || (end && at + length != letters.len()) {
                    continue;
                }
                grapheme.clear();
                if start {
                    grapheme.push('^');
                }
                grapheme.extend(&letters[at..at + length]);
                if end {
                    grapheme.push('$');
                }
                if let Some(readings) = self.graphemes.get(&grapheme) {
                    return Some((readings, length));
                }
            }
        }
        None
    }
}

/// The sounds of a word, the usual reading first and at most 12; empty for a word without letters that a table knows.
/// Letters of scripts without a table stay as they are.
///
/// ```
/// use nisba::names::readings;
/// assert_eq!(readings("Шойгу")[0], "Soygu");
/// assert!(readings("Хаменеи").contains(&"hamenei".to_string()));
/// ```
pub fn readings(word: &str) -> Vec<String> {
    let normal = normalise(word);
    let script = script_of(&normal);
    let letters: Vec<char> = normal.chars().filter(|c| c.is_alphabetic() || *c == '\'').collect();
    let Some(table) = TABLES.get(&script) else {
        return vec![letters.into_iter().collect()];
    };
    let letters: Vec<char> = match script {
        // Marks matter in Latin only where the table lists the letter.
        Script::Latin => letters
            .into_iter()
            .map(|c| if table.graphemes.contains_key(c.encode_utf8(&mut [0; 4]) as &str) { c } else { bare_letter(c) })
            .collect(),
        _ => letters,
    };
    let mut all = vec![String::new()];
    let mut at = 0;
    while at < letters.len() {
        match table.at(&letters, at) {
            Some((readings, length)) => {
                extend(&mut all, readings);
                at += length;
            }
            None => at += 1,
        }
    }
    all
}

/// Every reading so far, continued in every way; the continuation of the usual one stays first.
fn extend(all: &mut Vec<String>, readings: &[String]) {
    if let [only] = readings {
        all.iter_mut().for_each(|reading| reading.push_str(only));
        return;
    }
    let mut next: Vec<String> = Vec::with_capacity(all.len() * readings.len());
    for tail in readings {
        for head in all.iter() {
            let reading = format!("{head}{tail}");
            if next.len() < MAX_READINGS && !next.contains(&reading) {
                next.push(reading);
            }
        }
    }
    *all = next;
}

/// The usual reading in plain Latin letters, for display: `Шойгу` → `Shoygu`.
///
/// ```
/// assert_eq!(nisba::names::display("Жириновский"), "Zhirinovskiy");
/// ```
pub fn display(word: &str) -> String {
    let mut out = String::new();
    for sound in readings(word).first().map(String::as_str).unwrap_or_default().chars() {
        match sound {
            'S' => out.push_str("sh"),
            'C' => out.push_str("ch"),
            'Z' => out.push_str("zh"),
            'J' => out.push('j'),
            'X' => out.push_str("kh"),
            'G' => out.push_str("gh"),
            'c' => out.push_str("ts"),
            other => out.push(other),
        }
    }
    let mut letters = out.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => out,
    }
}

//! Lists of words by language: each row has the spellings of one word, by the tag of a language or the name of a script.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::super::normal::normalise;
use super::source::Source;
use super::target::Target;

/// A row: the spellings in each language, the one that is written first; `|` stands between them.
pub(super) type Row = FxHashMap<String, String>;

/// The column that holds the languages whose bearers have the name.
const OF: &str = "of";

/// A list, ready for look-up.
pub(super) struct Listed {
    rows: Vec<Row>,
    /// The rows that have a spelling, with the column.
    by_spelling: FxHashMap<String, Vec<(usize, String)>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    names: Vec<Row>,
}

impl Listed {
    /// Of a file of the project, which must hold.
    pub fn read(name: &str, source: &str) -> Listed {
        let file: File = toml::from_str(source).unwrap_or_else(|e| panic!("data/render/{name}: {e}"));
        let mut by_spelling: FxHashMap<String, Vec<(usize, String)>> = FxHashMap::default();
        for (at, row) in file.names.iter().enumerate() {
            for (column, spellings) in row {
                // `of` says whose name it is.
                for spelling in spellings.split('|').filter(|_| column != OF) {
                    by_spelling.entry(normalise(spelling)).or_default().push((at, column.clone()));
                }
            }
        }
        Listed { rows: file.names, by_spelling }
    }

    /// The word as the target writes it, if it is listed with both spellings.
    pub fn rendered(&self, word: &str, source: &Source, target: &Target) -> Option<&str> {
        let found = self.by_spelling.get(&normalise(word))?;
        let rank = |(row, column): &(usize, String)| {
            let own = *column == source.language || *column == source.reader;
            match self.rows.get(*row).and_then(|row| row.get(OF)) {
                Some(of) if own && of.split(' ').any(|of| of == column) => 0,
                _ if own => 1,
                _ if column.len() == SCRIPT => 2,
                _ => 3,
            }
        };
        // A name of the language itself is no other's namesake, even where nothing is known of it but that.
        let best = found.iter().map(rank).min().filter(|best| *best == 0);
        let mut found: Vec<_> = found.iter().filter(|one| best.is_none_or(|best| rank(one) == best)).collect();
        found.sort_by_key(|one| (rank(one), one.0));
        found.iter().find_map(|(row, _)| written(self.rows.get(*row)?, target))
    }
}

/// Letters of the name of a script; those of languages are shorter, or have one after them.
const SCRIPT: usize = 4;

/// What the row has for the target: its own spelling, else that of the language whose table it changes, or of its script.
pub(super) fn written<'a>(row: &'a Row, target: &Target) -> Option<&'a str> {
    let script = target.script.short_name();
    // A spelling for all of a script may have letters that the language lacks.
    let shared = || row.get(script).filter(|spelling| target.has_letters_of(first(spelling)));
    let spellings = row.get(&target.tag).or_else(|| row.get(&target.table.like)).or_else(shared)?;
    Some(first(spellings))
}

/// The spelling that is written.
fn first(spellings: &str) -> &str {
    spellings.split('|').next().unwrap_or_default()
}

//! The tables of `data/render/`: how each language reads its letters and how each writes sounds.

use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::rules::{Classes, Rules};

static READ: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/render/read");
static WRITE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/render/write");

static READERS: LazyLock<FxHashMap<&str, Table>> = LazyLock::new(|| tables(&READ));
static WRITERS: LazyLock<FxHashMap<&str, Table>> = LazyLock::new(|| tables(&WRITE));

/// What sounds are written as where a language has no letter for them: `data/render/lacking.toml`.
static LACKING: LazyLock<FxHashMap<char, String>> = LazyLock::new(|| {
    let file = toml::from_str::<FxHashMap<String, String>>(include_str!("../../../data/render/lacking.toml"));
    let file = file.unwrap_or_else(|e| panic!("data/render/lacking.toml: {e}"));
    file.into_iter().filter_map(|(sign, others)| Some((sign.chars().next()?, others))).collect()
});

/// The table by which a language reads its letters, if it has one.
pub(super) fn reader(language: &str) -> Option<&'static Table> {
    READERS.get(language)
}

/// The table by which a language writes names, if it has one.
pub(super) fn writer(language: &str) -> Option<&'static Table> {
    WRITERS.get(language)
}

/// The languages that names are rendered in, in order.
pub(super) fn written_languages() -> Vec<&'static str> {
    let mut all: Vec<&str> =
        WRITERS.iter().filter(|(_, table)| !table.alphabet.is_empty()).map(|(tag, _)| *tag).collect();
    all.sort_unstable();
    all
}

/// A table of one language.
#[derive(Debug)]
pub(super) struct Table {
    /// The language whose table this one changes, or nothing.
    pub like: String,
    /// The letters of the language: what is written in them alone needs no table.
    pub alphabet: String,
    /// Languages of the same script whose spelling it takes over.
    pub keeps: Vec<String>,
    /// Whether it writes names as they sound, even those of its own script.
    pub respells: bool,
    /// What stands between the parts of a name.
    pub between: Option<String>,
    usual: Rules,
    /// Rules for names from some language.
    from: FxHashMap<String, Rules>,
    /// What letters of other languages of its script become.
    letters: Rules,
    /// What becomes of the ends of written words, and of that of the last.
    every: Rules,
    last: Rules,
}

/// A table as its file says it.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    /// The table that this one changes.
    like: String,
    alphabet: String,
    keeps: Vec<String>,
    respells: bool,
    between: Option<String>,
    classes: Classes,
    rules: FxHashMap<String, String>,
    from: FxHashMap<String, FxHashMap<String, String>>,
    letters: FxHashMap<String, String>,
    every: FxHashMap<String, String>,
    last: FxHashMap<String, String>,
}

fn tables(folder: &'static Dir<'static>) -> FxHashMap<&'static str, Table> {
    let read = |name: &str| {
        let file = folder.get_file(format!("{name}.toml")).and_then(|file| file.contents_utf8());
        toml::from_str::<File>(file.unwrap_or_default()).unwrap_or_else(|e| panic!("data/render/…/{name}.toml: {e}"))
    };
    let names = folder.files().filter_map(|file| file.path().file_stem()?.to_str());
    let table = |name: &'static str| {
        let mut file = read(name);
        let like = file.like.clone();
        while !file.like.is_empty() {
            file = file.clone().over(read(&file.like));
        }
        let table = Table::of(&file, like).unwrap_or_else(|e| panic!("data/render/…/{name}.toml: {e}"));
        (name, table)
    };
    names.map(table).collect()
}

impl File {
    /// This file laid over the one that it is like. The language's own character is not inherited.
    fn over(self, mut base: File) -> File {
        base.classes.extend(self.classes);
        base.rules.extend(self.rules);
        base.letters.extend(self.letters);
        base.every.extend(self.every);
        base.last.extend(self.last);
        for (language, rules) in self.from {
            base.from.entry(language).or_default().extend(rules);
        }
        File { alphabet: self.alphabet, keeps: self.keeps, respells: self.respells, between: self.between, ..base }
    }
}

impl Table {
    fn of(file: &File, like: String) -> Result<Table, String> {
        let rules = |own: &FxHashMap<String, String>| {
            Rules::read(own.iter().map(|(key, written)| (key.as_str(), written.as_str())), &file.classes)
        };
        let with_usual = |own: &FxHashMap<String, String>| {
            let mut all = file.rules.clone();
            all.extend(own.clone());
            rules(&all)
        };
        let from = file.from.iter().map(|(tag, own)| Ok((tag.clone(), with_usual(own)?)));
        Ok(Table {
            like,
            alphabet: file.alphabet.clone(),
            keeps: file.keeps.clone(),
            respells: file.respells,
            between: file.between.clone(),
            usual: rules(&file.rules)?,
            from: from.collect::<Result<_, String>>()?,
            letters: rules(&file.letters)?,
            every: rules(&file.every)?,
            last: rules(&file.last)?,
        })
    }

    /// The sounds of a word in lower case.
    pub fn sounds(&self, word: &str) -> String {
        self.usual.rewrite(word, false)
    }

    /// A word written by its sounds, as a name from some language is.
    pub fn word(&self, sounds: &str, from: &str) -> String {
        let rules = self.from.get(from).unwrap_or(&self.usual);
        rules.rewrite(&own_sounds(sounds, rules), false).nfc().collect()
    }

    /// A word of a language whose spelling is taken over.
    pub fn kept(&self, word: &str) -> String {
        self.letters.rewrite(word, true)
    }

    /// The word with the ending that the language gives to names, of which it may be the last.
    pub fn ended(&self, word: &str, last: bool) -> String {
        let word = self.every.rewrite(word, true);
        if last { self.last.rewrite(&word, true) } else { word }
    }
}

/// The sounds with those that the rules lack replaced.
fn own_sounds(sounds: &str, rules: &Rules) -> String {
    let mut own = String::with_capacity(sounds.len());
    for sound in sounds.chars() {
        match LACKING.get(&sound).filter(|_| !rules.knows(sound)) {
            // What stands for it may be lacking itself, but not for ever: the data has no circles (see the test).
            Some(others) => own.push_str(&own_sounds(others, rules)),
            None => own.push(sound),
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_lacking_sound_comes_to_an_end() {
        for sound in LACKING.keys() {
            let mut all = sound.to_string();
            for _ in 0..8 {
                all = all.chars().map(|c| LACKING.get(&c).cloned().unwrap_or_default()).collect();
            }
            assert_eq!(all, "", "{sound}");
        }
    }

    #[test]
    fn every_table_is_read() {
        assert!(written_languages().len() >= 25);
        assert!(reader("ru").is_some() && writer("ru").is_some() && reader("xx").is_none());
    }
}

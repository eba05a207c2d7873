//! Letters of any script to sounds, by the tables in `data/romanisation/` (see the README there for the notation).

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use smallvec::SmallVec;
use unicode_script::Script;

use super::letters::{Kind, bare_letter, letter, letters_of, written_out};
use super::normal::script_of;
use super::sounds::{Sound, inventory};

/// Sounds that a word keeps at most; what follows is cut off.
pub const LONGEST: usize = 31;

/// The sounds of a word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sounds {
    length: u8,
    at: [Sound; LONGEST],
}

impl Sounds {
    /// None yet.
    pub const fn new() -> Sounds {
        Sounds { length: 0, at: [0; LONGEST] }
    }

    /// Adds a sound, if there is room.
    pub fn push(&mut self, sound: Sound) {
        if usize::from(self.length) < LONGEST {
            self.at[usize::from(self.length)] = sound;
            self.length += 1;
        }
    }

    /// Takes the last one away.
    fn pop(&mut self) {
        self.length = self.length.saturating_sub(1);
    }

    fn read(&mut self, reading: &Reading) {
        if reading.unvowels {
            self.pop();
        }
        self.extend(reading.sounds());
    }

    fn extend(&mut self, sounds: &[Sound]) {
        sounds.iter().for_each(|s| self.push(*s));
    }

    /// These and then those.
    pub fn joined(&self, next: &Sounds) -> Sounds {
        let mut all = *self;
        all.extend(next);
        all
    }
}

impl From<&[Sound]> for Sounds {
    /// At most [`LONGEST`] of them.
    fn from(sounds: &[Sound]) -> Sounds {
        let mut all = Sounds::new();
        all.extend(sounds);
        all
    }
}

impl Default for Sounds {
    fn default() -> Self {
        Sounds::new()
    }
}

impl std::ops::Deref for Sounds {
    type Target = [Sound];

    fn deref(&self) -> &[Sound] {
        &self.at[..usize::from(self.length)]
    }
}

impl std::fmt::Debug for Sounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.iter().map(|s| inventory().roman(*s)).collect::<String>())
    }
}

/// What a grapheme is read as; in place, since every letter of every name asks for one.
#[derive(Clone, Copy, Default)]
struct Reading {
    /// Whether it takes away the vowel that the consonant before it carries.
    unvowels: bool,
    length: u8,
    at: [Sound; LONGEST_READING],
}

/// Sounds that a grapheme has at most.
const LONGEST_READING: usize = 6;

impl Reading {
    fn sounds(&self) -> &[Sound] {
        &self.at[..usize::from(self.length)]
    }
}

/// A table, compiled into a trie over its letters.
pub struct Table {
    /// For each letter its number, from [`FIRST_LETTER`]; also of letters that only their bare form has.
    letters: FxHashMap<char, u8>,
    width: usize,
    next: Vec<u16>,
    /// For each node, the readings that end there: the usual one, and another where there is one.
    readings: Vec<Option<Readings>>,
}

const START: usize = 1;
const END: usize = 2;
const FIRST_LETTER: usize = 3;

/// The usual reading of a grapheme, and another where there is one.
type Readings = (Reading, Option<Reading>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    One(String),
    Two([String; 2]),
}

/// The tables, by the number of their script in [`SCRIPTS`].
static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    SCRIPTS
        .iter()
        .map(|(script, source)| Table::read(source).unwrap_or_else(|e| panic!("romanisation of {script:?}: {e}")))
        .collect()
});

/// The scripts that have a table. Han is read by way of pinyin.
pub const SCRIPTS: &[(Script, &str)] = &[
    (Script::Latin, include_str!("../../data/romanisation/latin.toml")),
    (Script::Cyrillic, include_str!("../../data/romanisation/cyrillic.toml")),
    (Script::Arabic, include_str!("../../data/romanisation/arabic.toml")),
    (Script::Hebrew, include_str!("../../data/romanisation/hebrew.toml")),
    (Script::Georgian, include_str!("../../data/romanisation/georgian.toml")),
    (Script::Armenian, include_str!("../../data/romanisation/armenian.toml")),
    (Script::Greek, include_str!("../../data/romanisation/greek.toml")),
    (Script::Devanagari, include_str!("../../data/romanisation/devanagari.toml")),
    (Script::Bengali, include_str!("../../data/romanisation/bengali.toml")),
    (Script::Katakana, include_str!("../../data/romanisation/kana.toml")),
    (Script::Hangul, include_str!("../../data/romanisation/hangul.toml")),
    (Script::Han, include_str!("../../data/romanisation/pinyin.toml")),
];

/// The number of a script in [`SCRIPTS`].
pub fn script_number(script: Script) -> Option<u8> {
    SCRIPTS.iter().position(|(s, _)| *s == script).map(|at| at as u8)
}

/// The table of a script by its number.
pub fn table(number: u8) -> &'static Table {
    &TABLES[usize::from(number)]
}

impl Table {
    fn read(source: &str) -> Result<Table, String> {
        let file: FxHashMap<String, Written> = toml::from_str(source).map_err(|e| e.to_string())?;
        let mut graphemes: Vec<(&String, &Written)> = file.iter().collect();
        graphemes.sort_by_key(|(g, _)| g.as_str());
        let mut letters: FxHashMap<char, u8> = FxHashMap::default();
        for c in graphemes.iter().flat_map(|(g, _)| g.chars()).filter(|c| !matches!(c, '^' | '$')) {
            let number = (FIRST_LETTER + letters.len()) as u8;
            letters.entry(c).or_insert(number);
        }
        let width = FIRST_LETTER + letters.len();
        let mut table = Table { letters, width, next: vec![0; width], readings: vec![None] };
        for (grapheme, readings) in graphemes {
            let readings = match readings {
                Written::One(one) => (read(one)?, None),
                Written::Two([usual, other]) => (read(usual)?, Some(read(other)?)),
            };
            let mut node = 0;
            for c in grapheme.chars() {
                let step = match c {
                    '^' => START,
                    '$' => END,
                    c => usize::from(table.letters[&c]),
                };
                node = table.step_or_add(node, step);
            }
            table.readings[node] = Some(readings);
        }
        Ok(table)
    }

    fn step_or_add(&mut self, node: usize, step: usize) -> usize {
        let at = node * self.width + step;
        if self.next[at] == 0 {
            self.next[at] = self.readings.len() as u16;
            self.readings.push(None);
            self.next.extend(std::iter::repeat_n(0, self.width));
        }
        usize::from(self.next[at])
    }

    /// The number of a letter, or of its bare form; 0 for one that the table does not know.
    pub fn letter(&self, c: char) -> u8 {
        let known = |c: char| self.letters.get(&c).copied();
        known(c).or_else(|| known(bare_letter(c))).unwrap_or(0)
    }

    fn step(&self, node: usize, step: usize) -> usize {
        usize::from(self.next[node * self.width + step])
    }

    /// The longest grapheme at `at`, bound ones before free ones: its readings and its length.
    fn grapheme_at(&self, word: &[u8], at: usize) -> Option<(&Readings, usize)> {
        let mut best: Option<(&Readings, usize)> = None;
        let mut walk = |mut node: usize| {
            for (length, letter) in word[at..].iter().enumerate().map(|(n, l)| (n + 1, *l)) {
                node = self.step(node, letter.into());
                if node == 0 {
                    return;
                }
                let bound = if at + length == word.len() { self.step(node, END) } else { 0 };
                let found = self.readings[if bound != 0 { bound } else { node }].as_ref();
                if let Some(found) = found
                    && best.is_none_or(|(_, longest)| length >= longest)
                {
                    best = Some((found, length));
                }
            }
        };
        walk(0);
        if at == 0 {
            let bound = self.step(0, START);
            if bound != 0 {
                walk(bound);
            }
        }
        best
    }

    /// How a word in numbers of letters is cut into graphemes: for each sound of the reading, the usual or the other one,
    /// the letters that it stands for, by their places.
    pub fn spelt(&self, word: &[u8], other: bool) -> Vec<std::ops::Range<usize>> {
        let mut spelt = Vec::new();
        let mut at = 0;
        while at < word.len() {
            let Some(((usual, another), length)) = self.grapheme_at(word, at) else {
                at += 1;
                continue;
            };
            let reading = another.as_ref().filter(|_| other).unwrap_or(usual);
            if reading.unvowels {
                spelt.pop();
            }
            spelt.extend(reading.sounds().iter().map(|_| at..at + length));
            at += length;
        }
        spelt.truncate(LONGEST);
        spelt
    }

    /// The readings between the usual and the other one: each grapheme that has two read in the other way, and all the rest
    /// in the usual one. None where fewer than two have.
    pub fn mixed(&self, word: &[u8]) -> SmallVec<[Sounds; 4]> {
        let mut graphemes: SmallVec<[&Readings; LONGEST]> = SmallVec::new();
        let mut at = 0;
        while at < word.len() {
            let found = self.grapheme_at(word, at);
            graphemes.extend(found.map(|(readings, _)| readings));
            at += found.map_or(1, |(_, length)| length);
        }
        let two: SmallVec<[usize; 8]> = (0..graphemes.len()).filter(|at| graphemes[*at].1.is_some()).collect();
        if two.len() < 2 {
            return SmallVec::new();
        }
        let with_other = |other: &usize| {
            let mut sounds = Sounds::new();
            for (at, (usual, another)) in graphemes.iter().enumerate() {
                sounds.read(another.as_ref().filter(|_| at == *other).unwrap_or(usual));
            }
            sounds
        };
        two.iter().map(with_other).collect()
    }

    /// The sounds of a word in numbers of letters: the `usual` reading, which is empty before, and the `other` one where the
    /// word has two.
    pub fn sounds(&self, word: &[u8], usual: &mut Sounds, other: &mut Option<Sounds>) {
        let mut at = 0;
        while at < word.len() {
            let Some(((reading, another), length)) = self.grapheme_at(word, at) else {
                at += 1;
                continue;
            };
            // The other reading begins where the two part.
            if other.is_none() && another.is_some() {
                *other = Some(*usual);
            }
            usual.read(reading);
            if let Some(other) = other {
                other.read(another.as_ref().unwrap_or(reading));
            }
            at += length;
        }
        if other.as_ref().is_some_and(|other| other.is_empty()) {
            *other = None;
        }
    }
}

fn read(signs: &str) -> Result<Reading, String> {
    let (unvowels, signs) = signs.strip_prefix('-').map_or((false, signs), |rest| (true, rest));
    let mut reading = Reading { unvowels, ..Reading::default() };
    for c in signs.chars() {
        let sound = inventory().number(c).ok_or(format!("no sound \"{c}\" in data/names/sounds.toml"))?;
        let place = reading.at.get_mut(usize::from(reading.length));
        *place.ok_or(format!("\"{signs}\" has more than {LONGEST_READING} sounds"))? = sound;
        reading.length += 1;
    }
    Ok(reading)
}

/// The usual reading in plain Latin letters, for display: `Шойгу` → `Shoygu`. Each word begins with a capital; Latin words
/// lose their marks only. What writes no vowels gets none. It follows no standard: it shows what the engine hears.
///
/// ```
/// assert_eq!(nisba::names::romanise("Жириновский"), "Zhirinovski");
/// assert_eq!(nisba::names::romanise("기시다 후미오"), "Kisita Humio");
/// assert_eq!(nisba::names::romanise("İlham Əliyev"), "Ilham Aliyev");
/// ```
pub fn romanise(text: &str) -> String {
    let between = |c: char| !matches!(letter(c).kind, Kind::Letter | Kind::Apostrophe | Kind::Mark | Kind::Rare);
    let words = text.split(between).filter(|word| !word.is_empty()).map(|word| {
        let latin = script_of(word) == Script::Latin;
        let spelt = letters_of(word).filter(|_| !latin);
        let plain = spelt.map_or_else(
            || written_out(word).chars().map(|c| if c == 'ə' || c == 'Ə' { 'a' } else { letter(c).plain }).collect(),
            |(script, letters)| {
                let (mut usual, mut other) = (Sounds::new(), None);
                table(script).sounds(&letters, &mut usual, &mut other);
                usual.iter().map(|s| inventory().roman(*s)).collect::<String>()
            },
        );
        let mut letters = plain.chars().filter(|c| *c != '\0');
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_is_read() {
        for (written, read) in [
            ("Шойгу", "Shoygu"),
            ("Хаменеи", "Khamenei"),
            ("გიორგი", "Giorgi"),
            ("Փաշինյան", "Pashinyan"),
            ("Μητσοτάκης", "Michotakis"),
            ("शर्मा", "Sharma"),
            ("プーチン", "Pchn"),
            ("박근혜", "Pakknhye"),
            ("普京", "Pujing"),
            ("Çavuşoğlu", "Cavusoglu"),
        ] {
            assert_eq!(romanise(written), read, "{written}");
        }
    }
}

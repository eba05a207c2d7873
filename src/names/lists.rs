//! Listed names and towns of the world: `data/names/given`, `data/names/family`, people known by one name in
//! `data/names/mononyms`, and `data/names/towns.txt`.

use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use rustc_hash::FxHashMap;
use unicode_script::UnicodeScript;

use super::kinds::Kinds;
use super::normal::NormalHash;

static GIVEN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/names/given");
static FAMILY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/names/family");
static MONONYMS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/names/mononyms");
static TOWNS: &str = include_str!("../../data/names/towns.txt");

/// A given name in the lists of so many languages is one anywhere.
const WIDELY: u8 = 4;

/// Hashes and kinds in one number each, the hash in the upper bits; open addressing.
struct Table {
    slots: Box<[u64]>,
}

/// Bits of a slot that say what the word is.
const KINDS: u32 = 8;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut kinds: FxHashMap<NormalHash, Kinds> = FxHashMap::default();
    let mut languages: FxHashMap<NormalHash, u8> = FxHashMap::default();
    for name in lines(&GIVEN).map(NormalHash::of) {
        let seen = languages.entry(name).or_default();
        *seen = seen.saturating_add(1);
        let widely = if *seen >= WIDELY { Kinds::GIVEN_WIDELY } else { Kinds::default() };
        let held = kinds.entry(name).or_default();
        *held = *held | Kinds::GIVEN | widely;
    }
    let others = lines(&FAMILY).chain(lines(&MONONYMS)).map(|name| (NormalHash::of(name), Kinds::FAMILY));
    for (word, kind) in others.chain(TOWNS.lines().map(|town| (town_hash(town), Kinds::TOWN))) {
        let held = kinds.entry(word).or_default();
        *held = *held | kind;
    }
    Table::of(kinds)
});

/// The names of each language alone.
static BY_LANGUAGE: LazyLock<FxHashMap<&'static str, Table>> = LazyLock::new(|| {
    let mut all: FxHashMap<&str, FxHashMap<NormalHash, Kinds>> = FxHashMap::default();
    for (folder, kind) in [(&GIVEN, Kinds::GIVEN), (&FAMILY, Kinds::FAMILY)] {
        for file in folder.files() {
            let Some(language) = file.path().file_stem().and_then(|stem| stem.to_str()) else { continue };
            let names = all.entry(language).or_default();
            for name in file.contents_utf8().unwrap_or_default().lines() {
                let held = names.entry(NormalHash::of(name)).or_default();
                *held = *held | kind;
            }
        }
    }
    all.into_iter().map(|(language, names)| (language, Table::of(names))).collect()
});

fn lines(folder: &'static Dir<'static>) -> impl Iterator<Item = &'static str> {
    folder.files().filter_map(|file| file.contents_utf8()).flat_map(str::lines).filter(|line| !line.is_empty())
}

/// A name of two words is known by both.
fn town_hash(town: &str) -> NormalHash {
    match town.split_once(' ') {
        Some((first, second)) => both(NormalHash::of(first), NormalHash::of(second)),
        None => NormalHash::of(town),
    }
}

/// Two words side by side.
fn both(first: NormalHash, second: NormalHash) -> NormalHash {
    NormalHash((first.0.rotate_left(23) ^ second.0).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// In a slot: as much of the hash as fits beside the kinds.
fn tag(word: NormalHash) -> u64 {
    word.0 & !((1 << KINDS) - 1)
}

impl Table {
    fn of(kinds: FxHashMap<NormalHash, Kinds>) -> Table {
        let mut slots = vec![0_u64; (kinds.len() * 2).next_power_of_two()].into_boxed_slice();
        let mask = slots.len() - 1;
        for (word, kind) in kinds {
            let mut at = word.0 as usize >> 20 & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            // Towns have the bit after those of names.
            let bits = kind.0 & 7 | if kind.any(Kinds::TOWN) { 8 } else { 0 };
            slots[at] = tag(word) | u64::from(bits);
        }
        Table { slots }
    }

    fn get(&self, word: NormalHash) -> Kinds {
        let mask = self.slots.len() - 1;
        let mut at = word.0 as usize >> 20 & mask;
        while self.slots[at] != 0 {
            if tag(NormalHash(self.slots[at])) == tag(word) {
                let bits = self.slots[at] as u32 & 15;
                return Kinds(bits & 7) | if bits & 8 != 0 { Kinds::TOWN } else { Kinds::default() };
            }
            at = (at + 1) & mask;
        }
        Kinds::default()
    }
}

/// What the word is listed as: given name, family name, town.
///
/// ```
/// use nisba::names::{Kinds, NormalHash, listed};
/// assert!(listed(NormalHash::of("Ivan")).any(Kinds::GIVEN));
/// assert!(listed(NormalHash::of("Hamburg")).any(Kinds::TOWN));
/// ```
pub fn listed(word: NormalHash) -> Kinds {
    TABLE.get(word)
}

/// The names listed for a language, in lower case.
#[derive(Clone, Debug, Default)]
pub struct ListedNames {
    pub given: Vec<&'static str>,
    pub family: Vec<&'static str>,
}

/// The names listed for a language; none where no list is of it.
pub fn listed_names(language: &str) -> ListedNames {
    let read = |folder: &'static Dir<'static>| {
        let file = folder.get_file(format!("{language}.txt")).and_then(|file| file.contents_utf8());
        file.unwrap_or_default().lines().filter(|line| !line.is_empty()).collect()
    };
    ListedNames { given: read(&GIVEN), family: read(&FAMILY) }
}

/// The names listed for all languages of a script, in lower case: `like` is a letter of it.
pub fn listed_names_like(like: char) -> ListedNames {
    let script = |name: &str| name.chars().next().map(|c| c.script());
    let read = |folder: &'static Dir<'static>| {
        lines(folder).filter(|name| script(name) == Some(like.script())).collect::<Vec<&str>>()
    };
    ListedNames { given: read(&GIVEN), family: read(&FAMILY) }
}

/// The listed given and family names of Latin letters, each once, with what it is.
pub(super) fn latin_names() -> impl Iterator<Item = (&'static str, Kinds)> {
    let latin = |name: &&str| name.chars().next().is_some_and(|c| c < '\u{250}');
    let given = lines(&GIVEN).filter(latin).map(|name| (name, Kinds::SOUNDS_GIVEN));
    let family = lines(&FAMILY).filter(latin).map(|name| (name, Kinds::SOUNDS_FAMILY));
    let mut all: FxHashMap<&str, Kinds> = FxHashMap::default();
    for (name, kind) in given.chain(family) {
        let held = all.entry(name).or_default();
        *held = *held | kind;
    }
    all.into_iter()
}

/// What the word is in the lists of a language.
pub fn listed_in(language: &str, word: NormalHash) -> Kinds {
    BY_LANGUAGE.get(language).map_or_else(Kinds::default, |table| table.get(word))
}

/// Whether two words together are listed as a town.
pub fn is_town(first: NormalHash, second: NormalHash) -> bool {
    TABLE.get(both(first, second)).any(Kinds::TOWN)
}

//! What a word is inside a name, in any language: titles, particles, words of descent; given names and their families.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use smallvec::SmallVec;

use super::letters::{Kind, letter, written_out};
use super::lexicon::{NAME_WORDS, honorifics};

/// A word is known by a hash of its plain letters, so that names are parsed without allocating any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WordHash(u64);

impl WordHash {
    /// This word and one more letter.
    pub fn with(self, plain: char) -> WordHash {
        WordHash((self.0.rotate_left(5) ^ u64::from(plain as u32)).wrapping_mul(0x517c_c1b7_2722_0a95))
    }

    /// All of it, for memories of words.
    pub(super) fn whole(self) -> u64 {
        self.0
    }

    /// Half of it, for look-up: one unknown word in a hundred thousand is taken for a known one.
    fn short(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Of a word as written.
    pub fn of(word: &str) -> WordHash {
        written_out(word)
            .chars()
            .map(letter)
            .filter(|l| l.kind == Kind::Letter)
            .fold(WordHash::default(), |h, l| h.with(l.plain))
    }
}

/// What a word can be; several at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u16);

impl Roles {
    /// A title before a name.
    pub const BEFORE: Roles = Roles(1);
    /// A title before a name that is also a name: only before two more words.
    pub const AMBIGUOUS: Roles = Roles(2);
    /// A title, degree or order after a name.
    pub const AFTER: Roles = Roles(4);
    /// Jr, III.
    pub const SUFFIX: Roles = Roles(8);
    /// Begins a title of nobility after a comma.
    pub const PEER: Roles = Roles(16);
    /// al-, van, de.
    pub const PARTICLE: Roles = Roles(32);
    /// Seyyed, Haji: tells nobody apart.
    pub const LINEAGE: Roles = Roles(64);
    /// bin, ibn: the father follows.
    pub const SON_BEFORE: Roles = Roles(128);
    /// oğlu, qızı: the father came before.
    pub const SON_AFTER: Roles = Roles(256);
    /// A given name.
    pub const GIVEN: Roles = Roles(512);
    /// Abd, Abu: makes one name with the next word.
    pub const WITH_NEXT: Roles = Roles(1024);
    /// Din: makes one name with the word before.
    pub const WITH_BEFORE: Roles = Roles(2048);
    /// A woman's given name, or a word before or after a daughter's father.
    pub const WOMAN: Roles = Roles(4096);
    /// A man's given name.
    pub const MAN: Roles = Roles(8192);
    /// The first word of a phrase.
    const FIRST: Roles = Roles(16384);

    /// Whether it can be any of these.
    pub fn any(self, of: Roles) -> bool {
        self.0 & of.0 != 0
    }
}

impl std::ops::BitOr for Roles {
    type Output = Roles;

    fn bitor(self, other: Roles) -> Roles {
        Roles(self.0 | other.0)
    }
}

/// The families of forms, of given names or of family names, that a word is in: where their numbers are among all such
/// sets; 0 for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Families(u16);

impl Families {
    /// Of a word.
    pub fn of(word: WordHash) -> Families {
        known(word).1
    }

    /// Their numbers.
    pub fn numbers(self) -> &'static [u16] {
        if self.0 == 0 { &[] } else { WORDS.sets.get(usize::from(self.0)).map_or(&[], |set| set.as_slice()) }
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether two words are forms of one name: Bill and William, Иван and Ivan.
    #[inline]
    pub fn share_one(self, other: Families) -> bool {
        if self.is_empty() || other.is_empty() {
            return false;
        }
        let theirs = other.numbers();
        self.numbers().iter().any(|family| theirs.contains(family))
    }
}

/// The words after the first, and what the whole is.
type Phrase = (SmallVec<[WordHash; 3]>, Roles);

#[derive(Default)]
struct Words {
    /// By [`WordHash::short`], so that what is asked for every word of every name stays small.
    known: FxHashMap<u32, (Roles, Families)>,
    /// Phrases of several words, by their first: the rest, and what the whole is.
    phrases: FxHashMap<WordHash, Vec<Phrase>>,
    /// Each set of families that some word is in, once; the first is empty.
    sets: Vec<SmallVec<[u16; 2]>>,
    forms: Vec<String>,
    /// What says which generation, by every word that says it.
    generations: FxHashMap<WordHash, WordHash>,
    /// By number.
    family_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Titles {
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    before_ambiguous: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    peer: Vec<String>,
    /// What stands in brackets, which are never read.
    #[serde(default, rename = "described")]
    _described: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    forms: Vec<String>,
    #[serde(default)]
    short: Vec<String>,
}

/// Given names that the shipped lists have, one a line.
const GIVEN_NAMES: [&str; 14] = [
    include_str!("../../data/given_names/ar.txt"),
    include_str!("../../data/given_names/az.txt"),
    include_str!("../../data/given_names/de.txt"),
    include_str!("../../data/given_names/el.txt"),
    include_str!("../../data/given_names/en.txt"),
    include_str!("../../data/given_names/fa.txt"),
    include_str!("../../data/given_names/fr.txt"),
    include_str!("../../data/given_names/he.txt"),
    include_str!("../../data/given_names/hy.txt"),
    include_str!("../../data/given_names/ka.txt"),
    include_str!("../../data/given_names/ru.txt"),
    include_str!("../../data/given_names/tr.txt"),
    include_str!("../../data/given_names/uk.txt"),
    include_str!("../../data/given_names/uz.txt"),
];

/// Every given name of the shipped lists, as written there.
fn given_names() -> impl Iterator<Item = &'static str> {
    GIVEN_NAMES.into_iter().flat_map(str::lines).filter(|n| !n.is_empty())
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words { sets: vec![SmallVec::new()], ..Words::default() };
    let mut places = Places::default();
    for (title, after) in honorifics() {
        words.put(title, if after { Roles::AFTER } else { Roles::BEFORE });
    }
    let titles: FxHashMap<String, Titles> = toml::from_str(include_str!("../../data/names/titles.toml"))
        .unwrap_or_else(|e| panic!("data/names/titles.toml: {e}"));
    for own in titles.values() {
        own.before.iter().for_each(|w| words.put(w, Roles::BEFORE));
        own.before_ambiguous.iter().for_each(|w| words.put(w, Roles::AMBIGUOUS));
        own.after.iter().for_each(|w| words.put(w, Roles::AFTER));
        own.peer.iter().for_each(|w| words.put(w, Roles::PEER));
    }
    let own = &*NAME_WORDS;
    own.lineage.iter().for_each(|w| words.put(w, Roles::LINEAGE));
    own.son_before.iter().for_each(|w| words.put(w, Roles::SON_BEFORE));
    own.son_after.iter().for_each(|w| words.put(w, Roles::SON_AFTER));
    own.with_next.iter().for_each(|w| words.put(w, Roles::WITH_NEXT));
    own.with_before.iter().for_each(|w| words.put(w, Roles::WITH_BEFORE));
    for said in &own.generations {
        let first = WordHash::of(&said[0]);
        said.iter().for_each(|w| words.put(w, Roles::SUFFIX));
        words.generations.extend(said.iter().map(|w| (WordHash::of(w), first)));
    }
    own.daughter.iter().for_each(|w| words.put(w, Roles::WOMAN));
    own.particles.iter().for_each(|w| words.put(w, Roles::PARTICLE));
    let mut genders = include_str!("../../data/names/genders.txt").lines();
    for role in [Roles::WOMAN, Roles::MAN] {
        genders.next().unwrap_or_default().split(' ').for_each(|name| words.put(name, role));
    }
    given_names().filter(|n| !n.contains([' ', '-'])).for_each(|n| words.put(n, Roles::GIVEN));
    let families: FxHashMap<String, Family> = toml::from_str(include_str!("../../data/names/equivalents.toml"))
        .unwrap_or_else(|e| panic!("data/names/equivalents.toml: {e}"));
    let mut sorted: Vec<(&String, &Family)> = families.iter().collect();
    sorted.sort_by_key(|(name, _)| name.as_str());
    for (name, family) in sorted {
        let forms = family.forms.iter().chain(&family.short);
        words.put_family(name.clone(), forms.cloned(), Roles::GIVEN, &mut places);
    }
    let surnames: Surnames = toml::from_str(include_str!("../../data/names/family_names.toml"))
        .unwrap_or_else(|e| panic!("data/names/family_names.toml: {e}"));
    for forms in surnames.names {
        words.put_family(forms.join("/"), forms.into_iter(), Roles::default(), &mut places);
    }
    words
});

/// Family names that sound apart, each with its forms.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Surnames {
    names: Vec<Vec<String>>,
}

/// Where each set of families is.
type Places = FxHashMap<SmallVec<[u16; 2]>, Families>;

impl Words {
    /// A family of forms of one name, and what else each form is.
    fn put_family(&mut self, name: String, forms: impl Iterator<Item = String>, roles: Roles, places: &mut Places) {
        let number = self.family_names.len() as u16;
        self.family_names.push(name);
        for form in forms {
            let (_, families) = self.known.entry(WordHash::of(&form).short()).or_default();
            let mut set = self.sets[usize::from(families.0)].clone();
            if !set.contains(&number) {
                set.push(number);
                *families = *places.entry(set).or_insert_with_key(|set| {
                    self.sets.push(set.clone());
                    Families(self.sets.len() as u16 - 1)
                });
            }
            self.put(&form, roles);
            self.forms.push(form);
        }
    }

    fn put(&mut self, phrase: &str, roles: Roles) {
        let hashes = split(phrase);
        let Some((first, rest)) = hashes.split_first() else { return };
        if rest.is_empty() {
            let known = self.known.entry(first.short()).or_default();
            known.0 = known.0 | roles;
        } else {
            let known = self.known.entry(first.short()).or_default();
            known.0 = known.0 | Roles::FIRST;
            let phrases = self.phrases.entry(*first).or_default();
            phrases.push((rest.into(), roles));
            phrases.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
    }
}

/// A phrase in the words that the parser makes of it.
fn split(phrase: &str) -> Vec<WordHash> {
    let words = phrase.split(|c: char| c.is_whitespace() || matches!(letter(c).kind, Kind::Dot | Kind::Break));
    words.map(WordHash::of).filter(|h| *h != WordHash::default()).collect()
}

/// What the word can be.
pub fn roles(word: WordHash) -> Roles {
    known(word).0
}

/// What the word can be, and the families that it is in.
pub fn known(word: WordHash) -> (Roles, Families) {
    WORDS.known.get(&word.short()).copied().unwrap_or_default()
}

/// The one word for all that say the same generation: Jr, Junior, младший.
pub fn generation(word: WordHash) -> WordHash {
    WORDS.generations.get(&word).copied().unwrap_or(word)
}

/// The longest phrase of at least two words that these, each with its roles, begin with: its length, and what it is.
pub fn phrase(words: impl Iterator<Item = (WordHash, Roles)> + Clone) -> Option<(usize, Roles)> {
    let mut words = words;
    let (first, roles) = words.next()?;
    if !roles.any(Roles::FIRST) {
        return None;
    }
    let fits = |rest: &SmallVec<[WordHash; 3]>| {
        let mut following = words.clone();
        rest.iter().all(|word| following.next().is_some_and(|(next, _)| next == *word))
    };
    let phrases = WORDS.phrases.get(&first)?;
    phrases.iter().find(|(rest, _)| fits(rest)).map(|(rest, roles)| (rest.len() + 1, *roles))
}

/// What the family of a number is called in the data file.
pub fn family_name(number: u16) -> &'static str {
    WORDS.family_names.get(usize::from(number)).map_or("", String::as_str)
}

/// All forms of all families, as listed.
pub fn family_forms() -> &'static [String] {
    &WORDS.forms
}

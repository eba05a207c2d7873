//! What a name says of its bearer's gender, and whether two names speak of a man and a woman.
//!
//! Sources: given names that Faker's locales list for one gender alone (`data/names/genders.txt`); words of descent and
//! endings by hand (`data/names/words.toml`).

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::align::{Alignment, How};
use super::letters::letter;
use super::lexicon::NAME_WORDS;
use super::normal::NormalHash;
use super::parse::Name;
use super::sounds::{Writing, inventory};
use super::token::{Part, Token};
use super::words::Roles;

/// As names show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    Woman,
    Man,
}

impl std::fmt::Display for Gender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Gender::Woman => "woman",
            Gender::Man => "man",
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Honorifics {
    woman: Vec<String>,
    man: Vec<String>,
}

static HONORIFICS: LazyLock<FxHashMap<NormalHash, Gender>> = LazyLock::new(|| {
    let source = include_str!("../../data/names/honorifics.toml");
    let file: Honorifics = toml::from_str(source).unwrap_or_else(|e| panic!("data/names/honorifics.toml: {e}"));
    let all = [(file.woman, Gender::Woman), (file.man, Gender::Man)];
    all.iter().flat_map(|(words, gender)| words.iter().map(|word| (NormalHash::of(word), *gender))).collect()
});

/// Whether a form of address is a woman's or a man's: *Mrs*, *господин*; `None` for one that is neither's alone.
pub fn gender_of_honorific(word: NormalHash) -> Option<Gender> {
    HONORIFICS.get(&word).copied()
}

/// Endings as their plain letters, last first.
struct Ends {
    woman: Vec<Vec<char>>,
    man: Vec<Vec<char>>,
    gendered: Vec<(Vec<char>, Vec<char>)>,
    surely: Vec<Vec<char>>,
}

static ENDS: LazyLock<Ends> = LazyLock::new(|| {
    let plain = |ending: &String| ending.chars().rev().map(|c| letter(c).plain).collect::<Vec<char>>();
    Ends {
        woman: NAME_WORDS.woman_ends.iter().map(plain).collect(),
        man: NAME_WORDS.man_ends.iter().map(plain).collect(),
        gendered: NAME_WORDS.gendered_ends.iter().map(|(man, woman)| (plain(man), plain(woman))).collect(),
        surely: NAME_WORDS.surely_womans_ends.iter().map(plain).collect(),
    }
});

impl Token {
    /// The gender of those who bear it as a given name, where all lists agree.
    pub fn gender(&self) -> Option<Gender> {
        match (self.roles.any(Roles::WOMAN), self.roles.any(Roles::MAN)) {
            (true, false) => Some(Gender::Woman),
            (false, true) => Some(Gender::Man),
            _ => None,
        }
    }

    fn ends_with(&self, ending: &[char]) -> bool {
        let mut letters = self.text.chars().rev().map(|c| letter(c).plain);
        ending.iter().all(|c| letters.next() == Some(*c))
    }

    /// Whether it is the woman's form of a family name of which the other has the man's form: Алиева, Aliyev.
    fn is_womans_form_of(&self, other: &Token) -> bool {
        if !self.is_open() {
            return false;
        }
        let ends = &ENDS.gendered;
        ends.iter().any(|(_, woman)| self.ends_with(woman))
            && ends.iter().any(|(man, _)| other.ends_with(man))
            && !ends.iter().any(|(_, woman)| other.ends_with(woman))
    }

    /// Whether its woman's ending can be no case ending: Aliyeva is English, where names have none.
    fn is_surely_womans(&self) -> bool {
        ENDS.surely.iter().any(|ending| self.ends_with(ending))
    }

    /// Whether it is the other name and a vowel that makes it a woman's: Fəridə of Fərid, كريمة of كريم.
    fn is_womans_given_of(&self, other: &Token) -> bool {
        if self.script != other.script || self.word == other.word {
            return false;
        }
        let plain = |token: &Token| token.text.chars().map(|c| letter(c).plain).collect::<SmallVec<[char; 24]>>();
        let (woman, man) = (plain(self), plain(other));
        // Irmgarda is Irmgard in Latin, and no man.
        let man_known = other.gender() == Some(Gender::Man);
        let woman_known = self.gender() == Some(Gender::Woman) && other.gender() != Some(Gender::Woman);
        (man_known || woman_known || self.writing == Writing::Abjad)
            && woman.len() == man.len() + 1
            && woman.starts_with(&man)
            && woman.last().is_some_and(|last| "aəeаяةهη".contains(*last))
    }

    /// Whether a man's family name like this has case endings wherever his given name has: Nowak does, Кобахидзе does not.
    fn takes_case_endings(&self) -> bool {
        self.writing == Writing::Abjad || !self.is_open()
    }

    /// Whether it ends in a vowel, as inflected forms often do.
    fn is_open(&self) -> bool {
        let all = inventory();
        self.sounds.last().is_some_and(|s| all.is_vowel(*s) || all.roman(*s) == "y")
    }
}

impl Name {
    /// What the name says of its bearer's gender: by the father's name, or else by given names; `None` where it says
    /// nothing, or two things.
    ///
    /// ```
    /// use nisba::names::{Gender, Name};
    /// assert_eq!(Name::parse("Amira Haddad").gender(), Some(Gender::Woman));
    /// assert_eq!(Name::parse("Ильхам Гейдарович Алиев").gender(), Some(Gender::Man));
    /// assert_eq!(Name::parse("Haddad").gender(), None);
    /// ```
    pub fn gender(&self) -> Option<Gender> {
        self.descent.or_else(|| {
            let mut said = self.main().filter_map(Token::gender);
            let first = said.next();
            first.filter(|gender| said.all(|other| other == *gender))
        })
    }
}

/// The gender that the father's name shows by its ending.
pub(super) fn by_patronymic(token: &Token) -> Option<Gender> {
    let ends = |endings: &[Vec<char>]| endings.iter().any(|ending| token.ends_with(ending));
    match (ends(&ENDS.woman), ends(&ENDS.man)) {
        (true, false) => Some(Gender::Woman),
        (false, true) => Some(Gender::Man),
        _ => None,
    }
}

/// Whether one of the names is a man's and the other a woman's. An inflected man's name (Ивана Петрова) looks like a
/// woman's, so all parts have to be asked.
pub(super) fn genders_differ(a: &Name, b: &Name, alignment: &Alignment) -> bool {
    let (of_a, of_b) = (a.gender(), b.gender());
    if a.descent.is_some() && b.descent.is_some() && of_a != of_b {
        return true;
    }
    let woman = of_a == Some(Gender::Woman) || of_b == Some(Gender::Woman);
    let parts = Parts::of(a, b, alignment);
    (0..parts.pairs.len())
        .any(|at| parts.given_differ(at) || parts.family_differs(at, woman) || parts.given_has_a_vowel_more(at))
}

/// The main parts that pair by sound: of both names, and how alike they are.
struct Parts<'n> {
    pairs: SmallVec<[(&'n Token, &'n Token, f32); 8]>,
}

impl<'n> Parts<'n> {
    fn of(a: &'n Name, b: &'n Name, alignment: &Alignment) -> Parts<'n> {
        let by_sound = alignment.pairs.iter().filter(|pair| pair.how == How::Sound);
        let pairs = by_sound.map(|pair| (&a.tokens[pair.a], &b.tokens[pair.b], pair.score));
        Parts { pairs: pairs.filter(|(x, y, _)| x.part == Part::Main && y.part == Part::Main).collect() }
    }

    /// The pairs beside this one, by their places.
    fn others(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.pairs.len()).filter(move |other| *other != at)
    }

    /// Which side has the longer, open form: 1 the second, -1 the first.
    fn turn(&self, at: usize) -> i8 {
        let (x, y, _) = self.pairs[at];
        i8::from(y.is_open()) - i8::from(x.is_open())
    }

    /// A man's given name and a woman's, in one script: across scripts two names meet by chance (Marine, Марин).
    fn given_differ(&self, at: usize) -> bool {
        let (x, y, _) = self.pairs[at];
        let differ = x.script == y.script && x.gender().zip(y.gender()).is_some_and(|(x, y)| x != y);
        let turn = self.turn(at);
        let inflected_alike = || turn != 0 && self.others(at).any(|other| self.turn(other) == turn);
        differ && !inflected_alike()
    }

    /// A man's form of a family name and a woman's. Abroad a `woman` has her family's name as it is: Anna Petrov.
    fn family_differs(&self, at: usize, woman: bool) -> bool {
        let (x, y, alike) = self.pairs[at];
        if alike >= 1.0 || x.word == y.word || !(x.is_womans_form_of(y) || y.is_womans_form_of(x)) {
            return false;
        }
        // A man's name with case endings has them on both parts: Ивана Петрова. Novotný and Novotná end alike, so that
        // Jan and Jana beside them are no cases of each other.
        let no_case = self.turn(at) == 0 || x.is_surely_womans() || y.is_surely_womans();
        let speaks = |other: usize| if self.turn(other) == 0 { !woman } else { no_case };
        self.others(at).any(|other| self.pairs[other].2 >= 0.85 && speaks(other))
    }

    /// Stanisław Nowak, Stanisława Nowak; كريم, كريمة: a case ending would stand on the family name too.
    fn given_has_a_vowel_more(&self, at: usize) -> bool {
        let (x, y, _) = self.pairs[at];
        (x.is_given() || y.is_given())
            && !x.families.share_one(y.families)
            && (x.is_womans_given_of(y) || y.is_womans_given_of(x))
            && self.others(at).all(|other| self.pairs[other].0.word == self.pairs[other].1.word)
            && self.others(at).any(|other| self.pairs[other].0.takes_case_endings())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SAME_PERSON, compare};
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        compare(&Name::parse(a), &Name::parse(b)).score >= SAME_PERSON
    }

    #[test]
    fn a_man_and_a_woman_are_two_people() {
        for (a, b) in [
            ("Ilham Aliyev", "Ilham Aliyeva"),
            ("Ilham Aliyev", "Ильхам Алиева"),
            ("Amir Karimi", "Amira Karimi"),
            ("Ivan Horvat", "Ivana Horvat"),
            ("Jan Novotný", "Jana Novotná"),
            ("Jan Novák", "Jana Nováková"),
            ("Ilham Aliyev", "Ilhama Aliyeva"),
            ("Stanisław Nowak", "Stanisława Nowak"),
            ("كريم عبد الله", "كريمة عبد الله"),
            ("Сергей Иванович Петров", "Сергея Ивановна Петрова"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn an_inflected_name_is_no_womans_and_a_woman_may_bear_a_mans_form() {
        for (a, b) in [
            ("Ilham Aliyev", "Ильхама Алиева"),
            ("Vladimir Putin", "Владимира Путина"),
            ("Anna Petrov", "Анна Петрова"),
            ("Mehriban Aliyeva", "Мехрибан Алиевой"),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
    }
}

//! The words of `months.toml`, and where in a text they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::Calendar;
use super::clock::{Half, Unit, numeric_offset};
use super::tokens::{Token, tokens};

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let source = include_str!("../../../data/intake/months.toml");
    Words::of(toml::from_str(source).unwrap_or_else(|e| panic!("months.toml: {e}")))
});

/// `months.toml` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    numbered: BTreeMap<Side, Vec<String>>,
    eras: BTreeMap<String, i32>,
    calendars: BTreeMap<Calendar, Vec<String>>,
    halves: BTreeMap<Half, Vec<String>>,
    clock: BTreeMap<Unit, Vec<String>>,
    zones: BTreeMap<String, String>,
    elsewhere: BTreeMap<String, Vec<String>>,
    names: Vec<Names>,
}

/// Where a word stands to the number of a month.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    Before,
    After,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    calendar: Calendar,
    languages: Vec<String>,
    months: [String; 12],
}

/// A month of a year, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Month {
    pub(super) calendar: Calendar,
    pub(super) number: i32,
}

/// A month that a word is the name of.
#[derive(Clone)]
pub(super) struct Name {
    pub(super) month: Month,
    pub(super) languages: Arc<[String]>,
}

/// The words of `months.toml` as they are looked up.
pub(super) struct Words {
    pub(super) months: Phrases<Vec<Name>>,
    pub(super) numbered: Phrases<Side>,
    /// The year before the first one of an era.
    pub(super) eras: Phrases<i32>,
    pub(super) calendars: Phrases<Calendar>,
    pub(super) halves: Phrases<Half>,
    pub(super) units: Phrases<Unit>,
    /// Seconds from UTC.
    pub(super) zones: HashMap<String, i32>,
    /// Languages in which the name of a zone is that of another.
    pub(super) elsewhere: HashMap<String, Vec<String>>,
}

impl Words {
    fn of(file: File) -> Self {
        let key = |zone: &str| Token::of(zone, false).text;
        let seconds = |written: &str| numeric_offset(&tokens(written), 0, true).map(|(seconds, _)| seconds);
        let zones = file.zones.iter().filter_map(|(zone, written)| Some((key(zone), seconds(written)?)));
        Self {
            months: months(&file.names),
            numbered: Phrases::by_meaning(file.numbered),
            eras: Phrases::of(file.eras),
            calendars: Phrases::by_meaning(file.calendars),
            halves: Phrases::by_meaning(file.halves),
            units: Phrases::by_meaning(file.clock),
            zones: zones.collect(),
            elsewhere: file.elsewhere.into_iter().map(|(zone, languages)| (key(&zone), languages)).collect(),
        }
    }
}

fn months(all: &[Names]) -> Phrases<Vec<Name>> {
    let mut forms: BTreeMap<String, Vec<Name>> = BTreeMap::new();
    for names in all {
        let languages: Arc<[String]> = names.languages.clone().into();
        for (number, written) in (1..).zip(&names.months) {
            let month = Month { calendar: names.calendar, number };
            let name = Name { month, languages: languages.clone() };
            // Spellings of a name may be one when folded.
            let distinct: BTreeSet<String> = written.split(',').map(|form| phrase(&tokens(form))).collect();
            for form in distinct {
                forms.entry(form).or_default().push(name.clone());
            }
        }
    }
    Phrases::of(forms)
}

/// The tokens of a phrase, as the key it is found by.
fn phrase(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Words, and sequences of them, with their meaning.
pub(super) struct Phrases<T> {
    forms: HashMap<String, T>,
    longest: usize,
}

impl<T> Phrases<T> {
    fn of(forms: impl IntoIterator<Item = (String, T)>) -> Self {
        let forms: HashMap<_, _> = forms.into_iter().map(|(form, meaning)| (phrase(&tokens(&form)), meaning)).collect();
        let longest = forms.keys().map(|form| form.split(' ').count()).max().unwrap_or(0);
        Self { forms, longest }
    }

    /// The longest phrase that starts with a token, and the token after it.
    pub(super) fn at(&self, tokens: &[Token], start: usize) -> Option<(&T, usize)> {
        let mut found = None;
        let mut key = String::new();
        let free = tokens.get(start..)?.iter().take_while(|token| !token.taken);
        for (token, end) in free.take(self.longest).zip(start + 1..) {
            if !key.is_empty() {
                key.push(' ');
            }
            key.push_str(&token.text);
            found = self.forms.get(&key).map(|meaning| (meaning, end)).or(found);
        }
        found
    }
}

impl<T: Copy> Phrases<T> {
    fn by_meaning(all: BTreeMap<T, Vec<String>>) -> Self {
        Self::of(all.into_iter().flat_map(|(meaning, forms)| forms.into_iter().map(move |form| (form, meaning))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_usable() {
        for names in WORDS.months.forms.values() {
            assert!(names.iter().all(|name| !name.languages.is_empty()));
        }
        assert_eq!(WORDS.zones.len(), 20);
        assert!(!WORDS.months.forms.contains_key(""));
    }
}

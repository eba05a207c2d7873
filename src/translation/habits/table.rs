//! The rules of `data/translation/habits.toml`, arranged for looking up.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Read once.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let data = include_str!("../../../data/translation/habits.toml");
    Table::read(data).unwrap_or_else(|e| panic!("data/translation/habits.toml: {e}"))
});

/// A set of rules, a bit each.
pub(super) type Rules = u128;

/// A set of subjects of texts, a bit each.
pub(super) type Topics = u32;

/// What sort of evidence a word is. Each sort has a cap of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Letters,
    Words,
    Patterns,
    Names,
}

/// What is known of a word, a part of a name or a letter: that it speaks for the source of a rule, and how loud.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Vote {
    pub(super) rule: usize,
    pub(super) weight: f64,
}

/// What is known of a word.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// Tells it from other entries.
    pub(super) number: usize,
    pub(super) votes: Vec<Vote>,
    /// Subjects that it shows a text to have.
    pub(super) topics: Topics,
    /// Whether it is so usual that neither its letters nor its parts say anything.
    pub(super) is_usual: bool,
}

/// A part of a name's word, in small letters.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) letters: String,
    pub(super) begins: bool,
    pub(super) ends: bool,
    pub(super) vote: Vote,
}

impl Pattern {
    /// Whether a word in small letters has it.
    pub(super) fn is_in(&self, word: &str) -> bool {
        match (self.begins, self.ends) {
            (true, _) => word.starts_with(&self.letters),
            (_, true) => word.ends_with(&self.letters),
            // Words are short: to prepare a search would take longer than this.
            _ => word.as_bytes().windows(self.letters.len()).any(|part| part == self.letters.as_bytes()),
        }
    }
}

/// What one rule has beyond its words.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// A number for its source language.
    pub(super) source: usize,
    /// Subjects of which a text must have one; none if any will do.
    pub(super) about: Topics,
    /// Subjects of which it must have none.
    pub(super) not_about: Topics,
}

impl Rule {
    /// Whether it is for texts on these subjects.
    pub(super) fn is_for(&self, topics: Topics) -> bool {
        (self.about == 0 || self.about & topics != 0) && self.not_about & topics == 0
    }
}

/// What concerns the texts in one language.
#[derive(Clone, Debug, Default)]
pub(super) struct Concern {
    pub(super) rules: Rules,
    /// The number of the language itself among the sources.
    pub(super) own: Option<usize>,
    /// Whether one of the rules has inflected words.
    pub(super) has_stems: bool,
    pub(super) letters: Vec<(char, Vote)>,
    pub(super) patterns: Vec<Pattern>,
}

impl Concern {
    /// Whether a vote counts here.
    pub(super) fn counts(&self, vote: Vote) -> bool {
        self.rules & 1 << vote.rule != 0
    }
}

/// All rules.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) scales: Scales,
    pub(super) sources: Vec<String>,
    pub(super) rules: Vec<Rule>,
    pub(super) words: HashMap<String, Entry>,
    /// Words that are inflected without their endings, by their first letters.
    pub(super) stems: HashMap<String, Vec<(String, Entry)>>,
    /// How many entries have been asked for; a number for the next one.
    pub(super) entries: usize,
    pub(super) rules_with_stems: Rules,
    pub(super) letters: Vec<(char, Vote)>,
    pub(super) patterns: Vec<Pattern>,
    /// Several words that follow each other in a name, as their first word has them.
    pub(super) names: HashMap<String, Vec<(Vec<String>, Vote)>>,
    /// Of a text language, what concerns it.
    pub(super) languages: HashMap<String, Concern>,
}

/// How much evidence is enough.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scales {
    /// The least log-odds of a claim.
    pub(super) least: f64,
    /// By how much it must exceed those for any other source.
    pub(super) lead: f64,
    /// The log-odds of some other source before anything is read.
    pub(super) prior: f64,
    /// The most that each kind may say.
    pub(super) caps: Caps,
    pub(super) grades: HashMap<String, f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Caps {
    pub(super) letters: f64,
    pub(super) words: f64,
    pub(super) patterns: f64,
    pub(super) names: f64,
}

impl Caps {
    pub(super) fn of(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Letters => self.letters,
            Kind::Words => self.words,
            Kind::Patterns => self.patterns,
            Kind::Names => self.names,
        }
    }
}

/// The longest ending, in letters, by which a word may go beyond its stem.
const ENDING: usize = 3;

/// How many letters of a stem it is found by; none is shorter.
const HEAD: usize = 3;

impl Table {
    /// What concerns texts in this language; None if nothing does.
    ///
    /// A language that has several scripts may be in the data with that of the tag, as in `sr-Latn`.
    pub(super) fn concern(&self, language: &str) -> Option<&Concern> {
        let base = language.split(['-', '_']).next()?;
        self.languages.get(language).or_else(|| self.languages.get(base))
    }

    /// What is known of a word, by all of it or, where a rule has inflected words, by its stem.
    pub(super) fn word(&self, word: &str, concern: &Concern) -> Option<&Entry> {
        let whole = self.words.get(word);
        if whole.is_some() || !concern.has_stems {
            return whole;
        }
        let found = self.stems.get(head(word)?)?.iter().find(|(stem, _)| {
            word.strip_prefix(stem.as_str()).is_some_and(|ending| ending.chars().nth(ENDING).is_none())
        });
        found.map(|(_, entry)| entry)
    }

    /// Whether a rule has the word as one of the language that a text is in, so that it is not foreign there.
    pub(super) fn is_own(&self, entry: &Entry, concern: &Concern) -> bool {
        concern.own.is_some_and(|own| entry.votes.iter().any(|vote| self.rules[vote.rule].source == own))
    }

    /// Whether a word is so usual that neither its letters nor its parts say anything.
    pub(super) fn is_usual(&self, word: &str) -> bool {
        self.words.get(word).is_some_and(|entry| entry.is_usual)
    }

    /// Names of several words that begin with this one, each with its further words.
    pub(super) fn names_from(&self, first: &str) -> &[(Vec<String>, Vote)] {
        self.names.get(first).map_or(&[], Vec::as_slice)
    }
}

/// The first letters of a word, by which stems are found; None if it has fewer.
pub(super) fn head(word: &str) -> Option<&str> {
    let (end, last) = word.char_indices().nth(HEAD - 1)?;
    Some(&word[..end + last.len_utf8()])
}

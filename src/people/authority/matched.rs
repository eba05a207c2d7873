//! A known person who may be meant, and how much is alike.

use std::sync::Arc;

use super::Entry;
use crate::names::{Name, Skeleton, Token, compare_tokens};

/// A known person who may be meant.
#[derive(Clone, Debug)]
pub struct Match {
    /// Equal for the same person of the same authority.
    pub index: u64,
    /// `AUTHORITY:ENTRY`.
    pub id: String,
    pub entry: Arc<Entry>,
    pub score: f64,
    /// The spelling that fits best.
    pub spelling: String,
    pub why: Vec<String>,
    /// Parts of the name that the spelling does not have.
    pub unmatched: usize,
    /// Parts of the spelling that the name does not have.
    pub lacking: usize,
    /// How alike the words are that sound least alike.
    pub worst: f64,
    /// Whether the name alone says that the person is meant: the more people are known, the more alike it has to be.
    pub sure: bool,
    /// Whether the words are alike enough for one script; of two scripts they are.
    pub spelt_alike: bool,
    /// Whether the name is in the script of the spelling.
    pub(super) same_script: bool,
    /// Whether the two say enough to be compared at all strictly.
    pub(super) distinct: bool,
    /// And differ at most as spellings of one name in two scripts, or its forms in one, do.
    pub(super) legible: bool,
    /// Ids that other authorities have for the same person.
    pub same_as: Vec<String>,
    pub(super) family_names: Arc<[Token]>,
    pub(super) priority: i64,
    pub(super) rank: f64,
}

/// A word has to be so much like a family name to be it.
pub(super) const FAMILY_NAME: f64 = 0.85;

impl Match {
    /// A person of whom nothing is compared yet.
    pub(super) fn of(index: u64, id: String, Known { entry, family_names }: Known, priority: i64) -> Match {
        Match {
            index,
            id,
            entry,
            family_names,
            score: 0.0,
            spelling: String::new(),
            why: Vec::new(),
            unmatched: 0,
            lacking: 0,
            worst: 0.0,
            sure: false,
            spelt_alike: false,
            same_script: false,
            legible: false,
            distinct: false,
            same_as: Vec::new(),
            priority,
            rank: 0.0,
        }
    }

    /// The skeletons of the person's family names.
    pub fn family_skeletons(&self) -> impl Iterator<Item = Skeleton> {
        self.family_names.iter().flat_map(|name| name.skeletons())
    }

    /// How much the word is like a family name of the person; `None` for too little.
    pub fn has_family_name(&self, token: &Token) -> Option<f64> {
        let alike = self.family_names.iter().map(|own| compare_tokens(token, own)).fold(0.0, f64::max);
        (alike >= FAMILY_NAME).then_some(alike)
    }
}

/// What is remembered of a person.
#[derive(Clone)]
pub(super) struct Known {
    pub entry: Arc<Entry>,
    pub family_names: Arc<[Token]>,
}

impl Known {
    /// Family names are the last words, and the last two together: compound ones are also written apart.
    pub(super) fn of(entry: Entry) -> Known {
        let mut names: Vec<Token> = Vec::new();
        let mut put = |token: Token| {
            if !names.iter().any(|other| other.identity() == token.identity()) {
                names.push(token);
            }
        };
        for name in entry.spellings().into_iter().map(Name::parse) {
            if let [_, .., a, b] = name.tokens.as_slice()
                && name.tokens.len() > 2
                && let Some(joined) = Token::new(&format!("{}{}", a.text, b.text))
            {
                put(joined);
            }
            if let Some(last) = name.tokens.last() {
                put(last.clone());
            }
        }
        Known { entry: Arc::new(entry), family_names: names.into() }
    }
}

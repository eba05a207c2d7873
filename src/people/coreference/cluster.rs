//! The mentions of one person, as they come together.

use rustc_hash::FxHashSet;

use super::super::authority::Match;
use super::super::mentions::Candidate;
use crate::names::{Part, Skeleton};

/// The mentions of one person, or a lone short mention that no fuller one explains.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// In order of the text. At least one.
    pub mentions: Vec<Candidate>,
    /// Index of the fullest mention.
    pub fullest: usize,
    /// Indices of full mentions, each way of writing once.
    forms: Vec<usize>,
    /// Keys of the words of these, and of the last two written as one.
    pub(super) keys: FxHashSet<Skeleton>,
    /// Known people who fit, best first.
    pub known: Vec<Match>,
    /// Known people whose names are like it, and not enough, best first.
    pub near: Vec<Match>,
    pub why: Vec<String>,
    /// For a short mention that fits several people of the document: their places among the clusters.
    pub rivals: Vec<usize>,
}

/// Ways of writing one person's full name in one document that are compared.
const MOST_FORMS: usize = 16;

impl Cluster {
    /// Of the first mention of somebody.
    pub(super) fn new(candidate: Candidate) -> Cluster {
        let mut cluster = Cluster {
            known: candidate.known.clone(),
            near: candidate.near.clone(),
            why: if candidate.why.is_empty() {
                Vec::new()
            } else {
                vec![format!("“{}”: {}", candidate.text, candidate.why)]
            },
            forms: Vec::new(),
            keys: FxHashSet::default(),
            mentions: vec![candidate],
            fullest: 0,
            rivals: Vec::new(),
        };
        cluster.note_form(0);
        cluster
    }

    /// Keeps the place of a full mention that is written as none before.
    fn note_form(&mut self, new: usize) {
        let mention = &self.mentions[new];
        if mention.full
            && self.forms.len() < MOST_FORMS
            && !self.forms.iter().any(|at| self.mentions[*at].text == mention.text)
        {
            self.forms.push(new);
            self.keys.extend(mention.skeletons());
        }
    }

    /// The full mentions, each way of writing once.
    pub(super) fn full_forms(&self) -> impl Iterator<Item = &Candidate> {
        self.forms.iter().map(|at| &self.mentions[*at])
    }

    /// Takes one more mention of the person, and why it is one.
    pub(super) fn take(&mut self, candidate: Candidate, why: String) {
        let better = match (self.known.first(), candidate.known.first()) {
            (None, Some(_)) => true,
            (Some(held), Some(new)) => new.score > held.score,
            _ => false,
        };
        if better {
            self.known = candidate.known.clone();
        }
        if self.near.is_empty() {
            self.near = candidate.near.clone();
        }
        if !why.is_empty() && self.why.len() < 12 && !self.why.contains(&why) {
            self.why.push(why);
        }
        self.mentions.push(candidate);
        let new = self.mentions.len() - 1;
        if fullness(&self.mentions[new]) > fullness(&self.mentions[self.fullest]) {
            self.fullest = new;
        }
        self.note_form(new);
    }
}

/// Which of the mentions is the fullest.
pub(super) fn fullest(mentions: &[Candidate]) -> usize {
    // Among equals the first.
    mentions.iter().enumerate().rev().max_by_key(|(_, m)| fullness(m)).map_or(0, |(i, _)| i)
}

fn fullness(mention: &Candidate) -> (bool, usize) {
    (mention.full, mention.name.tokens.iter().filter(|t| t.part != Part::Initial).count())
}

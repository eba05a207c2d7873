//! Full names: which of them are one person's.

use rustc_hash::FxHashMap;

use super::super::authority::Match;
use super::super::mentions::Candidate;
use super::cluster::Cluster;
use crate::names::{Name, SAME_PERSON, Skeleton, Token, compare, compare_tokens};

/// So many who share a word with a name are asked in any case.
const FEW: usize = 8;

/// Which people of the document have a word of a certain sound, or are a known person: who has neither in common with a
/// name need not be asked.
#[derive(Default)]
pub(super) struct ByWord {
    words: FxHashMap<Skeleton, Vec<usize>>,
    known: FxHashMap<u64, usize>,
}

impl ByWord {
    /// Those who may be meant, in order: one person's names share each word, so that those who share the rarest are enough.
    fn asked(&self, candidate: &Candidate) -> Vec<usize> {
        let of_word = |token: &Token| {
            let keys = token.keys().into_iter();
            keys.filter_map(|key| self.words.get(&key)).flatten().copied().collect::<Vec<usize>>()
        };
        let mut of_words: Vec<Vec<usize>> = candidate.name.main().map(of_word).collect();
        of_words.sort_by_key(Vec::len);
        let rarest = of_words.iter().position(|people| !people.is_empty()).unwrap_or(0);
        let few = of_words.iter().enumerate().filter(|(at, people)| *at == rarest || people.len() <= FEW);
        let mut asked: Vec<usize> = few.flat_map(|(_, people)| people).copied().collect();
        asked.extend(candidate.known.first().and_then(|known| self.known.get(&known.index)));
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    fn note(&mut self, candidate: &Candidate, cluster: usize) {
        for key in candidate.name.tokens.iter().flat_map(|token| token.keys()) {
            let of_word = self.words.entry(key).or_default();
            if of_word.last() != Some(&cluster) {
                of_word.push(cluster);
            }
        }
        if let Some(known) = candidate.known.first() {
            self.known.entry(known.index).or_insert(cluster);
        }
    }
}

/// Gives a full name to the person of the document who has it, or to one more.
pub(super) fn place(clusters: &mut Vec<Cluster>, by_word: &mut ByWord, candidate: Candidate, most: usize) {
    let home =
        by_word.asked(&candidate).into_iter().find_map(|at| same(&clusters[at], &candidate).map(|why| (at, why)));
    match home {
        Some((at, why)) => {
            if !clusters[at].full_forms().any(|form| form.text == candidate.text) {
                by_word.note(&candidate, at);
            }
            clusters[at].take(candidate, why);
        }
        None if clusters.len() >= most => {}
        None => {
            by_word.note(&candidate, clusters.len());
            clusters.push(Cluster::new(candidate));
        }
    }
}

/// Whether a name is a given name and the father's, as one is addressed in Russian: Владимир Владимирович.
pub(super) fn is_given_and_father(name: &Name) -> bool {
    matches!(name.tokens.as_slice(), [given, father] if given.is_given() && father.is_like_fathers_name())
}

/// Whether the person of the document has this given name and no other father, and a family name.
pub(super) fn has_given_and_father(cluster: &Cluster, name: &Name) -> bool {
    let (given, father) = (&name.tokens[0], &name.tokens[1]);
    cluster.full_forms().any(|form| {
        let tokens = &form.name.tokens;
        let fathers: Vec<&Token> = tokens.iter().filter(|t| t.is_like_fathers_name()).collect();
        tokens.len() > 1 + fathers.len()
            && tokens.iter().any(|token| compare_tokens(token, given) >= SAME_WORD)
            && fathers.iter().all(|own| compare_tokens(own, father) >= SAME_WORD)
    })
}

/// Words as alike as this are one word in some case.
const SAME_WORD: f64 = 0.9;

/// In one document a name is written in one way, but for case endings: each word has to be so much alike.
const ALIKE_HERE: f64 = 0.8;

/// Why the full mention is of the cluster's person, if it is.
fn same(cluster: &Cluster, candidate: &Candidate) -> Option<String> {
    let known = |matches: &[Match]| matches.first().map(|m| m.index);
    match (known(&cluster.known), known(&candidate.known)) {
        (Some(a), Some(b)) if a == b => return Some(format!("“{}”: the same known person", candidate.text)),
        (Some(_), Some(_)) => return None,
        _ => {}
    }
    cluster.full_forms().find_map(|mention| {
        let found = compare(&mention.name, &candidate.name);
        let alike = found.worst() >= ALIKE_HERE || mention.name.script() != candidate.name.script();
        (found.score >= SAME_PERSON && alike).then(|| {
            format!(
                "“{}” like “{}”: {}",
                candidate.text,
                mention.text,
                found.why(&mention.name, &candidate.name).join(", ")
            )
        })
    })
}

//! Brings the mentions of one person inside a document together.

use super::Authority;
use super::mentions::Candidate;
use crate::names::{Part, SAME_PERSON, Token, compare, compare_tokens};

/// The mentions of one person, or a lone short mention that no fuller one explains.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// In order of the text. At least one.
    pub mentions: Vec<Candidate>,
    /// Index of the fullest mention.
    pub fullest: usize,
    /// Known people who fit, best first.
    pub known: Vec<super::authority::Match>,
    pub why: Vec<String>,
    /// For a short mention that fits several people of the document: their names.
    pub rivals: Vec<usize>,
}

/// How well a single word must fit a part of a fuller name.
const SHORT_FITS: f64 = 0.9;

/// A second person must fit this much worse, or nobody can tell.
const CLEARLY: f64 = 0.03;

/// Full mentions of one name first, then the short ones to them.
pub fn bring_together(candidates: Vec<Candidate>, authority: &Authority) -> Vec<Cluster> {
    let (full, short): (Vec<Candidate>, Vec<Candidate>) = candidates.into_iter().partition(|c| c.full);
    let mut clusters: Vec<Cluster> = Vec::new();
    for candidate in full {
        let home = clusters.iter_mut().find_map(|cluster| same(cluster, &candidate).map(|why| (cluster, why)));
        match home {
            Some((cluster, why)) => cluster.take(candidate, why),
            None => clusters.push(Cluster::new(candidate)),
        }
    }
    let known_here = clusters.len();
    for candidate in short {
        attach(&mut clusters, known_here, candidate, authority);
    }
    for cluster in &mut clusters {
        cluster.mentions.sort_by_key(|m| (m.field, m.start));
        cluster.fullest = fullest(&cluster.mentions);
    }
    clusters.sort_by_key(|c| c.mentions.first().map(|m| (m.field, m.start)));
    clusters
}

/// Why the full mention is of the cluster's person, if it is.
fn same(cluster: &Cluster, candidate: &Candidate) -> Option<String> {
    let known = |matches: &[super::authority::Match]| matches.first().map(|m| m.index);
    match (known(&cluster.known), known(&candidate.known)) {
        (Some(a), Some(b)) if a == b => return Some(format!("“{}”: the same known person", candidate.text)),
        (Some(_), Some(_)) => return None,
        _ => {}
    }
    cluster.mentions.iter().filter(|m| m.full).find_map(|mention| {
        let found = compare(&mention.name, &candidate.name);
        (found.score >= SAME_PERSON).then(|| format!("“{}” like “{}”: {}", candidate.text, mention.text, found.why.join(", ")))
    })
}

/// Gives a single word to the person of the document whose name has it; keeps it as a lone mention when a title says
/// that it names somebody, or an authority knows it.
fn attach(clusters: &mut Vec<Cluster>, known_here: usize, candidate: Candidate, authority: &Authority) {
    let mut fits: Vec<(f64, usize)> = clusters[..known_here]
        .iter()
        .enumerate()
        .map(|(i, cluster)| (fit(cluster, &candidate, authority), i))
        .filter(|(score, _)| *score >= SHORT_FITS)
        .collect();
    fits.sort_by(|a, b| b.0.total_cmp(&a.0));
    match fits.as_slice() {
        [(_, only)] => take_short(&mut clusters[*only], candidate),
        [(best, i), (second, _), ..] if best - second >= CLEARLY => take_short(&mut clusters[*i], candidate),
        [(best, _), ..] => {
            let rivals: Vec<usize> = fits.iter().filter(|(score, _)| best - score < CLEARLY).map(|(_, i)| *i).collect();
            // An office beside the word may tell which of them is meant.
            let by_office: Vec<usize> =
                rivals.iter().copied().filter(|i| shares_office(&clusters[*i], &candidate, authority)).collect();
            if let [one] = by_office.as_slice() {
                let mut cluster_candidate = candidate;
                cluster_candidate.why = "the office beside it tells which of the two".into();
                take_short(&mut clusters[*one], cluster_candidate);
            } else {
                push_lone(clusters, known_here, candidate, rivals);
            }
        }
        [] => {
            let promising = candidate.titled || candidate.variants[0].iter().any(|t| authority.knows_part(t));
            if promising {
                push_lone(clusters, known_here, candidate, Vec::new());
            }
        }
    }
}

/// Lone mentions of one word are of one unknown person.
fn push_lone(clusters: &mut Vec<Cluster>, known_here: usize, candidate: Candidate, rivals: Vec<usize>) {
    let same = clusters[known_here..].iter_mut().find(|cluster| {
        cluster.mentions[0].variants[0].iter().any(|a| {
            candidate.variants[0].iter().any(|b| a.skeletons[0] == b.skeletons[0] && compare_tokens(a, b) >= 0.97)
        })
    });
    match same {
        Some(cluster) => cluster.take(candidate, String::new()),
        None => {
            let mut cluster = Cluster::new(candidate);
            cluster.rivals = rivals;
            clusters.push(cluster);
        }
    }
}

fn take_short(cluster: &mut Cluster, candidate: Candidate) {
    let full = &cluster.mentions[cluster.fullest];
    let reason = if candidate.why.is_empty() { "part of the fuller name" } else { candidate.why.as_str() };
    let why = format!("“{}”: {reason} “{}”", candidate.text, full.text);
    cluster.take(candidate, why);
}

/// How well the word fits a part of the person's names.
fn fit(cluster: &Cluster, candidate: &Candidate, authority: &Authority) -> f64 {
    let mut best = 0.0f64;
    for mention in cluster.mentions.iter().filter(|m| m.full) {
        best = best.max(fit_word(&mention.variants, candidate));
        // Amir Abdollahian, Amirabdollahian.
        let parts: Vec<&Token> = mention.name.tokens.iter().filter(|t| t.part == Part::Main).collect();
        if let [.., a, b] = parts.as_slice()
            && parts.len() > 2
            && let Some(joined) = Token::new(&format!("{}{}", a.text, b.text))
        {
            best = best.max(fit_word(&[vec![joined]], candidate));
        }
    }
    if let Some(known) = cluster.known.first() {
        let found = candidate.variants[0].iter().flat_map(|t| authority.find_short(t)).filter(|m| m.index == known.index);
        best = best.max(found.map(|m| m.score - 0.02).fold(0.0, f64::max));
    }
    best
}

fn fit_word(variants: &[Vec<Token>], candidate: &Candidate) -> f64 {
    let mut best = 0.0f64;
    for (position, word) in variants.iter().enumerate() {
        // A given name alone may be another's; it must fit as written.
        let given = position + 1 < variants.len();
        for (i, full) in word.iter().enumerate() {
            for (j, short) in candidate.variants[0].iter().enumerate() {
                if short.part != Part::Main || !full.skeletons.iter().any(|s| short.skeletons.contains(s)) {
                    continue;
                }
                let endings = (i.min(1) + j.min(1)) as f64;
                let score = compare_tokens(full, short) - 0.02 * endings - if given { 0.02 } else { 0.0 };
                best = best.max(score);
            }
        }
    }
    best
}

fn shares_office(cluster: &Cluster, candidate: &Candidate, authority: &Authority) -> bool {
    let known = cluster.known.first().map(|m| &authority.entry(m.index).positions);
    candidate.roles.iter().any(|role| {
        known.is_some_and(|positions| positions.contains(role)) || cluster.mentions.iter().any(|m| m.roles.contains(role))
    })
}

fn fullest(mentions: &[Candidate]) -> usize {
    let main = |m: &Candidate| m.name.tokens.iter().filter(|t| t.part != Part::Initial).count();
    // Among equals the first.
    mentions.iter().enumerate().rev().max_by_key(|(_, m)| (m.full, main(m))).map_or(0, |(i, _)| i)
}

impl Cluster {
    fn new(candidate: Candidate) -> Cluster {
        Cluster {
            known: candidate.known.clone(),
            why: if candidate.why.is_empty() { Vec::new() } else { vec![format!("“{}”: {}", candidate.text, candidate.why)] },
            mentions: vec![candidate],
            fullest: 0,
            rivals: Vec::new(),
        }
    }

    fn take(&mut self, candidate: Candidate, why: String) {
        let better = match (self.known.first(), candidate.known.first()) {
            (None, Some(_)) => true,
            (Some(held), Some(new)) => new.score > held.score,
            _ => false,
        };
        if better {
            self.known = candidate.known.clone();
        }
        if !why.is_empty() && self.why.len() < 12 && !self.why.contains(&why) {
            self.why.push(why);
        }
        self.mentions.push(candidate);
        self.fullest = fullest(&self.mentions);
    }
}

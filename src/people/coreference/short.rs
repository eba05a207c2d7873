//! Short names, of one word mostly: whose of the people of the document they are.

use std::rc::Rc;

use super::super::Authority;
use super::super::mentions::Candidate;
use super::super::text::Variant;
use super::cluster::Cluster;
use crate::names::{Gender, Name, Part, SAME_PERSON, Skeleton, Token, compare, compare_tokens, normalise};

/// How well a single word must fit a part of a fuller name.
const SHORT_FITS: f64 = 0.88;

/// A second person must fit this much worse, or nobody can tell.
const CLEARLY: f64 = 0.03;

/// Gives a short name to the person of the document whose name has it; keeps it as a lone mention when a title says
/// that it names somebody, or an authority knows it.
pub(super) fn attach(
    clusters: &mut Vec<Cluster>,
    known_here: usize,
    mut candidate: Candidate,
    authority: &Authority,
    most: usize,
) {
    let own: Vec<Skeleton> = candidate.variants[0].iter().flat_map(|v| v.skeletons.iter().copied()).collect();
    let mut fits: Vec<Fit> = clusters[..known_here]
        .iter()
        .enumerate()
        .filter(|(_, cluster)| !cluster.known.is_empty() || own.iter().any(|key| cluster.keys.contains(key)))
        .filter(|(_, cluster)| !candidate.initials || has_initials(cluster, &candidate.name))
        .filter_map(|(i, cluster)| fit(cluster, &candidate).map(|(score, variant)| Fit { score, variant, cluster: i }))
        .filter(|fit| fit.score >= SHORT_FITS)
        .collect();
    fits.sort_by(|a, b| b.score.total_cmp(&a.score));
    let Some(best) = fits.first().cloned() else {
        if candidate.titled
            || candidate.likely > 0.0
            || candidate.variants[0].iter().any(|v| authority.part(&v.token).is_some())
        {
            push_lone(clusters, known_here, candidate, Vec::new(), most);
        }
        return;
    };
    candidate.cut(best.variant);
    let rivals: Vec<usize> = fits.iter().filter(|f| best.score - f.score < CLEARLY).map(|f| f.cluster).collect();
    if let [only] = rivals.as_slice() {
        return take_short(&mut clusters[*only], candidate);
    }
    // A form of address, or an office beside the word, may tell which of them is meant.
    if let Some(one) = candidate.gender.and_then(|gender| only_of_gender(clusters, &rivals, gender)) {
        candidate.why = "the form of address before it tells which of the two".into();
        return take_short(&mut clusters[one], candidate);
    }
    let by_office: Vec<usize> = rivals.iter().copied().filter(|i| shares_office(&clusters[*i], &candidate)).collect();
    if let [one] = by_office.as_slice() {
        candidate.why = "the office beside it tells which of the two".into();
        return take_short(&mut clusters[*one], candidate);
    }
    match owner(clusters, &rivals, &candidate) {
        Some(one) => {
            candidate.why = "the first to be called by the name that several have".into();
            take_short(&mut clusters[one], candidate);
        }
        None => push_lone(clusters, known_here, candidate, rivals, most),
    }
}

/// Whether what a person is called here may begin with these initials.
fn has_initials(cluster: &Cluster, name: &Name) -> bool {
    cluster.full_forms().any(|form| compare(&form.name, name).score >= SAME_PERSON)
}

/// How well a person's name has a short form.
#[derive(Clone, Debug)]
struct Fit {
    score: f64,
    /// Which variant of the written word fits.
    variant: usize,
    cluster: usize,
}

/// Whom a surname that several people of the document have means: the first of them, before the others are introduced
/// and, when he was called by it before they were, also after. A headline means the first.
fn owner(clusters: &[Cluster], rivals: &[usize], candidate: &Candidate) -> Option<usize> {
    let introduced = |i: usize| clusters[i].mentions.iter().filter(|m| m.full).map(|m| (m.field, m.start)).min();
    let mut order: Vec<_> = rivals.iter().filter_map(|i| introduced(*i).map(|place| (place, *i))).collect();
    order.sort_unstable();
    let [(_, first), (second, _), ..] = order.as_slice() else { return None };
    let here = (candidate.field, candidate.start);
    let owned = |m: &Candidate| !m.full && m.field == second.0 && (m.field, m.start) < *second;
    let called = |i: usize| clusters[i].mentions.iter().any(|m| !m.full && m.field == candidate.field);
    let established =
        clusters[*first].mentions.iter().any(owned) || (called(*first) && order[1..].iter().all(|(_, i)| !called(*i)));
    (here < *second || established).then_some(*first)
}

/// Lone mentions of one word are of one unknown person.
fn push_lone(clusters: &mut Vec<Cluster>, known_here: usize, candidate: Candidate, rivals: Vec<usize>, most: usize) {
    let full = clusters.len() >= 2 * most;
    let same = clusters[known_here..].iter_mut().find(|cluster| {
        let genders = (cluster.mentions[0].gender, candidate.gender);
        !matches!(genders, (Some(a), Some(b)) if a != b)
            && cluster.mentions[0].variants[0].iter().any(|a| {
                candidate.variants[0]
                    .iter()
                    .any(|b| a.skeletons.first() == b.skeletons.first() && compare_tokens(&a.token, &b.token) >= 0.97)
            })
    });
    match same {
        Some(cluster) => cluster.take(candidate, String::new()),
        None if full => {}
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

/// How well the word fits a part of the person's names, and by which of its variants.
fn fit(cluster: &Cluster, candidate: &Candidate) -> Option<(f64, usize)> {
    let mut best: Option<(f64, usize)> = None;
    let mut better = |found: Option<(f64, usize)>| {
        if let Some((score, _)) = found
            && best.is_none_or(|(held, _)| score > held)
        {
            best = found;
        }
    };
    for mention in cluster.full_forms() {
        better(fit_words(&mention.variants, candidate));
        // Abd Allahian is one name in two words.
        for token in mention.name.tokens.iter().filter(|t| t.text.contains(' ')) {
            better(fit_words(&[one_form(token.clone())], candidate));
        }
        // Amir Abdollahian, Amirabdollahian.
        let parts: Vec<&Token> = mention.name.tokens.iter().filter(|t| t.part == Part::Main).collect();
        if let [_, .., a, b] = parts.as_slice()
            && let Some(joined) = Token::new(&format!("{}{}", a.text, b.text))
        {
            better(fit_words(&[one_form(joined)], candidate));
        }
    }
    // Spellings that the document does not have count only where those that it has do not fit.
    let fits = best.is_some_and(|(score, _)| score >= SHORT_FITS);
    if let Some(known) = cluster.known.first().filter(|_| !fits) {
        for (i, variant) in candidate.variants[0].iter().enumerate() {
            let found =
                known.has_family_name(&variant.token).map(|score| (score - 0.02 - SHORT_ENDING * i.min(1) as f64, i));
            if found.is_some_and(|(score, _)| best.is_none_or(|(held, _)| score > held)) {
                best = found;
            }
        }
    }
    best
}

/// What it costs to take an ending off the fuller name: Алиева is rather herself than an Алиев.
const FULL_ENDING: f64 = 0.035;

/// What it costs to take one off the short form: less than what would decide between two people, but for the subject of a
/// verb, which has none.
const SHORT_ENDING: f64 = 0.02;

fn share_skeleton(a: &Variant, b: &Variant) -> bool {
    a.skeletons.iter().any(|s| b.skeletons.contains(s))
}

/// A word of which one spelling is known.
fn one_form(token: Token) -> Rc<[Variant]> {
    let normal = normalise(&token.text);
    Rc::new([Variant::whole(token, normal)])
}

fn fit_words(variants: &[Rc<[Variant]>], candidate: &Candidate) -> Option<(f64, usize)> {
    let cased = candidate.text.chars().next().is_some_and(|c| c.is_uppercase());
    let mut best: Option<(f64, usize)> = None;
    for (position, word) in variants.iter().enumerate() {
        let given = position + 1 < variants.len();
        for (i, full) in word.iter().enumerate() {
            for (j, short) in candidate.variants[0].iter().enumerate() {
                if short.token.part != Part::Main || !share_skeleton(full, short) {
                    continue;
                }
                // Without capitals, and of a given name, only the same word counts.
                if (given || !cased) && full.normal != short.normal {
                    continue;
                }
                let likeness = compare_tokens(&full.token, &short.token);
                // Who has three names is called by the first or the last; and a given name that is also a word is one only
                // where it looks like a name.
                let middle = given && !cased && position > 0;
                let word = given && !cased && candidate.likely == 0.0 && !candidate.titled;
                if middle || word {
                    continue;
                }
                let short_ending = if candidate.subject { FULL_ENDING } else { SHORT_ENDING };
                let score = likeness
                    - FULL_ENDING * i.min(1) as f64
                    - short_ending * j.min(1) as f64
                    - if given { 0.02 } else { 0.0 };
                if best.is_none_or(|(held, _)| score > held) {
                    best = Some((score, j));
                }
            }
        }
    }
    best
}

/// The only one whose names say this gender or, where nobody's do, the only one whose names do not say the other.
fn only_of_gender(clusters: &[Cluster], rivals: &[usize], gender: Gender) -> Option<usize> {
    let only = |fits: &dyn Fn(Option<Gender>) -> bool| {
        let mut fitting = rivals.iter().copied().filter(|at| fits(gender_of(&clusters[*at])));
        fitting.next().filter(|_| fitting.next().is_none())
    };
    only(&|own| own == Some(gender)).or_else(|| only(&|own| own.is_none_or(|own| own == gender)))
}

/// What the person's names say of the gender.
fn gender_of(cluster: &Cluster) -> Option<Gender> {
    cluster.full_forms().find_map(|form| {
        // Clinton is a man's given name too: after another one it says nothing.
        let first = form.name.main().next().filter(|token| token.is_given());
        form.gender.or_else(|| first.map_or_else(|| form.name.gender(), Token::gender))
    })
}

fn shares_office(cluster: &Cluster, candidate: &Candidate) -> bool {
    let known = cluster.known.first().map(|m| &m.entry.positions);
    candidate.roles.iter().any(|role| {
        known.is_some_and(|positions| positions.contains(&role.role))
            || cluster.mentions.iter().flat_map(|m| &m.roles).any(|other| other.role == role.role)
    })
}

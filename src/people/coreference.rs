//! Brings the mentions of one person inside a document together.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Authority;
use super::mentions::Candidate;
use super::text::Variant;
use crate::names::{Gender, Name, Part, SAME_PERSON, Skeleton, Token, compare, compare_tokens, normalise};

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
    keys: FxHashSet<Skeleton>,
    /// Known people who fit, best first.
    pub known: Vec<super::authority::Match>,
    /// Known people whose names are like it, and not enough, best first.
    pub near: Vec<super::authority::Match>,
    pub why: Vec<String>,
    /// For a short mention that fits several people of the document: their names.
    pub rivals: Vec<usize>,
}

/// How well a single word must fit a part of a fuller name.
const SHORT_FITS: f64 = 0.88;

/// A second person must fit this much worse, or nobody can tell.
const CLEARLY: f64 = 0.03;

/// Ways of writing one person's full name in one document that are compared.
const MOST_FORMS: usize = 16;

/// Full mentions of one name first, then the short ones to them. At most `most` people are told apart; a directory has more,
/// and the rest of it is left.
pub fn bring_together(candidates: Vec<Candidate>, authority: &Authority, most: usize) -> Vec<Cluster> {
    let (full, short): (Vec<Candidate>, Vec<Candidate>) = candidates.into_iter().partition(|c| c.full);
    let mut clusters: Vec<Cluster> = Vec::new();
    let (with_father, full): (Vec<Candidate>, Vec<Candidate>) =
        full.into_iter().partition(|c| is_given_and_father(&c.name));
    let mut by_word = ByWord::default();
    for candidate in full {
        place(&mut clusters, &mut by_word, candidate, most);
    }
    for candidate in with_father {
        let mut fitting = clusters.iter_mut().filter(|cluster| has_given_and_father(cluster, &candidate.name));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => {
                let why = format!(
                    "“{}”: given name and father’s name of “{}”",
                    candidate.text, only.mentions[only.fullest].text
                );
                only.take(candidate, why);
            }
            _ => place(&mut clusters, &mut by_word, candidate, most),
        }
    }
    let known_here = clusters.len();
    for candidate in short {
        attach(&mut clusters, known_here, candidate, authority, most);
    }
    for cluster in &mut clusters {
        cluster.mentions.sort_by_key(|m| (m.field, m.start));
        cluster.fullest = fullest(&cluster.mentions);
    }
    in_order(clusters)
}

/// In order of their first mentions; who is named by number is so still.
fn in_order(clusters: Vec<Cluster>) -> Vec<Cluster> {
    let mut order: Vec<usize> = (0..clusters.len()).collect();
    order.sort_by_key(|at| clusters[*at].mentions.first().map(|m| (m.field, m.start)));
    let mut places = vec![0; order.len()];
    order.iter().enumerate().for_each(|(new, old)| places[*old] = new);
    let mut sorted: Vec<(usize, Cluster)> = clusters.into_iter().enumerate().map(|(at, c)| (places[at], c)).collect();
    sorted.sort_unstable_by_key(|(place, _)| *place);
    let mut clusters: Vec<Cluster> = sorted.into_iter().map(|(_, cluster)| cluster).collect();
    clusters.iter_mut().flat_map(|cluster| &mut cluster.rivals).for_each(|rival| *rival = places[*rival]);
    clusters
}

/// So many who share a word with a name are asked in any case.
const FEW: usize = 8;

/// Which people of the document have a word of a certain sound, or are a known person: who has neither in common with a
/// name need not be asked.
#[derive(Default)]
struct ByWord {
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
fn place(clusters: &mut Vec<Cluster>, by_word: &mut ByWord, candidate: Candidate, most: usize) {
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
fn is_given_and_father(name: &Name) -> bool {
    matches!(name.tokens.as_slice(), [given, father] if given.is_given() && father.is_like_fathers_name())
}

/// Whether the person of the document has this given name and no other father, and a family name.
fn has_given_and_father(cluster: &Cluster, name: &Name) -> bool {
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
    let known = |matches: &[super::authority::Match]| matches.first().map(|m| m.index);
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

/// Gives a short name to the person of the document whose name has it; keeps it as a lone mention when a title says
/// that it names somebody, or an authority knows it.
fn attach(
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

fn fullest(mentions: &[Candidate]) -> usize {
    // Among equals the first.
    mentions.iter().enumerate().rev().max_by_key(|(_, m)| fullness(m)).map_or(0, |(i, _)| i)
}

fn fullness(mention: &Candidate) -> (bool, usize) {
    (mention.full, mention.name.tokens.iter().filter(|t| t.part != Part::Initial).count())
}

impl Cluster {
    fn new(candidate: Candidate) -> Cluster {
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
    fn full_forms(&self) -> impl Iterator<Item = &Candidate> {
        self.forms.iter().map(|at| &self.mentions[*at])
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

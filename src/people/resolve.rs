//! Says who the mentions that were brought together name: somebody known, somebody new, or nobody that is sure.

use rustc_hash::FxHashSet;

use super::authority::{Bearers, Entry, Match};
use super::context::{Context, Support};
use super::coreference::Cluster;
use super::looked_up::LookedUp;
use super::{Authority, Found, Identity};
use crate::model::{Candidate as Possible, Mention, MentionForm, Place, RoleBeside};
use crate::names::{Name, SAME_PERSON, compare};

/// Known people whose scores are this close are told apart by the context, or not at all.
const CLOSE: f64 = 0.04;

/// Offices beside one person's names that are kept.
const MOST_ROLES: usize = 16;

/// A name as like a known one as this may be that person's.
const NEAR: f64 = 0.8;

/// And is, where something beside it says so.
const NEAR_ENOUGH: f64 = 0.9;

/// How likely a single word has to be a name when nobody is known to have it.
pub(super) const LONE_NAME: f32 = 0.7;

/// Of scores closer than this neither is the better one.
const EQUAL: f64 = 0.005;

/// Of people whose names are equally likely to be meant, one whose words are so much less like is not.
const LESS_ALIKE: f64 = 0.05;

/// Gives every cluster an identity; clusters that name nobody are dropped.
pub fn settle(clusters: Vec<Cluster>, authority: &Authority, mut context: Context, looked_up: &LookedUp) -> Vec<Found> {
    let names: Vec<String> = clusters.iter().map(|c| c.mentions[c.fullest].name.text.to_string()).collect();
    for cluster in clusters.iter().filter(|cluster| cluster.mentions[cluster.fullest].full) {
        if let [only] = possible(cluster).as_slice() {
            context.joined_by(&only.entry);
        }
    }
    let found: Vec<Found> = clusters
        .into_iter()
        .filter_map(|cluster| {
            if cluster.mentions[cluster.fullest].full {
                Some(settle_full(cluster, &context))
            } else {
                settle_short(cluster, authority, &context, &names, looked_up)
            }
        })
        .collect();
    join_same(found)
}

/// The known people whom a full name may mean, best first: none much less than the best, none who has more names where
/// the best has just these, and none whose words are less like those written.
fn possible(cluster: &Cluster) -> Vec<Match> {
    let Some(best) = cluster.known.first() else { return Vec::new() };
    let likest = cluster.known.iter().filter(|m| best.score - m.score < CLOSE).map(|m| m.worst).fold(0.0, f64::max);
    // Who is known by just this spelling has it rather than who has other initials.
    let exact = cluster.known.iter().any(|m| m.score >= 1.0);
    let as_good = |m: &&Match| {
        best.score - m.score < CLOSE
            && (!exact || m.score >= 1.0)
            && (m.lacking <= best.lacking || m.score > best.score)
            && likest - m.worst < LESS_ALIKE
    };
    cluster.known.iter().filter(as_good).cloned().collect()
}

fn settle_full(cluster: Cluster, context: &Context) -> Found {
    let mut known: Vec<(Support, Match)> =
        possible(&cluster).into_iter().map(|found| (context.support(&found.entry, &cluster), found)).collect();
    // Stable: by the context first, by the score where it says nothing.
    known.sort_by_key(|(support, _)| std::cmp::Reverse(support.weight()));
    match known.as_slice() {
        [] => settle_near(cluster, context),
        [(_, only)] => known_person(cluster, only, None),
        [(one, best), (other, second), ..] => {
            if one.weight() == other.weight() && best.score - second.score < EQUAL {
                let known: Vec<Match> = known.into_iter().map(|(_, found)| found).collect();
                let why = "several known people have this name and the context does not tell them apart";
                return ambiguous(cluster, &known, why);
            }
            let by = one.over(other).unwrap_or_else(|| format!("a score of {:.2}", best.score));
            let rather = format!("rather than {}, by {by}", second.id);
            let mut found = known_person(cluster, best, None);
            found.why.push(rather);
            found
        }
    }
}

/// A name that is like those of known people, and not surely one of them: it is where the office or the year of birth
/// beside it is the person's; else it is somebody else's.
fn settle_near(mut cluster: Cluster, context: &Context) -> Found {
    let beside: Vec<&Match> = cluster
        .near
        .iter()
        .filter(|m| m.spelt_alike && m.score >= NEAR_ENOUGH && context.support(&m.entry, &cluster).is_beside())
        .collect();
    if let [only] = beside.as_slice() {
        let known = (*only).clone();
        let what = context.support(&known.entry, &cluster).over(&Support::default()).unwrap_or_default();
        let mut found = known_person(cluster, &known, None);
        found.why.push(format!("the name alone would not be enough; there is {what}"));
        return found;
    }
    let near: Vec<Match> = std::mem::take(&mut cluster.near).into_iter().filter(|m| m.score >= NEAR).take(3).collect();
    let mut found = provisional(cluster);
    for other in &near {
        found.why.push(format!(
            "like “{}” of {}, {:.2}: not enough to be that person",
            other.spelling, other.id, other.score
        ));
    }
    found.candidates = possibles(&near);
    found
}

/// A single word has to be so much like a family name, and with a title before its capital so much.
const ALIKE: f64 = 0.93;
const TITLED_ALIKE: f64 = 0.86;

/// How a single word stands in the text.
#[derive(Clone, Copy)]
struct Written {
    /// With initials before it, which are as good as a title.
    initials: bool,
    titled: bool,
    /// With a capital.
    cased: bool,
}

impl Written {
    fn of(cluster: &Cluster) -> Written {
        let first = &cluster.mentions[0];
        Written {
            initials: first.initials,
            titled: first.initials || cluster.mentions.iter().any(|m| m.titled),
            cased: first.text.chars().next().is_some_and(char::is_uppercase),
        }
    }

    /// Why it is somebody known.
    fn reason(self) -> &'static str {
        match self {
            Written { initials: true, .. } => "the initials, and the country or office of the document",
            Written { titled: true, .. } => "a title before it, and the country or office of the document",
            _ => "the country and office of the document",
        }
    }
}

/// A single word: somebody known, if a title and the context say so; never somebody new.
fn settle_short(
    mut cluster: Cluster,
    authority: &Authority,
    context: &Context,
    names: &[String],
    looked_up: &LookedUp,
) -> Option<Found> {
    if !cluster.rivals.is_empty() {
        let candidates = cluster.rivals.iter().filter_map(|i| names.get(*i)).cloned().collect::<Vec<_>>().join(", ");
        return Some(ambiguous(cluster, &[], &format!("fits several people of the document: {candidates}")));
    }
    let written = Written::of(&cluster);
    let fitting = bearers(&mut cluster, written, authority, looked_up);
    let Written { titled, cased, .. } = written;
    match best_supported(&fitting, &cluster, written, context).as_slice() {
        // What has neither title nor capital may be any word.
        [only] if titled || cased => Some(known_person(cluster, only, Some(written.reason()))),
        [] if fitting.is_empty() || !titled => lone(cluster, &fitting),
        _ if !titled && !cased => lone(cluster, &fitting),
        _ => Some(ambiguous(cluster, &fitting, "a short form that fits several known people, or nobody for sure")),
    }
}

/// The known people who have the word as their family name, best first. Of the forms that it may have been before an ending
/// was put to it, the mentions keep the one that fits best.
fn bearers(cluster: &mut Cluster, written: Written, authority: &Authority, looked_up: &LookedUp) -> Vec<Match> {
    let least = if written.titled && written.cased { TITLED_ALIKE } else { ALIKE };
    // Of whom nothing but the name is known nothing can say that they are meant.
    let asked = Bearers { alike: least, described: !written.titled && likely(cluster) < LONE_NAME };
    let mut by_variant: Vec<(Match, usize)> = Vec::new();
    for (i, variant) in cluster.mentions[0].variants[0].iter().enumerate() {
        let less = 0.02 * i.min(1) as f64;
        let bearers = looked_up.word(authority, &variant.token, &asked);
        let alike = bearers.iter().filter(|m| m.score - less >= least);
        by_variant.extend(alike.map(|m| {
            let mut less_alike = m.clone();
            less_alike.score -= less;
            (less_alike, i)
        }));
    }
    if written.initials {
        by_variant.retain(|(m, _)| has_initials(&m.entry, &cluster.mentions[0].name));
    }
    by_variant.sort_by(|a, b| b.0.score.total_cmp(&a.0.score));
    if let Some((_, variant)) = by_variant.first() {
        cluster.mentions.iter_mut().for_each(|m| m.cut(*variant));
    }
    let mut seen = FxHashSet::default();
    by_variant.into_iter().map(|(m, _)| m).filter(|m| seen.insert(m.index)).collect()
}

/// Those of whom the context says most, and enough: without a title the document must be about the person's country and
/// office both.
fn best_supported<'m>(fitting: &'m [Match], cluster: &Cluster, written: Written, context: &Context) -> Vec<&'m Match> {
    let least = if written.titled { 1 } else { 2 };
    let supports = fitting.iter().map(|m| (context.support(&m.entry, cluster), m));
    let supported: Vec<(Support, &Match)> = supports.filter(|(support, _)| support.said() >= least).collect();
    let top = supported.iter().map(|(support, _)| support.weight_of_short()).max().unwrap_or_default();
    let best: Vec<&Match> =
        supported.iter().filter(|(support, _)| support.weight_of_short() == top).map(|(_, m)| *m).collect();
    // Of a family, the one in office is meant by a title and the surname alone.
    match best.iter().filter(|m| !m.entry.positions.is_empty()).collect::<Vec<_>>().as_slice() {
        [only] if written.titled => vec![**only],
        _ => best,
    }
}

/// How likely the word is a name where it looks most like one.
fn likely(cluster: &Cluster) -> f32 {
    cluster.mentions.iter().map(|m| m.likely).fold(0.0, f32::max)
}

/// Whether a spelling of the person begins with these initials.
fn has_initials(entry: &Entry, name: &Name) -> bool {
    entry.spellings().into_iter().any(|spelling| compare(&Name::parse(spelling), name).score >= SAME_PERSON)
}

/// A single word that the tagger takes for a name, and nobody knows whose it is.
fn lone(cluster: Cluster, fitting: &[Match]) -> Option<Found> {
    let likely = likely(&cluster);
    let reason = format!("taken for a name ({likely:.2}), and nothing says whose");
    (likely >= LONE_NAME).then(|| ambiguous(cluster, &fitting[..fitting.len().min(3)], &reason))
}

fn known_person(cluster: Cluster, known: &Match, reason: Option<&str>) -> Found {
    let id = known.id.clone();
    let name = known.entry.name.clone();
    let mut why = cluster.why.clone();
    why.push(match reason {
        None => format!("“{}” is a spelling of {id}, “{}”", cluster.mentions[cluster.fullest].text, known.spelling),
        Some(reason) => format!("“{}” is {id} by {reason}", cluster.mentions[0].text),
    });
    // What was said with less than a full name is less sure.
    let score = if reason.is_some() { known.score.min(0.8) } else { known.score };
    let person = found(
        cluster,
        Identity::Known(id.clone()),
        name.clone(),
        score,
        vec![Possible { person_id: id, name, score: round(score) }],
        why,
    );
    Found { same_as: known.same_as.clone(), ..person }
}

fn provisional(cluster: Cluster) -> Found {
    let mut keys: Vec<String> = Vec::new();
    for mention in cluster.mentions.iter().filter(|m| m.full) {
        keys.extend(mention.name.pair_keys());
    }
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(256);
    let name = cluster.mentions[cluster.fullest].name.text.to_string();
    let mut why = cluster.why.clone();
    if keys.is_empty() {
        why.push("its parts give no key to know the person by".into());
        return found(cluster, Identity::Ambiguous, name, 0.5, Vec::new(), why);
    }
    why.push("nobody in the authority has this name".into());
    found(cluster, Identity::Provisional { keys }, name, 1.0, Vec::new(), why)
}

fn ambiguous(cluster: Cluster, candidates: &[Match], reason: &str) -> Found {
    let candidates = possibles(candidates);
    let score = candidates.first().map_or(0.0, |c| c.score);
    let name = cluster.mentions[cluster.fullest].name.text.to_string();
    let mut why = cluster.why.clone();
    why.push(format!("“{}”: {reason}", cluster.mentions[0].text));
    found(cluster, Identity::Ambiguous, name, score, candidates, why)
}

fn possibles(matches: &[Match]) -> Vec<Possible> {
    let possible = |m: &Match| Possible { person_id: m.id.clone(), name: m.entry.name.clone(), score: round(m.score) };
    matches.iter().map(possible).collect()
}

fn found(
    cluster: Cluster,
    identity: Identity,
    name: String,
    score: f64,
    candidates: Vec<Possible>,
    why: Vec<String>,
) -> Found {
    let key = cluster.mentions[cluster.fullest].name.main_key();
    let mut roles: Vec<RoleBeside> = Vec::new();
    for role in cluster.mentions.iter().flat_map(|m| &m.roles) {
        if roles.len() < MOST_ROLES && !roles.contains(role) {
            roles.push(role.clone());
        }
    }
    let mentions = cluster
        .mentions
        .into_iter()
        .map(|m| Mention {
            field: m.field,
            start: m.start,
            end: m.end,
            text: m.text,
            form: if m.full { MentionForm::Full } else { MentionForm::Short },
            place: Place::default(),
        })
        .collect();
    Found { identity, name, key, score: round(score), same_as: Vec::new(), candidates, roles, mentions, why }
}

fn round(score: f64) -> f64 {
    (score * 1000.0).round() / 1000.0
}

/// Two clusters that turned out to be the same known person are one person on the record.
fn join_same(found: Vec<Found>) -> Vec<Found> {
    let mut joined: Vec<Found> = Vec::new();
    for next in found {
        let same = joined.iter_mut().find(|p| matches!(p.identity, Identity::Known(_)) && p.identity == next.identity);
        match same {
            Some(person) => {
                person.mentions.extend(next.mentions);
                person.mentions.sort_by_key(|m| (m.field, m.start));
                person.roles.extend(next.roles);
                person.roles.truncate(MOST_ROLES);
                person.why.extend(next.why);
                if next.score > person.score {
                    person.score = next.score;
                    person.key = next.key;
                    person.candidates = next.candidates;
                }
            }
            None => joined.push(next),
        }
    }
    joined
}

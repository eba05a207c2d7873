//! Says who the mentions that were brought together name: somebody known, somebody new, or nobody that is sure.

use rustc_hash::FxHashSet;

use super::authority::Match;
use super::coreference::Cluster;
use super::text::Text;
use super::{Authority, Found, Identity};
use jiff::Timestamp;

use crate::model::{Candidate as Possible, Mention, MentionForm};
use crate::names::{Name, Part, SAME_PERSON, Word};

/// What the document is about, as far as it tells people apart.
pub struct Context {
    /// Countries named, by code.
    countries: FxHashSet<String>,
    /// Offices named, by code.
    roles: FxHashSet<String>,
    /// The day of the document, as ISO 8601 writes it.
    day: String,
}

impl Context {
    /// Countries and offices that the texts name, and their time.
    pub fn of(texts: &[Text], when: Timestamp) -> Context {
        let day = when.strftime("%Y-%m-%d").to_string();
        let mut context = Context { countries: FxHashSet::default(), roles: FxHashSet::default(), day };
        for word in texts.iter().flat_map(|t| &t.words) {
            match &word.class {
                Some(Word::Country(code)) => drop(context.countries.insert(code.clone())),
                Some(Word::Role(code)) => drop(context.roles.insert(code.clone())),
                _ => {}
            }
        }
        context
    }
}

/// Known people whose scores are this close are told apart by the context, or not at all.
const CLOSE: f64 = 0.04;

/// Gives every cluster an identity; clusters that name nobody are dropped.
pub fn settle(clusters: Vec<Cluster>, authority: &Authority, context: &Context) -> Vec<Found> {
    let names: Vec<String> = clusters.iter().map(|c| c.mentions[c.fullest].name.text.to_string()).collect();
    let found: Vec<Found> = clusters
        .into_iter()
        .filter_map(|cluster| {
            if cluster.mentions[cluster.fullest].full {
                Some(settle_full(cluster, context))
            } else {
                settle_short(cluster, authority, context, &names)
            }
        })
        .collect();
    join_same(found)
}

fn settle_full(cluster: Cluster, context: &Context) -> Found {
    let offices = offices(&cluster);
    let mut known: Vec<Match> = cluster.known.iter().filter(|m| m.score >= SAME_PERSON).cloned().collect();
    if let [best, second, ..] = known.as_slice()
        && best.score - second.score < CLOSE
    {
        let best_score = best.score;
        known.retain(|m| best_score - m.score < CLOSE);
        // Stable: by the context first, by the score where it says nothing.
        known.sort_by_key(|m| std::cmp::Reverse(support(m, context, &offices)));
        let supports: Vec<u32> = known.iter().map(|m| support(m, context, &offices)).collect();
        let same_score = known[0].score - known[1].score < 0.005;
        if supports[0] == supports[1] && same_score {
            return ambiguous(
                cluster,
                &known,
                "several known people have this name and the context does not tell them apart",
            );
        }
    }
    match known.first() {
        Some(best) => known_person(cluster, best, None),
        None => provisional(cluster),
    }
}

/// A single word: somebody known, if a title and the context say so; never somebody new.
fn settle_short(mut cluster: Cluster, authority: &Authority, context: &Context, names: &[String]) -> Option<Found> {
    if !cluster.rivals.is_empty() {
        let candidates = cluster.rivals.iter().filter_map(|i| names.get(*i)).cloned().collect::<Vec<_>>().join(", ");
        return Some(ambiguous(cluster, &[], &format!("fits several people of the document: {candidates}")));
    }
    let offices = offices(&cluster);
    let titled = cluster.mentions.iter().any(|m| m.titled);
    let cased = cluster.mentions[0].text.chars().next().is_some_and(char::is_uppercase);
    let mut by_variant: Vec<(Match, usize)> = Vec::new();
    for (i, token) in cluster.mentions[0].variants[0].iter().enumerate() {
        by_variant.extend(authority.find_short(token).into_iter().map(|mut m| {
            m.score -= 0.02 * i.min(1) as f64;
            (m, i)
        }));
    }
    by_variant.retain(|(m, _)| m.score >= if titled && cased { 0.86 } else { 0.93 });
    by_variant.sort_by(|a, b| b.0.score.total_cmp(&a.0.score));
    if let Some((_, variant)) = by_variant.first() {
        cluster.mentions.iter_mut().for_each(|m| m.cut(*variant));
    }
    let mut seen = FxHashSet::default();
    let fitting: Vec<Match> = by_variant.into_iter().map(|(m, _)| m).filter(|m| seen.insert(m.index)).collect();
    // Without a title the document must be about the person's country or office, and be written with capitals.
    let supported: Vec<&Match> =
        fitting.iter().filter(|m| support(m, context, &offices) % ALIVE >= if titled { 1 } else { 2 }).collect();
    let top = supported.iter().map(|m| support(m, context, &offices)).max().unwrap_or(0);
    let best: Vec<&&Match> = supported.iter().filter(|m| support(m, context, &offices) == top).collect();
    // Of a family, the one in office is meant by a title and the surname alone.
    let best: Vec<&&Match> = match best.iter().filter(|m| !m.entry.positions.is_empty()).collect::<Vec<_>>().as_slice()
    {
        [only] if titled => vec![**only],
        _ => best,
    };
    match best.as_slice() {
        [only] if titled || cased => {
            let only = (**only).clone();
            let why = if titled {
                "a title before it, and the country or office of the document"
            } else {
                "the country and office of the document"
            };
            Some(known_person(cluster, &only, Some(why)))
        }
        [] if fitting.is_empty() || !titled => None,
        _ if !titled && !cased => None,
        _ => Some(ambiguous(cluster, &fitting, "a short form that fits several known people, or nobody for sure")),
    }
}

fn offices(cluster: &Cluster) -> FxHashSet<String> {
    cluster.mentions.iter().flat_map(|m| m.roles.iter().cloned()).collect()
}

const ALIVE: u32 = 8;

/// How much of the document speaks for a known person: 8 for being alive at its time, where anything speaks at all, 4 for the office that stands beside the name, 1 for an office
/// that the document names, 1 for the country.
fn support(found: &Match, context: &Context, offices: &FxHashSet<String>) -> u32 {
    let entry = &found.entry;
    let beside = entry.positions.iter().any(|p| offices.contains(p));
    let office = entry.positions.iter().any(|p| context.roles.contains(p));
    let country = entry.countries.iter().any(|c| context.countries.contains(c));
    let alive = entry.death_date.as_deref().is_none_or(|died| died >= context.day.as_str());
    let said = 4 * u32::from(beside) + u32::from(office) + u32::from(country);
    if said > 0 && alive { said + ALIVE } else { said }
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
    let candidates: Vec<Possible> = candidates
        .iter()
        .map(|m| Possible { person_id: m.id.clone(), name: m.entry.name.clone(), score: round(m.score) })
        .collect();
    let score = candidates.first().map_or(0.0, |c| c.score);
    let name = cluster.mentions[cluster.fullest].name.text.to_string();
    let mut why = cluster.why.clone();
    why.push(format!("“{}”: {reason}", cluster.mentions[0].text));
    found(cluster, Identity::Ambiguous, name, score, candidates, why)
}

fn found(
    cluster: Cluster,
    identity: Identity,
    name: String,
    score: f64,
    candidates: Vec<Possible>,
    why: Vec<String>,
) -> Found {
    let key = key_of(&cluster.mentions[cluster.fullest].name);
    let mentions = cluster
        .mentions
        .into_iter()
        .map(|m| Mention {
            field: m.field,
            start: m.start,
            end: m.end,
            text: m.text,
            form: if m.full { MentionForm::Full } else { MentionForm::Short },
        })
        .collect();
    Found { identity, name, key, score: round(score), same_as: Vec::new(), candidates, mentions, why }
}

fn key_of(name: &Name) -> String {
    if name.tokens.iter().any(|t| t.part == Part::Main) { name.key() } else { String::new() }
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

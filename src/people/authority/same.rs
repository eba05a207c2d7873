//! Which entries of several authorities are one person.

use super::Match;
use crate::names::{Name, SAME_PERSON, compare};

/// Scores this close are of namesakes.
const NAMESAKE: f64 = 0.1;

/// Entries of several authorities that are one person become one match with the id of the highest priority.
pub(super) fn one_of_the_same(matches: Vec<Match>) -> Vec<Match> {
    // By the authority and the score of each: who has somebody else of nearly the same.
    let scores: Vec<(u64, f64)> = matches.iter().map(|m| (m.index, m.score)).collect();
    let alone = |one: &Match| {
        let other = |(index, score): &(u64, f64)| {
            index >> 32 == one.index >> 32 && *index != one.index && *score > one.score - NAMESAKE
        };
        !scores.iter().any(other)
    };
    let mut kept: Vec<Match> = Vec::with_capacity(matches.len());
    for mut next in matches {
        match kept.iter_mut().find(|held| is_same(held, &next, alone)) {
            None => kept.push(next),
            Some(held) => {
                if next.priority > held.priority {
                    // The better spelling stays what explains it.
                    std::mem::swap(&mut held.id, &mut next.id);
                    std::mem::swap(&mut held.entry, &mut next.entry);
                    std::mem::swap(&mut held.index, &mut next.index);
                    std::mem::swap(&mut held.priority, &mut next.priority);
                }
                held.same_as.push(next.id);
            }
        }
    }
    kept
}

/// Whether entries of two authorities are one person: one says so; or their names are alike, nothing that is known of both
/// differs, and either they share a year of birth or each authority has nobody else of the name.
fn is_same(a: &Match, b: &Match, alone: impl Fn(&Match) -> bool) -> bool {
    if a.index >> 32 == b.index >> 32 {
        return false;
    }
    let said = a.entry.same_as.contains(&b.id)
        || b.entry.same_as.contains(&a.id)
        || a.entry.same_as.iter().any(|id| b.entry.same_as.contains(id));
    if said {
        return true;
    }
    let agree = |x: Option<&str>, y: Option<&str>| x.zip(y).map(|(x, y)| x == y);
    let born = agree(a.entry.birth_year(), b.entry.birth_year());
    let gender = agree(a.entry.gender.as_deref(), b.entry.gender.as_deref());
    let both_have_countries = !a.entry.countries.is_empty() && !b.entry.countries.is_empty();
    let elsewhere = both_have_countries && !a.entry.countries.iter().any(|code| b.entry.countries.contains(code));
    let differ = born == Some(false) || gender == Some(false) || elsewhere;
    !differ
        && (born == Some(true) || alone(a) && alone(b))
        && compare(&Name::parse(&a.entry.name), &Name::parse(&b.entry.name)).score >= SAME_PERSON
}

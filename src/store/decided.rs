//! A record and the decisions on its people: they have the last word before it is written.

use rusqlite::Connection;

use super::StoreError;
use super::decisions::{KeptDecision, kept, raw};
use super::redirects::{Redirect, first_seen, is_known, name_of, redirect};
use crate::model::{Candidate, Mention, MentionForm, PersonOnRecord, PersonStatus, Record, TextField, by_importance};
use crate::names::{Name, script_of};
use unicode_script::Script;

/// Makes a record say what was decided of its people.
pub(super) fn apply(db: &Connection, record: &mut Record) -> Result<(), StoreError> {
    for kept in of_record(db, &record.id)? {
        apply_to_mention(db, record, &kept)?;
    }
    let mut people: Vec<PersonOnRecord> = Vec::with_capacity(record.people.len());
    for mut person in record.people.drain(..) {
        candidates_by_decision(db, &mut person)?;
        keep_first_id(db, &mut person)?;
        let redirected = person.person_id.as_deref().map(|id| redirect(db, id)).transpose()?.flatten();
        match redirected {
            Some(Redirect { to: None, .. }) => continue,
            Some(Redirect { to: Some(to), name, why }) => {
                person.why.push(format!("{} is {to}: {why}", person.person_id.as_deref().unwrap_or_default()));
                person.status = status_of(&to);
                (person.name, person.person_id) = (name, Some(to));
            }
            None => {}
        }
        let same = people.iter_mut().find(|other| other.person_id.is_some() && other.person_id == person.person_id);
        match same {
            None => people.push(person),
            Some(other) => {
                other.mentions.extend(person.mentions);
                other.mentions.sort_by_key(|mention| (mention.field, mention.start));
                other.why.extend(person.why);
            }
        }
    }
    record.people = people;
    Ok(())
}

/// Candidates who are one person by decision are one; where no other is left, the person is that one.
fn candidates_by_decision(db: &Connection, person: &mut PersonOnRecord) -> Result<(), StoreError> {
    let (mut kept, mut last): (Vec<Candidate>, Option<Redirect>) = (Vec::new(), None);
    for mut candidate in std::mem::take(&mut person.candidates) {
        if let Some(found) = redirect(db, &candidate.person_id)? {
            let Some(to) = found.to.clone() else { continue };
            (candidate.person_id, candidate.name) = (to, found.name.clone());
            last = Some(found);
        }
        if !kept.iter().any(|other| other.person_id == candidate.person_id) {
            kept.push(candidate);
        }
    }
    person.candidates = kept;
    if let (PersonStatus::Ambiguous, [only], Some(by)) = (person.status, person.candidates.as_slice(), last) {
        person.why.push(format!("all who may be meant are {}: {}", only.person_id, by.why));
        (person.status, person.name) = (status_of(&only.person_id), only.name.clone());
        (person.score, person.person_id) = (only.score, Some(only.person_id.clone()));
    }
    Ok(())
}

/// A person whom several authorities have keeps the id that was first on a record.
fn keep_first_id(db: &Connection, person: &mut PersonOnRecord) -> Result<(), StoreError> {
    let Some(id) = person.person_id.clone().filter(|_| !person.same_as.is_empty()) else { return Ok(()) };
    let mut seen: Vec<(i64, &String)> = Vec::new();
    for known in std::iter::once(&id).chain(&person.same_as) {
        if let Some(seq) = first_seen(db, known)? {
            seen.push((seq, known));
        }
    }
    if let Some((_, kept)) = seen.into_iter().min().filter(|(_, kept)| **kept != id) {
        let kept = kept.clone();
        person.why.push(format!("{id} is {kept}, as it was called before"));
        person.same_as.retain(|other| *other != kept);
        person.same_as.push(id);
        person.person_id = Some(kept);
    }
    Ok(())
}

fn status_of(id: &str) -> PersonStatus {
    if is_known(id) { PersonStatus::Known } else { PersonStatus::Provisional }
}

/// The decisions in force on mentions of a record.
fn of_record(db: &Connection, id: &str) -> Result<Vec<KeptDecision>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, json, at, revoked_at FROM decisions WHERE record_id = ?1 AND revoked_at IS NULL ORDER BY id",
    )?;
    let rows = statement.query_map([id], raw)?;
    rows.map(|row| kept(row?)).collect()
}

/// Takes the mentions written so out of whatever person has them; gives them to the person decided, if there is one. Words
/// that were no mention are one then.
fn apply_to_mention(db: &Connection, record: &mut Record, kept: &KeptDecision) -> Result<(), StoreError> {
    let Some(written) = kept.decision.mention.as_deref() else { return Ok(()) };
    let mut taken: Option<PersonOnRecord> = None;
    for person in &mut record.people {
        let (meant, others) = person.mentions.drain(..).partition(|mention| mention.text == written);
        person.mentions = others;
        let meant: Vec<Mention> = meant;
        if !meant.is_empty() {
            let one = taken.get_or_insert_with(|| PersonOnRecord {
                mentions: Vec::new(),
                candidates: Vec::new(),
                same_as: Vec::new(),
                why: Vec::new(),
                ..person.clone()
            });
            one.mentions.extend(meant);
        }
    }
    record.people.retain(|person| !person.mentions.is_empty());
    let Some(id) = &kept.decision.person_id else { return Ok(()) };
    let Some(mut one) = taken.or_else(|| unseen(record, written)) else { return Ok(()) };
    one.why.push(format!("“{written}” is {id} by decision {} of {}", kept.id, kept.decision.author));
    (one.status, one.score) = (status_of(id), 1.0);
    one.name = name_of(db, id)?.unwrap_or(one.name);
    one.person_id = Some(id.clone());
    record.people.push(one);
    by_importance(&mut record.people);
    Ok(())
}

/// Somebody whom nothing but a decision finds: every place where the words stand by themselves.
fn unseen(record: &Record, written: &str) -> Option<PersonOnRecord> {
    let name = Name::parse(written);
    let full = name.tokens.len() > 1;
    let form = if full { MentionForm::Full } else { MentionForm::Short };
    let fields = [TextField::Title, TextField::Byline, TextField::Text, TextField::Caption];
    let mentions: Vec<Mention> = fields
        .into_iter()
        .flat_map(|field| {
            let text = record.field(field);
            places(text, written).map(move |(start, end)| {
                let place = crate::people::place_at(field, text, start);
                Mention { field, start, end, text: written.to_owned(), form, place }
            })
        })
        .collect();
    (!mentions.is_empty()).then(|| PersonOnRecord {
        person_id: None,
        name: name.text.to_string(),
        status: PersonStatus::Ambiguous,
        key: name.main_key(),
        score: 1.0,
        same_as: Vec::new(),
        candidates: Vec::new(),
        roles: Vec::new(),
        mentions,
        why: Vec::new(),
    })
}

/// Where words stand in a text and no letter joins them to others, in code points.
fn places<'t>(text: &'t str, written: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
    let length = written.chars().count();
    // Scripts without spaces join all their words.
    let spaced = !written
        .chars()
        .any(|c| matches!(script_of(&c.to_string()), Script::Han | Script::Hiragana | Script::Katakana | Script::Thai));
    let (mut counted, mut start) = (0, 0);
    text.match_indices(written).filter_map(move |(at, found)| {
        start += text[counted..at].chars().count();
        counted = at;
        let before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let after = text[at + found.len()..].chars().next().is_some_and(char::is_alphanumeric);
        (!spaced || !before && !after).then_some((start, start + length))
    })
}

//! A record and the decisions on its people: they have the last word before it is written.

use rusqlite::Connection;

use super::StoreError;
use super::decisions::{KeptDecision, kept, raw};
use super::redirects::{Redirect, first_seen, is_known, name_of, redirect};
use crate::model::{Mention, PersonOnRecord, PersonStatus, Record};

/// Makes a record say what was decided of its people.
pub(super) fn apply(db: &Connection, record: &mut Record) -> Result<(), StoreError> {
    for kept in of_record(db, &record.id)? {
        apply_to_mention(db, record, &kept)?;
    }
    let mut people: Vec<PersonOnRecord> = Vec::with_capacity(record.people.len());
    for mut person in record.people.drain(..) {
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

/// Takes the mentions written so out of whatever person has them; gives them to the person decided, if there is one.
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
    let (Some(mut one), Some(id)) = (taken, &kept.decision.person_id) else { return Ok(()) };
    one.why.push(format!("“{written}” is {id} by decision {} of {}", kept.id, kept.decision.author));
    (one.status, one.score) = (status_of(id), 1.0);
    one.name = name_of(db, id)?.unwrap_or(one.name);
    one.person_id = Some(id.clone());
    record.people.push(one);
    record.people.sort_by_key(|person| person.mentions.first().map(|mention| (mention.field, mention.start)));
    Ok(())
}

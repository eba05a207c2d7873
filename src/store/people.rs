//! Provisional people, and what has been seen of everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use compact_str::CompactString;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::redirects::Redirect;
use super::{Store, StoreError, redirects, sortable};
use crate::model::{Mention, PersonOnRecord, PersonStatus, Record};
use crate::names::{KEY_VERSION, Name, compare, script_of};
use crate::people;
use crate::remembered::Remembered;

/// A spelling of a person, as seen in documents.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SpellingCount {
    pub text: String,
    /// BCP 47 tag of the documents.
    pub language: String,
    /// ISO 15924 code of the spelling's script.
    pub script: &'static str,
    pub mentions: i64,
    pub documents: i64,
}

/// What the store knows of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonView {
    pub id: String,
    /// As documents and decisions have it; `None` for people of an authority whom no decision names.
    pub name: Option<String>,
    /// All spellings seen, the most frequent first; at most 1,000.
    pub spellings: Vec<SpellingCount>,
    /// Records that name the person.
    pub records: i64,
}

/// Different names may share keys; more candidates than this are not compared.
const MOST_CANDIDATES: usize = 64;

/// Spellings kept of a provisional person to compare new ones with.
const MOST_NAMES: i64 = 32;

/// The person of this name: found again by key and comparison, or minted. Runs inside the record's transaction, on the
/// one writer, so that nobody is minted twice. Others to whom the name belongs too, and whose names are alike, turn out to
/// be the same person.
pub(super) fn find_or_mint(db: &Connection, person: &mut PersonOnRecord, keys: &[String]) -> Result<(), StoreError> {
    let name = Name::parse(&person.name);
    let mut owners = owners(db, &name, keys)?.into_iter();
    let id = match owners.next() {
        Some(Owner { id, fit, spelling, names }) => {
            person.why.push(format!("seen before: like “{spelling}” of {id}, {fit:.2}"));
            person.score = (fit * 1000.0).round() / 1000.0;
            let parsed = |names: &[String]| names.iter().map(|name| Name::parse(name)).collect::<Vec<_>>();
            let same = |other: &Owner| {
                let (one, other) = (parsed(&names), parsed(&other.names));
                people::are_one(&one.iter().collect::<Vec<_>>(), &other.iter().collect::<Vec<_>>())
            };
            for other in owners.filter(same) {
                redirects::merge(db, &other.id, &id, "", &format!("“{}” is a name of both", name.text))?;
            }
            person.name = redirects::name_of(db, &id)?.unwrap_or_else(|| name.text.to_string());
            id
        }
        None => mint(db, &person.name)?,
    };
    remember(db, &id, &name.text, keys)?;
    person.person_id = Some(id);
    Ok(())
}

/// Somebody to whom a name belongs.
struct Owner {
    id: String,
    /// How well, 0 to 1.
    fit: f64,
    /// The spelling that is most like it.
    spelling: String,
    names: Vec<String>,
}

/// Those to whom a name belongs: who has this very spelling first, then whom it fits best; of equals the oldest.
fn owners(db: &Connection, name: &Name, keys: &[String]) -> Result<Vec<Owner>, StoreError> {
    let mut owners = Vec::new();
    for id in candidates(db, keys)? {
        let names = spellings(db, &id)?;
        let likenesses: Vec<f64> = names.iter().map(|other| likeness(name, other)).collect();
        let Some(fit) = people::belongs(likenesses.iter().copied()) else { continue };
        let nearest = likenesses.iter().zip(&names).max_by(|a, b| a.0.total_cmp(b.0));
        let spelling = nearest.map(|(_, name)| name.clone()).unwrap_or_default();
        owners.push(Owner { id, fit, spelling, names });
    }
    // Who was called so before is called so again.
    let known = |owner: &Owner| owner.spelling == name.text.as_str();
    owners.sort_by(|a, b| known(b).cmp(&known(a)).then(b.fit.total_cmp(&a.fit)).then(a.id.cmp(&b.id)));
    Ok(owners)
}

/// Likenesses of names that are remembered: the people of the day are in every paper.
const LIKENESSES: usize = 1 << 14;

/// How alike a name and a spelling of somebody's are.
fn likeness(name: &Name, spelling: &str) -> f64 {
    thread_local! {
        static KNOWN: Remembered<(CompactString, CompactString), f64> = Remembered::with_room_for(LIKENESSES);
    }
    let both = (name.text.clone(), CompactString::from(spelling));
    KNOWN.with(|known| known.answer(&both, || compare(name, &Name::parse(spelling)).score))
}

fn spellings(db: &Connection, id: &str) -> Result<Vec<String>, StoreError> {
    let mut names = db.prepare_cached("SELECT name FROM person_names WHERE person_id = ?1")?;
    Ok(names.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Provisional people who are on no record any more, since an authority knows them now, lead to who they turned out to be:
/// `last` is what the record said before, of the same places.
pub(super) fn follow_known(db: &Connection, record: &Record, last: &Record) -> Result<(), StoreError> {
    let provisional = last.people.iter().filter(|person| person.status == PersonStatus::Provisional);
    for (id, old) in provisional.filter_map(|old| Some((old.person_id.as_ref()?, old))) {
        let at_its_place = |person: &&PersonOnRecord| {
            person.status == PersonStatus::Known
                && old.mentions.iter().any(|old| person.mentions.iter().any(|new| overlap(old, new)))
        };
        let Some(now) = record.people.iter().find(at_its_place) else { continue };
        let Some(known) = &now.person_id else { continue };
        if redirects::first_seen(db, id)?.is_none() {
            let reason = format!("the authority {} knows {}", record.provenance.authority_revision, now.name);
            redirects::merge(db, id, known, &now.name, &reason)?;
        }
    }
    Ok(())
}

fn overlap(a: &Mention, b: &Mention) -> bool {
    a.field == b.field && a.start < b.end && b.start < a.end
}

fn candidates(db: &Connection, keys: &[String]) -> Result<Vec<String>, StoreError> {
    let mut statement = db.prepare_cached("SELECT person_id FROM person_keys WHERE key = ?1 LIMIT ?2")?;
    let mut found: Vec<String> = Vec::new();
    for key in keys {
        for id in statement.query_map(params![key, MOST_CANDIDATES as i64], |row| row.get::<_, String>(0))? {
            let id = id?;
            if !found.contains(&id) {
                found.push(id);
            }
        }
        if found.len() >= MOST_CANDIDATES {
            break;
        }
    }
    // The oldest first: where two fit equally the older identity stays.
    found.sort();
    Ok(found)
}

/// A new person of this name.
pub(super) fn mint(db: &Connection, name: &str) -> Result<String, StoreError> {
    let id = format!("p-{}", uuid::Uuid::now_v7().simple());
    db.prepare_cached("INSERT INTO persons (id, name, created_at) VALUES (?1, ?2, ?3)")?.execute(params![
        id,
        name,
        sortable(Timestamp::now())
    ])?;
    tracing::debug!(person = id, "a provisional person");
    Ok(id)
}

fn remember(db: &Connection, id: &str, name: &str, keys: &[String]) -> Result<(), StoreError> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO person_keys (key, person_id) VALUES (?1, ?2)")?;
    for key in keys {
        insert.execute(params![key, id])?;
    }
    db.prepare_cached(
        "INSERT OR IGNORE INTO person_names (person_id, name)
         SELECT ?1, ?2 WHERE (SELECT COUNT(*) FROM person_names WHERE person_id = ?1) < ?3",
    )?
    .execute(params![id, name, MOST_NAMES])?;
    Ok(())
}

/// Makes the keys of all provisional people anew from their spellings, where another version of the names engine made
/// them. All or nothing: what is cut short begins again at the next start.
pub(super) fn renew_keys(db: &Connection) -> Result<(), StoreError> {
    let made: Option<u32> = db.query_row("SELECT version FROM key_version", [], |row| row.get(0)).optional()?;
    if made == Some(KEY_VERSION) {
        return Ok(());
    }
    let transaction = db.unchecked_transaction()?;
    transaction.execute_batch("DELETE FROM person_keys; DELETE FROM key_version;")?;
    let mut names = transaction.prepare("SELECT person_id, name FROM person_names")?;
    let mut insert = transaction.prepare("INSERT OR IGNORE INTO person_keys (key, person_id) VALUES (?1, ?2)")?;
    let mut rows = names.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let (id, name): (String, String) = (row.get(0)?, row.get(1)?);
        for key in Name::parse(&name).pair_keys() {
            insert.execute(params![key, id])?;
        }
        count += 1;
    }
    drop(rows);
    drop((names, insert));
    transaction.execute("INSERT INTO key_version (version) VALUES (?1)", [KEY_VERSION])?;
    transaction.commit()?;
    if count > 0 {
        tracing::info!(names = count, version = KEY_VERSION, "the keys of provisional people were made anew");
    }
    Ok(())
}

/// Replaces what is known of the people of a record by what its new version says; `before` is the sequence number of the
/// version before.
pub(super) fn index_mentions(
    db: &Connection,
    record: &Record,
    seq: i64,
    before: Option<i64>,
) -> Result<(), StoreError> {
    if let Some(before) = before {
        db.prepare_cached("DELETE FROM mentions WHERE record_seq = ?1")?.execute([before])?;
    }
    let mut counts: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for person in &record.people {
        let Some(id) = &person.person_id else { continue };
        for mention in &person.mentions {
            *counts.entry((id, &mention.text)).or_default() += 1;
        }
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO mentions (person_id, record_seq, spelling, language, count) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for ((person, spelling), count) in counts {
        insert.execute(params![person, seq, spelling, record.language.tag, count])?;
    }
    Ok(())
}

/// The provisional people whom a version of a record names, as long as it is the newest.
pub(super) fn provisional_of(db: &Connection, record_seq: i64) -> Result<Vec<String>, StoreError> {
    let sql =
        "SELECT DISTINCT m.person_id FROM mentions m JOIN persons p ON p.id = m.person_id WHERE m.record_seq = ?1";
    Ok(db.prepare_cached(sql)?.query_map([record_seq], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Forgets those whom no record names any more, and of whom no decision speaks.
pub(super) fn forget_unnamed(db: &Connection, persons: &[String]) -> Result<(), StoreError> {
    let mut spoken_of = db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM mentions WHERE person_id = ?1)
         OR EXISTS (SELECT 1 FROM decided_persons WHERE person_id = ?1)
         OR EXISTS (SELECT 1 FROM merges WHERE person_id = ?1 OR to_id = ?1)
         OR EXISTS (SELECT 1 FROM redirects WHERE person_id = ?1 OR to_id = ?1)",
    )?;
    for person in persons {
        if spoken_of.query_row([person], |row| row.get(0))? {
            continue;
        }
        for sql in [
            "DELETE FROM persons WHERE id = ?1",
            "DELETE FROM person_keys WHERE person_id = ?1",
            "DELETE FROM person_names WHERE person_id = ?1",
        ] {
            db.prepare_cached(sql)?.execute([person])?;
        }
    }
    Ok(())
}

impl Store {
    /// What is known of a person; `None` for one that is in no document and was never minted.
    pub async fn person(self: &Arc<Self>, id: &str) -> Result<Option<PersonView>, StoreError> {
        let id = id.to_owned();
        self.read(move |db| view(db, id)).await
    }

    /// People who are on records, after `after` in order of their ids.
    pub async fn persons(self: &Arc<Self>, after: &str, limit: usize) -> Result<Vec<PersonView>, StoreError> {
        let after = after.to_owned();
        self.read(move |db| {
            let mut statement = db.prepare_cached(
                "SELECT DISTINCT person_id FROM mentions WHERE person_id > ?1 ORDER BY person_id LIMIT ?2",
            )?;
            let ids = statement
                .query_map(params![after, limit as i64], |row| row.get(0))?
                .collect::<Result<Vec<String>, _>>()?;
            ids.into_iter().filter_map(|id| view(db, id).transpose()).collect()
        })
        .await
    }
}

/// A person, provisional once at least, whose name something may be.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPerson {
    pub id: String,
    pub name: String,
    pub score: f64,
    /// The spelling that fits best.
    pub spelling: String,
    pub why: Vec<String>,
}

impl Store {
    /// The provisional people whose name this may be, best first.
    pub async fn persons_named(self: &Arc<Self>, written: &str) -> Result<Vec<NamedPerson>, StoreError> {
        let written = written.to_owned();
        self.read(move |db| named(db, &Name::parse(&written))).await
    }
}

fn named(db: &Connection, name: &Name) -> Result<Vec<NamedPerson>, StoreError> {
    let mut found = Vec::new();
    for id in candidates(db, &name.pair_keys())? {
        let shown: Option<String> = db
            .prepare_cached("SELECT name FROM persons WHERE id = ?1")?
            .query_row([&id], |row| row.get(0))
            .optional()?;
        let compared = spellings(db, &id)?.into_iter().map(|spelling| {
            let parsed = Name::parse(&spelling);
            let found = compare(name, &parsed);
            (found.score, found.why(name, &parsed), spelling)
        });
        let (Some(shown), Some((score, why, spelling))) = (shown, compared.max_by(|a, b| a.0.total_cmp(&b.0))) else {
            continue;
        };
        // Whom the id leads to is asked for, not what was one once.
        match redirects::redirect(db, &id)? {
            None => found.push(NamedPerson { id, name: shown, score, spelling, why }),
            Some(Redirect { to: Some(to), name, .. }) => found.push(NamedPerson { id: to, name, score, spelling, why }),
            Some(Redirect { to: None, .. }) => {}
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    let mut seen = BTreeSet::new();
    found.retain(|person| seen.insert(person.id.clone()));
    Ok(found)
}

fn view(db: &Connection, id: String) -> Result<Option<PersonView>, StoreError> {
    let name = redirects::name_of(db, &id)?;
    let mut statement = db.prepare_cached(
        "SELECT spelling, language, SUM(count), COUNT(*) FROM mentions WHERE person_id = ?1
         GROUP BY spelling, language ORDER BY 3 DESC, 1 LIMIT 1000",
    )?;
    let spellings = statement
        .query_map([&id], |row| {
            let text: String = row.get(0)?;
            Ok(SpellingCount {
                script: script_of(&text).short_name(),
                text,
                language: row.get(1)?,
                mentions: row.get(2)?,
                documents: row.get(3)?,
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let records = db
        .prepare_cached("SELECT COUNT(DISTINCT record_seq) FROM mentions WHERE person_id = ?1")?
        .query_row([&id], |row| row.get(0))?;
    let seen = name.is_some() || !spellings.is_empty();
    Ok(seen.then_some(PersonView { id, name, spellings, records }))
}

//! Where ids lead: persons who are one by decision, or who turned out to be, and what is nobody. The table is worked out
//! anew with every decision, and grows by itself with every merge.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::decisions::{Decision, DecisionError, DecisionKind, KeptDecision, in_force};
use super::{Store, StoreError, reprocess, sortable};

/// Where an id leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redirect {
    /// Nowhere, for what is nobody.
    pub to: Option<String>,
    /// Of the person there.
    pub name: String,
    pub why: String,
}

/// An id that leads to a person.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Merged {
    pub person_id: String,
    pub why: String,
}

impl Store {
    /// The person whom an id leads to: itself where nothing concerns it; `None` for nobody.
    pub async fn resolved(self: &Arc<Self>, id: &str) -> Result<Option<String>, StoreError> {
        let id = id.to_owned();
        self.read(move |db| Ok(redirect(db, &id)?.map_or(Some(id), |found| found.to))).await
    }

    /// The ids that lead to a person.
    pub async fn leading_to(self: &Arc<Self>, id: &str) -> Result<Vec<Merged>, StoreError> {
        let id = id.to_owned();
        self.read(move |db| {
            let mut statement =
                db.prepare_cached("SELECT person_id, why FROM redirects WHERE to_id = ?1 ORDER BY 1 LIMIT 1000")?;
            let row = |row: &rusqlite::Row<'_>| Ok(Merged { person_id: row.get(0)?, why: row.get(1)? });
            Ok(statement.query_map([id], row)?.collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// Where an id leads, if it leads elsewhere.
pub(super) fn redirect(db: &Connection, id: &str) -> Result<Option<Redirect>, StoreError> {
    let found = db
        .prepare_cached("SELECT to_id, name, why FROM redirects WHERE person_id = ?1")?
        .query_row([id], |row| Ok(Redirect { to: row.get(0)?, name: row.get(1)?, why: row.get(2)? }))
        .optional()?;
    Ok(found)
}

/// Makes the table anew. Decisions count first; a merge that would make one of persons who are two by decision is left out.
///
/// # Errors
/// When decisions contradict each other.
pub(super) fn work_out(db: &Connection) -> Result<(), DecisionError> {
    let decisions = in_force(db)?;
    let said = Said::by(&decisions);
    let mut groups = Groups::default();
    for ((a, b), by) in said.pairs.iter().filter(|(_, by)| by.same) {
        groups.join(a, b, &by.why());
    }
    if let Some((a, _)) = said.different().find(|(a, b)| groups.are_one(a, b)) {
        let by = said.pairs.iter().filter(|((x, _), by)| by.same && groups.are_one(x, a));
        return Err(DecisionError::Contradiction(by.map(|(_, by)| by.decision).max().unwrap_or(0)));
    }
    let different: Vec<(&String, &String)> = said.different().collect();
    for (person, to, reason) in merges(db)? {
        let forbidden = different.iter().any(|(a, b)| groups.would_join(&person, &to, a, b));
        if !forbidden && !said.nobody.contains_key(&person) && !said.nobody.contains_key(&to) {
            groups.join(&person, &to, &reason);
        }
    }
    db.execute("DELETE FROM redirects", [])?;
    for members in groups.members.iter().filter(|members| !members.is_empty()) {
        let one = canonical(db, members)?;
        let name = name_of(db, &one)?.unwrap_or_else(|| one.clone());
        for member in members.iter().filter(|member| **member != one) {
            put(db, member, Some(&one), &name, groups.why(member))?;
        }
    }
    said.nobody.iter().try_for_each(|(person, why)| put(db, person, None, "", why))?;
    Ok(())
}

fn put(db: &Connection, person: &str, to: Option<&str>, name: &str, why: &str) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR REPLACE INTO redirects (person_id, to_id, name, why) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![person, to, name, why])?;
    Ok(())
}

/// What decisions in force say together.
struct Said {
    pairs: BTreeMap<(String, String), By>,
    nobody: BTreeMap<String, String>,
}

/// The last word on a pair.
struct By {
    same: bool,
    decision: i64,
    author: String,
}

impl By {
    fn why(&self) -> String {
        format!("decision {} of {}", self.decision, self.author)
    }
}

impl Said {
    /// Of two decisions on one pair the later one counts.
    fn by(decisions: &[KeptDecision]) -> Said {
        let mut said = Said { pairs: BTreeMap::new(), nobody: BTreeMap::new() };
        for kept in decisions {
            let Decision { kind, persons, author, .. } = &kept.decision;
            let by = |same| By { same, decision: kept.id, author: author.clone() };
            match kind {
                DecisionKind::Same | DecisionKind::Different => {
                    for (at, a) in persons.iter().enumerate() {
                        for b in &persons[at + 1..] {
                            let pair = if a <= b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) };
                            said.pairs.insert(pair, by(*kind == DecisionKind::Same));
                        }
                    }
                }
                DecisionKind::NotAPerson => {
                    said.nobody.extend(persons.iter().map(|person| (person.clone(), by(false).why())));
                }
                DecisionKind::Is => {}
            }
        }
        said
    }

    fn different(&self) -> impl Iterator<Item = (&String, &String)> {
        self.pairs.iter().filter(|(_, by)| !by.same).map(|((a, b), _)| (a, b))
    }
}

/// Every merge, the first first.
fn merges(db: &Connection) -> Result<Vec<(String, String, String)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT person_id, to_id, reason FROM merges ORDER BY at, person_id")?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?)
}

/// Makes a provisional person and another one; `name` is that of the other. The id that stays is a known person's, or the
/// older. Where decisions say otherwise, nothing is done. Records of the id that goes are marked to be made again.
pub(super) fn merge(db: &Connection, person: &str, other: &str, name: &str, reason: &str) -> Result<(), StoreError> {
    let (Some(person), Some(other)) = (end(db, person)?, end(db, other)?) else { return Ok(()) };
    if person == other || told_apart(db, &person, &other)? {
        return Ok(());
    }
    let one = canonical(db, &[person.clone(), other.clone()])?;
    let gone = if one == person { &other } else { &person };
    // An authority's own person never leads elsewhere but by decision.
    if is_known(gone) {
        return Ok(());
    }
    let name = if is_known(&one) { name.to_owned() } else { name_of(db, &one)?.unwrap_or_else(|| name.to_owned()) };
    db.prepare_cached(
        "INSERT OR REPLACE INTO merges (person_id, to_id, name, reason, at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![gone, one, name, reason, sortable(Timestamp::now())])?;
    put(db, gone, Some(&one), &name, reason)?;
    db.prepare_cached("UPDATE redirects SET to_id = ?2, name = ?3 WHERE to_id = ?1")?
        .execute(params![gone, one, name])?;
    reprocess::mark_person(db, gone, &format!("{gone} is {one}: {reason}"))
}

/// Lets go of what had turned out to be this person of an authority, who is in it no more.
pub(super) fn unmerge(db: &Connection, known: &str) -> Result<(), StoreError> {
    let gone = db.prepare_cached("DELETE FROM merges WHERE to_id = ?1")?.execute([known])?;
    if gone > 0 {
        work_out(db).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    }
    Ok(())
}

/// The person whom an id leads to in the end; `None` for nobody.
fn end(db: &Connection, id: &str) -> Result<Option<String>, StoreError> {
    Ok(redirect(db, id)?.map_or_else(|| Some(id.to_owned()), |found| found.to))
}

/// Whether a decision says that somebody of the one group is nobody of the other.
fn told_apart(db: &Connection, a: &str, b: &str) -> Result<bool, StoreError> {
    let group = |one: &str| -> Result<BTreeSet<String>, StoreError> {
        let mut statement = db.prepare_cached("SELECT person_id FROM redirects WHERE to_id = ?1")?;
        let mut all = statement.query_map([one], |row| row.get(0))?.collect::<Result<BTreeSet<String>, _>>()?;
        all.insert(one.to_owned());
        Ok(all)
    };
    let (ours, theirs) = (group(a)?, group(b)?);
    let mut statement = db.prepare_cached(
        "SELECT d.json FROM decided_persons p JOIN decisions d ON d.id = p.decision_id
         WHERE p.person_id = ?1 AND d.revoked_at IS NULL",
    )?;
    for person in &ours {
        for json in statement.query_map([person], |row| row.get::<_, String>(0))? {
            let decision: Decision = serde_json::from_str(&json?).map_err(|e| StoreError::Corrupt(e.to_string()))?;
            if decision.kind == DecisionKind::Different && decision.persons.iter().any(|p| theirs.contains(p)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The id that stays: a known person's before a provisional one's, the one that was first on a record, the oldest.
fn canonical(db: &Connection, members: &[String]) -> Result<String, StoreError> {
    let mut ranked = Vec::new();
    for member in members {
        // A provisional id is older the smaller it is.
        let order = if is_known(member) { first_seen(db, member)? } else { None };
        ranked.push((!is_known(member), order.unwrap_or(i64::MAX), member));
    }
    ranked.sort();
    Ok(ranked.first().map_or_else(String::new, |(.., member)| (*member).clone()))
}

/// Whether an id is of a person of an authority.
pub fn is_known(id: &str) -> bool {
    id.contains(':')
}

/// How a person is called: a provisional one by documents, a known one as decisions and merges were given the name.
pub(super) fn name_of(db: &Connection, id: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT name FROM persons WHERE id = ?1 UNION ALL SELECT name FROM decided_names WHERE person_id = ?1
               UNION ALL SELECT name FROM merges WHERE to_id = ?1";
    Ok(db.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?)
}

/// The place in the sequence of the first record that names a person.
pub(super) fn first_seen(db: &Connection, id: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT MIN(record_seq) FROM mentions WHERE person_id = ?1";
    Ok(db.prepare_cached(sql)?.query_row([id], |row| row.get(0))?)
}

/// Persons who are one, directly or by way of others.
#[derive(Default)]
struct Groups {
    of_person: BTreeMap<String, usize>,
    members: Vec<Vec<String>>,
    whys: BTreeMap<String, String>,
}

impl Groups {
    fn join(&mut self, a: &str, b: &str, why: &str) {
        for person in [a, b] {
            self.whys.entry(person.to_owned()).or_insert_with(|| why.to_owned());
        }
        let (a, b) = (self.place(a), self.place(b));
        if a != b {
            let (into, from) = (a.min(b), a.max(b));
            let moved = std::mem::take(&mut self.members[from]);
            for person in &moved {
                self.of_person.insert(person.clone(), into);
            }
            self.members[into].extend(moved);
        }
    }

    fn are_one(&self, a: &str, b: &str) -> bool {
        a == b || self.of_person.get(a).is_some_and(|group| self.of_person.get(b) == Some(group))
    }

    /// Whether `x` and `y` were one, if `a` and `b` were.
    fn would_join(&self, a: &str, b: &str, x: &str, y: &str) -> bool {
        self.are_one(a, x) && self.are_one(b, y) || self.are_one(a, y) && self.are_one(b, x)
    }

    fn why(&self, person: &str) -> &str {
        self.whys.get(person).map_or("", String::as_str)
    }

    fn place(&mut self, person: &str) -> usize {
        if let Some(place) = self.of_person.get(person) {
            return *place;
        }
        self.members.push(vec![person.to_owned()]);
        self.of_person.insert(person.to_owned(), self.members.len() - 1);
        self.members.len() - 1
    }
}

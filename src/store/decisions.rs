//! Decisions: what an analyst has said of people. They outrank every score. Each is kept for ever, with whether it was
//! revoked; what follows from all of them together is worked out anew whenever one comes or goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, remakes, sortable};

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// These persons are one.
    Same,
    /// These are not.
    Different,
    /// A mention on a record is this person.
    Is,
    /// A mention on a record, or a provisional person anywhere, is nobody.
    NotAPerson,
}

/// An analyst's word, as it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub kind: DecisionKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// As written there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mention: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<String>,
    pub author: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A decision as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptDecision {
    pub id: i64,
    #[serde(flatten)]
    pub decision: Decision,
    pub at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// Why a decision is not taken.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DecisionError {
    #[error("{field}: {reason}")]
    Field { field: &'static str, reason: String },
    #[error("it contradicts decision {0}, which makes these persons one by way of others; revoke that one first")]
    Contradiction(i64),
    #[error("there is no decision {0}")]
    Unknown(i64),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for DecisionError {
    fn from(error: rusqlite::Error) -> Self {
        DecisionError::Store(error.into())
    }
}

impl Decision {
    /// Whether it says all that its kind needs.
    ///
    /// # Errors
    /// Names the field that is missing or does not belong there.
    pub fn check(&self) -> Result<(), DecisionError> {
        let wrong = |field, reason: &str| Err(DecisionError::Field { field, reason: reason.to_owned() });
        if self.author.trim().is_empty() {
            return wrong("author", "who decides must be said");
        }
        let mention = self.record_id.is_some() && self.mention.as_deref().is_some_and(|m| !m.trim().is_empty());
        let distinct: BTreeSet<&String> = self.persons.iter().collect();
        match self.kind {
            DecisionKind::Same | DecisionKind::Different
                if distinct.len() < 2 || distinct.len() < self.persons.len() =>
            {
                wrong("persons", "must name two or more persons, each once")
            }
            DecisionKind::Same | DecisionKind::Different if self.record_id.is_some() || self.person_id.is_some() => {
                wrong("record_id", "belongs to the kinds is and not_a_person")
            }
            DecisionKind::Is if !mention => {
                wrong("record_id", "and mention must say which words of which record are meant")
            }
            DecisionKind::Is if self.person_id.is_none() => wrong("person_id", "must say who it is"),
            DecisionKind::Is if !self.persons.is_empty() => wrong("persons", "belongs to the kinds same and different"),
            DecisionKind::NotAPerson if mention != self.persons.is_empty() => {
                wrong("persons", "name persons, or a mention of a record by record_id and mention, and not both")
            }
            DecisionKind::NotAPerson if self.persons.iter().any(|id| is_known(id)) => {
                wrong("persons", "a person of an authority is removed there: nisba authority remove")
            }
            _ => Ok(()),
        }
    }
}

/// A name for each person that decisions lead to, as an authority or the store knows it.
pub type Names = BTreeMap<String, String>;

impl Store {
    /// Keeps a decision, and marks the records that it concerns to be made again; `names` has the names of known people.
    /// The same decision again is the one that is kept already.
    ///
    /// # Errors
    /// When it lacks something, or contradicts another.
    pub async fn decide(self: &Arc<Self>, decision: Decision, names: Names) -> Result<KeptDecision, DecisionError> {
        decision.check()?;
        // Refusals are values, so that the transaction is given up for them too.
        self.write_or(move |db| decide(db, decision, &names)).await
    }

    /// Takes a decision back, and marks the records that it concerned.
    ///
    /// # Errors
    /// When there is none of that number.
    pub async fn revoke(self: &Arc<Self>, id: i64) -> Result<KeptDecision, DecisionError> {
        self.write_or(move |db| revoke(db, id)).await
    }

    /// Decisions after a number, in order; of one person where one is given.
    pub async fn decisions(
        self: &Arc<Self>,
        person: Option<String>,
        after: i64,
        limit: usize,
    ) -> Result<Vec<KeptDecision>, StoreError> {
        self.read(move |db| {
            let mut statement = db.prepare_cached(
                "SELECT id, json, at, revoked_at FROM decisions WHERE id > ?1
                 AND (?2 IS NULL OR id IN (SELECT decision_id FROM decided_persons WHERE person_id = ?2)) ORDER BY id LIMIT ?3",
            )?;
            let rows = statement.query_map(params![after, person, limit as i64], raw)?;
            rows.map(|row| kept(row?)).collect()
        })
        .await
    }

    /// The person whom an id leads to by decisions: itself where none concerns it; `None` for nobody.
    pub async fn resolved(self: &Arc<Self>, id: &str) -> Result<Option<String>, StoreError> {
        let id = id.to_owned();
        self.read(move |db| Ok(redirect(db, &id)?.map_or(Some(id), |(to, _)| to))).await
    }

    /// The ids that lead to a person by decisions.
    pub async fn leading_to(self: &Arc<Self>, id: &str) -> Result<Vec<String>, StoreError> {
        let id = id.to_owned();
        self.read(move |db| {
            let mut statement = db.prepare_cached("SELECT person_id FROM redirects WHERE to_id = ?1 ORDER BY 1")?;
            Ok(statement.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn write_or<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl FnOnce(&Connection) -> Result<T, DecisionError> + Send + 'static,
    ) -> Result<T, DecisionError> {
        let refused = Arc::new(std::sync::Mutex::new(None));
        let keep = refused.clone();
        let result = self
            .write(move |db| match job(db) {
                Ok(value) => Ok(value),
                Err(DecisionError::Store(error)) => Err(error),
                Err(other) => {
                    *keep.lock().unwrap_or_else(|p| p.into_inner()) = Some(other);
                    Err(StoreError::Closed)
                }
            })
            .await;
        let refused = refused.lock().unwrap_or_else(|p| p.into_inner()).take();
        result.map_err(|error| refused.unwrap_or(DecisionError::Store(error)))
    }
}

pub(super) fn raw(row: &Row<'_>) -> rusqlite::Result<(i64, String, String, Option<String>)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

pub(super) fn kept((id, json, at, revoked): (i64, String, String, Option<String>)) -> Result<KeptDecision, StoreError> {
    let decision = serde_json::from_str(&json).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let revoked_at = revoked.as_deref().map(super::time).transpose()?;
    Ok(KeptDecision { id, decision, at: super::time(&at)?, revoked_at })
}

/// All that are in force, in order.
fn in_force(db: &Connection) -> Result<Vec<KeptDecision>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT id, json, at, revoked_at FROM decisions WHERE revoked_at IS NULL ORDER BY id")?;
    let rows = statement.query_map([], raw)?;
    rows.map(|row| kept(row?)).collect()
}

fn decide(db: &Connection, decision: Decision, names: &Names) -> Result<KeptDecision, DecisionError> {
    if let Some(again) = in_force(db)?.into_iter().find(|kept| kept.decision == decision) {
        return Ok(again);
    }
    if let Some(record) = &decision.record_id {
        let known: Option<i64> = db
            .prepare_cached("SELECT record_seq FROM heads WHERE id = ?1")?
            .query_row([record], |row| row.get(0))
            .optional()?;
        if known.is_none() {
            return Err(DecisionError::Field { field: "record_id", reason: format!("there is no record {record}") });
        }
    }
    let json = serde_json::to_string(&decision).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let at = Timestamp::now();
    db.prepare_cached("INSERT INTO decisions (json, at) VALUES (?1, ?2)")?.execute(params![json, sortable(at)])?;
    let id = db.last_insert_rowid();
    let mut insert =
        db.prepare_cached("INSERT OR IGNORE INTO decided_persons (person_id, decision_id) VALUES (?1, ?2)")?;
    for person in decision.persons.iter().chain(&decision.person_id) {
        insert.execute(params![person, id])?;
    }
    let mut name = db.prepare_cached("INSERT OR REPLACE INTO decided_names (person_id, name) VALUES (?1, ?2)")?;
    for (person, known) in names {
        name.execute(params![person, known])?;
    }
    let kept = KeptDecision { id, decision, at, revoked_at: None };
    follow(db, &kept, "decided")?;
    Ok(kept)
}

fn revoke(db: &Connection, id: i64) -> Result<KeptDecision, DecisionError> {
    let found = db
        .prepare_cached("SELECT id, json, at, revoked_at FROM decisions WHERE id = ?1")?
        .query_row([id], raw)
        .optional()?;
    let mut found = kept(found.ok_or(DecisionError::Unknown(id))?)?;
    if found.revoked_at.is_none() {
        let now = Timestamp::now();
        db.prepare_cached("UPDATE decisions SET revoked_at = ?2 WHERE id = ?1")?.execute(params![id, sortable(now)])?;
        found.revoked_at = Some(now);
        follow(db, &found, "revoked")?;
    }
    Ok(found)
}

/// Works out what follows from the decisions in force, and marks the records that one of them concerns: those of its
/// persons by whatever id they have had, before and after.
fn follow(db: &Connection, changed: &KeptDecision, what: &str) -> Result<(), DecisionError> {
    let mut concerned: BTreeSet<String> = changed.decision.persons.iter().cloned().collect();
    concerned.extend(led_to(db, &concerned)?);
    work_out(db)?;
    concerned.extend(led_to(db, &concerned)?);
    let reason = format!("{what}: decision {} by {}", changed.id, changed.decision.author);
    for person in &concerned {
        remakes::mark_person(db, person, &reason)?;
    }
    if let Some(record) = &changed.decision.record_id {
        remakes::mark(db, record, &reason)?;
    }
    Ok(())
}

fn led_to(db: &Connection, persons: &BTreeSet<String>) -> Result<BTreeSet<String>, StoreError> {
    let mut all = BTreeSet::new();
    for person in persons {
        if let Some((Some(to), _)) = redirect(db, person)? {
            all.insert(to);
        }
    }
    Ok(all)
}

/// Where an id leads, with the name there; nowhere for what is nobody.
pub(super) fn redirect(db: &Connection, id: &str) -> Result<Option<(Option<String>, String)>, StoreError> {
    let found = db
        .prepare_cached("SELECT to_id, name FROM redirects WHERE person_id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found)
}

/// Makes the table of redirects anew.
fn work_out(db: &Connection) -> Result<(), DecisionError> {
    let decisions = in_force(db)?;
    // Of two decisions on one pair the later one counts.
    let mut pairs: BTreeMap<(String, String), (bool, i64)> = BTreeMap::new();
    let mut nobody: BTreeSet<&String> = BTreeSet::new();
    for kept in &decisions {
        let Decision { kind, persons, .. } = &kept.decision;
        match kind {
            DecisionKind::Same | DecisionKind::Different => {
                for (at, a) in persons.iter().enumerate() {
                    for b in &persons[at + 1..] {
                        let pair = if a <= b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) };
                        pairs.insert(pair, (*kind == DecisionKind::Same, kept.id));
                    }
                }
            }
            DecisionKind::NotAPerson => nobody.extend(persons),
            DecisionKind::Is => {}
        }
    }
    let groups = Groups::of(pairs.iter().filter(|(_, (same, _))| *same).map(|(pair, _)| pair));
    for ((a, b), (same, _)) in &pairs {
        if !same && groups.of_person.get(a).is_some_and(|group| groups.of_person.get(b) == Some(group)) {
            let by =
                pairs.iter().filter(|((x, _), (same, _))| *same && groups.of_person.get(x) == groups.of_person.get(a));
            return Err(DecisionError::Contradiction(by.map(|(_, (_, id))| *id).max().unwrap_or(0)));
        }
    }
    db.execute("DELETE FROM redirects", [])?;
    let mut insert = db.prepare_cached("INSERT INTO redirects (person_id, to_id, name) VALUES (?1, ?2, ?3)")?;
    for members in groups.members {
        let one = canonical(db, &members)?;
        let name = name_of(db, &one)?.unwrap_or_else(|| one.clone());
        for member in members.iter().filter(|member| **member != one) {
            insert.execute(params![member, one, name])?;
        }
    }
    for person in nobody {
        insert.execute(params![person, None::<String>, ""])?;
    }
    Ok(())
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
pub(super) fn is_known(id: &str) -> bool {
    id.contains(':')
}

/// How a person is called: a provisional one by documents, a known one as decisions that name it were given the name.
pub(super) fn name_of(db: &Connection, id: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT name FROM persons WHERE id = ?1 UNION ALL SELECT name FROM decided_names WHERE person_id = ?1";
    Ok(db.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?)
}

/// The place in the sequence of the first record that names a person.
pub(super) fn first_seen(db: &Connection, id: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT MIN(record_seq) FROM mentions WHERE person_id = ?1";
    Ok(db.prepare_cached(sql)?.query_row([id], |row| row.get(0))?)
}

/// Persons that are one, directly or by way of others.
#[derive(Default)]
struct Groups {
    of_person: BTreeMap<String, usize>,
    members: Vec<Vec<String>>,
}

impl Groups {
    fn of<'p>(pairs: impl Iterator<Item = &'p (String, String)>) -> Groups {
        let mut groups = Groups::default();
        for (a, b) in pairs {
            let (a, b) = (groups.place(a), groups.place(b));
            if a != b {
                let (into, from) = (a.min(b), a.max(b));
                let moved = std::mem::take(&mut groups.members[from]);
                for person in &moved {
                    groups.of_person.insert(person.clone(), into);
                }
                groups.members[into].extend(moved);
            }
        }
        groups.members.retain(|members| !members.is_empty());
        groups
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

//! Decisions: what an analyst has said of people. They outrank every score. Each is kept for ever, with whether it was
//! revoked; what follows from all of them together is worked out anew whenever one comes or goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::redirects::{is_known, redirect, work_out};
use super::{Store, StoreError, people, records, reprocess, sortable};
use crate::model::TextField;

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

/// As the person of a mention: somebody who has no id yet, and gets one.
pub const NEW: &str = "new";

/// Code points of an author at most, and of a note.
const LONGEST: (usize, usize) = (200, 10_000);

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
        if self.author.chars().count() > LONGEST.0 {
            return wrong("author", "must have at most 200 characters");
        }
        if self.note.as_ref().is_some_and(|note| note.chars().count() > LONGEST.1) {
            return wrong("note", "must have at most 10,000 characters");
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
pub(super) fn in_force(db: &Connection) -> Result<Vec<KeptDecision>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT id, json, at, revoked_at FROM decisions WHERE revoked_at IS NULL ORDER BY id")?;
    let rows = statement.query_map([], raw)?;
    rows.map(|row| kept(row?)).collect()
}

fn decide(db: &Connection, mut decision: Decision, names: &Names) -> Result<KeptDecision, DecisionError> {
    if let Some(again) = in_force(db)?.into_iter().find(|kept| kept.decision == decision) {
        return Ok(again);
    }
    if let (Some(record), Some(written)) = (&decision.record_id, &decision.mention) {
        let head: Option<i64> = db
            .prepare_cached("SELECT record_seq FROM heads WHERE id = ?1")?
            .query_row([record], |row| row.get(0))
            .optional()?;
        let wrong = |field, reason| Err(DecisionError::Field { field, reason });
        let Some(head) = head else { return wrong("record_id", format!("there is no record {record}")) };
        let record = records::read(db, head)?;
        let fields = [TextField::Title, TextField::Byline, TextField::Text, TextField::Caption];
        if !fields.into_iter().any(|field| record.field(field).contains(written.as_str())) {
            return wrong(
                "mention",
                format!("the record does not have the words \"{written}\"; they count as written there"),
            );
        }
        if decision.person_id.as_deref() == Some(NEW) {
            decision.person_id = Some(people::mint(db, written)?);
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
        reprocess::mark_person(db, person, &reason)?;
    }
    if let Some(record) = &changed.decision.record_id {
        reprocess::mark(db, record, &reason)?;
    }
    Ok(())
}

fn led_to(db: &Connection, persons: &BTreeSet<String>) -> Result<BTreeSet<String>, StoreError> {
    let mut all = BTreeSet::new();
    for person in persons {
        all.extend(redirect(db, person)?.and_then(|found| found.to));
    }
    Ok(all)
}

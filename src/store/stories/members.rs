//! The members of stories as rows: joining, leaving, merging, and what each was last told to be.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::addresses::{keep, own_addresses};
use super::{StoryDraft, Why, changes};
use crate::model::Record;
use crate::store::{StoreError, reprocess, sortable};
use crate::translation::Outline;
use crate::translation::claims::Claim;
use crate::translation::role::{Found, Member, role};

/// Members of a story that are looked at to tell the role of one.
const MOST_MEMBERS: usize = 32;

/// A member, as it was before.
pub(super) struct Kept {
    pub number: i64,
    pub story: String,
    pub score: Option<f64>,
    pub why: Why,
    /// When it was published, or else received.
    pub time: Option<Timestamp>,
    pub outline: Option<Outline>,
}

pub(super) fn kept(db: &Connection, document: &str) -> Result<Option<Kept>, StoreError> {
    let sql = "SELECT number, story, score, why, outline, COALESCE(published_at, received_at)
               FROM story_members WHERE document_id = ?1";
    let mut rows = db.prepare_cached(sql)?;
    let mut rows = rows.query([document])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Kept {
        number: row.get(0)?,
        story: row.get(1)?,
        score: row.get(2)?,
        why: of_json(&row.get::<_, String>(3)?)?,
        outline: row.get_ref(4)?.as_blob().ok().and_then(Outline::from_bytes),
        time: row.get::<_, String>(5)?.parse().ok(),
    }))
}

/// A document of the window that a new one is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Near {
    pub document: String,
    pub language: String,
    pub story: String,
    /// What it says of where it comes from.
    pub claims: Vec<Claim>,
    /// How far apart in time both are.
    pub apart: SignedDuration,
    /// Whether both show the same picture.
    pub pictured: bool,
}

/// What is compared of a member, unless it is of another time.
pub(super) fn comparable(
    db: &Connection,
    number: i64,
    time: Timestamp,
    span: SignedDuration,
) -> Result<Option<(Outline, Near)>, StoreError> {
    let sql = "SELECT document_id, language, story, COALESCE(published_at, received_at), outline, claims
               FROM story_members WHERE number = ?1 AND outline IS NOT NULL";
    let mut rows = db.prepare_cached(sql)?;
    let mut rows = rows.query([number])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let at: Option<Timestamp> = row.get::<_, String>(3)?.parse().ok();
    let apart = at.map(|at| at.duration_since(time).abs()).filter(|apart| *apart <= span);
    let outline = Outline::from_bytes(row.get_ref(4)?.as_blob().unwrap_or_default());
    let (Some(apart), Some(outline)) = (apart, outline) else { return Ok(None) };
    let (document, language, story) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let claims = of_json(&row.get::<_, String>(5)?)?;
    Ok(Some((outline, Near { document, language, story, claims, apart, pictured: false })))
}

/// What a member says of itself: of a new one, or of another version of its record.
pub(super) fn say(db: &Connection, record: &Record, draft: &StoryDraft, number: i64) -> Result<(), StoreError> {
    let sql = "UPDATE story_members SET language = ?2, published_at = ?3, near = ?4, claims = ?5, outline = ?6 WHERE number = ?1";
    db.prepare_cached(sql)?.execute(params![
        number,
        record.language.tag,
        record.source.published_at.map(sortable),
        record.cluster.as_ref().and_then(|cluster| cluster.near.as_ref()),
        json(&draft.claims)?,
        draft.outline.to_bytes()
    ])?;
    keep(db, record, number)
}

/// A member of a story, and what it was last told to be.
pub(super) struct Standing {
    pub member: Member,
    role: String,
}

/// The first members of a story, in order of arrival: those that are looked at to tell the role of any of them. They are the
/// same for all, so that what one is found to be does not depend on who asks.
pub(super) fn members(db: &Connection, story: &str) -> Result<Vec<Standing>, StoreError> {
    let sql = "SELECT document_id, language, published_at, received_at, near, claims, role,
               (SELECT group_concat(address) FROM story_addresses a WHERE a.number = m.number)
               FROM story_members m WHERE story = ?1 ORDER BY number LIMIT ?2";
    let mut rows = db.prepare_cached(sql)?;
    let mut rows = rows.query(params![story, MOST_MEMBERS as i64])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        let time = |at: Option<String>| at.and_then(|at| at.parse().ok());
        let addresses: Option<String> = row.get(7)?;
        let member = Member {
            document: row.get(0)?,
            language: row.get(1)?,
            published_at: time(row.get(2)?),
            received_at: time(row.get(3)?).unwrap_or(Timestamp::UNIX_EPOCH),
            near: row.get(4)?,
            addresses: addresses.iter().flat_map(|all| all.split(',')).filter_map(|one| one.parse().ok()).collect(),
            claims: of_json(&row.get::<_, String>(5)?)?,
        };
        members.push(Standing { member, role: row.get(6)? });
    }
    Ok(members)
}

/// What a member was found to be, as it is kept: another text is told again.
pub(super) fn told(found: &Found) -> String {
    format!("{:?} {:?}", found.role, found.of)
}

/// The members but one.
pub(super) fn without<'m>(members: &'m [Standing], document: &str) -> Vec<&'m Member> {
    members.iter().map(|standing| &standing.member).filter(|member| member.document != document).collect()
}

/// Has the records made again of those whose role is another since this one came.
pub(super) fn tell_others(db: &Connection, document: &str, members: &[Standing]) -> Result<(), StoreError> {
    // Who came after those that are looked at says nothing of them.
    if !members.iter().any(|standing| standing.member.document == document) {
        return Ok(());
    }
    for Standing { member, role: before } in members.iter().filter(|other| other.member.document != document) {
        let found = role(member, &without(members, &member.document));
        if *before != told(&found) {
            reprocess::mark(db, &member.document, &format!("{document} joined its story"))?;
        }
    }
    Ok(())
}

/// Takes a document that was deleted out of its story; what was made of it is told anew.
pub(in crate::store) fn forget(db: &Connection, document: &str) -> Result<(), StoreError> {
    let Some(kept) = kept(db, document)? else { return Ok(()) };
    for other in without(&members(db, &kept.story)?, document) {
        reprocess::mark(db, &other.document, "a document of its story was deleted")?;
    }
    // What the others share with it is no longer said.
    db.prepare_cached("UPDATE story_members SET why = '{}' WHERE story = ?1 AND instr(why, ?2)")?
        .execute([&kept.story, document])?;
    leave(db, document)
}

/// Takes a document out of its story, which goes on without it, or ends with it.
pub(super) fn leave(db: &Connection, document: &str) -> Result<(), StoreError> {
    let Some(kept) = kept(db, document)? else { return Ok(()) };
    db.prepare_cached("DELETE FROM story_addresses WHERE number = ?1")?.execute([kept.number])?;
    db.prepare_cached("DELETE FROM story_members WHERE number = ?1")?.execute([kept.number])?;
    db.prepare_cached("UPDATE stories SET documents = documents - 1 WHERE id = ?1")?.execute([&kept.story])?;
    db.prepare_cached("DELETE FROM stories WHERE id = ?1 AND documents <= 0")?.execute([&kept.story])?;
    changes::changed(db, &kept.story)
}

/// Two stories are one: the older id stays, the other one leads to it.
pub(super) fn merge(db: &Connection, one: &str, other: &str) -> Result<(), StoreError> {
    let started = |id: &str| {
        let sql = "SELECT started_at FROM stories WHERE id = ?1";
        db.prepare_cached(sql)?.query_row([id], |row| row.get::<_, String>(0)).optional()
    };
    let (stays, goes) = if (started(one)?, one) <= (started(other)?, other) { (one, other) } else { (other, one) };
    db.prepare_cached("UPDATE story_members SET story = ?2 WHERE story = ?1")?.execute([goes, stays])?;
    db.prepare_cached("UPDATE merged_stories SET story = ?2 WHERE story = ?1")?.execute([goes, stays])?;
    db.prepare_cached("INSERT OR REPLACE INTO merged_stories (id, story) VALUES (?1, ?2)")?.execute([goes, stays])?;
    db.prepare_cached(
        "UPDATE stories SET documents = documents + (SELECT documents FROM stories WHERE id = ?2) WHERE id = ?1",
    )?
    .execute([stays, goes])?;
    db.prepare_cached("DELETE FROM stories WHERE id = ?1")?.execute([goes])?;
    changes::changed(db, goes)?;
    changes::changed(db, stays)
}

/// The story that a story was found to be; itself as long as it is none.
pub(super) fn resolved(db: &Connection, story: &str) -> Result<String, StoreError> {
    let sql = "SELECT story FROM merged_stories WHERE id = ?1";
    let into = db.prepare_cached(sql)?.query_row([story], |row| row.get(0)).optional()?;
    Ok(into.unwrap_or_else(|| story.to_owned()))
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}

pub(super) fn of_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt(e.to_string()))
}

pub(super) fn member(record: &Record, draft: &StoryDraft) -> Member {
    Member {
        document: record.id.clone(),
        language: record.language.tag.clone(),
        published_at: record.source.published_at,
        received_at: record.received_at,
        near: record.cluster.as_ref().and_then(|cluster| cluster.near.clone()),
        addresses: own_addresses(record),
        claims: draft.claims.clone(),
    }
}

/// Whom the newest record of a document names.
pub(super) fn people_of(db: &Connection, document: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT n.person_id FROM heads h
               JOIN mentions n ON n.record_seq = h.record_seq WHERE h.id = ?1";
    let mut rows = db.prepare_cached(sql)?;
    Ok(rows.query_map([document], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

//! Stories as they are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde::Serialize;

use super::{changes, resolved};
use crate::model::{Edition, OriginalLanguage, Record, Role};
use crate::store::{Store, StoreError, records, sortable};

/// Documents of a story that are shown.
const MOST_SHOWN: usize = 500;

/// Which stories to list.
#[derive(Clone, Debug, Default)]
pub struct StoryFilter {
    /// With a document in this language.
    pub language: Option<String>,
    /// That name this person.
    pub person: Option<String>,
    /// With so many documents at least.
    pub documents: Option<i64>,
    /// That changed at this time or later.
    pub since: Option<Timestamp>,
    /// That changed before this time.
    pub until: Option<Timestamp>,
    /// Continue after this place, as [`StoryPage::next`] gave it.
    pub after: Option<(String, String)>,
    pub limit: usize,
}

/// A page of stories, those first that changed last.
#[derive(Clone, Debug)]
pub struct StoryPage {
    pub stories: Vec<StoryLine>,
    /// Where the next page begins, if there is one.
    pub next: Option<(String, String)>,
}

/// A story in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoryLine {
    pub story_id: String,
    pub started_at: String,
    pub changed_at: String,
    pub documents: i64,
    pub languages: Vec<String>,
    /// Of its first document, or how its text begins.
    pub title: Option<String>,
}

/// A story with its documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoryView {
    pub story_id: String,
    /// Grows with each change; nothing for a story that always was of one document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    pub started_at: String,
    pub changed_at: String,
    /// How many there are; no more than 500 are shown.
    pub documents: i64,
    pub languages: Vec<String>,
    /// In the order in which they were published, or arrived.
    pub timeline: Vec<StoryDocument>,
    pub people: Vec<StoryPerson>,
    /// Stories that were found to be this one.
    pub merged: Vec<String>,
}

/// A document of a story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoryDocument {
    pub document_id: String,
    pub language: String,
    pub role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_language: Option<OriginalLanguage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    pub evidence: Vec<String>,
    /// Or how its text begins.
    pub title: Option<String>,
    pub source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    pub received_at: Timestamp,
    /// What was changed of what it was made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<Edition>,
}

/// A person of a story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoryPerson {
    pub person_id: String,
    pub name: String,
    /// By language, how they are written.
    pub spellings: BTreeMap<String, BTreeSet<String>>,
    /// Of how many documents.
    pub documents: usize,
}

impl Store {
    /// A page of the stories, those first that changed last.
    pub async fn stories(self: &Arc<Self>, filter: StoryFilter) -> Result<StoryPage, StoreError> {
        self.read(move |db| list(db, &filter)).await
    }

    /// A story with its documents, or the one that it was found to be.
    pub async fn story(self: &Arc<Self>, id: &str) -> Result<Option<StoryView>, StoreError> {
        let id = id.to_owned();
        self.read(move |db| view(db, &id)).await
    }
}

fn list(db: &Connection, filter: &StoryFilter) -> Result<StoryPage, StoreError> {
    let mut sql = "SELECT id, started_at, changed_at, documents FROM stories s WHERE 1".to_owned();
    let mut values: Vec<Sql> = Vec::new();
    let mut and = |condition: &str, wanted: Vec<Sql>| {
        sql.push_str(condition);
        values.extend(wanted);
    };
    if let Some(language) = &filter.language {
        let condition = " AND EXISTS (SELECT 1 FROM story_members m WHERE m.story = s.id AND m.language = ?)";
        and(condition, vec![language.clone().into()]);
    }
    if let Some(person) = &filter.person {
        let condition =
            " AND s.id IN (SELECT m.story FROM mentions n JOIN heads h ON h.record_seq = n.record_seq JOIN story_members m ON m.document_id = h.id
                          WHERE n.person_id = ?)";
        and(condition, vec![person.clone().into()]);
    }
    if let Some(documents) = filter.documents {
        and(" AND documents >= ?", vec![documents.into()]);
    }
    if let Some(since) = filter.since {
        and(" AND changed_at >= ?", vec![sortable(since).into()]);
    }
    if let Some(until) = filter.until {
        and(" AND changed_at < ?", vec![sortable(until).into()]);
    }
    if let Some((changed_at, id)) = &filter.after {
        and(" AND (changed_at, id) < (?, ?)", vec![changed_at.clone().into(), id.clone().into()]);
    }
    and(" ORDER BY changed_at DESC, id DESC LIMIT ?", vec![(filter.limit as i64 + 1).into()]);
    let mut statement = db.prepare_cached(&sql)?;
    let line = |row: &Row| {
        Ok(StoryLine {
            story_id: row.get(0)?,
            started_at: row.get(1)?,
            changed_at: row.get(2)?,
            documents: row.get(3)?,
            languages: Vec::new(),
            title: None,
        })
    };
    let mut stories: Vec<StoryLine> = statement.query_map(params_from_iter(values), line)?.collect::<Result<_, _>>()?;
    let more = stories.len() > filter.limit;
    stories.truncate(filter.limit);
    for story in &mut stories {
        story.languages = languages(db, &story.story_id)?;
        story.title = records_of(db, &story.story_id, 1)?.first().and_then(headline);
    }
    let next = stories.last().filter(|_| more).map(|last| (last.changed_at.clone(), last.story_id.clone()));
    Ok(StoryPage { stories, next })
}

pub(super) fn view(db: &Connection, id: &str) -> Result<Option<StoryView>, StoreError> {
    let id = resolved(db, id)?;
    let row = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let sql = "SELECT started_at, changed_at, documents FROM stories WHERE id = ?1";
    let found = db.prepare_cached(sql)?.query_row([&id], row).optional()?;
    let Some((started_at, changed_at, documents)) = found else { return Ok(None) };
    let records = records_of(db, &id, MOST_SHOWN)?;
    let people = people(&records);
    let mut timeline: Vec<StoryDocument> = records.into_iter().map(document).collect();
    timeline.sort_by_key(|document| document.published_at.unwrap_or(document.received_at));
    let mut merged = db.prepare_cached("SELECT id FROM merged_stories WHERE story = ?1 ORDER BY id")?;
    let merged = merged.query_map([&id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let (languages, version) = (languages(db, &id)?, changes::version(db, &id)?);
    Ok(Some(StoryView {
        story_id: id,
        version,
        started_at,
        changed_at,
        documents,
        languages,
        timeline,
        people,
        merged,
    }))
}

fn languages(db: &Connection, story: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT language FROM story_members WHERE story = ?1 ORDER BY language";
    Ok(db.prepare_cached(sql)?.query_map([story], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The newest records of the first documents of a story.
fn records_of(db: &Connection, story: &str, limit: usize) -> Result<Vec<Record>, StoreError> {
    let sql = "SELECT h.record_seq FROM story_members m JOIN heads h ON h.id = m.document_id
               WHERE m.story = ?1 ORDER BY m.number LIMIT ?2";
    let mut rows = db.prepare_cached(sql)?;
    let seqs: Vec<i64> = rows.query_map(params![story, limit as i64], |row| row.get(0))?.collect::<Result<_, _>>()?;
    seqs.into_iter().map(|seq| records::read(db, seq)).collect()
}

fn document(record: Record) -> StoryDocument {
    let title = headline(&record);
    let translation = record.translation;
    let (role, of, original_language, score, evidence) =
        translation.map(|t| (t.role, t.of, t.original_language, t.score, t.evidence)).unwrap_or_default();
    StoryDocument {
        document_id: record.id,
        language: record.language.tag,
        role,
        of,
        original_language,
        score,
        evidence,
        title,
        source: record.source.name,
        url: record.source.url,
        published_at: record.source.published_at,
        received_at: record.received_at,
        edition: record.edition,
    }
}

/// What a document is called: its title, or how its text begins.
fn headline(record: &Record) -> Option<String> {
    const LONGEST: usize = 80;
    record.title.clone().or_else(|| {
        let first = record.text.lines().find(|line| !line.trim().is_empty())?;
        Some(match first.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", first[..end].trim_end()),
            None => first.to_owned(),
        })
    })
}

/// Everybody whom the documents name, those first whom the most of them do.
fn people(records: &[Record]) -> Vec<StoryPerson> {
    let mut people: BTreeMap<&str, StoryPerson> = BTreeMap::new();
    for record in records {
        for person in &record.people {
            let Some(id) = &person.person_id else { continue };
            let entry = people.entry(id).or_insert_with(|| StoryPerson {
                person_id: id.clone(),
                name: person.name.clone(),
                spellings: BTreeMap::new(),
                documents: 0,
            });
            entry.documents += 1;
            let spellings = entry.spellings.entry(record.language.tag.clone()).or_default();
            spellings.extend(person.mentions.iter().map(|mention| mention.text.clone()));
        }
    }
    let mut people: Vec<StoryPerson> = people.into_values().collect();
    people.sort_by_key(|person| std::cmp::Reverse(person.documents));
    people
}

//! The rows of a record: a document, its people and their mentions.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use super::entry::Entry;
use super::failure::Failure;
use crate::model::{Candidate, MentionForm, PersonStatus, Record, Role, TextField};

/// A row of `documents`.
#[derive(Serialize)]
pub(super) struct DocumentRow<'a> {
    id: &'a str,
    revision: i64,
    version: i64,
    received_at: Timestamp,
    processed_at: Timestamp,
    source: &'a str,
    url: Option<&'a str>,
    published_at: Option<Timestamp>,
    title: Option<&'a str>,
    byline: Option<&'a str>,
    text: &'a str,
    language: &'a str,
    script: &'a str,
    language_confidence: f64,
    content_hash: &'a str,
    record: &'a RawValue,
    note: Option<&'a str>,
    deleted: bool,
    article: Option<bool>,
    text_hash: Option<&'a str>,
    cluster: Option<&'a str>,
    story: Option<&'a str>,
    role: Option<Role>,
    original_language: Option<&'a str>,
}

/// A row of `people`.
#[derive(Serialize)]
pub(super) struct PersonRow<'a> {
    document_id: &'a str,
    ordinal: usize,
    person_id: Option<&'a str>,
    name: &'a str,
    status: PersonStatus,
    key: &'a str,
    score: f64,
    why: &'a [String],
    candidates: &'a [Candidate],
}

/// A row of `mentions`.
#[derive(Serialize)]
pub(super) struct MentionRow<'a> {
    document_id: &'a str,
    person_ordinal: usize,
    ordinal: usize,
    field: TextField,
    start_offset: usize,
    end_offset: usize,
    text: &'a str,
    form: MentionForm,
}

/// Rows as the one JSON array that a statement takes.
pub(super) fn rows<T: Serialize>(rows: impl Iterator<Item = T>) -> Result<String, Failure> {
    let rows: Vec<T> = rows.collect();
    serde_json::to_string(&rows).map_err(|error| Failure::Data(format!("the record makes no JSON: {error}")))
}

pub(super) fn document_row<'a>(entry: &'a Entry<'_>) -> DocumentRow<'a> {
    let record = &*entry.record;
    let translation = record.translation.as_ref();
    DocumentRow {
        id: &record.id,
        revision: record.revision,
        version: record.version,
        received_at: record.received_at,
        processed_at: record.processed_at,
        source: &record.source.name,
        url: record.source.url.as_deref(),
        published_at: record.source.published_at,
        title: record.title.as_deref(),
        byline: record.byline.as_deref(),
        text: &record.text,
        language: &record.language.tag,
        script: &record.language.script,
        language_confidence: record.language.confidence,
        content_hash: &record.content_hash,
        record: &entry.json,
        note: entry.note.as_deref(),
        deleted: record.deleted,
        article: record.article,
        text_hash: record.text_hash.as_deref(),
        cluster: record.cluster.as_ref().map(|cluster| cluster.id.as_str()),
        story: translation.map(|translation| translation.story_id.as_str()),
        role: translation.map(|translation| translation.role),
        original_language: translation.and_then(|t| t.original_language.as_ref()).map(|language| language.tag.as_str()),
    }
}

pub(super) fn person_rows(record: &Record) -> impl Iterator<Item = PersonRow<'_>> {
    record.people.iter().enumerate().map(|(ordinal, person)| PersonRow {
        document_id: &record.id,
        ordinal,
        person_id: person.person_id.as_deref(),
        name: &person.name,
        status: person.status,
        key: &person.key,
        score: person.score,
        why: &person.why,
        candidates: &person.candidates,
    })
}

pub(super) fn mention_rows(record: &Record) -> impl Iterator<Item = MentionRow<'_>> {
    record.people.iter().enumerate().flat_map(move |(person_ordinal, person)| {
        person.mentions.iter().enumerate().map(move |(ordinal, mention)| MentionRow {
            document_id: &record.id,
            person_ordinal,
            ordinal,
            field: mention.field,
            start_offset: mention.start,
            end_offset: mention.end,
            text: &mention.text,
            form: mention.form,
        })
    })
}

//! Records: completed, versioned, listed.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::makers::Older;
use super::packed::PackedRecord;
use super::recent::Recent;
use super::{Store, StoreError, clusters, decided, makers, name_keys, people, sortable, stories};
use crate::model::{Edition, PersonOnRecord, PersonStatus, Record, Role};
use crate::pipeline::Draft;
use crate::translation::editions;

/// What came of a processed document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completed {
    /// A record in this version.
    Recorded { version: i64, seq: i64 },
    /// A newer revision was there already.
    Superseded,
    /// The document was deleted meanwhile.
    Deleted,
}

/// A record as the store holds it.
#[derive(Clone, Debug)]
pub struct StoredRecord {
    pub seq: i64,
    pub json: Arc<str>,
}

/// Which records to list.
#[derive(Clone, Debug, Default)]
pub struct RecordFilter {
    pub id: Option<String>,
    pub person: Option<String>,
    pub language: Option<String>,
    pub source: Option<String>,
    pub cluster: Option<String>,
    /// Received at this time or later.
    pub since: Option<Timestamp>,
    /// Received before this time.
    pub until: Option<Timestamp>,
    /// Whose newest version was made by something older.
    pub older: Option<Older>,
    /// Continue after this sequence number.
    pub after: Option<i64>,
    pub limit: usize,
}

/// A page of a listing.
#[derive(Clone, Debug)]
pub struct Page {
    pub records: Vec<StoredRecord>,
    /// Where the next page begins, if there is one.
    pub next: Option<i64>,
}

impl Store {
    /// Writes the record of a document, and with it the people that it names and the document's outcome, in one
    /// transaction. The version grows only if the record says something else than its last.
    pub async fn complete(&self, doc_seq: i64, draft: Draft) -> Result<Completed, StoreError> {
        let recent = self.recent().await;
        let completed = self.write(move |db| complete(db, doc_seq, draft, &recent)).await?;
        // Whoever waits for an empty spool then knows of this version.
        self.announce(&completed);
        self.leave_spool(doc_seq);
        Ok(completed)
    }

    /// Tells those who deliver of a new version.
    pub(super) fn announce(&self, completed: &Completed) {
        if let Completed::Recorded { seq, .. } = completed {
            self.newest_record.send_if_modified(|newest| {
                let grown = *seq > *newest;
                *newest = (*seq).max(*newest);
                grown
            });
        }
    }

    /// Sets a document aside that could not be processed.
    pub async fn bury(&self, doc_seq: i64, reason: &str) -> Result<(), StoreError> {
        let reason = reason.to_owned();
        self.write(move |db| {
            let sql = "INSERT INTO dead_letters (doc_seq, document_id, revision, reason, at)
                 SELECT seq, id, revision, ?2, ?3 FROM documents WHERE seq = ?1";
            // What was deleted meanwhile is nobody's dead letter.
            match db.prepare_cached(sql)?.execute(params![doc_seq, reason, sortable(Timestamp::now())])? {
                0 => Ok(()),
                _ => end(db, doc_seq, "dead", None),
            }
        })
        .await?;
        self.leave_spool(doc_seq);
        Ok(())
    }

    /// Takes a document from those that wait which is not there any more.
    pub fn forget(&self, doc_seq: i64) {
        self.leave_spool(doc_seq);
    }

    fn leave_spool(&self, doc_seq: i64) {
        self.spool().done(doc_seq);
    }

    /// The newest version of a record; of one revision of it; or one version.
    pub async fn record(
        self: &Arc<Self>,
        id: &str,
        revision: Option<i64>,
        version: Option<i64>,
    ) -> Result<Option<StoredRecord>, StoreError> {
        let id = id.to_owned();
        self.read(move |db| {
            db.prepare_cached(
                "SELECT r.seq, r.json, r.packed_after, d.body FROM records r LEFT JOIN documents d ON d.seq = r.packed_after
                 WHERE r.id = ?1 AND (?2 IS NULL OR r.revision = ?2) AND (?3 IS NULL OR r.version = ?3)
                 ORDER BY r.version DESC LIMIT 1",
            )?
            .query_row(params![id, revision, version], |row| Ok(PackedRecord::unpack(row)))
            .optional()?
            .transpose()
        })
        .await
    }

    /// A page of the newest versions that match, in order of their sequence.
    pub async fn records(self: &Arc<Self>, filter: RecordFilter) -> Result<Page, StoreError> {
        self.read(move |db| list(db, &filter)).await
    }

    /// The versions after `seq`, in order, up to a number of records and about so many bytes.
    pub async fn records_after(
        self: &Arc<Self>,
        seq: i64,
        limit: usize,
        bytes: usize,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        self.read(move |db| {
            let mut statement = db.prepare_cached(
                "SELECT r.seq, r.json, r.packed_after, d.body FROM records r LEFT JOIN documents d ON d.seq = r.packed_after
                 WHERE r.seq > ?1 ORDER BY r.seq LIMIT ?2",
            )?;
            let mut rows = statement.query(params![seq, limit as i64])?;
            let (mut found, mut size) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let record = PackedRecord::unpack(row)?;
                size += record.json.len();
                found.push(record);
                if size >= bytes {
                    break;
                }
            }
            Ok(found)
        })
        .await
    }
}

pub(super) fn complete(db: &Connection, doc_seq: i64, draft: Draft, recent: &Recent) -> Result<Completed, StoreError> {
    let Draft { mut record, provisional, keys, sketch, story } = draft;
    if !db.prepare_cached("SELECT 1 FROM documents WHERE seq = ?1")?.exists([doc_seq])? {
        return Ok(Completed::Deleted);
    }
    let head: Option<(i64, i64, i64)> = db
        .prepare_cached("SELECT record_seq, version, revision FROM heads WHERE id = ?1")?
        .query_row([&record.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    if head.is_some_and(|(.., revision)| revision > record.revision) {
        end(db, doc_seq, "superseded", None)?;
        return Ok(Completed::Superseded);
    }
    name_keys::keep(db, doc_seq, &keys)?;
    for (person, keys) in record.people.iter_mut().zip(&provisional) {
        if let Some(keys) = keys {
            people::find_or_mint(db, person, keys)?;
        }
    }
    decided::apply(db, &mut record)?;
    let mut recent = recent.memory();
    record.cluster = clusters::join(db, &mut recent.bands, &record, sketch)?;
    record.translation = recent.stories.join(db, &record, story)?;
    drop(recent);
    let mut before = None;
    record.edition = edition_of_copy(db, &record)?;
    if let Some((seq, version, _)) = head {
        record.version = version;
        let last = read(db, seq)?;
        keep_reasons(&mut record, &last);
        record.edition = edition_of(&record, &last);
        if record.says_the_same(&last) {
            makers::note(db, &record.id)?;
            end(db, doc_seq, "done", Some(version))?;
            return Ok(Completed::Recorded { version, seq });
        }
        before = Some(last);
    }
    record.version = head.map_or(1, |(_, version, _)| version + 1);
    let seq = insert(db, &record)?;
    people::index_mentions(db, &record, seq, head.map(|(seq, ..)| seq))?;
    if let Some(last) = before {
        people::follow_known(db, &record, &last)?;
    }
    if let Some(translation) = &record.translation {
        stories::changed(db, &translation.story_id)?;
    }
    end(db, doc_seq, "done", Some(record.version))?;
    Ok(Completed::Recorded { version: record.version, seq })
}

/// What a new revision changed; a revision that is made again is the edition that it was, unless it is found to be that of
/// another document.
fn edition_of(record: &Record, last: &Record) -> Option<Edition> {
    if last.deleted || record.revision == last.revision {
        let of_copy = record.edition.as_ref();
        let is_as_it_was = |before: &&Edition| before.of == record.id || of_copy.is_some_and(|now| now.of == before.of);
        return last.edition.as_ref().filter(is_as_it_was).or(of_copy).cloned();
    }
    let difference = editions::difference(last, record);
    Some(Edition { of: last.id.clone(), revision: last.revision, difference })
}

/// What was changed of the text of another document.
fn edition_of_copy(db: &Connection, record: &Record) -> Result<Option<Edition>, StoreError> {
    let translation = record.translation.as_ref().filter(|translation| translation.role == Role::Edition);
    let Some(of) = translation.and_then(|translation| translation.of.as_ref()) else { return Ok(None) };
    let sql = "SELECT record_seq FROM heads WHERE id = ?1 AND deleted = 0";
    let Some(seq) = db.prepare_cached(sql)?.query_row([of], |row| row.get(0)).optional()? else { return Ok(None) };
    let original = read(db, seq)?;
    let difference = editions::difference(&original, record);
    Ok(Some(Edition { of: of.clone(), revision: original.revision, difference }))
}

/// A provisional person is found again by the very names that the record itself has given: how it was found first is what
/// is worth knowing, so that a record that is made again says the same.
fn keep_reasons(record: &mut Record, last: &Record) {
    let provisional = record.people.iter_mut().filter(|person| person.status == PersonStatus::Provisional);
    for person in provisional {
        let same = |old: &&PersonOnRecord| old.person_id == person.person_id && old.mentions == person.mentions;
        if let Some(old) = last.people.iter().find(same) {
            (person.score, person.why) = (old.score, old.why.clone());
        }
    }
}

pub(super) fn read(db: &Connection, seq: i64) -> Result<Record, StoreError> {
    serde_json::from_str(&stored_at(db, seq)?.json).map_err(|e| StoreError::Corrupt(e.to_string()))
}

pub(super) fn stored_at(db: &Connection, seq: i64) -> Result<StoredRecord, StoreError> {
    let sql = "SELECT r.seq, r.json, r.packed_after, d.body FROM records r LEFT JOIN documents d ON d.seq = r.packed_after WHERE r.seq = ?1";
    db.prepare_cached(sql)?.query_row([seq], |row| Ok(PackedRecord::unpack(row)))?
}

pub(super) fn insert(db: &Connection, record: &Record) -> Result<i64, StoreError> {
    let PackedRecord { json, after } = PackedRecord::of(db, record)?;
    db.prepare_cached("INSERT INTO records (id, version, revision, json, packed_after) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![record.id, record.version, record.revision, json, after])?;
    let seq = db.last_insert_rowid();
    db.prepare_cached(
        "INSERT OR REPLACE INTO heads (id, record_seq, version, revision, language, source, received_at, published_at, made_by, deleted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        record.id,
        seq,
        record.version,
        record.revision,
        record.language.tag,
        record.source.name,
        sortable(record.received_at),
        record.source.published_at.map(sortable),
        makers::now(db)?,
        record.deleted
    ])?;
    Ok(seq)
}

fn end(db: &Connection, doc_seq: i64, state: &str, version: Option<i64>) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR REPLACE INTO outcomes (doc_seq, state, version) VALUES (?1, ?2, ?3)")?
        .execute(params![doc_seq, state, version])?;
    Ok(())
}

/// A page of a listing ends with the record that makes it this large.
const PAGE_BYTES: usize = 16 << 20;

/// What a filter asks of the newest versions `h`, after their sequence number; and the values that it is asked with.
pub(super) fn conditions(filter: &RecordFilter) -> (String, Vec<Sql>) {
    let mut sql = String::from(" AND h.deleted = 0");
    let mut values: Vec<Sql> = vec![filter.after.unwrap_or(0).into()];
    let mut and = |condition: &str, value: Sql| {
        sql.push_str(condition);
        values.push(value);
    };
    if let Some(id) = &filter.id {
        and(" AND h.id = ?", id.clone().into());
    }
    if let Some(person) = &filter.person {
        and(" AND h.record_seq IN (SELECT record_seq FROM mentions WHERE person_id = ?)", person.clone().into());
    }
    if let Some(language) = &filter.language {
        and(" AND h.language = ?", language.clone().into());
    }
    if let Some(source) = &filter.source {
        and(" AND h.source = ?", source.clone().into());
    }
    if let Some(cluster) = &filter.cluster {
        and(" AND h.id IN (SELECT document_id FROM sketches WHERE cluster = ?)", cluster.clone().into());
    }
    if let Some(since) = filter.since {
        and(" AND h.received_at >= ?", sortable(since).into());
    }
    if let Some(until) = filter.until {
        and(" AND h.received_at < ?", sortable(until).into());
    }
    if let Some(Older { stage, than }) = &filter.older {
        and(makers::OLDER, stage.clone().into());
        values.push((*than).into());
    }
    (sql, values)
}

fn list(db: &Connection, filter: &RecordFilter) -> Result<Page, StoreError> {
    let (conditions, mut values) = conditions(filter);
    let sql = format!(
        "SELECT r.seq, r.json, r.packed_after, d.body FROM heads h JOIN records r ON r.seq = h.record_seq
         LEFT JOIN documents d ON d.seq = r.packed_after WHERE h.record_seq > ?{conditions}
         ORDER BY h.record_seq LIMIT ?"
    );
    values.push((filter.limit as i64 + 1).into());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let (mut records, mut bytes, mut more) = (Vec::new(), 0, false);
    while let Some(row) = rows.next()? {
        more = records.len() == filter.limit || bytes >= PAGE_BYTES;
        if more {
            break;
        }
        let record = PackedRecord::unpack(row)?;
        bytes += record.json.len();
        records.push(record);
    }
    let next = if more { records.last().map(|r| r.seq) } else { None };
    Ok(Page { records, next })
}

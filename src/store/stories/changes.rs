//! What changed of stories, in order: those who ask for stories are told by it. A story of one document is nobody's news.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use super::view::view;
use crate::store::{Store, StoreError, sortable};

/// A story that changed, as it is now.
#[derive(Clone, Debug)]
pub struct ChangedStory {
    pub story_id: String,
    /// Greater than that of every earlier change of any story.
    pub version: i64,
    /// The story, as `GET /v1/stories/{id}` gives it; or what became of it.
    pub json: Arc<str>,
}

impl Store {
    /// The number of the newest change; 0 before the first.
    pub async fn newest_story_change(self: &Arc<Self>) -> Result<i64, StoreError> {
        let sql = "SELECT COALESCE(MAX(number), 0) FROM story_changes";
        self.read(move |db| Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?)).await
    }

    /// The stories that changed last after one change and up to another, in order, up to a number and about so many bytes.
    pub async fn changed_stories(
        self: &Arc<Self>,
        after: i64,
        until: i64,
        limit: usize,
        bytes: usize,
    ) -> Result<Vec<ChangedStory>, StoreError> {
        self.read(move |db| {
            let mut rows = db.prepare_cached(
                "SELECT number, story FROM story_changes WHERE number > ?1 AND number <= ?2 ORDER BY number LIMIT ?3",
            )?;
            let mut rows = rows.query(params![after, until, limit as i64])?;
            let (mut found, mut size) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let (version, story_id): (i64, String) = (row.get(0)?, row.get(1)?);
                let json = now(db, &story_id, version)?;
                size += json.len();
                found.push(ChangedStory { story_id, version, json: json.into() });
                if size >= bytes {
                    break;
                }
            }
            Ok(found)
        })
        .await
    }
}

/// What a story is now, or what became of it.
fn now(db: &Connection, story: &str, version: i64) -> Result<String, StoreError> {
    let sql = "SELECT story FROM merged_stories WHERE id = ?1";
    let into: Option<String> = db.prepare_cached(sql)?.query_row([story], |row| row.get(0)).optional()?;
    if let Some(into) = into {
        return Ok(json!({"story_id": story, "version": version, "merged_into": into}).to_string());
    }
    match view(db, story)? {
        Some(view) => serde_json::to_string(&view).map_err(|e| StoreError::Corrupt(e.to_string())),
        None => Ok(json!({"story_id": story, "version": version, "deleted": true}).to_string()),
    }
}

/// Notes that a story changed. One that is of one document, and never was of more, is nobody's news.
pub(in crate::store) fn changed(db: &Connection, story: &str) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE stories SET changed_at = ?2 WHERE id = ?1")?
        .execute(params![story, sortable(Timestamp::now())])?;
    db.prepare_cached(
        "INSERT OR REPLACE INTO story_changes (story) SELECT ?1
         WHERE (SELECT documents FROM stories WHERE id = ?1) > 1
            OR EXISTS (SELECT 1 FROM story_changes WHERE story = ?1)",
    )?
    .execute([story])?;
    Ok(())
}

/// The number of a story's last change.
pub(super) fn version(db: &Connection, story: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT number FROM story_changes WHERE story = ?1";
    Ok(db.prepare_cached(sql)?.query_row([story], |row| row.get(0)).optional()?)
}

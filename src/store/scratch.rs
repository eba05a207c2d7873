//! A store for one thread, in a temporary folder, that syncs nothing: to see what records documents become, and how fast.

use rusqlite::Connection;
use tempfile::TempDir;

use super::accept::{Packed, Receipt};
use super::recent::Recent;
use super::records::{self, Completed, StoredRecord};
use super::{StoreError, WindowLimits, open};
use crate::model::NewDocument;
use crate::pipeline::Draft;

/// Documents after which what was written is committed.
const COMMIT_AFTER: usize = 256;

/// A store that is gone when it is dropped.
pub struct Scratch {
    db: Connection,
    recent: Recent,
    uncommitted: usize,
    dir: TempDir,
}

impl Scratch {
    /// An empty one.
    ///
    /// # Errors
    /// When there is no room for temporary files.
    pub fn open(stories: WindowLimits) -> Result<Scratch, StoreError> {
        let failed = |e: std::io::Error| StoreError::Sql(format!("no temporary folder can be made: {e}"));
        let dir = tempfile::tempdir().map_err(failed)?;
        let (db, _lock) = open::prepare(dir.path())?;
        db.execute_batch("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 1000; BEGIN")?;
        Ok(Scratch { db, recent: Recent::new(stories), uncommitted: 0, dir })
    }

    /// Takes a document as [`super::Store::accept`] does.
    ///
    /// # Errors
    /// When the disk of temporary files is full.
    pub fn accept(&mut self, document: NewDocument) -> Result<Receipt, StoreError> {
        Packed::new(self.dir.path(), document, "evaluate")?.insert(&self.db, self.dir.path())
    }

    /// Writes the record that a document becomes, as [`super::Store::complete`] does.
    ///
    /// # Errors
    /// When the disk of temporary files is full.
    pub fn complete(&mut self, doc_seq: i64, draft: Draft) -> Result<Completed, StoreError> {
        let completed = records::complete(&self.db, doc_seq, draft, &self.recent)?;
        self.uncommitted += 1;
        if self.uncommitted == COMMIT_AFTER {
            loop {
                let written = self.recent.write_bands(&self.db)?;
                if written.is_empty() {
                    break;
                }
                self.recent.moved().extend(written);
            }
            self.db.execute_batch("COMMIT; BEGIN")?;
            self.uncommitted = 0;
        }
        Ok(completed)
    }

    /// A record that was written.
    ///
    /// # Errors
    /// When there is none of this number.
    pub fn record(&self, seq: i64) -> Result<StoredRecord, StoreError> {
        records::stored_at(&self.db, seq)
    }
}

//! One document to its record, and what becomes of it in the store.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::Service;
use crate::model::{Document, NewDocument, Record};
use crate::pipeline::{self, Draft};
use crate::store::{Completed, StoreError};

impl Service {
    /// Takes a document from the spool to its record, or to its dead letter.
    pub(super) async fn process(&self, seq: i64) {
        let read = self.patiently(|| {
            let store = self.store.clone();
            async move { store.document_at(seq).await }
        });
        let document = match read.await {
            Ok(Some(document)) => document,
            // It was deleted.
            Ok(None) => return self.store.forget(seq),
            Err(StoreError::Closed) => return,
            Err(error) => return self.bury(seq, "", "", &error.to_string()).await,
        };
        let (request_id, id) = (document.request_id.clone(), document.id.clone());
        match self.draft(document).await {
            Ok(draft) => self.complete(seq, &request_id, &id, draft).await,
            Err(reason) => self.bury(seq, &request_id, &id, &reason).await,
        }
    }

    /// The record that a document would become, and nothing is stored; or why there is none, in words.
    ///
    /// # Errors
    /// When the document cannot be processed.
    pub async fn analyze(&self, document: NewDocument) -> Result<Record, String> {
        Ok(self.draft(document.received("analyze", Timestamp::now())).await?.record)
    }

    /// A document to its draft, on the pool, with what is known now; or why not, in words.
    pub(super) async fn draft(&self, document: Document) -> Result<Draft, String> {
        let authority = self.authority();
        let limits = self.limits;
        let made = self.pool.run(self.timeout, move || pipeline::process(&document, &authority, &limits)).await;
        made.map_err(|failure| failure.to_string())?.map_err(|error| error.to_string())
    }

    async fn complete(&self, seq: i64, request_id: &str, id: &str, draft: Draft) {
        let language = draft.record.language.tag.clone();
        let (revision, people) = (draft.record.revision, draft.record.people.len());
        let stages = draft.record.provenance.timings_ms.clone();
        let since = Instant::now();
        let completed = self.patiently(|| self.store.complete(seq, draft.clone())).await;
        self.metrics.stage("store", since.elapsed().as_secs_f64());
        for (stage, milliseconds) in &stages {
            self.metrics.stage(stage, milliseconds / 1000.0);
        }
        match completed {
            Ok(Completed::Recorded { version, .. }) => {
                self.metrics.document("done", &language);
                tracing::info!(request_id, document = id, revision, version, language, people, "recorded");
            }
            Ok(Completed::Superseded) => {
                self.metrics.document("superseded", &language);
                tracing::info!(request_id, document = id, revision, "superseded by a newer revision");
            }
            Ok(Completed::Deleted) => tracing::info!(request_id, document = id, revision, "deleted meanwhile"),
            Err(StoreError::Closed) => {}
            Err(error) => self.bury(seq, request_id, id, &error.to_string()).await,
        }
    }

    async fn bury(&self, seq: i64, request_id: &str, id: &str, reason: &str) {
        self.metrics.document("dead", "");
        // What follows a colon may quote the document, which logs never do; the dead letter keeps all of it.
        let reason_class = reason.split(':').next().unwrap_or_default();
        tracing::warn!(request_id, document = id, seq, reason = reason_class, "the document could not be processed");
        if let Err(error) = self.patiently(|| self.store.bury(seq, reason)).await {
            // It stays in the spool, and the next start tries again.
            tracing::error!(%error, seq, "the dead letter could not be written");
        }
    }

    /// A full disk is waited out: what was accepted must not be lost for it. Another trouble of the store is given a
    /// few more chances, so that a passing one kills no document.
    pub(super) async fn patiently<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        act: impl Fn() -> F,
    ) -> Result<T, StoreError> {
        let mut chances = 3;
        loop {
            match act().await {
                Err(StoreError::Full(dir)) if !*self.stop.borrow() => {
                    if self.tell_full.is_due() {
                        tracing::error!(dir = %dir.display(), "the disk is full; trying again each second");
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Err(StoreError::Sql(error)) if chances > 0 => {
                    tracing::warn!(error, "the store failed; trying again");
                    chances -= 1;
                    tokio::time::sleep(Duration::from_millis(250)).await;
                }
                result => return result,
            }
        }
    }
}

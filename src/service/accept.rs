//! What senders ask for: to have a document kept, or gone.

use std::time::Instant;

use super::Service;
use crate::model::NewDocument;
use crate::store::{Erased, Receipt, StoreError};

impl Service {
    /// Accepts a document: on disk when this returns.
    ///
    /// # Errors
    /// When the spool or the disk is full.
    pub async fn accept(&self, document: NewDocument, request_id: &str) -> Result<Receipt, StoreError> {
        let since = Instant::now();
        let receipt = self.store.accept(document, request_id).await?;
        self.metrics.stage("accept", since.elapsed().as_secs_f64());
        if !receipt.new {
            self.metrics.document("duplicate", "");
        }
        let Receipt { id, revision, new, revived, .. } = &receipt;
        tracing::info!(request_id, document = id, revision, new, revived, "accepted");
        Ok(receipt)
    }

    /// Counts documents that came in bulk.
    pub fn count_accepted(&self, receipts: &[Receipt]) {
        let again = receipts.iter().filter(|receipt| !receipt.new).count();
        (0..again).for_each(|_| self.metrics.document("duplicate", ""));
    }

    /// Deletes a document: when this returns it is gone from the store, and on its way out of every sink.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn erase(&self, id: &str, request_id: &str) -> Result<Erased, StoreError> {
        let erased = self.store.erase(id).await?;
        if let Erased::Now { version, .. } = erased {
            self.metrics.document("deleted", "");
            tracing::info!(request_id, document = id, version, "deleted");
        }
        Ok(erased)
    }
}

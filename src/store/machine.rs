//! What machine translation keeps: translations that were paid for, and what was spent on them.

use std::sync::Arc;

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};

impl Store {
    /// A translation that was kept under this key.
    pub async fn machine_translation(self: &Arc<Self>, key: [u8; 32]) -> Result<Option<String>, StoreError> {
        let sql = "SELECT text FROM machine_translations WHERE key = ?1";
        self.read(move |db| Ok(db.prepare_cached(sql)?.query_row([&key[..]], |row| row.get(0)).optional()?)).await
    }

    /// Keeps a translation.
    pub async fn keep_machine_translation(&self, key: [u8; 32], text: String) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO machine_translations (key, text) VALUES (?1, ?2)";
        self.write(move |db| Ok(db.prepare_cached(sql)?.execute(params![&key[..], text]).map(|_| ())?)).await
    }

    /// What was spent, as it was kept last.
    pub async fn machine_spending(self: &Arc<Self>) -> Result<Option<String>, StoreError> {
        let sql = "SELECT spent FROM machine_spending";
        self.read(move |db| Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?)).await
    }

    /// Keeps what was spent, in place of what was kept before.
    pub async fn keep_machine_spending(&self, spent: String) -> Result<(), StoreError> {
        self.write(move |db| {
            db.execute("DELETE FROM machine_spending", [])?;
            db.execute("INSERT INTO machine_spending (spent) VALUES (?1)", [spent])?;
            Ok(())
        })
        .await
    }
}

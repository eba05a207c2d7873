//! The keys of the names in each document, by which the records are found that name somebody who becomes known. Authorities
//! change seldom, and documents come all the time: so what a document has is one row, and all rows are read for a change.

use rusqlite::{Connection, params};
use rustc_hash::FxHashSet;

use super::StoreError;

/// Keeps the keys of a document. What an older revision had stays: it costs no more than a look.
pub(super) fn keep(db: &Connection, doc_seq: i64, keys: &[u32]) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let bytes: Vec<u8> = keys.iter().flat_map(|key| key.to_le_bytes()).collect();
    db.prepare_cached("INSERT OR REPLACE INTO document_keys (doc_seq, keys) VALUES (?1, ?2)")?
        .execute(params![doc_seq, bytes])?;
    Ok(())
}

/// The documents that have one of these keys.
pub(super) fn documents_with(db: &Connection, keys: &[u32]) -> Result<Vec<i64>, StoreError> {
    let keys: FxHashSet<[u8; 4]> = keys.iter().map(|key| key.to_le_bytes()).collect();
    let mut rows = db.prepare("SELECT doc_seq, keys FROM document_keys")?;
    let mut rows = rows.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let own = row.get_ref(1)?.as_blob().unwrap_or_default();
        if own.as_chunks::<4>().0.iter().any(|key| keys.contains(key)) {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

/// Forgets a document.
pub(super) fn forget(db: &Connection, doc_seq: i64) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM document_keys WHERE doc_seq = ?1")?.execute([doc_seq])?;
    Ok(())
}

/// Gathers the keys that an older schema had in a row each.
pub(super) fn gather(db: &Connection) -> Result<(), StoreError> {
    let mut rows = db.prepare("SELECT doc_seq, key FROM name_keys ORDER BY doc_seq")?;
    let mut rows = rows.query([])?;
    let (mut document, mut keys): (i64, Vec<u32>) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        let doc_seq = row.get(0)?;
        if doc_seq != document {
            keep(db, document, &keys)?;
            keys.clear();
            document = doc_seq;
        }
        keys.push(row.get(1)?);
    }
    keep(db, document, &keys)
}

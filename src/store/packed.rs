//! Bytes as the store keeps them, compressed. A record says again what the body of its document says, and what every record
//! says, so that it is kept as what follows both: in less than half the room.

use std::cell::RefCell;
use std::io::{self, Write};

use rusqlite::{Connection, OptionalExtension, Row, params};
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::get_frame_content_size;

use super::StoreError;
use super::records::StoredRecord;
use crate::model::Record;

/// Higher ones take more time than they save room.
const LEVEL: i32 = 1;

/// Bytes for which room is made before they are unpacked, since something damaged may say any number.
const LARGEST_AT_ONCE: u64 = 64 << 20;

/// A packed body of more is passed over: to read it again for each record would take longer than the record.
const LARGEST_BEFORE: usize = 16 << 10;

/// What records have in common: two of them without their texts. It must never change: what was packed after it is read with
/// it.
const COMMON: &[u8] = include_bytes!("../../data/store/records.json");

/// The number that stands for no document: of a record packed after [`COMMON`] alone.
const NO_DOCUMENT: i64 = 0;

thread_local! {
    /// Made once a thread: they are larger than most documents.
    static PACKING: RefCell<io::Result<Compressor<'static>>> = RefCell::new(Compressor::new(LEVEL));
    static UNPACKING: RefCell<io::Result<Decompressor<'static>>> = RefCell::new(Decompressor::new());
}

/// Compresses bytes.
pub fn pack(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let packed = PACKING.with_borrow_mut(|packing| match packing {
        Ok(packing) => packing.compress(bytes),
        Err(_) => zstd::bulk::compress(bytes, LEVEL),
    });
    packed.map_err(|e| StoreError::Sql(format!("compression: {e}")))
}

/// What [`pack`] compressed.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let unpacked = UNPACKING.with_borrow_mut(|unpacking| match (unpacking, get_frame_content_size(packed)) {
        (Ok(unpacking), Ok(Some(size))) if size <= LARGEST_AT_ONCE => unpacking.decompress(packed, size as usize),
        _ => zstd::stream::decode_all(packed),
    });
    unpacked.map_err(corrupt)
}

/// A record as it is kept: packed, and the number of the document whose body it follows.
pub struct PackedRecord {
    pub json: Vec<u8>,
    pub after: i64,
}

impl PackedRecord {
    /// Packs a record after what records have in common and, where it lies beside it, the body that it was made of.
    pub fn of(db: &Connection, record: &Record) -> Result<PackedRecord, StoreError> {
        let json = serde_json::to_vec(record).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        let sql = "SELECT seq, body FROM documents WHERE id = ?1 AND revision = ?2 AND length(body) <= ?3";
        let document: Option<(i64, Vec<u8>)> = db
            .prepare_cached(sql)?
            .query_row(params![record.id, record.revision, LARGEST_BEFORE as i64], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (after, body) = document.map_or((NO_DOCUMENT, None), |(seq, body)| (seq, Some(body)));
        let json = pack_after(&json, &before(body.as_deref())?);
        Ok(PackedRecord { json: json.map_err(|e| StoreError::Sql(format!("compression: {e}")))?, after })
    }

    /// The record of a row of its number, what was packed, after which document, and the packed body of that.
    pub fn unpack(row: &Row<'_>) -> Result<StoredRecord, StoreError> {
        let wrong = |e: rusqlite::types::FromSqlError| StoreError::Corrupt(e.to_string());
        let packed = row.get_ref(1)?.as_blob().map_err(wrong)?;
        let body = row.get_ref(3)?.as_blob_or_null().map_err(wrong)?;
        let json = match row.get::<_, Option<i64>>(2)? {
            // By an older nisba, by itself.
            None => unpack(packed)?,
            Some(_) => unpack_after(packed, &before(body)?).map_err(corrupt)?,
        };
        let json = String::from_utf8(json).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        Ok(StoredRecord { seq: row.get(0)?, json: json.into() })
    }
}

/// What stands before a record of a packed body.
fn before(body: Option<&[u8]>) -> Result<Vec<u8>, StoreError> {
    let mut all = COMMON.to_vec();
    body.map(unpack).transpose()?.into_iter().for_each(|body| all.extend(body));
    Ok(all)
}

fn pack_after(bytes: &[u8], before: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = zstd::stream::Encoder::with_ref_prefix(Vec::new(), LEVEL, before)?;
    encoder.set_pledged_src_size(Some(bytes.len() as u64))?;
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn unpack_after(packed: &[u8], before: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::copy(&mut zstd::stream::Decoder::with_ref_prefix(packed, before)?, &mut bytes)?;
    Ok(bytes)
}

fn corrupt(error: io::Error) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_said_before_takes_no_room() {
        let text: String = (0..400).map(|n| format!("{} of {n} said so; ", n * n * 7919)).collect();
        let record = format!("{{\"title\":\"Of numbers\",\"text\":\"{text}\",\"language\":\"en\"}}");
        let alone = pack(record.as_bytes()).unwrap();
        let after = pack_after(record.as_bytes(), text.as_bytes()).unwrap();
        assert!(after.len() * 20 < alone.len(), "{} and {}", after.len(), alone.len());
        assert_eq!(unpack_after(&after, text.as_bytes()).unwrap(), record.as_bytes());
        assert_eq!(unpack(&alone).unwrap(), record.as_bytes());
    }

    #[test]
    fn what_records_have_in_common_is_as_it_was() {
        let hash = blake3::hash(COMMON).to_hex();
        assert_eq!(
            &hash[..16],
            "1308280763e67500",
            "data/store/records.json must never change: kept records are read with it"
        );
        assert!(
            COMMON
                .split(|b| *b == b'\n')
                .filter(|line| !line.is_empty())
                .all(|line| { serde_json::from_slice::<Record>(line).is_ok_and(|record| record.text.is_empty()) })
        );
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(bytes: Vec<u8>, before: Vec<u8>) {
            prop_assert_eq!(&unpack(&pack(&bytes).unwrap()).unwrap(), &bytes);
            prop_assert_eq!(unpack_after(&pack_after(&bytes, &before).unwrap(), &before).unwrap(), bytes);
        }
    }
}

//! Clusters: documents with nearly the same text, found by their sketches. Runs inside the record's transaction, on the one
//! writer, so that two copies that come at once are one cluster.

mod bands;

use std::cmp::Reverse;
use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

pub(super) use bands::{Band, Bands};

use super::StoreError;
use crate::intake::Sketch;
use crate::model::{Cluster, Record};

/// Two texts are nearly the same when they share half of their three-word sequences: a copy that an outlet cut by a third,
/// or gave a lead of its own, still is; another report of the same event is not.
const NEAR: f64 = 0.5;

/// A copy that is so like one of its cluster is found by nothing by which that one is not: it is not looked for, so that
/// thousands of copies cost no more than a few.
const COPY: f64 = 0.9;

/// Sketches that a new one is compared with at most, those first that have the most in common with it.
const MOST_CANDIDATES: usize = 64;

/// The cluster of a record: the one that it had while its text stays nearly the same, else that of the document that it is
/// most like, else a new one. A text that is too short to be told from others is in none.
pub(super) fn join(
    db: &Connection,
    bands: &mut Bands,
    record: &Record,
    sketch: Option<Sketch>,
) -> Result<Option<Cluster>, StoreError> {
    let Some(sketch) = sketch else {
        forget(db, &record.id)?;
        return Ok(None);
    };
    if let Some(own) = row(db, "document_id = ?1", &record.id)? {
        if own.sketch == sketch {
            return Ok(Some(own.cluster));
        }
        forget(db, &record.id)?;
        if own.sketch.likeness(&sketch) >= NEAR {
            insert(db, bands, &record.id, &own.cluster, &sketch)?;
            return Ok(Some(own.cluster));
        }
    }
    let cluster = match nearest(db, bands, &sketch)? {
        Some((near, similarity)) => Cluster {
            id: near.cluster.id,
            near: Some(near.document_id),
            similarity: Some((similarity * 100.0).round() / 100.0),
        },
        None => Cluster { id: new_id(record), near: None, similarity: None },
    };
    insert(db, bands, &record.id, &cluster, &sketch)?;
    Ok(Some(cluster))
}

/// Takes a document out of its cluster, which goes on without it.
pub(super) fn forget(db: &Connection, document_id: &str) -> Result<(), StoreError> {
    if let Some(own) = row(db, "document_id = ?1", document_id)? {
        Bands::forget(db, own.id, &own.sketch)?;
    }
    db.prepare_cached("DELETE FROM sketches WHERE document_id = ?1")?.execute([document_id])?;
    Ok(())
}

/// A document that may leave its cluster and found another has a new id for it, and the same one on any machine.
fn new_id(record: &Record) -> String {
    let hash = blake3::hash(format!("{}\0{}", record.id, record.revision).as_bytes());
    format!("c-{}", data_encoding::BASE32_DNSSEC.encode(&hash.as_bytes()[..16]))
}

struct Kept {
    id: i64,
    document_id: String,
    cluster: Cluster,
    sketch: Sketch,
}

fn row(db: &Connection, condition: &str, value: impl rusqlite::ToSql) -> Result<Option<Kept>, StoreError> {
    let sql = format!("SELECT document_id, cluster, near, similarity, sketch, id FROM sketches WHERE {condition}");
    let found = db
        .prepare_cached(&sql)?
        .query_row([value], |row| {
            let cluster = Cluster { id: row.get(1)?, near: row.get(2)?, similarity: row.get(3)? };
            Ok((row.get(5)?, row.get(0)?, cluster, row.get::<_, Vec<u8>>(4)?))
        })
        .optional()?;
    // A sketch of another make cannot be compared.
    Ok(found.and_then(|(id, document_id, cluster, bytes)| {
        Some(Kept { id, document_id, cluster, sketch: Sketch::from_bytes(&bytes)? })
    }))
}

/// The document that is most like it, of those that are near.
fn nearest(db: &Connection, bands: &Bands, sketch: &Sketch) -> Result<Option<(Kept, f64)>, StoreError> {
    let mut shared: HashMap<i64, usize> = HashMap::new();
    for band in sketch.bands() {
        for id in bands.having(db, band, MOST_CANDIDATES)? {
            *shared.entry(id).or_default() += 1;
        }
    }
    let mut candidates: Vec<(i64, usize)> = shared.into_iter().collect();
    candidates.sort_unstable_by_key(|(id, bands)| (Reverse(*bands), *id));
    candidates.truncate(MOST_CANDIDATES);
    let mut nearest: Option<(Kept, f64)> = None;
    for (id, _) in candidates {
        let Some(kept) = row(db, "id = ?1", id)? else { continue };
        let likeness = kept.sketch.likeness(sketch);
        // Of equals the first one.
        if likeness >= NEAR && nearest.as_ref().is_none_or(|(_, best)| likeness > *best) {
            nearest = Some((kept, likeness));
        }
    }
    Ok(nearest)
}

fn insert(
    db: &Connection,
    bands: &mut Bands,
    document_id: &str,
    cluster: &Cluster,
    sketch: &Sketch,
) -> Result<(), StoreError> {
    let id = bands.next_number(db)?;
    db.prepare_cached(
        "INSERT INTO sketches (id, document_id, cluster, near, similarity, sketch) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![id, document_id, cluster.id, cluster.near, cluster.similarity, sketch.to_bytes()])?;
    if cluster.similarity.is_none_or(|similarity| similarity < COPY) {
        bands.insert(id, sketch);
    }
    Ok(())
}

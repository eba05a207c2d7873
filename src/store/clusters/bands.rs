//! The bands of sketches, by which documents with nearly the same text are found. A band is a hash, so that each would be
//! written into another page of the table: those of the last documents are held in memory, and moved into the table in the
//! order of the bands, several to a page then. What is in memory is read again from the sketches at the next start.

use std::collections::BTreeSet;
use std::iter::once;

use rusqlite::{Connection, params};

use super::COPY;
use crate::intake::Sketch;
use crate::store::StoreError;

/// Bands that are held in memory.
const HELD: usize = 1 << 17;

/// Bands that are moved at once, when there are so many more.
const MOVED: usize = 512;

/// A band, and the number of a sketch that has it.
pub(in crate::store) type Band = (i64, i64);

/// Those that may be in no table yet. What a transaction that failed has put in stays, and does no harm: the sketch is not
/// there, and its number is given to no other.
#[derive(Default)]
pub(in crate::store) struct Bands {
    held: BTreeSet<Band>,
    /// The greatest number that was given to a sketch, or will not be.
    newest: i64,
    /// Whether some could not be read: which are in no table is not known then, until the next start.
    pub unread: bool,
    /// The last one that was moved: those after it are next, and after the last the first.
    hand: Option<Band>,
}

impl Bands {
    /// Reads those of the sketches whose bands may be in no table.
    pub fn load(&mut self, db: &Connection) -> Result<(), StoreError> {
        let mut rows = db.prepare(
            "SELECT id, sketch FROM sketches WHERE id > (SELECT sketch_id FROM banded) AND COALESCE(similarity, 0) < ?1",
        )?;
        let mut rows = rows.query([COPY])?;
        while let Some(row) = rows.next()? {
            // A sketch of another make is compared with none.
            if let Some(sketch) = Sketch::from_bytes(row.get_ref(1)?.as_blob().unwrap_or_default()) {
                self.insert(row.get(0)?, &sketch);
            }
        }
        self.unread = false;
        Ok(())
    }

    /// The number of a new sketch, greater than any that there was since the bands were read.
    pub fn next_number(&mut self, db: &Connection) -> Result<i64, StoreError> {
        let sql = "SELECT MAX(sketch_id, (SELECT COALESCE(MAX(id), 0) FROM sketches)) FROM banded";
        let kept: i64 = db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        self.newest = self.newest.max(kept) + 1;
        Ok(self.newest)
    }

    pub fn insert(&mut self, sketch_id: i64, sketch: &Sketch) {
        self.held.extend(sketch.bands().into_iter().map(|band| (band, sketch_id)));
    }

    /// The sketches that have a band, the oldest first, no more than `most` of each kind.
    pub fn having(&self, db: &Connection, band: i64, most: usize) -> Result<BTreeSet<i64>, StoreError> {
        let sql = "SELECT sketch_id FROM sketch_bands WHERE band = ?1 ORDER BY sketch_id LIMIT ?2";
        let mut rows = db.prepare_cached(sql)?;
        let mut having: BTreeSet<i64> =
            rows.query_map(params![band, most as i64], |row| row.get(0))?.collect::<Result<_, _>>()?;
        having.extend(self.held.range((band, i64::MIN)..=(band, i64::MAX)).map(|(_, sketch)| *sketch).take(most));
        Ok(having)
    }

    /// Forgets those of a sketch that goes. What is held of it is never written, as there is no such sketch any more.
    pub fn forget(db: &Connection, sketch_id: i64, sketch: &Sketch) -> Result<(), StoreError> {
        let mut delete = db.prepare_cached("DELETE FROM sketch_bands WHERE band = ?1 AND sketch_id = ?2")?;
        sketch.bands().into_iter().try_for_each(|band| delete.execute([band, sketch_id]).map(drop))?;
        Ok(())
    }

    /// Whether there are so many that some are to be moved.
    pub fn are_many(&self) -> bool {
        self.held.len() >= HELD + MOVED
    }

    /// Writes the next ones into the table. They stay in memory until they are [`Bands::moved`], for the transaction may
    /// fail.
    pub fn write_next(&mut self, db: &Connection) -> Result<Vec<Band>, StoreError> {
        use std::ops::Bound::{Excluded, Unbounded};
        let after = self.hand.map_or(Unbounded, Excluded);
        let next: Vec<Band> = self.held.range((after, Unbounded)).take(MOVED).copied().collect();
        let mut insert = db.prepare_cached(
            "INSERT OR IGNORE INTO sketch_bands (band, sketch_id) SELECT ?1, id FROM sketches WHERE id = ?2",
        )?;
        for (band, sketch_id) in &next {
            insert.execute([band, sketch_id])?;
        }
        // Beyond the last one the hand begins again. What was there when it began before is moved by now.
        self.hand = next.last().copied().filter(|_| next.len() == MOVED);
        if self.hand.is_none() && !self.unread {
            let staying =
                self.held.iter().filter(|band| next.binary_search(band).is_err()).map(|(_, sketch_id)| *sketch_id);
            let newest: i64 = db.query_row("SELECT COALESCE(MAX(id), 0) FROM sketches", [], |row| row.get(0))?;
            let banded = staying.map(|oldest| oldest - 1).chain(once(newest)).min();
            db.prepare_cached("UPDATE banded SET sketch_id = ?1")?.execute([banded])?;
        }
        Ok(next)
    }

    /// Lets go of what was written, once it is on disk.
    pub fn moved(&mut self, bands: &[Band]) {
        bands.iter().for_each(|band| _ = self.held.remove(band));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open;

    fn sketch(number: i64) -> Sketch {
        let words = (0..40).map(|at| format!("w{} ", (number * 31 + at * at * number) % 9973));
        Sketch::of(&words.collect::<String>()).unwrap()
    }

    fn keep(db: &Connection, number: i64) -> Sketch {
        let sketch = sketch(number);
        db.execute(
            "INSERT INTO sketches (id, document_id, cluster, sketch) VALUES (?1, ?1, '', ?2)",
            params![number, sketch.to_bytes()],
        )
        .unwrap();
        sketch
    }

    fn found(bands: &Bands, db: &Connection, number: i64) -> bool {
        let has = |band: i64| bands.having(db, band, 64).unwrap().contains(&number);
        sketch(number).bands().into_iter().all(has)
    }

    #[test]
    fn every_sketch_is_found_in_memory_in_the_table_and_after_a_crash() {
        const COUNT: i64 = 40_000;
        let dir = tempfile::tempdir().unwrap();
        let (db, _lock) = open::prepare(dir.path()).unwrap();
        db.execute_batch("PRAGMA synchronous = OFF; BEGIN").unwrap();
        let mut bands = Bands::default();
        for number in 1..=COUNT {
            bands.insert(number, &keep(&db, number));
            while bands.are_many() {
                // A transaction that fails costs nothing.
                if number % 7 == 0 {
                    db.execute_batch("SAVEPOINT failing").unwrap();
                    bands.write_next(&db).unwrap();
                    db.execute_batch("ROLLBACK TO failing; RELEASE failing").unwrap();
                }
                let written = bands.write_next(&db).unwrap();
                bands.moved(&written);
            }
        }
        let numbers = (1..=COUNT).step_by(97);
        assert!(bands.held.len() < HELD + MOVED);
        assert!(numbers.clone().all(|number| found(&bands, &db, number)));
        let mut after_crash = Bands::default();
        after_crash.load(&db).unwrap();
        assert!(after_crash.held.len() < 4 * HELD, "all are read again");
        assert!(numbers.clone().all(|number| found(&after_crash, &db, number)));
        // What was forgotten is written nowhere, and its number is given to no other.
        assert_eq!(after_crash.next_number(&db).unwrap(), COUNT + 1);
        for gone in [1, COUNT] {
            db.execute("DELETE FROM sketches WHERE id = ?1", [gone]).unwrap();
            Bands::forget(&db, gone, &sketch(gone)).unwrap();
        }
        assert_eq!(after_crash.next_number(&db).unwrap(), COUNT + 2);
        while !after_crash.held.is_empty() {
            let written = after_crash.write_next(&db).unwrap();
            after_crash.moved(&written);
        }
        let kept = |number: i64| -> i64 {
            db.query_row("SELECT COUNT(*) FROM sketch_bands WHERE sketch_id = ?1", [number], |row| row.get(0)).unwrap()
        };
        assert_eq!([1, 2, COUNT - 1, COUNT].map(kept), [0, 12, 12, 0]);
        let banded: i64 = db.query_row("SELECT sketch_id FROM banded", [], |row| row.get(0)).unwrap();
        assert_eq!(banded, COUNT - 1);
    }
}

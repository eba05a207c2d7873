//! What made the newest version of each record: the numbers of the stages that it went through, so that records of an
//! older one can be made again.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension, params};

use super::StoreError;
use crate::pipeline::STAGES;

/// What records are chosen by that something older has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Older {
    /// One of [`STAGES`], or `nisba` for the whole.
    pub stage: String,
    /// Of the stage; of nisba 12003 for 0.12.3.
    pub than: i64,
}

/// The name that nisba itself has among the stages.
const WHOLE: &str = "nisba";

impl Older {
    /// Older than a version: of a stage its number, of nisba its release as `0.2.0`.
    ///
    /// # Errors
    /// Says what is expected, where it is no such version or there is no such stage.
    pub fn parse(version: &str, stage: Option<&str>) -> Result<Older, String> {
        let Some(stage) = stage else {
            let than = release(version).ok_or(format!("\"{version}\" is no version of nisba, as 0.2.0"))?;
            return Ok(Older { stage: WHOLE.to_owned(), than });
        };
        let Some(known) = STAGES.iter().find(|known| known.name == stage) else {
            let names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
            return Err(format!("there is no stage {stage}; there are: {}", names.join(", ")));
        };
        let than = version.parse().map_err(|_| {
            format!("\"{version}\" is no version of a stage, which is a number; {stage} is at {} now", known.version)
        })?;
        Ok(Older { stage: stage.to_owned(), than })
    }
}

/// A release as one number that grows with it: 0.12.3 is 12003.
fn release(version: &str) -> Option<i64> {
    let parts: Vec<i64> = version.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [major, minor, patch] if parts.iter().all(|part| (0..1000).contains(part)) => {
            Some((major * 1000 + minor) * 1000 + patch)
        }
        _ => None,
    }
}

/// A condition on the newest versions `h`, by the stage and the number.
pub(super) const OLDER: &str = " AND (h.made_by IS NULL OR h.made_by IN
    (SELECT id FROM makers WHERE COALESCE(CAST(stages ->> ('$.' || ?) AS INTEGER), 0) < ?))";

/// The stages of this nisba, by their numbers, as the table has them.
static STAGES_NOW: LazyLock<String> = LazyLock::new(|| {
    let release = release(env!("CARGO_PKG_VERSION")).unwrap_or_default();
    let numbers = STAGES.iter().map(|stage| (stage.name, i64::from(stage.version))).chain([(WHOLE, release)]);
    serde_json::json!(numbers.collect::<BTreeMap<_, _>>()).to_string()
});

/// The number of what this nisba makes.
pub(super) fn now(db: &Connection) -> Result<i64, StoreError> {
    let mut known = db.prepare_cached("SELECT id FROM makers WHERE stages = ?1")?;
    if let Some(id) = known.query_row([&*STAGES_NOW], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    db.execute("INSERT INTO makers (stages) VALUES (?1)", [&*STAGES_NOW])?;
    Ok(db.last_insert_rowid())
}

/// Notes that a record is as these stages make it, though it says nothing new.
pub(super) fn note(db: &Connection, id: &str) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE heads SET made_by = ?1 WHERE id = ?2")?.execute(params![now(db)?, id])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_or_refused_with_what_to_say() {
        assert_eq!(Older::parse("0.12.3", None).map(|older| older.than), Ok(12_003));
        assert!(release("0.2.0") < release("0.10.0") && release("0.10.0") < release("1.0.0"));
        for wrong in ["", "1", "1.2", "a.b.c", "1.2.3.4", "0.-1.0", "0.1000.0"] {
            assert!(Older::parse(wrong, None).is_err(), "{wrong}");
        }
        assert_eq!(Older::parse("7", Some("names")).map(|older| older.than), Ok(7));
        assert!(Older::parse("7", Some("soup")).unwrap_err().contains("there are: extract, language"));
        assert!(Older::parse("0.1.0", Some("names")).unwrap_err().contains("is at "));
    }
}

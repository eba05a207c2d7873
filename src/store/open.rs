//! Opening the database so that what it answers is on disk.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::people::renew_keys;
use super::redirects::work_out;
use super::{Store, StoreError, name_keys};

/// The database, in the data folder.
pub const FILE: &str = "nisba.sqlite";

/// The number of `schema.sql` with `decisions.sql`, `merges.sql`, `intake.sql`, `stories.sql`, `story_changes.sql`,
/// `document_keys.sql`, `indexes.sql`, `packed.sql` and `in_order.sql` after it.
const SCHEMA: i64 = 11;

/// KiB of pages that the writer holds: what a commit changes, all over the indexes, so that no page is written twice.
const CACHE: i64 = 8 << 10;

/// KiB of pages that a reader holds: what it reads once is in the cache of the system.
const READING: i64 = 512;

/// Statements that are kept prepared: more than there are.
const STATEMENTS: usize = 256;

/// Before, a checkpoint that raced a write could lose commits.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Makes the folder and the database, or opens them; alone in the folder, with the WAL folded in and synced.
pub fn prepare(dir: &Path) -> Result<(Connection, File), StoreError> {
    let failed = |reason: String| StoreError::Open { path: dir.to_owned(), reason };
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(failed(format!("SQLite {} is too old; build with 3.51.3 or newer", rusqlite::version())));
    }
    make_folder(dir).map_err(|e| failed(format!("cannot make the folder: {e}; name another with --data")))?;
    let lock = File::create(dir.join("nisba.lock")).map_err(|e| failed(format!("cannot write in it: {e}")))?;
    if lock.try_lock().is_err() {
        return Err(StoreError::InUse(dir.to_owned()));
    }
    let connection = connect(dir).map_err(|e| failed(e.to_string()))?;
    Ok((connection, lock))
}

fn connect(dir: &Path) -> Result<Connection, StoreError> {
    let path = dir.join(FILE);
    let fresh = !path.exists();
    let connection = Connection::open(&path)?;
    if fresh {
        connection.execute_batch("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;")?;
    }
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
         PRAGMA journal_size_limit = 67108864; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;
         PRAGMA secure_delete = ON;",
    )?;
    connection.pragma_update(None, "cache_size", -CACHE)?;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        SCHEMA => {}
        0..SCHEMA => {
            let first = match found {
                0 => include_str!("schema.sql"),
                1 => "CREATE TABLE key_version (version INTEGER NOT NULL);",
                _ => "",
            };
            let second = if found < 3 { include_str!("decisions.sql") } else { "" };
            let third = if found < 4 { include_str!("merges.sql") } else { "" };
            let fourth = if found < 5 { include_str!("intake.sql") } else { "" };
            let fifth = if found < 6 { include_str!("stories.sql") } else { "" };
            let sixth = if found < 7 { include_str!("story_changes.sql") } else { "" };
            let seventh = if found < 8 { include_str!("document_keys.sql") } else { "" };
            let eighth = if found < 9 { include_str!("indexes.sql") } else { "" };
            let ninth = if found < 10 { include_str!("packed.sql") } else { "" };
            let tenth = include_str!("in_order.sql");
            connection.execute_batch(&format!(
                "BEGIN IMMEDIATE; {first} {second} {third} {fourth} {fifth} {sixth} {seventh} {eighth} {ninth} {tenth}"
            ))?;
            if found < 8 {
                name_keys::gather(&connection)?;
                connection.execute_batch("DROP TABLE name_keys; DROP TABLE erased;")?;
            }
            connection.execute_batch(&format!("PRAGMA user_version = {SCHEMA}; COMMIT;"))?;
            // The table of redirects may have another shape than before.
            work_out(&connection).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        }
        other => {
            return Err(StoreError::Sql(format!(
                "its schema is number {other}, and this nisba knows {SCHEMA}; use a newer nisba"
            )));
        }
    }
    renew_keys(&connection)?;
    // What a crash left in the WAL may not be synced: a duplicate of it must not be acknowledged before it is.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    steady(&connection)?;
    // A backup may read for minutes, and the writer does not wait for it to begin the log anew.
    connection.busy_timeout(Duration::ZERO)?;
    // SQLite does not sync the folder that names its files.
    sync_folder(dir).map_err(|e| StoreError::Sql(format!("syncing the folder: {e}")))?;
    Ok(connection)
}

/// A connection that folds the log beside the writer's, whose pages it syncs.
pub fn checkpointer(dir: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(dir.join(FILE))?;
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;")?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// A connection that only reads.
pub fn reader(dir: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.join(FILE), flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "cache_size", -READING)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    steady(&connection)?;
    Ok(connection)
}

/// Statements are planned once, whatever values they are run with.
fn steady(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Makes a folder that only its owner may look into, and syncs the one that names it.
pub fn make_folder(dir: &Path) -> std::io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    match dir.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(parent) => sync_folder(parent),
        None => sync_folder(Path::new(".")),
    }
}

/// Makes the names in a folder durable.
pub fn sync_folder(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}

impl Store {
    /// Whether there is a store in a folder.
    pub fn is_in(dir: &Path) -> bool {
        dir.join(FILE).is_file()
    }

    /// Whether the store in a folder is of an older nisba, so that [`Store::open`] would raise it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn is_older(dir: &Path) -> Result<bool, StoreError> {
        let schema: i64 = reader(dir)?.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        Ok(schema < SCHEMA)
    }
}

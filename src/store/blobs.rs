//! Large bodies: files named by the hash of their content, durable before the row that names them.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::StoreError;
use super::open::{make_folder, sync_folder};

/// Where they are in a data folder.
pub fn folder(dir: &Path) -> PathBuf {
    dir.join("bodies")
}

/// Writes a packed body and gives its name.
pub fn write(dir: &Path, packed: &[u8]) -> Result<String, StoreError> {
    let name = blake3::hash(packed).to_hex().to_string();
    store(dir, &name, packed).map_err(|e| match e.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full(dir.to_owned()),
        _ => StoreError::Sql(format!("writing a body: {e}")),
    })?;
    Ok(name)
}

fn store(dir: &Path, name: &str, packed: &[u8]) -> std::io::Result<()> {
    let folder = folder(dir);
    let path = folder.join(name);
    if path.exists() {
        // Written before, but perhaps not by a process that lived to sync it.
        File::open(&path)?.sync_all()?;
        return sync_folder(&folder);
    }
    make_folder(&folder)?;
    let part = folder.join(format!("{name}.{}.part", uuid::Uuid::now_v7()));
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(packed)?;
        file.sync_all()
    });
    if let Err(e) = written.and_then(|()| fs::rename(&part, &path)) {
        let _ = fs::remove_file(&part);
        return Err(e);
    }
    sync_folder(&folder)
}

/// Reads a packed body.
pub fn read(dir: &Path, name: &str) -> Result<Vec<u8>, StoreError> {
    fs::read(folder(dir).join(name)).map_err(|e| StoreError::Corrupt(format!("the body {name}: {e}")))
}

/// Whether a body is there.
pub fn exists(dir: &Path, name: &str) -> bool {
    folder(dir).join(name).exists()
}

/// Removes a file that no document names any more. Runs on the writer, so that none can come to name it meanwhile.
pub fn remove_unnamed(dir: &Path, db: &Connection, name: &str) -> Result<(), StoreError> {
    if db.prepare_cached("SELECT 1 FROM documents WHERE body_file = ?1 LIMIT 1")?.exists([name])? {
        return Ok(());
    }
    match fs::remove_file(folder(dir).join(name)) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(StoreError::Sql(format!("removing a body: {e}"))),
        _ => Ok(()),
    }
}

/// Removes files that no document names: a crash between the file and its row leaves them.
pub fn sweep(dir: &Path, db: &Connection) -> Result<(), StoreError> {
    let Ok(files) = fs::read_dir(folder(dir)) else { return Ok(()) };
    let mut named = db.prepare("SELECT 1 FROM documents WHERE body_file = ?1 LIMIT 1")?;
    let mut orphans = 0;
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if !named.exists([&name])? && fs::remove_file(file.path()).is_ok() {
            orphans += 1;
        }
    }
    if orphans > 0 {
        tracing::info!(orphans, "removed bodies that no document names");
    }
    Ok(())
}

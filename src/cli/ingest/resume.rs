//! How far files were read, kept in the data folder, so that a run that was stopped goes on where it was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The file in the data folder.
const FILE: &str = "ingest.json";

/// How often it is written at most.
const PAUSE: Duration = Duration::from_secs(1);

/// How far each file was read, by its whole path.
#[derive(Default)]
pub struct Progress {
    kept_in: Option<PathBuf>,
    files: BTreeMap<PathBuf, Mark>,
    written: Option<Instant>,
    /// Since it was written.
    changed: bool,
}

/// How far a file was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Mark {
    /// It is the same file while its size and its time are.
    size: u64,
    modified: u128,
    /// Entries up to this one are on disk, or were refused.
    entries: usize,
    /// Nothing follows.
    done: bool,
}

impl Progress {
    /// What was kept in the data folder; nothing is kept without one.
    ///
    /// # Errors
    /// When what is there cannot be read.
    pub fn load(data: Option<&Path>) -> Result<Progress, String> {
        let Some(kept_in) = data.map(|data| data.join(FILE)) else { return Ok(Progress::default()) };
        let files = match std::fs::read(&kept_in) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| {
                format!("{}: {e}; remove it to begin anew, what is there already is recognised", kept_in.display())
            })?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(e) => return Err(format!("{}: {e}", kept_in.display())),
        };
        Ok(Progress { kept_in: Some(kept_in), files, ..Progress::default() })
    }

    /// Entries of the file that need not be read again; `None` if none of it does.
    pub fn entries(&self, file: &Path) -> Option<usize> {
        let (path, (size, modified)) = (std::fs::canonicalize(file).ok(), state(file).unwrap_or_default());
        let mark = path.and_then(|path| self.files.get(&path));
        match mark.filter(|mark| (mark.size, mark.modified) == (size, modified)) {
            Some(mark) if mark.done => None,
            Some(mark) => Some(mark.entries),
            None => Some(0),
        }
    }

    /// Keeps that entries up to this one are on disk; after the last one that the file is done.
    pub fn reached(&mut self, file: &Path, entries: usize, done: bool) {
        let (Ok(path), Some((size, modified))) = (std::fs::canonicalize(file), state(file)) else { return };
        self.files.insert(path, Mark { size, modified, entries, done });
        self.changed = true;
        self.save_if_due();
    }

    /// Writes it down now and then.
    pub fn save_if_due(&mut self) {
        if self.changed && self.written.is_none_or(|written| written.elapsed() >= PAUSE) {
            self.save();
        }
    }

    /// Writes it down. That it cannot be is told, and costs only that what is there already is read again.
    pub fn save(&mut self) {
        self.written = Some(Instant::now());
        self.changed = false;
        let Some(kept_in) = &self.kept_in else { return };
        let part = kept_in.with_extension("part");
        let written = serde_json::to_vec(&self.files)
            .map_err(std::io::Error::from)
            .and_then(|json| std::fs::write(&part, json))
            .and_then(|()| std::fs::rename(&part, kept_in));
        if let Err(e) = written {
            eprintln!("nisba: how far it came cannot be kept in {}: {e}", kept_in.display());
        }
    }
}

/// Size, and when it was changed last, in nanoseconds since 1970.
fn state(file: &Path) -> Option<(u64, u128)> {
    let metadata = std::fs::metadata(file).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    Some((metadata.len(), modified))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_where_it_was_and_reads_again_what_was_changed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        std::fs::write(&file, "one").unwrap();
        let load = || Progress::load(Some(folder.path())).unwrap();
        assert_eq!(load().entries(&file), Some(0));
        load().reached(&file, 7, false);
        assert_eq!(load().entries(&file), Some(7));
        load().reached(&file, 9, true);
        assert_eq!(load().entries(&file), None);
        std::fs::write(&file, "one and two").unwrap();
        assert_eq!(load().entries(&file), Some(0));
    }
}

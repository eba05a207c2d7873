//! Authorities on disk: a folder with a file of lines for each, and a catalog that says which of them count. A change is
//! whole or not at all, since the catalog is replaced in one step after everything else is on disk; a service that runs
//! sees it and loads what is new.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs4::FileExt;
use jiff::Timestamp;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::import::{Import, Imported, Writer};
use super::{Authority, AuthorityError, Line, Source, hash, read_line};

/// An authority that is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// First half of the ids of its people.
    pub name: String,
    /// Of authorities that have the same person the highest gives the id.
    pub priority: i64,
    /// Grows with every change.
    pub revision: u64,
    pub people: usize,
    pub names: usize,
    pub changed_at: Timestamp,
    /// The files that the last import read.
    pub from: Vec<String>,
}

#[derive(Default, Serialize, Deserialize)]
struct Listing {
    authorities: Vec<Kept>,
    /// The last revision of authorities that are gone, so that no number comes twice.
    #[serde(default)]
    gone: std::collections::BTreeMap<String, u64>,
}

/// The folder of authorities.
pub struct Catalog {
    dir: PathBuf,
}

/// The name of the authority that is built in.
const STARTER: &str = "starter";

/// What an authority has that says nothing else; the starter has 0.
const PRIORITY: i64 = 100;

impl Catalog {
    /// In a folder; nothing is made before something is written.
    pub fn of(dir: &Path) -> Catalog {
        Catalog { dir: dir.to_owned() }
    }

    /// The authorities that are kept, the highest priority first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn list(&self) -> Result<Vec<Kept>, AuthorityError> {
        let mut kept = self.read()?.authorities;
        kept.sort_by(|a, b| b.priority.cmp(&a.priority).then(a.name.cmp(&b.name)));
        Ok(kept)
    }

    /// Equal as long as nothing has changed.
    pub fn state(&self) -> Vec<u8> {
        fs::read(self.dir.join("catalog.json")).unwrap_or_default()
    }

    /// Loads all that is kept, with the starter authority beside it where `starter` says so; what `before` has already is
    /// taken from there.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn load(&self, starter: bool, before: Option<&Authority>) -> Result<Authority, AuthorityError> {
        let loaded = |revision: &str, priority: i64| {
            let sources = before.into_iter().flat_map(|b| b.sources());
            sources.into_iter().find(|s| s.revision == revision && s.priority == priority).cloned()
        };
        let mut sources = Vec::new();
        for kept in self.list()? {
            let revision = format!("{}@{}", kept.name, kept.revision);
            let source = match loaded(&revision, kept.priority) {
                Some(source) => source,
                None => Arc::new(Source::open(&kept.name, kept.priority, revision, &self.file(&kept))?),
            };
            sources.push(source);
        }
        if starter {
            let built = before.and_then(|b| b.sources().iter().find(|s| s.name == STARTER).cloned());
            sources.push(built.unwrap_or_else(|| Arc::new(Authority::starter_source())));
        }
        Ok(Authority::of(sources))
    }

    /// Makes the people of files the people of an authority, in place of those that it had; with `update` beside them,
    /// where an id that comes again has the new entry. `progress` is told of bytes read.
    ///
    /// # Errors
    /// When a file cannot be read, no line of them is a person, or the folder cannot be written: then nothing has changed.
    pub fn import(
        &self,
        name: &str,
        priority: Option<i64>,
        update: bool,
        import: &Import,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(Kept, Imported), AuthorityError> {
        let _lock = self.lock(name)?;
        let listing = self.read()?;
        let old = listing.authorities.iter().find(|kept| kept.name == name).cloned();
        let from = import.files.iter().map(|file| file.display().to_string()).collect();
        let mut kept = next(&listing, name, priority, from);
        let done = self.write_lines(&kept, |writer| {
            import.files.iter().try_for_each(|file| writer.take(file, &import.columns, progress))?;
            if writer.done.people == 0 {
                return Err(nothing(import, &writer.done));
            }
            match &old {
                Some(old) if update => self.copy_others(old, &mut *writer),
                _ => Ok((0, 0)),
            }
        });
        let (done, (names, people)) = done?;
        (kept.people, kept.names) = (done.people + people, done.names + names);
        self.commit(listing, &kept, old.as_ref())?;
        Ok((kept, done))
    }

    /// Removes people from an authority, or all of it; gives how many people are gone.
    ///
    /// # Errors
    /// When there is no such authority, or the folder cannot be written.
    pub fn remove(&self, name: &str, ids: &[String]) -> Result<usize, AuthorityError> {
        let _lock = self.lock(name)?;
        let mut listing = self.read()?;
        let Some(old) = listing.authorities.iter().find(|kept| kept.name == name).cloned() else {
            return Err(self.unknown(name));
        };
        if ids.is_empty() {
            listing.authorities.retain(|kept| kept.name != name);
            listing.gone.insert(name.to_owned(), old.revision);
            self.write(&listing)?;
            remove(&self.file(&old));
            return Ok(old.people);
        }
        let mut kept = Kept { from: old.from.clone(), ..next(&listing, name, None, Vec::new()) };
        let (_, (names, people)) = self.write_lines(&kept, |writer| {
            writer.ids = ids.iter().map(|id| hash(id)).collect();
            self.copy_others(&old, writer)
        })?;
        if people == old.people {
            remove(&self.file(&kept));
            return Ok(0);
        }
        (kept.people, kept.names) = (people, names);
        self.commit(listing, &kept, Some(&old))?;
        Ok(old.people - people)
    }

    /// Writes the lines of an authority.
    ///
    /// # Errors
    /// When there is no such authority, or something cannot be read or written.
    pub fn export(&self, name: &str, out: &mut dyn Write) -> Result<(), AuthorityError> {
        let kept = self.list()?.into_iter().find(|kept| kept.name == name).ok_or_else(|| self.unknown(name))?;
        let file = self.file(&kept);
        let failed = |e: std::io::Error| AuthorityError::File { file: file.clone(), reason: e.to_string() };
        std::io::copy(&mut File::open(&file).map_err(failed)?, out).map_err(failed)?;
        out.flush().map_err(failed)
    }

    fn unknown(&self, name: &str) -> AuthorityError {
        if name == STARTER {
            return AuthorityError::Starter;
        }
        let known: Vec<String> = self.list().unwrap_or_default().into_iter().map(|kept| kept.name).collect();
        let known = if known.is_empty() { "none; nisba authority import makes one".into() } else { known.join(", ") };
        AuthorityError::Unknown { name: name.to_owned(), known }
    }

    fn file(&self, kept: &Kept) -> PathBuf {
        self.dir.join(format!("{}-{}.jsonl", kept.name, kept.revision))
    }

    fn failed(&self, error: std::io::Error) -> AuthorityError {
        AuthorityError::File { file: self.dir.clone(), reason: error.to_string() }
    }

    /// One change at a time, whatever process makes it.
    fn lock(&self, name: &str) -> Result<File, AuthorityError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name == STARTER {
            return Err(AuthorityError::Starter);
        }
        if name.is_empty() || name.len() > 40 || !name.chars().all(fits) {
            return Err(AuthorityError::Name(name.to_owned()));
        }
        fs::create_dir_all(&self.dir).map_err(|e| self.failed(e))?;
        let lock = File::create(self.dir.join("lock")).map_err(|e| self.failed(e))?;
        FileExt::lock(&lock).map_err(|e| self.failed(e))?;
        // What a killed import left behind.
        for left in fs::read_dir(&self.dir).map_err(|e| self.failed(e))?.flatten() {
            if left.path().extension().is_some_and(|ending| ending == "part") {
                remove(&left.path());
            }
        }
        Ok(lock)
    }

    fn read(&self) -> Result<Listing, AuthorityError> {
        let file = self.dir.join("catalog.json");
        let failed = |reason: String| AuthorityError::File { file: file.clone(), reason };
        match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| failed(e.to_string())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Listing::default()),
            Err(e) => Err(failed(e.to_string())),
        }
    }

    fn write(&self, listing: &Listing) -> Result<(), AuthorityError> {
        let bytes = serde_json::to_vec_pretty(listing).map_err(|e| self.failed(e.into()))?;
        let part = self.dir.join("catalog.json.part");
        let written = File::create(&part).and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()));
        written.and_then(|()| fs::rename(&part, self.dir.join("catalog.json"))).map_err(|e| self.failed(e))?;
        self.sync()
    }

    /// Makes renames durable.
    fn sync(&self) -> Result<(), AuthorityError> {
        File::open(&self.dir).and_then(|dir| dir.sync_all()).map_err(|e| self.failed(e))
    }

    /// Writes the file of a revision, durably: what `fill` did, and what it gives.
    fn write_lines<T>(
        &self,
        kept: &Kept,
        fill: impl FnOnce(&mut Writer<'_, BufWriter<File>>) -> Result<T, AuthorityError>,
    ) -> Result<(Imported, T), AuthorityError> {
        let part = self.file(kept).with_extension("jsonl.part");
        let file = File::create(&part).map_err(|e| self.failed(e))?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let mut writer = Writer { out: &mut out, done: Imported::default(), ids: FxHashSet::default() };
        let filled = fill(&mut writer);
        let done = writer.done;
        let written = filled.and_then(|value| {
            out.flush().and_then(|()| out.get_ref().sync_all()).map_err(|e| self.failed(e))?;
            fs::rename(&part, self.file(kept)).map_err(|e| self.failed(e))?;
            self.sync()?;
            Ok(value)
        });
        match written {
            Ok(value) => Ok((done, value)),
            Err(error) => {
                remove(&part);
                Err(error)
            }
        }
    }

    /// Copies the people of an authority whose ids are not written yet: how many spellings and people they are.
    fn copy_others(
        &self,
        old: &Kept,
        writer: &mut Writer<'_, BufWriter<File>>,
    ) -> Result<(usize, usize), AuthorityError> {
        let file = self.file(old);
        let failed = |e: std::io::Error| AuthorityError::File { file: file.clone(), reason: e.to_string() };
        let (mut names, mut people) = (0, 0);
        let lines = std::io::BufRead::lines(std::io::BufReader::new(File::open(&file).map_err(failed)?));
        for (at, line) in lines.enumerate() {
            let line = line.map_err(failed)?;
            let read = read_line(&line).map_err(|reason| AuthorityError::Line { line: at + 1, reason })?;
            if let Line::Person(entry) = read
                && !writer.ids.contains(&hash(&entry.id))
            {
                names += entry.spellings().len();
                people += 1;
                writer.write(&entry).map_err(|e| self.failed(e))?;
            }
        }
        Ok((names, people))
    }

    /// Puts a revision that is on disk in the place of the old one.
    fn commit(&self, mut listing: Listing, kept: &Kept, old: Option<&Kept>) -> Result<(), AuthorityError> {
        listing.authorities.retain(|other| other.name != kept.name);
        listing.authorities.push(kept.clone());
        listing.gone.remove(&kept.name);
        self.write(&listing)?;
        if let Some(old) = old {
            remove(&self.file(old));
        }
        Ok(())
    }
}

/// The next revision of an authority.
fn next(listing: &Listing, name: &str, priority: Option<i64>, from: Vec<String>) -> Kept {
    let old = listing.authorities.iter().find(|kept| kept.name == name);
    let last = old.map(|kept| kept.revision).or(listing.gone.get(name).copied()).unwrap_or(0);
    Kept {
        name: name.to_owned(),
        priority: priority.or(old.map(|kept| kept.priority)).unwrap_or(PRIORITY),
        revision: last + 1,
        people: 0,
        names: 0,
        changed_at: Timestamp::now(),
        from,
    }
}

fn nothing(import: &Import, done: &Imported) -> AuthorityError {
    let files = import.files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
    let first = done.why.first().map_or_else(String::new, |r| format!("; line {} of {}: {}", r.line, r.file, r.reason));
    AuthorityError::Nothing { files, first }
}

/// What is no longer listed is only in the way; a service that reads it has it open.
fn remove(file: &Path) {
    if let Err(error) = fs::remove_file(file) {
        tracing::warn!(%error, file = %file.display(), "a file that is no longer needed could not be removed");
    }
}

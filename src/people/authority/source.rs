//! One authority, loaded: its names in an index, its entries where they lie.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::{AuthorityError, Entry, Line, hash, read_line, spelling_hash};
use crate::names::{Name, normalise};
use crate::people::{NameIndex, NameIndexBuilder};

/// One authority, ready to be asked.
pub struct Source {
    /// First half of the ids of its people.
    pub name: String,
    /// Of authorities that have the same person the highest gives the id.
    pub priority: i64,
    /// Of its content: `starter@3f2a…`, `os@7`.
    pub revision: String,
    pub index: NameIndex,
    lines: Lines,
    /// Where the line of each person is, and one more for where the last one ends.
    starts: Vec<u64>,
    /// For each person the scripts of the names, as bits by [`Name::script`].
    scripts: Vec<u16>,
    /// For each person whether more is known than names: a country, an office, a year of birth.
    described: Vec<bool>,
    has_described: bool,
    /// Hashes of the normalised spellings in scripts without capitals, in order.
    spellings: Vec<u32>,
    /// People by the hash of their ids, in order.
    ids: Vec<(u32, u32)>,
}

/// Where the lines of an authority are.
enum Lines {
    Built(&'static str),
    Kept(File),
}

impl Source {
    /// From lines that are part of the binary.
    ///
    /// # Errors
    /// Names the line that is no entry.
    pub fn built(name: &str, revision: String, lines: &'static str) -> Result<Source, AuthorityError> {
        Source::read(name, 0, revision, Lines::Built(lines), lines.as_bytes())
    }

    /// From a file, which stays open: entries are read from it when they are asked for.
    ///
    /// # Errors
    /// When the file cannot be read; names the line that is no person.
    pub fn open(name: &str, priority: i64, revision: String, file: &Path) -> Result<Source, AuthorityError> {
        let unreadable = |e: std::io::Error| AuthorityError::File { file: file.to_owned(), reason: e.to_string() };
        let kept = File::open(file).map_err(unreadable)?;
        let reader = BufReader::new(kept.try_clone().map_err(unreadable)?);
        Source::read(name, priority, revision, Lines::Kept(kept), reader)
    }

    fn read(
        name: &str,
        priority: i64,
        revision: String,
        lines: Lines,
        mut reader: impl BufRead,
    ) -> Result<Source, AuthorityError> {
        let mut builder = NameIndexBuilder::default();
        let (mut starts, mut scripts, mut described, mut ids) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut spellings: Vec<u32> = Vec::new();
        let (mut at, mut number, mut line) = (0u64, 0, String::new());
        loop {
            line.clear();
            let wrong = |reason: String| AuthorityError::Line { line: number + 1, reason };
            let read = reader.read_line(&mut line).map_err(|e| wrong(e.to_string()))?;
            if read == 0 {
                break;
            }
            if !line.trim().is_empty()
                && let Line::Person(entry) = read_line(&line).map_err(wrong)?
            {
                let person = starts.len() as u32;
                let mut written = 0;
                for spelling in entry.spellings() {
                    written |= script_bit(builder.add(person, spelling));
                    if !spelling.chars().any(char::is_uppercase) {
                        spellings.push(spelling_hash(&normalise(spelling)));
                    }
                }
                starts.push(at);
                scripts.push(written);
                described
                    .push(!entry.countries.is_empty() || !entry.positions.is_empty() || entry.birth_date.is_some());
                ids.push((id_hash(&entry.id), person));
            }
            at += read as u64;
            number += 1;
        }
        starts.push(at);
        ids.sort_unstable();
        spellings.sort_unstable();
        let (index, has_described) = (builder.build(), described.contains(&true));
        let name = name.to_owned();
        Ok(Source { name, priority, revision, index, lines, starts, scripts, described, has_described, spellings, ids })
    }

    /// Number of people.
    pub fn len(&self) -> usize {
        self.scripts.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.scripts.is_empty()
    }

    /// Bytes that it takes in memory.
    pub fn bytes(&self) -> usize {
        self.index.bytes()
            + self.starts.capacity() * 8
            + self.scripts.capacity() * 2
            + self.described.capacity()
            + self.spellings.capacity() * 4
            + self.ids.capacity() * 8
    }

    /// The entry of a person, by its number.
    ///
    /// # Errors
    /// When the file of the authority can no longer be read.
    pub fn entry(&self, person: u32) -> Result<Entry, AuthorityError> {
        let range = self.starts[person as usize]..self.starts[person as usize + 1];
        let broken = |reason: String| AuthorityError::Entry { authority: self.name.clone(), reason };
        let line = match &self.lines {
            Lines::Built(text) => text[range.start as usize..range.end as usize].to_owned(),
            Lines::Kept(file) => {
                let mut bytes = vec![0; (range.end - range.start) as usize];
                file.read_exact_at(&mut bytes, range.start).map_err(|e| broken(e.to_string()))?;
                String::from_utf8(bytes).map_err(|e| broken(e.to_string()))?
            }
        };
        // Lines of something else may lie between this one and the next.
        let own = line.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        if let Ok(entry) = serde_json::from_str::<Entry>(own)
            && !entry.name.is_empty()
        {
            return Ok(entry);
        }
        match read_line(own).map_err(broken)? {
            Line::Person(entry) => Ok(*entry),
            Line::Other => Err(broken("the file was changed since it was loaded".into())),
        }
    }

    /// All of its lines, from the first one.
    pub fn lines(&self) -> Box<dyn BufRead + '_> {
        match &self.lines {
            Lines::Built(text) => Box::new(text.as_bytes()),
            Lines::Kept(file) => Box::new(BufReader::with_capacity(1 << 16, FromStart { file, at: 0 })),
        }
    }

    /// The person of an id, as the authority writes it.
    pub fn by_id(&self, id: &str) -> Option<(u32, Entry)> {
        let hash = id_hash(id);
        let first = self.ids.partition_point(|(other, _)| *other < hash);
        let same = self.ids[first..].iter().take_while(|(other, _)| *other == hash);
        let mut entries = same.filter_map(|(_, person)| self.entry(*person).ok().map(|entry| (*person, entry)));
        entries.find(|(_, entry)| entry.id == id)
    }

    /// Whether somebody is known by the spelling with this hash, in a script without capitals.
    pub(super) fn has_spelling(&self, hash: u32) -> bool {
        self.spellings.binary_search(&hash).is_ok()
    }

    /// Whether more is known of the person than names.
    pub fn is_described(&self, person: u32) -> bool {
        self.described[person as usize]
    }

    /// Whether more is known of anybody than names.
    pub fn has_described(&self) -> bool {
        self.has_described
    }

    /// Whether the person is known in the script of the name.
    pub fn is_known_in_script_of(&self, person: u32, name: &Name) -> bool {
        self.scripts[person as usize] & script_bit(name.script()) != 0
    }
}

/// Reads a file that others read too, from a place of its own.
struct FromStart<'f> {
    file: &'f File,
    at: u64,
}

impl Read for FromStart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

fn script_bit(script: u8) -> u16 {
    1 << script.min(15)
}

fn id_hash(id: &str) -> u32 {
    (hash(id) >> 32) as u32
}

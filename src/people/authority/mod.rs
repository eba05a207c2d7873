//! Known people: authorities side by side, each with the spellings of its people, asked as one.
//!
//! `formats` reads the lines that people have; `source` is one authority in memory; `catalog` keeps them on disk. `find` says
//! who is meant by a name, of all of them together.

mod catalog;
mod changes;
mod entry;
mod find;
mod formats;
mod import;
mod matched;
mod memory;
mod same;
mod source;

use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHasher;

pub use catalog::{Catalog, Kept};
pub use changes::{Changed, changes};
pub use entry::Entry;
pub use find::Bearers;
pub use formats::{Line, read_line};
pub use import::{Columns, Import, Imported, Rejected};
pub use matched::Match;
pub use memory::KnownPart;
pub use source::Source;

use matched::Known;

use crate::remembered::instance;

/// Why an authority cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    #[error("line {line} of the authority is not an entry: {reason}")]
    Line { line: usize, reason: String },
    #[error("{}: {reason}", .file.display())]
    File { file: PathBuf, reason: String },
    #[error("an entry of the authority {authority} cannot be read: {reason}")]
    Entry { authority: String, reason: String },
    #[error("\"{0}\" is no name of an authority: use letters, digits, - and _, at most 40; --name gives one")]
    Name(String),
    #[error("the authority starter is built in; authority.starter = false in the configuration leaves it out")]
    Starter,
    #[error("there is no authority {name}; there are: {known}")]
    Unknown { name: String, known: String },
    #[error("no line of {files} is a person, so nothing was changed{first}")]
    Nothing { files: String, first: String },
    #[error("{0}")]
    Columns(String),
}

/// Of an id or a line: to know it again in memory, never on disk.
fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Of a normalised spelling, to know it again in memory.
fn spelling_hash(normal: &str) -> u32 {
    (hash(normal) >> 32) as u32
}

/// Known people, ready to be looked up: a snapshot that nothing changes.
pub struct Authority {
    revision: String,
    /// Highest priority first.
    sources: Vec<Arc<Source>>,
    /// Tells what threads remember of this one from what they remember of others.
    instance: u64,
}

impl Authority {
    /// The starter authority that is built in: public figures of the region, written by hand.
    pub fn starter() -> Authority {
        Authority::of(vec![Arc::new(Authority::starter_source())])
    }

    /// The starter authority, to be put beside others.
    pub fn starter_source() -> Source {
        let lines = include_str!("../../../data/authority/starter.jsonl");
        let revision = format!("starter@{}", &blake3::hash(lines.as_bytes()).to_hex()[..12]);
        Source::built("starter", revision, lines).unwrap_or_else(|e| panic!("data/authority/starter.jsonl: {e}"))
    }

    /// These authorities as one.
    pub fn of(mut sources: Vec<Arc<Source>>) -> Authority {
        sources.sort_by(|a, b| b.priority.cmp(&a.priority).then(a.name.cmp(&b.name)));
        let revision = sources.iter().map(|s| s.revision.as_str()).collect::<Vec<_>>().join(", ");
        Authority { revision, sources, instance: instance() }
    }

    /// The authorities that it is made of, the highest priority first.
    pub fn sources(&self) -> &[Arc<Source>] {
        &self.sources
    }

    /// Which state of the authorities this is.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Number of known people.
    pub fn len(&self) -> usize {
        self.sources.iter().map(|s| s.len()).sum()
    }

    /// Number of their spellings.
    pub fn names(&self) -> usize {
        self.sources.iter().map(|s| s.index.len()).sum()
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry with this person id.
    pub fn by_id(&self, id: &str) -> Option<Entry> {
        let (authority, own) = id.split_once(':')?;
        let source = self.sources.iter().find(|s| s.name == authority)?;
        source.by_id(own).map(|(_, entry)| entry)
    }

    /// Tells what was remembered of this one from what was of others.
    pub fn instance(&self) -> u64 {
        self.instance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Name;

    #[test]
    fn the_starter_authority_knows_its_people_in_every_script() {
        let starter = Authority::starter();
        assert!(starter.len() >= 150, "{}", starter.len());
        for spelling in ["Ilham Aliyev", "Ильхам Алиев", "İlham Əliyev", "الهام علی‌اف", "إلهام علييف"]
        {
            let found = starter.find(&Name::parse(spelling));
            assert_eq!(found.first().map(|m| m.id.as_str()), Some("starter:ilham-aliyev"), "{spelling}");
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        let lines = "{\"id\":\"a\",\"name\":\"A B\",\"names\":[]}\n{\"id\":1}";
        let error = Source::built("t", "t@1".into(), lines).err().unwrap();
        assert!(error.to_string().starts_with("line 2 "), "{error}");
    }

    #[test]
    fn one_person_of_two_authorities_is_one_match() {
        let os = r#"{"id":"Q57542","name":"Ilham Aliyev","names":["Ильхам Алиев"],"birth_date":"1961-12-24","countries":["az"]}
{"id":"Q999","name":"Ilham Aliyev","birth_date":"1985"}"#;
        let mut os = Source::built("os", "os@1".into(), os).unwrap();
        os.priority = 10;
        let both = Authority::of(vec![Arc::new(Authority::starter_source()), Arc::new(os)]);
        let found = both.find(&Name::parse("Ilham Aliyev"));
        let of = |id: &str| found.iter().find(|m| m.id == id).map(|m| m.same_as.clone());
        assert_eq!(of("os:Q57542"), Some(vec!["starter:ilham-aliyev".to_owned()]), "{found:?}");
        assert_eq!(of("os:Q999"), Some(Vec::new()));
        assert_eq!(both.by_id("os:Q999").map(|e| e.name).as_deref(), Some("Ilham Aliyev"));
        assert!(both.by_id("starter:ilham-aliyev").is_some() && both.by_id("os:nobody").is_none());
        assert_eq!(both.revision().split(", ").count(), 2);

        // Of a list that knows nothing but names, the only one of the name is the same, as long as nothing differs.
        let found_with = |line: &'static str| {
            let list = Source::built("list", "list@1".into(), line).unwrap();
            let both = Authority::of(vec![Arc::new(Authority::starter_source()), Arc::new(list)]);
            both.find(&Name::parse("Ильхам Алиев")).iter().map(|m| m.same_as.len()).collect::<Vec<_>>()
        };
        assert_eq!(found_with(r#"{"id":"1","name":"Ilham Aliyev"}"#), [1]);
        assert_eq!(found_with(r#"{"id":"1","name":"Ilham Aliyev","birth_date":"1990"}"#), [0, 0]);
        assert_eq!(
            found_with("{\"id\":\"1\",\"name\":\"Ilham Aliyev\"}\n{\"id\":\"2\",\"name\":\"Ilham Aliyev\"}"),
            [0, 0, 0]
        );
    }
}

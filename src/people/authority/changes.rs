//! What is different between two states of an authority: whom it concerns, and by which keys records that may name them
//! are found.

use std::io::BufRead;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{AuthorityError, Entry, Line, hash, read_line};
use crate::names::Name;
use crate::people::name_keys;

/// A person who came, went, or is described otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// As the authority has it.
    pub id: String,
    /// See [`crate::people::name_keys`]; of the old or of the new names.
    pub keys: Vec<u32>,
    /// Whether nobody has this id any more.
    pub gone: bool,
}

/// Tells `each` of every person who differs between two states: once for the old names, once for the new ones.
///
/// # Errors
/// When a state cannot be read, or `each` fails.
pub fn changes<R: BufRead, E: From<AuthorityError>>(
    before: impl Fn() -> Result<R, AuthorityError>,
    after: impl Fn() -> Result<R, AuthorityError>,
    mut each: impl FnMut(Changed) -> Result<(), E>,
) -> Result<(), E> {
    let mut old: FxHashMap<u64, u64> = FxHashMap::default();
    read(before()?, |entry, line| {
        old.insert(hash(&entry.id), line);
        Ok::<(), E>(())
    })?;
    let mut otherwise: FxHashSet<u64> = FxHashSet::default();
    read(after()?, |entry, line| match old.remove(&hash(&entry.id)) {
        Some(before) if before == line => Ok(()),
        Some(_) => {
            otherwise.insert(hash(&entry.id));
            each(changed(&entry, false))
        }
        None => each(changed(&entry, false)),
    })?;
    read(before()?, |entry, _| {
        let id = hash(&entry.id);
        let gone = old.contains_key(&id);
        if gone || otherwise.contains(&id) { each(changed(&entry, gone)) } else { Ok(()) }
    })
}

fn changed(entry: &Entry, gone: bool) -> Changed {
    let mut keys: Vec<u32> = entry.spellings().into_iter().flat_map(|name| name_keys(&Name::parse(name))).collect();
    keys.sort_unstable();
    keys.dedup();
    Changed { id: entry.id.clone(), keys, gone }
}

fn read<E: From<AuthorityError>>(
    lines: impl BufRead,
    mut each: impl FnMut(Entry, u64) -> Result<(), E>,
) -> Result<(), E> {
    for (at, line) in lines.lines().enumerate() {
        let wrong = |reason: String| AuthorityError::Line { line: at + 1, reason };
        let line = line.map_err(|e| wrong(e.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        if let Line::Person(entry) = read_line(&line).map_err(wrong)? {
            each(*entry, hash(line.trim()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_came_went_or_changed() {
        let before = "{\"id\":\"a\",\"name\":\"Anar Rzayev\"}\n{\"id\":\"b\",\"name\":\"Elnur Safarov\"}\n{\"id\":\"c\",\"name\":\"Vusal Huseynov\"}\n";
        let after = "{\"id\":\"c\",\"name\":\"Vusal Huseynov\"}\n{\"id\":\"b\",\"name\":\"Elnur Safarli\"}\n{\"id\":\"d\",\"name\":\"Kamran Jabbarli\"}\n";
        let mut seen = Vec::new();
        let keys = |name: &str| name_keys(&Name::parse(name));
        changes(
            || Ok(before.as_bytes()),
            || Ok(after.as_bytes()),
            |changed| {
                assert!(!changed.keys.is_empty());
                seen.push((changed.id, changed.keys[0]));
                Ok::<(), AuthorityError>(())
            },
        )
        .unwrap();
        let first = |name: &str| *keys(name).iter().min().unwrap();
        let expected = [("b", "Elnur Safarli"), ("d", "Kamran Jabbarli"), ("a", "Anar Rzayev"), ("b", "Elnur Safarov")];
        assert_eq!(seen, expected.map(|(id, name)| (id.to_owned(), first(name))));
    }
}

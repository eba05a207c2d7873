//! The authority: known people and the spellings of their names, indexed for look-up by key.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use crate::names::{Comparison, Name, Skeleton, Token, compare};

/// Why an authority file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    #[error("line {line} of the authority is not an entry: {reason}")]
    Line { line: usize, reason: String },
    #[error("line {line} of the authority repeats the id {id}")]
    Repeated { line: usize, id: String },
}

/// A known person: a line of `data/authority/*.jsonl`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Unique in its authority: `ilham-aliyev`.
    pub id: String,
    /// How it is shown.
    pub name: String,
    /// Full spellings, in any script.
    pub names: Vec<String>,
    /// Spellings that name the person only in context: nicknames, single names.
    #[serde(default)]
    pub weak: Vec<String>,
    /// `m`, `f`.
    #[serde(default)]
    pub gender: Option<String>,
    #[serde(default)]
    pub birth_date: Option<String>,
    #[serde(default)]
    pub death_date: Option<String>,
    /// ISO 3166-1 alpha-2, lower case.
    #[serde(default)]
    pub countries: Vec<String>,
    /// Codes of offices, as in the lexicons' roles.
    #[serde(default)]
    pub positions: Vec<String>,
}

struct Known {
    entry: Entry,
    /// `AUTHORITY:ENTRY`.
    id: String,
    names: Vec<Name>,
}

/// A known person who may be meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Index of the entry, for [`Authority::entry`].
    pub index: usize,
    pub score: f64,
    /// The spelling that fits best.
    pub spelling: String,
    pub why: Vec<String>,
    /// Parts of the name that the spelling does not have.
    pub unmatched: usize,
    /// Parts of the spelling that the name does not have.
    pub lacking: usize,
    /// How alike the words are that sound least alike.
    pub worst: f64,
}

/// Known people, ready to be looked up.
pub struct Authority {
    revision: String,
    people: Vec<Known>,
    /// Pair key → (person, spelling).
    pairs: FxHashMap<(Skeleton, Skeleton), Vec<(u32, u32)>>,
    /// Skeleton of one part → (person, spelling).
    shorts: FxHashMap<Skeleton, Vec<(u32, u32)>>,
}

impl Authority {
    /// The starter authority that is built in: public figures of the region, written by hand.
    pub fn starter() -> Authority {
        Authority::read("starter", include_str!("../../data/authority/starter.jsonl"))
            .unwrap_or_else(|e| panic!("data/authority/starter.jsonl: {e}"))
    }

    /// Reads JSON lines of [`Entry`]; `name` is the first half of the ids that the people get.
    ///
    /// # Errors
    /// Names the line that is no entry, or repeats an id.
    pub fn read(name: &str, lines: &str) -> Result<Authority, AuthorityError> {
        let mut this = Authority {
            revision: format!("{name}@{}", &blake3::hash(lines.as_bytes()).to_hex()[..12]),
            people: Vec::new(),
            pairs: FxHashMap::default(),
            shorts: FxHashMap::default(),
        };
        let mut seen = FxHashSet::default();
        for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let line_number = number + 1;
            let entry: Entry = serde_json::from_str(line)
                .map_err(|e| AuthorityError::Line { line: line_number, reason: e.to_string() })?;
            if !seen.insert(entry.id.clone()) {
                return Err(AuthorityError::Repeated { line: line_number, id: entry.id });
            }
            this.add(name, entry);
        }
        Ok(this)
    }

    fn add(&mut self, authority: &str, entry: Entry) {
        let person = self.people.len() as u32;
        let names: Vec<Name> =
            std::iter::once(&entry.name).chain(&entry.names).chain(&entry.weak).map(|n| Name::parse(n)).collect();
        for (spelling, name) in names.iter().enumerate() {
            let at = (person, spelling as u32);
            for key in name.pairs() {
                self.pairs.entry(key).or_default().push(at);
            }
            for key in name.shorts() {
                self.shorts.entry(key).or_default().push(at);
            }
        }
        self.people.push(Known { id: format!("{authority}:{}", entry.id), entry, names });
    }

    /// Which state of the authority this is: its name and a hash of its content.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Number of known people.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The entry of a match.
    pub fn entry(&self, index: usize) -> &Entry {
        &self.people[index].entry
    }

    /// The person id of a match: `starter:ilham-aliyev`.
    pub fn id(&self, index: usize) -> &str {
        &self.people[index].id
    }

    /// The entry with this person id.
    pub fn by_id(&self, id: &str) -> Option<&Entry> {
        self.people.iter().find(|p| p.id == id).map(|p| &p.entry)
    }

    /// Whether any known name has a part that may be this word.
    pub fn knows_part(&self, token: &Token) -> bool {
        token.skeletons().iter().any(|s| self.shorts.contains_key(s))
    }

    /// The people whose full name `name` may be, best first, one line a person; at most 8.
    pub fn find(&self, name: &Name) -> Vec<Match> {
        let mut candidates: FxHashMap<u32, FxHashSet<u32>> = FxHashMap::default();
        for key in name.pairs() {
            for (person, spelling) in self.pairs.get(&key).into_iter().flatten() {
                candidates.entry(*person).or_default().insert(*spelling);
            }
        }
        let best_of = |(person, spellings): (u32, FxHashSet<u32>)| {
            let known = &self.people[person as usize];
            // Who is known in the name's own script is known by that spelling.
            let of_script = |s: &u32| known.names[*s as usize].script() == name.script();
            let own = known.names.iter().any(|n| n.script() == name.script());
            spellings
                .into_iter()
                .filter(|s| !own || of_script(s))
                .map(|s| (compare(name, &known.names[s as usize]), s))
                .max_by(|a, b| a.0.score.total_cmp(&b.0.score).then(b.1.cmp(&a.1)))
                .map(|(found, spelling)| (found, person as usize, spelling as usize))
        };
        let mut best: Vec<(Comparison, usize, usize)> = candidates.into_iter().filter_map(best_of).collect();
        best.sort_by(|a, b| b.0.score.total_cmp(&a.0.score).then(a.1.cmp(&b.1)));
        best.truncate(8);
        // Reasons are words, and made for those alone that are kept.
        let explained = |(found, index, spelling): (Comparison, usize, usize)| {
            let spelling = &self.people[index].names[spelling];
            Match {
                index,
                score: found.score,
                spelling: spelling.text.to_string(),
                why: found.why(name, spelling),
                unmatched: found.unmatched,
                lacking: found.lacking,
                worst: found.worst(),
            }
        };
        best.into_iter().map(explained).collect()
    }

    /// The people whose family name (or single name) this word may be, best first; at most 8.
    pub fn find_short(&self, token: &Token) -> Vec<Match> {
        let mut best: FxHashMap<u32, (f64, u32)> = FxHashMap::default();
        for (person, spelling) in token.skeletons().iter().filter_map(|s| self.shorts.get(s)).flatten() {
            let name = &self.people[*person as usize].names[*spelling as usize];
            let Some(family) = name.tokens.last() else { continue };
            let mut score = crate::names::compare_tokens(token, family);
            // Compound family names are also written apart: the last two words then are one.
            if name.tokens.len() > 2
                && let Some(joined) = joined_tail(name)
            {
                score = score.max(crate::names::compare_tokens(token, &joined));
            }
            let held = best.entry(*person).or_insert((0.0, *spelling));
            if score > held.0 {
                *held = (score, *spelling);
            }
        }
        let mut found: Vec<Match> = best
            .into_iter()
            .filter(|(_, (score, _))| *score >= 0.85)
            .map(|(person, (score, spelling))| Match {
                index: person as usize,
                score,
                spelling: self.people[person as usize].names[spelling as usize].text.to_string(),
                why: Vec::new(),
                unmatched: 0,
                lacking: 0,
                worst: score,
            })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.index.cmp(&b.index)));
        found.truncate(8);
        found
    }
}

fn joined_tail(name: &Name) -> Option<Token> {
    let [.., a, b] = name.tokens.as_slice() else { return None };
    Token::new(&format!("{}{}", a.text, b.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_authority_knows_its_people_in_every_script() {
        let starter = Authority::starter();
        assert!(starter.len() >= 150, "{}", starter.len());
        for spelling in ["Ilham Aliyev", "Ильхам Алиев", "İlham Əliyev", "الهام علی‌اف", "إلهام علييف"]
        {
            let found = starter.find(&Name::parse(spelling));
            assert_eq!(found.first().map(|m| starter.id(m.index)), Some("starter:ilham-aliyev"), "{spelling}");
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = Authority::read("t", "{\"id\":\"a\",\"name\":\"A B\",\"names\":[]}\n{\"id\":1}").err().unwrap();
        assert!(error.to_string().starts_with("line 2 "), "{error}");
    }
}

//! Known people: authorities side by side, each with the spellings of its people, asked as one.
//!
//! `formats` reads the lines that people have; `source` is one authority in memory; `catalog` keeps them on disk.

mod catalog;
mod changes;
mod entry;
mod formats;
mod import;
mod memory;
mod source;

use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHasher;
use smallvec::SmallVec;

pub use catalog::{Catalog, Kept};
pub use changes::{Changed, changes};
pub use entry::Entry;
pub use formats::{Line, read_line};
pub use import::{Columns, Import, Imported, Rejected};
pub use memory::KnownPart;
pub use source::Source;

use memory::row_of;

use super::Hit;
use super::index::asked;
use crate::names::{Comparison, Name, SAME_PERSON, Skeleton, Token, compare, compare_tokens, normalise};
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

/// A known person who may be meant.
#[derive(Clone, Debug)]
pub struct Match {
    /// Equal for the same person of the same authority.
    pub index: u64,
    /// `AUTHORITY:ENTRY`.
    pub id: String,
    pub entry: Arc<Entry>,
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
    /// Whether the name alone says that the person is meant: the more people are known, the more alike it has to be.
    pub sure: bool,
    /// Whether the words are alike enough for one script; of two scripts they are.
    pub spelt_alike: bool,
    /// Whether the name is in the script of the spelling.
    same_script: bool,
    /// Whether the two say enough to be compared at all strictly.
    distinct: bool,
    /// And differ at most as spellings of one name in two scripts, or its forms in one, do.
    legible: bool,
    /// Ids that other authorities have for the same person.
    pub same_as: Vec<String>,
    family_names: Arc<[Token]>,
    priority: i64,
    rank: f64,
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

/// People that a look-up gives at most.
const MOST: usize = 8;

/// Scores this close are of namesakes.
const NAMESAKE: f64 = 0.1;

/// The odds of one known person's name to be that person's, times the cube root of how many are known.
const SURE_ODDS: f64 = 1.25;

/// In one script the words of one name are as alike as this.
const SURE_WORD: f64 = 0.9;

/// Nobody else comes near who is by so much less likely.
const CLEARLY: f64 = 0.1;

/// A family name that is known in the script of the word has to be so much like it.
const OWN_SCRIPT: f64 = 0.9;

/// Then so much will do, of the name and of the word that is least alike.
const CLEAR_SCORE: f64 = 0.9;
const CLEAR_WORD: f64 = 0.79;

/// Of a longer name, words have to be spelt just as it has them.
const SURE_PART: f64 = 0.97;

/// Names less alike than this are nobody's answer.
const POSSIBLE: f64 = 0.2;

/// What a family name alone says of a person.
const ONE_WORD: f64 = 0.5;

/// A word has to be so much like a family name to be it.
const FAMILY_NAME: f64 = 0.85;

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

    /// A word of a text as a part of known names; `None` for what is none.
    pub fn part(&self, token: &Token) -> Option<Rc<KnownPart>> {
        memory::part(self.instance ^ token.identity(), || {
            let is_known = self.sources.iter().any(|source| source.index.has_part(token));
            is_known.then(|| KnownPart::new(token, self.sources.len()))
        })
    }

    /// Whether any known name has all of these words: a quick no for most rows of words.
    pub fn knows_row(&self, row: &[Rc<KnownPart>]) -> bool {
        self.sources.iter().enumerate().any(|(number, source)| source.index.has_row(&row_of(row, number)))
    }

    /// Tells what was remembered of this one from what was of others.
    pub fn instance(&self) -> u64 {
        self.instance
    }

    /// The people whose full name `name` is, best first, each once; at most 8.
    pub fn find(&self, name: &Name) -> Vec<Match> {
        self.bearers(name, |_, source| source.index.find(name, MOST))
    }

    /// Whether somebody is known by just this row of words, normalised, in a script without capitals.
    pub fn has_spelling(&self, normal: &str) -> bool {
        let hash = spelling_hash(normal);
        self.sources.iter().any(|source| source.has_spelling(hash))
    }

    /// [`Authority::find`] for a row of words that may be no name at all: people who have each of the words.
    pub fn find_row(&self, name: &Name) -> Vec<Match> {
        let row: Option<SmallVec<[Rc<KnownPart>; 8]>> = asked(name).map(|token| self.part(token)).collect();
        let Some(row) = row else { return Vec::new() };
        self.bearers(name, |number, source| source.index.find_row(name, &row_of(&row, number), MOST))
    }

    /// [`Authority::find`] that looks further: also for names of one word, and those of which no two words are spelt
    /// alike; ranked by how likely it is that they are meant, also where the score is below [`SAME_PERSON`]. For people
    /// who ask, rather than for every name of every document.
    pub fn look_up(&self, name: &Name) -> Vec<Match> {
        let mut found = self.matches(name, POSSIBLE, |_, source| source.index.find(name, MOST));
        if let [word] = name.tokens.as_slice() {
            let bearers = self.find_short(word, &Bearers::default()).into_iter().map(|bearer| {
                let why = vec![format!("{} is the last word of {}", word.text, bearer.spelling)];
                Match { score: bearer.score * ONE_WORD, why, ..bearer }
            });
            let bearers: Vec<Match> = bearers.filter(|m| found.iter().all(|held| held.id != m.id)).collect();
            found.extend(bearers);
            found.sort_by(|a, b| b.score.total_cmp(&a.score));
            found.truncate(MOST);
        }
        found
    }

    /// Those whose name it can be, the best score first.
    fn bearers(&self, name: &Name, find: impl Fn(usize, &Source) -> Vec<Hit>) -> Vec<Match> {
        let mut found = self.matches(name, SAME_PERSON, find);
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        let scores: Vec<f64> = found.iter().map(|m| m.score).collect();
        for (at, one) in found.iter_mut().enumerate() {
            let others = scores.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, score)| *score);
            one.legible |= name.is_respelt() && one.distinct;
            one.sure = self.is_meant(one, one.score - others.fold(0.0, f64::max) >= CLEARLY);
        }
        found
    }

    /// Whether a name is so much like that of a known person that it is hardly a stranger's; `alone` says that nobody else
    /// known comes near. On 3,100 news in fifty languages, the right one of those whose words are all there and
    /// alike was 32 in 33; who has a word more, or one less, was rather somebody else.
    fn is_meant(&self, one: &Match, alone: bool) -> bool {
        if one.unmatched > 0 {
            return one.same_script && one.spelt_alike && self.is_sure(one.score);
        }
        if one.lacking > 0 {
            return one.same_script && one.worst >= SURE_PART && self.is_sure(one.score) && alone;
        }
        let clear = alone && one.legible && one.score >= CLEAR_SCORE && one.worst >= CLEAR_WORD;
        one.spelt_alike && self.is_sure(one.score) || clear
    }

    /// Whether a name is so much like the spelling of a known person that it would be no stranger's, among as many as are
    /// known. Of 5,002 names that are in no list of 62,526 politicians, 25 % are like somebody's and 5 % surely so; of
    /// 3,998 other spellings of these politicians' names 2.5 in a hundred are lost by it.
    fn is_sure(&self, score: f64) -> bool {
        let odds = SURE_ODDS * (self.len() as f64).cbrt();
        score >= (1.0 - score) * odds
    }

    fn matches(&self, name: &Name, least: f64, find: impl Fn(usize, &Source) -> Vec<Hit>) -> Vec<Match> {
        let mut all: Vec<Match> = Vec::new();
        for (number, source) in self.sources.iter().enumerate() {
            for hit in find(number, source).into_iter().filter(|hit| hit.found.score >= least) {
                let own_script = source.is_known_in_script_of(hit.person, name);
                let spelling = Name::parse(source.index.name(hit.name));
                let Some(mut found) = self.a_match(number, hit.person) else { continue };
                // Who is known in the name's own script is known by that spelling.
                let (spelling, compared) = if own_script && spelling.script() != name.script() {
                    let Some(best) = best_in_own_script(&found.entry, name) else { continue };
                    best
                } else {
                    (spelling, hit.found.clone())
                };
                found.rank = hit.rank_as(compared.score);
                found.score = compared.score;
                found.spelling = spelling.text.to_string();
                found.same_script = spelling.script() == name.script();
                found.spelt_alike = compared.worst() >= SURE_WORD || !found.same_script;
                found.distinct = is_distinct(&spelling, name);
                found.legible = found.distinct && (!found.same_script || only_ends_differ(&spelling, name));
                found.why = compared.why(name, &spelling);
                (found.unmatched, found.lacking, found.worst) =
                    (compared.unmatched, compared.lacking, compared.worst());
                all.push(found);
            }
        }
        all.sort_by(|a, b| b.rank.total_cmp(&a.rank).then(b.priority.cmp(&a.priority)).then(a.index.cmp(&b.index)));
        let mut all = one_of_the_same(all);
        all.truncate(MOST);
        all
    }

    fn a_match(&self, source: usize, person: u32) -> Option<Match> {
        let of = &self.sources[source];
        let index = (source as u64) << 32 | u64::from(person);
        let Known { entry, family_names } = match memory::person(self.instance ^ index, || of.entry(person)) {
            Ok(known) => known,
            Err(error) => {
                tracing::error!(%error, "a known person is left out");
                return None;
            }
        };
        Some(Match {
            index,
            id: format!("{}:{}", of.name, entry.id),
            entry,
            family_names,
            score: 0.0,
            spelling: String::new(),
            why: Vec::new(),
            unmatched: 0,
            lacking: 0,
            worst: 0.0,
            sure: false,
            spelt_alike: false,
            same_script: false,
            legible: false,
            distinct: false,
            same_as: Vec::new(),
            priority: of.priority,
            rank: 0.0,
        })
    }

    /// The people whose family name (or single name) this word may be, best first; at most 8.
    pub fn find_short(&self, token: &Token, asked: &Bearers) -> Vec<Match> {
        let least = asked.alike.max(FAMILY_NAME);
        let mut best: Vec<(f64, usize, u32)> = Vec::new();
        for (number, source) in self.sources.iter().enumerate() {
            if asked.described && !source.has_described() {
                continue;
            }
            let names = source.index.find_last(token, least as f32, 2 * MOST).into_iter();
            let wanted = names.filter(|(name, _)| !asked.described || source.is_described(source.index.person(*name)));
            best.extend(wanted.map(|(name, alike)| (f64::from(alike), number, name)));
        }
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let found = best.into_iter().filter_map(|(score, source, name)| {
            let index = &self.sources[source].index;
            let found = self.a_match(source, index.person(name))?;
            // Who is known in the word's own script is known by that spelling.
            let own = found.family_names.iter().filter(|own| own.shares_script(token));
            let likest = own.map(|own| compare_tokens(own, token)).max_by(f64::total_cmp);
            let score = likest.map_or(score, |likest| if likest < OWN_SCRIPT { 0.0 } else { score.min(likest) });
            let spelling = Name::parse(index.name(name)).text.to_string();
            (score > 0.0).then_some(Match { score, spelling, worst: score, ..found })
        });
        let mut found = one_of_the_same(found.take(2 * MOST).collect());
        found.truncate(MOST);
        found
    }
}

/// Which bearers of a family name are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bearers {
    /// How much the word has to be like the name, at least: 0 to 1.
    pub alike: f64,
    /// Only those of whom more is known than the name.
    pub described: bool,
}

impl Match {
    /// The skeletons of the person's family names.
    pub fn family_skeletons(&self) -> impl Iterator<Item = Skeleton> {
        self.family_names.iter().flat_map(|name| name.skeletons())
    }

    /// How much the word is like a family name of the person; `None` for too little.
    pub fn has_family_name(&self, token: &Token) -> Option<f64> {
        let alike = self.family_names.iter().map(|own| compare_tokens(token, own)).fold(0.0, f64::max);
        (alike >= FAMILY_NAME).then_some(alike)
    }
}

/// What is remembered of a person.
#[derive(Clone)]
struct Known {
    entry: Arc<Entry>,
    family_names: Arc<[Token]>,
}

impl Known {
    /// Family names are the last words, and the last two together: compound ones are also written apart.
    fn of(entry: Entry) -> Known {
        let mut names: Vec<Token> = Vec::new();
        let mut put = |token: Token| {
            if !names.iter().any(|other| other.identity() == token.identity()) {
                names.push(token);
            }
        };
        for name in entry.spellings().into_iter().map(Name::parse) {
            if let [_, .., a, b] = name.tokens.as_slice()
                && name.tokens.len() > 2
                && let Some(joined) = Token::new(&format!("{}{}", a.text, b.text))
            {
                put(joined);
            }
            if let Some(last) = name.tokens.last() {
                put(last.clone());
            }
        }
        Known { entry: Arc::new(entry), family_names: names.into() }
    }
}

/// Whether two spellings say enough to be compared strictly: two words at least that are no initials, with their vowels, in
/// one script or in Latin letters.
fn is_distinct(spelling: &Name, name: &Name) -> bool {
    let readable = spelling.script() == name.script() || spelling.is_latin();
    spelling.main().count().min(name.main().count()) >= 2 && readable && spelling.has_vowels() && name.has_vowels()
}

/// Whether each word of a name begins a word of the other, but for the last letters: what case endings do.
fn only_ends_differ(spelling: &Name, name: &Name) -> bool {
    let begins = |own: &Token| {
        spelling.main().any(|other| {
            let (own, other) = (normalise(&own.text), normalise(&other.text));
            let same = own.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
            let least = own.chars().count().min(other.chars().count());
            same == least || same >= 4 && same + 1 >= least
        })
    };
    name.main().all(begins)
}

/// The spelling in the name's own script that it is most like.
fn best_in_own_script(entry: &Entry, name: &Name) -> Option<(Name, Comparison)> {
    let own = entry.spellings().into_iter().map(Name::parse).filter(|spelling| spelling.script() == name.script());
    own.map(|spelling| {
        let found = compare(name, &spelling);
        (spelling, found)
    })
    .max_by(|a, b| a.1.score.total_cmp(&b.1.score))
}

/// Entries of several authorities that are one person become one match with the id of the highest priority.
fn one_of_the_same(matches: Vec<Match>) -> Vec<Match> {
    // By the authority and the score of each: who has somebody else of nearly the same.
    let scores: Vec<(u64, f64)> = matches.iter().map(|m| (m.index, m.score)).collect();
    let alone = |one: &Match| {
        let other = |(index, score): &(u64, f64)| {
            index >> 32 == one.index >> 32 && *index != one.index && *score > one.score - NAMESAKE
        };
        !scores.iter().any(other)
    };
    let mut kept: Vec<Match> = Vec::with_capacity(matches.len());
    for mut next in matches {
        match kept.iter_mut().find(|held| is_same(held, &next, alone)) {
            None => kept.push(next),
            Some(held) => {
                if next.priority > held.priority {
                    // The better spelling stays what explains it.
                    std::mem::swap(&mut held.id, &mut next.id);
                    std::mem::swap(&mut held.entry, &mut next.entry);
                    std::mem::swap(&mut held.index, &mut next.index);
                    std::mem::swap(&mut held.priority, &mut next.priority);
                }
                held.same_as.push(next.id);
            }
        }
    }
    kept
}

/// Whether entries of two authorities are one person: one says so; or their names are alike, nothing that is known of both
/// differs, and either they share a year of birth or each authority has nobody else of the name.
fn is_same(a: &Match, b: &Match, alone: impl Fn(&Match) -> bool) -> bool {
    if a.index >> 32 == b.index >> 32 {
        return false;
    }
    let said = a.entry.same_as.contains(&b.id)
        || b.entry.same_as.contains(&a.id)
        || a.entry.same_as.iter().any(|id| b.entry.same_as.contains(id));
    if said {
        return true;
    }
    let agree = |x: Option<&str>, y: Option<&str>| x.zip(y).map(|(x, y)| x == y);
    let born = agree(a.entry.birth_year(), b.entry.birth_year());
    let gender = agree(a.entry.gender.as_deref(), b.entry.gender.as_deref());
    let both_have_countries = !a.entry.countries.is_empty() && !b.entry.countries.is_empty();
    let elsewhere = both_have_countries && !a.entry.countries.iter().any(|code| b.entry.countries.contains(code));
    let differ = born == Some(false) || gender == Some(false) || elsewhere;
    !differ
        && (born == Some(true) || alone(a) && alone(b))
        && compare(&Name::parse(&a.entry.name), &Name::parse(&b.entry.name)).score >= SAME_PERSON
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

//! Who is meant by a name: the people of all authorities whose spellings are like it, and whether that is enough.

use std::rc::Rc;

use smallvec::SmallVec;

use super::matched::FAMILY_NAME;
use super::memory::{self, KnownPart, row_of};
use super::same::one_of_the_same;
use super::{Authority, Entry, Match, Source, spelling_hash};
use crate::names::{Comparison, Name, SAME_PERSON, Token, compare, compare_tokens, normalise};
use crate::people::Hit;
use crate::people::index::asked;

/// People that a look-up gives at most.
const MOST: usize = 8;

/// The odds of one known person's name to be that person's, times the cube root of how many are known.
const SURE_ODDS: f64 = 1.25;

/// In one script the words of one name are as alike as this.
const SURE_WORD: f64 = 0.9;

/// Nobody else comes near who is by so much less likely.
const CLEARLY: f64 = 0.1;

/// Then so much will do, of the name and of the word that is least alike.
const CLEAR_SCORE: f64 = 0.9;
const CLEAR_WORD: f64 = 0.79;

/// A family name that is known in the script of the word has to be so much like it.
const OWN_SCRIPT: f64 = 0.9;

/// Of a longer name, words have to be spelt just as it has them.
const SURE_PART: f64 = 0.97;

/// Names less alike than this are nobody's answer.
const POSSIBLE: f64 = 0.2;

/// What a family name alone says of a person.
const ONE_WORD: f64 = 0.5;

/// Which bearers of a family name are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bearers {
    /// How much the word has to be like the name, at least: 0 to 1.
    pub alike: f64,
    /// Only those of whom more is known than the name.
    pub described: bool,
}

impl Authority {
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
        let known = match memory::person(self.instance ^ index, || of.entry(person)) {
            Ok(known) => known,
            Err(error) => {
                tracing::error!(%error, "a known person is left out");
                return None;
            }
        };
        Some(Match::of(index, format!("{}:{}", of.name, known.entry.id), known, of.priority))
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

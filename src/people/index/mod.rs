//! Many names, indexed so that any spelling of one finds it. First the names that have two words with the keys of two words
//! asked for; where none of them is surely the one, those that have a word like one asked for. Those that share most, by
//! how rare it is, are compared by the names engine.

mod build;
mod pairs;
mod sieve;

use std::cell::RefCell;
use std::rc::Rc;

use smallvec::SmallVec;

pub use build::NameIndexBuilder;
use pairs::Pairs;
use sieve::Sieve;

use crate::names::{Comparison, LEAST_ALIKE, Name, Part, Search, Skeleton, Token, Vocabulary, WordId, compare};
use crate::remembered::Remembered;

/// The keys that a name is found by, in whatever spelling: of every two of its words, by all of their readings.
pub fn name_keys(name: &Name) -> Vec<u32> {
    let tokens: SmallVec<[&Token; 8]> = asked(name).collect();
    pairs::hashes(&tokens, Token::keys)
}

/// The keys of two words by keys of each; by their [`Token::own_keys`] a few of those that [`name_keys`] has.
pub fn written_keys<'k>(a: &'k [Skeleton], b: &'k [Skeleton]) -> impl Iterator<Item = u32> + 'k {
    a.iter().flat_map(move |a| b.iter().map(move |b| pairs::hash(*a, *b)))
}

/// Names that are compared at last.
const COMPARED: usize = 6;

/// Names that are looked at more closely before.
const LOOKED_AT: usize = 48;

/// Names that a word of a search, or one pair of keys, may bring in before it is known how well they fit.
const GATHERED: usize = 400;
const PAIRED: usize = 64;

/// Words that names are searched by at most where pairs do not suffice, the ones with the fewest like them.
const SEARCHED_BY: usize = 2;

/// What sharing all words says, beside the logarithm of the odds that the score gives.
const SHARED: f64 = 8.0;

/// From here on the best name found by pairs ends the search: its score, and what it shares.
const SURE_OF_PAIRS: (f64, f32) = (0.9, 0.65);

/// A best score from here on ends the search by words.
const SURE: f64 = 0.96;

/// A name that shares so much less than the best one is not compared, nor one that shares hardly anything.
const WORTH: f32 = 0.6;
const WORTH_AT_ALL: f32 = 0.4;

/// What a word without a counterpart says against a name, as a share of what it would say for it; one that is asked for
/// counts as rare.
const UNKNOWN: f32 = 0.5;

/// Names of people, ready to be looked up.
#[derive(Default)]
pub struct NameIndex {
    /// All names, one after the other.
    text: String,
    /// One more than there are, for where the last one ends.
    names: Vec<Entry>,
    /// What a search asks for of each name lies side by side: its number, what its words say together (as the bits of a
    /// float), and its words, of which the last has the [`LAST`] bit.
    words: Vec<u32>,
    vocabulary: Vocabulary,
    pairs: Pairs,
    /// For each word where the names that have it are in `words`.
    posting_starts: Vec<u32>,
    postings: Vec<u32>,
    /// What each word says, and what one would say that only one name has.
    rarities: Vec<f32>,
    rarest: f32,
    /// Tells what threads remember of this one from what they remember of others.
    instance: u64,
}

/// Marks the last word of a name.
const LAST: u32 = 1 << 31;

/// A name of the index.
#[derive(Clone, Copy, Default)]
struct Entry {
    /// Where it begins in the text.
    text: u32,
    /// Whose name it is.
    person: u32,
}

/// A name that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Of the person, as given to [`NameIndexBuilder::add`].
    pub person: u32,
    /// Of the name in the index.
    pub name: u32,
    pub found: Comparison,
    /// What the words that both have say, 0 to 1.
    pub shared: f32,
}

impl Hit {
    /// The score says whether the names can be one person's; how rare what they share is, how many others it could be.
    pub fn rank(&self) -> f64 {
        self.rank_as(self.found.score)
    }

    /// Its rank if the score were another.
    pub fn rank_as(&self, score: f64) -> f64 {
        let score = score.clamp(1e-4, 1.0 - 1e-4);
        (score / (1.0 - score)).ln() + SHARED * f64::from(self.shared)
    }
}

/// A name that may be the one asked for.
#[derive(Clone, Copy)]
struct Candidate {
    /// Where it is in the words of the index.
    at: u32,
    /// Its word that is like the one it was found by, and how alike they are.
    by: Option<(WordId, f32)>,
    /// What it shares with the name asked for.
    shared: f32,
}

/// A word of a name that is asked for.
struct Asked<'v, 't> {
    search: Search<'v, 't>,
    similar: Similar,
}

/// Words of the vocabulary in order, each with how much it is like some other.
type Similar = Rc<[(WordId, f32)]>;

/// Words of which a thread remembers what is like them.
const SIMILARS: usize = 1 << 12;

/// A word of a text has to be so much like a word of a name to be a part of it.
const PART: f32 = 0.75;

/// A word of a row of words that may be a name.
#[derive(Clone, Copy)]
pub struct RowWord<'w> {
    pub token: &'w Token,
    /// [`Token::keys`].
    pub keys: &'w [Skeleton],
    /// What it was compared with in this index.
    pub compared: &'w RefCell<Compared>,
}

/// Words of a vocabulary in order, each with whether some word may be it: kept of many words, so in as little as it takes.
#[derive(Debug, Default)]
pub struct Compared(Vec<u32>);

impl Compared {
    /// Whether a word may be it, compared only where it was not before.
    fn get_or_insert_with(&mut self, id: WordId, compare: impl FnOnce() -> bool) -> bool {
        match self.0.binary_search_by_key(&id, |held| held >> 1) {
            Ok(at) => self.0[at] & 1 == 1,
            Err(at) => {
                let like = compare();
                self.0.insert(at, id << 1 | u32::from(like));
                like
            }
        }
    }
}

/// The words of a name that it can be found by.
pub fn asked(name: &Name) -> impl Iterator<Item = &Token> {
    name.tokens.iter().filter(|t| t.part != Part::Initial)
}

/// What a word says that so many names of all have: the logarithm of how few they are.
fn rarity(all: usize, names: usize) -> f32 {
    (all as f32 / names.max(1) as f32).ln() + 1.0
}

impl NameIndex {
    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        let numbers = self.words.capacity()
            + self.posting_starts.capacity()
            + self.postings.capacity()
            + self.rarities.capacity();
        self.text.capacity()
            + self.names.capacity() * size_of::<Entry>()
            + numbers * 4
            + self.pairs.bytes()
            + self.vocabulary.bytes()
    }

    /// A name as it was added.
    pub fn name(&self, name: u32) -> &str {
        let name = name as usize;
        &self.text[self.names[name].text as usize..self.names[name + 1].text as usize]
    }

    /// The names nearest to this one, the best of each person, best first; at most `limit`.
    ///
    /// ```
    /// use nisba::names::Name;
    /// use nisba::people::NameIndexBuilder;
    /// let mut builder = NameIndexBuilder::default();
    /// builder.add(0, "Ilham Aliyev");
    /// builder.add(1, "Heydar Aliyev");
    /// let hits = builder.build().find(&Name::parse("Ильхам Алиев"), 5);
    /// assert_eq!(hits[0].person, 0);
    /// ```
    pub fn find(&self, name: &Name, limit: usize) -> Vec<Hit> {
        let (mut hits, words) = self.find_by_pairs(name);
        let (score, shared) = SURE_OF_PAIRS;
        if !hits.first().is_some_and(|hit| hit.found.score >= score && hit.shared >= shared) {
            self.find_by_words(name, words, &mut hits);
        }
        one_a_person(hits, limit)
    }

    /// [`NameIndex::find`] for names of which most are nobody's here: by pairs of words alone, which find nearly every
    /// spelling of a whole name.
    pub fn find_whole(&self, name: &Name, limit: usize) -> Vec<Hit> {
        one_a_person(self.find_by_pairs(name).0, limit)
    }

    /// [`NameIndex::find_whole`] for rows of words that may be no name at all: the best names that have each of the words, which
    /// are those of `name` by which it can be found.
    pub fn find_row(&self, name: &Name, row: &[RowWord], limit: usize) -> Vec<Hit> {
        let mut places: Vec<u32> = self.with_all(row).collect();
        if places.is_empty() {
            return Vec::new();
        }
        places.sort_unstable();
        places.dedup();
        let words: SmallVec<[Search; 4]> = asked(name).map(|token| self.vocabulary.search(token)).collect();
        let mut hits = Vec::new();
        self.compare(name, &self.ranked(&words, places), &mut hits);
        one_a_person(hits, limit)
    }

    fn find_by_pairs<'n>(&self, name: &'n Name) -> (Vec<Hit>, SmallVec<[Search<'_, 'n>; 4]>) {
        let words: SmallVec<[Search; 4]> = asked(name).map(|token| self.vocabulary.search(token)).collect();
        let mut hits: Vec<Hit> = Vec::new();
        self.compare(name, &self.paired(&words), &mut hits);
        (hits, words)
    }

    /// The names whose last word is at least so much like this one, each with how much, the most alike first; one of each
    /// person, at most `limit`.
    pub fn find_last(&self, word: &Token, alike: f32, limit: usize) -> Vec<(u32, f32)> {
        let search = self.vocabulary.search(word);
        let mut found: Vec<(u32, f32)> = Vec::new();
        let mut people: SmallVec<[u32; 16]> = SmallVec::new();
        for Candidate { at, by, .. } in self.gather(&self.similar(&search)) {
            let Some((id, own)) = by.filter(|(_, own)| *own >= alike) else { continue };
            let number = self.words[at as usize];
            let person = self.person(number);
            if found.len() < limit && self.words_of(at).last() == Some(id) && !people.contains(&person) {
                found.push((number, own));
                people.push(person);
            }
        }
        found
    }

    /// Whether a name has a word that may be this one.
    pub fn has_part(&self, word: &Token) -> bool {
        let search = self.vocabulary.search(word);
        search.near().any(|id| search.alike(id) >= PART)
    }

    /// Whether any name has each word of a row.
    pub fn has_row(&self, row: &[RowWord]) -> bool {
        self.with_all(row).next().is_some()
    }

    /// Where the names are that have two words with the keys of two of a row, and each of its words; some more than once.
    fn with_all<'s>(&'s self, row: &'s [RowWord<'s>]) -> impl Iterator<Item = u32> + 's {
        let pairs = row.iter().enumerate().flat_map(|(at, one)| row[at + 1..].iter().map(move |other| (one, other)));
        let hashes = pairs.flat_map(|(one, other)| written_keys(one.keys, other.keys));
        let places = hashes.flat_map(|hash| self.pairs.get(hash).take(PAIRED));
        let searches: SmallVec<[Search; 5]> = row.iter().map(|word| self.vocabulary.search(word.token)).collect();
        places.filter(move |at| {
            let has = |(word, search)| self.words_of(*at).any(|id| self.is_like(word, search, id));
            row.iter().zip(&searches).all(has)
        })
    }

    /// Whether a word of the vocabulary may be one of a row; each is compared once.
    fn is_like(&self, word: &RowWord, search: &Search, id: WordId) -> bool {
        self.vocabulary.may_be(word.token, id)
            && word.compared.borrow_mut().get_or_insert_with(id, || search.alike(id) >= PART)
    }

    /// Whose name it is.
    pub fn person(&self, name: u32) -> u32 {
        self.names[name as usize].person
    }

    /// The names that have two words with the keys of two asked for, those that share most first.
    fn paired(&self, words: &[Search]) -> Vec<Candidate> {
        let tokens: SmallVec<[&Token; 8]> = words.iter().map(|word| word.token).collect();
        self.ranked(words, self.places(&tokens))
    }

    /// Where the names are that have two words with the keys of two of these.
    fn places(&self, tokens: &[&Token]) -> Vec<u32> {
        let mut places: Vec<u32> = Vec::new();
        for hash in pairs::hashes(tokens, Token::keys) {
            places.extend(self.pairs.get(hash).take(PAIRED));
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Names, those that share most first.
    fn ranked(&self, words: &[Search], places: Vec<u32>) -> Vec<Candidate> {
        let alike = |word: usize, id: WordId| words[word].alike(id);
        let shared = |at: u32| self.shared(at, None, words.len(), alike, self.words_of(at).collect());
        let mut candidates: Vec<Candidate> =
            places.into_iter().map(|at| Candidate { at, by: None, shared: shared(at) }).collect();
        candidates.sort_unstable_by(best_first);
        candidates
    }

    /// By the word with the fewest like it first: mostly that is enough.
    fn find_by_words(&self, name: &Name, words: SmallVec<[Search; 4]>, hits: &mut Vec<Hit>) {
        let mut asked: SmallVec<[Asked; 4]> =
            words.into_iter().map(|search| Asked { similar: self.similar(&search), search }).collect();
        asked.sort_by_key(|word| word.similar.len());
        let sieve = Sieve::of(asked.iter().flat_map(|word| word.similar.iter().map(|(id, _)| *id)));
        for by in 0..asked.len().min(SEARCHED_BY) {
            let others: SmallVec<[&Asked; 4]> =
                asked.iter().enumerate().filter(|(at, _)| *at != by).map(|(_, word)| word).collect();
            let mut names = self.gather(&asked[by].similar);
            self.keep_best(&mut names, &others, &sieve);
            self.compare(name, &names, hits);
            if hits.first().is_some_and(|hit| hit.found.score >= SURE) {
                break;
            }
        }
    }

    /// The words that share a key with one and are like it, in order, each with how alike they are. News say the same given
    /// names again and again, so that it is remembered.
    fn similar(&self, word: &Search) -> Similar {
        thread_local! {
            static KNOWN: Remembered<u64, Similar> = Remembered::with_room_for(SIMILARS);
        }
        let find_out = || {
            let alike = word.near().map(|id| (id, word.alike(id))).filter(|(_, alike)| *alike >= LEAST_ALIKE);
            let mut similar: Vec<(WordId, f32)> = alike.collect();
            similar.sort_unstable_by_key(|(id, _)| *id);
            similar.dedup_by_key(|(id, _)| *id);
            similar.into()
        };
        KNOWN.with(|known| known.answer(&(self.instance ^ word.token.identity()), find_out))
    }

    /// The names that have one of these words, those that have the most alike first; twice what has two of them.
    fn gather(&self, similar: &[(WordId, f32)]) -> Vec<Candidate> {
        let mut similar: SmallVec<[(WordId, f32); 64]> = similar.into();
        similar.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut names: Vec<Candidate> = Vec::with_capacity(256);
        for (id, alike) in similar {
            let own = self.names_of(id).iter().take(GATHERED.saturating_sub(names.len()));
            names.extend(own.map(|at| Candidate { at: *at, by: Some((id, alike)), shared: 0.0 }));
        }
        names
    }

    /// The names that share most with the one asked for, best first: by words known to be alike, and then, of the best, by all.
    fn keep_best(&self, names: &mut Vec<Candidate>, others: &[&Asked], near: &Sieve) {
        let known = |word: usize, id: WordId| {
            let similar = &others[word].similar;
            similar.binary_search_by_key(&id, |(known, _)| *known).map_or(0.0, |at| similar[at].1)
        };
        for name in names.iter_mut() {
            let open = self.words_of(name.at).filter(|id| near.may_have(*id)).collect();
            name.shared = self.shared(name.at, name.by, others.len(), known, open);
        }
        if names.len() > LOOKED_AT {
            names.select_nth_unstable_by(LOOKED_AT, best_first);
            names.truncate(LOOKED_AT);
        }
        let alike = |word: usize, id: WordId| others[word].search.alike(id);
        for name in names.iter_mut() {
            name.shared = self.shared(name.at, name.by, others.len(), alike, self.words_of(name.at).collect());
        }
        names.sort_unstable_by(best_first);
    }

    /// How much of what the words of both say they share, 0 to 1 (Dice): rare words say more. Beside the word that the name
    /// was found `by`, its `open` ones are compared with the other words asked for, of which `alike` says how alike one is to
    /// one of the vocabulary.
    fn shared(
        &self,
        at: u32,
        by: Option<(WordId, f32)>,
        words: usize,
        alike: impl Fn(usize, WordId) -> f32,
        mut open: SmallVec<[WordId; 8]>,
    ) -> f32 {
        let (mut said, mut matched, mut lacking) = (0.0, 0.0, 0.0);
        let mut match_word = |alike: f32, id: WordId| {
            said += alike * alike * self.rarities[id as usize];
            matched += self.rarities[id as usize];
        };
        if let Some((own, alike)) = by {
            match_word(alike, own);
            open.retain(|id| *id != own);
        }
        for word in 0..words {
            let says = |(at, id): (usize, &WordId)| {
                let alike = alike(word, *id);
                (alike >= LEAST_ALIKE).then(|| (alike * alike * self.rarities[*id as usize], alike, at))
            };
            match open.iter().enumerate().filter_map(says).max_by(|a, b| a.0.total_cmp(&b.0)) {
                Some((_, alike, at)) => match_word(alike, open.remove(at)),
                // Nothing of the name is like this word.
                None => lacking += self.rarest,
            }
        }
        let unmatched = f32::from_bits(self.words[at as usize + 1]) - matched;
        said / (matched + UNKNOWN * (unmatched + lacking)).max(f32::EPSILON)
    }

    /// Compares names, best first, as long as they are worth it.
    fn compare(&self, name: &Name, best: &[Candidate], hits: &mut Vec<Hit>) {
        let most = best.first().map_or(0.0, |best| best.shared);
        let least = (most * WORTH).max(WORTH_AT_ALL);
        let worth = best.iter().take_while(|candidate| candidate.shared >= least);
        let mut compared = 0;
        for Candidate { at, shared, .. } in worth {
            let number = self.words[*at as usize];
            if compared < COMPARED && !hits.iter().any(|hit| hit.name == number) {
                let found = compare(name, &Name::parse(self.name(number)));
                hits.push(Hit { person: self.names[number as usize].person, name: number, found, shared: *shared });
                compared += 1;
            }
        }
        hits.sort_by(|a, b| b.rank().total_cmp(&a.rank()).then(a.name.cmp(&b.name)));
    }

    /// Where the names are that have the word.
    fn names_of(&self, word: WordId) -> &[u32] {
        &self.postings[self.posting_starts[word as usize] as usize..self.posting_starts[word as usize + 1] as usize]
    }

    /// The words of a name, by where it is.
    fn words_of(&self, at: u32) -> impl Iterator<Item = WordId> {
        let mut rest = &self.words[at as usize + 2..];
        std::iter::from_fn(move || {
            let (word, more) = rest.split_first()?;
            rest = if word & LAST == 0 { more } else { &[] };
            Some(word & !LAST)
        })
    }
}

/// The best hit of each person, at most `limit`.
fn one_a_person(mut hits: Vec<Hit>, limit: usize) -> Vec<Hit> {
    let mut people: SmallVec<[u32; 8]> = SmallVec::new();
    hits.retain(|hit| {
        let new = people.len() < limit && !people.contains(&hit.person);
        if new {
            people.push(hit.person);
        }
        new
    });
    hits
}

/// Candidates that share more first.
fn best_first(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    b.shared.total_cmp(&a.shared).then(a.at.cmp(&b.at))
}

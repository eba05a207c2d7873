//! Many names, indexed so that any spelling of one finds it: first the words of the vocabulary that may be spellings of
//! the words asked for, then the names that have them, by how much they share and how rare that is, then the names engine
//! on the best.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::names::{Comparison, Name, Part, Reach, Token, Vocabulary, VocabularyBuilder, WordId, compare};

/// Names that are compared at last.
const COMPARED: usize = 10;

/// Names that the words of a search may bring in, before it is known how well they fit.
const GATHERED: usize = 1000;

/// A best score from here on ends the search.
const SURE: f64 = 0.96;

/// A name that shares so much less than the best one is not compared any more; or, once the search is sure, not listed.
const WORTH: f32 = 0.6;
const WORTH_WHEN_SURE: f32 = 0.85;

/// Words less alike than this say nothing.
const LIKE: f32 = 0.6;

/// What a word without a counterpart says against a name, as a share of what it would say for it; one that is asked for
/// counts as rare.
const UNKNOWN: f32 = 0.5;

/// Names of people, ready to be looked up.
#[derive(Default)]
pub struct NameIndex {
    /// All names, one after the other.
    text: String,
    /// Where each name begins in `text`, and its words in `words`.
    text_starts: Vec<u32>,
    word_starts: Vec<u32>,
    words: Vec<WordId>,
    /// Whose name it is.
    people: Vec<u32>,
    vocabulary: Vocabulary,
    /// For each word the names that have it, in order.
    posting_starts: Vec<u32>,
    postings: Vec<u32>,
    /// What each word says.
    rarities: Vec<f32>,
}

/// Collects the names of an index.
#[derive(Default)]
pub struct NameIndexBuilder {
    index: NameIndex,
    vocabulary: VocabularyBuilder,
}

/// A name that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Of the person, as given to [`NameIndexBuilder::add`].
    pub person: u32,
    /// Of the name in the index.
    pub name: u32,
    pub found: Comparison,
    /// What the words that both have say, 0 to 1: between names of one score it decides.
    shared: f32,
}

impl NameIndexBuilder {
    /// Adds a name of a person.
    pub fn add(&mut self, person: u32, written: &str) {
        let index = &mut self.index;
        index.text_starts.push(index.text.len() as u32);
        index.text.push_str(written);
        index.word_starts.push(index.words.len() as u32);
        index.people.push(person);
        let name = Name::parse(written);
        index.words.extend(asked(&name).map(|token| self.vocabulary.add(token)));
    }

    /// The index, ready to be asked.
    pub fn build(self) -> NameIndex {
        let mut index = self.index;
        index.vocabulary = self.vocabulary.build();
        index.text_starts.push(index.text.len() as u32);
        index.word_starts.push(index.words.len() as u32);
        // A counting sort: how many names each word has, where they begin, and each in its place.
        let mut starts = vec![0u32; index.vocabulary.len() + 1];
        index.words.iter().for_each(|word| starts[*word as usize + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let mut next = starts.clone();
        index.postings = vec![0; index.words.len()];
        for name in 0..index.people.len() as u32 {
            for at in index.word_starts[name as usize]..index.word_starts[name as usize + 1] {
                let place = &mut next[index.words[at as usize] as usize];
                index.postings[*place as usize] = name;
                *place += 1;
            }
        }
        let all = index.people.len();
        index.rarities = starts.windows(2).map(|ends| rarity(all, (ends[1] - ends[0]) as usize)).collect();
        index.posting_starts = starts;
        index.text.shrink_to_fit();
        index.words.shrink_to_fit();
        index.people.shrink_to_fit();
        index.text_starts.shrink_to_fit();
        index.word_starts.shrink_to_fit();
        index
    }
}

/// The words of a name that it can be found by.
fn asked(name: &Name) -> impl Iterator<Item = &Token> {
    name.tokens.iter().filter(|t| t.part != Part::Initial)
}

/// A word asked for.
struct Asked<'n> {
    token: &'n Token,
    /// Words of the vocabulary to compare it with.
    around: usize,
    /// How alike words of the vocabulary are that it was compared with; not those that cannot be.
    alike: FxHashMap<WordId, f32>,
}

impl NameIndex {
    /// How many names there are.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.text.capacity()
            + 4 * (self.text_starts.capacity()
                + self.word_starts.capacity()
                + self.words.capacity()
                + self.people.capacity()
                + self.posting_starts.capacity()
                + self.postings.capacity()
                + self.rarities.capacity())
            + self.vocabulary.bytes()
    }

    /// A name as it was added.
    pub fn name(&self, name: u32) -> &str {
        &self.text[self.text_starts[name as usize] as usize..self.text_starts[name as usize + 1] as usize]
    }

    /// The names nearest to this one, the best of each person, best first; at most `limit`.
    pub fn find(&self, name: &Name, limit: usize) -> Vec<Hit> {
        let mut words: Vec<Asked> = asked(name)
            .map(|token| Asked { token, around: self.vocabulary.around(token), alike: FxHashMap::default() })
            .collect();
        // By the word with the fewest like it first: mostly that is enough.
        words.sort_by_key(|word| word.around);
        let mut hits: Vec<Hit> = Vec::new();
        let mut known: Vec<u32> = Vec::new();
        let steps = [Reach::Near, Reach::Far].into_iter().flat_map(|reach| (0..words.len()).map(move |by| (reach, by)));
        for (reach, by) in steps.collect::<SmallVec<[_; 16]>>() {
            let names = self.gather(&mut words[by], reach);
            self.compare_best(name, &mut words, names, &mut known, &mut hits);
            if hits.first().is_some_and(|hit| hit.found.score >= SURE) {
                break;
            }
        }
        let mut people: Vec<u32> = Vec::with_capacity(limit);
        hits.retain(|hit| {
            let new = people.len() < limit && !people.contains(&hit.person);
            if new {
                people.push(hit.person);
            }
            new
        });
        hits
    }

    /// The names that have a word like this one.
    fn gather(&self, word: &mut Asked, reach: Reach) -> Vec<u32> {
        let mut similar = self.vocabulary.similar(word.token, reach);
        similar.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut names: Vec<u32> = Vec::new();
        for (id, alike) in similar {
            word.alike.insert(id, alike);
            names.extend(self.names_of(id).iter().take(GATHERED.saturating_sub(names.len())));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Compares the names that share most with the one asked for.
    fn compare_best(
        &self,
        name: &Name,
        words: &mut [Asked],
        names: Vec<u32>,
        known: &mut Vec<u32>,
        hits: &mut Vec<Hit>,
    ) {
        let mut best: Vec<(f32, u32)> = names.into_iter().map(|at| (self.shared(at, words), at)).collect();
        let best_first = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if best.len() > COMPARED {
            best.select_nth_unstable_by(COMPARED, best_first);
            best.truncate(COMPARED);
        }
        best.sort_unstable_by(best_first);
        let most = best.first().map_or(0.0, |(shared, _)| *shared);
        for (shared, at) in best {
            let sure = hits.iter().any(|hit| hit.found.score >= SURE);
            if shared < most * if sure { WORTH_WHEN_SURE } else { WORTH } {
                break;
            }
            if !known.contains(&at) {
                known.push(at);
                let found = compare(name, &Name::parse(self.name(at)));
                hits.push(Hit { person: self.people[at as usize], name: at, found, shared });
            }
        }
        hits.sort_by(|a, b| {
            b.found.score.total_cmp(&a.found.score).then(b.shared.total_cmp(&a.shared)).then(a.name.cmp(&b.name))
        });
    }

    /// How much of what the words of both say they share, 0 to 1 (Dice): rare words say more.
    fn shared(&self, name: u32, words: &mut [Asked]) -> f32 {
        let own = self.words_of(name);
        let mut said = 0.0;
        let mut whole = 0.0;
        let rarities: SmallVec<[f32; 8]> = own.iter().map(|id| self.rarities[*id as usize]).collect();
        let mut taken = 0u32;
        for word in words.iter_mut() {
            let mut best = (0.0f32, usize::MAX);
            for (at, id) in own.iter().enumerate().filter(|(at, _)| taken & (1 << at) == 0) {
                let alike = word.alike.get(id).copied().unwrap_or_else(|| {
                    let alike = self.vocabulary.alike(word.token, *id);
                    if alike > 0.0 {
                        word.alike.insert(*id, alike);
                    }
                    alike
                });
                let says = if alike < LIKE { 0.0 } else { alike * alike * rarities[at] };
                if says > best.0 {
                    best = (says, at);
                }
            }
            if best.1 < own.len() {
                taken |= 1 << best.1;
                said += best.0;
                whole += rarities[best.1];
            } else {
                // Nothing of the name is like this word.
                whole += UNKNOWN * rarity(self.len(), 1);
            }
        }
        whole +=
            rarities.iter().enumerate().filter(|(at, _)| taken & (1 << at) == 0).map(|(_, r)| UNKNOWN * r).sum::<f32>();
        said / whole.max(f32::EPSILON)
    }

    fn names_of(&self, word: WordId) -> &[u32] {
        &self.postings[self.posting_starts[word as usize] as usize..self.posting_starts[word as usize + 1] as usize]
    }

    fn words_of(&self, name: u32) -> &[WordId] {
        &self.words[self.word_starts[name as usize] as usize..self.word_starts[name as usize + 1] as usize]
    }
}

/// What a word says that so many names of all have: the logarithm of how few they are.
fn rarity(all: usize, names: usize) -> f32 {
    (all as f32 / names.max(1) as f32).ln() + 1.0
}

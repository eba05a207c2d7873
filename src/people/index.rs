//! Many names, indexed so that any spelling of one finds it: first the words of the vocabulary that may be spellings of
//! the words asked for, then the names that have them, by how much they share and how rare that is, then the names engine
//! on the best.

use rustc_hash::FxHashMap;

use crate::names::{Comparison, Name, Part, Reach, Token, Vocabulary, VocabularyBuilder, WordId, compare};

/// Names that are compared at last.
const COMPARED: usize = 16;

/// A word that more names have than this is only asked of names that another word has found, if there are any.
const COMMON: usize = 1500;

/// A best score below this makes the search go further.
const SURE: f64 = 0.9;

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

/// A word asked for: the words that may be spellings of it, with how much finding each says.
struct Asked {
    similar: FxHashMap<WordId, f32>,
    /// Names that have any of them.
    names: usize,
    /// What finding the very word says.
    most: f32,
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
                + self.postings.capacity())
            + self.vocabulary.bytes()
    }

    /// A name as it was added.
    pub fn name(&self, name: u32) -> &str {
        &self.text[self.text_starts[name as usize] as usize..self.text_starts[name as usize + 1] as usize]
    }

    /// The names nearest to this one, the best of each person, best first; at most `limit`.
    pub fn find(&self, name: &Name, limit: usize) -> Vec<Hit> {
        let near = self.search(name, Reach::Near);
        let sure = near.first().is_some_and(|hit| hit.found.score >= SURE);
        let mut hits = if sure { near } else { self.search(name, Reach::Far) };
        let mut people: Vec<u32> = Vec::with_capacity(hits.len());
        hits.retain(|hit| {
            !people.contains(&hit.person) && {
                people.push(hit.person);
                true
            }
        });
        hits.truncate(limit);
        hits
    }

    fn search(&self, name: &Name, reach: Reach) -> Vec<Hit> {
        let mut words: Vec<Asked> = asked(name).map(|token| self.ask(token, reach)).collect();
        words.retain(|word| word.names > 0);
        words.sort_by_key(|word| word.names);
        let mut shared: FxHashMap<u32, f32> = FxHashMap::default();
        for word in &words {
            if word.names <= COMMON || shared.is_empty() {
                self.spread(word, &mut shared);
            } else {
                self.strengthen(word, &mut shared);
            }
        }
        let whole: f32 = words.iter().map(|word| word.most).sum();
        let mut best: Vec<(f32, u32)> = shared.into_iter().map(|(name, says)| (says, name)).collect();
        if best.len() > 8 * COMPARED {
            best.select_nth_unstable_by(8 * COMPARED, |a, b| b.0.total_cmp(&a.0));
            best.truncate(8 * COMPARED);
        }
        for (says, name) in &mut best {
            *says = 2.0 * *says / (whole + self.weight(*name)).max(f32::EPSILON);
        }
        best.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        best.truncate(COMPARED);
        let hit = |(shared, at): (f32, u32)| {
            let found = compare(name, &Name::parse(self.name(at)));
            Hit { person: self.people[at as usize], name: at, found, shared }
        };
        let mut hits: Vec<Hit> = best.into_iter().map(hit).collect();
        hits.sort_by(|a, b| {
            b.found.score.total_cmp(&a.found.score).then(b.shared.total_cmp(&a.shared)).then(a.name.cmp(&b.name))
        });
        hits
    }

    fn ask(&self, token: &Token, reach: Reach) -> Asked {
        let mut names = 0;
        let mut most = 0.0f32;
        let similar = self.vocabulary.similar(token, reach).into_iter().map(|(word, alike)| {
            let count = self.names_of(word).len();
            names += count;
            let rare = self.rarity(count);
            most = most.max(rare);
            (word, alike * alike * rare)
        });
        Asked { similar: similar.collect(), names, most }
    }

    /// Adds what a word says to every name that has it.
    fn spread(&self, word: &Asked, shared: &mut FxHashMap<u32, f32>) {
        let mut own: FxHashMap<u32, f32> = FxHashMap::default();
        for (similar, says) in &word.similar {
            for name in self.names_of(*similar) {
                let held = own.entry(*name).or_default();
                *held = held.max(*says);
            }
        }
        own.into_iter().for_each(|(name, says)| *shared.entry(name).or_default() += says);
    }

    /// Adds what a word says to the names that were found already.
    fn strengthen(&self, word: &Asked, shared: &mut FxHashMap<u32, f32>) {
        for (name, says) in shared {
            let own = self.words_of(*name).iter().filter_map(|w| word.similar.get(w)).copied();
            *says += own.fold(0.0, f32::max);
        }
    }

    fn names_of(&self, word: WordId) -> &[u32] {
        &self.postings[self.posting_starts[word as usize] as usize..self.posting_starts[word as usize + 1] as usize]
    }

    fn words_of(&self, name: u32) -> &[WordId] {
        &self.words[self.word_starts[name as usize] as usize..self.word_starts[name as usize + 1] as usize]
    }

    /// What a word says that so many names have: the logarithm of how few they are.
    fn rarity(&self, names: usize) -> f32 {
        (self.people.len() as f32 / names.max(1) as f32).ln() + 1.0
    }

    /// What all words of a name say.
    fn weight(&self, name: u32) -> f32 {
        self.words_of(name).iter().map(|word| self.rarity(self.names_of(*word).len())).sum()
    }
}

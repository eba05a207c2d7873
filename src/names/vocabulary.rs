//! The words of many names, to find those that may be spellings of a word: by the skeletons of all its readings, by those
//! of the forms of its family, and, where that is not enough, by skeletons that one consonant sets apart (deletion
//! neighbourhoods, after Bocek, Hunt and Stiller 2007).

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::align::likeness;
use super::key::Skeleton;
use super::romanise::Sounds;
use super::sounds::Writing;
use super::token::{Part, Token};
use super::words::{Families, Roles, WordHash};

/// The number of a word in its vocabulary.
pub type WordId = u32;

/// Words, each once, in the form that comparing needs.
#[derive(Default)]
pub struct Vocabulary {
    words: Vec<Word>,
    /// Sounds of all words, one after the other: usual reading, then the other one.
    sounds: Vec<u8>,
    by_skeleton: Buckets,
    /// By each skeleton that is one consonant shorter.
    by_shorter: Buckets,
}

/// What comparing needs to know of a word.
#[derive(Clone, Copy)]
struct Word {
    hash: WordHash,
    /// Where its sounds begin.
    start: u32,
    classes: u32,
    weight: u16,
    families: Families,
    usual: u8,
    other: u8,
    script: u8,
    writing: Writing,
}

/// Keys in order, each with its words.
#[derive(Default)]
struct Buckets {
    keys: Vec<Skeleton>,
    /// For each key where its words begin.
    starts: Vec<u32>,
    words: Vec<WordId>,
}

impl Buckets {
    fn of(mut pairs: Vec<(Skeleton, WordId)>) -> Buckets {
        pairs.sort_unstable();
        pairs.dedup();
        let mut buckets = Buckets { words: Vec::with_capacity(pairs.len()), ..Buckets::default() };
        for (key, word) in pairs {
            if buckets.keys.last() != Some(&key) {
                buckets.keys.push(key);
                buckets.starts.push(buckets.words.len() as u32);
            }
            buckets.words.push(word);
        }
        buckets.starts.push(buckets.words.len() as u32);
        buckets
    }

    fn get(&self, key: Skeleton) -> &[WordId] {
        self.keys
            .binary_search(&key)
            .map_or(&[], |at| &self.words[self.starts[at] as usize..self.starts[at + 1] as usize])
    }

    fn bytes(&self) -> usize {
        self.keys.capacity() * 8 + self.starts.capacity() * 4 + self.words.capacity() * 4
    }
}

/// Collects the words of a vocabulary.
#[derive(Default)]
pub struct VocabularyBuilder {
    vocabulary: Vocabulary,
    ids: FxHashMap<(WordHash, u8), WordId>,
    skeletons: Vec<(Skeleton, WordId)>,
    shorter: Vec<(Skeleton, WordId)>,
}

impl VocabularyBuilder {
    /// The number of the word, which is new or was added before.
    pub fn add(&mut self, token: &Token) -> WordId {
        let id = self.vocabulary.words.len() as WordId;
        match self.ids.entry((token.word, token.script)) {
            std::collections::hash_map::Entry::Occupied(known) => return *known.get(),
            std::collections::hash_map::Entry::Vacant(new) => new.insert(id),
        };
        self.vocabulary.put(token);
        for skeleton in token.skeletons() {
            self.skeletons.push((skeleton, id));
        }
        for family in token.families.numbers() {
            self.skeletons.push((Skeleton::of_family(*family), id));
        }
        for shorter in token.skeletons().iter().take(2).flat_map(|s| s.shorter()) {
            self.shorter.push((shorter, id));
        }
        id
    }

    /// The words, ready to be asked.
    pub fn build(self) -> Vocabulary {
        let mut vocabulary = self.vocabulary;
        vocabulary.words.shrink_to_fit();
        vocabulary.sounds.shrink_to_fit();
        vocabulary.by_skeleton = Buckets::of(self.skeletons);
        vocabulary.by_shorter = Buckets::of(self.shorter);
        vocabulary
    }
}

/// How far [`Vocabulary::similar`] looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Words that share a skeleton, and forms of the same name.
    Near,
    /// And words whose skeletons differ in one consonant.
    Far,
}

/// Words that sound less alike are not similar.
const SIMILAR: f32 = 0.6;

/// Consonants that two words share at least of which each has another one of its own.
const LEAST_SHARED: usize = 3;

/// What forms of one name that sound different are to each other.
const EQUIVALENT: f32 = 0.8;

/// What a word is looked up by: its skeletons, and the families that it is a form of.
fn keys<'t>(token: &'t Token, skeletons: &'t [Skeleton]) -> impl Iterator<Item = Skeleton> + 't {
    let families = token.families.numbers().iter().map(|number| Skeleton::of_family(*number));
    skeletons.iter().copied().chain(families)
}

impl Vocabulary {
    fn put(&mut self, token: &Token) {
        let start = self.sounds.len() as u32;
        self.sounds.extend_from_slice(&token.sounds);
        let other = token.other.as_ref().map_or(&[][..], |o| o);
        self.sounds.extend_from_slice(other);
        self.words.push(Word {
            hash: token.word,
            start,
            classes: token.classes,
            weight: token.weight,
            families: token.families,
            usual: token.sounds.len() as u8,
            other: other.len() as u8,
            script: token.script,
            writing: token.writing,
        });
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<Word>()
            + self.sounds.capacity()
            + self.by_skeleton.bytes()
            + self.by_shorter.bytes()
    }

    /// The words that may be spellings of this one, each with how alike they are, from 0.6 to 1.
    pub fn similar(&self, token: &Token, reach: Reach) -> Vec<(WordId, f32)> {
        let mut words: SmallVec<[WordId; 128]> = SmallVec::new();
        let skeletons = token.skeletons();
        for skeleton in keys(token, &skeletons) {
            words.extend_from_slice(self.by_skeleton.get(skeleton));
        }
        if reach == Reach::Far {
            for skeleton in skeletons.iter().take(2) {
                words.extend_from_slice(self.by_shorter.get(*skeleton));
                for shorter in skeleton.shorter() {
                    words.extend_from_slice(self.by_skeleton.get(shorter));
                    // Two short words that each have a consonant of their own have little in common.
                    if shorter.len() >= LEAST_SHARED {
                        words.extend_from_slice(self.by_shorter.get(shorter));
                    }
                }
            }
        }
        words.sort_unstable();
        words.dedup();
        words.into_iter().map(|id| (id, self.alike(token, id))).filter(|(_, alike)| *alike >= SIMILAR).collect()
    }

    /// How many words [`Vocabulary::similar`] would compare, near by.
    pub fn around(&self, token: &Token) -> usize {
        keys(token, &token.skeletons()).map(|skeleton| self.by_skeleton.get(skeleton).len()).sum()
    }

    /// How alike a word of the vocabulary and this one are, 0 to 1; forms of one name are at least 0.8.
    pub fn alike(&self, token: &Token, id: WordId) -> f32 {
        let word = &self.words[id as usize];
        if word.hash == token.word {
            return 1.0;
        }
        let alike = if self.cannot_be(token, word) { 0.0 } else { likeness(token, &self.token(word)) };
        if alike < EQUIVALENT && token.families.share_one(word.families) { EQUIVALENT } else { alike }
    }

    /// What can be seen without comparing sounds: that one word is much the longer, or that they share few consonants.
    fn cannot_be(&self, token: &Token, word: &Word) -> bool {
        let (less, more) = (token.weight.min(word.weight), token.weight.max(word.weight));
        let both_full = token.writing == Writing::Full && word.writing == Writing::Full;
        let shared = (token.classes & word.classes).count_ones();
        let of_each = token.classes.count_ones().max(word.classes.count_ones());
        (both_full && 10 * u32::from(less) < 7 * u32::from(more)) || shared * 2 < of_each
    }

    /// The word as a token without its text.
    fn token(&self, word: &Word) -> Token {
        let usual = word.start as usize..word.start as usize + usize::from(word.usual);
        let other = usual.end..usual.end + usize::from(word.other);
        Token {
            text: compact_str::CompactString::default(),
            part: Part::Main,
            sounds: Sounds::from(&self.sounds[usual]),
            other: (word.other > 0).then(|| Sounds::from(&self.sounds[other])),
            word: word.hash,
            roles: Roles::default(),
            families: word.families,
            classes: word.classes,
            weight: word.weight,
            writing: word.writing,
            script: word.script,
        }
    }
}

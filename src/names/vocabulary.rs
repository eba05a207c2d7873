//! The words of many names, to find those that may be spellings of a word: by the skeletons of all its readings, and by the
//! forms of its family.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use super::align::{Reading, Sought, Weighed};
use super::key::Skeleton;
use super::sounds::Writing;
use super::token::Token;
use super::words::{Families, WordHash};

/// The number of a word in its vocabulary.
pub type WordId = u32;

/// Words, each once, in the form that comparing needs; those of one skeleton side by side.
#[derive(Default)]
pub struct Vocabulary {
    words: Vec<Word>,
    /// Sounds of all words, one after the other: usual reading, then the other one.
    sounds: Vec<u8>,
    /// What losing each of them costs, beside a word that writes its vowels and beside one that does not.
    lost: [Vec<u8>; 2],
    by_skeleton: Buckets,
}

/// What comparing needs to know of a word.
#[derive(Clone, Copy)]
struct Word {
    hash: WordHash,
    /// Where its sounds begin.
    start: u32,
    classes: u32,
    /// What its readings count for, beside each writing.
    whole: [[u16; 2]; 2],
    weight: u16,
    families: Families,
    usual: u8,
    other: u8,
    writing: Writing,
}

/// Writings, by their place in tables.
const WRITINGS: [Writing; 2] = [Writing::Full, Writing::Abjad];

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
    words: Vec<(Skeleton, Word)>,
    sounds: Vec<u8>,
    ids: FxHashMap<(WordHash, u8), WordId>,
    skeletons: Vec<(Skeleton, WordId)>,
}

impl VocabularyBuilder {
    /// The number of the word, which is new or was added before, until the vocabulary is built.
    pub fn add(&mut self, token: &Token) -> WordId {
        let id = self.words.len() as WordId;
        match self.ids.entry((token.word, token.script)) {
            std::collections::hash_map::Entry::Occupied(known) => return *known.get(),
            std::collections::hash_map::Entry::Vacant(new) => new.insert(id),
        };
        let other = token.other.as_ref().map_or(&[][..], |o| o);
        let word = Word {
            hash: token.word,
            start: self.sounds.len() as u32,
            classes: token.classes,
            whole: [[0; 2]; 2],
            weight: token.weight,
            families: token.families,
            usual: token.sounds.len() as u8,
            other: other.len() as u8,
            writing: token.writing,
        };
        self.sounds.extend_from_slice(&token.sounds);
        self.sounds.extend_from_slice(other);
        self.words.push((token.skeleton(), word));
        self.skeletons.extend(token.keys().into_iter().chain(token.index_keys()).map(|key| (key, id)));
        id
    }

    /// The words, ready to be asked; and for each number that [`VocabularyBuilder::add`] gave, the one that it has now.
    pub fn build(self) -> (Vocabulary, Vec<WordId>) {
        let mut order: Vec<WordId> = (0..self.words.len() as WordId).collect();
        order.sort_unstable_by_key(|id| (self.words[*id as usize].0, *id));
        let mut numbers = vec![0; order.len()];
        let mut vocabulary = Vocabulary {
            words: Vec::with_capacity(order.len()),
            sounds: Vec::with_capacity(self.sounds.len()),
            ..Vocabulary::default()
        };
        for (number, id) in order.into_iter().enumerate() {
            numbers[id as usize] = number as WordId;
            let (_, word) = self.words[id as usize];
            let start = vocabulary.sounds.len() as u32;
            let own = word.start as usize..word.start as usize + usize::from(word.usual) + usize::from(word.other);
            vocabulary.put(Word { start, ..word }, &self.sounds[own]);
        }
        let skeletons = self.skeletons.into_iter().map(|(key, id)| (key, numbers[id as usize])).collect();
        vocabulary.by_skeleton = Buckets::of(skeletons);
        (vocabulary, numbers)
    }
}

/// Words less alike than this are not alike.
pub const LEAST_ALIKE: f32 = 0.7;

/// What forms of one name that sound different are to each other.
const EQUIVALENT: f32 = 0.8;

/// A word that is looked for in a vocabulary.
pub struct Search<'v, 't> {
    vocabulary: &'v Vocabulary,
    /// The word.
    pub token: &'t Token,
    sought: OnceCell<Sought<'t>>,
}

impl Search<'_, '_> {
    /// How alike a word of the vocabulary and the one looked for are, 0 to 1, and 0 for less than [`LEAST_ALIKE`]; forms of one
    /// name are at least 0.8.
    pub fn alike(&self, id: WordId) -> f32 {
        let word = &self.vocabulary.words[id as usize];
        if word.hash == self.token.word {
            return 1.0;
        }
        let alike = if cannot_be(self.token, word) {
            0.0
        } else {
            self.sought.get_or_init(|| Sought::new(self.token)).alike(
                self.vocabulary.readings(word, self.token.writing),
                word.writing,
                LEAST_ALIKE,
            )
        };
        if alike < EQUIVALENT && self.token.families.share_one(word.families) { EQUIVALENT } else { alike }
    }

    /// The words that share a key with it; some more than once.
    pub fn near(&self) -> impl Iterator<Item = WordId> {
        self.token.keys().into_iter().flat_map(|key| self.vocabulary.by_skeleton.get(key)).copied()
    }
}

/// What can be seen without comparing sounds: that one word is much the longer, or that they share few consonants.
fn cannot_be(token: &Token, word: &Word) -> bool {
    let (less, more) = (token.weight.min(word.weight), token.weight.max(word.weight));
    let both_full = token.writing == Writing::Full && word.writing == Writing::Full;
    let shared = (token.classes & word.classes).count_ones();
    let of_each = token.classes.count_ones().max(word.classes.count_ones());
    (both_full && 10 * u32::from(less) < 7 * u32::from(more)) || shared * 2 < of_each
}

impl Vocabulary {
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
        self.words.capacity() * size_of::<Word>() + 3 * self.sounds.capacity() + self.by_skeleton.bytes()
    }

    /// Whether a word of the vocabulary can be a spelling of this one by what is seen without comparing.
    pub fn may_be(&self, token: &Token, id: WordId) -> bool {
        let word = &self.words[id as usize];
        !cannot_be(token, word) || token.families.share_one(word.families)
    }

    /// Looks for the words that may be spellings of this one.
    pub fn search<'t>(&self, token: &'t Token) -> Search<'_, 't> {
        Search { vocabulary: self, token, sought: OnceCell::new() }
    }

    /// Adds a word with the sounds of its readings.
    fn put(&mut self, mut word: Word, sounds: &[u8]) {
        let (usual, other) = sounds.split_at(word.usual.into());
        for (at, beside) in WRITINGS.into_iter().enumerate() {
            for (which, sounds) in [usual, other].into_iter().enumerate() {
                let weighed = Weighed::new(sounds, word.writing, beside);
                self.lost[at].extend_from_slice(weighed.reading().lost);
                word.whole[at][which] = weighed.reading().whole;
            }
        }
        self.sounds.extend_from_slice(sounds);
        self.words.push(word);
    }

    /// The readings of a word, beside one in that writing.
    fn readings(&self, word: &Word, beside: Writing) -> impl Iterator<Item = Reading<'_>> {
        let at = usize::from(beside == WRITINGS[1]);
        let whole = word.whole[at];
        let usual = word.start as usize..word.start as usize + usize::from(word.usual);
        let other = usual.end..usual.end + usize::from(word.other);
        let reading = move |own: std::ops::Range<usize>, whole| Reading {
            sounds: &self.sounds[own.clone()],
            lost: &self.lost[at][own],
            whole,
        };
        let another = (word.other > 0).then(|| reading(other, whole[1]));
        std::iter::once(reading(usual, whole[0])).chain(another)
    }
}

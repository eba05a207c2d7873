//! Names to an index of them.

use smallvec::SmallVec;

use super::pairs::{self, Pairs};
use super::{Entry, LAST, NameIndex, asked, rarity};
use crate::names::{Name, Part, Token, VocabularyBuilder, WordId};
use crate::remembered::instance;

/// Collects the names of an index.
#[derive(Default)]
pub struct NameIndexBuilder {
    text: String,
    names: Vec<Entry>,
    words: Vec<WordId>,
    /// Where the words of each name begin.
    starts: Vec<u32>,
    /// Hashes of pairs of words, each with the number of its name.
    pairs: Vec<(u32, u32)>,
    vocabulary: VocabularyBuilder,
}

impl NameIndexBuilder {
    /// Adds a name of a person; gives the number of its script.
    pub fn add(&mut self, person: u32, written: &str) -> u8 {
        let number = self.names.len() as u32;
        self.names.push(Entry { text: self.text.len() as u32, person });
        self.starts.push(self.words.len() as u32);
        self.text.push_str(written);
        let name = Name::parse(written);
        self.words.extend(asked(&name).map(|token| self.vocabulary.add(token)));
        // Seyyed Ebrahim is not found as Seyyed Ebrahim Raisi.
        let tokens: SmallVec<[&Token; 8]> = asked(&name).filter(|token| token.part != Part::Epithet).collect();
        self.pairs.extend(pairs::hashes(&tokens, Token::index_keys).into_iter().map(|hash| (hash, number)));
        name.script()
    }

    /// The index, ready to be asked.
    pub fn build(mut self) -> NameIndex {
        let all = self.names.len();
        self.names.push(Entry { text: self.text.len() as u32, person: 0 });
        self.starts.push(self.words.len() as u32);
        let (vocabulary, numbers) = std::mem::take(&mut self.vocabulary).build();
        self.words.iter_mut().for_each(|word| *word = numbers[*word as usize]);
        let mut counts = vec![0u32; vocabulary.len()];
        self.words.iter().for_each(|word| counts[*word as usize] += 1);
        let mut index = NameIndex {
            text: String::with_capacity(self.text.len()),
            names: Vec::with_capacity(self.names.len()),
            words: Vec::with_capacity(self.words.len() + 2 * all),
            rarities: counts.iter().map(|count| rarity(all, *count as usize)).collect(),
            rarest: rarity(all, 1),
            vocabulary,
            instance: instance(),
            ..NameIndex::default()
        };
        let places = self.put_in_order(&mut index, &counts);
        let pairs = self.pairs.into_iter().map(|(hash, name)| (hash, places[name as usize])).collect();
        index.pairs = Pairs::of(pairs);
        index
    }

    fn words_of(&self, name: usize) -> &[WordId] {
        &self.words[self.starts[name] as usize..self.starts[name + 1] as usize]
    }

    /// Names whose rarest words are spelt alike are put side by side, since they are asked for together. Gives where each is.
    fn put_in_order(&self, index: &mut NameIndex, counts: &[u32]) -> Vec<u32> {
        let all = self.names.len() - 1;
        let rarest = |name: usize| self.words_of(name).iter().min_by_key(|word| counts[**word as usize]).copied();
        let mut order: Vec<(Option<WordId>, usize)> = (0..all).map(|name| (rarest(name), name)).collect();
        order.sort_unstable();
        let mut places = vec![0; all];
        for (_, name) in &order {
            let text = self.names[*name].text as usize..self.names[*name + 1].text as usize;
            places[*name] = index.put(self.names[*name].person, &self.text[text], self.words_of(*name));
        }
        index.names.push(Entry { text: index.text.len() as u32, person: 0 });
        // For each word the names that have it: a counting sort.
        index.posting_starts = vec![0; counts.len() + 1];
        (0..counts.len()).for_each(|at| index.posting_starts[at + 1] = index.posting_starts[at] + counts[at]);
        let mut next = index.posting_starts.clone();
        index.postings = vec![0; self.words.len()];
        for (_, name) in order {
            for word in self.words_of(name) {
                let place = &mut next[*word as usize];
                index.postings[*place as usize] = places[name];
                *place += 1;
            }
        }
        places
    }
}

impl NameIndex {
    /// Adds a name with its words; gives where it is.
    fn put(&mut self, person: u32, written: &str, words: &[WordId]) -> u32 {
        let at = self.words.len() as u32;
        let says: f32 = words.iter().map(|word| self.rarities[*word as usize]).sum();
        self.words.extend([self.names.len() as u32, says.to_bits()]);
        if let Some((last, others)) = words.split_last() {
            self.words.extend_from_slice(others);
            self.words.push(*last | LAST);
        }
        self.names.push(Entry { text: self.text.len() as u32, person });
        self.text.push_str(written);
        at
    }
}

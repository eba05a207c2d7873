//! Words that tell near languages apart, where their n-grams hardly do: `data/language/words.toml`.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::letters::{lower, words};
use super::table::Class;

/// Near languages of one alphabet, with the words that some of them have and others lack.
struct Group {
    tags: Vec<String>,
    /// By whole word, and by the start of one: for each language whether it lacks it.
    words: FxHashMap<String, Vec<bool>>,
    stems: FxHashMap<String, Vec<bool>>,
    /// Letters of the shortest and of the longest stem.
    stem: (usize, usize),
}

/// All groups.
pub struct NearWords(Vec<Group>);

/// What a word costs a language that lacks it, as a natural logarithm: it is so much less likely in it.
pub const COST: f32 = 8.0;

/// Words of a stretch that are looked at: they settle it long before.
const MOST_WORDS: usize = 2_000;

#[derive(serde::Deserialize)]
struct File {
    near: Vec<BTreeMap<String, String>>,
}

impl NearWords {
    /// Reads the groups of near languages, each with its words. `known` is asked whether there is such a language.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(file: &str, known: impl Fn(&str) -> bool) -> Result<NearWords, String> {
        let file: File = toml::from_str(file).map_err(|e| e.to_string())?;
        let group = |lists: &BTreeMap<String, String>| match lists.keys().find(|tag| !known(tag)) {
            Some(tag) => Err(format!("there is no language {tag}")),
            None => Ok(Group::of(lists)),
        };
        Ok(NearWords(file.near.iter().map(group).collect::<Result<_, _>>()?))
    }

    /// What the words of a text cost the languages near to the class at `best`, itself among them: columns, with natural
    /// logarithms. Empty where no language is near to it.
    pub fn costs(&self, classes: &[Class], best: usize, text: &str) -> Vec<(usize, f32)> {
        let tag = &classes[best].tag;
        let Some(group) = self.0.iter().find(|group| group.tags.contains(tag)) else { return Vec::new() };
        let column = |tag: &String| classes.iter().position(|class| class.tag == *tag);
        let costs = group.costs(text);
        group.tags.iter().zip(costs).filter_map(|(tag, cost)| column(tag).map(|column| (column, cost))).collect()
    }
}

impl Group {
    fn of(lists: &BTreeMap<String, String>) -> Group {
        let sets: Vec<FxHashSet<&str>> = lists.values().map(|list| list.split_whitespace().collect()).collect();
        let (mut words, mut stems): (FxHashMap<String, Vec<bool>>, FxHashMap<String, Vec<bool>>) = Default::default();
        for entry in sets.iter().flatten() {
            let lacks: Vec<bool> = sets.iter().map(|set| !set.contains(entry)).collect();
            // What all have says nothing.
            if lacks.iter().any(|lacks| *lacks) {
                match entry.strip_suffix('*') {
                    Some(stem) => stems.insert(stem.to_owned(), lacks),
                    None => words.insert((*entry).to_owned(), lacks),
                };
            }
        }
        let lengths = || stems.keys().map(|stem| stem.chars().count());
        let stem = (lengths().min().unwrap_or(1), lengths().max().unwrap_or(0));
        Group { tags: lists.keys().cloned().collect(), words, stems, stem }
    }

    fn costs(&self, text: &str) -> Vec<f32> {
        let mut costs = vec![0.0; self.tags.len()];
        let mut word = String::new();
        for written in words(text).take(MOST_WORDS) {
            word.clear();
            word.extend(written.chars().map(lower));
            if let Some(lacks) = self.lacks(&word) {
                costs.iter_mut().zip(lacks).for_each(|(cost, lacks)| *cost += if *lacks { COST } else { 0.0 });
            }
        }
        costs
    }

    /// The languages that lack a word: by the whole, else by its longest known start.
    fn lacks(&self, word: &str) -> Option<&Vec<bool>> {
        self.words.get(word).or_else(|| {
            let ends: Vec<usize> = word.char_indices().map(|(at, c)| at + c.len_utf8()).take(self.stem.1).collect();
            ends.iter().skip(self.stem.0 - 1).rev().find_map(|end| self.stems.get(&word[..*end]))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_costs_those_who_lack_it_and_the_longest_start_counts() {
        let file = "[[near]]\nhr = \"tisuć* što svijet* svi\"\nsr = \"hiljad* šta svet* svi\"\nbs = \"hiljad* šta svijet* svi svijeć\"";
        let near = NearWords::read(file, |_| true).unwrap();
        let group = &near.0[0];
        let tags = ["bs", "hr", "sr"];
        assert_eq!(group.tags, tags);
        assert_eq!(group.costs("Tisuće svi ljudi"), [COST, 0.0, COST]);
        assert_eq!(group.costs("hiljada ŠTA"), [0.0, 2.0 * COST, 0.0]);
        assert_eq!(group.costs("svijeta, sveta"), [COST, COST, COST]);
        assert!(NearWords::read(file, |tag| tag != "sr").is_err_and(|e| e.contains("no language sr")));
        assert!(NearWords::read("near = 3", |_| true).is_err());
    }
}

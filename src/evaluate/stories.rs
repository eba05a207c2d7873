//! How well documents that arrive one after another, in many languages, are given to stories.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{EvaluateError, json_rows, rates};
use crate::translation::likeness::features;
use crate::translation::stories::{LINKED, SURE, compare};
use crate::translation::train::{Example, Pair};
use crate::translation::{Memory, Outline, Window};

/// A document, and its story.
#[derive(Clone, Debug, Deserialize)]
pub struct StoryRow {
    #[serde(default)]
    pub id: String,
    /// Documents of one story have the same; blank where it is not known.
    #[serde(default)]
    pub story: String,
    #[serde(default)]
    pub language: String,
    /// The title, then a paragraph a line.
    pub text: String,
    /// The document that this one is about the same as, but of another story: a follow-up, another day. Only learned from.
    #[serde(default)]
    pub near: Option<String>,
}

/// The result on a stream of documents, by pairs of documents: those given to one story against those that are of one.
#[derive(Clone, Debug, Serialize)]
pub struct StoriesScore {
    pub documents: usize,
    /// Stories that were found.
    pub stories: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub documents_per_second: f64,
    /// By the scripts of the two documents.
    pub by_scripts: BTreeMap<String, PairRates>,
}

/// Of pairs.
#[derive(Clone, Debug, Serialize)]
pub struct PairRates {
    pub pairs: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// Reads `{"id", "story", "language", "text"}`.
///
/// # Errors
/// Names the file, and the line that is no such object.
pub fn read_stories(file: &Path) -> Result<Vec<StoryRow>, EvaluateError> {
    Ok(json_rows(file)?.into_iter().map(|(_, row)| row).collect())
}

/// Gives every document to a story: the number of each one's story, in order, and the result.
pub fn stories(rows: &[StoryRow]) -> (Vec<usize>, StoriesScore) {
    // What is loaded on first use is no part of the speed.
    crate::names::warm_up();
    let mut memory = Memory::default();
    rows.iter().for_each(|row| drop(Outline::of(&row.language, [row.language.as_str()], &mut memory)));
    let since = Instant::now();
    let mut stream = Stream::new(rows.len());
    let found: Vec<usize> = rows.iter().map(|row| stream.add(row, &mut memory)).collect();
    let found: Vec<usize> = found.into_iter().map(|story| stream.resolved(story)).collect();
    let seconds = since.elapsed().as_secs_f64().max(1e-9);
    let score = score(rows, &found, rows.len() as f64 / seconds);
    (found, score)
}

/// Stories as documents arrive.
struct Stream {
    window: Window,
    /// By number of the document.
    outlines: Vec<Vec<u8>>,
    story_of: Vec<usize>,
    /// By story, the one that it was found to be.
    merged: Vec<usize>,
}

impl Stream {
    fn new(documents: usize) -> Stream {
        Stream { window: Window::new(documents), outlines: Vec::new(), story_of: Vec::new(), merged: Vec::new() }
    }

    fn resolved(&self, mut story: usize) -> usize {
        while self.merged[story] != story {
            story = self.merged[story];
        }
        story
    }

    fn add(&mut self, row: &StoryRow, memory: &mut Memory) -> usize {
        let outline = Outline::of(&row.language, row.text.lines(), memory);
        let (outlines, story_of) = (&self.outlines, &self.story_of);
        let keys = self.window.keys(&outline);
        let compared = compare(&mut self.window, &outline, &keys, |number| {
            let known = Outline::from_bytes(&outlines[number as usize]);
            Ok::<_, std::convert::Infallible>(known.map(|known| (known, story_of[number as usize])))
        });
        let compared = compared.unwrap_or_else(|never| match never {});
        let linked = compared.iter().filter(|one| one.odds() >= LINKED);
        let mut stories: Vec<(usize, f64)> = linked.map(|one| (self.resolved(one.story), one.odds())).collect();
        let mut seen = rustc_hash::FxHashSet::default();
        stories.retain(|(story, _)| seen.insert(*story));
        let story = match stories.first() {
            Some((story, _)) => *story,
            None => {
                self.merged.push(self.merged.len());
                self.merged.len() - 1
            }
        };
        for (other, _) in stories.iter().skip(1).filter(|(_, odds)| *odds >= SURE) {
            let (older, newer) = (story.min(*other), story.max(*other));
            let (older, newer) = (self.resolved(older), self.resolved(newer));
            self.merged[newer] = older;
        }
        self.window.insert(&outline, &keys);
        self.outlines.push(outline.to_bytes());
        self.story_of.push(story);
        story
    }
}

fn score(rows: &[StoryRow], found: &[usize], documents_per_second: f64) -> StoriesScore {
    let scripts: Vec<&str> = rows.iter().map(|row| script(&row.text)).collect();
    let mut counts: BTreeMap<String, [f64; 3]> = BTreeMap::new();
    let mut count = |a: usize, b: usize, which: usize| {
        let (one, other) = (scripts[a].min(scripts[b]), scripts[a].max(scripts[b]));
        counts.entry(format!("{one}-{other}")).or_default()[which] += 1.0;
    };
    let groups = |of: &dyn Fn(usize) -> Option<String>| {
        let mut groups: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        (0..rows.len()).for_each(|at| groups.entry(of(at).unwrap_or_else(|| format!("\0{at}"))).or_default().push(at));
        groups.into_values().collect::<Vec<_>>()
    };
    let is_one = |a: usize, b: usize| !rows[a].story.is_empty() && rows[a].story == rows[b].story;
    for group in groups(&|at| Some(found[at].to_string())) {
        for (a, b) in pairs(&group) {
            count(a, b, 1);
            if is_one(a, b) {
                count(a, b, 0);
            }
        }
    }
    for group in groups(&|at| Some(rows[at].story.clone()).filter(|story| !story.is_empty())) {
        pairs(&group).for_each(|(a, b)| count(a, b, 2));
    }
    let all = counts.values().fold([0.0; 3], |all, some| [all[0] + some[0], all[1] + some[1], all[2] + some[2]]);
    let (precision, recall, f1) = rates(all[0], all[1], all[2]);
    let by_scripts = counts.into_iter().map(|(scripts, [right, found, wanted])| {
        let (precision, recall, f1) = rates(right, found, wanted);
        (scripts, PairRates { pairs: wanted as usize, precision, recall, f1 })
    });
    StoriesScore {
        documents: rows.len(),
        stories: found.iter().collect::<rustc_hash::FxHashSet<_>>().len(),
        precision,
        recall,
        f1,
        documents_per_second: documents_per_second.round(),
        by_scripts: by_scripts.collect(),
    }
}

fn pairs(group: &[usize]) -> impl Iterator<Item = (usize, usize)> + '_ {
    group.iter().enumerate().flat_map(|(at, a)| group[at + 1..].iter().map(move |b| (*a, *b)))
}

/// The script that most of the first letters of a text are of.
fn script(text: &str) -> &'static str {
    use unicode_script::UnicodeScript;
    let mut counts: FxHashMap<unicode_script::Script, usize> = FxHashMap::default();
    for c in text.chars().filter(|c| c.is_alphabetic()).take(200) {
        *counts.entry(c.script()).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(script, count)| (*count, script.short_name()))
        .map_or("Zyyy", |(s, _)| s.short_name())
}

/// Pairs of documents as examples to learn from, of at most so many documents of a story: all pairs of one story, all near
/// misses, and of others some. Half of the documents are cut and joined as outlets do, so that nobody learns that translations
/// have the same paragraphs. Other rounds draw other documents.
pub fn story_examples(rows: &[StoryRow], of_a_story: usize, round: u64) -> Vec<Example> {
    /// Of pairs of two stories one in so many.
    const SAMPLED: usize = 5;
    /// There are few texts of which it is known that they are near misses, and a false link is worse than a missed one.
    const NEAR: f64 = 12.0;
    let mut memory = Memory::default();
    let mut chance = Chance(round);
    let rows = drawn(rows, of_a_story, &mut chance);
    let outline = |row: &&StoryRow| {
        let text = if chance.one_in(2) { row.text.clone() } else { edited(&row.text, &mut chance) };
        Outline::of(&row.language, text.lines(), &mut memory)
    };
    let outlines: Vec<Outline> = rows.iter().map(outline).collect();
    let mut window = Window::new(rows.len());
    outlines.iter().for_each(|outline| {
        let keys = window.keys(outline);
        window.insert(outline, &keys);
    });
    let stories: FxHashMap<&str, &str> = rows.iter().map(|row| (row.id.as_str(), row.story.as_str())).collect();
    let near = |one: &StoryRow, other: &StoryRow| {
        let of = one.near.as_deref().and_then(|id| stories.get(id));
        of.is_some_and(|story| *story == other.story)
    };
    let mut examples = Vec::new();
    for a in 0..rows.len() {
        for b in a + 1..rows.len() {
            let (pair, weight) =
                match (rows[a].story == rows[b].story, near(rows[a], rows[b]) || near(rows[b], rows[a])) {
                    (true, _) => (Pair::Same, 1.0),
                    (_, true) => (Pair::Near, NEAR),
                    _ => (Pair::Apart, SAMPLED as f64),
                };
            if pair != Pair::Apart || chance.one_in(SAMPLED) {
                let rarity = |kind, key| window.rarity(kind, key);
                let features = features(&outlines[a], &outlines[b], rarity, &mut Vec::new());
                examples.push(Example { features, pair, weight });
            }
        }
    }
    examples
}

/// At most so many documents of each story, in their order.
fn drawn<'r>(rows: &'r [StoryRow], of_a_story: usize, chance: &mut Chance) -> Vec<&'r StoryRow> {
    let mut shuffled: Vec<usize> = (0..rows.len()).collect();
    (1..shuffled.len()).for_each(|at| shuffled.swap(at, chance.below(at + 1)));
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    shuffled.retain(|at| {
        let count = counts.entry(&rows[*at].story).or_default();
        *count += 1;
        *count <= of_a_story
    });
    shuffled.sort_unstable();
    shuffled.into_iter().map(|at| &rows[at]).collect()
}

/// A text as another outlet might print it: without its end, or two paragraphs as one.
fn edited(text: &str, chance: &mut Chance) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let end = match chance.below(4) {
        0 => lines.len().min(4 + chance.below(6)),
        1 => lines.len() - lines.len() / 6,
        _ => lines.len(),
    };
    let mut edited = String::with_capacity(text.len());
    for (at, line) in lines[..end].iter().enumerate() {
        if at > 0 {
            // A title stays one.
            edited.push(if at > 1 && chance.one_in(6) { ' ' } else { '\n' });
        }
        edited.push_str(line);
    }
    edited
}

/// Chance that is the same every time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % most.max(1) as u64) as usize
    }

    fn one_in(&mut self, most: usize) -> bool {
        self.below(most) == 0
    }
}

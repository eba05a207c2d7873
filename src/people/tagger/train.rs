//! Learns the weights of the tagger.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::text::{Memory, Text};
use super::chain::{ALONE, FIRST, INNER, LABELS, LAST, Link, OUTSIDE, Scores, Sums, Transitions};
use super::features::{self, EDGES, Feature};
use super::model::Model;
use super::silver::{Projected, project};
use super::vary::{Pool, vary};
use crate::model::TextField;
use crate::names::Name;

/// A text with the words that are names.
pub struct Labelled<'t> {
    text: Text<'t>,
    names: Vec<Range<usize>>,
    /// Words from which nothing is learned.
    unsure: Vec<usize>,
    /// How much it counts.
    weight: f32,
}

impl<'t> Labelled<'t> {
    /// A text of a language with labelled names, in code points.
    pub fn gold(raw: &'t str, language: &'t str, names: &[(usize, usize)], weight: f32) -> Labelled<'t> {
        let text = Text::new(TextField::Text, raw, language);
        let words_of = |(start, end): &(usize, usize)| {
            let first = text.words.partition_point(|word| word.end <= *start);
            let after = text.words.partition_point(|word| word.start < *end);
            first..after
        };
        let names = names.iter().map(words_of).filter(|words| !words.is_empty()).collect();
        Labelled { text, names, unsure: Vec::new(), weight }
    }

    /// A text of a language in which these people, each by the spellings of the full name, are named and nobody else.
    pub fn silver(raw: &'t str, language: &'t str, people: &[Vec<Name>], weight: f32) -> Labelled<'t> {
        let text = Text::new(TextField::Text, raw, language);
        let Projected { names, unsure } = project(&text, people, &mut Memory::default());
        Labelled { text, names, unsure, weight }
    }
}

/// A text with other names in it than it had.
#[derive(Clone, Debug, PartialEq)]
pub struct Varied {
    pub text: String,
    pub language: String,
    /// Code points.
    pub names: Vec<(usize, usize)>,
    pub weight: f32,
}

/// Languages without capitals, of which more variations are made.
const UNCASED: [&str; 5] = ["fa", "ar", "ur", "he", "ps"];

/// Of these, at most so many.
const MOST_AGAIN: usize = 900;

/// The texts with other names in them, where their languages allow it: to be learned from as well.
pub fn varied<'t>(texts: &'t [Labelled<'t>]) -> Vec<Varied> {
    let mut random = Random::new();
    let mut pools: FxHashMap<&str, Option<Pool>> = FxHashMap::default();
    let mut other = |labelled: &'t Labelled<'t>| {
        let words = &labelled.text.words;
        let ends = |name: &Range<usize>| (words[name.start].start, labelled.text.end_of_name(name.end - 1));
        let names: Vec<(usize, usize)> = labelled.names.iter().map(ends).collect();
        if !labelled.unsure.is_empty() {
            return None;
        }
        let language = labelled.text.language_tag;
        let pool = pools.entry(language).or_insert_with(|| Pool::of(language)).as_ref()?;
        let (text, names) = vary(labelled.text.raw, language, &names, pool, &mut random)?;
        Some(Varied { text, language: language.to_owned(), names, weight: labelled.weight })
    };
    let mut all: Vec<Varied> = texts.iter().filter_map(&mut other).collect();
    // Without capitals there is less to see, and more to learn.
    let uncased = texts.iter().filter(|t| UNCASED.contains(&t.text.language));
    all.extend(uncased.cycle().take(2 * texts.len()).filter_map(&mut other).take(MOST_AGAIN));
    all
}

/// How training goes.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub passes: usize,
    /// Of AdaGrad.
    pub rate: f32,
    /// How much a weight is drawn to nothing.
    pub decay: f32,
    /// A feature counts when so many words have it.
    pub least: u32,
    /// Share of words whose own letters are hidden, so that what is around them is learned.
    pub hidden: f32,
    /// Share of words that are taken for unlisted names, so that not only listed ones are found.
    pub unlisted: f32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { passes: 6, rate: 0.05, decay: 5e-3, least: 4, hidden: 0.5, unlisted: 0.15 }
    }
}

/// Rows of words, flat.
#[derive(Default)]
struct Rows {
    features: Vec<u32>,
    /// Where the features of each word begin; one more at the end.
    starts: Vec<usize>,
    labels: Vec<u8>,
    /// Of each word, see [`features::edge`].
    edges: Vec<u8>,
    /// The words of each row, and how much it counts.
    rows: Vec<(Range<usize>, f32)>,
}

impl Rows {
    fn features_of(&self, word: usize) -> &[u32] {
        &self.features[self.starts[word]..self.starts[word + 1]]
    }
}

/// Learns from labelled texts; `tell` is called after each pass with its number and the loss a word.
pub fn train(texts: &[Labelled], settings: Settings, mut tell: impl FnMut(usize, f32)) -> Model {
    let seen = words_that_are_no_names(texts);
    let (index, rows) = rows_of(texts, &seen, &settings);
    let mut learner = Learner::new(index.len(), &settings);
    let mut mean = Mean::new(index.len());
    let mut order: Vec<usize> = (0..rows.rows.len()).collect();
    let mut random = Random::new();
    for pass in 0..settings.passes {
        random.shuffle(&mut order);
        let loss: f64 = order.iter().map(|row| f64::from(learner.learn(&rows, *row))).sum();
        tell(pass + 1, (loss / rows.labels.len().max(1) as f64) as f32);
        // The mean of the later passes is steadier than the last.
        if pass * 2 >= settings.passes {
            mean.add(&learner);
        }
    }
    mean.model(index)
}

/// Weights that are learned, by AdaGrad (Duchi, Hazan, Singer 2011): each with the sum of the squares of its gradients.
struct Learner<'s> {
    settings: &'s Settings,
    weights: Vec<Scores>,
    squares: Vec<Scores>,
    transitions: Vec<Transitions>,
    transition_squares: Vec<Transitions>,
}

impl Learner<'_> {
    fn new(features: usize, settings: &Settings) -> Learner<'_> {
        Learner {
            settings,
            weights: vec![[0.0; LABELS]; features],
            squares: vec![[1e-6; LABELS]; features],
            transitions: vec![[[0.0; LABELS]; LABELS]; EDGES],
            transition_squares: vec![[[1e-6; LABELS]; LABELS]; EDGES],
        }
    }

    /// Learns from one row; gives the loss before.
    fn learn(&mut self, rows: &Rows, number: usize) -> f32 {
        let (words, weight) = &rows.rows[number];
        let row: Vec<Link> = words.clone().map(|word| self.link(rows, word)).collect();
        let sums = Sums::of(&row);
        let loss = sums.all - gold_score(rows, words, &row);
        let pairs: Vec<Transitions> = (1..row.len())
            .map(|n| std::array::from_fn(|from| std::array::from_fn(|to| sums.of_pair(n - 1, from, to, &row))))
            .collect();
        for (n, word) in words.clone().enumerate() {
            self.learn_word(rows, word, |label| {
                weight * (sums.of_label(n, label) - f32::from(u8::from(usize::from(rows.labels[word]) == label)))
            });
        }
        let label = |at: usize| usize::from(rows.labels[at]);
        let own = |is: bool| f32::from(u8::from(is));
        for (n, word) in words.clone().enumerate() {
            let edge = usize::from(rows.edges[word]);
            if n == 0 {
                for to in 0..LABELS {
                    let gradient = sums.of_label(0, to) - own(label(word) == to);
                    self.learn_transition((edge, OUTSIDE, to), weight * gradient);
                }
                continue;
            }
            for (from, likely) in pairs[n - 1].iter().enumerate() {
                for (to, likely) in likely.iter().enumerate() {
                    let gradient = likely - own(label(word - 1) == from && label(word) == to);
                    if gradient != 0.0 {
                        self.learn_transition((edge, from, to), weight * gradient);
                    }
                }
            }
        }
        loss
    }

    fn link(&self, rows: &Rows, word: usize) -> Link<'_> {
        let mut sum = [0.0; LABELS];
        for feature in rows.features_of(word) {
            let own = &self.weights[*feature as usize];
            (0..LABELS).for_each(|label| sum[label] += own[label]);
        }
        Link { own: sum, into: &self.transitions[usize::from(rows.edges[word])] }
    }

    fn learn_word(&mut self, rows: &Rows, word: usize, gradient: impl Fn(usize) -> f32) {
        let gradient: Scores = std::array::from_fn(gradient);
        if gradient.iter().all(|g| g.abs() < 1e-4) {
            return;
        }
        for feature in rows.features_of(word) {
            let at = *feature as usize;
            for (label, gradient) in gradient.iter().enumerate() {
                step(self.settings, &mut self.weights[at][label], &mut self.squares[at][label], *gradient);
            }
        }
    }

    fn learn_transition(&mut self, (edge, from, to): (usize, usize, usize), gradient: f32) {
        let (weight, square) = (&mut self.transitions[edge][from][to], &mut self.transition_squares[edge][from][to]);
        step(self.settings, weight, square, gradient);
    }
}

fn step(settings: &Settings, weight: &mut f32, square: &mut f32, gradient: f32) {
    let gradient = gradient + settings.decay * *weight;
    *square += gradient * gradient;
    *weight -= settings.rate * gradient / square.sqrt();
}

/// The mean of weights.
struct Mean {
    count: f32,
    weights: Vec<Scores>,
    transitions: Vec<Transitions>,
}

impl Mean {
    fn new(features: usize) -> Mean {
        let transitions = vec![[[0.0; LABELS]; LABELS]; EDGES];
        Mean { count: 0.0, weights: vec![[0.0; LABELS]; features], transitions }
    }

    fn add(&mut self, learner: &Learner<'_>) {
        self.count += 1.0;
        let weights = self.weights.iter_mut().flatten().zip(learner.weights.iter().flatten());
        let transitions =
            self.transitions.iter_mut().flatten().flatten().zip(learner.transitions.iter().flatten().flatten());
        weights.chain(transitions).for_each(|(total, own)| *total += own);
    }

    fn model(self, index: FxHashMap<Feature, u32>) -> Model {
        let mean = |scores: Scores| scores.map(|sum| sum / self.count.max(1.0));
        let weights = index.into_iter().map(|(feature, at)| (feature, mean(self.weights[at as usize])));
        Model::of(weights, self.transitions.iter().map(|own| own.map(mean)).collect())
    }
}

fn gold_score(rows: &Rows, words: &Range<usize>, row: &[Link]) -> f32 {
    let mut before = OUTSIDE;
    let mut sum = 0.0;
    for (n, word) in words.clone().enumerate() {
        let label = usize::from(rows.labels[word]);
        sum += row[n].into[before][label] + row[n].own[label];
        before = label;
    }
    sum
}

/// Words of each language that are hardly ever a part of a name: only these are features, so that no name is learned by
/// heart.
fn words_that_are_no_names(texts: &[Labelled]) -> FxHashSet<u32> {
    let mut counts: FxHashMap<u32, (u32, u32)> = FxHashMap::default();
    for labelled in texts {
        let mut inside = vec![false; labelled.text.words.len()];
        labelled.names.iter().for_each(|name| inside[name.clone()].fill(true));
        for (at, inside) in inside.iter().enumerate() {
            let count = counts.entry(features::own_word(&labelled.text, at)).or_default();
            if *inside { count.1 += 1 } else { count.0 += 1 }
        }
    }
    counts
        .into_iter()
        .filter(|(_, (outside, inside))| *outside >= 2 && inside * 10 <= *outside)
        .map(|(w, _)| w)
        .collect()
}

/// All rows with their features, those that are rare left out.
fn rows_of(texts: &[Labelled], seen: &FxHashSet<u32>, settings: &Settings) -> (FxHashMap<Feature, u32>, Rows) {
    let mut counts: FxHashMap<Feature, u32> = FxHashMap::default();
    each_row(texts, seen, settings, |labelled, views, row| {
        for at in row {
            features::features(&labelled.text, views, at, |f| *counts.entry(f).or_default() += 1);
        }
    });
    let kept: FxHashMap<Feature, u32> = counts
        .into_iter()
        .filter(|(_, n)| *n >= settings.least)
        .enumerate()
        .map(|(at, (f, _))| (f, at as u32))
        .collect();
    let mut rows = Rows { starts: vec![0], ..Rows::default() };
    each_row(texts, seen, settings, |labelled, views, row| {
        let first = rows.labels.len();
        for at in row.clone() {
            features::features(&labelled.text, views, at, |f| rows.features.extend(kept.get(&f)));
            rows.starts.push(rows.features.len());
            rows.labels.push(label(&labelled.names, at));
            rows.edges.push(features::edge(&labelled.text, &views[at], at) as u8);
        }
        rows.rows.push((first..rows.labels.len(), labelled.weight));
    });
    // Names that are cut by the end of a row cannot be learned from.
    let whole = |words: &Range<usize>| {
        let (first, last) = (usize::from(rows.labels[words.start]), usize::from(rows.labels[words.end - 1]));
        !matches!(first, INNER | LAST) && !matches!(last, FIRST | INNER)
    };
    let kept_rows: Vec<_> = rows.rows.iter().filter(|(words, _)| whole(words)).cloned().collect();
    rows.rows = kept_rows;
    (kept, rows)
}

fn each_row(
    texts: &[Labelled],
    seen: &FxHashSet<u32>,
    settings: &Settings,
    mut with: impl FnMut(&Labelled, &[features::View], Range<usize>),
) {
    let mut random = Random::new();
    for labelled in texts {
        let mut views = features::views(&labelled.text, |word| seen.contains(&word));
        for view in &mut views {
            view.hide(random.chance(settings.hidden), random.chance(settings.unlisted));
        }
        for (start, end) in super::rows(&labelled.text, &views) {
            if !labelled.unsure.iter().any(|at| (start..end).contains(at)) {
                with(labelled, &views, start..end);
            }
        }
    }
}

fn label(names: &[Range<usize>], at: usize) -> u8 {
    let label = match names.iter().find(|name| name.contains(&at)) {
        None => OUTSIDE,
        Some(name) if name.len() == 1 => ALONE,
        Some(name) if name.start == at => FIRST,
        Some(name) if name.end == at + 1 => LAST,
        Some(_) => INNER,
    };
    label as u8
}

/// Xorshift: the same order every time.
pub(super) struct Random(u64);

impl Random {
    pub fn new() -> Random {
        Random(0x2545_f491_4f6c_dd1d)
    }

    /// Less than `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit.max(1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn chance(&mut self, share: f32) -> bool {
        (self.next() % 10_000) as f32 <= share * 10_000.0
    }

    fn shuffle(&mut self, all: &mut [usize]) {
        for at in (1..all.len()).rev() {
            all.swap(at, (self.next() % (at as u64 + 1)) as usize);
        }
    }
}

//! Learns the scorer's weights: gradient boosting of small trees over logistic loss (Friedman, "Greedy function
//! approximation", 2001), with features that may speak one way only (`FEATURES`). Deterministic.

use super::scorer::{DEPTH, FEATURES, Scorer, Tree};

/// An example: the features of a pair, and whether it is one person.
pub struct Example {
    pub values: [f32; FEATURES.len()],
    pub same: bool,
    pub weight: f32,
}

/// How much is learned.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub trees: usize,
    pub depth: usize,
    /// How much of each tree counts.
    pub rate: f32,
    /// Examples' weight that a leaf needs, and what pulls leaves to zero.
    pub least: f64,
    pub ridge: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { trees: 160, depth: DEPTH, rate: 0.1, least: 8.0, ridge: 2.0 }
    }
}

/// Values are compared at this many places at most.
const BINS: usize = 48;

/// Learns from the examples.
pub fn train(examples: &[Example], settings: Settings) -> Scorer {
    let bins = Bins::of(examples);
    let positive: f64 = examples.iter().filter(|e| e.same).map(|e| f64::from(e.weight)).sum();
    let all: f64 = examples.iter().map(|e| f64::from(e.weight)).sum::<f64>().max(1.0);
    let share = (positive / all).clamp(0.01, 0.99);
    let bias = (share / (1.0 - share)).ln() as f32;
    let mut sums: Vec<f32> = vec![bias; examples.len()];
    let mut trees = Vec::with_capacity(settings.trees);
    for _ in 0..settings.trees {
        let slopes: Vec<(f64, f64)> = examples
            .iter()
            .zip(&sums)
            .map(|(e, sum)| {
                let p = 1.0 / (1.0 + f64::from(-sum).exp());
                let target = if e.same { 1.0 } else { 0.0 };
                (f64::from(e.weight) * (target - p), f64::from(e.weight) * (p * (1.0 - p)).max(1e-6))
            })
            .collect();
        let mut grower = Grower { bins: &bins, slopes: &slopes, settings, tree: Tree::default() };
        let rows: Vec<u32> = (0..examples.len() as u32).collect();
        grower.grow(rows, settings.depth, (f64::MIN, f64::MAX));
        let tree = grower.tree;
        for (sum, example) in sums.iter_mut().zip(examples) {
            *sum += tree.value(&example.values);
        }
        trees.push(tree);
    }
    Scorer { about: String::new(), features: FEATURES.iter().map(|(n, _)| (*n).to_owned()).collect(), bias, trees }
}

/// The values of all examples, as places among a feature's thresholds.
struct Bins {
    thresholds: Vec<Vec<f32>>,
    /// By feature, then example.
    places: Vec<Vec<u8>>,
}

impl Bins {
    fn of(examples: &[Example]) -> Bins {
        let (mut thresholds, mut places) = (Vec::new(), Vec::new());
        for feature in 0..FEATURES.len() {
            let mut values: Vec<f32> = examples.iter().map(|e| e.values[feature]).collect();
            values.sort_unstable_by(f32::total_cmp);
            let mut unique = values.clone();
            unique.dedup();
            let mut cuts: Vec<f32> = if unique.len() <= BINS {
                unique.windows(2).map(|w| f32::midpoint(w[0], w[1])).collect()
            } else {
                (1..BINS).map(|n| values[n * values.len() / BINS]).collect()
            };
            cuts.dedup();
            let place = |value: f32| cuts.partition_point(|cut| *cut < value) as u8;
            places.push(examples.iter().map(|e| place(e.values[feature])).collect());
            thresholds.push(cuts);
        }
        Bins { thresholds, places }
    }
}

struct Grower<'e> {
    bins: &'e Bins,
    slopes: &'e [(f64, f64)],
    settings: Settings,
    tree: Tree,
}

struct Split {
    gain: f64,
    feature: usize,
    cut: usize,
    middle: f64,
}

impl Grower<'_> {
    /// Grows a node from the rows; gives its number, as a child is kept.
    fn grow(&mut self, rows: Vec<u32>, depth: usize, bounds: (f64, f64)) -> i16 {
        let (slope, curve) = self.sum(&rows);
        let split = if depth == 0 { None } else { self.best_split(&rows, (slope, curve), bounds) };
        let Some(split) = split else {
            let value = self.leaf(slope, curve).clamp(bounds.0, bounds.1);
            self.tree.leaves.push((value * f64::from(self.settings.rate)) as f32);
            return -(self.tree.leaves.len() as i16);
        };
        let at = self.tree.nodes.len();
        let threshold = self.bins.thresholds[split.feature][split.cut];
        self.tree.nodes.push((split.feature as u8, threshold, 0, 0));
        let places = &self.bins.places[split.feature];
        let (left, right): (Vec<u32>, Vec<u32>) =
            rows.into_iter().partition(|row| usize::from(places[*row as usize]) <= split.cut);
        let (low, high) = bounds;
        let (left_bounds, right_bounds) = match FEATURES[split.feature].1 {
            1 => ((low, split.middle), (split.middle, high)),
            -1 => ((split.middle, high), (low, split.middle)),
            _ => (bounds, bounds),
        };
        let left = self.grow(left, depth - 1, left_bounds);
        let right = self.grow(right, depth - 1, right_bounds);
        (self.tree.nodes[at].2, self.tree.nodes[at].3) = (left, right);
        at as i16
    }

    fn sum(&self, rows: &[u32]) -> (f64, f64) {
        rows.iter().fold((0.0, 0.0), |(g, h), row| {
            let (slope, curve) = self.slopes[*row as usize];
            (g + slope, h + curve)
        })
    }

    fn leaf(&self, slope: f64, curve: f64) -> f64 {
        slope / (curve + self.settings.ridge)
    }

    fn best_split(&self, rows: &[u32], (slope, curve): (f64, f64), bounds: (f64, f64)) -> Option<Split> {
        let quality = |g: f64, h: f64| {
            let value = self.leaf(g, h).clamp(bounds.0, bounds.1);
            2.0 * g * value - (h + self.settings.ridge) * value * value
        };
        let whole = quality(slope, curve);
        let mut best: Option<Split> = None;
        for feature in 0..FEATURES.len() {
            let cuts = self.bins.thresholds[feature].len();
            let mut sums = [(0.0f64, 0.0f64, 0.0f64); BINS + 1];
            for row in rows {
                let (g, h) = self.slopes[*row as usize];
                let sum = &mut sums[usize::from(self.bins.places[feature][*row as usize])];
                *sum = (sum.0 + g, sum.1 + h, sum.2 + 1.0);
            }
            let (mut g, mut h, mut count) = (0.0, 0.0, 0.0);
            for (cut, sum) in sums.iter().take(cuts).enumerate() {
                g += sum.0;
                h += sum.1;
                count += sum.2;
                let least = self.settings.least;
                if count < least || (rows.len() as f64 - count) < least {
                    continue;
                }
                let (left, right) = (self.leaf(g, h), self.leaf(slope - g, curve - h));
                let (left, right) = (left.clamp(bounds.0, bounds.1), right.clamp(bounds.0, bounds.1));
                if f64::from(FEATURES[feature].1) * (right - left) < 0.0 {
                    continue;
                }
                let gain = quality(g, h) + quality(slope - g, curve - h) - whole;
                if gain > 1e-6 && best.as_ref().is_none_or(|b| gain > b.gain) {
                    best = Some(Split { gain, feature, cut, middle: f64::midpoint(left, right) });
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_what_separates_and_only_the_way_it_may() {
        let examples: Vec<Example> = (0..400)
            .map(|n| {
                let mut values = [0.0; FEATURES.len()];
                values[0] = (n % 100) as f32 / 100.0;
                Example { values, same: n % 100 >= 60, weight: 1.0 }
            })
            .collect();
        let scorer = train(&examples, Settings { trees: 30, ..Settings::default() });
        let at = |value: f32| {
            let mut values = [0.0; FEATURES.len()];
            values[0] = value;
            scorer.score(&values)
        };
        assert!(at(0.3) < 0.1 && at(0.9) > 0.9);
        for step in 1..100 {
            assert!(at(step as f32 / 100.0) >= at((step - 1) as f32 / 100.0));
        }
    }
}

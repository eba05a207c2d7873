//! Learns what speaks for one story: a logistic regression by Newton's method (iteratively reweighted least squares).

use super::likeness::{FEATURES, Features, TELLS_THE_SAME, Weight, Weights, feature_names, odds};

/// Two documents, and what they are to each other.
#[derive(Clone, Debug)]
pub struct Example {
    pub features: Features,
    pub pair: Pair,
    /// For how many such pairs it stands.
    pub weight: f64,
}

/// What two documents are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// Of one story.
    Same,
    /// About the same, but each says its own.
    Near,
    /// Of two stories.
    Apart,
}

/// What pulls weights to zero.
const RIDGE: f64 = 1.0;
const MOST_STEPS: usize = 30;

/// The weights that make the labels likeliest.
pub fn train(examples: &[Example]) -> Weights {
    let some = |pairs: [Pair; 2]| examples.iter().filter(move |example| pairs.contains(&example.pair));
    let names = feature_names();
    let told = |mut example: Example| {
        let all = example.features.iter_mut().zip(&names);
        all.filter(|(_, name)| !TELLS_THE_SAME.contains(&name.as_str())).for_each(|(value, _)| *value = 0.0);
        example
    };
    let about: Vec<Example> = some([Pair::Same, Pair::Apart]).cloned().collect();
    let says: Vec<Example> = some([Pair::Same, Pair::Near]).cloned().map(told).collect();
    Weights { about: fit(&about), says: fit(&says) }
}

/// The weights that tell pairs of one story from the others.
fn fit(examples: &[Example]) -> Weight {
    let mut weights = [0.0; FEATURES];
    for _ in 0..MOST_STEPS {
        let (mut slope, mut curve) = ([0.0; FEATURES], [[0.0; FEATURES]; FEATURES]);
        for example in examples {
            add(example, &weights, &mut slope, &mut curve);
        }
        for at in 0..FEATURES {
            // The bias is what it is.
            let ridge = if at == FEATURES - 1 { 0.01 } else { RIDGE };
            slope[at] -= ridge * weights[at];
            curve[at][at] += ridge;
        }
        let step = solve(curve, slope);
        let length = step.iter().map(|s| s * s).sum::<f64>().sqrt();
        // A first step may be far too long.
        let shorter = (5.0 / length).min(1.0);
        weights.iter_mut().zip(step).for_each(|(weight, step)| *weight += step * shorter);
        if length < 1e-6 {
            break;
        }
    }
    weights
}

fn add(example: &Example, weights: &Weight, slope: &mut [f64; FEATURES], curve: &mut [[f64; FEATURES]; FEATURES]) {
    let likely = 1.0 / (1.0 + (-odds(weights, &example.features)).exp());
    let missed = (f64::from(u8::from(example.pair == Pair::Same)) - likely) * example.weight;
    let bend = (likely * (1.0 - likely)).max(1e-6) * example.weight;
    for (row, value) in example.features.iter().map(|v| f64::from(*v)).enumerate().filter(|(_, v)| *v != 0.0) {
        slope[row] += missed * value;
        for (column, other) in example.features.iter().enumerate() {
            curve[row][column] += bend * value * f64::from(*other);
        }
    }
}

/// Solves a system of linear equations by Gaussian elimination; `matrix` is positive definite.
fn solve(mut matrix: [[f64; FEATURES]; FEATURES], mut right: [f64; FEATURES]) -> [f64; FEATURES] {
    for pivot in 0..FEATURES {
        let (upper, lower) = matrix.split_at_mut(pivot + 1);
        for (below, row) in lower.iter_mut().enumerate() {
            let share = row[pivot] / upper[pivot][pivot];
            row.iter_mut().zip(upper[pivot]).for_each(|(value, above)| *value -= share * above);
            right[pivot + 1 + below] -= share * right[pivot];
        }
    }
    for at in (0..FEATURES).rev() {
        let known: f64 = (at + 1..FEATURES).map(|column| matrix[at][column] * right[column]).sum();
        right[at] = (right[at] - known) / matrix[at][at];
    }
    right
}

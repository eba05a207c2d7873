//! Learns what speaks for one story: a logistic regression by Newton's method (iteratively reweighted least squares).

use super::likeness::{FEATURES, Features, Weights};

/// Two documents, and whether they are of one story.
#[derive(Clone, Debug)]
pub struct Example {
    pub features: Features,
    pub same: bool,
    /// For how many such pairs it stands.
    pub weight: f64,
}

/// What pulls weights to zero.
const RIDGE: f64 = 1.0;
const MOST_STEPS: usize = 30;

/// The weights that make the labels likeliest.
pub fn train(examples: &[Example]) -> Weights {
    let mut weights = Weights([0.0; FEATURES]);
    for _ in 0..MOST_STEPS {
        let (mut slope, mut curve) = ([0.0; FEATURES], [[0.0; FEATURES]; FEATURES]);
        for example in examples {
            add(example, &weights, &mut slope, &mut curve);
        }
        for at in 0..FEATURES {
            // The bias is what it is.
            let ridge = if at == FEATURES - 1 { 0.01 } else { RIDGE };
            slope[at] -= ridge * weights.0[at];
            curve[at][at] += ridge;
        }
        let step = solve(curve, slope);
        let length = step.iter().map(|s| s * s).sum::<f64>().sqrt();
        // A first step may be far too long.
        let shorter = (5.0 / length).min(1.0);
        weights.0.iter_mut().zip(step).for_each(|(weight, step)| *weight += step * shorter);
        if length < 1e-6 {
            break;
        }
    }
    weights
}

fn add(example: &Example, weights: &Weights, slope: &mut [f64; FEATURES], curve: &mut [[f64; FEATURES]; FEATURES]) {
    let likely = 1.0 / (1.0 + (-weights.odds(&example.features)).exp());
    let missed = (f64::from(u8::from(example.same)) - likely) * example.weight;
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

//! `nisba train names`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use nisba::evaluate::{PairRow, read_pairs};
use nisba::names::train::{Example, Settings, train};
use nisba::names::{Name, Scorer, compare};
use serde_json::json;

use crate::cli::Failure;

/// The scorer of name comparisons, from lines of `1|0 TAB name TAB name TAB kind`
///
/// Learns five times from four fifths and measures on the fifth that was held back, prints that as JSON, then learns
/// from everything and writes the weights.
#[derive(Args)]
pub struct TrainNames {
    /// Labelled pairs; one file or more
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the weights go
    #[arg(long, value_name = "FILE", default_value = "data/names/scorer.json")]
    out: PathBuf,
    /// What the weights file says that it was learned from
    #[arg(long, value_name = "TEXT", default_value = "pairs of names")]
    about: String,
    /// The precision that the threshold keeps on what was held back
    #[arg(long, value_name = "SHARE", default_value_t = 0.97)]
    precision: f64,
    #[arg(long, default_value_t = 160)]
    trees: usize,
    /// Questions that each tree asks
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=4))]
    depth: u8,
}

impl TrainNames {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let TrainNames { files, out, about, precision, trees, depth } = self;
        let mut pairs: Vec<PairRow> = Vec::new();
        for file in &files {
            pairs.extend(read_pairs(file)?);
        }
        let labelled = |same: bool| pairs.iter().filter(|p| p.same == Some(same)).count();
        if labelled(true) < FOLDS || labelled(false) < FOLDS {
            return Err(format!(
                "too little to learn from: {} pairs of one person and {} of two; give at least {FOLDS} of each",
                labelled(true),
                labelled(false)
            )
            .into());
        }
        let settings = Settings { trees, depth: depth.into(), ..Settings::default() };
        let held_back = cross_validated(&pairs, settings);
        let (threshold, f1, kept) = best_threshold(&held_back, precision);
        let mut scorer = train(&examples(pairs.iter()), settings);
        // The score of the threshold becomes a half.
        scorer.bias -= (threshold / (1.0 - threshold)).ln() as f32;
        scorer.about = about;
        std::fs::write(&out, written(&scorer)?).map_err(|e| format!("cannot write {}: {e}", out.display()))?;
        println!(
            "{}",
            json!({"pairs": pairs.len(), "held_back": {"threshold": threshold, "f1": f1, "precision": kept}})
        );
        Ok(ExitCode::SUCCESS)
    }
}

fn examples<'p>(pairs: impl Iterator<Item = &'p PairRow>) -> Vec<Example> {
    let labelled = pairs.filter_map(|p| p.same.map(|same| (p, same)));
    labelled
        .map(|(pair, same)| {
            let values = compare(&Name::parse(&pair.a), &Name::parse(&pair.b)).features().values();
            Example { values, same, weight: 1.0 }
        })
        .collect()
}

const FOLDS: usize = 5;

/// The score of each pair by weights that were learned without it, or any pair that shares a name with it by chance of the
/// order in the file; and its label.
fn cross_validated(pairs: &[PairRow], settings: Settings) -> Vec<(f64, bool)> {
    let part = |at: usize| at * FOLDS / pairs.len().max(1);
    let mut scored = Vec::new();
    for fold in 0..FOLDS {
        let side =
            |held: bool| pairs.iter().enumerate().filter(move |(at, _)| (part(*at) == fold) == held).map(|(_, p)| p);
        let scorer = train(&examples(side(false)), settings);
        scored.extend(examples(side(true)).iter().map(|e| (scorer.score(&e.values), e.same)));
    }
    scored
}

/// The threshold with the best F1 among those that keep the precision: it, the F1, the precision.
fn best_threshold(scored: &[(f64, bool)], precision: f64) -> (f64, f64, f64) {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let wanted = sorted.iter().filter(|(_, same)| *same).count() as f64;
    let (mut right, mut best) = (0.0, (0.5, 0.0, 0.0));
    for (at, (score, same)) in sorted.iter().enumerate() {
        right += f64::from(u8::from(*same));
        let (p, r) = (right / (at + 1) as f64, right / wanted.max(1.0));
        let f1 = 2.0 * p * r / (p + r).max(1e-9);
        if p >= precision && f1 > best.1 {
            best = (score.clamp(0.02, 0.98), f1, p);
        }
    }
    best
}

/// One tree a line, so that a change shows as one.
fn written(scorer: &Scorer) -> Result<String, Failure> {
    let trees = scorer.trees.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    let head =
        serde_json::to_string(&json!({"about": scorer.about, "features": scorer.features, "bias": scorer.bias}))?;
    Ok(format!("{},\"trees\":[\n{}\n]}}\n", head.trim_end_matches('}'), trees.join(",\n")))
}

//! `nisba train stories`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use nisba::evaluate::{StoryRow, read_stories, story_examples};
use nisba::translation::likeness::{Weights, odds};
use nisba::translation::stories::{LINKED, story_odds};
use nisba::translation::train::{Example, Pair, train};
use serde_json::json;

use crate::cli::Failure;

/// The weights of what speaks for one story, from lines of `{"id", "story", "language", "text", "near"}`
///
/// `near` is the id of a document that this one is about the same as, but of another story: a follow-up, another day.
///
/// Learns four times from the stories but a fourth and measures on pairs of the stories that were held back, prints that as
/// JSON, then learns from all of them and writes the weights.
#[derive(Args)]
pub struct TrainStories {
    /// Documents with their stories
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How often documents are drawn
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    rounds: u64,
    /// How many documents of a story are drawn in a round, where the file has stories in more languages than news come in
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    of_a_story: usize,
    /// Where the weights go
    #[arg(long, value_name = "FILE", default_value = "data/translation/weights.toml")]
    out: PathBuf,
}

const FOLDS: usize = 4;

impl TrainStories {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let rows = read_stories(&self.file)?;
        let mut names: Vec<&str> = rows.iter().map(|row| row.story.as_str()).filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() < 2 * FOLDS {
            let few = names.len();
            return Err(format!("{} names {few} stories; it takes {} to learn", self.file.display(), 2 * FOLDS).into());
        }
        let (mut right, mut linked, mut wanted) = (0, 0, 0);
        for fold in 0..FOLDS {
            let held_back =
                |row: &StoryRow| names.binary_search(&row.story.as_str()).is_ok_and(|at| at % FOLDS == fold);
            let (test, learned): (Vec<StoryRow>, Vec<StoryRow>) = rows.iter().cloned().partition(held_back);
            let weights = train(&self.examples(&learned));
            for example in self.examples(&test) {
                let (about, says) = (odds(&weights.about, &example.features), odds(&weights.says, &example.features));
                let (found, same) = (story_odds(about, says) >= LINKED, example.pair == Pair::Same);
                right += usize::from(found && same);
                linked += usize::from(found) * example.weight as usize;
                wanted += usize::from(same);
            }
        }
        let weights: Weights = train(&self.examples(&rows));
        std::fs::write(&self.out, ABOUT.to_owned() + &weights.write())
            .map_err(|e| format!("{}: {e}", self.out.display()))?;
        let share = |of: usize| (right as f64 / of.max(1) as f64 * 10_000.0).round() / 10_000.0;
        let held_back = json!({"pairs": wanted, "precision": share(linked), "recall": share(wanted)});
        println!("{}", json!({"documents": rows.len(), "stories": names.len(), "held_back": held_back}));
        Ok(ExitCode::SUCCESS)
    }

    fn examples(&self, rows: &[StoryRow]) -> Vec<Example> {
        (0..self.rounds).flat_map(|round| story_examples(rows, self.of_a_story, round)).collect()
    }
}

const ABOUT: &str =
    "# What speaks for two texts being one story in two languages, and how much: the natural logarithm of
# odds. Written by `nisba train stories`; see src/translation/likeness.rs.
";

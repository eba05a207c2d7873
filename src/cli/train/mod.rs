//! `nisba train`

mod language;
mod mentions;
mod names;
mod stories;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Failure;

/// Learn weights and frequencies from data; they are compiled into the next build
#[derive(Args)]
pub struct Train {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Names(names::TrainNames),
    Mentions(mentions::TrainMentions),
    Language(language::TrainLanguage),
    Stories(stories::TrainStories),
}

impl Train {
    pub fn run(self) -> Result<ExitCode, Failure> {
        match self.what {
            What::Names(names) => names.run(),
            What::Mentions(mentions) => mentions.run(),
            What::Language(language) => language.run(),
            What::Stories(stories) => stories.run(),
        }
    }
}

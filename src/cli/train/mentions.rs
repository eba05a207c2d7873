//! `nisba train mentions`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use nisba::evaluate::{self, MentionsRow, PeopleRow};
use nisba::names::Name;
use nisba::people::tagger::train::{Labelled, Settings, train, varied};
use rustc_hash::FxHashMap;
use serde_json::json;

use crate::cli::Failure;

/// The tagger of names in running text
///
/// Learns from texts whose names are labelled, and from stories in many languages of which it is known who is in them: the
/// names engine finds them in each. Files are those of evaluate mentions and evaluate people. One pass more is made over
/// texts with other names in place of theirs.
#[derive(Args)]
pub struct TrainMentions {
    /// Texts with labelled names, and how much they count: FILE or FILE=WEIGHT
    #[arg(long, value_name = "FILE[=WEIGHT]")]
    spans: Vec<String>,
    /// Only these sources of the texts with labelled names
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,
    /// Stories with the ids of all who are in them
    #[arg(long, value_name = "FILE", requires = "authority")]
    people: Vec<PathBuf>,
    /// The names of those ids
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,
    #[arg(long, default_value_t = Settings::default().passes)]
    passes: usize,
    /// Where the weights go
    #[arg(long, value_name = "FILE", default_value = "data/people/tagger.bin")]
    out: PathBuf,
}

/// A document, and the spellings of each who is in it.
type Story = (PeopleRow, Vec<Vec<Name>>);

impl TrainMentions {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let spans = self.spans()?;
        let stories = self.stories()?;
        let mut texts: Vec<Labelled> = spans
            .iter()
            .filter_map(|(row, weight)| Some(Labelled::gold(&row.text, &row.language, row.people.as_ref()?, *weight)))
            .collect();
        texts.extend(stories.iter().map(|(row, people)| Labelled::silver(&row.text, &row.language, people, 1.0)));
        if texts.is_empty() {
            return Err("there is nothing to learn from: give --spans, or --people with --authority".into());
        }
        let others = varied(&texts);
        let own = texts.len();
        texts.extend(
            others.iter().map(|other| Labelled::gold(&other.text, &other.language, &other.names, other.weight)),
        );
        let settings = Settings { passes: self.passes, ..Settings::default() };
        let model = train(&texts, settings, |pass, loss| eprintln!("pass {pass}: a loss of {loss:.4} a word"));
        let failed = |e: std::io::Error| format!("cannot write {}: {e}", self.out.display());
        std::fs::write(&self.out, model.write()).map_err(failed)?;
        println!("{}", json!({"texts": own, "varied": others.len(), "features": model.features()}));
        Ok(ExitCode::SUCCESS)
    }

    fn spans(&self) -> Result<Vec<(MentionsRow, f32)>, Failure> {
        let mut all = Vec::new();
        for given in &self.spans {
            let (file, weight) = given.rsplit_once('=').unwrap_or((given, "1"));
            let weight: f32 = weight.parse().map_err(|_| format!("--spans {given}: {weight} is no number"))?;
            let rows = evaluate::read_mentions(file.as_ref())?;
            let wanted = |row: &MentionsRow| {
                self.source.is_empty() || row.source.is_empty() || self.source.contains(&row.source)
            };
            all.extend(rows.into_iter().filter(wanted).map(|row| (row, weight)));
        }
        Ok(all)
    }

    /// Each story with the names of those in it.
    fn stories(&self) -> Result<Vec<Story>, Failure> {
        let Some(authority) = &self.authority else { return Ok(Vec::new()) };
        let source = evaluate::read_authority(authority)?.source;
        let mut names: FxHashMap<String, Vec<Name>> = FxHashMap::default();
        for person in 0..source.len() as u32 {
            let entry = source.entry(person)?;
            let spellings = entry.spellings().into_iter().map(Name::parse).collect();
            names.insert(entry.id, spellings);
        }
        let mut all = Vec::new();
        for file in &self.people {
            for row in evaluate::read_people(file)? {
                let ids = row.people.iter().flatten().chain(&row.optional);
                let people = ids.filter_map(|id| names.get(id).cloned()).collect();
                all.push((row, people));
            }
        }
        Ok(all)
    }
}

//! `nisba names`

use std::process::ExitCode;

use clap::{Args, Subcommand};
use nisba::names::{LONGEST, Name, Part, SAME_PERSON, compare, own_forms, romanise};
use serde_json::json;

use super::Failure;

/// Look into the names engine: parse, key, romanise or compare names
#[derive(Args)]
pub struct Names {
    #[command(subcommand)]
    action: Action,
    /// JSON, one object a line, instead of words
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Action {
    /// The parts of each name
    Parse {
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// The key of each name: equal, as often as possible, for the spellings of one
    Key {
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Each name in plain Latin letters
    Romanise {
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Whether two spellings can be one person's, and why
    Compare { a: String, b: String },
}

impl Action {
    /// No name is longer than what the engine reads.
    fn check(&self) -> Result<(), Failure> {
        let names: Vec<&String> = match self {
            Action::Parse { names } | Action::Key { names } | Action::Romanise { names } => names.iter().collect(),
            Action::Compare { a, b } => vec![a, b],
        };
        match names.iter().find(|name| name.chars().count() > LONGEST) {
            Some(name) => Err(format!(
                "{}… is longer than {LONGEST} characters; no name is",
                name.chars().take(20).collect::<String>()
            )
            .into()),
            None => Ok(()),
        }
    }
}

impl Names {
    pub fn run(self) -> Result<ExitCode, Failure> {
        self.action.check()?;
        match &self.action {
            Action::Parse { names } => names.iter().for_each(|name| self.show_parts(name)),
            Action::Key { names } => names.iter().for_each(|name| {
                let key = Name::parse(name).key();
                if self.json { println!("{}", json!({"name": name, "key": key})) } else { println!("{key}\t{name}") }
            }),
            Action::Romanise { names } => names.iter().for_each(|name| {
                let read = romanise(name);
                if self.json {
                    println!("{}", json!({"name": name, "romanised": read}))
                } else {
                    println!("{read}\t{name}")
                }
            }),
            Action::Compare { a, b } => self.show_comparison(a, b),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn show_parts(&self, written: &str) {
        let name = Name::parse(written);
        if self.json {
            println!("{}", nisba::names::parsed_json(written, &name));
            return;
        }
        println!("{written}\n  name  {}\n  key   {}", name.text, name.key());
        if let Some(gender) = name.gender() {
            println!("  a {gender}'s name");
        }
        for token in &name.tokens {
            let forms = if token.part == Part::Main { own_forms(&token.text) } else { Vec::new() };
            let forms = if forms.is_empty() { String::new() } else { format!("\tperhaps of {}", forms.join(", ")) };
            println!("  {:<12}{}\t{}{forms}", token.part.to_string(), token.text, romanise(&token.text));
        }
    }

    fn show_comparison(&self, a: &str, b: &str) {
        let (x, y) = (Name::parse(a), Name::parse(b));
        if self.json {
            println!("{}", nisba::names::compared_json(a, b, &x, &y));
            return;
        }
        let found = compare(&x, &y);
        let verdict = if found.score >= SAME_PERSON { "can be one person" } else { "two people" };
        println!("{:.3}  {verdict}", found.score);
        found.why(&x, &y).iter().for_each(|line| println!("  {line}"));
    }
}

//! `nisba stories`

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use reqwest::Method;
use serde_json::Value;

use super::client::{Service, encoded};
use super::{Failure, ServiceArgs, runtime};

/// Print the stories of a running service: texts with their translations and editions
///
/// Asks the service at server.bind; NISBA_KEY must hold a key with the scope read where it has keys.
#[derive(Args)]
pub struct Stories {
    #[command(flatten)]
    service: ServiceArgs,
    /// One story, with its documents
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Stories with a document in this language
    #[arg(long, value_name = "TAG", conflicts_with = "id")]
    language: Option<String>,
    /// Stories that name this person
    #[arg(long, value_name = "ID", conflicts_with = "id")]
    person: Option<String>,
    /// Stories with so many documents, at least
    #[arg(long, value_name = "COUNT", default_value_t = 2, conflicts_with = "id")]
    documents: u32,
    /// Stories that changed at this time or later, such as 2026-03-12T00:00:00Z
    #[arg(long, value_name = "TIME", conflicts_with = "id")]
    since: Option<String>,
    /// Stories that changed before this time
    #[arg(long, value_name = "TIME", conflicts_with = "id")]
    until: Option<String>,
    /// How many, those first that changed last
    #[arg(long, value_name = "COUNT", default_value_t = 50, conflicts_with = "id", value_parser = clap::value_parser!(u8).range(1..=200))]
    limit: u8,
    /// JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl Stories {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let service = Service::at(&self.service.load()?)?;
        let answer = runtime()?.block_on(service.ask(Method::GET, &self.path()))?;
        match (&self.id, self.json) {
            (Some(_), true) => println!("{answer}"),
            (Some(_), false) => print_one(&answer),
            (None, true) => all(&answer).for_each(|story| println!("{story}")),
            (None, false) => {
                println!("{}", table(&["story", "languages", "documents", "changed"], all(&answer).map(line)))
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn path(&self) -> String {
        if let Some(id) = &self.id {
            return format!("/v1/stories/{}", encoded(id));
        }
        let mut path = format!("/v1/stories?documents={}&limit={}", self.documents, self.limit);
        for (name, value) in
            [("language", &self.language), ("person", &self.person), ("since", &self.since), ("until", &self.until)]
        {
            if let Some(value) = value {
                path.push_str(&format!("&{name}={}", encoded(value)));
            }
        }
        path
    }
}

fn all(answer: &Value) -> impl Iterator<Item = &Value> {
    answer["stories"].as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(all) => all.iter().map(text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn line(story: &Value) -> Vec<String> {
    let name = format!("{}\n{}", text(&story["title"]), text(&story["story_id"]));
    vec![name, text(&story["languages"]), text(&story["documents"]), text(&story["changed_at"])]
}

fn print_one(story: &Value) {
    println!("{}, {} documents in {}", text(&story["story_id"]), text(&story["documents"]), text(&story["languages"]));
    let documents = story["timeline"].as_array().into_iter().flatten().map(|document| {
        let time =
            if document["published_at"].is_null() { &document["received_at"] } else { &document["published_at"] };
        let name =
            format!("{}\n{}, {}", text(&document["title"]), text(&document["source"]), text(&document["document_id"]));
        let why = document["evidence"].as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join("\n");
        vec![text(time), text(&document["language"]), text(&document["role"]), name, why]
    });
    println!("{}", table(&["time", "in", "role", "document", "why"], documents));
    let people = story["people"].as_array().into_iter().flatten().map(|person| {
        let spellings = person["spellings"].as_object().into_iter().flatten();
        let spellings = spellings.map(|(language, written)| format!("{language}: {}", text(written)));
        let name = format!("{}\n{}", text(&person["name"]), text(&person["person_id"]));
        vec![name, text(&person["documents"]), spellings.collect::<Vec<_>>().join("\n")]
    });
    println!("{}", table(&["person", "documents", "written"], people));
}

fn table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(120);
    }
    table.set_header(header.to_vec());
    table.add_rows(rows);
    table
}

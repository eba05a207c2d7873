//! `nisba people`

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use reqwest::Method;
use serde_json::Value;

use super::client::{Service, encoded};
use super::{Failure, ServiceArgs, runtime};

/// Print the people that a running service has seen, with their spellings and languages
///
/// Asks the service at server.bind; NISBA_KEY must hold a key with the scope read where it has keys.
#[derive(Args)]
pub struct People {
    #[command(flatten)]
    service: ServiceArgs,
    /// JSON lines instead of a table
    #[arg(long)]
    json: bool,
}

impl People {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let service = Service::at(&self.service.load()?)?;
        let people = runtime()?.block_on(all(&service))?;
        if self.json {
            people.iter().for_each(|person| println!("{person}"));
        } else {
            println!("{}", table(&people));
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn all(service: &Service) -> Result<Vec<Value>, Failure> {
    let mut people = Vec::new();
    let mut path = "/v1/persons?limit=200".to_owned();
    loop {
        let page = service.ask(Method::GET, &path).await?;
        people.extend(page["persons"].as_array().cloned().unwrap_or_default());
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/persons?limit=200&cursor={}", encoded(next)),
            None => return Ok(people),
        }
    }
}

/// Those with the most languages first.
fn table(people: &[Value]) -> Table {
    let mut rows: Vec<(Vec<String>, [String; 3])> = people.iter().map(row).collect();
    rows.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.1[0].cmp(&b.1[0])));
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(120);
    }
    table.set_header(["person", "spellings found", "in"]);
    for (_, row) in rows {
        table.add_row(row);
    }
    table
}

fn row(person: &Value) -> (Vec<String>, [String; 3]) {
    let spellings = person["spellings"].as_array();
    let texts = |key: &str| -> Vec<String> {
        let all = spellings.into_iter().flatten().filter_map(|s| s[key].as_str());
        all.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let (written, languages) = (texts("text"), texts("language"));
    let name = format!("{}\n{}", person["name"].as_str().unwrap_or("?"), person["person_id"].as_str().unwrap_or("?"));
    let cells = [name, written.join(" · "), languages.join(" ")];
    (languages, cells)
}

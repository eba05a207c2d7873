//! `nisba decisions`

use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Service, encoded};
use super::{Failure, ServiceArgs, runtime};

/// Say who is who, outranking every score; list, revoke, export and import what was said
///
/// Asks the running service at server.bind; NISBA_KEY must hold a key with the scope admin where it has keys (read to list
/// and export). The records that a decision concerns are made again in the background.
#[derive(Args)]
pub struct Decisions {
    #[command(flatten)]
    service: ServiceArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// These persons are one; its id is that of a known person, or the oldest
    Same(Persons),
    /// These persons are not one
    Different(Persons),
    /// The words of a record are this person
    Is {
        #[command(flatten)]
        mention: Mention,
        #[arg(value_name = "PERSON")]
        person: String,
        #[command(flatten)]
        by: By,
    },
    /// The words of a record, or provisional persons, are nobody
    NotAPerson {
        #[arg(long, value_name = "ID", requires = "mention", conflicts_with = "persons")]
        record: Option<String>,
        /// As written there
        #[arg(long, value_name = "WORDS", requires = "record")]
        mention: Option<String>,
        #[arg(value_name = "PERSONS", required_unless_present = "record")]
        persons: Vec<String>,
        #[command(flatten)]
        by: By,
    },
    /// One line of JSON each
    List {
        /// Only those that name this person
        #[arg(long, value_name = "ID")]
        person: Option<String>,
    },
    /// Take one back
    Revoke { id: i64 },
    /// Those in force as JSON lines, which import takes
    Export,
    /// Decide what JSON lines say; what is decided already stays as it is
    Import {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Args)]
struct Persons {
    #[arg(required = true, num_args = 2.., value_name = "PERSONS")]
    persons: Vec<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
struct Mention {
    #[arg(long, value_name = "ID")]
    record: String,
    /// As written there
    #[arg(long, value_name = "WORDS")]
    mention: String,
}

#[derive(Args)]
struct By {
    /// Who decides [default: $USER]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Decisions {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let service = Service::at(&self.service.load()?)?;
        runtime()?.block_on(act(&service, self.action))
    }
}

async fn act(service: &Service, action: Action) -> Result<ExitCode, Failure> {
    match action {
        Action::Same(Persons { persons, by }) => decide(service, json!({"kind": "same", "persons": persons}), by).await,
        Action::Different(Persons { persons, by }) => {
            decide(service, json!({"kind": "different", "persons": persons}), by).await
        }
        Action::Is { mention: Mention { record, mention }, person, by } => {
            let said = json!({"kind": "is", "record_id": record, "mention": mention, "person_id": person});
            decide(service, said, by).await
        }
        Action::NotAPerson { record, mention, persons, by } => {
            let said = match record {
                Some(record) => json!({"kind": "not_a_person", "record_id": record, "mention": mention}),
                None => json!({"kind": "not_a_person", "persons": persons}),
            };
            decide(service, said, by).await
        }
        Action::List { person } => {
            let person = person.map_or_else(String::new, |id| format!("&person={}", encoded(&id)));
            all(service, &person).await?.iter().for_each(|kept| println!("{kept}"));
            Ok(ExitCode::SUCCESS)
        }
        Action::Revoke { id } => {
            println!("{}", service.ask(Method::DELETE, &format!("/v1/decisions/{id}")).await?);
            Ok(ExitCode::SUCCESS)
        }
        Action::Export => {
            let kept = all(service, "").await?;
            for one in kept.iter().filter(|one| one.get("revoked_at").is_none()).filter_map(Value::as_object) {
                println!("{}", Value::Object(as_given(one)));
            }
            Ok(ExitCode::SUCCESS)
        }
        Action::Import { file } => import(service, &file).await,
    }
}

async fn decide(service: &Service, mut said: Value, by: By) -> Result<ExitCode, Failure> {
    let author = by.author.or_else(|| std::env::var("USER").ok()).ok_or("who decides? Say it with --author")?;
    said["author"] = author.into();
    if let Some(note) = by.note {
        said["note"] = note.into();
    }
    println!("{}", service.post("/v1/decisions", &said).await?);
    Ok(ExitCode::SUCCESS)
}

async fn all(service: &Service, more: &str) -> Result<Vec<Value>, Failure> {
    let (mut found, mut cursor) = (Vec::new(), 0);
    loop {
        let page = service.ask(Method::GET, &format!("/v1/decisions?limit=1000&cursor={cursor}{more}")).await?;
        found.extend(page["decisions"].as_array().cloned().unwrap_or_default());
        match page["next"].as_i64() {
            Some(next) => cursor = next,
            None => return Ok(found),
        }
    }
}

/// Without what the store adds.
fn as_given(kept: &Map<String, Value>) -> Map<String, Value> {
    let own = |field: &&String| !["id", "at", "revoked_at"].contains(&field.as_str());
    kept.iter().filter(|(field, _)| own(field)).map(|(field, value)| (field.clone(), value.clone())).collect()
}

/// A line that is refused costs only itself.
async fn import(service: &Service, file: &PathBuf) -> Result<ExitCode, Failure> {
    let read = |e: std::io::Error| format!("cannot read {}: {e}", file.display());
    let (mut taken, mut refused) = (0, 0);
    for (at, line) in std::io::BufReader::new(std::fs::File::open(file).map_err(read)?).lines().enumerate() {
        let line = line.map_err(read)?;
        if line.trim().is_empty() {
            continue;
        }
        let decided = match serde_json::from_str::<Value>(&line) {
            Ok(said) => service.post("/v1/decisions", &said).await.map(drop),
            Err(error) => Err(error.into()),
        };
        match decided {
            Ok(()) => taken += 1,
            Err(error) => {
                refused += 1;
                eprintln!("{}, line {}: {error}", file.display(), at + 1);
            }
        }
    }
    println!("{taken} decisions are in force, {refused} lines could not be used");
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

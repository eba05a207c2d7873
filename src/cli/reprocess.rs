//! `nisba reprocess`

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use nisba::pipeline::STAGES;
use reqwest::Method;
use serde_json::{Map, Value};

use super::client::Service;
use super::{Failure, ServiceArgs, runtime};

/// Have records made again with what is known today
///
/// Asks the running service at server.bind; NISBA_KEY must hold a key with the scope admin where it has keys. They are made
/// in the background, at most pipeline.reprocess_rate a second; a version grows, and is delivered, only where the record
/// then says something else. What waits survives a restart.
#[derive(Args)]
pub struct Reprocess {
    #[command(flatten)]
    service: ServiceArgs,
    #[command(flatten)]
    chosen: Chosen,
    /// Why, for the new versions
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Wait until none is left
    #[arg(long)]
    wait: bool,
}

#[derive(Args)]
#[group(required = true, multiple = true)]
struct Chosen {
    /// One record
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Those that name this person
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    /// Those of this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Those in this language, as az
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Received at this time or later, as 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Received before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Made by an older nisba than this, as 0.2.0; with --stage, by an older version of that stage, as 3
    #[arg(long, value_name = "VERSION")]
    older_than: Option<String>,
    /// One of the stages in provenance.models of a record
    #[arg(long, value_name = "STAGE", requires = "older_than", value_parser = PossibleValuesParser::new(STAGES.map(|stage| stage.name)))]
    stage: Option<String>,
    /// All records
    #[arg(long, conflicts_with_all = ["id", "person", "source", "language", "since", "until", "older_than"])]
    all: bool,
}

impl Reprocess {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let service = Service::at(&self.service.load()?)?;
        runtime()?.block_on(self.ask(&service))
    }

    async fn ask(self, service: &Service) -> Result<ExitCode, Failure> {
        let Chosen { id, person, source, language, since, until, older_than, stage, all } = self.chosen;
        let fields = [
            ("id", id),
            ("person", person),
            ("source", source),
            ("language", language),
            ("since", since),
            ("until", until),
            ("older_than", older_than),
            ("stage", stage),
            ("reason", self.reason),
        ];
        let mut body: Map<String, Value> =
            fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect();
        if all {
            body.insert("all".into(), true.into());
        }
        let answer = service.post("/v1/reprocess", &Value::Object(body)).await?;
        println!("{} records are to be reprocessed", answer["marked"]);
        if self.wait {
            wait(service).await?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn wait(service: &Service) -> Result<(), Failure> {
    loop {
        let progress = service.ask(Method::GET, "/v1/reprocess").await?;
        let waiting = progress["waiting"].as_u64().unwrap_or(0);
        if waiting == 0 && progress["following"] != true {
            eprintln!("none is left");
            return Ok(());
        }
        eprintln!("{waiting} are left");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

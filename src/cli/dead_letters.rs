//! `nisba dead-letters`

use std::process::ExitCode;

use clap::{Args, Subcommand};
use nisba::config::Config;
use nisba::store::{DeadLetter, DeadLetterFilter, Limits, Store, StoreError};
use reqwest::Method;

use super::client::{Service, encoded};
use super::{Failure, ServiceArgs, runtime};

/// See, retry or purge what could not be processed or delivered
///
/// Works on the data folder when no service uses it, and asks the running service otherwise; for that one NISBA_KEY must
/// hold a key with the scope admin where the service has keys.
#[derive(Args)]
pub struct DeadLetters {
    #[command(flatten)]
    service: ServiceArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// One line a dead letter: id, time, sink or "process", document, reason
    List {
        /// Only those of this sink
        #[arg(long, conflicts_with = "batch")]
        sink: Option<String>,
        /// Only those of the documents of this batch
        #[arg(long)]
        batch: Option<String>,
    },
    /// Everything about one, as JSON
    Show { id: i64 },
    /// Put one back, or all: documents into the spool, records before their sink
    Retry(Which),
    /// Delete one, or all, for good
    Purge(Which),
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The dead letter's id
    id: Option<i64>,
    /// All of them
    #[arg(long)]
    all: bool,
    /// All of this sink
    #[arg(long)]
    sink: Option<String>,
    /// All of the documents of this batch
    #[arg(long)]
    batch: Option<String>,
}

impl Action {
    fn only_looks(&self) -> bool {
        matches!(self, Action::List { .. } | Action::Show { .. })
    }
}

impl DeadLetters {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let config = self.service.load()?;
        runtime()?.block_on(act(&config, self.action))
    }
}

async fn act(config: &Config, action: Action) -> Result<ExitCode, Failure> {
    let dir = &config.store.dir;
    if !Store::is_in(dir) {
        // A service that runs may have its data elsewhere, or on another machine.
        let missing = |e| format!("there is no store in {}, name its folder with --data; and {e}", dir.display());
        return Ok(over_http(config, action).await.map_err(missing)?);
    }
    // Who only looks raises nothing.
    if action.only_looks() && Store::is_older(dir)? {
        return Err(format!(
            "the store in {} is of an older nisba; start nisba serve on it once, which brings it up to date",
            dir.display()
        )
        .into());
    }
    let limits = Limits { max_backlog: u64::MAX, min_free_disk: 0, stories: (&config.stories).into() };
    match Store::open(dir, limits) {
        Ok(store) => {
            let result = on_store(&store, action).await;
            tokio::task::spawn_blocking(move || store.close()).await?;
            result
        }
        // The service has it.
        Err(StoreError::InUse(_)) => over_http(config, action).await,
        Err(e) => Err(e.into()),
    }
}

fn filter(which: Which) -> DeadLetterFilter {
    DeadLetterFilter { id: which.id, sink: which.sink, batch: which.batch, after: 0, limit: usize::MAX }
}

async fn on_store(store: &std::sync::Arc<Store>, action: Action) -> Result<ExitCode, Failure> {
    match action {
        Action::List { sink, batch } => {
            let mut filter = DeadLetterFilter { id: None, sink, batch, after: 0, limit: 500 };
            loop {
                let page = store.dead_letters(filter.clone()).await?;
                page.iter().for_each(print_line);
                match page.last() {
                    Some(last) => filter.after = last.id,
                    None => return Ok(ExitCode::SUCCESS),
                }
            }
        }
        Action::Show { id } => {
            let page =
                store.dead_letters(DeadLetterFilter { id: Some(id), limit: 1, ..DeadLetterFilter::default() }).await?;
            let letter =
                page.first().ok_or_else(|| format!("there is no dead letter {id}; see nisba dead-letters list"))?;
            println!("{}", serde_json::to_string_pretty(letter)?);
            Ok(ExitCode::SUCCESS)
        }
        Action::Retry(which) => {
            counted(store.retry(filter(which)).await?, "retried; the service takes them up when it runs")
        }
        Action::Purge(which) => counted(store.purge(filter(which)).await?, "purged"),
    }
}

fn counted(count: usize, what: &str) -> Result<ExitCode, Failure> {
    if count == 0 {
        return Err("there is no such dead letter; see nisba dead-letters list".into());
    }
    println!("{count} {what}");
    Ok(ExitCode::SUCCESS)
}

fn print_line(letter: &DeadLetter) {
    let place = letter.sink.as_deref().unwrap_or("process");
    println!("{}\t{}\t{place}\t{} r{}\t{}", letter.id, letter.at, letter.document_id, letter.revision, letter.reason);
}

async fn over_http(config: &Config, action: Action) -> Result<ExitCode, Failure> {
    let service = Service::at(config)?;
    let base = "/v1/dead-letters";
    let suffix = |sink: &Option<String>, batch: &Option<String>| match (sink, batch) {
        (Some(sink), _) => format!("?sink={}", encoded(sink)),
        (None, Some(batch)) => format!("?batch={}", encoded(batch)),
        (None, None) => String::new(),
    };
    match action {
        Action::List { sink, batch } => {
            let some = suffix(&sink, &batch).replace('?', "&");
            let mut cursor = 0;
            loop {
                let page = service.ask(Method::GET, &format!("{base}?limit=500&cursor={cursor}{some}")).await?;
                for letter in page["dead_letters"].as_array().into_iter().flatten() {
                    let text = |key: &str| letter[key].as_str().unwrap_or_default().to_owned();
                    let place = letter["sink"].as_str().unwrap_or("process");
                    let (id, revision) = (&letter["id"], &letter["revision"]);
                    println!("{id}\t{}\t{place}\t{} r{revision}\t{}", text("at"), text("document_id"), text("reason"));
                }
                match page["next"].as_i64() {
                    Some(next) => cursor = next,
                    None => return Ok(ExitCode::SUCCESS),
                }
            }
        }
        Action::Show { id } => {
            let letter = service.ask(Method::GET, &format!("{base}/{id}")).await?;
            println!("{}", serde_json::to_string_pretty(&letter)?);
            Ok(ExitCode::SUCCESS)
        }
        Action::Retry(which) => {
            let path = which.id.map_or_else(
                || format!("{base}/retry{}", suffix(&which.sink, &which.batch)),
                |id| format!("{base}/{id}/retry"),
            );
            let answer = service.ask(Method::POST, &path).await?;
            counted(answer["retried"].as_u64().unwrap_or(0) as usize, "retried")
        }
        Action::Purge(which) => {
            let path = which
                .id
                .map_or_else(|| format!("{base}{}", suffix(&which.sink, &which.batch)), |id| format!("{base}/{id}"));
            let answer = service.ask(Method::DELETE, &path).await?;
            counted(answer["purged"].as_u64().unwrap_or(0) as usize, "purged")
        }
    }
}

//! `nisba ingest`

use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use nisba::config::Config;
use nisba::model::{Body, NewDocument, Submission};
use nisba::service::Service;
use nisba::store::StoreError;
use nisba::{pipeline, telemetry};
use tokio::sync::mpsc;

use super::{ConfigArgs, Failure, runtime};

/// Process files through the same pipeline, to standard output or a sink
///
/// A file is taken by its ending: .json one document as POST /v1/documents takes it, .jsonl or .ndjson one a line, .html
/// or .htm a page, anything else a text; "-" is standard input: JSON lines when it begins with {, else one text. Records
/// are written one a line as they are made, in the order in which they are finished.
///
/// Without --data a temporary store is used and removed: people in no list then get other ids the next time. With it
/// they stay the same, and what was there already is not processed again. A file that cannot be read costs only itself:
/// it is named, the rest goes on, and the exit code is 1.
#[derive(Args)]
pub struct Ingest {
    #[command(flatten)]
    config: ConfigArgs,
    /// Deliver to this sink of the configuration instead of standard output
    #[arg(long, value_name = "NAME")]
    sink: Option<String>,
    /// Files, or "-" for standard input
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
}

/// Documents that wait in the store at most, while files are read.
const READ_AHEAD: usize = 256;

impl Ingest {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let keep = self.config.data.is_some() || self.sink.is_some();
        let scratch = if keep { None } else { Some(Scratch::new()?) };
        // Who is known does not depend on where the records go.
        let authorities = self.config.load(Vec::new())?.authorities();
        let mut flags = vec![("authority.dir", authorities.display().to_string())];
        if let Some(scratch) = &scratch {
            flags.push(("store.dir", scratch.0.display().to_string()));
        }
        let mut config = self.config.load(flags)?;
        config.sinks.retain(|name, _| Some(name) == self.sink.as_ref());
        if let Some(sink) = self.sink.as_ref().filter(|_| config.sinks.is_empty()) {
            return Err(format!("the configuration has no sink named {sink}; see nisba check-config").into());
        }
        if std::env::var_os("NISBA_LOG_LEVEL").is_none() && config.log.level == "info" {
            config.log.level = "warn".into();
        }
        telemetry::start_logging(&config.log);
        let code = runtime()?.block_on(ingest(config, self.files, self.sink.is_none()));
        drop(scratch);
        code
    }
}

async fn ingest(config: Config, files: Vec<PathBuf>, to_stdout: bool) -> Result<ExitCode, Failure> {
    tokio::task::spawn_blocking(pipeline::warm_up).await?;
    let service = Service::start(&config)?;
    let bar = progress_bar();
    let from = *service.store.watch_records().borrow();
    let (sender, mut documents) = mpsc::channel(64);
    let reading = tokio::task::spawn_blocking(move || read_all(&files, &sender));
    let (finished, over) = tokio::sync::watch::channel(false);
    let writing = tokio::spawn(write_records(service.clone(), from, to_stdout, bar.clone(), over));
    let mut set = tokio::task::JoinSet::new();
    let mut failed = 0usize;
    while let Some(document) = documents.recv().await {
        bar.inc_length(1);
        while set.len() >= READ_AHEAD || service.store.backlog().0 as usize >= READ_AHEAD {
            match set.try_join_next() {
                Some(joined) => joined??,
                None => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        }
        let service = service.clone();
        let bar = bar.clone();
        set.spawn(async move {
            let receipt = service.accept(document, "ingest").await?;
            if !receipt.new {
                bar.inc(1);
            }
            Ok::<(), StoreError>(())
        });
    }
    while let Some(joined) = set.join_next().await {
        joined??;
    }
    failed += reading.await?;
    let drained = service.drain().await;
    finished.send_replace(true);
    let written = writing.await?;
    bar.finish_and_clear();
    failed += print_dead(&service).await?;
    service.stop(Duration::from_secs(10)).await;
    drained?;
    written?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} documents  {speed}  {eta}")
        .map(|style| style.with_key("speed", speed))
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

fn speed(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // A terminal that cannot be written to is noticed elsewhere.
    let _ = write!(out, "{:.0}/s", state.per_sec());
}

/// Follows the store's sequence of records and prints each.
async fn write_records(
    service: Arc<Service>,
    from: i64,
    to_stdout: bool,
    bar: ProgressBar,
    mut over: tokio::sync::watch::Receiver<bool>,
) -> Result<(), String> {
    let mut newest = service.store.watch_records();
    let mut seq = from;
    loop {
        let last_round = *over.borrow();
        newest.borrow_and_update();
        let records = service.store.records_after(seq, 500, 8 << 20).await.map_err(|e| e.to_string())?;
        if let Some(last) = records.last() {
            seq = last.seq;
            bar.inc(records.len() as u64);
            if to_stdout {
                let mut text = String::new();
                for record in &records {
                    text.push_str(&record.json);
                    text.push('\n');
                }
                let printed = bar.suspend(|| std::io::stdout().lock().write_all(text.as_bytes()));
                printed.map_err(|e| format!("cannot write to standard output: {e}"))?;
            }
        } else if last_round {
            return Ok(());
        } else {
            tokio::select! {
                _ = newest.changed() => {}
                _ = over.changed() => {}
            }
        }
    }
}

/// Names what could not be processed.
async fn print_dead(service: &Service) -> Result<usize, StoreError> {
    let filter = nisba::store::DeadLetterFilter { limit: 1_000, ..Default::default() };
    let letters = service.store.dead_letters(filter).await?;
    for letter in &letters {
        eprintln!(
            "nisba: document {} could not be {}: {}",
            letter.document_id,
            if letter.sink.is_some() { "delivered" } else { "processed" },
            letter.reason
        );
    }
    Ok(letters.len())
}

/// Reads every file into documents; gives the number of those that could not be read.
fn read_all(files: &[PathBuf], sender: &mpsc::Sender<NewDocument>) -> usize {
    let mut failed = 0;
    for file in files {
        for document in read(file) {
            match document {
                Ok(document) => {
                    if sender.blocking_send(document).is_err() {
                        return failed;
                    }
                }
                Err(reason) => {
                    eprintln!("nisba: {reason}");
                    failed += 1;
                }
            }
        }
    }
    failed
}

/// The documents of a file, or of standard input; what cannot be read as one is named.
pub(super) fn read(file: &Path) -> Vec<Result<NewDocument, String>> {
    let name = file.display();
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(e) => return vec![Err(format!("{name} cannot be read: {e}"))],
    };
    let ending = file.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let lines = matches!(ending.as_str(), "jsonl" | "ndjson")
        || (file == Path::new("-") && bytes.trim_ascii_start().starts_with(b"{"));
    if lines {
        let numbered = bytes.split(|b| *b == b'\n').enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
        return numbered.map(|(n, line)| from_json(line).map_err(|e| format!("{name}, line {}: {e}", n + 1))).collect();
    }
    let document = match ending.as_str() {
        "json" => from_json(&bytes),
        "html" | "htm" => {
            described(file).into_document(Some(Body::Html { bytes, charset: None })).map_err(|e| e.to_string())
        }
        _ => match String::from_utf8(bytes) {
            Ok(text) => described(file).into_document(Some(Body::Text(text))).map_err(|e| e.to_string()),
            Err(_) => Err("is not UTF-8; convert it first, for instance with iconv".into()),
        },
    };
    vec![document.map_err(|e| format!("{name}: {e}"))]
}

fn from_json(json: &[u8]) -> Result<NewDocument, String> {
    Submission::from_json(json).and_then(|s| s.into_document(None)).map_err(|e| e.to_string())
}

/// A file's source is where it lies.
fn described(file: &Path) -> Submission {
    let source = if file == Path::new("-") { "stdin".to_owned() } else { "files".to_owned() };
    Submission { source: Some(source), ..Submission::default() }
}

/// A folder that is gone when the command ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> std::io::Result<Scratch> {
        let dir = std::env::temp_dir().join(format!("nisba-ingest-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&dir)?;
        Ok(Scratch(dir))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(e) = std::fs::remove_dir_all(&self.0) {
            eprintln!("nisba: the temporary folder {} stays: {e}", self.0.display());
        }
    }
}

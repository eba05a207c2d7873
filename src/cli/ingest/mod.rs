//! `nisba ingest`

mod files;
mod resume;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use nisba::config::Config;
use nisba::intake::feed::{Defaults, Entry, EntryError};
use nisba::model::{NewDocument, batch_label};
use nisba::service::Service;
use nisba::store::{DeadLetterFilter, StoreError};
use nisba::{pipeline, telemetry};
use tokio::sync::mpsc;

use super::{ConfigArgs, Failure, paths, runtime};
use resume::Progress;

/// Process files through the same pipeline, to standard output or a sink
///
/// A file is taken by its ending: .json one document as POST /v1/documents takes it, .jsonl or .ndjson one a line, .html
/// or .htm a page, .warc a web archive, anything else a text; .gz and .zst are unpacked. Of a folder all files below it are
/// taken whose ending is known; a pattern such as "crawl/**/*.warc.gz" names what it matches; "-" is standard input: JSON
/// lines when it begins with {, a web archive, a page, else one text. Records are written one a line as they are made, in
/// the order in which they are finished.
///
/// Without --data a temporary store is used and removed: people in no list then get other ids the next time. With it
/// they stay the same, and what was there already is not processed again; --resume does not even read it. What cannot be
/// read costs only itself: it is named, the rest goes on, and the exit code is 1.
#[derive(Args)]
pub struct Ingest {
    #[command(flatten)]
    config: ConfigArgs,
    /// Deliver to this sink of the configuration instead of standard output
    #[arg(long, value_name = "NAME")]
    sink: Option<String>,
    /// Go on where the last run with this data folder was stopped
    #[arg(long, requires = "data")]
    resume: bool,
    /// A label for all documents that name none themselves
    #[arg(long, value_name = "LABEL")]
    batch: Option<String>,
    /// Files, folders, patterns, or "-" for standard input
    #[arg(required = true, value_name = "PATHS")]
    paths: Vec<PathBuf>,
}

/// Documents that wait in the store at most, while files are read.
const READ_AHEAD: u64 = 256;

/// Documents that are written together at most.
const GROUP: usize = 64;

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
        let batch = self.batch.as_deref().map(batch_label).transpose()?;
        let progress = Progress::load(self.config.data.is_some().then_some(&*config.store.dir))?;
        let files = Files { paths: self.paths, resume: self.resume, batch, progress };
        let code = runtime()?.block_on(ingest(config, files, self.sink.is_none()));
        drop(scratch);
        code
    }
}

/// What is to be read.
struct Files {
    paths: Vec<PathBuf>,
    resume: bool,
    batch: Option<String>,
    progress: Progress,
}

/// What became of what was read.
#[derive(Default)]
struct Count {
    new: usize,
    as_before: usize,
    refused: usize,
}

async fn ingest(config: Config, files: Files, to_stdout: bool) -> Result<ExitCode, Failure> {
    tokio::task::spawn_blocking(|| pipeline::warm_up(pipeline::READ_MOST)).await?;
    let service = Service::start(&config)?;
    let from = *service.store.watch_records().borrow();
    let dead_before = service.store.last_dead_letter().await?;
    let (finished, over) = tokio::sync::watch::channel(false);
    let bar = progress_bar();
    let writing = tokio::spawn(write_records(service.clone(), from, to_stdout, bar.clone(), over));
    let taken = take_all(&service, &config, files, &bar).await;
    let drained = service.drain().await;
    finished.send_replace(true);
    let written = writing.await?;
    bar.finish_and_clear();
    let dead = print_dead(&service, dead_before).await?;
    service.stop(Duration::from_secs(10)).await;
    let count = taken?;
    drained?;
    written?;
    print_summary(&count, dead);
    Ok(if count.refused + dead == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_summary(count: &Count, dead: usize) {
    let parts = [
        (count.new, "new"),
        (count.as_before, "the same as before"),
        (count.refused, "refused"),
        (dead, "not processed or delivered"),
    ];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let all = count.new + count.as_before + count.refused;
    eprintln!(
        "nisba: {all} document{}{}{}",
        if all == 1 { "" } else { "s" },
        if all > 0 { ": " } else { "" },
        parts.join(", ")
    );
}

/// Has all documents of all files accepted, in order.
async fn take_all(
    service: &Arc<Service>,
    config: &Config,
    mut files: Files,
    bar: &ProgressBar,
) -> Result<Count, Failure> {
    let mut count = Count::default();
    let mut names = Vec::new();
    for file in paths::expand(&files.paths, files::is_known) {
        match file {
            Ok(file) => names.push(file),
            Err(reason) => refuse(&mut count, bar, &reason),
        }
    }
    let sizes = names.iter().filter_map(|file| Some(std::fs::metadata(file).ok()?.len()));
    bar.set_length(sizes.sum());
    let read = Arc::new(AtomicU64::new(0));
    let (sender, mut entries) = mpsc::channel(GROUP);
    let reading = Reading {
        marks: names.iter().map(|file| if files.resume { files.progress.entries(file) } else { Some(0) }).collect(),
        files: names.clone(),
        largest: usize::try_from(config.intake.max_line.as_u64()).unwrap_or(usize::MAX),
        defaults: Defaults { batch: files.batch.take(), ..Defaults::default() },
        read: read.clone(),
        sender,
    };
    let reading = tokio::task::spawn_blocking(move || reading.run());
    let mut group = Vec::with_capacity(GROUP);
    while entries.recv_many(&mut group, GROUP).await > 0 {
        take(service, &names, &mut group, &mut count, &mut files.progress, bar).await?;
        bar.set_position(read.load(Ordering::Relaxed));
    }
    reading.await?;
    files.progress.save();
    Ok(count)
}

/// What a reading thread says.
enum Step {
    Entry(Box<Entry>),
    /// The file cannot be opened.
    Unreadable(std::io::Error),
    /// Nothing more comes of the file.
    End {
        entries: usize,
    },
}

/// Reads the files, one after the other.
struct Reading {
    files: Vec<PathBuf>,
    /// Entries of each that are there already; `None` for a file that is done.
    marks: Vec<Option<usize>>,
    largest: usize,
    defaults: Defaults,
    read: Arc<AtomicU64>,
    sender: mpsc::Sender<(usize, Step)>,
}

impl Reading {
    fn run(self) {
        for (number, (file, mark)) in self.files.iter().zip(&self.marks).enumerate() {
            let Some(done) = mark else {
                self.read.fetch_add(std::fs::metadata(file).map_or(0, |metadata| metadata.len()), Ordering::Relaxed);
                continue;
            };
            let mut last = *done;
            match files::read(file, self.largest, self.defaults.clone(), &self.read) {
                Err(e) => drop(self.sender.blocking_send((number, Step::Unreadable(e)))),
                Ok(entries) => {
                    let mut whole = true;
                    for entry in entries.filter(|entry| entry.number > *done) {
                        last = entry.number;
                        whole &= !matches!(entry.document, Err(EntryError::Broken(_)));
                        if self.sender.blocking_send((number, Step::Entry(Box::new(entry)))).is_err() {
                            return;
                        }
                    }
                    // What could not be read to its end is read again by the next run.
                    if whole {
                        drop(self.sender.blocking_send((number, Step::End { entries: last })));
                    }
                }
            }
        }
    }
}

/// Has a group of documents accepted, names what is none, and keeps how far each file was read.
async fn take(
    service: &Arc<Service>,
    names: &[PathBuf],
    group: &mut Vec<(usize, Step)>,
    count: &mut Count,
    progress: &mut Progress,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    let (mut documents, mut reached) = (Vec::new(), Vec::new());
    for (file, step) in group.drain(..) {
        let name = &names[file];
        match step {
            Step::Entry(entry) => {
                let broken = matches!(entry.document, Err(EntryError::Broken(_)));
                let place = files::named(name, &entry);
                match entry.document {
                    Ok(document) => documents.push(document),
                    Err(error) => refuse(count, bar, &format!("{place}: {error}")),
                }
                if !broken {
                    reached.push((file, entry.number, false));
                }
            }
            Step::Unreadable(error) => refuse(count, bar, &format!("{} cannot be read: {error}", name.display())),
            Step::End { entries } => reached.push((file, entries, true)),
        }
    }
    if !documents.is_empty() {
        let store = service.store.clone();
        let packed = tokio::task::spawn_blocking(move || {
            documents.into_iter().map(|document| store.packed(document, "ingest")).collect::<Result<Vec<_>, _>>()
        });
        let packed = packed.await??;
        while service.store.backlog() >= READ_AHEAD {
            progress.save_if_due();
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let places = service.store.places_for(&packed)?;
        let receipts = service.store.begin_accept(packed, places).await?.await?;
        let new = receipts.iter().filter(|receipt| receipt.new).count();
        count.new += new;
        count.as_before += receipts.len() - new;
    }
    for (file, entries, done) in reached {
        progress.reached(&names[file], entries, done);
    }
    Ok(())
}

fn refuse(count: &mut Count, bar: &ProgressBar, reason: &str) {
    count.refused += 1;
    bar.suspend(|| eprintln!("nisba: {reason}"));
}

fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}  {msg}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
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
    let (mut seq, mut made, since) = (from, 0usize, Instant::now());
    loop {
        let last_round = *over.borrow();
        newest.borrow_and_update();
        let records = service.store.records_after(seq, 500, 8 << 20).await.map_err(|e| e.to_string())?;
        if let Some(last) = records.last() {
            seq = last.seq;
            made += records.len();
            bar.set_message(format!("{made} records, {:.0}/s", made as f64 / since.elapsed().as_secs_f64().max(0.001)));
            if to_stdout {
                let mut text = String::new();
                for record in &records {
                    text.push_str(&record.json);
                    text.push('\n');
                }
                let bar = bar.clone();
                let printed = tokio::task::spawn_blocking(move || print(&text, &bar));
                let printed = printed.await.map_err(std::io::Error::other).flatten();
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

/// Waits as long as whoever reads does not: without the bar, which others would wait for.
fn print(text: &str, bar: &ProgressBar) -> std::io::Result<()> {
    let write = || std::io::stdout().lock().write_all(text.as_bytes());
    if bar.is_hidden() { write() } else { bar.suspend(write) }
}

/// Names what could not be processed or delivered since.
async fn print_dead(service: &Service, mut after: i64) -> Result<usize, StoreError> {
    let mut dead = 0;
    loop {
        let filter = DeadLetterFilter { after, limit: 1_000, ..DeadLetterFilter::default() };
        let letters = service.store.dead_letters(filter).await?;
        for letter in &letters {
            let what = if letter.sink.is_some() { "delivered" } else { "processed" };
            eprintln!("nisba: document {} could not be {what}: {}", letter.document_id, letter.reason);
        }
        dead += letters.len();
        match letters.last() {
            Some(last) => after = last.id,
            None => return Ok(dead),
        }
    }
}

/// The documents of a file, or of standard input; what cannot be read as one is named.
pub(super) fn read(file: &Path) -> Vec<Result<NewDocument, String>> {
    let entries = match files::read(file, nisba::intake::LARGEST_PAGE, Defaults::default(), &Arc::default()) {
        Ok(entries) => entries,
        Err(e) => return vec![Err(format!("{} cannot be read: {e}", file.display()))],
    };
    entries
        .map(|entry| {
            let place = files::named(file, &entry);
            entry.document.map_err(|e| format!("{place}: {e}"))
        })
        .collect()
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

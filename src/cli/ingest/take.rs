//! Files to accepted documents: a thread reads ahead, and as many as there are go to the store together.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::ProgressBar;
use nisba::config::Config;
use nisba::intake::feed::{Defaults, Entry, EntryError};
use nisba::service::Service;
use tokio::sync::mpsc;

use super::files;
use super::resume::Progress;
use crate::cli::{Failure, paths};

/// Documents that wait in the store at most, while files are read.
const READ_AHEAD: u64 = 256;

/// Documents that are written together at most.
const GROUP: usize = 64;

/// What is to be read.
pub(super) struct Files {
    pub paths: Vec<PathBuf>,
    pub resume: bool,
    pub batch: Option<String>,
    pub progress: Progress,
}

/// What became of what was read.
#[derive(Default)]
pub(super) struct Count {
    pub new: usize,
    pub as_before: usize,
    pub refused: usize,
    /// Paths that name nothing, and files that cannot be opened.
    pub unread: usize,
}

/// Has all documents of all files accepted, in order.
pub(super) async fn take_all(
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
            Err(reason) => pass_over(&mut count, bar, &reason),
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
            Step::Unreadable(error) => pass_over(count, bar, &format!("cannot read {}: {error}", name.display())),
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

fn pass_over(count: &mut Count, bar: &ProgressBar, reason: &str) {
    count.unread += 1;
    bar.suspend(|| eprintln!("nisba: {reason}"));
}

//! `nisba ingest`

mod files;
mod resume;
mod take;
mod tell;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use nisba::config::Config;
use nisba::intake::feed::Defaults;
use nisba::model::{NewDocument, batch_label};
use nisba::service::Service;
use nisba::{pipeline, telemetry};

use super::{ConfigArgs, Failure, runtime};
use resume::Progress;
use take::{Files, take_all};
use tell::{print_dead, print_summary, progress_bar, write_records};

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
    Ok(if count.refused + count.unread + dead == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The documents of a file, or of standard input; what cannot be read as one is named.
pub(super) fn read(file: &Path) -> Vec<Result<NewDocument, String>> {
    let entries = match files::read(file, nisba::intake::LARGEST_PAGE, Defaults::default(), &Arc::default()) {
        Ok(entries) => entries,
        Err(e) => return vec![Err(format!("cannot read {}: {e}", file.display()))],
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

//! `nisba extract`

use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use nisba::intake::{self, Extracted, Limits};
use nisba::language;
use nisba::model::{Body, TextField};
use serde_json::json;

use super::{Failure, paths};

/// Take the articles out of pages; nothing is stored
///
/// For each page its title, byline, time and text, without menus, teasers, captions and comments. Pages may be compressed
/// (.gz, .zst). A page that cannot be read costs only itself: it is named, the rest goes on, and the exit code is 1.
#[derive(Args)]
pub struct Extract {
    /// Pages, folders of pages (.html, .htm, .xhtml), patterns such as "pages/**/*.html", or "-" for standard input
    #[arg(required = true, value_name = "PATHS")]
    paths: Vec<PathBuf>,
    /// One JSON object a page, or the text to read
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Jsonl,
    Text,
}

/// Pages that are read before any is written.
const AT_ONCE: usize = 256;

impl Extract {
    pub fn run(self) -> Result<ExitCode, Failure> {
        // Pages that declare no language need what takes a while to unpack; the others need not wait for it.
        std::thread::spawn(language::warm_up);
        let mut failed = false;
        let mut files: Vec<PathBuf> = Vec::new();
        for page in paths::expand(&self.paths, is_page) {
            match page {
                Ok(page) => files.push(page),
                Err(reason) => {
                    failed = true;
                    eprintln!("nisba: {reason}");
                }
            }
        }
        let mut out = std::io::stdout().lock();
        for some in files.chunks(AT_ONCE) {
            for (file, made) in some.iter().zip(at_once(some, self.format)) {
                match made {
                    Ok(line) => writeln!(out, "{line}")?,
                    Err(reason) => {
                        failed = true;
                        eprintln!("nisba: {}: {reason}", file.display());
                    }
                }
            }
        }
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Each page as it is written, in order, by as many threads as there are processors.
fn at_once(files: &[PathBuf], format: Format) -> Vec<Result<String, String>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(file) = files.get(at) else { break };
            made.push((at, read(file).and_then(extracted)));
        }
        // Only now may somebody have to wait for the table of languages.
        let shown =
            |(at, made): (usize, Result<Extracted, String>)| (at, made.map(|one| shown(&files[at], &one, format)));
        made.into_iter().map(shown).collect::<Vec<_>>()
    };
    let mut all: Vec<(usize, Result<String, String>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let made = |worker: std::thread::ScopedJoinHandle<'_, Vec<_>>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().flat_map(made).collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, made)| made).collect()
}

fn is_page(file: &Path) -> bool {
    let name = paths::plain_name(file);
    [".html", ".htm", ".xhtml"].iter().any(|end| name.ends_with(end))
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let largest = intake::LARGEST_PAGE;
    let mut page = Vec::new();
    paths::open(file)
        .and_then(|file| paths::unpacked(BufReader::new(file)))
        .and_then(|file| file.take(largest as u64 + 1).read_to_end(&mut page))
        .map_err(|e| format!("cannot be read: {e}"))?;
    if page.len() > largest { Err(format!("is more than {largest} bytes")) } else { Ok(page) }
}

fn extracted(bytes: Vec<u8>) -> Result<Extracted, String> {
    intake::extract(&Body::Html { bytes, charset: None }, None, &Limits::default()).map_err(|e| e.to_string())
}

fn shown(file: &Path, extracted: &Extracted, format: Format) -> String {
    match format {
        Format::Jsonl => line(file, extracted),
        Format::Text => {
            let parts = [extracted.title.as_deref(), extracted.byline.as_deref(), Some(extracted.text.as_str())];
            parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n") + "\n"
        }
    }
}

fn line(file: &Path, extracted: &Extracted) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let page = extracted.page.clone().unwrap_or_default();
    // What the page declares is taken at its word here; a record has what it is found to be in.
    let language = extracted.language.clone().filter(|tag| language::declared(tag).is_some());
    let language = language.or_else(|| {
        let found = language::identify(&[(TextField::Text, &extracted.text)], None).document;
        found.reliable.then_some(found.tag)
    });
    json!({
        "id": name.split('.').next().unwrap_or_default(),
        "url": page.canonical_url,
        "title": extracted.title,
        "byline": extracted.byline,
        "published_at": page.published_at,
        "language": language,
        "text": extracted.text,
    })
    .to_string()
}

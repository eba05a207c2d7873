//! Files to documents: what there is below a path, and what each file holds.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nisba::intake::feed::{Defaults, Entry, EntryError, Lines, Pages};
use nisba::model::{Body, NewDocument, Submission};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// One document, as `POST /v1/documents` takes it.
    Json,
    /// Such a document a line.
    Lines,
    /// A web archive.
    Warc,
    /// A page.
    Html,
    Text,
}

impl Format {
    /// By the ending of its name, without that of a compression.
    fn of(file: &Path) -> Option<Format> {
        let name = file.file_name()?.to_string_lossy().to_lowercase();
        let name = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        Some(match name.rsplit_once('.')?.1 {
            "json" => Format::Json,
            "jsonl" | "ndjson" => Format::Lines,
            "warc" => Format::Warc,
            "html" | "htm" | "xhtml" => Format::Html,
            "txt" => Format::Text,
            _ => return None,
        })
    }

    /// By how it begins, for what has no name.
    fn of_stream(start: &[u8]) -> Format {
        let start = start.trim_ascii_start();
        let lower = start[..start.len().min(32)].to_ascii_lowercase();
        if start.starts_with(b"{") {
            Format::Lines
        } else if start.starts_with(b"WARC/") || start.starts_with(&[0x1f, 0x8b]) {
            Format::Warc
        } else if lower.starts_with(b"<!doctype html") || lower.starts_with(b"<html") {
            Format::Html
        } else {
            Format::Text
        }
    }
}

/// The files that paths name, in order: a file as it is, of a folder all files below it whose ending is known, of a pattern
/// (`*`, `?`, `[…]`, `**`) what it matches. What names nothing is an error of its own.
pub fn expand(paths: &[PathBuf]) -> Vec<Result<PathBuf, String>> {
    paths.iter().flat_map(|path| one(path)).collect()
}

fn one(path: &Path) -> Vec<Result<PathBuf, String>> {
    if path.is_dir() {
        return below(path);
    }
    let pattern = path.to_str().filter(|text| !path.exists() && text.contains(['*', '?', '[']));
    let Some(pattern) = pattern else { return vec![Ok(path.to_owned())] };
    let found = match glob::glob(pattern) {
        Ok(found) => found,
        Err(e) => return vec![Err(format!("{pattern} is no pattern: {e}"))],
    };
    let mut files: Vec<Result<PathBuf, String>> = Vec::new();
    for entry in found {
        match entry {
            Ok(path) if path.is_dir() => files.extend(below(&path)),
            Ok(path) => files.push(Ok(path)),
            Err(e) => files.push(Err(e.to_string())),
        }
    }
    if files.is_empty() {
        files.push(Err(format!("{pattern} matches no file")));
    }
    files
}

fn below(folder: &Path) -> Vec<Result<PathBuf, String>> {
    let mut files: Vec<Result<PathBuf, String>> = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() && Format::of(entry.path()).is_some() => {
                files.push(Ok(entry.into_path()));
            }
            Ok(_) => {}
            Err(e) => files.push(Err(e.to_string())),
        }
    }
    if files.is_empty() {
        files.push(Err(format!("no file below {} has an ending that is known", folder.display())));
    }
    files
}

/// The documents of a file, or of standard input for "-", one after the other; none is larger than `largest` bytes.
///
/// # Errors
/// When the file cannot be opened.
pub fn read(
    file: &Path,
    largest: usize,
    defaults: Defaults,
    read: &Arc<AtomicU64>,
) -> io::Result<Box<dyn Iterator<Item = Entry> + Send>> {
    let stdin = file == Path::new("-");
    let raw: Box<dyn Read + Send> = if stdin { Box::new(io::stdin()) } else { Box::new(File::open(file)?) };
    let mut input = BufReader::with_capacity(64 << 10, Counted { input: raw, read: read.clone() });
    let format = match Format::of(file) {
        _ if stdin => Format::of_stream(input.fill_buf()?),
        known => known.unwrap_or(Format::Text),
    };
    if format == Format::Warc && !input.fill_buf()?.starts_with(&ZSTD) {
        // A web archive is gzipped record by record, and reads itself.
        return Ok(Box::new(Pages::new(input, largest, defaults)));
    }
    let input = unpacked(input)?;
    let defaults = Defaults { source: defaults.source.or(Some(place(stdin).to_owned())), ..defaults };
    Ok(match format {
        Format::Lines => Box::new(Lines::new(input, largest, defaults)),
        Format::Warc => Box::new(Pages::new(input, largest, defaults)),
        Format::Json | Format::Html | Format::Text => {
            Box::new(std::iter::once(whole(input, largest, format, &defaults)))
        }
    })
}

/// The source of a document that names none.
fn place(stdin: bool) -> &'static str {
    if stdin { "stdin" } else { "files" }
}

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// By what it begins with, whatever it is called.
fn unpacked(mut input: impl BufRead + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let start = input.fill_buf()?;
    if start.starts_with(&GZIP) {
        return Ok(Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(input))));
    }
    if start.starts_with(&ZSTD) {
        return Ok(Box::new(BufReader::new(zstd::stream::read::Decoder::with_buffer(input)?)));
    }
    Ok(Box::new(input))
}

/// The one document of a file.
fn whole(input: Box<dyn BufRead + Send>, largest: usize, format: Format, defaults: &Defaults) -> Entry {
    let mut bytes = Vec::new();
    let read = input.take(largest as u64 + 1).read_to_end(&mut bytes);
    let length = bytes.len();
    let document = match read {
        Err(e) => Err(e.into()),
        Ok(_) if length > largest => Err(EntryError::TooLong(largest)),
        Ok(_) => document(bytes, format, defaults),
    };
    Entry { number: 1, url: None, bytes: length, document }
}

fn document(bytes: Vec<u8>, format: Format, defaults: &Defaults) -> Result<NewDocument, EntryError> {
    let mut submission = match format {
        Format::Json => Submission::from_json(&bytes)?,
        _ => Submission::default(),
    };
    defaults.complete(&mut submission);
    Ok(submission.into_document(match format {
        Format::Json => None,
        Format::Html => Some(Body::Html { bytes, charset: None }),
        _ => Some(Body::of_text(bytes, None)),
    })?)
}

/// Counts what is read of a file, for the progress bar.
struct Counted {
    input: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(into)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// Where an entry stands, for messages.
pub fn named(file: &Path, entry: &Entry) -> String {
    match (Format::of(file), &entry.url) {
        (Some(Format::Warc), Some(url)) => format!("{}, record {}, {url}", file.display(), entry.number),
        (Some(Format::Warc), None) => format!("{}, record {}", file.display(), entry.number),
        (Some(Format::Lines), _) => format!("{}, line {}", file.display(), entry.number),
        (Some(_), _) => file.display().to_string(),
        (None, _) if entry.number > 1 => format!("{}, entry {}", file.display(), entry.number),
        (None, _) => file.display().to_string(),
    }
}

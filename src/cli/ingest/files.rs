//! Files to documents.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nisba::intake::feed::{Defaults, Entry, EntryError, Lines, Pages};
use nisba::model::{Body, NewDocument, Submission};

use crate::cli::paths::{STDIN, ZSTD, open, plain_name, unpacked};

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
        Some(match plain_name(file).rsplit_once('.')?.1 {
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
        } else if start.starts_with(b"WARC/") {
            Format::Warc
        } else if lower.starts_with(b"<!doctype html") || lower.starts_with(b"<html") {
            Format::Html
        } else {
            Format::Text
        }
    }
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
    let stdin = file == Path::new(STDIN);
    let mut input = BufReader::with_capacity(64 << 10, Counted { input: open(file)?, read: read.clone() });
    let named = Format::of(file).filter(|_| !stdin);
    if named == Some(Format::Warc) && !input.fill_buf()?.starts_with(&ZSTD) {
        // A web archive is gzipped record by record, and reads itself.
        return Ok(Box::new(Pages::new(input, largest, defaults)));
    }
    let mut input = unpacked(input)?;
    let format = match named {
        Some(format) => format,
        None if stdin => Format::of_stream(input.fill_buf()?),
        None => Format::Text,
    };
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

/// Whether a file of a folder is taken.
pub fn is_known(file: &Path) -> bool {
    Format::of(file).is_some()
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

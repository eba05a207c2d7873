//! Streams of documents: JSON lines, as scrapers send them in bulk, and crawls. What is wrong with one costs only that one.

use std::io::{self, BufRead, Read};

use serde_json::{Map, Value};

use super::warc::{self, Capture, Item};
use crate::model::{Body, Lane, NewDocument, Submission, SubmissionError, is_language_tag};

/// A document of a stream, or why there is none.
#[derive(Debug)]
pub struct Entry {
    /// Its line, or its record of a crawl, from 1.
    pub number: usize,
    /// Where it was published, where that is known of what is no document too.
    pub url: Option<String>,
    /// Bytes that it took to send.
    pub bytes: usize,
    pub document: Result<NewDocument, EntryError>,
}

/// Why an entry is no document.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    #[error("it is longer than {0} bytes, the limit intake.max_line")]
    TooLong(usize),
    #[error("it is not UTF-8 from byte {0} on; JSON is always UTF-8 (RFC 8259)")]
    NotUtf8(usize),
    #[error("the line is empty")]
    Blank,
    /// Of a crawl.
    #[error("{0}; the limit is intake.max_line")]
    TooLarge(warc::Error),
    #[error(transparent)]
    Record(warc::Error),
    #[error("the record is cut short: only {0} bytes of the page are there")]
    Cut(usize),
    /// Nothing follows.
    #[error("the stream ends early: {0}")]
    Broken(#[from] io::Error),
}

/// What documents of a stream are given that say nothing else themselves.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    pub source: Option<String>,
    pub batch: Option<String>,
    pub lane: Option<Lane>,
}

impl Defaults {
    /// Fills in what a submission leaves open.
    pub fn complete(&self, submission: &mut Submission) {
        // Where there is an address, its host is the source.
        if submission.source.is_none() {
            submission.source = self.source.clone();
        }
        if submission.batch.is_none() {
            submission.batch = self.batch.clone();
        }
        submission.lane = submission.lane.or(self.lane);
    }
}

/// The documents of JSON lines, each as `POST /v1/documents` takes it, in constant memory whatever the length. Every line
/// gives one entry, but for empty ones at the end.
///
/// ```
/// use nisba::intake::feed::{Defaults, Lines};
/// let input = &b"{\"text\":\"One.\"}\n{\"txt\":\"Two.\"}\n{\"text\":\"Three.\"}\n"[..];
/// let good: Vec<bool> = Lines::new(input, 1 << 20, Defaults::default()).map(|entry| entry.document.is_ok()).collect();
/// assert_eq!(good, [true, false, true]);
/// ```
pub struct Lines<R> {
    input: R,
    longest: usize,
    defaults: Defaults,
    number: usize,
    /// Empty lines that were read and not given yet: they may be the last ones.
    blank: usize,
    /// What was read after them.
    next: Option<Entry>,
    over: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads lines of at most `longest` bytes.
    pub fn new(input: R, longest: usize, defaults: Defaults) -> Lines<R> {
        Lines { input, longest, defaults, number: 0, blank: 0, next: None, over: false }
    }

    /// The next line that is not empty.
    fn read(&mut self) -> Option<Entry> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut self.input).take(self.longest as u64 + 1).read_until(b'\n', &mut line);
            let entry = |number, bytes, document| Some(Entry { number, url: None, bytes, document });
            self.number += 1;
            match read {
                Err(error) => {
                    self.over = true;
                    return entry(self.number, line.len(), Err(error.into()));
                }
                Ok(0) => {
                    self.over = true;
                    return None;
                }
                Ok(_) if line.len() > self.longest && line.last() != Some(&b'\n') => {
                    let skipped = self.skip_line();
                    return entry(self.number, line.len() + skipped, Err(EntryError::TooLong(self.longest)));
                }
                Ok(_) => {}
            }
            let text = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| self.number == 1).unwrap_or(&line).trim_ascii();
            if text.is_empty() {
                self.blank += 1;
                continue;
            }
            return entry(self.number, line.len(), self.document(text));
        }
    }

    fn document(&self, line: &[u8]) -> Result<NewDocument, EntryError> {
        if let Err(error) = std::str::from_utf8(line) {
            return Err(EntryError::NotUtf8(error.valid_up_to()));
        }
        let mut submission = Submission::from_json(line)?;
        self.defaults.complete(&mut submission);
        Ok(submission.into_document(None)?)
    }

    /// Reads to the end of the line without keeping it.
    fn skip_line(&mut self) -> usize {
        let mut skipped = 0;
        loop {
            // An error comes again when the next line is read.
            let Ok(part) = self.input.fill_buf() else { return skipped };
            let end = part.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(part.len(), |end| end + 1);
            self.input.consume(length);
            skipped += length;
            if end.is_some() || length == 0 {
                return skipped;
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        if self.next.is_none() && !self.over {
            self.next = self.read();
            // Empty lines at the end are no lines.
            if self.next.is_none() {
                self.blank = 0;
            }
        }
        if self.blank > 0 {
            let number = self.next.as_ref().map_or(self.number, |next| next.number) - self.blank;
            self.blank -= 1;
            return Some(Entry { number, url: None, bytes: 1, document: Err(EntryError::Blank) });
        }
        self.next.take()
    }
}

/// The pages of a crawl, as a WARC has them.
pub struct Pages<R: BufRead> {
    records: warc::Reader<R>,
    defaults: Defaults,
    /// Records that were no pages.
    pub skipped: usize,
    number: usize,
}

/// Bytes of the head of a record, and of the HTTP message in it.
const LONGEST_HEAD: usize = 64 << 10;

impl<R: BufRead> Pages<R> {
    /// Reads pages of at most `largest` bytes, of a plain or gzipped WARC.
    pub fn new(input: R, largest: usize, defaults: Defaults) -> Pages<R> {
        let limits = warc::Limits { body: largest, header: LONGEST_HEAD };
        Pages { records: warc::Reader::new(input, limits), defaults, skipped: 0, number: 0 }
    }

    fn document(&self, page: Capture) -> Result<NewDocument, EntryError> {
        // Half a page would take the place of the whole one.
        if page.cut {
            return Err(EntryError::Cut(page.body.len()));
        }
        let notes: Vec<Value> = page.notes.into_iter().map(Value::from).collect();
        let mut submission = Submission {
            url: Some(page.url),
            fetched_at: page.fetched_at.map(|at| at.to_string()),
            http_status: page.status,
            // What is no tag is only a hint that is none.
            language: page.language.filter(|tag| is_language_tag(tag)),
            metadata: (!notes.is_empty()).then(|| Map::from_iter([("warc".to_owned(), notes.into())])),
            ..Submission::default()
        };
        self.defaults.complete(&mut submission);
        let body = match page.media_type.as_deref() {
            Some("text/plain") => Body::of_text(page.body, page.charset),
            _ => Body::Html { bytes: page.body, charset: page.charset },
        };
        Ok(submission.into_document(Some(body))?)
    }
}

impl<R: BufRead> Iterator for Pages<R> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            self.number += 1;
            return Some(match self.records.next()? {
                Ok(Item::Skipped { .. }) => {
                    self.skipped += 1;
                    continue;
                }
                Ok(Item::Capture(page)) => {
                    let (url, bytes) = (Some(page.url.clone()), page.body.len());
                    Entry { number: self.number, url, bytes, document: self.document(page) }
                }
                Err(error) => {
                    let (number, url) = (error.record, error.url.clone());
                    self.number = number;
                    let why = match error.fault {
                        warc::Fault::TooLarge { .. } => EntryError::TooLarge(error),
                        warc::Fault::Unreadable(broken) => EntryError::Broken(broken),
                        _ => EntryError::Record(error),
                    };
                    Entry { number, url, bytes: 0, document: Err(why) }
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(input: &[u8]) -> Vec<(usize, String)> {
        let said = |entry: Entry| match entry.document {
            Ok(document) => (entry.number, document.metadata.source),
            Err(error) => (entry.number, error.to_string()),
        };
        let defaults = Defaults { source: Some("archive".into()), ..Defaults::default() };
        Lines::new(input, 40, defaults).map(said).collect()
    }

    #[test]
    fn one_bad_line_costs_only_itself() {
        let long = format!("{{\"text\":\"{}\"}}\n", "a".repeat(100));
        let input = format!(
            "\u{FEFF}{{\"text\":\"a\"}}\r\n\n{long}nothing\n{{\"text\":\"b\",\"source\":\"wire\"}}\n{{\"text\":\"c\"}}\n\n \n"
        );
        let found = lines(input.as_bytes());
        let said: Vec<(usize, &str)> =
            found.iter().map(|(number, said)| (*number, &said[..said.len().min(12)])).collect();
        assert_eq!(
            said,
            [
                (1, "archive"),
                (2, "the line is "),
                (3, "it is longer"),
                (4, "the JSON can"),
                (5, "wire"),
                (6, "archive")
            ]
        );
        assert_eq!(
            lines(b"{\"text\":\"\xff\"}")[0].1,
            "it is not UTF-8 from byte 9 on; JSON is always UTF-8 (RFC 8259)"
        );
        assert!(lines(b"").is_empty() && lines(b"\n\n").is_empty());
    }

    #[test]
    fn a_stream_that_breaks_says_so_last() {
        struct Cut;
        impl Read for Cut {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("cut"))
            }
        }
        let input = io::BufReader::new((&b"{\"text\":\"a\"}\n{\"te"[..]).chain(Cut));
        let entries: Vec<Entry> = Lines::new(input, 100, Defaults::default()).collect();
        assert!(entries[0].document.is_ok() && entries.len() == 2);
        assert!(matches!(entries[1].document, Err(EntryError::Broken(_))));
    }

    proptest! {
        #[test]
        fn every_line_has_one_entry(input in "[ab{}\":\n ]{0,200}") {
            let expected = input.trim_ascii_end().split('\n').filter(|_| !input.trim_ascii().is_empty()).count();
            let entries: Vec<usize> = Lines::new(input.as_bytes(), 20, Defaults::default()).map(|e| e.number).collect();
            prop_assert_eq!(entries, (1..=expected).collect::<Vec<_>>());
        }
    }
}

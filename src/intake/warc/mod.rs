//! Pages out of web archives: WARC 1.0 and 1.1 (ISO 28500:2009 and 2017), plain or gzipped.
//!
//! A record says how long it is, and is believed: what a page says never ends a record, though it be the text of
//! another WARC. Only where no record follows is the next one looked for.
//!
//! At most twice the limit of a page is held in memory, whatever a record claims.

mod gzip_members;
mod http_message;
mod record;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead, Read};
use std::iter::FusedIterator;

use jiff::Timestamp;

use gzip_members::{Lookahead, RECORD, Unpacked};
use http_message::Head;
use record::{HTTP, Record};

/// A page of a crawl.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// `WARC-Record-ID` without the angle brackets.
    pub record_id: Option<String>,
    /// `WARC-Target-URI`, without the angle brackets of old wget.
    pub url: String,
    /// `WARC-Date`.
    pub fetched_at: Option<Timestamp>,
    /// Of the HTTP response; none for a page that came another way.
    pub status: Option<u16>,
    /// Essence of the content type, in lower case: `text/html`. None is a page that begins like HTML.
    pub media_type: Option<String>,
    /// The charset that the content type names, as it is written there.
    pub charset: Option<String>,
    /// The first language of `Content-Language`.
    pub language: Option<String>,
    /// Without chunks and content codings.
    pub body: Vec<u8>,
    /// What was wrong with the page, in words.
    pub notes: Vec<String>,
    /// The file ends, or the next record begins, before this one is as long as it says.
    pub cut: bool,
}

/// What a record holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Capture(Capture),
    /// A record that is no page.
    Skipped {
        /// Its number in the file, from one.
        record: usize,
        /// `WARC-Type`: `request`, `revisit`.
        kind: String,
        why: String,
    },
}

/// How much is read at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a page, both as it was sent and decoded.
    pub body: usize,
    /// Bytes of the head of a record, and of an HTTP message.
    pub header: usize,
}

/// Why a record cannot be read. The ones after it can be, unless the file ends or is [unreadable](Fault::Unreadable).
#[derive(Debug, thiserror::Error)]
#[error("record {record} at byte {offset}: {fault}")]
pub struct Error {
    /// Its number in the file, from one.
    pub record: usize,
    /// Where it begins; in a gzipped file, where the gzip member begins that it is in.
    pub offset: u64,
    /// `WARC-Target-URI`, if the record could be read that far.
    pub url: Option<String>,
    #[source]
    pub fault: Fault,
}

/// What is wrong with a record.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("{bytes} bytes before it belong to no record")]
    Strange { bytes: u64 },
    #[error("a head is larger than {limit} bytes, the limit")]
    HeadTooLarge { limit: usize },
    #[error("its head does not say how long it is")]
    NoLength,
    #[error("the page is larger than {limit} bytes, the limit")]
    TooLarge { limit: usize },
    #[error("the gzip of the file is damaged: {0}")]
    Damaged(io::Error),
    #[error("the file cannot be read: {0}")]
    Unreadable(io::Error),
}

/// Decoders and the file itself speak of their errors in the same way; [`Reader`] tells them apart.
impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Damaged(error)
    }
}

/// Reads a WARC record by record.
///
/// ```no_run
/// # fn main() -> std::io::Result<()> {
/// use std::fs::File;
/// use std::io::BufReader;
/// use nisba::intake::warc::{Item, Limits, Reader};
/// let limits = Limits { body: 16 << 20, header: 64 << 10 };
/// for item in Reader::new(BufReader::new(File::open("crawl.warc.gz")?), limits) {
///     match item {
///         Ok(Item::Capture(page)) => println!("{}", page.url),
///         Ok(Item::Skipped { .. }) => {}
///         Err(error) => eprintln!("{error}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Reader<R: BufRead> {
    input: Lookahead<Unpacked<R>>,
    limits: Limits,
    here: Place,
    /// Whether the end of the last record is not known.
    lost: bool,
    ended: bool,
}

#[derive(Clone, Debug, Default)]
struct Place {
    record: usize,
    offset: u64,
    url: Option<String>,
}

impl<R: BufRead> Reader<R> {
    pub fn new(input: R, limits: Limits) -> Self {
        let input = Lookahead::new(Unpacked::new(input));
        Self { input, limits, here: Place::default(), lost: false, ended: false }
    }

    fn offset(&mut self) -> u64 {
        let position = self.input.position();
        self.input.get_mut().member().unwrap_or(position)
    }

    /// Goes to the next record. False at the end of the file.
    fn go_on(&mut self) -> Result<bool, Fault> {
        let lost = std::mem::take(&mut self.lost);
        let mut strange = 0;
        self.here = Place { record: self.here.record + 1, offset: self.offset(), url: None };
        let found = loop {
            self.input.get_mut().let_on()?;
            self.pass_line_breaks()?;
            if strange == 0 || lost {
                self.here.offset = self.offset();
            }
            let ahead = self.input.peek(RECORD.len())?;
            if ahead.starts_with(b"WARC/") {
                break true;
            }
            if ahead.is_empty() && !self.input.get_mut().is_stopped() {
                break false;
            }
            strange += self.pass_to_record()?;
        };
        if strange > 0 && !lost { Err(Fault::Strange { bytes: strange }) } else { Ok(found) }
    }

    /// Records are followed by two line breaks; by more or fewer when other tools wrote them.
    fn pass_line_breaks(&mut self) -> Result<(), Fault> {
        while let Some(b'\r' | b'\n') = self.input.peek(1)?.first() {
            self.input.consume(1);
        }
        Ok(())
    }

    /// Passes over what is no record, and says how much it was.
    fn pass_to_record(&mut self) -> Result<u64, Fault> {
        let start = self.input.position();
        while self.input.pass_to(RECORD)? {
            let ahead = self.input.peek(RECORD.len() + 2)?;
            if matches!(ahead[RECORD.len()..], [b'0'..=b'9', b'\r' | b'\n', ..]) {
                break;
            }
            self.input.consume(RECORD.len());
        }
        Ok(self.input.position() - start)
    }

    fn read_record(&mut self) -> Result<Item, Fault> {
        let Limits { header, .. } = self.limits;
        self.lost = true;
        let head = Head::read(&mut self.input, header)?.ok_or(Fault::HeadTooLarge { limit: header })?;
        let length = head.get("Content-Length").and_then(|length| length.parse().ok()).ok_or(Fault::NoLength)?;
        self.lost = false;
        let record = Record { number: self.here.record, head, limits: self.limits };
        self.here.url = record.url();
        self.input.peek(HTTP.len())?;
        let mut block = (&mut self.input).take(length);
        let mut item = record.read(&mut block);
        io::copy(&mut block, &mut io::sink())?;
        if let Ok(Item::Capture(page)) = &mut item {
            page.cut = block.limit() > 0;
        }
        // A gzip member has its checksum at its end, and what follows the record is in the same member.
        self.pass_line_breaks()?;
        item
    }

    /// Names the record, and goes to where reading can go on.
    fn error(&mut self, fault: Fault) -> Error {
        let Place { record, offset, url } = self.here.clone();
        let fault = match fault {
            Fault::Damaged(error) if self.input.get_mut().failed() => Fault::Unreadable(error),
            fault => fault,
        };
        match &fault {
            Fault::Unreadable(_) => self.ended = true,
            Fault::Damaged(_) => self.ended = matches!(self.input.recover(), Ok(false)),
            // It stands before the record that has this number.
            Fault::Strange { .. } => self.here.record -= 1,
            _ => {}
        }
        Error { record, offset, url, fault }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = match self.go_on() {
            Ok(true) => self.read_record(),
            Ok(false) => {
                self.ended = true;
                return None;
            }
            Err(fault) => Err(fault),
        };
        Some(item.map_err(|fault| self.error(fault)))
    }
}

impl<R: BufRead> FusedIterator for Reader<R> {}

//! What a record of a WARC is: a page, or why it is none.

use std::io::{BufRead, Read, Take};

use jiff::Timestamp;

use super::http_message::{self, Head, Refusal};
use super::{Capture, Fault, Item, Limits};

/// What the block of a response begins with, unless the page came another way.
pub const HTTP: &[u8] = b"HTTP/";

/// A record whose head has been read.
pub struct Record {
    pub number: usize,
    pub head: Head,
    pub limits: Limits,
}

impl Record {
    fn kind(&self) -> String {
        self.head.get("WARC-Type").unwrap_or("unknown").to_ascii_lowercase()
    }

    /// `WARC-Target-URI`, which old wget writes in angle brackets, as the grammar of WARC 1.0 has it.
    pub fn url(&self) -> Option<String> {
        let url = self.head.get("WARC-Target-URI")?;
        Some(url.trim_matches(['<', '>', ' ']).to_owned()).filter(|url| !url.is_empty())
    }

    fn skipped(&self, why: impl Into<String>) -> Item {
        Item::Skipped { record: self.number, kind: self.kind(), why: why.into() }
    }

    /// Reads as much of the block as it takes to know what the record is.
    pub fn read<I: BufRead>(&self, block: &mut Take<I>) -> Result<Item, Fault> {
        if let Some(why) = self.is_no_page() {
            return Ok(self.skipped(why));
        }
        let message = self.message(block)?;
        let status = message.as_ref().and_then(Head::status);
        if let Some(status @ 300..=399) = status {
            return Ok(self.skipped(format!("status {status}")));
        }
        let content_type = self.content_type(message.as_ref());
        let media_type = content_type.and_then(http_message::media_type);
        if let Some(other) = media_type.as_ref().filter(|own| !is_page(own)) {
            return Ok(self.skipped(other.as_str()));
        }
        let (body, mut notes) = match self.body(message.as_ref(), block)? {
            Ok(read) => read,
            Err(Refusal::Coding(coding)) => return Ok(self.skipped(format!("content coding {coding}"))),
            Err(Refusal::TooLarge) if media_type.is_none() => {
                return Ok(self.skipped("large, and without a media type"));
            }
            Err(Refusal::TooLarge) => return Err(Fault::TooLarge { limit: self.limits.body }),
        };
        if body.is_empty() {
            notes.insert(0, "no body".into());
            return Ok(self.skipped(notes.join("; ")));
        }
        if media_type.is_none() && !http_message::begins_like_markup(&body) {
            return Ok(self.skipped("no media type"));
        }
        if status == Some(206) {
            notes.push("only a part of the page was asked for".into());
        }
        Ok(Item::Capture(Capture {
            record_id: self.head.get("WARC-Record-ID").map(|id| id.trim_matches(['<', '>']).to_owned()),
            url: self.url().unwrap_or_default(),
            fetched_at: self.head.get("WARC-Date").and_then(date),
            status,
            media_type,
            charset: content_type.and_then(http_message::charset),
            language: message.as_ref().and_then(Head::language),
            body,
            notes,
            cut: false,
        }))
    }

    /// Why this is no page, as far as the head of the record tells.
    fn is_no_page(&self) -> Option<String> {
        let segment = self.head.get("WARC-Segment-Number").and_then(|number| number.parse::<u64>().ok());
        if segment.is_some_and(|number| number > 1) {
            return Some("a later segment of a record".into());
        }
        let why = match self.kind().as_str() {
            "response" | "resource" => return self.has_no_address(),
            "warcinfo" => "about the file",
            "request" => "what the crawler asked for",
            "metadata" => "about another record",
            "revisit" => "the same as in an earlier capture",
            "conversion" => "made from another record",
            "continuation" => "a later segment of a record",
            _ => "not a kind of record that holds pages",
        };
        Some(why.into())
    }

    /// Crawlers keep their own papers as resources: look-ups of names (`dns:`), settings (`metadata:`), extracted text
    /// and screenshots (`urn:`).
    fn has_no_address(&self) -> Option<String> {
        let Some(url) = self.url() else { return Some("no address".into()) };
        let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).unwrap_or_default();
        let known = matches!(scheme.as_str(), "http" | "https" | "ftp" | "ftps" | "file");
        (!known).then(|| if scheme.is_empty() { "no address".into() } else { format!("not on the web ({scheme}:)") })
    }

    /// The head of the HTTP response, if there is one.
    fn message(&self, block: &mut impl BufRead) -> Result<Option<Head>, Fault> {
        let limit = self.limits.header;
        if self.kind() != "response" || !block.fill_buf()?.starts_with(HTTP) {
            return Ok(None);
        }
        Ok(Some(Head::read(block, limit)?.ok_or(Fault::HeadTooLarge { limit })?))
    }

    fn content_type<'a>(&'a self, message: Option<&'a Head>) -> Option<&'a str> {
        match message {
            Some(message) => message.get("Content-Type"),
            // The content type of the record is that of the page, unless it says that there should have been a message.
            None => self.head.get("Content-Type").filter(|own| !own.to_ascii_lowercase().contains("application/http")),
        }
    }

    fn body<I: BufRead>(&self, message: Option<&Head>, block: &mut Take<I>) -> Result<Opened, Fault> {
        let limit = self.limits.body;
        let mut body = Vec::new();
        block.take(limit as u64 + 1).read_to_end(&mut body)?;
        if body.len() > limit {
            return Ok(Err(Refusal::TooLarge));
        }
        let mut notes = self.cut_short(block.limit());
        let opened = match message {
            Some(message) => http_message::open(message, body, !notes.is_empty(), limit),
            None => Ok((body, Vec::new())),
        };
        Ok(opened.map(|(body, more)| {
            notes.extend(more);
            (body, notes)
        }))
    }

    fn cut_short(&self, missing: u64) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(reason) = self.head.get("WARC-Truncated") {
            notes.push(format!("the page was cut short when it was fetched: {reason}"));
        }
        if missing > 0 {
            notes.push(format!("the record is cut short: {missing} bytes of it are missing"));
        }
        if self.head.get("WARC-Segment-Number").is_some() {
            notes.push("the page is cut short: only its first segment was read".into());
        }
        notes
    }
}

/// A body with notes, or why there is none.
type Opened = Result<(Vec<u8>, Vec<String>), Refusal>;

fn is_page(media_type: &str) -> bool {
    matches!(media_type, "text/html" | "application/xhtml+xml" | "text/plain")
}

/// A date of WARC 1.0, or of 1.1, which allows fractions of seconds and less than seconds (W3C-DTF).
fn date(written: &str) -> Option<Timestamp> {
    const REST: &str = "0000-01-01T00:00:00";
    let known = written.trim_end_matches(['Z', 'z']);
    let rest = if matches!(known.len(), 4 | 7 | 10 | 16) { REST.get(known.len()..)? } else { "" };
    written.parse().or_else(|_| format!("{known}{rest}Z").parse()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_may_be_less_exact() {
        let whole = |written| date(written).map(|date| date.to_string());
        for written in ["2024", "2024-01", "2024-01-01", "2024-01-01T00:00Z", "2024-01-01T00:00:00"] {
            assert_eq!(whole(written).as_deref(), Some("2024-01-01T00:00:00Z"), "{written}");
        }
        assert_eq!(whole("2024-01-01T00:00:00.5Z").as_deref(), Some("2024-01-01T00:00:00.5Z"));
        assert_eq!((whole("yesterday"), whole("ééé"), whole("")), (None, None, None));
    }
}

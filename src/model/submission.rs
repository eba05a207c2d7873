//! What a sender writes: the JSON form of a document, and the checks that every document passes.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use super::{Body, Lane, Metadata, NewDocument};

/// Why a submission is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionError {
    /// The JSON cannot be parsed.
    #[error("the JSON cannot be parsed: {0}")]
    Malformed(String),
    /// A field is missing, invalid, or contradicts another.
    #[error("{field}: {reason}")]
    Field { field: String, reason: String },
}

/// A document as a sender writes it. One of `text` and `html` is required.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    pub text: Option<String>,
    pub html: Option<String>,
    pub url: Option<String>,
    pub source: Option<String>,
    pub title: Option<String>,
    pub language: Option<String>,
    pub published_at: Option<String>,
    pub fetched_at: Option<String>,
    /// What the server answered when it was fetched.
    pub http_status: Option<u16>,
    /// Where the fetch ended after redirects.
    pub final_url: Option<String>,
    /// Where the text stands that it is a translation of.
    pub translation_of: Option<String>,
    /// The language of that text.
    pub original_language: Option<String>,
    /// A label for documents that belong together, to ask after them all.
    pub batch: Option<String>,
    pub lane: Option<Lane>,
    pub metadata: Option<Map<String, Value>>,
}

/// The source of documents that name neither a source nor an address.
const UNKNOWN_SOURCE: &str = "unknown";

impl Submission {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`SubmissionError::Malformed`] for what is no JSON, [`SubmissionError::Field`] for JSON of another shape.
    pub fn from_json(json: &[u8]) -> Result<Submission, SubmissionError> {
        if !matches!(json.trim_ascii_start().first(), Some(b'{'))
            && serde_json::from_slice::<serde::de::IgnoredAny>(json).is_ok()
        {
            return Err(SubmissionError::Field { field: "(document)".into(), reason: "must be a JSON object".into() });
        }
        let reader = &mut serde_json::Deserializer::from_slice(json);
        let read: Result<Submission, _> = serde_path_to_error::deserialize(&mut *reader);
        let submission = read.map_err(|e| {
            let path = e.path().to_string();
            let inner = e.into_inner();
            if !inner.is_data() {
                return SubmissionError::Malformed(inner.to_string());
            }
            let text = inner.to_string();
            // An unknown field is not on the path, but in the message.
            let named = ["unknown field `", "duplicate field `"].iter().find_map(|start| text.strip_prefix(start));
            let field = named.and_then(|rest| rest.split('`').next()).map_or(path, str::to_owned);
            SubmissionError::Field { field: if field == "." { "(document)".into() } else { field }, reason: text }
        })?;
        reader.end().map_err(|e| SubmissionError::Malformed(e.to_string()))?;
        Ok(submission)
    }

    /// Checks the fields and names the document. `body` replaces `text` and `html` where it came by another way.
    ///
    /// # Errors
    /// [`SubmissionError::Field`] with the field that is missing, invalid or contradicts another.
    pub fn into_document(self, body: Option<Body>) -> Result<NewDocument, SubmissionError> {
        let body = match (body, self.text, self.html) {
            (Some(body), ..) => body,
            (None, Some(text), None) => Body::Text(text),
            (None, None, Some(html)) => Body::Html { bytes: html.into_bytes(), charset: Some("utf-8".into()) },
            (None, Some(_), Some(_)) => return Err(wrong("html", "contradicts text: send one of the two")),
            (None, None, None) => return Err(wrong("text", "is missing: send text or html")),
        };
        if body.bytes().iter().all(u8::is_ascii_whitespace) {
            return Err(wrong(if !matches!(body, Body::Html { .. }) { "text" } else { "html" }, "is empty"));
        }
        let host = self.url.as_deref().map(|url| host_of("url", url)).transpose()?;
        let source = match self.source.map(|s| s.trim().to_owned()) {
            Some(source) if source.is_empty() || source.chars().count() > 256 || has_controls(&source) => {
                return Err(wrong("source", "must be 1 to 256 characters without controls"));
            }
            Some(source) => source,
            None => host.unwrap_or_else(|| UNKNOWN_SOURCE.into()),
        };
        if self.title.as_ref().is_some_and(|t| t.chars().count() > 4_000) {
            return Err(wrong("title", "is longer than 4000 characters"));
        }
        for (field, tag) in [("language", &self.language), ("original_language", &self.original_language)] {
            if tag.as_deref().is_some_and(|tag| !is_language_tag(tag)) {
                return Err(wrong(field, "is no BCP 47 tag, such as \"az\" or \"fa-IR\""));
            }
        }
        if self.http_status.is_some_and(|status| !(100..=599).contains(&status)) {
            return Err(wrong("http_status", "is no HTTP status, which is a number from 100 to 599"));
        }
        self.final_url.as_deref().map(|url| host_of("final_url", url)).transpose()?;
        self.translation_of.as_deref().map(|url| host_of("translation_of", url)).transpose()?;
        let batch = self.batch.map(|label| batch_label(&label)).transpose()?;
        let metadata = Metadata {
            url: self.url,
            source,
            title: self.title,
            language: self.language,
            published_at: self.published_at.as_deref().map(|t| timestamp("published_at", t)).transpose()?,
            fetched_at: self.fetched_at.as_deref().map(|t| timestamp("fetched_at", t)).transpose()?,
            http_status: self.http_status,
            final_url: self.final_url,
            translation_of: self.translation_of,
            original_language: self.original_language,
            metadata: self.metadata.unwrap_or_default(),
        };
        Ok(NewDocument { lane: self.lane.unwrap_or_default(), batch, ..NewDocument::new(metadata, body) })
    }
}

/// The label of a batch, trimmed: it is a part of an address.
///
/// # Errors
/// [`SubmissionError::Field`] for what is empty, too long, or has controls or a slash in it.
pub fn batch_label(label: &str) -> Result<String, SubmissionError> {
    let label = label.trim();
    if label.is_empty() || label.chars().count() > 128 || has_controls(label) || label.contains('/') {
        return Err(wrong("batch", "must be 1 to 128 characters without controls or slashes"));
    }
    Ok(label.to_owned())
}

fn wrong(field: &str, reason: &str) -> SubmissionError {
    SubmissionError::Field { field: field.into(), reason: reason.into() }
}

fn host_of(field: &str, url: &str) -> Result<String, SubmissionError> {
    let parsed = Url::parse(url.trim()).map_err(|e| wrong(field, &format!("is no absolute URL: {e}")))?;
    match (parsed.scheme(), parsed.host_str()) {
        ("http" | "https", Some(host)) if url.len() <= 8_192 => Ok(host.to_owned()),
        _ => Err(wrong(field, "must be an http or https address of at most 8192 bytes")),
    }
}

fn has_controls(text: &str) -> bool {
    text.chars().any(char::is_control)
}

/// Whether it has the form of a BCP 47 tag, such as `az` or `fa-IR`.
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    // Longer ones are for use in the future: so far they are names of languages, written where a tag belongs.
    (2..=3).contains(&primary.len())
        && primary.chars().all(|c| c.is_ascii_alphabetic())
        && parts.all(|p| (1..=8).contains(&p.len()) && p.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// RFC 3339, or a date alone, which is its beginning in UTC.
fn timestamp(field: &str, text: &str) -> Result<Timestamp, SubmissionError> {
    let date = || if text.len() == 10 { format!("{text}T00:00:00Z").parse().ok() } else { None };
    // No store takes a year before the first.
    let first: Timestamp = Timestamp::constant(-62_135_596_800, 0);
    text.parse()
        .ok()
        .or_else(date)
        .filter(|time| *time >= first)
        .ok_or_else(|| wrong(field, "is no time as RFC 3339 writes it, such as \"2022-03-12T08:00:00Z\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(json: &str) -> String {
        match Submission::from_json(json.as_bytes()).and_then(|s| s.into_document(None)) {
            Err(SubmissionError::Field { field, .. }) => field,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_wrong_field_is_named() {
        for (json, expected) in [
            (r#"{}"#, "text"),
            (r#"{"text":" "}"#, "text"),
            (r#"{"text":"a","html":"b"}"#, "html"),
            (r#"{"text":5}"#, "text"),
            (r#"{"text":"a","url":"nowhere"}"#, "url"),
            (r#"{"text":"a","url":"file:///etc/passwd"}"#, "url"),
            (r#"{"text":"a","language":"!"}"#, "language"),
            (r#"{"text":"a","published_at":"yesterday"}"#, "published_at"),
            (r#"{"text":"a","metadata":[]}"#, "metadata"),
            (r#"{"text":"a","http_status":99}"#, "http_status"),
            (r#"{"text":"a","final_url":"/home"}"#, "final_url"),
            (r#"{"text":"a","translation_of":"/home"}"#, "translation_of"),
            (r#"{"text":"a","original_language":"Persian, I think"}"#, "original_language"),
            (r#"{"text":"a","batch":"a/b"}"#, "batch"),
            (r#"{"text":"a","lane":"fast"}"#, "lane"),
            (r#"{"text":"a","titel":"b"}"#, "titel"),
            (r#"[]"#, "(document)"),
        ] {
            assert_eq!(field(json), expected, "{json}");
        }
    }

    #[test]
    fn malformed_json_is_told_from_a_wrong_field() {
        for json in [&b"{\"text\":"[..], b"{\"text\":\"\xff\"}", b"{\"text\":\"a\"} x", b"{\"text\":\"\\ud800\"}"] {
            assert!(matches!(Submission::from_json(json), Err(SubmissionError::Malformed(_))), "{json:?}");
        }
    }

    #[test]
    fn the_source_defaults_to_the_host() {
        let document = Submission::from_json(br#"{"text":"a","url":"https://news.example/x"}"#)
            .unwrap()
            .into_document(None)
            .unwrap();
        assert_eq!(document.metadata.source, "news.example");
    }
}

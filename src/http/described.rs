//! Pages and texts whose bytes are the body of a request or a part of a form, and what is said of them beside: in the query, in
//! headers, or in fields.

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LANGUAGE, HeaderMap};
use serde::Deserialize;

use super::Problem;
use super::request::query_of;
use crate::model::{Body, Lane, NewDocument, Submission};

/// A page, in whatever charset it is: what the header says is only a hint.
pub(super) fn page_document(
    bytes: Vec<u8>,
    charset: Option<String>,
    submission: Submission,
) -> Result<NewDocument, Problem> {
    let charset = charset.map(|label| label.to_ascii_lowercase());
    Ok(submission.into_document(Some(Body::Html { bytes, charset }))?)
}

/// A plain text, in whatever charset it is.
pub(super) fn text_document(
    bytes: Vec<u8>,
    charset: Option<String>,
    submission: Submission,
) -> Result<NewDocument, Problem> {
    Ok(submission.into_document(Some(Body::of_text(bytes, charset)))?)
}

/// What a page or text is described by: the query, then headers.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Described {
    url: Option<String>,
    source: Option<String>,
    title: Option<String>,
    language: Option<String>,
    published_at: Option<String>,
    fetched_at: Option<String>,
    http_status: Option<u16>,
    final_url: Option<String>,
    translation_of: Option<String>,
    original_language: Option<String>,
    batch: Option<String>,
    lane: Option<Lane>,
    /// A JSON object.
    metadata: Option<String>,
}

impl Described {
    /// Reads a query, or the fields of a form that are written as one.
    pub(super) fn read(query: &str) -> Result<Described, Problem> {
        query_of(query)
    }

    /// What it says, without headers.
    pub(super) fn submission(self) -> Result<Submission, Problem> {
        let metadata = self.metadata.as_deref().map(|json| {
            serde_json::from_str(json).map_err(|e| Problem::invalid("metadata", &format!("is no JSON object: {e}")))
        });
        Ok(Submission {
            text: None,
            html: None,
            url: self.url,
            source: self.source,
            title: self.title,
            language: self.language,
            published_at: self.published_at,
            fetched_at: self.fetched_at,
            http_status: self.http_status,
            final_url: self.final_url,
            translation_of: self.translation_of,
            original_language: self.original_language,
            batch: self.batch,
            lane: self.lane,
            metadata: metadata.transpose()?,
        })
    }
}

const PREFIX: &str = "x-nisba-";

/// What may follow it.
const FIELDS: [&str; 13] = [
    "url",
    "source",
    "title",
    "language",
    "published-at",
    "fetched-at",
    "http-status",
    "final-url",
    "translation-of",
    "original-language",
    "batch",
    "lane",
    "metadata",
];

/// What a request says of its body, in its query or its headers.
///
/// # Errors
/// 422 for what is unknown or invalid.
pub(super) fn described(request: &HttpRequest) -> Result<Submission, Problem> {
    let mut described = Described::read(request.query_string())?;
    let headers = request.headers();
    if let Some(unknown) =
        headers.keys().map(|k| k.as_str()).find(|k| k.strip_prefix(PREFIX).is_some_and(|k| !FIELDS.contains(&k)))
    {
        return Err(Problem::invalid(unknown, "is no header that is known"));
    }
    described.url = or_header(described.url.take(), headers, "url")?;
    described.source = or_header(described.source.take(), headers, "source")?;
    described.title = or_header(described.title.take(), headers, "title")?;
    described.language = or_header(described.language.take(), headers, "language")?;
    described.published_at = or_header(described.published_at.take(), headers, "published-at")?;
    described.fetched_at = or_header(described.fetched_at.take(), headers, "fetched-at")?;
    described.final_url = or_header(described.final_url.take(), headers, "final-url")?;
    described.translation_of = or_header(described.translation_of.take(), headers, "translation-of")?;
    described.original_language = or_header(described.original_language.take(), headers, "original-language")?;
    described.batch = or_header(described.batch.take(), headers, "batch")?;
    described.metadata = or_header(described.metadata.take(), headers, "metadata")?;
    if let (None, Some(status)) = (described.http_status, header(headers, "http-status")?) {
        let wrong = |_| Problem::invalid("http_status", "is no number from 100 to 599");
        described.http_status = Some(status.trim().parse().map_err(wrong)?);
    }
    described.lane = lane_or_header(described.lane, headers)?;
    // A list has its main language first; what is no tag is only a hint that is none.
    let content_language = headers
        .get(CONTENT_LANGUAGE)
        .and_then(|value| value.to_str().ok()?.split(',').next())
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| crate::language::declared(tag).is_some());
    described.language = described.language.or(content_language);
    described.submission()
}

/// What the query says, or else the header `X-Nisba-NAME`.
pub(super) fn or_header(own: Option<String>, headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    own.map_or_else(|| header(headers, name), |own| Ok(Some(own)))
}

/// The lane that the query names, or else the header.
pub(super) fn lane_or_header(own: Option<Lane>, headers: &HeaderMap) -> Result<Option<Lane>, Problem> {
    let (None, Some(named)) = (own, header(headers, "lane")?) else { return Ok(own) };
    Lane::named(&named).map(Some).ok_or_else(|| Problem::invalid("lane", "is fresh or backfill"))
}

/// The value of `X-Nisba-NAME`, UTF-8, or percent-encoded as headers want it.
fn header(headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(format!("{PREFIX}{name}")) else { return Ok(None) };
    let wrong = || Problem::invalid(&name.replace('-', "_"), "the header is not UTF-8; percent-encode it");
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| wrong())?;
    // An address keeps its own percent signs.
    if matches!(name, "url" | "final-url" | "translation-of" | "metadata") || !text.contains('%') {
        return Ok(Some(text.to_owned()));
    }
    let pair = format!("v={}", text.replace('+', "%2B"));
    let decoded = url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, v)| v.into_owned());
    Ok(Some(decoded.unwrap_or_else(|| text.to_owned())))
}

//! A document as it arrived, and the identity it gets: see [`document_id`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

/// The content of a document, byte for byte as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Plain text, UTF-8.
    Text(String),
    /// Plain text in another charset, or damaged; the charset that was declared for it, where one was.
    Legacy { bytes: Vec<u8>, charset: Option<String> },
    /// A page; its bytes may be in any charset. The charset of the Content-Type header, where one was given.
    Html { bytes: Vec<u8>, charset: Option<String> },
}

impl Body {
    /// A plain text of which only the bytes are known, and perhaps what they are said to be.
    pub fn of_text(bytes: Vec<u8>, charset: Option<String>) -> Body {
        let utf8 = charset.as_deref().is_none_or(|label| label.eq_ignore_ascii_case("utf-8"));
        match String::from_utf8(bytes) {
            Ok(text) if utf8 => Body::Text(text),
            Ok(text) => Body::Legacy { bytes: text.into_bytes(), charset },
            Err(e) => Body::Legacy { bytes: e.into_bytes(), charset },
        }
    }

    /// The bytes of the content.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Body::Text(text) => text.as_bytes(),
            Body::Legacy { bytes, .. } | Body::Html { bytes, .. } => bytes,
        }
    }

    /// The media type of the content: `text/plain` or `text/html`, with the charset where one was declared.
    pub fn media_type(&self) -> String {
        match self {
            Body::Text(_) => "text/plain; charset=utf-8".into(),
            Body::Legacy { charset: None, .. } => "text/plain".into(),
            Body::Legacy { charset: Some(charset), .. } => format!("text/plain; charset={charset}"),
            Body::Html { charset: None, .. } => "text/html".into(),
            Body::Html { charset: Some(charset), .. } => format!("text/html; charset={charset}"),
        }
    }
}

/// What the sender said about a document. All of it is kept and compared: other metadata is another revision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Where it was published, as the sender wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The outlet or feed; the URL's host where the sender named none.
    pub source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The language that the sender declares, a BCP 47 tag: a hint, not an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// When the sender fetched it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<Timestamp>,
    /// What the server answered when the sender fetched it, an HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// Where the fetch ended after redirects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_url: Option<String>,
    /// Where the text stands that it is a translation of, and in which language that is, a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation_of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_language: Option<String>,
    /// Anything else; opaque to nisba.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

/// Which documents are processed first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// Today's: before all others.
    #[default]
    Fresh,
    /// What is old, and can wait: an archive that is loaded.
    Backfill,
}

impl Lane {
    /// Both, in their order.
    pub const ALL: [Lane; 2] = [Lane::Fresh, Lane::Backfill];

    /// The name that senders write.
    pub fn name(self) -> &'static str {
        match self {
            Lane::Fresh => "fresh",
            Lane::Backfill => "backfill",
        }
    }

    /// By the name that senders write.
    pub fn named(name: &str) -> Option<Lane> {
        match name {
            "fresh" => Some(Lane::Fresh),
            "backfill" => Some(Lane::Backfill),
            _ => None,
        }
    }
}

/// A document on its way in: validated, named, not yet stored.
#[derive(Clone, Debug)]
pub struct NewDocument {
    pub id: String,
    pub lane: Lane,
    /// A label of the sender's for documents that belong together.
    pub batch: Option<String>,
    pub metadata: Metadata,
    pub body: Body,
}

impl NewDocument {
    /// Names the document: its id follows from the metadata and the body alone, so that the answer can state it.
    pub fn new(metadata: Metadata, body: Body) -> Self {
        let id = document_id(&metadata.source, metadata.url.as_deref(), &body);
        Self { id, lane: Lane::default(), batch: None, metadata, body }
    }

    /// As it is processed where no store numbers it: its first revision.
    pub fn received(self, request_id: &str, at: Timestamp) -> Document {
        Document {
            seq: 0,
            revision: 1,
            received_at: at,
            content_hash: self.content_hash(),
            request_id: request_id.to_owned(),
            id: self.id,
            metadata: self.metadata,
            body: self.body,
        }
    }

    /// A hash of what a user can see of the submission: two equal hashes are one revision. When it was fetched, the
    /// tracking parameters of its address and the order of free metadata make no difference, so that the next crawl of
    /// an unchanged page is the same revision.
    pub fn content_hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        let seen = Metadata {
            url: self.metadata.url.as_deref().map(canonical_url),
            final_url: self.metadata.final_url.as_deref().map(canonical_url),
            fetched_at: None,
            metadata: sorted(&self.metadata.metadata),
            ..self.metadata.clone()
        };
        let metadata = serde_json::to_vec(&seen).unwrap_or_else(|e| unreachable!("metadata is plain JSON: {e}"));
        hasher.update(&(metadata.len() as u64).to_le_bytes());
        hasher.update(&metadata);
        hasher.update(self.body.media_type().as_bytes());
        hasher.update(b"\0");
        hasher.update(self.body.bytes());
        *hasher.finalize().as_bytes()
    }
}

/// The same object with its keys in order, on every level.
fn sorted(object: &Map<String, Value>) -> Map<String, Value> {
    fn value(of: &Value) -> Value {
        match of {
            Value::Object(object) => Value::Object(sorted(object)),
            Value::Array(items) => Value::Array(items.iter().map(value).collect()),
            other => other.clone(),
        }
    }
    let mut keys: Vec<&String> = object.keys().collect();
    keys.sort();
    keys.into_iter().map(|key| (key.clone(), value(&object[key]))).collect()
}

/// A stored document: one revision of what arrived under an id. Never changed afterwards.
#[derive(Clone, Debug)]
pub struct Document {
    /// Place in the spool; grows with arrival.
    pub seq: i64,
    pub id: String,
    /// 1, 2, 3 …
    pub revision: i64,
    pub received_at: Timestamp,
    /// Hash of the submission, see [`NewDocument::content_hash`].
    pub content_hash: [u8; 32],
    /// The request that brought it, for logs.
    pub request_id: String,
    pub metadata: Metadata,
    pub body: Body,
}

/// Where a record's document came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<Timestamp>,
    /// What the fetch was answered with, and where it ended, as the sender says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_url: Option<String>,
    /// Where the text stands that it is a translation of, and in which language that is, as the sender says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation_of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_language: Option<String>,
}

/// The id of a document: `d-` and 26 characters, 128 bits of BLAKE3 over (source, canonical URL), or over
/// (source, content) where no URL was given.
///
/// ```
/// use nisba::model::{Body, document_id};
/// let body = Body::Text("…".into());
/// let a = document_id("news.example", Some("https://NEWS.example:443/a?b=2&utm_source=x&a=1#top"), &body);
/// let b = document_id("news.example", Some("http://news.example/a?a=1&b=2"), &body);
/// assert_eq!(a, b);
/// ```
pub fn document_id(source: &str, url: Option<&str>, body: &Body) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(source.as_bytes());
    hasher.update(b"\0");
    match url {
        Some(url) => {
            hasher.update(b"url\0");
            hasher.update(canonical_url(url).as_bytes());
        }
        None => {
            hasher.update(b"content\0");
            hasher.update(body.bytes());
        }
    }
    let digest = hasher.finalize();
    let mut id = String::from("d-");
    data_encoding::BASE32_DNSSEC.encode_append(&digest.as_bytes()[..16], &mut id);
    id
}

/// Whether two addresses are of one document.
pub fn is_same_address(one: &str, other: &str) -> bool {
    canonical_url(one) == canonical_url(other)
}

/// Query parameters that say how a reader came, not what the page is.
const TRACKING: [&str; 12] = [
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "_ga", "ref_src",
];

/// One form for all ways to write an address: http and https alike, host in lower case, no default port, fragment
/// or tracking parameters, query sorted. What is no URL stays as it is.
pub fn canonical_url(raw: &str) -> String {
    let Ok(mut url) = Url::parse(raw.trim()) else { return raw.trim().to_owned() };
    url.set_fragment(None);
    if url.scheme() == "http" {
        // http://h:80 has lost its port already; http://h:443 must not become the default one.
        let _ = url.set_scheme("https");
    }
    let mut pairs: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !name.starts_with("utm_") && !TRACKING.contains(&name.as_ref()))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    pairs.sort();
    url.set_query(None);
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_page_are_one() {
        let one = "https://example.org/a?x=1&y=2";
        for same in [
            "http://example.org/a?y=2&x=1",
            "https://EXAMPLE.org:443/a?x=1&y=2#part",
            "http://example.org:80/a?utm_medium=m&x=1&fbclid=q&y=2",
        ] {
            assert_eq!(canonical_url(same), canonical_url(one), "{same}");
        }
        for other in
            ["https://example.org/A?x=1&y=2", "https://example.org/a?x=1", "https://example.org:8443/a?x=1&y=2"]
        {
            assert_ne!(canonical_url(other), canonical_url(one), "{other}");
        }
    }

    #[test]
    fn without_an_address_the_content_names() {
        let text = |t: &str| Body::Text(t.into());
        assert_eq!(document_id("s", None, &text("a")), document_id("s", None, &text("a")));
        assert_ne!(document_id("s", None, &text("a")), document_id("s", None, &text("b")));
        assert_ne!(document_id("s", None, &text("a")), document_id("t", None, &text("a")));
    }
}

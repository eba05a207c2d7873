//! The record: the canonical result for one document, and the main thing that sinks receive.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Cluster, Edition, Language, Page, Passage, PersonOnRecord, Source, Translation, Variant};

/// The version of the record's shape, published with every record.
pub const SCHEMA: &str = "nisba.record/1";

/// The canonical result for one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub schema: String,
    /// The document's id.
    pub id: String,
    /// The document's revision that this was made from.
    pub revision: i64,
    /// Grows by one each time that what is said about the document changes.
    pub version: i64,
    /// The document was deleted: all that was said of it is taken back, and the rest of this record is empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    pub received_at: Timestamp,
    pub processed_at: Timestamp,
    pub source: Source,
    /// BLAKE3 of the submission, hexadecimal.
    pub content_hash: String,
    /// NFC, as are `byline` and `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// What is written below the pictures, one line each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    pub text: String,
    /// BLAKE3 of `text`, hexadecimal: equal for the same text, however it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_hash: Option<String>,
    /// What the page says of itself, where a page was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// Of a page, whether it has an article on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<bool>,
    /// What is on the page instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_article: Option<NoArticle>,
    /// The documents with nearly the same text, as outlets print it that take it from one wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Cluster>,
    /// The document that this one is for other readers, as the page says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant_of: Option<Variant>,
    pub language: Language,
    /// What was changed, where the text was there before: in an older revision, or elsewhere in the same language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<Edition>,
    /// What the document is among those that say the same in other languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<Translation>,
    /// Messages that the text quotes whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<Passage>,
    pub people: Vec<PersonOnRecord>,
    /// What the sender gave as `metadata`, untouched.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    pub provenance: Provenance,
}

/// Why a page has no article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoArticle {
    /// `consent-wall`, `bot-check`, `login-wall`, `error-page`, `teaser`, `empty` or `listing`.
    pub kind: String,
    /// In words.
    pub why: String,
}

/// The field of a record that an offset counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextField {
    Title,
    Byline,
    Text,
    Caption,
}

/// What made the record. Not compared when versions are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// nisba's version.
    pub nisba: String,
    /// What each stage used, by stage.
    pub models: BTreeMap<String, String>,
    /// Which authority settled known people, with its revision.
    pub authority_revision: String,
    /// What had to be repaired on the way in, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Milliseconds by stage.
    pub timings_ms: BTreeMap<String, f64>,
}

impl Record {
    /// The version of a record that says that its document was deleted.
    pub fn tombstone(id: &str, revision: i64, version: i64, at: Timestamp) -> Record {
        Record {
            schema: SCHEMA.to_owned(),
            id: id.to_owned(),
            revision,
            version,
            deleted: true,
            received_at: at,
            processed_at: at,
            source: Source::default(),
            content_hash: String::new(),
            title: None,
            byline: None,
            caption: None,
            text: String::new(),
            text_hash: None,
            page: None,
            article: None,
            no_article: None,
            cluster: None,
            variant_of: None,
            edition: None,
            translation: None,
            passages: Vec::new(),
            language: Language {
                tag: "und".to_owned(),
                script: "Zyyy".to_owned(),
                confidence: 0.0,
                reliable: false,
                declared: None,
                spans: Vec::new(),
            },
            people: Vec::new(),
            metadata: Map::new(),
            provenance: Provenance { nisba: crate::VERSION.to_owned(), ..Provenance::default() },
        }
    }

    /// Whether both say the same about the document: everything but version, times of processing and provenance.
    pub fn says_the_same(&self, other: &Record) -> bool {
        let bare = |record: &Record| Record {
            version: 0,
            processed_at: Timestamp::UNIX_EPOCH,
            provenance: Provenance::default(),
            ..record.clone()
        };
        bare(self) == bare(other)
    }

    /// The text of a field; empty where the record has none.
    pub fn field(&self, field: TextField) -> &str {
        match field {
            TextField::Title => self.title.as_deref().unwrap_or_default(),
            TextField::Byline => self.byline.as_deref().unwrap_or_default(),
            TextField::Text => &self.text,
            TextField::Caption => self.caption.as_deref().unwrap_or_default(),
        }
    }
}

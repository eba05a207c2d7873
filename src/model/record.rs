//! The record: the canonical result for one document, and the main thing that sinks receive.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Page, Source};

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

/// Documents with nearly the same text. A newcomer names the cluster that it comes into; nobody who is there is changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    pub id: String,
    /// The document of the cluster that this one is most like; none for the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
    /// 0 to 1: the share of three-word sequences that both have, estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
}

/// A document among the translations and editions of one text. Its members are the story's own (`GET /v1/stories/{id}`): a
/// newcomer does not change the records of those that were there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Translation {
    /// `s-…`; a story that was found to be another leads there.
    pub story_id: String,
    /// How likely it is of this story, 0 to 1; none for the document that the story began with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    pub role: Role,
    /// The document that it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_language: Option<OriginalLanguage>,
    /// What speaks for the story and for the role, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// Stories that it may be of too, not surely enough to be linked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<StoryCandidate>,
}

/// What a document is to its story.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Original,
    Translation,
    /// The same text in the same language, changed.
    Edition,
    #[default]
    Unknown,
}

/// The language in which a text was written first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OriginalLanguage {
    /// BCP 47.
    pub tag: String,
    /// 0 to 1.
    pub confidence: f64,
}

/// A stretch of the text that somebody else wrote than the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// `message`: a letter or a statement, quoted whole.
    pub kind: String,
    /// Code points of the text, quotation marks inside.
    pub start: usize,
    pub end: usize,
    /// Who wrote it, by the name that the record has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The author, where it is a known person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<String>,
    /// The language in which it was likely written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_language: Option<OriginalLanguage>,
    pub why: Vec<String>,
}

/// A text that was there before, changed. The record of what it was made of names in turn what that was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// The document; its own id for an older revision.
    pub of: String,
    pub revision: i64,
    pub difference: Difference,
}

/// What one text says and another does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// How many there are; the first twenty are shown.
    pub paragraphs_added: usize,
    pub paragraphs_removed: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added_people: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_people: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added_numbers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_numbers: Vec<String>,
}

/// A story that a document may be of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryCandidate {
    pub story_id: String,
    /// How likely it is of this story, 0 to 1.
    pub score: f64,
    pub evidence: Vec<String>,
}

/// The document that this one is a variant of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub kind: VariantKind,
    /// The id that the document has, or would have if it was sent under its address from the same source.
    pub document_id: String,
    /// The address that the page names as its canonical one.
    pub url: String,
}

/// How a variant differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VariantKind {
    /// An AMP page.
    Amp,
    /// At a host or address for small screens.
    Mobile,
    /// Another address of the same page.
    Address,
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

/// The language of the document as a whole, and of its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Language {
    /// BCP 47; `und` where it is not sure.
    pub tag: String,
    /// ISO 15924 code of the prevailing script, as `Latn`; `Zyyy` where there are no letters.
    pub script: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Whether the answer can be relied on.
    pub reliable: bool,
    /// What the sender or the page declared, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    pub spans: Vec<LanguageSpan>,
}

/// A stretch of text in one language; offsets in code points of the field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LanguageSpan {
    #[serde(rename = "in")]
    pub field: TextField,
    pub start: usize,
    pub end: usize,
    pub tag: String,
    pub confidence: f64,
}

/// How sure the identity of a person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PersonStatus {
    /// An entry of an authority.
    Known,
    /// Made here from a name never seen before.
    Provisional,
    /// Several candidates fit and none is preferred; `person_id` is absent.
    Ambiguous,
}

/// One person of a record, with every mention and the reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonOnRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_id: Option<String>,
    /// The person's display name: the authority's, or the fullest spelling seen first.
    pub name: String,
    pub status: PersonStatus,
    /// Transliteration-invariant key of the fullest mention.
    pub key: String,
    /// 0 to 1: how well the fullest mention fits the identity.
    pub score: f64,
    /// Ids that other authorities have for the same person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_as: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// Offices and professions named beside the mentions, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleBeside>,
    pub mentions: Vec<Mention>,
    /// The reasons, in words.
    pub why: Vec<String>,
}

/// A person who might be meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub person_id: String,
    pub name: String,
    pub score: f64,
}

/// What a mention shows of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MentionForm {
    /// Given and family name, at least.
    Full,
    /// One part of the name alone.
    Short,
}

/// A stretch of text that names a person; offsets in code points of the field, titles and endings outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    #[serde(rename = "in")]
    pub field: TextField,
    pub start: usize,
    pub end: usize,
    /// The name as written.
    pub text: String,
    pub form: MentionForm,
    #[serde(default)]
    pub place: Place,
}

/// Where in a document a name stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Headline,
    /// The first paragraph.
    Lead,
    #[default]
    Body,
    /// Between quotation marks: in what somebody said.
    Quote,
    /// Who wrote the document, or took its pictures.
    Byline,
    /// Below a picture.
    Caption,
}

/// An office or profession as it is written beside a name; offsets in code points of the field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleBeside {
    /// The code of the office, as in the lexicons: `president`, `judge`.
    pub role: String,
    #[serde(rename = "in")]
    pub field: TextField,
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// How much a document is about somebody mentioned so: the headline counts eight mentions, the first paragraph four; who
/// wrote it comes last.
///
/// ```
/// use nisba::model::{Place, importance};
/// assert!(importance([Place::Headline, Place::Body]) > importance([Place::Lead, Place::Body, Place::Body]));
/// ```
pub fn importance(places: impl IntoIterator<Item = Place>) -> u32 {
    let (mut all, mut headline, mut lead) = (0, 0, 0);
    for place in places {
        match place {
            Place::Headline => headline = 8,
            Place::Lead => (all, lead) = (all + 1, 4),
            Place::Body | Place::Quote | Place::Caption => all += 1,
            Place::Byline => {}
        }
    }
    all + headline + lead
}

/// The most important people first; those who are equally so in order of their first mention.
pub fn by_importance(people: &mut [PersonOnRecord]) {
    people.sort_by_key(|person| order_of_importance(&person.mentions));
}

/// Sorts somebody with these mentions before those who are less important.
pub fn order_of_importance(mentions: &[Mention]) -> impl Ord + use<> {
    let weight = importance(mentions.iter().map(|mention| mention.place));
    (std::cmp::Reverse(weight), mentions.first().map(|mention| (mention.field, mention.start)))
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

//! What a record says of its story: what the document is to it, what it was made of, and who wrote which part of it.

use serde::{Deserialize, Serialize};

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

/// A story that a document may be of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryCandidate {
    pub story_id: String,
    /// How likely it is of this story, 0 to 1.
    pub score: f64,
    pub evidence: Vec<String>,
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

//! The people of a record: who they are, and where they are named.

use serde::{Deserialize, Serialize};

use super::TextField;

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

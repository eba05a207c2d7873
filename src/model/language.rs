//! In which languages a record is, stretch by stretch.

use serde::{Deserialize, Serialize};

use super::TextField;

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

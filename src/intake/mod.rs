//! Bytes to text: charset, HTML, and the clean-up that every text gets.

mod article;
mod charset;
pub mod feed;
mod html;
mod page;
mod sketch;
mod text;
pub mod variant;
pub mod warc;

pub use html::{LARGEST_PAGE, MAX_DEPTH};
pub use page::timestamp;
pub use sketch::Sketch;
pub use text::clean;

use crate::model::{Body, Page};

/// Why no text can be got out of a document.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    #[error("the page nests elements more than {MAX_DEPTH} deep")]
    TooDeep,
    #[error("the page cannot be read: {0}")]
    Unreadable(String),
}

/// What a document says, in NFC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extracted {
    pub title: Option<String>,
    pub byline: Option<String>,
    /// What is written below the pictures of the article, one line each; not in the text.
    pub caption: Option<String>,
    pub text: String,
    /// What a page says of itself.
    pub page: Option<Page>,
    /// The language that the page declares.
    pub language: Option<String>,
    /// What had to be repaired, in words.
    pub notes: Vec<String>,
}

/// Gets the text out of a body.
///
/// # Errors
/// When the body is a page that cannot be read at all. A page without an article gives an empty text and a note.
pub fn extract(body: &Body) -> Result<Extracted, IntakeError> {
    match body {
        Body::Text(text) => {
            let (text, notes) = clean(text);
            Ok(Extracted { text, notes, ..Extracted::default() })
        }
        Body::Html { bytes, charset } => {
            let (page, decoded) = charset::decode(bytes, charset.as_deref());
            let mut extracted = html::extract(&page)?;
            extracted.notes.extend(decoded);
            Ok(extracted)
        }
    }
}

//! Bytes to text: charset, HTML, and the clean-up that every text gets.

mod article;
mod binary;
mod charset;
pub mod dates;
pub mod feed;
mod html;
pub mod kind;
mod mojibake;
mod page;
mod shape;
mod sketch;
mod text;
pub mod variant;
pub mod warc;

pub use html::LARGEST_PAGE;
pub use mojibake::mend;
pub use sketch::Sketch;
pub use text::clean;

use charset::Decoded;
use url::Url;

use crate::model::{Body, Page};

/// Why no text can be got out of a document.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    #[error("the page nests elements more than {0} deep, the limit intake.max_depth")]
    TooDeep(usize),
    #[error("an element of the page has more than {0} attributes, the limit intake.max_attributes")]
    TooManyAttributes(usize),
    #[error("the page cannot be read: {0}")]
    Unreadable(String),
    #[error("is neither a page nor a text but {0}: send the text of it")]
    Binary(&'static str),
}

/// What pages may be like; more is made to exhaust parsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Elements nested in each other.
    pub depth: usize,
    /// Attributes of one element.
    pub attributes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 512, attributes: 1_000 }
    }
}

/// What a document says, in NFC.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// What speaks for an article on the page, and against one.
    pub signs: Signs,
    /// What had to be repaired, in words.
    pub notes: Vec<String>,
}

/// What a page shows of whether it has an article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signs {
    /// It says that it is an article.
    pub declared_article: bool,
    /// It says that one has to pay for it.
    pub not_free: bool,
    /// How much of what was taken for the article is links, 0 to 1.
    pub link_share: f64,
    /// All its lines, where much of it is links.
    pub listing: Option<String>,
}

/// Gets the text out of a body; `url` is where it was published, where that is known.
///
/// # Errors
/// When the body is a page that cannot be read at all, or neither a page nor a text. A page without an article gives an empty text and a note.
pub fn extract(body: &Body, url: Option<&str>, limits: &Limits) -> Result<Extracted, IntakeError> {
    if let Some(kind) = binary::kind(body.bytes()) {
        return Err(IntakeError::Binary(kind));
    }
    match body {
        Body::Text(text) => {
            let (mended, mojibake) = mojibake::mend(text.clone());
            Ok(plain(&mended, mojibake))
        }
        Body::Legacy { bytes, charset } => {
            let Decoded { text, notes, .. } = charset::decode(bytes, charset.as_deref(), false, domain(url).as_deref());
            Ok(plain(&text, notes))
        }
        Body::Html { bytes, charset } => {
            let Decoded { text, notes, .. } = charset::decode(bytes, charset.as_deref(), true, domain(url).as_deref());
            let mut extracted = html::extract(&text, url, limits)?;
            extracted.notes.extend(notes);
            Ok(extracted)
        }
    }
}

fn plain(text: &str, repaired: impl IntoIterator<Item = String>) -> Extracted {
    let (text, mut notes) = clean(text);
    notes.extend(repaired);
    Extracted { text, notes, ..Extracted::default() }
}

/// The last part of the host's name: it tells in which country, and so in which charsets, people write there.
fn domain(url: Option<&str>) -> Option<String> {
    let url = Url::parse(url?).ok()?;
    let name = url.domain()?.rsplit('.').next()?;
    name.bytes().all(|byte| byte.is_ascii_lowercase()).then(|| name.to_owned())
}

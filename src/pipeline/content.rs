//! What a document says: what was got out of it, and what its sender says of it.

use jiff::{SignedDuration, Timestamp};

use crate::intake::kind::{self, Kind, Seen};
use crate::intake::{self, Extracted, IntakeError, Limits, Signs, dates};
use crate::model::{Document, Metadata, Page, TextField};

/// A page that gives no offset may be ahead by half a day; what is dated later than this lies in the future.
const FUTURE: SignedDuration = SignedDuration::from_hours(14);

/// What a document says.
pub struct Content {
    pub title: Option<String>,
    pub byline: Option<String>,
    pub caption: Option<String>,
    pub text: String,
    pub page: Option<Page>,
    /// The language that the sender declares, or else the page.
    pub declared: Option<String>,
    pub published_at: Option<Timestamp>,
    /// What is on a page instead of an article, and why it is taken for that.
    pub no_article: Option<(Kind, String)>,
}

impl Content {
    /// Gets out of a document what it says. What is noteworthy about it, in words, is added to `notes`.
    ///
    /// # Errors
    /// When no text can be got out of it.
    pub fn of(document: &Document, limits: &Limits, notes: &mut Vec<String>) -> Result<Content, IntakeError> {
        let sent = &document.metadata;
        let Extracted { title, byline, caption, text, page, language, signs, notes: repaired } =
            intake::extract(&document.body, sent.url.as_deref(), limits)?;
        notes.extend(repaired);
        let title = sent.title.as_deref().map(|t| tidy(t, notes)).or(title).filter(|t| !t.is_empty());
        let published_at = sent.published_at.or_else(|| dates::timestamp(page.as_ref()?.published_at.as_deref()?));
        if let Some(published_at) = published_at.filter(|at| *at > document.received_at + FUTURE) {
            notes.push(format!("published in the future: {published_at}"));
        }
        let no_article = page.as_ref().and_then(|_| no_article(title.as_deref(), &text, &signs, sent));
        let declared = sent.language.clone().or(language);
        Ok(Content { title, byline, caption, text, page, declared, published_at, no_article })
    }

    /// The fields that have a text, in their order.
    pub fn fields(&self) -> Vec<(TextField, &str)> {
        let mut fields: Vec<(TextField, &str)> = Vec::new();
        fields.extend(self.title.as_deref().map(|t| (TextField::Title, t)));
        fields.extend(self.byline.as_deref().map(|b| (TextField::Byline, b)));
        fields.push((TextField::Text, &self.text));
        fields.extend(self.caption.as_deref().map(|c| (TextField::Caption, c)));
        fields
    }

    /// Whether the people whom it names are those of an article: a teaser has the beginning of one.
    pub fn names_people(&self) -> bool {
        self.no_article.as_ref().is_none_or(|(kind, _)| matches!(kind, Kind::Teaser | Kind::LoginWall))
    }
}

/// What a page has instead of an article. Where much of it is links, all its lines are looked at first.
fn no_article(title: Option<&str>, text: &str, signs: &Signs, sent: &Metadata) -> Option<(Kind, String)> {
    let seen = Seen {
        status: sent.http_status,
        title,
        text,
        link_share: signs.link_share,
        declared_article: signs.declared_article,
        not_free: signs.not_free,
        url: sent.url.as_deref(),
        final_url: sent.final_url.as_deref(),
    };
    let listed = signs.listing.as_deref().map(|lines| Seen { text: lines, ..seen });
    listed.as_ref().and_then(kind::no_article).or_else(|| kind::no_article(&seen))
}

/// A title as the sender wrote it, mended and cleaned.
fn tidy(title: &str, notes: &mut Vec<String>) -> String {
    let (mended, mojibake) = intake::mend(title.to_owned());
    let (title, more) = intake::clean(&mended);
    notes.extend(mojibake.into_iter().chain(more).filter(|note| !notes.contains(note)).collect::<Vec<_>>());
    title
}

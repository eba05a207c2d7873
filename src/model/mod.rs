//! Plain data: what arrives, what comes out, and the words for both. No I/O, no locks.

mod alike;
mod document;
mod language;
mod page;
mod people;
mod record;
mod submission;
mod translation;

pub use alike::{Cluster, Variant, VariantKind};
pub use document::{Body, Document, Lane, Metadata, NewDocument, Source, canonical_url, document_id, is_same_address};
pub use language::{Language, LanguageSpan};
pub use page::{Alternate, Page};
pub use people::{
    Candidate, Mention, MentionForm, PersonOnRecord, PersonStatus, Place, RoleBeside, by_importance, importance,
    order_of_importance,
};
pub use record::{NoArticle, Provenance, Record, SCHEMA, TextField};
pub use submission::{Submission, SubmissionError, batch_label, is_language_tag};
pub use translation::{Difference, Edition, OriginalLanguage, Passage, Role, StoryCandidate, Translation};

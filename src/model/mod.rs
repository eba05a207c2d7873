//! Plain data: what arrives, what comes out, and the words for both. No I/O, no locks.

mod document;
mod page;
mod record;
mod submission;

pub use document::{Body, Document, Lane, Metadata, NewDocument, Source, canonical_url, document_id, is_same_address};
pub use page::{Alternate, Page};
pub use record::{
    Candidate, Cluster, Difference, Edition, Language, LanguageSpan, Mention, MentionForm, NoArticle, OriginalLanguage,
    Passage, PersonOnRecord, PersonStatus, Place, Provenance, Record, Role, RoleBeside, SCHEMA, StoryCandidate,
    TextField, Translation, Variant, VariantKind, by_importance, importance, order_of_importance,
};
pub use submission::{Submission, SubmissionError, batch_label, is_language_tag};

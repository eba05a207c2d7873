//! Plain data: what arrives, what comes out, and the words for both. No I/O, no locks.

mod document;
mod page;
mod record;
mod submission;

pub use document::{Body, Document, Metadata, NewDocument, Source, document_id};
pub use page::{Alternate, Page};
pub use record::{
    Candidate, Language, LanguageSpan, Mention, MentionForm, PersonOnRecord, PersonStatus, Place, Provenance, Record,
    RoleBeside, SCHEMA, TextField, by_importance, importance, order_of_importance,
};
pub use submission::{Submission, SubmissionError, is_language_tag};

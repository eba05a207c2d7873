//! Pure functions over text: the language of a document and of its parts.
//!
//! Follow [`identify`]: `passages` cuts a text where its language may change, scores all languages of its alphabet in one
//! pass over the `table` of n-grams, and brings together what is in one; `judge` says which language that is, or that it is
//! none; `identify` says what the document is in. Scripts that one language has decide by themselves. `train` makes the
//! table.

mod identify;
mod judge;
mod letters;
mod model;
mod near;
mod passages;
mod scored;
mod script;
mod table;
pub mod train;

pub use identify::{LanguageOfField, Languages, declared, identify};
pub use judge::primary;
pub use model::warm_up;
pub use script::script_code;

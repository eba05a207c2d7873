//! Pure functions over text: the language of a document and of its parts.
//!
//! The script comes first: Georgian, Armenian, Greek, Hebrew and a few more decide the language alone. Everything else
//! goes to lingua, a paragraph at a time.

mod detect;
mod script;

pub use detect::{LanguageOfField, Languages, identify, warm_up};
pub use script::{ScriptShare, script_code, scripts};

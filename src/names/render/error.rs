//! What is said where a name cannot be rendered.

use thiserror::Error;

use super::table::written_languages;

/// Why a name is not rendered; the message is one sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RenderError {
    /// No table writes the language.
    #[error("names cannot be written in \"{to}\": {why}; there are tables for {}", written_languages().join(", "))]
    NoTable { to: String, why: &'static str },
    /// No table reads the letters of the name.
    #[error("\"{name}\" is in letters that no table reads")]
    Unread { name: String },
}

impl RenderError {
    pub(super) fn no_table(to: &str) -> RenderError {
        let language = to.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        let why = match language.as_str() {
            "zh" | "yue" | "lzh" => "which of many Han characters stand for a sound is custom, name by name",
            "th" | "km" | "my" | "lo" => "its spelling of foreign names depends on more than their sounds",
            _ => "there is no table for it",
        };
        RenderError::NoTable { to: to.to_owned(), why }
    }

    pub(super) fn unread(name: &str) -> RenderError {
        RenderError::Unread { name: name.to_owned() }
    }
}

//! Names rendered in the script and the convention of another language, by the tables in `data/render/` (see the README
//! there): `Ильхам Алиев` is `Ilham Aliyev` in English and `ილჰამ ალიევი` in Georgian.
//!
//! A word is looked up first: particles, common given names, endings of family names. What is not listed is read as
//! sounds by the rules of its language and written by those of the target.

mod case;
mod endings;
mod error;
mod given;
mod listed;
mod pieces;
mod rules;
mod source;
mod sources;
mod table;
mod target;
mod word;

use unicode_normalization::UnicodeNormalization;

pub use error::RenderError;
pub use sources::{BestSource, InLanguage, best_source, in_language};

use pieces::{Piece, pieces};
use source::Source;
use target::Target;
use word::{Place, rendered_word};

/// A name in the letters of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub text: String,
    pub by: Method,
}

/// How a name came to be in the letters of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// It was in them already, and is given back unchanged.
    SameSpelling,
    /// By a table.
    Table,
}

/// The name in the script of the language `to`, as its press would write it. `from` is the language of the spelling, where
/// that is known; both are BCP 47 tags. It is NFC. A name without letters comes back as it is.
///
/// ```
/// use nisba::names::render::{Method, render};
/// assert_eq!(render("İlham Əliyev", Some("az"), "ru").unwrap().text, "Ильхам Алиев");
/// assert_eq!(render("Sergej Šojgu", Some("cs"), "cs").unwrap().by, Method::SameSpelling);
/// assert!(render("Ilham Aliyev", None, "zh").is_err());
/// ```
pub fn render(name: &str, from: Option<&str>, to: &str) -> Result<Rendered, RenderError> {
    let target = Target::of(to)?;
    let name: String = name.nfc().collect();
    let source = Source::of(&name, from);
    if !name.chars().any(char::is_alphabetic) || target.leaves(&name, &source) {
        return Ok(Rendered { text: name, by: Method::SameSpelling });
    }
    let pieces = pieces(&name);
    let words = pieces.iter().filter(|piece| matches!(piece, Piece::Word(_))).count();
    let mut text = String::with_capacity(name.len() * 2);
    let mut seen = 0;
    for piece in &pieces {
        match piece {
            Piece::Word(word) => {
                seen += 1;
                let place = Place { first: seen == 1, last: seen == words };
                text.push_str(&rendered_word(word, &source, &target, place)?);
            }
            Piece::Between(between) => text.push_str(&target.between(between)),
        }
    }
    // Of letters that no table knows nothing may be left.
    if !text.chars().any(char::is_alphabetic) {
        return Err(RenderError::unread(&name));
    }
    Ok(Rendered { text: text.nfc().collect(), by: Method::Table })
}

/// Whether names can be rendered in this language, and are then in Latin letters.
pub fn is_latin(to: &str) -> bool {
    Target::of(to).is_ok_and(|target| target.script == unicode_script::Script::Latin)
}

#[cfg(test)]
mod tests;

//! Pure functions over personal names: normalise, romanise, parse, key, compare and explain. No I/O, no locks; the
//! tables and lexicons are data files of the project.
//!
//! ```
//! use nisba::names::{Name, compare};
//! let a = Name::parse("Ильхам Алиев");
//! let b = Name::parse("İlham Əliyev");
//! assert_eq!(a.key(), b.key());
//! assert!(compare(&a, &b).score > 0.9);
//! ```

mod compare;
mod key;
mod lexicon;
mod normal;
mod parse;
mod romanise;

pub use compare::{Comparison, SAME_PERSON, compare, compare_tokens};
pub use key::KEY_VERSION;
pub use lexicon::{Ending, Lexicon, Word, is_given_name, lexicon, lexicons_for, sounds_like_given_name};
pub use normal::{is_abjad, normalise, script_of};
pub use parse::{Name, Part, Token};
pub use romanise::{display, readings};

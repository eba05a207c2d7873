//! Pure functions over personal names: normalise, romanise, parse, key, compare and explain. No I/O, no locks; the
//! tables, lexicons and weights are data files of the project.
//!
//! ```
//! use nisba::names::{Name, compare};
//! let a = Name::parse("Ильхам Алиев");
//! let b = Name::parse("İlham Əliyev");
//! assert_eq!(a.key(), b.key());
//! assert!(compare(&a, &b).score > 0.9);
//! ```

mod align;
mod compare;
mod explain;
mod gender;
mod given;
mod inflect;
mod key;
mod kinds;
mod letters;
mod lexicon;
mod lists;
mod normal;
mod parse;
pub mod render;
mod romanise;
mod scorer;
mod show;
mod sounds;
mod token;
pub mod train;
mod vocabulary;
mod words;
mod written;

pub use align::compare_tokens;
pub use compare::{Comparison, SAME_PERSON, compare};
pub use explain::{AlignedLetters, AlignedParts};
pub use gender::{Gender, gender_of_honorific};
pub use given::sounds_listed;
pub use inflect::{own_forms, set_off};
pub use key::{KEY_VERSION, Skeleton};
pub use kinds::{Kinds, NAMES as KIND_NAMES};
pub use lexicon::{Ending, Lexicon, Word, languages_with_lexicon, lexicon, lexicons_for};
pub use lists::{ListedNames, is_town, listed, listed_in, listed_names, listed_names_like};
pub use normal::{NormalHash, Plain, is_abjad, normalise, plain, script_of};
pub use parse::Name;
pub use romanise::romanise;
pub use scorer::{FEATURES, Features, Scorer};
pub use show::{compared_json, parsed_json};
pub use token::{Part, Token};
pub use vocabulary::{LEAST_ALIKE, Search, Vocabulary, VocabularyBuilder, WordId};
pub use written::LONGEST;

/// Loads the tables, lexicons and weights, which the first comparison would otherwise wait for.
pub fn warm_up() {
    given::load();
    compare(&Name::parse("Ilham Aliyev"), &Name::parse("Ильхам Алиев"));
}

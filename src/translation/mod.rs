//! One text in many languages: which documents are one story, which of them is the original, and what was changed.

mod address;
pub mod claims;
mod concepts;
pub mod editions;
mod habits;
mod layout;
pub mod likeness;
pub mod messages;
pub mod outline;
mod pieces;
pub mod role;
pub mod said;
mod sounds;
pub mod stories;
pub mod train;
mod window;

pub use address::address;
pub use outline::{Kind, Mark, Memory, Outline, Spelling};
pub use window::{Candidate, Keys, Window};

/// Loads what the first document would otherwise wait for: the phrases of translators, how names sound, what countries and
/// months are called in the languages that are read most.
pub fn warm_up<'l>(languages: impl IntoIterator<Item = &'l str>) {
    claims::of_text("en", None, Some("By Ann Lee"), "");
    claims::habit("en", std::iter::empty(), "");
    let mut memory = Memory::default();
    languages.into_iter().for_each(|language| drop(Outline::of(language, ["Ab 12"], &mut memory)));
}

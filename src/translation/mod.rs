//! One text in many languages: which documents are one story, which of them is the original, and what was changed.

mod concepts;
mod layout;
pub mod likeness;
pub mod outline;
mod pieces;
pub mod role;
pub mod said;
mod sounds;
pub mod stories;
pub mod train;
mod window;

pub use outline::{Kind, Mark, Memory, Outline, Spelling};
pub use window::{Candidate, Keys, Window};

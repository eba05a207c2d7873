//! What comes of a translation.

use serde::{Deserialize, Serialize};

use super::error::MachineError;

/// A text that a machine translated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineTranslation {
    /// Always true: whoever reads it is to know that no person wrote it.
    pub machine: bool,
    /// The translation, in NFC, with each name as it was to be rendered. Paragraphs are those of the original.
    pub text: String,
    /// The language that it was translated from, as it was asked for.
    pub from: String,
    /// The language that it is in, as it was asked for.
    pub to: String,
    /// Who translated: `deepl`.
    pub provider: String,
    /// What became of the names.
    pub names: Names,
    /// Paragraphs, or parts of long ones, that were translated.
    pub segments: usize,
    /// Code points that were sent to the provider for it, marks of names among them.
    pub characters: u64,
    /// Segments that were not sent, as their translation was known.
    pub from_cache: usize,
}

/// What became of the names in a translation. The text says them all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// How many were left alone by the provider, as they should be.
    pub kept: usize,
    /// Those whose mark came back damaged or more than once.
    pub repaired: Vec<String>,
    /// Those whose mark did not come back. Their sentence was put together from its parts between names, each
    /// translated by itself, so it may be clumsy.
    pub lost: Vec<String>,
}

impl MachineTranslation {
    /// The translation, if the provider lost none of the names in it: for those who want no clumsy sentence.
    ///
    /// # Errors
    /// [`MachineError::NameLost`] for the first that was lost.
    pub fn with_all_names(self) -> Result<MachineTranslation, MachineError> {
        match self.names.lost.first() {
            Some(name) => Err(MachineError::NameLost { name: name.clone() }),
            None => Ok(self),
        }
    }
}

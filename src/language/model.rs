//! What is built in to identify languages by: the table of n-grams, and the words that tell near languages apart.

use std::sync::LazyLock;

use super::letters::SHARED;
use super::near::NearWords;
use super::table::Table;

/// The table and the words.
pub struct Model {
    pub table: Table,
    pub near: NearWords,
}

/// What is built in; unpacked by the first text.
pub static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let packed = include_bytes!("../../data/language/table.bin");
    let table = Table::read(packed).unwrap_or_else(|e| panic!("data/language/table.bin: {e}"));
    let words = include_str!("../../data/language/words.toml");
    let known = |tag: &str| (0..SHARED.len()).any(|at| table.alphabet(at).classes.iter().any(|class| class.tag == tag));
    let near = NearWords::read(words, known).unwrap_or_else(|e| panic!("data/language/words.toml: {e}"));
    Model { table, near }
});

/// Unpacks what is built in, which takes a third of a second, so that the first document need not wait.
pub fn warm_up() {
    LazyLock::force(&MODEL);
}

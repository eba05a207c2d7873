//! Notices in many languages, what looks like one and is none, and where they stand.

mod negatives;
mod notices;
mod offsets;
mod sources;

use super::{Field, Said, said};

/// A paragraph that says nothing of itself.
const STORY: &str = "The presidents of both countries met in Ashgabat on Saturday to speak of gas, of transport and of the \
    waters of the sea between them, and they parted after three hours without a word to those who waited outside.";

/// What a document says that has this notice at its end.
fn at_end(language: &str, notice: &str) -> Vec<String> {
    in_text(language, &format!("{STORY}¶{STORY}¶{STORY}¶{notice}"))
}

/// What a text says; `¶` is a blank line.
fn in_text(language: &str, text: &str) -> Vec<String> {
    let text = text.replace('¶', "\n\n");
    said(language, &[(Field::Text, &text)]).iter().map(summary).collect()
}

/// The kind, and after it the language, the outlet and the translator, where there are any.
fn summary(said: &Said) -> String {
    let slots = [("", &said.language), ("@", &said.outlet), ("by ", &said.translator)];
    let slots = slots.iter().filter_map(|(mark, slot)| slot.as_ref().map(|slot| format!(" {mark}{slot}")));
    slots.fold(said.kind.name().to_owned(), |all, slot| all + &slot)
}

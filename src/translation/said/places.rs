//! Where notices stand: in the title and the byline, at the beginning and the end of the text, in lines of their own.

use super::Field;
use super::letters::words;

/// A paragraph that may have a notice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) field: Field,
    pub(super) text: &'a str,
    /// The field up to it, for counting its letters.
    pub(super) before: &'a str,
    /// Whether agencies that are named in its sentences are its sources: those of the title and the first paragraphs.
    pub(super) leads: bool,
    /// Whether a dateline may stand here.
    pub(super) begins: bool,
}

impl Place<'_> {
    /// Code points of the field before it.
    pub(super) fn letters_before(&self) -> usize {
        self.before.chars().count()
    }
}

/// Paragraphs at the beginning of a text that say where it is from.
const FIRST: usize = 2;

/// Paragraphs at its end that may be notices.
const LAST: usize = 3;

/// A paragraph of fewer words may be a notice wherever it stands.
const SHORT: usize = 15;

/// No paragraph so short has as many bytes.
const SHORT_BYTES: usize = 600;

pub(super) fn places<'a>(field: Field, text: &'a str) -> Vec<Place<'a>> {
    if field != Field::Text {
        let leads = field == Field::Title;
        return vec![Place { field, text, before: "", leads, begins: false }];
    }
    let paragraphs = paragraphs(text);
    let last = paragraphs.len().saturating_sub(LAST);
    let counting = paragraphs.iter().enumerate().filter(|&(at, paragraph)| {
        at < FIRST || at >= last || paragraph.1.len() < SHORT_BYTES && words(paragraph.1.chars()) < SHORT
    });
    let place = |(at, &(start, text_of)): (usize, &(usize, &'a str))| Place {
        field,
        text: text_of,
        before: &text[..start],
        leads: at < FIRST,
        begins: at < FIRST,
    };
    counting.map(place).collect()
}

/// Paragraphs, each with the bytes before it. Where none is set off by a blank line, every line is one.
fn paragraphs(text: &str) -> Vec<(usize, &str)> {
    let parting = if text.contains("\n\n") { "\n\n" } else { "\n" };
    let mut start = 0;
    let parts = text.split(parting).map(|part| {
        let at = start;
        start += part.len() + parting.len();
        (at, part)
    });
    parts.filter(|(_, part)| !part.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Field, places};

    #[test]
    fn the_middle_of_a_text_counts_in_short_paragraphs_only() {
        let long = "word ".repeat(30);
        let paragraphs = [long.as_str(), "b", "Source: X", &long, &long, "f", "g", "h"];
        let text = paragraphs.join("\n\n");
        let counted = places(Field::Text, &text);
        assert_eq!(counted.len(), 6);
        let leading: Vec<bool> = counted.iter().map(|place| place.leads).collect();
        assert_eq!(leading, [true, true, false, false, false, false]);
        assert!(counted.iter().all(|place| text[place.before.len()..].starts_with(place.text)));
    }
}

//! Words of a text, borrowed from it.
//!
//! A word ends at whatever is no letter, hyphens and apostrophes included. Bytes are looked at, not letters: those of the
//! marks between words that are not ASCII begin with 0xC2 (« » and hard spaces) or 0xE2 (dashes and quotation marks), with
//! which no letter of the alphabets here begins.

/// All words.
pub(super) fn words(text: &str) -> Words<'_> {
    Words { text, at: 0 }
}

/// The words that do not begin with a small letter.
pub(super) fn capitalised(text: &str) -> impl Iterator<Item = &str> {
    words(text).filter(|word| {
        // Most words begin with a small ASCII letter, which one look tells.
        !word.as_bytes()[0].is_ascii_lowercase() && !word.starts_with(char::is_lowercase)
    })
}

/// An iterator that allocates nothing.
pub(super) struct Words<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at).filter(|&&byte| !is_of_word(byte)) {
            self.at += length_of_mark(byte);
        }
        let start = self.at;
        let rest = bytes.get(start..).filter(|rest| !rest.is_empty())?;
        self.at += rest.iter().position(|&byte| !is_of_word(byte)).unwrap_or(rest.len());
        self.text.get(start..self.at)
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80 && byte != 0xC2 && byte != 0xE2
}

/// Bytes of the letter that begins with this one.
fn length_of_mark(first: u8) -> usize {
    match first {
        0xC2 => 2,
        0xE2 => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{capitalised, words};

    #[test]
    fn words_end_at_marks() {
        let text = "“Əliyev” — Amir-Abdollahian’s,\u{A0}«Łódź» 12x…";
        let found: Vec<&str> = words(text).collect();
        assert_eq!(found, ["Əliyev", "Amir", "Abdollahian", "s", "Łódź", "x"]);
        assert_eq!(words("").chain(words("… 1 –")).count(), 0);
    }

    #[test]
    fn small_words_are_left_out() {
        assert_eq!(capitalised("the Élysée, à Paris").collect::<Vec<_>>(), ["Élysée", "Paris"]);
    }
}

//! The clean-up that every text gets.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The text in NFC, with `\n` for every line break, without characters that no store can hold or no reader can see
/// (controls, byte-order marks), trimmed at its ends; and notes on what was removed.
///
/// ```
/// use nisba::intake::clean;
/// assert_eq!(clean("e\u{301}\r\nb\0").0, "é\nb");
/// ```
pub fn clean(text: &str) -> (String, Vec<String>) {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => cleaned(text.chars(), text.len()),
        _ => cleaned(text.nfc(), text.len()),
    }
}

/// Of letters in NFC, so many bytes.
fn cleaned(letters: impl Iterator<Item = char>, bytes: usize) -> (String, Vec<String>) {
    let mut out = String::with_capacity(bytes);
    let mut removed = 0usize;
    let mut letters = letters.peekable();
    while let Some(c) = letters.next() {
        match c {
            '\r' => {
                if letters.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{C}' | '\u{B}' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            '\u{FEFF}' => {}
            c if c.is_control() => removed += 1,
            c => out.push(c),
        }
    }
    let trimmed = out.trim();
    let text = if trimmed.len() == out.len() { out } else { trimmed.to_owned() };
    let notes = if removed > 0 { vec![format!("{removed} control characters were removed")] } else { Vec::new() };
    (text, notes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            let (once, _) = clean(&text);
            prop_assert_eq!(clean(&once).0, once.clone());
            prop_assert!(!once.contains('\0'));
        }
    }
}

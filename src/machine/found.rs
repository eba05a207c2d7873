//! A mark that was found in a text, and how characters are told that marks are damaged with.

use std::ops::Range;

/// A mark, whole or damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where, in bytes.
    pub range: Range<usize>,
    pub number: u32,
}

/// The value of a decimal digit in the scripts that translations are written in.
pub(super) fn digit(c: char) -> Option<u32> {
    /// The zeros of: ASCII, Arabic, Persian and Urdu, Devanagari, Bengali, Gurmukhi, Gujarati, Tamil, Telugu, Kannada,
    /// Malayalam, Thai, Lao, Tibetan, Myanmar, Khmer, full width.
    const ZEROS: [u32; 17] = [
        0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040,
        0x17E0, 0xFF10,
    ];
    let code = u32::from(c);
    ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)).map(|zero| code - zero)
}

/// Whether a character is nothing to see: white space, or what only joins or directs its neighbours.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Quotation marks, of any language and either side.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '«' | '»' | '‹' | '›' | '‘'..='‟' | '「' | '」' | '『' | '』' | '＂' | '＇')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_many_scripts_have_values() {
        for (c, value) in [('7', 7), ('٧', 7), ('۷', 7), ('७', 7), ('７', 7), ('๗', 7)] {
            assert_eq!(digit(c), Some(value), "{c}");
        }
        assert_eq!((digit('a'), digit('½')), (None, None));
    }
}

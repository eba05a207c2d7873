//! A text cut into tokens, with the spellings of a word and the digits of all scripts made one.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A number, a word, a letter of a script that writes no spaces, or a mark; folded, so that its spellings are one.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) number: Option<i32>,
    /// White space comes before it.
    pub(super) spaced: bool,
    /// All of it is in capitals.
    pub(super) capitals: bool,
    /// It is part of what was read already.
    pub(super) taken: bool,
}

impl Token {
    pub(super) fn of(word: &str, spaced: bool) -> Self {
        // The dotless ı stands for i wherever capitals went through another alphabet, and the last sigma for any.
        let text: String = word.to_lowercase().chars().map(|c| if c == 'ı' { 'i' } else { c }).collect();
        let text = text.replace('ς', "σ");
        let number = text.parse().ok().filter(|_| text.starts_with(|c: char| c.is_ascii_digit()));
        Self { number, spaced, capitals: word.chars().all(char::is_uppercase), taken: false, text }
    }

    /// A number of one or two digits.
    pub(super) fn short(&self) -> Option<i32> {
        self.number.filter(|_| self.text.len() <= 2)
    }

    pub(super) fn is_word(&self) -> bool {
        self.text.starts_with(|c| Kind::of(c) == Kind::Letter)
    }

    pub(super) fn is_ideograph(&self) -> bool {
        self.text.starts_with(|c| Kind::of(c) == Kind::Ideograph)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    Letter,
    Ideograph,
    Mark,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            '0'..='9' => Self::Digit,
            // Kana, Han and Hangul.
            '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{20000}'..='\u{3FFFF}' => {
                Self::Ideograph
            }
            _ if c.is_alphabetic() || is_combining_mark(c) => Self::Letter,
            _ => Self::Mark,
        }
    }
}

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut words: Vec<(Kind, bool, String)> = Vec::new();
    let mut spaced = true;
    for c in folded(text).chars() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        let kind = Kind::of(c);
        match words.last_mut() {
            Some((last, _, word)) if !spaced && *last == kind && matches!(kind, Kind::Digit | Kind::Letter) => {
                word.push(c);
            }
            _ => words.push((kind, spaced, c.into())),
        }
        spaced = false;
    }
    words.into_iter().map(|(_, spaced, word)| Token::of(&word, spaced)).collect()
}

/// The text with its digits as ASCII and without marks that have no width.
pub(super) fn plain(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !has_no_width(*c)).map(|c| ascii_digit(c).unwrap_or(c)).collect();
    shown.trim().to_owned()
}

/// Without the differences that spelling makes; in capitals still.
fn folded(text: &str) -> String {
    text.chars().filter(|c| !is_dropped(*c)).nfkd().filter(|c| !is_dropped(*c)).map(common).nfc().collect()
}

/// Joiners, marks of direction, and the mark of byte order.
fn has_no_width(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, apostrophes, and what has no width.
fn is_dropped(c: char) -> bool {
    has_no_width(c)
        || matches!(c,
            '\u{300}'..='\u{36F}'
            | '\u{591}'..='\u{5BD}' | '\u{5BF}'..='\u{5C7}' | '\u{5F3}'
            | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}'
            | '\'' | '`' | '´' | '‘' | '’' | '‛' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ')
}

/// One letter for those that stand for each other in Arabic script, one mark for those that look alike.
fn common(c: char) -> char {
    match c {
        'ی' | 'ى' | 'ې' | 'ۍ' | 'ے' => 'ي',
        'ک' => 'ك',
        'ګ' => 'گ',
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۃ' => 'ه',
        '۔' => '.',
        '؍' | '⁄' | '∕' => '/',
        '∶' => ':',
        '־' | '‐'..='―' | '−' => '-',
        _ => c,
    }
}

/// The zeros of all scripts that have decimal digits, by the Unicode Character Database 16; the other nine follow each.
const ZEROS: [u32; 73] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
    0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136,
    0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0,
    0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
    0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

fn ascii_digit(c: char) -> Option<char> {
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= c as u32)].last()?;
    char::from_digit(c as u32 - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_read;
    use super::*;

    #[test]
    fn digits_of_all_scripts() {
        assert_read(&[
            ("ar", "٢٠٢٢-٠٣-١٢", "2022-03-12"),
            ("ar", "١٢/٠٣/٢٠٢٢ ٨:٠٥", "2022-03-12T08:05"),
            ("fa", "۲۰۲۲/۰۳/۱۲", "2022-03-12"),
            ("hi", "१२ मार्च २०२२", "2022-03-12"),
            ("bn", "১২ মার্চ ২০২২, ১৪:৩৫", "2022-03-12T14:35"),
            ("th", "๑๒ มีนาคม ๒๕๖๕", "2022-03-12"),
            ("my", "၂၀၂၂ ခုနှစ် မတ်လ ၁၂ ရက်", "2022-03-12"),
            ("km", "ថ្ងៃទី១២ ខែមីនា ឆ្នាំ២០២២", "2022-03-12"),
            ("ta", "௧௨ மார்ச் ௨௦௨௨", "2022-03-12"),
            ("ja", "２０２２年３月１２日", "2022-03-12"),
            ("", "\u{200F}١٢\u{200F}/\u{200F}٣\u{200F}/\u{200F}٢٠٢٢", "2022-03-12"),
        ]);
    }

    #[test]
    fn zeros_are_in_order() {
        assert!(ZEROS.is_sorted());
    }
}

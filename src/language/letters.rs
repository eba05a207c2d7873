//! What a character is to somebody who reads a text for its language: a letter of an alphabet that languages share, a letter
//! of a script that decides by itself, a mark that is passed over, or the end of a word.

use std::sync::LazyLock;

use unicode_script::{Script, UnicodeScript};

/// The scripts in which several languages are told apart by their n-grams.
pub const SHARED: [Script; 4] = [Script::Latin, Script::Cyrillic, Script::Arabic, Script::Devanagari];

/// Scripts that are counted, the shared ones first. Their places are the numbers in [`Letter`].
const SCRIPTS: [Script; 31] = [
    Script::Latin,
    Script::Cyrillic,
    Script::Arabic,
    Script::Devanagari,
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Hangul,
    Script::Hebrew,
    Script::Greek,
    Script::Armenian,
    Script::Georgian,
    Script::Thai,
    Script::Bengali,
    Script::Gujarati,
    Script::Gurmukhi,
    Script::Tamil,
    Script::Telugu,
    Script::Kannada,
    Script::Malayalam,
    Script::Oriya,
    Script::Sinhala,
    Script::Khmer,
    Script::Lao,
    Script::Myanmar,
    Script::Tibetan,
    Script::Ethiopic,
    Script::Thaana,
    Script::Cherokee,
    Script::Tifinagh,
    Script::Mongolian,
];

/// What a character is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letter {
    /// Ends a word.
    None,
    /// Passed over, as if it were not there: vowel signs of Arabic.
    Mark,
    /// A letter: the place of its script among those that are counted.
    Of(u8),
}

/// By character of the basic plane: 0 for none, 1 for a mark, the place of the script and 2 for a letter.
static BASIC: LazyLock<Box<[u8]>> =
    LazyLock::new(|| (0..=0xFFFFu32).map(|code| char::from_u32(code).map_or(0, |c| pack(look(c)))).collect());

fn pack(letter: Letter) -> u8 {
    match letter {
        Letter::None => 0,
        Letter::Mark => 1,
        Letter::Of(script) => script + 2,
    }
}

fn look(c: char) -> Letter {
    // Harakat, Quranic marks and the tatweel.
    if matches!(c, '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}') {
        return Letter::Mark;
    }
    if !c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c) {
        return Letter::None;
    }
    let script = c.script();
    SCRIPTS.iter().position(|known| *known == script).map_or(Letter::None, |place| Letter::Of(place as u8))
}

/// What a character is.
pub fn letter(c: char) -> Letter {
    let Some(packed) = BASIC.get(c as usize) else { return look(c) };
    match packed {
        0 => Letter::None,
        1 => Letter::Mark,
        script => Letter::Of(script - 2),
    }
}

/// The words of a text, as they are written.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| letter(c) == Letter::None).filter(|word| !word.is_empty())
}

/// The script of a place.
pub fn script_at(place: u8) -> Script {
    SCRIPTS.get(usize::from(place)).copied().unwrap_or(Script::Unknown)
}

/// The lower case of a letter, as one character: İ is i.
pub fn lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    c.to_lowercase().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_marks_and_what_ends_a_word() {
        assert_eq!(letter('ə'), Letter::Of(0));
        assert_eq!(letter('ғ'), Letter::Of(1));
        assert_eq!((letter('\u{64E}'), letter('\u{200C}'), letter('7')), (Letter::Mark, Letter::None, Letter::None));
        assert_eq!(letter('ि'), Letter::None);
        assert_eq!(script_at(6), Script::Katakana);
        assert_eq!(("İ".chars().map(lower).collect::<String>(), lower('Ə')), ("i".to_owned(), 'ə'));
        assert_eq!(letter('𠀋'), Letter::Of(4));
    }
}

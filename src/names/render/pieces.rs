//! A name cut into words and what stands between them.

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

/// A part of a name as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Letters, with marks, joiners, and apostrophes among them.
    Word(&'a str),
    /// Anything else.
    Between(&'a str),
}

/// All of the name, in order.
pub(super) fn pieces(name: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut in_word) = (0, false);
    let mut before = None;
    let mut letters = name.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let of_word = belongs(before, c, next);
        if of_word != in_word && at > start {
            pieces.push(piece(&name[start..at], in_word));
            start = at;
        }
        in_word = of_word;
        before = Some(c);
    }
    if start < name.len() {
        pieces.push(piece(&name[start..], in_word));
    }
    pieces
}

fn piece(text: &str, is_word: bool) -> Piece<'_> {
    if is_word { Piece::Word(text) } else { Piece::Between(text) }
}

/// Whether a character is part of a word: an apostrophe is between letters, and after a Hebrew one, where it is a geresh.
fn belongs(before: Option<char>, c: char, next: Option<char>) -> bool {
    let letter = |c: char| c.is_alphabetic() || is_combining_mark(c);
    let joiner = matches!(c, '\u{200C}' | '\u{200D}' | '\u{640}');
    if is_apostrophe(c) {
        let after_letter = before.is_some_and(letter);
        return after_letter && (next.is_some_and(letter) || before.is_some_and(|b| b.script() == Script::Hebrew));
    }
    letter(c) && c != '・' || joiner && before.is_some_and(letter)
}

/// The ways of typing an apostrophe, a geresh, an okina.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | 'ʻ' | 'ʾ' | 'ʿ' | '′' | '׳')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_apostrophes_and_joiners() {
        use Piece::{Between, Word};
        assert_eq!(pieces("И. Г. Алиев")[..3], [Word("И"), Between(". "), Word("Г")]);
        assert_eq!(pieces("O'Neill-'Smith'"), [Word("O'Neill"), Between("-'"), Word("Smith"), Between("'")]);
        assert_eq!(pieces("علی‌اف"), [Word("علی‌اف")]);
        assert_eq!(pieces("ג׳ורג׳"), [Word("ג׳ורג׳")]);
    }
}

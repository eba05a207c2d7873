//! A line of text cut into words and numbers, as far as a translation would have them too.

use crate::characters::{Alphabet, character};

/// A word or a number, and whether anything but a space stands before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece<'t> {
    pub text: &'t str,
    pub what: What,
    /// The piece before it ends where it begins, but for a space.
    pub joined: bool,
    /// A capital here says nothing.
    pub sentence_start: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// A number: its digits as one, without separators and zeros at its end.
    Number {
        digits: u64,
        count: u8,
    },
    Word {
        alphabet: Alphabet,
        capital: bool,
        cased: bool,
    },
}

/// The pieces of a line.
pub fn pieces(line: &str) -> Pieces<'_> {
    Pieces { line, at: 0, joined: false, sentence_start: true }
}

pub struct Pieces<'t> {
    line: &'t str,
    at: usize,
    joined: bool,
    sentence_start: bool,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let line = self.line;
        loop {
            let start = self.at;
            let c = line[start..].chars().next()?;
            let (what, end) = match digit(c) {
                Some(_) => number(line, start),
                None if character(c).is_letter() => word(line, start),
                None => {
                    self.at += c.len_utf8();
                    let between = character(c);
                    self.joined &= between.is_space() || between.joins();
                    self.sentence_start |= between.ends_sentence();
                    continue;
                }
            };
            let piece =
                Piece { text: &line[start..end], what, joined: self.joined, sentence_start: self.sentence_start };
            (self.at, self.joined, self.sentence_start) = (end, true, false);
            return Some(piece);
        }
    }
}

fn word(line: &str, start: usize) -> (What, usize) {
    let mut chars = line[start..].char_indices();
    let first = chars.next().map(|(_, c)| character(c)).unwrap_or_default();
    let unspaced = first.alphabet.is_unspaced();
    let end = chars
        .find(|(_, c)| {
            let next = character(*c);
            let same = !unspaced && !next.alphabet.is_unspaced() || next.alphabet == first.alphabet;
            !(next.is_inside() && same && digit(*c).is_none())
        })
        .map_or(line.len(), |(at, _)| start + at);
    let what = What::Word {
        alphabet: first.alphabet,
        capital: first.is_capital(),
        cased: first.is_capital() || first.is_small(),
    };
    (what, end)
}

fn number(line: &str, start: usize) -> (What, usize) {
    let (mut digits, mut count, mut end, mut group) = (0u64, 0u8, start, 0);
    let mut chars = line[start..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if let Some(digit) = digit(c) {
            digits = digits.wrapping_mul(10).wrapping_add(u64::from(digit));
            count = count.saturating_add(u8::from(digits > 0));
            group += 1;
            end = start + at + c.len_utf8();
            continue;
        }
        let next = chars.peek().and_then(|(_, next)| self::digit(*next));
        let thousands = || {
            let rest = line[start + at + c.len_utf8()..].chars();
            group <= 3 && rest.take_while(|c| self::digit(*c).is_some()).count() == 3
        };
        match c {
            '.' | ',' | '٫' | '٬' | '\'' | '’' | '·' if next.is_some() => {}
            ' ' | '\u{A0}' | '\u{202F}' | '\u{2009}' if thousands() => {}
            _ => break,
        }
        group = 0;
    }
    while digits > 0 && digits.is_multiple_of(10) {
        (digits, count) = (digits / 10, count - 1);
    }
    (What::Number { digits, count }, end)
}

/// The value of a decimal digit of any script in which news are written.
fn digit(c: char) -> Option<u8> {
    /// Zeros (Unicode, general category Nd).
    const ZEROS: [u32; 17] = [
        0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040,
        0x17E0, 0xFF10,
    ];
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    let code = c as u32;
    let zero = ZEROS.iter().rev().find(|zero| **zero <= code)?;
    (code < zero + 10).then_some((code - zero) as u8)
}

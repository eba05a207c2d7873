//! Cuts a text into words: one pass over its characters, nothing allocated for a word.

use crate::characters::{Alphabet, Character, character};
use crate::names::{Kinds, NormalHash, Plain, Word, plain};

/// What joins the parts of a compound: Hans-Peter.
pub const HYPHENS: [char; 4] = ['-', '\u{2010}', '\u{2011}', '\u{5BE}'];

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gap {
    /// A space.
    Space,
    /// Nothing, in a script that is written without spaces.
    Nothing,
    /// The point of an initial or a short title, or the dot between the parts of a foreign name (唐纳德·特朗普).
    Dot,
    /// A comma.
    Comma,
    /// Anything else: names do not reach across.
    Break,
}

impl Gap {
    /// Whether a name may go on across it.
    pub fn holds(self) -> bool {
        matches!(self, Gap::Space | Gap::Nothing | Gap::Dot)
    }
}

/// A word of a text.
#[derive(Clone, Copy, Debug)]
pub struct WordAt {
    /// Code points of the field.
    pub start: usize,
    pub end: usize,
    /// Bytes of the field.
    pub(super) bytes: (u32, u32),
    /// Of the normalised word.
    pub hash: NormalHash,
    pub gap: Gap,
    /// The first sign between it and the word before that is no space; a space where there is none.
    pub sign: char,
    pub alphabet: Alphabet,
    /// Letters, digits and marks.
    pub length: u8,
    /// Written with a capital; always false in scripts without.
    pub capital: bool,
    /// All capitals, two letters or more.
    pub shouted: bool,
    /// Has a capital after a small letter: McDonald, iPhone.
    pub mixed: bool,
    /// Whether its script has capitals.
    pub cased: bool,
    /// Whether an apostrophe stands in it, perhaps before an ending.
    pub apostrophe: bool,
    /// Code points of an ending that an apostrophe sets off, with the apostrophe: 's, 'ın.
    pub set_off: u8,
    pub sentence_start: bool,
    /// What it is, and the number of words of the phrase that starts here; 0 inside a phrase.
    pub class: Option<Word>,
    pub phrase: u8,
    /// All that it may be.
    pub kinds: Kinds,
}

/// Letters of a word, at most: what is longer is data, not a word; it names nobody.
const LONGEST_WORD: usize = 64;

/// Letters, marks and joiners, with apostrophes and hyphens between letters. Han characters are words of their own, and
/// where kana change so does the word.
pub fn cut(text: &str) -> Vec<WordAt> {
    let mut words: Vec<WordAt> = Vec::with_capacity(text.len() / 7 + 4);
    let mut chars = text.char_indices().enumerate().peekable();
    let mut gap = GapSeen::default();
    while let Some((at, (byte, c))) = chars.next() {
        let first = character(c);
        if !first.is_letter() {
            gap.see(c, first);
            continue;
        }
        let mut word = Growing::new(at, byte, c, first);
        while let Some((at, (byte, c))) = chars.peek().copied() {
            let next = character(c);
            let goes_on = if first.alphabet.is_unspaced() {
                first.alphabet != Alphabet::Han && next.alphabet == first.alphabet && next.is_inside()
            } else {
                (next.is_inside() && !next.alphabet.is_unspaced())
                    || next.joins()
                        && word.ends_inside
                        && text[byte + c.len_utf8()..].chars().next().is_some_and(|c| character(c).is_letter())
            };
            if !goes_on {
                break;
            }
            word.take(at, byte, c, next);
            chars.next();
        }
        words.push(word.done(text, &gap, words.last()));
        gap = GapSeen::default();
    }
    words
}

/// A word while its letters are read.
struct Growing {
    start: usize,
    end: usize,
    bytes: (usize, usize),
    /// What is read, up to the last letter, digit or mark.
    hash: NormalHash,
    /// With what was read since.
    hash_on: NormalHash,
    rare: bool,
    length: usize,
    letters: usize,
    capitals: usize,
    capital: bool,
    small_seen: bool,
    mixed: bool,
    cased: bool,
    apostrophe: bool,
    alphabet: Alphabet,
    ends_inside: bool,
}

impl Growing {
    fn new(at: usize, byte: usize, c: char, first: Character) -> Growing {
        let mut word = Growing {
            start: at,
            end: at,
            bytes: (byte, byte),
            hash: NormalHash::default(),
            hash_on: NormalHash::default(),
            rare: false,
            length: 0,
            letters: 0,
            capitals: 0,
            capital: first.is_capital(),
            small_seen: false,
            mixed: false,
            cased: first.is_capital() || first.is_small(),
            apostrophe: false,
            alphabet: first.alphabet,
            ends_inside: true,
        };
        word.take(at, byte, c, first);
        word
    }

    fn take(&mut self, at: usize, byte: usize, c: char, what: Character) {
        match plain(c) {
            Plain::Letter(plain) => self.hash_on = self.hash_on.with(plain),
            Plain::Nothing => {}
            Plain::Rare => self.rare = true,
        }
        self.ends_inside = what.is_inside();
        self.apostrophe |= what.joins() && !HYPHENS.contains(&c);
        if what.is_letter() {
            self.letters += 1;
            self.mixed |= what.is_capital() && self.small_seen;
            self.capitals += usize::from(what.is_capital());
            self.small_seen |= what.is_small();
        }
        if what.may_end_word() || at == self.start {
            self.length += 1;
            self.end = at + 1;
            self.bytes.1 = byte + c.len_utf8();
            self.hash = self.hash_on;
        }
    }

    fn done(self, text: &str, gap: &GapSeen, before: Option<&WordAt>) -> WordAt {
        let hash = if self.rare { NormalHash::of(&text[self.bytes.0..self.bytes.1]) } else { self.hash };
        let mut word = WordAt {
            start: self.start,
            end: self.end,
            bytes: (self.bytes.0 as u32, self.bytes.1 as u32),
            hash,
            gap: before.map_or(Gap::Break, |before| gap.kind(before, self.alphabet)),
            sign: gap.sign,
            alphabet: self.alphabet,
            length: self.length.min(u8::MAX as usize) as u8,
            capital: self.capital,
            shouted: self.letters > 1 && self.capitals == self.letters,
            mixed: self.mixed,
            cased: self.cased,
            apostrophe: self.apostrophe,
            set_off: 0,
            sentence_start: before.is_none() || gap.ends_sentence,
            class: None,
            phrase: 0,
            kinds: Kinds::default(),
        };
        if word.gap == Gap::Dot {
            word.sentence_start = false;
        }
        if word.end - word.start > LONGEST_WORD {
            word.hash = NormalHash::default();
            word.gap = Gap::Break;
            word.class = Some(Word::NotName);
            word.phrase = 1;
        }
        word
    }
}

/// What stands between two words, while it is read.
#[derive(Clone, Copy)]
struct GapSeen {
    length: usize,
    spaces: usize,
    sign: char,
    /// Signs that are no spaces.
    signs: usize,
    /// Whether a space stands before the first of them.
    space_first: bool,
    ends_sentence: bool,
}

impl Default for GapSeen {
    fn default() -> GapSeen {
        GapSeen { length: 0, spaces: 0, sign: ' ', signs: 0, space_first: false, ends_sentence: false }
    }
}

impl GapSeen {
    fn see(&mut self, c: char, what: Character) {
        self.length += 1;
        self.ends_sentence |= what.ends_sentence();
        if what.is_space() {
            self.spaces += 1;
        } else {
            if self.signs == 0 {
                self.sign = c;
                self.space_first = self.spaces > 0;
            }
            self.signs += 1;
        }
    }

    fn kind(&self, before: &WordAt, alphabet: Alphabet) -> Gap {
        let one = self.signs == 1 && !self.space_first;
        match self.sign {
            _ if self.length == 0 => {
                if before.alphabet.is_unspaced() || alphabet.is_unspaced() {
                    Gap::Nothing
                } else {
                    Gap::Break
                }
            }
            _ if self.signs == 0 => {
                if self.spaces <= 2 {
                    Gap::Space
                } else {
                    Gap::Break
                }
            }
            // "Mr. X", "M. X", "М.В. Х": a longer word with a point ends a sentence.
            '.' if one && before.capital && before.length <= 4 && (before.length == 1 || self.spaces <= 1) => Gap::Dot,
            '·' | '・' | '‧' | '•' | '･' | '⋅' if one && self.spaces == 0 && before.alphabet.is_unspaced() => {
                Gap::Dot
            }
            '=' | '＝' | '゠' if one && self.spaces == 0 && before.alphabet == Alphabet::Katakana => Gap::Dot,
            ',' | '،' if one => Gap::Comma,
            _ => Gap::Break,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        cut(text).iter().map(|w| &text[w.bytes.0 as usize..w.bytes.1 as usize]).collect()
    }

    #[test]
    fn words_hold_together() {
        let text = "«Əliyev'in» O’Neill Amir-Abdollahian علی‌اف, г. Баку — M. A. Khamenei's";
        let found = texts(text);
        assert_eq!(found, ["Əliyev'in", "O’Neill", "Amir-Abdollahian", "علی‌اف", "г", "Баку", "M", "A", "Khamenei's"]);
        let words = cut(text);
        assert_eq!((words[8].gap, words[5].gap, words[4].gap), (Gap::Dot, Gap::Break, Gap::Comma));
        let chars: Vec<char> = text.chars().collect();
        assert_eq!(chars[words[3].start..words[3].end].iter().collect::<String>(), "علی‌اف");
        for (word, text) in words.iter().zip(found) {
            assert_eq!(word.hash, NormalHash::of(text), "{text}");
        }
    }

    #[test]
    fn scripts_without_spaces_are_cut_where_the_letters_change() {
        assert_eq!(texts("唐纳德·特朗普说"), ["唐", "纳", "德", "特", "朗", "普", "说"]);
        assert_eq!(cut("唐纳德·特朗普说")[3].gap, Gap::Dot);
        assert_eq!(texts("ドナルド・トランプ大統領は"), ["ドナルド", "トランプ", "大", "統", "領", "は"]);
        assert_eq!(texts("BBCの記者iPhoneを"), ["BBC", "の", "記", "者", "iPhone", "を"]);
    }
}

//! What each character is to who cuts a text into words: one look-up a character, where the tables of Unicode are searched for
//! each question.

use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

/// What a character is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Character {
    flags: u16,
    /// A letter of this alphabet; see [`Alphabet`].
    pub alphabet: Alphabet,
}

/// Alphabets that names are written in, as far as words are cut differently or have capitals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Alphabet {
    #[default]
    Other,
    Latin,
    Cyrillic,
    Greek,
    Armenian,
    Georgian,
    Arabic,
    Hebrew,
    Devanagari,
    Hangul,
    Han,
    Hiragana,
    Katakana,
}

impl Alphabet {
    /// Whether its words are written without spaces between them.
    pub fn is_unspaced(self) -> bool {
        matches!(self, Alphabet::Han | Alphabet::Hiragana | Alphabet::Katakana)
    }

    /// Whether names are written with a capital.
    pub fn has_capitals(self) -> bool {
        matches!(self, Alphabet::Latin | Alphabet::Cyrillic | Alphabet::Greek | Alphabet::Armenian)
    }
}

const LETTER: u16 = 1;
const INSIDE: u16 = 2;
const CAPITAL: u16 = 4;
const SMALL: u16 = 8;
const JOINS: u16 = 16;
const SPACE: u16 = 32;
const ENDS_SENTENCE: u16 = 64;
const MARK: u16 = 128;
const ALPHANUMERIC: u16 = 256;
const INHERITS: u16 = 512;

impl Character {
    /// A letter; a word begins with one.
    pub fn is_letter(self) -> bool {
        self.flags & LETTER != 0
    }

    /// What a word goes on with: letters, digits, marks, joiners.
    pub fn is_inside(self) -> bool {
        self.flags & INSIDE != 0
    }

    pub fn is_capital(self) -> bool {
        self.flags & CAPITAL != 0
    }

    pub fn is_small(self) -> bool {
        self.flags & SMALL != 0
    }

    /// An apostrophe or a hyphen, which holds a word together between two letters.
    pub fn joins(self) -> bool {
        self.flags & JOINS != 0
    }

    pub fn is_space(self) -> bool {
        self.flags & SPACE != 0
    }

    /// After it a capital says nothing.
    pub fn ends_sentence(self) -> bool {
        self.flags & ENDS_SENTENCE != 0
    }

    /// As [`char::is_alphanumeric`] has it.
    pub fn is_alphanumeric(self) -> bool {
        self.flags & ALPHANUMERIC != 0
    }

    /// A mark that is of the script of the letter before.
    pub fn inherits(self) -> bool {
        self.flags & INHERITS != 0
    }

    /// A digit, or a mark on the letter before.
    pub fn may_end_word(self) -> bool {
        self.flags & (LETTER | MARK) != 0
    }
}

/// Looks a character up.
#[inline]
pub fn character(c: char) -> Character {
    let code = c as u32;
    if code < COMMON { TABLE[code as usize] } else { make(c) }
}

/// Characters that have a look-up of their own.
const COMMON: u32 = 0x1_0000;

static TABLE: LazyLock<Vec<Character>> =
    LazyLock::new(|| (0..COMMON).map(|code| char::from_u32(code).map_or_else(Character::default, make)).collect());

fn make(c: char) -> Character {
    let mut flags = 0;
    let mut put = |flag: u16, is: bool| flags |= if is { flag } else { 0 };
    put(LETTER, c.is_alphabetic() && !is_combining_mark(c));
    put(INSIDE, c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}' | '\u{640}'));
    put(CAPITAL, c.is_uppercase());
    put(SMALL, c.is_lowercase() && c.script() != Script::Georgian);
    put(JOINS, matches!(c, '\'' | '’' | 'ʼ' | '`' | '-' | '‐' | '‑' | '־' | '׳' | '״' | 'ʻ'));
    put(SPACE, matches!(c, ' ' | '\u{A0}' | '\u{202F}' | '\u{200E}' | '\u{200F}'));
    put(ENDS_SENTENCE, ".!?؟։…:\n\"“”«„‘—•·。！？।".contains(c));
    put(MARK, c.is_numeric() || is_combining_mark(c));
    put(ALPHANUMERIC, c.is_alphanumeric());
    put(INHERITS, c.script() == Script::Inherited);
    Character { flags, alphabet: alphabet(c) }
}

fn alphabet(c: char) -> Alphabet {
    match c.script() {
        _ if c == 'ー' => Alphabet::Katakana,
        Script::Latin => Alphabet::Latin,
        Script::Cyrillic => Alphabet::Cyrillic,
        Script::Greek => Alphabet::Greek,
        Script::Armenian => Alphabet::Armenian,
        Script::Georgian => Alphabet::Georgian,
        Script::Arabic => Alphabet::Arabic,
        Script::Hebrew => Alphabet::Hebrew,
        Script::Devanagari => Alphabet::Devanagari,
        Script::Hangul => Alphabet::Hangul,
        Script::Han => Alphabet::Han,
        Script::Hiragana => Alphabet::Hiragana,
        Script::Katakana => Alphabet::Katakana,
        _ => Alphabet::Other,
    }
}

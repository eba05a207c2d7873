//! What each character is to the engine: part of a word or between words, its plain form, its number in the table of its
//! script. One look-up a character; rare ones (presentation forms, combining marks, Hangul, Han) are written out first.

use std::borrow::Cow;
use std::sync::LazyLock;

use pinyin::ToPinyin;
use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

use super::normal::normalise;
use super::romanise::{SCRIPTS, script_number, table};

/// What a character does in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Letter,
    /// An apostrophe: a letter in Hebrew, nothing elsewhere.
    Apostrophe,
    /// Vowel marks, joiners, tatweel: nothing.
    Mark,
    Dot,
    Comma,
    Open,
    Close,
    /// Everything else: between words.
    Break,
    /// Has to be written out before it can be read.
    Rare,
}

/// A character, looked up.
#[derive(Clone, Copy, Debug)]
pub struct Letter {
    pub kind: Kind,
    /// Of [`SCRIPTS`]; [`NO_SCRIPT`] for a script without a table.
    pub script: u8,
    /// In the table of the script; 0 for a letter that it does not know.
    pub number: u8,
    /// Lower case, variants folded, Latin without marks: for look-up in lexicons.
    pub plain: char,
}

/// The number of all scripts without a table.
pub const NO_SCRIPT: u8 = u8::MAX;

/// Han characters are written out as these private letters, one for each letter of pinyin.
const PINYIN: u32 = 0xE000;
const PINYIN_LETTERS: &str = "abcdefghijklmnopqrstuvwxyzü";

/// Characters that have a look-up of their own.
const COMMON: u32 = 0x3400;

static LETTERS: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    (0..COMMON).map(|c| char::from_u32(c).map_or(RARE, make)).chain(PINYIN_LETTERS.chars().map(pinyin_letter)).collect()
});

const RARE: Letter = Letter { kind: Kind::Rare, script: NO_SCRIPT, number: 0, plain: '\0' };

/// Looks a character up.
#[inline]
pub fn letter(c: char) -> Letter {
    let code = c as u32;
    if code < COMMON { LETTERS.get(code as usize).copied().unwrap_or(RARE) } else { uncommon(c) }
}

#[cold]
fn uncommon(c: char) -> Letter {
    let code = c as u32;
    match code {
        PINYIN.. if code < PINYIN + PINYIN_LETTERS.len() as u32 => {
            LETTERS.get((code - PINYIN + COMMON) as usize).copied().unwrap_or(RARE)
        }
        // Full width, and the like.
        0xFF01..=0xFF5E if !c.is_alphabetic() => char::from_u32(code - 0xFEE0).map_or(RARE, letter),
        _ if c.is_alphabetic() || is_combining_mark(c) => RARE,
        _ => Letter { kind: Kind::Break, ..RARE },
    }
}

fn make(c: char) -> Letter {
    let of_kind = |kind| Letter { kind, ..RARE };
    match c {
        '.' | '․' => return of_kind(Kind::Dot),
        ',' | '،' | '、' => return of_kind(Kind::Comma),
        '(' | '[' | '{' => return of_kind(Kind::Open),
        ')' | ']' | '}' => return of_kind(Kind::Close),
        'ß' | 'ẞ' => return RARE,
        '´' | '՚' | 'ˈ' | 'ʹ' | 'ʽ' => return make('\''),
        '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{3099}' | '\u{309A}' => {
            return RARE;
        }
        '\u{653}'..='\u{655}' => return RARE,
        _ => {}
    }
    let plain = normalise(&c.to_string());
    let mut chars = plain.chars();
    let plain = match (chars.next(), chars.next()) {
        (None, _) => return of_kind(Kind::Mark),
        (Some('\''), None) => {
            return Letter { number: hebrew_apostrophe(), ..of_kind(Kind::Apostrophe) };
        }
        (Some(one), None) => one,
        // One character that is several: ﷲ, ŉ.
        _ if c.is_alphabetic() => return RARE,
        _ => return of_kind(Kind::Break),
    };
    let sign = c.script() == Script::Devanagari || c.script() == Script::Bengali;
    if !(plain.is_alphabetic() || sign && is_combining_mark(c)) {
        return of_kind(if is_combining_mark(c) { Kind::Mark } else { Kind::Break });
    }
    let plain = match plain {
        'ぁ'..='ゖ' => char::from_u32(plain as u32 + 0x60).unwrap_or(plain),
        plain => plain,
    };
    let script = match plain.script() {
        _ if plain == 'ー' => Script::Katakana,
        script => script,
    };
    match script_number(script) {
        None => Letter { kind: Kind::Letter, script: NO_SCRIPT, number: 0, plain },
        Some(number) => {
            let latin = script == Script::Latin;
            let bare = if latin { bare_letter(plain) } else { plain };
            Letter { kind: Kind::Letter, script: number, number: table(number).letter(plain), plain: bare }
        }
    }
}

fn hebrew_apostrophe() -> u8 {
    script_number(Script::Hebrew).map_or(0, |hebrew| table(hebrew).letter('\''))
}

fn pinyin_letter(c: char) -> Letter {
    let script = script_number(Script::Han).unwrap_or(NO_SCRIPT);
    Letter { kind: Kind::Letter, script, number: table(script).letter(c), plain: c }
}

/// A letter without its marks: é → e, ñ → n; letters that no decomposition reaches (ø, đ, ß) by hand.
pub fn bare_letter(c: char) -> char {
    match c {
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ł' => 'l',
        'ħ' => 'h',
        'æ' => 'a',
        'œ' => 'o',
        'ı' => 'i',
        'þ' => 't',
        c if c.is_ascii() => c,
        c => std::iter::once(c).nfd().find(|d| !is_combining_mark(*d)).unwrap_or(c),
    }
}

/// A word with rare characters written out: NFKC, Hangul in jamo, Han in pinyin; as it is where it has none.
pub fn written_out(word: &str) -> Cow<'_, str> {
    if word.is_ascii() || !word.chars().any(|c| letter(c).kind == Kind::Rare) {
        return Cow::Borrowed(word);
    }
    let mut out = String::with_capacity(word.len() * 2);
    for c in word.nfkc() {
        match c.script() {
            _ if matches!(c, 'ß' | 'ẞ') => out.push_str("ss"),
            Script::Hangul => out.extend(std::iter::once(c).nfd()),
            Script::Han => out.extend(c.to_pinyin().map_or("", |p| p.plain()).chars().filter_map(private)),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The parts of a name that is written without a space: a Han name after the family's character, or the family's two of
/// four; a Hangul name of two or three syllables after each. A word that is no such name is one part.
pub fn divided(word: &str) -> SmallVec<[&str; 3]> {
    let of = |script: Script| word.chars().all(|c| c.script() == script && c as u32 >= COMMON);
    let cuts: &[usize] = match word.chars().count() {
        2 if of(Script::Han) || of(Script::Hangul) => &[1],
        3 if of(Script::Han) => &[1],
        3 if of(Script::Hangul) => &[1, 2],
        4 if of(Script::Han) => &[2],
        _ => &[],
    };
    let place = |at: &usize| word.char_indices().nth(*at).map_or(word.len(), |(at, _)| at);
    let mut parts = SmallVec::new();
    let mut start = 0;
    for end in cuts.iter().map(place).chain(std::iter::once(word.len())) {
        parts.push(&word[start..end]);
        start = end;
    }
    parts
}

fn private(c: char) -> Option<char> {
    let at = PINYIN_LETTERS.chars().position(|l| l == c)?;
    char::from_u32(PINYIN + at as u32)
}

/// The letters of a word as they are read: each as written, or written out, and its number in the table of their script,
/// which is that of the first; `None` without any.
pub fn spelling(word: &str) -> Option<(u8, Vec<(char, u8)>)> {
    let word = written_out(word);
    let mut script = None;
    let mut letters = Vec::new();
    for (c, found) in word.chars().map(|c| (c, letter(c))) {
        match found.kind {
            Kind::Letter if script.is_none() && found.script != NO_SCRIPT => script = Some(found.script),
            Kind::Letter | Kind::Apostrophe => {}
            _ => continue,
        }
        if found.number != 0 && (script == Some(found.script) || apostrophe_counts(script, found)) {
            letters.push((public(c), found.number));
        }
    }
    script.map(|script| (script, letters))
}

/// The letters of a word as numbers in the table of their script; see [`spelling`].
pub fn letters_of(word: &str) -> Option<(u8, Vec<u8>)> {
    spelling(word).map(|(script, letters)| (script, letters.into_iter().map(|(_, number)| number).collect()))
}

/// The letter of pinyin that a private one stands for; any other as it is.
fn public(c: char) -> char {
    let at = (c as u32).checked_sub(PINYIN).map(|at| at as usize);
    at.and_then(|at| PINYIN_LETTERS.chars().nth(at)).unwrap_or(c)
}

/// In Hebrew an apostrophe makes foreign sounds.
pub fn apostrophe_counts(script: Option<u8>, letter: Letter) -> bool {
    letter.kind == Kind::Apostrophe && script.is_some_and(|s| SCRIPTS[usize::from(s)].0 == Script::Hebrew)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_characters_are_written_out() {
        assert!(matches!(written_out("Əliyev علی‌اف"), Cow::Borrowed(_)));
        assert_eq!(written_out("Re\u{301}mi"), "Rémi");
        assert_eq!(written_out("ﻋﻠﻲ"), "علي");
        assert_eq!(divided("习近平")[..], ["习", "近平"]);
        assert_eq!(divided("김정은")[..], ["김", "정", "은"]);
        assert_eq!(divided("푸틴이다").len(), 1);
        assert_eq!(written_out("普京").chars().count(), 6);
        assert_eq!(letter('ı').plain, 'i');
        assert_eq!(letter('ひ').plain, 'ヒ');
        assert_eq!(letter('é').plain, 'e');
    }
}

//! One spelling for what differs only in typing: case, presentation forms, vowel marks, apostrophes, look-alike letters.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

/// The word in the form that tables and lexicons hold: NFKC, lower case (İ and I both become i, ı stays), no vowel
/// marks or tatweel, one letter for the variants of alef, ya, kaf and of final forms, one apostrophe, no ZWNJ.
///
/// ```
/// use nisba::names::normalise;
/// assert_eq!(normalise("İlham"), "ilham");
/// assert_eq!(normalise("علي‌اف"), normalise("علیاف"));
/// assert_eq!(normalise("O’Neill"), "o'neill");
/// ```
pub fn normalise(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match plain(c) {
            // Marks of India may join the letter before them.
            _ if matches!(c, '\u{900}'..='\u{DFF}') => return composed(word),
            Plain::Letter(plain) => out.push(plain),
            Plain::Nothing => {}
            Plain::Rare => return composed(word),
        }
    }
    out
}

/// [`normalise`] where letters depend on each other.
fn composed(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.nfkc().flat_map(lower) {
        match c {
            // Vowel marks of Arabic and Hebrew, tatweel, joiners and directions are typing, not spelling.
            '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}' | '\u{640}' => {}
            '\u{591}'..='\u{5BD}' | '\u{5BF}'..='\u{5C7}' => {}
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}' => {}
            // The dot that lower-casing İ leaves behind.
            '\u{307}' if out.ends_with('i') => {}
            'أ' | 'إ' | 'آ' | 'ٱ' => out.push('ا'),
            'ي' | 'ى' => out.push('ی'),
            'ك' => out.push('ک'),
            'ۀ' => out.push('ه'),
            'ך' => out.push('כ'),
            'ם' => out.push('מ'),
            'ן' => out.push('נ'),
            'ף' => out.push('פ'),
            'ץ' => out.push('צ'),
            'ς' => out.push('σ'),
            'ё' => out.push('е'),
            '’' | '‘' | 'ʼ' | '`' | '´' | 'ʻ' | 'ʾ' | 'ʿ' | '′' | '׳' | '＇' | '‛' => out.push('\''),
            '‐' | '‑' | '‒' | '–' | '־' => out.push('-'),
            c if c as u32 >= 0x370 && (c as u32) < 0x400 => out.push(without_tonos(c)),
            c => out.push(c),
        }
    }
    out
}

fn lower(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase()
}

fn without_tonos(c: char) -> char {
    match c {
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        c => c,
    }
}

/// A word as [`normalise`] leaves it, as a number: two words that differ only in typing have the same.
///
/// ```
/// use nisba::names::{NormalHash, normalise};
/// assert_eq!(NormalHash::of("İlham"), NormalHash::of("ILHAM"));
/// assert_eq!(NormalHash::of("Rəisi"), normalise("Rəisi").chars().fold(NormalHash::default(), NormalHash::with));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NormalHash(pub u64);

impl NormalHash {
    /// Of a word as written.
    pub fn of(word: &str) -> NormalHash {
        let mut hash = NormalHash::default();
        for c in word.chars() {
            match plain(c) {
                Plain::Letter(plain) => hash = hash.with(plain),
                Plain::Nothing => {}
                // What is several letters is rare, and so are marks that join the letter before them.
                Plain::Rare => return composed(word).chars().fold(NormalHash::default(), NormalHash::with),
            }
        }
        hash
    }

    /// This word and one more normalised letter.
    #[inline]
    pub fn with(self, plain: char) -> NormalHash {
        NormalHash((self.0.rotate_left(5) ^ u64::from(plain as u32)).wrapping_mul(0x517c_c1b7_2722_0a95))
    }
}

/// What a single character of NFC text is as [`normalise`] leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// This one.
    Letter(char),
    /// It is typing, not spelling.
    Nothing,
    /// It depends on what stands beside it, or is several.
    Rare,
}

/// Characters that have a look-up of their own: all but Han, Hangul and what is rarer.
const COMMON: u32 = 0x3100;

static COMMON_PLAIN: LazyLock<Vec<Plain>> =
    LazyLock::new(|| (0..COMMON).map(|c| char::from_u32(c).map_or(Plain::Rare, make_plain)).collect());

/// Looks a character up.
#[inline]
pub fn plain(c: char) -> Plain {
    match c {
        'a'..='z' => Plain::Letter(c),
        'A'..='Z' => Plain::Letter(c.to_ascii_lowercase()),
        _ if (c as u32) < COMMON => COMMON_PLAIN[c as usize],
        '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => Plain::Letter(c),
        _ => make_plain(c),
    }
}

fn make_plain(c: char) -> Plain {
    let normal = composed(c.encode_utf8(&mut [0; 4]));
    let mut chars = normal.chars();
    // Marks join the letters that lower-casing makes, and Hangul letters each other; those of India stand for themselves.
    let stands = matches!(c, '\u{900}'..='\u{DFF}');
    let joins = !stands && is_combining_mark(c) || matches!(c, '\u{1100}'..='\u{11FF}');
    match (chars.next(), chars.next()) {
        (None, _) => Plain::Nothing,
        (Some(one), None) if !joins && !matches!(one, '\u{1100}'..='\u{11FF}') => Plain::Letter(one),
        _ => Plain::Rare,
    }
}

/// The script of the first letter.
pub fn script_of(word: &str) -> Script {
    word.chars()
        .map(|c| c.script())
        .find(|s| !matches!(s, Script::Common | Script::Inherited | Script::Unknown))
        .unwrap_or(Script::Common)
}

/// Whether the script leaves most vowels unwritten.
pub fn is_abjad(script: Script) -> bool {
    matches!(script, Script::Arabic | Script::Hebrew | Script::Syriac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typing_is_not_spelling() {
        for (a, b) in [
            ("ﻋﻠﻲ", "علی"),
            ("مُحَمَّد", "محمد"),
            ("رئیــسی", "رئیسی"),
            ("שָׁלוֹם", "שלומ"),
            ("Μητσοτάκης", "μητσοτακησ"),
            ("İLHAM", "ilham"),
            ("Ə", "ə"),
        ] {
            assert_eq!(normalise(a), normalise(b));
        }
    }

    proptest! {
        #[test]
        fn letter_by_letter_is_as_composed(word in "\\PC{0,12}", marked in "[a-zа-яअ-ह\u{301}\u{93C}\u{3099}ㄱ-ㅎか-け]{0,8}") {
            prop_assert_eq!(normalise(&word), composed(&word));
            prop_assert_eq!(normalise(&marked), composed(&marked));
        }

        #[test]
        fn a_hash_is_that_of_the_normal_word(word in "\\PC{0,12}") {
            let word: String = word.nfc().collect();
            let normal = normalise(&word).chars().fold(NormalHash::default(), NormalHash::with);
            prop_assert_eq!(NormalHash::of(&word), normal);
        }

        #[test]
        fn normalising_twice_changes_nothing(word in "\\PC{0,12}") {
            let once = normalise(&word);
            prop_assert_eq!(normalise(&once), once);
        }
    }
}

//! One spelling for what differs only in typing: case, presentation forms, vowel marks, apostrophes, look-alike letters.

use unicode_normalization::UnicodeNormalization;
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
        fn normalising_twice_changes_nothing(word in "\\PC{0,12}") {
            let once = normalise(&word);
            prop_assert_eq!(normalise(&once), once);
        }
    }
}

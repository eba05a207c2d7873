//! Letters as phrases are compared: small, without accents, with one sort of apostrophe, dash and space.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::characters::character;

/// A letter that counts when phrases are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) folded: char,
    pub(super) written: char,
    /// Code points of the field before it.
    pub(super) at: usize,
}

/// Beyond, only a few letters are folded.
const TABLE: u32 = 0x2000;

/// What letters below `TABLE` become; NUL for those that are left out.
static FOLDED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let letters = (0..TABLE).map(|code| char::from_u32(code).expect("no surrogates so low"));
    letters.map(decomposed).collect()
});

/// A text as phrases are searched in it.
pub(super) fn fold(text: &str) -> String {
    let table = &*FOLDED;
    let mut folded = String::with_capacity(text.len());
    let mut after_space = true;
    for letter in text.chars() {
        let Some(plain) = plain(table, letter) else { continue };
        if !(plain == ' ' && after_space) {
            folded.push(plain);
        }
        after_space = plain == ' ';
    }
    folded
}

/// The same letters, and where they come from.
pub(super) fn letters(text: &str, before: usize) -> Vec<Letter> {
    let table = &*FOLDED;
    let mut letters: Vec<Letter> = Vec::with_capacity(text.len());
    let mut after_space = true;
    for (at, written) in text.chars().enumerate() {
        let Some(folded) = plain(table, written) else { continue };
        if !(folded == ' ' && after_space) {
            letters.push(Letter { folded, written, at: before + at });
        } else if let Some(last) = letters.last_mut().filter(|_| written == '\n') {
            // Of a space and a line break, the break is what parts.
            last.written = written;
        }
        after_space = folded == ' ';
    }
    letters
}

fn plain(table: &[char], letter: char) -> Option<char> {
    let plain = table.get(letter as usize).copied().unwrap_or_else(|| beyond_table(letter));
    (plain != '\0').then_some(plain)
}

fn beyond_table(letter: char) -> char {
    match letter {
        '\u{200C}' | '\u{2002}'..='\u{200A}' | '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{3000}' => ' ',
        '\u{200B}' | '\u{200D}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' => '\0',
        '‘' | '’' | '‛' => '\'',
        '“' | '”' | '„' | '‟' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        '\u{FF01}'..='\u{FF5E}' => {
            let half = char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter);
            half.to_ascii_lowercase()
        }
        letter => letter,
    }
}

fn decomposed(letter: char) -> char {
    if letter.is_whitespace() {
        return ' ';
    }
    let small = letter.to_lowercase().nfd().filter(|&letter| !is_mark(letter));
    let parts: Vec<char> = small.collect();
    match parts[..] {
        [] => '\0',
        [one] => alike(one),
        // Vowel signs of two parts.
        _ => letter,
    }
}

/// Accents, vowel points and what joins or parts letters unseen: written or left out as people like.
pub(super) fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}' | '\u{5BF}'..='\u{5C7}' | '\u{61C}' | '\u{640}')
        || matches!(letter, '\u{64B}'..='\u{655}' | '\u{670}' | '\u{93C}' | '\u{9BC}' | '\u{AD}')
}

/// The one of several letters that are taken for each other.
fn alike(letter: char) -> char {
    match letter {
        'ʻ' | 'ʼ' | 'ʹ' | '`' | '´' | '׳' => '\'',
        // Persian, Urdu and Kurdish are typed on Arabic keyboards and the other way round.
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        'ە' | 'ہ' | 'ھ' | 'ۀ' | 'ۂ' => 'ه',
        '،' => ',',
        '؛' => ';',
        'ς' => 'σ',
        'ı' => 'i',
        '־' => '-',
        letter => letter,
    }
}

/// Letters of scripts that are written without spaces between words: of Thailand, Laos, Tibet, Burma, Cambodia, China and
/// Japan. Every letter of a text is asked, so it is by ranges and not by the tables of scripts.
pub(super) fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{E00}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}')
        || matches!(letter, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Letters of scripts that have large and small ones, and use both. Those of Georgian are large in headlines alone.
pub(super) fn is_cased(letter: char) -> bool {
    !matches!(letter, '\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}')
        && (letter.is_lowercase() || letter.is_uppercase())
}

/// A letter with which no sentence and no name begins.
pub(super) fn is_small(letter: char) -> bool {
    letter.is_lowercase() && is_cased(letter)
}

/// Whether a word may begin, or have ended, between two letters. Vowel signs and the halves of Hangul words are letters.
pub(super) fn is_between_words(before: Option<&Letter>, after: Option<&Letter>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return true };
    let unspaced = is_unspaced(before.folded) || is_unspaced(after.folded);
    unspaced || !(is_of_word(before.folded) && is_of_word(after.folded))
}

/// Letters and digits, and the signs that some scripts write around their letters.
pub(super) fn is_of_word(letter: char) -> bool {
    matches!(letter, '가'..='힣')
        || character(letter).is_alphanumeric()
        || matches!(letter, '\u{900}'..='\u{963}' | '\u{981}'..='\u{9CD}' | '\u{E31}'..='\u{E4E}')
}

/// Words of a text; two letters are one where words are not written apart.
pub(super) fn words(letters: impl Iterator<Item = char>) -> usize {
    let (mut words, mut unspaced, mut in_word) = (0, 0_usize, false);
    for letter in letters {
        if is_unspaced(letter) {
            unspaced += 1;
            in_word = false;
        } else {
            let is_letter = is_of_word(letter) || in_word && matches!(letter, '\'' | '-' | '’');
            words += usize::from(is_letter && !in_word);
            in_word = is_letter;
        }
    }
    words + unspaced.div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::{fold, letters, words};

    #[test]
    fn folding_makes_spellings_one() {
        let spellings = [
            ("TƏRCÜMƏ  İngiliscədən", "tərcumə ingiliscədən"),
            ("Перевёл  с  английского", "перевел с англииского"),
            ("تَرجَمة عن الإنجليزية", "ترجمة عن الانجلیزیة"),
            ("می‌گوید", "می گوید"),
            ("l’anglais — “x”", "l'anglais - \"x\""),
            ("翻译：王明", "翻译:王明"),
            ("בְּעִבְרִית", "בעברית"),
            ("ΑΓΓΛΙΚΆΣ", "αγγλικασ"),
        ];
        for (written, folded) in spellings {
            assert_eq!(fold(written), folded);
        }
    }

    #[test]
    fn letters_are_those_of_the_folded_text() {
        for text in ["  İki\n \u{200F}x", "می‌\u{200D} گوید", "a\u{301}\u{301} b", "😀 \t\n翻訳：", ""] {
            let folded: String = letters(text, 3).iter().map(|letter| letter.folded).collect();
            assert_eq!(folded, fold(text));
            for letter in letters(text, 3) {
                assert!(letter.written == '\n' || text.chars().nth(letter.at - 3) == Some(letter.written));
            }
        }
    }

    #[test]
    fn words_are_counted_in_all_scripts() {
        assert_eq!(words("It's a well-known fact, 1990.".chars()), 5);
        assert_eq!(words("翻译：王明".chars()), 2);
        assert_eq!(words("संवाददाता सम्मेलन".chars()), 2);
    }
}

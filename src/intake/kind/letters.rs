//! Letters and words, in all scripts: what counts as one and which are the same.

use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};

/// Small letters without accents, one sort of apostrophe, dots and spaces, a line a paragraph: as phrases are compared.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for paragraph in text.split("\n\n") {
        let letters = paragraph.nfd().flat_map(char::to_lowercase).filter(|&letter| !is_mark(letter));
        let written = letters.map(plain).nfc().collect::<String>().replace('…', "...");
        for (at, word) in written.split_whitespace().enumerate() {
            folded.push_str(if at > 0 { " " } else { "" });
            folded.push_str(word);
        }
        folded.push('\n');
    }
    folded
}

/// Accents, vowel points and what joins or parts letters unseen: written or left out as people like.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}' | '\u{640}' | '\u{64B}'..='\u{655}' | '\u{670}')
        || matches!(letter, '\u{93C}' | '\u{AD}' | '\u{200B}' | '\u{200D}'..='\u{200F}' | '\u{2060}')
}

/// The one of several letters that are taken for each other.
fn plain(letter: char) -> char {
    match letter {
        '’' | '‘' | 'ʻ' | 'ʼ' | '`' | '´' => '\'',
        // Persian is typed on Arabic keyboards, and with a space inside of words for what is less than one.
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        '\u{200C}' => ' ',
        'ς' => 'σ',
        'ı' => 'i',
        letter => letter,
    }
}

/// Letters and digits with single spaces between: what is left of "404 – Not Found!" and of "404: not found".
pub(super) fn bare(folded: &str) -> String {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// "404 page not found" is that whatever the number.
pub(super) fn without_numbers(bare: &str) -> String {
    let words = bare.split(' ').filter(|word| !word.chars().all(char::is_numeric));
    words.collect::<Vec<_>>().join(" ")
}

/// Words of a text; two letters are one where words are not written apart.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().map(words_of_token).sum()
}

fn words_of_token(token: &str) -> usize {
    let letters = || token.chars().filter(|letter| letter.is_alphanumeric());
    let unspaced = letters().filter(|&letter| is_unspaced(letter)).count();
    unspaced.div_ceil(2) + usize::from(letters().any(|letter| !is_unspaced(letter)))
}

pub(super) fn is_unspaced(letter: char) -> bool {
    use Script::{Han, Hiragana, Katakana, Khmer, Lao, Myanmar, Thai, Tibetan};
    letter > '\u{E00}' && matches!(letter.script(), Han | Hiragana | Katakana | Khmer | Lao | Myanmar | Thai | Tibetan)
}

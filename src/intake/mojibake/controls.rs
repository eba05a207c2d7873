//! Windows-1252 and its sisters read as Latin-1, which has controls where they have punctuation: "l\u{92}or".

use super::Mended;

/// Puts the sign or letter of Windows where Latin-1 has a control, if all charsets of Windows have the same one or, for
/// letters, all those that have a Latin letter there.
pub fn mend(text: String, mended: &mut Mended) -> String {
    if !text.chars().any(|c| sign(c) != c) {
        return text;
    }
    mended.repaired("the text was windows-1252 read as iso-8859-1; its punctuation was read again".to_owned());
    text.chars().map(sign).collect()
}

fn sign(c: char) -> char {
    match c {
        '\u{80}' => '€',
        '\u{82}' => '‚',
        '\u{84}' => '„',
        '\u{8A}' => 'Š',
        '\u{8B}' => '‹',
        '\u{8E}' => 'Ž',
        '\u{91}' => '‘',
        '\u{92}' => '’',
        '\u{93}' => '“',
        '\u{94}' => '”',
        '\u{95}' => '•',
        '\u{96}' => '–',
        '\u{97}' => '—',
        '\u{99}' => '™',
        '\u{9A}' => 'š',
        '\u{9B}' => '›',
        '\u{9E}' => 'ž',
        _ => c,
    }
}

//! UTF-8 that was read as a charset of one byte a character, and encoded again: "MÃ¼ller", "РџСѓС‚РёРЅ".

use std::borrow::Cow;
use std::sync::LazyLock;

use encoding_rs::{Encoding, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254, WINDOWS_1256};
use unicode_script::{Script, UnicodeScript};

use super::super::charset::statistics::strangeness;
use super::{Mended, passages, traces};

/// Which bytes the characters of a charset were read from.
struct Table {
    name: &'static str,
    /// By code point, as far as charsets of Windows go; 0 where there is none.
    bytes: Vec<u8>,
}

/// The charsets that UTF-8 is read as, in the order in which they are tried: where several undo as much, the first.
static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    [WINDOWS_1252, WINDOWS_1251, WINDOWS_1254, WINDOWS_1250, WINDOWS_1256].into_iter().map(Table::of).collect()
});

impl Table {
    fn of(encoding: &'static Encoding) -> Self {
        // The last character of all these charsets is ™.
        let mut bytes = vec![0; '™' as usize + 1];
        for byte in 0x80..=0xFF_u8 {
            // Controls are what Latin-1 makes of the bytes below 0xA0.
            bytes[usize::from(byte)] = if byte < 0xA0 { byte } else { bytes[usize::from(byte)] };
            let (text, malformed) = encoding.decode_without_bom_handling(std::slice::from_ref(&byte));
            let place = text.chars().next().and_then(|c| bytes.get_mut(c as usize));
            place.into_iter().filter(|_| !malformed).for_each(|place| *place = byte);
        }
        Self { name: encoding.name(), bytes }
    }

    fn byte(&self, c: char) -> Option<u8> {
        self.bytes.get(c as usize).copied().filter(|&byte| byte > 0)
    }
}

/// A few characters that are one character of UTF-8.
#[derive(Clone, Copy, Debug)]
struct Sequence {
    start: usize,
    end: usize,
    character: char,
    /// Whether these characters are never neighbours in real text.
    certain: bool,
}

/// A passage read as UTF-8 of one charset.
struct Attempt<'a> {
    table: &'a Table,
    characters: &'a [char],
    sequences: Vec<Sequence>,
}

/// Undoes the misreading in every passage that shows it, twice over where it happened twice.
pub fn mend(text: String, mended: &mut Mended) -> String {
    let mut out = String::with_capacity(text.len());
    for passage in passages(&text) {
        let mut passage = Cow::Borrowed(passage);
        // Nobody has seen it happen four times.
        for _ in 0..3 {
            match undo(&passage, mended) {
                Some(better) => passage = Cow::Owned(better),
                None => break,
            }
        }
        out.push_str(&passage);
    }
    out
}

fn undo(passage: &str, mended: &mut Mended) -> Option<String> {
    if !is_worth_it(passage) {
        return None;
    }
    let characters: Vec<char> = passage.chars().collect();
    let attempts = TABLES.iter().map(|table| Attempt::new(table, &characters));
    // Of equals, `max_by_key` takes the last.
    let best = attempts.rev().max_by_key(Attempt::certain).filter(|best| best.certain() > 0)?;
    let (text, lost) = best.undone();
    if strangeness(&text) > strangeness(passage) {
        mended.doubted(passage);
        return None;
    }
    mended.repaired(format!("the text was UTF-8 read as {}; it was read again", best.table.name));
    if lost > 0 {
        mended.repaired("letters that the misreading had lost were replaced".to_owned());
    }
    Some(text)
}

/// Whether anything near a trace is certain; passages can be as long as a page, and real text has traces.
fn is_worth_it(passage: &str) -> bool {
    traces::of_utf_8(passage.as_bytes()).any(|at| {
        let near: Vec<char> = passage[passage.floor_char_boundary(at.saturating_sub(4))..].chars().take(12).collect();
        TABLES.iter().any(|table| Attempt::new(table, &near).certain() > 0)
    })
}

impl<'a> Attempt<'a> {
    fn new(table: &'a Table, characters: &'a [char]) -> Self {
        let mut attempt = Self { table, characters, sequences: Vec::new() };
        let mut at = 0;
        while at < characters.len() {
            match attempt.sequence(at) {
                Some(sequence) => {
                    at = sequence.end;
                    attempt.sequences.push(sequence);
                }
                None => at += 1,
            }
        }
        attempt.strengthen_chains();
        attempt
    }

    fn certain(&self) -> usize {
        self.sequences.iter().filter(|sequence| sequence.certain).count()
    }

    /// The character of UTF-8 that begins at a character.
    fn sequence(&self, start: usize) -> Option<Sequence> {
        let lead = self.table.byte(self.characters[start])?;
        let width = match lead {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => return None,
        };
        let mut bytes = [lead, 0, 0, 0];
        for (byte, &c) in bytes[1..width].iter_mut().zip(self.characters.get(start + 1..start + width)?) {
            *byte = self.table.byte(c)?;
        }
        let character = std::str::from_utf8(&bytes[..width]).ok()?.chars().next().filter(|&c| is_in_use(c))?;
        let mut sequence = Sequence { start, end: start + width, character, certain: false };
        sequence.certain = self.is_certain(&sequence);
        Some(sequence)
    }

    /// Whether a single sequence is mojibake for sure, by its own characters and their neighbours.
    fn is_certain(&self, sequence: &Sequence) -> bool {
        let characters = &self.characters[sequence.start..sequence.end];
        if characters.iter().any(|c| c.is_control()) || sequence.character == '\u{FEFF}' {
            return true;
        }
        let before = sequence.start.checked_sub(1).map(|at| self.characters[at]);
        let after = self.characters.get(sequence.end).copied();
        match *characters {
            [lead, last] if lead.script() == Script::Latin => is_certain_pair(before, lead, last, after),
            [lead, last] => {
                // Й™ in a Latin word; quotes and dashes may be real ones after a letter that only looks Latin.
                let latin = |c: &char| c.is_alphabetic() && c.script() == Script::Latin;
                let akin = last.is_alphabetic() && last.script() == lead.script();
                let amid_latin = [before, after].iter().flatten().any(latin);
                lead.is_alphabetic() && !akin && amid_latin && !is_quote_or_dash(last)
            }
            // â€™ and its like: a quote or a dash, of which nobody would write the beginning; â‚¬, â„¢ and â„–.
            [_, '€' | 'Ђ', _] => matches!(sequence.character, '\u{2010}'..='\u{2026}'),
            [_, '‚', _] => sequence.character == '€',
            [_, '„', _] => matches!(sequence.character, '™' | '№'),
            [_, _, _] => false,
            // Emoji and the like: four odd characters in a row.
            _ => true,
        }
    }

    /// Makes sequences certain that follow each other and give letters of one script: single pairs may be real, two
    /// in a row with a sign among them are not.
    fn strengthen_chains(&mut self) {
        let mut from = 0;
        while from < self.sequences.len() {
            let mut to = from + 1;
            while to < self.sequences.len() && self.sequences[to].start == self.sequences[to - 1].end {
                to += 1;
            }
            let chain = &self.sequences[from..to];
            if chain.iter().any(|sequence| sequence.certain) || self.is_a_word(chain) {
                self.sequences[from..to].iter_mut().for_each(|sequence| sequence.certain = true);
            }
            from = to;
        }
    }

    fn is_a_word(&self, chain: &[Sequence]) -> bool {
        let rest = chain.iter().flat_map(|sequence| &self.characters[sequence.start + 1..sequence.end]);
        let signs = rest.filter(|c| !c.is_alphabetic()).count();
        let akin = chain.windows(2).any(|pair| {
            let (left, right) = (pair[0].character, pair[1].character);
            left.is_alphabetic() && right.is_alphabetic() && family(left) == family(right)
        });
        akin && signs > 0
    }

    /// The passage read again, and how many letters had been lost before and are U+FFFD now. Sequences that might be
    /// real are read again only in the company of at least two certain ones.
    fn undone(&self) -> (String, usize) {
        let all = self.certain() >= 2;
        let mut sequences = self.sequences.iter().filter(|sequence| all || sequence.certain).peekable();
        let (mut text, mut lost, mut at, mut joined) = (String::new(), 0, 0, false);
        while at < self.characters.len() {
            if let Some(sequence) = sequences.next_if(|sequence| sequence.start == at) {
                text.push(sequence.character);
                (at, joined) = (sequence.end, true);
                continue;
            }
            let touching = joined || sequences.peek().is_some_and(|next| next.start == at + 1);
            let (character, width) = self.without_its_end(at, touching, all);
            lost += usize::from(character == char::REPLACEMENT_CHARACTER && self.characters[at] != character);
            text.push(character);
            (at, joined) = (at + width, false);
        }
        (text, lost)
    }

    /// The character at a place that is no whole sequence: itself, or, among sequences, what a misreading has cut
    /// short. It drops bytes that a charset does not have, and makes spaces of no-break spaces.
    fn without_its_end(&self, at: usize, among_sequences: bool, in_company: bool) -> (char, usize) {
        let c = self.characters[at];
        let next = self.characters.get(at + 1).copied();
        match (self.table.byte(c), next) {
            (Some(0xE2), Some(next)) if self.table.byte(next) == Some(0x80) => ('”', 2),
            (Some(0xC3), Some(' ')) if in_company => ('à', 1),
            // Of all bytes windows-1251 lacks only that of И.
            (Some(0xD0), _) if among_sequences && self.table.name == "windows-1251" => ('И', 1),
            (Some(0xD0 | 0xD1 | 0xD8..=0xDB), _) if among_sequences => (char::REPLACEMENT_CHARACTER, 1),
            _ => (c, 1),
        }
    }
}

/// Whether a Latin letter and a sign, or another letter of the upper half, are never neighbours where they are.
fn is_certain_pair(before: Option<char>, lead: char, last: char, after: Option<char>) -> bool {
    let is_letter = |c: char| c.is_alphabetic() && !matches!(c, 'ª' | 'º');
    let after_capital = before.is_some_and(char::is_uppercase);
    match (lead, last) {
        ('Â', '«') => !after_capital,
        // Vietnamese and Romanian have words of one Â.
        ('Â', '\u{A0}') => before.is_some_and(|c| !c.is_whitespace() && !c.is_uppercase()),
        ('Â', _) => !after_capital && !is_letter(last) && !is_quote_or_dash(last),
        ('Ã', _) if !after_capital && !is_quote_or_dash(last) => true,
        _ if lead.is_uppercase() && before.is_some_and(char::is_lowercase) && !last.is_lowercase() => true,
        _ => is_never_after_a_letter(last) || is_rarely_before_a_letter(last) && after.is_some_and(is_letter),
    }
}

/// Scripts that are written in one word count as one.
fn family(c: char) -> Script {
    match c.script() {
        Script::Hiragana | Script::Katakana => Script::Han,
        script => script,
    }
}

fn is_quote_or_dash(c: char) -> bool {
    "«»‘’“”„‚‹›–—…".contains(c)
}

/// Signs that follow no letter in any language, and a letter that is never a capital.
fn is_never_after_a_letter(c: char) -> bool {
    "¢£¤¥¦¨¬¯±´µ¶¸¼½¾¿ƒˆ˜‰Ÿ".contains(c)
}

/// Signs that may follow a word, but are not followed by another letter.
fn is_rarely_before_a_letter(c: char) -> bool {
    "‚„‹›‡†™€•©®°²³¹§ª¡\u{AD}".contains(c)
}

/// Characters that texts are made of. What falls outside is taken for a coincidence.
fn is_in_use(c: char) -> bool {
    matches!(c,
        '\u{A0}'..='\u{17F}' | 'Ə' | 'ə' | 'Ơ' | 'ơ' | 'Ư' | 'ư' | 'Ș'..='ț'
        | 'Ά'..='ώ' | 'Ѐ'..='џ' | 'Ґ'..='ғ' | 'Қ'..='қ' | 'Ң'..='ң' | 'Ү'..='ӂ' | 'Ә'..='ә' | 'Ӣ'..='ӯ'
        | 'Ա'..='֊' | '\u{5B0}'..='״' | '،' | '؛'..='۹'
        | '\u{900}'..='\u{DFF}' | 'ก'..='๛' | 'ა'..='ჿ' | 'Ḁ'..='ỿ'
        | '\u{200B}'..='\u{200F}' | '‐'..='…' | '‰'..='›' | '₠'..='₿' | '№' | '™' | '←'..='⋿' | '■'..='➿'
        | '\u{3000}'..='ヿ' | '㌀'..='㏿' | '一'..='\u{9FFF}' | '가'..='\u{D7A3}' | '\u{FE0F}' | '\u{FEFF}' | '！'..='￯'
        | '\u{1F000}'..='\u{1FAFF}')
        && !matches!(c, 'Ѡ'..='҉')
}

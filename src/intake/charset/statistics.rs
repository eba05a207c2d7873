//! What the bytes themselves say of their charset: chardetng's guess, and a check of one reading against another.

use std::collections::BTreeMap;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_8859_4, ISO_8859_13, SHIFT_JIS, WINDOWS_1250, WINDOWS_1252,
    WINDOWS_1254, WINDOWS_1257,
};
use unicode_script::{Script, UnicodeScript};

use super::declared::element;

/// As much text as statistics need; more is only slower.
const ENOUGH: usize = 64 << 10;

/// The part of a page that is looked at, and where it comes from.
pub struct Sample {
    bytes: Vec<u8>,
    domain: Option<String>,
}

impl Sample {
    /// Takes the text between the tags: names of classes and scripts are English whatever the page is in. A page
    /// whose text is ASCII is taken as it is, with its attributes and scripts.
    pub fn of(bytes: &[u8], html: bool, domain: Option<&str>) -> Self {
        let text = if html { between_tags(bytes) } else { Vec::new() };
        let bytes = if text.is_ascii() { informative(bytes) } else { text };
        Self { bytes, domain: domain.and_then(label) }
    }

    /// The likeliest charset; none where there is nothing but ASCII.
    pub fn guess(&self) -> Option<&'static Encoding> {
        if self.bytes.is_ascii() {
            return None;
        }
        let guess = guess(&self.bytes, self.domain.as_deref());
        Some(if self.domain.is_none() { reconsidered(&self.bytes, guess) } else { guess })
    }

    /// Whether the bytes refute a declared charset in favour of another one.
    pub fn refutes(&self, declared: &'static Encoding, rival: &'static Encoding) -> bool {
        let (said, other) = (Reading::of(&self.bytes, declared), Reading::of(&self.bytes, rival));
        if said.text == other.text {
            return false;
        }
        said.is_broken(&other)
            || said.is_stranger_than(&other)
            || declared == WINDOWS_1252 && other.is_turkish()
            || self.steadily(rival) && said.differs_from(&other)
    }

    /// Whether both halves of the sample speak for a charset as the whole does.
    fn steadily(&self, encoding: &'static Encoding) -> bool {
        let middle = self.bytes.len() / 2;
        let middle = self.bytes[..middle].iter().rposition(u8::is_ascii_whitespace).unwrap_or(0);
        let (left, right) = self.bytes.split_at(middle);
        [left, right].iter().all(|half| {
            let guess = guess(half, self.domain.as_deref());
            !half.is_ascii()
                && (guess == encoding
                    || guess.decode_without_bom_handling(half) == encoding.decode_without_bom_handling(half))
        })
    }
}

/// The text of a page without tags, comments, scripts and styles. Works on bytes: `<` and `>` are never part of a
/// longer character in the charsets of the web, ISO-2022-JP apart, which is recognised by its escapes.
fn between_tags(page: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = page;
    while text.len() < ENOUGH {
        let Some(start) = memchr::memchr(b'<', rest) else {
            text.extend_from_slice(&rest[..rest.len().min(ENOUGH)]);
            break;
        };
        text.extend_from_slice(&rest[..start.min(ENOUGH)]);
        text.push(b' ');
        rest = element(&rest[start + 1..]).1;
    }
    text
}

/// The bytes from a little before the first that is not ASCII.
fn informative(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0).saturating_sub(64);
    bytes[start..bytes.len().min(start + ENOUGH)].to_vec()
}

/// A top-level domain as chardetng takes it; anything else would make it panic.
fn label(domain: &str) -> Option<String> {
    let label = domain.trim_end_matches('.').rsplit('.').next()?.to_ascii_lowercase();
    (label.is_ascii() && !label.is_empty()).then_some(label)
}

/// chardetng's guess.
pub fn guess(bytes: &[u8], domain: Option<&str>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(domain.map(str::as_bytes), Utf8Detection::Allow)
}

/// Letters that give away a language whose charset chardetng often takes for windows-1252.
struct Telltale {
    encoding: &'static Encoding,
    /// In a reading as windows-1252, at least three of these,
    telling: &'static str,
    /// each of these,
    company: &'static str,
    /// and none of these.
    foreign: &'static str,
}

const TELLTALES: [Telltale; 3] = [
    // Hungarian, whose ő and ű are õ and û there.
    Telltale { encoding: WINDOWS_1250, telling: "õûÕÛ", company: "áé", foreign: "ãçêñøåæþà" },
    // Estonian, whose š and ž are ð and þ there.
    Telltale { encoding: WINDOWS_1257, telling: "ðþÐÞ", company: "äõü", foreign: "áéíóæçñ" },
    // Lithuanian: ą č ę ė į š ų ū ž.
    Telltale { encoding: WINDOWS_1257, telling: "ðþ", company: "ëáø", foreign: "ôíóúñçäöüå" },
];

/// A guess that knows no domain, corrected where letters give it away.
fn reconsidered(bytes: &[u8], guess: &'static Encoding) -> &'static Encoding {
    if [WINDOWS_1257, ISO_8859_13, ISO_8859_4].contains(&guess) && !is_baltic(bytes, guess) {
        return WINDOWS_1252;
    }
    if guess != WINDOWS_1252 {
        return guess;
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let found = TELLTALES.iter().find(|tell| {
        text.chars().filter(|&c| tell.telling.contains(c)).count() >= 3
            && tell.company.chars().all(|c| text.contains(c))
            && !text.chars().any(|c| tell.foreign.contains(c))
    });
    found.map_or(WINDOWS_1252, |tell| tell.encoding)
}

/// Every Baltic language writes š or ž in all but its shortest texts; circumflexes of Welsh make macrons, but not these.
fn is_baltic(bytes: &[u8], encoding: &'static Encoding) -> bool {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    text.chars().any(|c| "šžŠŽ".contains(c)) || text.chars().filter(|c| !c.is_ascii()).count() < 4
}

/// Whether a short text of an East Asian charset happens to be well-formed UTF-8: the two bytes of some common hanzi
/// and hangul are also those of a Latin, Cyrillic or Arabic letter. By the fourth letter chance is ruled out.
pub fn utf_8_by_accident(text: &str, declared: &'static Encoding) -> bool {
    let letters = text.chars().filter(|c| !c.is_ascii());
    is_east_asian(declared)
        && letters.clone().count() < 4
        && letters.clone().all(|c| c.len_utf8() == 2)
        && !declared.decode_without_bom_handling(text.as_bytes()).1
}

fn is_east_asian(encoding: &'static Encoding) -> bool {
    [GBK, GB18030, BIG5, SHIFT_JIS, EUC_JP, EUC_KR].contains(&encoding)
}

/// A sample as one charset reads it, with signs of misreading.
struct Reading {
    text: String,
    encoding: &'static Encoding,
    /// Characters that are not ASCII.
    beyond_ascii: usize,
    unreadable: usize,
    strange: usize,
    script: Option<Script>,
}

impl Reading {
    fn of(bytes: &[u8], encoding: &'static Encoding) -> Self {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        let beyond_ascii = text.chars().filter(|c| !c.is_ascii()).count();
        let unreadable = text.chars().filter(|&c| is_unreadable(c)).count();
        let (strange, script) = (strangeness(&text), main_script(&text));
        Self { text: text.into_owned(), encoding, beyond_ascii, unreadable, strange, script }
    }

    /// Whether this reading has controls or malformed bytes where the other one has text. A single one will do between
    /// sister charsets, which differ in little else (iso-8859-7 and windows-1253).
    fn is_broken(&self, other: &Self) -> bool {
        let sisters = self.script == other.script && other.unreadable == 0 && self.unreadable > 0;
        sisters
            || self.unreadable > 2
                && self.unreadable * 100 > self.beyond_ascii
                && self.unreadable > 4 * other.unreadable
    }

    /// Whether this reading has far more of what writers do not write than the other one.
    fn is_stranger_than(&self, other: &Self) -> bool {
        let cyrillic = [self, other].iter().all(|reading| reading.script == Some(Script::Cyrillic));
        if cyrillic && self.beyond_ascii >= 10 && commonness(&other.text) > commonness(&self.text) + 0.15 {
            return true;
        }
        let sisters = self.script == other.script && other.strange == 0 && self.strange >= 3;
        sisters || self.strange >= 2 && self.strange * 50 > self.beyond_ascii && self.strange > 4 * other.strange
    }

    /// Whether this reading has the letters of Turkish that windows-1252 has others for, and none of those of Icelandic,
    /// in which the others are at home.
    fn is_turkish(&self) -> bool {
        let count = |letters: &str| self.text.chars().filter(|&c| letters.contains(c)).count();
        self.encoding == WINDOWS_1254 && count("ışğİŞĞ") >= 2 && count("áæéíóúå") == 0
    }

    /// Whether so many letters are others that a steady guess is worth more than a declaration.
    fn differs_from(&self, other: &Self) -> bool {
        if self.script != other.script || is_east_asian(self.encoding) && is_east_asian(other.encoding) {
            return self.beyond_ascii >= 40;
        }
        if self.script != Some(Script::Latin) || other.encoding == WINDOWS_1252 {
            // Windows-1252 is what chardetng falls back on.
            return false;
        }
        let pairs = self.text.chars().zip(other.text.chars()).filter(|(said, other)| said != other);
        let letters = pairs.filter(|(said, other)| said.is_alphabetic() && other.is_alphabetic());
        let mut kinds = BTreeMap::new();
        letters.for_each(|pair| *kinds.entry(pair).or_insert(0usize) += 1);
        let (kinds, all) = (kinds.len(), kinds.values().sum::<usize>());
        if other.encoding == WINDOWS_1254 { all >= 3 } else { kinds >= 2 && all >= 6 }
    }
}

fn is_unreadable(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9F}' | '\u{E000}'..='\u{F8FF}' | char::REPLACEMENT_CHARACTER)
}

/// The script of most letters beyond ASCII.
pub fn main_script(text: &str) -> Option<Script> {
    let mut counts = BTreeMap::new();
    for c in text.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()) {
        counts.entry(c.script().short_name()).or_insert((0usize, c.script())).0 += 1;
    }
    counts.into_values().max_by_key(|(count, _)| *count).map(|(_, script)| script)
}

/// How many characters stand where no writer puts them.
pub fn strangeness(text: &str) -> usize {
    let words = text.split(|c: char| c.is_whitespace() || c.is_ascii() && !c.is_ascii_alphanumeric());
    words.filter(|word| !word.is_ascii()).map(strange_in_word).sum()
}

fn strange_in_word(word: &str) -> usize {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let latin = word.chars().filter(|c| !c.is_ascii() && c.is_alphabetic() && c.script() == Script::Latin).count();
    // Even Vietnamese words have a plain letter; words of four that have none are of another script.
    if latin >= 4 && latin * 4 >= letters * 3 {
        return latin;
    }
    let unreadable = word.chars().filter(|&c| is_unreadable(c)).count();
    unreadable + word.chars().zip(word.chars().skip(1)).filter(|&(a, b)| clash(a, b)).count()
}

/// Whether two neighbours do not belong in one word.
fn clash(left: char, right: char) -> bool {
    match (is_symbol(left), is_symbol(right)) {
        (true, true) => left != right,
        (true, false) => right.is_alphabetic(),
        (false, true) => left.is_alphabetic(),
        (false, false) if left.is_alphabetic() && right.is_alphabetic() => {
            !same_script(left, right)
                || left.is_lowercase() && right.is_uppercase() && !(left.is_ascii() && right.is_ascii())
        }
        _ => false,
    }
}

/// Signs that are no part of words; quotes, dashes and what may follow a word or a number are left out.
fn is_symbol(c: char) -> bool {
    "¡¢£¤¥¦§¨¬¯±´µ¶¸¹¼½¾¿×÷€ƒˆ‰†‡˜‚‹".contains(c) || matches!(c, '\u{2500}'..='\u{259F}')
}

fn same_script(left: char, right: char) -> bool {
    let kana_or_han = |c: char| matches!(c.script(), Script::Han | Script::Hiragana | Script::Katakana);
    let half = |c: char| matches!(c, '\u{FF61}'..='\u{FF9F}');
    if half(left) != half(right) {
        return false;
    }
    let either = |script: Script| matches!(script, Script::Common | Script::Inherited);
    left.script() == right.script()
        || either(left.script())
        || either(right.script())
        || kana_or_han(left) && kana_or_han(right)
        // Hangul and Japanese stand next to Latin without a space.
        || left.is_ascii() && !matches!(right.script(), Script::Cyrillic | Script::Greek | Script::Arabic)
        || right.is_ascii() && !matches!(left.script(), Script::Cyrillic | Script::Greek | Script::Arabic)
}

/// The share of the ten commonest letters of Russian among the Cyrillic letters; they are common in the other Slavic
/// languages too. Two thirds in real texts, one third when koi8-r and windows-1251 are mistaken for each other.
pub fn commonness(text: &str) -> f64 {
    let cyrillic = |c: &char| matches!(c, 'а'..='я' | 'ѐ'..='ӿ');
    let letters = || text.chars().flat_map(char::to_lowercase).filter(cyrillic);
    let common = letters().filter(|&c| "оеаинтсрвлі".contains(c)).count();
    common as f64 / (letters().count().max(1)) as f64
}

//! Koi8-r and windows-1251 taken for each other. They have small and capital letters in opposite halves, so that
//! "Президент" becomes "рТЕЪЙДЕОФ" or "оПЕГХДЕМР".

use encoding_rs::{Encoding, KOI8_U, WINDOWS_1251};

use super::super::charset::statistics::commonness;
use super::traces::Traces;
use super::{Mended, passages};

/// Undoes the misreading in all passages whose words are inverted. Text typed with the wrong lock of capitals looks
/// like it too, but its letters are as common as they should be.
pub fn mend(text: String, mended: &mut Mended) -> String {
    let inverted: Vec<bool> = passages(&text).map(|p| Traces::of(p.as_bytes()).inverted && is_inverted(p)).collect();
    let sample: String = passages(&text).zip(&inverted).filter(|(_, inverted)| **inverted).map(|(p, _)| p).collect();
    let letters = sample.chars().filter(|c| matches!(c, 'А'..='я')).count();
    if letters < 6 {
        return text;
    }
    let readings = [(WINDOWS_1251, KOI8_U), (KOI8_U, WINDOWS_1251)];
    let gain =
        |reading: &(_, _)| other_reading(&sample, *reading).map_or(0.0, |t| commonness(&t) - commonness(&sample));
    let Some(reading) = readings.into_iter().max_by(|a, b| gain(a).total_cmp(&gain(b))) else { return text };
    match gain(&reading) {
        gain if gain > 0.15 && letters >= 16 => {
            let (wrong, right) = (reading.0.name(), reading.1.name());
            mended.repaired(format!("the text was {right} read as {wrong}; it was read again"));
            let again = |p: &str| other_reading(p, reading).unwrap_or_else(|| p.to_owned());
            passages(&text).zip(inverted).map(|(p, inverted)| if inverted { again(p) } else { p.to_owned() }).collect()
        }
        gain => {
            if gain > 0.0 {
                mended.doubted(&sample);
            }
            text
        }
    }
}

/// The text as it would be had it been read the other way; nothing if that loses anything or leaves it inverted.
fn other_reading(text: &str, (wrong, right): (&'static Encoding, &'static Encoding)) -> Option<String> {
    let (bytes, _, lossy) = wrong.encode(text);
    let (text, malformed) = right.decode_without_bom_handling(&bytes);
    (!lossy && !malformed && !is_inverted(&text)).then(|| text.into_owned())
}

/// Whether some words are small before capital, none is capital before small, and few are all small, as those that
/// should be all capital are.
fn is_inverted(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.starts_with(|c| matches!(c, 'А'..='я')));
    let (mut inverted, mut small, mut all) = (0, 0, 0);
    for word in words.filter(|word| word.chars().nth(1).is_some()) {
        let (first, rest) = (word.starts_with(char::is_uppercase), word.chars().skip(1).any(char::is_uppercase));
        let any_small = word.chars().skip(1).any(char::is_lowercase);
        match (first, rest, any_small) {
            (true, _, true) | (false, true, true) => return false,
            (false, true, false) => inverted += 1,
            (false, false, _) => small += 1,
            (true, _, false) => {}
        }
        all += 1;
    }
    inverted > 0 && small * 5 <= all
}

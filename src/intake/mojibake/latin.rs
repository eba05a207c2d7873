//! Text of another script that was read as windows-1252: "Ïðåçèäåíò".

use std::ops::Range;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use unicode_script::Script;

use super::super::charset::statistics::{commonness, guess, main_script, strangeness};
use super::{Mended, passages};

/// Undoes the misreading in all runs of words that have no plain letter, if together they speak for one charset.
pub fn mend(text: String, mended: &mut Mended) -> String {
    let runs = runs(&text);
    match charset(&sample(&text, &runs)) {
        Some(encoding) => {
            mended.repaired(format!("the text was {} read as windows-1252; it was read again", encoding.name()));
            read_again(&text, &runs, encoding)
        }
        None => text,
    }
}

/// Notes such runs where they are left.
pub fn doubt(text: &str, mended: &mut Mended) {
    let sample = sample(text, &runs(text));
    if letters(&sample) >= 8 {
        mended.doubted(&sample);
    }
}

fn sample(text: &str, runs: &[Range<usize>]) -> String {
    runs.iter().map(|run| &text[run.clone()]).collect::<Vec<_>>().join("\n")
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

fn read_again(text: &str, runs: &[Range<usize>], encoding: &'static Encoding) -> String {
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for run in runs {
        out.push_str(&text[done..run.start]);
        out.push_str(&decoded(&text[run.clone()], encoding).unwrap_or_else(|| text[run.clone()].to_owned()));
        done = run.end;
    }
    out + &text[done..]
}

/// The bytes of a misread text in a charset, if all of it can be read so.
fn decoded(text: &str, encoding: &'static Encoding) -> Option<String> {
    let (bytes, _, lossy) = WINDOWS_1252.encode(text);
    let (text, malformed) = encoding.decode_without_bom_handling(&bytes);
    (!lossy && !malformed).then(|| text.into_owned())
}

/// The charset that a misread sample is in, if there is no doubt of it.
fn charset(sample: &str) -> Option<&'static Encoding> {
    let (bytes, _, lossy) = WINDOWS_1252.encode(sample);
    let (encoding, letters) = (guess(&bytes, None), letters(sample));
    let text = decoded(sample, encoding).filter(|_| !lossy)?;
    // UTF-8 is not for this module.
    let certain = encoding != UTF_8
        && match main_script(&text)? {
            Script::Latin => false,
            Script::Cyrillic => letters >= 8 && commonness(&text) >= 0.5,
            _ => letters >= 20,
        };
    (certain && strangeness(&text) * 20 <= letters).then_some(encoding)
}

/// The runs of words whose letters are all of the upper half of windows-1252, in passages where one is telling.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    for passage in passages(text) {
        let start = passage.as_ptr() as usize - text.as_ptr() as usize;
        let found = runs_of_passage(passage);
        if found.iter().any(|run| is_telling(&passage[run.clone()])) {
            runs.extend(found.into_iter().map(|run| start + run.start..start + run.end));
        }
    }
    runs
}

fn runs_of_passage(passage: &str) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut run: Option<Range<usize>> = None;
    for word in passage.split(|c: char| c.is_ascii_whitespace() || c == '<' || c == '>') {
        let at = word.as_ptr() as usize - passage.as_ptr() as usize;
        match kind(word) {
            Kind::Misread => run = Some(run.map_or(at, |run| run.start)..at + word.len()),
            Kind::Neutral => {}
            Kind::Real => runs.extend(run.take()),
        }
    }
    runs.extend(run);
    runs
}

enum Kind {
    Misread,
    /// Nothing but ASCII, without a letter.
    Neutral,
    Real,
}

fn kind(word: &str) -> Kind {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    // Ukrainian і is ³ there, a word of its own.
    if !letters.clone().any(|_| true) && (word.is_ascii() || !word.contains(|c| matches!(c, '²'..='¿'))) {
        return Kind::Neutral;
    }
    if letters.all(|c| matches!(c, 'À'..='ÿ' | 'ª' | 'µ' | 'º' | 'Œ' | 'œ' | 'Š' | 'š' | 'Ž' | 'ž' | 'Ÿ' | 'ƒ' | 'ˆ'))
    {
        Kind::Misread
    } else {
        Kind::Real
    }
}

/// Whether a run has a word of four letters that are not just listed in the order of the alphabet.
fn is_telling(run: &str) -> bool {
    run.split_whitespace().any(|word| {
        let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
        letters.len() >= 4 && !letters.is_sorted() && letters.windows(4).all(|four| four.iter().any(|c| *c != four[0]))
    })
}

//! Whether a notice stands for itself: nothing of a sentence before it, nothing behind.

use super::Field;
use super::letters::{Letter, is_of_word, is_small, words};

/// What a notice comes after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// The edge of a line, a bracket, a bar: nothing that it could be a part of.
    Own,
    /// A sentence of the same paragraph.
    Sentence,
}

/// Lines of so few words are made of parts: "Anna Smith · Translated by …".
const LINE: usize = 12;

/// How a notice begins that begins here, if it may.
pub(super) fn opening(field: Field, line: &[Letter], start: usize) -> Option<Opening> {
    let before = before(line, start);
    let Some(&last) = before.last() else { return Some(Opening::Own) };
    let parted_by_break = line[before.len()..start].iter().any(|letter| letter.written == '\n');
    if field == Field::Byline || parted_by_break {
        return Some(Opening::Own);
    }
    match last.folded {
        '(' | '[' | '【' | '{' => opening(field, line, before.len() - 1),
        ';' | ',' | '/' | '-' => bracketed(field, line, before.len()).or_else(|| leading_dash(before)),
        ':' => (count(before) <= 3).then_some(Opening::Own),
        '"' | '\'' | '«' | '»' | '„' | '「' | '『' | '《' => None,
        ')' | ']' | '】' => Some(Opening::Sentence),
        letter if is_stop(letter) => Some(Opening::Sentence),
        letter if is_of_word(letter) => None,
        // Bars, stars and pictures.
        _ => Some(Opening::Own),
    }
}

/// Within a bracket that itself begins where a notice may.
fn bracketed(field: Field, line: &[Letter], end: usize) -> Option<Opening> {
    let open = line[..end].iter().rposition(|letter| matches!(letter.folded, '(' | '[' | ')' | ']'))?;
    if matches!(line[open].folded, ')' | ']') { None } else { opening(field, line, open) }
}

fn leading_dash(before: &[Letter]) -> Option<Opening> {
    let only = before.iter().all(|letter| matches!(letter.folded, '-' | ' '));
    only.then_some(Opening::Own)
}

/// Whether nothing of its sentence follows a notice that ends here.
pub(super) fn closes(field: Field, line: &[Letter], start: usize, end: usize) -> bool {
    let after = &line[end..];
    let spaces = after.iter().take_while(|letter| letter.folded == ' ').count();
    let parted_by_break = after[..spaces].iter().any(|letter| letter.written == '\n');
    let Some(first) = after.get(spaces).filter(|_| !parted_by_break) else { return true };
    let rest = &after[spaces + 1..];
    match first.folded {
        '.' => !rest.first().is_some_and(|letter| letter.folded.is_alphanumeric()),
        ')' | ']' | '】' | '}' | ';' => true,
        ',' | '-' | ':' | '/' | '(' => field == Field::Byline || in_bracket(line, start) || is_tail(rest),
        '"' | '\'' | '«' | '»' | '“' | '」' | '』' | '?' => false,
        letter if is_stop(letter) => true,
        letter => !is_of_word(letter),
    }
}

fn in_bracket(line: &[Letter], at: usize) -> bool {
    let last = line[..at].iter().rfind(|letter| matches!(letter.folded, '(' | '[' | ')' | ']'));
    last.is_some_and(|letter| matches!(letter.folded, '(' | '['))
}

/// What may follow a notice on its line: a date, an outlet, a town.
fn is_tail(rest: &[Letter]) -> bool {
    const MOST: usize = 4;
    let rest_of_line: Vec<char> = rest.iter().map(|letter| letter.written).take_while(|&c| c != '\n').collect();
    let first = rest_of_line.iter().find(|letter| letter.is_alphanumeric());
    words(rest_of_line.iter().copied()) <= MOST && first.is_none_or(|&letter| !is_small(letter))
}

/// Whether what stands before a notice in its paragraph is a text, or who wrote it, and not the title of a book.
pub(super) fn is_text_or_byline(line: &[Letter], start: usize, bylines: &[Vec<char>]) -> bool {
    /// Fewer words are a title.
    const TEXT: usize = 15;
    let starts_with = |word: &Vec<char>| line.iter().zip(word).filter(|(letter, of)| letter.folded == **of).count();
    let is_byline = bylines.iter().any(|word| starts_with(word) == word.len());
    count(&line[..start]) >= TEXT || is_byline && count(&line[..start]) <= LINE
}

/// The line up to what stands before, without spaces.
fn before(line: &[Letter], start: usize) -> &[Letter] {
    let spaces = line[..start].iter().rev().take_while(|letter| letter.folded == ' ').count();
    &line[..start - spaces]
}

fn count(line: &[Letter]) -> usize {
    words(line.iter().map(|letter| letter.written))
}

fn is_stop(letter: char) -> bool {
    matches!(letter, '.' | '!' | '?' | '؟' | '۔' | '।' | '։' | '…' | '。' | '！' | '？' | '．')
}

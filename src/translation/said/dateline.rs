//! Datelines: "BAKU, March 12 (Trend) —", «БАКУ, 12 марта. /ТАСС/.», "ANKARA (AA)".

use std::ops::Range;

use super::letters::{Letter, is_of_word, is_small, words};
use super::outlets::{Named, OUTLETS};

/// The letters of a paragraph in which a dateline is.
const REACH: usize = 90;

/// Words before the agency: towns, countries and dates.
const MOST: usize = 8;

/// The agency of a dateline, and the letters of the line that are it.
pub(super) fn dateline(line: &[Letter]) -> Option<(Range<usize>, &'static str)> {
    let reach = line.len().min(REACH);
    if let Some(found) = unspaced(line) {
        return Some(found);
    }
    (0..reach).find_map(|at| {
        let mark = line[at].folded;
        if !matches!(mark, '(' | '/' | '[' | '.' | ',' | '-') {
            return None;
        }
        let begin = at + 1 + usize::from(line.get(at + 1).is_some_and(|letter| letter.folded == ' '));
        let named = OUTLETS.named_at(line.get(..reach)?, begin)?;
        let dated = line[..at].iter().any(|letter| letter.written.is_numeric());
        let end = match closing(mark) {
            Some(_) => at_closing(line, mark, &named)?,
            None => before_dash(line, &named).filter(|_| dated)?,
        };
        is_place_and_date(&line[..at]).then_some((0..end, named.outlet))
    })
}

/// "新华社北京3月12日电": the agency first, and how the news came last.
fn unspaced(line: &[Letter]) -> Option<(Range<usize>, &'static str)> {
    /// The town and the day.
    const LONGEST: usize = 20;
    let start = line.iter().take_while(|letter| matches!(letter.folded, '(' | '【' | '[')).count();
    let named = OUTLETS.named_at(line, start)?;
    let ahead: Vec<char> = line[named.end..].iter().take(LONGEST).map(|letter| letter.folded).collect();
    let sent = ahead.windows(2).position(|two| matches!(two, ['日', '电' | '電' | '讯' | '訊']))?;
    Some((start..named.end + sent + 2, named.outlet))
}

fn closing(mark: char) -> Option<char> {
    match mark {
        '(' => Some(')'),
        '[' => Some(']'),
        '/' => Some('/'),
        _ => None,
    }
}

/// Past the bracket, which has little else than agencies: "(Reuters/AFP)", "(Trend News Agency)", but not "(BBC Scotland)".
/// What it is the dateline of stands behind it.
fn at_closing(line: &[Letter], mark: char, named: &Named) -> Option<usize> {
    const LONGEST: usize = 25;
    let close = closing(mark)?;
    let behind: String = line.get(named.end..)?.iter().take(LONGEST).map(|letter| letter.folded).collect();
    let goes_on = [",", "/", "-", " news", " agen"].iter().any(|next| behind.starts_with(next));
    if !goes_on && !behind.starts_with(close) {
        return None;
    }
    let end = named.end + behind.chars().position(|letter| letter == close)? + 1;
    line[end..].iter().any(|letter| is_of_word(letter.folded)).then_some(end)
}

/// Before what ends the dateline, where it has a date, of "Баку. 12 марта. Интерфакс - " and "Bakı, 12 mart, AZƏRTAC".
fn before_dash(line: &[Letter], named: &Named) -> Option<usize> {
    let ahead: Vec<char> = line[named.end..].iter().take(3).map(|letter| letter.written).collect();
    match ahead[..] {
        [] | ['\n', ..] | [' ', '-' | '–' | '—', _] | ['.' | ':', ' ', ..] => Some(named.end),
        _ => None,
    }
}

/// Few words, none of them of a sentence: each begins with a capital or a digit, but for the name of the month.
fn is_place_and_date(before: &[Letter]) -> bool {
    let written = || before.iter().map(|letter| letter.written);
    let dated = written().any(char::is_numeric);
    let small = before
        .split(|letter| !is_of_word(letter.folded))
        .filter(|word| word.first().is_some_and(|letter| is_small(letter.written)));
    let quotes = written().any(|letter| matches!(letter, '"' | '«' | '“' | '('));
    !quotes && words(written()) <= MOST && small.count() <= 2 * usize::from(dated)
}

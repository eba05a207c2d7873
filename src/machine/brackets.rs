//! Finds marks in brackets, also damaged ones: `⟦ N0 ⟧`, `[n0]`, `【Ｎ０】`, `⟦N٠⟧`, `"N0"`, `N0`.

use super::found::{Found, digit, is_blank, is_quote};

/// Numbers of more digits are no marks.
const DIGITS: usize = 6;
/// As many brackets within one another are taken for one mark's.
const NESTED: usize = 3;

/// The characters of a text with their places in bytes.
struct Text<'a> {
    text: &'a str,
    chars: Vec<(usize, char)>,
}

impl Text<'_> {
    fn get(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    fn byte(&self, at: usize) -> usize {
        self.chars.get(at).map_or(self.text.len(), |(byte, _)| *byte)
    }

    fn is_word(&self, at: Option<usize>) -> bool {
        at.and_then(|at| self.get(at)).is_some_and(char::is_alphanumeric)
    }

    /// The next character from `at` on that can be seen.
    fn seen_after(&self, at: usize) -> Option<usize> {
        (at..self.chars.len()).find(|at| !is_blank(self.chars[*at].1))
    }

    /// The last character before `at`, and not before `floor`, that can be seen.
    fn seen_before(&self, at: usize, floor: usize) -> Option<usize> {
        (floor..at).rev().find(|at| !is_blank(self.chars[*at].1))
    }
}

/// The inside of a mark: an optional letter and digits.
struct Core {
    start: usize,
    end: usize,
    letter: bool,
    number: u32,
}

/// All marks in a text. `enclosed` says whether a number's name stood in quotes or round brackets of its own, which are
/// then no part of the mark.
pub(super) fn find(text: &str, enclosed: impl Fn(u32) -> bool) -> Vec<Found> {
    let text = Text { text, chars: text.char_indices().collect() };
    let mut found: Vec<Found> = Vec::new();
    let (mut at, mut floor) = (0, 0);
    while at < text.chars.len() {
        let Some(core) = core(&text, at) else {
            at += 1;
            continue;
        };
        at = core.end;
        let Some((start, end)) = extent(&text, &core, floor, enclosed(core.number)) else { continue };
        (at, floor) = (at.max(end), end);
        found.push(Found { range: text.byte(start)..text.byte(end), number: core.number });
    }
    found
}

fn core(text: &Text, start: usize) -> Option<Core> {
    let letter = matches!(text.get(start)?, 'N' | 'n' | 'Ｎ' | 'ｎ' | 'Н' | 'н' | 'Ν' | '№');
    let mut at = start + usize::from(letter);
    while letter && text.get(at).is_some_and(|c| is_blank(c) || matches!(c, '°' | 'º' | '-' | '_')) {
        at += 1;
    }
    let first = at;
    let mut number = 0;
    while let Some(value) = text.get(at).and_then(digit).filter(|_| at - first < DIGITS) {
        number = number * 10 + value;
        at += 1;
    }
    let before = start.checked_sub(1);
    let cut_off = text.get(at).and_then(digit).is_some() || text.is_word(before);
    (at > first && !cut_off).then_some(Core { start, end: at, letter, number })
}

/// The mark's first character and the one after its last; `None` when the core is part of the text. What is before
/// `floor` belongs to another mark.
fn extent(text: &Text, core: &Core, floor: usize, enclosed: bool) -> Option<(usize, usize)> {
    let (mut start, mut end) = (core.start, core.end);
    for level in 0..NESTED {
        let (Some(left), Some(right)) = (text.seen_before(start, floor), text.seen_after(end)) else { break };
        let (l, r) = (text.chars[left].1, text.chars[right].1);
        // Engines mirror brackets in texts from right to left.
        let mirrored = level == 0 && is_closer(l) && is_opener(r);
        let facing = is_opener(l) && is_closer(r);
        if !(mirrored || facing) {
            break;
        }
        (start, end) = (left, right + 1);
    }
    if (start, end) != (core.start, core.end) {
        return Some((start, end));
    }
    if !core.letter || text.is_word(Some(end)) {
        return None;
    }
    let (left, right) = (text.seen_before(start, floor), text.seen_after(end));
    let is = |at: Option<usize>, kind: fn(char) -> bool| at.is_some_and(|at| kind(text.chars[at].1));
    if !enclosed && is(left, is_enclosure) && is(right, is_enclosure) {
        return Some((left?, right? + 1));
    }
    // Half a pair is left over from a mark, if it is of the kind that marks are made with.
    let start = left.filter(|_| is(left, is_opener)).unwrap_or(start);
    let end = right.filter(|_| is(right, is_closer)).map_or(end, |right| right + 1);
    Some((start, end))
}

/// What the marks' opening bracket is turned into.
fn is_opener(c: char) -> bool {
    matches!(c, '⟦' | '[' | '【' | '〚' | '〔' | '［' | '⟨' | '〈' | '《')
}

/// What the marks' closing bracket is turned into.
fn is_closer(c: char) -> bool {
    matches!(c, '⟧' | ']' | '】' | '〛' | '〕' | '］' | '⟩' | '〉' | '》')
}

/// Brackets and quotes that texts have for their own ends, too.
pub(super) fn is_enclosure(c: char) -> bool {
    is_quote(c) || matches!(c, '(' | ')' | '（' | '）' | '{' | '}' | '<' | '>' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, u32)> {
        find(text, |_| false).into_iter().map(|found| (&text[found.range], found.number)).collect()
    }

    #[test]
    fn damaged_marks_are_known_again() {
        for mark in [
            "⟦N7⟧",
            "⟦ N7 ⟧",
            "⟦n7⟧",
            "⟦N 7⟧",
            "⟦7⟧",
            "[N7]",
            "[7]",
            "[[N7]]",
            "【N7】",
            "［Ｎ７］",
            "⟦Ｎ７⟧",
            "⟦Н7⟧",
            "⟦N٧⟧",
            "⟦N۷⟧",
            "⟧N7⟦",
            "\"N7\"",
            "«N7»",
            "“N7”",
            "(N7)",
            "{N7}",
            "**N7**",
            "N7",
            "n7",
            "⟦N7",
            "N7⟧",
            "⟦N-7⟧",
            "⟦\u{200f}N7\u{200f}⟧",
            "№7",
        ] {
            let text = format!("Вчера {mark} сказал");
            let all = found(&text);
            assert!(matches!(all.as_slice(), [(_, 7)]), "{mark}: {all:?}");
            let rest = text.replace(all[0].0, "");
            assert!(rest == "Вчера  сказал" || mark == "**N7**" && rest == "Вчера ** сказал", "{mark}: {rest}");
        }
    }

    #[test]
    fn words_and_numbers_are_no_marks() {
        for text in ["In 7 days", "N7a", "xN7", "MN7", "7", "(7)", "\"7\"", "N", "⟦⟧", "⟦N⟧", "N1234567", "⟦7"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn quotes_that_the_text_had_stay() {
        let text = "er sagte „N7“.";
        let all = find(text, |_| true);
        assert_eq!(all.iter().map(|found| &text[found.range.clone()]).collect::<Vec<_>>(), ["N7"]);
    }

    #[test]
    fn neighbours_do_not_share_brackets() {
        assert_eq!(found("⟦N1⟧⟦N2⟧ ⟦ N3 ⟧"), [("⟦N1⟧", 1), ("⟦N2⟧", 2), ("⟦ N3 ⟧", 3)]);
        assert_eq!(found("N1 N2 N3⟦N4⟧"), [("N1", 1), ("N2", 2), ("N3", 3), ("⟦N4⟧", 4)]);
    }
}

//! Cuts a text into what is translated by itself: paragraphs, and parts of those that are too long.

use std::ops::Range;

/// Where a long text may not be cut, and how long that place becomes when it is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// In bytes.
    pub range: Range<usize>,
    /// In code points, once marked.
    pub marked: usize,
}

/// The segments of a text, in order, as ranges of bytes. Each is within one paragraph (a line), has no white space at
/// its ends, and at most `limit` code points, unless a name alone has more. What is between them is white space and
/// goes into the translation as it is. `wholes` are in order.
pub fn segments(text: &str, wholes: &[Whole], limit: usize) -> Vec<Range<usize>> {
    let mut segments = Vec::new();
    for paragraph in paragraphs(text, wholes) {
        if length(text, &paragraph, wholes) <= limit {
            segments.extend(trimmed(text, paragraph));
            continue;
        }
        let pieces =
            sentences(text, &paragraph, wholes).into_iter().flat_map(|sentence| fitting(text, sentence, wholes, limit));
        for part in joined(text, pieces, wholes, limit) {
            segments.extend(trimmed(text, part));
        }
    }
    segments
}

/// Code points of a part, as it will be sent.
fn length(text: &str, part: &Range<usize>, wholes: &[Whole]) -> usize {
    let inside = within(part, wholes);
    let named: usize = inside.iter().map(|whole| text[whole.range.clone()].chars().count()).sum();
    let marked: usize = inside.iter().map(|whole| whole.marked).sum();
    text[part.clone()].chars().count() - named + marked
}

fn within<'a>(part: &Range<usize>, wholes: &'a [Whole]) -> &'a [Whole] {
    let start = wholes.partition_point(|whole| whole.range.start < part.start);
    let end = wholes.partition_point(|whole| whole.range.start < part.end);
    &wholes[start..end]
}

fn may_cut(at: usize, wholes: &[Whole]) -> bool {
    let before = wholes.partition_point(|whole| whole.range.start < at);
    before.checked_sub(1).is_none_or(|last| wholes[last].range.end <= at)
}

fn trimmed(text: &str, part: Range<usize>) -> Option<Range<usize>> {
    let inside = text[part.clone()].trim();
    let start = inside.as_ptr() as usize - text.as_ptr() as usize;
    (!inside.is_empty()).then_some(start..start + inside.len())
}

/// Cuts a part after each of the places.
fn cut(part: &Range<usize>, places: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut start = part.start;
    let mut parts = Vec::new();
    for place in places.chain([part.end]) {
        if place > start {
            parts.push(start..place);
            start = place;
        }
    }
    parts
}

fn paragraphs(text: &str, wholes: &[Whole]) -> Vec<Range<usize>> {
    let breaks = text.char_indices().filter(|(_, c)| is_line_break(*c)).map(|(at, c)| at + c.len_utf8());
    cut(&(0..text.len()), breaks.filter(|at| may_cut(*at, wholes)))
}

/// Whether a character ends a line.
pub(super) fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Sentences with the white space after them. A simple rule is enough, as it is only for paragraphs that are too long:
/// a full stop of some script, closing quotes, white space, and what is no small letter. Cut wrongly, a text is still
/// translated, with less context.
fn sentences(text: &str, part: &Range<usize>, wholes: &[Whole]) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text[part.clone()].char_indices().map(|(at, c)| (part.start + at, c)).collect();
    let mut places = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let stop = chars[at].1;
        at += 1;
        if !is_stop(stop) {
            continue;
        }
        while chars.get(at).is_some_and(|(_, c)| is_stop(*c) || is_closing(*c)) {
            at += 1;
        }
        let spaces = chars[at..].iter().take_while(|(_, c)| c.is_whitespace()).count();
        at += spaces;
        let Some((place, next)) = chars.get(at) else { break };
        let ends = if is_wide_stop(stop) { true } else { spaces > 0 && !next.is_lowercase() };
        if ends && may_cut(*place, wholes) {
            places.push(*place);
        }
    }
    cut(part, places.into_iter())
}

/// Full stops of the scripts that documents come in: Latin, Greek and Cyrillic, Arabic, Armenian, Devanagari,
/// Ethiopic, Khmer, Myanmar, Chinese and Japanese.
fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '։' | '।' | '॥' | '።' | '។' | '။') || is_wide_stop(c)
}

/// Stops after which no space is written.
fn is_wide_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡')
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '»' | '”' | '’' | '“' | ')' | ']' | '」' | '』' | '）')
}

/// Cuts a sentence that is itself too long: at white space, or where there is none, between characters.
fn fitting(text: &str, sentence: Range<usize>, wholes: &[Whole], limit: usize) -> Vec<Range<usize>> {
    if length(text, &sentence, wholes) <= limit {
        return vec![sentence];
    }
    let mut places = Vec::new();
    let (mut start, mut space, mut between) = (sentence.start, None, None);
    let mut used = 0;
    let mut last = ' ';
    let mut at = sentence.start;
    while let Some(c) = text[at..sentence.end].chars().next() {
        // A name is one step, so that no place within it is ever looked at.
        let whole = within(&(at..at + 1), wholes).first();
        let (next, size) = whole.map_or((at + c.len_utf8(), 1), |whole| (whole.range.end, whole.marked));
        if at > start && last.is_whitespace() {
            space = Some(at);
        }
        if at > start && !clings(last, c) {
            between = Some(at);
        }
        if used + size > limit && at > start {
            start = space.or(between).unwrap_or(at);
            places.push(start);
            used = length(text, &(start..at), wholes);
            (space, between) = (None, None);
        }
        used += size;
        last = if whole.is_some() { 'N' } else { c };
        at = next;
    }
    cut(&sentence, places.into_iter())
}

/// Whether a character is one with the character before: combining marks, joiners, variants and modifiers of emoji.
fn clings(before: char, c: char) -> bool {
    before == '\u{200d}'
        || unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

/// Brings neighbours together as long as they fit.
fn joined(text: &str, pieces: impl Iterator<Item = Range<usize>>, wholes: &[Whole], limit: usize) -> Vec<Range<usize>> {
    let mut parts: Vec<(Range<usize>, usize)> = Vec::new();
    for piece in pieces {
        let size = length(text, &piece, wholes);
        match parts.last_mut() {
            Some((part, used)) if *used + size <= limit => {
                part.end = piece.end;
                *used += size;
            }
            _ => parts.push((piece, size)),
        }
    }
    parts.into_iter().map(|(part, _)| part).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut_up<'a>(text: &'a str, wholes: &[Whole], limit: usize) -> Vec<&'a str> {
        segments(text, wholes, limit).into_iter().map(|range| &text[range]).collect()
    }

    fn whole(text: &str, name: &str) -> Whole {
        let start = text.find(name).expect("it is there");
        Whole { range: start..start + name.len(), marked: 5 }
    }

    #[test]
    fn paragraphs_stay_paragraphs() {
        assert_eq!(cut_up(" One. Two.\n\n \tThree\r\nFour \n", &[], 100), ["One. Two.", "Three", "Four"]);
        assert_eq!(cut_up(" \n\n ", &[], 100), Vec::<&str>::new());
    }

    #[test]
    fn long_paragraphs_are_cut_after_sentences() {
        let text = "Он сказал: «Да!» Потом ушёл. В 3.5 раза больше. Конец";
        assert_eq!(cut_up(text, &[], 30), ["Он сказал: «Да!» Потом ушёл.", "В 3.5 раза больше. Конец"]);
        assert_eq!(cut_up("他来了。他走了。好", &[], 5), ["他来了。", "他走了。好"]);
        assert_eq!(cut_up("هل جاء؟ نعم. ذهب", &[], 8), ["هل جاء؟", "نعم. ذهب"]);
    }

    #[test]
    fn sentences_that_are_too_long_are_cut_between_words_then_characters() {
        assert_eq!(cut_up("one two three four", &[], 8), ["one two", "three", "four"]);
        assert_eq!(cut_up("abcdefghij", &[], 4), ["abcd", "efgh", "ij"]);
        // The family of three, seven code points, stays together, and so do a letter and its accent.
        assert_eq!(cut_up("ab👨\u{200d}👩\u{200d}👧", &[], 6), ["ab", "👨\u{200d}👩\u{200d}👧"]);
        assert_eq!(cut_up("abce\u{301}\u{323}d", &[], 4), ["abc", "e\u{301}\u{323}d"]);
    }

    #[test]
    fn names_are_never_cut() {
        let text = "Here. J. Smith\nJr. came. Then he left.";
        let name = whole(text, "J. Smith\nJr.");
        assert_eq!(cut_up(text, std::slice::from_ref(&name), 18), ["Here. J. Smith\nJr. came.", "Then he left."]);
        assert_eq!(
            cut_up(text, &[Whole { marked: 50, ..name }], 18),
            ["Here.", "J. Smith\nJr.", "came.", "Then he left."]
        );
    }

    proptest! {
        #[test]
        fn segments_and_what_is_between_make_the_text(
            text in "[a-zа-я .!\n。é\u{301}\u{200d}😀]{0,200}",
            limit in 1usize..40,
        ) {
            let mut at = 0;
            for segment in segments(&text, &[], limit) {
                prop_assert!(text[at..segment.start].trim().is_empty());
                let inside = &text[segment.clone()];
                prop_assert_eq!(inside.trim(), inside);
                prop_assert!(!inside.contains(is_line_break));
                prop_assert!(inside.chars().count() <= limit);
                at = segment.end;
            }
            prop_assert!(text[at..].trim().is_empty());
        }
    }
}

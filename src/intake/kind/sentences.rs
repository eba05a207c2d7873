//! The sentences of a text: where they end, whether they do, and which phrases they have.

use std::ops::Range;

use super::Kind;
use super::letters::{is_unspaced, words};
use super::phrases::{PHRASES, Phrase};

/// Words of its sentence that a phrase vouches for: some scripts have no full stop and their sentences do not end.
const REACH: usize = 10;

pub(super) struct Sentence {
    pub(super) text: String,
    pub(super) paragraph: usize,
    pub(super) words: usize,
    /// Words of the text before it.
    pub(super) before: usize,
    pub(super) said: Vec<Said>,
}

/// A phrase in a sentence.
#[derive(Clone, Copy)]
pub(super) struct Said {
    pub(super) phrase: &'static Phrase,
    /// Words of the sentence before it.
    pub(super) before: usize,
}

impl Sentence {
    pub(super) fn says(&self, kind: Kind) -> impl Iterator<Item = &Said> {
        self.said.iter().filter(move |said| said.phrase.kind == kind)
    }

    /// Words that its phrases of a kind account for.
    pub(super) fn vouched(&self, kind: Kind) -> usize {
        let reach: usize = self.says(kind).map(|said| said.phrase.words + REACH).sum();
        reach.min(self.words)
    }
}

pub(super) fn sentences(folded: &str) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut before = 0;
    for (paragraph, line) in folded.lines().enumerate() {
        let found = PHRASES.within(line);
        let whole = PHRASES.whole(line, line);
        for range in sentence_ranges(line) {
            let text = &line[range.clone()];
            let words = words(text);
            if words > 0 {
                let alone =
                    whole.or_else(|| PHRASES.whole(text, &line[..range.end])).map(|phrase| Said { phrase, before: 0 });
                let said = alone.into_iter().chain(said_in(line, &range, &found)).collect();
                sentences.push(Sentence { text: text.to_owned(), paragraph, words, before, said });
                before += words;
            }
        }
    }
    sentences
}

/// The phrases found in a line that are, in whole or in part, in one of its sentences.
fn said_in(line: &str, sentence: &Range<usize>, found: &[(Range<usize>, &'static Phrase)]) -> Vec<Said> {
    let here = found.iter().filter(|(at, _)| at.start < sentence.end && at.end > sentence.start);
    let said = here.map(|&(ref at, phrase)| {
        let before = line.get(sentence.start..at.start).map_or(0, words);
        Said { phrase, before }
    });
    // "Continue reading" is an offer at the beginning of a sentence, and a habit in the middle of one.
    said.filter(|said| said.phrase.kind != Kind::Teaser || said.before == 0).collect()
}

fn sentence_ranges(line: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut letters = line.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let Some(stop) = Stop::of(letter) else { continue };
        let mut end = at + letter.len_utf8();
        while let Some((at, closing)) = letters.next_if(|&(_, c)| Stop::of(c).is_some() || is_closing(c)) {
            end = at + closing.len_utf8();
        }
        if stop == Stop::Anywhere || letters.peek().is_none_or(|(_, next)| next.is_whitespace()) {
            ranges.push(start..end);
            start = end;
        }
    }
    ranges.push(start..line.len());
    ranges
}

/// What ends a sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Where a space follows: there are full stops in addresses and numbers.
    BeforeSpace,
    Anywhere,
}

impl Stop {
    fn of(letter: char) -> Option<Stop> {
        match letter {
            '.' | '!' | '?' | '؟' | '۔' | '।' | '։' | '።' | '|' | '•' | '…' => Some(Stop::BeforeSpace),
            '。' | '！' | '？' | '။' | '།' => Some(Stop::Anywhere),
            _ => None,
        }
    }
}

fn is_closing(letter: char) -> bool {
    matches!(letter, '"' | '\'' | '”' | '“' | '»' | '’' | ')' | ']' | '」' | '』' | '）')
}

/// Whether it stops as a sentence does.
pub(super) fn is_finished(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(is_closing);
    !is_cut(text) && text.ends_with(|letter| Stop::of(letter).is_some() || matches!(letter, ':' | ';'))
}

/// Whether it ends with the dots of a machine, which may put a bracket around them. People put a quotation mark behind
/// them, or a question mark before.
pub(super) fn is_cut(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches([']', ')', '>']);
    let cut = text.strip_suffix('…').or_else(|| text.strip_suffix("..."));
    cut.is_some_and(|text| !text.ends_with(['!', '?', '؟', '.']))
}

/// Whether it ends in the middle of a sentence, in a script that has full stops.
pub(super) fn breaks_off(text: &str) -> bool {
    text.trim_end().ends_with(|letter: char| letter.is_alphanumeric() && !is_unspaced(letter) || letter == ',')
}

//! A page as it is read: what its title names, its sentences, and what speaks for an article among them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::letters::{fold, is_unspaced, words};
use super::phrases::{PHRASES, Phrase};
use super::sentences::{Sentence, is_finished, sentences};
use super::{FLASH, LONGEST_WALL, Seen};

/// A page's sentences, and what is said in them.
pub(super) struct Page<'a> {
    pub(super) seen: &'a Seen<'a>,
    /// Of the whole text.
    pub(super) words: usize,
    /// Of the beginning and the end of the text, folded.
    pub(super) sentences: Vec<Sentence>,
    /// Phrases of the title.
    pub(super) titled: Vec<&'static Phrase>,
    /// Whether the text takes up its title outside of phrases: then there is an article among it.
    pub(super) echoes: bool,
    /// Words of its longest paragraph that may be news, beside all phrases.
    pub(super) flash: usize,
}

impl<'a> Page<'a> {
    pub(super) fn read(seen: &'a Seen<'a>) -> Page<'a> {
        let words = words(seen.text);
        // A long text is a listing or an article, whatever it says.
        let sentences = if words > LONGEST_WALL { Vec::new() } else { sentences(&fold(&ends_of(seen.text))) };
        let title = fold(seen.title.unwrap_or_default()).replace('\n', " ");
        let mut titled: Vec<_> = PHRASES.naming(&title).into_iter().collect();
        titled.extend(title_parts(&title).iter().filter_map(|part| PHRASES.naming(part)));
        let echoes = titled.is_empty() && is_taken_up(&title, &sentences);
        let flash = longest_flash(&sentences);
        Page { seen, words, sentences, titled, echoes, flash }
    }

    pub(super) fn is_failed(&self) -> bool {
        self.seen.status.is_some_and(|status| status >= 400)
    }

    /// For reasons.
    pub(super) fn size(&self) -> String {
        match self.words {
            0 => "has no text".to_owned(),
            1 => "has 1 word".to_owned(),
            words => format!("has {words} words"),
        }
    }
}

/// The beginning and the end of a text: walls are short, and only a paywall stands at the end.
fn ends_of(text: &str) -> Cow<'_, str> {
    const BEGINNING: usize = 4_000;
    const END: usize = 1_000;
    let Some((beginning, _)) = text.char_indices().nth(BEGINNING) else { return text.into() };
    let end = text.char_indices().nth_back(END - 1).map_or(0, |(at, _)| at);
    if end <= beginning { text.into() } else { format!("{}\n\n{}", &text[..beginning], &text[end..]).into() }
}

fn longest_flash(sentences: &[Sentence]) -> usize {
    let paragraphs = sentences.chunk_by(|one, next| one.paragraph == next.paragraph);
    let beside = paragraphs.filter(|paragraph| paragraph.iter().all(|sentence| sentence.said.is_empty()));
    // Some scripts without spaces have no full stop either.
    let ends = |last: &Sentence| is_finished(&last.text) || last.text.ends_with(is_unspaced);
    let finished = beside.filter(|paragraph| paragraph.last().is_some_and(ends));
    let words = finished.map(|paragraph| paragraph.iter().map(|sentence| sentence.words).sum());
    words.filter(|&words| words >= FLASH).max().unwrap_or(0)
}

/// The headline, the section and the name of the site, as they stand in a title.
fn title_parts(title: &str) -> Vec<String> {
    let marks = [" - ", " – ", " — ", " · ", " » ", " :: ", " / "];
    let unified = marks.iter().fold(title.to_owned(), |title, mark| title.replace(mark, "|"));
    unified.split('|').map(|part| part.trim().to_owned()).collect()
}

/// Whether the text outside of phrases has a good part of the words of the headline.
fn is_taken_up(title: &str, sentences: &[Sentence]) -> bool {
    let headline = title_parts(title).into_iter().max_by_key(String::len).unwrap_or_default();
    let stems = stems(&headline);
    let own: Vec<&Sentence> = sentences.iter().filter(|sentence| sentence.said.is_empty()).collect();
    let found = stems.iter().filter(|stem| own.iter().any(|sentence| sentence.text.contains(*stem))).count();
    found >= 2 && found * 5 >= stems.len() * 2
}

/// The beginnings of the longer words, which stay where words are declined; pairs of letters where no words are apart.
fn stems(headline: &str) -> BTreeSet<String> {
    const STEM: usize = 5;
    let mut stems = BTreeSet::new();
    for word in headline.split(|c: char| !c.is_alphanumeric()) {
        let letters: Vec<char> = word.chars().collect();
        if letters.first().is_some_and(|&letter| is_unspaced(letter)) {
            stems.extend(letters.windows(2).map(String::from_iter));
        } else if letters.len() + 1 >= STEM {
            stems.insert(letters.iter().take(STEM).collect());
        }
    }
    stems
}

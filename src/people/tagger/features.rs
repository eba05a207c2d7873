//! What the tagger sees of a word: features of the word and its neighbours, each a hash.
//!
//! Most say nothing of a language: what lexicons and lists know of a word, how it is written, what stands between it and
//! the next. Words themselves and their endings are features of their language only.

use rustc_hash::FxHashMap;

use super::super::text::{Gap, Text, WordAt};
use crate::names::{Kinds, Word};

/// A feature, as a hash.
pub type Feature = u32;

/// What is known of a word before its neighbours are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// All that it may be, with how it is written.
    whole: u32,
    /// The most telling of it.
    short: u32,
    shape: u32,
    /// Of the word in its language, where the tagger's vocabulary has it; 0 otherwise.
    word: u32,
    /// What other places in the document say of the word.
    elsewhere: u32,
    ends: [u32; 3],
    gap: u32,
    pub kinds: Kinds,
    class: Option<Word>,
    /// Whether it may be a part of a name at all.
    pub active: bool,
}

impl View {
    /// Forgets the letters of the word, or that lists have it: for training.
    pub fn hide(&mut self, letters: bool, lists: bool) {
        if letters {
            self.ends = [0; 3];
            self.word = 0;
        }
        if lists && self.class.is_none() {
            let lists = Kinds::GIVEN
                | Kinds::GIVEN_WIDELY
                | Kinds::FAMILY
                | Kinds::SOUNDS_GIVEN
                | Kinds::SOUNDS_FAMILY
                | Kinds::GIVEN_FORM
                | Kinds::FAMILY_FORM
                | Kinds::GIVEN_HERE
                | Kinds::FAMILY_HERE;
            self.know(Kinds(self.kinds.0 & !lists.0));
        }
    }

    fn know(&mut self, kinds: Kinds) {
        self.kinds = kinds;
        self.whole = hash(kinds.0, self.shape);
        self.short = most_telling(kinds, self.class) << 3 | self.shape;
    }
}

/// Kinds of words that labels go on into differently.
pub const EDGES: usize = 24 * 4;

/// Which of them the word at `at` is: what it is most likely, and whether a point stands before it.
pub fn edge(text: &Text, view: &View, at: usize) -> usize {
    let dotted = usize::from(text.words[at].gap == Gap::Dot);
    let uncased = usize::from(view.shape == 1);
    (view.short >> 3) as usize * 4 + dotted * 2 + uncased
}

/// How a word is written.
fn shape(word: &WordAt) -> u32 {
    match word {
        w if !w.cased => 1,
        w if w.shouted => 2,
        w if w.capital && w.length == 1 => 3,
        w if w.mixed => 4,
        w if w.capital => 5,
        w if w.length <= 3 => 6,
        _ => 7,
    }
}

/// The kind that tells most of a word that may be several.
fn most_telling(kinds: Kinds, class: Option<Word>) -> u32 {
    match class {
        Some(Word::Honorific) => 1,
        Some(Word::HonorificAfter) => 2,
        Some(Word::Lineage) => 3,
        Some(Word::SonBefore | Word::SonAfter) => 4,
        Some(Word::Particle) => 5,
        Some(Word::Speech) => 6,
        Some(Word::Role(_)) => 7,
        Some(Word::Country(_)) => 8,
        Some(Word::Place) => 9,
        Some(Word::Organisation) => 10,
        Some(Word::NotName) => 11,
        None if kinds.any(Kinds::EPONYM) => 12,
        None if kinds.any(Kinds::GIVEN_HERE) => 13,
        None if kinds.any(Kinds::GIVEN) => {
            if kinds.any(Kinds::FAMILY) {
                14
            } else {
                15
            }
        }
        None if kinds.any(Kinds::SOUNDS_GIVEN) => 16,
        None if kinds.any(Kinds::GIVEN_FORM) => 21,
        None if kinds.any(Kinds::FAMILY) => 17,
        None if kinds.any(Kinds::SOUNDS_FAMILY) => 22,
        None if kinds.any(Kinds::FAMILY_FORM) => 23,
        None if kinds.any(Kinds::FAMILY_ENDING) => 18,
        None if kinds.any(Kinds::TOWN) => 19,
        None => 20,
    }
}

/// What is seen of every word of a text. Words themselves are seen where `is_seen` says so of [`own_word`].
pub fn views(text: &Text, is_seen: impl Fn(u32) -> bool) -> Vec<View> {
    let language = hash(0x1a, str_hash(text.language));
    let words = &text.words;
    let mut views: Vec<View> = Vec::with_capacity(words.len());
    for at in 0..words.len() {
        let word = &words[at];
        let active = is_active(words, at);
        let kinds = word.kinds;
        let own = hash(language, fold(word.hash.0));
        let ends = if active { ends(text.written(at)) } else { [0; 3] };
        let mut view = View {
            whole: 0,
            short: 0,
            shape: shape(word),
            word: if is_seen(own) { own } else { 0 },
            elsewhere: 0,
            ends,
            gap: gap(word),
            kinds,
            class: word.class,
            active,
        };
        view.know(kinds);
        views.push(view);
    }
    look_elsewhere(text, &mut views);
    views
}

/// Whether a word may be a part of a name: with a capital where there are any, or joining two that have one.
fn is_active(words: &[WordAt], at: usize) -> bool {
    let word = &words[at];
    if !word.cased || word.capital {
        return true;
    }
    let near = |from: usize, to: usize| words[from..to.min(words.len())].iter().any(|w| w.capital);
    word.kinds.any(Kinds::PARTICLE | Kinds::SON | Kinds::LINEAGE)
        && near(at.saturating_sub(3), at)
        && (near(at + 1, at + 4) || word.kinds.any(Kinds::SON))
}

/// The last two, three and four letters.
fn ends(word: &str) -> [u32; 3] {
    let mut all = [0; 3];
    let mut seen = 0_u32;
    for (n, c) in word.chars().rev().take(4).enumerate() {
        let lower = if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) };
        seen = hash(seen, lower as u32);
        if n > 0 {
            all[n - 1] = seen;
        }
    }
    all
}

fn gap(word: &WordAt) -> u32 {
    match word.sign {
        ' ' => word.gap as u32,
        '.' => 10 + word.gap as u32,
        ',' | '،' | '、' => 20,
        '(' | '[' | '（' => 21,
        ')' | ']' | '）' => 22,
        '"' | '“' | '”' | '«' | '»' | '„' | '‘' | '’' | '\'' | '「' | '」' => 23,
        '\n' => 24,
        ':' | '：' => 25,
        ';' | '؛' => 26,
        '-' | '–' | '—' | '−' => 27,
        '/' => 28,
        '0'..='9' => 29,
        '@' | '#' => 30,
        '&' => 31,
        '?' | '!' => 32,
        _ => 33,
    }
}

/// Bits that say how a word stands in other places of the document.
const SMALL: u32 = 1;
const AFTER_GIVEN: u32 = 2;
const AFTER_TITLE: u32 = 4;
const BEFORE_FAMILY: u32 = 8;
const BESIDE_SPEECH: u32 = 16;
const INSIDE_SENTENCE: u32 = 32;
const OFTEN: u32 = 64;
const BEFORE_THING: u32 = 128;

/// Notes of each word how it stands elsewhere: a family name is introduced once with what says so.
fn look_elsewhere(text: &Text, views: &mut [View]) {
    let words = &text.words;
    let mut seen: FxHashMap<u32, (u32, u32)> = FxHashMap::default();
    let stem = |at: usize| stem(text.written(at));
    let given = Kinds::GIVEN | Kinds::SOUNDS_GIVEN | Kinds::GIVEN_FORM;
    let title = Kinds::HONORIFIC | Kinds::ROLE;
    for (at, word) in words.iter().enumerate() {
        if !views[at].active || word.length < 3 {
            continue;
        }
        let mut bits = 0;
        let mut put = |bit: u32, is: bool| bits |= if is { bit } else { 0 };
        if at > 0 && word.gap.holds() {
            let before = views[at - 1];
            put(AFTER_GIVEN, before.kinds.any(given) && before.active && before.shape != 7);
            put(AFTER_TITLE, before.kinds.any(title));
            put(BESIDE_SPEECH, before.kinds.any(Kinds::SPEECH));
        }
        if at + 1 < words.len() && words[at + 1].gap.holds() {
            let after = views[at + 1];
            put(
                BEFORE_FAMILY,
                after.active && after.kinds.any(Kinds::FAMILY | Kinds::FAMILY_ENDING) && !after.kinds.any(Kinds::OTHER),
            );
            put(BESIDE_SPEECH, after.kinds.any(Kinds::SPEECH));
            put(BEFORE_THING, after.kinds.any(Kinds::EPONYM));
        }
        put(INSIDE_SENTENCE, word.cased && !word.sentence_start);
        let entry = seen.entry(stem(at)).or_default();
        entry.0 |= bits;
        entry.1 += 1;
    }
    for (at, word) in words.iter().enumerate() {
        if word.cased
            && !word.capital
            && word.length >= 3
            && let Some(entry) = seen.get_mut(&stem(at))
        {
            entry.0 |= SMALL;
        }
    }
    for (at, word) in words.iter().enumerate() {
        if views[at].active
            && word.length >= 3
            && let Some((bits, times)) = seen.get(&stem(at))
        {
            views[at].elsewhere = bits | if *times > 1 { OFTEN } else { 0 };
        }
    }
}

/// A word without what may be an ending: a third of it, at most three letters, and at least three left.
fn stem(word: &str) -> u32 {
    let letters = word.chars().count();
    let kept = (letters - (letters / 3).min(2)).max(3);
    let mut all = 0x51_u32;
    for c in word.chars().take(kept) {
        all = hash(
            all,
            if c.is_ascii() { c.to_ascii_lowercase() as u32 } else { c.to_lowercase().next().unwrap_or(c) as u32 },
        );
    }
    all
}

const NONE: View = View {
    whole: 1,
    short: 0,
    shape: 0,
    word: 0,
    elsewhere: 0,
    ends: [0; 3],
    gap: 99,
    kinds: Kinds(0),
    class: None,
    active: false,
};

/// The features of the word at `at`, given to `put` one by one.
#[inline]
#[expect(clippy::too_many_lines, reason = "a list of features")]
pub fn features(text: &Text, views: &[View], at: usize, mut put: impl FnMut(Feature)) {
    let view = |i: isize| usize::try_from(at as isize + i).ok().and_then(|i| views.get(i)).unwrap_or(&NONE);
    let (a, b, c, d, e) = (view(-2), view(-1), view(0), view(1), view(2));
    let language = hash(0x3000, str_hash(text.language));
    let word = &text.words[at];
    let quiet = u32::from(text.capitals_mean_nothing);
    put(hash(1, quiet << 1 | u32::from(word.sentence_start)));
    put(hash(2, c.whole));
    put(hash(3, hash(c.whole, u32::from(word.sentence_start) | quiet << 1)));
    let mut kinds = c.kinds.0;
    while kinds != 0 {
        put(hash(4, hash(kinds.trailing_zeros(), c.shape)));
        kinds &= kinds - 1;
    }
    put(hash(5, hash(b.short, c.short)));
    put(hash(6, hash(c.short, d.short)));
    put(hash(7, hash(hash(b.short, c.short), d.short)));
    put(hash(8, hash(hash(a.short, b.short), c.short)));
    put(hash(9, hash(hash(c.short, d.short), e.short)));
    put(hash(10, b.whole));
    put(hash(11, d.whole));
    put(hash(12, hash(a.short, c.shape)));
    put(hash(13, hash(e.short, c.shape)));
    if c.word != 0 {
        put(hash(14, hash(c.word, c.shape)));
    }
    if b.word != 0 {
        put(hash(15, hash(b.word, c.shape)));
        put(hash(16, hash(b.word, c.short)));
    }
    if d.word != 0 {
        put(hash(17, hash(d.word, c.shape)));
        put(hash(18, hash(d.word, c.short)));
    }
    if a.word != 0 {
        put(hash(19, a.word));
    }
    if e.word != 0 {
        put(hash(20, e.word));
    }
    let alphabet = word.alphabet as u32;
    for (n, end) in c.ends.iter().enumerate().filter(|(_, end)| **end != 0) {
        put(hash(21 + n as u32, hash(*end, c.shape)));
        put(hash(25 + n as u32, hash(*end, language)));
    }
    put(hash(30, hash(b.ends[1], c.shape)));
    put(hash(31, hash(d.ends[1], c.shape)));
    let after = if at + 1 < views.len() { d.gap } else { 98 };
    put(hash(32, hash(c.gap, c.short)));
    put(hash(33, hash(after, c.short)));
    put(hash(34, hash(c.gap, after)));
    put(hash(35, hash(hash(c.gap, after), c.short)));
    put(hash(36, hash(c.elsewhere, alphabet)));
    let mut bits = c.elsewhere;
    while bits != 0 {
        put(hash(37, hash(bits.trailing_zeros(), c.short)));
        bits &= bits - 1;
    }
    put(hash(38, hash(u32::from(word.length), c.shape)));
    let shapes = [a, b, c, d, e].iter().fold(0, |all, v| all << 4 | v.shape | u32::from(v.active) << 3);
    put(hash(39, shapes));
    put(hash(40, hash(shapes, c.short)));
    put(hash(41, hash(language, c.short)));
    put(hash(42, hash(language, c.shape)));
    put(hash(43, hash(alphabet, c.whole)));
    put(hash(44, hash(d.elsewhere, c.short)));
    put(hash(45, hash(b.elsewhere, c.short)));
}

/// The feature of a word of a language, for the vocabulary.
pub fn own_word(text: &Text, at: usize) -> u32 {
    hash(hash(0x1a, str_hash(text.language)), fold(text.words[at].hash.0))
}

#[inline]
fn hash(a: u32, b: u32) -> u32 {
    let x = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x >> 29) as u32 ^ (x >> 61) as u32
}

#[inline]
fn fold(a: u64) -> u32 {
    (a >> 32) as u32 ^ a as u32
}

fn str_hash(text: &str) -> u32 {
    text.bytes().fold(7, |h, b| hash(h, u32::from(b)))
}

//! A field of a document as words, each with what it is to somebody who looks for names.

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::char::is_combining_mark;
use unicode_script::Script;

use crate::language::LanguageOfField;
use crate::model::TextField;
use crate::names::{Lexicon, Token, Word, is_given_name, lexicons_for, normalise, script_of, set_off};

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// A space.
    Space,
    /// The point of an initial or a short title, and a space.
    Dot,
    /// A comma.
    Comma,
    /// Anything else: names do not reach across.
    Break,
}

/// A word of a text.
#[derive(Clone, Debug)]
pub struct WordAt {
    /// Code points of the field.
    pub start: usize,
    pub end: usize,
    pub text: String,
    pub normal: String,
    pub gap: Gap,
    /// Written with a capital; always false in scripts without.
    pub capital: bool,
    /// All capitals, two letters or more.
    pub shouted: bool,
    /// Whether its script has capitals.
    pub cased: bool,
    pub sentence_start: bool,
    /// What it is, and the number of words of the phrase that starts here; 0 inside a phrase.
    pub class: Option<Word>,
    pub phrase: usize,
    pub given: bool,
}

impl WordAt {
    /// Whether an apostrophe sets a case ending off: Erdoğan'ın.
    pub fn ends_set_off(&self) -> bool {
        set_off(&self.normal).is_some_and(|(_, ending)| ending != "s")
    }
}

/// A field, cut into words.
pub struct Text {
    pub field: TextField,
    pub words: Vec<WordAt>,
    pub lexicons: Vec<&'static Lexicon>,
    /// A headline in title case or capitals, where a capital says nothing.
    pub capitals_mean_nothing: bool,
}

/// A spelling of a word under which its name may be known, and what of the written word is outside the name.
#[derive(Clone, Debug)]
pub struct Variant {
    pub token: Token,
    pub normal: String,
    /// Code points of a prefix (و, ב) before the name.
    pub before: usize,
    /// Code points of an ending that an apostrophe sets off.
    pub after: usize,
    /// Whether an ending was taken off: a little less sure than the word as written.
    pub stripped: bool,
}

/// The variants of the words of one document, made once.
#[derive(Default)]
pub struct Memory {
    variants: FxHashMap<(String, usize), Vec<Variant>>,
}

impl Text {
    /// Cuts `text` into words. Text in several scripts is read with the lexicons of each word's script.
    pub fn new(field: TextField, text: &str, language: &LanguageOfField) -> Text {
        let mut words = cut(text);
        let script = prevailing_script(&words);
        let lexicons = lexicons_for(&language.tag, script);
        classify(&mut words, &lexicons);
        let cased: Vec<&WordAt> = words.iter().filter(|w| w.cased && w.text.chars().count() > 3).collect();
        let capitals = cased.iter().filter(|w| w.capital).count();
        let capitals_mean_nothing = cased.len() >= 4 && capitals * 10 >= cased.len() * 7;
        let mut this = Text { field, words, lexicons, capitals_mean_nothing };
        this.mark_ordinary_words();
        this
    }

    /// A word that starts a sentence and is also written small elsewhere is an ordinary word.
    fn mark_ordinary_words(&mut self) {
        let small: FxHashSet<String> =
            self.words.iter().filter(|w| w.cased && !w.capital).map(|w| w.normal.clone()).collect();
        for word in &mut self.words {
            if word.capital && word.sentence_start && word.class.is_none() && small.contains(&word.normal) {
                word.class = Some(Word::NotName);
                word.phrase = 1;
            }
        }
    }

    /// The spellings under which the name of the word at `at` may be known, the written one first.
    pub fn variants<'m>(&self, at: usize, memory: &'m mut Memory) -> &'m [Variant] {
        let word = &self.words[at];
        let lexicons = self.lexicons.first().map_or(0, |l| std::ptr::from_ref(*l) as usize);
        memory.variants.entry((word.text.clone(), lexicons)).or_insert_with(|| self.make_variants(word))
    }

    fn make_variants(&self, word: &WordAt) -> Vec<Variant> {
        let mut all: Vec<Variant> = Vec::new();
        let mut put = |normal: String, before: usize, after: usize, stripped: bool| {
            if all.len() < 10
                && !all.iter().any(|v| v.normal == normal)
                && let Some(token) = Token::new(&normal)
            {
                all.push(Variant { token, normal, before, after, stripped });
            }
        };
        if set_off(&word.normal).is_none() {
            put(word.normal.clone(), 0, 0, false);
        }
        // A prefix can only be taken off at one place, and the rest must be able to be a name.
        let mut starts = vec![(0, word.normal.clone())];
        for prefix in self.lexicons.iter().flat_map(|l| &l.prefixes) {
            if let Some(rest) = word.normal.strip_prefix(prefix.as_str())
                && rest.chars().count() >= 3
                && script_of(rest) == script_of(&word.normal)
            {
                starts.push((prefix.chars().count(), rest.trim_start_matches('-').to_owned()));
            }
        }
        for (before, rest) in &starts {
            if *before > 0 && self.lexicons.iter().any(|l| l.is_other_word(rest)) {
                continue;
            }
            if *before > 0 {
                put(rest.clone(), *before, 0, true);
            }
            if let Some((stem, ending)) = set_off(rest) {
                put(stem.to_owned(), *before, ending.chars().count() + 1, false);
            }
            for ending in self.lexicons.iter().take(1).flat_map(|l| &l.endings) {
                if let Some(stem) = rest.strip_suffix(ending.suffix.as_str())
                    && stem.chars().count() + ending.restore.chars().count() >= 3
                    && stem.chars().count() >= 2
                {
                    let apart = ending.suffix.starts_with('\'');
                    let after = if apart { ending.suffix.chars().count() } else { 0 };
                    put(format!("{stem}{}", ending.restore), *before, after, !apart);
                }
            }
        }
        all
    }
}

fn prevailing_script(words: &[WordAt]) -> Script {
    let mut counts: FxHashMap<Script, usize> = FxHashMap::default();
    for word in words {
        *counts.entry(script_of(&word.text)).or_default() += word.end - word.start;
    }
    counts.into_iter().max_by_key(|(script, n)| (*n, format!("{script:?}"))).map_or(Script::Latin, |(script, _)| script)
}

fn classify(words: &mut [WordAt], lexicons: &[&'static Lexicon]) {
    let mut at = 0;
    while at < words.len() {
        let reach = 1 + words[at + 1..].iter().take(7).take_while(|w| matches!(w.gap, Gap::Space | Gap::Dot)).count();
        let found = lexicons
            .iter()
            .filter_map(|l| l.phrase_at(words[at..at + reach].iter().map(|w| w.normal.as_str())))
            // The first lexicon is the text's own language; a longer phrase of another still says more.
            .reduce(|best, other| if other.1 > best.1 { other } else { best })
            .map(|(class, length)| (class.clone(), length));
        match found {
            Some((class, length)) => {
                for (i, word) in words[at..at + length].iter_mut().enumerate() {
                    word.class = Some(class.clone());
                    word.phrase = if i == 0 { length } else { 0 };
                }
                at += length;
            }
            None => at += 1,
        }
    }
    for word in words.iter_mut() {
        word.given = is_given_name(&word.normal);
    }
}

/// Letters, marks and joiners, with apostrophes and hyphens between letters.
fn cut(text: &str) -> Vec<WordAt> {
    let mut words = cut_all(text);
    // What is longer is data, not a word; it names nobody and costs nothing.
    for word in words.iter_mut().filter(|w| w.end - w.start > LONGEST_WORD) {
        word.text = "…".into();
        word.normal = String::new();
        word.gap = Gap::Break;
        word.class = Some(Word::NotName);
    }
    words
}

/// Letters of a word, at most.
const LONGEST_WORD: usize = 64;

fn cut_all(text: &str) -> Vec<WordAt> {
    let chars: Vec<char> = text.chars().collect();
    let mut words: Vec<WordAt> = Vec::new();
    let mut at = 0;
    let mut gap_from = 0;
    while at < chars.len() {
        if !chars[at].is_alphabetic() {
            at += 1;
            continue;
        }
        let start = at;
        while at < chars.len() && (in_word(chars[at]) || joins(&chars, at)) {
            at += 1;
        }
        let mut end = at;
        while end > start + 1 && !chars[end - 1].is_alphanumeric() && !is_combining_mark(chars[end - 1]) {
            end -= 1;
        }
        let gap = &chars[gap_from..start];
        words.push(word_at(&chars, start, end, gap, words.last()));
        gap_from = end;
    }
    words
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}' | '\u{640}')
}

/// Whether the mark at `at` holds a word together: it stands between two letters.
fn joins(chars: &[char], at: usize) -> bool {
    matches!(chars[at], '\'' | '’' | 'ʼ' | '`' | '-' | '‐' | '‑' | '־' | '׳' | 'ʻ')
        && at > 0
        && in_word(chars[at - 1])
        && chars.get(at + 1).is_some_and(|c| c.is_alphabetic())
}

fn word_at(chars: &[char], start: usize, end: usize, gap: &[char], before: Option<&WordAt>) -> WordAt {
    let text: String = chars[start..end].iter().collect();
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    let first = letters().next().unwrap_or(' ');
    let cased = first.is_uppercase() || first.is_lowercase() && !matches!(script_of(&text), Script::Georgian);
    let capital = first.is_uppercase();
    let gap_kind = match before {
        None => Gap::Break,
        Some(before) => gap_kind(gap, before),
    };
    let ends_sentence = |c: &char| {
        matches!(
            c,
            '.' | '!' | '?' | '؟' | '։' | '…' | ':' | '\n' | '"' | '“' | '”' | '«' | '„' | '‘' | '—' | '•' | '·'
        )
    };
    WordAt {
        start,
        end,
        normal: normalise(&text),
        gap: gap_kind,
        capital,
        shouted: letters().count() > 1 && letters().all(char::is_uppercase),
        cased,
        sentence_start: before.is_none() || (gap_kind != Gap::Dot && gap.iter().any(ends_sentence)),
        class: None,
        phrase: 0,
        given: false,
        text,
    }
}

fn gap_kind(gap: &[char], before: &WordAt) -> Gap {
    let space = |c: &char| *c == ' ' || *c == '\u{A0}' || *c == '\u{202F}';
    match gap {
        [] => Gap::Break,
        _ if gap.iter().all(space) && gap.len() <= 2 => Gap::Space,
        ['.', rest @ ..] if before.capital && before.text.chars().count() <= 4 && rest.iter().all(space) => {
            // "Mr. X", "M. X", "М.В. Х": a longer word with a point ends a sentence.
            let initial = before.text.chars().count() == 1;
            if initial || rest.len() <= 1 { Gap::Dot } else { Gap::Break }
        }
        [',', rest @ ..] | ['،', rest @ ..] if rest.iter().all(space) => Gap::Comma,
        _ => Gap::Break,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hold_together() {
        let words = cut("«Əliyev'in» O’Neill Amir-Abdollahian علی‌اف, г. Баку — M. A. Khamenei");
        let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        assert_eq!(texts, ["Əliyev'in", "O’Neill", "Amir-Abdollahian", "علی‌اف", "г", "Баку", "M", "A", "Khamenei"]);
        assert_eq!(words[8].gap, Gap::Dot);
        let chars: Vec<char> = "«Əliyev'in»".chars().collect();
        assert_eq!(chars[words[0].start..words[0].end].iter().collect::<String>(), "Əliyev'in");
    }
}

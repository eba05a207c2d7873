//! What every language has a word for: countries, months, weekdays, currencies (`data/translation/concepts.tsv`).

use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;

use crate::characters::{Alphabet, character};

/// Letters that a word may have after its stem, and a word inside of a name.
const ENDING: usize = 5;
const INNER_ENDING: usize = 4;

/// The concepts of one language.
pub struct Concepts {
    /// Finds the first part of each form.
    first: AhoCorasick,
    forms: Vec<Form>,
    dotted: bool,
}

/// A way to name a concept.
struct Form {
    concept: &'static str,
    /// What goes on after the first part, where a word within is cut.
    rest: Vec<&'static str>,
    /// Nothing may follow.
    whole: bool,
    unspaced: bool,
}

/// A concept that a line names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    pub concept: &'static str,
    /// Bytes of the folded line.
    pub start: usize,
    pub end: usize,
}

static LANGUAGES: LazyLock<FxHashMap<&'static str, (&'static str, OnceLock<Concepts>)>> = LazyLock::new(|| {
    let all = include_str!("../../data/translation/concepts.tsv");
    let mut languages = FxHashMap::default();
    let mut rest = all;
    while let Some((tag, _)) = rest.split_once('\t') {
        let end =
            rest.match_indices('\n').find(|(at, _)| !is_of(&rest[at + 1..], tag)).map_or(rest.len(), |(at, _)| at + 1);
        languages.insert(tag, (&rest[..end], OnceLock::new()));
        rest = &rest[end..];
    }
    languages
});

fn is_of(line: &str, tag: &str) -> bool {
    line.strip_prefix(tag).is_some_and(|rest| rest.starts_with('\t'))
}

/// The concepts of a language, by its BCP 47 tag; those of its primary language where it has none of its own.
pub fn concepts(language: &str) -> Option<&'static Concepts> {
    let primary = language.split('-').next().unwrap_or_default();
    let (tag, (lines, concepts)) = LANGUAGES.get_key_value(language).or_else(|| LANGUAGES.get_key_value(primary))?;
    Some(concepts.get_or_init(|| Concepts::read(tag, lines)))
}

impl Concepts {
    fn read(tag: &str, lines: &'static str) -> Concepts {
        let (mut firsts, mut forms) = (Vec::new(), Vec::new());
        for line in lines.lines() {
            let mut columns = line.split('\t').skip(1);
            let (Some(concept), Some(all)) = (columns.next(), columns.next()) else { continue };
            for form in all.split('|') {
                let stem = form.strip_suffix('=');
                let mut parts = stem.unwrap_or(form).split('*');
                let first = parts.next().unwrap_or_default();
                let unspaced = first.chars().any(is_unspaced);
                firsts.push(first);
                forms.push(Form { concept, rest: parts.collect(), whole: stem.is_some(), unspaced });
            }
        }
        let first = AhoCorasick::new(firsts).unwrap_or_else(|e| panic!("data/translation/concepts.tsv, {tag}: {e}"));
        Concepts { first, forms, dotted: matches!(tag, "tr" | "az") }
    }

    /// The concepts of a line, in order: of forms that begin at one place the longest. `folded` is for use again.
    pub fn of(&self, line: &str, folded: &mut String) -> Vec<Named> {
        self.fold(line, folded);
        let mut found: Vec<Named> = Vec::new();
        for hit in self.first.find_overlapping_iter(folded.as_str()) {
            let form = &self.forms[hit.pattern().as_usize()];
            let Some(end) = form.end(folded, hit.start(), hit.end()) else { continue };
            found.push(Named { concept: form.concept, start: hit.start(), end });
        }
        found.sort_unstable_by_key(|named| (named.start, std::cmp::Reverse(named.end)));
        let mut after = 0;
        found.retain(|named| {
            let free = named.start >= after;
            after = if free { named.end } else { after };
            free
        });
        found
    }

    /// What is named, as the line has it.
    pub fn written<'l>(&self, line: &'l str, named: &Named) -> &'l str {
        let mut folded = String::with_capacity(line.len());
        let mut start = line.len();
        for (at, c) in line.char_indices() {
            let before = folded.len();
            self.fold_into(c, &mut folded);
            if (before..folded.len()).contains(&named.start) {
                start = at;
            }
            if start < line.len() && folded.len() >= named.end {
                return &line[start..at + c.len_utf8()];
            }
        }
        &line[start..]
    }

    /// As the forms are written: small letters, one apostrophe, no points of Arabic and Hebrew, a space for all other signs.
    fn fold(&self, line: &str, folded: &mut String) {
        folded.clear();
        folded.reserve(line.len());
        line.chars().for_each(|c| self.fold_into(c, folded));
    }

    fn fold_into(&self, c: char, folded: &mut String) {
        match c {
            'I' if self.dotted => folded.push('ı'),
            'İ' => folded.push('i'),
            'a'..='z' | ' ' | '0'..='9' => folded.push(c),
            'ё' | 'Ё' => folded.push('е'),
            'ʻ' | 'ʼ' | '‘' | '’' | '\'' => folded.push('\''),
            // Points and vowel signs.
            '\u{591}'..='\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{640}' => {}
            '\u{200C}' => folded.push(' '),
            c if character(c).is_inside() => folded.extend(c.to_lowercase()),
            _ if folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
}

impl Form {
    /// Where the form ends that begins with a first part; `None` where it goes on in another way.
    fn end(&self, text: &str, start: usize, end: usize) -> Option<usize> {
        if self.unspaced {
            return Some(end);
        }
        if text[..start].chars().next_back().is_some_and(is_inside) {
            return None;
        }
        let mut end = end;
        for part in &self.rest {
            let letters = letters_at(&text[end..]);
            end += letters.0;
            end = (letters.1 <= INNER_ENDING && text[end..].starts_with(part)).then_some(end + part.len())?;
        }
        let letters = letters_at(&text[end..]);
        let fits = if self.whole { letters.1 == 0 } else { letters.1 <= ENDING };
        fits.then_some(end + letters.0)
    }
}

/// Bytes and letters of what is left of a word.
fn letters_at(text: &str) -> (usize, usize) {
    let letters = text.chars().take_while(|c| is_inside(*c)).take(ENDING + 2);
    letters.fold((0, 0), |(bytes, count), c| (bytes + c.len_utf8(), count + 1))
}

fn is_inside(c: char) -> bool {
    c != ' ' && c != '\''
}

/// Letters of scripts without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(character(c).alphabet, Alphabet::Han | Alphabet::Hiragana | Alphabet::Katakana)
        || matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(language: &str, line: &str) -> Vec<&'static str> {
        let mut folded = String::new();
        concepts(language).unwrap().of(line, &mut folded).into_iter().map(|named| named.concept).collect()
    }

    #[test]
    fn what_is_named_is_the_same_in_every_language() {
        for (language, line) in [
            ("en", "On Monday, Germany and the U.S. met; in March they had not."),
            ("ru", "В понедельник Германия и США встретились; в марте — нет."),
            ("de", "Am Montag trafen sich Deutschland und die USA, im März nicht."),
            ("tr", "Pazartesi günü Almanya ile ABD görüştü, MART'ta görüşmemişlerdi."),
            ("fa", "روز دوشنبه آلمان و ایالات متحده دیدار کردند، در مارس نه."),
            ("zh", "星期一，德国和美国会面；三月没有。"),
        ] {
            assert_eq!(named(language, line), ["day-mon", "DE", "US", "month-03"], "{language}");
        }
    }

    #[test]
    fn what_is_named_is_told_as_it_is_written() {
        for (language, line, all) in [
            ("de", "Am Montag trafen sich Deutschland und die USA.", &["Montag", "Deutschland", "USA"][..]),
            ("ru", "В понедельник, 5 марта, в «Германии» — нет.", &["понедельник", "марта", "Германии"]),
            ("zh", "星期一，德国和美国会面", &["星期一", "德国", "美国"]),
        ] {
            let concepts = concepts(language).unwrap();
            let named = concepts.of(line, &mut String::new());
            assert_eq!(named.iter().map(|one| concepts.written(line, one)).collect::<Vec<_>>(), all, "{language}");
        }
    }

    #[test]
    fn words_that_only_begin_like_one_are_none() {
        assert_eq!(named("en", "A monday-like march of chadors"), ["day-mon", "month-03"]);
        assert_eq!(named("ru", "Мартышка"), Vec::<&str>::new());
        assert!(concepts("xx").is_none());
        assert_eq!(named("sr-Latn", "U Nemačkoj"), ["DE"]);
    }
}

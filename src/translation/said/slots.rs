//! What fills the slots of a phrase: each is read from where it begins, and may end at several places, the farthest first.

use super::language_names::LanguageNames;
use super::letters::{Letter, is_between_words, is_cased, is_of_word, is_unspaced};
use super::outlets::OUTLETS;

/// What fills a slot.
#[derive(Clone, Debug)]
pub(super) struct Filled<T> {
    pub(super) value: T,
    /// Where it ends, in letters of the line.
    pub(super) end: usize,
}

/// Small words of a language around names.
#[derive(Clone, Debug, Default)]
pub(super) struct SmallWords {
    /// "agency", folded: before or behind the name of one.
    pub(super) agency: Vec<Vec<char>>,
    /// "and", between names.
    pub(super) and: Vec<Vec<char>>,
}

/// The language that is named here.
pub(super) fn languages(names: &LanguageNames, line: &[Letter], at: usize) -> Vec<Filled<String>> {
    let mut ahead = String::new();
    let mut found = Vec::new();
    for (count, letter) in line[at..].iter().take(names.longest()).enumerate() {
        ahead.push(letter.folded);
        if let Some(tag) = names.tag(&ahead) {
            found.push(Filled { value: tag.to_owned(), end: at + count + 1 });
        }
    }
    found.reverse();
    found
}

/// The outlet that is named here, with an ending, and with "agency" on either side. In a line that names nothing else
/// (`alone`), it needs no such word.
pub(super) fn outlets(words: &SmallWords, alone: bool, line: &[Letter], at: usize) -> Vec<Filled<&'static str>> {
    let begin = after_agency(words, line, at);
    let quoted = line.get(begin).is_some_and(|letter| matches!(letter.folded, '"' | '«' | '\''));
    let named = OUTLETS.named_at(line, begin);
    let Some(named) = named.or_else(|| OUTLETS.named_at(line, begin + 1).filter(|_| quoted)) else { return Vec::new() };
    let inflected = after_ending(line, named.end);
    let mut found = Vec::new();
    for end in [inflected, named.end] {
        let behind = after_agency_behind(words, line, end);
        found.extend(behind.map(|end| Filled { value: named.outlet, end }));
    }
    if alone || !named.careful || begin > at {
        found.extend([inflected, named.end].map(|end| Filled { value: named.outlet, end }));
    }
    found
}

/// Past "the news agency", however many of such words.
fn after_agency(words: &SmallWords, line: &[Letter], mut at: usize) -> usize {
    /// "the Iranian state news agency" has three that are not the country.
    const MOST: usize = 4;
    for _ in 0..MOST {
        let next = words.agency.iter().filter_map(|word| after_word(word, line, at)).max();
        let Some(end) = next else { break };
        at = end;
        while line.get(at).is_some_and(|letter| matches!(letter.folded, ' ' | '-')) {
            at += 1;
        }
    }
    at
}

/// Past " news agency".
fn after_agency_behind(words: &SmallWords, line: &[Letter], end: usize) -> Option<usize> {
    let quoted = end + line[end..].iter().take_while(|letter| matches!(letter.folded, '"' | '»')).count();
    let spaced = quoted + usize::from(line.get(quoted).is_some_and(|letter| letter.folded == ' '));
    let mut at = words.agency.iter().filter_map(|word| after_word(word, line, spaced)).max()?;
    while let Some(next) = line
        .get(at)
        .filter(|letter| letter.folded == ' ')
        .and_then(|_| words.agency.iter().filter_map(|word| after_word(word, line, at + 1)).max())
    {
        at = next;
    }
    Some(at)
}

fn after_word(word: &[char], line: &[Letter], at: usize) -> Option<usize> {
    let end = at + word.len();
    let here = line.get(at..end)?;
    let same = here.iter().zip(word).all(|(letter, &of_word)| letter.folded == of_word);
    (same && is_between_words(here.last(), line.get(end))).then_some(end)
}

/// Past a quotation mark, or an ending that is written with a mark: "Trend-ə", "TASS'ın".
fn after_ending(line: &[Letter], end: usize) -> usize {
    const LONGEST: usize = 5;
    if line.get(end).is_some_and(|letter| matches!(letter.folded, '"' | '»')) {
        return after_ending(line, end + 1);
    }
    if !line.get(end).is_some_and(|letter| matches!(letter.folded, '-' | '\'')) {
        return end;
    }
    let letters = line[end + 1..].iter().take_while(|letter| is_of_word(letter.folded)).count();
    if (1..=LONGEST).contains(&letters) { end + 1 + letters } else { end }
}

/// The program that is named here.
pub(super) fn machines(names: &[Vec<char>], line: &[Letter], at: usize) -> Vec<Filled<()>> {
    let ends = names.iter().filter_map(|name| after_word(name, line, at));
    let mut ends: Vec<Filled<()>> = ends.map(|end| Filled { value: (), end }).collect();
    ends.sort_by_key(|filled| std::cmp::Reverse(filled.end));
    ends
}

/// A run of words with capitals, or of a few words where letters have none; several where "and" stands between.
pub(super) fn names(words: &SmallWords, line: &[Letter], at: usize) -> Vec<Filled<()>> {
    let mut ends = one_name(line, at);
    while let Some(&end) = ends.last() {
        let next = words.and.iter().filter_map(|and| after_word(and, line, end + 1)).max();
        let more = next.map(|and| one_name(line, and + 1)).unwrap_or_default();
        if more.is_empty() || ends.len() > MOST_ENDS {
            break;
        }
        ends.extend(more);
    }
    ends.reverse();
    ends.into_iter().map(|end| Filled { value: (), end }).collect()
}

/// Places where a name may end that are tried.
const MOST_ENDS: usize = 16;

/// Where one name may end, the nearest first.
fn one_name(line: &[Letter], at: usize) -> Vec<usize> {
    match line.get(at) {
        Some(first) if is_unspaced(first.folded) => unspaced_name(line, at),
        Some(first) if is_cased(first.written) => cased_name(line, at),
        Some(first) if first.folded.is_alphabetic() => uncased_name(line, at),
        _ => Vec::new(),
    }
}

fn unspaced_name(line: &[Letter], at: usize) -> Vec<usize> {
    /// Names of foreigners, with a dot between.
    const LONGEST: usize = 14;
    /// Two characters of Chinese are a name.
    const SHORTEST: usize = 2;
    let is_of_name = |letter: &&Letter| is_unspaced(letter.folded) || matches!(letter.folded, '·' | '・' | 'ー' | '=');
    let letters = line[at..].iter().take_while(is_of_name).count();
    if letters > LONGEST { Vec::new() } else { (SHORTEST..=letters).map(|count| at + count).collect() }
}

fn cased_name(line: &[Letter], at: usize) -> Vec<usize> {
    const MOST: usize = 6;
    let mut ends = Vec::new();
    for (word, end) in spaced_words(line, at).take(MOST) {
        let capital = word[0].written.is_uppercase();
        if !capital && (ends.is_empty() || !is_particle(word)) {
            break;
        }
        if capital {
            ends.push(end);
        }
    }
    ends
}

/// "van", "de", "al-", "oğlu": small words inside of names.
fn is_particle(word: &[Letter]) -> bool {
    /// Longer ones are words of the sentence.
    const PARTICLES: [&str; 26] = [
        "van", "von", "der", "den", "de", "da", "dos", "di", "du", "del", "della", "la", "le", "el", "al", "bin",
        "ibn", "bint", "ben", "ter", "zu", "oglu", "qizi", "ogli", "оглу", "кызы",
    ];
    let folded: String = word.iter().map(|letter| letter.folded).collect();
    let bare = folded.trim_end_matches(['-', '\'']);
    PARTICLES.iter().any(|&particle| bare == particle || folded.starts_with("al-") || folded.starts_with("el-"))
}

fn uncased_name(line: &[Letter], at: usize) -> Vec<usize> {
    const MOST: usize = 4;
    let uncased = |&(word, _): &(&[Letter], usize)| !is_cased(word[0].written) && !is_unspaced(word[0].folded);
    spaced_words(line, at).take_while(uncased).take(MOST).map(|(_, end)| end).collect()
}

/// Words that single spaces part, each with where it ends; a full stop belongs to an initial.
fn spaced_words(line: &[Letter], at: usize) -> impl Iterator<Item = (&[Letter], usize)> {
    let mut next = at;
    std::iter::from_fn(move || {
        let start = next;
        let is_of_name = |letter: &&Letter| is_of_word(letter.folded) || matches!(letter.folded, '-' | '\'' | '"');
        let mut end = start + line.get(start..)?.iter().take_while(is_of_name).count();
        if end == start || !is_of_word(line[start].folded) {
            return None;
        }
        while line[end - 1].folded == '"' || line[end - 1].folded == '\'' {
            end -= 1;
        }
        let is_initial = end - start == 1 && line.get(end).is_some_and(|letter| letter.folded == '.');
        end += usize::from(is_initial);
        let spaced = line.get(end).is_some_and(|letter| letter.folded == ' ' && letter.written != '\n');
        // "М.И. Петров"
        next = if spaced {
            end + 1
        } else if is_initial {
            end
        } else {
            usize::MAX
        };
        Some((&line[start..end], end))
    })
}

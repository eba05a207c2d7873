//! Phrases as they are read from `said.toml`, and how they are found.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::dateline::dateline;
use super::language_names::{LANGUAGE_NAMES, LanguageNames};
use super::letters::{Letter, fold, is_between_words, is_mark, is_of_word, is_unspaced, letters};
use super::notation::{Edge, Part, Pattern, read};
use super::places::Place;
use super::reading::{Found, Phrase, Reader, Slots};
use super::slots::SmallWords;
use super::{Kind, without_overlaps};

pub(super) struct Phrases {
    phrases: Vec<Phrase>,
    /// The phrases that have the same longest run of letters, and what finds it.
    anchored: Vec<Vec<usize>>,
    finder: AhoCorasick,
    small_words: FxHashMap<String, SmallWords>,
    machines: Vec<Vec<char>>,
    bylines: Vec<Vec<char>>,
}

/// The file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Data {
    translated_from: ByLanguage,
    original_in: ByLanguage,
    also_in: ByLanguage,
    reported_by: ByLanguage,
    machine: ByLanguage,
    machines: Vec<String>,
    agency: ByLanguage,
    and: ByLanguage,
    bylines: ByLanguage,
}

type ByLanguage = BTreeMap<String, Vec<String>>;

/// How far before the letters that find it a phrase may begin, for what fills its slots.
const REACH: usize = 70;

/// Letters of a paragraph in which an agency is the source of all that follows.
const LEAD: usize = 700;

const FILE: &str = include_str!("../../../data/translation/said.toml");

pub(super) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let broken = |e: String| -> ! { panic!("data/translation/said.toml: {e}") };
    let data: Data = toml::from_str(FILE).unwrap_or_else(|e| broken(e.to_string()));
    Phrases::build(data).unwrap_or_else(|e| broken(e))
});

impl Phrases {
    fn build(data: Data) -> Result<Phrases, String> {
        let kinds = [
            (Kind::TranslatedFrom, &data.translated_from),
            (Kind::OriginalIn, &data.original_in),
            (Kind::AlsoIn, &data.also_in),
            (Kind::ReportedBy, &data.reported_by),
            (Kind::Machine, &data.machine),
        ];
        let mut phrases = Vec::new();
        for (kind, by_language) in kinds {
            for (tag, lines) in by_language {
                let language = LanguageNames::base(tag);
                for pattern in lines.iter().map(|line| read(line)).collect::<Result<Vec<_>, _>>()?.concat() {
                    phrases.push(Phrase { kind, language: language.to_owned(), pattern });
                }
            }
        }
        let (anchors, anchored) = by_anchor(&phrases);
        let finder = AhoCorasick::new(&anchors).map_err(|e| e.to_string())?;
        let bylines = data.bylines.values().flatten().map(|word| folded(word)).collect();
        let machines = data.machines.iter().map(|name| folded(name)).collect();
        Ok(Phrases { phrases, anchored, finder, small_words: small_words(&data), machines, bylines })
    }

    /// What a paragraph says.
    pub(super) fn found_in(&self, place: &Place, language: &str) -> Vec<Found> {
        let text = fold(place.text);
        let mut found = Vec::from_iter(dateline_of(place));
        let candidates = self.candidates(place, &text, language);
        if candidates.is_empty() {
            return found;
        }
        let line = letters(place.text, place.letters_before());
        let mut tried = FxHashSet::default();
        for (at, phrase) in candidates {
            found.extend(self.read(place, &line, phrase, at, language, &mut tried));
        }
        without_overlaps(found)
    }

    /// The letters at which anchors of phrases stand that may count here.
    fn candidates(&self, place: &Place, text: &str, language: &str) -> Vec<(usize, usize)> {
        let mut candidates = Vec::new();
        // Letters are counted on from the last hit.
        let (mut counted, mut at) = (0, 0);
        for hit in self.finder.find_overlapping_iter(text) {
            let before = text[..hit.start()].chars().next_back();
            let of_hit = self.anchored[hit.pattern().as_usize()].iter().copied();
            let begin = candidates.len();
            let counts = |&phrase: &usize| self.phrases[phrase].may_count(place, language, before);
            candidates.extend(of_hit.filter(counts).map(|phrase| (0, phrase)));
            if candidates.len() > begin {
                at = match counted.cmp(&hit.start()) {
                    Ordering::Greater => at - text[hit.start()..counted].chars().count(),
                    _ => at + text[counted..hit.start()].chars().count(),
                };
                counted = hit.start();
                candidates[begin..].iter_mut().for_each(|candidate| candidate.0 = at);
            }
        }
        candidates
    }

    /// A phrase whose anchor was found at a letter of the line.
    fn read(
        &self,
        place: &Place,
        line: &[Letter],
        index: usize,
        at: usize,
        language: &str,
        tried: &mut FxHashSet<(usize, usize)>,
    ) -> Option<Found> {
        let phrase = &self.phrases[index];
        if phrase.pattern.before != Edge::Closed && at > LEAD {
            return None;
        }
        let reader = self.reader(place, line, &phrase.language)?;
        let (range, slots) = starts(&phrase.pattern, line, at)
            .filter(|&start| tried.insert((index, start)))
            .find_map(|start| reader.read(phrase, start))?;
        Some(cut(place, line, range, phrase.kind, slots, phrase.is_native(language)))
    }

    fn reader<'a>(&'a self, place: &Place, line: &'a [Letter], language: &str) -> Option<Reader<'a>> {
        static NO_NAMES: LazyLock<LanguageNames> = LazyLock::new(LanguageNames::default);
        Some(Reader {
            field: place.field,
            line,
            names: LANGUAGE_NAMES.get(language).unwrap_or(&NO_NAMES),
            words: self.small_words.get(language)?,
            machines: &self.machines,
            bylines: &self.bylines,
        })
    }
}

impl Phrase {
    fn is_native(&self, language: &str) -> bool {
        language.is_empty() || self.language == language
    }

    /// Whether it may be here, as far as the letter before its anchor tells.
    fn may_count(&self, place: &Place, language: &str, before: Option<char>) -> bool {
        let pattern = &self.pattern;
        let in_sentence = pattern.before != Edge::Closed;
        let begins = pattern.fixed_before_anchor() && pattern.before != Edge::Letters;
        let in_word = || before.is_some_and(|letter| is_of_word(letter) && !is_unspaced(letter));
        let here = !in_sentence || place.leads && self.is_native(language);
        here && !(begins && in_word())
    }
}

/// The agency of the dateline of a paragraph that may begin with one.
fn dateline_of(place: &Place) -> Option<Found> {
    /// Letters that have all of it.
    const BEGINNING: usize = 160;
    if !place.begins {
        return None;
    }
    let end = place.text.char_indices().nth(BEGINNING).map_or(place.text.len(), |(at, _)| at);
    let line = letters(&place.text[..end], place.letters_before());
    let (range, outlet) = dateline(&line)?;
    let slots = Slots { outlet: Some(outlet), ..Slots::default() };
    Some(cut(place, &line, range, Kind::ReportedBy, slots, true))
}

/// Each phrase is found by its longest run of letters.
fn by_anchor(phrases: &[Phrase]) -> (Vec<String>, Vec<Vec<usize>>) {
    let mut by_letters: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, phrase) in phrases.iter().enumerate() {
        let letters = phrase.pattern.anchor().iter().collect();
        by_letters.entry(letters).or_default().push(index);
    }
    by_letters.into_iter().unzip()
}

impl Pattern {
    fn anchor(&self) -> &[char] {
        let runs = self.parts.iter().filter_map(|part| match part {
            Part::Letters(letters) => Some(letters.as_slice()),
            _ => None,
        });
        runs.max_by_key(|letters| letters.len()).unwrap_or_default()
    }

    /// Letters before the anchor, where no slot is among them.
    fn fixed_before_anchor(&self) -> bool {
        matches!(self.parts.first(), Some(Part::Letters(first)) if first == self.anchor())
    }
}

/// Where a phrase may begin whose anchor is here, the farthest first.
fn starts(pattern: &Pattern, line: &[Letter], at: usize) -> impl Iterator<Item = usize> {
    let first = if pattern.fixed_before_anchor() { at } else { at.saturating_sub(REACH) };
    (first..=at).filter(move |&start| start == at || is_between_words(line[..start].last(), line.get(start)))
}

/// A notice as it is written in the field.
fn cut(place: &Place, line: &[Letter], range: Range<usize>, kind: Kind, mut slots: Slots, native: bool) -> Found {
    let before = place.letters_before();
    let at = |letter: usize| line.get(letter).map_or(before, |letter| letter.at);
    // Accents are left out of lines, and belong to the letter before.
    let end = |letter: usize| {
        let end = letter.checked_sub(1).map_or(before, |last| at(last) + 1);
        end + place.text.chars().skip(end - before).take_while(|&letter| is_mark(letter)).count()
    };
    let span = at(range.start)..end(range.end);
    slots.name = slots.name.map(|name| at(name.start) - span.start..end(name.end) - span.start);
    let written = place.text.chars().skip(span.start - before).take(span.len()).collect();
    Found { kind, span, written, slots, native }
}

fn small_words(data: &Data) -> FxHashMap<String, SmallWords> {
    let kinds = [&data.translated_from, &data.original_in, &data.also_in, &data.reported_by, &data.machine];
    let languages = kinds.iter().flat_map(|by_language| by_language.keys());
    let mut words: FxHashMap<String, SmallWords> = FxHashMap::default();
    for tag in languages {
        let of = |table: &ByLanguage| table.get(tag).into_iter().flatten().map(|word| folded(word)).collect::<Vec<_>>();
        let known = words.entry(LanguageNames::base(tag).to_owned()).or_default();
        known.agency.extend(of(&data.agency));
        known.and.extend(of(&data.and));
    }
    words
}

fn folded(word: &str) -> Vec<char> {
    fold(word).chars().collect()
}

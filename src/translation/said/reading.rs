//! Reading a phrase where its words were found: its slots, and whether it stands for itself.

use std::ops::Range;

use super::borders::{Opening, closes, is_text_or_byline, opening};
use super::language_names::LanguageNames;
use super::letters::{Letter, is_between_words};
use super::notation::{Edge, Part, Pattern};
use super::outlets::home_languages;
use super::slots::{SmallWords, languages, machines, names, outlets};
use super::{Field, Kind, Said};

/// A phrase of the data, and what its language needs to be read.
pub(super) struct Phrase {
    pub(super) kind: Kind,
    pub(super) language: String,
    pub(super) pattern: Pattern,
}

/// What the slots of a language are read with.
pub(super) struct Reader<'a> {
    pub(super) field: Field,
    pub(super) line: &'a [Letter],
    pub(super) names: &'a LanguageNames,
    pub(super) words: &'a SmallWords,
    pub(super) machines: &'a [Vec<char>],
    pub(super) bylines: &'a [Vec<char>],
}

/// A notice, in letters of its line.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) kind: Kind,
    /// In code points of the field.
    pub(super) span: Range<usize>,
    pub(super) written: String,
    pub(super) slots: Slots,
    /// Whether it is in the language of the document.
    pub(super) native: bool,
}

/// What the slots of a phrase hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Slots {
    pub(super) language: Option<String>,
    pub(super) outlet: Option<&'static str>,
    pub(super) name: Option<Range<usize>>,
}

impl Found {
    /// A second mention of an agency is not news.
    pub(super) fn says_the_same(&self, other: &Found) -> bool {
        self.kind == Kind::ReportedBy && other.kind == self.kind && self.slots.outlet == other.slots.outlet
    }

    pub(super) fn into_said(self, field: Field) -> Said {
        let name = self.slots.name.map(|name| self.written.chars().skip(name.start).take(name.len()).collect());
        let name: Option<String> = name;
        let is_translators = matches!(self.kind, Kind::TranslatedFrom | Kind::Machine);
        let (translator, publisher) = if is_translators { (name, None) } else { (None, name) };
        let home = self.slots.outlet.and_then(|outlet| match home_languages(outlet) {
            [only] if self.kind == Kind::ReportedBy => Some(only.clone()),
            _ => None,
        });
        Said {
            kind: self.kind,
            language: self.slots.language.or(home),
            outlet: self.slots.outlet.map(str::to_owned).or(publisher),
            translator,
            phrase: self.written,
            field,
            start: self.span.start,
            end: self.span.end,
        }
    }
}

impl Reader<'_> {
    /// The phrase, if it begins at this letter of the line.
    pub(super) fn read(&self, phrase: &Phrase, start: usize) -> Option<(Range<usize>, Slots)> {
        let pattern = &phrase.pattern;
        if pattern.before != Edge::Letters && !is_between_words(self.line[..start].last(), self.line.get(start)) {
            return None;
        }
        if pattern.before == Edge::Closed && !self.may_open(phrase, start) {
            return None;
        }
        let mut slots = Slots::default();
        let end = self.rest(pattern, &pattern.parts, start, start, &mut slots)?;
        Some((start..end, slots))
    }

    fn may_open(&self, phrase: &Phrase, start: usize) -> bool {
        match opening(self.field, self.line, start) {
            None => false,
            Some(Opening::Own) => true,
            // "The Blind Owl. Translated from the Persian" is a book, unless it is called a label or goes on.
            Some(Opening::Sentence) => {
                phrase.kind != Kind::TranslatedFrom
                    || phrase.pattern.after != Edge::Closed
                    || phrase.pattern.has_colon()
                    || is_text_or_byline(self.line, start, self.bylines)
            }
        }
    }

    /// Where the phrase ends of which these parts are to come.
    fn rest(&self, of: &Pattern, parts: &[Part], start: usize, at: usize, slots: &mut Slots) -> Option<usize> {
        let Some((part, rest)) = parts.split_first() else { return self.may_end(of, start, at).then_some(at) };
        match part {
            Part::Letters(letters) => {
                let end = at + letters.len();
                let here = self.line.get(at..end)?;
                let same = here.iter().zip(letters).all(|(letter, &model)| letter.folded == model);
                if same { self.rest(of, rest, start, end, slots) } else { None }
            }
            Part::Language => languages(self.names, self.line, at).into_iter().find_map(|filled| {
                slots.language = Some(filled.value);
                self.rest(of, rest, start, filled.end, slots)
            }),
            Part::Outlet => outlets(self.words, of.is_closed(), self.line, at).into_iter().find_map(|filled| {
                slots.outlet = Some(filled.value);
                self.rest(of, rest, start, filled.end, slots)
            }),
            Part::Machine => {
                let ends = machines(self.machines, self.line, at);
                ends.into_iter().find_map(|filled| self.rest(of, rest, start, filled.end, slots))
            }
            Part::Name => names(self.words, self.line, at).into_iter().find_map(|filled| {
                slots.name = Some(at..filled.end);
                self.rest(of, rest, start, filled.end, slots)
            }),
        }
    }

    fn may_end(&self, pattern: &Pattern, start: usize, end: usize) -> bool {
        if pattern.after == Edge::Letters {
            return true;
        }
        is_between_words(self.line[..end].last(), self.line.get(end))
            && match pattern.after {
                Edge::Closed => closes(self.field, self.line, start, end),
                _ => pattern.parts.last() != Some(&Part::Outlet) || !self.name_goes_on(end),
            }
    }

    /// "according to Reuters Institute" is not according to Reuters.
    fn name_goes_on(&self, end: usize) -> bool {
        let next = self.line.get(end..end + 2);
        next.is_some_and(|next| next[0].folded == ' ' && next[1].written.is_uppercase())
    }
}

impl Pattern {
    fn is_closed(&self) -> bool {
        self.before == Edge::Closed && self.after == Edge::Closed
    }

    fn has_colon(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Letters(letters) if letters.contains(&':')))
    }
}

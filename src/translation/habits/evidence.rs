//! What the words of one text say, and what follows from it.

use super::Habit;
use super::table::{Concern, Kind, Table, Topics, Vote};
use super::words::words;

/// A word that speaks for the source of a rule.
#[derive(Clone, Copy, Debug)]
struct Witness<'t> {
    written: &'t str,
    /// The entry of the data it was found by, which all its inflections share.
    entry: Option<usize>,
    kind: Kind,
    vote: Vote,
}

impl Witness<'_> {
    /// Whether two are one word, or forms of it: "Gasanov" and "Gasanova".
    fn is_same_word(&self, other: &Witness) -> bool {
        let same_entry = self.entry.is_some() && self.entry == other.entry;
        same_entry || self.written.starts_with(other.written) || other.written.starts_with(self.written)
    }
}

/// The evidence of one text, as it is read.
pub(super) struct Evidence<'t> {
    table: &'static Table,
    /// What concerns the language of the text.
    concern: &'static Concern,
    topics: Topics,
    witnesses: Vec<Witness<'t>>,
    /// Room for a word in small letters.
    small: String,
}

/// Evidence for one source.
struct Case<'e, 't> {
    source: usize,
    score: f64,
    witnesses: Vec<&'e Witness<'t>>,
}

/// So many words must speak, for one may be the name of a shop.
const WORDS: usize = 2;

/// How sure it may be, at most: a quotation, or a person who writes the name so, is never far.
const MOST: f64 = 0.35;

/// So many are told.
const TOLD: usize = 3;

impl<'t> Evidence<'t> {
    pub(super) fn new(table: &'static Table, concern: &'static Concern) -> Evidence<'t> {
        Evidence { table, concern, topics: 0, witnesses: Vec::new(), small: String::new() }
    }

    /// A word of the text.
    pub(super) fn read_word(&mut self, written: &'t str) {
        let Some(entry) = self.table.word(written, self.concern) else { return };
        self.topics |= entry.topics;
        if entry.is_usual || self.table.is_own(entry, self.concern) {
            return;
        }
        for &vote in &entry.votes {
            self.hear(Witness { written, entry: Some(entry.number), kind: Kind::Words, vote });
        }
    }

    /// A word of a name, whose letters and parts count too.
    pub(super) fn read_word_of_name(&mut self, written: &'t str) {
        let concern = self.concern;
        // One letter is an initial.
        if written.chars().nth(1).is_none() || self.table.is_usual(written) {
            return;
        }
        for letter in written.chars().filter(|letter| !letter.is_ascii()) {
            for &(_, vote) in concern.letters.iter().filter(|(telling, _)| *telling == letter) {
                self.hear(Witness { written, entry: None, kind: Kind::Letters, vote });
            }
        }
        if concern.patterns.is_empty() {
            return;
        }
        let mut small = std::mem::take(&mut self.small);
        small.clear();
        if written.is_ascii() {
            small.push_str(written);
            small.make_ascii_lowercase();
        } else {
            small.extend(written.chars().flat_map(char::to_lowercase));
        }
        for pattern in concern.patterns.iter().filter(|pattern| pattern.is_in(&small)) {
            self.hear(Witness { written, entry: None, kind: Kind::Patterns, vote: pattern.vote });
        }
        self.small = small;
    }

    /// A whole name: words that say something only together, as "Vladimir Zelensky" does.
    pub(super) fn read_name(&mut self, name: &'t str) {
        let table = self.table;
        for first in words(name) {
            for (further, vote) in table.names_from(first) {
                let start = first.as_ptr() as usize - name.as_ptr() as usize;
                if let Some(end) = end_of(&name[start + first.len()..], further) {
                    let written = &name[start..start + first.len() + end];
                    self.hear(Witness { written, entry: None, kind: Kind::Names, vote: *vote });
                }
            }
        }
    }

    /// The source for which enough speaks, if there is one.
    pub(super) fn verdict(self) -> Option<Habit> {
        if self.witnesses.is_empty() {
            return None;
        }
        let scales = &self.table.scales;
        let mut cases: Vec<Case> = (0..self.table.sources.len()).filter_map(|source| self.case(source)).collect();
        cases.sort_by(|one, other| other.score.total_cmp(&one.score));
        let best = cases.first()?;
        let lead = best.score - cases.get(1).map_or(0.0, |second| second.score);
        if best.witnesses.len() < WORDS || best.score < scales.least || lead < scales.lead {
            return None;
        }
        let odds = (lead - scales.prior).exp();
        let written = best.witnesses.iter().take(TOLD).map(|witness| witness.written.to_owned());
        Some(Habit {
            language: self.table.sources[best.source].clone(),
            confidence: (odds / (1.0 + odds)).min(MOST),
            written: written.collect(),
        })
    }

    fn hear(&mut self, witness: Witness<'t>) {
        if self.concern.counts(witness.vote) {
            self.witnesses.push(witness);
        }
    }

    /// What speaks for a source, each word once and by the most that it says.
    fn case(&self, source: usize) -> Option<Case<'_, 't>> {
        let mut heard: Vec<&Witness> =
            self.witnesses.iter().filter(|witness| self.speaks_for(witness, source)).collect();
        heard.sort_by(|one, other| other.vote.weight.total_cmp(&one.vote.weight));
        let mut witnesses: Vec<&Witness> = Vec::new();
        for next in heard {
            if !witnesses.iter().any(|witness| witness.is_same_word(next)) {
                witnesses.push(next);
            }
        }
        let kinds = [Kind::Letters, Kind::Words, Kind::Patterns, Kind::Names];
        let score = kinds.iter().map(|&kind| {
            let said = witnesses.iter().filter(|witness| witness.kind == kind).map(|witness| witness.vote.weight);
            said.sum::<f64>().min(self.table.scales.caps.of(kind))
        });
        (!witnesses.is_empty()).then_some(Case { source, score: score.sum(), witnesses })
    }

    fn speaks_for(&self, witness: &Witness, source: usize) -> bool {
        let rule = &self.table.rules[witness.vote.rule];
        rule.source == source && rule.is_for(self.topics)
    }
}

/// Where in a text these words end, if it begins with them.
fn end_of(text: &str, expected: &[String]) -> Option<usize> {
    let mut found = words(text);
    let mut end = 0;
    for word in expected {
        let next = found.next().filter(|next| next == word)?;
        end = next.as_ptr() as usize + next.len() - text.as_ptr() as usize;
    }
    Some(end)
}

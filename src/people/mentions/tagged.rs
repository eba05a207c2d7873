//! People nobody has listed: what the tagger takes for a name.

use smallvec::SmallVec;

use super::known::combinations;
use super::*;
use crate::names::{KIND_NAMES, NormalHash, Part};
use crate::people::NameAt;

/// Less likely ones are left; they still count as a hint that a known name stands there.
pub(super) const LIKELY: f32 = 0.45;

/// A single word that may be an ordinary one.
const LIKELY_PLAIN: f32 = 0.9;

/// With a title before it a name of several words may be so much less likely.
const LIKELY_TITLED: f32 = 0.1;

/// Forms of a word of an inflected name, and readings of the whole, that are looked up.
const MOST_FORMS: usize = 4;
const MOST_READINGS: usize = 10;

impl Finder<'_> {
    /// Whether the first of two words only begins the sentence before a name that the text has in full: "Ziyarette Herzog".
    fn is_part_after_word(&self, at: usize, length: usize, parts: &FxHashSet<NormalHash>) -> bool {
        let first = &self.text.words[at];
        let named = Kinds::GIVEN | Kinds::FAMILY | Kinds::SOUNDS_GIVEN;
        length == 2 && first.sentence_start && !first.kinds.any(named) && parts.contains(&self.text.words[at + 1].hash)
    }

    /// Names of more than one word that the tagger finds and no list has.
    pub(super) fn tagged_names(&mut self) {
        let titled = self.titled_names();
        let parts_of = |name: &Name| name.tokens.iter().map(|t| NormalHash::of(&t.text)).collect::<Vec<_>>();
        let mut parts: FxHashSet<NormalHash> = self.found.iter().flat_map(|c| parts_of(&c.name)).collect();
        for tagged in self.tagged.clone().into_iter().chain(titled) {
            let Some((at, length)) = without_titles(self.text, tagged) else { continue };
            let least = if length > 1 && self.title_before(at).is_some() { LIKELY_TITLED } else { LIKELY };
            if tagged.likely < least
                || self.is_part_after_word(at, length, &parts)
                || self.taken[at..at + length].contains(&true)
                || self.is_named_after(at, length)
            {
                continue;
            }
            let chosen: Option<Vec<Variant>> =
                (at..at + length).map(|i| self.as_written(i, i + 1 == at + length)).collect();
            let Some(chosen) = chosen else { continue };
            let mut candidate = self.candidate(at, length, &chosen, true);
            if candidate.name.tokens.iter().filter(|token| token.part == Part::Main).count() < 2 {
                continue;
            }
            (candidate.known, candidate.near) = self.find_known(&candidate.name);
            if candidate.known.is_empty() {
                self.find_own_form(at, length, &mut candidate);
            }
            candidate.why = self.why_tagged(at, length, tagged.likely);
            candidate.likely = tagged.likely;
            candidate.set_title(self.title_of(at, length));
            self.taken[at..at + length].fill(true);
            parts.extend(parts_of(&candidate.name));
            self.found.push(candidate);
        }
    }

    /// The known people who surely have a name, and those who have one like it; each name is looked up once.
    fn find_known(&self, name: &Name) -> (Vec<Match>, Vec<Match>) {
        let (sure, near) = self.looked_up.name(self.authority, name);
        (sure.to_vec(), near.to_vec())
    }

    /// Reads an inflected name as it is where it stands alone, if somebody known has that name: Родом Розенштейном.
    fn find_own_form(&self, at: usize, length: usize, candidate: &mut Candidate) {
        let words: SmallVec<[Rc<[Variant]>; LONGEST]> =
            (at..at + length).map(|i| self.text.variants(i, self.memory)).collect();
        let forms = |(n, word): (usize, &'_ Rc<[Variant]>)| -> SmallVec<[u8; LONGEST]> {
            let leaves = |form: &Variant| (form.before > 0, form.after > 0);
            let fits = |form: &usize| may_stand(leaves(&word[*form]), n == 0, n + 1 == length);
            (0..word.len()).filter(fits).take(MOST_FORMS).map(|form| form as u8).collect()
        };
        let options: SmallVec<[SmallVec<[u8; LONGEST]>; LONGEST]> = words.iter().enumerate().map(forms).collect();
        if options.iter().map(SmallVec::len).max().unwrap_or(0) < 2 {
            return;
        }
        let mut best: Option<(Vec<Variant>, Vec<Match>)> = None;
        for choice in combinations(&options, MOST_READINGS).into_iter().skip(1) {
            let chosen = || words.iter().zip(&choice).map(|(word, form)| &word[usize::from(*form)]);
            let written = chosen().map(|v| v.normal.as_str()).collect::<Vec<_>>().join(" ");
            let found = self.find_known(&self.name_of(&written)).0;
            let score = |found: &[Match]| found.first().map_or(0.0, |m| m.score);
            if score(&found) > best.as_ref().map_or(0.0, |(_, held)| score(held)) {
                best = Some((chosen().cloned().collect(), found));
            }
        }
        if let Some((chosen, found)) = best {
            *candidate = self.candidate(at, length, &chosen, true);
            candidate.known = found;
        }
    }

    /// A given name and what follows it, after a title: what is likeliest of it.
    fn titled_names(&self) -> Vec<Tagged> {
        let given = Kinds::GIVEN | Kinds::SOUNDS_GIVEN | Kinds::GIVEN_FORM;
        let begins = |at: &usize| {
            let word = &self.text.words[*at];
            let before = self.tagged.partition_point(|t| t.at <= *at);
            let tagged =
                before.checked_sub(1).map(|n| &self.tagged[n]).is_some_and(|t| *at < t.at + t.length && t.length > 1);
            word.class.is_none() && word.kinds.any(given) && !tagged && self.title_before(*at).is_some()
        };
        let likeliest = |at: usize| {
            let lengths = (2..=self.reach(at).min(3)).filter(|length| self.text.words[at + length - 1].class.is_none());
            let all = lengths.map(|length| Tagged { at, length, likely: self.tagging.likely(at, length) });
            all.max_by(|a, b| a.likely.total_cmp(&b.likely))
        };
        let starts = (1..self.text.words.len()).filter(begins);
        starts.filter_map(likeliest).filter(|tagged| tagged.likely >= LIKELY_TITLED).collect()
    }

    /// The word as written, but for an ending that an apostrophe sets off from the last word of a name.
    pub(super) fn as_written(&self, at: usize, is_last: bool) -> Option<Variant> {
        let variants = self.text.variants(at, self.memory);
        let set_off = variants.iter().find(|v| is_last && v.after > 0 && !v.stripped);
        set_off.or(variants.first()).cloned()
    }

    /// What speaks for the words being a name, in words.
    pub(super) fn why_tagged(&self, at: usize, length: usize, likely: f32) -> String {
        let words = &self.text.words[at..at + length];
        let telling = Kinds::GIVEN
            | Kinds::GIVEN_FORM
            | Kinds::SOUNDS_GIVEN
            | Kinds::FAMILY
            | Kinds::FAMILY_FORM
            | Kinds::SOUNDS_FAMILY
            | Kinds::FAMILY_ENDING;
        let mut why: Vec<String> = Vec::new();
        for (n, word) in words.iter().enumerate() {
            let kind = KIND_NAMES.iter().find(|(kind, _)| word.kinds.any(*kind) && telling.any(*kind));
            why.extend(kind.map(|(_, what)| format!("{} {}", self.text.written(at + n), as_verb(what))));
        }
        if self.title_before(at).is_some() {
            why.push("a title stands before it".into());
        }
        if self.spoken(at, length) {
            why.push("a verb of speech stands beside it".into());
        }
        if why.is_empty() {
            why.push("as words around it and its letters have it".into());
        }
        format!("taken for a name ({likely:.2}): {}", why.join(", "))
    }
}

/// The names that the tagger finds in a text.
pub fn names_in(text: &Text) -> Vec<NameAt> {
    let tagged = Tagging::of(text, Model::shipped()).names().into_iter();
    let name = |tagged: Tagged| {
        let (at, length) = without_titles(text, super::initials::with_initials(text, tagged))?;
        Some(NameAt { start: text.words[at].start, end: text.end_of_name(at + length - 1), likely: tagged.likely })
    };
    tagged.filter(|tagged| tagged.likely >= least(text, tagged)).filter_map(name).collect()
}

/// How likely a name has to be: a single word that begins a sentence and is in no list is rather an ordinary one.
pub(super) fn least(text: &Text, tagged: &Tagged) -> f32 {
    let word = &text.words[tagged.at];
    let named = Kinds::GIVEN | Kinds::FAMILY | Kinds::SOUNDS_GIVEN | Kinds::SOUNDS_FAMILY | Kinds::GIVEN_FORM;
    let plain = tagged.length == 1 && word.cased && word.sentence_start && !word.kinds.any(named);
    if plain { LIKELY_PLAIN } else { LIKELY }
}

/// The tagger's name without the titles at its edges, as the first word and the number of words; `None` where nothing else
/// is left.
fn without_titles(text: &Text, tagged: Tagged) -> Option<(usize, usize)> {
    let words = &text.words[tagged.at..tagged.at + tagged.length];
    let title = |w: &&WordAt| matches!(w.class, Some(Word::Honorific | Word::Role(_))) && !w.kinds.any(Kinds::GIVEN);
    let before = words.iter().take_while(title).count();
    let after = words[before..].iter().rev().take_while(|w| w.class == Some(Word::HonorificAfter)).count();
    let left = words.len() - before - after;
    (left > 0).then_some((tagged.at + before, left))
}

fn as_verb(what: &str) -> String {
    if what.starts_with("a ") { format!("is {what}") } else { what.to_owned() }
}

//! Family names with initials: В. В. Путин, Путин В.В., J. R. R. Tolkien.

use super::tagged::LIKELY;
use super::*;
use crate::people::tagger::Tagged;

/// With initials beside it, a word may be so much less likely to be a name by itself.
const LIKELY_WITH_INITIALS: f32 = 0.2;

/// Initials of a name at most.
const MOST_INITIALS: usize = 3;

impl Finder<'_> {
    /// Family names that stand beside initials, and that no longer name has.
    pub(super) fn names_with_initials(&mut self) {
        for at in 0..self.text.words.len() {
            let Some((first, last)) = around(self.text, at, &self.taken) else { continue };
            let (from, length) = (first, last + 1 - first);
            let likely = self.tagging.likely(at, 1).max(self.tagging.likely(from, length));
            if likely < LIKELY_WITH_INITIALS || self.is_named_after(from, length) {
                continue;
            }
            let chosen: Option<Vec<Variant>> = (first..=last).map(|i| self.as_written(i, i == last)).collect();
            let Some(chosen) = chosen else { continue };
            let mut candidate = self.candidate(from, length, &chosen, false);
            candidate.variants = vec![self.text.variants(at, self.memory)];
            candidate.cuts.clear();
            candidate.initials = true;
            candidate.likely = likely.max(super::super::resolve::LONE_NAME);
            candidate.set_title(self.title_of(from, length));
            self.taken[first..=last].fill(true);
            self.found.push(candidate);
        }
    }
}

/// The tagger's name of one word, with the initials beside it.
pub(super) fn with_initials(text: &Text, tagged: Tagged) -> Tagged {
    if tagged.length > 1 || tagged.likely < LIKELY {
        return tagged;
    }
    match around(text, tagged.at, &[]) {
        Some((first, last)) => Tagged { at: first, length: last + 1 - first, ..tagged },
        None => tagged,
    }
}

/// The first and the last word of a family name and the initials before it or, where there are none, after it; `None`
/// without any, and for what is no family name.
fn around(text: &Text, at: usize, taken: &[bool]) -> Option<(usize, usize)> {
    let words = &text.words;
    let free = |at: usize| !taken.get(at).copied().unwrap_or(false);
    let word = &words[at];
    if !word.capital || word.length < 3 || word.class.is_some() || !free(at) {
        return None;
    }
    let initial = |word: &WordAt| word.capital && word.length == 1;
    let mut first = at;
    while first > 0
        && at - first < MOST_INITIALS
        && free(first - 1)
        && initial(&words[first - 1])
        && words[first].gap == Gap::Dot
    {
        first -= 1;
    }
    if first < at {
        return Some((first, at));
    }
    let mut last = at;
    while last - at < MOST_INITIALS {
        let (Some(next), after) = (words.get(last + 1), words.get(last + 2)) else { break };
        let pointed = after.map_or(text.raw.trim_end().ends_with('.'), |w| matches!(w.gap, Gap::Dot | Gap::Break));
        let close = if last == at { next.gap == Gap::Space } else { next.gap == Gap::Dot };
        if !(initial(next) && close && pointed && free(last + 1)) {
            break;
        }
        last += 1;
    }
    // One letter after a word ends a sentence as often as not.
    (last > at + 1).then_some((at, last))
}

//! Single words that may be a part of a name, and compound family names.

use super::*;

/// Compound family names of one text that are looked for, at most.
const MOST_TAILS: usize = 32;

/// Finds the single words that may be part of a name, and compound family names, where all full names are found.
///
/// Most words are nobody's name: what no title and no tagger says to be one is looked at only where it sounds like a name of
/// the document or, with a capital, may be that of somebody known.
pub(super) fn find(finders: &mut [Finder]) {
    let mut heard: FxHashSet<Skeleton> =
        finders.iter().flat_map(|finder| &finder.found).flat_map(skeletons_of).collect();
    let mut plain: Vec<Vec<(usize, Title)>> = Vec::with_capacity(finders.len());
    for finder in finders.iter_mut() {
        let full = finder.found.len();
        plain.push(finder.said_names());
        heard.extend(finder.found[full..].iter().flat_map(skeletons_of));
    }
    for (finder, plain) in finders.iter_mut().zip(plain) {
        for (at, beside) in plain {
            if finder.may_be_somebody(at, &heard) {
                finder.put_short(at, 1, beside);
            }
        }
    }
}

/// What the words of a name sound like, and what else its bearer may be called.
fn skeletons_of(candidate: &Candidate) -> impl Iterator<Item = Skeleton> {
    candidate.skeletons().chain(candidate.known.iter().take(1).flat_map(Match::family_skeletons))
}

impl Finder<'_> {
    /// Takes the short names that a title or the tagger says to be names, and compound ones; gives those back of which nothing
    /// says so.
    fn said_names(&mut self) -> Vec<(usize, Title)> {
        let (parts, tails) = self.parts_of_full_names();
        let mut plain = Vec::new();
        let mut at = 0;
        while at < self.text.words.len() {
            let length = self.compound_at(at, &tails).unwrap_or(1);
            if self.may_be_short(at, length, &parts) {
                let title = self.title_of(at, length);
                if length > 1 || title.any || self.tagged_alone(at).is_some() {
                    self.put_short(at, length, title);
                } else {
                    plain.push((at, title));
                }
            }
            at += length;
        }
        plain
    }

    /// Whether a word may mean somebody without anything beside it that says so.
    fn may_be_somebody(&mut self, at: usize, heard: &FxHashSet<Skeleton>) -> bool {
        let sounds = self.text.heard(at, self.memory);
        sounds.skeletons.iter().any(|skeleton| heard.contains(skeleton))
            || self.text.words[at].cased && self.part(at).is_some_and(|part| part.is_known())
    }

    fn put_short(&mut self, at: usize, length: usize, title: Title) {
        let chosen: Vec<Variant> =
            (at..at + length).filter_map(|i| self.text.variants(i, self.memory).first().cloned()).collect();
        if chosen.len() < length {
            return;
        }
        let mut candidate = self.candidate(at, length, &chosen, false);
        candidate.set_title(title);
        if let Some(tagged) = self.tagged_alone(at).filter(|_| length == 1) {
            candidate.likely = tagged.likely;
        }
        self.found.push(candidate);
    }

    /// The words of the full names of this text, and the last two words of those that have more than two.
    fn parts_of_full_names(&self) -> (FxHashSet<String>, Vec<(Token, Token)>) {
        let mut parts = FxHashSet::default();
        let mut tails = Vec::new();
        for name in self.found.iter().map(|c| &c.name) {
            // Abd Allahian is one name in two words.
            for two in name.tokens.iter().filter_map(|t| t.text.split_once(' ')) {
                if let (Some(a), Some(b)) = (Token::new(two.0), Token::new(two.1))
                    && tails.len() < MOST_TAILS
                {
                    tails.push((a, b));
                }
            }
            parts.extend(name.tokens.iter().map(|t| crate::names::normalise(&t.text)));
            if let [_, .., a, b] = name.tokens.as_slice()
                && tails.len() < MOST_TAILS
                && !tails.iter().any(|(x, y): &(Token, Token)| x.text == a.text && y.text == b.text)
            {
                tails.push((a.clone(), b.clone()));
            }
        }
        (parts, tails)
    }

    /// Two where the words at `at` are the compound family name of somebody mentioned (Amir Abdollahian).
    fn compound_at(&self, at: usize, tails: &[(Token, Token)]) -> Option<usize> {
        let words = &self.text.words;
        let (first, second) = (words.get(at)?, words.get(at + 1)?);
        if tails.is_empty()
            || self.taken[at]
            || self.taken[at + 1]
            || !second.gap.holds()
            || (first.cased && !(first.capital && second.capital))
        {
            return None;
        }
        let firsts = self.text.variants(at, self.memory);
        let seconds = self.text.variants(at + 1, self.memory);
        let fits =
            |token: &Token, variants: &[Variant]| variants.iter().any(|v| compare_tokens(&v.token, token) >= 0.97);
        tails.iter().any(|(a, b)| fits(a, &firsts) && fits(b, &seconds)).then_some(2)
    }

    fn may_be_short(&self, at: usize, length: usize, parts: &FxHashSet<String>) -> bool {
        let word = &self.text.words[at];
        if self.taken[at] || word.length < 2 || self.is_named_after(at, length) {
            return false;
        }
        if length > 1 {
            return true;
        }
        if word.class.is_some() {
            // Also something else (Rəisi: chief; رئيسي: main): only as a part of a name that was found, and as names stand.
            let placed = if word.cased {
                word.capital
            } else {
                word.sentence_start || self.title_before(at).is_some() || self.spoken(at, 1)
            };
            return placed && begins_with_part(&self.text.normal(at), parts);
        }
        if !word.cased || self.tagged_alone(at).is_some() {
            return true;
        }
        let abbreviation = word.shouted && word.length <= 4;
        word.capital && !abbreviation && (self.text.capitals_mean_nothing || self.stands_alone(at, parts))
    }

    /// What the tagger says, where it takes just this word for a name.
    fn tagged_alone(&self, at: usize) -> Option<Tagged> {
        let alone = |t: &Tagged| t.length == 1 && t.likely >= super::tagged::least(self.text, t);
        let found = self.tagged.binary_search_by_key(&at, |t| t.at).ok()?;
        Some(self.tagged[found]).filter(alone)
    }

    /// Whether no capitalised stranger stands beside the word: "East Zangezur" names nobody.
    fn stands_alone(&self, at: usize, parts: &FxHashSet<String>) -> bool {
        let words = &self.text.words;
        let stranger = |i: usize| {
            let word = &words[i];
            !self.taken[i]
                && word.capital
                && word.class.is_none()
                && !word.sentence_start
                && !begins_with_part(&self.text.normal(at), parts)
        };
        let before = at > 0 && words[at].gap.holds() && stranger(at - 1);
        let after = words.get(at + 1).is_some_and(|w| w.gap.holds()) && stranger(at + 1);
        !(before || after)
    }
}

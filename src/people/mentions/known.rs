//! Known people: rows of words that are the full name of one.

use std::rc::Rc;

use super::*;

/// From this score on, words that nothing else says to be a name are one of somebody known. Most rows of words are no
/// name at all, so more is asked than of two names.
const SURELY_KNOWN: f64 = 0.8;

/// Words as alike as this are one word, a little differently spelt.
const SPELT_SO: f64 = 0.97;

/// Bits that a letter says in a name that is spelt as it is known, and that a consonant class does in others.
const LETTER: usize = 4;
const CONSONANT: usize = 3;

/// The tagger is never surer than this, either way.
const LEAST_LIKELY: f64 = 0.0001;

impl Finder<'_> {
    /// Stretches that are a full name of somebody known, longest first.
    pub(super) fn known_names(&mut self) {
        let mut at = 0;
        while at < self.text.words.len() {
            // A Han letter is no word: what may be a name of them the tagger says.
            if self.text.words[at].alphabet == Alphabet::Han {
                at += 1;
                continue;
            }
            let longest = self.reach(at).min(LONGEST);
            // A word that is also something else (رئيسي: main; Rəisi: chief) is taken for a name only where nothing
            // else fits.
            let found = [false, true].into_iter().find_map(|doubtful| {
                (2..=longest).rev().find_map(|length| self.known_at(at, length, doubtful).map(|c| (c, length)))
            });
            match found {
                Some((candidate, length)) => {
                    self.taken[at..at + length].fill(true);
                    if !self.is_named_after(at, length) {
                        self.found.push(candidate);
                    }
                    at += length;
                }
                None => at += 1,
            }
        }
    }

    fn known_at(&mut self, at: usize, length: usize, doubtful: bool) -> Option<Candidate> {
        let words = &self.text.words[at..at + length];
        let (first, last) = (&words[0], &words[length - 1]);
        let sure = may_border(first) && may_border(last);
        let homonym = |w: &WordAt| may_be_homonym(w) || !w.cased && w.class.is_some() && self.is_family_ending(w);
        let one_doubtful =
            may_border(first) != may_border(last) && [first, last].into_iter().all(|w| may_border(w) || homonym(w));
        if (if doubtful { !one_doubtful } else { !sure }) || words.iter().any(|w| !may_be_inside(w)) {
            return None;
        }
        if length > 2 && last.class == Some(Word::Lineage) {
            return None;
        }
        if last.kinds.any(Kinds::EPONYM) {
            return None;
        }
        // One letter is an initial only with its point: С Ильхамом is "with Ilham".
        if first.length == 1 && words[1].gap != Gap::Dot {
            return None;
        }
        let mut options: Vec<Vec<Variant>> = Vec::with_capacity(length);
        for i in at..at + length {
            let known: Vec<Variant> = self
                .text
                .variants(i, self.memory)
                .iter()
                .enumerate()
                .filter(|(n, v)| *n == 0 || may_stand(v, i == at, i + 1 == at + length))
                .map(|(_, v)| v.clone())
                .filter(|v| self.authority.knows_part(&v.token) || is_joining(&self.text.words[i]))
                .take(4)
                .collect();
            if known.is_empty() && !(1..length - 1).contains(&(i - at)) && length <= 2 {
                return None;
            }
            let written = self.text.variants(i, self.memory).first().cloned();
            options.push(if known.is_empty() { vec![written?] } else { known });
        }
        let cased = self.text.words[at..at + length].iter().any(|w| w.cased);
        let (chosen, known) = self.best_reading(&options, cased)?;
        if !cased && !self.is_no_chance(at, &chosen, &known[0].spelling) {
            return None;
        }
        if known[0].worst < SPELT_SO && self.goes_on_beside(at, length) {
            return None;
        }
        if doubtful && (known[0].score < 0.95 || chosen.iter().any(|v| v.stripped && v.before == 0)) {
            return None;
        }
        let title = self.title_of(at, length);
        let mut candidate = self.candidate(at, length, &chosen, true);
        candidate.why = format!("known name: {}", known[0].why.join(", "));
        (candidate.known, candidate.near) = known.into_iter().partition(|m| m.sure);
        candidate.set_title(title);
        Some(candidate)
    }

    /// Whether the word may be the second half of a family name: میرزا زاده.
    fn is_family_ending(&self, word: &WordAt) -> bool {
        let normal = normalise(self.text.stretch(word.start, word.end));
        self.text.lexicons.iter().any(|l| l.is_family_ending(&normal))
    }

    /// Whether words without capitals are a known name by more than chance: in every text so many words stand side by side,
    /// and so many people are known, that short words are like somebody's name. Counted in bits: those that the letters say,
    /// and those that the tagger says of the words where they stand.
    fn is_no_chance(&self, at: usize, chosen: &[Variant], spelling: &str) -> bool {
        let written = chosen.iter().map(|v| v.normal.as_str()).collect::<Vec<_>>().join(" ");
        let letters = |variant: &Variant| {
            let (all, consonants) = (variant.normal.chars().count(), variant.token.skeleton().length());
            if written == normalise(spelling) {
                LETTER * all
            } else {
                CONSONANT * consonants + all.saturating_sub(consonants)
            }
        };
        let written: usize = chosen.iter().map(letters).sum();
        let likely = f64::from(self.tagging.likely(at, chosen.len())).clamp(LEAST_LIKELY, 1.0 - LEAST_LIKELY);
        written as f64 + (likely / (1.0 - likely)).log2() >= (self.authority.names() as f64).log2()
    }

    /// Whether the words are rather a part of a longer name: another word with a capital, which is nothing else, stands
    /// beside them.
    fn goes_on_beside(&self, at: usize, length: usize) -> bool {
        let words = &self.text.words;
        let stranger = |word: &WordAt| word.capital && word.class.is_none();
        let after = words.get(at + length).is_some_and(|w| w.gap.holds() && stranger(w));
        let before = at > 0 && words[at].gap.holds() && !words[at - 1].sentence_start && stranger(&words[at - 1]);
        after && !self.text.ends_set_off(at + length - 1) || before
    }

    /// The known people who have each of the words; each row of a document is looked up once.
    fn find_row(&mut self, written: String, name: &Name) -> Rc<[Match]> {
        let look_up = || self.authority.find_row(name).into();
        self.looked_up.rows.entry(written).or_insert_with(look_up).clone()
    }

    /// The combination of variants that fits somebody known best.
    fn best_reading(&mut self, options: &[Vec<Variant>], cased: bool) -> Option<(Vec<Variant>, Vec<Match>)> {
        let mut best: Option<(f64, Vec<Variant>, Vec<Match>)> = None;
        for chosen in combinations(options, 32) {
            let written = chosen.iter().map(|v| v.normal.as_str()).collect::<Vec<_>>().join(" ");
            let name = Name::parse(&written);
            // With a title it is the name of a shorter row of words.
            if name.text != written {
                continue;
            }
            let found = self.find_row(written, &name);
            let Some(first) = found.first() else { continue };
            // A word more than the known name has is rather a neighbour than a part of it.
            let stripped = chosen.iter().filter(|v| v.stripped).count() as f64;
            let score = first.score - 0.01 * stripped;
            // Without capitals any row of words is asked, so all of the known name has to be there.
            let alike = if cased { first.worst >= 0.75 } else { first.worst >= 0.9 && first.lacking == 0 };
            if first.sure
                && first.score >= SURELY_KNOWN
                && alike
                && first.unmatched == 0
                && best.as_ref().is_none_or(|b| score > b.0)
            {
                best = Some((score, chosen, found.to_vec()));
            }
        }
        best.map(|(_, chosen, found)| (chosen, found))
    }
}

/// The words of `options` in every combination, the written ones first, at most `most`.
pub(super) fn combinations(options: &[Vec<Variant>], most: usize) -> Vec<Vec<Variant>> {
    let mut all: Vec<Vec<Variant>> = vec![Vec::new()];
    for variants in options {
        all = all
            .iter()
            .flat_map(|head| {
                variants.iter().map(move |v| {
                    let mut next = head.clone();
                    next.push(v.clone());
                    next
                })
            })
            .take(most)
            .collect();
    }
    all
}

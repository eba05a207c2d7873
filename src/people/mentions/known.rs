//! Known people: rows of words that are the full name of one.

use smallvec::SmallVec;

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
            let longest = self.longest_at(at);
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

    /// How many words from `at` on may be one known name, as far as two that stand side by side can say.
    fn longest_at(&mut self, at: usize) -> usize {
        let first = &self.text.words[at];
        if !(may_border(first) || self.may_be_doubtful(first)) {
            return 1;
        }
        let reach = self.reach(at).min(LONGEST);
        1 + (at..at + reach - 1).take_while(|next| self.may_be_beside(*next, at)).count()
    }

    /// Whether somebody's name has both the word and the next one, or what stands between the parts of a name; the name begins
    /// at `first`.
    fn may_be_beside(&mut self, at: usize, first: usize) -> bool {
        if !may_be_inside(&self.text.words[at + 1]) {
            return false;
        }
        let (Some(one), Some(other)) = (self.part(at), self.part(at + 1)) else { return false };
        if one.is_open() || other.is_open() {
            return true;
        }
        let (ones, others) = (one.usable(at == first, false), other.usable(false, true));
        let pair = [one, other];
        ones.iter().any(|one| others.iter().any(|other| self.knows_row(&pair, &[*one, *other])))
    }

    /// Whether somebody's name has all of these words, in these of their spellings.
    fn knows_row(&self, parts: &[Rc<Part>], choice: &[u8]) -> bool {
        Self::row_of(parts, choice).is_some_and(|row| self.looked_up.knows_row(self.authority, &row))
    }

    /// Whether a word that is also something else may be a part of a name.
    fn may_be_doubtful(&self, word: &WordAt) -> bool {
        may_be_homonym(word) || !word.cased && word.class.is_some() && self.is_family_ending(word)
    }

    fn known_at(&mut self, at: usize, length: usize, doubtful: bool) -> Option<Candidate> {
        let words = &self.text.words[at..at + length];
        let (first, last) = (&words[0], &words[length - 1]);
        let sure = may_border(first) && may_border(last);
        let one_doubtful = may_border(first) != may_border(last)
            && [first, last].into_iter().all(|w| may_border(w) || self.may_be_doubtful(w));
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
        let mut parts: SmallVec<[Rc<Part>; LONGEST]> = SmallVec::new();
        let mut options: SmallVec<[Usable; LONGEST]> = SmallVec::new();
        for i in at..at + length {
            let part = self.part(i)?;
            let usable = part.usable(i == at, i + 1 == at + length);
            if usable.is_empty() {
                return None;
            }
            parts.push(part);
            options.push(usable);
        }
        let cased = self.text.words[at..at + length].iter().any(|w| w.cased);
        let (chosen, known) = self.best_reading(at, &parts, &options, cased)?;
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

    /// How many bits words without capitals have to say, for them to be a known name by more than chance: in every text so many
    /// words stand side by side, and so many people are known, that short words are like somebody's name. What the tagger says
    /// of the words where they stand is counted in.
    fn chance(&self, at: usize, length: usize) -> f64 {
        let likely = f64::from(self.tagging.likely(at, length)).clamp(LEAST_LIKELY, 1.0 - LEAST_LIKELY);
        (self.authority.names() as f64).log2() - (likely / (1.0 - likely)).log2()
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

    /// What the word may be as a part of a known name, found out once; `None` for most.
    pub(super) fn part(&mut self, at: usize) -> Option<Rc<Part>> {
        if let Some(part) = &self.parts[at] {
            return part.clone();
        }
        let word = &self.text.words[at];
        // A point, or what may stand between the parts of a name, is no part of it.
        let is_beside =
            word.length == 1 || word.kinds.any(Kinds::PARTICLE | Kinds::SON | Kinds::LINEAGE | Kinds::HONORIFIC);
        let stands = Stands { is_beside, joins: is_joining(word) };
        let part = self.looked_up.part(self.text.number(at), stands, || self.find_out(at, stands));
        self.parts[at] = Some(part.clone());
        part
    }

    fn find_out(&self, at: usize, Stands { is_beside, joins }: Stands) -> Option<Part> {
        let variants = self.text.variants(at, self.memory);
        let words: SmallVec<[Option<Rc<KnownPart>>; 4]> =
            variants.iter().map(|variant| self.authority.part(&variant.token)).collect();
        let known: SmallVec<[u8; 10]> =
            (0..variants.len() as u8).filter(|n| joins || words[usize::from(*n)].is_some()).collect();
        let is_compound = self.text.written(at).contains(HYPHENS) || variants.iter().any(|v| v.token.is_joined());
        let leaves = variants.iter().map(|variant| (variant.before > 0, variant.after > 0)).collect();
        (is_beside || !known.is_empty()).then_some(Part { words, leaves, known, is_beside, is_compound })
    }

    /// The words of a row that a name has to have: what only stands between the parts of one is left out, if two are left.
    /// `None` where nobody's name has one of them.
    fn row_of(parts: &[Rc<Part>], choice: &[u8]) -> Option<SmallVec<[Rc<KnownPart>; LONGEST]>> {
        let all = parts.len() - parts.iter().filter(|part| part.is_beside).count() < 2;
        let own = parts.iter().zip(choice).filter(|(part, _)| all || !part.is_beside);
        own.map(|(part, n)| part.words[usize::from(*n)].clone()).collect()
    }

    /// The known people who have each of the words of a row; each row is looked up once.
    fn find_row(&self, written: &str) -> Rc<[Match]> {
        let authority = self.authority;
        self.looked_up.row(written, || {
            let name = Name::parse(written);
            // With a title it is the name of a shorter row of words.
            if name.text != written { Vec::new() } else { authority.find_row(&name) }
        })
    }

    /// The combination of variants of the words from `at` on that fits somebody known best.
    fn best_reading(
        &mut self,
        at: usize,
        parts: &[Rc<Part>],
        options: &[Usable],
        cased: bool,
    ) -> Option<(Vec<Variant>, Vec<Match>)> {
        let of_words = !parts.iter().any(|part| part.is_compound);
        let mut choices = combinations(options, MOST_CHOICES);
        choices.retain(|choice| !of_words || self.knows_row(parts, choice));
        if choices.is_empty() {
            return None;
        }
        let spellings: SmallVec<[Rc<[Variant]>; LONGEST]> =
            (at..at + parts.len()).map(|word| self.text.variants(word, self.memory)).collect();
        let mut best: Option<(f64, Usable, Rc<[Match]>)> = None;
        let (mut written, mut chance) = (String::new(), None);
        for choice in choices {
            let chosen: SmallVec<[&Variant; LONGEST]> =
                spellings.iter().zip(&choice).map(|(word, n)| &word[usize::from(*n)]).collect();
            written.clear();
            for variant in &chosen {
                written.push_str(if written.is_empty() { "" } else { " " });
                written.push_str(&variant.normal);
            }
            let chance = (!cased).then(|| *chance.get_or_insert_with(|| self.chance(at, parts.len())));
            let is_chance = |exact| chance.is_some_and(|chance| bits(&chosen, exact) < chance);
            // What is left to chance however it is found is not asked.
            if is_chance(false) && (is_chance(true) || !self.authority.has_spelling(&written)) {
                continue;
            }
            let found = self.find_row(&written);
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
                best = Some((score, choice, found));
            }
        }
        let (_, choice, found) = best?;
        let chosen: Vec<Variant> =
            spellings.iter().zip(&choice).map(|(word, n)| word[usize::from(*n)].clone()).collect();
        let written = chosen.iter().map(|v| v.normal.as_str()).collect::<Vec<_>>().join(" ");
        let exact = written == normalise(&found[0].spelling);
        let is_chance = chance.is_some_and(|chance| bits(&chosen.iter().collect::<Vec<_>>(), exact) < chance);
        (!is_chance).then(|| (chosen, found.to_vec()))
    }
}

/// Bits that words say, where they are spelt as somebody's name is known, and where they only sound like it.
fn bits(words: &[&Variant], exact: bool) -> f64 {
    let letters = |variant: &&Variant| {
        let (all, consonants) = (variant.normal.chars().count(), variant.token.skeleton().length());
        if exact { LETTER * all } else { CONSONANT * consonants + all.saturating_sub(consonants) }
    };
    words.iter().map(letters).sum::<usize>() as f64
}

/// A written word as a part of known names.
pub struct Part {
    /// Its spellings, as the authorities know each.
    words: SmallVec<[Option<Rc<KnownPart>>; 4]>,
    /// Whether each leaves something of the word before the name, and after it.
    leaves: SmallVec<[(bool, bool); 4]>,
    /// Those that a known name may have.
    known: SmallVec<[u8; 10]>,
    /// Whether it may stand in a name without being a part of it.
    is_beside: bool,
    /// Whether a name may have it as two words (Hans-Peter), or together with its neighbour (Abd Allah).
    is_compound: bool,
}

/// How a word stands in a text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stands {
    /// In a name without being a part of it.
    is_beside: bool,
    /// Between the parts of a name.
    joins: bool,
}

/// Spellings of a word, by their numbers.
type Usable = SmallVec<[u8; LONGEST]>;

/// Spellings of one word that are tried, and combinations of those of all.
const MOST_USABLE: usize = 4;
const MOST_CHOICES: usize = 32;

impl Part {
    /// Whether a known name may have it.
    pub fn is_known(&self) -> bool {
        self.words.iter().any(Option::is_some)
    }

    /// Whether a name may have it without a word that is like it.
    fn is_open(&self) -> bool {
        self.is_beside || self.is_compound
    }

    /// The spellings that may stand in the first or last place of a name, or in between; none for what no name has.
    fn usable(&self, first: bool, last: bool) -> Usable {
        let fits = |n: &u8| *n == 0 || may_stand(self.leaves[usize::from(*n)], first, last);
        let usable: Usable = self.known.iter().copied().filter(fits).take(MOST_USABLE).collect();
        if usable.is_empty() && self.is_beside && !self.words.is_empty() && !first && !last {
            return SmallVec::from_slice(&[0]);
        }
        usable
    }
}

/// One of each of the options, in every combination, the first ones first, at most `most`.
pub(super) fn combinations<T: Clone>(options: &[SmallVec<[T; LONGEST]>], most: usize) -> Vec<SmallVec<[T; LONGEST]>> {
    let mut all = vec![SmallVec::new()];
    for option in options {
        let longer = all.iter().flat_map(|head: &SmallVec<[T; LONGEST]>| {
            option.iter().map(move |one| {
                let mut next = head.clone();
                next.push(one.clone());
                next
            })
        });
        all = longer.take(most).collect();
    }
    all
}

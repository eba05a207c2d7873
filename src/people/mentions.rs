//! Finds the stretches of text that name somebody.
//!
//! Evidence, strongest first: the name of a known person; a given name that starts a run of names; a title, an office
//! or a verb of speech beside a run; the ending of a family name. In scripts with capitals a run is a row of capitalised
//! words that no lexicon calls something else; in scripts without, the words after a given name or a title.
//!
//! A word alone names somebody only together with a fuller mention in the document, or a title and somebody known; that
//! is decided in [`super::coreference`] and [`super::resolve`].

use rustc_hash::FxHashSet;

use super::Authority;
use super::authority::Match;
use super::text::{Gap, Memory, Text, Variant, WordAt};
use crate::model::TextField;
use crate::names::{Name, Token, Word, compare_tokens, is_given_name, normalise, sounds_like_given_name};

/// A stretch of text that may name somebody.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub field: TextField,
    /// Code points of the field; titles, prefixes and set-off endings outside.
    pub start: usize,
    pub end: usize,
    /// As written, between the two.
    pub text: String,
    /// The name: as written, or without the endings where that fits somebody known better.
    pub name: Name,
    /// For a single word, and for keys: all spellings that the written one may stand for, one list a word.
    pub variants: Vec<Vec<Token>>,
    /// For a short one: what each variant of its last word leaves outside the name, in code points before and after.
    pub cuts: Vec<(usize, usize)>,
    pub full: bool,
    /// Known people with this name, best first. Empty for short ones.
    pub known: Vec<Match>,
    /// Known people whose name is like it, and not enough, best first.
    pub near: Vec<Match>,
    /// What speaks for it being a name, in words.
    pub why: String,
    /// Offices named beside it, by code.
    pub roles: Vec<String>,
    /// Whether a title or office stands before it.
    pub titled: bool,
}

/// From this score on, words that nothing else says to be a name are one of somebody known. Most rows of words are no
/// name at all, so more is asked than of two names.
const SURELY_KNOWN: f64 = 0.8;

/// Words as alike as this are one word, a little differently spelt.
const SPELT_SO: f64 = 0.97;

/// Bits that a letter says in a name that is spelt as it is known, that a consonant class does in others, that a word of the lists of given names, and that a title or a verb of speech beside it say.
const LETTER: usize = 4;
const CONSONANT: usize = 3;
const GIVEN: usize = 8;
const BESIDE: usize = 6;

/// Rows of words of a text that may be asked for.
const ROWS_OF_A_TEXT: usize = 512;

/// The longest name, in words.
const LONGEST: usize = 5;

/// Compound family names of one text that are looked for, at most.
const MOST_TAILS: usize = 32;

/// All candidates of the texts, in order.
pub fn find(texts: &[Text], authority: &Authority, memory: &mut Memory) -> Vec<Candidate> {
    let mut all = Vec::new();
    for text in texts {
        let mut finder = Finder { text, authority, memory, taken: vec![false; text.words.len()], found: Vec::new() };
        finder.known_names();
        finder.runs_of_names();
        finder.short_names();
        finder.found.sort_by_key(|c| c.start);
        all.append(&mut finder.found);
    }
    all
}

struct Finder<'a> {
    text: &'a Text,
    authority: &'a Authority,
    memory: &'a mut Memory,
    /// Words that belong to a mention.
    taken: Vec<bool>,
    found: Vec<Candidate>,
}

impl Finder<'_> {
    /// Stretches that are a full name of somebody known, longest first.
    fn known_names(&mut self) {
        let mut at = 0;
        while at < self.text.words.len() {
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

    /// Whether the name is that of a thing: Heydar Aliyev Foundation, площадь Гейдара Алиева, بنیاد حیدر علی‌اف.
    fn is_named_after(&self, at: usize, length: usize) -> bool {
        let words = &self.text.words;
        let thing = |w: &WordAt| self.text.lexicons.iter().any(|l| l.is_eponym(&w.normal));
        let after = words.get(at + length).is_some_and(|w| w.gap == Gap::Space && thing(w));
        // What names a thing before the name puts the name into the genitive, or has no cases at all.
        let heads = |w: &WordAt| thing(w) && self.text.lexicons.first().is_some_and(|l| l.heads_first());
        let before = at > 0 && words[at].gap == Gap::Space && heads(&words[at - 1]);
        after && !words[at + length - 1].ends_set_off() || before
    }

    /// How many words from `at` on stand close enough together to be one name.
    fn reach(&self, at: usize) -> usize {
        let words = &self.text.words;
        let close = |pair: &[WordAt]| matches!(pair[1].gap, Gap::Space | Gap::Dot) && !pair[0].ends_set_off();
        1 + words[at..].windows(2).take(LONGEST - 1).take_while(|pair| close(pair)).count()
    }

    fn known_at(&mut self, at: usize, length: usize, doubtful: bool) -> Option<Candidate> {
        let words = &self.text.words[at..at + length];
        let (first, last) = (&words[0], &words[length - 1]);
        let sure = may_border(first) && may_border(last);
        let homonym = |w: &WordAt| {
            may_be_homonym(w) || (!w.cased && self.text.lexicons.iter().any(|l| l.suffixes.contains(&w.normal)))
        };
        let one_doubtful =
            may_border(first) != may_border(last) && [first, last].into_iter().all(|w| may_border(w) || homonym(w));
        if (if doubtful { !one_doubtful } else { !sure }) || words.iter().any(|w| !may_be_inside(w)) {
            return None;
        }
        if length > 2 && last.class == Some(Word::Lineage) {
            return None;
        }
        if self.text.lexicons.iter().any(|l| l.is_eponym(&last.normal)) {
            return None;
        }
        // One letter is an initial only with its point: С Ильхамом is "with Ilham".
        if first.text.chars().count() == 1 && words[1].gap != Gap::Dot {
            return None;
        }
        let mut options: Vec<Vec<Variant>> = Vec::with_capacity(length);
        for i in at..at + length {
            let known: Vec<Variant> = self
                .text
                .variants(i, self.memory)
                .iter()
                .enumerate()
                // Inside a name only the last word carries set-off endings, and only the first a prefix.
                .filter(|(n, v)| *n == 0 || ((i == at || v.before == 0) && (i + 1 == at + length || v.after == 0)))
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
        let title = self.title_before(at);
        let mut candidate = self.candidate(at, length, &chosen, true);
        candidate.why = format!("known name: {}", known[0].why.join(", "));
        (candidate.known, candidate.near) = known.into_iter().partition(|m| m.sure);
        candidate.set_title(title);
        Some(candidate)
    }

    /// Whether words without capitals are a known name by more than chance: in every text so many words stand side by side,
    /// and so many people are known, that short words are like somebody's name. Counted in bits.
    fn is_no_chance(&mut self, at: usize, chosen: &[Variant], spelling: &str) -> bool {
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
        let given = (at..at + chosen.len()).any(|i| self.is_given(i));
        let beside = self.title_before(at).is_some() || self.spoken(at, chosen.len());
        let chances = (self.authority.names() * ROWS_OF_A_TEXT) as f64;
        (written + GIVEN * usize::from(given) + BESIDE * usize::from(beside)) as f64 >= chances.log2()
    }

    /// Whether the words are rather a part of a longer name: another word with a capital, which is nothing else, stands
    /// beside them.
    fn goes_on_beside(&self, at: usize, length: usize) -> bool {
        let words = &self.text.words;
        let stranger = |word: &WordAt| word.capital && word.class.is_none();
        let after = words.get(at + length).is_some_and(|w| w.gap == Gap::Space && stranger(w));
        let before = at > 0 && words[at].gap == Gap::Space && !words[at - 1].sentence_start && stranger(&words[at - 1]);
        after && !words[at + length - 1].ends_set_off() || before
    }

    /// The combination of variants that fits somebody known best.
    fn best_reading(&self, options: &[Vec<Variant>], cased: bool) -> Option<(Vec<Variant>, Vec<Match>)> {
        let mut best: Option<(f64, Vec<Variant>, Vec<Match>)> = None;
        for chosen in combinations(options, 32) {
            let written = chosen.iter().map(|v| v.normal.as_str()).collect::<Vec<_>>().join(" ");
            let name = Name::parse(&written);
            // With a title it is the name of a shorter row of words.
            if name.text != written {
                continue;
            }
            let found = self.authority.find_row(&name);
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
                best = Some((score, chosen, found));
            }
        }
        best.map(|(_, chosen, found)| (chosen, found))
    }

    /// Rows of words that look like a name of somebody nobody has listed.
    fn runs_of_names(&mut self) {
        let mut at = 0;
        while at < self.text.words.len() {
            let mut length = self.run_at(at);
            // A Seyyed belongs to the name that follows.
            if length > 2 && self.text.words[at + length - 1].class == Some(Word::Lineage) {
                length -= 1;
            }
            let of_thing = |word: &WordAt| self.text.lexicons.iter().any(|l| l.is_eponym(&word.normal));
            if length >= 2 && (of_thing(&self.text.words[at + length - 1]) || self.is_named_after(at, length)) {
                self.taken[at..at + length].fill(true);
                at += length;
            } else if length >= 2 && self.accept_run(at, length) {
                at += length;
            } else if length > LONGEST {
                // A list without commas: where one name ends and the next begins, nobody can tell.
                at += length;
            } else {
                at += 1;
            }
        }
    }

    fn run_at(&self, at: usize) -> usize {
        let words = &self.text.words;
        if self.taken[at] || !starts_name(&words[at]) {
            return 0;
        }
        let mut end = at + 1;
        // An apostrophe that sets an ending off ends the name; a row of more words than a name has is none.
        while end < words.len()
            && end - at <= LONGEST
            && !self.taken[end]
            && matches!(words[end].gap, Gap::Space | Gap::Dot)
            && !words[end - 1].ends_set_off()
        {
            if continues_name(&words[end]) {
                end += 1;
                continue;
            }
            // A particle counts only when a name goes on after it.
            let goes_on =
                words.get(end + 1).is_some_and(|w| w.gap == Gap::Space && continues_name(w) && !self.taken[end + 1]);
            if is_joining(&words[end]) && (goes_on || words[end].class == Some(Word::SonAfter)) {
                end += 1;
            } else {
                break;
            }
        }
        end - at
    }

    fn accept_run(&mut self, at: usize, length: usize) -> bool {
        let words = &self.text.words;
        let cased = words[at].cased;
        let title = self.title_before(at);
        let given = self.is_given(at) || (words[at].class == Some(Word::Lineage) && self.is_given(at + 1));
        if !cased {
            return self.accept_uncased(at, length, given, title);
        }
        if length > LONGEST {
            return false;
        }
        let last = at + length - 1;
        let spoken = self.spoken(at, length);
        let why = if given {
            "a given name begins it"
        } else if self.office_after(last) && length <= 3 && !self.text.capitals_mean_nothing {
            "an office stands after it"
        } else if self.text.capitals_mean_nothing {
            return false;
        } else if title.is_some() {
            "a title stands before it"
        } else if self.is_given(at + 1) && length == 2 && self.has_family_ending(at) {
            "family name, then given name"
        } else if self.has_family_ending(last) && length <= 3 {
            "it ends like a family name"
        } else if spoken && length <= 3 && !words[at].sentence_start {
            "a verb of speech stands beside it"
        } else {
            return false;
        };
        if words[at..=last].iter().all(|w| w.given)
            && length == 2
            && words[at].sentence_start
            && title.is_none()
            && !cased
        {
            return false;
        }
        self.push_run(at, length, why.to_owned(), title);
        true
    }

    /// Whether an office is named directly after the word, or after a comma and a country: "X, Iran's foreign minister".
    fn office_after(&self, last: usize) -> bool {
        let words = &self.text.words;
        let mut near = words[last + 1..]
            .iter()
            .take(7)
            .enumerate()
            .take_while(|(i, w)| w.gap == Gap::Space || (*i == 0 && w.gap == Gap::Comma));
        let cased = words[last].cased;
        let comma = words.get(last + 1).is_some_and(|w| w.gap == Gap::Comma);
        if cased && !comma {
            return false;
        }
        let found = near.find_map(|(_, w)| match w.class {
            Some(Word::Role(_)) => Some(true),
            Some(Word::Country(_) | Word::Place | Word::NotName | Word::Organisation) if comma => None,
            None if comma && !w.capital => None,
            _ => Some(false),
        });
        found.unwrap_or(false)
    }

    /// Whether a verb of speech stands directly before or after.
    fn spoken(&self, at: usize, length: usize) -> bool {
        let words = &self.text.words;
        let speech = |w: &WordAt| w.class == Some(Word::Speech);
        words.get(at + length).is_some_and(|w| speech(w) && w.gap == Gap::Space)
            || (at > 0 && speech(&words[at - 1]) && words[at].gap == Gap::Space)
    }

    /// Without capitals a name has to be fenced: a given name with the one or two words after it, or a title.
    fn accept_uncased(&mut self, at: usize, length: usize, given: bool, title: Option<Title>) -> bool {
        let words = &self.text.words;
        let mut take = 2.min(length);
        // سید حسن نصرالله, محمد جواد ظریف, فلان بن فلان: names of three words begin with two that are no family name.
        while take < length.min(4)
            && (words[at + take - 1].given
                || is_joining(&words[at + take - 1])
                || words[at].class == Some(Word::Lineage) && take == 2)
        {
            take += 1;
        }
        let ends_at = |end: usize| words.get(end).is_none_or(|w| w.gap != Gap::Space || w.class.is_some());
        if length <= 3 && ends_at(at + length) {
            take = length;
        }
        let fenced = ends_at(at + take);
        let why = match (given, title.is_some()) {
            (true, true) => "a title stands before it and a given name begins it",
            (true, false) if self.has_family_ending(at + take - 1) => {
                "a given name begins it and it ends like a family name"
            }
            (true, false) if self.office_after(at + take - 1) => "a given name begins it and an office stands after it",
            (true, false) if fenced && self.spoken(at, take) => "a given name begins it, beside a verb of speech",
            (false, true) if fenced && take == length => "a title stands before it",
            _ => return false,
        };
        self.push_run(at, take, why.to_owned(), title);
        true
    }

    fn push_run(&mut self, at: usize, length: usize, why: String, title: Option<Title>) {
        let chosen: Option<Vec<Variant>> = (at..at + length)
            .map(|i| {
                let variants = self.text.variants(i, self.memory);
                // The written form, unless an apostrophe says where the ending begins.
                let set_off = variants.iter().find(|v| i + 1 == at + length && v.after > 0 && !v.stripped);
                set_off.or(variants.first()).cloned()
            })
            .collect();
        let Some(chosen) = chosen else { return };
        let mut candidate = self.candidate(at, length, &chosen, true);
        (candidate.known, candidate.near) = self.authority.find(&candidate.name).into_iter().partition(|m| m.sure);
        candidate.why = why;
        candidate.set_title(title);
        self.taken[at..at + length].fill(true);
        self.found.push(candidate);
    }

    /// Single words that may be part of a name; most will turn out to be nobody's.
    fn short_names(&mut self) {
        let (parts, tails) = self.parts_of_full_names();
        let mut at = 0;
        while at < self.text.words.len() {
            let length = self.compound_at(at, &tails).unwrap_or(1);
            if self.may_be_short(at, length, &parts) {
                let variants = self.text.variants(at + length - 1, self.memory);
                if let Some(written) = variants.first().cloned() {
                    let mut chosen = self.written(at, length - 1);
                    chosen.push(written);
                    let mut candidate = self.candidate(at, length, &chosen, false);
                    candidate.set_title(self.title_before(at));
                    self.found.push(candidate);
                }
            }
            at += length;
        }
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
    fn compound_at(&mut self, at: usize, tails: &[(Token, Token)]) -> Option<usize> {
        let words = &self.text.words;
        let (first, second) = (words.get(at)?, words.get(at + 1)?);
        if tails.is_empty()
            || self.taken[at]
            || self.taken[at + 1]
            || second.gap != Gap::Space
            || (first.cased && !(first.capital && second.capital))
        {
            return None;
        }
        let firsts = self.text.variants(at, self.memory).to_vec();
        let seconds = self.text.variants(at + 1, self.memory);
        let fits =
            |token: &Token, variants: &[Variant]| variants.iter().any(|v| compare_tokens(&v.token, token) >= 0.97);
        tails.iter().any(|(a, b)| fits(a, &firsts) && fits(b, seconds)).then_some(2)
    }

    fn may_be_short(&self, at: usize, length: usize, parts: &FxHashSet<String>) -> bool {
        let word = &self.text.words[at];
        if self.taken[at] || word.text.chars().count() < 2 || self.is_named_after(at, length) {
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
            return placed && begins_with_part(&word.normal, parts);
        }
        if !word.cased {
            return true;
        }
        let abbreviation = word.shouted && word.text.chars().count() <= 4;
        word.capital && !abbreviation && (self.text.capitals_mean_nothing || self.stands_alone(at, parts))
    }

    /// The written forms of words.
    fn written(&mut self, at: usize, length: usize) -> Vec<Variant> {
        (at..at + length).filter_map(|i| self.text.variants(i, self.memory).first().cloned()).collect()
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
                && !begins_with_part(&word.normal, parts)
        };
        let before = at > 0 && words[at].gap == Gap::Space && stranger(at - 1);
        let after = words.get(at + 1).is_some_and(|w| w.gap == Gap::Space) && stranger(at + 1);
        !(before || after)
    }

    fn candidate(&mut self, at: usize, length: usize, chosen: &[Variant], full: bool) -> Candidate {
        let words = &self.text.words[at..at + length];
        let (first, last) = (&words[0], &words[length - 1]);
        let start = first.start + chosen[0].before;
        let end = last.end - chosen[length - 1].after;
        let mut text = String::new();
        let mut written: Vec<String> = Vec::with_capacity(length);
        for (i, (word, variant)) in words.iter().zip(chosen).enumerate() {
            let letters: Vec<char> = word.text.chars().collect();
            let from = if i == 0 { variant.before } else { 0 };
            let to = letters.len() - if i + 1 == length { variant.after } else { 0 };
            let part: String = letters[from..to].iter().collect();
            if i > 0 {
                text.push_str(if word.gap == Gap::Dot { ". " } else { " " });
            }
            text.push_str(&part);
            // Where an ending was taken off, the name is what is left.
            written.push(if variant.stripped { capitalise_like(&variant.normal, word) } else { part });
        }
        let name = Name::parse(&written.join(" "));
        let mut variants: Vec<Vec<Token>> = (at..at + length)
            .map(|i| self.text.variants(i, self.memory).iter().map(|v| v.token.clone()).collect())
            .collect();
        let cuts = self.text.variants(at + length - 1, self.memory).iter().map(|v| (v.before, v.after)).collect();
        if !full && length == 2 {
            // A compound family name is asked for as one word.
            let first = variants[0].first().map_or_else(Default::default, |t| t.text.clone());
            let whole = variants[1].iter().filter_map(|t| Token::new(&format!("{first}{}", t.text))).collect();
            variants = vec![whole];
        }
        Candidate {
            field: self.text.field,
            start,
            end,
            text,
            name,
            variants,
            cuts,
            full,
            known: Vec::new(),
            near: Vec::new(),
            why: String::new(),
            roles: Vec::new(),
            titled: false,
        }
    }

    fn is_given(&mut self, at: usize) -> bool {
        let Some(word) = self.text.words.get(at) else { return false };
        if word.given {
            return true;
        }
        let variants = self.text.variants(at, self.memory);
        variants.iter().any(|v| v.normal.chars().count() >= 3 && is_given_name(&v.normal))
            || (word.cased && variants.first().is_some_and(|v| sounds_like_given_name(&v.token)))
    }

    fn has_family_ending(&self, at: usize) -> bool {
        let word = &self.text.words[at];
        let length = word.normal.chars().count();
        self.text.lexicons.iter().flat_map(|l| &l.suffixes).any(|suffix| {
            let n = suffix.chars().count();
            n >= 2 && length >= n + 3 && word.normal.ends_with(suffix.as_str())
        })
    }

    /// The title, office or people's name that stands directly before the word.
    fn title_before(&self, at: usize) -> Option<Title> {
        let words = &self.text.words;
        let mut title = Title::default();
        let mut i = at;
        while i > 0 && at - i < 12 {
            let near = words[i].gap == Gap::Space
                || words[i].gap == Gap::Dot
                || (words[i].gap == Gap::Comma && title.roles.is_empty());
            if !near || self.taken[i - 1] {
                break;
            }
            i -= 1;
            match &words[i].class {
                Some(Word::Honorific) => title.any = true,
                Some(Word::Role(code)) => {
                    title.any = true;
                    if !title.roles.contains(code) {
                        title.roles.push(code.clone());
                    }
                }
                // "President of Azerbaijan Ilham Aliyev", "رئیس‌جمهور ایران …": the office is before its country.
                Some(Word::Country(_) | Word::Place) => {}
                Some(Word::NotName) if !title.any && words[i].text.chars().count() <= 4 && i < at && at - i >= 2 => {}
                _ => break,
            }
        }
        title.any.then_some(title)
    }
}

/// What stands before a name.
#[derive(Clone, Debug, Default)]
struct Title {
    any: bool,
    roles: Vec<String>,
}

impl Candidate {
    /// Leaves outside the mention what the variant at `at` of a short name does not count to the name.
    pub fn cut(&mut self, at: usize) {
        let (Some((before, after)), Some((cut_before, cut_after))) = (self.cuts.get(at), self.cuts.first()) else {
            return;
        };
        // What the first variant leaves outside is outside already.
        let (before, after) = (before.saturating_sub(*cut_before), after.saturating_sub(*cut_after));
        let letters: Vec<char> = self.text.chars().collect();
        if before + after > 0 && before + after < letters.len() {
            self.text = letters[before..letters.len() - after].iter().collect();
            self.start += before;
            self.end -= after;
            self.name = Name::parse(&self.text);
            self.cuts.clear();
        }
    }

    fn set_title(&mut self, title: Option<Title>) {
        if let Some(title) = title {
            self.titled = title.any;
            self.roles = title.roles;
        }
    }
}

/// The words of `options` in every combination, the written ones first, at most `most`.
fn combinations(options: &[Vec<Variant>], most: usize) -> Vec<Vec<Variant>> {
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

fn is_joining(word: &WordAt) -> bool {
    matches!(word.class, Some(Word::Particle | Word::SonBefore | Word::SonAfter | Word::Lineage))
}

/// Whether the word is a part of a name that was found, perhaps with an ending.
fn begins_with_part(word: &str, parts: &FxHashSet<String>) -> bool {
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).skip(2);
    ends.filter(|end| word.len() <= end + 6).any(|end| parts.contains(&word[..end]))
}

/// Words that a lexicon lists as something else, and that still look like a name where they stand.
fn may_be_homonym(word: &WordAt) -> bool {
    matches!(word.class, Some(Word::NotName | Word::Role(_) | Word::Place | Word::Organisation))
        && word.phrase == 1
        && word.normal.chars().count() >= 3
        && (!word.cased || (word.capital && !word.sentence_start))
}

/// Words at the edge of a known name: capitalised where there are capitals.
fn may_border(word: &WordAt) -> bool {
    (!word.cased || word.capital || word.class == Some(Word::SonAfter))
        && !matches!(
            word.class,
            Some(
                Word::Honorific
                    | Word::HonorificAfter
                    | Word::Role(_)
                    | Word::Speech
                    | Word::Country(_)
                    | Word::Particle
                    | Word::SonBefore
            )
        )
        && (word.capital || word.class != Some(Word::NotName))
}

fn may_be_inside(word: &WordAt) -> bool {
    (!word.cased || word.capital || is_joining(word)) && !matches!(word.class, Some(Word::Speech))
}

fn starts_name(word: &WordAt) -> bool {
    match &word.class {
        None | Some(Word::Lineage) => !word.cased || word.capital,
        // A given name that is also a word (Mark, Summer): a capital inside a sentence decides.
        Some(Word::NotName | Word::Place) => word.cased && word.capital && word.given && !word.sentence_start,
        _ => false,
    }
}

fn continues_name(word: &WordAt) -> bool {
    word.class.is_none() && (!word.cased || word.capital)
}

fn capitalise_like(normal: &str, word: &WordAt) -> String {
    let written: Vec<char> = word.text.chars().collect();
    let same = written.iter().zip(normal.chars()).take_while(|(a, b)| a.to_lowercase().eq(b.to_lowercase())).count();
    let mut out: String = written[..same].iter().collect();
    let rest: String = normal.chars().skip(same).collect();
    if same == 0 && word.capital {
        let mut letters = rest.chars();
        if let Some(first) = letters.next() {
            out.extend(first.to_uppercase());
        }
        out.push_str(letters.as_str());
    } else {
        out.push_str(&rest);
    }
    out
}

//! Finds the stretches of text that name somebody.
//!
//! Evidence, strongest first: the name of a known person; a given name that starts a run of names; a title, an office
//! or a verb of speech beside a run; the ending of a family name. In scripts with capitals a run is a row of capitalised
//! words that no lexicon calls something else; in scripts without, the words after a given name or a title.
//!
//! A word alone names somebody only together with a fuller mention in the document, or a title and somebody known; that
//! is decided in [`super::coreference`] and [`super::resolve`]. Each kind of evidence has its file: `known`, `runs`, `short`.

mod known;
mod runs;
mod short;

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

/// The longest name, in words.
const LONGEST: usize = 5;

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

    /// Whether a verb of speech stands directly before or after.
    fn spoken(&self, at: usize, length: usize) -> bool {
        let words = &self.text.words;
        let speech = |w: &WordAt| w.class == Some(Word::Speech);
        words.get(at + length).is_some_and(|w| speech(w) && w.gap == Gap::Space)
            || (at > 0 && speech(&words[at - 1]) && words[at].gap == Gap::Space)
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

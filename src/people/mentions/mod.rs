//! Finds the stretches of text that name somebody.
//!
//! Evidence, strongest first: the name of a known person; what the tagger takes for a name; a part of a name that was
//! found. A word alone names somebody only together with a fuller mention in the document, a title and somebody known, or
//! the tagger's word for it; that is decided in [`super::coreference`] and [`super::resolve`]. Each kind of evidence has its
//! file: `known`, `tagged`, `initials`, `short`.

mod initials;
mod known;
mod short;
mod tagged;

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::Authority;
use super::authority::{KnownPart, Match};
use super::looked_up::LookedUp;
use super::tagger::{Model, Tagged, Tagging};
use super::text::{Gap, HYPHENS, Memory, Text, Variant, WordAt};
use crate::characters::Alphabet;
use crate::model::{RoleBeside, TextField};
use crate::names::{Gender, Kinds, Name, Skeleton, Token, Word, compare_tokens, gender_of_honorific, normalise};

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
    pub variants: Vec<Rc<[Variant]>>,
    /// For a short one: what each variant of its last word leaves outside the name, in code points before and after.
    pub cuts: Vec<(usize, usize)>,
    pub full: bool,
    /// Known people with this name, best first. Empty for short ones.
    pub known: Vec<Match>,
    /// Known people whose name is like it, and not enough, best first.
    pub near: Vec<Match>,
    /// What speaks for it being a name, in words.
    pub why: String,
    /// Offices named beside it.
    pub roles: Vec<RoleBeside>,
    /// Whether a title or office stands before it.
    pub titled: bool,
    /// Of the person, where the form of address before it is a man's or a woman's.
    pub gender: Option<Gender>,
    /// Whether it is a family name with initials: who is meant has to have them.
    pub initials: bool,
    /// Whether it is the subject of the verb after it, and so in its own form: "Əliyeva dedi".
    pub subject: bool,
    /// How likely the tagger takes just these words for a name; 0 where it does not.
    pub likely: f32,
}

/// The longest name, in words.
const LONGEST: usize = 5;

pub use known::{Part, Stands};
pub use tagged::names_in;

/// All candidates of the texts, in order.
pub fn find(texts: &[Text], authority: &Authority, memory: &Memory, looked_up: &LookedUp) -> Vec<Candidate> {
    let mut finders: Vec<Finder> = texts.iter().map(|text| Finder::of(text, authority, memory, looked_up)).collect();
    for finder in &mut finders {
        finder.known_names();
        finder.tagged_names();
        finder.names_with_initials();
    }
    short::find(&mut finders);
    for finder in &mut finders {
        finder.found.sort_by_key(|c| c.start);
    }
    finders.into_iter().flat_map(|finder| finder.found).collect()
}

struct Finder<'a> {
    text: &'a Text<'a>,
    authority: &'a Authority,
    memory: &'a Memory,
    looked_up: &'a LookedUp,
    tagging: Tagging<'a>,
    /// What the tagger takes for names, in order.
    tagged: Vec<Tagged>,
    /// Words that belong to a mention.
    taken: Vec<bool>,
    /// By word, what it may be as a part of a known name, where that was asked.
    parts: Vec<Option<Option<Rc<Part>>>>,
    found: Vec<Candidate>,
}

impl<'a> Finder<'a> {
    fn of(text: &'a Text<'a>, authority: &'a Authority, memory: &'a Memory, looked_up: &'a LookedUp) -> Finder<'a> {
        let tagging = Tagging::of(text, Model::shipped());
        let tagged = tagging.names();
        let (taken, parts) = (vec![false; text.words.len()], vec![None; text.words.len()]);
        Finder { text, authority, memory, looked_up, tagging, tagged, taken, parts, found: Vec::new() }
    }
}

impl Finder<'_> {
    /// Whether the name is that of a thing: Heydar Aliyev Foundation, площадь Гейдара Алиева, بنیاد حیدر علی‌اف.
    fn is_named_after(&self, at: usize, length: usize) -> bool {
        let words = &self.text.words;
        let thing = |w: &WordAt| w.kinds.any(Kinds::EPONYM);
        let after = words.get(at + length).is_some_and(|w| w.gap.holds() && thing(w));
        // What names a thing before the name puts the name into the genitive, or has no cases at all.
        let heads = |w: &WordAt| thing(w) && self.text.lexicons.first().is_some_and(|l| l.heads_first());
        let before = at > 0 && words[at].gap == Gap::Space && heads(&words[at - 1]);
        after && !self.text.ends_set_off(at + length - 1) || before
    }

    /// How many words from `at` on stand close enough together to be one name.
    fn reach(&self, at: usize) -> usize {
        let words = &self.text.words;
        let close = |next: &usize| words[*next].gap.holds() && !self.text.ends_set_off(next - 1);
        1 + (at + 1..words.len()).take(LONGEST - 1).take_while(close).count()
    }

    /// A name as written in this text: some languages write those of foreigners as they sound.
    fn name_of(&self, written: &str) -> Name {
        let name = Name::parse(written);
        let respells = self.text.lexicons.first().is_some_and(|lexicon| lexicon.respells);
        if respells { name.as_it_sounds() } else { name }
    }

    /// Whether a verb of speech stands directly before or after.
    fn spoken(&self, at: usize, length: usize) -> bool {
        let words = &self.text.words;
        let speech = |w: &WordAt| w.class == Some(Word::Speech);
        words.get(at + length).is_some_and(|w| speech(w) && w.gap == Gap::Space)
            || (at > 0 && speech(&words[at - 1]) && words[at].gap == Gap::Space)
    }

    fn candidate(&self, at: usize, length: usize, chosen: &[Variant], full: bool) -> Candidate {
        let words = &self.text.words[at..at + length];
        let (first, last) = (&words[0], &words[length - 1]);
        let start = first.start + chosen[0].before;
        let end = last.end - chosen[length - 1].after;
        let text: String = self.text.stretch(start, end).to_owned();
        let mut written = String::new();
        for (i, (word, variant)) in words.iter().zip(chosen).enumerate() {
            let letters: Vec<char> = self.text.written(at + i).chars().collect();
            let from = if i == 0 { variant.before } else { 0 };
            let to = letters.len() - if i + 1 == length { variant.after } else { 0 };
            let part: String = letters[from..to].iter().collect();
            // Where an ending was taken off, the name is what is left.
            written.push_str(if i > 0 { between(word) } else { "" });
            written.push_str(&if variant.stripped {
                capitalise_like(&variant.normal, self.text.written(at + i), word.capital)
            } else {
                part
            });
        }
        let name = self.name_of(&written);
        let mut variants: Vec<Rc<[Variant]>> = (at..at + length).map(|i| self.text.variants(i, self.memory)).collect();
        let cuts = variants[length - 1].iter().map(|v| (v.before, v.after)).collect();
        if !full && length == 2 {
            // A compound family name is asked for as one word.
            let first = variants[0].first().map_or_else(Default::default, |v| v.token.text.clone());
            let both = variants[1].iter().map(|second| format!("{first}{}", second.token.text));
            let whole = both.filter_map(|both| Token::new(&both).map(|token| Variant::whole(token, both)));
            variants = vec![whole.collect()];
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
            gender: None,
            initials: false,
            subject: self
                .text
                .words
                .get(at + length)
                .is_some_and(|w| w.gap == Gap::Space && w.class == Some(Word::Speech)),
            likely: 0.0,
        }
    }

    /// The titles and offices that stand directly before the words of a name, and offices after a comma or in brackets: "X,
    /// Iran's foreign minister".
    fn title_of(&self, at: usize, length: usize) -> Title {
        let mut title = self.title_before(at).unwrap_or_default();
        title.roles.extend(self.office_after(at + length - 1));
        title
    }

    /// The title, office or people's name that stands directly before the word.
    fn title_before(&self, at: usize) -> Option<Title> {
        let words = &self.text.words;
        let mut title = Title::default();
        let mut i = at;
        while i > 0 && at - i < 12 {
            let near = words[i].gap.holds() || (words[i].gap == Gap::Comma && title.roles.is_empty());
            if !near || self.taken[i - 1] {
                break;
            }
            i -= 1;
            match &words[i].class {
                Some(Word::Honorific) => {
                    title.any = true;
                    title.gender = title.gender.or_else(|| gender_of_honorific(words[i].hash));
                }
                Some(Word::Role(_)) => {
                    title.any = true;
                    // A phrase is taken at its first word.
                    if words[i].phrase > 0 {
                        title.roles.extend(self.role_at(i));
                    }
                }
                // "President of Azerbaijan Ilham Aliyev", "رئیس‌جمهور ایران …": the office is before its country.
                Some(Word::Country(_) | Word::Place) => {}
                Some(Word::NotName) if !title.any && words[i].length <= 4 && i < at && at - i >= 2 => {}
                _ => break,
            }
        }
        title.any.then_some(title)
    }

    /// The first office named after the word: after a comma or in brackets, with no other name before it.
    fn office_after(&self, last: usize) -> Option<RoleBeside> {
        let words = &self.text.words;
        let first = words.get(last + 1)?;
        if first.gap != Gap::Comma && !matches!(first.sign, '(' | '（' | ',') || words.get(last)?.end + 3 < first.start
        {
            return None;
        }
        for (at, word) in words.iter().enumerate().take(last + 8).skip(last + 1) {
            if at > last + 1 && !word.gap.holds() || self.taken[at] {
                return None;
            }
            match word.class {
                Some(Word::Role(_)) if word.phrase > 0 => return self.role_at(at),
                Some(Word::Country(_) | Word::Place | Word::NotName | Word::Organisation | Word::Particle) => {}
                None if !word.capital => {}
                _ => return None,
            }
        }
        None
    }

    /// The phrase of an office that begins at a word.
    fn role_at(&self, at: usize) -> Option<RoleBeside> {
        let word = &self.text.words[at];
        let Some(Word::Role(code)) = word.class else { return None };
        let end = self.text.words[at + usize::from(word.phrase) - 1].end;
        let text = self.text.stretch(word.start, end).to_owned();
        Some(RoleBeside { role: code.to_owned(), field: self.text.field, start: word.start, end, text })
    }
}

/// What stands before or after a name.
#[derive(Clone, Debug, Default)]
struct Title {
    any: bool,
    gender: Option<Gender>,
    roles: Vec<RoleBeside>,
}

impl Candidate {
    /// What its words sound like, in each of their spellings, and the last two written as one.
    pub fn skeletons(&self) -> impl Iterator<Item = Skeleton> {
        let written = self.variants.iter().flat_map(|word| word.iter()).flat_map(|v| v.skeletons.iter().copied());
        let tokens = &self.name.tokens;
        let joined = match tokens.as_slice() {
            [.., a, b] => Token::new(&format!("{}{}", a.text, b.text)),
            _ => None,
        };
        let joined = joined.into_iter().flat_map(|token| token.skeletons());
        written.chain(tokens.iter().flat_map(|token| token.skeletons())).chain(joined)
    }

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
            let name = Name::parse(&self.text);
            self.name = if self.name.is_respelt() { name.as_it_sounds() } else { name };
            self.cuts.clear();
        }
    }

    fn set_title(&mut self, title: Title) {
        self.titled = title.any;
        self.gender = title.gender;
        self.roles = title.roles;
    }
}

/// Whether a spelling that leaves something of the word before or after it may stand in a name: only its first word carries a
/// prefix, and only its last one a set-off ending.
fn may_stand((before, after): (bool, bool), first: bool, last: bool) -> bool {
    (first || !before) && (last || !after)
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
        && word.length >= 3
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

/// What stands between the words of a name as it is read.
fn between(word: &WordAt) -> &'static str {
    match word.gap {
        Gap::Nothing => "",
        Gap::Dot if word.alphabet.is_unspaced() => "·",
        Gap::Dot => ". ",
        _ => " ",
    }
}

fn capitalise_like(normal: &str, written: &str, capital: bool) -> String {
    let written: Vec<char> = written.chars().collect();
    let same = written.iter().zip(normal.chars()).take_while(|(a, b)| a.to_lowercase().eq(b.to_lowercase())).count();
    let mut out: String = written[..same].iter().collect();
    let rest: String = normal.chars().skip(same).collect();
    if same == 0 && capital {
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

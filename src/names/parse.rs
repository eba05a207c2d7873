//! A written name to its parts.

use compact_str::CompactString;
use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;
use unicode_script::Script;

use super::gender::{Gender, by_patronymic};
use super::key::Skeleton;
use super::letters::NO_SCRIPT;
use super::romanise::script_number;
use super::sounds::Writing;
use super::token::{Part, Token, is_slavic_patronymic};
use super::words::{Roles, WordHash};
use super::written::{Words, Written, between, bounded, divide, join, split, take_titles_off};

/// A parsed personal name.
#[derive(Clone, Debug, Default)]
pub struct Name {
    /// As written, without honorifics.
    pub text: CompactString,
    pub tokens: Vec<Token>,
    /// Junior, III: what tells apart those who share a name; a hash, 0 for none.
    pub(super) suffix: WordHash,
    /// What the father's name, or the word beside it, says of the bearer.
    pub(super) descent: Option<Gender>,
    /// A year in brackets after the name, as encyclopedias tell namesakes apart; 0 for none.
    pub(super) year: u16,
    /// Whether it is a foreigner's name as its language hears it, so that its letters say no more than another script's.
    pub(super) respelt: bool,
}

/// More words than this are no name; the rest is ignored.
const MAX_TOKENS: usize = 8;

impl Name {
    /// Parses a name in any script: takes titles and what stands in brackets off, sets particles aside, marks
    /// patronymics and initials. What is beyond 512 characters or eight words is ignored.
    ///
    /// ```
    /// use nisba::names::{Name, Part};
    /// let name = Name::parse("Mr. İlham Heydər oğlu Əliyev");
    /// assert_eq!(name.text, "İlham Heydər oğlu Əliyev");
    /// assert_eq!(name.tokens[1].part, Part::Patronymic);
    /// assert_eq!(Name::parse("Smith, John F. (politician, 1951)").tokens.len(), 3);
    /// ```
    pub fn parse(written: &str) -> Name {
        let written = bounded(written.trim());
        // Their first bytes in UTF-8 are looked for first, since most names have none of them.
        if written.bytes().any(|byte| matches!(byte, 0xE0 | 0xE1)) && written.contains(is_part_of_a_letter) {
            // Syllables in parts are syllables, and a letter with its dot below one letter.
            let composed: String = written.nfc().collect();
            return Name::parse_composed(&composed);
        }
        Name::parse_composed(written)
    }

    fn parse_composed(written: &str) -> Name {
        let mut words = Words::new();
        let year = split(written, &mut words);
        let suffix = take_titles_off(&mut words);
        divide(&mut words);
        join(&mut words, written);
        let text = match (words.first(), words.last()) {
            (Some(first), Some(last)) => between(written, first.text, last.text).into(),
            _ => written.into(),
        };
        let mut tokens: Vec<Token> = Vec::with_capacity(words.len().min(MAX_TOKENS));
        let mut father_next = false;
        let mut descent = None;
        for (at, word) in words.iter().enumerate() {
            let first = at == 0;
            let last = at + 1 == words.len();
            if word.roles.any(Roles::SON_BEFORE) && (!first || word.hyphen) && !last {
                // bin, ibn: what follows is the father.
                father_next = !first;
                descent = descent.or((!first).then(|| word.child()));
            } else if word.roles.any(Roles::SON_AFTER) {
                // oğlu, qızı: what came before was.
                if tokens.len() > 1
                    && let Some(father) = tokens.last_mut()
                {
                    father.part = Part::Patronymic;
                    descent = Some(word.child());
                }
            } else if word.is_particle(first && words.len() == 2) && words.len() > 1 {
                // A joining word tells nobody apart.
            } else if let Some((before, token)) = push(&mut tokens, word) {
                let main_before = before.iter().any(|t| t.part == Part::Main);
                if main_before && (father_next || is_slavic_patronymic(word.text)) {
                    token.part = Part::Patronymic;
                    descent = descent.or_else(|| by_patronymic(token));
                } else if token.part == Part::Main
                    && (word.roles.any(Roles::LINEAGE) || (first && word.roles.any(Roles::AMBIGUOUS)))
                {
                    token.part = Part::Epithet;
                }
                father_next = false;
            }
            if tokens.len() == MAX_TOKENS {
                break;
            }
        }
        if let Some(surname) = family_like_patronymic(&mut tokens) {
            surname.part = Part::Main;
            descent = None;
        }
        let others = |part: &Part| matches!(part, Part::Initial | Part::Patronymic);
        let numbered = suffix != WordHash::default();
        if !numbered
            && tokens.iter().filter(|t| t.part == Part::Main).count() < 2
            && !tokens.iter().any(|t| others(&t.part))
        {
            tokens.iter_mut().filter(|t| t.part == Part::Epithet).for_each(|t| t.part = Part::Main);
        }
        Name { text, tokens, suffix, descent, year, respelt: false }
    }

    /// The name as one that may be written as it sounds, whatever its own letters are: in Azerbaijani text Con Rayan is
    /// Joan Ryan. It is then compared as names of two scripts are.
    ///
    /// ```
    /// use nisba::names::{Name, SAME_PERSON, compare};
    /// let known = Name::parse("Matt Marquardt");
    /// assert!(compare(&Name::parse("Met Markvardt"), &known).score < SAME_PERSON);
    /// assert!(compare(&Name::parse("Met Markvardt").as_it_sounds(), &known).score > SAME_PERSON);
    /// ```
    pub fn as_it_sounds(self) -> Name {
        Name { respelt: true, ..self }
    }

    /// Whether it may be [written as it sounds](Name::as_it_sounds).
    pub fn is_respelt(&self) -> bool {
        self.respelt
    }

    /// A number for the script that it is written in: equal for names of one script.
    pub fn script(&self) -> u8 {
        self.tokens.first().map_or(NO_SCRIPT, |t| t.script)
    }

    /// Whether it is written in Latin letters.
    pub fn is_latin(&self) -> bool {
        script_number(Script::Latin) == Some(self.script())
    }

    /// Whether its script writes vowels.
    pub fn has_vowels(&self) -> bool {
        self.tokens.iter().all(|token| token.writing != Writing::Abjad)
    }

    /// The parts that people are told apart by.
    pub fn main(&self) -> impl Iterator<Item = &Token> + Clone {
        self.tokens.iter().filter(|t| t.part == Part::Main)
    }

    /// The key of the name: sorted skeletons of its main parts, as `lb-lm` for Ilham Aliyev; of a name that has only one,
    /// the father's too: Osama bin Laden. Empty for no name.
    pub fn key(&self) -> String {
        let lone = self.main().count() < 2;
        let counts = |t: &&Token| t.part == Part::Main || lone && t.part == Part::Patronymic;
        let mut parts: Vec<String> = self.tokens.iter().filter(counts).map(|t| t.skeleton().to_string()).collect();
        parts.retain(|part| !part.is_empty());
        parts.sort_unstable();
        parts.join("-")
    }

    /// [`Name::key`] of a name that has parts to tell people apart by; empty for initials and a father's name alone.
    pub fn main_key(&self) -> String {
        if self.main().next().is_some() { self.key() } else { String::new() }
    }

    /// The keys to find the name by when another spelling, without some of its parts or with parts written together,
    /// comes along: every pair of parts in every reading, sorted and bounded. A single part has none: see
    /// [`Name::shorts`].
    pub fn pair_keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.pairs().into_iter().map(|(a, b)| format!("{a}-{b}")).collect();
        keys.sort_unstable();
        keys
    }

    /// The pairs behind [`Name::pair_keys`].
    pub fn pairs(&self) -> Vec<(Skeleton, Skeleton)> {
        // Mohammed bin Salman is found by Mohammed and Salman.
        let tokens: SmallVec<[&Token; 8]> =
            self.tokens.iter().filter(|t| matches!(t.part, Part::Main | Part::Patronymic)).collect();
        let parts: SmallVec<[SmallVec<[Skeleton; 8]>; 8]> = tokens.iter().map(|t| t.skeletons()).collect();
        let mut pairs = Vec::new();
        let mut pair = |a: &[Skeleton], b: &[Skeleton]| {
            for x in a {
                pairs.extend(b.iter().map(|y| if x <= y { (*x, *y) } else { (*y, *x) }));
            }
        };
        for (i, a) in parts.iter().enumerate() {
            parts[i + 1..].iter().for_each(|b| pair(a, b));
        }
        // Forms of one given name that sound different: Bill, William.
        for (at, token) in tokens.iter().enumerate() {
            let families: SmallVec<[Skeleton; 4]> =
                token.families.numbers().iter().take(4).map(|number| Skeleton::of_family(*number)).collect();
            let others = parts.iter().enumerate().filter(|(i, _)| *i != at);
            others.for_each(|(_, other)| pair(&families, &other[..1]));
        }
        // Neighbours written together: Amir Abdollahian, Amirabdollahian.
        for at in 0..parts.len().saturating_sub(1).min(4) {
            if parts.len() < 3 {
                break;
            }
            let joined = [parts[at][0].joined(parts[at + 1][0])];
            let others = parts.iter().enumerate().filter(|(i, _)| *i != at && *i != at + 1);
            others.for_each(|(_, other)| pair(&joined, &other[..1]));
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs.truncate(256);
        pairs
    }

    /// The skeletons of each part alone: to find candidates for a surname.
    pub fn shorts(&self) -> Vec<Skeleton> {
        let mut all: Vec<Skeleton> = self.main().flat_map(Token::skeletons).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The word as a token after these, if it is a part of a name: those before, and itself.
fn push<'t>(tokens: &'t mut Vec<Token>, word: &Written<'_>) -> Option<(&'t [Token], &'t mut Token)> {
    tokens.push(Token::of(word));
    if !tokens.last_mut()?.hear(word) {
        tokens.pop();
        return None;
    }
    tokens.split_last_mut().map(|(token, before)| (&*before, token))
}

/// A family name that ends as fathers' names do (Alexievich, Милошевич): the last of two fathers' names, or the only
/// word beside a given name.
fn family_like_patronymic(tokens: &mut [Token]) -> Option<&mut Token> {
    let main = tokens.iter().filter(|t| t.part == Part::Main).count();
    let fathers = tokens.iter().filter(|t| t.part == Part::Patronymic).count();
    let last = tokens.last_mut().filter(|t| t.part == Part::Patronymic && is_slavic_patronymic(&t.text));
    last.filter(|_| main == 1 && fathers < 3)
}

/// Jamo, and the nukta of Devanagari and Bengali.
fn is_part_of_a_letter(c: char) -> bool {
    ('\u{1100}'..='\u{11FF}').contains(&c) || matches!(c, '\u{93C}' | '\u{9BC}')
}

//! A written name to its parts.

use compact_str::CompactString;
use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;

use super::gender::{Gender, by_patronymic};
use super::inflect::set_off;
use super::key::{Skeleton, skeleton, skeletons};
use super::letters::{Kind, Letter, NO_SCRIPT, apostrophe_counts, divided, letter, written_out};
use super::normal::is_abjad;
use super::romanise::{SCRIPTS, Sounds, table};
use super::sounds::{Writing, inventory};
use super::words::{Families, Roles, WordHash, generation, known, phrase, roles};

/// What a part of a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A given or family name: what people are told apart by.
    Main,
    /// The father's name (`Heydar oğlu`, `Гейдарович`): may be absent.
    Patronymic,
    /// One letter that stands for a name.
    Initial,
    /// Seyyed, Haji, Prince: belongs to the name as written and may be absent; it tells nobody apart, unless hardly
    /// anything else is there.
    Epithet,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Part::Main => "main",
            Part::Patronymic => "patronymic",
            Part::Initial => "initial",
            Part::Epithet => "epithet",
        })
    }
}

/// One word of a name, ready for comparison.
#[derive(Clone, Debug)]
pub struct Token {
    /// As written.
    pub text: CompactString,
    pub part: Part,
    pub(super) sounds: Sounds,
    /// The other reading of its letters, where there is one.
    pub(super) other: Option<Sounds>,
    /// Of its plain letters: equal for the same word in any case and typing.
    pub(super) word: WordHash,
    pub(super) roles: Roles,
    pub(super) families: Families,
    /// Bits of the key classes of its consonants.
    pub(super) classes: u32,
    /// What its sounds weigh together, in hundredths of a consonant.
    pub(super) weight: u16,
    pub(super) writing: Writing,
    pub(super) script: u8,
}

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
}

/// More words than this are no name; the rest is ignored.
const MAX_TOKENS: usize = 8;

/// What is longer than so many characters is cut off before it is parsed.
pub const LONGEST: usize = 512;

/// A word of a written name before anything is known about it.
struct Written<'t> {
    text: &'t str,
    hash: WordHash,
    roles: Roles,
    families: Families,
    script: u8,
    letters: SmallVec<[u8; 24]>,
    /// How many letters, also those that no table knows.
    length: usize,
    /// Whether a full stop follows; a hyphen.
    dot: bool,
    hyphen: bool,
    /// Whether it has to be written out before it can be read.
    rare: bool,
    /// Whether it has an apostrophe.
    apostrophe: bool,
    /// How many commas stand before it.
    section: u8,
}

type Words<'t> = SmallVec<[Written<'t>; 10]>;

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
        Name { text, tokens, suffix, descent, year }
    }

    /// A number for the script that it is written in: equal for names of one script.
    pub fn script(&self) -> u8 {
        self.tokens.first().map_or(NO_SCRIPT, |t| t.script)
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

/// At most [`LONGEST`] characters of it.
fn bounded(written: &str) -> &str {
    if written.len() <= LONGEST {
        return written;
    }
    written.char_indices().nth(LONGEST).map_or(written, |(end, _)| &written[..end])
}

/// From the start of one part of a text to the end of a later one.
fn between<'t>(text: &'t str, first: &str, last: &str) -> &'t str {
    let start = first.as_ptr() as usize - text.as_ptr() as usize;
    let end = last.as_ptr() as usize + last.len() - text.as_ptr() as usize;
    text.get(start.min(end)..end.max(start)).unwrap_or(text)
}

/// Finds the words outside brackets; gives a year inside, or 0.
fn split<'t>(written: &'t str, words: &mut Words<'t>) -> u16 {
    let (mut section, mut depth, mut bracket_start, mut year) = (0u8, 0usize, 0, 0);
    let mut at = 0;
    while let Some(c) = written[at..].chars().next() {
        let found = letter(c);
        let end = at + c.len_utf8();
        match found.kind {
            Kind::Open => {
                depth += 1;
                bracket_start = if depth == 1 { end } else { bracket_start };
            }
            Kind::Close => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    year = year_in(&written[bracket_start..at]);
                }
            }
            _ if depth > 0 => {}
            Kind::Comma => section = section.saturating_add(1),
            Kind::Letter | Kind::Apostrophe | Kind::Mark | Kind::Rare if words.len() < 24 => {
                words.push(Written::new(&written[at..], section));
                let read = words.last_mut().map_or(0, |word| word.read());
                let word = &written[at..at + read];
                at += read;
                let next = written[at..].chars().next().unwrap_or(' ');
                if !words.last_mut().is_some_and(|last| last.end(word, next)) {
                    words.pop();
                }
                continue;
            }
            _ => {}
        }
        at = end;
    }
    year
}

/// Whether the word is a Roman number in capitals: VIII.
fn is_roman(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| matches!(b, b'I' | b'V' | b'X'))
}

/// A lone word in Han or Hangul, without what is a title at its end, in its parts.
fn divide(words: &mut Words<'_>) {
    let [only] = &**words else { return };
    let text = only.text;
    let parts = divided(without_title(text));
    if parts.len() > 1 || parts.first().is_some_and(|part| part.len() < text.len()) {
        words.clear();
        for part in parts {
            let mut word = Written::new(part, 0);
            word.write_out(part);
            if word.end(part, ' ') {
                words.push(word);
            }
        }
    }
}

/// What is left of a word in Han or Hangul without a title that is written with it: 习近平主席.
fn without_title(word: &str) -> &str {
    let han = |c: char| c as u32 >= 0x3400;
    if !word.starts_with(han) {
        return word;
    }
    let starts = word.char_indices().skip(2).map(|(at, _)| at);
    let title = |at: &usize| roles(WordHash::of(&word[*at..])).any(Roles::AFTER);
    starts.clone().find(title).map_or(word, |at| &word[..at])
}

/// Jamo, and the nukta of Devanagari and Bengali.
fn is_part_of_a_letter(c: char) -> bool {
    ('\u{1100}'..='\u{11FF}').contains(&c) || matches!(c, '\u{93C}' | '\u{9BC}')
}

fn year_in(text: &str) -> u16 {
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 4);
    digits.filter_map(|d| d.parse().ok()).find(|year| (1000..=2100).contains(year)).unwrap_or(0)
}

impl<'t> Written<'t> {
    fn new(text: &'t str, section: u8) -> Written<'t> {
        Written {
            text,
            hash: WordHash::default(),
            roles: Roles::default(),
            families: Families::default(),
            script: NO_SCRIPT,
            letters: SmallVec::new(),
            length: 0,
            dot: false,
            hyphen: false,
            rare: false,
            apostrophe: false,
            section,
        }
    }

    /// Reads the word that its text begins with: its length in bytes.
    fn read(&mut self) -> usize {
        for (at, c) in self.text.char_indices() {
            let found = letter(c);
            if !matches!(found.kind, Kind::Letter | Kind::Apostrophe | Kind::Mark | Kind::Rare) {
                return at;
            }
            self.push(found);
        }
        self.text.len()
    }

    /// The word is `text`, and `next` follows: whether it has a letter.
    fn end(&mut self, text: &'t str, next: char) -> bool {
        let stem = if self.apostrophe { set_off(text).map_or(text, |(stem, _)| stem) } else { text };
        if self.rare || stem.len() < text.len() {
            self.write_out(stem);
        }
        self.text = stem;
        self.dot = letter(next).kind == Kind::Dot;
        self.hyphen = matches!(next, '-' | '‐' | '‑');
        (self.roles, self.families) = known(self.hash);
        self.length > 0
    }

    /// Reads the letters of a word that has to be written out first.
    fn write_out(&mut self, word: &'t str) {
        *self = Written::new(word, self.section);
        written_out(word).chars().for_each(|c| self.push(letter(c)));
        self.rare = false;
    }

    /// Takes the next word in.
    fn join(&mut self, next: Written<'t>, text: &'t str) {
        self.text = between(text, self.text, next.text);
        self.letters.extend(next.letters);
        self.length += next.length;
        self.hash = WordHash::of(self.text);
        (self.roles, self.families) = known(self.hash);
    }

    /// Whether it joins words of a name: al, van. A shortened Albert at the head of two words (Al Franken) does not, nor
    /// does an initial.
    fn is_particle(&self, heads_two: bool) -> bool {
        let given = heads_two && self.roles.any(Roles::GIVEN) && !self.hyphen;
        self.roles.any(Roles::PARTICLE)
            && !given
            && !(self.length == 1 && (self.dot || self.text.starts_with(char::is_uppercase)))
    }

    /// Jr, III; a single letter and numbers only in capitals and without a full stop: Nicholas I.
    fn is_generation(&self) -> bool {
        let number = self.length > 3 || !self.text.bytes().all(|b| matches!(b, b'i' | b'v' | b'x'));
        self.roles.any(Roles::SUFFIX) && number && !(self.length == 1 && self.dot)
    }

    /// Two letters like a word's, as in Yo-Yo Ma; degrees have capitals: MA.
    fn is_capitalised_pair(&self) -> bool {
        self.length == 2 && self.text.is_ascii() && self.text.bytes().last().is_some_and(|b| b.is_ascii_lowercase())
    }

    /// Of a word of descent: whose child it makes.
    fn child(&self) -> Gender {
        if self.roles.any(Roles::WOMAN) { Gender::Woman } else { Gender::Man }
    }

    fn push(&mut self, found: Letter) {
        let script = (self.script != NO_SCRIPT).then_some(self.script);
        self.rare |= found.kind == Kind::Rare;
        self.apostrophe |= found.kind == Kind::Apostrophe;
        if found.kind == Kind::Letter {
            self.hash = self.hash.with(found.plain);
            self.length += 1;
            if self.script == NO_SCRIPT {
                self.script = found.script;
            }
        } else if !apostrophe_counts(script, found) {
            return;
        }
        if found.number != 0 && (found.script == self.script || found.kind == Kind::Apostrophe) {
            self.letters.push(found.number);
        }
    }
}

/// Makes words that belong to one name with their neighbour one: Abdel Nasser, Jalal ad-Din.
fn join<'t>(words: &mut Words<'t>, text: &'t str) {
    if !words.iter().any(|w| w.roles.any(Roles::WITH_NEXT | Roles::WITH_BEFORE)) {
        return;
    }
    let mut out = Words::new();
    let mut rest = std::mem::take(words).into_iter().peekable();
    while let Some(mut word) = rest.next() {
        if word.roles.any(Roles::WITH_NEXT) {
            while let Some(next) = rest.next_if(|n| n.script == word.script && n.section == word.section) {
                let particle = next.roles.any(Roles::PARTICLE);
                word.join(next, text);
                if !particle {
                    break;
                }
            }
        } else if word.roles.any(Roles::WITH_BEFORE) && !out.is_empty() {
            let article = out.len() > 1 && out[out.len() - 1].roles.any(Roles::PARTICLE);
            let article = if article { out.pop() } else { None };
            if let Some(before) = out.last_mut() {
                article.into_iter().chain(std::iter::once(word)).for_each(|next| before.join(next, text));
            }
            continue;
        }
        out.push(word);
    }
    *words = out;
}

/// Takes off titles before the name, titles and degrees after it, and a generation, which is told apart.
fn take_titles_off(words: &mut Words<'_>) -> WordHash {
    let mut suffix = WordHash::default();
    // "Chris Smith, Baron Smith of Finsbury", "Petra Bayr, MA": what follows the comma is no part of the name.
    if let Some(comma) = words.iter().position(|w| w.section > 0)
        && comma > 0
    {
        let after = &words[comma..];
        let titles = after.iter().all(|w| w.roles.any(Roles::AFTER | Roles::SUFFIX) || w.length == 1);
        // One word before the comma is a family name: Tolkien, J. R. R.
        let name = |w: &Written| w.roles.any(Roles::GIVEN) || w.length == 1;
        let sure = comma > 1 || after.len() > 1 && !after.iter().any(name);
        if after[0].roles.any(Roles::PEER) || (titles && sure) {
            suffix = after.iter().find(|w| w.roles.any(Roles::SUFFIX)).map_or(suffix, |w| generation(w.hash));
            words.truncate(comma);
        }
    }
    let mut first = 0;
    while first < words.len() {
        let rest = &words[first..];
        let (length, roles) = phrase(rest.iter().map(|w| (w.hash, w.roles)))
            .filter(|(_, r)| r.any(Roles::BEFORE))
            .unwrap_or((1, rest[0].roles));
        let left = rest.len().saturating_sub(length);
        let given = rest[0].roles.any(Roles::GIVEN) && length == 1;
        // One letter is a title only where a name of two words follows: H. Joko Widodo.
        let needed = if rest[0].length == 1 && length == 1 { 2 } else { 1 + usize::from(given) };
        if roles.any(Roles::BEFORE) && !roles.any(Roles::LINEAGE | Roles::AMBIGUOUS) && left >= needed {
            first += length;
        } else {
            break;
        }
    }
    if first > 0 {
        words.drain(..first);
    }
    while words.len() > 1 {
        let last = &words[words.len() - 1];
        let only_numbered = words.len() == 2 && !is_roman(last.text);
        if !only_numbered && last.is_generation() && suffix == WordHash::default() {
            suffix = generation(last.hash);
            words.pop();
            continue;
        }
        let in_han =
            words.len() == 2 && last.script == words[0].script && last.text.starts_with(|c: char| c as u32 >= 0x3040);
        if words.len() == 2 && !in_han {
            break;
        }
        let longest = (2..=4).rev().find(|length| {
            words.len() >= length + 2
                && phrase(words[words.len() - length..].iter().map(|w| (w.hash, w.roles)))
                    .is_some_and(|(l, r)| l == *length && r.any(Roles::AFTER))
        });
        let single = usize::from(
            last.roles.any(Roles::AFTER)
                && !last.roles.any(Roles::GIVEN)
                && last.length > 1
                && !last.is_capitalised_pair(),
        );
        match longest.unwrap_or(single) {
            0 => break,
            length => words.truncate(words.len() - length),
        }
    }
    suffix
}

impl Token {
    /// A word as a token; `None` when there is no letter in it. An article that is written with it does not count.
    pub fn new(text: &str) -> Option<Token> {
        let mut words = Words::new();
        split(bounded(text), &mut words);
        if words.len() > 1 && words[0].roles.any(Roles::PARTICLE) {
            words.remove(0);
        }
        let mut words = words.into_iter();
        let mut whole = words.next()?;
        whole.text = text;
        for word in words.filter(|w| w.script == whole.script) {
            whole.letters.extend(word.letters);
            whole.length += word.length;
            whole.hash = WordHash::of(text);
            (whole.roles, whole.families) = (Roles::default(), Families::of(whole.hash));
        }
        let mut token = Token::of(&whole);
        token.hear(&whole).then_some(token)
    }

    /// The word, before its sounds are known.
    fn of(word: &Written<'_>) -> Token {
        Token {
            text: word.text.into(),
            part: Part::Main,
            sounds: Sounds::new(),
            other: None,
            word: word.hash,
            roles: word.roles,
            families: word.families,
            classes: 0,
            weight: 0,
            writing: Writing::Full,
            script: word.script,
        }
    }

    /// Reads its letters: whether it is a part of a name. In place, since what was written byte by byte is slow to move.
    fn hear(&mut self, word: &Written<'_>) -> bool {
        if self.script != NO_SCRIPT {
            table(self.script).sounds(&word.letters, &mut self.sounds, &mut self.other);
        }
        let abjad = self.script != NO_SCRIPT && is_abjad(SCRIPTS[usize::from(self.script)].0);
        // Persian spells the names of Latin letters out: دبلیو.
        let letter_name = abjad && word.dot && word.length <= 5;
        if word.length == 0 || (self.sounds.is_empty() && self.script != NO_SCRIPT) || letter_name {
            return false;
        }
        let all = inventory();
        let mut classes = 0;
        for sound in self.readings().flat_map(|reading| reading.iter()) {
            classes |= all.key_classes(*sound).iter().fold(0, |bits, class| bits | 1 << class);
        }
        let initial = !abjad && (word.length == 1 || (word.dot && word.length == 2)) && self.script <= 6;
        self.part = if initial { Part::Initial } else { Part::Main };
        self.writing = if abjad { Writing::Abjad } else { Writing::Full };
        // Bit 0 is that of silent sounds.
        self.classes = classes & !1;
        self.weight = self.sounds.iter().map(|sound| all.weight(*sound)).sum();
        true
    }

    /// The usual reading of its letters, and the other one where there is one.
    pub(super) fn readings(&self) -> impl Iterator<Item = &Sounds> {
        std::iter::once(&self.sounds).chain(&self.other)
    }

    /// The consonant classes of its usual reading.
    pub fn skeleton(&self) -> Skeleton {
        skeleton(&self.sounds)
    }

    /// The skeletons of all its readings, the usual one first; at least one.
    pub fn skeletons(&self) -> SmallVec<[Skeleton; 8]> {
        skeletons(&self.sounds, self.other.as_ref())
    }

    /// Whether it is a given name somewhere.
    pub fn is_given(&self) -> bool {
        self.roles.any(Roles::GIVEN)
    }
}

/// -ovich, -evna and their kin in Cyrillic and Latin letters, in their usual cases.
pub(super) fn is_slavic_patronymic(word: &str) -> bool {
    const ENDINGS: [&str; 25] = [
        "ович",
        "евич",
        "овича",
        "евича",
        "овичу",
        "евичу",
        "овичем",
        "евичем",
        "овна",
        "евна",
        "овны",
        "евны",
        "івна",
        "йович",
        "ьич",
        "ична",
        "ївна",
        "овне",
        "ovich",
        "evich",
        "ovna",
        "evna",
        "ovych",
        "evych",
        "ivna",
    ];
    let last = word.chars().next_back().map_or(' ', |c| letter(c).plain);
    if word.len() < 7 || !matches!(last, 'ч' | 'а' | 'у' | 'м' | 'ы' | 'е' | 'h' | 'a') {
        return false;
    }
    let ends_with = |ending: &str| {
        let mut letters = word.chars().rev().map(|c| letter(c).plain);
        ending.chars().rev().all(|c| letters.next() == Some(c))
    };
    ENDINGS.iter().any(|ending| ends_with(ending))
}

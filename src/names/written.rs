//! The words of a written name, and what of them belongs to it: titles, degrees and what stands in brackets do not.

use smallvec::SmallVec;

use super::gender::Gender;
use super::inflect::set_off;
use super::letters::{Kind, Letter, NO_SCRIPT, apostrophe_counts, divided, letter, written_out};
use super::words::{Families, Roles, WordHash, generation, known, phrase, roles};

/// What is longer than so many characters is cut off before it is parsed.
pub const LONGEST: usize = 512;

/// At most [`LONGEST`] characters of it.
pub(super) fn bounded(written: &str) -> &str {
    if written.len() <= LONGEST {
        return written;
    }
    written.char_indices().nth(LONGEST).map_or(written, |(end, _)| &written[..end])
}

/// A word of a written name before anything is known about it.
pub(super) struct Written<'t> {
    pub(super) text: &'t str,
    pub(super) hash: WordHash,
    pub(super) roles: Roles,
    pub(super) families: Families,
    pub(super) script: u8,
    pub(super) letters: SmallVec<[u8; 24]>,
    /// How many letters, also those that no table knows.
    pub(super) length: usize,
    /// Whether a full stop follows; a hyphen.
    pub(super) dot: bool,
    pub(super) hyphen: bool,
    /// Whether it has to be written out before it can be read.
    pub(super) rare: bool,
    /// Whether it has an apostrophe.
    pub(super) apostrophe: bool,
    /// How many commas stand before it.
    pub(super) section: u8,
}

pub(super) type Words<'t> = SmallVec<[Written<'t>; 10]>;

/// From the start of one part of a text to the end of a later one.
pub(super) fn between<'t>(text: &'t str, first: &str, last: &str) -> &'t str {
    let start = first.as_ptr() as usize - text.as_ptr() as usize;
    let end = last.as_ptr() as usize + last.len() - text.as_ptr() as usize;
    text.get(start.min(end)..end.max(start)).unwrap_or(text)
}

/// Finds the words outside brackets; gives a year inside, or 0.
pub(super) fn split<'t>(written: &'t str, words: &mut Words<'t>) -> u16 {
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
pub(super) fn divide(words: &mut Words<'_>) {
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
    pub(super) fn write_out(&mut self, word: &'t str) {
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
    pub(super) fn is_particle(&self, heads_two: bool) -> bool {
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
    pub(super) fn child(&self) -> Gender {
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
pub(super) fn join<'t>(words: &mut Words<'t>, text: &'t str) {
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
pub(super) fn take_titles_off(words: &mut Words<'_>) -> WordHash {
    let mut suffix = after_comma(words);
    let first = titles_before(words);
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
        match titles_after(words) {
            0 => break,
            length => words.truncate(words.len() - length),
        }
    }
    suffix
}

/// Takes off what follows a comma where it is no part of the name: "Chris Smith, Baron Smith of Finsbury", "Petra Bayr, MA".
/// Gives the generation, if there is one.
fn after_comma(words: &mut Words<'_>) -> WordHash {
    let mut suffix = WordHash::default();
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
    suffix
}

/// How many words at the beginning are titles.
fn titles_before(words: &[Written<'_>]) -> usize {
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
        if !roles.any(Roles::BEFORE) || roles.any(Roles::LINEAGE | Roles::AMBIGUOUS) || left < needed {
            break;
        }
        first += length;
    }
    first
}

/// How many words at the end, of at least two, are one title.
fn titles_after(words: &[Written<'_>]) -> usize {
    let last = &words[words.len() - 1];
    let in_han =
        words.len() == 2 && last.script == words[0].script && last.text.starts_with(|c: char| c as u32 >= 0x3040);
    if words.len() == 2 && !in_han {
        return 0;
    }
    let longest = (2..=4).rev().find(|length| {
        words.len() >= length + 2
            && phrase(words[words.len() - length..].iter().map(|w| (w.hash, w.roles)))
                .is_some_and(|(l, r)| l == *length && r.any(Roles::AFTER))
    });
    let single = usize::from(
        last.roles.any(Roles::AFTER) && !last.roles.any(Roles::GIVEN) && last.length > 1 && !last.is_capitalised_pair(),
    );
    longest.unwrap_or(single)
}

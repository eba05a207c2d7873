//! Counting the table of n-grams: from the n-gram frequencies that the lingua project publishes (Apache-2.0), and from
//! texts.
//!
//! Frequencies are conditional: how often a letter follows the letters before it, within words. Where a longer n-gram was
//! never seen the shorter one counts, at a price ("stupid backoff", Brants et al. 2007). Those counted from texts are
//! smoothed after Witten and Bell (1991). Of four and five letters what says little, weighed by how often it would say it,
//! is left out (after Stolcke 1998).

use std::io;
use std::path::Path;

use fst::Streamer;
use rustc_hash::{FxHashMap, FxHashSet};

use super::letters::{Letter, SHARED, letter, lower};
use super::table::{Class, Key, MOST_CLASSES, Parts, UNITS, extended};

/// What is kept, and what an unseen n-gram costs.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What the shorter n-gram counts for where the longer one was never seen: 0 to 1.
    pub backoff: f32,
    /// The logarithm of a letter that a language never has.
    pub unseen: f32,
    /// Rows of three letters that are rarer in every language are left out.
    pub rare_row: f32,
    /// N-grams of four and five letters are left out where their frequency times what they add is less.
    pub rare_longer: f32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { backoff: 0.2, unseen: -14.0, rare_row: 1e-6, rare_longer: 2e-6 }
    }
}

/// A language as it is learned.
pub struct Learned {
    pub tag: String,
    pub served: bool,
    /// The logarithm of the last letter after the others, by n-gram of one to five letters.
    grams: FxHashMap<Vec<char>, f32>,
    home: Option<f32>,
}

/// How likely letters of a language are of which there is no other text.
const USUAL_HOME: f32 = -1.8;

/// The longest n-gram.
const LONGEST: usize = 5;

impl Learned {
    /// A language of lingua, from the folder of its `lingua-…-language-model` crate.
    ///
    /// # Errors
    /// When the folder has no such frequencies.
    pub fn of_lingua(tag: &str, folder: &Path) -> io::Result<Learned> {
        let bytes = std::fs::read(folder.join("models/ngrams.fst"))?;
        let map = fst::Map::new(bytes).map_err(io::Error::other)?;
        let mut grams = FxHashMap::default();
        let mut stream = map.stream();
        while let Some((gram, value)) = stream.next() {
            let gram = std::str::from_utf8(gram).map_err(io::Error::other)?;
            grams.insert(gram.chars().collect(), f64::from_bits(value) as f32);
        }
        Ok(Learned { tag: tag.to_owned(), served: true, grams, home: None })
    }

    /// A language counted from the lines of a text; how likely its letters are is measured on every fifth line by the
    /// others.
    pub fn of_text(tag: &str, served: bool, text: &str, settings: &Settings) -> Learned {
        let part = |held: bool| -> String {
            let lines = text.lines().enumerate().filter(|(at, _)| (at % 5 == 4) == held);
            lines.map(|(_, line)| format!("{line}\n")).collect()
        };
        let counted = |text: &str| Learned { tag: tag.to_owned(), served, grams: smoothed(&count(text)), home: None };
        let mut others = counted(&part(false));
        others.at_home(&part(true), settings);
        Learned { home: others.home, ..counted(text) }
    }

    /// The same language in other letters, each for one.
    pub fn in_letters(&self, tag: &str, letters: &FxHashMap<char, char>) -> Learned {
        let other = |gram: &Vec<char>| gram.iter().map(|c| letters.get(c).copied().unwrap_or(*c)).collect();
        let grams = self.grams.iter().map(|(gram, value)| (other(gram), *value)).collect();
        Learned { tag: tag.to_owned(), served: self.served, grams, home: None }
    }

    /// The same language in other letters, of which some are two. Its n-grams cannot be rewritten one by one then: words are
    /// made of them at random, the same ones each time, rewritten, and counted, together with a text in those letters.
    pub fn respelt(&self, tag: &str, letters: &FxHashMap<char, String>, own: &str) -> Learned {
        let mut words = RandomWords::of(&self.grams);
        let mut text = own.repeat(OWN_TEXT);
        for _ in 0..RANDOM_WORDS {
            for c in words.word() {
                match letters.get(&c) {
                    Some(other) => text.push_str(other),
                    None => text.push(c),
                }
            }
            text.push('\n');
        }
        Learned { tag: tag.to_owned(), served: self.served, grams: smoothed(&count(&text)), home: None }
    }

    /// Whether it is known how likely its letters are.
    pub fn is_measured(&self) -> bool {
        self.home.is_some()
    }

    /// Measures how likely letters of the language are, on a text that it was not counted from.
    pub fn at_home(&mut self, text: &str, settings: &Settings) {
        let words = words(text);
        let letters: usize = words.iter().map(Vec::len).sum();
        let all: f32 =
            words.iter().map(|word| (0..word.len()).map(|at| self.best(word, at, settings)).sum::<f32>()).sum();
        if letters > 0 {
            // Of several texts the one that is most the language.
            let likely = all / letters as f32;
            self.home = Some(self.home.map_or(likely, |home| home.max(likely)));
        }
    }

    /// The logarithm of a letter of a word after those before it.
    fn best(&self, word: &[char], at: usize, settings: &Settings) -> f32 {
        let from = (at + 1).saturating_sub(LONGEST);
        self.shorter(&word[from..=at], settings)
    }

    /// The logarithm of the last letter by the longest n-gram that was seen.
    fn shorter(&self, gram: &[char], settings: &Settings) -> f32 {
        let price = settings.backoff.ln();
        let seen = (0..gram.len()).find_map(|cut| self.grams.get(&gram[cut..]).map(|v| v + cut as f32 * price));
        seen.unwrap_or(settings.unseen + (gram.len() - 1) as f32 * price)
            .max(settings.unseen + (gram.len() - 1) as f32 * price)
    }

    /// How often the n-gram stands in a text of the language, a letter.
    fn frequency(&self, gram: &[char]) -> f32 {
        (1..=gram.len()).map(|n| self.grams.get(&gram[..n]).copied().unwrap_or(-12.0)).sum::<f32>().exp()
    }

    /// The alphabet that most of its letters are of.
    fn alphabet(&self) -> Option<usize> {
        let mut shares = [0.0; SHARED.len()];
        for (gram, value) in self.grams.iter().filter(|(gram, _)| gram.len() == 1) {
            if let Some(share) = alphabet_of(gram[0]).and_then(|at| shares.get_mut(at)) {
                *share += value.exp();
            }
        }
        (0..shares.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).filter(|at| shares[*at] > 0.5)
    }
}

/// Words that are made to count a language in other letters.
const RANDOM_WORDS: usize = 4_000_000;

/// How often a text of the language's own counts beside them.
const OWN_TEXT: usize = 20;

/// Letters of such a word, at most.
const LONGEST_WORD: usize = 12;

/// Makes words of n-grams: each letter as likely after the four before it as they say.
struct RandomWords {
    /// By what comes before the letters that may follow, each with the sum of the frequencies up to it.
    after: FxHashMap<Vec<char>, Vec<(char, f32)>>,
    state: u64,
}

impl RandomWords {
    fn of(grams: &FxHashMap<Vec<char>, f32>) -> RandomWords {
        let mut after: FxHashMap<Vec<char>, Vec<(char, f32)>> = FxHashMap::default();
        for (gram, value) in grams {
            if let Some((last, before)) = gram.split_last() {
                after.entry(before.to_vec()).or_default().push((*last, value.exp()));
            }
        }
        for letters in after.values_mut() {
            letters.sort_unstable_by_key(|(c, _)| *c);
            let mut sum = 0.0;
            letters.iter_mut().for_each(|(_, share)| {
                sum += *share;
                *share = sum;
            });
        }
        RandomWords { after, state: 0x9E37_79B9_7F4A_7C15 }
    }

    /// Between 0 and 1 (xorshift64, Marsaglia 2003).
    fn random(&mut self) -> f32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 40) as f32 / (1u64 << 24) as f32
    }

    fn word(&mut self) -> Vec<char> {
        let mut word: Vec<char> = Vec::new();
        while word.len() < LONGEST_WORD {
            let chance = self.random();
            let before = &word[word.len().saturating_sub(LONGEST - 1)..];
            let Some(letters) = self.after.get(before) else { break };
            let all = letters.last().map_or(0.0, |(_, sum)| *sum);
            let Some((next, _)) = letters.iter().find(|(_, sum)| *sum >= chance * all) else { break };
            word.push(*next);
        }
        word
    }
}

fn alphabet_of(c: char) -> Option<usize> {
    match letter(c) {
        Letter::Of(script) if usize::from(script) < SHARED.len() => Some(usize::from(script)),
        _ => None,
    }
}

/// The words of a text, as they are scored: in lower case, without marks.
fn words(text: &str) -> Vec<Vec<char>> {
    let mut words = vec![Vec::new()];
    for c in text.chars() {
        match letter(c) {
            Letter::Of(_) => words.last_mut().into_iter().for_each(|word: &mut Vec<char>| word.push(lower(c))),
            Letter::Mark => {}
            Letter::None if words.last().is_some_and(|word| !word.is_empty()) => words.push(Vec::new()),
            Letter::None => {}
        }
    }
    words
}

fn count(text: &str) -> FxHashMap<Vec<char>, u32> {
    let mut counts = FxHashMap::default();
    for word in words(text) {
        for from in 0..word.len() {
            for to in from + 1..=word.len().min(from + LONGEST) {
                *counts.entry(word[from..to].to_vec()).or_default() += 1;
            }
        }
    }
    counts
}

/// Counts to logarithms of conditional frequencies. A letter that was seen n times after the same letters, which were
/// followed by t different letters in all, has its share of n and t times what it has after one letter less.
fn smoothed(counts: &FxHashMap<Vec<char>, u32>) -> FxHashMap<Vec<char>, f32> {
    let mut after: FxHashMap<&[char], (u32, u32)> = FxHashMap::default();
    for (gram, n) in counts {
        let (all, different) = after.entry(&gram[..gram.len() - 1]).or_default();
        *all += n;
        *different += 1;
    }
    let mut shares: FxHashMap<Vec<char>, f32> = FxHashMap::default();
    let mut grams: Vec<&Vec<char>> = counts.keys().collect();
    grams.sort_unstable_by_key(|gram| gram.len());
    for gram in grams {
        let (all, different) = after[&gram[..gram.len() - 1]];
        let shorter = if gram.len() == 1 { 0.0 } else { shares[&gram[1..]] };
        let different = if gram.len() == 1 { 0 } else { different };
        let share = (counts[gram] as f32 + different as f32 * shorter) / (all + different) as f32;
        shares.insert(gram.clone(), share);
    }
    shares.into_iter().map(|(gram, share)| (gram, share.ln())).collect()
}

/// Makes the table of all languages.
///
/// # Errors
/// When a language has letters of no shared alphabet, or an alphabet has too many languages.
pub fn table(languages: &[Learned], settings: &Settings) -> Result<Parts, String> {
    let mut alphabets: Vec<Vec<&Learned>> = vec![Vec::new(); SHARED.len()];
    for language in languages {
        let at = language
            .alphabet()
            .ok_or_else(|| format!("{} is written in no alphabet of several languages", language.tag))?;
        alphabets[at].push(language);
    }
    let mut parts = Parts { price: settings.backoff.ln(), ..Parts::default() };
    for (number, members) in alphabets.iter().enumerate() {
        if members.len() > MOST_CLASSES {
            return Err(format!("{} languages share an alphabet, {MOST_CLASSES} can", members.len()));
        }
        // N-grams with letters of another alphabet have no key.
        let mut symbols: FxHashMap<char, u16> = FxHashMap::default();
        for c in letters_of(number, members) {
            parts.letters.push(c);
            symbols.insert(c, parts.letters.len() as u16);
        }
        let class = |l: &&Learned| Class { tag: l.tag.clone(), served: l.served, home: l.home.unwrap_or(USUAL_HOME) };
        parts.alphabets.push(members.iter().map(class).collect());
        let rows = rows(members, &symbols, settings, &mut parts, number as u8);
        longer(members, &symbols, settings, &rows, &mut parts);
    }
    parts.rows.sort_unstable_by_key(|(key, ..)| *key);
    parts.longer.sort_unstable_by_key(|(key, _)| *key);
    Ok(parts)
}

/// Letters of the alphabet that are one in half a million in some language.
fn letters_of(alphabet: usize, members: &[&Learned]) -> Vec<char> {
    let often = |language: &&Learned| {
        let grams = language.grams.iter().filter(|(gram, value)| gram.len() == 1 && **value > -13.1);
        grams.map(|(gram, _)| gram[0]).filter(|c| alphabet_of(*c) == Some(alphabet)).collect::<Vec<char>>()
    };
    let mut letters: Vec<char> = members.iter().flat_map(often).collect();
    letters.sort_unstable();
    letters.dedup();
    letters
}

fn key_of(gram: &[char], symbols: &FxHashMap<char, u16>) -> Option<Key> {
    gram.iter().try_fold(0, |key, c| symbols.get(c).map(|symbol| extended(key, *symbol)))
}

/// The n-grams up to three letters, with a row each; gives which ones have one.
fn rows(
    members: &[&Learned],
    symbols: &FxHashMap<char, u16>,
    settings: &Settings,
    parts: &mut Parts,
    alphabet: u8,
) -> FxHashSet<Vec<char>> {
    let mut kept: FxHashSet<Vec<char>> = FxHashSet::default();
    for language in members {
        let short = language.grams.keys().filter(|gram| gram.len() <= 3);
        kept.extend(short.filter(|gram| gram.len() < 3 || language.frequency(gram) >= settings.rare_row).cloned());
    }
    for gram in &kept {
        let Some(key) = key_of(gram, symbols) else { continue };
        let cost = |language: &&Learned| (-language.shorter(gram, settings) * UNITS).round().clamp(0.0, 255.0) as u8;
        parts.rows.push((key, alphabet, members.iter().map(cost).collect()));
    }
    kept
}

/// The n-grams of four and five letters, for the languages for which they say something.
fn longer(
    members: &[&Learned],
    symbols: &FxHashMap<char, u16>,
    settings: &Settings,
    rows: &FxHashSet<Vec<char>>,
    parts: &mut Parts,
) {
    let price = settings.backoff.ln();
    let mut lists: FxHashMap<Key, Vec<(u8, i8)>> = FxHashMap::default();
    for (column, language) in members.iter().enumerate() {
        // What three letters say, or two where three have no row.
        let short = |gram: &[char]| {
            let three = &gram[gram.len() - 3..];
            if rows.contains(three) {
                language.shorter(three, settings)
            } else {
                language.shorter(&three[1..], settings) + price
            }
        };
        let mut four: FxHashMap<&[char], f32> = FxHashMap::default();
        let mut keep = |gram: &Vec<char>, below: f32, value: f32| {
            let more = value - below - price;
            let kept = language.frequency(gram) * more.abs() >= settings.rare_longer;
            if let Some(key) = key_of(gram, symbols).filter(|_| kept) {
                let units = (more * UNITS).round().clamp(-127.0, 127.0) as i8;
                lists.entry(key).or_default().push((column as u8, units));
            }
            kept
        };
        for (gram, value) in language.grams.iter().filter(|(gram, _)| gram.len() == 4) {
            if keep(gram, short(gram), *value) {
                four.insert(gram, *value);
            }
        }
        for (gram, value) in language.grams.iter().filter(|(gram, _)| gram.len() == 5) {
            let below = four.get(&gram[1..]).copied().unwrap_or_else(|| short(gram) + price);
            keep(gram, below, *value);
        }
    }
    parts.longer.extend(lists.into_iter().map(|(key, mut list)| {
        list.sort_unstable();
        (key, list)
    }));
}

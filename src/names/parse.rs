//! A written name to its parts.

use unicode_script::Script;

use super::key::skeletons;
use super::lexicon::{Word, word_class};
use super::normal::{is_abjad, normalise, script_of};
use super::romanise::readings;

/// What a part of a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A given or family name: what people are told apart by.
    Main,
    /// The father's name (`Heydar oğlu`, `Гейдарович`): may be absent.
    Patronymic,
    /// One letter that stands for a name.
    Initial,
}

/// One word of a name, ready for comparison.
#[derive(Clone, Debug)]
pub struct Token {
    /// As written.
    pub text: String,
    pub part: Part,
    /// In sounds; a second form where an article may or may not belong to it.
    pub sounds: Vec<Vec<u8>>,
    /// Consonant classes of all readings.
    pub skeletons: Vec<String>,
    /// Whether its script leaves vowels out.
    pub abjad: bool,
}

/// A parsed personal name.
#[derive(Clone, Debug)]
pub struct Name {
    /// As written, without honorifics.
    pub text: String,
    pub tokens: Vec<Token>,
    /// The tokens with neighbours written together, in every way: Amir Abdollahian, Amirabdollahian.
    joined: Vec<Vec<Token>>,
}

/// More words than this are no name; the rest is ignored.
const MAX_TOKENS: usize = 7;

impl Name {
    /// Parses a name in any script: takes honorifics off, sets particles aside, marks patronymics and initials.
    ///
    /// ```
    /// use nisba::names::{Name, Part};
    /// let name = Name::parse("Mr. İlham Heydər oğlu Əliyev");
    /// assert_eq!(name.text, "İlham Heydər oğlu Əliyev");
    /// assert_eq!(name.tokens[1].part, Part::Patronymic);
    /// ```
    pub fn parse(written: &str) -> Name {
        let words: Vec<&str> = written
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '"' | '«' | '»'))
            .filter(|w| !w.is_empty())
            .collect();
        let first = words.iter().position(|w| !matches!(word_class(w), Some(Word::Honorific))).unwrap_or(0);
        let words = &words[first..];
        let mut tokens: Vec<Token> = Vec::new();
        let mut father_next = false;
        for word in words {
            match word_class(word) {
                // `bin`, `ibn`: what follows is the father. `oğlu`, `qızı`: what came before was.
                Some(Word::SonBefore) => father_next = true,
                Some(Word::SonAfter) => {
                    if tokens.len() > 1
                        && let Some(father) = tokens.last_mut()
                    {
                        father.part = Part::Patronymic;
                    }
                }
                Some(Word::Particle) => {}
                _ => {
                    // A nobleman's Seyyed tells nobody apart, unless nothing else is there.
                    if matches!(word_class(word), Some(Word::Lineage)) && words.len() > 1 {
                        continue;
                    }
                    if let Some(mut token) = Token::new(word) {
                        let main_before = tokens.iter().any(|t| t.part == Part::Main);
                        if main_before && (father_next || is_slavic_patronymic(word)) {
                            token.part = Part::Patronymic;
                        }
                        tokens.push(token);
                    }
                    father_next = false;
                }
            }
            if tokens.len() == MAX_TOKENS {
                break;
            }
        }
        // Mohammed bin Salman: where there is no other name, the father's is the one that tells people apart.
        if tokens.iter().filter(|t| t.part == Part::Main).count() == 1
            && let Some(father) = tokens.iter_mut().rev().find(|t| t.part == Part::Patronymic)
        {
            father.part = Part::Main;
        }
        let joined = joined(&tokens);
        Name { text: words.join(" "), tokens, joined }
    }

    /// The key of the name: sorted skeletons of its main parts, as `lb-lm` for Ilham Aliyev. Empty for no name.
    pub fn key(&self) -> String {
        let mut parts: Vec<&str> = self
            .tokens
            .iter()
            .filter(|t| t.part != Part::Patronymic)
            .filter_map(|t| t.skeletons.first().map(String::as_str))
            .collect();
        parts.sort_unstable();
        parts.join("-")
    }

    /// The keys to find the name by when another spelling, without some of its parts or with parts written together,
    /// comes along: every pair of parts in every reading, sorted and bounded. A single part has none: see
    /// [`Name::short_keys`].
    pub fn pair_keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        for tokens in self.groupings() {
            let main: Vec<&Token> = tokens.iter().filter(|t| t.part == Part::Main).collect();
            for (i, a) in main.iter().enumerate() {
                for b in &main[i + 1..] {
                    for x in &a.skeletons {
                        for y in &b.skeletons {
                            keys.push(if x <= y { format!("{x}-{y}") } else { format!("{y}-{x}") });
                        }
                    }
                }
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(256);
        keys
    }

    /// The keys of each part alone: to find candidates for a surname.
    pub fn short_keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self
            .groupings()
            .flatten()
            .filter(|t| t.part == Part::Main)
            .flat_map(|t| t.skeletons.iter().cloned())
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The tokens as written, then with neighbours written together.
    pub(super) fn groupings(&self) -> impl Iterator<Item = &Vec<Token>> {
        std::iter::once(&self.tokens).chain(&self.joined)
    }
}

/// Neighbours written together, at most two joins, for names of three to five words: with two, two surnames would melt.
fn joined(tokens: &[Token]) -> Vec<Vec<Token>> {
    let mut all: Vec<Vec<Token>> = Vec::new();
    if !(3..=5).contains(&tokens.len()) {
        return all;
    }
    let once = join_each(tokens);
    if tokens.len() > 3 {
        all.extend(once.iter().flat_map(|tokens| join_each(tokens)));
    }
    all.splice(0..0, once);
    all.truncate(12);
    all
}

fn join_each(tokens: &[Token]) -> Vec<Vec<Token>> {
    let mut all = Vec::new();
    for at in 0..tokens.len().saturating_sub(1) {
        if tokens[at..at + 2].iter().any(|t| t.part != Part::Main) {
            continue;
        }
        let mut joined = tokens.to_vec();
        let second = joined.remove(at + 1);
        if let Some(token) = Token::new(&format!("{}{}", joined[at].text, second.text)) {
            joined[at] = token;
            all.push(joined);
        }
    }
    all
}

impl Token {
    /// A word as a token; `None` when no letter of it has a sound.
    pub fn new(word: &str) -> Option<Token> {
        let script = script_of(word);
        let mut all = readings(word);
        let normal = normalise(word);
        if script == Script::Arabic
            && let Some(rest) = normal.strip_prefix("ال")
            && rest.chars().count() > 2
        {
            // The article, or the start of a name like الهام: nobody can tell from the word alone.
            all.extend(readings(rest));
        }
        if script == Script::Latin {
            for article in ["al-", "el-", "as-", "ash-", "ar-", "at-", "az-", "ad-", "an-", "ol-", "ul-"] {
                if let Some(rest) = normal.strip_prefix(article) {
                    all = readings(rest);
                }
            }
        }
        if all.first().is_none_or(|r| r.is_empty()) {
            return None;
        }
        let letters = normal.chars().filter(|c| c.is_alphabetic()).count();
        let skeletons = skeletons(&all);
        let mut sounds: Vec<Vec<u8>> = vec![all[0].clone().into_bytes()];
        if script == Script::Arabic && normal.starts_with("ال") {
            sounds.extend(all.iter().find(|r| !r.starts_with("al")).map(|r| r.clone().into_bytes()));
        }
        Some(Token {
            text: word.to_owned(),
            part: if letters == 1 && !is_abjad(script) { Part::Initial } else { Part::Main },
            sounds,
            skeletons,
            abjad: is_abjad(script),
        })
    }
}

/// -ovich, -evna and their kin in Cyrillic and Latin letters, in their usual cases.
fn is_slavic_patronymic(word: &str) -> bool {
    let word = normalise(word);
    const ENDINGS: [&str; 18] = [
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
        "ovich",
        "evich",
        "ovna",
        "evna",
    ];
    word.chars().count() > 6 && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

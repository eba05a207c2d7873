//! The marks of a line: what of it a translation is likely to have too.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::{Kind, SPELLINGS, Spelling};
use crate::characters::Alphabet;
use crate::names::Skeleton;
use crate::translation::concepts::{Concepts, concepts};
use crate::translation::pieces::{Piece, What, pieces};
use crate::translation::sounds::Sounds;

/// Words of fewer letters, and numbers of fewer digits, are everywhere.
const FEWEST_LETTERS: usize = 3;
const FEWEST_DIGITS: u8 = 2;

/// What is of use again for the next text. Each thread has its own.
#[derive(Default)]
pub struct Memory {
    sounds: Sounds,
    folded: String,
}

/// Reads lines, one after the other.
pub(super) struct Reader<'r> {
    pub memory: &'r mut Memory,
    pub concepts: Option<&'static Concepts>,
    pub letters: &'r mut [usize; SPELLINGS.len()],
}

impl Reader<'_> {
    /// Hands out the marks of a line, with what they are made of; how many letters it has.
    pub(super) fn read<'t>(&mut self, line: &'t str, mut put: impl FnMut(Kind, u32, &'t str)) -> usize {
        if let Some(concepts) = self.concepts {
            for named in concepts.of(line, &mut self.memory.folded) {
                put(Kind::Concept, key(Kind::Concept, named.concept), named.concept);
            }
        }
        let mut length = 0;
        let (mut name, mut number) = (None, None);
        let mut all = pieces(line).peekable();
        while let Some(piece) = all.next() {
            match piece.what {
                What::Number { digits, count } => {
                    length += piece.text.len();
                    number = Some(numbered(line, &piece, (digits, count), number, &mut put));
                    name = None;
                }
                What::Word { alphabet, capital, cased } => {
                    let letters = piece.text.chars().count();
                    length += letters;
                    self.letters[spelling(alphabet) as usize] += letters;
                    let may_be_name = !cased || capital && (!piece.sentence_start || all.peek().is_some_and(goes_on));
                    if !may_be_name || matches!(alphabet, Alphabet::Han | Alphabet::Hiragana) {
                        name = None;
                        continue;
                    }
                    if alphabet == Alphabet::Latin && letters >= FEWEST_LETTERS {
                        put(Kind::Latin, key(Kind::Latin, lower(piece.text)), piece.text);
                    }
                    let skeleton = self.memory.sounds.skeleton(piece.text);
                    name = named(line, &piece, skeleton, name.filter(|_| piece.joined), &mut put);
                }
            }
        }
        length
    }
}

/// A piece that another one may follow.
#[derive(Clone, Copy)]
struct Before {
    what: u64,
    /// Where it starts: bytes of the line.
    start: usize,
}

/// Where a piece of a line starts in it.
fn start(line: &str, piece: &Piece) -> usize {
    piece.text.as_ptr() as usize - line.as_ptr() as usize
}

fn numbered<'t>(
    line: &'t str,
    piece: &Piece<'t>,
    (digits, count): (u64, u8),
    before: Option<Before>,
    put: &mut impl FnMut(Kind, u32, &'t str),
) -> Before {
    let at = start(line, piece);
    if count >= FEWEST_DIGITS {
        put(Kind::Number, key(Kind::Number, digits), piece.text);
    }
    if let Some(before) = before {
        let both = &line[before.start..at + piece.text.len()];
        put(Kind::Numbers, key(Kind::Numbers, (before.what, digits)), both);
    }
    Before { what: digits, start: at }
}

fn named<'t>(
    line: &'t str,
    piece: &Piece<'t>,
    skeleton: Skeleton,
    before: Option<Before>,
    put: &mut impl FnMut(Kind, u32, &'t str),
) -> Option<Before> {
    let at = start(line, piece);
    let classes = skeleton.length();
    let first = skeleton.first(3).number();
    if classes >= 3 {
        put(Kind::Sound, key(Kind::Sound, first), piece.text);
    }
    if classes >= 5 {
        put(Kind::Sounds, key(Kind::Sounds, skeleton.first(5).number()), piece.text);
    }
    if classes < 2 {
        return None;
    }
    if let Some(before) = before {
        // In whatever order: some languages write the family name first.
        let both = (before.what.min(first), before.what.max(first));
        put(Kind::Pair, key(Kind::Pair, both), &line[before.start..at + piece.text.len()]);
    }
    Some(Before { what: first, start: at })
}

/// Whether the next word is written with a capital too, so that the one before it is no mere beginning of a sentence.
fn goes_on(next: &Piece) -> bool {
    next.joined && matches!(next.what, What::Word { capital: true, .. })
}

fn spelling(alphabet: Alphabet) -> Spelling {
    match alphabet {
        Alphabet::Latin => Spelling::Latin,
        Alphabet::Cyrillic | Alphabet::Greek | Alphabet::Armenian | Alphabet::Georgian => Spelling::Alphabet,
        Alphabet::Arabic | Alphabet::Hebrew => Spelling::Abjad,
        Alphabet::Devanagari => Spelling::Syllables,
        Alphabet::Hangul => Spelling::Hangul,
        Alphabet::Han | Alphabet::Hiragana | Alphabet::Katakana => Spelling::Han,
        Alphabet::Other => Spelling::Other,
    }
}

fn lower(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    word.chars().flat_map(char::to_lowercase).for_each(|c| c.hash(&mut hasher));
    hasher.finish()
}

pub(super) fn key(kind: Kind, what: impl Hash) -> u32 {
    let mut hasher = FxHasher::default();
    (kind, what).hash(&mut hasher);
    (hasher.finish() >> 20) as u32
}

/// How the marks with these keys are written in a text, each as it is first.
pub fn written<'t>(
    language: &str,
    lines: impl IntoIterator<Item = &'t str>,
    memory: &mut Memory,
    keys: &[u32],
) -> FxHashMap<u32, &'t str> {
    let mut written = FxHashMap::default();
    let concepts = concepts(language);
    let mut reader = Reader { memory, concepts: None, letters: &mut [0; SPELLINGS.len()] };
    for line in lines {
        if written.len() == keys.len() {
            break;
        }
        for (concepts, named) in
            concepts.iter().flat_map(|all| all.of(line, &mut String::new()).into_iter().map(move |one| (all, one)))
        {
            let key = key(Kind::Concept, named.concept);
            if keys.contains(&key) {
                written.entry(key).or_insert_with(|| concepts.written(line, &named));
            }
        }
        reader.read(line, |_, key, text| {
            if keys.contains(&key) {
                written.entry(key).or_insert(text);
            }
        });
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(language: &str, line: &str) -> Vec<(Kind, &'static str)> {
        let line: &'static str = Box::leak(line.to_owned().into_boxed_str());
        let mut marks = Vec::new();
        let mut memory = Memory::default();
        let mut reader =
            Reader { memory: &mut memory, concepts: concepts(language), letters: &mut [0; SPELLINGS.len()] };
        reader.read(line, |kind, _, text| marks.push((kind, text)));
        marks
    }

    #[test]
    fn what_may_be_a_name_and_what_is_a_number_are_marks() {
        assert_eq!(
            marks("en", "Talks went on: Brett Kavanaugh got 1,250.50 and 16 in May"),
            [
                (Kind::Latin, "Brett"),
                (Kind::Sound, "Brett"),
                (Kind::Latin, "Kavanaugh"),
                (Kind::Sound, "Kavanaugh"),
                (Kind::Pair, "Brett Kavanaugh"),
                (Kind::Number, "1,250.50"),
                (Kind::Number, "16"),
                (Kind::Numbers, "1,250.50 and 16"),
                (Kind::Latin, "May"),
            ]
        );
        assert!(marks("xx", "😀 — …").is_empty());
    }
}

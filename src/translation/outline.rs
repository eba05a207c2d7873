//! What of a text is left in its translation, whatever the languages: names by their sounds, numbers, concepts that every
//! language has a word for, and the lengths of the paragraphs.

use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHasher};

use super::concepts::{Concepts, concepts};
use super::pieces::{Piece, What, pieces};
use super::sounds::Sounds;
use crate::characters::Alphabet;
use crate::names::Skeleton;

/// What a mark is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// The first three consonant classes of a word that may be a name.
    Sound,
    /// The first five, of a longer word.
    Sounds,
    /// The digits of a number, without the zeros at its end.
    Number,
    /// Two numbers, one after the other.
    Numbers,
    /// A word in Latin letters, as it is written.
    Latin,
    /// A country, a month, a currency.
    Concept,
    /// Two words beside each other that may be a name.
    Pair,
}

/// All kinds, in their order.
pub const KINDS: [Kind; 7] =
    [Kind::Sound, Kind::Sounds, Kind::Number, Kind::Numbers, Kind::Latin, Kind::Concept, Kind::Pair];

/// Something that the translation of a text is likely to have too, at about the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub kind: Kind,
    /// A hash of what it is.
    pub key: u32,
    /// The paragraph that it stands in; the title is the first.
    pub paragraph: u8,
}

/// How words are spelt in a text: how much of a name is left in another spelling depends on both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Spelling {
    Latin,
    /// Cyrillic, Greek, Armenian, Georgian.
    Alphabet,
    /// Arabic, Hebrew.
    Abjad,
    /// The scripts of India.
    Syllables,
    Hangul,
    /// Chinese and Japanese.
    Han,
    #[default]
    Other,
}

const SPELLINGS: [Spelling; 7] = [
    Spelling::Latin,
    Spelling::Alphabet,
    Spelling::Abjad,
    Spelling::Syllables,
    Spelling::Hangul,
    Spelling::Han,
    Spelling::Other,
];

/// What is compared of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    pub spelling: Spelling,
    /// Letters of each paragraph, the title first.
    pub paragraphs: Vec<u16>,
    /// Sorted, each once.
    pub marks: Vec<Mark>,
}

/// Paragraphs of a text that are looked at: no story is told only after them.
const MOST_PARAGRAPHS: usize = 100;

/// Marks of an outline: those of the first paragraphs.
const MOST_MARKS: usize = 600;

/// Words of fewer letters, and numbers of fewer digits, are everywhere.
const FEWEST_LETTERS: usize = 3;
const FEWEST_DIGITS: u8 = 2;

/// The keys of the days of the week.
static DAYS: LazyLock<[u32; 7]> = LazyLock::new(|| {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| key(Kind::Concept, format!("day-{day}").as_str()))
});

impl Outline {
    /// The outline of a text; each line is a paragraph, the title the first. `language` is its BCP 47 tag.
    pub fn of<'t>(language: &str, lines: impl IntoIterator<Item = &'t str>, memory: &mut Memory) -> Outline {
        let mut outline = Outline::default();
        let mut letters = [0usize; SPELLINGS.len()];
        let mut reader = Reader { memory, concepts: concepts(language), letters: &mut letters };
        for line in lines.into_iter().filter(|line| !line.trim().is_empty()).take(MOST_PARAGRAPHS) {
            let paragraph = outline.paragraphs.len() as u8;
            let marks = &mut outline.marks;
            let length = reader.read(line, |kind, key, _| {
                if marks.len() < MOST_MARKS {
                    marks.push(Mark { kind, key, paragraph });
                }
            });
            outline.paragraphs.push(length.min(usize::from(u16::MAX)) as u16);
        }
        let most = (0..letters.len()).max_by_key(|at| (letters[*at], letters.len() - at)).unwrap_or(0);
        outline.spelling = if letters[most] == 0 { Spelling::Other } else { SPELLINGS[most] };
        outline.marks.sort_unstable();
        outline.marks.dedup();
        outline
    }

    /// Of the lines of the text, those that have the first of each of these marks.
    pub fn paragraphs_with<'t>(
        &self,
        lines: impl Iterator<Item = &'t str>,
        keys: &[u32],
    ) -> impl Iterator<Item = &'t str> {
        let mut has = [false; MOST_PARAGRAPHS];
        let runs = self.marks.chunk_by(|a, b| (a.kind, a.key) == (b.kind, b.key));
        runs.map(|run| &run[0])
            .filter(|mark| keys.contains(&mark.key))
            .for_each(|mark| has[usize::from(mark.paragraph)] = true);
        lines.filter(|line| !line.trim().is_empty()).zip(has).filter(|(_, has)| *has).map(|(line, _)| line)
    }

    /// Letters of the text.
    pub fn letters(&self) -> usize {
        self.paragraphs.iter().map(|length| usize::from(*length)).sum()
    }

    /// Adds who is named in the text below the title, if there is one: persons by their ids, and where, in code points. A
    /// person is one in all languages, however they are spelt.
    pub fn name<'p>(&mut self, people: impl Iterator<Item = (&'p str, usize)>, titled: bool, text: &str) {
        let mut end = 0;
        let mut ends: Vec<usize> = Vec::new();
        for line in text.lines() {
            end += line.chars().count() + 1;
            match ends.last_mut() {
                // Lines without anything belong to the paragraph before.
                Some(last) if line.trim().is_empty() => *last = end,
                _ => ends.push(end),
            }
        }
        for (id, at) in people {
            let paragraph = usize::from(titled) + ends.partition_point(|end| *end <= at);
            if paragraph < self.paragraphs.len() && self.marks.len() < MOST_MARKS {
                self.marks.push(Mark { kind: Kind::Pair, key: key(Kind::Pair, id), paragraph: paragraph as u8 });
            }
        }
        self.marks.sort_unstable();
        self.marks.dedup();
    }

    /// Whether a text that is nearly the same says it of the same people and numbers: else both only follow one pattern, as the
    /// reports of a central bank do, or those of football matches.
    pub fn says_it_of_the_same(&self, other: &Outline) -> bool {
        /// Of fewer, none is missed.
        const ENOUGH: usize = 2;
        [Kind::Number, Kind::Pair].into_iter().all(|kind| {
            let keys = |outline: &Outline| outline.keys().filter(|key| key.0 == kind).collect::<Vec<_>>();
            let (own, others) = (keys(self), keys(other));
            let fewest = own.len().min(others.len());
            // Both are sorted.
            let shared = own.iter().filter(|key| others.binary_search(key).is_ok()).count();
            fewest < ENOUGH || 2 * shared > fewest
        })
    }

    /// Its different keys of a kind.
    pub fn keys(&self) -> impl Iterator<Item = (Kind, u32)> {
        self.marks.chunk_by(|a, b| (a.kind, a.key) == (b.kind, b.key)).map(|same| (same[0].kind, same[0].key))
    }

    /// The days of the week that it names, with their paragraphs.
    pub fn days(&self) -> impl Iterator<Item = &Mark> {
        self.marks.iter().filter(|mark| mark.kind == Kind::Concept && DAYS.contains(&mark.key))
    }

    /// As few bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 + 2 * self.paragraphs.len() + 6 * self.marks.len());
        bytes.extend([FORMAT, self.spelling as u8, self.paragraphs.len() as u8]);
        self.paragraphs.iter().for_each(|length| bytes.extend(length.to_le_bytes()));
        for kind in KINDS {
            let marks = self.marks.iter().filter(|mark| mark.kind == kind);
            bytes.extend((marks.clone().count() as u16).to_le_bytes());
            marks.clone().for_each(|mark| bytes.extend(mark.key.to_le_bytes()));
            marks.for_each(|mark| bytes.push(mark.paragraph));
        }
        bytes
    }

    /// What [`Outline::to_bytes`] made; `None` for anything else, or for what another version made.
    pub fn from_bytes(bytes: &[u8]) -> Option<Outline> {
        let (&[FORMAT, spelling, paragraphs], mut rest) = bytes.split_first_chunk()? else { return None };
        let mut take = |length: usize| {
            let (taken, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(taken)
        };
        let short = |bytes: &[u8]| u16::from_le_bytes([bytes[0], bytes[1]]);
        let paragraphs = take(2 * usize::from(paragraphs))?.chunks_exact(2).map(short).collect();
        let mut marks = Vec::new();
        for kind in KINDS {
            let count = usize::from(short(take(2)?));
            let keys = take(4 * count)?.chunks_exact(4).map(|key| u32::from_le_bytes([key[0], key[1], key[2], key[3]]));
            let at = marks.len();
            marks.extend(keys.map(|key| Mark { kind, key, paragraph: 0 }));
            marks[at..].iter_mut().zip(take(count)?).for_each(|(mark, paragraph)| mark.paragraph = *paragraph);
        }
        Some(Outline { spelling: *SPELLINGS.get(usize::from(spelling))?, paragraphs, marks })
    }
}

/// Grows when other marks are made of the same text.
const FORMAT: u8 = 1;

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

/// What is of use again for the next text. Each thread has its own.
#[derive(Default)]
pub struct Memory {
    sounds: Sounds,
    folded: String,
}

struct Reader<'r> {
    memory: &'r mut Memory,
    concepts: Option<&'static Concepts>,
    letters: &'r mut [usize; SPELLINGS.len()],
}

impl Reader<'_> {
    /// Hands out the marks of a line, with what they are made of; how many letters it has.
    fn read<'t>(&mut self, line: &'t str, mut put: impl FnMut(Kind, u32, &'t str)) -> usize {
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

fn key(kind: Kind, what: impl Hash) -> u32 {
    let mut hasher = FxHasher::default();
    (kind, what).hash(&mut hasher);
    (hasher.finish() >> 20) as u32
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

    fn shared(a: (&str, &str), b: (&str, &str)) -> Vec<(Kind, u32)> {
        let mut memory = Memory::default();
        let mut of = |(language, line): (&str, &str)| Outline::of(language, [line], &mut memory);
        let (a, b) = (of(a), of(b));
        a.keys().filter(|key| b.keys().any(|other| other == *key)).collect()
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

    #[test]
    fn a_translation_has_the_same_marks() {
        let english = ("en", "In Baku, Ramin Mammadov paid 1,250,000.50 on March 12");
        for (other, fewest) in [
            (("az", "Bakıda Ramin Məmmədov martın 12-də 1.250.000,50 ödədi"), 5),
            (("ru", "В Баку Рамин Мамедов 12 марта заплатил 1 250 000,50"), 5),
            (("fa", "در باکو رامین ممدوف در ۱۲ مارس ۱٬۲۵۰٬۰۰۰٫۵۰ پرداخت کرد"), 3),
            (("hi", "बाकू में रामिन ममदोव ने 12 मार्च को 12,50,000.50 दिए"), 3),
        ] {
            let shared = shared(english, other);
            assert!(shared.len() >= fewest, "{other:?}: {shared:?}");
        }
    }

    #[test]
    fn an_outline_is_the_same_after_it_was_kept() {
        let text =
            "Başlıq 12\nİlham Əliyev və İbrahim Rəisi Bakıda görüşdü.\n\nმეორე აბზაცი 3,5 და 44 — Եվ Ռուբեն Սարգսյան.";
        let outline = Outline::of("az", text.lines(), &mut Memory::default());
        assert_eq!(outline.paragraphs.len(), 3);
        assert_eq!(Outline::from_bytes(&outline.to_bytes()).as_ref(), Some(&outline));
        let bytes = outline.to_bytes();
        assert!((0..bytes.len()).all(|end| Outline::from_bytes(&bytes[..end]).is_none()));
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_an_outline(text in "\\PC{0,200}") {
            let outline = Outline::of("tr", text.lines(), &mut Memory::default());
            proptest::prop_assert_eq!(Outline::from_bytes(&outline.to_bytes()), Some(outline));
        }
    }
}

//! What of a text is left in its translation, whatever the languages: names by their sounds, numbers, concepts that every
//! language has a word for, and the lengths of the paragraphs.

mod bytes;
mod read;

use std::sync::LazyLock;

use super::concepts::concepts;
use read::{Reader, key};

pub use read::{Memory, written};

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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(a: (&str, &str), b: (&str, &str)) -> Vec<(Kind, u32)> {
        let mut memory = Memory::default();
        let mut of = |(language, line): (&str, &str)| Outline::of(language, [line], &mut memory);
        let (a, b) = (of(a), of(b));
        a.keys().filter(|key| b.keys().any(|other| other == *key)).collect()
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

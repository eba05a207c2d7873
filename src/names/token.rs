//! One word of a name: what part it is, and how it sounds.

use compact_str::CompactString;
use smallvec::SmallVec;

use super::key::{Skeleton, skeleton, skeletons};
use super::letters::{NO_SCRIPT, letter, letters_of};
use super::normal::is_abjad;
use super::romanise::{SCRIPTS, Sounds, table};
use super::sounds::{Writing, inventory};
use super::words::{Families, Roles, WordHash, known};
use super::written::{Words, Written, bounded, split};

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

/// Keys that a word is kept by at most.
const MOST_KEPT_BY: usize = 6;

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
    pub(super) fn of(word: &Written<'_>) -> Token {
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
    pub(super) fn hear(&mut self, word: &Written<'_>) -> bool {
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

    /// Equal for the same word of one script, and as good as never for others: to remember what was found out of it.
    pub fn identity(&self) -> u64 {
        self.word.whole() ^ u64::from(self.script)
    }

    /// Whether it is a word that makes one with its neighbour in a name: Abdel Nasser, Jalal ad-Din.
    pub fn is_joined(&self) -> bool {
        known(self.word).0.any(Roles::WITH_NEXT | Roles::WITH_BEFORE)
    }

    /// The consonant classes of its usual reading.
    pub fn skeleton(&self) -> Skeleton {
        skeleton(&self.sounds)
    }

    /// What it is looked up by: its skeletons, and the families that it is a form of.
    pub fn keys(&self) -> SmallVec<[Skeleton; 8]> {
        let families = self.families.numbers().iter().map(|number| Skeleton::of_family(*number));
        self.skeletons().into_iter().chain(families).collect()
    }

    /// What it is found by: the skeletons of its readings, and the families that it is a form of.
    pub fn own_keys(&self) -> SmallVec<[Skeleton; 4]> {
        let families = self.families.numbers().iter().take(2).map(|number| Skeleton::of_family(*number));
        let mut keys: SmallVec<[Skeleton; 4]> =
            self.readings().map(|reading| skeleton(reading)).chain(families).collect();
        keys.dedup();
        keys
    }

    /// What it is kept by where it is looked for by [`Token::keys`]: as [`Token::own_keys`], and of the readings between the
    /// usual and the other one. Gerrard is neither with a hard g and without its d.
    pub fn index_keys(&self) -> SmallVec<[Skeleton; 4]> {
        let mut keys = self.own_keys();
        if self.other.is_some()
            && let Some((script, letters)) = letters_of(&self.text)
        {
            for key in table(script).mixed(&letters).iter().map(|reading| skeleton(reading)) {
                if !key.is_empty() && keys.len() < MOST_KEPT_BY && !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        keys
    }

    /// The skeletons of all its readings, the usual one first; at least one.
    pub fn skeletons(&self) -> SmallVec<[Skeleton; 8]> {
        skeletons(&self.sounds, self.other.as_ref())
    }

    /// Whether both are written in one script.
    pub fn shares_script(&self, other: &Token) -> bool {
        self.script == other.script
    }

    /// Whether it is a father's name by its part, or by its Slavic ending.
    pub fn is_like_fathers_name(&self) -> bool {
        self.part == Part::Patronymic || is_slavic_patronymic(&self.text)
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

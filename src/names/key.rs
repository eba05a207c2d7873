//! Keys: equal, as often as possible, for the transliterations of one name. A key keeps the classes of the consonants;
//! vowels and glides, which scripts leave out or write in many ways, are dropped. Different names may share a key: the
//! comparison decides.

use smallvec::{SmallVec, smallvec};

use super::letters::letters_of;
use super::romanise::{Sounds, table};
use super::sounds::{Sound, class_letter, inventory};
use super::words::family_name;

/// Grows when the same name gets another key. Stored keys have to be made anew then.
pub const KEY_VERSION: u32 = 5;

/// The consonant classes of a word, at most sixteen: `lb` for Aliyev, Алиев and علی‌اف. Sounds that scripts and countries
/// exchange are one class: *b p v f*, *k g kh gh q*, *ch j zh*, *s sh*, *z ts*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Skeleton(u64);

impl Skeleton {
    /// The skeleton of a word in its usual reading; empty for one that no table can read.
    ///
    /// ```
    /// use nisba::names::Skeleton;
    /// assert_eq!(Skeleton::of("Kavanaugh").first(3), Skeleton::of("Кавано").first(3));
    /// ```
    pub fn of(word: &str) -> Skeleton {
        let Some((script, letters)) = letters_of(word) else { return Skeleton::default() };
        let mut sounds = Sounds::new();
        table(script).sounds(&letters, &mut sounds, &mut None);
        skeleton(&sounds)
    }

    /// Its first classes, all of them where it has no more.
    pub fn first(self, classes: usize) -> Skeleton {
        let length = self.length();
        Skeleton(self.0 >> (4 * length.saturating_sub(classes)))
    }

    /// A number that is equal for equal skeletons alone.
    pub fn number(self) -> u64 {
        self.0
    }

    /// Whether it has no class at all: a word that no table can read.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// How many classes it has.
    pub fn length(self) -> usize {
        self.classes().count()
    }

    /// Stands for all forms of a given name, by the number of their family; shown as `#william`.
    pub(super) fn of_family(number: u16) -> Skeleton {
        Skeleton(u64::MAX << 16 | u64::from(number))
    }

    fn family(&self) -> Option<u16> {
        (self.0 >> 16 == u64::MAX >> 16).then_some(self.0 as u16)
    }

    fn push(&mut self, class: u8) {
        // Gemination is not written everywhere; four bits a class.
        if class != 0 && self.0 & 15 != u64::from(class) && self.0 >> 60 == 0 {
            self.0 = (self.0 << 4) | u64::from(class);
        }
    }

    /// The skeleton of two words written together.
    pub fn joined(self, next: Skeleton) -> Skeleton {
        next.classes().fold(self, |mut all, class| {
            all.push(class);
            all
        })
    }

    fn classes(self) -> impl Iterator<Item = u8> {
        (0..16).rev().map(move |at| ((self.0 >> (4 * at)) & 15) as u8).filter(|class| *class != 0)
    }
}

impl std::fmt::Display for Skeleton {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(number) = self.family() {
            return write!(f, "#{}", family_name(number));
        }
        self.classes().try_for_each(|class| write!(f, "{}", class_letter(class)))
    }
}

/// The skeleton of a reading, with the usual class of each sound.
pub(super) fn skeleton(sounds: &[Sound]) -> Skeleton {
    with_other_at(sounds, usize::MAX, 0)
}

/// With another class of the sound at one place.
fn with_other_at(sounds: &[Sound], other: usize, which: usize) -> Skeleton {
    let all = inventory();
    let mut skeleton = Skeleton::default();
    for (at, sound) in sounds.iter().enumerate() {
        let classes = all.key_classes(*sound);
        skeleton.push(if at == other { classes[which] } else { classes[0] });
    }
    if skeleton.is_empty()
        && let Some(first) = sounds.first()
    {
        // A name of vowels alone (Ai, Yui) keeps its first sound, or nothing would tell it from any other.
        skeleton.push(all.vowel_class(*first));
    }
    skeleton
}

/// All skeletons of a word, the usual one first: of both readings, and with the other class of each letter that has two.
pub(super) fn skeletons(usual: &Sounds, other: Option<&Sounds>) -> SmallVec<[Skeleton; 8]> {
    let mut all: SmallVec<[Skeleton; 8]> = smallvec![skeleton(usual)];
    let mut keep = |skeleton: Skeleton| {
        if !skeleton.is_empty() && all.len() < 8 && !all.contains(&skeleton) {
            all.push(skeleton);
        }
    };
    if let Some(other) = other {
        keep(skeleton(other));
    }
    for sounds in std::iter::once(usual).chain(other) {
        for (at, sound) in sounds.iter().enumerate() {
            let classes = inventory().key_classes(*sound);
            for which in (1..3).filter(|n| classes[*n] != classes[0]) {
                keep(with_other_at(sounds, at, which));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::Token;

    fn share(a: &str, b: &str) -> bool {
        let of = |word| Token::new(word).unwrap().skeletons();
        of(a).iter().any(|k| of(b).contains(k))
    }

    /// When this fails, the keys that are stored somewhere no longer fit: grow [`super::KEY_VERSION`].
    #[test]
    fn keys_of_this_version() {
        assert_eq!(super::KEY_VERSION, 5);
        for (name, key) in [
            ("Ilham Aliyev", "lb-lm"),
            ("رئیسی ابراهیم", "brm-rs"),
            ("김정은", "jnk-km-n"),
            ("习近平", "jnbnk-s"),
            ("Hossein Amir-Abdollahian", "bdln-mr-sn"),
            ("Osama bin Laden", "ldn-sm"),
            ("Путин", "btn"),
        ] {
            assert_eq!(super::super::Name::parse(name).key(), key, "{name}");
        }
    }

    #[test]
    fn spellings_of_one_name_share_a_key() {
        for (a, b) in [
            ("Aliyev", "Алиев"),
            ("Aliyev", "علی‌اف"),
            ("Aliyev", "علييف"),
            ("Aliyev", "אלייב"),
            ("Alijew", "Əliyev"),
            ("Raisi", "رئیسی"),
            ("Khamenei", "Hamaney"),
            ("Khamenei", "خامنه‌ای"),
            ("Khamenei", "Xamenei"),
            ("Jeyhun", "Ceyhun"),
            ("Jeyhun", "Джейхун"),
            ("Jeyhun", "جیحون"),
            ("Erdoğan", "أردوغان"),
            ("Putin", "بوتين"),
            ("Putin", "פוטין"),
            ("Çavuşoğlu", "Чавушоглу"),
            ("Pashinyan", "Փաշինյան"),
            ("Pashinyan", "ფაშინიანი"),
            ("Herzog", "הרצוג"),
            ("Herzog", "Герцог"),
            ("Qasem", "Ghasem"),
            ("Mitsotakis", "Μητσοτάκης"),
        ] {
            let of = |word| Token::new(word).unwrap();
            assert!(share(a, b), "{a} {b}: {:?} {:?}", of(a).sounds, of(b).sounds);
        }
        for (a, b) in [("Aliyev", "Putin"), ("Raisi", "Rouhani"), ("Khamenei", "Khatami")] {
            assert!(!share(a, b), "{a} {b}");
        }
        assert_eq!(Token::new("Aliyev").unwrap().skeleton().to_string(), "lb");
    }
}

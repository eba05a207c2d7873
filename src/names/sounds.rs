//! The sounds that names are compared by, and how near they are to each other: `data/names/sounds.toml`.

mod read;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// A sound or a letter that can be read as several: its number in the inventory.
pub type Sound = u8;

/// Sounds there may be.
const MOST: usize = 96;

/// What costs are counted in: a hundredth of a whole consonant.
pub const WHOLE: u16 = 100;

/// How a name is written, for what its writing leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Vowels are written.
    Full,
    /// Most short vowels are not.
    Abjad,
}

/// What kind of vowel a sound always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vowel {
    None,
    A,
    I,
    Other,
}

/// The inventory, ready for look-up by number.
pub struct Inventory {
    numbers: FxHashMap<char, Sound>,
    roman: Vec<String>,
    /// Class in keys, 0 for none; and others for a letter whose readings differ in class.
    key: [[u8; 3]; MOST],
    weight: [u8; MOST],
    vowel: [Vowel; MOST],
    /// What losing a sound costs, by the writing of its own spelling and of the other's.
    lost: [[u8; MOST]; 4],
    near: Vec<[u8; MOST]>,
}

static INVENTORY: LazyLock<Inventory> = LazyLock::new(|| {
    let source = include_str!("../../data/names/sounds.toml");
    Inventory::read(source).unwrap_or_else(|e| panic!("data/names/sounds.toml: {e}"))
});

/// The one inventory.
pub fn inventory() -> &'static Inventory {
    &INVENTORY
}

/// Letters that stand for the classes of keys; the last three are for names of vowels alone.
const CLASSES: &[u8] = b"bmnrltdszkjaiu";

/// The letter of a key class.
pub fn class_letter(class: u8) -> char {
    CLASSES.get(usize::from(class).wrapping_sub(1)).copied().unwrap_or(b'?').into()
}

fn class_of(letter: &str) -> u8 {
    letter.bytes().next().and_then(|l| CLASSES.iter().position(|c| *c == l)).map_or(0, |at| at as u8 + 1)
}

impl Inventory {
    /// The number of a sign; `None` for one that is no sound.
    pub fn number(&self, sign: char) -> Option<Sound> {
        self.numbers.get(&sign).copied()
    }

    /// The sound in plain Latin letters.
    pub fn roman(&self, sound: Sound) -> &str {
        self.roman.get(usize::from(sound)).map_or("", String::as_str)
    }

    /// The class of the sound in keys, 0 for silent, and the classes of its other readings, the same where there is none.
    pub fn key_classes(&self, sound: Sound) -> [u8; 3] {
        self.key[usize::from(sound)]
    }

    /// For a name without consonants: the class of its first vowel.
    pub fn vowel_class(&self, sound: Sound) -> u8 {
        class_of(match self.roman(sound) {
            "a" => "a",
            "e" | "i" | "y" => "i",
            _ => "u",
        })
    }

    /// What the sound counts for in the length of a name, in hundredths.
    pub fn weight(&self, sound: Sound) -> u16 {
        self.weight[usize::from(sound)].into()
    }

    /// Whether it is always a vowel.
    pub fn is_vowel(&self, sound: Sound) -> bool {
        self.vowel(sound) != Vowel::None
    }

    /// Whether it is w in some language, which is written as a vowel in others.
    pub fn is_like_w(&self, sound: Sound) -> bool {
        self.roman(sound) == "w"
    }

    /// Which vowel it always is.
    pub fn vowel(&self, sound: Sound) -> Vowel {
        self.vowel[usize::from(sound)]
    }

    /// What losing each sound costs, in hundredths, by its own writing and that of the other spelling.
    pub fn lost(&self, own: Writing, other: Writing) -> &[u8; MOST] {
        &self.lost[match (own, other) {
            (Writing::Full, Writing::Full) => 0,
            (Writing::Full, Writing::Abjad) => 1,
            (Writing::Abjad, Writing::Full) => 2,
            (Writing::Abjad, Writing::Abjad) => 3,
        }]
    }

    /// What taking this sound for each other one costs, in hundredths.
    pub fn near(&self, sound: Sound) -> &[u8; MOST] {
        &self.near[usize::from(sound)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_as_near_as_their_nearest_readings() {
        let all = inventory();
        let near = |a: char, b: char| all.near(all.number(a).unwrap())[usize::from(all.number(b).unwrap())];
        assert_eq!(near('ĵ', 'J'), 0);
        assert_eq!(near('ĵ', 'y'), 0);
        assert_eq!(near('ق', 'q'), 0);
        assert!(near('ĵ', 'm') == 100 && near('a', 'e') == 15);
        for a in 0..MOST {
            for b in 0..MOST {
                assert_eq!(all.near[a][b], all.near[b][a]);
            }
        }
    }
}

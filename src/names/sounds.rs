//! The sounds that names are compared by, and how near they are to each other: `data/names/sounds.toml`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SoundsFile {
    plain: FxHashMap<String, Plain>,
    near: FxHashMap<String, f64>,
    letters: FxHashMap<String, Letter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    key: String,
    weight: f64,
    lost: f64,
    roman: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Letter {
    read: Vec<String>,
    roman: String,
    key: Option<String>,
    lost: Option<f64>,
    weight: Option<f64>,
}

static INVENTORY: LazyLock<Inventory> = LazyLock::new(|| {
    let source = include_str!("../../data/names/sounds.toml");
    let file = toml::from_str(source).unwrap_or_else(|e| panic!("data/names/sounds.toml: {e}"));
    Inventory::build(file).unwrap_or_else(|e| panic!("data/names/sounds.toml: {e}"))
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

fn cents(value: f64) -> u8 {
    (value * f64::from(WHOLE)).round().clamp(0.0, 200.0) as u8
}

/// A letter's readings: plain sounds, each with what reading it so costs.
type Readings = Vec<(Sound, u16)>;

impl Inventory {
    fn build(file: SoundsFile) -> Result<Inventory, String> {
        let mut signs: Vec<&String> = file.plain.keys().collect();
        signs.sort();
        let mut letters: Vec<&String> = file.letters.keys().collect();
        letters.sort();
        let plain_count = signs.len();
        signs.extend(letters);
        if signs.len() > MOST {
            return Err(format!("{} sounds are more than {MOST}", signs.len()));
        }
        let mut numbers: FxHashMap<char, Sound> = FxHashMap::default();
        for (number, sign) in signs.iter().enumerate() {
            let mut chars = sign.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => numbers.insert(c, number as Sound),
                _ => return Err(format!("\"{sign}\" is not one character")),
            };
        }
        let number = |sign: &str| {
            sign.chars().next().and_then(|c| numbers.get(&c).copied()).ok_or(format!("no sound \"{sign}\""))
        };

        let mut readings: Vec<Readings> = (0..plain_count).map(|n| vec![(n as Sound, 0)]).collect();
        for sign in &signs[plain_count..] {
            let mut own = Readings::new();
            for reading in &file.letters[*sign].read {
                let (sound, cost) = reading.split_once(' ').unwrap_or((reading, "0"));
                let cost = cost.parse::<f64>().map_err(|e| format!("\"{reading}\": {e}"))?;
                // th is itself a letter: its readings are taken over.
                match file.letters.get(sound) {
                    Some(letter) => own.extend(letter.read.iter().filter_map(|r| {
                        number(r.split(' ').next().unwrap_or_default()).ok().map(|n| (n, u16::from(cents(cost + 0.1))))
                    })),
                    None => own.push((number(sound)?, u16::from(cents(cost)))),
                }
            }
            readings.push(own);
        }
        let mut plain_near = vec![[WHOLE; MOST]; MOST];
        for (pair, cost) in &file.near {
            let (a, b) = pair.split_once(' ').ok_or(format!("\"{pair}\" is not two sounds"))?;
            let (a, b) = (usize::from(number(a)?), usize::from(number(b)?));
            plain_near[a][b] = u16::from(cents(*cost));
            plain_near[b][a] = plain_near[a][b];
        }
        (0..MOST).for_each(|n| plain_near[n][n] = 0);

        let mut this = Inventory {
            roman: Vec::new(),
            key: [[0; 3]; MOST],
            weight: [0; MOST],
            vowel: [Vowel::None; MOST],
            lost: [[0; MOST]; 4],
            near: vec![[0; MOST]; MOST],
            numbers: FxHashMap::default(),
        };
        for (at, sign) in signs.iter().enumerate() {
            let own = &readings[at];
            let plain = |n: Sound| &file.plain[signs[usize::from(n)]];
            let (weight, lost) = match file.letters.get(*sign) {
                None => (plain(at as Sound).weight, plain(at as Sound).lost),
                Some(letter) => {
                    let least = own.iter().map(|(n, _)| plain(*n).lost).fold(f64::MAX, f64::min);
                    (letter.weight.unwrap_or(plain(own[0].0).weight), letter.lost.unwrap_or(least))
                }
            };
            let roman = file.letters.get(*sign).map_or_else(|| plain(at as Sound).roman.clone(), |l| l.roman.clone());
            this.roman.push(roman);
            this.weight[at] = cents(weight);
            let is_vowel = own.iter().all(|(n, _)| "aeɛiouyw".contains(signs[usize::from(*n)].as_str()))
                && !matches!(sign.as_str(), "y" | "w");
            this.vowel[at] = match this.roman[at].as_str() {
                _ if !is_vowel => Vowel::None,
                // What is hardly heard makes no hiatus.
                _ if this.weight[at] < 50 => Vowel::Other,
                "a" => Vowel::A,
                "i" => Vowel::I,
                _ => Vowel::Other,
            };
            let classes: Vec<u8> =
                own.iter().filter(|(_, cost)| *cost <= 12).map(|(n, _)| class_of(&plain(*n).key)).collect();
            let first = file
                .letters
                .get(*sign)
                .and_then(|l| l.key.as_deref())
                .map_or(classes.first().copied(), |k| Some(class_of(k)));
            let first = first.unwrap_or(0);
            let mut others = classes.iter().copied().filter(|c| *c != first);
            let second = others.next().unwrap_or(first);
            let third = others.find(|c| *c != second).unwrap_or(first);
            this.key[at] = [first, second, third];
            let vowel = is_vowel;
            let glide = sign.as_str() == "w" || sign.as_str() == "ω";
            this.lost[0][at] = cents(lost);
            // The other spelling does not write short vowels; or this one does not, so that what it has is long.
            this.lost[1][at] = if vowel {
                cents(lost.min(0.08))
            } else if glide {
                cents(0.15)
            } else {
                cents(lost)
            };
            this.lost[2][at] = if vowel { cents(lost.min(0.25)) } else { cents(lost) };
            this.lost[3][at] = if vowel { cents(lost.min(0.2)) } else { cents(lost) };
            for (other, theirs) in readings.iter().enumerate() {
                let pairs = own.iter().flat_map(|x| theirs.iter().map(move |y| (x, y)));
                let least = pairs.map(|((a, p), (b, q))| plain_near[usize::from(*a)][usize::from(*b)] + p.max(q)).min();
                this.near[at][other] = least.unwrap_or(WHOLE).min(WHOLE) as u8;
            }
            this.near[at][at] = 0;
        }
        this.numbers = numbers;
        Ok(this)
    }

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

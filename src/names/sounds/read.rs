//! The inventory as `data/names/sounds.toml` says it.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::{Inventory, MOST, Sound, Vowel, WHOLE, class_of};

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

/// The signs by their numbers: those of plain sounds, then the letters.
struct Signs<'f> {
    all: Vec<&'f String>,
    plain: usize,
    numbers: FxHashMap<char, Sound>,
}

impl Signs<'_> {
    fn of(file: &SoundsFile) -> Result<Signs<'_>, String> {
        let mut all: Vec<&String> = file.plain.keys().collect();
        all.sort();
        let plain = all.len();
        let mut letters: Vec<&String> = file.letters.keys().collect();
        letters.sort();
        all.extend(letters);
        if all.len() > MOST {
            return Err(format!("{} sounds are more than {MOST}", all.len()));
        }
        let mut numbers: FxHashMap<char, Sound> = FxHashMap::default();
        for (number, sign) in all.iter().enumerate() {
            let mut chars = sign.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => numbers.insert(c, number as Sound),
                _ => return Err(format!("\"{sign}\" is not one character")),
            };
        }
        Ok(Signs { all, plain, numbers })
    }

    fn number(&self, sign: &str) -> Result<Sound, String> {
        sign.chars().next().and_then(|c| self.numbers.get(&c).copied()).ok_or(format!("no sound \"{sign}\""))
    }
}

/// A letter's readings: plain sounds, each with what reading it so costs.
type Readings = Vec<(Sound, u16)>;

/// What each sign is read as; a plain sound as itself.
fn readings(file: &SoundsFile, signs: &Signs) -> Result<Vec<Readings>, String> {
    let mut readings: Vec<Readings> = (0..signs.plain).map(|n| vec![(n as Sound, 0)]).collect();
    for sign in &signs.all[signs.plain..] {
        let mut own = Readings::new();
        for reading in &file.letters[*sign].read {
            let (sound, cost) = reading.split_once(' ').unwrap_or((reading, "0"));
            let cost = cost.parse::<f64>().map_err(|e| format!("\"{reading}\": {e}"))?;
            // th is itself a letter: its readings are taken over.
            match file.letters.get(sound) {
                Some(letter) => own.extend(letter.read.iter().filter_map(|r| {
                    let sound = signs.number(r.split(' ').next().unwrap_or_default()).ok()?;
                    Some((sound, u16::from(cents(cost + 0.1))))
                })),
                None => own.push((signs.number(sound)?, u16::from(cents(cost)))),
            }
        }
        readings.push(own);
    }
    Ok(readings)
}

/// What taking one plain sound for another costs.
fn near_of_plain(file: &SoundsFile, signs: &Signs) -> Result<Vec<[u16; MOST]>, String> {
    let mut near = vec![[WHOLE; MOST]; MOST];
    for (pair, cost) in &file.near {
        let (a, b) = pair.split_once(' ').ok_or(format!("\"{pair}\" is not two sounds"))?;
        let (a, b) = (usize::from(signs.number(a)?), usize::from(signs.number(b)?));
        near[a][b] = u16::from(cents(*cost));
        near[b][a] = near[a][b];
    }
    (0..MOST).for_each(|n| near[n][n] = 0);
    Ok(near)
}

impl Inventory {
    /// # Errors
    /// Names the sign, the reading or the pair that cannot be.
    pub(super) fn read(source: &str) -> Result<Inventory, String> {
        let file: SoundsFile = toml::from_str(source).map_err(|e| e.to_string())?;
        let signs = Signs::of(&file)?;
        let readings = readings(&file, &signs)?;
        let plain_near = near_of_plain(&file, &signs)?;
        let mut all = Inventory {
            roman: Vec::new(),
            key: [[0; 3]; MOST],
            weight: [0; MOST],
            vowel: [Vowel::None; MOST],
            lost: [[0; MOST]; 4],
            near: vec![[0; MOST]; MOST],
            numbers: FxHashMap::default(),
        };
        for (at, sign) in signs.all.iter().enumerate() {
            let (own, letter) = (&readings[at], file.letters.get(*sign));
            let plain = |n: Sound| &file.plain[signs.all[usize::from(n)]];
            let first = plain(own[0].0);
            let roman = letter.map_or(&first.roman, |letter| &letter.roman);
            let weight = cents(letter.and_then(|letter| letter.weight).unwrap_or(first.weight));
            let least = own.iter().map(|(n, _)| plain(*n).lost).fold(f64::MAX, f64::min);
            let lost = letter.and_then(|letter| letter.lost).unwrap_or(least);
            let is_vowel = own.iter().all(|(n, _)| "aeɛiouyw".contains(signs.all[usize::from(*n)].as_str()))
                && !matches!(sign.as_str(), "y" | "w");
            all.weight[at] = weight;
            all.vowel[at] = vowel(roman, is_vowel, weight);
            let classes = own.iter().filter(|(_, cost)| *cost <= SURELY_READ).map(|(n, _)| class_of(&plain(*n).key));
            all.key[at] = key(letter.and_then(|letter| letter.key.as_deref()), classes.collect());
            let by_writing = lost_by_writing(lost, is_vowel, matches!(sign.as_str(), "w" | "ω"));
            all.lost.iter_mut().zip(by_writing).for_each(|(of_writing, cost)| of_writing[at] = cost);
            for (other, theirs) in readings.iter().enumerate() {
                let pairs = own.iter().flat_map(|x| theirs.iter().map(move |y| (x, y)));
                let least = pairs.map(|((a, p), (b, q))| plain_near[usize::from(*a)][usize::from(*b)] + p.max(q)).min();
                all.near[at][other] = least.unwrap_or(WHOLE).min(WHOLE) as u8;
            }
            all.near[at][at] = 0;
            all.roman.push(roman.clone());
        }
        all.numbers = signs.numbers;
        Ok(all)
    }
}

/// Readings that cost more give a letter no class.
const SURELY_READ: u16 = 12;

/// What weighs less, in hundredths, is hardly heard and makes no hiatus.
const HEARD: u8 = 50;

fn vowel(roman: &str, is_vowel: bool, weight: u8) -> Vowel {
    match roman {
        _ if !is_vowel => Vowel::None,
        _ if weight < HEARD => Vowel::Other,
        "a" => Vowel::A,
        "i" => Vowel::I,
        _ => Vowel::Other,
    }
}

/// The class that the file gives a letter, or else its first reading has, and two others of its readings.
fn key(given: Option<&str>, classes: Vec<u8>) -> [u8; 3] {
    let first = given.map(class_of).or(classes.first().copied()).unwrap_or(0);
    let mut others = classes.iter().copied().filter(|c| *c != first);
    let second = others.next().unwrap_or(first);
    let third = others.find(|c| *c != second).unwrap_or(first);
    [first, second, third]
}

/// What losing a sound costs, in the order of [`Inventory::lost`]. The other spelling does not write short vowels; or this one
/// does not, so that what it has is long.
fn lost_by_writing(lost: f64, is_vowel: bool, is_glide: bool) -> [u8; 4] {
    if is_vowel {
        return [lost, lost.min(0.08), lost.min(0.25), lost.min(0.2)].map(cents);
    }
    [lost, if is_glide { 0.15 } else { lost }, lost, lost].map(cents)
}

fn cents(value: f64) -> u8 {
    (value * f64::from(WHOLE)).round().clamp(0.0, 200.0) as u8
}

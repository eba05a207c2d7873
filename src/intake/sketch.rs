//! Sketches: what tells texts that are nearly the same, by MinHash (Broder 1997) over sequences of three words.

use minhash_rs::prelude::{MinHash, MinHasher, SipHashes13};
use unicode_script::{Script, UnicodeScript};

use crate::characters::character;

/// Numbers of a sketch: the likeness of two texts is estimated to within 0.07.
const SIZE: usize = 48;

/// Numbers that are looked up as one: of texts that share 7 of 10 sequences 96 % have such a band in common, of those that
/// share 3 of 10 a tenth.
const BAND: usize = 4;

/// Words of a sequence.
const SEQUENCE: usize = 3;

/// A text with fewer sequences is too short to be told from others.
const SHORTEST: usize = 24;

/// Code points of a text that count.
const LONGEST: usize = 200_000;

type Hashes = MinHash<u32, SIZE, SipHashes13, u32>;

/// The sketch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch([u32; SIZE]);

impl Sketch {
    /// The sketch of a text, whatever its case, marks and spacing; `None` for one of less than a few lines.
    ///
    /// ```
    /// use nisba::intake::Sketch;
    /// let text = "The presidents of both countries met in Ashgabat on Saturday to speak of gas, of transport and of the \
    ///             waters of the sea between them, and parted after three hours without a word to those who waited.";
    /// let one = Sketch::of(text).expect("long enough");
    /// let other = Sketch::of(&format!("(Wire) {text}")).expect("long enough");
    /// assert!(one.likeness(&other) > 0.8);
    /// assert_eq!(Sketch::of("Breaking news."), None);
    /// ```
    pub fn of(text: &str) -> Option<Sketch> {
        let words = words(text);
        if words.len() < SHORTEST + SEQUENCE - 1 {
            return None;
        }
        let mut hashes = Hashes::new();
        for sequence in words.windows(SEQUENCE) {
            let mixed = |hash: u64, word: &u64| (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hashes.insert(sequence.iter().fold(0, mixed));
        }
        Some(Sketch(hashes.into_words()))
    }

    /// 0 to 1: the share of sequences that both texts have, estimated.
    pub fn likeness(&self, other: &Sketch) -> f64 {
        let same = self.0.iter().zip(&other.0).filter(|(own, other)| own == other).count();
        same as f64 / SIZE as f64
    }

    /// What is looked up: texts that are nearly the same have at least one of these in common.
    pub fn bands(&self) -> Vec<i64> {
        let band = |(number, part): (usize, &[u32])| {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&[number as u8]);
            part.iter().for_each(|word| _ = hasher.update(&word.to_le_bytes()));
            i64::from_le_bytes(*hasher.finalize().as_bytes().first_chunk().unwrap_or(&[0; 8]))
        };
        self.0.chunks(BAND).enumerate().map(band).collect()
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// From what was kept; `None` for what is no sketch of this size.
    pub fn from_bytes(bytes: &[u8]) -> Option<Sketch> {
        let words = bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
        let words: Vec<u32> = words.collect();
        words.try_into().ok().map(Sketch)
    }
}

/// Hashes of the words, in small letters; a letter of a script that is written without spaces is a word.
fn words(text: &str) -> Vec<u64> {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut word = String::new();
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            words.push(hash(word));
            word.clear();
        }
    };
    for letter in text.chars().take(LONGEST) {
        let is = character(letter);
        if !is.is_alphanumeric() {
            // Accents and vowel signs are a part of the word.
            if !is.inherits() {
                end(&mut word);
            }
            continue;
        }
        let alone = without_spaces(letter);
        if alone {
            end(&mut word);
        }
        word.extend(letter.to_lowercase());
        if alone {
            end(&mut word);
        }
    }
    end(&mut word);
    words
}

fn without_spaces(letter: char) -> bool {
    use Script::{Han, Hiragana, Katakana, Khmer, Lao, Myanmar, Thai};
    letter > '\u{E00}' && matches!(letter.script(), Han | Hiragana | Katakana | Khmer | Lao | Myanmar | Thai)
}

/// A hash that is the same on any machine and in any release.
fn hash(word: &str) -> u64 {
    // FNV-1a (Fowler, Noll, Vo): words are short.
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(sentences: &[&str]) -> Sketch {
        Sketch::of(&sentences.join(" ")).unwrap()
    }

    const STORY: [&str; 5] = [
        "Prezident İlham Əliyev şənbə günü Aşqabadda İran Prezidenti ilə görüşüb və qaz, nəqliyyat və ticarət barədə danışıb.",
        "Görüşdə iki ölkənin nazirləri də iştirak ediblər və bir neçə sənəd imzalanıb, onların arasında dəmir yolu barədə saziş var.",
        "Tərəflər Xəzər dənizinin sərhədləri ilə bağlı danışıqların gələn il Bakıda davam etdirilməsi barədə razılığa gəliblər.",
        "Sammitdə beş ölkənin dövlət başçıları çıxış edib, növbəti görüşün vaxtı isə hələ müəyyən olunmayıb, deyə katib bildirib.",
        "Ekspertlərin fikrincə, sazişin icrası üçün ən azı üç il vaxt lazım olacaq və xərcləri hər iki tərəf bərabər ödəyəcək.",
    ];

    #[test]
    fn copies_are_near_and_other_stories_are_not() {
        let whole = text(&STORY);
        assert!(whole.likeness(&text(&STORY[..4])) > 0.6);
        let own_lead = ["Bizim müxbirimiz bildirir ki,", STORY[0], STORY[1], STORY[2], STORY[3], STORY[4]];
        let other = text(&own_lead);
        assert!(whole.likeness(&other) > 0.8);
        assert!(whole.bands().iter().any(|band| other.bands().contains(band)));
        let another = "Nazirlər Kabineti büdcə layihəsini parlamentə göndərib və səhiyyəyə ayrılan vəsaitin gələn il on faiz \
             artırılmasını təklif edib, təhsilə ayrılan pul isə dəyişməz qalacaq, maliyyə naziri cümə günü jurnalistlərə deyib.";
        assert!(whole.likeness(&Sketch::of(another).unwrap()) < 0.2);
    }

    #[test]
    fn scripts_without_spaces_have_words_too() {
        let text = "总统周六在首都会见了邻国领导人并就能源运输和贸易问题交换了意见双方同意明年继续谈判";
        assert!(Sketch::of(text).unwrap().likeness(&Sketch::of(&format!("本报讯{text}")).unwrap()) > 0.7);
    }

    #[test]
    fn a_sketch_stays_the_same_from_release_to_release() {
        let sketch = text(&STORY);
        assert_eq!(Sketch::from_bytes(&sketch.to_bytes()), Some(sketch.clone()));
        // What is kept in stores is compared with what is made today: if this changes, so must the schema.
        let hash = blake3::hash(&sketch.to_bytes()).to_hex();
        assert_eq!(&hash[..16], "fab4f21dd2ab0f54");
    }
}

//! Keys: equal, as often as possible, for the transliterations of one name. A key keeps the classes of the consonants;
//! vowels and glides, which scripts leave out or write in many ways, are dropped. Different names may share a key: the
//! comparison decides.

/// Grows when the same name gets another key; stored keys are then made anew.
pub const KEY_VERSION: u32 = 1;

/// The consonant classes of a reading. Sounds that scripts and countries exchange are one class:
/// `b p v f` → b, `k g kh gh q` → k, `ch j zh` → j, `s sh` → s, `z ts` → z.
pub(super) fn skeleton(reading: &str) -> String {
    let mut out = String::with_capacity(reading.len());
    for sound in reading.chars() {
        let class = match sound {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | '\'' | 'w' => continue,
            'b' | 'p' | 'v' | 'f' => 'b',
            'k' | 'g' | 'X' | 'G' => 'k',
            'C' | 'J' | 'Z' => 'j',
            's' | 'S' => 's',
            'z' | 'c' => 'z',
            other => other,
        };
        // Gemination is not written everywhere.
        if !out.ends_with(class) {
            out.push(class);
        }
    }
    if out.is_empty() {
        // A name of vowels alone (Ai, Yui) keeps its first sound, or nothing would tell it from any other.
        out.extend(reading.chars().find(|c| c.is_alphabetic()).map(|c| if c == 'w' { 'u' } else { c }));
    }
    out
}

/// All skeletons of a word: of every reading, with sounds that some countries write and others do not both there and not.
pub(super) fn skeletons(readings: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut keep = |skeleton: String| {
        if !skeleton.is_empty() && all.len() < 12 && !all.contains(&skeleton) {
            all.push(skeleton);
        }
    };
    for reading in readings {
        keep(skeleton(reading));
    }
    for reading in readings {
        // w is a vowel (Daud) or a v (Davud); kh is an h (Hamenei) and then silent; gh may be silent (Erdoan).
        if reading.contains('w') {
            keep(skeleton(&reading.replace('w', "v")));
        }
        if reading.contains('X') {
            keep(skeleton(&reading.replace('X', "h")));
        }
        if reading.contains('G') {
            keep(skeleton(&reading.replace('G', "")));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::readings;
    use super::*;

    fn share(a: &str, b: &str) -> bool {
        let (a, b) = (skeletons(&readings(a)), skeletons(&readings(b)));
        a.iter().any(|k| b.contains(k))
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
            assert!(share(a, b), "{a} {b}: {:?} {:?}", skeletons(&readings(a)), skeletons(&readings(b)));
        }
        for (a, b) in [("Aliyev", "Putin"), ("Raisi", "Rouhani"), ("Khamenei", "Khatami")] {
            assert!(!share(a, b), "{a} {b}");
        }
    }
}

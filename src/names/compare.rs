//! Whether two spellings can be one person's name, and why.

use super::parse::{Name, Part, Token};

/// From this score on, two names are one person's unless something else speaks against it. One threshold for all
/// scripts.
pub const SAME_PERSON: f64 = 0.82;

/// What a comparison found.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// 0 to 1; 1 for the same spelling.
    pub score: f64,
    /// How the parts align, in words.
    pub why: Vec<String>,
    /// Main parts of the first name that nothing in the second explains.
    pub unmatched: usize,
}

/// Compares two names. Symmetric. A shared surname alone is not enough, and two different given names beside the same
/// surname are two people.
///
/// ```
/// use nisba::names::{Name, SAME_PERSON, compare};
/// let score = |a, b| compare(&Name::parse(a), &Name::parse(b)).score;
/// assert!(score("Ebrahim Raisi", "ابراهیم رئیسی") > SAME_PERSON);
/// assert!(score("Ilham Aliyev", "Heydar Aliyev") < SAME_PERSON);
/// assert!(score("Aliyev", "Ilham Aliyev") < SAME_PERSON);
/// ```
pub fn compare(a: &Name, b: &Name) -> Comparison {
    let mut best = Comparison { score: 0.0, why: Vec::new(), unmatched: a.tokens.len() };
    for x in a.groupings() {
        for y in b.groupings() {
            let found = compare_parts(x, y);
            if found.score > best.score {
                best = found;
            }
        }
    }
    best
}

/// Below this, two tokens are not the same part of a name.
const ALIGNED: f64 = 0.62;

fn compare_parts(a: &[Token], b: &[Token]) -> Comparison {
    let pairs = align(a, b);
    let strong: Vec<&Pair> = pairs.iter().filter(|p| a[p.a].part == Part::Main && b[p.b].part == Part::Main).collect();
    let why = pairs.iter().map(|p| format!("{} ~ {} {:.2}", a[p.a].text, b[p.b].text, p.score)).collect();
    if pairs.is_empty() {
        return Comparison { score: 0.0, why, unmatched: a.len() };
    }
    let mean = pairs.iter().map(|p| p.score).sum::<f64>() / pairs.len() as f64;
    let worst = pairs.iter().map(|p| p.score).fold(1.0, f64::min);
    // One bad part is not outweighed by good ones.
    let mut score = (mean + worst) / 2.0;
    let main_left = |tokens: &[Token], taken: &dyn Fn(usize) -> bool| {
        tokens.iter().enumerate().filter(|(i, t)| t.part == Part::Main && !taken(*i)).count()
    };
    let left_a = main_left(a, &|i| pairs.iter().any(|p| p.a == i));
    let left_b = main_left(b, &|i| pairs.iter().any(|p| p.b == i));
    // Parts that only one of them has may have been left out; parts in which they differ speak against.
    score -= 0.3 * left_a.min(left_b) as f64 + 0.05 * left_a.abs_diff(left_b) as f64;
    // The same parts in another order are a little less likely the same name.
    if pairs.iter().any(|p| pairs.iter().any(|q| p.a < q.a && p.b > q.b)) {
        score -= 0.03;
    }
    if fathers_differ(a, b) {
        score -= 0.3;
    }
    if strong.len() + pairs.iter().filter(|p| p.initial).count() < 2 {
        // One part alone never makes two names one person's, unless neither has another.
        score = score.min(if a.len() == 1 && b.len() == 1 { 0.75 } else { 0.5 });
    }
    Comparison { score: score.clamp(0.0, 1.0), why, unmatched: left_a }
}

fn fathers_differ(a: &[Token], b: &[Token]) -> bool {
    let father = |tokens: &[Token]| tokens.iter().find(|t| t.part == Part::Patronymic).cloned();
    match (father(a), father(b)) {
        (Some(a), Some(b)) => {
            // Гейдарович and Heydər oğlu: the Slavic ending makes one longer, so only the beginning can be asked.
            let n = a.sounds[0].len().min(b.sounds[0].len()).min(6);
            similarity(&a.sounds[0][..n], &b.sounds[0][..n], (a.abjad, b.abjad)) < 0.5
        }
        _ => false,
    }
}

struct Pair {
    a: usize,
    b: usize,
    score: f64,
    initial: bool,
}

/// The best tokens first: with the few tokens of a name this finds the best assignment but in contrived cases.
fn align(a: &[Token], b: &[Token]) -> Vec<Pair> {
    let mut all: Vec<Pair> = Vec::new();
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            let initial = (x.part == Part::Initial) != (y.part == Part::Initial);
            if !initial && x.part != y.part {
                continue;
            }
            let score = compare_tokens(x, y);
            if score >= ALIGNED {
                // Parts in the same place are preferred among equals.
                all.push(Pair { a: i, b: j, score, initial });
            }
        }
    }
    all.sort_by(|p, q| q.score.total_cmp(&p.score).then(p.a.abs_diff(p.b).cmp(&q.a.abs_diff(q.b))));
    let mut taken: Vec<Pair> = Vec::new();
    for pair in all {
        if !taken.iter().any(|p| p.a == pair.a || p.b == pair.b) {
            taken.push(pair);
        }
    }
    taken
}

/// How alike two words of a name are, 0 to 1. Symmetric.
pub fn compare_tokens(a: &Token, b: &Token) -> f64 {
    if (a.part == Part::Initial) != (b.part == Part::Initial) {
        let first = |t: &Token| t.sounds[0].first().copied();
        return if first(a).zip(first(b)).is_some_and(|(x, y)| substitution(x, y) < 0.3) { 0.88 } else { 0.0 };
    }
    let mut best = 0.0f64;
    for x in &a.sounds {
        for y in &b.sounds {
            best = best.max(similarity(x, y, (a.abjad, b.abjad)));
        }
    }
    best
}

/// 1 minus the weighted edits over the weight of the longer word.
fn similarity(a: &[u8], b: &[u8], abjad: (bool, bool)) -> f64 {
    if a == b {
        return 1.0;
    }
    let weight = |word: &[u8]| word.iter().map(|s| if is_vowel(*s) { 0.5 } else { 1.0 }).sum::<f64>();
    let whole = weight(a).max(weight(b)).max(1.0);
    (1.0 - distance(a, b, abjad) / whole).max(0.0)
}

fn distance(a: &[u8], b: &[u8], abjad: (bool, bool)) -> f64 {
    let (from_a, from_b) = (Written { own: abjad.0, other: abjad.1 }, Written { own: abjad.1, other: abjad.0 });
    let mut row: Vec<f64> = Vec::with_capacity(b.len() + 1);
    row.push(0.0);
    for j in 0..b.len() {
        row.push(row[j] + omission(b, j, from_b));
    }
    for i in 0..a.len() {
        let mut diagonal = row[0];
        row[0] += omission(a, i, from_a);
        for j in 0..b.len() {
            let both = diagonal + substitution(a[i], b[j]);
            diagonal = row[j + 1];
            row[j + 1] = both.min(row[j + 1] + omission(a, i, from_a)).min(row[j] + omission(b, j, from_b));
        }
    }
    row[b.len()]
}

fn is_vowel(sound: u8) -> bool {
    matches!(sound, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// Whether the spelling with a sound, and the other one, leave vowels out.
#[derive(Clone, Copy)]
struct Written {
    own: bool,
    other: bool,
}

/// What it costs that one spelling has a sound and the other does not.
fn omission(word: &[u8], at: usize, written: Written) -> f64 {
    let sound = word[at];
    if at > 0 && word[at - 1] == sound {
        return 0.05;
    }
    let abjad = written.own || written.other;
    match sound {
        b'\'' => 0.0,
        // What such a script does write is long, and other scripts have it too.
        _ if is_vowel(sound) && written.own && !written.other => 0.25,
        _ if is_vowel(sound) && written.own => 0.2,
        _ if is_vowel(sound) && written.other => 0.08,
        // A first vowel is rarely lost.
        _ if is_vowel(sound) && at == 0 => 0.5,
        _ if is_vowel(sound) => 0.35,
        b'y' => 0.15,
        b'h' if at + 1 == word.len() => 0.1,
        b'h' => 0.35,
        b'w' if abjad => 0.1,
        b'w' => 0.4,
        b'G' => 0.45,
        _ => 1.0,
    }
}

/// What it costs that one spelling has one sound and the other another.
fn substitution(a: u8, b: u8) -> f64 {
    if a == b {
        return 0.0;
    }
    let (a, b) = if a < b { (a, b) } else { (b, a) };
    match (a, b) {
        (b'e', b'i') | (b'o', b'u') | (b'a', b'e') | (b'a', b'o') => 0.12,
        (x, y) if is_vowel(x) && is_vowel(y) => 0.25,
        (b'i', b'y') => 0.05,
        (x, b'y') if is_vowel(x) => 0.2,
        (b'o' | b'u', b'w') => 0.04,
        (b'v', b'w') => 0.04,
        (b'f', b'v') | (b'f', b'w') => 0.15,
        (b'b', b'v') | (b'b', b'p') | (b'f', b'p') => 0.3,
        (b'X', b'h') | (b'X', b'k') | (b'G', b'g') => 0.15,
        (b'G', b'k') | (b'g', b'k') | (b'G', b'X') => 0.25,
        (b'X', b'g') | (b'g', b'h') | (b'G', b'h') => 0.35,
        (b'J', b'Z') | (b'C', b'J') | (b'C', b'S') => 0.2,
        (b'J', b'y') | (b'J', b'g') | (b'Z', b'z') => 0.3,
        (b'J', b'k') | (b'C', b'k') | (b'C', b'c') | (b'c', b'k') => 0.4,
        (b'S', b's') | (b'S', b'Z') => 0.25,
        (b'c', b'z') | (b'c', b's') | (b's', b'z') => 0.25,
        (b'd', b't') | (b'd', b'z') | (b'c', b't') => 0.4,
        (b's', b't') => 0.6,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn score(a: &str, b: &str) -> f64 {
        compare(&Name::parse(a), &Name::parse(b)).score
    }

    #[test]
    fn one_person_in_many_spellings() {
        for (a, b) in [
            ("Ilham Aliyev", "Ильхам Алиев"),
            ("Ilham Aliyev", "İlham Heydər oğlu Əliyev"),
            ("Ильхам Гейдарович Алиев", "İlham Heydər oğlu Əliyev"),
            ("Ilham Aliyev", "الهام علی‌اف"),
            ("Ilham Aliyev", "إلهام علييف"),
            ("Ilham Aliyev", "Ilham Alijew"),
            ("Ebrahim Raisi", "Seyyed Ebrahim Raisi"),
            ("Ebrahim Raisi", "İbrahim Reisi"),
            ("Ebrahim Raisi", "Эбрахим Раиси"),
            ("Ebrahim Raisi", "إبراهيم رئيسي"),
            ("Ebrahim Raisi", "אבראהים ראיסי"),
            ("Hossein Amir-Abdollahian", "حسین امیرعبداللهیان"),
            ("Hossein Amir-Abdollahian", "Hüseyin Emir Abdullahiyan"),
            ("Ali Khamenei", "Али Хаменеи"),
            ("Vladimir Putin", "فلاديمير بوتين"),
            ("Vladimir Putin", "ולדימיר פוטין"),
            ("Nikol Pashinyan", "Նիկոլ Փաշինյան"),
            ("Nikol Pashinyan", "ნიკოლ ფაშინიანი"),
            ("Mevlüt Çavuşoğlu", "Мевлют Чавушоглу"),
            ("Recep Tayyip Erdoğan", "Реджеп Тайип Эрдоган"),
            ("Recep Tayyip Erdoğan", "رجب طيب أردوغان"),
            ("Recep Tayyip Erdoğan", "Tayyip Erdogan"),
            ("M. Khamenei", "Mojtaba Khamenei"),
            ("Mohammed bin Salman", "محمد بن سلمان"),
            ("Aliyev Ilham", "Ильхам Алиев"),
        ] {
            assert!(score(a, b) >= SAME_PERSON, "{a} {b}: {:?}", compare(&Name::parse(a), &Name::parse(b)));
        }
    }

    #[test]
    fn two_people_who_share_a_name() {
        for (a, b) in [
            ("Ilham Aliyev", "Heydar Aliyev"),
            ("Ilham Heydar oglu Aliyev", "Heydar Aliyev"),
            ("Ilham Aliyev", "Mehriban Aliyeva"),
            ("Ali Larijani", "Sadegh Larijani"),
            ("Ali Khamenei", "Ruhollah Khomeini"),
            ("Aliyev", "Ilham Aliyev"),
            ("Hassan Rouhani", "Ebrahim Raisi"),
            ("Bashar al-Assad", "Hafez al-Assad"),
            ("Nino Kobakhidze", "Irakli Kobakhidze"),
            ("Moon Jae-in", "ژینا امینی"),
            ("Mohammed bin Salman", "Salman bin Abdulaziz"),
        ] {
            assert!(score(a, b) < SAME_PERSON, "{a} {b}: {:?}", compare(&Name::parse(a), &Name::parse(b)));
        }
    }

    proptest! {
        #[test]
        fn symmetric_and_bounded(a in "[A-Za-zА-яء-ي' -]{1,24}", b in "[A-Za-zА-яء-ي' -]{1,24}") {
            let (x, y) = (score(&a, &b), score(&b, &a));
            prop_assert!((x - y).abs() < 1e-9, "{} {}", x, y);
            prop_assert!((0.0..=1.0).contains(&x));
        }
    }
}

//! Whether two spellings can be one person's name, and why.

use smallvec::SmallVec;

use super::align::{Alignment, How, align, hiatus};
use super::gender::genders_differ;
use super::parse::Name;
use super::romanise::SCRIPTS;
use super::scorer::{self, Features};
use super::sounds::Writing;
use super::token::{Part, Token};
use super::words::WordHash;
use unicode_script::Script;

/// From this score on, two names are one person's unless something else speaks against it. One threshold for all
/// scripts.
pub const SAME_PERSON: f64 = 0.5;

/// The most that two names can have between which both have a part that the other lacks.
const JUST_BELOW: f64 = 0.45;

/// What a comparison found.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// 0 to 1; 1 for the same spelling.
    pub score: f64,
    /// Main parts of the first name that nothing in the second explains.
    pub unmatched: usize,
    /// Main parts of the second name that nothing in the first explains.
    pub lacking: usize,
    pub(super) alignment: Alignment,
    pub(super) features: Features,
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
    // Ties are broken by place, so the order of the two must not matter.
    let by_words = || a.tokens.iter().map(|t| t.word).cmp(b.tokens.iter().map(|t| t.word));
    let swapped = a.tokens.len().cmp(&b.tokens.len()).then_with(by_words).is_gt();
    let (first, second) = if swapped { (b, a) } else { (a, b) };
    let alignment = align(first, second);
    let features = features(first, second, &alignment);
    // What has no letters is no name, and the same all the same.
    let none = a.tokens.is_empty() && b.tokens.is_empty();
    let score = if none {
        f64::from(u8::from(a.text == b.text))
    } else if alignment.pairs.len() == first.tokens.len() && same_words(first, second) {
        1.0
    } else {
        bounded(first, second, &alignment, &features)
    };
    let alignment = if swapped { alignment.turned() } else { alignment };
    let main = |name: &Name, left: &[usize]| left.iter().filter(|n| name.tokens[**n].part == Part::Main).count();
    let (unmatched, lacking) = (main(a, &alignment.left_a), main(b, &alignment.left_b));
    Comparison { score, unmatched, lacking, alignment, features }
}

fn same_words(a: &Name, b: &Name) -> bool {
    let sorted = |name: &Name| {
        let father = |t: &Token| t.part == Part::Patronymic;
        let mut all: SmallVec<[(bool, WordHash); 8]> = name.tokens.iter().map(|t| (father(t), t.word)).collect();
        all.sort_unstable();
        all
    };
    !a.tokens.is_empty() && a.suffix == b.suffix && a.tokens.len() == b.tokens.len() && sorted(a) == sorted(b)
}

/// The scorer's word, within what is known of names whatever was learned.
fn bounded(a: &Name, b: &Name, alignment: &Alignment, features: &Features) -> f64 {
    let whole = alignment.pairs.iter().filter(|p| p.how != How::Initial).count();
    if features.suffix_against > 1.0 {
        // Junior and the Third are two generations of one name.
        return 0.2 * f64::from(features.cover_less);
    }
    let joined = alignment.pairs.iter().any(|p| matches!(p.how, How::JoinedA | How::JoinedB));
    if whole > 0 && (alignment.pairs.len() > 1 || joined) {
        let score = scorer::score(features);
        // These speak of two people, however much else they share: parts or initials on both sides that nothing explains,
        // other fathers, a man's name beside a woman's, one vowel that makes another name in the same script, and given
        // names that are listed as two and are not one by sound.
        let listed = if features.cross_script > 0.0 { 0.85 } else { 0.97 };
        let strangers = features.strangers > 0.0 && features.worst < listed;
        let initials = alignment.initials_left_on_both(a, b);
        let fathers = alignment.fathers.is_some_and(|alike| alike < OTHER_FATHER);
        let two = [
            features.left_less >= 1.0,
            features.gender_against > 0.0,
            features.hiatus > 0.0,
            strangers,
            initials,
            fathers,
        ]
        .contains(&true);
        return if two { score.min(JUST_BELOW) } else { score };
    }
    // One part alone never makes two names one person's; it does least where both have others.
    let alone = a.main().count() == 1 && b.main().count() == 1;
    let likeness = f64::from(features.best * features.cover_less);
    // Elizabeth II is no single name.
    let numbered = a.suffix == b.suffix && a.suffix != WordHash::default();
    likeness
        * if numbered && alone {
            0.99
        } else if alone {
            0.45
        } else {
            0.3
        }
}

/// Fathers' names less alike than this are of two fathers.
const OTHER_FATHER: f32 = 0.55;

impl Alignment {
    /// Whether each name has an initial that begins nothing in the other: John F. and John W.
    fn initials_left_on_both(&self, a: &Name, b: &Name) -> bool {
        let any = |name: &Name, left: &[usize]| left.iter().any(|at| name.tokens[*at].part == Part::Initial);
        any(a, &self.left_a) && any(b, &self.left_b)
    }

    fn turned(mut self) -> Alignment {
        for pair in &mut self.pairs {
            std::mem::swap(&mut pair.a, &mut pair.b);
            pair.how = match pair.how {
                How::JoinedA => How::JoinedB,
                How::JoinedB => How::JoinedA,
                how => how,
            };
        }
        std::mem::swap(&mut self.left_a, &mut self.left_b);
        self
    }
}

impl Comparison {
    /// How alike the pair of words is that sounds least alike, 0 to 1; 0 without any.
    pub fn worst(&self) -> f64 {
        self.features.worst.into()
    }

    /// What each feature of the scorer saw.
    pub fn features(&self) -> &Features {
        &self.features
    }
}

/// What the scorer looks at. None depends on the order of the two names, nor on the order of the words in them.
fn features(a: &Name, b: &Name, alignment: &Alignment) -> Features {
    let mut f = Features::default();
    paired(&mut f, a, b, alignment);
    left_over(&mut f, a, b, alignment);
    f.words_less = main(a).min(main(b));
    f.words_more = main(a).max(main(b));
    f.fathers = alignment.fathers.unwrap_or(0.75);
    let none = WordHash::default();
    f.suffix_against = match (a.suffix, b.suffix) {
        (x, y) if x == y => 0.0,
        (x, y) if x != none && y != none => 2.0,
        _ => 1.0,
    };
    f.disorder = f32::from(u8::from(is_disordered(alignment)));
    // Of one part alone nobody asks.
    f.gender_against = f32::from(u8::from(alignment.pairs.len() > 1 && genders_differ(a, b, alignment)));
    f.year_against = f32::from(u8::from(a.year != 0 && b.year != 0 && a.year != b.year));
    let script = |name: &Name| name.tokens.iter().map(|t| t.script).min().unwrap_or(u8::MAX);
    let abjad = |name: &Name| name.tokens.iter().any(|t| t.writing == Writing::Abjad);
    let syllables = |name: &Name| {
        SCRIPTS
            .get(usize::from(script(name)))
            .is_some_and(|(s, _)| matches!(s, Script::Katakana | Script::Hangul | Script::Han))
    };
    f.cross_script = f32::from(u8::from(script(a) != script(b) || a.respelt != b.respelt));
    f.abjad = f32::from(u8::from(abjad(a) != abjad(b)));
    f.syllables = f32::from(u8::from(syllables(a) != syllables(b)));
    f
}

/// How many main parts a name has.
fn main(name: &Name) -> f32 {
    name.main().count() as f32
}

/// What the pairs are like, and how much of each name they cover.
fn paired(f: &mut Features, a: &Name, b: &Name, alignment: &Alignment) {
    let mut scores: SmallVec<[f32; 8]> = SmallVec::new();
    let (mut covered_a, mut covered_b, mut sum, mut sum_weight) = (0.0f32, 0.0f32, 0.0f32, 0.0f32);
    for pair in &alignment.pairs {
        let (x, y) = (&a.tokens[pair.a], &b.tokens[pair.b]);
        let (mut weight_a, mut weight_b) = (f32::from(x.weight), f32::from(y.weight));
        if pair.how == How::Initial || x.part == Part::Initial {
            f.initials += 1.0;
            covered_a += weight_a;
            covered_b += weight_b;
            continue;
        }
        let epithets = x.part == Part::Epithet && y.part == Part::Epithet;
        if epithets || x.part == Part::Patronymic && main(a).min(main(b)) > 1.0 {
            continue;
        }
        match pair.how {
            How::JoinedA => weight_a += f32::from(a.tokens[pair.a + 1].weight),
            How::JoinedB => weight_b += f32::from(b.tokens[pair.b + 1].weight),
            How::Sound | How::Initial | How::Family => {}
        }
        covered_a += weight_a;
        covered_b += weight_b;
        if pair.how == How::Family {
            f.families += 1.0;
        } else {
            scores.push(pair.score);
            sum += pair.score * weight_a.min(weight_b);
            sum_weight += weight_a.min(weight_b);
        }
        let one = |holds: bool| f32::from(u8::from(holds));
        let given = x.is_given() || y.is_given();
        f.joined += one(matches!(pair.how, How::JoinedA | How::JoinedB));
        f.given += one(given);
        f.family += one(!given);
        f.long += one(weight_a.min(weight_b) >= 400.0);
        f.exact += one(x.word == y.word);
        let listed = !x.families.is_empty() && !y.families.is_empty() && x.is_given() && y.is_given();
        f.strangers += one(listed && x.word != y.word && !x.families.share_one(y.families));
        f.hiatus += one(pair.score < 0.97 && alignment.pairs.len() > 1 && a.respelt == b.respelt && hiatus(x, y));
    }
    scores.sort_unstable_by(|p, q| q.total_cmp(p));
    f.best = scores.first().copied().unwrap_or(0.0);
    f.second = scores.get(1).copied().unwrap_or(0.0);
    f.third = scores.get(2).copied().unwrap_or(0.0);
    f.worst = scores.last().copied().unwrap_or(0.0);
    f.mean = if sum_weight > 0.0 { sum / sum_weight } else { 0.0 };
    f.pairs = scores.len() as f32;
    f.matched_weight = sum / 100.0;
    let weight = |name: &Name| name.main().map(|t| f32::from(t.weight)).sum::<f32>().max(1.0);
    let (cover_a, cover_b) = ((covered_a / weight(a)).min(1.0), (covered_b / weight(b)).min(1.0));
    f.cover_less = cover_a.min(cover_b);
    f.cover_more = cover_a.max(cover_b);
}

/// What is in no pair.
fn left_over(f: &mut Features, a: &Name, b: &Name, alignment: &Alignment) {
    let left =
        |name: &Name, left: &[usize], part: Part| left.iter().filter(|n| name.tokens[**n].part == part).count() as f32;
    let (left_a, left_b) = (left(a, &alignment.left_a, Part::Main), left(b, &alignment.left_b, Part::Main));
    f.left_less = left_a.min(left_b);
    f.left_more = left_a.max(left_b);
    let given = |name: &Name, left: &[usize]| left.iter().filter(|n| name.tokens[**n].is_given()).count() as f32;
    f.given_left = given(a, &alignment.left_a).min(given(b, &alignment.left_b));
    f.best_left = alignment.best_left;
    let (initials_a, initials_b) =
        (left(a, &alignment.left_a, Part::Initial), left(b, &alignment.left_b, Part::Initial));
    f.initials_left = initials_a + initials_b;
    let against = |initials: f32, others: f32| if initials > 0.0 { others } else { 0.0 };
    f.initials_against = against(initials_a, left_b + initials_b).max(against(initials_b, left_a + initials_a));
}

/// Whether the pairs by sound, in the order of the first name, are in the second neither in order nor turned, as where
/// the family name comes first.
fn is_disordered(alignment: &Alignment) -> bool {
    let by_sound = alignment.pairs.iter().filter(|p| p.how == How::Sound);
    let mut places: SmallVec<[(usize, usize); 8]> = by_sound.map(|p| (p.a, p.b)).collect();
    places.sort_unstable();
    let falls = |pair: (&(usize, usize), &(usize, usize))| pair.0.1 > pair.1.1;
    places.iter().zip(places.iter().cycle().skip(1)).filter(|pair| falls(*pair)).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn score(a: &str, b: &str) -> f64 {
        compare(&Name::parse(a), &Name::parse(b)).score
    }

    fn why(a: &str, b: &str) -> String {
        let (a, b) = (Name::parse(a), Name::parse(b));
        let found = compare(&a, &b);
        format!("{:.2} {:?} {:?}", found.score, found.why(&a, &b), found.features)
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
            assert!(score(a, b) >= SAME_PERSON, "{a} {b}: {}", why(a, b));
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
            ("Mohammed bin Salman", "Salman bin Abdulaziz"),
        ] {
            assert!(score(a, b) < SAME_PERSON, "{a} {b}: {}", why(a, b));
        }
    }

    /// A part of a name in one script, so that marks and case mean something.
    const WORD: &str = "[A-Z][a-zéüşğ]{2,9}|[А-Я][а-я]{2,9}|[ء-ي]{3,9}|[ა-ჰ]{3,9}|[Ա-Ֆ][ա-ֆ]{2,9}|[א-ת]{3,8}|\
        [Α-Ω][α-ω]{2,9}|[ア-ン]{3,8}|[가-힣]{4,6}|[क-ह]{3,8}|[ক-ন]{3,8}";

    proptest! {
        #[test]
        fn symmetric_and_bounded(a in "\\PC{0,40}", b in "\\PC{0,40}") {
            let (x, y) = (score(&a, &b), score(&b, &a));
            prop_assert_eq!(x, y);
            prop_assert!((0.0..=1.0).contains(&x));
        }

        #[test]
        fn any_text_is_itself(a in "\\PC{1,60}") {
            prop_assume!(!a.trim().is_empty());
            prop_assert_eq!(compare(&Name::parse(&a), &Name::parse(&a)).score, 1.0);
        }

        #[test]
        fn no_text_is_too_long_or_too_strange(a in "\\PC{0,10000}") {
            let name = Name::parse(&a);
            prop_assert!(name.tokens.len() <= 8);
            compare(&name, &name);
        }

        #[test]
        fn a_name_is_itself_in_any_order_case_width_and_typing(first in WORD, last in WORD, other in WORD) {
            let name = Name::parse(&format!("{first} {last}"));
            let turned = Name::parse(&format!("{last} {first}"));
            // An ending of a father's name means something only after another name.
            let main = |name: &Name| name.tokens.len() == 2 && name.tokens.iter().all(|t| t.part == Part::Main);
            prop_assume!(main(&name) && main(&turned));
            prop_assert_eq!(compare(&name, &name).score, 1.0);
            let wide: String =
                first.chars().map(|c| if c.is_ascii() { char::from_u32(c as u32 + 0xFEE0).unwrap_or(c) } else { c }).collect();
            let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(last.as_str()).collect();
            for same in [
                format!("{last} {first}"),
                format!("{last}, {first}"),
                format!("{} {}", first.to_uppercase(), last.to_uppercase()),
                format!("{wide} {last}"),
                format!("{first} {decomposed}"),
                format!("Dr. {first} {last}"),
            ] {
                prop_assert_eq!(compare(&name, &Name::parse(&same)).score, 1.0, "{}", same);
            }
            // And against any other name, the order of either's words changes nothing.
            let stranger = Name::parse(&format!("{other} {last}"));
            prop_assert!((compare(&name, &stranger).score - compare(&turned, &stranger).score).abs() < 1e-6);
        }
    }
}

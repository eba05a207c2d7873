use proptest::prelude::*;
use unicode_normalization::is_nfc;

use super::*;
use crate::names::render::table::written_languages;

fn rendered(name: &str, from: Option<&str>, to: &str) -> String {
    render(name, from, to).map_or_else(|e| e.to_string(), |rendered| rendered.text)
}

/// The rows of `tests/render/names.tsv`: name, language or -, target, what is usual there.
fn rows() -> impl Iterator<Item = [&'static str; 4]> {
    let rows = include_str!("../../../tests/render/names.tsv").lines().skip(1);
    rows.map(|row| {
        let mut cells = row.split('\t');
        std::array::from_fn(|_| cells.next().expect("four cells a row"))
    })
}

#[test]
fn most_names_are_written_as_is_usual() {
    let right = |[name, from, to, usual]: &[&str; 4]| {
        let from = Some(*from).filter(|from| *from != "-");
        rendered(name, from, to) == usual.nfc().collect::<String>()
    };
    let (all, wrong) = (rows().count(), rows().filter(|row| !right(row)).count());
    assert!(wrong * 100 <= all * 20, "{wrong} of {all} are wrong");
}

#[test]
fn what_is_in_the_letters_of_the_language_stays() {
    for (name, from, to) in [
        ("Алиев", None, "ru"),
        ("Sergej Šojgu", Some("cs"), "cs"),
        ("Angela Merkel", Some("de"), "fr"),
        ("İlham Əliyev", None, "az"),
        ("ილჰამ ალიევი", None, "ka"),
        ("박근혜", None, "ko"),
    ] {
        let found = render(name, from, to).expect("there is a table");
        assert_eq!((found.text.as_str(), found.by), (name, Method::SameSpelling), "{to}");
    }
}

#[test]
fn a_romanisation_is_not_the_spelling_of_another_latin_language() {
    assert_eq!(rendered("Sergei Shoigu", Some("ru"), "de"), "Sergei Schoigu");
    assert_eq!(rendered("Sergei Shoigu", Some("en"), "de"), "Sergei Shoigu");
}

#[test]
fn tags_may_name_script_and_region() {
    assert_eq!(rendered("Алиев", Some("ru"), "en-GB"), "Aliyev");
    assert_eq!(rendered("Новак Ђоковић", Some("sr"), "sr-latn-RS"), "Novak Đoković");
    assert!(render("Алиев", Some("ru"), "az-Arab").is_err());
}

#[test]
fn capitals_initials_and_particles_are_kept() {
    assert_eq!(rendered("И. Г. АЛИЕВ", Some("ru"), "az"), "İ. Q. ƏLİYEV");
    assert_eq!(rendered("محمد بن سلمان", Some("ar"), "en"), "Mohammed bin Salman");
    assert_eq!(rendered("Анна-Мария", Some("ru"), "en"), "Anna-Maria");
}

#[test]
fn errors_say_which_tables_there_are() {
    let error = rendered("Aliyev", None, "zh");
    assert!(error.contains("Han characters") && error.contains("ka, kk, ko"), "{error}");
    assert_eq!(rendered("สมชาย", None, "en"), "\"สมชาย\" is in letters that no table reads");
}

#[test]
fn the_spelling_in_the_language_is_best_and_one_with_vowels_next() {
    let all = [("بشار الأسد", Some("ar")), ("Bashar al-Assad", Some("en")), ("Башар Асад", Some("ru"))];
    let best = |to| best_source(all.into_iter(), to);
    assert_eq!(best("ru"), Some(BestSource::Attested("Башар Асад")));
    assert_eq!(best("fr"), Some(BestSource::Attested("Bashar al-Assad")));
    assert_eq!(best("ka"), Some(BestSource::From("Bashar al-Assad", Some("en"))));
    assert_eq!(best("bg"), Some(BestSource::From("Bashar al-Assad", Some("en"))));
    assert_eq!(best_source(std::iter::empty(), "ru"), None);
}

proptest! {
    #[test]
    fn any_text_can_be_asked_for(name in "\\PC{0,20}", from in "[a-z]{0,3}", to in "[a-zA-Z-]{0,8}") {
        let _ = render(&name, Some(&from), &to);
        let _ = best_source([(name.as_str(), None)].into_iter(), &to);
    }

    #[test]
    fn what_is_rendered_is_nfc_and_not_empty(
        name in "[\\p{Latin}\\p{Cyrillic}\\p{Arabic}\\p{Hebrew}\\p{Georgian}\\p{Armenian}\\p{Greek} .'-]{1,16}",
        to in proptest::sample::select(written_languages()),
    ) {
        if let Ok(found) = render(&name, None, to) {
            prop_assert!(is_nfc(&found.text), "{:?}", found.text);
            let letters = |text: &str| text.chars().any(char::is_alphabetic);
            prop_assert_eq!(letters(&name), letters(&found.text));
        }
    }

    #[test]
    fn names_are_always_rendered(
        name in "[A-Z][a-z]{1,8}( [А-Я][а-я]{2,8})?( [ა-ჰ]{2,6})?",
        to in proptest::sample::select(written_languages()),
    ) {
        let found = render(&name, None, to);
        prop_assert!(found.is_ok_and(|found| found.text.chars().any(char::is_alphabetic)));
    }
}

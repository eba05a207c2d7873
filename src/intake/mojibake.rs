//! Text that was read in a wrong charset before it came here, and is well-formed UTF-8 all the same.
//!
//! Three accidents are known: UTF-8 read as a charset of Windows ("MÃ¼ller"), a charset of another script read as
//! windows-1252 ("Ïðåçèäåíò"), and koi8-r and windows-1251 taken for each other ("рТЕЪЙДЕОФ"). What can be undone
//! without doubt is undone, run by run; the rest is only noted. That some neighbours give mojibake away is an idea of
//! [ftfy](https://ftfy.readthedocs.io) (Apache-2.0); the rules are our own, and so narrow that real text of a hundred
//! languages passes untouched.

mod controls;
mod cyrillic;
mod latin;
mod traces;
mod utf_8;

use traces::Traces;

/// What was done to a text that had been misread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Mended {
    /// What was undone, in words.
    repairs: Vec<String>,
    /// Passages that look misread, but were left as they are.
    doubtful: Vec<String>,
}

/// Undoes a misreading where that is certain, and says so; says also where it is likely only.
///
/// A text without a trace of it costs little more than a look at its bytes.
pub fn mend(text: String) -> (String, Option<String>) {
    let traces = Traces::of(text.as_bytes());
    if traces == Traces::default() {
        return (text, None);
    }
    let mut mended = Mended::default();
    // First, because among so many letters some follow each other as in UTF-8.
    let text = if traces.latin { latin::mend(text, &mut mended) } else { text };
    let text = if traces.utf_8 { utf_8::mend(text, &mut mended) } else { text };
    let text = if traces.control { controls::mend(text, &mut mended) } else { text };
    let text = if traces.inverted { cyrillic::mend(text, &mut mended) } else { text };
    if traces.latin {
        latin::doubt(&text, &mut mended);
    }
    (text, mended.note())
}

impl Mended {
    fn repaired(&mut self, what: String) {
        if !self.repairs.contains(&what) {
            self.repairs.push(what);
        }
    }

    /// Notes a passage, or its beginning.
    fn doubted(&mut self, passage: &str) {
        let beginning: String = passage.trim().chars().take(40).collect();
        if self.doubtful.len() < 3 && !beginning.is_empty() {
            self.doubtful.push(beginning);
        }
    }

    fn note(self) -> Option<String> {
        let doubt = format!("parts look like mojibake: {}", self.doubtful.join(" … "));
        let notes = self.repairs.into_iter().chain((!self.doubtful.is_empty()).then_some(doubt));
        Some(notes.collect::<Vec<_>>().join("; ")).filter(|note| !note.is_empty())
    }
}

/// The passages between line breaks and tags, which are judged one by one: a page may be made of parts of different
/// origin. Together they are the whole text.
fn passages(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let second = rest.chars().next()?.len_utf8();
        let end = memchr::memchr2(b'\n', b'<', &rest.as_bytes()[second..]).map_or(rest.len(), |at| second + at);
        let (passage, after) = rest.split_at(end);
        rest = after;
        Some(passage)
    })
}

#[cfg(test)]
mod tests {
    use encoding_rs::{Encoding, KOI8_R, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254, WINDOWS_1256};
    use proptest::prelude::*;

    use super::*;

    fn misread(text: &str, right: &'static Encoding, wrong: &'static Encoding) -> String {
        wrong.decode_without_bom_handling(&right.encode(text).0).0.into_owned()
    }

    #[test]
    fn utf_8_is_read_again() {
        for (bad, good) in [
            ("MÃ¼ller", "Müller"),
            ("Ã€ 7 heures, lâ€™Ã©lÃ¨ve", "À 7 heures, l’élève"),
            ("â€œquoteâ€\u{9d}", "“quote”"),
            ("â€œquoteâ€", "“quote”"),
            ("Ø§Ù„Ø±Ø¦ÙŠØ³", "الرئيس"),
            ("ط§ظ„ط±ط¦ظٹط³", "الرئيس"),
            ("\u{18f}liyevЙ™", "Əliyevə"),
            ("Ð˜Ð»ÑŒÑ…Ð°Ð¼ Ð\u{90}Ð»Ð¸ÐµÐ²", "Ильхам Алиев"),
            ("РР»СЊС…Р°Рј РђР»РёРµРІ", "Ильхам Алиев"),
            ("baÅ\u{9f}kan eÄŸitim", "başkan eğitim"),
            ("wiÄ™c Å›nieg", "więc śnieg"),
            ("NejlĂ©pe", "Nejlépe"),
            ("ÃƒÂ¼ber", "über"),
            ("5Â°C, Â£100", "5°C, £100"),
            ("ðŸ˜€ ok", "😀 ok"),
        ] {
            let (text, note) = mend(bad.to_owned());
            assert_eq!(text, good, "{bad}");
            assert!(note.is_some_and(|note| note.starts_with("the text was UTF-8 read as windows-12")), "{bad}");
        }
    }

    #[test]
    fn every_charset_of_windows_is_undone() {
        let text = "Azərbaycanın paytaxtında gül sərgisi açıldı, şəhər sakinləri ora gəldilər.";
        for wrong in [WINDOWS_1251, WINDOWS_1252, WINDOWS_1254, WINDOWS_1250] {
            let bad = wrong.decode_without_bom_handling(text.as_bytes()).0.into_owned();
            assert_eq!(mend(bad).0, text, "{}", wrong.name());
        }
    }

    #[test]
    fn lost_letters_are_not_made_up() {
        let (text, note) = mend("Ð˜Ð»ÑŒÑ…Ð°Ð¼ ÐÐ»Ð¸ÐµÐ²".to_owned());
        assert_eq!(text, "Ильхам \u{FFFD}лиев");
        assert!(note.is_some_and(|note| note.ends_with("letters that the misreading had lost were replaced")));
    }

    #[test]
    fn only_the_bad_parts_are_changed() {
        let (text, note) = mend("<h1>MÃ¼ller</h1>\n<p>À «Nîmes»… «СССР»</p>\nСтрана Ã\u{a0} part".to_owned());
        assert_eq!(text, "<h1>Müller</h1>\n<p>À «Nîmes»… «СССР»</p>\nСтрана à part");
        assert_eq!(note.as_deref(), Some("the text was UTF-8 read as windows-1252; it was read again"));
    }

    #[test]
    fn other_scripts_read_as_latin_are_read_again() {
        for (text, right) in [
            ("Президент", WINDOWS_1251),
            ("Сегодня в столице ожидается дождь", WINDOWS_1251),
            ("Сьогодні в столиці дощ, і їжаки сплять", WINDOWS_1251),
            ("افتتح أمس في العاصمة معرض للزهور", WINDOWS_1256),
        ] {
            let (mended, note) = mend(misread(text, right, WINDOWS_1252));
            assert_eq!(mended, text);
            let expected = format!("the text was {} read as windows-1252; it was read again", right.name());
            assert_eq!(note, Some(expected));
        }
    }

    #[test]
    fn inverted_cyrillic_is_read_again() {
        let text = "Вчера Президент открыл в столице выставку цветов";
        for (right, wrong) in [(KOI8_R, WINDOWS_1251), (WINDOWS_1251, KOI8_R)] {
            let (mended, note) = mend(misread(text, right, wrong));
            assert_eq!(mended, text);
            assert!(note.is_some());
        }
        let (short, note) = mend("рТЕЪЙДЕОФ".to_owned());
        assert_eq!((short.as_str(), note.as_deref()), ("рТЕЪЙДЕОФ", Some("parts look like mojibake: рТЕЪЙДЕОФ")));
    }

    #[test]
    fn controls_become_punctuation() {
        assert_eq!(mend("l\u{92}or \u{96} Dragi\u{9a}a".to_owned()).0, "l’or – Dragiša");
    }

    #[test]
    fn real_text_is_left_alone() {
        for text in [
            "NÃO, a nação — “SÃO” e MAÇÃ… É».",
            "Người Ân, chữ «Â», Â\u{a0}Đức",
            "РСФСР, «СССР»… США — ЗЯТЬ» и Ё. УкрСіббанк, Рівне, СІРІ, МІСІЯ",
            "КОСЈЕРИЋ, РЈ, Џорџ, Њујорк",
            "ÞÝÐING, ráðherra, það, Ðe, ð",
            "İş, ÖĞRETMEN, İ’nin, üçün, ÇIĞ",
            "GĘŚL, ŻÓŁW, Łódź, część",
            "mРНК, еБей, ПриватБанк, кВт·ч",
            "ПРИВЕТ КАК ДЕЛА, пРИВЕТ кАК дЕЛА",
            "10 × 20 = 200, 5×£3, 20 Å², Öl 5€, MINÄ…, ÄÖÅ†, «CÔ»¹, Ångström™",
            "créée, häät, pääsiäisyö, äö, ÀÁÂÃÄÅÆ, êrÎşî",
            "😀 👍🏽 © 2024 ™ ½ ¾",
            "طهران، «ط»… ظ»",
            "Αθήνα: ΒΓΔ» Ω…",
        ] {
            assert_eq!(mend(text.to_owned()), (text.to_owned(), None));
        }
    }

    proptest! {
        #[test]
        fn nothing_is_fatal(text in "[ÃÂâÐÑРСвЂ€™œ»А-Яа-яÀ-ÿ\u{80}-\u{9f}a<\n ]{0,60}") {
            mend(text);
        }

        #[test]
        fn passages_are_the_whole_text(text in "[a<\né一]{0,20}") {
            prop_assert_eq!(passages(&text).collect::<String>(), text);
        }

        #[test]
        fn plain_words_stay(words in proptest::collection::vec("[A-Za-z][a-zéèàçñöüäåæøß]{0,7}|[А-Я]?[а-яё]{1,8}", 0..20)) {
            // Words of nothing but accented letters are what misread text is made of; these begin with a plain one.
            let text = words.join(" ");
            prop_assert_eq!(mend(text.clone()).0, text);
        }
    }
}

//! Offsets are code points of the text as it is, whatever is left out when phrases are compared.

use crate::translation::said::{Field, said};

#[test]
fn offsets_cut_the_phrase_out_of_the_text() {
    let texts = [
        ("en", "📝🇮🇷 Translated from the Persian by Zoë Smith.", "Translated from the Persian by Zoë Smith"),
        ("en", "\u{200F}  Translation:\u{A0}Anna   Smith ", "Translation:\u{A0}Anna   Smith"),
        ("fa", "😀 این مقاله از انگلیسی ترجمه شده است.", "این مقاله از انگلیسی ترجمه شده"),
        ("fa", "مترجم: علی‌رضا محمدی", "مترجم: علی‌رضا محمدی"),
        ("fa", "این گزارش\u{200C}ها نیست\n\nمنبع: بی‌بی‌سی فارسی", "منبع: بی‌بی‌سی فارسی"),
        ("ar", "تَرْجَمَة: سعيد عليّ", "تَرْجَمَة: سعيد عليّ"),
        ("he", "❤️ תִּרְגּוּם: דנה כהן", "תִּרְגּוּם: דנה כהן"),
        ("tr", "İIıi 1.\n\nÇEVİREN: IŞIL İPEKÇİ", "ÇEVİREN: IŞIL İPEKÇİ"),
        ("az", "TƏRCÜMƏ: ƏLİ İSMAYILOV", "TƏRCÜMƏ: ƏLİ İSMAYILOV"),
        ("ka", "🇬🇪 თარგმანი: ნინო ბერიძე", "თარგმანი: ნინო ბერიძე"),
        ("zh", "（翻译：王明）", "翻译：王明"),
    ];
    for (language, text, phrase) in texts {
        let found = said(language, &[(Field::Title, "İ"), (Field::Text, text)]);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        let cut: String = text.chars().skip(found[0].start).take(found[0].end - found[0].start).collect();
        assert_eq!((cut.as_str(), found[0].phrase.as_str()), (phrase, phrase));
    }
}

#[test]
fn translators_are_as_written() {
    let found = said("fa", &[(Field::Text, "مترجم: علی‌رضا محمدی")]);
    assert_eq!(found[0].translator.as_deref(), Some("علی‌رضا محمدی"));
}

#[test]
fn any_text_is_read() {
    for text in
        ["\n\n", "(", "\u{301}", "…", "\u{200C}", "İ", "Translated from ", "/ТАСС", "(AP", "译：", ". ", "IRNA-"]
    {
        for text in [text, &text.repeat(3_000)] {
            for field in [Field::Title, Field::Byline, Field::Text] {
                _ = said("en", &[(field, text)]);
            }
        }
    }
}

//! Agencies and outlets that a text names as its sources.

use super::{STORY, in_text};

/// Each a first paragraph, and the sources that it names.
fn all_name(paragraphs: &[(&str, &str, &[&str])]) {
    let mut wrong = Vec::new();
    for &(language, paragraph, says) in paragraphs {
        let found = in_text(language, &format!("{paragraph}¶{STORY}¶{STORY}"));
        if found != says {
            wrong.push(format!("{language}: {paragraph}: {found:?}, not {says:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn agencies_in_sentences() {
    all_name(&[
        ("en", "Two men were arrested in Tehran on Monday, according to IRNA.", &["reported-by fa @IRNA"]),
        ("en", "Tasnim reported that two men were arrested.", &["reported-by fa @Tasnim"]),
        ("en", "The plant has closed, Iran's Mehr news agency reported.", &["reported-by fa @Mehr"]),
        ("en", "The king left, the state news agency Petra said on Friday.", &["reported-by ar @Petra"]),
        ("ru", "Пожар потушен, сообщает ТАСС.", &["reported-by ru @TASS"]),
        ("ru", "Двое задержаны, передаёт Тренд со ссылкой на IRNA.", &["reported-by @Trend", "reported-by fa @IRNA"]),
        ("ru", "Об этом сообщает агентство «Интерфакс».", &["reported-by ru @Interfax"]),
        ("uk", "Про це повідомляє Укрінформ.", &["reported-by uk @Ukrinform"]),
        ("fa", "به گزارش خبرگزاری مهر، دو نفر بازداشت شدند.", &["reported-by fa @Mehr"]),
        ("fa", "به نقل از رویترز، دو نفر بازداشت شدند.", &["reported-by en @Reuters"]),
        ("ar", "قتل شخصان، وفقا لوكالة رويترز.", &["reported-by en @Reuters"]),
        ("az", "İki nəfər saxlanılıb. AZƏRTAC xəbər verir ki, yanğın söndürülüb.", &["reported-by az @AZERTAC"]),
        ("az", "Bu barədə Trend-ə istinadən məlumat yayılıb.", &["reported-by @Trend"]),
        ("tr", "Anadolu Ajansı'nın haberine göre yangın söndürüldü.", &["reported-by tr @Anadolu"]),
        ("de", "Zwei Männer wurden festgenommen, wie es laut dpa hieß.", &["reported-by de @dpa"]),
        ("fr", "Deux hommes ont été arrêtés, selon l'agence Tasnim.", &["reported-by fa @Tasnim"]),
        ("es", "Dos hombres fueron detenidos, según la agencia EFE.", &["reported-by es @EFE"]),
        ("pl", "Zatrzymano dwie osoby, podała agencja TASS.", &["reported-by ru @TASS"]),
        ("he", "שני גברים נעצרו, כך דיווחה סוכנות רויטרס.", &["reported-by en @Reuters"]),
        ("ka", "ორი კაცი დააკავეს, ინტერპრესნიუსი იუწყება.", &["reported-by ka @Interpressnews"]),
        ("hy", "Երկու մարդ է ձերբակալվել, հայտնում է Արմենպրեսը։", &["reported-by hy @Armenpress"]),
        ("kk", "Екі адам ұсталды, деп хабарлайды ҚазАқпарат.", &["reported-by kk @Kazinform"]),
        ("uz", "Yong'in o'chirildi, deb xabar berdi UzA.", &["reported-by uz @UzA"]),
        ("zh", "据新华社报道，大火已被扑灭。", &["reported-by zh @Xinhua"]),
        ("ja", "ロイター通信によると、火は消し止められた。", &["reported-by en @Reuters"]),
        ("ko", "로이터통신에 따르면 불은 꺼졌다.", &["reported-by en @Reuters"]),
    ]);
}

#[test]
fn datelines() {
    all_name(&[
        ("en", "BAKU, March 12 (Trend) — Two men were arrested on Monday.", &["reported-by @Trend"]),
        ("en", "(Reuters) - Two men were arrested on Monday.", &["reported-by en @Reuters"]),
        ("en", "BAKU, Azerbaijan, March 12. /TASS/. Two men were arrested.", &["reported-by ru @TASS"]),
        ("ru", "БАКУ, 12 марта. /ТАСС/. Двое задержаны.", &["reported-by ru @TASS"]),
        ("ru", "Баку. 12 марта. Интерфакс - Двое задержаны.", &["reported-by ru @Interfax"]),
        ("tr", "ANKARA (AA) - İki kişi gözaltına alındı.", &["reported-by tr @Anadolu"]),
        ("az", "Bakı, 12 mart, AZƏRTAC", &["reported-by az @AZERTAC"]),
        ("fa", "تهران (ایرنا) - دو نفر بازداشت شدند.", &["reported-by fa @IRNA"]),
        ("zh", "新华社北京3月12日电 大火已被扑灭。", &["reported-by zh @Xinhua"]),
    ]);
}

#[test]
fn source_lines_stand_at_the_end() {
    let lines = [
        ("en", "Source: IRNA", "reported-by fa @IRNA"),
        ("ru", "Источник: РИА Новости", "reported-by ru @RIA Novosti"),
        ("az", "Mənbə: Trend", "reported-by @Trend"),
        ("tr", "Kaynak: Reuters", "reported-by en @Reuters"),
        ("fa", "منبع: ایسنا", "reported-by fa @ISNA"),
        ("ar", "المصدر: رويترز", "reported-by en @Reuters"),
        ("de", "Quelle: dpa", "reported-by de @dpa"),
        ("zh", "来源：新华社", "reported-by zh @Xinhua"),
    ];
    for (language, line, says) in lines {
        assert_eq!(super::at_end(language, line), [says], "{line}");
    }
    assert_eq!(super::at_end("ar", "المصدر: رويترز - ترجمة: سعيد علي"), ["translated-from @Reuters by سعيد علي"]);
}

#[test]
fn a_source_is_named_once() {
    let text = "Two men were arrested, IRNA reported. A third escaped, according to IRNA.";
    assert_eq!(in_text("en", text), ["reported-by fa @IRNA"]);
}

//! What has the words of a notice and is none.

use super::{STORY, at_end, in_text};

#[test]
fn news_of_books_and_translators() {
    let texts = [
        ("en", "The novel, translated from the Persian by Anna Smith, won a prize."),
        ("en", "The novel was translated from the Persian by Anna Smith."),
        ("en", "The Blind Owl, by Sadegh Hedayat. Translated from the Persian by Naveed Noori."),
        ("en", "Her poems (translated from the Persian by Anna Smith) are out now."),
        ("en", "Translated from the Persian by Anna Smith, the novel won a prize."),
        ("en", "Translated from Persian, the word means garden."),
        ("en", "He translated from Russian for the delegation."),
        ("en", "The book was originally published in Persian."),
        ("en", "Originally published in Persian in 1937, the book was banned."),
        ("en", "He reads the original in Greek every morning."),
        ("en", "“Translated by Anna Smith” stands on the cover."),
        ("en", "Machine translation is getting better, say researchers."),
        ("en", "He was accused of using Google Translate in court."),
        ("en", "The article says nothing of what is translated."),
        ("en", "She can read this article in Russian and in Greek."),
        ("en", "Translation prize goes to Smith."),
        ("ru", "Перевод с азербайджанского романа Анара вышел в Москве."),
        ("ru", "Его перевод с персидского признан лучшим."),
        ("ru", "Роман в переводе с английского издан в Баку."),
        ("ru", "Машинный перевод становится лучше, говорят учёные."),
        ("ru", "Перевод денег в Иран запрещён."),
        ("ru", "Оригинал картины на аукционе продан за миллион."),
        ("uk", "Переклад роману з англійської вийшов у Києві."),
        ("az", "Roman ingilis dilindən tərcümə edilərək nəşr olunub."),
        ("az", "Tərcümə mərkəzi yeni kitab təqdim edib."),
        ("tr", "İngilizceden çevrilen roman ödül aldı."),
        ("tr", "Çeviri ödülü Ayşe Yılmaz'a verildi."),
        ("fa", "ترجمه از انگلیسی به فارسی کار دشواری است و او سال‌ها آن را انجام داد."),
        ("fa", "ترجمه این رمان به زبان انگلیسی منتشر شد."),
        ("ar", "ترجمة الرواية عن الفارسية صدرت في بيروت."),
        ("he", "תרגום מאנגלית של הספר יצא לאור השבוע."),
        ("ka", "რომანის თარგმანი სპარსულიდან გამოიცა თბილისში."),
        ("hy", "Վեպի թարգմանությունը ռուսերենից լույս է տեսել Երևանում։"),
        ("de", "Der aus dem Russischen übersetzte Roman gewann einen Preis."),
        ("de", "Übersetzung von Romanen lohnt sich kaum noch."),
        ("fr", "Son roman, traduit du persan, a reçu un prix."),
        ("es", "La traducción de la novela ganó un premio."),
        ("pl", "Tłumaczenie z angielskiego powieści ukazało się w Warszawie."),
        ("zh", "他翻译的小说获得了奖项。"),
        ("ja", "彼が英語から翻訳した小説が賞を受けた。"),
        ("ko", "그가 영어에서 번역한 소설이 상을 받았다."),
    ];
    none_says(&texts);
}

#[test]
fn sources_that_are_no_agencies() {
    let texts = [
        ("en", "Two men were arrested, according to Anna Smith, a lawyer."),
        ("en", "The match was won by Petra, according to Petra herself."),
        ("en", "According to Reuters Institute researchers, readers are tired."),
        ("en", "According to Report of the Year judges, it was close."),
        ("en", "The trend reported last year goes on."),
        ("en", "Sana said that she would leave."),
        ("en", "The mehr, according to custom, is paid by the groom."),
        ("en", "A minister said the report was wrong."),
        ("en", "Alasdair Lamont (BBC Scotland)"),
        ("en", "Anna Smith (Reuters)"),
        ("vi", "Vào Thứ Tư, TT. Putin đến Baku."),
        ("ru", "Пожар потушен, сообщает мэрия."),
        ("ru", "По данным полиции, двое задержаны."),
        ("fa", "به گزارش پلیس، دو نفر بازداشت شدند."),
        ("fa", "ماه مهر گزارش داد که باران می‌آید."),
        ("ar", "قتل شخصان، وفقا لمصدر أمني."),
        ("az", "Polis xəbər verir ki, yanğın söndürülüb."),
        ("tr", "Bakanlığın haberine göre yangın söndürüldü."),
        ("de", "Laut Polizei wurden zwei Männer festgenommen."),
        ("zh", "据警方报道，大火已被扑灭。"),
    ];
    none_says(&texts);
}

fn none_says(texts: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (language, text) in texts {
        let found = [at_end(language, text), in_text(language, &format!("{text}¶{STORY}¶{STORY}"))].concat();
        if !found.is_empty() {
            wrong.push(format!("{language}: {text}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_middle_of_a_text_says_nothing() {
    let notice = format!("{STORY} Translated from the Persian by Anna Smith.");
    let middle = format!("{STORY}¶{STORY}¶{notice}¶{STORY}¶{STORY}¶{STORY}");
    assert!(in_text("en", &middle).is_empty());
    let end = format!("{STORY}¶{STORY}¶{STORY}¶{notice}");
    assert_eq!(in_text("en", &end), ["translated-from fa by Anna Smith"]);
    let later = format!("{STORY}¶{STORY}¶Two were arrested, Tasnim reported.¶{STORY}");
    assert!(in_text("en", &later).is_empty());
}

#[test]
fn sentences_count_in_the_language_of_the_document() {
    assert!(in_text("fa", "Two men were arrested, IRNA reported.").is_empty());
    assert_eq!(in_text("und", "Two men were arrested, IRNA reported."), ["reported-by fa @IRNA"]);
}

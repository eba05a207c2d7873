//! Notices that a text is a translation, where its original is, and that a machine made it.

use super::{Field, at_end, said, summary};

fn all_say(notices: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for &(language, notice, says) in notices {
        let found = at_end(language, notice);
        if found != [says] {
            wrong.push(format!("{language}: {notice}: {found:?}, not {says}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn translations() {
    all_say(&[
        ("en", "Translated from the Persian by Anna Smith", "translated-from fa by Anna Smith"),
        ("en", "(Translated by Anna van der Smith and J. Doe.)", "translated-from by Anna van der Smith and J. Doe"),
        ("en", "This article was translated from Azerbaijani and edited for length.", "translated-from az"),
        ("en", "Translation: Leyla Mammadova", "translated-from by Leyla Mammadova"),
        ("ru", "Перевод с азербайджанского: Анна Смирнова", "translated-from az by Анна Смирнова"),
        ("ru", "пер. с англ.", "translated-from en"),
        ("ru", "Перевод с фарси Д. Иванова", "translated-from fa by Д. Иванова"),
        ("ru", "Перевод: Мария Петрова-Водкина", "translated-from by Мария Петрова-Водкина"),
        ("ru", "Статья переведена с грузинского языка редакцией.", "translated-from ka"),
        ("uk", "Переклад з англійської Олени Коваль", "translated-from en by Олени Коваль"),
        ("uk", "Переклала з вірменської Олена Коваль", "translated-from hy by Олена Коваль"),
        ("be", "Пераклад з рускай мовы", "translated-from ru"),
        ("fa", "ترجمه از انگلیسی: سارا محمدی", "translated-from en by سارا محمدی"),
        ("fa", "مترجم: علی رضایی", "translated-from by علی رضایی"),
        ("fa", "این مقاله از زبان ترکی آذربایجانی ترجمه شده است.", "translated-from az"),
        ("ar", "ترجمة عن الفارسية: أحمد حسن", "translated-from fa by أحمد حسن"),
        ("ar", "ترجمة: سعيد علي", "translated-from by سعيد علي"),
        ("az", "İngilis dilindən tərcümə: Aysel Əliyeva", "translated-from en by Aysel Əliyeva"),
        ("az", "Rus dilindən tərcümə", "translated-from ru"),
        ("az", "Tərcümə: Orxan Həsənov", "translated-from by Orxan Həsənov"),
        ("az-Cyrl", "Тәрҹүмә: Орхан Һәсәнов", "translated-from by Орхан Һәсәнов"),
        ("tr", "İngilizceden çeviri", "translated-from en"),
        ("tr", "Çeviren: Ayşe Yılmaz", "translated-from by Ayşe Yılmaz"),
        ("tr", "Farsça'dan çeviren: Işıl Öz", "translated-from fa by Işıl Öz"),
        ("de", "Aus dem Russischen übersetzt von Karl Müller", "translated-from ru by Karl Müller"),
        ("de", "Übersetzung: Karla Weiß", "translated-from by Karla Weiß"),
        ("de", "Der Artikel wurde aus dem Persischen ins Deutsche übersetzt.", "translated-from fa"),
        ("fr", "Traduit de l’anglais par Jean Dupont", "translated-from en by Jean Dupont"),
        ("fr", "Traduit du persan", "translated-from fa"),
        ("es", "Traducción de Ana García", "translated-from by Ana García"),
        ("es", "Traducido del árabe por Ana García", "translated-from ar by Ana García"),
        ("it", "Traduzione dall'inglese di Marco Rossi", "translated-from en by Marco Rossi"),
        ("pt", "Tradução do russo: João Silva", "translated-from ru by João Silva"),
        ("nl", "Vertaald uit het Engels door Jan de Vries", "translated-from en by Jan de Vries"),
        ("pl", "Tłumaczenie z języka angielskiego: Anna Nowak", "translated-from en by Anna Nowak"),
        ("cs", "Z angličtiny přeložila Jana Nováková", "translated-from en by Jana Nováková"),
        ("hu", "Fordította: Nagy Péter", "translated-from by Nagy Péter"),
        ("ro", "Traducere din limba engleză: Ion Popescu", "translated-from en by Ion Popescu"),
        ("sr", "Превела са руског Јелена Јовић", "translated-from ru by Јелена Јовић"),
        ("el", "Μετάφραση από τα Αγγλικά: Νίκος Παππάς", "translated-from en by Νίκος Παππάς"),
        ("fi", "Suomennos: Matti Virtanen", "translated-from by Matti Virtanen"),
        ("sv", "Översättning från persiska: Eva Lind", "translated-from fa by Eva Lind"),
        ("he", "תרגום מאנגלית: דנה כהן", "translated-from en by דנה כהן"),
        ("ka", "თარგმანი სპარსულიდან: ნინო ბერიძე", "translated-from fa by ნინო ბერიძე"),
        ("hy", "Թարգմանությունը ռուսերենից՝ Անի Պետրոսյան", "translated-from ru by Անի Պետրոսյան"),
        ("kk", "Ағылшын тілінен аударған: Асқар Ахметов", "translated-from en by Асқар Ахметов"),
        ("uz", "Ingliz tilidan tarjima: Aziz Karimov", "translated-from en by Aziz Karimov"),
        ("tg", "Тарҷума аз забони форсӣ", "translated-from fa"),
        ("ur", "انگریزی سے ترجمہ: احمد علی", "translated-from en by احمد علی"),
        ("hi", "अनुवाद: राम कुमार", "translated-from by राम कुमार"),
        ("id", "Diterjemahkan dari bahasa Inggris oleh Budi Santoso", "translated-from en by Budi Santoso"),
        ("vi", "Dịch từ tiếng Anh", "translated-from en"),
        ("zh", "翻译：王明", "translated-from by 王明"),
        ("zh", "（编译：王小明）", "translated-from by 王小明"),
        ("zh", "译自俄文", "translated-from ru"),
        ("ja", "翻訳：田中太郎", "translated-from by 田中太郎"),
        ("ja", "ペルシャ語から翻訳", "translated-from fa"),
        ("ko", "번역: 김철수", "translated-from by 김철수"),
        ("ko", "영어에서 번역", "translated-from en"),
    ]);
}

#[test]
fn originals() {
    all_say(&[
        ("en", "Originally published in Persian by IRNA.", "original-in fa @IRNA"),
        ("en", "Originally published in Persian by Zamaneh Media", "original-in fa @Zamaneh Media"),
        ("en", "Original in Azerbaijani", "original-in az"),
        ("en", "Read the original in Russian here.", "original-in ru"),
        ("en", "This story was originally published in Armenian on our site.", "original-in hy"),
        ("ru", "Оригинал статьи на английском", "original-in en"),
        ("ru", "Оригинал материала: Report", "original-in @Report"),
        ("uk", "Мова оригіналу: польська", "original-in pl"),
        ("fa", "متن اصلی", "original-in"),
        ("fa", "متن اصلی: انگلیسی", "original-in en"),
        ("az", "Orijinalı ingilis dilində", "original-in en"),
        ("tr", "Yazının İngilizce orijinali", "original-in en"),
        ("fr", "Lire l'original en anglais", "original-in en"),
        ("de", "Lesen Sie den Originalartikel auf Englisch", "original-in en"),
        ("es", "Lea el artículo original en inglés", "original-in en"),
        ("zh", "此文原文为英文", "original-in en"),
        ("ja", "原文は英語です", "original-in en"),
    ]);
}

#[test]
fn other_versions() {
    all_say(&[
        ("en", "Read this article in Russian", "also-in ru"),
        ("en", "Also available in Georgian", "also-in ka"),
        ("ru", "Читать на русском", "also-in ru"),
        ("az", "Читайте на русском языке", "also-in ru"),
        ("uk", "Читайте також російською", "also-in ru"),
        ("ka", "წაიკითხეთ რუსულად", "also-in ru"),
        ("hy", "Կարդալ անգլերեն", "also-in en"),
        ("fa", "این خبر را به انگلیسی بخوانید", "also-in en"),
        ("ar", "اقرأ هذا المقال بالإنجليزية", "also-in en"),
        ("tr", "Bu haberi İngilizce okuyun", "also-in en"),
        ("de", "Diesen Artikel auf Englisch lesen", "also-in en"),
    ]);
}

#[test]
fn machines() {
    all_say(&[
        ("en", "This text was translated automatically.", "machine"),
        ("en", "Translated from Persian by Google Translate", "machine fa"),
        ("en", "Machine translation", "machine"),
        ("en", "This article was machine translated from Azerbaijani.", "machine az"),
        ("ru", "Перевод: Google Переводчик", "machine"),
        ("ru", "Текст переведён автоматически.", "machine"),
        ("ru", "Машинный перевод с персидского", "machine fa"),
        ("uk", "Перекладено за допомогою ШІ", "machine"),
        ("az", "Mətn avtomatik tərcümə olunub.", "machine"),
        ("tr", "Makine çevirisi", "machine"),
        ("fa", "ترجمه ماشینی", "machine"),
        ("ar", "ترجمة آلية", "machine"),
        ("he", "תרגום אוטומטי", "machine"),
        ("de", "Dieser Text wurde maschinell übersetzt.", "machine"),
        ("fr", "Traduction automatique", "machine"),
        ("es", "Traducido automáticamente", "machine"),
        ("zh", "机器翻译", "machine"),
        ("ja", "この記事は機械翻訳です。", "machine"),
        ("ko", "기계 번역", "machine"),
    ]);
}

#[test]
fn bylines_and_titles_say_so_too() {
    let of = |field, text| said("en", &[(field, text)]).iter().map(summary).collect::<Vec<_>>();
    assert_eq!(
        of(Field::Byline, "By Vahid Karimi, translated from the Persian by Anna Smith"),
        ["translated-from fa by Anna Smith"]
    );
    assert_eq!(of(Field::Title, "Why we left (translated from Azerbaijani)"), Vec::<String>::new());
    assert_eq!(of(Field::Title, "Why we left | Read in Azerbaijani"), ["also-in az"]);
}

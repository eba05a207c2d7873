//! Invented sentences, and the source that their names speak for.

use super::{Habit, habit};

/// The habit of a text whose runs of capitalised words are names.
fn found(language: &str, text: &str) -> Option<Habit> {
    habit(language, text.split([',', '.', ';']).map(str::trim), text)
}

fn source(language: &str, text: &str) -> Option<String> {
    found(language, text).map(|habit| habit.language)
}

#[test]
fn names_show_their_way_into_english() {
    let texts = [
        ("ru", "In Baku, Vagif Dzhabbarov met Rafik Gasanov."),
        ("ru", "Azerbaijan sent Elman Gadzhiyev and Fuad Guseinov to the talks."),
        ("ru", "The poet Samed Dzhavadov was born in Gyandzha, Azerbaidzhan."),
        ("ru", "Lugansk and Kharkov were shelled, said Zakharova, and so was Artyomovsk."),
        ("ru", "In Tbilisi, Giorgi Dzhanashia met Nino Dzhaparidze."),
        ("ru", "Tofik Kerimov wrote from Nagorny Karabakh."),
        ("ru", "Talks of Vladimir Zelensky and Denis Shmygal, then a visit to Avdeyevka."),
        ("ru", "Leaders of Khamas flew to Tadzhikistan."),
        ("fa", "Hojjatoleslam Karimi received Seyyed Hashem Tavakoli."),
        ("fa", "A message of Mohammad bin Salman reached Seyyed Ebrahim Raisi."),
        ("fa", "Elham Aliyev, who had come by way of Nakhjavan, thanked his hosts."),
        ("az", "Vüqar Məmmədov, Səidə Əliyeva and Heydər Quliyev spoke in Xankəndi."),
        ("az", "Garabagh will have trains to Irevan, said the minister."),
        ("tr", "İlham Aliyev flew to Bağdat."),
        ("tr", "Muhammed bin Selman spoke of Esad and Halep."),
        ("de", "Selenskyj and Lawrow disagreed, as did Wladimir Putin."),
        ("de", "Chruschtschow, Breschnew and Gorbatschow had gone there too."),
        ("fr", "Vladimir Poutine and Sergueï Choïgou received the guests."),
        ("pl", "Łukaszenka telephoned Ławrow."),
        ("es", "Jamenei answered Serguéi Lavrov."),
        ("uk", "Volodymyr Putin told Serhii Shoihu to wait near Belhorod."),
        ("hu", "Putyin met Zelenszkij at last."),
        ("nl", "Poetin and Loekasjenko embraced."),
        ("be", "Uladzimir Pucin did not call, and Zialenski was away."),
    ];
    for (expected, text) in texts {
        assert_eq!(source("en", text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn names_show_their_way_into_other_languages() {
    let texts = [
        ("de", "ru", "In Aserbaidschan sprach Rafik Gasanow mit Elman Gadschijew."),
        ("fr", "ru", "À Bakou, en Azerbaïdjan, Rafik Gassanov a reçu Elman Gadjiev."),
        ("pl", "ru", "W Azerbejdżanie Rafik Gasanow rozmawiał z Elmanem, a Fuad Gusejnow milczał."),
        ("es", "ru", "Desde Azerbaiyán escribieron Rafik Gasanov, Elman Gadzhiev."),
        ("fr", "de", "Selenskyj et Lawrow se sont rencontrés."),
        ("es", "fr", "Poutine y Loukachenko se reunieron en Téhéran."),
        ("uk", "ru", "Про це сказав Сергей Бобровский, а потім Илья Крымов."),
        ("ru", "uk", "Об этом написал Сергій Бондаренко, а с ним Олександр Ткач."),
        ("ru", "fa", "Ходжатолеслама Карими принял Сейед Хашем Таваколи."),
        ("sr-Latn", "hu", "Putyin i Zelenszkij su se sreli."),
    ];
    for (language, expected, text) in texts {
        assert_eq!(source(language, text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn usual_spellings_say_nothing() {
    let texts = [
        "Vladimir Putin and Sergey Lavrov met Xi Jinping in Moscow.",
        "Volodymyr Zelenskyy returned to Kyiv with Oleksandr Syrskyi and Serhii Marchenko.",
        "Volodymyr Zelensky spoke in Kiev and in Odessa.",
        "Ebrahim Raisi, Hossein Amir-Abdollahian and Mohammad Bagher Ghalibaf arrived.",
        "Mahmoud Ahmadinejad and Akbar Hashemi Rafsanjani of Tehran are old.",
        "Ilham Aliyev and Ali Asadov of Azerbaijan, with Jeyhun Bayramov and Vilayat Guliyev, left Baku.",
        "Recep Tayyip Erdoğan and Mevlüt Çavuşoğlu of Türkiye spoke.",
        "Alexander Lukashenko and Sviatlana Tsikhanouskaya of Belarus did not meet.",
        "Mohammed bin Salman called Abdel Fattah al-Sisi, Bashar al-Assad and Hassan Nasrallah.",
        "Dzhokhar Tsarnaev and Dzhokhar Dudayev have a name in common.",
        "Khabib Nurmagomedov beat Shamil Gadzhiyev, Abdul Gadzhiev and Omar Gasanov of Dagestan.",
        "Zelensky thanked the defenders of Bakhmut, which Russia calls Artyomovsk, and of Lugansk.",
        "Lugansk and Severodonetsk are near the front, Zelensky said in Kiev.",
        "Shakhriyar Mamedyarov and Teimour Radjabov of Azerbaijan drew.",
        "In 1943 the army took Kharkov, Lvov, Vinnitsa and Zhitomir.",
        "Li Qiang and Wang Yi of Beijing flew to Xinjiang.",
    ];
    for text in texts {
        assert_eq!(found("en", text), None, "{text}");
    }
}

#[test]
fn languages_may_spell_as_they_do() {
    let texts = [
        ("de", "Selenskyj, Lawrow, Wladimir Putin und Gorbatschow, dazu Chruschtschow."),
        ("tr", "İlham Aliyev, Nikol Paşinyan ve Beşar Esad Bağdat yolunda."),
        ("az", "İlham Əliyev Bakıda, Vüqar Məmmədov Gəncədə, Heydər Quliyev Şuşada."),
        ("fr", "Vladimir Poutine, Sergueï Choïgou et Loukachenko à Téhéran."),
        ("pl", "Łukaszenka, Ławrow i Zełenski w Moskwie."),
        ("es", "Jamenei y Serguéi Lavrov en Teherán."),
        ("uk", "Сергій Лавров і Володимир Зеленський, Дмитро Пєсков."),
        ("ru", "Владимир Зеленский, Сергей Лавров и Эбрахим Раиси."),
        ("cs", "Hamás a Teherán, Gorbačov, Uzbekistán a Jelcin."),
        ("it", "Gorbaciov, Cecenia e Ucraina."),
        ("fr", "Brejnev, Gorbatchev et l’Azerbaidjan."),
        ("nb", "Gorbatsjov, Usbekistan, Kirgisistan og Netanjahu."),
        ("hr", "Esad, Selman i Gadafi, Kadirov, Harkov."),
        ("pl", "Kadafi, Chamenei, Alijew i Kadyrow."),
        ("pt-BR", "Teerã e Azerbaijão."),
        ("ja", "Selenskyj Lawrow 東京"),
        ("", "Selenskyj Lawrow"),
    ];
    for (language, text) in texts {
        assert_eq!(found(language, text), None, "{text}");
    }
}

#[test]
fn one_word_does_not_convince() {
    assert_eq!(source("en", "Chruschtschow, Chruschtschow; and again Chruschtschow."), None);
    assert_eq!(source("en", "In Baku, Rafik Gasanov and Leyla Gasanova."), None);
}

#[test]
fn sources_that_contradict_each_other_are_none() {
    assert_eq!(source("en", "Selenskyj and Lawrow; Poutine and Choïgou; Schoigu and Loukachenko."), None);
}

#[test]
fn the_most_telling_words_come_first_as_written() {
    let habit = found("en", "Chamenei heard Selenskyj, Lawrow and Chruschtschow.").expect("German spellings");
    assert_eq!(habit.written, ["Selenskyj", "Chruschtschow", "Chamenei"]);
    assert!(habit.confidence > 0.0 && habit.confidence <= 0.5);
}

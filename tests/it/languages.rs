//! The language of every text, of its parts too; und rather than a guess; from the command line and over HTTP.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{Nisba, nisba};

/// A line of news by language, written for this test: those of lingua's languages that share an alphabet, and those that
/// lingua lacks.
const LINES: [(&str, &str); 43] = [
    ("en", "The government said on Tuesday that the new law would come into force next month."),
    ("de", "Die Regierung teilte am Dienstag mit, dass das neue Gesetz im nächsten Monat in Kraft tritt."),
    ("nl", "De regering zei dinsdag dat de nieuwe wet volgende maand van kracht wordt."),
    ("fr", "Le gouvernement a annoncé mardi que la nouvelle loi entrerait en vigueur le mois prochain."),
    ("es", "El Gobierno dijo el martes que la nueva ley entrará en vigor el próximo mes."),
    ("pt", "O governo disse na terça-feira que a nova lei entrará em vigor no próximo mês."),
    ("ca", "El govern va dir dimarts que la nova llei entrarà en vigor el mes que ve."),
    ("it", "Il governo ha detto martedì che la nuova legge entrerà in vigore il mese prossimo."),
    ("ro", "Guvernul a anunțat marți că noua lege va intra în vigoare luna viitoare."),
    ("pl", "Rząd poinformował we wtorek, że nowa ustawa wejdzie w życie w przyszłym miesiącu."),
    ("cs", "Vláda v úterý oznámila, že nový zákon vstoupí v platnost příští měsíc."),
    ("sk", "Vláda v utorok oznámila, že nový zákon nadobudne účinnosť budúci mesiac."),
    ("hr", "Vlada je u utorak priopćila da će novi zakon stupiti na snagu sljedeći tjedan, u siječnju."),
    ("sr-Latn", "Vlada je u utorak saopštila da će novi zakon stupiti na snagu sledeće nedelje, posle praznika."),
    ("nb", "Regjeringen sa tirsdag at den nye loven ikke trer i kraft før neste måned."),
    ("nn", "Regjeringa sa tysdag at den nye lova ikkje tek til å gjelde før neste månad."),
    ("da", "Regeringen sagde tirsdag, at den nye lov først træder i kraft i næste måned."),
    ("sv", "Regeringen sade på tisdagen att den nya lagen träder i kraft nästa månad."),
    ("tr", "Hükümet salı günü yaptığı açıklamada yeni yasanın gelecek ay yürürlüğe gireceğini söyledi."),
    ("az", "Hökumət çərşənbə axşamı bildirib ki, yeni qanun gələn ay qüvvəyə minəcək."),
    ("uz", "Hukumat seshanba kuni yangi qonun kelasi oydan kuchga kirishini ma’lum qildi."),
    ("tk", "Hökümet sişenbe güni täze kanunyň indiki aýda güýje girjekdigini habar berdi."),
    (
        "id",
        "Pemerintah mengatakan pada hari Selasa bahwa undang-undang baru itu akan berlaku bulan depan karena ada kasus.",
    ),
    (
        "ms",
        "Kerajaan berkata pada hari Selasa bahawa undang-undang baharu itu akan berkuat kuasa bulan depan kerana kes itu.",
    ),
    ("ru", "Правительство сообщило во вторник, что новый закон вступит в силу в следующем месяце."),
    ("uk", "Уряд повідомив у вівторок, що новий закон набуде чинності наступного місяця."),
    ("be", "Урад паведаміў у аўторак, што новы закон набудзе моц у наступным месяцы."),
    ("bg", "Правителството съобщи във вторник, че новият закон ще влезе в сила следващия месец."),
    ("mk", "Владата соопшти во вторникот дека новиот закон ќе стапи во сила следниот месец."),
    ("kk", "Үкімет сейсенбі күні жаңа заңның келесі айда күшіне енетінін хабарлады."),
    ("ky", "Өкмөт шейшемби күнү жаңы мыйзам кийинки айда күчүнө кирерин билдирди."),
    ("tg", "Ҳукумат рӯзи сешанбе хабар дод, ки қонуни нав моҳи оянда эътибор пайдо мекунад."),
    ("tt", "Хөкүмәт сишәмбе көнне яңа закон киләсе айда үз көченә керәчәген хәбәр итте."),
    ("uz-Cyrl", "Ҳукумат сешанба куни янги қонун келаси ойдан кучга киришини маълум қилди."),
    ("az-Cyrl", "Һөкумәт чәршәнбә ахшамы билдириб ки, јени ганун ҝәлән ај гүввәјә минәҹәк."),
    ("ba", "Хөкүмәт шишәмбе көнө яңы закон киләһе айҙа үҙ көсөнә инәсәген хәбәр итте."),
    ("sr", "Влада је у уторак саопштила да ће нови закон ступити на снагу следећег месеца."),
    ("yi", "די רעגירונג האט דינסטיק געזאגט אז דער נייער געזעץ וועט אריינגיין אין קראפט דעם קומענדיקן חודש."),
    ("fa", "دولت روز سه‌شنبه اعلام کرد که قانون جدید از ماه آینده اجرا می‌شود."),
    ("ar", "قالت الحكومة يوم الثلاثاء إن القانون الجديد سيدخل حيز التنفيذ الشهر المقبل."),
    ("ur", "حکومت نے منگل کو کہا کہ نیا قانون اگلے مہینے سے نافذ ہو جائے گا۔"),
    ("ps", "حکومت د سه شنبې په ورځ وویل چې نوی قانون به په راتلونکې میاشت کې پلی شي."),
    ("ckb", "حکومەت ڕۆژی سێشەممە ڕایگەیاند کە یاسا نوێیەکە مانگی داهاتوو دەچێتە بواری جێبەجێکردنەوە."),
];

/// Texts in no language that is known.
const UNKNOWN: [&str; 11] = [
    "12.05.2024, 13:45 — 78 % (3/4)",
    "Bëtzder huet d'Regierung um Dënschdeg matgedeelt, datt dat neit Gesetz de nächste Mount a Kraaft trëtt.",
    "Il-gvern qal it-Tlieta li l-liġi l-ġdida tidħol fis-seħħ ix-xahar id-dieħel, iżda mhux kulħadd jaqbel magħha.",
    "Ilham Aliyev, Ebrahim Raisi, Recep Tayyip Erdogan, Vladimir Putin, Gurbanguly Berdimuhamedov",
    "fn main() { let x = vec![1, 2, 3]; println!(\"{}\", x.len()); } struct Foo<T> { bar: Option<T> }",
    "public static void main(String[] args) { System.out.println(\"Hello\"); }",
    "Novak Đoković, Aleksandar Vučić, Ivica Dačić, Ana Brnabić",
    "Jean Dupont, Marie Lefèvre, François Hollande, Élisabeth Borne",
    "https://www.example.com/index.html?id=123",
    "xqzt wvbk plmr tyqp zzkw brrt qwpl mnbv xcvq wertz plok ijuh qqaz wsxe",
    "Gwamnatin ta ce ranar Talata sabuwar dokar za ta fara aiki a wata mai zuwa.",
];

#[tokio::test]
async fn near_languages_are_told_apart_and_unknown_ones_are_none() {
    let nisba = Nisba::start().await;
    let ask = async |body: Value| {
        let answer = nisba.client.post(format!("{}/v1/language", nisba.base)).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let texts: Vec<&str> = LINES.iter().map(|(_, text)| *text).chain(UNKNOWN).collect();
    let (status, answer) = ask(json!({"texts": texts})).await;
    assert_eq!(status, 200, "{answer}");
    let wanted = LINES.iter().map(|(tag, _)| *tag).chain(UNKNOWN.map(|_| "und"));
    let found = answer["results"].as_array().unwrap();
    let wrong: Vec<(&str, &Value)> = wanted
        .zip(found)
        .filter(|(tag, found)| found["tag"] != *tag)
        .map(|(tag, found)| (tag, &found["tag"]))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");

    // A declared language settles what is open, and nothing else.
    let (_, answer) = ask(json!({"text": "Baku, 12 May", "declared": "az"})).await;
    assert_eq!(answer["tag"], "az", "{answer}");
    let (_, answer) = ask(json!({"text": LINES[0].1, "declared": "ru"})).await;
    assert_eq!((&answer["tag"], &answer["declared"], &answer["reliable"]), (&json!("en"), &json!("ru"), &json!(true)));
    for wrong in [json!({}), json!({"text": "a", "texts": []}), json!({"words": "a"})] {
        assert_eq!(ask(wrong).await.0, 422);
    }
}

/// Short texts as they are: headlines with capitals, posts with what is in no language.
const SHORT: [(&str, &str); 12] = [
    ("en", "Senate Passes Infrastructure Bill After Weeks Of Debate"),
    ("en", "BREAKING: EARTHQUAKE HITS WESTERN TURKEY"),
    ("tr", "Depremde 12 kişi öldü"),
    ("az", "Bakıda zəlzələ olub"),
    ("ja", "東京で大雨 @nhk_news https://nhk.or.jp/news/12 #weather #rain"),
    ("ko", "지진 발생 via @YonhapNews #earthquake #breaking"),
    ("hi", "भारत और चीन के बीच बातचीत #breaking #news https://t.co/abcdef"),
    ("fa", "زلزله در کابل pic.twitter.com/abcdEFGH12"),
    ("zh", "北京今天下暴雨 #Beijing #China #weather #rain #flood"),
    ("he", "ראש הממשלה נפגש עם הנשיא"),
    ("ka", "პრეზიდენტი შეხვდა პრემიერს"),
    ("und", "🔥🔥 #breaking @bbc https://t.co/x"),
];

#[tokio::test]
async fn short_texts_pages_with_menus_and_texts_of_shreds() {
    let nisba = Nisba::start().await;
    let tag = async |text: String| {
        let body = json!({"text": text});
        let answer = nisba.client.post(format!("{}/v1/language", nisba.base)).json(&body).send().await.unwrap();
        answer.json::<Value>().await.unwrap()
    };
    for (wanted, text) in SHORT {
        let found = tag(text.to_owned()).await;
        assert_eq!(found["tag"], wanted, "{text}: {found}");
    }
    // The article counts, not what stands around it; a quotation is a span of its own.
    let menu = "Home\nWorld\nPolitics\nBusiness\nSport\nVideo\nSubscribe\nSign in\n";
    let found =
        tag(format!("{menu}北京今天下暴雨，多个地区交通中断，气象部门提醒市民注意安全。\nContact us\nPrivacy\n")).await;
    assert_eq!(found["tag"], "zh", "{found}");
    let found =
        tag("وزیر امور خارجه گفت: «We are ready for negotiations with all sides» و جلسه را ترک کرد.".to_owned()).await;
    let spans: Vec<&Value> = found["spans"].as_array().unwrap().iter().map(|span| &span["tag"]).collect();
    assert_eq!(spans, ["fa", "en", "fa"], "{found}");
    // Decomposed letters are the same letters.
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(LINES[19].1).collect();
    assert_eq!(tag(decomposed).await["tag"], "az");
    // Two million passages cost no memory.
    let found = tag("a\nб\n".repeat(500_000)).await;
    assert!(found["spans"].as_array().unwrap().len() < 100_000);
}

#[tokio::test]
async fn a_document_in_several_languages_has_its_spans_and_says_when_it_was_declared_otherwise() {
    let nisba = Nisba::start().await;
    let line = |tag: &str| LINES.iter().find(|(own, _)| *own == tag).map_or("", |(_, text)| text);
    let (english, persian, azeri) = (line("en"), line("fa"), line("az"));
    let text = format!("{english} {english}\n\n«{persian}»\n\n{azeri} {azeri} {azeri}");
    let record = nisba.record(&json!({"text": text, "language": "ru"})).await;
    let language = &record["language"];
    let letters: Vec<char> = text.chars().collect();
    let spans: Vec<(&str, String)> = language["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| {
            let at = |key: &str| span[key].as_u64().unwrap() as usize;
            (span["tag"].as_str().unwrap(), letters[at("start")..at("end")].iter().collect())
        })
        .collect();
    let wanted = [
        ("en", format!("{english} {english}")),
        ("fa", format!("{persian}»")),
        ("az", format!("{azeri} {azeri} {azeri}")),
    ];
    assert_eq!(spans, wanted);
    assert_eq!((&language["tag"], &language["declared"]), (&json!("az"), &json!("ru")));
    // Where most is in one language, and somebody said another.
    let record = nisba.record(&json!({"text": format!("{azeri} {azeri}"), "language": "ru"})).await;
    let notes = record["provenance"]["notes"].to_string();
    assert!(notes.contains("declared to be in ru, found to be in az"), "{notes}");
}

#[test]
fn languages_are_had_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mixed.txt");
    std::fs::write(&file, format!("{}\n{}\n", LINES[0].1, LINES[24].1)).unwrap();
    let run = |arguments: &[&str]| nisba().arg("language").args(arguments).output().unwrap();
    let output = run(&["--spans", file.to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("en  ") || said.starts_with("ru  "), "{said}");
    assert!(said.contains("0–81 ") && said.contains("  ru "), "{said}");

    let mut piped =
        nisba().args(["language", "--json", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let persian = LINES.iter().find(|(tag, _)| *tag == "fa").map_or("", |(_, text)| text);
    piped.stdin.take().unwrap().write_all(persian.as_bytes()).unwrap();
    let output = piped.wait_with_output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found["tag"], &found["script"], &found["file"]), (&json!("fa"), &json!("Arab"), &json!("-")));

    std::fs::write(&file, b"caf\xe9").unwrap();
    let output = run(&[file.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("is not UTF-8 at byte 3; convert it"));
}

#[test]
fn quality_is_measured_on_labelled_texts() {
    let folder = tempfile::tempdir().unwrap();
    let (labels, blank, mixed) =
        (folder.path().join("labels.tsv"), folder.path().join("blank.tsv"), folder.path().join("mixed.jsonl"));
    let rows = |label: bool| -> String {
        let known = LINES.iter().map(|(tag, text)| format!("line\t{}\t{text}\n", if label { tag } else { "" }));
        let unknown = UNKNOWN.iter().map(|text| format!("line-unserved\t{}\t{text}\n", if label { "xx" } else { "" }));
        known.chain(unknown).collect()
    };
    std::fs::write(&labels, rows(true)).unwrap();
    std::fs::write(&blank, rows(false)).unwrap();
    let measure = |what: &str, file: &std::path::Path, name: &str| {
        let predictions = folder.path().join(name);
        let output =
            nisba().args(["evaluate", what]).arg(file).arg("--predictions").arg(&predictions).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        (result, std::fs::read_to_string(predictions).unwrap())
    };
    let (result, with) = measure("language", &labels, "with");
    assert_eq!((&result["rows"], &result["accuracy"]), (&json!(LINES.len() + UNKNOWN.len()), &json!(1.0)), "{result}");
    assert_eq!((&result["by_class"]["line"], &result["abstained_on_unserved"]), (&json!(1.0), &json!(1.0)));
    let (_, without) = measure("language", &blank, "without");
    assert_eq!(with, without);
    assert_eq!(with.lines().count(), LINES.len() + UNKNOWN.len());

    let (english, russian) = (LINES[0].1, LINES[24].1);
    let ends = (english.chars().count(), english.chars().count() + 2 + russian.chars().count());
    let row = json!({"text": format!("{english}\n\n{russian}"), "spans": [
        {"start": 0, "end": ends.0, "language": "en"}, {"start": ends.0 + 2, "end": ends.1, "language": "ru"}]});
    let outside = json!({"text": "abc", "spans": [{"start": 0, "end": 4, "language": "en"}]});
    std::fs::write(&mixed, outside.to_string()).unwrap();
    let output = nisba().args(["evaluate", "spans"]).arg(&mixed).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("line 1: the span 0 to 4 is not inside the text"), "{said}");
    std::fs::write(&mixed, row.to_string()).unwrap();
    let (result, spans) = measure("spans", &mixed, "spans");
    assert_eq!((&result["character_accuracy"], &result["boundary_f1"]), (&json!(1.0), &json!(1.0)), "{result}");
    assert!(spans.starts_with("{\"spans\":[{\"start\":0,\"end\":"), "{spans}");
}

#[test]
fn a_table_is_counted_from_frequencies_and_texts() {
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("lingua-aaa-language-model-1.0.0/models");
    std::fs::create_dir_all(&models).unwrap();
    // As lingua has them: the logarithm of how often the last letter follows the others.
    let grams = [("a", 0.5f64), ("ab", 1.0), ("b", 0.5), ("ba", 1.0)];
    let mut frequencies = fst::MapBuilder::memory();
    grams.iter().for_each(|(gram, share)| frequencies.insert(gram, share.ln().to_bits()).unwrap());
    std::fs::write(models.join("ngrams.fst"), frequencies.into_inner().unwrap()).unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let languages = file(
        "languages.toml",
        "[lingua]\naa = \"aaa\"\n[letters.aa-Cyrl]\nof = \"aa\"\npairs = \"a=а b=б\"\n[declaration]\noutside = \"cc\"\n[declaration.tags]\n",
    );
    let declaration = file("declaration.tsv", "aa\t1\tabab ab baba\ncc\t1\tcdcd dcdc cd\n");
    let text = file("text.txt", "efef fefe ef\nfe ef\nefefe\nfef\nef\n");
    let out = folder.path().join("table.bin");
    let train = |more: &str| {
        nisba()
            .args(["train", "language", "--lingua"])
            .arg(folder.path())
            .arg("--declaration")
            .arg(&declaration)
            .arg("--languages")
            .arg(&languages)
            .arg("--text")
            .arg(format!("{more}={}", text.display()))
            .arg("--out")
            .arg(&out)
            .output()
            .unwrap()
    };
    let output = train("ee");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["languages"], 4, "{said}");
    let bytes = std::fs::read(&out).unwrap();
    // The same again is the same table.
    assert!(train("ee").status.success() && std::fs::read(&out).unwrap() == bytes && !bytes.is_empty());
    std::fs::write(&declaration, "aa\t1\n").unwrap();
    let said = String::from_utf8_lossy(&train("ee").stderr).into_owned();
    assert!(said.contains("line 1 of the declaration is not tag TAB version TAB text"), "{said}");
}

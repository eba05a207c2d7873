//! Names in running text, in every script: where they are, what stands beside them, what is none, and how well they are found.

use std::io::Write;
use std::process::Stdio;

use nisba::people::names_in;
use serde_json::{Value, json};

use crate::harness::{Nisba, nisba};

/// A sentence of invented people by language, with the names in it in square brackets.
const SENTENCES: [(&str, &str); 30] = [
    (
        "en",
        "President [Togrul Mammadzade] met [Hannah O’Brien], the judge, and [J. R. Whitcombe]’s lawyers in Baku on Monday.",
    ),
    ("de", "Der Trainer [Jürgen Haberstock] sagte am Dienstag, dass [Karla von Bredow] nach München zurückkehrt."),
    ("fr", "Le ministre [Étienne Marchandeau] a rencontré lundi [Claire Dubosc] à Lyon."),
    ("es", "El presidente [Rodrigo Alcántara] dijo que [María del Carmen Ibáñez] viajará a Madrid."),
    ("pt", "O juiz [Tiago Vasconcelos] afirmou que [Marina Albuquerque] não estava em Lisboa."),
    ("it", "Il sindaco [Matteo Brambilla] ha detto che [Giulia De Santis] lascerà Roma."),
    ("nl", "Minister [Joris van den Berghe] zei maandag dat [Femke Hoogland] uit Amsterdam vertrekt."),
    ("pl", "Prezydent [Wojciech Zawadzki] spotkał się w Warszawie z [Agnieszką Kowalczyk]."),
    ("cs", "Prezident [Tomáš Havlíček] řekl, že [Jana Dvořáková] přijede do Prahy."),
    ("sv", "Statsministern [Gustav Lindholm] sade att [Elsa Bergqvist] lämnar Stockholm."),
    ("fi", "Pääministeri [Jukka Lehtonen] sanoi, että [Aino Virtanen] lähtee Helsingistä."),
    ("hu", "[Kovács László] miniszter azt mondta, hogy [Szabó Katalin] Budapestre utazik."),
    ("tr", "Bakan [Mehmet Karadağ] dedi ki [Ayşe Yıldırım]’ın davası Ankara’da görülecek."),
    ("az", "Nazir [Elçin Babayev] bildirdi ki, [Nigar Həsənova] Bakıya gəlib."),
    ("ru", "Министр [Пётр Заславский] заявил, что [Анна Воронцова] приедет в Москву с [Иваном Берсеневым]."),
    ("uk", "Президент [Тарас Коваленко] заявив, що [Оксана Мельник] приїде до Києва."),
    ("bg", "Министърът [Георги Станчев] каза, че [Мария Илиева] ще дойде в София."),
    ("sr", "Председник [Милан Стојановић] рекао је да [Јелена Марковић] долази у Београд."),
    ("kk", "Президент [Нұрлан Әбдіров] Астанада [Айгүл Сейітова] туралы айтты."),
    ("el", "Ο πρωθυπουργός [Γιώργος Παπαδάκης] δήλωσε ότι η [Μαρία Οικονόμου] θα έρθει στην Αθήνα."),
    ("hy", "Նախագահ [Արմեն Սարգսյան] հայտարարել է, որ [Անի Հակոբյան] կժամանի Երևան։"),
    ("ka", "პრეზიდენტმა [გიორგი მაისურაძე] განაცხადა, რომ [ნინო ბერიძე] თბილისში ჩავა."),
    ("fa", "وزیر امور خارجه [کاظم غریب‌آبادی] گفت که [مریم احمدی] به تهران می‌آید."),
    ("ar", "قال الرئيس [خالد المنصوري] إن الوزيرة [فاطمة الزهراني] وصلت إلى القاهرة."),
    ("he", "ראש הממשלה [יואב כהן] אמר כי השופטת [מיכל לוי] הגיעה לירושלים."),
    ("ur", "وزیر اعظم [عمران احمد] نے کہا کہ [فاطمہ بیگم] لاہور آئیں گی۔"),
    ("hi", "प्रधानमंत्री [राजेश शर्मा] ने कहा कि [सुनीता वर्मा] दिल्ली आएंगी।"),
    ("ja", "[ジョン・スミス]大統領は火曜日に東京で述べた。"),
    ("id", "Presiden [Budi Santoso] mengatakan bahwa [Dewi Lestari] akan datang ke Jakarta."),
    ("vi", "Chủ tịch [Nguyễn Văn Hùng] nói rằng bà [Trần Thị Mai] sẽ đến Hà Nội."),
];

/// The text without the brackets, and the names in them.
fn labelled(sentence: &str) -> (String, Vec<String>) {
    let names = sentence.split('[').skip(1).filter_map(|part| part.split(']').next()).map(str::to_owned).collect();
    (sentence.replace(['[', ']'], ""), names)
}

fn found(text: &str, language: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    names_in(text, language).iter().map(|name| letters[name.start..name.end].iter().collect()).collect()
}

/// Of short sentences full of invented names nearly all are found, and hardly anything else: which ones are not is
/// printed.
#[test]
fn names_are_found_in_every_script() {
    let (mut right, mut wanted, mut extra) = (0, 0, Vec::new());
    for (language, sentence) in SENTENCES {
        let (text, names) = labelled(sentence);
        let found = found(&text, language);
        wanted += names.len();
        right += names.iter().filter(|name| found.contains(name)).count();
        let missed: Vec<&String> = names.iter().filter(|name| !found.contains(name)).collect();
        extra.extend(found.iter().filter(|name| !names.contains(name)).map(|name| (language, name.clone())));
        if !missed.is_empty() {
            println!("{language}: {missed:?} of {found:?}");
        }
    }
    println!("{right} of {wanted}; not names: {extra:?}");
    assert!(right * 10 >= wanted * 8 && extra.len() * 10 <= wanted, "{right} of {wanted}; {extra:?}");
}

#[test]
fn what_is_named_after_people_is_nobody() {
    for (language, text) in [
        ("en", "In August the company moved from Washington to New York and bought a bank in Paris."),
        ("en", "Manchester United won the Champions League against Real Madrid in April."),
        ("de", "Im März zog das Unternehmen aus der Frankfurter Innenstadt nach Baden-Baden um."),
        ("ru", "В августе компания переехала из Санкт-Петербурга в Нижний Новгород."),
        ("tr", "Ağustos ayında şirket İstanbul’dan Ankara’ya taşındı."),
        ("fa", "شرکت در ماه مرداد از تهران به اصفهان رفت."),
        ("ar", "انتقلت الشركة في آب من بيروت إلى دبي."),
    ] {
        assert!(found(text, language).is_empty(), "{text}: {:?}", found(text, language));
    }
}

/// Titles are outside, 's and other set-off endings too; offsets are code points.
#[test]
fn boundaries_are_exact() {
    let text = "🕊️ “Mr. Hannah Whitcombe’s” lawyer met Əli Babayev'in qardaşı.";
    assert_eq!(found(text, "en")[0], "Hannah Whitcombe");
}

fn run(arguments: &[&str], stdin: &str) -> (bool, String, String) {
    let mut child =
        nisba().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

const STORY: &str = "Judge Hannah Whitcombe opened the trial of the former minister Ilham Aliyev on Monday.\n\
    “We trust Whitcombe”, said Emmanuel Macron, the president of France. Whitcombe did not answer.";

#[test]
fn a_text_is_shown_with_its_people_in_colour_or_as_json() {
    let (fine, shown, error) = run(&["analyze", "-"], STORY);
    assert!(fine, "{error}");
    // Not a terminal: no colours, but numbers.
    assert!(shown.contains("Hannah Whitcombe[") && !shown.contains('\u{1b}'), "{shown}");
    assert!(shown.contains("starter:ilham-aliyev") && shown.contains("in no list"), "{shown}");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), STORY).unwrap();
    let output = nisba().arg("analyze").arg(file.path()).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("\u{1b}[1m\u{1b}[33mHannah Whitcombe"));

    let (fine, json, error) = run(&["analyze", "--json", "--language", "en", "-"], STORY);
    assert!(fine, "{error}");
    let record: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&record["version"], &record["language"]["tag"]), (&json!(0), &json!("en")));
    let (fine, _, error) = run(&["analyze", "no-such-file.txt"], "");
    assert!(!fine && error.contains("no-such-file.txt"), "{error}");
}

#[tokio::test]
async fn people_come_by_importance_with_their_offices_and_places() {
    let nisba = Nisba::start().await;
    let page = format!(
        "<title>Aliyev on trial</title><article><p>{}</p><p>{}</p><figure><img src=a.jpg><figcaption>Emmanuel Macron in Paris</figcaption></figure><p>{}</p></article>",
        STORY.split('\n').next().unwrap(),
        STORY.split('\n').nth(1).unwrap(),
        "The hearing went on for several hours, and nothing else was said of it on that day. ".repeat(8)
    );
    let post = |kind: &'static str, body: String| {
        nisba.client.post(format!("{}/v1/analyze", nisba.base)).header("Content-Type", kind).body(body).send()
    };
    let answer = post("text/html", page).await.unwrap();
    assert_eq!(answer.status(), 200);
    let record: Value = answer.json().await.unwrap();
    let people = record["people"].as_array().unwrap();
    let person = |name: &str| people.iter().find(|p| p["name"] == name).unwrap_or_else(|| panic!("{name}: {record}"));
    // He is in the headline.
    assert_eq!(people[0]["person_id"], "starter:ilham-aliyev", "{record}");
    let places = |name: &str| -> Vec<String> {
        let mentions = person(name)["mentions"].as_array().unwrap().iter();
        mentions.map(|m| m["place"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(places("Ilham Aliyev"), ["headline", "lead"]);
    assert_eq!(places("Hannah Whitcombe"), ["lead", "quote", "body"]);
    assert_eq!(places("Emmanuel Macron"), ["body", "caption"]);
    let roles = |name: &str| -> Vec<(String, String)> {
        let text = |role: &Value| {
            let letters: Vec<char> = record[role["in"].as_str().unwrap()].as_str().unwrap().chars().collect();
            let at = |key: &str| role[key].as_u64().unwrap() as usize;
            let written: String = letters[at("start")..at("end")].iter().collect();
            assert_eq!(role["text"], json!(written));
            (role["role"].as_str().unwrap().to_owned(), written)
        };
        person(name)["roles"].as_array().unwrap().iter().map(text).collect()
    };
    assert_eq!(roles("Hannah Whitcombe"), [("judge".to_owned(), "Judge".to_owned())]);
    assert_eq!(roles("Emmanuel Macron"), [("president".to_owned(), "president".to_owned())]);
    assert!(people.iter().all(|p| !p["why"].as_array().unwrap().is_empty()));

    // Nothing was stored, and what is no document is refused as it is elsewhere.
    let id = record["id"].as_str().unwrap();
    let kept = nisba.client.get(format!("{}/v1/records/{id}", nisba.base)).send().await.unwrap();
    assert_eq!(kept.status(), 404);
    assert_eq!(post("application/json", "{}".into()).await.unwrap().status(), 422);
    assert_eq!(post("application/pdf", "%PDF".into()).await.unwrap().status(), 415);
    let wrong = nisba.client.get(format!("{}/v1/analyze", nisba.base)).send().await.unwrap();
    assert_eq!((wrong.status().as_u16(), wrong.headers()["allow"].to_str().unwrap()), (405, "POST"));
}

#[test]
fn quality_is_measured_and_the_tagger_trained() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, lines: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, lines).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (mut gold, mut blank) = (String::new(), String::new());
    for (language, sentence) in SENTENCES {
        let (text, names) = labelled(sentence);
        let spans: Vec<(usize, usize)> = names
            .iter()
            .map(|name| {
                let start = text[..text.find(name.as_str()).unwrap()].chars().count();
                (start, start + name.chars().count())
            })
            .collect();
        gold.push_str(&format!("{}\n", json!({"source": "own", "language": language, "text": text, "people": spans})));
        blank.push_str(&format!("{}\n", json!({"source": "own", "language": language, "text": text})));
    }
    let (gold, blank) = (file("gold.jsonl", gold), file("blank.jsonl", blank));
    let predictions = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (with, without) = (predictions("with.jsonl"), predictions("without.jsonl"));
    let (fine, result, error) = run(&["evaluate", "mentions", &gold, "--predictions", &with], "");
    assert!(fine, "{error}");
    let result: Value = serde_json::from_str(&result).unwrap();
    assert_eq!(result["documents"], SENTENCES.len());
    assert!(result["f1"].as_f64().unwrap() > 0.8 && result["by_language"]["fa"]["f1"].is_number(), "{result}");
    assert!(result["by_source"]["own"]["precision"].is_number() && result["mb_per_second"].as_f64().unwrap() > 0.0);
    assert!(run(&["evaluate", "mentions", &blank, "--predictions", &without], "").0);
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    assert_eq!(read(&with), read(&without));

    let authority = file(
        "authority.jsonl",
        "{\"id\":\"a\",\"names\":[\"Hannah Whitcombe\"]}\n{\"id\":\"b\",\"names\":[\"Joan Doe\"]}\n".into(),
    );
    let documents = json!({"id": "1", "language": "en", "text": STORY, "people": ["a"], "optional": ["b"]}).to_string();
    let documents = file("documents.jsonl", documents);
    let (fine, result, error) = run(&["evaluate", "people", &documents, "--authority", &authority], "");
    assert!(fine, "{error}");
    let result: Value = serde_json::from_str(&result).unwrap();
    assert_eq!((&result["precision"], &result["recall"], &result["documents"]), (&json!(1.0), &json!(1.0), &json!(1)));
    let (fine, _, error) = run(&["evaluate", "people", &documents, "--authority", "none.jsonl"], "");
    assert!(!fine && error.contains("none.jsonl"), "{error}");

    let weights = predictions("tagger.bin");
    let trained =
        ["train", "mentions", "--spans", &gold, "--people", &documents, "--authority", &authority, "--out", &weights];
    let (fine, result, error) = run(&trained, "");
    assert!(fine, "{error}");
    let result: Value = serde_json::from_str(&result).unwrap();
    assert_eq!(result["texts"], SENTENCES.len() + 1);
    assert!(result["features"].as_u64().unwrap() > 100, "{result}");
    let model = nisba::people::tagger::Model::read(&std::fs::read(weights).unwrap()).unwrap();
    assert_eq!(model.features() as u64, result["features"].as_u64().unwrap());
    let (fine, _, error) = run(&["train", "mentions"], "");
    assert!(!fine && error.contains("--spans"), "{error}");
}

/// The people of a text as `nisba analyze` has them: the id where there is one, and the mentions.
fn people_of(language: &str, text: &str) -> Vec<(Option<String>, Vec<String>)> {
    let (ok, out, err) = run(&["analyze", "--json", "--language", language, "-"], text);
    assert!(ok, "{err}");
    let record: Value = serde_json::from_str(&out).expect("a record");
    let people = record["people"].as_array().expect("people").iter();
    let mentions = |person: &Value| {
        let all = person["mentions"].as_array().expect("mentions").iter();
        all.filter_map(|mention| mention["text"].as_str().map(str::to_owned)).collect()
    };
    people.map(|person| (person["person_id"].as_str().map(str::to_owned), mentions(person))).collect()
}

#[test]
fn initials_and_fathers_names_are_of_the_person_who_has_them() {
    let text = "Президент Владимир Путин прибыл в Москву. Владимир Владимирович заявил об этом. \
        В.В. Путин уехал, а С.В. Лавров остался.";
    let people = people_of("ru", text);
    let putin: Vec<String> = ["Владимир Путин", "Владимир Владимирович", "В.В. Путин"].map(str::to_owned).to_vec();
    assert!(people.contains(&(Some("starter:vladimir-putin".into()), putin)), "{people:?}");
    assert!(people.iter().any(|(_, mentions)| mentions == &["С.В. Лавров"]), "{people:?}");
}

#[test]
fn two_full_names_that_are_little_alike_are_two_people() {
    let people = people_of("en", "Sarah Connolly met Amy Coney Barrett.");
    assert_eq!(people.len(), 2, "{people:?}");
}

#[test]
fn who_is_in_doubt_is_named() {
    let text = "Macron’s speech\n\nBrigitte Macron and Emmanuel Macron came to Paris with Jane Smithson. Macron spoke.";
    let (ok, out, _) = run(&["analyze", "--json", "--language", "en", "-"], text);
    assert!(ok);
    let record: Value = serde_json::from_str(&out).expect("a record");
    let why = record["people"].to_string();
    assert!(!why.contains("several people of the document: Jane") && !why.contains(", Jane Smithson"), "{why}");
}

#[test]
fn a_language_that_is_no_tag_is_refused() {
    let (ok, _, err) = run(&["analyze", "--language", "!!", "-"], "Angela Merkel met him.");
    assert!(!ok && err.contains("no BCP 47 tag"), "{err}");
}

#[test]
fn a_form_of_address_tells_a_man_from_a_woman_of_his_name() {
    let text =
        "Hillary Clinton and Bill Clinton came to Dublin on Monday. Mr. Clinton spoke first; Mrs. Clinton listened.";
    let people = people_of("en", text);
    let of = |full: &str| people.iter().find(|(_, mentions)| mentions[0] == full).map(|(_, m)| m.len());
    assert_eq!((of("Hillary Clinton"), of("Bill Clinton")), (Some(2), Some(2)), "{people:?}");
}

#[test]
fn other_initials_are_another_person() {
    for (text, id) in [
        ("George H. W. Bush died in Houston on Friday.", "starter:george-h-w-bush"),
        ("George W. Bush spoke in Houston on Friday.", "starter:george-w-bush"),
    ] {
        let people = people_of("en", text);
        assert_eq!(people.first().and_then(|(id, _)| id.as_deref()), Some(id), "{people:?}");
    }
}

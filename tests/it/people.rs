//! One person behind every spelling, in every language of the samples.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Nisba, eventually};

fn examples() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// (person, spelling) of a record.
fn spellings(record: &Value) -> BTreeSet<(String, String)> {
    let people = record["people"].as_array().unwrap().iter();
    people
        .flat_map(|p| {
            let id = p["person_id"].as_str().or(p["status"].as_str()).unwrap();
            let id = id.strip_prefix("starter:").unwrap_or(id).to_owned();
            p["mentions"].as_array().unwrap().iter().map(move |m| (id.clone(), m["text"].as_str().unwrap().to_owned()))
        })
        .collect()
}

#[tokio::test]
async fn the_samples_name_who_they_name() {
    let nisba = Nisba::start().await;
    let mut expected: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for line in std::fs::read_to_string(examples().join("expected.tsv")).unwrap().lines().skip(1) {
        let [file, id, spelling] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        expected.entry(file.to_owned()).or_default().insert((id.to_owned(), spelling.to_owned()));
    }
    assert!(expected.len() >= 10);
    for (file, people) in expected {
        let document: Value =
            serde_json::from_slice(&std::fs::read(examples().join("documents").join(&file)).unwrap()).unwrap();
        let record = nisba.record(&document).await;
        let language = file.split('-').nth(1).unwrap();
        assert_eq!(record["language"]["tag"], language, "{file}");
        assert_eq!(spellings(&record), people, "{file}");
    }
}

#[tokio::test]
async fn offsets_are_code_points_and_every_person_says_why() {
    let nisba = Nisba::start().await;
    let text = "🕊️ Cənab İlham Əliyev “Əliyevin” çıxışından sonra. آقای ابراهیم رئیسی و علی‌اف گفتگو کردند.";
    let record = nisba.record(&json!({"text": text, "language": "az"})).await;
    let letters: Vec<char> = record["text"].as_str().unwrap().chars().collect();
    let mut mentions = 0;
    for person in record["people"].as_array().unwrap() {
        assert!(!person["why"].as_array().unwrap().is_empty());
        for mention in person["mentions"].as_array().unwrap() {
            let (start, end) = (mention["start"].as_u64().unwrap() as usize, mention["end"].as_u64().unwrap() as usize);
            assert_eq!(letters[start..end].iter().collect::<String>(), mention["text"].as_str().unwrap());
            mentions += 1;
        }
    }
    assert!(mentions >= 2, "{record}");
}

#[tokio::test]
async fn somebody_in_no_list_is_the_same_the_next_time_in_whatever_script() {
    let nisba = Nisba::start().await;
    let mut ids = BTreeSet::new();
    for text in [
        "Deputy foreign minister Kazem Gharibabadi told reporters on Friday that the talks would be resumed next week.",
        "Заместитель министра иностранных дел Казем Гарибабади заявил в пятницу, что переговоры продолжатся.",
        "Xarici işlər nazirinin müavini Kazım Qəribabadi jurnalistlərə bildirib ki, danışıqlar davam edəcək.",
        "معاون وزیر امور خارجه کاظم غریب‌آبادی روز جمعه به خبرنگاران گفت که مذاکرات ادامه می‌یابد.",
    ] {
        let record = nisba.record(&json!({"text": text})).await;
        let person = &record["people"][0];
        assert_eq!(person["status"], "provisional", "{text}: {record}");
        ids.insert(person["person_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 1);
    let id = ids.first().unwrap();
    let (_, person) = nisba.get(&format!("/v1/persons/{id}")).await;
    assert_eq!((&person["status"], &person["records"]), (&json!("provisional"), &json!(4)));
    assert_eq!(person["spellings"].as_array().unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_turn_out_to_be_one_have_the_older_id_until_an_analyst_says_otherwise() {
    let nisba = Nisba::start().await;
    let document = |at: usize, text: &str| json!({"url": format!("https://example.org/{at}"), "text": text});
    let latin = nisba.record(&document(1, "The company was founded by Mr Robertus Aderholt in Baku.")).await;
    let persian =
        nisba.record(&document(2, "آقای رابرت ادرهولت روز جمعه به خبرنگاران گفت که مذاکرات ادامه می‌یابد.")).await;
    let id = |record: &Value| record["people"][0]["person_id"].as_str().unwrap().to_owned();
    let (older, younger) = (id(&latin), id(&persian));
    assert!(older.starts_with("p-") && younger.starts_with("p-") && older < younger, "{latin} {persian}");

    // A spelling that is a name of both.
    let third = nisba.record(&document(3, "The company was sold by Mr Robert Aderholt in Baku.")).await;
    assert_eq!(id(&third), older, "{third}");
    let newest = async || nisba.get(&format!("/v1/records/{}", persian["id"].as_str().unwrap())).await.1;
    eventually("the record of the younger follows", Duration::from_secs(20), async || id(&newest().await) == older)
        .await;
    let followed = newest().await;
    assert_eq!(followed["version"], 2);
    assert!(followed["people"][0]["why"].to_string().contains("“Robert Aderholt” is a name of both"), "{followed}");
    let (status, _) = nisba.get(&format!("/v1/persons/{younger}")).await;
    assert_eq!(status, 307);
    let (_, person) = nisba.get(&format!("/v1/persons/{older}")).await;
    assert_eq!(person["merged"][0], json!({"person_id": younger, "why": "“Robert Aderholt” is a name of both"}));
    let scripts: BTreeSet<&str> =
        person["spellings"].as_array().unwrap().iter().map(|spelling| spelling["script"].as_str().unwrap()).collect();
    assert_eq!(scripts, BTreeSet::from(["Arab", "Latn"]));

    let different = json!({"kind": "different", "persons": [older, younger], "author": "Leyla"});
    let answer = nisba.client.post(format!("{}/v1/decisions", nisba.base)).json(&different).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    eventually("they are two again", Duration::from_secs(20), async || id(&newest().await) == younger).await;
    // And stay so when the name comes again, which fits the younger one better.
    let again = nisba.record(&document(4, "The company was sold again by Mr Robert Aderholt in Baku.")).await;
    assert_eq!((id(&again), id(&newest().await)), (younger.clone(), younger.clone()));
    assert_eq!(nisba.get(&format!("/v1/persons/{younger}")).await.0, 200);
}

#[tokio::test]
async fn after_a_change_of_keys_the_old_identity_is_found_again() {
    let mut nisba = Nisba::start().await;
    let text = "Deputy foreign minister Kazem Gharibabadi told reporters on Friday that the talks would be resumed.";
    let first = nisba.record(&json!({"text": text})).await;
    nisba.terminate();
    let db = rusqlite::Connection::open(nisba.dir.join("nisba.sqlite")).unwrap();
    db.execute_batch("UPDATE person_keys SET key = 'old-' || key; UPDATE key_version SET version = 1;").unwrap();
    drop(db);
    nisba.spawn();
    nisba.ready().await;
    let text = "Заместитель министра иностранных дел Казем Гарибабади заявил в пятницу, что переговоры продолжатся.";
    let second = nisba.record(&json!({"text": text})).await;
    assert_eq!(first["people"][0]["status"], "provisional", "{first}");
    assert_eq!(first["people"][0]["person_id"], second["people"][0]["person_id"], "{second}");
}

#[tokio::test]
async fn places_titles_and_groups_are_nobody() {
    let nisba = Nisba::start().await;
    let text = "Mr President; the East Zangezur Economic Region and the Nakhchivan Autonomous Republic matter. Daesh is a threat, \
                said the President of the Islamic Republic of Iran. The United Nations and Lake Urmia were mentioned in Azerbaijan.";
    let record = nisba.record(&json!({"text": text})).await;
    assert_eq!(record["people"], json!([]));
}

/// A man and a woman of one family name: the subject of a verb is in its own form.
#[tokio::test]
async fn two_of_one_family_name_are_kept_apart() {
    let nisba = Nisba::start().await;
    let text = "Prezident İlham Əliyev Mehriban Əliyeva ilə görüşdü. Əliyeva dedi ki, tədbir uğurlu keçib.";
    let record = nisba.record(&json!({"text": text, "language": "az"})).await;
    let people = record["people"].as_array().unwrap();
    let mentions = |id: &str| {
        let person = people.iter().find(|p| p["person_id"] == id).unwrap_or_else(|| panic!("{id}: {record}"));
        person["mentions"].as_array().unwrap().len()
    };
    assert_eq!(
        (mentions("starter:mehriban-aliyeva"), mentions("starter:ilham-aliyev"), people.len()),
        (2, 1, 2),
        "{record}"
    );
}

//! A text and its translations are one story, and nisba says which is the original; what only looks alike is not linked.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::harness::{Nisba, nisba};

fn invented(file: &str) -> Vec<Value> {
    let path = format!("{}/tests/stories/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// One of the invented documents as a scraper would send it.
pub fn sent(document: &Value) -> Value {
    let (title, text) = document["text"].as_str().unwrap().split_once('\n').unwrap();
    let id = document["id"].as_str().unwrap();
    json!({
        "url": format!("https://{id}.example/story"),
        "title": title,
        "text": text.replace('\n', "\n\n"),
        "published_at": document["published_at"],
    })
}

pub fn of_story(story: &str) -> Vec<Value> {
    invented("translations").into_iter().filter(|document| document["story"] == story).collect()
}

#[tokio::test]
async fn translations_are_linked_and_near_misses_are_not() {
    let mut all = invented("translations");
    all.extend(invented("near_misses"));
    all.sort_by_key(|document| document["published_at"].as_str().unwrap().to_owned());
    let found = found(&all).await;
    let (mut right, mut linked, mut wanted) = (0.0, 0.0, 0.0);
    for (at, (document, story)) in all.iter().zip(&found).enumerate() {
        for (other, others) in all[..at].iter().zip(&found) {
            let (is_linked, is_one) = (story == others, document["story"] == other["story"]);
            linked += f64::from(u8::from(is_linked));
            wanted += f64::from(u8::from(is_one));
            right += f64::from(u8::from(is_linked && is_one));
        }
    }
    assert!(right / linked >= 0.97, "precision {}", right / linked);
    assert!(right / wanted >= 0.95, "recall {}", right / wanted);
}

/// The story that each document was given to.
async fn found(all: &[Value]) -> Vec<String> {
    let nisba = Nisba::start().await;
    let mut ids = Vec::new();
    for document in all {
        let record = nisba.record(&sent(document)).await;
        ids.push(record["id"].as_str().unwrap().to_owned());
    }
    let mut stories = Vec::new();
    for id in ids {
        let (_, record) = nisba.get(&format!("/v1/records/{id}")).await;
        let story = record["translation"]["story_id"].as_str().unwrap();
        // It may have become one with another.
        let (_, story) = nisba.get(&format!("/v1/stories/{story}")).await;
        stories.push(story["story_id"].as_str().unwrap().to_owned());
    }
    stories
}

#[tokio::test]
async fn the_next_news_of_the_same_people_are_mostly_another_story() {
    // The weights are learned from the others.
    let is_odd = |document: &Value| document["id"].as_str().unwrap()[1..3].parse::<u32>().unwrap() % 2 == 1;
    let mut all: Vec<Value> = invented("follow_ups").into_iter().filter(is_odd).collect();
    all.sort_by_key(|document| document["published_at"].as_str().unwrap().to_owned());
    let found = found(&all).await;
    let story_of: HashMap<&str, &str> =
        all.iter().zip(&found).map(|(document, story)| (document["id"].as_str().unwrap(), story.as_str())).collect();
    let linked = |relation: &str, to: &dyn Fn(&Value) -> String| {
        let some: Vec<&Value> = all.iter().filter(|document| document["relation"] == relation).collect();
        let linked = some.iter().filter(|one| story_of[one["id"].as_str().unwrap()] == story_of[to(one).as_str()]);
        (linked.count(), some.len())
    };
    let (translations, of) = linked("translation", &|one| one["id"].as_str().unwrap().replace('b', "a"));
    assert!(of == 30 && translations >= 28, "{translations} of {of} translations are linked");
    let (follow_ups, of) = linked("followup", &|one| one["near"].as_str().unwrap().to_owned());
    assert!(of == 30 && follow_ups <= 8, "{follow_ups} of {of} follow-ups are linked");
}

#[tokio::test]
async fn a_newcomer_changes_the_story_and_only_the_record_whose_role_is_another() {
    let nisba = Nisba::start().await;
    let documents = of_story("t57");
    assert!(documents.len() >= 4, "{documents:?}");
    let mut records = Vec::new();
    for document in &documents {
        let mut document = sent(document);
        document.as_object_mut().unwrap().remove("published_at");
        records.push(nisba.record(&document).await);
    }
    let story = records[0]["translation"]["story_id"].as_str().unwrap();
    assert!(records[0]["translation"]["score"].is_null() && records[0]["translation"]["role"] == "unknown");
    for record in &records[1..] {
        assert_eq!(record["translation"]["story_id"], story, "{record}");
        assert!(record["translation"]["evidence"][0].as_str().unwrap().starts_with("shares “"), "{record}");
    }
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), documents.len(), "nobody's record was made again");

    let (_, shown) = nisba.get(&format!("/v1/stories/{story}")).await;
    assert_eq!(shown["documents"], documents.len());
    assert_eq!(shown["timeline"].as_array().unwrap().len(), documents.len());
    let languages = shown["languages"].as_array().unwrap();
    let (_, list) = nisba.get("/v1/stories?documents=2").await;
    assert_eq!((&list["stories"][0]["story_id"], &list["stories"][0]["languages"]), (&json!(story), &json!(languages)));
    let (_, none) = nisba.get("/v1/stories?documents=2&language=ja").await;
    assert_eq!(none["stories"], json!([]));
    let bind = nisba.base.trim_start_matches("http://");
    let shown = self::nisba().args(["stories", story, "--bind", bind]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains(story) && shown.contains("unknown"), "{shown}");
}

#[tokio::test]
async fn the_original_is_told_by_what_a_translation_says() {
    let nisba = Nisba::start().await;
    let documents = of_story("t10");
    let of = |language: &str| documents.iter().find(|d| d["language"] == language).map(sent).unwrap();
    let (mut persian, mut english) = (of("fa"), of("en"));
    persian.as_object_mut().unwrap().remove("published_at");
    english.as_object_mut().unwrap().remove("published_at");
    let original = nisba.record(&persian).await;
    assert_eq!(original["translation"]["role"], "unknown");
    english["text"] =
        format!("{}\n\nTranslated from the Persian by Anna Smith", english["text"].as_str().unwrap()).into();
    let translation = nisba.record(&english).await["translation"].clone();
    assert_eq!(translation["role"], "translation", "{translation}");
    assert_eq!((&translation["of"], &translation["original_language"]["tag"]), (&original["id"], &json!("fa")));
    assert!(translation["evidence"].to_string().contains("Translated from the Persian"), "{translation}");
    // Only now is it known what the first one is.
    crate::harness::eventually("the original is told", std::time::Duration::from_secs(30), async || {
        let (_, record) = nisba.get(&format!("/v1/records/{}", original["id"].as_str().unwrap())).await;
        record["translation"]["role"] == "original" && record["version"] == 2
    })
    .await;
}

#[tokio::test]
async fn stories_go_on_after_a_crash() {
    let mut nisba = Nisba::start().await;
    let documents = of_story("t57");
    let first = nisba.record(&sent(&documents[0])).await;
    nisba.kill();
    nisba.spawn();
    nisba.ready().await;
    let second = nisba.record(&sent(&documents[1])).await;
    assert_eq!(second["translation"]["story_id"], first["translation"]["story_id"], "{second}");
}

#[tokio::test]
async fn a_page_names_its_translations_and_two_stories_become_one() {
    let nisba = Nisba::start().await;
    let documents = of_story("t57");
    let of = |language: &str| documents.iter().find(|d| d["language"] == language).map(sent).unwrap();
    let english = nisba.record(&of("en")).await;
    // The same page in another language, of which only a summary was there at first.
    let summary = "Sonradan buraya haberin tamamı konulacak; şimdilik yalnızca kısa bir özet var ve okurlardan biraz sabır rica ediyoruz.";
    let turkish = nisba.record(&json!({"url": "https://site.example/tr/1", "text": summary})).await;
    assert_ne!(turkish["translation"]["story_id"], english["translation"]["story_id"]);
    let russian = of("ru");
    let paragraphs: String =
        russian["text"].as_str().unwrap().split("\n\n").map(|paragraph| format!("<p>{paragraph}</p>")).collect();
    let title = russian["title"].as_str().unwrap();
    let page = format!(
        "<html lang=ru><head><title>{title}</title><link rel=alternate hreflang=tr href='https://site.example/tr/1'></head>
         <body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    );
    let record = nisba
        .record(&json!({"url": "https://site.example/ru/1", "html": page, "published_at": russian["published_at"]}))
        .await;
    let evidence = record["translation"]["evidence"].to_string();
    assert!(evidence.contains("names the page of"), "{record}");
    let story = record["translation"]["story_id"].as_str().unwrap();
    for one in [&english, &turkish] {
        let old = one["translation"]["story_id"].as_str().unwrap();
        let (_, shown) = nisba.get(&format!("/v1/stories/{old}")).await;
        assert_eq!(shown["story_id"], story, "{shown}");
    }
    let (_, shown) = nisba.get(&format!("/v1/stories/{story}")).await;
    assert_eq!((&shown["documents"], shown["merged"].as_array().unwrap().len()), (&json!(3), 1));
}

#[tokio::test]
async fn the_same_picture_is_told() {
    let nisba = Nisba::start().await;
    let mut records = Vec::new();
    for document in of_story("t57").iter().take(2) {
        let sent = sent(document);
        let (title, text) = (sent["title"].as_str().unwrap(), sent["text"].as_str().unwrap());
        let page = format!(
            "<html><head><title>{title}</title><meta property=og:image content='https://pictures.example/7.jpg'></head>
             <body><article><h1>{title}</h1><p>{}</p></article></body></html>",
            text.replace("\n\n", "</p><p>")
        );
        records.push(nisba.record(&json!({"url": sent["url"], "html": page})).await);
    }
    let evidence = records[1]["translation"]["evidence"].to_string();
    assert!(evidence.contains("and the picture with"), "{}", records[1]);
}

#[tokio::test]
async fn editions_say_what_was_changed() {
    let nisba = Nisba::start().await;
    let documents = of_story("t57");
    let english = documents.iter().find(|d| d["language"] == "en").map(sent).unwrap();
    let first = nisba.record(&english).await;
    assert!(first["edition"].is_null());
    let text = english["text"].as_str().unwrap();
    let mut corrected = english.clone();
    corrected["text"] = format!("{text}\n\nCorrection: an earlier version gave the figure as 4321.").into();
    let second = nisba.record(&corrected).await;
    let edition = &second["edition"];
    assert_eq!((&edition["of"], &edition["revision"]), (&first["id"], &json!(1)), "{edition}");
    assert_eq!(edition["difference"]["paragraphs_added"], 1);
    assert_eq!(edition["difference"]["added_numbers"], json!(["4321"]));
    assert_eq!(second["translation"]["story_id"], first["translation"]["story_id"]);
    let mut copy = english.clone();
    copy["url"] = "https://other.example/copy".into();
    copy["text"] = text.rsplit_once("\n\n").unwrap().0.into();
    let copy = nisba.record(&copy).await;
    assert_eq!(copy["translation"]["role"], "edition", "{copy}");
    assert_eq!((&copy["edition"]["of"], &copy["edition"]["revision"]), (&first["id"], &json!(2)));
    assert_eq!(copy["edition"]["difference"]["paragraphs_removed"], 2);
}

#[tokio::test]
async fn what_was_published_first_is_the_original_of_what_arrived_first() {
    let nisba = Nisba::start().await;
    let english = of_story("t57").iter().find(|d| d["language"] == "en").map(sent).unwrap();
    let (text, mut late) = (english["text"].as_str().unwrap(), english.clone());
    late["url"] = "https://other.example/copy".into();
    late["published_at"] = "2031-12-01T10:00:00Z".into();
    late["text"] = format!("{text}\n\nOur readers have 77 questions about this.").into();
    let mut early = english.clone();
    early["published_at"] = "2031-12-01T08:00:00Z".into();
    let late = nisba.record(&late).await;
    let early = nisba.record(&early).await;
    assert_ne!(early["translation"]["role"], "edition", "{early}");
    assert_eq!(early["edition"], Value::Null, "{early}");
    crate::harness::eventually("the copy is told", std::time::Duration::from_secs(30), async || {
        let (_, copy) = nisba.get(&format!("/v1/records/{}", late["id"].as_str().unwrap())).await;
        copy["translation"]["role"] == "edition"
            && copy["edition"]["of"] == early["id"]
            && copy["edition"]["difference"]["added_numbers"] == json!(["77"])
    })
    .await;
}

#[tokio::test]
async fn what_a_sender_or_a_page_declares_is_believed() {
    let nisba = Nisba::start().await;
    let documents = of_story("t10");
    let of = |language: &str| documents.iter().find(|d| d["language"] == language).map(sent).unwrap();
    let (mut persian, mut english) = (of("fa"), of("en"));
    persian["url"] = "https://site.example/fa/1".into();
    // Published later than its translation, as far as anybody knows.
    persian.as_object_mut().unwrap().remove("published_at");
    let persian = nisba.record(&persian).await;
    english["translation_of"] = "http://site.example/fa/1?utm_source=feed".into();
    english["original_language"] = "fa".into();
    let english = nisba.record(&english).await;
    let translation = &english["translation"];
    assert_eq!((&translation["role"], &translation["of"]), (&json!("translation"), &persian["id"]), "{english}");
    assert_eq!(translation["original_language"]["tag"], "fa");
    assert!(translation["evidence"].to_string().contains("original_language"), "{translation}");
    assert_eq!(english["source"]["original_language"], "fa");
    // A summary shares too little to be found, but its page names it.
    let page = r#"<html lang=tr><head><script type="application/ld+json">{"@type":"NewsArticle","headline":"Kısa özet",
        "translator":{"@type":"Person","name":"Ayşe Yılmaz"},
        "translationOfWork":{"@type":"NewsArticle","@id":"https://site.example/fa/1","inLanguage":"fa"}}</script></head>
        <body><article><h1>Kısa özet</h1><p>Sonradan buraya haberin tamamı konulacak; şimdilik yalnızca kısa bir özet var ve
        okurlardan biraz sabır rica ediyoruz.</p></article></body></html>"#;
    let turkish = nisba.record(&json!({"url": "https://site.example/tr/1", "html": page})).await;
    assert_eq!(turkish["page"]["translators"], json!(["Ayşe Yılmaz"]), "{turkish}");
    assert_eq!(turkish["translation"]["story_id"], persian["translation"]["story_id"]);
    assert_eq!(
        (&turkish["translation"]["role"], &turkish["translation"]["of"]),
        (&json!("translation"), &persian["id"])
    );
}

#[test]
fn quality_is_measured_on_labelled_data_and_predictions_do_not_see_the_labels() {
    let folder = tempfile::tempdir().unwrap();
    let blank = folder.path().join("blank.jsonl");
    let rows: Vec<Value> = invented("translations").into_iter().chain(invented("near_misses")).collect();
    let lines = |blank: bool| {
        let line = |row: &Value| {
            let story = if blank { &Value::Null } else { &row["story"] };
            json!({"id": row["id"], "story": story.as_str().unwrap_or(""), "language": row["language"], "text": row["text"]})
        };
        rows.iter().map(|row| line(row).to_string() + "\n").collect::<String>()
    };
    std::fs::write(&blank, lines(true)).unwrap();
    std::fs::write(folder.path().join("labelled.jsonl"), lines(false)).unwrap();
    let run = |name: &str| {
        let predictions = folder.path().join(name).with_extension("predictions");
        let output = nisba()
            .args(["evaluate", "stories"])
            .arg(folder.path().join(name))
            .arg("--predictions")
            .arg(&predictions)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        (serde_json::from_slice::<Value>(&output.stdout).unwrap(), std::fs::read_to_string(predictions).unwrap())
    };
    let (score, labelled) = run("labelled.jsonl");
    let (_, unlabelled) = run("blank.jsonl");
    assert_eq!(labelled, unlabelled);
    assert!(score["f1"].as_f64().unwrap() >= 0.95 && score["precision"].as_f64().unwrap() >= 0.97, "{score}");
    assert!(score["by_scripts"]["Cyrl-Latn"]["pairs"].as_u64().unwrap() > 10, "{score}");
}

#[test]
fn weights_can_be_learned_from_labelled_data() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("weights.toml");
    let file = format!("{}/tests/stories/translations.jsonl", env!("CARGO_MANIFEST_DIR"));
    let output = nisba().args(["train", "stories", &file, "--rounds", "1", "--out"]).arg(&out).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let score: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(score["held_back"]["recall"].as_f64().unwrap() > 0.5, "{score}");
    assert!(std::fs::read_to_string(&out).unwrap().contains("number_beside = "));
}

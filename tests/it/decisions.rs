//! What analysts decide outranks every score, and records that were made before follow.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Nisba, eventually, nisba};

/// A document on somebody in no list, by the name that it has for him.
fn document(at: usize, name: &str) -> Value {
    let surname = name.split(' ').next_back().unwrap();
    json!({"url": format!("https://example.org/{at}"), "text":
        format!("The company was founded by Mr {name} in Baku. Mr {surname} said that it would grow.")})
}

async fn decide(nisba: &Nisba, decision: Value) -> (StatusCode, Value) {
    let answer = nisba.client.post(format!("{}/v1/decisions", nisba.base)).json(&decision).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn revoke(nisba: &Nisba, id: &Value) -> Value {
    let answer = nisba.client.delete(format!("{}/v1/decisions/{id}", nisba.base)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

async fn newest(nisba: &Nisba, record: &Value) -> Value {
    nisba.get(&format!("/v1/records/{}", record["id"].as_str().unwrap())).await.1
}

async fn reprocessed(nisba: &Nisba) {
    eventually("everything is made again", Duration::from_secs(30), || async {
        nisba.get("/v1/reprocess").await.1["waiting"] == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_persons_are_made_one_and_two_again_and_their_records_follow() {
    let mut nisba = Nisba::start().await;
    let first = nisba.record(&document(1, "Togrul Mammadzade")).await;
    let second = nisba.record(&document(2, "Anatoly Kuznetsov")).await;
    let (a, b) = (&first["people"][0]["person_id"], &second["people"][0]["person_id"]);
    assert!(a.is_string() && b.is_string() && a != b, "{first} {second}");

    let same = json!({"kind": "same", "persons": [a, b], "author": "Leyla", "note": "an alias"});
    let (status, kept) = decide(&nisba, same.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{kept}");
    // The same again is no second one.
    assert_eq!(decide(&nisba, same).await.1["id"], kept["id"]);
    reprocessed(&nisba).await;
    let merged = newest(&nisba, &second).await;
    assert_eq!((&merged["people"][0]["person_id"], &merged["version"]), (a, &json!(2)), "{merged}");
    assert_eq!(merged["people"][0]["name"], "Togrul Mammadzade");
    let notes = merged["provenance"]["notes"].to_string();
    assert!(notes.contains("made again: decided: decision 1 by Leyla"), "{notes}");
    // Whoever looks for the name of the younger one finds the one that stays.
    let (_, found) = nisba.get("/v1/persons?name=Anatoly%20Kuznetsov").await;
    let ids: Vec<&Value> = found["persons"].as_array().unwrap().iter().map(|person| &person["person_id"]).collect();
    assert_eq!(ids, [a], "{found}");
    // The older id stays, and its record says the same as before.
    assert_eq!(newest(&nisba, &first).await["version"], 1);

    // The younger one leads there, also after a restart, and for documents to come.
    nisba.kill();
    nisba.spawn();
    nisba.ready().await;
    let (status, moved) = nisba.get(&format!("/v1/persons/{}", b.as_str().unwrap())).await;
    assert_eq!((status, &moved["person_id"]), (StatusCode::TEMPORARY_REDIRECT, a));
    let (_, person) = nisba.get(&format!("/v1/persons/{}", a.as_str().unwrap())).await;
    assert_eq!(person["merged"], json!([{"person_id": b, "why": "decision 1 of Leyla"}]), "{person}");
    assert_eq!((&person["records"], &person["decisions"][0]["author"]), (&json!(2), &json!("Leyla")));
    let third = nisba.record(&document(3, "Анатолий Кузнецов")).await;
    assert_eq!(&third["people"][0]["person_id"], a, "{third}");
    let (_, page) = nisba.get(&format!("/v1/records?person={}", b.as_str().unwrap())).await;
    assert_eq!(page["records"].as_array().unwrap().len(), 3);

    // Revoked, each has its own again.
    assert!(revoke(&nisba, &kept["id"]).await["revoked_at"].is_string());
    reprocessed(&nisba).await;
    for record in [&second, &third] {
        let apart = newest(&nisba, record).await;
        assert_eq!(&apart["people"][0]["person_id"], b, "{apart}");
    }
    assert_eq!(newest(&nisba, &second).await["version"], 3);
    nisba.drained().await;
    let delivered = nisba.lines().iter().filter(|line| line["id"] == second["id"]).count();
    assert_eq!(delivered, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_is_somebody_else_or_nobody() {
    let nisba = Nisba::start().await;
    let record = nisba.record(&document(1, "Togrul Mammadzade")).await;
    let id = &record["id"];
    let known = "starter:ilham-aliyev";
    let is =
        json!({"kind": "is", "record_id": id, "mention": "Togrul Mammadzade", "person_id": known, "author": "Leyla"});
    let (status, kept) = decide(&nisba, is).await;
    assert_eq!(status, StatusCode::CREATED, "{kept}");
    reprocessed(&nisba).await;
    let people = newest(&nisba, &record).await["people"].clone();
    assert_eq!((&people[0]["person_id"], &people[0]["name"]), (&json!(known), &json!("Ilham Aliyev")), "{people}");
    assert_eq!((&people[0]["status"], &people[0]["mentions"][0]["start"]), (&json!("known"), &json!(30)));
    assert!(people[0]["why"].to_string().contains("by decision 1 of Leyla"), "{people}");
    revoke(&nisba, &kept["id"]).await;

    let nobody = json!({"kind": "not_a_person", "record_id": id, "mention": "Mammadzade", "author": "Leyla"});
    decide(&nisba, nobody).await;
    reprocessed(&nisba).await;
    let mentions = newest(&nisba, &record).await["people"][0]["mentions"].clone();
    assert_eq!(mentions.as_array().unwrap().len(), 1, "{mentions}");
    // A provisional person who is nobody is on no record any more.
    let person = &record["people"][0]["person_id"];
    decide(&nisba, json!({"kind": "not_a_person", "persons": [person], "author": "Leyla"})).await;
    reprocessed(&nisba).await;
    assert_eq!(newest(&nisba, &record).await["people"], json!([]));
    assert_eq!(nisba.record(&document(2, "Togrul Mammadzade")).await["people"], json!([]));
    assert_eq!(nisba.get(&format!("/v1/persons/{}", person.as_str().unwrap())).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_nothing_found_are_a_person_and_namesakes_get_ids_of_their_own() {
    let nisba = Nisba::start().await;
    let text = "Dr Erik Lindqvist opened the school in Baku. The mayor thanked balayan, and Балаян thanked him.";
    let first = nisba.record(&json!({"text": text})).await;
    let is = |record: &Value, mention: &str, person: &str| json!({"kind": "is", "record_id": record["id"], "mention": mention, "person_id": person, "author": "Leyla"});
    let (status, kept) = decide(&nisba, is(&first, "Балаян", "starter:ilham-aliyev")).await;
    assert_eq!(status, StatusCode::CREATED, "{kept}");
    let (status, problem) = decide(&nisba, is(&first, "Balayanov", "starter:ilham-aliyev")).await;
    assert_eq!((status.as_u16(), &problem["field"]), (422, &json!("mention")));

    // A namesake of a provisional person.
    let second = nisba.record(&json!({"text": "Mr Erik Lindqvist, 19, scored twice in Paris on Friday."})).await;
    assert_eq!(second["people"][0]["person_id"], first["people"][0]["person_id"]);
    let (status, kept) = decide(&nisba, is(&second, "Erik Lindqvist", "new")).await;
    assert_eq!(status, StatusCode::CREATED, "{kept}");
    let own = &kept["person_id"];
    assert!(own.as_str().unwrap().starts_with("p-") && own != &first["people"][0]["person_id"], "{kept}");
    reprocessed(&nisba).await;
    let (first, second) = (newest(&nisba, &first).await, newest(&nisba, &second).await);
    assert_eq!(&second["people"][0]["person_id"], own);
    let decided = first["people"].as_array().unwrap().iter().find(|p| p["person_id"] == "starter:ilham-aliyev");
    let mention = &decided.unwrap()["mentions"][0];
    let start = text.chars().position(|c| c == 'Б').unwrap();
    assert_eq!((&mention["start"], &mention["end"]), (&json!(start), &json!(start + 6)), "{first}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lacks_something_or_contradicts_is_refused() {
    let nisba = Nisba::start().await;
    let [a, b, c] = ["ilham-aliyev", "heydar-aliyev", "ebrahim-raisi"].map(|id| format!("starter:{id}"));
    for (decision, field) in [
        (json!({"kind": "same", "persons": [a], "author": "L"}), "persons"),
        (json!({"kind": "same", "persons": [a, a], "author": "L"}), "persons"),
        (json!({"kind": "same", "persons": [a, b], "author": " "}), "author"),
        (json!({"kind": "same", "persons": [a, "p-1"], "author": "L"}), "persons"),
        (json!({"kind": "is", "record_id": "d-1", "mention": "X", "person_id": a, "author": "L"}), "record_id"),
        (json!({"kind": "is", "record_id": "d-1", "mention": "X", "author": "L"}), "person_id"),
        (json!({"kind": "not_a_person", "persons": [a], "author": "L"}), "persons"),
        (json!({"kind": "maybe", "persons": [a, b], "author": "L"}), "kind"),
        (json!({"kind": "same", "persons": [a, b]}), "author"),
    ] {
        let (status, problem) = decide(&nisba, decision.clone()).await;
        assert_eq!((status.as_u16(), &problem["field"]), (422, &json!(field)), "{decision} {problem}");
    }
    for pair in [[&a, &b], [&b, &c]] {
        assert_eq!(
            decide(&nisba, json!({"kind": "same", "persons": pair, "author": "L"})).await.0,
            StatusCode::CREATED
        );
    }
    let (status, problem) = decide(&nisba, json!({"kind": "different", "persons": [a, c], "author": "L"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(problem["detail"].as_str().unwrap().contains("contradicts decision 2"), "{problem}");
    // On one pair the later word counts.
    assert_eq!(
        decide(&nisba, json!({"kind": "different", "persons": [b, c], "author": "L"})).await.0,
        StatusCode::CREATED
    );
    assert_eq!(nisba.get(&format!("/v1/persons/{c}")).await.0, StatusCode::OK);
    let missing = nisba.client.delete(format!("{}/v1/decisions/99", nisba.base)).send().await.unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_and_reprocessing_are_had_from_the_command_line() {
    let nisba_service = Nisba::start().await;
    let record = nisba_service.record(&document(1, "Togrul Mammadzade")).await;
    let run = |arguments: &[&str]| {
        let bind = format!("127.0.0.1:{}", nisba_service.port);
        let output = nisba().args(&arguments[..1]).args(["--bind", &bind]).args(&arguments[1..]).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let id = record["people"][0]["person_id"].as_str().unwrap().to_owned();
    run(&["decisions", "same", &id, "starter:ilham-aliyev", "--author", "Leyla"]);
    let record_id = record["id"].as_str().unwrap();
    run(&["decisions", "not-a-person", "--record", record_id, "--mention", "Mammadzade", "--author", "Leyla"]);
    assert_eq!(run(&["decisions", "list"]).lines().count(), 2);
    run(&["decisions", "revoke", "2"]);
    let exported = run(&["decisions", "export"]);
    assert_eq!(exported.lines().count(), 1);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("decisions.jsonl");
    std::fs::write(&file, &exported).unwrap();
    assert!(run(&["decisions", "import", file.to_str().unwrap()]).starts_with("1 decisions are in force, 0 lines"));
    assert_eq!(run(&["decisions", "list", "--person", &id]).lines().count(), 1);
    reprocessed(&nisba_service).await;
    assert_eq!(newest(&nisba_service, &record).await["people"][0]["person_id"], "starter:ilham-aliyev");

    let said = run(&["reprocess", "--source", "example.org", "--reason", "to see", "--wait"]);
    assert_eq!(said.trim(), "1 records are to be reprocessed");
    // Nothing older has made any record; all of them are older than what is to come.
    for (older, marked) in [
        (&["--older-than", "0.0.1"][..], "0"),
        (&["--older-than", "999.0.0"], "1"),
        (&["--older-than", "1", "--stage", "language"], "0"),
        (&["--older-than", "999", "--stage", "language"], "1"),
    ] {
        let said = run(&[&["reprocess"], older].concat());
        assert_eq!(said.trim(), format!("{marked} records are to be reprocessed"), "{older:?}");
    }
    reprocessed(&nisba_service).await;
    for (chosen, field) in [
        (json!({}), "all"),
        (json!({"older_than": "1"}), "older_than"),
        (json!({"older_than": 2, "stage": "soup"}), "older_than"),
        (json!({"stage": "language"}), "stage"),
    ] {
        let refused = nisba_service.client.post(format!("{}/v1/reprocess", nisba_service.base)).json(&chosen);
        let refused = refused.send().await.unwrap();
        assert_eq!(refused.status().as_u16(), 422);
        assert_eq!(refused.json::<Value>().await.unwrap()["field"], field, "{chosen}");
    }
}

/// Packs records as they were before they followed the body of their document.
fn pack_alone(db: &rusqlite::Connection) {
    let sql = "SELECT r.seq, r.json, d.body FROM records r JOIN documents d ON d.seq = r.packed_after";
    let mut rows = db.prepare(sql).unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = rows.map(Result::unwrap).collect();
    assert!(!rows.is_empty());
    for (seq, packed, body) in rows {
        let mut before = include_bytes!("../../data/store/records.json").to_vec();
        before.extend(zstd::decode_all(body.as_slice()).unwrap());
        let json =
            std::io::read_to_string(zstd::Decoder::with_ref_prefix(packed.as_slice(), &before).unwrap()).unwrap();
        let alone = zstd::bulk::compress(json.as_bytes(), 1).unwrap();
        db.execute("UPDATE records SET json = ?2 WHERE seq = ?1", rusqlite::params![seq, alone]).unwrap();
    }
}

/// The store as schema 10 was.
fn to_schema_10(db: &rusqlite::Connection) {
    let mut sketches = db.prepare("SELECT id, sketch FROM sketches").unwrap();
    let sketches = sketches.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    for (id, sketch) in sketches.map(Result::unwrap).collect::<Vec<(i64, Vec<u8>)>>() {
        for band in nisba::intake::Sketch::from_bytes(&sketch).unwrap().bands() {
            db.execute("INSERT INTO sketch_bands (band, sketch_id) VALUES (?1, ?2)", [band, id]).unwrap();
        }
    }
    db.execute_batch(
        "ALTER TABLE reprocessing RENAME TO remakes; DROP INDEX reprocessing_by_time; CREATE INDEX remakes_by_time ON remakes (at, id);
         DROP TABLE banded; CREATE INDEX records_by_revision ON records (id, revision, version);
         ALTER TABLE mentions RENAME TO by_person; DROP INDEX mentions_by_record;
         CREATE TABLE mentions (person_id TEXT NOT NULL, document_id TEXT NOT NULL, spelling TEXT NOT NULL, language TEXT NOT NULL,
         record_seq INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (person_id, document_id, spelling)) WITHOUT ROWID;
         INSERT INTO mentions SELECT m.person_id, h.id, m.spelling, m.language, m.record_seq, m.count
         FROM by_person m JOIN heads h ON h.record_seq = m.record_seq; DROP TABLE by_person;
         CREATE INDEX mentions_by_document ON mentions (document_id); CREATE INDEX mentions_by_record ON mentions (person_id, record_seq);
         CREATE INDEX bands_by_sketch ON sketch_bands (sketch_id);
         DROP INDEX heads_by_maker; CREATE INDEX heads_by_maker ON heads (made_by); PRAGMA user_version = 10;",
    )
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_of_the_last_nisba_keeps_its_people_and_clusters() {
    let mut nisba = Nisba::start().await;
    let text = "Mr Anatoly Kuznetsov opened the bridge over the river on Friday. Mr Kuznetsov said that it joins two towns whose people had to go round \
                by the lake for thirty years, and which now are a quarter of an hour from each other.";
    let body =
        |n: u32, before: &str| json!({"url": format!("https://n{n}.example/{n}"), "text": format!("{before}{text}")});
    let first = nisba.record(&body(1, "")).await;
    nisba.terminate();
    to_schema_10(&rusqlite::Connection::open(nisba.dir.join("nisba.sqlite")).unwrap());
    nisba.spawn();
    nisba.ready().await;
    let copy = nisba.record(&body(2, "(Wire) ")).await;
    assert_eq!(copy["cluster"]["near"], first["id"], "{copy}");
    let person = first["people"][0]["person_id"].as_str().unwrap();
    assert_eq!(copy["people"][0]["person_id"], person);
    let (_, person) = nisba.get(&format!("/v1/persons/{person}")).await;
    assert_eq!(person["records"], 2, "{person}");
    let (_, page) =
        nisba.get(&format!("/v1/records?person={}", first["people"][0]["person_id"].as_str().unwrap())).await;
    assert_eq!(page["records"].as_array().unwrap().len(), 2, "{page}");
    let deleted = format!("{}/v1/documents/{}", nisba.base, first["id"].as_str().unwrap());
    assert!(nisba.client.delete(deleted).send().await.unwrap().status().is_success());
    let (_, person) = nisba.get(&format!("/v1/persons/{}", copy["people"][0]["person_id"].as_str().unwrap())).await;
    assert_eq!(person["records"], 1, "{person}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_of_an_older_nisba_keeps_its_people_and_decisions() {
    let mut nisba = Nisba::start().await;
    let first = nisba.record(&document(1, "Togrul Mammadzade")).await;
    let second = nisba.record(&document(2, "Anatoly Kuznetsov")).await;
    let (a, b) = (&first["people"][0]["person_id"], &second["people"][0]["person_id"]);
    decide(&nisba, json!({"kind": "same", "persons": [a, b], "author": "Leyla"})).await;
    reprocessed(&nisba).await;
    nisba.terminate();
    // As schema 3 was.
    let db = rusqlite::Connection::open(nisba.dir.join("nisba.sqlite")).unwrap();
    to_schema_10(&db);
    pack_alone(&db);
    db.execute_batch(
        "ALTER TABLE records DROP COLUMN packed_after; DROP INDEX documents_by_body; DROP INDEX dead_letters_by_document_seq; DROP INDEX person_keys_by_person;
         DROP TABLE stories; DROP TABLE story_changes; DROP TABLE merged_stories; DROP TABLE story_members; DROP TABLE story_addresses;
         DROP TABLE machine_translations; DROP TABLE machine_spending;
         DROP TABLE document_keys; CREATE TABLE name_keys (key INTEGER, doc_seq INTEGER, PRIMARY KEY (key, doc_seq)) WITHOUT ROWID;
         INSERT INTO name_keys VALUES (7, 1), (9, 1), (7, 2);
         DROP TABLE batches; DROP TABLE batch_documents; DROP TABLE sketches; DROP TABLE sketch_bands;
         ALTER TABLE heads DROP COLUMN deleted; ALTER TABLE documents DROP COLUMN lane;
         DROP INDEX heads_by_maker; ALTER TABLE heads DROP COLUMN made_by; DROP TABLE makers; DROP TABLE merges;
         CREATE TABLE old (person_id TEXT PRIMARY KEY, to_id TEXT, name TEXT NOT NULL) WITHOUT ROWID;
         INSERT INTO old SELECT person_id, to_id, name FROM redirects; DROP TABLE redirects;
         ALTER TABLE old RENAME TO redirects; PRAGMA user_version = 3;",
    )
    .unwrap();
    drop(db);
    nisba.spawn();
    nisba.ready().await;
    let db = rusqlite::Connection::open(nisba.dir.join("nisba.sqlite")).unwrap();
    let keys: Vec<u8> = db.query_row("SELECT keys FROM document_keys WHERE doc_seq = 1", [], |row| row.get(0)).unwrap();
    assert_eq!(keys, [7, 0, 0, 0, 9, 0, 0, 0]);
    drop(db);
    let (_, person) = nisba.get(&format!("/v1/persons/{}", a.as_str().unwrap())).await;
    assert_eq!(person["merged"], json!([{"person_id": b, "why": "decision 1 of Leyla"}]), "{person}");
    assert_eq!(&nisba.record(&document(3, "Анатолий Кузнецов")).await["people"][0]["person_id"], a);
    // Nothing says what made them, so they are older than anything.
    let chosen = json!({"older_than": 1, "stage": "language"});
    let asked = nisba.client.post(format!("{}/v1/reprocess", nisba.base)).json(&chosen).send().await.unwrap();
    assert_eq!(asked.json::<Value>().await.unwrap()["marked"], 2);
}

//! What a user deletes is gone everywhere: from the store, and from every sink, which receives a version that says so.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Nisba, Postgres, Receiver, document, eventually};

async fn delete(nisba: &Nisba, id: &str) -> (u16, Value) {
    let answer = nisba.client.delete(format!("{}/v1/documents/{id}", nisba.base)).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_deleted_document_is_gone_from_the_store_and_every_sink() {
    let postgres = Postgres::start();
    let hook = Receiver::start(|_, _| (200, Vec::new()));
    let nisba = Nisba::with(
        &format!(
            "[sinks.records]\nkind = \"jsonl\"\n[sinks.warehouse]\nkind = \"postgres\"\nurl = \"{}\"\n[sinks.hook]\nkind = \"webhook\"\nurl = \"{}\"\n",
            postgres.url(),
            hook.url
        ),
        &[],
    )
    .await;
    let mut secret = document(1);
    secret["text"] =
        "The trader Murad Garashov met President Ilham Aliyev in Baku on Monday. Mr Garashov said nothing.".into();
    secret["metadata"] = json!({"note": "confidential-word"});
    let record = nisba.record(&secret).await;
    let id = record["id"].as_str().unwrap().to_owned();
    let minted = record["people"].as_array().unwrap().iter().find(|p| p["status"] == "provisional").unwrap();
    let minted = minted["person_id"].as_str().unwrap().to_owned();
    // A large body is a file of its own.
    let noise: String = (0..60_000u64).map(|n| format!("{:x} ", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    let large = nisba.record(&json!({"text": noise, "url": "https://news.example/large"})).await;
    let bodies = || std::fs::read_dir(nisba.dir.join("bodies")).map_or(0, Iterator::count);
    assert_eq!(bodies(), 1);
    nisba.drained().await;

    assert_eq!(delete(&nisba, &id).await, (200, json!({"id": id, "status": "deleted", "version": 2})));
    assert_eq!(delete(&nisba, large["id"].as_str().unwrap()).await.0, 200);
    assert_eq!(bodies(), 0);
    assert_eq!(delete(&nisba, &id).await.0, 410);
    assert_eq!(delete(&nisba, "d-nothing").await.0, 404);
    for path in ["documents/ID", "documents/ID/status", "records/ID", "records/ID?version=1"] {
        let (status, problem) = nisba.get(&format!("/v1/{}", path.replace("ID", &id))).await;
        assert_eq!(status, 410, "{path}");
        assert_eq!(problem["type"], "https://nisba.dev/problems/deleted");
    }
    assert_eq!(nisba.get(&format!("/v1/persons/{minted}")).await.0, 404);
    assert_eq!(nisba.get("/v1/records").await.1["records"], json!([]));

    nisba.drained().await;
    let last = nisba.lines().into_iter().rfind(|line| line["id"] == id.as_str()).unwrap();
    assert_eq!((&last["version"], &last["deleted"], &last["text"]), (&json!(2), &json!(true), &json!("")));
    let client = postgres.client().await;
    let row = client.query_one("SELECT deleted, text, record::text FROM nisba.documents WHERE id = $1", &[&id]).await;
    let row = row.unwrap();
    assert!(row.get::<_, bool>(0) && row.get::<_, &str>(1).is_empty());
    assert!(!row.get::<_, &str>(2).contains("confidential-word"));
    let people = client.query("SELECT FROM nisba.people WHERE document_id = $1", &[&id]).await.unwrap();
    assert!(people.is_empty());
    let posted = hook.received();
    let bodies = posted.iter().map(|request| serde_json::from_str::<Value>(&request.body).unwrap());
    let mut records = bodies.flat_map(|body| body["data"].as_array().unwrap().clone());
    assert!(records.any(|record| record["id"] == id.as_str() && record["deleted"] == true));
}

#[tokio::test]
async fn a_deleted_document_that_is_sent_again_goes_on_with_its_numbers() {
    let mut nisba = Nisba::start().await;
    let record = nisba.record(&document(1)).await;
    let id = record["id"].as_str().unwrap();
    assert_eq!(delete(&nisba, id).await.1["version"], 2);
    nisba.terminate();
    nisba.spawn();
    nisba.ready().await;
    let again = nisba.record(&document(1)).await;
    assert_eq!((&again["id"], &again["revision"], &again["version"]), (&json!(id), &json!(2), &json!(3)));
    let (status, people) = nisba.get("/v1/records?person=starter:ilham-aliyev").await;
    assert_eq!((status.as_u16(), people["records"].as_array().unwrap().len()), (200, 1));
}

#[tokio::test]
async fn nothing_of_a_deleted_document_is_left_in_the_files_of_the_store() {
    let mut nisba = Nisba::start().await;
    let record = nisba
        .record(&json!({"text": "Zyxwvutabc Qponmlkdef met Ilham Aliyev in Baku.", "source": "secret-outlet"}))
        .await;
    nisba.drained().await;
    delete(&nisba, record["id"].as_str().unwrap()).await;
    nisba.drained().await;
    // While it runs, the log is folded at once.
    let left = || {
        let files = ["nisba.sqlite", "nisba.sqlite-wal"].map(|file| std::fs::read(nisba.dir.join(file)).unwrap());
        files.iter().any(|bytes| bytes.windows(13).any(|window| window == b"secret-outlet"))
    };
    eventually("nothing is left", Duration::from_secs(10), || async { !left() }).await;
    nisba.terminate();
    for file in std::fs::read_dir(&nisba.dir).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|ending| ending == "jsonl") || !file.is_file() {
            continue;
        }
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(10).any(|window| window == b"Zyxwvutabc"), "{}", file.display());
    }
}

#[tokio::test]
async fn translations_of_a_deleted_document_name_it_no_more() {
    let nisba = Nisba::start().await;
    let sample = |name: &str| {
        let path = format!("{}/examples/documents/{name}", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str::<Value>(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let first = nisba.record(&sample("01-en-ashgabat.json")).await;
    let second = nisba.record(&sample("05-az-ashgabat.json")).await;
    let (first, path) = (first["id"].as_str().unwrap(), format!("/v1/records/{}", second["id"].as_str().unwrap()));
    assert!(second["translation"].to_string().contains(first), "{second}");
    assert_eq!(delete(&nisba, first).await.0, 200);
    eventually("the record says nothing of it", Duration::from_secs(20), || async {
        !nisba.get(&path).await.1.to_string().contains(first)
    })
    .await;
}

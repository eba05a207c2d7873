//! PostgreSQL: one row a record, the newest version, whatever happens to the server.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Nisba, Postgres, document, eventually};

fn config(postgres: &Postgres) -> String {
    format!(
        "[sinks.records]\nkind = \"jsonl\"\n[sinks.warehouse]\nkind = \"postgres\"\nurl = \"{}\"\nmax_backoff = \"1s\"\n",
        postgres.url()
    )
}

#[tokio::test]
async fn rows_follow_the_newest_version() {
    let postgres = Postgres::start();
    let nisba = Nisba::with(&config(&postgres), &[]).await;
    nisba.record(&document(1)).await;
    let mut changed = document(1);
    changed["text"] = "Президент Ирана Эбрахим Раиси выступил в Тегеране.".into();
    let record = nisba.record(&changed).await;
    nisba.drained().await;
    let client = postgres.client().await;
    let row = client.query_one("SELECT version, text, language FROM nisba.documents", &[]).await.unwrap();
    assert_eq!(
        (row.get::<_, i64>(0), row.get::<_, &str>(1), row.get::<_, &str>(2)),
        (2, changed["text"].as_str().unwrap(), "ru")
    );
    let people = client
        .query("SELECT p.person_id, m.text FROM nisba.people p JOIN nisba.mentions m ON m.document_id = p.document_id AND m.person_ordinal = p.ordinal", &[])
        .await
        .unwrap();
    assert_eq!(people.len(), 1, "the people of the first version are gone");
    assert_eq!(people[0].get::<_, &str>(0), "starter:ebrahim-raisi");
    assert_eq!(people[0].get::<_, &str>(1), record["people"][0]["mentions"][0]["text"].as_str().unwrap());
}

#[tokio::test]
async fn a_server_that_is_down_holds_up_nobody_and_gets_everything_later() {
    let postgres = Postgres::start();
    let nisba = Nisba::with(&config(&postgres), &[]).await;
    nisba.record(&document(0)).await;
    nisba.drained().await;
    postgres.down();
    for number in 1..30 {
        nisba.record(&document(number)).await;
    }
    eventually("the other sink has everything", Duration::from_secs(20), || async { nisba.lines().len() == 30 }).await;
    eventually("the trouble is told", Duration::from_secs(20), || async {
        let (_, health) = nisba.get("/health").await;
        health["sinks"].as_array().unwrap().iter().any(|s| s["name"] == "warehouse" && s["status"] == "failing")
    })
    .await;
    postgres.up();
    nisba.drained().await;
    let client = postgres.client().await;
    let count: i64 = client.query_one("SELECT count(*) FROM nisba.documents", &[]).await.unwrap().get(0);
    assert_eq!(count, 30);
    let letters: (_, serde_json::Value) = nisba.get("/v1/dead-letters").await;
    assert_eq!(letters.1["dead_letters"], json!([]));
}

#[tokio::test]
async fn what_postgresql_refuses_is_cleaned_and_noted() {
    let postgres = Postgres::start();
    let nisba = Nisba::with(&config(&postgres), &[]).await;
    let odd = json!({
        "text": "President Ilham Aliyev spoke\u{0} in Baku.",
        "metadata": {"odd": "a\u{0}b", "escaped": "\\u0000"},
        "url": "https://news.example/odd",
    });
    nisba.record(&odd).await;
    nisba.record(&document(1)).await;
    nisba.drained().await;
    let client = postgres.client().await;
    let row = client
        .query_one("SELECT note, record->'metadata'->>'escaped' FROM nisba.documents WHERE url LIKE '%odd'", &[])
        .await
        .unwrap();
    assert!(row.get::<_, &str>(0).contains("NUL"));
    assert_eq!(row.get::<_, &str>(1), "\\u0000");
}

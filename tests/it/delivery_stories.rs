//! Stories are told to the sinks that ask: as they are now, what changed within a while at once, also after a crash.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Nisba, Postgres, Receiver, eventually, lines_of};
use crate::stories::{of_story, sent};

const LIMIT: Duration = Duration::from_secs(30);

#[tokio::test]
async fn changes_are_gathered_and_a_story_of_one_document_is_nobodys_news() {
    let mut nisba = Nisba::with("[sinks.records]\nkind = \"jsonl\"\nstories = \"1s\"\n", &[]).await;
    let alone =
        nisba.record(&json!({"text": "Heavy rain closed the coast road near Sumqayit on Tuesday morning."})).await;
    let documents = of_story("t57");
    let mut story = Value::Null;
    for document in &documents {
        story = nisba.record(&sent(document)).await["translation"]["story_id"].clone();
    }
    let dir = nisba.dir.clone();
    let whole = || {
        lines_of("stories", &dir)
            .last()
            .is_some_and(|last| last["story_id"] == story && last["documents"] == documents.len())
    };
    eventually("the story is told", LIMIT, async || whole()).await;
    let lines = lines_of("stories", &dir);
    assert!(lines.len() < documents.len(), "changes are gathered: {lines:?}");
    assert!(lines.iter().all(|line| line["story_id"] != alone["translation"]["story_id"]), "{lines:?}");
    let last = lines.last().unwrap();
    assert_eq!(last["timeline"].as_array().unwrap().len(), documents.len());
    let (_, shown) = nisba.get(&format!("/v1/stories/{}", story.as_str().unwrap())).await;
    assert_eq!(*last, shown, "what is told is what is shown");

    // A change that nobody was told of is told after the crash; a story that ended, as well.
    let before = lines.len();
    for document in &documents {
        let id = nisba.record(&sent(document)).await["id"].clone();
        let address = format!("{}/v1/documents/{}", nisba.base, id.as_str().unwrap());
        assert!(crate::harness::client().delete(address).send().await.unwrap().status().is_success());
    }
    nisba.kill();
    nisba.spawn();
    nisba.ready().await;
    let ended =
        || lines_of("stories", &dir).last().is_some_and(|last| last["story_id"] == story && last["deleted"] == true);
    eventually("its end is told", LIMIT, async || ended()).await;
    let versions: Vec<i64> = lines_of("stories", &dir).iter().map(|line| line["version"].as_i64().unwrap()).collect();
    assert!(versions.len() > before && versions.is_sorted(), "{versions:?}");
}

#[tokio::test]
async fn a_sink_that_takes_records_and_no_stories_is_seen_to_fail() {
    let receiver =
        Receiver::start(|body, _| (if body.starts_with(r#"{"type":"stories""#) { 503 } else { 200 }, Vec::new()));
    let config = format!("[sinks.alerts]\nkind = \"webhook\"\nurl = \"{}\"\nstories = \"0s\"\n", receiver.url);
    let nisba = Nisba::with(&config, &[]).await;
    for document in &of_story("t57") {
        nisba.record(&sent(document)).await;
    }
    let sinks = async || nisba.get("/health").await.1["sinks"].clone();
    eventually("the failure is seen", LIMIT, async || sinks().await[1]["status"] == "failing").await;
    let sinks = sinks().await;
    assert_eq!((&sinks[0]["name"], &sinks[0]["status"]), (&json!("alerts"), &json!("ok")), "{sinks}");
    assert_eq!(sinks[1]["name"], "alerts.stories", "{sinks}");
    assert!(sinks[1]["lag_stories"].as_i64() > Some(0) && sinks[1]["trouble"].is_string(), "{sinks}");
    let log = nisba.log();
    assert!(
        log.lines().any(|line| line.contains("the sink is unavailable") && line.contains("alerts.stories")),
        "{log}"
    );
}

#[tokio::test]
async fn a_database_has_one_row_a_story_and_a_webhook_is_told_once_it_can_be_had() {
    let postgres = Postgres::start();
    let was_asked = AtomicBool::new(false);
    let receiver = Receiver::start(move |body, _| {
        let is_down = body.starts_with(r#"{"type":"stories""#) && !was_asked.swap(true, Ordering::SeqCst);
        (if is_down { 503 } else { 200 }, Vec::new())
    });
    let config = format!(
        "[sinks.warehouse]\nkind = \"postgres\"\nurl = \"{}\"\nstories = \"0s\"\nmax_backoff = \"1s\"\n
         [sinks.alerts]\nkind = \"webhook\"\nurl = \"{}\"\nstories = \"200ms\"\nmax_backoff = \"1s\"\n
         [sinks.silent]\nkind = \"jsonl\"\n",
        postgres.url(),
        receiver.url
    );
    let nisba = Nisba::with(&config, &[]).await;
    let documents = of_story("t57");
    let mut story = String::new();
    for document in &documents {
        story = nisba.record(&sent(document)).await["translation"]["story_id"].as_str().unwrap().to_owned();
    }
    nisba.drained().await;
    let client = postgres.client().await;
    let row = async || {
        let sql = "SELECT s.documents, s.languages, count(d.id) FROM nisba.stories s
                   JOIN nisba.documents d ON d.story = s.id WHERE s.id = $1 GROUP BY s.id";
        let row = client.query_opt(sql, &[&story]).await.unwrap()?;
        Some((row.get::<_, i64>(0), row.get::<_, Vec<String>>(1).len(), row.get::<_, i64>(2)))
    };
    let all = documents.len() as i64;
    eventually("the row is whole", LIMIT, async || row().await == Some((all, documents.len(), all))).await;
    let told = || {
        let last = receiver.received().into_iter().rfind(|request| request.body.starts_with(r#"{"type":"stories""#));
        let body: Value = serde_json::from_str(&last?.body).unwrap();
        body["data"].as_array().unwrap().last().cloned()
    };
    let is_whole = || told().is_some_and(|last| last["story_id"] == story.as_str() && last["documents"] == all);
    eventually("the receiver is told", LIMIT, async || is_whole()).await;
    assert!(lines_of("stories", &nisba.dir).is_empty(), "who does not ask is not told");
    for sink in ["warehouse", "alerts"] {
        let series = |name: &str| format!("nisba_{name}{{sink=\"{sink}.stories\"}}");
        let lag = series("delivery_lag_stories");
        eventually("the sink lacks nothing", LIMIT, async || nisba.metric(&lag).await == Some(0.0)).await;
        assert_eq!(nisba.metric(&series("sink_up")).await, Some(1.0));
    }
    assert_eq!(nisba.metric("nisba_delivery_lag_stories{sink=\"silent.stories\"}").await, None);
}

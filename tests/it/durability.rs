//! What was answered 202 is never lost, and no sink misses a record.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::harness::{Nisba, Postgres, client, document, eventually, wait_for};

#[tokio::test(flavor = "multi_thread")]
async fn three_kills_under_eight_writers_lose_nothing() {
    let postgres = Postgres::start();
    let config = format!(
        "[sinks.records]\nkind = \"jsonl\"\n[sinks.warehouse]\nkind = \"postgres\"\nurl = \"{}\"\nmax_backoff = \"1s\"\n",
        postgres.url()
    );
    let mut nisba = Nisba::with(&config, &[]).await;
    let acknowledged: Arc<Mutex<HashSet<String>>> = Arc::default();
    let (over, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let (acknowledged, over, next, at) =
                (acknowledged.clone(), over.clone(), next.clone(), format!("{}/v1/documents", nisba.base));
            tokio::spawn(async move {
                let client = client();
                while !over.load(Ordering::SeqCst) {
                    let document = document(next.fetch_add(1, Ordering::SeqCst));
                    match client.post(&at).json(&document).send().await {
                        Ok(answer) if answer.status() == 202 => {
                            // The connection may be cut inside the answer; then it does not count as answered.
                            if let Ok(body) = answer.json::<serde_json::Value>().await {
                                acknowledged.lock().unwrap().insert(body["id"].as_str().unwrap().to_owned());
                            }
                        }
                        _ => tokio::time::sleep(Duration::from_millis(20)).await,
                    }
                }
            })
        })
        .collect();
    for round in 0..3u64 {
        tokio::time::sleep(Duration::from_millis(700 + 137 * round)).await;
        if round == 1 {
            postgres.down();
        }
        nisba.kill();
        nisba.spawn();
        nisba.ready().await;
    }
    postgres.up();
    tokio::time::sleep(Duration::from_millis(500)).await;
    over.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    nisba.drained().await;
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() > 50, "{}", acknowledged.len());
    let lines = nisba.lines();
    let delivered: HashSet<String> = lines.iter().map(|l| l["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(lines.len(), delivered.len(), "a line is doubled");
    let missing: Vec<&String> = acknowledged.difference(&delivered).collect();
    assert!(missing.is_empty(), "{} of {} are missing", missing.len(), acknowledged.len());
    let rows = postgres.client().await.query("SELECT id FROM nisba.documents", &[]).await.unwrap();
    let rows: HashSet<String> = rows.iter().map(|r| r.get(0)).collect();
    assert_eq!(rows, delivered);
}

#[tokio::test]
async fn a_wish_to_stop_is_followed_and_nothing_is_lost() {
    let mut nisba = Nisba::start().await;
    for number in 0..40 {
        assert_eq!(nisba.post(&document(number)).await.0, 202);
    }
    assert!(nisba.terminate().success());
    nisba.spawn();
    nisba.ready().await;
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), 40);
}

/// Starts the service under strace. `inject` is as `-e inject=` takes it.
async fn traced(nisba: &mut Nisba, trace: &std::path::Path, calls: &str) {
    let trace = trace.display().to_string();
    nisba.spawn_below("strace", &["-f", "-tt", "-y", "-s", "64", "-e", calls, "-o", &trace]);
    nisba.ready().await;
}

#[tokio::test]
async fn between_a_request_and_its_answer_the_log_is_synced() {
    let dir = tempfile::tempdir().unwrap();
    let trace = dir.path().join("trace");
    let mut nisba = Nisba::prepared("", &[]);
    traced(&mut nisba, &trace, "trace=fsync,fdatasync,recvfrom,read,sendto,write,writev").await;
    let mut marked = document(1);
    marked["url"] = "https://news.example/the-marked-one".into();
    assert_eq!(nisba.post(&marked).await.0, 202);
    let calls = std::fs::read_to_string(&trace).unwrap();
    let calls: Vec<&str> = calls.lines().collect();
    let arrived = calls.iter().position(|l| l.contains("POST /v1/documents")).expect("the request is in the trace");
    let answered = calls.iter().position(|l| l.contains("202 Accepted")).expect("the answer is in the trace");
    let synced = calls[arrived..answered]
        .iter()
        .any(|l| l.contains("sync(") && l.contains("nisba.sqlite-wal") && l.ends_with("= 0"))
        || calls[arrived..answered].iter().any(|l| l.contains("sync resumed") && l.ends_with("= 0"));
    assert!(synced, "{:#?}", &calls[arrived..=answered]);
}

#[tokio::test]
async fn a_failing_or_full_disk_never_leads_to_a_202() {
    for (error, calls) in [("EIO", "fsync,fdatasync"), ("ENOSPC", "pwrite64")] {
        let mut nisba = Nisba::start().await;
        nisba.record(&document(0)).await;
        nisba.drained().await;
        let pid = nisba.pid();
        // From now on every such call on any thread fails.
        let inject = format!("inject={calls}:error={error}");
        let mut strace = std::process::Command::new("strace")
            .args(["-f", "-e", &format!("trace={calls}"), "-e", &inject, "-o", "/dev/null", "-p", &pid.to_string()])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        for number in 1..5 {
            let answer = nisba.client.post(format!("{}/v1/documents", nisba.base)).json(&document(number)).send().await;
            // Either it says so, or the process has ended with its reason.
            if let Ok(answer) = answer {
                assert!(answer.status().is_server_error(), "{error}: {}", answer.status());
            }
        }
        // A tracer whose process ends under it can wait for ever; killed, it lets the others go.
        let _ = strace.kill();
        wait_for(&mut strace, Duration::from_secs(10));
        if error == "EIO" {
            assert_eq!(nisba.ended().code(), Some(74));
            assert!(nisba.log().contains("cannot be written"));
            nisba.spawn();
            nisba.ready().await;
        }
        eventually("it takes documents again", Duration::from_secs(20), || async {
            nisba.post(&document(9)).await.0 == 202
        })
        .await;
        nisba.drained().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_whose_sender_is_gone_is_processed_or_was_never_taken() {
    let nisba = Nisba::start().await;
    let address = nisba.base.trim_start_matches("http://").to_owned();
    for number in 0..200_u64 {
        let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
        let body =
            serde_json::json!({"url": format!("https://n.example/{number}"), "text": "Ilham Aliyev spoke in Baku."})
                .to_string();
        let head = "POST /v1/documents HTTP/1.1\r\nHost: n\r\nContent-Type: application/json\r\nContent-Length:";
        let request = format!("{head} {}\r\n\r\n{body}", body.len());
        tokio::io::AsyncWriteExt::write_all(&mut connection, request.as_bytes()).await.unwrap();
        // Reset, some before and some after the commit.
        tokio::time::sleep(Duration::from_micros(200 + number * 25)).await;
        connection.set_zero_linger().unwrap();
    }
    let db = rusqlite::Connection::open(nisba.dir.join("nisba.sqlite")).unwrap();
    let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let waiting = "SELECT COUNT(*) FROM documents WHERE seq NOT IN (SELECT doc_seq FROM outcomes)";
    eventually("every document that is on disk was processed", Duration::from_secs(20), || async {
        count("SELECT COUNT(*) FROM documents") > 0 && count(waiting) == 0
    })
    .await;
}

//! Many documents in one request: each line is answered in order, and one bad line costs only itself.

use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::harness::{Nisba, document, eventually};

fn lines(documents: impl Iterator<Item = Value>) -> String {
    documents.map(|document| format!("{document}\n")).collect()
}

async fn bulk(nisba: &Nisba, query: &str, body: impl Into<reqwest::Body>) -> Vec<Value> {
    let url = format!("{}/v1/documents:bulk{query}", nisba.base);
    let answer = nisba.client.post(url).header("Content-Type", "application/x-ndjson").body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answers(&answer.text().await.unwrap())
}

fn answers(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn every_line_is_answered_in_order_and_a_bad_one_costs_only_itself() {
    let nisba = Nisba::with("[intake]\nmax_line = \"1 KiB\"\n", &[]).await;
    let long = json!({"text": "a".repeat(2000)});
    let body = format!(
        "{}\n{{\"text\": 5}}\n\nno JSON\n{long}\n{}\n{}\n\n",
        document(1),
        json!({"url": "https://news.example/x", "text": "Ilham Aliyev spoke.", "lane": "fresh"}),
        document(1),
    );
    let answers = bulk(&nisba, "", body).await;
    let seen: Vec<(u64, u64, &str)> = answers
        .iter()
        .map(|a| (a["line"].as_u64().unwrap(), a["status"].as_u64().unwrap(), a["type"].as_str().unwrap_or_default()))
        .collect();
    let kind = |name: &'static str| format!("https://nisba.dev/problems/{name}");
    assert_eq!(
        seen,
        [
            (1, 202, ""),
            (2, 422, kind("invalid-field").as_str()),
            (3, 400, kind("malformed").as_str()),
            (4, 400, kind("malformed").as_str()),
            (5, 413, kind("too-large").as_str()),
            (6, 202, ""),
            (7, 202, ""),
        ]
    );
    assert!(answers[4]["detail"].as_str().unwrap().contains("1024 bytes, the limit intake.max_line"));
    assert_eq!((&answers[0]["new"], &answers[6]["new"]), (&json!(true), &json!(false)));
    assert_eq!(answers[0]["id"], answers[6]["id"]);
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), 2);
}

#[tokio::test]
async fn every_coding_is_read() {
    let nisba = Nisba::start().await;
    let body = lines((0..50).map(document));
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(body.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = zstd::encode_all(body.as_bytes(), 1).unwrap();
    let mut br = Vec::new();
    brotli::CompressorWriter::new(&mut br, 4096, 4, 20).write_all(body.as_bytes()).unwrap();
    for (coding, body) in [("gzip", gzip), ("zstd", zstd), ("br", br)] {
        let request = nisba.client.post(format!("{}/v1/documents:bulk", nisba.base)).header("Content-Encoding", coding);
        let request = request.header("Content-Type", "application/x-ndjson").body(body);
        let found = answers(&request.send().await.unwrap().text().await.unwrap());
        assert!(found.len() == 50 && found.iter().all(|a| a["status"] == 202), "{coding}: {found:?}");
    }
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), 50);
}

#[tokio::test]
async fn what_was_acknowledged_stays_when_the_connection_is_cut() {
    let mut nisba = Nisba::start().await;
    let (read, mut write) = TcpStream::connect(("127.0.0.1", nisba.port)).await.unwrap().into_split();
    let head = "POST /v1/documents:bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
    write.write_all(head.as_bytes()).await.unwrap();
    let mut answers = BufReader::new(read);
    let mut ids = Vec::new();
    // A line at a time: each is answered before the next is sent.
    for number in 0..20 {
        let line = format!("{}\n", document(number));
        write.write_all(format!("{:x}\r\n{line}\r\n", line.len()).as_bytes()).await.unwrap();
        let mut answer = String::new();
        while !answer.starts_with('{') {
            answer.clear();
            answers.read_line(&mut answer).await.unwrap();
        }
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((&answer["line"], &answer["status"]), (&json!(number + 1), &json!(202)));
        ids.push(answer["id"].as_str().unwrap().to_owned());
    }
    // Half a line, and gone.
    write.write_all(b"10\r\n{\"text\":\"Half a \r\n").await.unwrap();
    drop((answers, write));
    nisba.kill();
    nisba.spawn();
    nisba.ready().await;
    nisba.drained().await;
    for id in &ids {
        assert_eq!(nisba.get(&format!("/v1/records/{id}")).await.0, 200, "{id}");
    }
    assert_eq!(nisba.lines().len(), 20);
}

/// A body that was sent in chunks, as a whole.
fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        whole.push_str(&rest[..length]);
        body = rest[length..].trim_start_matches("\r\n");
    }
    whole
}

/// A client that sends all before it reads anything must neither stall nor grow the service.
#[tokio::test]
async fn a_client_that_reads_last_gets_every_answer() {
    let nisba = Nisba::start().await;
    let count = 60_000;
    let mut stream = TcpStream::connect(("127.0.0.1", nisba.port)).await.unwrap();
    let body: String = (0..count).map(|_| "{\"txt\":1}\n").collect();
    let head = format!(
        "POST /v1/documents:bulk HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let sent = async {
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = tokio::time::timeout(Duration::from_secs(60), sent).await.expect("it neither stalls nor hangs");
    let answer = unchunked(answer.split_once("\r\n\r\n").unwrap().1);
    let found = answer.lines().filter(|line| line.starts_with("{\"line\"")).count();
    assert_eq!(found, count);
    assert!(answer.contains(&format!("{{\"line\":{count},")));
}

#[tokio::test]
async fn a_bulk_request_waits_for_room_in_the_spool() {
    let nisba = Nisba::with("[store]\nmax_backlog = 40\n", &[]).await;
    let answers = bulk(&nisba, "", lines((0..200).map(document))).await;
    assert!(answers.len() == 200 && answers.iter().all(|a| a["status"] == 202), "{answers:?}");
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), 200);
}

#[tokio::test]
async fn a_batch_is_asked_after_and_only_its_dead_are_retried() {
    let nisba = Nisba::start().await;
    let deep = json!({"html": "<div>".repeat(5_000), "url": "https://news.example/deep"});
    let other = json!({"html": "<div>".repeat(6_000), "url": "https://news.example/other", "batch": "another"});
    let body = lines((0..5).map(document).chain([deep, other, document(0)]));
    bulk(&nisba, "?batch=2024+archive&source=archive", body).await;
    eventually("the batch is done", Duration::from_secs(20), || async {
        nisba.get("/v1/batches/2024%20archive").await.1["waiting"] == 0
            && nisba.get("/v1/batches/another").await.1["waiting"] == 0
    })
    .await;
    let (_, batch) = nisba.get("/v1/batches/2024%20archive").await;
    assert_eq!((&batch["accepted"], &batch["done"], &batch["dead"]), (&json!(6), &json!(5), &json!(1)), "{batch}");
    assert_eq!(batch["reasons"][0]["documents"], 1);
    assert!(batch["reasons"][0]["reason"].as_str().unwrap().contains("nests elements"));
    let (_, letters) = nisba.get("/v1/dead-letters?batch=2024+archive").await;
    assert_eq!(letters["dead_letters"].as_array().unwrap().len(), 1);
    let retried = nisba.client.post(format!("{}/v1/batches/2024%20archive/retry", nisba.base)).send().await.unwrap();
    assert_eq!(retried.json::<Value>().await.unwrap()["retried"], 1);
    let (status, _) = nisba.get("/v1/batches/nothing").await;
    assert_eq!(status, 404);
    let (_, all) = nisba.get("/v1/batches").await;
    assert_eq!(all["batches"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn todays_documents_do_not_wait_for_an_archive() {
    let nisba = Nisba::with("[pipeline]\nworkers = 1\n", &[]).await;
    let archive = (0..600).map(|number| {
        let mut document = document(number);
        document["text"] = document["text"].as_str().unwrap().repeat(40).into();
        document
    });
    bulk(&nisba, "?batch=archive", lines(archive)).await;
    let (_, before) = nisba.get("/v1/batches/archive").await;
    assert!(before["waiting"].as_i64().unwrap() > 300, "{before}");
    let fresh = json!({"text": "Ilham Aliyev spoke in Baku today.", "source": "today"});
    nisba.record(&fresh).await;
    let (_, after) = nisba.get("/v1/batches/archive").await;
    let meanwhile = before["waiting"].as_i64().unwrap() - after["waiting"].as_i64().unwrap();
    assert!(meanwhile < 200 && after["waiting"].as_i64().unwrap() > 0, "{before} {after}");
}

#[tokio::test]
async fn a_stop_ends_a_bulk_request_and_says_where() {
    let mut nisba = Nisba::start().await;
    let (read, mut write) = TcpStream::connect(("127.0.0.1", nisba.port)).await.unwrap().into_split();
    let line = format!("{}\n", document(1));
    let head = format!(
        "POST /v1/documents:bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{line}\r\n",
        line.len()
    );
    write.write_all(head.as_bytes()).await.unwrap();
    let mut read = BufReader::new(read);
    let mut next = String::new();
    while !next.starts_with("{\"line\":1,") {
        next.clear();
        read.read_line(&mut next).await.unwrap();
    }
    let ending = tokio::spawn(async move {
        let mut rest = String::new();
        read.read_to_string(&mut rest).await.unwrap();
        rest
    });
    assert!(nisba.terminate().success());
    let rest = ending.await.unwrap();
    assert!(rest.contains("the service is stopping"), "{rest}");
}

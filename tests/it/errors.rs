//! Bad input is told by a problem (RFC 9457) with its type, and costs only itself.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::harness::{Nisba, document};

async fn problem(nisba: &Nisba, request: reqwest::RequestBuilder) -> (u16, String, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["content-type"], "application/problem+json", "{status}");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], status);
    let kind = body["type"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let _ = nisba;
    (status, kind, body)
}

#[tokio::test]
async fn bad_input_of_every_kind() {
    let nisba = Nisba::with("[server]\nmax_body = \"64 KiB\"\n", &[]).await;
    let at = format!("{}/v1/documents", nisba.base);
    let post = |kind: &str, body: &[u8]| nisba.client.post(&at).header("Content-Type", kind).body(body.to_vec());
    let json = "application/json";
    for (kind, body, status, name) in [
        (json, &b"{\"text\":"[..], 400, "malformed"),
        (json, b"{\"text\":\"\\ud800\"}", 400, "malformed"),
        (json, b"{\"text\":\"\xff\"}", 400, "wrong-charset"),
        ("application/json; charset=windows-1251", b"{}", 400, "wrong-charset"),
        (json, b"[1, 2]", 422, "invalid-field"),
        ("application/xml", b"<a/>", 415, "unsupported-media-type"),
        ("nonsense", b"x", 415, "unsupported-media-type"),
        (json, &[b' '; 70_000], 413, "too-large"),
    ] {
        let (got, got_name, body) = problem(&nisba, post(kind, body)).await;
        assert_eq!((got, got_name.as_str()), (status, name), "{kind} {body}");
    }
    assert_eq!(problem(&nisba, nisba.client.post(&at).body("x")).await.0, 415);
    for (document, field) in [
        (json!({}), "text"),
        (json!({"text": "a", "html": "b"}), "html"),
        (json!({"text": ""}), "text"),
        (json!({"text": 5}), "text"),
        (json!({"text": "a", "url": "nowhere"}), "url"),
        (json!({"text": "a", "published_at": "yesterday"}), "published_at"),
        (json!({"text": "a", "language": "?"}), "language"),
        (json!({"text": "a", "metadata": 1}), "metadata"),
        (json!({"text": "a", "txet": "b"}), "txet"),
    ] {
        let (status, _, body) = problem(&nisba, nisba.client.post(&at).json(&document)).await;
        assert_eq!((status, body["field"].as_str()), (422, Some(field)), "{document}");
    }
    let coded = nisba.client.post(&at).header("Content-Type", "text/plain").header("Content-Encoding", "compress");
    assert_eq!(problem(&nisba, coded.body("x")).await.0, 415);
    for (query, kind, header, field) in [
        ("?url=https://a.example/", json, None, "url"),
        ("?titel=x", "text/plain", None, "titel"),
        ("", "text/plain", Some("x-nisba-titel"), "x-nisba-titel"),
        ("?published_at=0000-01-01", "text/plain", None, "published_at"),
    ] {
        let mut request =
            nisba.client.post(format!("{at}{query}")).header("Content-Type", kind).body("{\"text\":\"x\"}");
        request = header.map_or(request.try_clone(), |name| request.try_clone().map(|r| r.header(name, "x"))).unwrap();
        let (status, _, body) = problem(&nisba, request).await;
        assert_eq!((status, body["field"].as_str()), (422, Some(field)), "{query} {header:?}");
    }
    for (path, field) in [("/v1/records?limit=abc", "limit"), ("/v1/persons?limit=abc", "limit")] {
        let (status, _, body) = problem(&nisba, nisba.client.get(format!("{}{path}", nisba.base))).await;
        assert_eq!((status, body["field"].as_str()), (422, Some(field)), "{path}");
    }
    for path in [
        "/v1/documents/d-x",
        "/v1/documents/d-x/status",
        "/v1/records/d-x",
        "/v1/persons/p-x",
        "/v1/dead-letters/99",
        "/nowhere",
    ] {
        let (status, kind, _) = problem(&nisba, nisba.client.get(format!("{}{path}", nisba.base))).await;
        assert_eq!((status, kind.as_str()), (404, "not-found"), "{path}");
    }
    let (status, _, _) = problem(&nisba, nisba.client.put(&at).body("x")).await;
    assert_eq!(status, 405);
    for list in ["records", "persons", "stories", "dead-letters", "decisions", "batches"] {
        for limit in [0, 1_001] {
            let page = nisba.client.get(format!("{}/v1/{list}?limit={limit}", nisba.base));
            let (status, _, body) = problem(&nisba, page).await;
            assert!(
                status == 422 && body["detail"].as_str().unwrap().contains("between 1 and"),
                "{list} {limit}: {body}"
            );
        }
    }
    // After all of that a good one goes through.
    nisba.record(&document(1)).await;
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), 1);
}

#[tokio::test]
async fn too_large_is_said_before_the_body_is_sent() {
    let nisba = Nisba::with("[server]\nmax_body = \"1 KiB\"\n", &[]).await;
    let port = nisba.port;
    let answers = tokio::task::spawn_blocking(move || {
        let ask = |head: &str, body: &[u8]| {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body).unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).unwrap();
            String::from_utf8_lossy(&answer).into_owned()
        };
        let head = "POST /v1/documents HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n";
        let declared = ask(&format!("{head}Content-Length: 99999999\r\n\r\n"), b"");
        let mut chunk = format!("{:x}\r\n", 4096).into_bytes();
        chunk.extend([b'a'; 4096]);
        let so_far = ask(&format!("{head}Transfer-Encoding: chunked\r\n\r\n"), &chunk);
        (declared, so_far)
    })
    .await
    .unwrap();
    assert_eq!(answers, ("HTTP/1.1 413".to_owned(), "HTTP/1.1 413".to_owned()));
}

#[tokio::test]
async fn a_page_made_to_exhaust_parsers_becomes_a_dead_letter() {
    let nisba = Nisba::start().await;
    let page = json!({"html": "<div>".repeat(50_000), "url": "https://news.example/deep"});
    let request = nisba.client.post(format!("{}/v1/documents", nisba.base)).header("Prefer", "wait=30").json(&page);
    let (status, kind, body) = problem(&nisba, request).await;
    assert_eq!((status, kind.as_str()), (422, "document-failed"), "{body}");
    nisba.record(&document(1)).await;
}

#[tokio::test]
async fn a_full_spool_says_when_to_come_again() {
    let nisba = Nisba::with("[store]\nmax_backlog = 1\n", &[]).await;
    let documents: Vec<Value> = (0..60).map(document).collect();
    let answers = futures_util::future::join_all(
        documents.iter().map(|d| nisba.client.post(format!("{}/v1/documents", nisba.base)).json(d).send()),
    )
    .await;
    let mut refused = 0;
    for answer in answers.into_iter().map(Result::unwrap) {
        if answer.status() == 503 {
            assert!(answer.headers().contains_key("retry-after"));
            let body: Value = answer.json().await.unwrap();
            assert!(body["type"].as_str().unwrap().ends_with("backlog-full"));
            refused += 1;
        } else {
            assert_eq!(answer.status(), 202);
        }
    }
    assert!(refused > 0);
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), 60 - refused);
}

#[tokio::test]
async fn limits_are_set_and_named() {
    let nisba = Nisba::with("[intake]\nmax_depth = 20\nmax_attributes = 5\nmax_people = 3\n", &[]).await;
    for (html, limit) in [
        ("<div>".repeat(21), "20 deep, the limit intake.max_depth"),
        ("<p a b c d e f>x".to_owned(), "5 attributes, the limit intake.max_attributes"),
    ] {
        let page = json!({"html": html});
        let request = nisba.client.post(format!("{}/v1/documents", nisba.base)).header("Prefer", "wait=30").json(&page);
        let (status, _, body) = problem(&nisba, request).await;
        assert_eq!(status, 422);
        assert!(body["detail"].as_str().unwrap().contains(limit), "{body}");
    }
    let names = ["Anna Kowalska", "Marta Nowak", "Piotr Lewandowski", "Jan Zielinski", "Ewa Kaminska"];
    let text: String = names.iter().map(|name| format!("The minister {name} spoke in Warsaw on Monday. ")).collect();
    let record = nisba.record(&json!({"text": text})).await;
    assert_eq!(record["people"].as_array().unwrap().len(), 3);
    assert!(record["provenance"]["notes"].to_string().contains("intake.max_people"), "{record}");
}

/// A megabyte that unpacks to a gigabyte costs neither the memory nor the time of one.
#[tokio::test]
async fn what_unpacks_to_more_than_the_limit_is_refused_in_bounded_memory() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![b'0'; 1 << 20];
    bomb.write_all(b"{\"text\":\"").unwrap();
    (0..300).for_each(|_| bomb.write_all(&zeros).unwrap());
    bomb.write_all(b"\"}\n{\"text\":\"Ilham Aliyev spoke.\"}\n").unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    let nisba = Nisba::start().await;
    let post = |path: &str, media_type: &str| {
        let request = nisba.client.post(format!("{}{path}", nisba.base)).header("Content-Encoding", "gzip");
        request.header("Content-Type", media_type).body(bomb.clone())
    };
    let (status, kind, body) = problem(&nisba, post("/v1/documents", "application/json")).await;
    assert_eq!((status, kind.as_str()), (413, "too-large"));
    assert!(body["detail"].as_str().unwrap().contains("server.max_body"), "{body}");
    let answer = post("/v1/documents:bulk", "application/x-ndjson").send().await.unwrap().text().await.unwrap();
    let lines: Vec<Value> = answer.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["status"], &lines[1]["status"]), (&json!(413), &json!(202)), "{answer}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", nisba.pid())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let most: u64 = most.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(most < 400 << 10, "{most} kB");
}

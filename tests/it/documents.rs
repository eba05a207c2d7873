//! Documents come in durably, get their ids, revisions and versions, and can be found again.

use serde_json::{Value, json};

use crate::harness::{Nisba, document};

#[tokio::test]
async fn a_document_becomes_a_record() {
    let nisba = Nisba::start().await;
    let mut record = nisba.record(&document(1)).await;
    for path in ["received_at", "processed_at"] {
        assert!(record[path].as_str().unwrap().ends_with('Z'));
        record[path] = "…".into();
    }
    record["provenance"]["timings_ms"] = json!({});
    record["provenance"]["nisba"] = "…".into();
    record["provenance"]["authority_revision"] = "…".into();
    record["language"]["confidence"] = 1.into();
    record["language"]["spans"].as_array_mut().unwrap().iter_mut().for_each(|s| s["confidence"] = 1.into());
    insta::assert_snapshot!(serde_json::to_string_pretty(&record).unwrap());
}

#[tokio::test]
async fn the_same_again_is_the_same_revision_and_other_content_the_next() {
    let nisba = Nisba::start().await;
    let first = nisba.record(&document(1)).await;
    let id = first["id"].as_str().unwrap();
    let again = nisba.record(&document(1)).await;
    assert_eq!((&again["id"], &again["revision"], &again["version"]), (&first["id"], &json!(1), &json!(1)));
    let mut changed = document(1);
    changed["text"] =
        "President Ilham Aliyev of Azerbaijan travelled to Tehran on Monday for talks about trade.".into();
    let second = nisba.record(&changed).await;
    assert_eq!((&second["id"], &second["revision"], &second["version"]), (&first["id"], &json!(2), &json!(2)));
    // A, B, A makes three: only the latest is compared.
    let third = nisba.record(&document(1)).await;
    assert_eq!((&third["revision"], &third["version"]), (&json!(3), &json!(3)));
    let (_, newest) = nisba.get(&format!("/v1/records/{id}")).await;
    assert_eq!(newest["version"], 3);
    let (_, of_first) = nisba.get(&format!("/v1/records/{id}?revision=1")).await;
    assert_eq!(of_first["version"], 1);
    let (_, second_version) = nisba.get(&format!("/v1/records/{id}?version=2")).await;
    assert_eq!(second_version["text"], changed["text"]);
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), 3);
}

#[tokio::test]
async fn the_next_crawl_of_an_unchanged_page_is_the_same_revision() {
    let nisba = Nisba::start().await;
    let mut page = document(1);
    page["url"] = "https://news.example/a?x=1&y=2".into();
    page["fetched_at"] = "2026-01-01T00:00:00Z".into();
    page["metadata"] = json!({"a": 1, "b": [{"c": 2, "d": 3}]});
    let first = nisba.record(&page).await;
    page["url"] = "https://NEWS.example/a?y=2&utm_source=feed&x=1#top".into();
    page["source"] = "news.example".into();
    page["fetched_at"] = "2026-01-02T00:00:00Z".into();
    page["metadata"] = json!({"b": [{"d": 3, "c": 2}], "a": 1});
    let again = nisba.record(&page).await;
    assert_eq!((&again["id"], &again["revision"]), (&first["id"], &json!(1)));
}

#[tokio::test]
async fn metadata_is_delivered_untouched() {
    let nisba = Nisba::start().await;
    let metadata = r#"{"big":123456789012345678901234567890,"long":0.1234567890123456789012,"z":1,"a":[1.0,1e2]}"#;
    let body = format!("{{\"text\":\"Ilham Aliyev spoke in Baku.\",\"metadata\":{metadata}}}");
    let request = nisba.client.post(format!("{}/v1/documents", nisba.base)).header("Prefer", "wait=30");
    let answer = request.header("Content-Type", "application/json").body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    assert!(text.contains(&metadata.replace("1e2", "1e+2")) || text.contains(metadata), "{text}");
}

#[tokio::test]
async fn twenty_senders_of_one_document_make_one_revision() {
    let nisba = Nisba::start().await;
    let document = document(7);
    let posts = (0..20).map(|_| nisba.post(&document));
    for (status, answer) in futures_util::future::join_all(posts).await {
        assert_eq!(status, 202);
        assert_eq!(answer["revision"], 1);
    }
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), 1);
}

#[tokio::test]
async fn a_document_can_be_seen_as_it_was_sent() {
    let nisba = Nisba::start().await;
    let page = "<html lang=ru><title>Встреча</title><body><article><p>Президент Ильхам Алиев встретился с Эбрахимом Раиси в Ашхабаде.</p></article>";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(page);
    let url = format!("{}/v1/documents?url=https://news.example/ru&source=wire", nisba.base);
    let request =
        nisba.client.post(url).header("Content-Type", "text/html; charset=windows-1251").header("Prefer", "wait=30");
    let record: Value = request.body(bytes.to_vec()).send().await.unwrap().json().await.unwrap();
    assert_eq!(record["source"]["name"], "wire");
    assert_eq!(record["title"], "Встреча");
    assert_eq!(record["people"][0]["person_id"], "starter:ilham-aliyev");
    let at = format!("{}/v1/documents/{}", nisba.base, record["id"].as_str().unwrap());
    let raw = nisba.client.get(&at).header("Accept", "text/html").send().await.unwrap().bytes().await.unwrap();
    assert_eq!(raw, bytes.to_vec());
    let (_, seen) = nisba.get(&format!("/v1/documents/{}", record["id"].as_str().unwrap())).await;
    assert_eq!(seen["url"], "https://news.example/ru");
}

#[tokio::test]
async fn a_text_comes_in_its_own_charset_and_with_headers() {
    let nisba = Nisba::start().await;
    let text = "Президент Ирана Эбрахим Раиси встретился с президентом Азербайджана Ильхамом Алиевым.";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(text);
    let request = nisba
        .client
        .post(format!("{}/v1/documents", nisba.base))
        .header("Content-Type", "text/plain; charset=windows-1251")
        .header("X-Nisba-Source", "wire")
        .header("X-Nisba-Title", "%D0%92%D1%81%D1%82%D1%80%D0%B5%D1%87%D0%B0")
        .header("Prefer", "respond-async, wait=30");
    let record: Value = request.body(bytes.to_vec()).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&record["text"], &record["title"], &record["language"]["tag"]),
        (&json!(text), &json!("Встреча"), &json!("ru"))
    );
}

#[tokio::test]
async fn a_large_body_is_kept_beside_the_database() {
    let nisba = Nisba::start().await;
    // Random letters, which do not compress below the limit.
    let noise: String =
        (0..40_000).map(|i| blake3::hash(&[i as u8, (i >> 8) as u8]).to_hex()[..6].to_owned()).collect();
    let text = format!("President Ilham Aliyev spoke. {noise}");
    let record = nisba.record(&json!({"text": text, "url": "https://news.example/large"})).await;
    assert_eq!(record["text"], text);
    assert_eq!(std::fs::read_dir(nisba.dir.join("bodies")).unwrap().count(), 1);
}

#[tokio::test]
async fn records_are_listed_by_person_language_source_and_time_in_pages() {
    let nisba = Nisba::start().await;
    for number in 0..5 {
        nisba.record(&document(number)).await;
    }
    let text = "Der Bundeskanzler sprach am Montag in Berlin mit Vertretern der Wirtschaft über die Lage im Land.";
    nisba.record(&json!({"text": text, "source": "zeitung"})).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let (status, page) = nisba.get(&format!("/v1/records?person=starter:ilham-aliyev&limit=2{cursor}")).await;
        assert_eq!(status, 200);
        seen.extend(page["records"].as_array().unwrap().iter().map(|r| r["id"].clone()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 5);
    for (query, count) in [
        ("language=de", 1),
        ("source=news.example", 5),
        ("source=zeitung&language=en", 0),
        ("since=2020-01-01", 6),
        ("until=2020-01-01T00:00:00Z", 0),
        ("person=starter:nobody", 0),
    ] {
        let (_, page) = nisba.get(&format!("/v1/records?{query}")).await;
        assert_eq!(page["records"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn a_document_on_which_the_pipeline_panics_or_stops_costs_only_itself() {
    if cfg!(not(feature = "failpoints")) {
        return;
    }
    for (point, reason) in
        [("pipeline=1*panic(at this point)->off", "panicked"), ("pipeline=1*sleep(20000)->off", "longer than")]
    {
        let nisba = Nisba::with("[pipeline]\ntimeout = \"3s\"\n", &[("FAILPOINTS", point)]).await;
        let request =
            nisba.client.post(format!("{}/v1/documents", nisba.base)).header("Prefer", "wait=30").json(&document(1));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 422);
        let problem: Value = answer.json().await.unwrap();
        assert!(problem["detail"].as_str().unwrap().contains(reason), "{problem}");
        nisba.record(&document(2)).await;
        let (_, letters) = nisba.get("/v1/dead-letters").await;
        let letter = &letters["dead_letters"][0];
        assert_eq!(letter["stage"], "process");
        // Retried, it goes through.
        let path = format!("{}/v1/dead-letters/{}/retry", nisba.base, letter["id"]);
        assert_eq!(nisba.client.post(path).send().await.unwrap().status(), 200);
        nisba.drained().await;
        assert_eq!(nisba.lines().len(), 2);
    }
}

#[tokio::test]
async fn a_page_comes_as_a_form_with_what_there_is_to_say_of_it() {
    let nisba = Nisba::start().await;
    let page = "<html><title>Встреча</title><body><article><p>Президент Ильхам Алиев встретился с Эбрахимом Раиси в Ашхабаде.</p></article>";
    let mut body = Vec::new();
    for (name, value) in
        [("url", "https://news.example/ru?a=1&b=2"), ("http_status", "200"), ("metadata", "{\"a\": 1}")]
    {
        body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
    }
    body.extend(b"--XX\r\nContent-Disposition: form-data; name=\"page\"; filename=\"a.html\"\r\nContent-Type: text/html; charset=windows-1251\r\n\r\n");
    body.extend_from_slice(&encoding_rs::WINDOWS_1251.encode(page).0);
    body.extend(b"\r\n--XX--\r\n");
    let post = |body: Vec<u8>| {
        let request = nisba.client.post(format!("{}/v1/documents", nisba.base)).header("Prefer", "wait=30");
        request.header("Content-Type", "multipart/form-data; boundary=XX").body(body).send()
    };
    let record: Value = post(body.clone()).await.unwrap().json().await.unwrap();
    assert_eq!(
        (&record["title"], &record["source"]["url"]),
        (&json!("Встреча"), &json!("https://news.example/ru?a=1&b=2"))
    );
    assert_eq!((&record["source"]["http_status"], &record["metadata"]), (&json!(200), &json!({"a": 1})));
    let without = String::from_utf8_lossy(&body).replace("name=\"page\"", "name=\"titel\"").into_bytes();
    let problem: Value = post(without).await.unwrap().json().await.unwrap();
    assert_eq!((&problem["status"], &problem["field"]), (&json!(422), &json!("titel")), "{problem}");
}

//! Pages: the article out of what is around it, and what the page says of itself.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::harness::nisba;

const PAGE: &str = r#"<!doctype html><html lang="az" dir="ltr"><head><title>Danışıqlar | Example</title>
<link rel="canonical" href="https://news.example/az/1"><link rel="alternate" hreflang="ru" href="https://news.example/ru/1">
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Danışıqlar","author":{"name":"Leyla Həsənova"},
"datePublished":"2022-03-12T08:00:00+04:00","keywords":"qaz, ticarət"}</script></head><body>
<nav><a href="/">Ana səhifə</a> <a href="/siyaset">Siyasət</a></nav>
<article><h1>Danışıqlar</h1><div class="share-buttons">Paylaş: Facebook Telegram</div>
<figure><img src="/1.jpg"><figcaption>İlham Əliyev Aşqabadda</figcaption></figure>
<p>Prezident İlham Əliyev şənbə günü Aşqabadda İran prezidenti ilə görüşüb, tərəflər ticarət, nəqliyyat və qaz məsələlərini müzakirə ediblər.</p>
<p>Görüşdə iki ölkə arasında nəqliyyat dəhlizinin tikintisi, sərhəddə yeni körpü və birgə elektrik stansiyaları haqqında da danışılıb.</p>
<p><a href="/2">Həmçinin oxuyun: günün başqa xəbərləri</a></p>
<p>Tərəflər yazda yenidən görüşmək barədə razılığa gəliblər, növbəti görüş Bakıda keçiriləcək, tarix isə sonra elan olunacaq.</p>
</article><footer>© Example</footer></body></html>"#;

#[test]
fn articles_are_taken_out_of_pages_and_folders_compressed_or_not() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("one.html"), PAGE).unwrap();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(PAGE.as_bytes()).unwrap();
    std::fs::write(dir.path().join("two.html.gz"), gzip.finish().unwrap()).unwrap();
    std::fs::write(dir.path().join("notes.md"), "not a page").unwrap();

    let run = |paths: &[&str]| nisba().arg("extract").args(paths).args(["--format", "jsonl"]).output().unwrap();
    let out = run(&[dir.path().to_str().unwrap()]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let lines: Vec<Value> =
        String::from_utf8(out.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.iter().map(|l| l["id"].as_str().unwrap()).collect::<Vec<_>>(), ["one", "two"]);
    for line in &lines {
        assert_eq!(line["url"], "https://news.example/az/1");
        assert_eq!(line["byline"], "Leyla Həsənova");
        assert_eq!(line["published_at"], "2022-03-12T08:00:00+04:00");
        assert_eq!(line["language"], "az");
        let text = line["text"].as_str().unwrap();
        assert!(text.starts_with("Prezident İlham") && text.ends_with("elan olunacaq."), "{text}");
        assert_eq!(text.matches("\n\n").count(), 2, "{text}");
    }

    let missing = dir.path().join("none.html");
    let out = run(&[missing.to_str().unwrap(), dir.path().join("one.html").to_str().unwrap()]);
    assert!(!out.status.success());
    assert!(String::from_utf8_lossy(&out.stderr).contains("none.html"));
    assert_eq!(out.stdout.iter().filter(|b| **b == b'\n').count(), 1);
}

#[test]
fn a_record_has_what_the_page_says_of_itself() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("page.html");
    std::fs::write(&file, PAGE).unwrap();
    let out = nisba().args(["analyze", "--json"]).arg(&file).output().unwrap();
    let record: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(record["source"]["published_at"], "2022-03-12T04:00:00Z");
    assert_eq!(record["caption"], "İlham Əliyev Aşqabadda");
    let page = &record["page"];
    assert_eq!(page["authors"][0], "Leyla Həsənova");
    assert_eq!(page["keywords"], serde_json::json!(["qaz", "ticarət"]));
    assert_eq!(page["alternates"][0], serde_json::json!({"language": "ru", "url": "https://news.example/ru/1"}));
    // The byline is read for people too.
    let people = record["people"].to_string();
    assert!(people.contains("Leyla Həsənova") && people.contains("byline"), "{people}");
}

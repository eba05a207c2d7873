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
    assert!(String::from_utf8_lossy(&out.stderr).contains("none.html: cannot be read: "));
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

#[tokio::test]
async fn what_is_no_article_is_said_to_be_none_and_names_nobody() {
    let nisba = crate::harness::Nisba::start().await;
    let page = |body: &str, title: &str| format!("<html><head><title>{title}</title></head><body>{body}</body></html>");
    let wall = "<div><h1>Before you continue</h1><p>We and our partners store and/or access information on a device, such as cookies, and process personal data.</p><button>Accept all</button></div>";
    let headlines: String = (0..40)
        .map(|n| {
            format!(
                "<div class=item><a href=/{n}>Ilham Aliyev opens road number {n} in the north of the country</a></div>"
            )
        })
        .collect();
    for (number, (html, extra, kind)) in [
        (
            page(
                "<h1>404</h1><p>Sorry, Ilham Aliyev: the page you are looking for does not exist.</p>",
                "Page not found",
            ),
            serde_json::json!({"http_status": 404}),
            "error-page",
        ),
        (page(wall, "Before you continue"), serde_json::json!({}), "consent-wall"),
        (
            page("<p>Checking your browser before accessing news.example.</p>", "Just a moment..."),
            serde_json::json!({"http_status": 503}),
            "bot-check",
        ),
        (page("<div id=root></div>", "News"), serde_json::json!({}), "empty"),
        (page(&headlines, "Politics"), serde_json::json!({}), "listing"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut document = extra;
        document["html"] = html.into();
        document["url"] = format!("https://news.example/{number}").into();
        let record = nisba.record(&document).await;
        assert_eq!((&record["article"], &record["no_article"]["kind"]), (&false.into(), &kind.into()), "{record}");
        assert!(!record["no_article"]["why"].as_str().unwrap().is_empty());
        assert_eq!(record["people"], serde_json::json!([]));
    }
    let article = nisba.record(&serde_json::json!({"html": PAGE, "url": "https://news.example/az/1"})).await;
    assert_eq!((&article["article"], &article["no_article"]), (&true.into(), &Value::Null));
    let text = nisba.record(&serde_json::json!({"text": "Ilham Aliyev spoke."})).await;
    assert!(text["article"].is_null());
}

#[tokio::test]
async fn amp_pages_lead_to_their_document_and_dates_ahead_are_told() {
    let nisba = crate::harness::Nisba::start().await;
    let main = nisba.record(&serde_json::json!({"html": PAGE, "url": "https://news.example/az/1"})).await;
    assert!(main["variant_of"].is_null());
    let page = PAGE.replace("2022-03-12T08:00:00+04:00", "2097-03-12T08:00:00+04:00");
    let amp = nisba.record(&serde_json::json!({"html": page, "url": "https://news.example/amp/az/1"})).await;
    assert_eq!((&amp["variant_of"]["kind"], &amp["variant_of"]["document_id"]), (&"amp".into(), &main["id"]));
    assert_eq!(amp["text_hash"], main["text_hash"]);
    assert!(amp["provenance"]["notes"].to_string().contains("published in the future: 2097-03-12"), "{amp}");
}

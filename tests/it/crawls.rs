//! Crawls as they are: a WARC that a real crawler made of a real site is taken in bulk and from the command line.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use actix_web::{App, HttpResponse, HttpServer, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::harness::{Nisba, document, nisba};

const RUSSIAN: &str = "<html><head><meta charset=\"windows-1251\"><title>Встреча</title></head><body><article><p>Президент Ильхам Алиев встретился в Ашхабаде с президентом Ирана Эбрахимом Раиси, стороны обсудили торговлю, транспорт и газ.</p><p>Следующая встреча пройдет в Баку в июне, сообщил журналистам пресс-секретарь после переговоров.</p></article></body></html>";
const ENGLISH: &str = "<html lang=en><head><title>Talks</title></head><body><article><p>President Ilham Aliyev met President Ebrahim Raisi in Ashgabat on Saturday, and both spoke of trade, of transport and of gas.</p><p>They will meet again in Baku in June, the spokesman told reporters after the talks had ended.</p></article></body></html>";

/// A site with pages in two charsets, one of them gzipped and in chunks, a redirect, an image, and a link that leads nowhere.
fn site() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let html = || {
        let mut answer = HttpResponse::Ok();
        answer.content_type("text/html");
        answer
    };
    let server = HttpServer::new(move || {
        App::new()
            .route("/", web::get().to(move || async move {
                html().body("<a href=/ru>1</a> <a href=/en>2</a> <a href=/moved>3</a> <a href=/nothing>4</a> <img src=/a.png>")
            }))
            .route("/ru", web::get().to(move || async move {
                html().body(encoding_rs::WINDOWS_1251.encode(RUSSIAN).0.into_owned())
            }))
            .route("/en", web::get().to(move || async move {
                let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
                gzip.write_all(ENGLISH.as_bytes()).unwrap();
                let packed = gzip.finish().unwrap();
                let chunks: Vec<_> = packed.chunks(100).map(|c| Ok::<_, std::io::Error>(web::Bytes::copy_from_slice(c))).collect();
                html().insert_header(("Content-Encoding", "gzip")).streaming(futures_util::stream::iter(chunks))
            }))
            .route("/moved", web::get().to(|| async {
                HttpResponse::Found().insert_header(("Location", "/en")).finish()
            }))
            .route("/a.png", web::get().to(|| async { HttpResponse::Ok().content_type("image/png").body("PNG") }))
    })
    .workers(1)
    .listen(listener)
    .unwrap()
    .disable_signals()
    .run();
    tokio::spawn(server);
    base
}

/// What wget makes of the site.
async fn crawled(base: &str, folder: &Path) -> PathBuf {
    let (base, at) = (base.to_owned(), folder.to_owned());
    let crawl = move || {
        let arguments = ["-q", "-r", "-l", "2", "-p", "-e", "robots=off", "--delete-after", "--compression=none"];
        let accept = ["--header=Accept-Encoding: gzip", "--warc-file=crawl", "-P", "mirror"];
        // It ends with an error, since a link leads nowhere.
        Command::new("wget").args(arguments).args(accept).arg(format!("{base}/")).current_dir(&at).status().unwrap();
        at.join("crawl.warc.gz")
    };
    tokio::task::spawn_blocking(crawl).await.unwrap()
}

#[tokio::test]
async fn what_wget_wrote_is_taken_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let base = site();
    let warc = crawled(&base, folder.path()).await;
    let nisba = Nisba::start().await;
    let request = nisba.client.post(format!("{}/v1/documents:bulk?batch=crawl", nisba.base));
    let request = request.header("Content-Type", "application/warc").body(std::fs::read(&warc).unwrap());
    let answer = request.send().await.unwrap().text().await.unwrap();
    let answers: Vec<Value> = answer.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let taken = |path: &str| answers.iter().find(|a| a["url"] == format!("{base}{path}")).unwrap();
    for path in ["/", "/ru", "/en"] {
        assert_eq!(taken(path)["status"], 202, "{answer}");
    }
    assert!(!answer.contains("a.png") && !answer.contains("/moved"), "{answer}");
    nisba.drained().await;
    let (_, russian) = nisba.get(&format!("/v1/records/{}", taken("/ru")["id"].as_str().unwrap())).await;
    assert_eq!((&russian["title"], &russian["language"]["tag"]), (&"Встреча".into(), &"ru".into()));
    assert_eq!(russian["people"][0]["person_id"], "starter:ilham-aliyev");
    assert_eq!(russian["source"]["http_status"], 200);
    assert!(russian["source"]["fetched_at"].is_string());
    assert_eq!(russian["source"]["name"], "127.0.0.1");
    let (_, english) = nisba.get(&format!("/v1/records/{}", taken("/en")["id"].as_str().unwrap())).await;
    assert!(english["text"].as_str().unwrap().starts_with("President Ilham Aliyev met"), "{english}");
}

#[tokio::test]
async fn half_a_page_does_not_take_the_place_of_the_whole_one() {
    let nisba = Nisba::start().await;
    let block =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{ENGLISH}", ENGLISH.len());
    let record = format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/a\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    );
    let post = |warc: String| {
        let request = nisba.client.post(format!("{}/v1/documents:bulk", nisba.base));
        request.header("Content-Type", "application/warc").body(warc).send()
    };
    let whole: Value = post(record.clone()).await.unwrap().json().await.unwrap();
    assert_eq!(whole["status"], 202);
    let cut: Value = post(record[..record.len() - 200].to_owned()).await.unwrap().json().await.unwrap();
    assert_eq!((&cut["status"], &cut["url"]), (&400.into(), &"https://news.example/a".into()), "{cut}");
    let (_, document) = nisba.get(&format!("/v1/documents/{}", whole["id"].as_str().unwrap())).await;
    assert_eq!(document["revision"], 1);
}

#[tokio::test]
async fn the_command_line_takes_folders_patterns_and_crawls_and_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("in/deep");
    std::fs::create_dir_all(&inside).unwrap();
    let warc = crawled(&site(), folder.path()).await;
    std::fs::rename(warc, inside.join("crawl.warc.gz")).unwrap();
    std::fs::write(inside.join("notes.md"), "not for ingestion").unwrap();
    std::fs::write(folder.path().join("in/one.html"), ENGLISH).unwrap();
    let (legacy, _, _) = encoding_rs::WINDOWS_1251
        .encode("Президент Ильхам Алиев встретился в Баку с президентом Ирана Эбрахимом Раиси.");
    std::fs::write(folder.path().join("in/two.txt"), legacy).unwrap();
    let many = (0..300).map(|n| format!("{}\n", document(n))).collect::<String>();
    std::fs::write(folder.path().join("in/many.jsonl.zst"), zstd::encode_all(many.as_bytes(), 1).unwrap()).unwrap();
    let data = folder.path().join("data");
    let run = |arguments: &[&str], paths: &[&str]| {
        let mut command = nisba();
        command.args(["ingest", "--data"]).arg(&data).args(arguments).args(paths).current_dir(folder.path());
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    // A page of the crawl has the status 404 and is in it all the same.
    let (code, records, said) = run(&[], &["in"]);
    assert_eq!(code, Some(0), "{said}");
    let records: Vec<Value> = records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(records.len() >= 305 && said.contains(&format!("documents: {} new", records.len())), "{said}");
    let two = records.iter().find(|r| r["text"].as_str().unwrap().contains("Баку")).unwrap();
    assert_eq!(two["people"][0]["person_id"], "starter:ilham-aliyev");

    let (_, again, said) = run(&["--resume"], &["in"]);
    assert_eq!((again.as_str(), said.trim()), ("", "nisba: 0 documents"));
    let (_, again, said) = run(&[], &["in/*.jsonl.zst", "in/**/*.html"]);
    assert_eq!((again.as_str(), said.trim()), ("", "nisba: 301 documents: 301 the same as before"));
    // A file that cannot be read to its end is not done.
    let packed = zstd::encode_all(many.as_bytes(), 1).unwrap();
    std::fs::write(folder.path().join("cut.jsonl.zst"), &packed[..packed.len() / 2]).unwrap();
    for _ in 0..2 {
        let (code, _, said) = run(&["--resume"], &["cut.jsonl.zst"]);
        assert!(code == Some(1) && said.contains("the stream ends early"), "{said}");
    }
    let (code, _, said) = run(&[], &["in/*.nothing", "missing"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("in/*.nothing matches no file") && said.contains("cannot read missing: "), "{said}");
    assert!(said.ends_with("nisba: 0 documents\n"), "{said}");
}

/// Killed in the middle of a file, the next run goes on behind what is on disk.
#[test]
fn a_run_that_is_killed_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let many = (0..4_000).map(|n| format!("{}\n", document(n))).collect::<String>();
    std::fs::write(folder.path().join("many.jsonl"), many).unwrap();
    let command = || {
        let mut command = nisba();
        command.args(["ingest", "--data", "data", "--resume", "many.jsonl"]).current_dir(folder.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let mut first = command().spawn().unwrap();
    let kept = folder.path().join("data/ingest.json");
    let begun = std::time::Instant::now();
    let entries = || {
        let json: Value = serde_json::from_slice(&std::fs::read(&kept).ok()?).ok()?;
        json.as_object()?.values().next()?["entries"].as_u64()
    };
    // Its output is not read, so it does not end before it is killed.
    while entries().is_none_or(|entries| entries < 100) {
        assert!(begun.elapsed().as_secs() < 60);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let before = entries().unwrap();
    let second = command().output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(second.status.success(), "{said}");
    let read: u64 = said.strip_prefix("nisba: ").unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(before >= 100 && read <= 4_000 - before, "{before} {said}");
    assert_eq!(entries(), Some(4_000));
}

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits { body: 1 << 20, header: 4 << 10 };

const PAGE: &str = "<html><p>Ильхам Алиев</p></html>";

fn record(kind: &str, url: &str, fields: &str, block: impl AsRef<[u8]>) -> Vec<u8> {
    let block = block.as_ref();
    let mut record = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-03-01T10:20:30Z\r\n\
         WARC-Record-ID: <urn:uuid:1>\r\n{fields}Content-Length: {}\r\n\r\n",
        block.len()
    )
    .into_bytes();
    record.extend(block);
    record.extend(b"\r\n\r\n");
    record
}

fn message(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    [format!("HTTP/1.1 {head}\r\n\r\n").as_bytes(), body.as_ref()].concat()
}

fn response(url: &str, head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    record("response", url, "Content-Type: application/http; msgtype=response\r\n", message(head, body))
}

fn page(url: &str) -> Vec<u8> {
    response(url, "200 OK\r\nContent-Type: text/html; charset=UTF-8", PAGE)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read(file: &[u8]) -> Vec<Result<Item, Error>> {
    Reader::new(file, LIMITS).collect()
}

/// A line for each item: the address of a page with its notes, why a record was skipped, or the error.
fn told(file: &[u8]) -> Vec<String> {
    let tell = |item: Result<Item, Error>| match item {
        Ok(Item::Capture(page)) => [vec![page.url], page.notes].concat().join("; "),
        Ok(Item::Skipped { record, kind, why }) => format!("{record} {kind}: {why}"),
        Err(error) => error.to_string(),
    };
    read(file).into_iter().map(tell).collect()
}

fn only(file: &[u8]) -> Capture {
    let mut items = read(file);
    assert_eq!(items.len(), 1, "{items:?}");
    match items.remove(0) {
        Ok(Item::Capture(page)) => page,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_page_says_where_it_came_from() {
    let head = "404 Not Found\r\nContent-type: Text/HTML; charset=Windows-1251\r\nContent-Language: az, ru";
    let page = only(&response("<http://a.az/>", head, PAGE));
    let expected = Capture {
        record_id: Some("urn:uuid:1".into()),
        url: "http://a.az/".into(),
        fetched_at: Some("2024-03-01T10:20:30Z".parse().unwrap()),
        status: Some(404),
        media_type: Some("text/html".into()),
        charset: Some("Windows-1251".into()),
        language: Some("az".into()),
        body: PAGE.into(),
        notes: Vec::new(),
        cut: false,
    };
    assert_eq!(page, expected);
}

#[test]
fn both_versions_are_read_and_any_case_of_letters() {
    let file = "WARC/1.1\r\nwarc-type: Resource\r\nwarc-target-uri: https://a.az/\r\n /b\r\n\
                warc-date: 2024-03-01T10:20:30.123456Z\r\ncontent-type: text/plain;charset=utf-8\r\n\
                content-length: 5\r\n\r\nKısa\r\n\r\n";
    let page = only(file.as_bytes());
    assert_eq!((page.body.as_slice(), page.status), ("Kısa".as_bytes(), None));
    assert_eq!((page.url.as_str(), page.media_type.as_deref()), ("https://a.az/ /b", Some("text/plain")));
    assert_eq!(page.fetched_at, Some("2024-03-01T10:20:30.123456Z".parse().unwrap()));
}

#[test]
fn gzip_may_be_over_each_record_over_all_or_over_parts() {
    let records = [page("http://a.az/1"), record("request", "http://a.az/2", "", "GET"), page("http://a.az/3")];
    let all = records.concat();
    let each: Vec<u8> = records.iter().flat_map(|record| gzip(record)).collect();
    let parts: Vec<u8> = all.chunks(100).flat_map(gzip).collect();
    let expected = ["http://a.az/1", "2 request: what the crawler asked for", "http://a.az/3"];
    for file in [each, gzip(&all), parts, all] {
        assert_eq!(told(&file), expected);
    }
}

#[test]
fn what_is_no_page_is_skipped() {
    let html = "200 OK\r\nContent-Type: text/html";
    let file = [
        record("warcinfo", "", "", "software: x"),
        record("metadata", "http://a.az/", "", "x"),
        record("revisit", "http://a.az/", "", message(html, "")),
        record("conversion", "http://a.az/", "Content-Type: text/plain\r\n", "x"),
        record("continuation", "http://a.az/", "WARC-Segment-Number: 2\r\n", "x"),
        record("response", "dns:a.az", "Content-Type: text/dns\r\n", "a.az. 1 IN A 1.2.3.4"),
        record("resource", "metadata://gnu.org/log", "Content-Type: text/plain\r\n", "x"),
        response("http://a.az/a.png", "200 OK\r\nContent-Type: image/png", "x"),
        response("http://a.az/b", "301 Moved\r\nContent-Type: text/html", PAGE),
        response("http://a.az/c", html, ""),
        response("http://a.az/d", "200 OK", "{}"),
        response("http://a.az/d", &format!("{html}\r\nContent-Encoding: gzip"), &gzip(b"")[..9]),
        response("http://a.az/e", "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: compress", b"\x1f\x9d"),
        response("a.az", html, PAGE),
    ];
    let expected = [
        "1 warcinfo: about the file",
        "2 metadata: about another record",
        "3 revisit: the same as in an earlier capture",
        "4 conversion: made from another record",
        "5 continuation: a later segment of a record",
        "6 response: not on the web (dns:)",
        "7 resource: not on the web (metadata:)",
        "8 response: image/png",
        "9 response: status 301",
        "10 response: no body",
        "11 response: no media type",
        "12 response: no body; the gzip of the page breaks off after 0 bytes",
        "13 response: content coding compress",
        "14 response: no address",
    ];
    assert_eq!(told(&file.concat()), expected);
}

#[test]
fn a_page_without_a_media_type_is_known_by_its_body() {
    let page = only(&response("http://a.az/", "200 OK", PAGE));
    assert_eq!((page.media_type, page.body), (None, PAGE.into()));
    let bare = record("response", "http://a.az/", "Content-Type: application/http;msgtype=response\r\n", PAGE);
    assert_eq!(only(&bare).status, None);
}

#[test]
fn chunks_and_codings_are_taken_off() {
    let head = "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked";
    let coded = gzip(PAGE.as_bytes());
    let chunked = [format!("{:x}\r\n", coded.len()).as_bytes(), &coded, b"\r\n0\r\n\r\n"].concat();
    let page = only(&response("http://a.az/", head, chunked));
    assert_eq!((page.body, page.notes), (PAGE.into(), Vec::new()));
    let page = only(&response("http://a.az/", head, PAGE));
    assert_eq!((page.body, page.notes.len()), (PAGE.into(), 2));
}

#[test]
fn a_bomb_is_refused_and_the_next_page_read() {
    let head = "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip";
    let bomb = response("http://a.az/bomb", head, gzip(&vec![0; 100 << 20]));
    let large = response("http://a.az/large", "200 OK\r\nContent-Type: text/html", vec![b' '; (1 << 20) + 1]);
    let video = response("http://a.az/video", "200 OK", vec![b' '; (1 << 20) + 1]);
    let file = [gzip(&bomb), gzip(&large), gzip(&video), gzip(&page("http://a.az/"))];
    let expected = [
        "record 1 at byte 0: the page is larger than 1048576 bytes, the limit".to_owned(),
        format!("record 2 at byte {}: the page is larger than 1048576 bytes, the limit", file[0].len()),
        "3 response: large, and without a media type".to_owned(),
        "http://a.az/".to_owned(),
    ];
    assert_eq!(told(&file.concat()), expected);
    assert_eq!(read(&bomb)[0].as_ref().unwrap_err().url.as_deref(), Some("http://a.az/bomb"));
}

#[test]
fn a_file_cut_short_keeps_what_it_has() {
    let plain = page("http://a.az/");
    let cut = only(&plain[..plain.len() - 12]);
    assert_eq!(cut.notes, ["the record is cut short: 8 bytes of it are missing"]);
    assert!(PAGE.as_bytes().starts_with(&cut.body));
    let packed = gzip(&plain);
    assert_eq!(only(&packed[..packed.len() - 8]).body, PAGE.as_bytes());
    assert_eq!(told(&plain[..20]), ["record 1 at byte 0: its head does not say how long it is"]);
    assert!(read(b"").is_empty() && read(b"\r\n\r\n").is_empty());
}

#[test]
fn a_claim_of_gigabytes_reserves_none() {
    let text = String::from_utf8(page("http://a.az/")).unwrap();
    let length = text.find("Content-Length").unwrap();
    let end = length + text[length..].find("\r\n").unwrap();
    let claim = [&text[..length], "Content-Length: 3221225472", &text[end..]].concat();
    assert!(only(claim.as_bytes()).notes[0].starts_with("the record is cut short: 32212"));
    // A member that begins with a record ends the one before.
    let file = [gzip(claim.as_bytes()), gzip(&page("http://a.az/2"))].concat();
    let told = told(&file);
    assert!(told.len() == 2 && told[1] == "http://a.az/2", "{told:?}");
}

#[test]
fn what_was_cut_short_on_the_way_is_noted() {
    let block = message("200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000", PAGE);
    let fields = "WARC-Truncated: length\r\nWARC-Segment-Number: 1\r\n";
    let page = only(&record("response", "http://a.az/", fields, block));
    let notes = [
        "the page was cut short when it was fetched: length",
        "the page is cut short: only its first segment was read",
    ];
    assert_eq!(page.notes, notes);
}

#[test]
fn reading_goes_on_behind_what_is_no_record() {
    let (one, two) = (page("http://a.az/1"), page("http://a.az/2"));
    let file = [&b"junk WARC/1.x"[..], &one, b"\0\0<p>WARC/1. junk", &two, b"junk"].concat();
    let expected = [
        "record 1 at byte 0: 13 bytes before it belong to no record".to_owned(),
        "http://a.az/1".to_owned(),
        format!("record 2 at byte {}: 17 bytes before it belong to no record", one.len() + 13),
        "http://a.az/2".to_owned(),
        format!("record 3 at byte {}: 4 bytes before it belong to no record", one.len() + two.len() + 30),
    ];
    assert_eq!(told(&file), expected);
    assert_eq!(told(b"<html>").len(), 1);
}

#[test]
fn a_record_without_a_length_or_with_an_endless_head_is_passed_over() {
    let endless = format!("WARC/1.0\r\n{}\r\n\r\n", "a: b\r\n".repeat(1000));
    let file = [&b"WARC/1.0\r\nWARC-Type: response\r\n\r\nbody"[..], endless.as_bytes(), &page("http://a.az/")];
    let expected = [
        "record 1 at byte 0: its head does not say how long it is",
        "record 2 at byte 37: a head is larger than 4096 bytes, the limit",
        "http://a.az/",
    ];
    assert_eq!(told(&file.concat()), expected);
    let endless = format!("200 OK\r\n{}", "a: b\r\n".repeat(1000));
    let file = [response("http://a.az/1", &endless, PAGE), page("http://a.az/2")].concat();
    let expected = ["record 1 at byte 0: a head is larger than 4096 bytes, the limit", "http://a.az/2"];
    assert_eq!(told(&file), expected);
}

#[test]
fn a_text_about_records_is_no_record() {
    let text = String::from_utf8(page("http://b.az/")).unwrap();
    let file = response("http://a.az/", "200 OK\r\nContent-Type: text/plain", &text);
    assert_eq!(only(&file).body, text.as_bytes());
}

#[test]
fn line_breaks_may_be_bare_missing_or_too_many() {
    let head = "WARC/1.0\nWARC-Type: response\nWARC-Target-URI: http://a.az/\nContent-Length: ";
    let block = format!("HTTP/1.1 200 OK\nContent-Type: text/html\n\n{PAGE}");
    let record = format!("{head}{}\n\n{block}", block.len());
    let file = [&record, "", &record, "\n", &record, "\r\n\r\n\r\n\r\n\n", &record].concat();
    assert_eq!(told(file.as_bytes()), ["http://a.az/"; 4]);
}

#[test]
fn damage_to_one_member_is_no_loss_of_the_others() {
    let members: Vec<Vec<u8>> = (0..3).map(|i| gzip(&page(&format!("http://a.az/{i}")))).collect();
    let length = members[0].len();
    for (at, byte) in [(length + 40, 0x55), (2 * length - 6, 0xff), (length, 0), (length + 3, 0xff)] {
        let mut file = members.concat();
        file[at] ^= byte;
        file[at] = if at == length { 7 } else { file[at] };
        let told = told(&file);
        assert_eq!((told.len(), told[0].as_str(), told[2].as_str()), (3, "http://a.az/0", "http://a.az/2"), "{told:?}");
        assert!(
            told[1].starts_with(&format!("record 2 at byte {length}: the gzip of the file is damaged")),
            "{told:?}"
        );
    }
    let file = [&members[0][..], b"junk", &members[2]].concat();
    assert_eq!(told(&file).len(), 3);
}

#[test]
fn an_error_of_the_file_itself_is_the_end() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    for file in [page("http://a.az/"), gzip(&page("http://a.az/"))] {
        let cut = file.len() - 20;
        let mut reader = Reader::new(io::BufReader::new(file[..cut].chain(Failing)), LIMITS);
        let error = reader.next().unwrap().unwrap_err();
        assert!(matches!(error.fault, Fault::Unreadable(_)), "{error}");
        assert!(reader.next().is_none());
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        read(&bytes);
        read(&gzip(&bytes));
        let head = "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip, br, zstd, deflate";
        read(&response("http://a.az/", head, &bytes));
    }

    #[test]
    fn no_change_is_too_strange(
        gzipped: bool,
        coding in proptest::sample::select(vec!["gzip", "br", "zstd", "deflate", "identity"]),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
        cut: prop::sample::Index,
    ) {
        let head = "200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: ";
        let body = match coding {
            "gzip" => gzip(PAGE.as_bytes()),
            "zstd" => zstd::encode_all(PAGE.as_bytes(), 1).unwrap(),
            _ => PAGE.into(),
        };
        let chunked = [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
        let records = [response("http://a.az/", &format!("{head}{coding}"), chunked), page("http://a.az/2")];
        let packed: Vec<u8> = records.iter().flat_map(|record| gzip(record)).collect();
        let mut file = if gzipped { packed } else { records.concat() };
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate(cut.index(file.len()) + 1);
        prop_assert!(read(&file).len() < 20);
    }
}

//! Heads of WARC records and of HTTP messages, which are written alike, and the body of an HTTP message as a reader
//! sees it: without chunks (RFC 9112 §7.1) and content codings (RFC 9110 §8.4).
//!
//! Crawlers differ in what they keep. Some write the bytes as they came, some take chunks and codings off and leave the
//! head as it was. So the head is a claim, and the bytes decide.

use std::io::{self, BufRead, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// More codings than this are no page but an attempt to keep us busy. Browsers draw the line at five, too.
const MOST_CODINGS: usize = 5;

/// Window of zstd at most, as a power of two: the 8 MB that RFC 9659 allows to a content coding.
const ZSTD_WINDOW: u32 = 23;

/// A first line and its fields.
#[derive(Debug, Default)]
pub struct Head {
    pub first_line: String,
    fields: Vec<(String, String)>,
}

impl Head {
    /// Reads up to and with the empty line, or to the end of the input. None when that takes more than `limit` bytes.
    pub fn read(input: &mut impl BufRead, limit: usize) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        loop {
            let before = bytes.len();
            let room = (limit - before) as u64 + 1;
            input.by_ref().take(room).read_until(b'\n', &mut bytes)?;
            if bytes.len() > limit {
                return Ok(None);
            }
            if matches!(&bytes[before..], b"" | b"\n" | b"\r\n") {
                return Ok(Some(Self::parse(&bytes)));
            }
        }
    }

    /// Lines end with LF, with or without CR; a line that begins with white space goes on with the one before
    /// (ISO 28500 §4, RFC 9112 §5.2). What is no field is passed over.
    fn parse(bytes: &[u8]) -> Self {
        let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| text(line.strip_suffix(b"\r").unwrap_or(line)));
        let mut head = Self { first_line: lines.next().unwrap_or_default(), fields: Vec::new() };
        for line in lines {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = head.fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                head.fields.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        head
    }

    /// The first field of this name that says something.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).find(|value| !value.is_empty())
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The elements of a list, in lower case (RFC 9110 §5.6.1).
    fn list(&self, name: &str) -> impl Iterator<Item = String> {
        self.all(name).flat_map(|value| value.split(',')).map(|one| one.trim().to_ascii_lowercase())
    }

    /// The status of a response: `HTTP/1.1 200 OK`, `HTTP/2 200`.
    pub fn status(&self) -> Option<u16> {
        self.first_line.split_ascii_whitespace().nth(1)?.parse().ok()
    }

    /// The first language of `Content-Language`.
    pub fn language(&self) -> Option<String> {
        let tag = self.get("Content-Language")?.split([',', ';']).next()?.trim();
        let plausible = tag.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        (plausible && !tag.is_empty()).then(|| tag.to_owned())
    }

    /// What was laid over the body, in the order in which it was.
    fn codings(&self) -> Vec<String> {
        let said = self.list("Content-Encoding").chain(self.list("Transfer-Encoding"));
        said.filter(|coding| !matches!(coding.as_str(), "" | "identity" | "none" | "chunked")).collect()
    }

    fn is_chunked(&self) -> bool {
        self.list("Transfer-Encoding").any(|coding| coding == "chunked")
    }
}

/// UTF-8, which ISO 28500 asks for, or else Latin-1, which HTTP once had.
fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned)
}

/// The essence of a content type, in lower case: `text/html`.
pub fn media_type(content_type: &str) -> Option<String> {
    let essence = content_type.split([';', ',']).next()?.trim().to_ascii_lowercase();
    essence.contains('/').then_some(essence)
}

/// The charset that a content type names, as it is written there.
pub fn charset(content_type: &str) -> Option<String> {
    let value = content_type.split([';', ',']).skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })?;
    let value = value.trim().trim_matches(['"', '\'']).trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Whether bytes without a media type are HTML: the tags by which browsers know it (WHATWG MIME Sniffing §7.1).
pub fn begins_like_markup(bytes: &[u8]) -> bool {
    const TAGS: [&[u8]; 17] = [
        b"<!doctype html",
        b"<html",
        b"<head",
        b"<script",
        b"<iframe",
        b"<h1",
        b"<div",
        b"<font",
        b"<table",
        b"<a",
        b"<style",
        b"<title",
        b"<b",
        b"<body",
        b"<br",
        b"<p",
        b"<meta",
    ];
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let is_tag = |tag: &[u8]| {
        let (begins, next) = bytes.split_at_checked(tag.len()).unwrap_or_default();
        begins.eq_ignore_ascii_case(tag) && matches!(next.first(), Some(b'>' | b' ' | b'\t' | b'\r' | b'\n'))
    };
    bytes.starts_with(b"<!--") || bytes.starts_with(b"<?xml") || TAGS.iter().any(|tag| is_tag(tag))
}

/// Why there is no body.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    TooLarge,
    /// A coding that cannot be taken off.
    Coding(String),
}

/// The body as a reader sees it, and what was wrong with it.
///
/// # Errors
/// When it is larger than `limit`, or in a coding that is not known.
pub fn open(head: &Head, body: Vec<u8>, cut_short: bool, limit: usize) -> Result<(Vec<u8>, Vec<String>), Refusal> {
    let mut notes = Vec::new();
    let codings = head.codings();
    if codings.len() > MOST_CODINGS {
        return Err(Refusal::Coding(format!("more than {MOST_CODINGS} of them")));
    }
    let mut body = body;
    if head.is_chunked() {
        body = unchunk(body, cut_short, &mut notes);
    } else if let Some(length) = head.get("Content-Length").and_then(|length| length.parse::<usize>().ok()) {
        if body.len() < length && !cut_short {
            notes.push(format!("the page is cut short: {} of {length} bytes were fetched", body.len()));
        } else if body.len() > length && codings.is_empty() {
            // A record that claims too much has the next ones in it.
            notes.push(format!("{} bytes after the page were left out", body.len() - length));
            body.truncate(length);
        }
    }
    for coding in codings.iter().rev() {
        body = take_off(coding, body, limit, &mut notes)?;
    }
    Ok((body, notes))
}

fn unchunk(bytes: Vec<u8>, cut_short: bool, notes: &mut Vec<String>) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    if !is_chunked(&bytes, cut_short) {
        notes.push("the page is said to be chunked, and is not".into());
        return bytes;
    }
    let mut body = Vec::with_capacity(bytes.len());
    let mut rest = &bytes[..];
    while let Some((size, after)) = chunk_size(rest) {
        if size == 0 {
            return body;
        }
        let Some((chunk, after)) = after.split_at_checked(size) else {
            body.extend(after);
            break;
        };
        body.extend(chunk);
        rest = after.strip_prefix(b"\r").unwrap_or(after);
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    notes.push(format!("the chunks of the page break off after {} bytes", body.len()));
    body
}

/// The size of the chunk that begins here, and what follows its line. Extensions are passed over.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let digits = bytes[..end].split(|byte| *byte == b';').next()?.trim_ascii();
    // A number that begins with a sign is none here, though Rust takes it for one.
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some((usize::from_str_radix(digits, 16).ok()?, &bytes[end + 1..]))
}

/// Whether there are chunks, and not just a text whose first line is a number.
fn is_chunked(bytes: &[u8], cut_short: bool) -> bool {
    let Some((size, after)) = chunk_size(bytes) else { return false };
    match after.get(size..) {
        Some(rest) if size == 0 => rest.trim_ascii().is_empty() || rest.contains(&b':'),
        Some(rest) => rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r"),
        None => cut_short || begins_like_markup(after) || std::str::from_utf8(after).is_err(),
    }
}

fn take_off(coding: &str, coded: Vec<u8>, limit: usize, notes: &mut Vec<String>) -> Result<Vec<u8>, Refusal> {
    if coded.is_empty() {
        return Ok(coded);
    }
    let (decoded, broken) = match decoder(coding, &coded) {
        _ if begins_like_markup(&coded) => (Vec::new(), true),
        Ok(decoder) => drain(decoder, limit)?,
        Err(Refusal::Coding(_)) if std::str::from_utf8(&coded).is_ok() => (Vec::new(), true),
        Err(refusal) => return Err(refusal),
    };
    if !broken {
        return Ok(decoded);
    }
    // Compressed bytes are never a text by chance, and text may decode to a few bytes before it turns out to be none.
    let never_coded = std::str::from_utf8(&coded).is_ok() || (decoded.is_empty() && !has_mark(coding, &coded));
    if never_coded {
        notes.push(format!("the page is said to be in {coding}, and is not"));
        return Ok(coded);
    }
    notes.push(format!("the {coding} of the page breaks off after {} bytes", decoded.len()));
    Ok(decoded)
}

fn decoder<'a>(coding: &str, coded: &'a [u8]) -> Result<Box<dyn Read + 'a>, Refusal> {
    let unknown = || Refusal::Coding(coding.to_owned());
    Ok(match coding {
        "gzip" | "x-gzip" => Box::new(MultiGzDecoder::new(coded)),
        // RFC 9110 §8.4.1.2 means zlib; some servers send deflate without it.
        "deflate" if is_zlib(coded) => Box::new(ZlibDecoder::new(coded)),
        "deflate" => Box::new(DeflateDecoder::new(coded)),
        // 0x11 asks for a window of up to a gigabyte, which RFC 7932 §9.1 does not know.
        "br" if coded.first() != Some(&0x11) => Box::new(brotli::Decompressor::new(coded, 4096)),
        "zstd" => {
            let mut decoder = zstd::Decoder::with_buffer(coded).map_err(|_| unknown())?;
            decoder.window_log_max(ZSTD_WINDOW).map_err(|_| unknown())?;
            Box::new(decoder)
        }
        _ => return Err(unknown()),
    })
}

/// RFC 1950 §2.2.
fn is_zlib(coded: &[u8]) -> bool {
    matches!(coded, [first, second, ..] if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}

/// Whether the bytes begin as the coding asks, for those that have a mark.
fn has_mark(coding: &str, coded: &[u8]) -> bool {
    match coding {
        "gzip" | "x-gzip" => coded.starts_with(&[0x1f, 0x8b]),
        "deflate" => is_zlib(coded),
        "zstd" => coded.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]),
        _ => false,
    }
}

/// What can be decoded, and whether the rest cannot. Stops at the limit, however much more there would be.
fn drain(mut decoder: impl Read, limit: usize) -> Result<(Vec<u8>, bool), Refusal> {
    let mut decoded = Vec::new();
    let mut part = [0; 8 << 10];
    loop {
        match decoder.read(&mut part) {
            Ok(0) => return Ok((decoded, false)),
            Ok(length) if decoded.len() + length > limit => return Err(Refusal::TooLarge),
            Ok(length) => decoded.extend(&part[..length]),
            Err(_) => return Ok((decoded, true)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const PAGE: &str = "<html><p>Ильхам Алиев встретился с президентом Ирана.</p></html>";

    const LIMIT: usize = 1 << 20;

    fn head(fields: &str) -> Head {
        Head::parse(format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n").as_bytes())
    }

    fn opened(fields: &str, body: &[u8]) -> (Vec<u8>, String) {
        let (body, notes) = open(&head(fields), body.to_vec(), false, LIMIT).unwrap();
        (body, notes.join("; "))
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn brotli(bytes: &[u8]) -> Vec<u8> {
        let mut coded = Vec::new();
        brotli::CompressorReader::new(bytes, 4096, 5, 22).read_to_end(&mut coded).unwrap();
        coded
    }

    fn coded() -> Vec<(&'static str, Vec<u8>)> {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(PAGE.as_bytes()).unwrap();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
        deflate.write_all(PAGE.as_bytes()).unwrap();
        vec![
            ("gzip", gzip(PAGE.as_bytes())),
            ("x-gzip", gzip(PAGE.as_bytes())),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", deflate.finish().unwrap()),
            ("br", brotli(PAGE.as_bytes())),
            ("zstd", zstd::encode_all(PAGE.as_bytes(), 3).unwrap()),
            ("gzip, br", brotli(&gzip(PAGE.as_bytes()))),
        ]
    }

    #[test]
    fn fields_are_read_as_crawlers_write_them() {
        let bytes = b"HTTP/1.1 200 OK\r\nCONTENT-type : Text/HTML;\r\n\tCharset=\"windows-1251\"\r\nno field\n\
            X-Empty:\nX-Empty: b\nCity: K\xf6ln\nStadt: K\xc3\xb6ln\n\nbody";
        let mut input = &bytes[..];
        let head = Head::read(&mut input, 1000).unwrap().unwrap();
        assert_eq!((input, head.status()), (&b"body"[..], Some(200)));
        let content_type = head.get("content-type").unwrap();
        assert_eq!(media_type(content_type).as_deref(), Some("text/html"));
        assert_eq!(charset(content_type).as_deref(), Some("windows-1251"));
        assert_eq!((head.get("x-empty"), head.get("city"), head.get("stadt")), (Some("b"), Some("Köln"), Some("Köln")));
        assert!(Head::read(&mut &bytes[..], bytes.len() - 5).unwrap().is_none());
        assert!(Head::read(&mut &bytes[..], bytes.len() - 4).unwrap().is_some());
    }

    #[test]
    fn languages_and_content_types_are_told_from_what_is_none() {
        assert_eq!(self::head("Content-Language: az-Latn, ru").language().as_deref(), Some("az-Latn"));
        assert_eq!(self::head("Content-Language: <b>").language(), None);
        assert_eq!((media_type("html"), charset("text/html; charset=")), (None, None));
        assert_eq!(charset("text/html;charset=utf-8, text/html").as_deref(), Some("utf-8"));
    }

    #[test]
    fn chunks_are_taken_off_and_told_from_text() {
        let chunked = "Transfer-Encoding: Chunked";
        assert_eq!(
            opened(chunked, b"3\r\nabc\r\n0A;x=y\r\n0123456789\r\n0\r\n\r\n"),
            (b"abc0123456789".into(), "".into())
        );
        assert_eq!(opened(chunked, b"3\nabc\n0\n\n"), (b"abc".into(), "".into()));
        assert_eq!(opened(chunked, b"0\r\n\r\n"), (b"".into(), "".into()));
        for text in ["<html>", "2024\r\nA year.", "ffffffffffffffffffff\r\n", "3\r\nabcdef", "+3\r\nabc\r\n"] {
            let (body, notes) = opened(chunked, text.as_bytes());
            assert_eq!((body, notes.as_str()), (text.into(), "the page is said to be chunked, and is not"));
        }
        for broken in ["3\r\nabc\r\n", "3\r\nabc\r\nzz\r\nabc"] {
            assert_eq!(
                opened(chunked, broken.as_bytes()),
                (b"abc".into(), "the chunks of the page break off after 3 bytes".into())
            );
        }
        assert_eq!(opened(chunked, b"ff\r\n<p>a").0, b"<p>a");
    }

    #[test]
    fn codings_are_taken_off() {
        for (coding, coded) in coded() {
            let fields = format!("Content-Encoding: {coding}");
            assert_eq!(opened(&fields, &coded), (PAGE.into(), String::new()), "{coding}");
            let mut chunked = format!("{:x}\r\n", coded.len()).into_bytes();
            chunked.extend(coded);
            chunked.extend(b"\r\n0\r\n\r\n");
            let fields = format!("Content-Encoding: {coding}\r\nTransfer-Encoding: chunked");
            assert_eq!(opened(&fields, &chunked), (PAGE.into(), String::new()), "{coding}");
        }
    }

    #[test]
    fn a_body_without_the_coding_of_its_head_is_left_as_it_is() {
        for (coding, _) in coded() {
            for text in [PAGE, "  \u{FEFF}plain text", "x", "\u{b}\0"] {
                let (body, notes) = opened(&format!("Content-Encoding: {coding}"), text.as_bytes());
                assert_eq!(String::from_utf8(body).unwrap(), text, "{coding}");
                assert!(notes.contains("and is not"), "{notes}");
            }
        }
        assert_eq!(opened("Content-Encoding: utf-8", b"text").1, "the page is said to be in utf-8, and is not");
    }

    #[test]
    fn what_a_broken_coding_gave_is_kept() {
        let page = PAGE.as_bytes().iter().cycle().enumerate().map(|(i, b)| b ^ (i / 97) as u8);
        let page: Vec<u8> = page.take(600_000).collect();
        for (coding, coded) in
            [("gzip", gzip(&page)), ("br", brotli(&page)), ("zstd", zstd::encode_all(&page[..], 1).unwrap())]
        {
            let (body, notes) = opened(&format!("Content-Encoding: {coding}"), &coded[..coded.len() * 9 / 10]);
            assert!(!body.is_empty() && page.starts_with(&body) && body.len() < page.len(), "{coding}: {}", body.len());
            assert_eq!(notes, format!("the {coding} of the page breaks off after {} bytes", body.len()));
        }
    }

    #[test]
    fn bombs_and_foreign_codings_are_refused() {
        let zeros = vec![0; 100 << 20];
        for (coding, bomb) in
            [("gzip", gzip(&zeros)), ("br", brotli(&zeros)), ("zstd", zstd::encode_all(&zeros[..], 1).unwrap())]
        {
            let head = self::head(&format!("Content-Encoding: {coding}"));
            assert_eq!(open(&head, bomb, false, LIMIT), Err(Refusal::TooLarge), "{coding}");
        }
        for (coding, body) in [("compress", &b"\x1f\x9d\x90"[..]), ("br", b"\x11\xff")] {
            let head = self::head(&format!("Content-Encoding: {coding}"));
            assert_eq!(open(&head, body.to_vec(), false, LIMIT), Err(Refusal::Coding(coding.into())));
        }
        let many = self::head(&format!("Content-Encoding: {}", "gzip,".repeat(6)));
        assert!(matches!(open(&many, gzip(b"a"), false, LIMIT), Err(Refusal::Coding(_))));
    }

    #[test]
    fn a_page_shorter_than_its_length_is_cut_short() {
        assert_eq!(opened("Content-Length: 10", b"abc").1, "the page is cut short: 3 of 10 bytes were fetched");
        assert_eq!(opened("Content-Length: 3", b"abc").1, "");
    }

    #[test]
    fn pages_are_known_by_their_first_tag() {
        for page in ["<!DOCTYPE HTML>", "\u{FEFF} \n<Html lang=az>", "<!-- -->", "<?xml version='1.0'?>", "<p>"] {
            assert!(begins_like_markup(page.as_bytes()), "{page}");
        }
        for other in ["", "<", "<html", "<pre>", "{}", "GIF89a", "<svg>"] {
            assert!(!begins_like_markup(other.as_bytes()), "{other}");
        }
    }
}

//! Which charset a page is in: the BOM, then the header, then the page's own word, then a guess.

use encoding_rs::{Encoding, UTF_8};

/// How much of a page is searched for its charset, as the HTML standard asks.
const PRESCAN: usize = 1024;

/// The page as text, and a note when bytes had to be replaced.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> (String, Option<String>) {
    let encoding = Encoding::for_bom(bytes)
        .map(|(encoding, _)| encoding)
        .or_else(|| declared.and_then(|label| Encoding::for_label(label.as_bytes())))
        .or_else(|| declared_by_page(bytes))
        .unwrap_or_else(|| guess(bytes));
    let (text, _, replaced) = encoding.decode(bytes);
    let note = replaced.then(|| format!("bytes that are not {} were replaced", encoding.name()));
    (text.into_owned(), note)
}

/// A plain text, whatever charset it says it is in.
pub fn decode_text(bytes: &[u8], declared: Option<&str>) -> String {
    decode(bytes, declared).0
}

fn declared_by_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN)]).to_ascii_lowercase();
    let meta = head
        .split("<meta")
        .skip(1)
        .find_map(|meta| meta.split('>').next()?.split_once("charset=").map(|(_, c)| c.to_owned()))?;
    let label: String = meta
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c))
        .collect();
    Encoding::for_label(label.as_bytes())
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_the_header_and_the_bytes_are_asked() {
        let (windows, _, _) = encoding_rs::WINDOWS_1251.encode("<p>Ильхам Алиев встретился с президентом");
        assert!(decode(&windows, Some("windows-1251")).0.contains("Ильхам"));
        assert!(decode(&windows, None).0.contains("Ильхам"));
        let mut page = b"<meta charset=\"windows-1251\">".to_vec();
        page.extend_from_slice(&windows);
        assert!(decode(&page, None).0.contains("Ильхам"));
        assert!(decode("\u{FEFF}Əliyev".as_bytes(), Some("windows-1252")).0.contains("Əliyev"));
    }
}

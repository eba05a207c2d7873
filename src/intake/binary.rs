//! Files that are no text, sent as if they were.

/// Bytes of a file by which it is known.
const START: usize = 8 << 10;

/// The media type of a file that is neither a page nor a text, as far as it begins like one; `None` for all others.
///
/// Signatures alone do not tell: texts begin with "BM" and "MZ" too. Only what no text holds beside it does.
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    let start = &bytes[..bytes.len().min(START)];
    if start.starts_with(b"%PDF-") {
        return Some("application/pdf");
    }
    let known = infer::get(start).filter(|known| known.matcher_type() != infer::MatcherType::Text);
    known.filter(|_| start.contains(&0)).map(|known| known.mime_type())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_from_texts_that_begin_like_them() {
        assert_eq!(kind(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj"), Some("application/pdf"));
        let program = [&b"\x7fELF\x02\x01\x01"[..], &[0; 64]].concat();
        assert_eq!(kind(&program), Some("application/x-executable"));
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
        for text in
            ["BMW cuts jobs", "MZ", "PK\u{3} is how archives begin", "", "<html><p>\0", "\0", "GIF89a is a format"]
        {
            assert_eq!(kind(text.as_bytes()), None, "{text}");
        }
        let utf_16: Vec<u8> = "BMW cuts jobs".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(kind(&[&[0xFF, 0xFE][..], &utf_16].concat()), None);
    }
}

//! What is declared of a page's charset: by its byte-order mark, its header, its `meta` and its XML declaration.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// How far into a page its own word is looked for. The standard asks authors for the first 1,024 bytes, and browsers
/// follow a later `meta` all the same: of 61 news pages ten had it beyond 1,024 bytes, two beyond 4,096.
const PRESCAN: usize = 16 << 10;

/// A charset that somebody said the page is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub encoding: &'static Encoding,
    /// As it was written.
    pub label: String,
}

/// All declarations, the most trusted first; and notes on labels that name no charset.
pub fn all(bytes: &[u8], header: Option<&str>, html: bool) -> (Vec<Declaration>, Vec<String>) {
    let mark = bytes.starts_with(b"\xEF\xBB\xBF").then(|| "utf-8".to_owned());
    let header = header.map(tidy).filter(|label| !label.is_empty());
    let head = &bytes[..bytes.len().min(PRESCAN)];
    let page = if html { in_meta(head).or_else(|| in_xml(head)) } else { None };
    let (mut declarations, mut unknown) = (Vec::new(), Vec::new());
    for label in [mark, header] {
        accept(label, named, &mut declarations, &mut unknown);
    }
    accept(page, named_by_page, &mut declarations, &mut unknown);
    (declarations, unknown)
}

fn accept(
    label: Option<String>,
    named: fn(&str) -> Option<&'static Encoding>,
    declarations: &mut Vec<Declaration>,
    unknown: &mut Vec<String>,
) {
    let Some(label) = label else { return };
    match named(&label) {
        Some(encoding) => declarations.push(Declaration { encoding, label }),
        None => unknown.push(format!("the declared charset {label:?} is not known")),
    }
}

/// A label without the quotes and blanks that servers leave around it, short enough for a note.
fn tidy(label: &str) -> String {
    let label = label.trim_matches(|c: char| c.is_whitespace() || "\"';,".contains(c));
    label.chars().take(40).collect::<String>().to_ascii_lowercase()
}

/// The charset of a label: the standard's labels, and those of Windows that servers write in other ways.
fn named(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.as_bytes()).or_else(|| match label {
        "utf8mb4" | "utf-8mb4" | "utf" => Some(UTF_8),
        "cp932" => Some(encoding_rs::SHIFT_JIS),
        "cp936" => Some(encoding_rs::GBK),
        "cp949" => Some(encoding_rs::EUC_KR),
        "cp950" => Some(encoding_rs::BIG5),
        _ => {
            let number = label.trim_start_matches(|c: char| !c.is_ascii_digit());
            let windows = ["windows", "win", "cp"].iter().any(|prefix| label.starts_with(prefix));
            let page = format!("windows-{number}");
            windows.then(|| Encoding::for_label_no_replacement(page.as_bytes())).flatten()
        }
    })
}

/// What a page says in ASCII cannot be UTF-16; the standard reads UTF-8 there, and windows-1252 for a charset that
/// scripts once used to get at bytes.
fn named_by_page(label: &str) -> Option<&'static Encoding> {
    named(label).map(|encoding| match encoding {
        wide if wide == UTF_16LE || wide == UTF_16BE => UTF_8,
        private if private == X_USER_DEFINED => WINDOWS_1252,
        other => other,
    })
}

/// The encoding of `<?xml version="1.0" encoding="windows-1251"?>`, which must be the very beginning of a page.
fn in_xml(head: &[u8]) -> Option<String> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let declaration = head.strip_prefix(b"<?xml")?;
    let declaration = &declaration[..memchr::memchr(b'>', declaration)?];
    let encoding = attributes(declaration.strip_suffix(b"?").unwrap_or(declaration));
    encoding.into_iter().find(|(name, _)| name == "encoding").map(|(_, value)| tidy(&value)).filter(|l| !l.is_empty())
}

/// The charset of the first `meta` that declares one, outside comments, scripts and styles.
fn in_meta(head: &[u8]) -> Option<String> {
    let mut rest = head;
    while let Some(start) = memchr::memchr(b'<', rest) {
        rest = &rest[start + 1..];
        if begins(rest, b"body") {
            return None;
        }
        let (inside, after) = element(rest);
        if begins(inside, b"meta") {
            let found = of_meta(&attributes(&inside[4..]));
            if found.is_some() {
                return found;
            }
        }
        rest = after;
    }
    None
}

fn begins(text: &[u8], name: &[u8]) -> bool {
    text.len() >= name.len() && text[..name.len()].eq_ignore_ascii_case(name)
}

/// Splits what follows a `<` into the tag and what comes after it; after a comment, a script or a style as a whole.
pub fn element(text: &[u8]) -> (&[u8], &[u8]) {
    if let Some(comment) = text.strip_prefix(b"!--") {
        let end = memchr::memmem::find(comment, b"-->").map_or(comment.len(), |end| end + 3);
        return (&[], &comment[end..]);
    }
    let end = memchr::memchr(b'>', text).unwrap_or(text.len());
    let (tag, after) = (&text[..end], &text[(end + 1).min(text.len())..]);
    let opaque = ["script", "style", "textarea", "noscript"].iter().find(|name| begins(tag, name.as_bytes()));
    match opaque {
        Some(name) => (tag, &after[closing(after, name.as_bytes())..]),
        None => (tag, after),
    }
}

/// Where the closing tag of an element begins.
fn closing(text: &[u8], name: &[u8]) -> usize {
    memchr::memmem::find_iter(text, b"</").find(|&at| begins(&text[at + 2..], name)).unwrap_or(text.len())
}

/// The names, in lower case, and the values of a tag's attributes.
fn attributes(tag: &[u8]) -> Vec<(String, String)> {
    let mut rest = tag;
    let mut found = Vec::new();
    loop {
        rest = trim_start(rest, |byte| byte.is_ascii_whitespace() || byte == b'/');
        if rest.is_empty() {
            return found;
        }
        let name = take(&mut rest, |byte| !byte.is_ascii_whitespace() && byte != b'=' && byte != b'/');
        rest = rest.trim_ascii_start();
        let Some(value) = rest.strip_prefix(b"=") else {
            // A stray quote or a name without a value; either way at least one byte was taken.
            found.push((name, String::new()));
            continue;
        };
        rest = value.trim_ascii_start();
        let value = match rest.first() {
            Some(&quote @ (b'"' | b'\'')) => {
                rest = &rest[1..];
                let value = take(&mut rest, |byte| byte != quote);
                rest = rest.get(1..).unwrap_or_default();
                value
            }
            _ => take(&mut rest, |byte| !byte.is_ascii_whitespace()),
        };
        found.push((name, value));
    }
}

fn trim_start(text: &[u8], unwanted: impl Fn(u8) -> bool) -> &[u8] {
    &text[text.iter().position(|&byte| !unwanted(byte)).unwrap_or(text.len())..]
}

/// Cuts off and returns the beginning that is wanted; names come in lower case, and so may values.
fn take(text: &mut &[u8], wanted: impl Fn(u8) -> bool) -> String {
    let end = text.iter().position(|&byte| !wanted(byte)).unwrap_or(text.len());
    let (taken, rest) = text.split_at(end);
    *text = rest;
    String::from_utf8_lossy(taken).to_ascii_lowercase()
}

/// The charset of one `meta`: its own, or that of the header that it stands for.
fn of_meta(attributes: &[(String, String)]) -> Option<String> {
    let value = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let label = match value("charset") {
        Some(charset) => tidy(charset),
        None => {
            value("http-equiv").filter(|header| header.trim() == "content-type")?;
            let (_, charset) = value("content")?.split_once("charset")?;
            let charset = charset.trim_start().strip_prefix('=')?.trim_start_matches([' ', '"', '\'']);
            tidy(charset.split([';', ' ', '"', '\'']).next().unwrap_or_default())
        }
    };
    Some(label).filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_declares_its_charset_in_many_ways() {
        for (page, label) in [
            ("<meta charset=windows-1251>", Some("windows-1251")),
            ("<META CHARSET='KOI8-R' />", Some("koi8-r")),
            ("<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-9'>", Some("iso-8859-9")),
            ("<meta content=\"text/html;charset = 'gb2312'\" http-equiv=\"content-type\">", Some("gb2312")),
            ("<meta name=keywords content='charset=koi8-r'>", None),
            ("<meta property=\"og:title\" content=\"a > b\"><meta charset=utf-8>", Some("utf-8")),
            ("<!-- <meta charset=koi8-r> --><meta charset=big5>", Some("big5")),
            ("<script>write('<meta charset=koi8-r>')</script><meta charset=euc-kr>", Some("euc-kr")),
            ("<meta charset=><meta charset=big5>", Some("big5")),
            ("<body><meta charset=big5>", None),
            ("<meta", None),
            ("<meta charset", None),
        ] {
            assert_eq!(in_meta(page.as_bytes()).as_deref(), label, "{page}");
        }
    }

    #[test]
    fn an_xml_declaration_is_read_at_the_beginning_only() {
        let page = b"<?xml version=\"1.0\" encoding=\"windows-1254\"?><html>";
        assert_eq!(in_xml(page).as_deref(), Some("windows-1254"));
        assert_eq!(in_xml(b"<p><?xml encoding='koi8-r'?>"), None);
    }

    #[test]
    fn labels_are_understood_as_servers_write_them() {
        for (label, name) in [
            ("\"UTF-8\"", "UTF-8"),
            ("iso-8859-1", "windows-1252"),
            ("win-1251", "windows-1251"),
            ("Windows1254", "windows-1254"),
            ("cp932", "Shift_JIS"),
            ("utf-8;", "UTF-8"),
        ] {
            assert_eq!(named(&tidy(label)).map(Encoding::name), Some(name), "{label}");
        }
        let (declarations, unknown) = all(b"", Some("latin-azeri"), true);
        assert!(declarations.is_empty());
        assert_eq!(unknown, ["the declared charset \"latin-azeri\" is not known"]);
    }

    #[test]
    fn a_page_that_can_be_read_is_not_in_utf_16() {
        assert_eq!(named_by_page("utf-16"), Some(UTF_8));
        assert_eq!(named_by_page("x-user-defined"), Some(WINDOWS_1252));
    }
}

//! Bytes to text: which charset a page is in, and what to do when its word and its bytes disagree.
//!
//! The order of belief is the web's ([WHATWG Encoding](https://encoding.spec.whatwg.org/)): byte-order mark, header,
//! the page's own word, then statistics ([chardetng](https://docs.rs/chardetng)). Unlike a browser, nobody looks at
//! the result here and picks another charset from a menu; so a declaration is checked against the bytes, and dropped
//! when they refute it. Text that was misread before it came here is mended ([`mojibake`]).

mod declared;
pub(super) mod statistics;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use super::mojibake;
use declared::Declaration;
use statistics::Sample;

/// A text and how it was got out of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// The charset that was used, by its name in the Encoding standard; `UTF-32`, which the standard leaves out.
    pub charset: &'static str,
    /// What had to be repaired or was doubted, in words, for provenance.
    pub notes: Vec<String>,
}

impl Decoded {
    fn new(text: String, charset: &'static str) -> Self {
        Self { text, charset, notes: Vec::new() }
    }

    fn noting(mut self, note: impl Into<Option<String>>) -> Self {
        self.notes.extend(note.into());
        self
    }
}

/// Decodes the bytes of a page (`html`) or of a plain text. `declared` is the charset of the `Content-Type` header,
/// `domain` the top-level domain of the address ("ru", "tr"), which helps the guess. Never fails: what cannot be read
/// becomes U+FFFD and a note.
pub fn decode(bytes: &[u8], declared: Option<&str>, html: bool, domain: Option<&str>) -> Decoded {
    let mut decoded = by_mark(bytes).unwrap_or_else(|| by_word_and_bytes(bytes, declared, html, domain));
    let (text, note) = mojibake::mend(decoded.text);
    decoded.text = text;
    decoded.notes.extend(note);
    decoded
}

/// Reads bytes that begin with the byte-order mark of UTF-16 or UTF-32. The mark of UTF-8 is not enough: editors leave
/// it in templates into which other charsets are pasted, so it counts as a declaration.
fn by_mark(bytes: &[u8]) -> Option<Decoded> {
    match bytes {
        // Before UTF-16, whose mark begins this one.
        [0xFF, 0xFE, 0, 0, rest @ ..] => Some(utf_32(rest, u32::from_le_bytes)),
        [0, 0, 0xFE, 0xFF, rest @ ..] => Some(utf_32(rest, u32::from_be_bytes)),
        [0xFF, 0xFE, rest @ ..] => Some(read(rest, UTF_16LE)),
        [0xFE, 0xFF, rest @ ..] => Some(read(rest, UTF_16BE)),
        _ => None,
    }
}

/// UTF-32 is not of the web's standard, yet databases and editors export it.
fn utf_32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> Decoded {
    let (units, rest) = bytes.as_chunks::<4>();
    let mut malformed = usize::from(!rest.is_empty());
    let mut text: String = units
        .iter()
        .map(|&unit| {
            char::from_u32(number(unit)).unwrap_or_else(|| {
                malformed += 1;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    Decoded::new(text, "UTF-32").noting(replaced(malformed, "UTF-32"))
}

fn by_word_and_bytes(bytes: &[u8], header: Option<&str>, html: bool, domain: Option<&str>) -> Decoded {
    let (declarations, unknown) = declared::all(bytes, header, html);
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut decoded = if let Some(encoding) = wide(bytes, &declarations) {
        read(bytes, encoding).noting(doubt(&declarations, encoding))
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        well_formed(text, &declarations)
    } else if mostly_utf_8(bytes, declares(&declarations, UTF_8)) {
        read(bytes, UTF_8).noting(doubt(&declarations, UTF_8))
    } else {
        legacy(bytes, &declarations, &Sample::of(bytes, html, domain))
    };
    decoded.notes.splice(0..0, unknown);
    decoded
}

fn declares(declarations: &[Declaration], encoding: &'static Encoding) -> bool {
    declarations.first().is_some_and(|first| first.encoding == encoding)
}

/// UTF-16 without its mark: markup and spaces make every other byte zero. A declared UTF-16 without a zero byte is
/// believed only when nothing else would fit.
fn wide(bytes: &[u8], declarations: &[Declaration]) -> Option<&'static Encoding> {
    let (pairs, _) = bytes[..bytes.len().min(1024)].as_chunks::<2>();
    let zeros = |at: usize| pairs.iter().filter(|pair| pair[at] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let many = pairs.len().div_ceil(10);
    match declarations.first().map(|d| d.encoding) {
        _ if second >= many && second > 10 * first => Some(UTF_16LE),
        _ if first >= many && first > 10 * second => Some(UTF_16BE),
        Some(declared) if declared == UTF_16LE || declared == UTF_16BE => {
            let fits = std::str::from_utf8(bytes).is_err() && bytes.len().is_multiple_of(2);
            (fits && !declared.decode_without_bom_handling(bytes).1).then_some(declared)
        }
        _ => None,
    }
}

/// Reads bytes that are well-formed UTF-8, which other charsets are by accident only.
fn well_formed(text: &str, declarations: &[Declaration]) -> Decoded {
    let declared = declarations.first().map_or(UTF_8, |first| first.encoding);
    if text.is_ascii() {
        return ascii(text, declarations);
    }
    if declared != UTF_8 && statistics::utf_8_by_accident(text, declared) {
        return read(text.as_bytes(), declared);
    }
    Decoded::new(text.to_owned(), UTF_8.name()).noting(doubt(declarations, UTF_8))
}

/// ASCII is the same in every charset but ISO-2022-JP, which writes its kanji in ASCII between escapes.
fn ascii(text: &str, declarations: &[Declaration]) -> Decoded {
    let escapes = ["\x1B$B", "\x1B$@", "\x1B(J"];
    if memchr::memchr(0x1B, text.as_bytes()).is_some() && escapes.iter().any(|escape| text.contains(escape)) {
        return read(text.as_bytes(), ISO_2022_JP).noting(doubt(declarations, ISO_2022_JP));
    }
    let declared = declarations.first().map(|first| first.encoding);
    let charset = declared.filter(|encoding| encoding.is_ascii_compatible()).unwrap_or(UTF_8);
    Decoded::new(text.to_owned(), charset.name())
}

/// Whether bytes are UTF-8 but for a few strays, as truncated titles and pasted teasers leave them. In texts of other
/// charsets, well-formed sequences are fewer than malformed ones; Shift_JIS comes nearest.
fn mostly_utf_8(bytes: &[u8], declared: bool) -> bool {
    let (mut well_formed, mut malformed, mut cut) = (0, 0, false);
    for chunk in bytes.utf8_chunks() {
        well_formed += chunk.valid().bytes().filter(|&byte| byte >= 0xC0).count();
        malformed += usize::from(!chunk.invalid().is_empty());
        cut = std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
    }
    // A sequence that the end of the bytes cuts off does not speak against UTF-8.
    let malformed = malformed - usize::from(cut);
    match declared {
        true => well_formed >= malformed,
        false => well_formed > 0 && well_formed >= 5 * malformed,
    }
}

/// Reads bytes that are not UTF-8.
fn legacy(bytes: &[u8], declarations: &[Declaration], sample: &Sample) -> Decoded {
    let Some(guess) = sample.guess() else {
        return read(bytes, declarations.first().map_or(UTF_8, |first| first.encoding));
    };
    let Some(first) = declarations.first() else {
        let note = format!("no charset is declared, read as {}: the bytes say so", guess.name());
        return read(bytes, guess).noting(note);
    };
    let mut candidates = declarations.iter().map(|declared| declared.encoding).chain([guess]);
    // That it is not UTF-8 is known by now.
    let mut chosen = candidates.find(|&candidate| candidate != UTF_8).unwrap_or(first.encoding);
    for rival in candidates {
        if chosen != rival && sample.refutes(chosen, rival) {
            chosen = rival;
        }
    }
    read(bytes, chosen).noting(doubt(declarations, chosen))
}

/// Decodes, and notes how many bytes had to be replaced.
fn read(bytes: &[u8], encoding: &'static Encoding) -> Decoded {
    let (text, failed) = encoding.decode_without_bom_handling(bytes);
    let malformed = match failed {
        false => 0,
        // The bytes may hold honest U+FFFD of an earlier reader; they are not counted.
        true if encoding == UTF_8 => bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count(),
        true => text.matches(char::REPLACEMENT_CHARACTER).count(),
    };
    Decoded::new(text.into_owned(), encoding.name()).noting(replaced(malformed, encoding.name()))
}

fn replaced(malformed: usize, charset: &str) -> Option<String> {
    match malformed {
        0 => None,
        1 => Some(format!("1 malformed byte of {charset} was replaced")),
        _ => Some(format!("{malformed} malformed bytes of {charset} were replaced")),
    }
}

/// The note on a declaration that was not followed.
fn doubt(declarations: &[Declaration], chosen: &'static Encoding) -> Option<String> {
    let first = declarations.first().filter(|first| first.encoding != chosen)?;
    let second = declarations.iter().skip(1).any(|other| other.encoding == chosen);
    let who = if second { "the page and its bytes say so" } else { "the bytes say so" };
    Some(format!("declared {}, read as {}: {who}", first.label, chosen.name()))
}

#[cfg(test)]
mod tests {
    use encoding_rs::{
        EUC_KR, GB18030, GBK, ISO_8859_2, KOI8_R, KOI8_U, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
        WINDOWS_1254, WINDOWS_1256,
    };
    use proptest::prelude::*;

    use super::*;

    const RUSSIAN: &str = "Вчера в столице открылась выставка цветов, и жители города пришли посмотреть на неё.";
    const UKRAINIAN: &str = "Учора в столиці відкрили виставку квітів, і жителі міста прийшли її побачити.";
    const TURKISH: &str = "Başkentte dün açılan çiçek sergisini görmek için şehrin dört bir yanından insanlar geldi.";
    const ARABIC: &str = "افتتح أمس في العاصمة معرض للزهور وجاء سكان المدينة لزيارته مع أطفالهم";
    const PERSIAN: &str = "ديروز در پايتخت نمايشگاه گل گشايش يافت و مردم شهر با چند کودک پژوهشگر به ديدن آن آمدند";
    const CHINESE: &str = "昨天首都举办了一场花卉展览，许多市民带着孩子前来参观。";
    const JAPANESE: &str = "昨日、首都で花の展覧会が開かれ、多くの市民が子供を連れて見に来ました。";
    const KOREAN: &str = "어제 수도에서 꽃 전시회가 열려 많은 시민이 아이들과 함께 찾아왔습니다.";
    const POLISH: &str =
        "Wczoraj w stolicy otwarto wystawę kwiatów, więc mieszkańcy przyszli ją obejrzeć, choć padał śnieg.";
    const FRENCH: &str =
        "Hier, à la capitale, une exposition de fleurs a été inaugurée ; les élèves l’ont visitée à midi.";

    fn languages() -> Vec<(&'static Encoding, &'static str)> {
        vec![
            (WINDOWS_1251, RUSSIAN),
            (KOI8_R, RUSSIAN),
            (KOI8_U, UKRAINIAN),
            (WINDOWS_1254, TURKISH),
            (WINDOWS_1256, ARABIC),
            (WINDOWS_1256, PERSIAN),
            (GB18030, CHINESE),
            (SHIFT_JIS, JAPANESE),
            (EUC_KR, KOREAN),
            (WINDOWS_1250, POLISH),
            (ISO_8859_2, POLISH),
            (WINDOWS_1252, FRENCH),
        ]
    }

    fn page(head: &str, text: &str) -> String {
        format!("<html><head>{head}<script>var a = b ? 1 : 2;</script></head><body class=article><p>{text}</p></body>")
    }

    fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        let (bytes, _, lossy) = encoding.encode(text);
        assert!(!lossy, "{text} cannot be written in {}", encoding.name());
        bytes.into_owned()
    }

    #[test]
    fn legacy_texts_are_the_same_as_their_utf_8_twins() {
        for (encoding, text) in languages() {
            let name = encoding.name();
            let plain = page("", text);
            let bytes = encoded(encoding, &plain);
            let declaring = page(&format!("<meta charset={name}>"), text);
            assert_eq!(decode(&bytes, Some(name), true, None), Decoded::new(plain.clone(), name));
            let read = decode(&encoded(encoding, &declaring), None, true, None);
            assert_eq!((read.text, read.notes), (declaring, vec![]), "{name}");
            let twin = decode(plain.as_bytes(), None, true, None);
            assert_eq!(twin, Decoded::new(plain.clone(), "UTF-8"));
            assert_eq!(decode(&bytes, None, true, None).text, plain, "{name}");
            assert_eq!(decode(&bytes, Some("utf-8"), true, None).text, plain, "{name}");
        }
    }

    #[test]
    fn a_declaration_that_the_bytes_refute_is_doubted() {
        for (encoding, declared, text) in [
            (WINDOWS_1251, "iso-8859-1", RUSSIAN),
            (WINDOWS_1251, "windows-1252", RUSSIAN),
            (WINDOWS_1251, "koi8-r", RUSSIAN),
            (KOI8_R, "windows-1251", RUSSIAN),
            (WINDOWS_1254, "iso-8859-1", TURKISH),
            (WINDOWS_1256, "windows-1252", ARABIC),
            (ISO_8859_2, "windows-1252", POLISH),
            (EUC_KR, "windows-1252", KOREAN),
            (SHIFT_JIS, "utf-8", JAPANESE),
        ] {
            let read = decode(&encoded(encoding, &page("", text)), Some(declared), true, None);
            assert_eq!(read.text, page("", text), "{declared}");
            assert_eq!(read.notes.len(), 1);
            assert!(read.notes[0].starts_with(&format!("declared {declared}, read as ")), "{:?}", read.notes);
        }
        let read = decode(RUSSIAN.as_bytes(), Some("windows-1251"), false, None);
        assert_eq!(read.notes, ["declared windows-1251, read as UTF-8: the bytes say so"]);
    }

    #[test]
    fn the_page_is_believed_where_the_header_is_refuted() {
        let page = page("<meta charset=windows-1251>", RUSSIAN);
        let read = decode(&encoded(WINDOWS_1251, &page), Some("iso-8859-1"), true, None);
        assert_eq!(read.notes, ["declared iso-8859-1, read as windows-1251: the page and its bytes say so"]);
    }

    #[test]
    fn marks_come_before_words() {
        let wide: Vec<u8> = RUSSIAN.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wider: Vec<u8> = RUSSIAN.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        for (mark, bytes, charset) in [
            (&b"\xFF\xFE"[..], wide.clone(), "UTF-16LE"),
            (&b""[..], wide, "UTF-16LE"),
            (&b"\0\0\xFE\xFF"[..], wider, "UTF-32"),
            (&b"\xEF\xBB\xBF"[..], RUSSIAN.into(), "UTF-8"),
        ] {
            let declared = if mark.is_empty() { None } else { Some("koi8-r") };
            let read = decode(&[mark, &bytes].concat(), declared, false, None);
            assert_eq!((read.text.as_str(), read.charset), (RUSSIAN, charset));
        }
        let pasted = [b"\xEF\xBB\xBF", &*encoded(WINDOWS_1251, RUSSIAN)].concat();
        assert_eq!(decode(&pasted, None, false, None).text, RUSSIAN);
    }

    #[test]
    fn strays_are_replaced_and_counted() {
        let mut bytes = RUSSIAN.as_bytes().to_vec();
        bytes.insert(RUSSIAN.find(' ').unwrap(), 0xE9);
        bytes.truncate(bytes.len() - 2);
        let read = decode(&bytes, Some("utf-8"), false, None);
        assert!(read.text.starts_with("Вчера\u{FFFD} в"));
        assert_eq!(read.notes, ["2 malformed bytes of UTF-8 were replaced"]);
        assert_eq!(decode(b"\xFF\xFEa\0b", None, false, None).notes, ["1 malformed byte of UTF-16LE was replaced"]);
    }

    #[test]
    fn a_stray_of_windows_in_english_is_read() {
        assert_eq!(decode(b"It\x92s late in the day", Some("utf-8"), false, None).text, "It’s late in the day");
    }

    #[test]
    fn short_hanzi_may_look_like_utf_8() {
        let read = decode(&encoded(GBK, "<b>一</b>"), Some("gbk"), true, None);
        assert_eq!((read.text.as_str(), read.notes.len()), ("<b>一</b>", 0));
    }

    #[test]
    fn japanese_mail_is_recognised_by_its_escapes() {
        let (bytes, _, _) = ISO_2022_JP.encode(JAPANESE);
        assert_eq!(decode(&bytes, None, false, None).text, JAPANESE);
    }

    #[test]
    fn a_domain_helps() {
        let hungarian = "Tegnap nyílt meg a fővárosi virágkiállítás, sűrű sorok várták a nyitást.";
        let read = decode(&encoded(WINDOWS_1250, hungarian), None, false, Some("hu"));
        assert_eq!(read.text, hungarian);
        for odd in ["", ".", "HU", "example.com.", "рф", "xn--p1ai"] {
            decode(&encoded(WINDOWS_1250, hungarian), None, false, Some(odd));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_fatal(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            declared in proptest::option::of("[a-z0-9-]{0,12}|utf-16|gb18030|utf-8|iso-2022-jp"),
            html: bool,
            domain in proptest::option::of(".{0,5}"),
        ) {
            decode(&bytes, declared.as_deref(), html, domain.as_deref());
        }

        #[test]
        fn no_markup_is_fatal(page in "(<(meta|!--|script|\\?xml|/|body)?| charset|=|\"|'|>|-->|é|[a-z0-9 ]){0,40}") {
            decode(page.as_bytes(), None, true, None);
        }

        #[test]
        fn well_formed_utf_8_stays(words in proptest::collection::vec("[a-zа-яçğışöüəאبعنی一-三]{1,8}", 0..20)) {
            let text = words.join(" ");
            prop_assert_eq!(decode(text.as_bytes(), Some("utf-8"), false, None), Decoded::new(text, "UTF-8"));
        }
    }
}

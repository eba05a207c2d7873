//! The shape of a page, read off its tags alone, before a parser sees it: pages that are made to exhaust parsers are refused.

use super::{IntakeError, Limits};

/// Elements without an end; a paragraph needs none either.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p"];

/// Checks a page against the limits, in one pass.
///
/// # Errors
/// When it nests too deep, or an element has too many attributes.
pub fn check(page: &str, limits: &Limits) -> Result<(), IntakeError> {
    let mut depth = 0usize;
    for part in memchr::memchr_iter(b'<', page.as_bytes()).map(|at| &page.as_bytes()[at + 1..]) {
        if part.starts_with(b"/") {
            depth = depth.saturating_sub(1);
            continue;
        }
        let length = part.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if length == 0 {
            continue;
        }
        let tag = Tag::read(&part[length..], limits.attributes);
        if tag.attributes > limits.attributes {
            return Err(IntakeError::TooManyAttributes(limits.attributes));
        }
        let name = &part[..length];
        if !tag.closed && !VOID.iter().any(|void| name.eq_ignore_ascii_case(void.as_bytes())) {
            depth += 1;
            if depth > limits.depth {
                return Err(IntakeError::TooDeep(limits.depth));
            }
        }
    }
    Ok(())
}

/// A start tag, after its name.
#[derive(Default)]
struct Tag {
    attributes: usize,
    /// It ends with a slash.
    closed: bool,
}

impl Tag {
    /// Counts attributes up to one more than `most`; what stands between quotation marks is the value of one.
    fn read(rest: &[u8], most: usize) -> Tag {
        let mut tag = Tag::default();
        let (mut quote, mut last) = (None, b' ');
        for &byte in rest {
            match quote {
                Some(mark) if byte == mark => quote = None,
                Some(_) => {}
                None if byte == b'>' => {
                    tag.closed = last == b'/';
                    break;
                }
                // A tag that is never ended goes no further than the next.
                None if byte == b'<' => break,
                None if matches!(byte, b'"' | b'\'') && last == b'=' => quote = Some(byte),
                None if last.is_ascii_whitespace() && !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'/') => {
                    tag.attributes += 1;
                    if tag.attributes > most {
                        break;
                    }
                }
                None => {}
            }
            if !(byte.is_ascii_whitespace() && last == b'=') {
                last = byte;
            }
        }
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SMALL: Limits = Limits { depth: 3, attributes: 3 };

    #[test]
    fn depth_and_attributes_are_counted_as_they_are_written() {
        for page in [
            "<div><div><div>a</div></div></div><div><p><p><p><br><img/></div>",
            "<a one two=2 three='3 and more = than that'>",
            "<a title=\"a > b < c, d e f g h\" b = 2 c>",
            "a < b < c < d < e <!-- <b> -->",
        ] {
            assert_eq!(check(page, &SMALL), Ok(()), "{page}");
        }
        assert_eq!(check("<div><div><div><div>", &SMALL), Err(IntakeError::TooDeep(3)));
        assert_eq!(check("<i a b c d>", &SMALL), Err(IntakeError::TooManyAttributes(3)));
        assert_eq!(check("<i a=1\tb='2'\nc d=4>", &SMALL), Err(IntakeError::TooManyAttributes(3)));
    }

    proptest! {
        #[test]
        fn no_page_panics(page in any::<String>()) {
            let _ = check(&page, &SMALL);
        }
    }
}

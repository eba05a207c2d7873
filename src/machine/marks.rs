//! The marks that stand for names while a text is translated, by what a provider is known to leave alone.

use std::borrow::Cow;

/// A way to mark names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// `⟦N0⟧`: for language models, which keep what looks like a variable. The letter lets a mark be known again that
    /// lost its brackets.
    Words,
    /// `⟦0⟧`: for rule-based engines, which take it for a number and leave it where it is. A letter would be read as a
    /// word that they do not know, and its grammar be guessed.
    Numbers,
    /// An element around the rendering, for engines that read markup and can be told what not to translate.
    Element(Element),
}

/// An element of XML or HTML whose content is not translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    /// `x`, as in `<x id="0">Ilham Aliyev</x>`.
    pub name: &'static str,
    /// What stands before the number's attribute, with a space at its end, or nothing.
    pub attributes: &'static str,
}

impl Marks {
    /// `<x id="0">…</x>`; `x` is to be named among the tags to ignore.
    pub const XML: Marks = Marks::Element(Element { name: "x", attributes: "" });
    /// `<span translate="no" id="0">…</span>`, as HTML defines it.
    pub const HTML: Marks = Marks::Element(Element { name: "span", attributes: "translate=\"no\" " });

    /// The mark of a number. An element holds the rendering, which engines use as context for the words around it.
    pub(super) fn of(self, number: u32, rendering: &str) -> String {
        match self {
            Marks::Words => format!("⟦N{number}⟧"),
            Marks::Numbers => format!("⟦{number}⟧"),
            Marks::Element(Element { name, attributes }) => {
                format!("<{name} {attributes}id=\"{number}\">{}</{name}>", self.escape(rendering))
            }
        }
    }

    /// The text between marks, as the provider is to get it.
    pub(super) fn escape(self, text: &str) -> Cow<'_, str> {
        let special = |c: char| matches!(c, '&' | '<' | '>') || is_no_xml(c);
        if !matches!(self, Marks::Element(_)) || !text.contains(special) {
            return Cow::Borrowed(text);
        }
        let mut escaped = String::with_capacity(text.len() + 16);
        for c in text.chars() {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                // One of these would have the whole request refused.
                c if is_no_xml(c) => escaped.push(' '),
                c => escaped.push(c),
            }
        }
        Cow::Owned(escaped)
    }

    /// The text between marks, as it came back. What is no reference stays as it is: engines are not strict.
    pub(super) fn unescape(self, text: &str) -> Cow<'_, str> {
        if !matches!(self, Marks::Element(_)) || !text.contains('&') {
            return Cow::Borrowed(text);
        }
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            plain.push_str(&rest[..at]);
            rest = &rest[at..];
            match reference(rest) {
                Some((c, length)) => {
                    plain.push(c);
                    rest = &rest[length..];
                }
                None => {
                    plain.push('&');
                    rest = &rest[1..];
                }
            }
        }
        plain.push_str(rest);
        Cow::Owned(plain)
    }
}

/// Characters that XML 1.0 cannot hold.
fn is_no_xml(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// The character that a text starts with a reference to, and the reference's length in bytes.
fn reference(text: &str) -> Option<(char, usize)> {
    // The longest that is known, `&#x10ffff;`, is 10 long; whatever follows is ASCII up to the semicolon.
    let end = text.bytes().take(10).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_as_documented() {
        assert_eq!(Marks::Words.of(3, "x"), "⟦N3⟧");
        assert_eq!(Marks::Numbers.of(3, "x"), "⟦3⟧");
        assert_eq!(Marks::XML.of(0, "A & B"), "<x id=\"0\">A &amp; B</x>");
        assert_eq!(Marks::HTML.of(0, "A"), "<span translate=\"no\" id=\"0\">A</span>");
    }

    #[test]
    fn escaping_is_undone() {
        let text = "a < b && c > d &amp; &#1; &; é😀";
        assert_eq!(Marks::XML.unescape(&Marks::XML.escape(text)), text);
        assert_eq!(Marks::XML.escape("a\u{1}b\tc"), "a b\tc");
        assert_eq!(
            Marks::XML.unescape("Q&A &quot;x&#39; &#x2019;&nbsp;&unknown; &é; &"),
            "Q&A \"x' ’\u{a0}&unknown; &é; &"
        );
        assert_eq!(Marks::Words.escape("a < b"), "a < b");
    }
}

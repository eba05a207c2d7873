//! Finds marks that are elements, also damaged ones: `< X ID = “0” >Name</ x>`, `<x id="0"/>`, `<x>Name</x>`.

use super::found::{Found, digit};
use super::marks::Element;

/// No tag of a mark is longer, in bytes.
const LONGEST_TAG: usize = 200;

/// A tag, of a mark's element.
struct Tag<'a> {
    start: usize,
    end: usize,
    attributes: &'a str,
    closes: bool,
}

/// All marks in a text. `by_content` gives the number for an element that lost it, from what is between its tags.
pub(super) fn find(text: &str, element: Element, by_content: impl Fn(&str) -> Option<u32>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = next_tag(text, element.name, at) {
        at = open.end;
        if open.closes {
            continue;
        }
        let close = match open.attributes.trim_end().ends_with('/') {
            true => None,
            false => next_tag(text, element.name, open.end).filter(|tag| tag.closes),
        };
        let content = close.as_ref().map(|close| &text[open.end..close.start]);
        let Some(number) = id(open.attributes).or_else(|| by_content(content?.trim())) else { continue };
        let end = close.map_or(open.end, |close| close.end);
        found.push(Found { range: open.start..end, number });
        at = end;
    }
    found
}

/// Whether a mark that was found is its opening tag alone, which leaves the content behind.
pub(super) fn is_opening(mark: &str) -> bool {
    mark.matches('<').count() == 1 && mark.ends_with('>') && !mark.trim_end_matches('>').trim_end().ends_with('/')
}

fn next_tag<'a>(text: &'a str, name: &str, from: usize) -> Option<Tag<'a>> {
    text[from..].match_indices('<').find_map(|(at, _)| tag(text, name, from + at))
}

/// The tag that starts at a place, if it is one of the element's.
fn tag<'a>(text: &'a str, name: &str, start: usize) -> Option<Tag<'a>> {
    let inside = text[start + 1..].trim_start();
    let (closes, inside) = match inside.strip_prefix('/') {
        Some(inside) => (true, inside.trim_start()),
        None => (false, inside),
    };
    let (given, rest) = inside.split_at_checked(name.len())?;
    let ends = rest.chars().next().is_some_and(|c| c.is_whitespace() || matches!(c, '>' | '/'));
    if !given.eq_ignore_ascii_case(name) || !ends {
        return None;
    }
    let length = rest.find('>').filter(|length| *length <= LONGEST_TAG)?;
    Some(Tag { start, end: text.len() - rest.len() + length + 1, attributes: &rest[..length], closes })
}

/// The number in `id="0"`, whatever became of its quotes, spaces and digits.
fn id(attributes: &str) -> Option<u32> {
    let lower = attributes.to_ascii_lowercase();
    let (at, _) = lower.match_indices("id").find(|(at, _)| !lower[..*at].ends_with(|c: char| c.is_alphanumeric()))?;
    let value = lower[at + 2..].chars().skip_while(|c| digit(*c).is_none()).map_while(digit);
    let digits: Vec<u32> = value.take(7).collect();
    match digits.len() {
        1..=6 => Some(digits.iter().fold(0, |number, digit| number * 10 + digit)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: Element = Element { name: "x", attributes: "" };

    fn found(text: &str) -> Vec<(&str, u32)> {
        let by_content = |content: &str| (content == "Name").then_some(7);
        find(text, X, by_content).into_iter().map(|found| (&text[found.range], found.number)).collect()
    }

    #[test]
    fn damaged_elements_are_known_again() {
        for mark in [
            "<x id=\"7\">Name</x>",
            "<X ID=\"7\">Name</X>",
            "< x id = \"7\" > Name < / x >",
            "<x id=“7”>Imię</x>",
            "<x id='７'>Name</x>",
            "<x id=7>Name</x>",
            "<x id=\"7\"/>",
            "<x id=\"7\" />",
            "<x>Name</x>",
            "<x id=\"\"> Name</x>",
            "<x class=\"b\" id=\"7\"></x>",
            "<x id=\"٧\">Name</x>",
        ] {
            let text = format!("a < b {mark} c");
            assert_eq!(found(&text), [(mark, 7)], "{mark}");
        }
    }

    #[test]
    fn other_elements_are_text() {
        for text in
            ["<xy id=\"7\">Name</xy>", "<b>Name</b>", "<x>Other</x>", "x id=7", "<x", "< é", "<x id=\"12345678\">"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_closing_tag_that_is_gone_costs_only_itself() {
        let text = "<x id=\"1\">A <x id=\"2\">B</x> c";
        assert_eq!(found(text), [("<x id=\"1\">", 1), ("<x id=\"2\">B</x>", 2)]);
    }
}

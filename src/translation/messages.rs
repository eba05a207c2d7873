//! Messages that a text quotes whole, a letter or a statement: passages with an author of their own, who may have written in
//! another language than the text is in.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::language::primary;
use crate::model::{OriginalLanguage, Passage};

/// Somebody who is named in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NamedAt<'p> {
    /// The person's id, where it is one of an authority.
    pub id: Option<&'p str>,
    pub name: &'p str,
    /// Code points of the text.
    pub start: usize,
}

/// Letters of a message, at least: what is shorter is a quotation.
const SHORTEST: usize = 300;

/// Paragraphs of a message, at most.
const MOST_PARAGRAPHS: usize = 80;

/// How sure it is that a country's officials write in its language.
const OF_COUNTRY: f64 = 0.6;

/// Quotation marks that open, with those that close them.
const MARKS: [(char, &str); 9] =
    [('“', "”"), ('«', "»"), ('„', "“”"), ('"', "\""), ('»', "«"), ('‘', "’"), ('「', "」"), ('『', "』"), ('”', "”")];

static LANGUAGES: LazyLock<FxHashMap<String, String>> = LazyLock::new(|| {
    let source = include_str!("../../data/translation/country_languages.toml");
    toml::from_str(source).unwrap_or_else(|e| panic!("data/translation/country_languages.toml: {e}"))
});

/// The language in which a country's officials write, where there is one: BCP 47, by ISO 3166-1 alpha-2 in small letters.
pub fn language_of_country(country: &str) -> Option<&'static str> {
    LANGUAGES.get(country).map(String::as_str)
}

/// A paragraph, by code points.
struct Paragraph<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

/// The messages that a text in this language quotes whole. `named` are all mentions of people in it, in order; of the authors
/// alone it is asked by their ids which countries they are of (ISO 3166-1 alpha-2, in small letters).
pub fn messages(
    text: &str,
    language: &str,
    named: &[NamedAt],
    countries_of: impl Fn(&str) -> Vec<String>,
) -> Vec<Passage> {
    let paragraphs = paragraphs(text);
    let mut messages = Vec::new();
    let mut at = 0;
    while at < paragraphs.len() {
        let Some(end) = end_of_message(&paragraphs, at) else {
            at += 1;
            continue;
        };
        let (first, last) = (&paragraphs[at], &paragraphs[end]);
        // Whoever is addressed in the first lines is not the author.
        let opening = paragraphs.get(at + 1).map_or(first.end, |second| second.start);
        let addressed: Vec<&str> =
            named.iter().filter(|one| (first.start..opening).contains(&one.start)).map(|one| one.name).collect();
        let before = named.iter().rev().find(|one| one.start < first.start && !addressed.contains(&one.name));
        let countries = before.and_then(|author| author.id).map_or_else(Vec::new, &countries_of);
        messages.push(passage(first.start, last.end, before, &countries, language));
        at = end + 1;
    }
    messages
}

fn passage(start: usize, end: usize, author: Option<&NamedAt>, countries: &[String], language: &str) -> Passage {
    let mut why = vec!["quoted whole".to_owned()];
    let mut original_language = None;
    if let Some(author) = author {
        why.push(format!("{} is named before it, and not addressed in it", author.name));
        let own = countries.iter().find_map(|country| Some((country, LANGUAGES.get(country)?)));
        if let Some((country, tag)) = own {
            why.push(format!("{} is of {}, where one writes {tag}", author.name, country.to_uppercase()));
            // Who writes in the language of the text needed no translator.
            let confidence = if primary(tag) == primary(language) { 0.9 } else { OF_COUNTRY };
            original_language = Some(OriginalLanguage { tag: tag.clone(), confidence });
        }
    }
    Passage {
        kind: "message".to_owned(),
        start,
        end,
        author: author.map(|author| author.name.to_owned()),
        person_id: author.and_then(|author| author.id).map(str::to_owned),
        original_language,
        why,
    }
}

fn paragraphs(text: &str) -> Vec<Paragraph<'_>> {
    let mut start = 0;
    let mut paragraphs = Vec::new();
    for line in text.split('\n') {
        let length = line.chars().count();
        if !line.trim().is_empty() {
            paragraphs.push(Paragraph { text: line.trim(), start, end: start + length });
        }
        start += length + 1;
    }
    paragraphs
}

/// The last paragraph of the message that begins with this one: it opens a quotation that ends with a paragraph, and does not
/// end before.
fn end_of_message(paragraphs: &[Paragraph], at: usize) -> Option<usize> {
    let opens = paragraphs[at].text.chars().next()?;
    let (_, closing) = MARKS.iter().find(|(mark, _)| *mark == opens)?;
    let closes = |text: &str| text.chars().next_back().is_some_and(|last| closing.contains(last));
    let mut letters = 0;
    for (place, paragraph) in paragraphs.iter().enumerate().skip(at).take(MOST_PARAGRAPHS) {
        letters += paragraph.end - paragraph.start;
        let inside = if place == at { &paragraph.text[opens.len_utf8()..] } else { paragraph.text };
        if closes(inside) {
            return (letters >= SHORTEST && is_one(inside, opens, closing)).then_some(place);
        }
        if !is_one(inside, opens, closing) {
            return None;
        }
    }
    None
}

/// Whether nothing but what is quoted within closes in a paragraph before its end.
fn is_one(text: &str, opens: char, closing: &str) -> bool {
    let mut open = 0;
    let mut chars = text.trim_start_matches(opens).chars().peekable();
    while let Some(c) = chars.next() {
        if chars.peek().is_none() {
            break;
        }
        if closing.contains(c) && !closing.contains(opens) {
            open -= 1;
        } else if c == opens {
            open += if closing.contains(opens) { -1 } else { 1 };
        }
        // A mark that opens and closes alike ends the message, unless it is in pairs.
        if open < 0 {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<'p>(text: &str, name: &'p str, id: &'p str) -> NamedAt<'p> {
        let start = text[..text.find(name).unwrap()].chars().count();
        NamedAt { id: Some(id), name, start }
    }

    #[test]
    fn a_letter_is_its_authors() {
        let body = "The ties between our countries have grown over thirty years, and I thank you for the part that you had in this. ".repeat(2);
        let text = format!(
            "In a message to Anna Berg, Ramin Mammadov said: “We are neighbours.”\n\nThe full text:\n\n“To Mrs. Anna Berg\n\nMadam,\n\n{body}\n\n{body}”\n\nBerg answered on Friday."
        );
        let mut all = vec![named(&text, "Ramin Mammadov", "x:az"), named(&text, "Anna Berg", "x:de")];
        let again = text[..text.find("“To Mrs.").unwrap()].chars().count() + 9;
        all.push(NamedAt { start: again, ..all[1] });
        all.sort_by_key(|one| one.start);
        let found = messages(&text, "en", &all, |id| vec![id[2..].to_owned()]);
        assert_eq!(found.len(), 1, "{found:?}");
        let chars: Vec<char> = text.chars().collect();
        let passage: String = chars[found[0].start..found[0].end].iter().collect();
        assert!(passage.starts_with("“To Mrs.") && passage.ends_with('”'), "{passage}");
        assert_eq!(found[0].author.as_deref(), Some("Ramin Mammadov"));
        assert_eq!(found[0].original_language.as_ref().unwrap().tag, "az");
    }

    #[test]
    fn quotations_are_no_messages() {
        for text in [
            "“Short words,” he said.\n\nThen he left.",
            &format!("“{}” he said, and went on for an hour.", "Long words. ".repeat(40)),
            &format!("“{}\n\nnever closed", "Long words. ".repeat(40)),
            "",
        ] {
            assert_eq!(messages(text, "en", &[], |_| Vec::new()), [], "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[“”«»\"a-z \n]{0,400}") {
            for passage in messages(&text, "en", &[], |_| Vec::new()) {
                proptest::prop_assert!(passage.start < passage.end && passage.end <= text.chars().count());
            }
        }
    }
}

//! The languages of a document: span by span, of each field, and as a whole.

use super::judge::{judge, primary};
use super::model::MODEL;
use super::passages::{Stretch, script_of, stretches};
use super::script::script_code;
use crate::model::{Language, LanguageSpan, TextField};

/// The language to read a field with: its tag, `und` where it is not sure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageOfField {
    pub tag: String,
}

/// What [`identify`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Languages {
    /// Of the document, with its spans.
    pub document: Language,
    /// Of each field, in the order given.
    pub fields: Vec<LanguageOfField>,
}

/// From this confidence on an answer is relied on.
const RELIABLE: f64 = 0.7;

/// Identifies the languages of the fields of a document. `declared` is what the sender or the page says: it settles
/// what the text leaves open, and never overrules what the text shows.
///
/// ```
/// use nisba::language::identify;
/// use nisba::model::TextField;
/// let text = "Prezident bu gün xarici işlər nazirini qəbul edib və onunla söhbət aparıb.";
/// let found = identify(&[(TextField::Text, text)], None);
/// assert_eq!(found.document.tag, "az");
/// assert!(found.document.reliable);
/// ```
pub fn identify(fields: &[(TextField, &str)], declared: Option<&str>) -> Languages {
    let hint = declared.and_then(self::declared);
    let mut spans: Vec<Found> = Vec::new();
    let mut of_fields: Vec<String> = Vec::new();
    for (field, text) in fields {
        let found = spans_of(*field, text, hint.as_deref());
        of_fields.push(prevailing(&found).tag);
        spans.extend(found);
    }
    let Prevailing { tag, confidence, script } = prevailing(&spans);
    // A headline of three words is in the language of its article unless it says otherwise.
    let fields = of_fields
        .into_iter()
        .map(|own| LanguageOfField { tag: if own == "und" { tag.clone() } else { own } })
        .collect();
    let document = Language {
        reliable: tag != "und" && confidence >= RELIABLE,
        tag,
        script: script.to_owned(),
        confidence: round(confidence),
        declared: declared.map(str::to_owned),
        spans: spans.into_iter().map(|found| found.span).collect(),
    };
    Languages { document, fields }
}

/// A span, and what it weighs.
struct Found {
    span: LanguageSpan,
    script: &'static str,
    weight: f64,
}

/// What a letter of a script weighs beside those of others: addresses, names and what surrounds an article are in Latin
/// letters in every language, and a character of Chinese is a word. Lines that are too short to be paragraphs are menus.
fn weight(stretch: &Stretch) -> f64 {
    let letter = match script_code(script_of(stretch.state)) {
        "Latn" => 0.6,
        "Hani" | "Hira" | "Kana" | "Hang" => 2.5,
        _ => 1.0,
    };
    let all = letter * f64::from(stretch.letters);
    if all / f64::from(stretch.lines) < PARAGRAPH { 0.4 * all } else { all }
}

/// What a line of an article weighs at least.
const PARAGRAPH: f64 = 20.0;

fn spans_of(field: TextField, text: &str, hint: Option<&str>) -> Vec<Found> {
    let mut spans: Vec<Found> = Vec::new();
    for stretch in stretches(&MODEL.table, text) {
        let found = judge(&MODEL, text, &stretch, hint);
        let script = script_code(script_of(stretch.state));
        let weight = weight(&stretch);
        match spans.last_mut() {
            Some(last) if last.span.tag == found.tag && last.script == script => {
                let confidence = last.span.confidence * last.weight + found.confidence * weight;
                last.weight += weight;
                last.span.confidence = round(confidence / last.weight.max(f64::MIN_POSITIVE));
                last.span.end = stretch.end;
            }
            _ => {
                let (start, end) = (stretch.start, stretch.end);
                let span = LanguageSpan { field, start, end, tag: found.tag, confidence: round(found.confidence) };
                spans.push(Found { span, script, weight });
            }
        }
    }
    spans
}

/// The language that most is in.
struct Prevailing {
    tag: String,
    /// That of its spans, times the root of their share of everything.
    confidence: f64,
    script: &'static str,
}

fn prevailing(spans: &[Found]) -> Prevailing {
    let mut weights: Vec<(&str, &'static str, f64, f64)> = Vec::new();
    let all: f64 = spans.iter().map(|found| found.weight).sum();
    for Found { span, script, weight } in spans {
        match weights.iter_mut().find(|(tag, of, ..)| *tag == span.tag && of == script) {
            Some((.., total, sure)) => {
                *total += weight;
                *sure += weight * span.confidence;
            }
            None => weights.push((&span.tag, script, *weight, weight * span.confidence)),
        }
    }
    let known = |tag: &str| tag != "und";
    weights.sort_by(|a, b| b.2.total_cmp(&a.2).then(known(b.0).cmp(&known(a.0))).then(a.0.cmp(b.0)));
    match weights.first() {
        Some((tag, script, total, sure)) => {
            let confidence = sure / total.max(f64::MIN_POSITIVE) * (total / all.max(f64::MIN_POSITIVE)).sqrt();
            Prevailing { tag: (*tag).to_owned(), confidence: if known(tag) { confidence } else { 0.0 }, script }
        }
        None => Prevailing { tag: "und".into(), confidence: 0.0, script: "Zyyy" },
    }
}

/// The language that a declared tag means, by the code that is answered here: `iw` and `he-IL` are `he`. `None` for what is no
/// tag.
pub fn declared(tag: &str) -> Option<String> {
    let primary = primary(&tag.replace('_', "-")).to_ascii_lowercase();
    // Older codes, and codes of what is written as one language here.
    let primary = match primary.as_str() {
        "iw" => "he",
        "in" => "id",
        "ji" => "yi",
        "no" => "nb",
        "fil" => "tl",
        "prs" | "pes" => "fa",
        "kmr" => "ku",
        "cmn" => "zh",
        other => other,
    };
    ((2..=3).contains(&primary.len()) && primary.chars().all(|c| c.is_ascii_alphabetic())).then(|| primary.to_owned())
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> String {
        identify(&[(TextField::Text, text)], None).document.tag
    }

    #[test]
    fn languages_of_the_region() {
        for (expected, text) in [
            ("en", "The two presidents discussed trade between their countries on Sunday."),
            ("az", "Prezidentlər bazar günü ölkələr arasında ticarəti müzakirə ediblər."),
            ("tr", "İki cumhurbaşkanı pazar günü ülkeler arasındaki ticareti görüştü."),
            ("ru", "Президенты в воскресенье обсудили торговлю между странами."),
            ("uk", "Президенти в неділю обговорили торгівлю між двома країнами."),
            ("fa", "رئیسان جمهور دو کشور روز یکشنبه درباره تجارت گفت‌وگو کردند."),
            ("ar", "ناقش الرئيسان يوم الأحد التجارة بين البلدين في اجتماع طويل."),
            ("he", "שני הנשיאים דנו ביום ראשון בסחר בין המדינות."),
            ("ka", "პრეზიდენტებმა კვირას ქვეყნებს შორის ვაჭრობა განიხილეს."),
            ("hy", "Նախագահները կիրակի օրը քննարկել են առևտուրը երկրների միջև։"),
            ("und", "12 / 7 — 3"),
        ] {
            assert_eq!(tag(text), expected, "{text}");
        }
    }

    #[test]
    fn names_do_not_hide_the_language_of_a_short_text() {
        for (expected, text) in [
            ("en", "President Ilham Aliyev received his counterpart Ebrahim Raisi in Baku."),
            ("tr", "Cumhurbaşkanı Recep Tayyip Erdoğan, Bakü'de İlham Aliyev ile görüştü."),
            ("az", "Prezident İlham Əliyev Bakıda İbrahim Rəisi ilə görüşüb."),
        ] {
            assert_eq!(tag(text), expected, "{text}");
        }
    }

    #[test]
    fn spans_count_code_points_and_join() {
        let text = "The presidents spoke about trade.\n\nThey met on Sunday in the capital.\n\nПрезиденты обсудили торговлю между странами.";
        let found = identify(&[(TextField::Text, text)], None).document;
        let spans: Vec<(&str, usize, usize)> = found.spans.iter().map(|s| (s.tag.as_str(), s.start, s.end)).collect();
        assert_eq!(spans, [("en", 0, 69), ("ru", 71, text.chars().count())]);
    }

    #[test]
    fn the_declared_language_settles_only_what_is_open() {
        let found = identify(&[(TextField::Text, "Baku, Tehran")], Some("az"));
        assert_eq!(found.document.tag, "az");
        let found =
            identify(&[(TextField::Text, "The two presidents discussed trade between their countries.")], Some("ru"));
        assert_eq!(found.document.tag, "en");
    }
}

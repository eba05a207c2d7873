//! Languages of a field, span by span, and of the document as a whole.

use std::sync::LazyLock;

use lingua::{LanguageDetector, LanguageDetectorBuilder};
use unicode_script::Script;

use super::script::{language_of, script_code, scripts};
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

static LINGUA: LazyLock<LanguageDetector> = LazyLock::new(|| LanguageDetectorBuilder::from_all_languages().build());

/// Letters beyond this do not change what language a paragraph is in.
const ENOUGH_LETTERS: usize = 600;

/// Letters of a field after which paragraphs are only sampled.
const ENOUGH_IN_ALL: usize = 30_000;

/// Below this confidence an answer is not relied on.
const RELIABLE: f64 = 0.5;

/// With fewer letters nobody can tell the languages of a common script apart.
const FEWEST_LETTERS: usize = 12;

/// Loads the language models, which takes a second or two, so that the first document need not wait.
pub fn warm_up() {
    LINGUA.detect_language_of("The models are loaded by the first text that they see.");
}

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
    let hint = declared.and_then(primary_subtag);
    let mut spans: Vec<LanguageSpan> = Vec::new();
    let mut of_fields: Vec<String> = Vec::new();
    for (field, text) in fields {
        let found = spans_of(*field, text, hint.as_deref());
        of_fields.push(prevailing(&found).0);
        spans.extend(found);
    }
    let (tag, confidence) = prevailing(&spans);
    // A headline of three words is in the language of its article unless it says otherwise.
    let fields_found = of_fields
        .into_iter()
        .map(|own| LanguageOfField { tag: if own == "und" { tag.clone() } else { own } })
        .collect();
    let longest = fields.iter().map(|(_, text)| *text).max_by_key(|text| text.len()).unwrap_or_default();
    let script = scripts(longest).first().map_or("Zyyy", |s| script_code(s.script));
    let document = Language {
        reliable: tag != "und" && confidence >= RELIABLE,
        tag,
        script: script.to_owned(),
        confidence: round(confidence),
        declared: declared.map(str::to_owned),
        spans,
    };
    Languages { document, fields: fields_found }
}

/// The spans of a field: paragraphs, with neighbours of one language joined.
fn spans_of(field: TextField, text: &str, hint: Option<&str>) -> Vec<LanguageSpan> {
    let mut spans: Vec<LanguageSpan> = Vec::new();
    let mut start = 0;
    let mut asked = 0;
    for (number, paragraph) in text.split_inclusive('\n').enumerate() {
        let length = paragraph.chars().count();
        let end = start + length;
        let trimmed = end - paragraph.chars().rev().take_while(|c| c.is_whitespace()).count();
        let letters = paragraph.chars().filter(|c| c.is_alphabetic()).count();
        if letters > 0 {
            // Of a very long text every sixteenth paragraph is asked, and the others are like the one before in their
            // script.
            let sampled = number % 16 == 0 && asked < 4 * ENOUGH_IN_ALL;
            let like_before = spans.last().filter(|_| asked > ENOUGH_IN_ALL && !sampled);
            let (tag, confidence) = match like_before {
                Some(before) if same_script(paragraph, &before.tag) => (before.tag.clone(), before.confidence),
                _ => {
                    asked += letters.min(ENOUGH_LETTERS);
                    language_of_text(paragraph, letters, hint)
                }
            };
            join(&mut spans, LanguageSpan { field, start, end: trimmed, tag, confidence: round(confidence) });
        }
        start = end;
    }
    settle_short_lines(text, spans)
}

/// Whether the stretch is mostly in a script that the language is written in.
fn same_script(stretch: &str, tag: &str) -> bool {
    let Some(script) = scripts(stretch).first().map(|s| s.script) else { return false };
    match language_of(script) {
        Some(only) => only == tag,
        None => match script {
            Script::Cyrillic => ["ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg"].contains(&tag),
            Script::Arabic => ["ar", "fa", "ur", "ps", "ckb", "ug"].contains(&tag),
            Script::Latin => !["ru", "uk", "be", "bg", "mk", "ar", "fa", "ur", "he", "ka", "hy", "el"].contains(&tag),
            _ => false,
        },
    }
}

/// A short line that nobody can tell is in the language of its neighbour in the same script.
fn settle_short_lines(text: &str, spans: Vec<LanguageSpan>) -> Vec<LanguageSpan> {
    if spans.iter().all(|s| s.tag != "und") {
        return spans;
    }
    let letters: Vec<char> = text.chars().collect();
    let script_of = |s: &LanguageSpan| {
        let stretch: String = letters[s.start..s.end].iter().collect();
        scripts(&stretch).first().map(|s| s.script)
    };
    let scripts: Vec<Option<Script>> = spans.iter().map(script_of).collect();
    let neighbour = |at: usize| {
        let fits = |i: &usize| spans[*i].tag != "und" && scripts[*i] == scripts[at];
        (0..at).rev().find(fits).or_else(|| (at + 1..spans.len()).find(fits))
    };
    let mut settled = Vec::new();
    for (at, span) in spans.iter().enumerate() {
        let mut span = span.clone();
        if span.tag == "und"
            && span.end - span.start < 80
            && let Some(i) = neighbour(at)
        {
            span.tag = spans[i].tag.clone();
        }
        join(&mut settled, span);
    }
    settled
}

fn join(spans: &mut Vec<LanguageSpan>, next: LanguageSpan) {
    match spans.last_mut() {
        Some(last) if last.tag == next.tag => {
            let (a, b) = ((last.end - last.start) as f64, (next.end - next.start) as f64);
            last.confidence = round((last.confidence * a + next.confidence * b) / (a + b));
            last.end = next.end;
        }
        _ => spans.push(next),
    }
}

/// The language of a stretch, and how sure it is.
fn language_of_text(text: &str, letters: usize, hint: Option<&str>) -> (String, f64) {
    let shares = scripts(text);
    let Some(first) = shares.first() else { return ("und".into(), 0.0) };
    if first.share >= 0.6 {
        if let Some(tag) = language_of(first.script) {
            return (tag.into(), first.share);
        }
        if first.script == Script::Hebrew {
            // Yiddish writes its vowels, with signs of its own.
            let yiddish = text.chars().filter(|c| matches!(c, 'װ' | 'ױ' | 'ײ' | '\u{5B7}' | '\u{5B8}')).count();
            let tag = if yiddish * 30 > letters { "yi" } else { "he" };
            return (tag.into(), first.share);
        }
    }
    if letters < FEWEST_LETTERS {
        return hint.map_or(("und".into(), 0.0), |tag| (tag.to_owned(), 0.5));
    }
    let head: String = text.chars().take(ENOUGH_LETTERS).collect();
    let values = LINGUA.compute_language_confidence_values(head.as_str());
    let Some((language, confidence)) = values.first().copied() else { return ("und".into(), 0.0) };
    let tag = language.iso_code_639_1().to_string();
    if confidence >= RELIABLE {
        return (tag, confidence);
    }
    if let Some(answer) = judged_without_names(&head, language) {
        return answer;
    }
    // The declared language decides among what the text leaves open.
    let hinted = hint.and_then(|hint| {
        values.iter().take(5).find(|(l, c)| *c >= 0.1 && l.iso_code_639_1().to_string() == hint).map(|(_, c)| *c)
    });
    match (hinted, hint) {
        (Some(own), Some(hint)) => (hint.to_owned(), (own + 0.3).min(0.8)),
        _ if confidence >= 0.3 && letters >= 40 => (tag, confidence),
        _ => ("und".into(), confidence),
    }
}

/// Names are in no language, and where they are half of a short text they mislead: the rest is judged alone. It settles
/// the question when it is sure, or says the same as the whole.
fn judged_without_names(text: &str, of_whole: lingua::Language) -> Option<(String, f64)> {
    let rest = without_names(text);
    let letters = rest.chars().filter(|c| c.is_alphabetic()).count();
    if rest.len() == text.len() || letters < FEWEST_LETTERS {
        return None;
    }
    let values = LINGUA.compute_language_confidence_values(rest);
    let (language, confidence) = values.first().copied()?;
    let agreed = language == of_whole && letters >= 30 && confidence >= 0.2;
    (confidence >= RELIABLE || agreed).then(|| (language.iso_code_639_1().to_string(), confidence.max(0.5)))
}

/// The text without its words that begin with a capital, but for those that begin a sentence and are followed by none.
fn without_names(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capital = |word: &str| word.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_uppercase);
    let ends = |word: &str| word.ends_with(['.', '!', '?', ':']);
    let kept = words.iter().enumerate().filter(|(at, word)| {
        let begins = *at == 0 || ends(words[at - 1]);
        let alone = words.get(at + 1).is_none_or(|next| !capital(next));
        !capital(word) || (begins && alone)
    });
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

/// The tag with the most text, and its share of the text times its confidence.
fn prevailing(spans: &[LanguageSpan]) -> (String, f64) {
    let mut weights: Vec<(&str, f64, f64)> = Vec::new();
    let mut all = 0.0;
    for span in spans {
        let length = (span.end - span.start) as f64;
        all += length;
        match weights.iter_mut().find(|(tag, ..)| *tag == span.tag) {
            Some((_, total, sure)) => {
                *total += length;
                *sure += length * span.confidence;
            }
            None => weights.push((&span.tag, length, length * span.confidence)),
        }
    }
    weights.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    match weights.iter().find(|(tag, ..)| *tag != "und").or(weights.first()) {
        Some((tag, total, sure)) if total / all >= 0.3 => ((*tag).to_owned(), sure / total * (total / all).sqrt()),
        _ => ("und".into(), 0.0),
    }
}

fn primary_subtag(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
    ((2..=3).contains(&primary.len()) && primary.chars().all(|c| c.is_ascii_alphabetic())).then_some(primary)
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

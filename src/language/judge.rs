//! Says which language a stretch is in, and how sure that is: one that is served, or none that is known.

use unicode_script::Script;

use super::letters::{Letter, letter, words};
use super::model::Model;
use super::passages::{Stretch, script_of};
use super::script::language_of;
use super::table::{Class, Sums, UNITS};

/// A language, with how sure it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// BCP 47; `und` where it is none that is known.
    pub tag: String,
    /// 0 to 1: of answers with 0.9 nine in ten are right.
    pub confidence: f64,
}

impl Judgement {
    fn und() -> Judgement {
        Judgement { tag: "und".to_owned(), confidence: 0.0 }
    }
}

/// A language is not itself where its letters are less likely than at home by more than this (a natural logarithm a letter),
/// and by more than [`STRANGE_OF_FEW`] over the root of the number of letters.
const STRANGE: f32 = 0.5;
const STRANGE_OF_FEW: f32 = 4.0;

/// Unless it is so much likelier than any other, a letter.
const CLEARLY: f32 = 0.25;

/// Nor where every word is a name, unless it is so much likelier.
const CLEARLY_OF_NAMES: f32 = 0.3;

/// Fewer words may be a headline, or the name of a thing.
const FEWEST_NAMES: usize = 3;

/// Programs have this many signs at least, of so many kinds, and one for so many letters.
const FEWEST_SIGNS: usize = 4;
const FEWEST_KINDS: usize = 3;
const LETTERS_OF_A_SIGN: usize = 12;

/// With fewer letters nobody can say that it is none.
const FEWEST_LETTERS: u32 = 20;

/// A declared language is taken where it is so near to the best (a natural logarithm): nearer where that one is sure.
const HINT: f32 = 4.0;
const HINT_OF_UNSURE: f32 = 10.0;
const SURE: f64 = 0.7;

/// Letters of words in lower case that show a language better than the names beside them.
const ENOUGH_LOWER: u32 = 10;

/// Judges a stretch of `text`; `hint` is the primary subtag of the language that somebody declared.
pub fn judge(model: &Model, text: &str, stretch: &Stretch, hint: Option<&str>) -> Judgement {
    let text = stretch.of(text);
    let Some(column) = stretch.state.column else { return of_script(stretch, text, hint) };
    let classes = &model.table.alphabet(usize::from(stretch.state.script)).classes;
    let mut best = usize::from(column);
    if !classes[best].served {
        return Judgement::und();
    }
    let mut scores: Vec<f32> = stretch.scores.iter().map(|score| *score as f32 / UNITS).collect();
    let costs = model.near.costs(classes, best, text);
    for (column, cost) in &costs {
        scores[*column] -= cost;
    }
    best = costs
        .iter()
        .map(|(column, _)| *column)
        .chain([best])
        .max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
        .unwrap_or(best);
    let score = |column: usize| scores[column];
    let margin_of = |best: usize| {
        let others = (0..classes.len()).filter(|at| *at != best).map(score).fold(f32::MIN, f32::max);
        score(best) - others
    };
    if let Some(hint) = hint.filter(|hint| primary(&classes[best].tag) != *hint) {
        let unsure = confidence(margin_of(best), stretch.letters) < SURE;
        let far = if unsure { HINT_OF_UNSURE } else { HINT };
        let declared = (0..classes.len()).filter(|at| classes[*at].served && primary(&classes[*at].tag) == hint);
        let near = declared.max_by(|a, b| score(*a).total_cmp(&score(*b))).filter(|at| score(best) - score(*at) <= far);
        best = near.unwrap_or(best);
    }
    let margin = margin_of(best);
    let letters = stretch.letters.max(1) as f32;
    let class = &classes[best];
    let likely = (stretch.scores[best] as f32 + model.table.price * stretch.longer as f32) / UNITS / letters;
    let limit = STRANGE + STRANGE_OF_FEW / letters.sqrt();
    let unclear = stretch.letters >= FEWEST_LETTERS && margin < CLEARLY * letters;
    let less = class.home - likely;
    let strange =
        unclear && less > limit && lower_case(model, text, stretch, best, class).is_none_or(|less| less > limit);
    let names = is_names(text) && (is_list(text) || less > STRANGE && margin < CLEARLY_OF_NAMES * letters);
    // Somebody's word counts where the text says nothing against it.
    if (strange || names || is_code(text, stretch.letters)) && hint != Some(primary(&class.tag)) {
        return Judgement::und();
    }
    Judgement { tag: class.tag.clone(), confidence: confidence(margin, stretch.letters) }
}

/// Whether every word begins with a capital, as in a list of names: names are of any language.
fn is_names(text: &str) -> bool {
    let mut count = 0;
    for word in words(text) {
        let mut letters = word.chars();
        let capital = letters.next().is_some_and(char::is_uppercase);
        if !capital || letters.clone().next().is_some() && letters.all(char::is_uppercase) {
            return false;
        }
        count += 1;
    }
    count >= FEWEST_NAMES
}

/// Whether commas cut the text into pieces of few words.
fn is_list(text: &str) -> bool {
    let pieces = text.split([',', ';', '،', '\n']).filter(|piece| !piece.trim().is_empty());
    let (mut count, mut words) = (0, 0);
    pieces.for_each(|piece| {
        count += 1;
        words += piece.split_whitespace().count();
    });
    count >= FEWEST_NAMES && words <= 3 * count
}

/// Whether a text has so many of the signs that programs are written with, and of so many kinds, that it is one.
fn is_code(text: &str, letters: u32) -> bool {
    let mut kinds: Vec<char> = Vec::new();
    let mut signs = 0;
    for sign in text.chars().filter(|c| "{}[]<>=;_$*\\".contains(*c)) {
        signs += 1;
        if !kinds.contains(&sign) {
            kinds.push(sign);
        }
    }
    signs >= FEWEST_SIGNS && kinds.len() >= FEWEST_KINDS && signs * LETTERS_OF_A_SIGN > letters as usize
}

/// How much less likely the letters of words in lower case are than at home: names are strange in every language. `None`
/// where there are too few such words, or the script has no cases.
fn lower_case(model: &Model, text: &str, stretch: &Stretch, column: usize, class: &Class) -> Option<f32> {
    let width = model.table.alphabet(usize::from(stretch.state.script)).width;
    let (mut sums, mut letters, mut longer) = (Sums::default(), 0, 0);
    for word in words(text) {
        let small = word.chars().next().is_some_and(|c| !c.is_uppercase());
        if !small || word.chars().any(|c| letter(c) != Letter::Of(stretch.state.script)) {
            continue;
        }
        let symbols: Vec<u16> = word.chars().map(|c| model.table.symbol(c)).filter(|symbol| *symbol > 0).collect();
        model.table.add(width, &symbols, &mut sums);
        letters += symbols.len() as u32;
        longer += super::passages::longer(symbols.len());
    }
    let likely = (sums.take()[column] as f32 + model.table.price * longer as f32) / UNITS / letters.max(1) as f32;
    (letters >= ENOUGH_LOWER).then_some(class.home - likely)
}

/// Words that every Yiddish text has and Hebrew lacks.
const YIDDISH: [&str; 16] =
    ["דער", "דאס", "די", "און", "איז", "האט", "האבן", "פון", "מיט", "נישט", "אין", "צו", "וועט", "זיך", "ביי", "אויף"];

/// Characters of Han from which on a text without kana is no Japanese.
const HAN_ALONE: u32 = 16;

/// A script that one language has, as far as nisba can tell; which of several, somebody may have declared.
fn of_script(stretch: &Stretch, text: &str, hint: Option<&str>) -> Judgement {
    let (script, letters) = (script_of(stretch.state), stretch.letters);
    let others: &[&str] = match script {
        // A headline of Han alone may be Japanese; a text is not.
        Script::Han if letters < HAN_ALONE => &["ja"],
        Script::Bengali => &["as", "bn"],
        Script::Ethiopic => &["am", "ti"],
        Script::Tibetan => &["bo", "dz"],
        _ => &[],
    };
    let declared = hint.and_then(|hint| others.iter().find(|other| **other == hint));
    let tag = match script {
        _ if declared.is_some() => declared.copied().unwrap_or("und"),
        // Yiddish writes its vowels, with signs of its own; not all newspapers do.
        Script::Hebrew => {
            let signs = text.chars().filter(|c| matches!(c, 'װ' | 'ױ' | 'ײ' | '\u{5B7}' | '\u{5B8}')).count();
            let yiddish = words(text).filter(|word| YIDDISH.contains(word)).count();
            if signs * 30 > letters as usize || yiddish * 8 > words(text).count() { "yi" } else { "he" }
        }
        Script::Han => "zh",
        Script::Hiragana | Script::Katakana => "ja",
        script => language_of(script).unwrap_or("und"),
    };
    Judgement { tag: tag.to_owned(), confidence: if tag == "und" { 0.0 } else { 0.99 } }
}

/// How often an answer with such a margin is right: fitted to the development sets.
fn confidence(margin: f32, letters: u32) -> f64 {
    let spread = f64::from(margin) / (1.0 + f64::from(letters).sqrt() * 0.25);
    1.0 / (1.0 + (0.26 - 0.63 * spread).exp())
}

/// The language of a tag without its script and region.
pub fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

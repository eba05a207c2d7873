//! Small and capital letters, as each language has them.

use unicode_script::{Script, UnicodeScript};

/// Which letters of a word are capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capitals {
    All,
    First,
    None,
    /// The script has only one case.
    Caseless,
}

/// Whether i without a dot has a capital of its own.
fn has_dotless_i(language: &str) -> bool {
    matches!(language, "tr" | "az" | "tt" | "crh")
}

/// The word in small letters.
pub(super) fn lower(word: &str, language: &str) -> String {
    let mut small = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            'I' if has_dotless_i(language) => small.push('ı'),
            'İ' => small.push('i'),
            c => small.extend(c.to_lowercase()),
        }
    }
    small
}

/// How the word is capitalised. An initial counts as a word with a capital.
pub(super) fn capitals_of(word: &str) -> Capitals {
    let mut cased = word.chars().filter(|c| has_capitals(c.script()) && (c.is_lowercase() || c.is_uppercase()));
    let Some(first) = cased.next() else { return Capitals::Caseless };
    if first.is_lowercase() {
        return Capitals::None;
    }
    let rest: Vec<char> = cased.collect();
    if !rest.is_empty() && rest.iter().all(|c| c.is_uppercase()) { Capitals::All } else { Capitals::First }
}

/// Whether names begin with a capital in the script. Georgian capitals are for headlines only.
pub(super) fn has_capitals(script: Script) -> bool {
    matches!(script, Script::Latin | Script::Cyrillic | Script::Greek | Script::Armenian)
}

/// The word with capitals.
pub(super) fn capitalised(word: &str, capitals: Capitals, language: &str) -> String {
    let upper = |c: char| match c {
        'i' if has_dotless_i(language) => "İ".to_owned(),
        c => c.to_uppercase().collect(),
    };
    match capitals {
        Capitals::None => word.to_owned(),
        Capitals::All => word.chars().map(upper).collect(),
        Capitals::First | Capitals::Caseless => {
            let Some(at) = word.find(char::is_alphabetic) else { return word.to_owned() };
            let mut rest = word[at..].chars();
            let first = rest.next().map(upper).unwrap_or_default();
            format!("{}{first}{}", &word[..at], rest.as_str())
        }
    }
}

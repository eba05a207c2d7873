//! Which scripts a text is written in.

use rustc_hash::FxHashMap;
use unicode_script::{Script, UnicodeScript};

/// A script and its share of the letters of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScriptShare {
    pub script: Script,
    /// 0 to 1.
    pub share: f64,
}

/// The scripts of the letters of a text, the prevailing one first; empty for a text without letters.
///
/// ```
/// use nisba::language::{script_code, scripts};
/// assert_eq!(script_code(scripts("Тбилиси, თბილისი — თბილისში")[0].script), "Geor");
/// ```
pub fn scripts(text: &str) -> Vec<ScriptShare> {
    let mut counts: FxHashMap<Script, usize> = FxHashMap::default();
    let mut all = 0usize;
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        let script = c.script();
        if !matches!(script, Script::Common | Script::Inherited | Script::Unknown) {
            *counts.entry(script).or_default() += 1;
            all += 1;
        }
    }
    let mut shares: Vec<ScriptShare> =
        counts.into_iter().map(|(script, n)| ScriptShare { script, share: n as f64 / all as f64 }).collect();
    shares.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.script.short_name().cmp(b.script.short_name())));
    shares
}

/// The ISO 15924 code: `Latn`, `Cyrl`.
pub fn script_code(script: Script) -> &'static str {
    script.short_name()
}

/// The language that a script is written for, where it is one: its BCP 47 tag.
pub(super) fn language_of(script: Script) -> Option<&'static str> {
    Some(match script {
        Script::Georgian => "ka",
        Script::Armenian => "hy",
        Script::Greek => "el",
        Script::Thai => "th",
        Script::Hangul => "ko",
        Script::Gujarati => "gu",
        Script::Gurmukhi => "pa",
        Script::Tamil => "ta",
        Script::Telugu => "te",
        Script::Kannada => "kn",
        Script::Malayalam => "ml",
        Script::Oriya => "or",
        Script::Sinhala => "si",
        Script::Khmer => "km",
        Script::Lao => "lo",
        Script::Myanmar => "my",
        Script::Tibetan => "bo",
        Script::Ethiopic => "am",
        Script::Thaana => "dv",
        _ => return None,
    })
}

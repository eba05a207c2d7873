//! Scripts, by the codes and the languages that they have.

use unicode_script::Script;

/// The ISO 15924 code: `Latn`, `Cyrl`.
pub fn script_code(script: Script) -> &'static str {
    script.short_name()
}

/// The language that a script is written for, where it is one: its BCP 47 tag. Ethiopic is also of Tigrinya, Tibetan also of
/// Dzongkha.
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
        Script::Thaana => "dv",
        Script::Bengali => "bn",
        _ => return None,
    })
}

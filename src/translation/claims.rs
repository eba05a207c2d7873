//! What is said of where a text comes from: by the text, by who sends it, by its page, and by how names are spelt in it.

use serde::{Deserialize, Serialize};

use super::said::{Field, Kind, Said, said};
use super::{address, habits};
use crate::language::primary;

/// What a document says of where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    pub is: Claimed,
    /// BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// As written.
    pub phrase: String,
    /// Where the original stands, as [`super::address()`] has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<i64>,
    /// Of a habit, how likely it is, up to 0.35.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// What is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claimed {
    /// A machine translated it.
    Machine,
    /// It is a translation, or its original is elsewhere.
    Translation,
    /// An agency or an outlet said so first.
    Reported,
    /// Its names are spelt as one who translates from this language spells them.
    Habit,
}

/// What a text says of where it comes from.
pub fn of_text(language: &str, title: Option<&str>, byline: Option<&str>, text: &str) -> Vec<Claim> {
    let fields = [(Field::Title, title), (Field::Byline, byline), (Field::Text, Some(text))];
    let fields: Vec<(Field, &str)> = fields.into_iter().filter_map(|(field, text)| Some((field, text?))).collect();
    let claim = |said: Said| {
        let is = match said.kind {
            Kind::Machine => Claimed::Machine,
            Kind::TranslatedFrom | Kind::OriginalIn => Claimed::Translation,
            Kind::ReportedBy => Claimed::Reported,
            Kind::AlsoIn => return None,
        };
        Some(Claim { is, language: said.language, phrase: said.phrase, address: None, confidence: None })
    };
    said(language, &fields).into_iter().filter_map(claim).collect()
}

/// Whether a text says to be a translation from a language.
pub fn is_translation(claims: &[Claim], from: &str) -> bool {
    let says = |claim: &Claim| matches!(claim.is, Claimed::Machine | Claimed::Translation);
    let is_from = |claim: &Claim| claim.language.as_deref().is_some_and(|language| same_language(language, from));
    claims.iter().any(|claim| says(claim) && is_from(claim))
}

/// What a page or a sender declares: where the original stands, its language, or both, under these keys.
pub fn declared(keys: [&str; 2], at: Option<&str>, language: Option<&str>) -> Option<Claim> {
    let said = keys.into_iter().zip([at, language]);
    let said: Vec<String> = said.filter_map(|(key, value)| Some(format!("{key}: {}", value?))).collect();
    let language = language.map(str::to_owned);
    (!said.is_empty()).then(|| Claim {
        is: Claimed::Translation,
        language,
        phrase: said.join(", "),
        address: at.map(address),
        confidence: None,
    })
}

/// What a page declares by naming its translator.
pub fn translated_by(name: &str) -> Claim {
    let phrase = format!("translator: {name}");
    Claim { is: Claimed::Translation, language: None, phrase, address: None, confidence: None }
}

/// From which language the names of a text, as they are written in it, seem to be taken over.
pub fn habit<'t>(language: &str, names: impl Iterator<Item = &'t str>, text: &'t str) -> Option<Claim> {
    let habit = habits::habit(language, names, text)?;
    let phrase = habit.written.join("”, “");
    let (language, confidence) = (Some(habit.language), Some(habit.confidence));
    Some(Claim { is: Claimed::Habit, language, phrase, address: None, confidence })
}

/// Whether two tags are of one language, in whatever script or country.
pub(super) fn same_language(one: &str, other: &str) -> bool {
    primary(one) == primary(other)
}

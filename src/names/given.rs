//! Given names across scripts: which words sound like one, and which are forms of one name.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::align::{best_reading, likeness};
use super::key::Skeleton;
use super::kinds::Kinds;
use super::lists::latin_names;
use super::token::Token;
use super::words::family_forms;

/// How alike a word and a listed name are at least that sound like each other.
const SOUNDS_SO: f32 = 0.93;

/// Listed names of Latin letters by their usual skeleton, to know them in other scripts.
static LISTED: LazyLock<FxHashMap<Skeleton, Vec<(Token, Kinds)>>> = LazyLock::new(|| {
    let mut sounds: FxHashMap<Skeleton, Vec<(Token, Kinds)>> = FxHashMap::default();
    for (name, kinds) in latin_names().filter(|(name, _)| name.chars().count() >= 3) {
        if let Some(token) = Token::new(name).filter(|token| token.skeleton().length() >= 2) {
            sounds.entry(token.skeleton()).or_default().push((token, kinds));
        }
    }
    sounds
});

/// The forms of each family of given names, by the family's number, to compare words of other scripts with.
static FORMS: LazyLock<Vec<Vec<(Skeleton, Token)>>> = LazyLock::new(|| {
    let mut forms: Vec<Vec<(Skeleton, Token)>> = Vec::new();
    for token in family_forms().iter().filter_map(|form| Token::new(form)) {
        for family in token.families.numbers() {
            let number = usize::from(*family);
            if forms.len() <= number {
                forms.resize_with(number + 1, Vec::new);
            }
            forms[number].push((token.skeleton(), token.clone()));
        }
    }
    forms
});

/// Loads what is otherwise loaded by the first name that needs it.
pub(super) fn load() {
    LazyLock::force(&LISTED);
    LazyLock::force(&FORMS);
}

/// Whether a word sounds like listed given or family names of Latin letters: Мальмстин like Malmström, no; Брауэр like
/// Brauer. Nothing for a word of Latin letters.
pub fn sounds_listed(token: &Token) -> Kinds {
    let Some(listed) = LISTED.get(&token.skeleton()) else { return Kinds::default() };
    let mut kinds = Kinds::default();
    for (name, of_name) in listed {
        // What differs so much in length cannot be so alike.
        let near = 10 * token.weight.min(name.weight) >= 8 * token.weight.max(name.weight);
        let asked = near || token.writing != name.writing;
        if asked
            && (kinds | *of_name) != kinds
            && name.script != token.script
            && best_reading(token, name, SOUNDS_SO) >= SOUNDS_SO
        {
            kinds = kinds | *of_name;
        }
    }
    kinds
}

/// Whether two words are forms of one given name, in whatever scripts: Bill and Вильям. One of them has to be listed; the
/// other one may be known by its sound, if it is of another script.
pub fn equivalent(a: &Token, b: &Token) -> bool {
    a.families.share_one(b.families) || (a.script != b.script && (sounds_like_family(a, b) || sounds_like_family(b, a)))
}

/// Whether `word` sounds like a form of a family that has `listed`.
fn sounds_like_family(word: &Token, listed: &Token) -> bool {
    if listed.families.is_empty() {
        return false;
    }
    let skeleton = word.skeleton();
    let forms = listed.families.numbers().iter().filter_map(|family| FORMS.get(usize::from(*family))).flatten();
    forms
        .filter(|(of_form, form)| *of_form == skeleton && form.script != word.script)
        .any(|(_, form)| likeness(word, form) >= SOUNDS_SO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_name() {
        let same = |a, b| equivalent(&Token::new(a).unwrap(), &Token::new(b).unwrap());
        assert!(same("Bill", "William") && same("Bob", "Robert") && same("Иван", "Іван"));
        assert!(same("Билл", "William"));
        assert!(!same("Bill", "Robert"));
    }
}

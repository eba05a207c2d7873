//! Given names across scripts: which words sound like one, and which are forms of one name.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::align::likeness;
use super::key::Skeleton;
use super::parse::Token;
use super::words::{Roles, families, family_forms, given_names, same_family};

/// Given names by their usual skeleton, to know them in another script than theirs.
static BY_SOUND: LazyLock<FxHashMap<Skeleton, Vec<Token>>> = LazyLock::new(|| {
    let mut sounds: FxHashMap<Skeleton, Vec<Token>> = FxHashMap::default();
    let single = given_names().filter(|n| n.chars().count() >= 3 && !n.contains(' '));
    for token in single.filter_map(Token::new) {
        if token.skeleton().to_string().len() >= 3 {
            sounds.entry(token.skeleton()).or_default().push(token);
        }
    }
    sounds
});

/// Forms of given names by their usual skeleton, with the families that have them.
static FORMS: LazyLock<FxHashMap<Skeleton, Vec<Token>>> = LazyLock::new(|| {
    let mut forms: FxHashMap<Skeleton, Vec<Token>> = FxHashMap::default();
    for token in family_forms().iter().filter_map(|form| Token::new(form)) {
        forms.entry(token.skeleton()).or_default().push(token);
    }
    forms
});

/// Whether a word sounds like a given name of another script: Kazem like کاظم, Джон like John.
pub fn sounds_like_given_name(token: &Token) -> bool {
    let Some(known) = BY_SOUND.get(&token.skeleton()) else { return false };
    known.iter().any(|given| given.script != token.script && likeness(token, given) >= 0.93)
}

/// Whether two words are forms of one given name, in whatever scripts: Bill and Вильям.
pub fn equivalent(a: &Token, b: &Token) -> bool {
    if same_family(a.word, b.word) {
        return true;
    }
    // A word that is listed is known as it is; others are known by their sound.
    let (of_a, of_b) = (families_of(a), families_of(b));
    of_a.iter().any(|family| of_b.contains(family))
}

fn families_of(token: &Token) -> SmallVec<[u16; 8]> {
    let own = families(token.word);
    if !own.is_empty() || token.roles.any(Roles::GIVEN) && token.script == 0 {
        return own.into();
    }
    let mut found: SmallVec<[u16; 8]> = SmallVec::new();
    for form in FORMS.get(&token.skeleton()).into_iter().flatten() {
        if form.script != token.script && likeness(token, form) >= 0.93 {
            found.extend(
                families(form.word).iter().filter(|f| !found.contains(f)).copied().collect::<SmallVec<[u16; 4]>>(),
            );
        }
    }
    found
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

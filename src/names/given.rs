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
static LISTED: LazyLock<Listed> = LazyLock::new(|| {
    let tokens = latin_names().filter(|(name, _)| name.chars().count() >= 3);
    let tokens = tokens.filter_map(|(name, kinds)| Some((Token::new(name)?, kinds)));
    Listed::of(tokens.filter(|(token, _)| token.skeleton().length() >= 2).collect())
});

/// Names side by side, those of one skeleton together: most of the tens of thousands have a skeleton of their own.
struct Listed {
    names: Box<[(Token, Kinds)]>,
    /// Where those of each skeleton begin and end.
    places: FxHashMap<Skeleton, (u32, u32)>,
}

impl Listed {
    fn of(mut names: Vec<(Token, Kinds)>) -> Listed {
        names.sort_by_cached_key(|(token, _)| token.skeleton());
        let mut places: FxHashMap<Skeleton, (u32, u32)> = FxHashMap::default();
        let mut at = 0;
        for group in names.chunk_by(|(one, _), (other, _)| one.skeleton() == other.skeleton()) {
            let end = at + group.len() as u32;
            places.insert(group[0].0.skeleton(), (at, end));
            at = end;
        }
        places.shrink_to_fit();
        Listed { names: names.into(), places }
    }

    fn with(&self, skeleton: Skeleton) -> &[(Token, Kinds)] {
        let Some((first, end)) = self.places.get(&skeleton) else { return &[] };
        &self.names[*first as usize..*end as usize]
    }
}

/// The forms of a given name.
type Forms = Box<[(Skeleton, Token)]>;

/// The forms of each family of given names, by the family's number, to compare words of other scripts with.
static FORMS: LazyLock<Vec<Forms>> = LazyLock::new(|| {
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
    forms.into_iter().map(Vec::into_boxed_slice).collect()
});

/// Loads what is otherwise loaded by the first name that needs it.
pub(super) fn load() {
    LazyLock::force(&LISTED);
    LazyLock::force(&FORMS);
}

/// Whether a word sounds like listed given or family names of Latin letters: Мальмстин like Malmström, no; Брауэр like
/// Brauer. Nothing for a word of Latin letters.
pub fn sounds_listed(token: &Token) -> Kinds {
    let mut kinds = Kinds::default();
    for (name, of_name) in LISTED.with(token.skeleton()) {
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

//! Endings that languages put on names: `data/names/inflections.toml`.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use smallvec::SmallVec;

use super::letters::{Kind, letter};
use super::normal::normalise;
use super::words::{Roles, WordHash, roles};

/// Letters that must be left of a name when an ending is taken off.
const LEAST: usize = 3;

/// By ending, as its letters are normalised: what stands there in the name's own form.
type Endings = FxHashMap<String, SmallVec<[String; 4]>>;

struct Inflections {
    set_off: FxHashSet<String>,
    endings: Endings,
    /// Of the longest ending, in letters.
    longest: usize,
}

#[derive(Deserialize)]
struct File {
    set_off: String,
    #[serde(flatten)]
    languages: FxHashMap<String, FxHashMap<String, String>>,
}

static INFLECTIONS: LazyLock<Inflections> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("../../data/names/inflections.toml"))
        .unwrap_or_else(|e| panic!("data/names/inflections.toml: {e}"));
    let mut endings = Endings::default();
    let rules = file.languages.values().flatten();
    for (own, ending) in rules.flat_map(|(own, endings)| endings.split_whitespace().map(move |e| (own, e))) {
        let own = normalise(own);
        let known = endings.entry(normalise(ending)).or_default();
        if !known.contains(&own) {
            known.push(own);
        }
    }
    // The order in which a file's tables are read is no order.
    endings.values_mut().for_each(|known| known.sort_unstable());
    let longest = endings.keys().map(|ending| ending.chars().count()).max().unwrap_or(0);
    let set_off = file.set_off.split_whitespace().map(normalise).collect();
    Inflections { set_off, endings, longest }
});

/// The name before an apostrophe, and the ending that the apostrophe sets off: Erdoğan'ın, Merkel's. `None` where what
/// follows is no such ending: O'Neill, Mas'ud, Reza'i.
///
/// ```
/// use nisba::names::set_off;
/// assert_eq!(set_off("Aliyev’in"), Some(("Aliyev", "in")));
/// assert_eq!(set_off("Tabataba'i"), None);
/// ```
pub fn set_off(word: &str) -> Option<(&str, &str)> {
    let (at, mark) = word.char_indices().rfind(|(_, c)| letter(*c).kind == Kind::Apostrophe)?;
    let (stem, ending) = (&word[..at], &word[at + mark.len_utf8()..]);
    // A vowel after a vowel is of the name itself: in Turkic languages a consonant would come between.
    let vowel = |c: Option<char>| c.is_some_and(|c| "aeiouyəäöü".contains(letter(c).plain));
    let short = ending.chars().count() == 1;
    let own = short && vowel(ending.chars().next()) && (vowel(stem.chars().next_back()) || stem.chars().count() < 5);
    let is_ending = INFLECTIONS.set_off.contains(&normalise(ending));
    (is_ending && !own && stem.chars().count() >= 2).then_some((stem, ending))
}

/// The names that the word may be a form of, normalised, by the longest ending first; none for a listed given name, and for
/// a word that no ending of any language fits. In which language the word stands is not known, so that these are
/// possibilities: Алиева is a form of Алиев, and a name.
///
/// ```
/// use nisba::names::own_forms;
/// assert_eq!(own_forms("Путиным")[0], "путин");
/// assert!(own_forms("Putindən").contains(&"putin".to_owned()));
/// ```
pub fn own_forms(word: &str) -> Vec<String> {
    if roles(WordHash::of(word)).any(Roles::GIVEN) {
        return Vec::new();
    }
    let all = &*INFLECTIONS;
    let normal = normalise(word);
    let mut forms: Vec<String> = Vec::new();
    let starts: SmallVec<[usize; 32]> = normal.char_indices().map(|(at, _)| at).collect();
    let first = starts.len().saturating_sub(all.longest).max(LEAST);
    for at in starts.iter().skip(first) {
        for own in all.endings.get(&normal[*at..]).into_iter().flatten() {
            let form = format!("{}{own}", &normal[..*at]);
            if form.chars().count() > LEAST && form != normal && !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_many_languages() {
        for (form, own) in [
            ("Алиеву", "алиев"),
            ("Əliyevin", "əliyev"),
            ("Жириновского", "жириновский"),
            ("Kowalskiego", "kowalski"),
            ("Putinas", "putin"),
            ("Orbánnal", "orbán"),
            ("Путиннің", "путин"),
            ("პუტინმა", "პუტინი"),
            ("Փաշինյանի", "փաշինյան"),
            ("Зеленським", "зеленський"),
        ] {
            assert!(own_forms(form).contains(&own.to_owned()), "{form}: {:?}", own_forms(form));
        }
        assert!(own_forms("Li").is_empty());
    }

    #[test]
    fn an_apostrophe_may_belong_to_the_name() {
        for word in ["O'Neill", "Mas'ud", "Reza'i", "D'Alema", "Jum'a", "Khamene'i"] {
            assert_eq!(set_off(word), None, "{word}");
        }
        for (word, stem) in [("Erdoğan'ın", "Erdoğan"), ("Merkel’s", "Merkel"), ("Əliyev'ə", "Əliyev")] {
            assert_eq!(set_off(word).map(|(stem, _)| stem), Some(stem));
        }
    }
}

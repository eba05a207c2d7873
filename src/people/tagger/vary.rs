//! Other names in place of those of a training text, so that what is learned is how names stand and not who was in the news:
//! of the language's own lists and of others, of two words and of three, with initials and particles, and with words in
//! no list.

use rustc_hash::FxHashMap;

use super::train::Random;
use crate::names::{ListedNames, lexicon, listed_names, listed_names_like};

/// Languages whose names stand in a text as they are, without case endings.
const AS_THEY_ARE: [&str; 22] = [
    "en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "nb", "id", "vi", "ro", "sq", "fa", "fa-AF", "ar", "ur",
    "he", "hi", "ps", "zh",
];

/// The languages that inflect names, each with the one whose lists it takes.
const INFLECTED: [(&str, &str); 24] = [
    ("ru", "ru"),
    ("uk", "uk"),
    ("be", "ru"),
    ("bg", "bg"),
    ("mk", "mk"),
    ("pl", "pl"),
    ("cs", "cs"),
    ("sk", "sk"),
    ("sl", "sl"),
    ("hr", "hr"),
    ("lt", "lt"),
    ("lv", "lv"),
    ("hu", "hu"),
    ("fi", "fi"),
    ("et", "et"),
    ("tr", "tr"),
    ("az", "az"),
    ("kk", "kk"),
    ("ky", "kk"),
    ("tg", "ru"),
    ("ka", "ka"),
    ("hy", "hy"),
    ("el", "el"),
    ("sr-Latn", "sr"),
];

/// Names of a language to take others from.
pub struct Pool {
    names: ListedNames,
    /// Of all languages of the script.
    others: ListedNames,
    /// Given and family names in all forms that the endings of the language make, by their last two letters: what ends
    /// alike stands in the same case.
    forms: Option<[FxHashMap<String, Vec<String>>; 2]>,
}

impl Pool {
    /// For texts of a language; `None` where its names cannot be exchanged.
    pub fn of(language: &str) -> Option<Pool> {
        let inflected = INFLECTED.iter().find(|(tag, _)| *tag == language);
        let lists = match language {
            "fa-AF" | "ps" => "fa",
            language if AS_THEY_ARE.contains(&language) => language,
            _ => inflected?.1,
        };
        let names = listed_names(lists);
        let forms = inflected.and_then(|_| lexicon(language)).map(|lexicon| {
            let forms = |names: &[&str]| {
                let mut by_end: FxHashMap<String, Vec<String>> = FxHashMap::default();
                for name in names {
                    let changed = lexicon.endings.iter().filter(|e| !e.suffix.starts_with('\'')).filter_map(|ending| {
                        let stem = name.strip_suffix(ending.restore.as_str())?;
                        (stem.chars().count() >= 2).then(|| format!("{stem}{}", ending.suffix))
                    });
                    for form in changed.chain([(*name).to_owned()]) {
                        by_end.entry(end_of(&form)).or_default().push(form);
                    }
                }
                by_end
            };
            [forms(&names.given), forms(&names.family)]
        });
        let like = names.given.first().and_then(|name| name.chars().next()).unwrap_or('a');
        Some(Pool { names, others: listed_names_like(like), forms })
    }
}

fn end_of(word: &str) -> String {
    let letters: Vec<char> = word.to_lowercase().chars().collect();
    letters[letters.len().saturating_sub(2)..].iter().collect()
}

/// A text with other names, and where they are, in code points; `None` where it has none.
pub fn vary(
    raw: &str,
    language: &str,
    names: &[(usize, usize)],
    pool: &Pool,
    random: &mut Random,
) -> Option<(String, Vec<(usize, usize)>)> {
    if names.is_empty() {
        return None;
    }
    let chars: Vec<char> = raw.chars().collect();
    let mut instead: FxHashMap<String, String> = FxHashMap::default();
    let mut text = String::new();
    let mut spans = Vec::new();
    let mut from = 0;
    for (start, end) in names.iter().copied().filter(|(start, end)| start < end && *end <= chars.len()) {
        if start < from {
            continue;
        }
        text.extend(&chars[from..start]);
        let written: String = chars[start..end].iter().collect();
        let cased = chars[start].is_uppercase();
        let words: Vec<&str> = written.split_whitespace().collect();
        let lists = if pool.forms.is_none() && random.chance(0.5) { &pool.others } else { &pool.names };
        let mut new: Vec<String> = Vec::new();
        for (n, word) in words.iter().enumerate() {
            let family = n + 1 == words.len();
            let other = instead.entry((*word).to_owned()).or_insert_with(|| match &pool.forms {
                Some(forms) => inflected(word, &forms[usize::from(family)], random),
                None => make(lists, family, cased, language, random),
            });
            if family && n > 0 && pool.forms.is_none() {
                new.extend(between(lists, language, cased, random));
            }
            new.push(other.clone());
        }
        let first = text.chars().count();
        text.push_str(&new.join(if language == "zh" { "" } else { " " }));
        spans.push((first, text.chars().count()));
        from = end;
    }
    text.extend(&chars[from..]);
    Some((text, spans))
}

/// Another name that ends as this one does; this one where there is none.
fn inflected(word: &str, forms: &FxHashMap<String, Vec<String>>, random: &mut Random) -> String {
    let alike = forms.get(&end_of(word)).map_or(&[][..], Vec::as_slice);
    let Some(one) = pick(alike, random) else { return word.to_owned() };
    let other = pick(alike, random).unwrap_or(one);
    let made = if random.chance(0.25) {
        let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
        a[..a.len() / 2].iter().chain(&b[b.len() / 2..]).collect()
    } else {
        one.clone()
    };
    if word.chars().next().is_some_and(char::is_uppercase) { capital(&made) } else { made }
}

/// What stands between given and family name, now and then.
fn between(lists: &ListedNames, language: &str, cased: bool, random: &mut Random) -> Option<String> {
    let particles: &[&str] = match language {
        "de" => &["von", "van", "zu", "von der"],
        "nl" => &["van", "de", "van der", "van den", "van de"],
        "fr" => &["de", "du", "Le", "de la"],
        "es" => &["de", "del", "de la", "y"],
        "pt" => &["de", "da", "dos", "do"],
        "it" => &["di", "De", "Della", "da", "del"],
        "fa" | "fa-AF" | "ps" | "ur" => &["سید", "محمد", "علی"],
        "ar" => &["بن", "محمد", "عبد", "أبو"],
        "he" => &["בן", "בר"],
        _ => &["van", "de", "von", "bin", "al", "Mac"],
    };
    match random.below(100) {
        0..12 => pick(&lists.given, random).map(|name| if cased { capital(name) } else { (*name).to_owned() }),
        12..20 if cased => Some(format!("{}.", (b'A' + random.below(26) as u8) as char)),
        20..30 => pick(particles, random).map(|particle| (*particle).to_owned()),
        _ => None,
    }
}

fn make(lists: &ListedNames, family: bool, cased: bool, language: &str, random: &mut Random) -> String {
    let list = if family { &lists.family } else { &lists.given };
    let one = pick(list, random).copied().unwrap_or("x");
    let other = pick(list, random).copied().unwrap_or("x");
    let word = match random.below(100) {
        // In no list: the head of one name with the tail of another.
        0..25 if language != "zh" => {
            let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
            a[..a.len().div_ceil(2)].iter().chain(&b[b.len() / 2..]).collect()
        }
        25..30 if family && cased => return format!("{}-{}", capital(one), capital(other)),
        _ => one.to_owned(),
    };
    if cased { capital(&word) } else { word }
}

fn pick<'l, T>(list: &'l [T], random: &mut Random) -> Option<&'l T> {
    if list.is_empty() { None } else { list.get(random.below(list.len())) }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

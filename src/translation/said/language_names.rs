//! Names of languages in the forms that phrases of a language need: "aus dem Persischen", «с азербайджанского».

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::letters::fold;

/// The names of one language for all languages.
#[derive(Default)]
pub(super) struct LanguageNames {
    /// Tags by folded form.
    tags: FxHashMap<String, String>,
    /// Letters of the longest form.
    longest: usize,
}

/// Names in a language as the file has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    /// Each an ending of names and what stands for it in other forms: "ский ского ском". A hyphen is no ending.
    #[serde(default)]
    endings: Vec<String>,
    /// What is written together with the name before it.
    #[serde(default)]
    prefixes: Vec<String>,
    names: BTreeMap<String, Vec<String>>,
}

const FILE: &str = include_str!("../../../data/translation/language_names.toml");

pub(super) static LANGUAGE_NAMES: LazyLock<BTreeMap<String, LanguageNames>> = LazyLock::new(|| {
    let data: BTreeMap<String, Data> =
        toml::from_str(FILE).unwrap_or_else(|e| panic!("data/translation/language_names.toml: {e}"));
    data.into_iter().map(|(language, data)| (language, LanguageNames::build(&data))).collect()
});

impl LanguageNames {
    fn build(data: &Data) -> LanguageNames {
        let mut names = LanguageNames::default();
        // The names themselves first: no form of another language's takes their place.
        for own in [true, false] {
            for (tag, forms) in &data.names {
                for name in forms {
                    let forms = if own { vec![name.clone()] } else { data.forms(name) };
                    forms.iter().for_each(|form| names.insert(form, tag));
                }
            }
        }
        names
    }

    fn insert(&mut self, form: &str, tag: &str) {
        let form = fold(form);
        self.longest = self.longest.max(form.chars().count());
        self.tags.entry(form).or_insert_with(|| tag.to_owned());
    }

    /// The tag of the language that a form names.
    pub(super) fn tag(&self, folded: &str) -> Option<&str> {
        self.tags.get(folded).map(String::as_str)
    }

    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The language of a tag without script and region; empty where it is not known.
    pub(super) fn base(tag: &str) -> &str {
        match tag.split(['-', '_']).next().unwrap_or_default() {
            "nb" | "nn" => "no",
            "prs" => "fa",
            "kmr" => "ku",
            "und" | "mul" | "zxx" => "",
            base => base,
        }
    }
}

impl Data {
    fn forms(&self, name: &str) -> Vec<String> {
        let mut forms = Vec::new();
        for endings in &self.endings {
            let mut endings = endings.split(' ');
            let own = endings.next().filter(|&own| own != "-").unwrap_or_default();
            if let Some(stem) = name.strip_suffix(own) {
                forms.extend(endings.map(|ending| format!("{stem}{}", ending.replace('_', " "))));
            }
        }
        let prefixed = self.prefixes.iter().map(|prefix| format!("{prefix}{name}"));
        forms.extend(prefixed);
        forms
    }
}

#[cfg(test)]
mod tests {
    use super::{LANGUAGE_NAMES, LanguageNames};
    use crate::translation::said::letters::fold;

    #[test]
    fn forms_that_stand_in_phrases_are_known() {
        let forms = [
            ("ru", "азербайджанского", "az"),
            ("ru", "фарси", "fa"),
            ("uk", "вірменської", "hy"),
            ("be", "рускай", "ru"),
            ("pl", "angielskiego", "en"),
            ("pl", "persku", "fa"),
            ("tr", "İngilizceden", "en"),
            ("tr", "Farsça'dan", "fa"),
            ("az", "ingiliscədən", "en"),
            ("az", "rus dilindən", "ru"),
            ("de", "Persischen", "fa"),
            ("fr", "persan", "fa"),
            ("he", "מאנגלית", "en"),
            ("ar", "بالفارسية", "fa"),
            ("ka", "სპარსულიდან", "fa"),
            ("hy", "պարսկերենից", "fa"),
            ("cs", "angličtiny", "en"),
            ("hu", "perzsából", "fa"),
            ("zh", "波斯文", "fa"),
            ("zh", "英語", "en"),
            ("ja", "ペルシャ語", "fa"),
            ("ko", "페르시아어", "fa"),
            ("kk", "ағылшын тілінен", "en"),
            ("uz", "inglizchadan", "en"),
            ("fi", "persiasta", "fa"),
            ("fa", "ترکی آذربایجانی", "az"),
        ];
        for (language, form, tag) in forms {
            assert_eq!(LANGUAGE_NAMES[language].tag(&fold(form)), Some(tag), "{language}: {form}");
        }
    }

    #[test]
    fn tags_lose_script_and_region() {
        let bases = [("az-Cyrl", "az"), ("zh-Hant-TW", "zh"), ("nb", "no"), ("und", ""), ("fa_AF", "fa")];
        for (tag, base) in bases {
            assert_eq!(LanguageNames::base(tag), base);
        }
    }
}

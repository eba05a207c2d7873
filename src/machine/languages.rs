//! The names that providers have for languages, from BCP 47 tags.

/// The parts of a tag that providers tell languages apart by.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tag {
    language: String,
    script: Option<String>,
    region: Option<String>,
}

impl Tag {
    /// Reads `zh-Hant-TW`, in whatever case, also with underscores.
    fn parse(tag: &str) -> Tag {
        let mut parts = tag.split(['-', '_']).filter(|part| !part.is_empty());
        let language = parts.next().unwrap_or_default().to_ascii_lowercase();
        let (mut script, mut region) = (None, None);
        for part in parts {
            match part.len() {
                // What follows a singleton is an extension, and of no account here.
                1 => break,
                4 if script.is_none() && part.bytes().all(|b| b.is_ascii_alphabetic()) => {
                    script = Some(titlecase(part))
                }
                2 | 3 if region.is_none() => region = Some(part.to_ascii_uppercase()),
                _ => {}
            }
        }
        Tag { language, script, region }
    }

    /// The script of a Chinese text, by its tag.
    fn chinese_script(&self) -> &'static str {
        match (self.script.as_deref(), self.region.as_deref()) {
            (Some("Hant"), _) | (None, Some("TW" | "HK" | "MO")) => "Hant",
            _ => "Hans",
        }
    }
}

fn titlecase(part: &str) -> String {
    let lower = part.to_ascii_lowercase();
    lower.char_indices().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c }).collect()
}

/// DeepL's code for a language that a text is in: without region, in capitals.
pub(super) fn deepl_source(tag: &str) -> String {
    Tag::parse(tag).language.to_ascii_uppercase()
}

/// DeepL's code for a language to translate to. Where DeepL wants a variant and the tag has none, the one is chosen
/// that the most people write.
pub(super) fn deepl_target(tag: &str) -> String {
    let tag = Tag::parse(tag);
    match (tag.language.as_str(), tag.region.as_deref()) {
        ("en", Some("GB" | "AU" | "NZ" | "IE" | "IN" | "ZA")) => "EN-GB".into(),
        ("en", _) => "EN-US".into(),
        ("pt", Some("PT" | "AO" | "MZ")) => "PT-PT".into(),
        ("pt", _) => "PT-BR".into(),
        ("zh", _) => format!("ZH-{}", tag.chinese_script().to_ascii_uppercase()),
        ("no", _) => "NB".into(),
        (language, _) => language.to_ascii_uppercase(),
    }
}

/// LibreTranslate's code: the bare language, but for variants that have models of their own.
pub(super) fn libretranslate(tag: &str) -> String {
    let tag = Tag::parse(tag);
    match (tag.language.as_str(), tag.region.as_deref()) {
        ("zh", _) => format!("zh-{}", tag.chinese_script()),
        ("pt", Some("BR")) => "pt-BR".into(),
        ("no", _) => "nb".into(),
        (language, _) => language.into(),
    }
}

/// Apertium's code: ISO 639-3. A language that is not in the table is passed on, for it may be such a code already.
pub(super) fn apertium(tag: &str) -> String {
    let language = Tag::parse(tag).language;
    match APERTIUM.binary_search_by_key(&language.as_str(), |(two, _)| two) {
        Ok(at) => APERTIUM[at].1.into(),
        Err(_) => language,
    }
}

/// Two-letter codes and what Apertium's pairs call the language; in order. Bosnian, Croatian and Serbian are one there,
/// Persian is its Iranian variety, Malay its standard.
const APERTIUM: [(&str, &str); 77] = [
    ("af", "afr"),
    ("an", "arg"),
    ("ar", "ara"),
    ("ast", "ast"),
    ("az", "aze"),
    ("ba", "bak"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("br", "bre"),
    ("bs", "hbs"),
    ("ca", "cat"),
    ("crh", "crh"),
    ("cs", "ces"),
    ("cv", "chv"),
    ("cy", "cym"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("eo", "epo"),
    ("es", "spa"),
    ("et", "est"),
    ("eu", "eus"),
    ("fa", "pes"),
    ("fi", "fin"),
    ("fo", "fao"),
    ("fr", "fra"),
    ("ga", "gle"),
    ("gd", "gla"),
    ("gl", "glg"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hr", "hbs"),
    ("hu", "hun"),
    ("hy", "hye"),
    ("id", "ind"),
    ("is", "isl"),
    ("it", "ita"),
    ("ka", "kat"),
    ("kk", "kaz"),
    ("ky", "kir"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("mk", "mkd"),
    ("mn", "mon"),
    ("mr", "mar"),
    ("ms", "zlm"),
    ("mt", "mlt"),
    ("nb", "nob"),
    ("ne", "nep"),
    ("nl", "nld"),
    ("nn", "nno"),
    ("no", "nob"),
    ("oc", "oci"),
    ("pa", "pan"),
    ("pl", "pol"),
    ("ps", "pus"),
    ("pt", "por"),
    ("ro", "ron"),
    ("ru", "rus"),
    ("sc", "srd"),
    ("se", "sme"),
    ("sh", "hbs"),
    ("sk", "slk"),
    ("sl", "slv"),
    ("sq", "sqi"),
    ("sr", "hbs"),
    ("sv", "swe"),
    ("tg", "tgk"),
    ("tk", "tuk"),
    ("tr", "tur"),
    ("tt", "tat"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("uz", "uzb"),
    ("zh", "zho"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_they_come() {
        let tag = Tag::parse("ZH_hant-tw-x-private");
        assert_eq!(
            (tag.language.as_str(), tag.script.as_deref(), tag.region.as_deref()),
            ("zh", Some("Hant"), Some("TW"))
        );
        assert_eq!(Tag::parse(""), Tag { language: String::new(), script: None, region: None });
    }

    #[test]
    fn each_provider_has_its_own_names() {
        assert_eq!((deepl_source("pt-BR"), deepl_target("pt")), ("PT".into(), "PT-BR".into()));
        assert_eq!((deepl_target("en"), deepl_target("en-GB")), ("EN-US".into(), "EN-GB".into()));
        assert_eq!((deepl_target("zh-TW"), deepl_target("uk")), ("ZH-HANT".into(), "UK".into()));
        assert_eq!((libretranslate("zh"), libretranslate("az-Latn-AZ")), ("zh-Hans".into(), "az".into()));
        assert_eq!((apertium("sr-Cyrl"), apertium("fa"), apertium("eng")), ("hbs".into(), "pes".into(), "eng".into()));
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(APERTIUM.is_sorted_by(|one, next| one.0 < next.0));
    }
}

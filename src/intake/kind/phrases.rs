//! Phrases that pages of a kind have, as they are read from `not_articles.toml`, and how they are found.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use super::Kind;
use super::letters::{bare, fold, is_unspaced, without_numbers, words};

/// What pages of a kind say.
pub(super) struct Phrase {
    pub(super) kind: Kind,
    /// As the data has it.
    pub(super) written: String,
    pub(super) words: usize,
}

pub(super) struct Phrases {
    /// Those that count anywhere in a sentence, and what finds them.
    within: Vec<Phrase>,
    finder: AhoCorasick,
    /// Those that count where they are a sentence, by their letters.
    whole: HashMap<String, Phrase>,
    /// The letters of those of error pages that are more than a word, and what finds them where a sentence says little
    /// more.
    longer: Vec<String>,
    longer_finder: AhoCorasick,
    /// What a flash of news ends with that will be longer.
    to_follow: HashSet<String>,
    /// Parts of addresses, by the kind of what is there.
    pub(super) addresses: HashMap<String, Vec<String>>,
}

/// The file. Which language a phrase is in makes no difference: pages mix them.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Data {
    consent_wall: Sayings,
    bot_check: Sayings,
    login_wall: Sayings,
    error_page: Sayings,
    empty: Sayings,
    teaser: Sayings,
    to_follow: ByLanguage,
    addresses: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Sayings {
    whole: ByLanguage,
    says: ByLanguage,
}

type ByLanguage = BTreeMap<String, Vec<String>>;

const FILE: &str = include_str!("../../../data/intake/not_articles.toml");

pub(super) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let broken = |e: String| -> ! { panic!("data/intake/not_articles.toml: {e}") };
    let data: Data = toml::from_str(FILE).unwrap_or_else(|e| broken(e.to_string()));
    Phrases::build(data).unwrap_or_else(|e| broken(e.to_string()))
});

impl Phrases {
    fn build(data: Data) -> Result<Phrases, aho_corasick::BuildError> {
        let mut within = Vec::new();
        let mut whole = HashMap::new();
        let kinds = [
            (Kind::BotCheck, data.bot_check),
            (Kind::ConsentWall, data.consent_wall),
            (Kind::LoginWall, data.login_wall),
            (Kind::ErrorPage, data.error_page),
            (Kind::Empty, data.empty),
            (Kind::Teaser, data.teaser),
        ];
        for (kind, sayings) in kinds {
            let phrase = |written: String| Phrase { kind, words: words(&written), written };
            within.extend(sayings.says.into_values().flatten().map(phrase));
            for phrase in sayings.whole.into_values().flatten().map(phrase) {
                whole.entry(bare(&fold(&phrase.written))).or_insert(phrase);
            }
        }
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(within.iter().map(|phrase| fold(&phrase.written).trim_end().to_owned()))?;
        // "Wait a moment" and "Read more" are said by people too, with a word or two around.
        let longer = whole.values().filter(|phrase| phrase.kind == Kind::ErrorPage && phrase.words > 1);
        let longer: Vec<String> = longer.map(|phrase| bare(&fold(&phrase.written))).collect();
        let longer_finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&longer)?;
        let to_follow = data.to_follow.into_values().flatten().map(|written| bare(&fold(&written))).collect();
        Ok(Phrases { within, finder, whole, longer, longer_finder, to_follow, addresses: data.addresses })
    }

    /// Those of a line that begin with a word and are nobody's quotation.
    pub(super) fn within(&self, line: &str) -> Vec<(Range<usize>, &Phrase)> {
        let found = self.finder.find_iter(line);
        let counts = found.filter(|found| begins_word(line, found.start()) && !is_quoted(&line[..found.start()]));
        counts.map(|found| (found.range(), &self.within[found.pattern().as_usize()])).collect()
    }

    /// The one that a text is, but for a number or a word. `line` is the text and what is before it in its paragraph.
    pub(super) fn whole(&self, text: &str, line: &str) -> Option<&Phrase> {
        let letters = bare(text);
        let exact = self.whole.get(&letters).or_else(|| self.whole.get(&without_numbers(&letters)));
        let phrase = exact.or_else(|| self.nearly_whole(&letters))?;
        let begins = line.len() - text.trim_start_matches(|letter: char| !letter.is_alphanumeric()).len();
        (!is_quoted(&line[..begins])).then_some(phrase)
    }

    /// The one that three fifths of a text are: "Sorry, page not found".
    fn nearly_whole(&self, letters: &str) -> Option<&Phrase> {
        let found = self.longer_finder.find_iter(letters);
        let mut most =
            found.filter(|found| found.len() * 5 >= letters.len() * 3 && begins_word(letters, found.start()));
        self.whole.get(&self.longer[most.next()?.pattern().as_usize()])
    }

    /// The one that a title, or a part of it, is, or has for its better half.
    pub(super) fn naming(&self, title: &str) -> Option<&Phrase> {
        let half = |(at, _): &(Range<usize>, &Phrase)| at.len() * 2 >= title.len();
        let phrase =
            self.whole(title, title).or_else(|| self.within(title).into_iter().find(half).map(|(_, found)| found));
        phrase.filter(|phrase| phrase.kind != Kind::Teaser)
    }

    pub(super) fn is_to_follow(&self, sentence: &str) -> bool {
        self.to_follow.contains(&bare(sentence))
    }
}

fn begins_word(line: &str, at: usize) -> bool {
    let next_is_unspaced = line[at..].starts_with(is_unspaced);
    next_is_unspaced || !line[..at].ends_with(char::is_alphanumeric)
}

/// Whether a quotation is open at the end of what stands before. Every pair of marks is of two, whichever they are.
fn is_quoted(before: &str) -> bool {
    let marks = before.matches(['"', '“', '”', '„', '«', '»', '「', '」', '『', '』', '《', '》']).count();
    let apostrophe = before.strip_suffix('\'').is_some_and(|before| !before.ends_with(char::is_alphanumeric));
    marks % 2 == 1 || apostrophe
}

#[cfg(test)]
mod tests {
    use super::{Data, FILE};

    #[test]
    fn every_language_has_words_for_everything() {
        let languages = "en ru uk ar fa tr az de fr es it pt pl cs ro hu bg sr el he ka hy kk uz ur hi bn id vi th zh \
                         ja ko nl sv fi";
        let data: Data = toml::from_str(FILE).expect("as the module reads it");
        let kinds = [data.consent_wall, data.bot_check, data.login_wall, data.error_page, data.empty, data.teaser];
        let tables = kinds.iter().flat_map(|sayings| [&sayings.whole, &sayings.says]).chain([&data.to_follow]);
        for table in tables {
            for language in languages.split(' ') {
                assert!(table.get(language).is_some_and(|phrases| !phrases.is_empty()), "{language}");
            }
        }
    }
}

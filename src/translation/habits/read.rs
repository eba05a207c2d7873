//! How the file of rules is read.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::table::{Entry, Pattern, Rule, Rules, Scales, Table, Topics, Vote, head};
use super::words::words;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    scales: Scales,
    sets: HashMap<String, Vec<String>>,
    topics: BTreeMap<String, Vec<String>>,
    usual: Vec<String>,
    habit: Vec<Written>,
}

/// Of a grade, what has it.
type Graded = BTreeMap<String, Vec<String>>;

/// A rule as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    source: String,
    texts: Vec<String>,
    #[serde(default)]
    not_texts: Vec<String>,
    #[serde(default)]
    about: Vec<String>,
    #[serde(default)]
    not_about: Vec<String>,
    #[serde(default)]
    letters: Graded,
    #[serde(default)]
    words: Graded,
    #[serde(default)]
    patterns: Graded,
    #[serde(default)]
    names: Graded,
}

impl Table {
    /// The table of a file, or what is wrong with it.
    pub(super) fn read(data: &str) -> Result<Table, String> {
        let data: Data = toml::from_str(data).map_err(|error| error.to_string())?;
        if data.habit.len() > Rules::BITS as usize || data.topics.len() > Topics::BITS as usize {
            return Err("there are too many rules or topics".to_owned());
        }
        let mut table = Table::empty(data.scales);
        let topics = table.add_topics(&data.topics)?;
        for word in &data.usual {
            table.entry(word)?.is_usual = true;
        }
        for (number, written) in data.habit.iter().enumerate() {
            table.add_rule(number, written, &data.sets, &topics)?;
        }
        table.arrange();
        Ok(table)
    }

    fn empty(scales: Scales) -> Table {
        Table {
            scales,
            sources: Vec::new(),
            rules: Vec::new(),
            words: HashMap::new(),
            stems: HashMap::new(),
            entries: 0,
            rules_with_stems: 0,
            letters: Vec::new(),
            patterns: Vec::new(),
            names: HashMap::new(),
            languages: HashMap::new(),
        }
    }

    /// The entry of a word as written in the data, where an ellipsis behind it marks a stem.
    fn entry(&mut self, written: &str) -> Result<&mut Entry, String> {
        let word = written.trim_end_matches('…');
        if words(written).ne([word]) {
            return Err(format!("“{written}” is not one word"));
        }
        self.entries += 1;
        let new = || Entry { number: self.entries, ..Entry::default() };
        if word == written {
            return Ok(self.words.entry(word.to_owned()).or_insert_with(new));
        }
        let head = head(word).ok_or_else(|| format!("“{word}” is too short a stem"))?;
        let alike = self.stems.entry(head.to_owned()).or_default();
        let at = alike.iter().position(|(stem, _)| stem == word).unwrap_or_else(|| {
            alike.push((word.to_owned(), new()));
            alike.len() - 1
        });
        Ok(&mut alike[at].1)
    }

    fn add_topics(&mut self, topics: &BTreeMap<String, Vec<String>>) -> Result<BTreeMap<String, Topics>, String> {
        let mut bits = BTreeMap::new();
        for (number, (name, words)) in topics.iter().enumerate() {
            for word in words {
                self.entry(word)?.topics |= 1 << number;
            }
            bits.insert(name.clone(), 1 << number);
        }
        Ok(bits)
    }

    fn add_rule(
        &mut self,
        number: usize,
        written: &Written,
        sets: &HashMap<String, Vec<String>>,
        topics: &BTreeMap<String, Topics>,
    ) -> Result<(), String> {
        let (about, not_about) = (set_of(&written.about, topics)?, set_of(&written.not_about, topics)?);
        let source = self.source(&written.source);
        self.rules.push(Rule { source, about, not_about });
        for language in languages(written, sets) {
            self.languages.entry(language.clone()).or_default().rules |= 1 << number;
        }
        for (word, vote) in self.votes(number, &written.words)? {
            if word.ends_with('…') {
                self.rules_with_stems |= 1 << number;
            }
            self.entry(word)?.votes.push(vote);
        }
        for (letters, vote) in self.votes(number, &written.letters)? {
            self.letters.extend(letters.chars().map(|letter| (letter, vote)));
        }
        for (pattern, vote) in self.votes(number, &written.patterns)? {
            self.patterns.push(read_pattern(pattern, vote));
        }
        for (name, vote) in self.votes(number, &written.names)? {
            self.add_name(name, vote)?;
        }
        Ok(())
    }

    /// Gives each language what concerns it, so that no text is read with the rules of others.
    fn arrange(&mut self) {
        for (language, concern) in &mut self.languages {
            let base = language.split('-').next();
            concern.own = self.sources.iter().position(|source| Some(source.as_str()) == base);
            concern.has_stems = concern.rules & self.rules_with_stems != 0;
            concern.letters = self.letters.iter().filter(|(_, vote)| concern.counts(*vote)).copied().collect();
            concern.patterns = self.patterns.iter().filter(|pattern| concern.counts(pattern.vote)).cloned().collect();
        }
    }

    fn add_name(&mut self, name: &str, vote: Vote) -> Result<(), String> {
        let mut words = words(name).map(str::to_owned);
        let first = words.next().ok_or("a name is empty")?;
        let further: Vec<String> = words.collect();
        if further.is_empty() {
            return Err(format!("“{name}” is a word, not a name of several"));
        }
        self.names.entry(first).or_default().push((further, vote));
        Ok(())
    }

    fn source(&mut self, tag: &str) -> usize {
        let known = self.sources.iter().position(|source| source == tag);
        known.unwrap_or_else(|| {
            self.sources.push(tag.to_owned());
            self.sources.len() - 1
        })
    }

    fn votes<'w>(&self, rule: usize, graded: &'w Graded) -> Result<Vec<(&'w str, Vote)>, String> {
        let mut votes = Vec::new();
        for (grade, all) in graded {
            let weight = self.scales.grades.get(grade).ok_or_else(|| format!("there is no grade “{grade}”"))?;
            votes.extend(all.iter().map(|word| (word.as_str(), Vote { rule, weight: *weight })));
        }
        Ok(votes)
    }
}

/// The bits of these topics.
fn set_of(names: &[String], topics: &BTreeMap<String, Topics>) -> Result<Topics, String> {
    let bit = |name: &String| topics.get(name).copied().ok_or_else(|| format!("there is no topic “{name}”"));
    names.iter().map(bit).try_fold(0, |set, bit| Ok(set | bit?))
}

/// The languages of texts that a rule concerns, the sets among them by their members.
fn languages<'w>(written: &'w Written, sets: &'w HashMap<String, Vec<String>>) -> impl Iterator<Item = &'w String> {
    let members = |name: &'w String| sets.get(name).map_or(std::slice::from_ref(name), Vec::as_slice);
    let without: Vec<&String> = written.not_texts.iter().flat_map(members).collect();
    let all = written.texts.iter().flat_map(members);
    all.filter(move |&language| *language != written.source && !without.contains(&language))
}

/// `dzh-` begins a word, `-zade` ends one, and `-dzh-` is anywhere.
fn read_pattern(written: &str, vote: Vote) -> Pattern {
    let (begins, ends) = (!written.starts_with('-'), !written.ends_with('-'));
    Pattern { letters: written.trim_matches('-').to_owned(), begins, ends, vote }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::translation::habits::table::TABLE;

    #[test]
    fn the_data_is_sound() {
        assert!(TABLE.rules.len() > 20);
        let rules = |language| TABLE.concern(language).map(|concern| concern.rules);
        assert_ne!(rules("sr-Latn"), rules("sr"));
        assert_eq!(rules("de-AT"), rules("de"));
        assert_eq!(rules("ja"), None);
    }

    #[test]
    fn mistakes_are_told() {
        let head = "usual = []\n[scales]\nleast = 2.0\nlead = 1.0\nprior = 3.0\ncaps = { letters = 1.0, words = 1.0, \
                    patterns = 1.0, names = 1.0 }\ngrades = { weak = 1.0 }\n[sets]\n[topics]\n[[habit]]\n";
        let read = |rule: &str| Table::read(&format!("{head}source = 'ru'\ntexts = ['en']\n{rule}")).err();
        assert_eq!(read(""), None);
        assert!(read("words = { loud = ['x'] }").is_some_and(|error| error.contains("loud")));
        assert!(read("about = ['x']").is_some_and(|error| error.contains("topic")));
        assert!(read("words = { weak = ['Amir-Ali'] }").is_some_and(|error| error.contains("Amir")));
        assert!(read("names = { weak = ['Ivan'] }").is_some_and(|error| error.contains("Ivan")));
    }
}

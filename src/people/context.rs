//! What a document says, beside the names, of the people whom it may mean: their country, office, year of birth, and the
//! company that they are in.

use jiff::Timestamp;
use rustc_hash::FxHashSet;

use super::Entry;
use super::coreference::Cluster;
use super::text::Text;
use crate::model::TextField;
use crate::names::Word;

/// What the document is about, as far as it tells people apart.
pub struct Context {
    /// Countries named, by code.
    countries: FxHashSet<String>,
    /// Offices named, by code.
    roles: FxHashSet<String>,
    /// Countries of people who are known for sure.
    company: FxHashSet<String>,
    /// Years and ages, by the field and the code point where they stand, in order.
    numbers: Vec<(TextField, usize, i32)>,
    /// The day of the document, as ISO 8601 writes it.
    day: String,
}

/// A year of birth stands at most so many code points after the name.
const NEAR: usize = 40;

/// An age stands directly after it: "Kamran Rzayev, 67,", "Kamran Rzayev (67)".
const BESIDE: usize = 3;

/// Nobody of whom is written is younger than this, in years.
const YOUNGEST: i32 = 8;

/// Between a year of the solar Hijri calendar and the one that it begins in.
const HIJRI: i32 = 621;

impl Context {
    /// Countries, offices and years that the texts name, and their time.
    pub fn of(texts: &[Text], fields: &[(TextField, &str)], when: Timestamp) -> Context {
        let day = when.strftime("%Y-%m-%d").to_string();
        let of_fields = fields.iter().flat_map(|(field, text)| numbers(text).map(|(at, value)| (*field, at, value)));
        let mut numbers: Vec<(TextField, usize, i32)> = of_fields.collect();
        numbers.sort_unstable();
        let mut context = Context {
            countries: FxHashSet::default(),
            roles: FxHashSet::default(),
            company: FxHashSet::default(),
            numbers,
            day,
        };
        for word in texts.iter().flat_map(|t| &t.words) {
            match &word.class {
                Some(Word::Country(code)) => drop(context.countries.insert((*code).to_owned())),
                Some(Word::Role(code)) => drop(context.roles.insert((*code).to_owned())),
                _ => {}
            }
        }
        context
    }

    /// Takes note of somebody whom the document names for sure.
    pub fn joined_by(&mut self, entry: &Entry) {
        self.company.extend(entry.countries.iter().cloned());
    }

    /// How much of the document speaks for the person of an entry being meant by these mentions.
    pub fn support(&self, entry: &Entry, cluster: &Cluster) -> Support {
        let has = |codes: &FxHashSet<String>, of: &[String]| of.iter().find(|code| codes.contains(*code)).cloned();
        let beside = || cluster.mentions.iter().flat_map(|mention| &mention.roles);
        let born = entry.birth_year().and_then(|year| year.parse::<i32>().ok());
        let today: i32 = self.day.get(..4).and_then(|year| year.parse().ok()).unwrap_or(i32::MAX);
        let died_before = entry.death_date.as_deref().is_some_and(|died| died < self.day.as_str());
        Support {
            born: born.filter(|year| self.says_born(*year, today, cluster)),
            beside: entry.positions.iter().find(|position| beside().any(|role| role.role == **position)).cloned(),
            office: has(&self.roles, &entry.positions),
            country: has(&self.countries, &entry.countries),
            company: has(&self.company, &entry.countries),
            of_the_time: !died_before && born.is_none_or(|year| year + YOUNGEST <= today),
        }
    }

    /// Whether the year, or the age, stands closely after one of the mentions.
    fn says_born(&self, year: i32, today: i32, cluster: &Cluster) -> bool {
        cluster.mentions.iter().any(|mention| {
            let (field, end) = (mention.field, mention.end);
            let first = self.numbers.partition_point(|(of, at, _)| (*of, *at) < (field, end));
            let mut near = self.numbers[first..].iter().take_while(|(of, at, _)| *of == field && *at < end + NEAR);
            near.any(|(_, at, said)| {
                // The solar Hijri year ends in March of the next one; who is 67 has had the birthday of this year, or not yet.
                let is_year = [0, HIJRI, HIJRI + 1].iter().any(|begun| said + begun == year);
                let is_age =
                    (YOUNGEST..100).contains(said) && [0, 1].iter().any(|not_yet| today - said - not_yet == year);
                is_year || is_age && *at < end + BESIDE
            })
        })
    }
}

/// Numbers of two or four digits, of whatever script, with the code points where they start.
fn numbers(text: &str) -> impl Iterator<Item = (usize, i32)> {
    let mut run: Option<(usize, usize, i32)> = None;
    let ended =
        text.chars().map(Some).chain([None]).enumerate().filter_map(move |(at, c)| match (c.and_then(digit), run) {
            (Some(digit), Some((start, length, value))) => {
                run = Some((start, length + 1, value.saturating_mul(10).saturating_add(digit)));
                None
            }
            (Some(digit), None) => {
                run = Some((at, 1, digit));
                None
            }
            (None, _) => run.take(),
        });
    ended.filter(|(_, length, _)| matches!(length, 2 | 4)).map(|(start, _, value)| (start, value))
}

/// The value of a decimal digit of the scripts that news is written in.
fn digit(c: char) -> Option<i32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6F0}'..='\u{6F9}' => '\u{6F0}',
        '\u{966}'..='\u{96F}' => '\u{966}',
        '\u{9E6}'..='\u{9EF}' => '\u{9E6}',
        _ => return None,
    };
    Some(c as i32 - zero as i32)
}

/// What of a document speaks for somebody known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Support {
    /// The year of birth, beside the name.
    born: Option<i32>,
    /// An office beside the name.
    beside: Option<String>,
    /// An office that the document names.
    office: Option<String>,
    /// A country that it names.
    country: Option<String>,
    /// The country of others whom it names.
    company: Option<String>,
    /// Alive, and no child, at the time of the document.
    of_the_time: bool,
}

impl Support {
    /// How many things the document itself says: what stands beside the name counts most.
    pub fn said(&self) -> u32 {
        8 * u32::from(self.born.is_some())
            + 4 * u32::from(self.beside.is_some())
            + u32::from(self.office.is_some())
            + u32::from(self.country.is_some())
    }

    /// To compare the support of namesakes: what is beside the name first, what is said of others at last.
    pub fn weight(&self) -> (bool, u32, bool, bool) {
        (self.born.is_some(), self.said(), self.company.is_some(), self.of_the_time)
    }

    /// To compare the support of people who may be meant by a family name alone: of a family the living one is, where
    /// anything speaks for them at all.
    pub fn weight_of_short(&self) -> (bool, bool, u32) {
        (self.born.is_some(), self.of_the_time && self.said() > 0, self.said())
    }

    /// Whether what stands beside the name is the person's.
    pub fn is_beside(&self) -> bool {
        self.born.is_some() || self.beside.is_some()
    }

    /// What speaks for this one and not for the other, in words; `None` where nothing does.
    pub fn over(&self, other: &Support) -> Option<String> {
        let more = |own: &Option<String>, other: &Option<String>, what: &str| {
            own.as_ref().filter(|_| own != other).map(|code| format!("{what}, {code}"))
        };
        let said = [
            self.born
                .filter(|_| self.born != other.born)
                .map(|year| format!("the year of birth beside the name, {year}")),
            more(&self.beside, &other.beside, "the office beside the name"),
            more(&self.office, &other.office, "an office that the document names"),
            more(&self.country, &other.country, "a country that the document names"),
            more(&self.company, &other.company, "the country of others whom it names"),
            (self.of_the_time && !other.of_the_time).then(|| "being alive and grown up at its time".to_owned()),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        (!said.is_empty()).then(|| said.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_and_ages_are_read_in_the_digits_of_the_text() {
        let found: Vec<(usize, i32)> = numbers("b. 1961, ۱۳۳۹–١٩٦١; 12345 in १९६१, 67").collect();
        assert_eq!(found, [(3, 1961), (9, 1339), (14, 1961), (29, 1961), (35, 67)]);
        assert_eq!(numbers("").count() + numbers("123").count(), 0);
    }
}

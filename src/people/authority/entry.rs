//! A known person, as authorities describe one.

use serde::{Deserialize, Serialize};

/// A known person: a line of an authority.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Unique in its authority: `ilham-aliyev`.
    pub id: String,
    /// How it is shown.
    pub name: String,
    /// Full spellings, in any script.
    #[serde(default)]
    pub names: Vec<String>,
    /// Spellings that name the person only in context: nicknames, single names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weak: Vec<String>,
    /// `m`, `f`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// ISO 8601, as exact as it is known: `1961-12-24`, `1961`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub death_date: Option<String>,
    /// ISO 3166-1 alpha-2, lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// Codes of offices, as in the lexicons' roles, or what the source says in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<String>,
    /// The same person elsewhere: ids of other authorities, `AUTHORITY:ENTRY`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_as: Vec<String>,
}

/// Spellings that are kept of one person.
const MOST_NAMES: usize = 1_000;

/// Bytes that a spelling has at most.
const LONGEST_NAME: usize = 512;

impl Entry {
    /// Every spelling, once, the shown one first, weak ones last.
    pub fn spellings(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::with_capacity(1 + self.names.len() + self.weak.len());
        for name in std::iter::once(&self.name).chain(&self.names).chain(&self.weak) {
            if !all.contains(&name.as_str()) {
                all.push(name);
            }
        }
        all
    }

    /// Trims what a source wrote and leaves out what is empty, repeated or absurd; the first name is shown where none is
    /// said to be.
    ///
    /// # Errors
    /// Why it is no person: it has no id, or no name.
    pub fn tidied(mut self) -> Result<Entry, String> {
        self.id = self.id.trim().to_owned();
        if self.id.is_empty() || self.id.len() > 256 || self.id.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(format!("\"{}\" is no id: one of 1 to 256 bytes without spaces", shortened(&self.id)));
        }
        let names = self.names.iter().map(|name| name.trim()).collect::<Vec<_>>();
        if self.name.trim().is_empty() {
            self.name = names.iter().find(|name| is_name(name)).map(|name| (*name).to_owned()).unwrap_or_default();
        }
        self.name = self.name.trim().to_owned();
        if !is_name(&self.name) {
            return Err("has no name with a letter in it, of at most 512 bytes".into());
        }
        self.birth_date = self.birth_date.as_deref().and_then(date);
        self.death_date = self.death_date.as_deref().and_then(date);
        for list in [&mut self.names, &mut self.weak] {
            let mut kept: Vec<String> = Vec::with_capacity(list.len());
            for name in list.iter().map(|name| name.trim()).filter(|name| is_name(name)) {
                if !kept.iter().any(|other| other == name) && kept.len() < MOST_NAMES {
                    kept.push(name.to_owned());
                }
            }
            *list = kept;
        }
        Ok(self)
    }

    /// The year of birth, where it is known.
    pub fn birth_year(&self) -> Option<&str> {
        self.birth_date.as_deref().and_then(|date| date.get(..4))
    }
}

/// As much of a date as ISO 8601 knows: `1961-12-24`, `1961-12`, `1961`; `None` for what does not begin with a year.
fn date(said: &str) -> Option<String> {
    let said = said.trim();
    let fits = |date: &str| format!("{date}{}", &"0000-01-01"[date.len()..]).parse::<jiff::civil::Date>().is_ok();
    let ends = |length: usize| said[length..].chars().next().is_none_or(|c| !c.is_ascii_digit());
    let possible = [10, 7, 4].into_iter().filter(|length| said.is_char_boundary(*length) && ends(*length));
    possible.map(|length| &said[..length]).find(|date| fits(date)).map(str::to_owned)
}

fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME && text.chars().any(char::is_alphabetic)
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

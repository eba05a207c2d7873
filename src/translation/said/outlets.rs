//! Agencies and outlets, their spellings, and the languages in which they write at home.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, Anchored, Input, StartKind};
use serde::Deserialize;

use super::letters::{Letter, fold, is_cased};

/// An outlet as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outlet {
    /// Tags of the languages of its newsroom.
    home: Vec<String>,
    /// In the scripts in which others write of it. Capital letters must be capital in the text.
    spelled: Vec<String>,
    /// Spellings that are words or names too: they count beside a word such as "agency", or in a dateline.
    #[serde(default)]
    careful: Vec<String>,
}

/// A way to write an outlet.
struct Spelling {
    written: Vec<char>,
    /// The name of the outlet.
    outlet: String,
    careful: bool,
}

pub(super) struct Outlets {
    outlets: BTreeMap<String, Outlet>,
    spellings: Vec<Spelling>,
    finder: AhoCorasick,
}

/// An outlet that a text names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) outlet: &'static str,
    pub(super) careful: bool,
    /// Where it ends, in letters of the line.
    pub(super) end: usize,
}

const FILE: &str = include_str!("../../../data/translation/outlets.toml");

pub(super) static OUTLETS: LazyLock<Outlets> = LazyLock::new(|| {
    let broken = |e: String| -> ! { panic!("data/translation/outlets.toml: {e}") };
    let outlets: BTreeMap<String, Outlet> = toml::from_str(FILE).unwrap_or_else(|e| broken(e.to_string()));
    Outlets::build(outlets).unwrap_or_else(|e| broken(e.to_string()))
});

/// The languages in which an outlet writes at home, by its name in [`Said::outlet`](super::Said::outlet).
pub fn home_languages(outlet: &str) -> &'static [String] {
    OUTLETS.outlets.get(outlet).map_or(&[], |outlet| &outlet.home)
}

impl Outlets {
    fn build(outlets: BTreeMap<String, Outlet>) -> Result<Outlets, aho_corasick::BuildError> {
        let mut spellings = Vec::new();
        for (name, outlet) in &outlets {
            let sure = outlet.spelled.iter().map(|spelling| (spelling, false));
            for (spelling, careful) in sure.chain(outlet.careful.iter().map(|spelling| (spelling, true))) {
                spellings.push(Spelling { written: spelling.chars().collect(), outlet: name.clone(), careful });
            }
        }
        let folded = spellings.iter().map(|spelling| fold(&spelling.written.iter().collect::<String>()));
        let finder = AhoCorasick::builder().start_kind(StartKind::Anchored).build(folded)?;
        Ok(Outlets { outlets, spellings, finder })
    }

    /// The outlet whose name stands here, the longest of several. Its word may go on: some languages join endings to it.
    pub(super) fn named_at(&'static self, line: &[Letter], at: usize) -> Option<Named> {
        const LONGEST: usize = 60;
        let ahead: String = line.get(at..)?.iter().take(LONGEST).map(|letter| letter.folded).collect();
        let input = Input::new(&ahead).anchored(Anchored::Yes);
        let mut state = OverlappingState::start();
        let mut longest = None;
        loop {
            self.finder.find_overlapping(input.clone(), &mut state);
            let Some(found) = state.get_match() else { return longest };
            let spelling = &self.spellings[found.pattern().as_usize()];
            let end = at + ahead[..found.end()].chars().count();
            if has_capitals(&spelling.written, &line[at..end]) {
                longest = Some(Named { outlet: &spelling.outlet, careful: spelling.careful, end });
            }
        }
    }
}

/// "IRNA" is no "Irna", but "TASNIM" is "Tasnim". Two letters that are folded into one, or away, are in no such name.
fn has_capitals(spelling: &[char], written: &[Letter]) -> bool {
    if !written.first().is_some_and(|letter| is_cased(letter.written)) {
        return true;
    }
    let pairs = spelling.iter().zip(written);
    pairs.into_iter().all(|(model, letter)| !model.is_uppercase() || letter.written.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::{OUTLETS, home_languages};
    use crate::translation::said::letters::letters;

    #[test]
    fn outlets_have_one_name_in_all_scripts() {
        let spellings = [
            ("ИРНА", "IRNA"),
            ("ایرنا", "IRNA"),
            ("إرنا", "IRNA"),
            ("АЗЕРТАДЖ", "AZERTAC"),
            ("AZƏRTAC", "AZERTAC"),
            ("ТАСС", "TASS"),
            ("تاس", "TASS"),
            ("新华社", "Xinhua"),
            ("רויטרס", "Reuters"),
            ("როიტერი", "Reuters"),
            ("Արմենպրես", "Armenpress"),
            ("연합뉴스", "Yonhap"),
        ];
        for (spelling, name) in spellings {
            let named = OUTLETS.named_at(&letters(spelling, 0), 0);
            assert_eq!(named.map(|named| named.outlet), Some(name), "{spelling}");
        }
        assert!(OUTLETS.named_at(&letters("sana", 0), 0).is_none());
    }

    #[test]
    fn every_outlet_has_a_home() {
        assert!(OUTLETS.outlets.len() >= 120, "{}", OUTLETS.outlets.len());
        for name in OUTLETS.outlets.keys() {
            assert!(!home_languages(name).is_empty(), "{name}");
        }
        assert_eq!(home_languages("IRNA"), ["fa"]);
    }
}

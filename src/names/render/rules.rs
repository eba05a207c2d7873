//! Rules that write one row of signs as another: the letters of a language as sounds, or sounds as letters.
//!
//! A rule reads `grapheme = "signs"`. Round brackets before or after the grapheme say between what it holds, one sign
//! each: `(aeiou)е` is е after one of these, `(vowel)` after one of a class of the file, `(!vowel)` after any other, `^`
//! and `$` among the signs are the start and the end of the word. The longest grapheme wins, then the most brackets.

use rustc_hash::FxHashMap;

/// The rules of one table, by the first sign of their graphemes.
#[derive(Debug, Default)]
pub(super) struct Rules {
    by_first: FxHashMap<char, Vec<Rule>>,
    /// What is put at the end of a word: rules without a grapheme.
    at_end: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    grapheme: Vec<char>,
    before: Vec<Signs>,
    after: Vec<Signs>,
    written: String,
}

/// What may stand at a place: one of some signs, or none of them. A place outside the word is `^` or `$`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Signs {
    of: Vec<char>,
    none_of: bool,
}

/// Classes of signs by name.
pub(super) type Classes = FxHashMap<String, String>;

impl Rules {
    /// The rules as a file holds them.
    pub fn read<'a>(rules: impl Iterator<Item = (&'a str, &'a str)>, classes: &Classes) -> Result<Rules, String> {
        let mut all = Rules::default();
        for (key, written) in rules {
            let rule = Rule::read(key, written, classes)?;
            match rule.grapheme.first() {
                Some(first) => all.by_first.entry(*first).or_default().push(rule),
                None => all.at_end.push(rule),
            }
        }
        all.by_first
            .values_mut()
            .chain([&mut all.at_end])
            .for_each(|rules| rules.sort_by(|a, b| a.rank().cmp(&b.rank())));
        Ok(all)
    }

    /// Whether some rule begins with the sign.
    pub fn knows(&self, sign: char) -> bool {
        self.by_first.contains_key(&sign)
    }

    /// The word rewritten. What no rule knows is left out, or `kept`.
    pub fn rewrite(&self, word: &str, kept: bool) -> String {
        let word: Vec<char> = word.chars().collect();
        let mut written = String::with_capacity(word.len() * 2);
        let mut at = 0;
        while let Some(sign) = word.get(at) {
            let rule = self.by_first.get(sign).and_then(|rules| rules.iter().find(|rule| rule.holds(&word, at)));
            if let Some(rule) = rule {
                written.push_str(&rule.written);
            } else if kept {
                written.push(*sign);
            }
            at += rule.map_or(1, |rule| rule.grapheme.len());
        }
        if let Some(rule) = self.at_end.iter().find(|rule| rule.holds(&word, at)) {
            written.push_str(&rule.written);
        }
        written
    }
}

impl Rule {
    fn read(key: &str, written: &str, classes: &Classes) -> Result<Rule, String> {
        let (mut grapheme, mut before, mut after) = (Vec::new(), Vec::new(), Vec::new());
        let mut rest = key;
        while let Some(first) = rest.chars().next() {
            let Some(inside) = rest.strip_prefix('(') else {
                if !after.is_empty() {
                    before.append(&mut after);
                }
                grapheme.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            };
            let (signs, next) = inside.split_once(')').ok_or(format!("\"{key}\" has a bracket that is not closed"))?;
            after.push(Signs::read(signs, classes));
            rest = next;
        }
        // A rule without a grapheme stands at the end: all that it names stands before.
        if grapheme.is_empty() {
            before = after.drain(..after.len().saturating_sub(1)).collect();
        }
        Ok(Rule { grapheme, before, after, written: written.to_owned() })
    }

    /// Longest first, then with most conditions, then with the narrowest, so that the order of a file does not matter.
    fn rank(&self) -> (std::cmp::Reverse<(usize, usize)>, usize, Vec<&Signs>) {
        let conditions: Vec<&Signs> = self.before.iter().chain(&self.after).collect();
        let breadth = conditions.iter().map(|signs| signs.breadth()).sum();
        (std::cmp::Reverse((self.grapheme.len(), conditions.len())), breadth, conditions)
    }

    fn holds(&self, word: &[char], at: usize) -> bool {
        let end = at + self.grapheme.len();
        word.get(at..end).is_some_and(|here| here == self.grapheme)
            && self.after.iter().enumerate().all(|(n, signs)| signs.allow(word.get(end + n).copied().unwrap_or('$')))
            && self.before.iter().rev().enumerate().all(|(n, signs)| {
                let place = at.checked_sub(n + 1).and_then(|place| word.get(place));
                signs.allow(place.copied().unwrap_or('^'))
            })
    }
}

impl Signs {
    fn read(signs: &str, classes: &Classes) -> Signs {
        let (none_of, signs) = signs.strip_prefix('!').map_or((false, signs), |rest| (true, rest));
        let of = classes.get(signs).map_or(signs, String::as_str).chars().collect();
        Signs { of, none_of }
    }

    /// How much it allows.
    fn breadth(&self) -> usize {
        if self.none_of { usize::from(u16::MAX) } else { self.of.len() }
    }

    fn allow(&self, sign: char) -> bool {
        self.of.contains(&sign) != self.none_of
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(rules: &[(&str, &str)], word: &str) -> String {
        let classes = Classes::from_iter([("vowel".to_owned(), "aeiou".to_owned())]);
        Rules::read(rules.iter().copied(), &classes).unwrap().rewrite(word, true)
    }

    #[test]
    fn a_rule_holds_between_what_it_names() {
        let rules = [("e", "е"), ("(^vowel)e", "э"), ("(vowel)e", "э"), ("(^)e", "Э"), ("v($)", "в."), ("ve", "ВЕ")];
        assert_eq!(rewritten(&rules, "eae"), "Эaэ");
        assert_eq!(rewritten(&rules, "bevev"), "bеВЕв.");
        assert_eq!(rewritten(&[("(!vowel)($)", "i")], "ab"), "abi");
        assert_eq!(rewritten(&[("(!vowel)($)", "i")], "ba"), "ba");
    }
}

//! People nobody has listed: rows of words that look like a name, by what stands in them and beside them.

use super::*;

impl Finder<'_> {
    /// Rows of words that look like a name of somebody nobody has listed.
    pub(super) fn runs_of_names(&mut self) {
        let mut at = 0;
        while at < self.text.words.len() {
            let mut length = self.run_at(at);
            // A Seyyed belongs to the name that follows.
            if length > 2 && self.text.words[at + length - 1].class == Some(Word::Lineage) {
                length -= 1;
            }
            let of_thing = |word: &WordAt| self.text.lexicons.iter().any(|l| l.is_eponym(&word.normal));
            if length >= 2 && (of_thing(&self.text.words[at + length - 1]) || self.is_named_after(at, length)) {
                self.taken[at..at + length].fill(true);
                at += length;
            } else if length >= 2 && self.accept_run(at, length) {
                at += length;
            } else if length > LONGEST {
                // A list without commas: where one name ends and the next begins, nobody can tell.
                at += length;
            } else {
                at += 1;
            }
        }
    }

    fn run_at(&self, at: usize) -> usize {
        let words = &self.text.words;
        if self.taken[at] || !starts_name(&words[at]) {
            return 0;
        }
        let mut end = at + 1;
        // An apostrophe that sets an ending off ends the name; a row of more words than a name has is none.
        while end < words.len()
            && end - at <= LONGEST
            && !self.taken[end]
            && matches!(words[end].gap, Gap::Space | Gap::Dot)
            && !words[end - 1].ends_set_off()
        {
            if continues_name(&words[end]) {
                end += 1;
                continue;
            }
            // A particle counts only when a name goes on after it.
            let goes_on =
                words.get(end + 1).is_some_and(|w| w.gap == Gap::Space && continues_name(w) && !self.taken[end + 1]);
            if is_joining(&words[end]) && (goes_on || words[end].class == Some(Word::SonAfter)) {
                end += 1;
            } else {
                break;
            }
        }
        end - at
    }

    fn accept_run(&mut self, at: usize, length: usize) -> bool {
        let words = &self.text.words;
        let cased = words[at].cased;
        let title = self.title_before(at);
        let given = self.is_given(at) || (words[at].class == Some(Word::Lineage) && self.is_given(at + 1));
        if !cased {
            return self.accept_uncased(at, length, given, title);
        }
        if length > LONGEST {
            return false;
        }
        let last = at + length - 1;
        let spoken = self.spoken(at, length);
        let why = if given {
            "a given name begins it"
        } else if self.office_after(last) && length <= 3 && !self.text.capitals_mean_nothing {
            "an office stands after it"
        } else if self.text.capitals_mean_nothing {
            return false;
        } else if title.is_some() {
            "a title stands before it"
        } else if self.is_given(at + 1) && length == 2 && self.has_family_ending(at) {
            "family name, then given name"
        } else if self.has_family_ending(last) && length <= 3 {
            "it ends like a family name"
        } else if spoken && length <= 3 && !words[at].sentence_start {
            "a verb of speech stands beside it"
        } else {
            return false;
        };
        if words[at..=last].iter().all(|w| w.given)
            && length == 2
            && words[at].sentence_start
            && title.is_none()
            && !cased
        {
            return false;
        }
        self.push_run(at, length, why.to_owned(), title);
        true
    }

    /// Whether an office is named directly after the word, or after a comma and a country: "X, Iran's foreign minister".
    fn office_after(&self, last: usize) -> bool {
        let words = &self.text.words;
        let mut near = words[last + 1..]
            .iter()
            .take(7)
            .enumerate()
            .take_while(|(i, w)| w.gap == Gap::Space || (*i == 0 && w.gap == Gap::Comma));
        let cased = words[last].cased;
        let comma = words.get(last + 1).is_some_and(|w| w.gap == Gap::Comma);
        if cased && !comma {
            return false;
        }
        let found = near.find_map(|(_, w)| match w.class {
            Some(Word::Role(_)) => Some(true),
            Some(Word::Country(_) | Word::Place | Word::NotName | Word::Organisation) if comma => None,
            None if comma && !w.capital => None,
            _ => Some(false),
        });
        found.unwrap_or(false)
    }

    /// Without capitals a name has to be fenced: a given name with the one or two words after it, or a title.
    fn accept_uncased(&mut self, at: usize, length: usize, given: bool, title: Option<Title>) -> bool {
        let words = &self.text.words;
        let mut take = 2.min(length);
        // سید حسن نصرالله, محمد جواد ظریف, فلان بن فلان: names of three words begin with two that are no family name.
        while take < length.min(4)
            && (words[at + take - 1].given
                || is_joining(&words[at + take - 1])
                || words[at].class == Some(Word::Lineage) && take == 2)
        {
            take += 1;
        }
        let ends_at = |end: usize| words.get(end).is_none_or(|w| w.gap != Gap::Space || w.class.is_some());
        if length <= 3 && ends_at(at + length) {
            take = length;
        }
        let fenced = ends_at(at + take);
        let why = match (given, title.is_some()) {
            (true, true) => "a title stands before it and a given name begins it",
            (true, false) if self.has_family_ending(at + take - 1) => {
                "a given name begins it and it ends like a family name"
            }
            (true, false) if self.office_after(at + take - 1) => "a given name begins it and an office stands after it",
            (true, false) if fenced && self.spoken(at, take) => "a given name begins it, beside a verb of speech",
            (false, true) if fenced && take == length => "a title stands before it",
            _ => return false,
        };
        self.push_run(at, take, why.to_owned(), title);
        true
    }

    fn push_run(&mut self, at: usize, length: usize, why: String, title: Option<Title>) {
        let chosen: Option<Vec<Variant>> = (at..at + length)
            .map(|i| {
                let variants = self.text.variants(i, self.memory);
                // The written form, unless an apostrophe says where the ending begins.
                let set_off = variants.iter().find(|v| i + 1 == at + length && v.after > 0 && !v.stripped);
                set_off.or(variants.first()).cloned()
            })
            .collect();
        let Some(chosen) = chosen else { return };
        let mut candidate = self.candidate(at, length, &chosen, true);
        (candidate.known, candidate.near) = self.authority.find(&candidate.name).into_iter().partition(|m| m.sure);
        candidate.why = why;
        candidate.set_title(title);
        self.taken[at..at + length].fill(true);
        self.found.push(candidate);
    }
}

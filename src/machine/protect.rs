//! Names through a translation: marks in their places before, their renderings in the marks' places after.

use std::borrow::Cow;
use std::ops::Range;

use super::brackets;
use super::elements;
use super::found::Found;
use super::marks::Marks;
use super::names::Mention;

/// A text whose names are marked.
#[derive(Clone, Debug)]
pub struct Protected {
    /// What the provider gets.
    pub text: String,
    marks: Marks,
    names: Vec<Guarded>,
    /// The first name's number. Above all numbers in the text that might be taken for a mark.
    base: u32,
}

#[derive(Clone, Debug)]
struct Guarded {
    rendering: String,
    mark: String,
    /// It stood between quotes or brackets that are the text's own.
    enclosed: bool,
    /// The text says the rendering elsewhere too, so that finding it proves nothing.
    said_elsewhere: bool,
}

/// A translation with the names in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    pub text: String,
    /// What became of each name, in the order they were given.
    pub fates: Vec<Fate>,
}

/// What became of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its mark came back as it was, once.
    Kept,
    /// Its mark came back damaged, or more than once.
    Repaired,
    /// Its mark did not come back, and the text does not say it.
    Lost,
}

/// Marks the names in a text. They are in order, and do not overlap; their ranges are in bytes of this text.
pub fn protect(text: &str, names: &[Mention], marks: Marks) -> Protected {
    let parts = between(text, names.iter().map(|name| name.range.clone()));
    let base = first_free(&parts, names, marks);
    let mut marked = String::with_capacity(text.len() + 32 * names.len());
    let mut guarded = Vec::with_capacity(names.len());
    for (at, part) in parts.iter().enumerate() {
        marked.push_str(&marks.escape(part));
        let Some(name) = names.get(at) else { break };
        let mark = marks.of(base + at as u32, &name.rendering);
        marked.push_str(&mark);
        guarded.push(Guarded {
            mark,
            enclosed: is_enclosed(text, &name.range),
            said_elsewhere: parts.iter().any(|part| part.contains(&*name.rendering)),
            rendering: name.rendering.clone().into_owned(),
        });
    }
    Protected { text: marked, marks, names: guarded, base }
}

impl Protected {
    /// Puts the renderings where the marks are in a translation.
    pub fn restore(&self, answer: &str) -> Restored {
        let mut found = self.whole(answer);
        let whole = found.len();
        let gaps = between(answer, found.iter().map(|found| found.range.clone()));
        let damaged: Vec<Found> = gaps.iter().flat_map(|gap| self.damaged(answer, gap)).collect();
        let fates: Vec<Fate> = (0..self.names.len())
            .map(|name| {
                let count = |found: &[Found]| found.iter().filter(|found| self.name_of(found) == Some(name)).count();
                match (count(&found[..whole]), count(&damaged)) {
                    (1, 0) => Fate::Kept,
                    (0, 0) => Fate::Lost,
                    _ => Fate::Repaired,
                }
            })
            .collect();
        found.extend(damaged);
        let fates = self.find_by_rendering(answer, &mut found, fates);
        Restored { text: self.fill(answer, found), fates }
    }

    /// The renderings, in order.
    pub fn renderings(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| name.rendering.as_str())
    }

    /// Marks that came back as they were, in order.
    fn whole(&self, answer: &str) -> Vec<Found> {
        let mut found: Vec<Found> = (self.base..)
            .zip(&self.names)
            .flat_map(|(number, name)| {
                let places = answer.match_indices(&name.mark);
                places.map(move |(at, mark)| Found { range: at..at + mark.len(), number })
            })
            .collect();
        found.sort_by_key(|found| found.range.start);
        found
    }

    /// Marks in a part of the answer that is between whole ones.
    fn damaged(&self, answer: &str, gap: &str) -> Vec<Found> {
        let offset = gap.as_ptr() as usize - answer.as_ptr() as usize;
        let enclosed = |number| self.guarded(number).is_some_and(|name| name.enclosed);
        let found = match self.marks {
            Marks::Words | Marks::Numbers => brackets::find(gap, enclosed),
            Marks::Element(element) => elements::find(gap, element, |content| {
                let content = self.marks.unescape(content);
                let at = self.names.iter().position(|name| name.rendering == content)?;
                Some(self.base + at as u32)
            }),
        };
        let ours = found.into_iter().filter(|found| self.name_of(found).is_some());
        ours.map(|found| Found { range: found.range.start + offset..found.range.end + offset, ..found }).collect()
    }

    /// Elements hold their rendering, which is still there where only the tags were dropped.
    fn find_by_rendering(&self, answer: &str, found: &mut Vec<Found>, mut fates: Vec<Fate>) -> Vec<Fate> {
        if !matches!(self.marks, Marks::Element(_)) {
            return fates;
        }
        for (at, fate) in fates.iter_mut().enumerate().filter(|(_, fate)| **fate == Fate::Lost) {
            let name = &self.names[at];
            if name.said_elsewhere {
                continue;
            }
            let rendering = self.marks.escape(&name.rendering);
            let ranges = answer.match_indices(&*rendering).map(|(start, _)| start..start + rendering.len());
            let free =
                |range: &Range<usize>| found.iter().all(|f| f.range.end <= range.start || range.end <= f.range.start);
            if let Some(range) = ranges.into_iter().find(free) {
                found.push(Found { range, number: self.base + at as u32 });
                *fate = Fate::Repaired;
            }
        }
        fates
    }

    fn fill(&self, answer: &str, mut found: Vec<Found>) -> String {
        found.sort_by_key(|found| found.range.start);
        let mut text = String::with_capacity(answer.len());
        let mut at = 0;
        for one in &found {
            let Some(name) = self.guarded(one.number) else { continue };
            text.push_str(&self.marks.unescape(&answer[at..one.range.start]));
            text.push_str(&name.rendering);
            at = one.range.end;
            if matches!(self.marks, Marks::Element(_)) && elements::is_opening(&answer[one.range.clone()]) {
                let left_behind = self.marks.escape(&name.rendering);
                at += answer[at..].strip_prefix(&*left_behind).map_or(0, |_| left_behind.len());
            }
        }
        text.push_str(&self.marks.unescape(&answer[at..]));
        text
    }

    fn name_of(&self, found: &Found) -> Option<usize> {
        let at = found.number.checked_sub(self.base)? as usize;
        (at < self.names.len()).then_some(at)
    }

    fn guarded(&self, number: u32) -> Option<&Guarded> {
        self.names.get(number.checked_sub(self.base)? as usize)
    }
}

/// The parts of a text between ranges, one more than there are ranges.
fn between(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut at = 0;
    for range in ranges {
        parts.push(&text[at..range.start]);
        at = range.end;
    }
    parts.push(&text[at..]);
    parts
}

/// A number from which on nothing in the text can be taken for a mark.
fn first_free(parts: &[&str], names: &[Mention], marks: Marks) -> u32 {
    let taken = parts.iter().flat_map(|part| match marks {
        Marks::Words | Marks::Numbers => brackets::find(part, |_| false),
        Marks::Element(element) => elements::find(part, element, |_| None),
    });
    let mut base = taken.map(|found| found.number + 1).max().unwrap_or(0);
    // Where brackets share a character (⟧2⟦3⟧) only the first of them was found.
    let is_said = |base: u32| {
        let mut own = (base..).zip(names).map(|(number, name)| marks.of(number, &name.rendering));
        own.any(|mark| parts.iter().any(|part| part.contains(&mark)))
    };
    while is_said(base) {
        base += 1;
    }
    base
}

fn is_enclosed(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    before.is_some_and(brackets::is_enclosure) || after.is_some_and(brackets::is_enclosure)
}

/// The text with the renderings in it, untranslated.
pub fn rendered<'a>(text: &'a str, names: &[Mention]) -> Cow<'a, str> {
    if names.is_empty() {
        return Cow::Borrowed(text);
    }
    let parts = between(text, names.iter().map(|name| name.range.clone()));
    let mut rendered = String::with_capacity(text.len());
    for (at, part) in parts.iter().enumerate() {
        rendered.push_str(part);
        rendered.push_str(names.get(at).map_or("", |name| &name.rendering));
    }
    Cow::Owned(rendered)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::names::{Name, locate};
    use super::*;

    const ALL: [Marks; 4] = [Marks::Words, Marks::Numbers, Marks::XML, Marks::HTML];

    /// A text with its names between `{` and `=…}`: `{Алиев=Aliyev} said`. Gives it plain, with the names.
    fn read(marked: &str) -> (String, Vec<Name>) {
        let (mut text, mut names) = (String::new(), Vec::new());
        for (at, part) in marked.split(['{', '}']).enumerate() {
            let start = text.chars().count();
            match part.split_once('=').filter(|_| at % 2 == 1) {
                Some((name, rendering)) => {
                    text.push_str(name);
                    names.push(Name { range: start..text.chars().count(), rendering: rendering.into() });
                }
                None => text.push_str(part),
            }
        }
        (text, names)
    }

    fn protected(marked: &str, marks: Marks) -> Protected {
        let (text, names) = read(marked);
        protect(&text, &locate(&text, &names).expect("names that fit"), marks)
    }

    #[test]
    fn names_of_all_scripts_come_through() {
        let texts = [
            ("قال {محمد بن سلمان=Mohammed bin Salman}، إنّ", "قال Mohammed bin Salman، إنّ"),
            ("{علی\u{200c}رضا=Alireza} می\u{200c}گوید", "Alireza می\u{200c}گوید"),
            ("{בנימין נתניהו=Benjamin Netanyahu}, אמר", "Benjamin Netanyahu, אמר"),
            ("{İlham Əliyev=Ilham Aliyev} ilə {Işıq=Ishig}", "Ilham Aliyev ilə Ishig"),
            ("{ილია ჭავჭავაძე=Ilia Chavchavadze}ს წიგნი", "Ilia Chavchavadzeს წიგნი"),
            ("x\u{323}\u{301} {Nguyê\u{303}n=Nguyen} q\u{307}", "x\u{323}\u{301} Nguyen q\u{307}"),
            ("👨\u{200d}👩\u{200d}👧{Ann=Anna}👍🏽{Bo=Boris}", "👨\u{200d}👩\u{200d}👧Anna👍🏽Boris"),
            ("{Joe=Джо}{Ann=Анна & <Ко>}", "ДжоАнна & <Ко>"),
            ("a < b && c > d &amp; {A=Б}", "a < b && c > d &amp; Б"),
        ];
        for marks in ALL {
            for (marked, wanted) in texts {
                let protected = protected(marked, marks);
                let restored = protected.restore(&protected.text);
                assert_eq!(restored.text, wanted, "{marks:?}");
                assert!(restored.fates.iter().all(|fate| *fate == Fate::Kept), "{marks:?} {marked}");
            }
        }
    }

    #[test]
    fn damaged_marks_are_repaired_in_whatever_order() {
        let words = protected("{Путин=Putin} встретил «{Шольц=Scholz}».", Marks::Words);
        assert_eq!(words.text, "⟦N0⟧ встретил «⟦N1⟧».");
        let restored = words.restore("« ⟦n 1⟧ » met [N０] and N1.");
        assert_eq!(restored.text, "« Scholz » met Putin and Scholz.");
        assert_eq!(restored.fates, [Fate::Repaired, Fate::Repaired]);
        // The quotes are the text's own, so that they stay where the mark's brackets were lost; elsewhere they go.
        assert_eq!(words.restore("\"N0\" met “N1”.").text, "Putin met “Scholz”.");
        assert_eq!(words.restore("⟦N1⟧ and ⟦N0⟧").fates, [Fate::Kept, Fate::Kept]);
    }

    #[test]
    fn damaged_elements_are_repaired() {
        let html = protected("{Путин=Putin} & {Шольц=Scholz}", Marks::HTML);
        let restored = html.restore("<SPAN translate='no' id=“1”> Scholz </span> &amp; Putin");
        assert_eq!(restored.text, "Scholz & Putin");
        assert_eq!(restored.fates, [Fate::Repaired, Fate::Repaired]);
        let opened =
            html.restore("<span translate=\"no\" id=\"0\">Putin & <span translate=\"no\" id=\"1\">Scholz</span>");
        assert_eq!(opened.text, "Putin & Scholz");
    }

    #[test]
    fn a_name_that_is_gone_is_lost() {
        let words = protected("{Путин=Putin} и N7", Marks::Words);
        assert_eq!(words.text, "⟦N8⟧ и N7");
        let restored = words.restore("He and N7 and ⟦N0⟧");
        assert_eq!((restored.text.as_str(), restored.fates), ("He and N7 and ⟦N0⟧", vec![Fate::Lost]));
        let said_before = protected("Putin: {Путин=Putin}", Marks::XML);
        assert_eq!(said_before.restore("Putin: er").fates, [Fate::Lost]);
    }

    /// Letters of many scripts, and pieces of which marks are made.
    fn texts() -> impl Strategy<Value = String> {
        let scripts = vec![' '..='~', 'а'..='я', 'ا'..='ي', 'א'..='ת', 'ა'..='ჰ', '٠'..='٩'];
        let special = vec!['İ', 'ı', 'ə', 'Ə', '\u{200c}', '\u{200d}', '\u{301}', '😀', '⟦', '⟧', 'N', '«', '》', '＜'];
        let pieces =
            vec!["⟦N0⟧", "⟦N", "N1", "[2]", "⟦3⟧", "«N0»", "<x id=\"0\">", "</x>", "<span id='1'/>", "&lt;", "&#60;"];
        // XML cannot hold these, so that they come back as spaces.
        let can_be_sent = |c: char| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c };
        let letter = prop_oneof![
            6 => proptest::char::ranges(scripts.into()).prop_map(String::from),
            2 => proptest::sample::select(special).prop_map(String::from),
            2 => proptest::char::any().prop_map(move |c| can_be_sent(c).to_string()),
            1 => proptest::sample::select(pieces).prop_map(str::to_owned),
        ];
        proptest::collection::vec(letter, 0..60).prop_map(|letters| letters.concat())
    }

    #[test]
    fn a_mark_that_the_text_says_itself_is_not_taken() {
        let text = "Алиев: ⟧2⟦3⟧";
        let names = [Name { range: 0..5, rendering: "Aliyev".into() }];
        let mentions = locate(text, &names).unwrap();
        let protected = protect(text, &mentions, Marks::Numbers);
        let restored = protected.restore(&protected.text);
        assert_eq!((restored.text.as_str(), restored.fates.as_slice()), ("Aliyev: ⟧2⟦3⟧", [Fate::Kept].as_slice()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn what_is_not_translated_comes_back_with_the_renderings(
            text in texts(),
            cuts in proptest::collection::btree_set(0usize..60, 0..8),
            renderings in proptest::collection::vec("[A-ZİƏа-я&<>\"' N0-9⟦⟧]{1,8}", 4),
            marks in proptest::sample::select(ALL.to_vec()),
        ) {
            let length = text.chars().count();
            let cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut <= length).collect();
            let names: Vec<Name> = cuts
                .chunks_exact(2)
                .zip(renderings)
                .filter(|(_, rendering)| !rendering.trim().is_empty())
                .map(|(cut, rendering)| Name { range: cut[0]..cut[1], rendering })
                .collect();
            let mentions = locate(&text, &names).expect("names that fit");
            let protected = protect(&text, &mentions, marks);
            let restored = protected.restore(&protected.text);
            prop_assert_eq!(restored.text, rendered(&text, &mentions).into_owned());
            prop_assert!(restored.fates.iter().all(|fate| *fate == Fate::Kept), "{:?}", restored.fates);
        }

        #[test]
        fn no_answer_is_too_strange(answer in texts(), marks in proptest::sample::select(ALL.to_vec())) {
            let _ = protected("{Путин=Putin} встретил {Шольц=Scholz}", marks).restore(&answer);
        }
    }
}

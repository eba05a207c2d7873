//! A text to stretches of one language: cut where a language may change, scored in one pass, and brought together so that a
//! change has to pay for itself (Viterbi 1967).

use super::letters::{Letter, SHARED, letter, script_at};
use super::scored;
use super::table::{LONGEST_WORD, Sums, Table, UNITS};

/// How easily a language changes before a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Border {
    Line,
    Sentence,
    /// Letters of another script.
    Script,
    /// A quotation mark or a bracket.
    Inside,
}

/// A stretch in letters of one script without a border inside.
#[derive(Clone, Debug)]
struct Passage {
    border: Border,
    /// Code points of the text.
    start: usize,
    end: usize,
    bytes: std::ops::Range<usize>,
    script: u8,
    letters: u32,
    /// N-grams of four and five letters in it.
    longer: u32,
    /// Where its scores begin, if its script is shared.
    scores: Option<usize>,
}

impl Passage {
    /// Makes the passage end with this character.
    fn reach(&mut self, place: &Place) {
        (self.end, self.bytes.end) = (place.at + 1, place.end);
    }
}

/// Where a character is: its code point, and its bytes.
struct Place {
    at: usize,
    byte: usize,
    end: usize,
}

/// A language that a passage may be in: a script, and the column of the alphabet where several share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    pub script: u8,
    pub column: Option<u8>,
}

/// A stretch of one language.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Code points of the text; space at the ends outside.
    pub start: usize,
    pub end: usize,
    /// The same in bytes.
    bytes: std::ops::Range<usize>,
    pub state: State,
    pub letters: u32,
    /// Lines that begin in it, and one.
    pub lines: u32,
    pub longer: u32,
    /// For each language of the alphabet, in units; empty for a script of one language.
    pub scores: Vec<i32>,
}

impl Stretch {
    /// The stretch of the text that it was cut from.
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.bytes.clone()).unwrap_or_default()
    }
}

/// What a change of language costs, as a natural logarithm: on a new line, in a new sentence, with another script, inside a
/// sentence.
const CHANGE: [f32; 4] = [5.0, 8.0, 7.5, 8.0];

/// What each letter of another script costs a language: less where it is Latin, for names are in Latin letters everywhere,
/// more where it is a word or a syllable.
fn foreign(script: u8) -> f32 {
    match script {
        LATIN => 0.6,
        HAN | HIRAGANA | KATAKANA | HANGUL => 2.0,
        _ => 1.0,
    }
}

/// Scores of letters that follow each other are no independent evidence: so much of it counts.
const EVIDENCE: f32 = 0.6;

/// Languages of a text that are weighed against each other, at most.
const MOST_STATES: usize = 24;

/// Passages of a text beyond which only large ones are told from the ones before them; and what is large, in letters.
const MOST_PASSAGES: usize = 10_000;
const LARGE: u32 = 500;

/// Letters from which on a passage proposes languages of its own.
const PROPOSES: u32 = 8;

/// What languages outside of those served are given for each letter, as a natural logarithm: they were counted from little,
/// and would lose to near ones that were counted from much.
const OUTSIDE: [f32; 4] = [0.1, 0.1, 0.1, -0.25];

/// And in so few letters that near languages are hardly told apart.
const OUTSIDE_OF_FEW: [f32; 4] = [-0.3, -0.3, -0.3, -1.0];
const FEW: u32 = 20;

/// Scores texts.
struct Scorer<'t> {
    table: &'t Table,
    text: Vec<Passage>,
    scores: Vec<i32>,
    /// Of the passage that is read.
    sums: Sums,
    word: Vec<u16>,
    /// What the next letter stands behind.
    border: Option<Border>,
    /// Whether the last character ends a sentence, if a space follows.
    ended: bool,
}

/// The script that counts for a letter: kana and Han are one, so are Hangul and Han inside it.
fn counted(script: u8, before: Option<u8>) -> u8 {
    match (script, before) {
        (HAN | HIRAGANA | KATAKANA, Some(HANGUL)) => HANGUL,
        (HIRAGANA | KATAKANA, _) => HIRAGANA,
        (HAN, Some(HIRAGANA)) => HIRAGANA,
        _ => script,
    }
}

/// The Cyrillic letter that a Latin one looks like; itself where there is none.
fn as_cyrillic(c: char) -> char {
    match c {
        'a' | 'A' => 'а',
        'c' | 'C' => 'с',
        'e' | 'E' => 'е',
        'i' | 'I' => 'і',
        'j' | 'J' => 'ј',
        'o' | 'O' => 'о',
        'p' | 'P' => 'р',
        'x' | 'X' => 'х',
        'y' | 'Y' => 'у',
        _ => c,
    }
}

/// Places of scripts; see [`script_at`].
const LATIN: u8 = 0;
const CYRILLIC: u8 = 1;
const HAN: u8 = 4;
const HIRAGANA: u8 = 5;
const KATAKANA: u8 = 6;
const HANGUL: u8 = 7;

/// Cuts a text into stretches of one language, in order. What has no letters belongs to the stretch before.
pub fn stretches(table: &Table, text: &str) -> Vec<Stretch> {
    let mut scorer = Scorer {
        table,
        text: Vec::new(),
        scores: Vec::new(),
        sums: Sums::default(),
        word: Vec::new(),
        border: Some(Border::Line),
        ended: false,
    };
    scorer.read(text);
    scorer.bring_together()
}

impl Scorer<'_> {
    fn read(&mut self, text: &str) {
        let (mut address_ends, mut apart) = (0, true);
        for (at, (byte, c)) in text.char_indices().enumerate() {
            if apart && byte >= address_ends && (c.is_ascii_alphabetic() || matches!(c, '#' | '@')) {
                address_ends = byte + address(&text[byte..]);
            }
            apart = sets_apart(c);
            if byte < address_ends {
                continue;
            }
            let place = Place { at, byte, end: byte + c.len_utf8() };
            match letter(c) {
                Letter::Of(LATIN) if self.inside_cyrillic() && as_cyrillic(c) != c => {
                    self.letter(place, as_cyrillic(c), CYRILLIC);
                }
                Letter::Of(script) => self.letter(place, c, script),
                Letter::Mark => {}
                Letter::None => self.other(place, c),
            }
        }
        self.end_passage();
    }

    /// Whether a word in Cyrillic letters is being read: a Latin letter that looks like one of them is one.
    fn inside_cyrillic(&self) -> bool {
        !self.word.is_empty() && self.text.last().is_some_and(|passage| passage.script == CYRILLIC)
    }

    fn letter(&mut self, place: Place, c: char, script: u8) {
        let before = self.text.last().map(|passage| passage.script);
        let script = counted(script, before.filter(|_| self.border.is_none()));
        if before != Some(script) && matches!(self.border, None | Some(Border::Inside)) {
            self.end_word();
            // Kana make Japanese of the Han before them.
            match self.text.last_mut() {
                Some(passage) if self.border.is_none() && passage.script == HAN && script == HIRAGANA => {
                    passage.script = script;
                }
                _ => self.border = Some(Border::Script),
            }
        }
        if let Some(border) = self.border.take() {
            match self.text.last() {
                // A text of shreds is no text: what it has too much of is read as one piece, or passed over.
                Some(last) if self.text.len() >= MOST_PASSAGES && last.letters < LARGE => {
                    if last.script != script {
                        return;
                    }
                }
                _ => self.begin(border, &place, script),
            }
        }
        self.ended = false;
        if let Some(passage) = self.text.last_mut() {
            passage.letters += 1;
            passage.reach(&place);
        }
        if usize::from(script) < SHARED.len() {
            let symbol = self.table.symbol(c);
            if symbol == 0 || self.word.len() == LONGEST_WORD {
                self.end_word();
            }
            if symbol != 0 {
                self.word.push(symbol);
            }
        }
    }

    /// What is no letter ends the word, and perhaps the passage. Marks belong to the passage before, unless they open something.
    fn other(&mut self, place: Place, c: char) {
        self.end_word();
        let new = match c {
            '\n' => Some(Border::Line),
            '。' | '！' | '？' | '؟' | '۔' | '।' | '։' | '…' => Some(Border::Sentence),
            ' ' | '\t' | '\u{A0}' if self.ended => Some(Border::Sentence),
            '«' | '»' | '“' | '”' | '„' | '"' | '(' | ')' | '[' | ']' | '|' | '‹' | '›' => {
                Some(Border::Inside)
            }
            _ => None,
        };
        if !c.is_whitespace() && !matches!(c, '«' | '“' | '„' | '(' | '[') {
            self.text.last_mut().into_iter().for_each(|passage| passage.reach(&place));
        }
        self.ended = matches!(c, '.' | '!' | '?');
        // The one at which a language changes most easily.
        self.border = self.border.into_iter().chain(new).min_by_key(|border| *border as u8);
    }

    fn begin(&mut self, border: Border, place: &Place, script: u8) {
        self.end_passage();
        let shared = usize::from(script) < SHARED.len();
        let scores = shared.then(|| {
            let at = self.scores.len();
            self.scores.resize(at + self.table.alphabet(usize::from(script)).width, 0);
            at
        });
        let (start, bytes) = (place.at, place.byte..place.end);
        self.text.push(Passage { border, start, end: start + 1, bytes, script, letters: 0, longer: 0, scores });
    }

    fn end_passage(&mut self) {
        self.end_word();
        if let Some(at) = self.text.last().and_then(|passage| passage.scores) {
            let sums = self.sums.take();
            self.scores[at..].iter_mut().zip(sums).for_each(|(score, sum)| *score = sum);
        }
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        if let Some(passage) = self.text.last_mut()
            && passage.scores.is_some()
        {
            let width = self.table.alphabet(usize::from(passage.script)).width;
            scored::add(self.table, width, &self.word, &mut self.sums);
            passage.longer += longer(self.word.len());
        }
        self.word.clear();
    }

    /// What a language of the passage's script scores, with what it is given when it is outside.
    fn score(&self, passage: &Passage, column: u8) -> f32 {
        let Some(at) = passage.scores else { return 0.0 };
        let served = self.table.alphabet(usize::from(passage.script)).classes[usize::from(column)].served;
        let each = if passage.letters < FEW { OUTSIDE_OF_FEW } else { OUTSIDE }[usize::from(passage.script)];
        let given = if served { 0.0 } else { each * UNITS * passage.letters as f32 };
        self.scores[at + usize::from(column)] as f32 + given
    }

    fn columns(&self, passage: &Passage) -> std::ops::Range<u8> {
        0..self.table.alphabet(usize::from(passage.script)).classes.len() as u8
    }

    /// The languages that passages propose: the best three of each; those with most letters behind them.
    fn states(&self) -> Vec<State> {
        let mut votes: Vec<(State, u32)> = Vec::new();
        let mut vote = |state: State, letters: u32| match votes.iter_mut().find(|(known, _)| *known == state) {
            Some((_, all)) => *all += letters,
            None => votes.push((state, letters)),
        };
        let proposing = |least: u32| self.text.iter().filter(move |passage| passage.letters >= least);
        let least = if proposing(PROPOSES).next().is_some() { PROPOSES } else { 0 };
        for passage in proposing(least) {
            if passage.scores.is_none() {
                vote(State { script: passage.script, column: None }, passage.letters);
                continue;
            }
            let mut best: [(f32, u8); 3] = [(f32::MIN, 0); 3];
            for column in self.columns(passage) {
                let score = self.score(passage, column);
                if score > best[2].0 {
                    best[2] = (score, column);
                    best.sort_by(|a, b| b.0.total_cmp(&a.0));
                }
            }
            for (place, (_, column)) in best.iter().enumerate() {
                let letters = passage.letters / (place as u32 + 1);
                vote(State { script: passage.script, column: Some(*column) }, letters);
            }
        }
        votes.sort_by_key(|(_, letters)| std::cmp::Reverse(*letters));
        votes.truncate(MOST_STATES);
        votes.into_iter().map(|(state, _)| state).collect()
    }

    /// What a passage says against being in a language.
    fn against(&self, passage: &Passage, best: f32, state: State) -> f32 {
        if state.script != passage.script {
            return foreign(passage.script) * passage.letters as f32;
        }
        let Some(column) = state.column else { return 0.0 };
        (best - self.score(passage, column)) / UNITS * EVIDENCE
    }

    fn bring_together(&self) -> Vec<Stretch> {
        let states = self.states();
        if states.is_empty() {
            return Vec::new();
        }
        let mut costs = vec![0.0f32; states.len()];
        let mut from: Vec<u8> = Vec::with_capacity(self.text.len() * states.len());
        for passage in &self.text {
            let best = if passage.scores.is_some() {
                self.columns(passage).map(|column| self.score(passage, column)).fold(f32::MIN, f32::max)
            } else {
                0.0
            };
            let change = CHANGE[passage.border as usize];
            let (cheapest, least) = costs
                .iter()
                .enumerate()
                .fold((0, f32::MAX), |held, (at, cost)| if *cost < held.1 { (at, *cost) } else { held });
            for (at, state) in states.iter().enumerate() {
                let (came, cost) =
                    if least + change < costs[at] { (cheapest, least + change) } else { (at, costs[at]) };
                from.push(came as u8);
                costs[at] = cost + self.against(passage, best, *state);
            }
        }
        let mut at = (0..states.len()).min_by(|a, b| costs[*a].total_cmp(&costs[*b])).unwrap_or(0);
        let mut path = vec![0; self.text.len()];
        for (passage, came) in from.chunks(states.len()).enumerate().rev() {
            path[passage] = at;
            at = usize::from(came[at]);
        }
        self.joined(&path, &states)
    }

    fn joined(&self, path: &[usize], states: &[State]) -> Vec<Stretch> {
        let mut all: Vec<(usize, Stretch)> = Vec::new();
        for (passage, state) in self.text.iter().zip(path) {
            if all.last().is_none_or(|(held, _)| held != state) {
                let (start, end, state_of) = (passage.start, passage.end, states[*state]);
                let width =
                    if state_of.column.is_some() { self.table.alphabet(usize::from(state_of.script)).width } else { 0 };
                let bytes = passage.bytes.clone();
                let stretch = Stretch {
                    start,
                    end,
                    bytes,
                    state: state_of,
                    letters: 0,
                    lines: 1,
                    longer: 0,
                    scores: vec![0; width],
                };
                all.push((*state, stretch));
            }
            let Some((_, stretch)) = all.last_mut() else { continue };
            stretch.lines += u32::from(passage.border == Border::Line);
            (stretch.end, stretch.bytes.end) = (passage.end, passage.bytes.end);
            if passage.script == stretch.state.script {
                stretch.letters += passage.letters;
                stretch.longer += passage.longer;
                if let Some(at) = passage.scores {
                    stretch.scores.iter_mut().zip(&self.scores[at..]).for_each(|(sum, score)| *sum += score);
                }
            }
        }
        all.into_iter().map(|(_, stretch)| stretch).collect()
    }
}

/// Whether what follows may be an address. Every one of these ends an address too, so that no text is searched twice.
fn sets_apart(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | '"' | '«' | '<')
}

/// The bytes of the address, the hashtag or the name of an account that a text begins with; 0 for none. They are in no
/// language.
fn address(text: &str) -> usize {
    let end = text.find(|c| sets_apart(c) || matches!(c, '>' | '»' | ')')).unwrap_or(text.len());
    let token = &text[..end];
    let tagged = token.starts_with(['#', '@']) && token[1..].starts_with(char::is_alphanumeric);
    // a.org/b, with or without what stands before it.
    let host = token.split_once('/').map_or(token, |(host, _)| host);
    let path = token.contains('/')
        && host.split_once('.').is_some_and(|(_, end)| end.starts_with(|c: char| c.is_ascii_alphanumeric()));
    if tagged || path || ["http://", "https://", "www."].iter().any(|start| token.starts_with(start)) { end } else { 0 }
}

/// N-grams of four and five letters in a word of so many.
pub fn longer(letters: usize) -> u32 {
    (2 * letters.saturating_sub(3)).saturating_sub(1) as u32
}

/// The script of a state, by its name.
pub fn script_of(state: State) -> unicode_script::Script {
    script_at(state.script)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::model::MODEL;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_no_words() {
        let lengths =
            ["https://a.org/b c", "www.a.org", "pic.twitter.com/x y", "#news", "@bbc: x", "who", "and/or.", ""]
                .map(address);
        assert_eq!(lengths, [15, 9, 17, 5, 5, 0, 0, 0]);
        assert!(stretches(&MODEL.table, "https://www.example.com/index.html").is_empty());
    }

    #[test]
    fn a_word_in_other_letters_is_no_stretch_and_a_sentence_is() {
        let scripts = |text: &str| stretches(&MODEL.table, text).iter().map(|s| s.state.script).collect::<Vec<_>>();
        assert_eq!(scripts("Акции Lockheed Martin выросли на три процента."), [1]);
        // With Latin letters inside.
        assert_eq!(scripts("Врeмe дoлaзи и прoлaзи."), [1]);
        assert_eq!(scripts("Der Minister sagte: «Мы никогда не согласимся с этим предложением.»"), [0, 1]);
        assert_eq!(scripts("習近平は東京で会談した。"), [HIRAGANA]);
        assert_eq!(scripts("한국어 문장 漢字 문장."), [HANGUL]);
    }

    proptest! {
        #[test]
        fn stretches_are_in_order_and_inside(text in "[a-zа-яا-ي一-十ა-ჰ .,«»\n\u{64E}\u{200C}A-ZÀ-ž0-9]{0,200}") {
            let letters: Vec<char> = text.chars().collect();
            let mut end = 0;
            for stretch in stretches(&MODEL.table, &text) {
                prop_assert!(end <= stretch.start && stretch.start < stretch.end && stretch.end <= letters.len());
                let own: String = letters[stretch.start..stretch.end].iter().collect();
                prop_assert_eq!(stretch.of(&text), own);
                end = stretch.end;
            }
        }
    }
}

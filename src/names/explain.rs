//! A comparison in words: how the parts align, which letters were read as which, what is left over, what spoke against.

use serde::Serialize;

use super::align::{How, edits};
use super::compare::{Comparison, SAME_PERSON};
use super::letters::spelling;
use super::parse::Name;
use super::romanise::table;
use super::token::Token;
use super::words::WordHash;

/// Two parts that were taken for the same one.
#[derive(Clone, Debug, Serialize)]
pub struct AlignedParts {
    pub a: String,
    pub b: String,
    /// How alike they sound, 0 to 1.
    pub score: f64,
    /// `sound`, `initial`, `joined` (one side writes two words as one) or `equivalent` (forms of one given name).
    pub how: &'static str,
    /// For `sound`: the letters of both, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub letters: Vec<AlignedLetters>,
}

/// Letters that were read as the same sound, or as sounds near each other; one side is empty where the other's letters
/// have no counterpart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlignedLetters {
    pub a: String,
    pub b: String,
    /// What it costs, in consonants; 0 for the same sound.
    pub cost: f64,
}

impl Comparison {
    /// The parts that pair, each with its letters. `a` and `b` are the names compared.
    pub fn pairs(&self, a: &Name, b: &Name) -> Vec<AlignedParts> {
        let text = |tokens: &[Token], at: usize, joined: bool| {
            let words = tokens.iter().skip(at).take(1 + usize::from(joined)).map(|t| t.text.as_str());
            words.collect::<Vec<_>>().join(" ")
        };
        let pairs = self.alignment.pairs.iter().map(|pair| AlignedParts {
            a: text(&a.tokens, pair.a, pair.how == How::JoinedA),
            b: text(&b.tokens, pair.b, pair.how == How::JoinedB),
            score: (f64::from(pair.score) * 100.0).round() / 100.0,
            how: match pair.how {
                How::Sound => "sound",
                How::Initial => "initial",
                How::JoinedA | How::JoinedB => "joined",
                How::Family => "equivalent",
            },
            letters: match (pair.how, a.tokens.get(pair.a), b.tokens.get(pair.b)) {
                (How::Sound, Some(x), Some(y)) => letters(x, y),
                _ => Vec::new(),
            },
        });
        pairs.collect()
    }

    /// Why, in words. `a` and `b` are the names compared.
    pub fn why(&self, a: &Name, b: &Name) -> Vec<String> {
        let mut why: Vec<String> = self.pairs(a, b).iter().map(AlignedParts::in_words).collect();
        let left = |tokens: &[Token], left: &[usize]| {
            left.iter().filter_map(|at| tokens.get(*at)).map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")
        };
        let (left_a, left_b) = (left(&a.tokens, &self.alignment.left_a), left(&b.tokens, &self.alignment.left_b));
        match (left_a.is_empty(), left_b.is_empty()) {
            (true, true) => {}
            (false, true) => why.push(format!("only the first has {left_a}")),
            (true, false) => why.push(format!("only the second has {left_b}")),
            (false, false) => why.push(format!("against it: {left_a} is not {left_b}")),
        }
        if let Some(alike) = self.alignment.fathers.filter(|f| *f < 0.5) {
            why.push(format!("against it: the fathers' names differ ({alike:.2})"));
        }
        if a.suffix != b.suffix {
            let none = WordHash::default();
            let both = a.suffix != none && b.suffix != none;
            why.push(if both { "against it: another generation" } else { "only one says which generation" }.to_owned());
        }
        if self.features.gender_against > 0.0 {
            why.push("against it: a man's name and a woman's".to_owned());
        }
        if self.features.hiatus > 0.0 {
            why.push("against it: a vowel more makes another name".to_owned());
        }
        if self.features.year_against > 0.0 {
            why.push("against it: another year".to_owned());
        }
        if self.features.strangers > 0.0 {
            why.push("against it: given names that are listed as two".to_owned());
        }
        let alone = self.alignment.pairs.len() == 1 && (a.tokens.len() == 1 || b.tokens.len() == 1);
        if alone && self.score < SAME_PERSON {
            why.push("against it: one part of a name alone tells nobody from others who have it".to_owned());
        }
        why
    }
}

impl AlignedParts {
    fn in_words(&self) -> String {
        let AlignedParts { a, b, score, .. } = self;
        match self.how {
            "initial" => format!("{a} and {b} begin alike"),
            "joined" => format!("{a} ~ {b} {score:.2}, written together"),
            "equivalent" => format!("{a} and {b} are forms of one name"),
            _ => {
                let apart = self.letters.iter().filter(|l| l.cost > 0.0);
                let read = apart.map(|l| match (l.a.as_str(), l.b.as_str()) {
                    (only, "") | ("", only) => format!("{only} left out"),
                    (x, y) => format!("{x} for {y}"),
                });
                let read = read.collect::<Vec<_>>().join(", ");
                if read.is_empty() { format!("{a} ~ {b} {score:.2}") } else { format!("{a} ~ {b} {score:.2}: {read}") }
            }
        }
    }
}

/// A word's letters, and for each of its sounds the letters that it stands for.
struct Spelt {
    letters: Vec<char>,
    sounds: Vec<std::ops::Range<usize>>,
}

impl Spelt {
    fn of(token: &Token) -> Option<Spelt> {
        let (script, letters) = spelling(&token.text)?;
        let numbers: Vec<u8> = letters.iter().map(|(_, number)| *number).collect();
        let sounds = table(script).spelt(&numbers, false);
        (sounds.len() == token.sounds.len())
            .then(|| Spelt { letters: letters.into_iter().map(|(c, _)| c).collect(), sounds })
    }

    fn text(&self, range: &std::ops::Range<usize>) -> String {
        self.letters.get(range.clone()).unwrap_or_default().iter().collect()
    }
}

/// The letters of two words side by side, in their usual readings. A step of the alignment is a sound; letters that stand
/// for several sounds stay together, with all that they were read as.
fn letters(a: &Token, b: &Token) -> Vec<AlignedLetters> {
    let (Some(of_a), Some(of_b)) = (Spelt::of(a), Spelt::of(b)) else { return Vec::new() };
    let mut groups: Vec<Group> = Vec::new();
    for (x, y, cost) in edits(a, b) {
        let (end_a, end_b) = groups.last().map_or((0, 0), |last| (last.a.end, last.b.end));
        let range = |of: &Spelt, at: Option<usize>, end: usize| at.map_or(end..end, |at| of.sounds[at].clone());
        let mut group = Group { a: range(&of_a, x, end_a), b: range(&of_b, y, end_b), cost };
        while let Some(before) = groups.pop_if(|before| before.a.end > group.a.start || before.b.end > group.b.start) {
            group = Group {
                a: before.a.start.min(group.a.start)..before.a.end.max(group.a.end),
                b: before.b.start.min(group.b.start)..before.b.end.max(group.b.end),
                cost: before.cost + group.cost,
            };
        }
        groups.push(group);
    }
    let aligned = |group: Group| AlignedLetters {
        a: of_a.text(&group.a),
        b: of_b.text(&group.b),
        cost: f64::from(group.cost) / 100.0,
    };
    groups.into_iter().map(aligned).collect()
}

/// Letters of both words that belong together, by their places.
struct Group {
    a: std::ops::Range<usize>,
    b: std::ops::Range<usize>,
    /// In hundredths.
    cost: u16,
}

#[cfg(test)]
mod tests {
    use super::super::compare;
    use super::*;

    fn read(a: &str, b: &str) -> String {
        let aligned = letters(&Token::new(a).unwrap(), &Token::new(b).unwrap());
        aligned.iter().map(|l| format!("{}={}", l.a, l.b)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn letters_lie_side_by_side() {
        assert_eq!(read("Khamenei", "Xamenei"), "Kh=X a=a m=m e=e n=n e=e i=i");
        assert_eq!(read("Aliyev", "Алиев"), "A=А l=л i=и y= e=е v=в");
        assert_eq!(read("Putin", "פוטין"), "P=פ u=ו t=ט i=י n=ן");
    }

    #[test]
    fn what_spoke_against_is_said() {
        let why = |a, b| {
            let (a, b) = (Name::parse(a), Name::parse(b));
            compare(&a, &b).why(&a, &b).join("; ")
        };
        assert!(why("Ilham Aliyev", "Ilham Aliyeva").contains("a man's name and a woman's"));
        assert!(why("Ilham Aliyev", "Heydar Aliyev").contains("Ilham is not Heydar"));
        assert!(why("Ilham Aliyev", "Ilham Aliev").contains("iye for ie"));
    }
}

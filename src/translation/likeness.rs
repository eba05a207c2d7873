//! How likely two texts are one story: what they share, what one has and the other lacks, and how their paragraphs lie beside
//! each other, weighed twice. Rare names and numbers that both have tell that they are about the same; whether they say the
//! same of it, or a follow-up tells the next thing of the same people, is only told by what one has and the other lacks. Both
//! are logistic regressions that [`super::train`] learns.

use std::sync::LazyLock;

use super::layout::Layout;
use super::outline::{KINDS, Kind, Mark, Outline, Spelling};

/// What is weighed, for two outlines.
pub const FEATURES: usize = 3 * KINDS.len() + 5;

/// Values of what is weighed.
pub type Features = [f32; FEATURES];

/// The names of what is weighed, as they stand in the file of weights.
pub fn feature_names() -> Vec<String> {
    let kinds = ["sound", "sounds", "number", "numbers", "latin", "concept", "pair"];
    let of_kind = |kind: &str| ["beside", "elsewhere", "lacking"].map(|what| format!("{kind}_{what}"));
    let layout = ["days_apart", "layout_alike", "layout_unlike", "paragraphs", "bias"].map(str::to_owned);
    kinds.iter().flat_map(|kind| of_kind(kind)).chain(layout).collect()
}

/// A mark that both have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    pub kind: Kind,
    pub key: u32,
    /// The logarithm of how rare it is.
    pub rarity: f32,
    /// Whether it stands at about the same place in both.
    pub beside: bool,
}

/// No mark says more than this: a natural logarithm.
const MOST: f32 = 6.0;

/// What one story in two languages shares, and how much that is; `rarity` is that of a mark, as [`super::Window::rarity`]
/// gives it. What both have is put into `shared`.
pub fn features(a: &Outline, b: &Outline, rarity: impl Fn(Kind, u32) -> f32, shared: &mut Vec<Shared>) -> Features {
    let mut features = [0f32; FEATURES];
    let layout = Layout::of(&a.paragraphs, &b.paragraphs, letters(b.spelling) / letters(a.spelling));
    let (mut left, mut right) = (Runs(&a.marks), Runs(&b.marks));
    loop {
        let (x, y) = (left.first(), right.first());
        let next = match (x, y) {
            (None, None) => break,
            (Some(x), Some(y)) => x.min(y),
            (Some(one), None) | (None, Some(one)) => one,
        };
        let kind = next.0;
        let at = 3 * kind as usize;
        if x == y {
            let (left, right) = (left.run(), right.run());
            let beside = left.iter().any(|one| right.iter().any(|two| layout.are_beside(one.paragraph, two.paragraph)));
            let rarity = rarity(kind, next.1);
            shared.push(Shared { kind, key: next.1, rarity, beside });
            features[if beside { at } else { at + 1 }] += rarity.clamp(0.0, MOST);
        } else {
            // What stands in a paragraph that the other does not have at all cannot be missed there.
            let missed = if x == Some(next) {
                left.run().iter().any(|mark| layout.has_one(mark.paragraph))
            } else {
                right.run().iter().any(|mark| layout.has_other(mark.paragraph))
            };
            features[at + 2] += if missed { expected(kind, a.spelling, b.spelling) } else { 0.0 };
        }
    }
    // Of the tenth name that both have, the first nine could have told.
    features.iter_mut().for_each(|value| *value = 10.0 * (1.0 + *value / 10.0).ln());
    let more = (a.paragraphs.len() as f32 / b.paragraphs.len() as f32).ln().abs();
    features[FEATURES - 5..].copy_from_slice(&[
        days_apart(a, b, &layout),
        layout.alike.max(0.0),
        (-layout.alike).max(0.0),
        (10.0 * more).min(10.0),
        1.0,
    ]);
    features
}

/// How many times a paragraph names a day of the week, and one beside it only others.
fn days_apart(a: &Outline, b: &Outline, layout: &Layout) -> f32 {
    let is_missed = |day: &&Mark| {
        let Some((first, last)) = layout.beside(day.paragraph) else { return false };
        let mut others = b.days().filter(|other| (first..=last).contains(&other.paragraph)).peekable();
        others.peek().is_some() && others.all(|other| other.key != day.key)
    };
    a.days().filter(is_missed).count() as f32
}

/// The marks of one key after those of another.
struct Runs<'m>(&'m [Mark]);

impl<'m> Runs<'m> {
    fn first(&self) -> Option<(Kind, u32)> {
        self.0.first().map(|mark| (mark.kind, mark.key))
    }

    fn run(&mut self) -> &'m [Mark] {
        let first = self.first();
        let length = self.0.iter().take_while(|mark| Some((mark.kind, mark.key)) == first).count();
        let (run, rest) = self.0.split_at(length);
        self.0 = rest;
        run
    }
}

/// Letters of a text, for each letter of the same in Latin script: on average over the fifty languages of NTREX-128.
fn letters(spelling: Spelling) -> f32 {
    match spelling {
        Spelling::Latin => 1.0,
        Spelling::Alphabet => 0.98,
        Spelling::Abjad => 0.83,
        Spelling::Syllables | Spelling::Other => 0.92,
        Spelling::Hangul => 0.43,
        Spelling::Han => 0.4,
    }
}

/// The share of the marks of a text that its translation has too.
fn expected(kind: Kind, a: Spelling, b: Spelling) -> f32 {
    use Spelling::{Abjad, Alphabet, Hangul, Latin, Syllables};
    match (kind, a, b) {
        (Kind::Number | Kind::Numbers, ..) => 0.95,
        (Kind::Concept, ..) => 0.7,
        (_, Latin, Latin) => 0.5,
        (_, Latin, Syllables | Hangul) | (_, Syllables | Hangul, Latin) => 0.4,
        (_, Latin | Alphabet, Latin | Alphabet) => 0.35,
        (Kind::Pair, Abjad, _) | (Kind::Pair, _, Abjad) => 0.04,
        (_, Abjad, _) | (_, _, Abjad) => 0.1,
        _ => 0.1,
    }
}

/// The share of the marks of a text of this spelling that its translations have too, on average.
pub(super) fn kept(kind: Kind, spelling: Spelling) -> f32 {
    match kind {
        Kind::Sound => 0.3 * expected(kind, spelling, Spelling::Latin),
        _ => expected(kind, spelling, Spelling::Latin),
    }
}

/// What each feature weighs, in the natural logarithm of odds; none is 0.
pub type Weight = [f64; FEATURES];

/// What tells, of two texts about the same, that they say the same: what a follow-up has too tells nothing.
pub const TELLS_THE_SAME: [&str; 6] =
    ["number_elsewhere", "number_lacking", "concept_lacking", "days_apart", "layout_alike", "bias"];

/// What the features weigh.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// For two texts being about the same, rather than any two of the news.
    pub about: Weight,
    /// For two texts about the same saying the same, rather than one being a follow-up of the other.
    pub says: Weight,
}

/// The weights that are built in.
pub static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
    let source = include_str!("../../data/translation/weights.toml");
    Weights::read(source).unwrap_or_else(|e| panic!("data/translation/weights.toml: {e}"))
});

impl Weights {
    /// Reads what [`Weights::write`] wrote.
    ///
    /// # Errors
    /// When a weight is no number, or is of nothing that is weighed.
    pub fn read(source: &str) -> Result<Weights, String> {
        let table: toml::Table = source.parse().map_err(|e: toml::de::Error| e.to_string())?;
        let names = feature_names();
        let weights = |of: &str| {
            let mut weights = [0.0; FEATURES];
            for (name, weight) in table.get(of).and_then(toml::Value::as_table).ok_or(format!("no table [{of}]"))? {
                let at =
                    names.iter().position(|known| known == name).ok_or(format!("{name} is nothing that is weighed"))?;
                weights[at] = weight.as_float().ok_or(format!("{name} is no number"))?;
            }
            Ok::<_, String>(weights)
        };
        Ok(Weights { about: weights("about")?, says: weights("says")? })
    }

    /// A line a weight.
    pub fn write(&self) -> String {
        let lines = |weights: &Weight| {
            let all = feature_names().into_iter().zip(*weights).filter(|(_, weight)| *weight != 0.0);
            all.map(|(name, weight)| format!("{name} = {weight:?}\n")).collect::<String>()
        };
        format!("[about]\n{}\n[says]\n{}", lines(&self.about), lines(&self.says))
    }
}

/// The logarithm of the odds that these weights give to features.
pub fn odds(weights: &Weight, features: &Features) -> f64 {
    weights.iter().zip(features).map(|(weight, value)| weight * f64::from(*value)).sum()
}

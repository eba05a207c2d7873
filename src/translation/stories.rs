//! To which story a document belongs, of those of the window.

use super::claims::Claim;
use super::likeness::{Shared, WEIGHTS, features, odds};
use super::outline::Outline;

use super::window::{Keys, Window};

/// A text is linked when the odds that it is of a story are so good, as a natural logarithm: seven to one.
pub const LINKED: f64 = 2.0;

/// From these odds on a story is named as one that it may be of: one in four.
pub const IN_DOUBT: f64 = -1.0;

/// Two stories are one when a text is surely of both: nineteen in twenty.
pub const SURE: f64 = 3.0;

/// The weights are learned from so many documents; among more of them, more are alike by chance.
const LEARNED_AMONG: f64 = 320.0;

/// What it takes from the odds that the shorter of two texts has so few letters: all short texts about the same people share
/// most of what they have.
fn brevity(letters: usize) -> f64 {
    const ENOUGH: f64 = 700.0;
    const AT_MOST: f64 = 6.0;
    AT_MOST * (1.0 - letters as f64 / ENOUGH).max(0.0)
}

/// How likely two texts are one story, 0 to 1, in hundredths.
pub fn likelihood(odds: f64) -> f64 {
    (100.0 / (1.0 + (-odds).exp())).round() / 100.0
}

/// What of a document is compared with others.
#[derive(Clone, Debug)]
pub struct StoryDraft {
    pub outline: Outline,
    /// What it says of where it comes from.
    pub claims: Vec<Claim>,
}

/// A document of the window, compared with a new one.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared<S> {
    /// Whatever its story is known by.
    pub story: S,
    pub number: u32,
    /// The logarithm of the odds that the two are about the same, rather than any two of the news.
    pub about: f64,
    /// The logarithm of the odds that, if they are, they say the same of it, rather than one being a follow-up of the other.
    pub says: f64,
    pub shared: Vec<Shared>,
}

impl<S> Compared<S> {
    /// The logarithm of the odds that the two are of one story.
    pub fn odds(&self) -> f64 {
        story_odds(self.about, self.says)
    }
}

/// The logarithm of the odds that two texts are of one story, of those that they are about the same and that they say the same
/// of it: no better than either. It is as likely as not that they say the same where they are just linked.
pub fn story_odds(about: f64, says: f64) -> f64 {
    about.min(LINKED + says)
}

/// Compares a new document with those of the window that share the most with it, the most alike first. `outline_of` gives
/// the outline and the story of a document of the window, `None` for one that is no longer there.
///
/// # Errors
/// Those of `outline_of`.
pub fn compare<S, E>(
    window: &mut Window,
    outline: &Outline,
    keys: &Keys,
    mut outline_of: impl FnMut(u32) -> Result<Option<(Outline, S)>, E>,
) -> Result<Vec<Compared<S>>, E> {
    let chance = (window.len() as f64 / LEARNED_AMONG).max(1.0).ln();
    let mut all = Vec::new();
    for candidate in window.candidates(keys) {
        let Some((other, story)) = outline_of(candidate.number)? else { continue };
        let mut shared = Vec::new();
        let features = features(outline, &other, |kind, key| window.rarity(kind, key), &mut shared);
        let against = chance + brevity(outline.letters().min(other.letters()));
        let (about, says) = (odds(&WEIGHTS.about, &features) - against, odds(&WEIGHTS.says, &features));
        let compared = Compared { story, number: candidate.number, about, says, shared };
        if compared.odds() >= IN_DOUBT {
            all.push(compared);
        }
    }
    all.sort_by(|one, other| other.odds().total_cmp(&one.odds()).then(one.number.cmp(&other.number)));
    Ok(all)
}

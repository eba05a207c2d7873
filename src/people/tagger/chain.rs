//! A linear chain: the best labels of a row of words, how likely each is, and what training learns of it.
//!
//! Conditional random fields as in Lafferty, McCallum and Pereira (2001).

/// Labels of a word: outside of a name, its first, inner and last word, and a name of one word.
pub const LABELS: usize = 5;
pub const OUTSIDE: usize = 0;
pub const FIRST: usize = 1;
pub const INNER: usize = 2;
pub const LAST: usize = 3;
pub const ALONE: usize = 4;

/// A score for each label.
pub type Scores = [f32; LABELS];

/// What a label says for the next one, where the next word is of some kind.
pub type Transitions = [Scores; LABELS];

/// A word of a row: what it says for each label, and the transitions into it.
#[derive(Clone, Copy)]
pub struct Link<'m> {
    pub own: Scores,
    pub into: &'m Transitions,
}

/// Labels that may follow each, and those that may begin and end a row.
const MAY_FOLLOW: [[bool; LABELS]; LABELS] = [
    [true, true, false, false, true],
    [false, false, true, true, false],
    [false, false, true, true, false],
    [true, true, false, false, true],
    [true, true, false, false, true],
];
const MAY_BEGIN: [bool; LABELS] = MAY_FOLLOW[OUTSIDE];
const MAY_END: [bool; LABELS] = [true, false, false, true, true];

const NEVER: f32 = -1e9;

/// The best labels for a row of words.
pub fn best(row: &[Link]) -> Vec<u8> {
    let Some(first) = row.first() else { return Vec::new() };
    let mut held: Scores =
        std::array::from_fn(|l| if MAY_BEGIN[l] { first.into[OUTSIDE][l] + first.own[l] } else { NEVER });
    let mut back: Vec<[u8; LABELS]> = Vec::with_capacity(row.len());
    for link in &row[1..] {
        let mut from = [0_u8; LABELS];
        let next: Scores = std::array::from_fn(|to| {
            let reach =
                |before: usize| if MAY_FOLLOW[before][to] { held[before] + link.into[before][to] } else { NEVER };
            let best = (0..LABELS).fold((NEVER * 2.0, 0), |best, before| {
                let score = reach(before);
                if score > best.0 { (score, before) } else { best }
            });
            from[to] = best.1 as u8;
            best.0 + link.own[to]
        });
        back.push(from);
        held = next;
    }
    let ends = (0..LABELS).filter(|l| MAY_END[*l]);
    let mut label = ends.fold(OUTSIDE, |best, l| if held[l] > held[best] { l } else { best });
    let mut labels = vec![label as u8; row.len()];
    for at in (0..back.len()).rev() {
        label = usize::from(back[at][label]);
        labels[at] = label as u8;
    }
    labels
}

/// Sums over all ways to label a row.
pub struct Sums {
    forward: Vec<Scores>,
    backward: Vec<Scores>,
    /// The logarithm of the sum of all.
    pub all: f32,
}

impl Sums {
    /// Of a row, forward and back.
    pub fn of(row: &[Link]) -> Sums {
        let n = row.len();
        let mut forward = vec![[NEVER; LABELS]; n];
        let mut backward = vec![[NEVER; LABELS]; n];
        for l in 0..LABELS {
            if MAY_BEGIN[l] {
                forward[0][l] = row[0].into[OUTSIDE][l] + row[0].own[l];
            }
            if MAY_END[l] {
                backward[n - 1][l] = 0.0;
            }
        }
        for at in 1..n {
            for to in 0..LABELS {
                let from = (0..LABELS).filter(|from| MAY_FOLLOW[*from][to]);
                forward[at][to] =
                    log_sum(from.map(|from| forward[at - 1][from] + row[at].into[from][to])) + row[at].own[to];
            }
        }
        for at in (0..n - 1).rev() {
            for from in 0..LABELS {
                let to = (0..LABELS).filter(|to| MAY_FOLLOW[from][*to]);
                backward[at][from] =
                    log_sum(to.map(|to| backward[at + 1][to] + row[at + 1].into[from][to] + row[at + 1].own[to]));
            }
        }
        let all = log_sum((0..LABELS).map(|l| forward[n - 1][l] + backward[n - 1][l]));
        Sums { forward, backward, all }
    }

    /// How likely a word has a label.
    pub fn of_label(&self, at: usize, label: usize) -> f32 {
        (self.forward[at][label] + self.backward[at][label] - self.all).exp()
    }

    /// How likely a word has a label and the next one another.
    pub fn of_pair(&self, at: usize, from: usize, to: usize, row: &[Link]) -> f32 {
        if !MAY_FOLLOW[from][to] {
            return 0.0;
        }
        let sum = self.forward[at][from] + row[at + 1].into[from][to] + row[at + 1].own[to] + self.backward[at + 1][to];
        (sum - self.all).exp()
    }

    /// How likely the words from `first` to `last` are one name.
    pub fn of_name(&self, first: usize, last: usize, row: &[Link]) -> f32 {
        if first == last {
            return self.of_label(first, ALONE);
        }
        let mut sum = self.forward[first][FIRST];
        let mut before = FIRST;
        for (at, link) in row.iter().enumerate().take(last + 1).skip(first + 1) {
            let label = if at == last { LAST } else { INNER };
            sum += link.into[before][label] + link.own[label];
            before = label;
        }
        (sum + self.backward[last][LAST] - self.all).exp()
    }
}

fn log_sum(all: impl Iterator<Item = f32> + Clone) -> f32 {
    let most = all.clone().fold(NEVER, f32::max);
    if most <= NEVER { NEVER } else { most + all.map(|x| (x - most).exp()).sum::<f32>().ln() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FLAT: Transitions = [[0.0; LABELS]; LABELS];

    fn flat(scores: &[Scores]) -> Vec<Link<'static>> {
        scores.iter().map(|own| Link { own: *own, into: &FLAT }).collect()
    }

    proptest! {
        /// Names never begin without ending, and what is likely sums up to one.
        #[test]
        fn rows_are_labelled_in_order(scores in proptest::collection::vec(proptest::array::uniform5(-3.0_f32..3.0), 1..12)) {
            let row = flat(&scores);
            let labels = best(&row);
            prop_assert!(MAY_BEGIN[usize::from(labels[0])] && MAY_END[usize::from(labels[labels.len() - 1])]);
            prop_assert!(labels.windows(2).all(|w| MAY_FOLLOW[usize::from(w[0])][usize::from(w[1])]));
            let sums = Sums::of(&row);
            for at in 0..scores.len() {
                let sum: f32 = (0..LABELS).map(|l| sums.of_label(at, l)).sum();
                prop_assert!((sum - 1.0).abs() < 1e-3, "{}", sum);
            }
        }
    }

    #[test]
    fn a_name_of_two_words() {
        let scores = [[0.0, 2.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 2.0, 1.0]];
        let row = flat(&scores);
        assert_eq!(best(&row), [FIRST as u8, LAST as u8]);
        let sums = Sums::of(&row);
        assert!(sums.of_name(0, 1, &row) > 0.5);
    }
}

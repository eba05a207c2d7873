//! How the paragraphs of two texts lie beside each other, and whether they are of like lengths, as those of a text and its
//! translation are (Gale & Church 1993, "A program for aligning sentences in bilingual corpora").

use std::ops::Range;

/// How far the lengths of two paragraphs, as logarithms, lie apart: in a translation, and in two texts of no relation.
const TRANSLATED: f32 = 0.22;
const UNRELATED: f32 = 0.75;

/// What it costs when a paragraph has none beside it, or two beside it.
const ALONE: f32 = 2.0;
const JOINED: f32 = 1.5;

/// What it costs when one has more paragraphs at its end: many outlets cut there.
const AFTER_THE_END: f32 = 0.3;

/// Paragraphs that one text may be ahead of the other.
const BAND: usize = 6;

/// Added to all lengths: a word more is much of a short line.
const WORD: f32 = 3.0;

/// Two texts side by side.
pub struct Layout {
    /// For how much the lengths of the paragraphs speak for one text in two languages: the logarithm of a ratio of
    /// likelihoods.
    pub alike: f32,
    /// By paragraph of the one, the paragraphs of the other that it lies beside; a paragraph that lies beside none lies where
    /// it would stand.
    beside: Vec<(u8, u8)>,
    /// By paragraph of the one, and of the other, whether it lies beside any.
    has_one: Vec<bool>,
    has_other: Vec<bool>,
}

/// How the best way to a pair of paragraphs goes: how many of each it takes.
const STEPS: [(usize, usize, f32); 5] = [(1, 1, 0.0), (1, 0, ALONE), (0, 1, ALONE), (1, 2, JOINED), (2, 1, JOINED)];

impl Layout {
    /// Lays two texts, the lengths of whose paragraphs in letters are given, side by side. Where both say the same, the other
    /// has `usual` times as many letters as the one.
    pub fn of(a: &[u16], b: &[u16], usual: f32) -> Layout {
        let scale = scale(a, b, usual);
        let (one, other) = (Lengths::of(a, scale), Lengths::of(b, 1.0));
        let mut grid = Grid::new(a.len(), b.len());
        for i in 0..=a.len() {
            for j in grid.row(i) {
                let (mut best, mut taken) = (if (i, j) == (0, 0) { 0.0 } else { f32::NEG_INFINITY }, 0);
                for (step, (of_a, of_b, cost)) in STEPS.iter().enumerate().filter(|(_, s)| s.0 <= i && s.1 <= j) {
                    let matched = match (of_a, of_b) {
                        // One of the two goes on where the other has ended.
                        (0, _) if i == a.len() => ALONE - AFTER_THE_END,
                        (_, 0) if j == b.len() => ALONE - AFTER_THE_END,
                        (0, _) | (_, 0) => 0.0,
                        _ => likelihood(other.before(j, *of_b) - one.before(i, *of_a)),
                    };
                    let value = grid.best(i - of_a, j - of_b) + matched - cost;
                    if value > best {
                        (best, taken) = (value, step);
                    }
                }
                grid.put(i, j, best, taken as u8);
            }
        }
        let mut layout = Layout {
            alike: grid.best(a.len(), b.len()).max(-20.0),
            beside: vec![(0, 0); a.len()],
            has_one: vec![false; a.len()],
            has_other: vec![false; b.len()],
        };
        for (one, other) in grid.way() {
            let last = if other.is_empty() { other.start } else { other.end - 1 };
            layout.beside[one.clone()].fill((other.start as u8, last as u8));
            layout.has_one[one.clone()].fill(!other.is_empty());
            layout.has_other[other].fill(!one.is_empty());
        }
        layout
    }

    /// Whether a paragraph of the one lies beside any of the other.
    pub fn has_one(&self, a: u8) -> bool {
        self.has_one.get(usize::from(a)).copied().unwrap_or(false)
    }

    /// Whether a paragraph of the other lies beside any of the one.
    pub fn has_other(&self, b: u8) -> bool {
        self.has_other.get(usize::from(b)).copied().unwrap_or(false)
    }

    /// The first and the last paragraph of the other that a paragraph of the one lies beside; `None` where it lies beside none.
    pub fn beside(&self, a: u8) -> Option<(u8, u8)> {
        self.has_one(a).then(|| self.beside[usize::from(a)])
    }

    /// Whether a paragraph of the one lies beside one of the other, or next to that where there are many.
    pub fn are_beside(&self, a: u8, b: u8) -> bool {
        /// From so many paragraphs on, the next one is near.
        const MANY: usize = 10;
        let near = u8::from(self.beside.len() >= MANY);
        let at = self.beside.get(usize::from(a));
        at.is_some_and(|(first, last)| (first.saturating_sub(near)..=last + near).contains(&b))
    }
}

/// The best ways to each pair of paragraphs, of those that do not lead too far aside.
struct Grid {
    rows: Vec<Range<usize>>,
    /// By row, where it begins in the other two.
    starts: Vec<usize>,
    best: Vec<f32>,
    steps: Vec<u8>,
    columns: usize,
}

impl Grid {
    fn new(a: usize, b: usize) -> Grid {
        let slope = b as f32 / a.max(1) as f32;
        // Either one has the same in fewer paragraphs, or it ends earlier.
        let row = |i: usize| {
            let straight = (i as f32 * slope) as usize;
            i.min(straight).saturating_sub(BAND)..(i.max(straight) + BAND + 1).min(b + 1).max(1)
        };
        let rows: Vec<_> = (0..=a).map(row).map(|row| row.start.min(b)..row.end).collect();
        let mut size = 0;
        let mut start = |row: &Range<usize>| {
            size += row.len();
            size - row.len()
        };
        let starts = rows.iter().map(&mut start).collect();
        Grid { rows, starts, best: vec![f32::NEG_INFINITY; size], steps: vec![0; size], columns: b }
    }

    fn row(&self, i: usize) -> Range<usize> {
        self.rows[i].clone()
    }

    fn at(&self, i: usize, j: usize) -> Option<usize> {
        self.rows[i].contains(&j).then(|| self.starts[i] + j - self.rows[i].start)
    }

    fn best(&self, i: usize, j: usize) -> f32 {
        self.at(i, j).map_or(f32::NEG_INFINITY, |at| self.best[at])
    }

    fn put(&mut self, i: usize, j: usize, best: f32, step: u8) {
        if let Some(at) = self.at(i, j) {
            (self.best[at], self.steps[at]) = (best, step);
        }
    }

    /// The rows and columns that lie beside each other on the best way, from the end.
    fn way(&self) -> Vec<(Range<usize>, Range<usize>)> {
        let (mut i, mut j) = (self.rows.len() - 1, self.columns);
        let mut way = Vec::with_capacity(i + j);
        while let Some(at) = self.at(i, j).filter(|at| (i, j) != (0, 0) && self.best[*at] > f32::NEG_INFINITY) {
            let (of_a, of_b, _) = STEPS[usize::from(self.steps[at])];
            way.push((i - of_a..i, j - of_b..j));
            (i, j) = (i - of_a, j - of_b);
        }
        way
    }
}

/// How many times as many letters the other has: as many as all of both have, unless one of them seems to be cut.
fn scale(a: &[u16], b: &[u16], usual: f32) -> f32 {
    const CUT: f32 = 1.35;
    let total = |all: &[u16]| all.iter().map(|length| f32::from(*length) + WORD).sum::<f32>().max(1.0);
    let found = total(b) / total(a);
    if (found / usual).max(usual / found) < CUT { found } else { usual }
}

/// The logarithms of the lengths of paragraphs, alone and with the one before.
struct Lengths([Vec<f32>; 2]);

impl Lengths {
    fn of(paragraphs: &[u16], scale: f32) -> Lengths {
        let of = |several: usize| {
            let length = |some: &[u16]| some.iter().map(|length| f32::from(*length)).sum::<f32>() + WORD;
            paragraphs.windows(several).map(|some| (length(some) * scale).ln()).collect()
        };
        Lengths([of(1), of(2)])
    }

    /// Of the `several` paragraphs before a place.
    fn before(&self, place: usize, several: usize) -> f32 {
        self.0[several - 1][place - several]
    }
}

/// The logarithm of how much likelier it is in a translation that lengths lie so far apart, as logarithms.
fn likelihood(apart: f32) -> f32 {
    let z = |sigma: f32| apart * apart / (2.0 * sigma * sigma);
    ((UNRELATED / TRANSLATED).ln() - z(TRANSLATED) + z(UNRELATED)).max(-ALONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_translation_lies_beside_its_original() {
        let original = [40, 200, 120, 310, 90, 150];
        let longer = original.map(|length| length * 5 / 4);
        assert!(Layout::of(&original, &longer, 1.0).alike > 6.0);
        assert!(Layout::of(&original, &[150, 20, 300, 60, 30, 250], 1.0).alike < 2.0);
        // One outlet made one paragraph of two, another left out the last one.
        let joined = Layout::of(&original, &[40, 320, 310, 90, 150], 1.0);
        assert!(joined.alike > 1.0, "{}", joined.alike);
        assert!(joined.are_beside(1, 1) && joined.are_beside(2, 1) && joined.are_beside(5, 4));
        let cut = Layout::of(&original, &original[..3], 1.0);
        assert!(cut.alike > 0.0, "{}", cut.alike);
        assert!(cut.are_beside(2, 2) && !cut.are_beside(1, 2));
    }

    #[test]
    fn texts_of_any_length_have_a_layout() {
        for (a, b) in [(0, 0), (0, 5), (5, 0), (1, 100), (100, 1), (100, 100)] {
            let (one, other) = (vec![10; a], vec![10; b]);
            assert!(Layout::of(&one, &other, 1.0).alike.is_finite(), "{a} {b}");
        }
    }
}

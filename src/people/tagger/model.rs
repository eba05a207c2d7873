//! The weights of the tagger, as they are shipped: `data/people/tagger.bin`, made by `nisba train mentions`.

use std::sync::LazyLock;

use smallvec::SmallVec;

use super::chain::{LABELS, Scores, Transitions};
use super::features::{EDGES, Feature};

/// A linear model: what each feature says for each label, and what a label says for the next.
pub struct Model {
    /// Feature in the upper 24 bits (the lower ones are the place), then a weight of eight bits for each label.
    slots: Box<[u64]>,
    /// What a step of a weight is worth.
    step: f32,
    /// By the kind of the word that they lead to.
    pub transitions: Box<[Transitions]>,
}

/// Features of a word, as many as most have.
pub const MANY: usize = 96;

/// Begins the file.
const MAGIC: &[u8; 8] = b"nisbatg2";

/// Why a file of weights cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("this is no file of weights of the tagger, or one of another version")]
    NotWeights,
}

static SHIPPED: LazyLock<Model> = LazyLock::new(|| {
    Model::read(include_bytes!("../../../data/people/tagger.bin"))
        .unwrap_or_else(|e| panic!("data/people/tagger.bin: {e}"))
});

impl Model {
    /// The one that nisba ships with.
    pub fn shipped() -> &'static Model {
        &SHIPPED
    }

    /// From weights of a training, those that round to nothing left out.
    pub fn of(weights: impl Iterator<Item = (Feature, Scores)>, transitions: Vec<Transitions>) -> Model {
        let all: Vec<(Feature, Scores)> = weights.collect();
        let largest = all.iter().flat_map(|(_, w)| w).fold(0.0_f32, |most, w| most.max(w.abs()));
        // A few weights beyond are cut, so that the others keep their precision.
        let step = largest.min(6.35) / 127.0;
        let quantised = |w: f32| (w / step).round().clamp(-127.0, 127.0) as i8;
        let kept: Vec<(Feature, [i8; LABELS])> =
            all.into_iter().map(|(f, w)| (f, w.map(quantised))).filter(|(_, w)| w.iter().any(|w| *w != 0)).collect();
        let mut slots = vec![0_u64; (kept.len() * 3 / 2).next_power_of_two().max(1 << 8)].into_boxed_slice();
        let mask = slots.len() - 1;
        for (feature, weights) in kept {
            let mut at = feature as usize & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            let packed = weights.iter().rev().fold(0_u64, |all, w| all << 8 | u64::from(*w as u8));
            slots[at] = packed | tag(feature) << 40;
        }
        Model { slots, step, transitions: transitions.into() }
    }

    /// What the features of a word say together.
    pub fn scores(&self, features: &[Feature]) -> Scores {
        let mask = self.slots.len() - 1;
        // All places first: they are far from each other, and no look-up waits for another.
        let slots: SmallVec<[u64; MANY]> = features.iter().map(|f| self.slots[*f as usize & mask]).collect();
        let mut sums = [0_i32; LABELS];
        for (feature, first) in features.iter().zip(slots) {
            let (tag, mut slot, mut at) = (tag(*feature), first, *feature as usize & mask);
            while slot != 0 && slot >> 40 != tag {
                at = (at + 1) & mask;
                slot = self.slots[at];
            }
            // An empty one says nothing.
            sums.iter_mut().enumerate().for_each(|(n, sum)| *sum += i32::from((slot >> (8 * n)) as u8 as i8));
        }
        sums.map(|sum| sum as f32 * self.step)
    }

    /// Number of features that it knows.
    pub fn features(&self) -> usize {
        self.slots.iter().filter(|slot| **slot != 0).count()
    }

    /// As bytes of a file.
    pub fn write(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend((self.slots.len() as u32).to_le_bytes());
        out.extend(self.step.to_le_bytes());
        out.extend(self.transitions.iter().flatten().flatten().flat_map(|w| w.to_le_bytes()));
        out.extend(self.slots.iter().flat_map(|slot| slot.to_le_bytes()));
        out
    }

    /// From bytes that [`Model::write`] made.
    ///
    /// # Errors
    /// When they are something else.
    pub fn read(bytes: &[u8]) -> Result<Model, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::NotWeights)?;
        let words: Vec<[u8; 4]> = rest.chunks_exact(4).map(|c| [c[0], c[1], c[2], c[3]]).collect();
        let head = 2 + EDGES * LABELS * LABELS;
        let length = words.first().map(|w| u32::from_le_bytes(*w) as usize).ok_or(ModelError::NotWeights)?;
        if words.len() != head + 2 * length || !length.is_power_of_two() {
            return Err(ModelError::NotWeights);
        }
        let float = |at: usize| f32::from_le_bytes(words[at]);
        let of_edge = |edge: usize| {
            std::array::from_fn(|from| std::array::from_fn(|to| float(2 + (edge * LABELS + from) * LABELS + to)))
        };
        let transitions = (0..EDGES).map(of_edge).collect();
        let slot = |at: usize| {
            u64::from(u32::from_le_bytes(words[head + 2 * at]))
                | u64::from(u32::from_le_bytes(words[head + 2 * at + 1])) << 32
        };
        Ok(Model { slots: (0..length).map(slot).collect(), step: float(1), transitions })
    }
}

/// Of a feature, with the lower bits that say the place: all but eight bits; never zero in a slot that is used.
fn tag(feature: Feature) -> u64 {
    u64::from(feature >> 8) | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let weights = [(7, [0.5, -1.0, 0.0, 0.25, 1.0]), (1 << 20, [0.0; LABELS]), (263, [1.0; LABELS])];
        let model = Model::of(weights.into_iter(), vec![[[0.5; LABELS]; LABELS]; EDGES]);
        let again = Model::read(&model.write()).unwrap();
        assert_eq!((again.features(), &again.transitions), (2, &model.transitions));
        let scores = again.scores(&[7, 1 << 21]);
        assert!((scores[1] + 1.0).abs() < 0.01 && (scores[3] - 0.25).abs() < 0.01, "{scores:?}");
        assert!(Model::read(b"nisbatg2").is_err() && Model::read(b"").is_err());
    }
}

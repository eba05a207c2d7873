//! Brings segments together into requests.

use std::ops::Range;

use super::provider::Limits;

/// Splits segments, given by their lengths in code points, into neighbours that fit one request. One that is longer
/// than the limit goes alone, for the provider to judge.
pub fn batches(lengths: &[usize], limits: Limits) -> Vec<Range<usize>> {
    let mut batches: Vec<Range<usize>> = Vec::new();
    let mut used = 0;
    for (at, length) in lengths.iter().enumerate() {
        match batches.last_mut() {
            Some(batch) if used + length <= limits.characters && batch.len() < limits.segments => {
                batch.end = at + 1;
                used += length;
            }
            _ => {
                batches.push(at..at + 1);
                used = *length;
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_requests_within_the_limits() {
        let limits = Limits { characters: 10, segments: 3 };
        assert_eq!(batches(&[4, 6, 1, 12, 1, 1, 1, 1], limits), [0..2, 2..3, 3..4, 4..7, 7..8]);
        assert_eq!(batches(&[], limits), Vec::<Range<usize>>::new());
    }
}

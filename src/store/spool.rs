//! The documents that wait to be processed: two lanes, fresh before backfill, and within a lane one source after the
//! other, so that neither an archive that is loaded nor a source that sends a lot holds up the others.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::model::Lane;

/// A document that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub seq: i64,
    pub lane: Lane,
    /// A hash of the source's name.
    pub source: u64,
}

impl Place {
    pub(super) fn new(seq: i64, lane: Lane, source: &str) -> Place {
        let source = blake3::hash(source.as_bytes());
        let source = u64::from_le_bytes(*source.as_bytes().first_chunk().unwrap_or(&[0; 8]));
        Place { seq, lane, source }
    }
}

/// One in so many documents is taken from the backfill while fresh ones wait, so that it never stands still.
const BACKFILL_SHARE: u32 = 16;

/// Those who wait, those who are processed, and those whose commit is under way.
#[derive(Debug, Default)]
pub(super) struct Spool {
    fresh: Sources,
    backfill: Sources,
    claimed: BTreeMap<i64, Place>,
    arriving: u64,
    taken: u32,
}

impl Spool {
    pub(super) fn insert(&mut self, place: Place) {
        self.lane(place.lane).push(place);
    }

    /// Takes up to `limit` documents, in the order in which they are to be processed.
    pub(super) fn claim(&mut self, limit: usize) -> Vec<i64> {
        let claimed: Vec<Place> = std::iter::from_fn(|| self.next()).take(limit).collect();
        self.claimed.extend(claimed.iter().map(|place| (place.seq, *place)));
        claimed.into_iter().map(|place| place.seq).collect()
    }

    /// Puts back what was taken and not processed.
    pub(super) fn unclaim(&mut self, seqs: &[i64]) {
        for place in seqs.iter().filter_map(|seq| self.claimed.remove(seq)).collect::<Vec<_>>() {
            self.insert(place);
        }
    }

    /// A document that was taken waits no more.
    pub(super) fn done(&mut self, seq: i64) {
        self.claimed.remove(&seq);
    }

    /// How many wait, are processed or arrive.
    pub(super) fn len(&self) -> u64 {
        (self.fresh.len + self.backfill.len + self.claimed.len()) as u64 + self.arriving
    }

    /// How many wait in a lane.
    pub(super) fn waiting(&self, lane: Lane) -> u64 {
        let sources = match lane {
            Lane::Fresh => &self.fresh,
            Lane::Backfill => &self.backfill,
        };
        sources.len as u64
    }

    /// The one that came first of those that wait or are processed.
    pub(super) fn oldest(&self) -> Option<i64> {
        let claimed = self.claimed.keys().next().copied();
        claimed.into_iter().chain(self.fresh.oldest()).chain(self.backfill.oldest()).min()
    }

    /// Keeps room for documents that arrive, if there is any below `limit`; backfill leaves a tenth to what is fresh.
    pub(super) fn arrive(&mut self, fresh: u64, backfill: u64, limit: u64) -> bool {
        let limit = if backfill > 0 { limit - limit / 10 } else { limit };
        let fits = self.len() + fresh + backfill <= limit;
        if fits {
            self.arriving += fresh + backfill;
        }
        fits
    }

    pub(super) fn arrived(&mut self, count: u64) {
        self.arriving = self.arriving.saturating_sub(count);
    }

    fn lane(&mut self, lane: Lane) -> &mut Sources {
        match lane {
            Lane::Fresh => &mut self.fresh,
            Lane::Backfill => &mut self.backfill,
        }
    }

    fn next(&mut self) -> Option<Place> {
        self.taken = self.taken.wrapping_add(1);
        let order = match self.taken.is_multiple_of(BACKFILL_SHARE) {
            true => [Lane::Backfill, Lane::Fresh],
            false => Lane::ALL,
        };
        order.into_iter().find_map(|lane| {
            let (source, seq) = self.lane(lane).pop()?;
            Some(Place { seq, lane, source })
        })
    }
}

/// The documents of a lane by their source, and whose turn it is.
#[derive(Debug, Default)]
struct Sources {
    waiting: HashMap<u64, VecDeque<i64>>,
    turns: VecDeque<u64>,
    len: usize,
}

impl Sources {
    fn push(&mut self, place: Place) {
        self.len += 1;
        match self.waiting.entry(place.source) {
            Entry::Occupied(mut queue) => queue.get_mut().push_back(place.seq),
            Entry::Vacant(new) => {
                new.insert(VecDeque::from([place.seq]));
                self.turns.push_back(place.source);
            }
        }
    }

    /// The source whose turn it is, and its next document.
    fn pop(&mut self) -> Option<(u64, i64)> {
        let source = self.turns.pop_front()?;
        let queue = self.waiting.get_mut(&source)?;
        let seq = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(&source);
        } else {
            self.turns.push_back(source);
        }
        self.len -= usize::from(seq.is_some());
        seq.map(|seq| (source, seq))
    }

    fn oldest(&self) -> Option<i64> {
        self.waiting.values().filter_map(|queue| queue.front().copied()).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spool(places: &[(i64, Lane, &str)]) -> Spool {
        let mut spool = Spool::default();
        for (seq, lane, source) in places {
            spool.insert(Place::new(*seq, *lane, source));
        }
        spool
    }

    #[test]
    fn sources_take_turns_and_what_is_fresh_goes_first() {
        use Lane::{Backfill, Fresh};
        let mut spool = spool(&[
            (1, Backfill, "a"),
            (2, Fresh, "a"),
            (3, Fresh, "a"),
            (4, Fresh, "a"),
            (5, Fresh, "b"),
            (6, Backfill, "b"),
        ]);
        assert_eq!((spool.waiting(Fresh), spool.waiting(Backfill)), (4, 2));
        assert_eq!(spool.claim(10), [2, 5, 3, 4, 1, 6]);
        assert_eq!(spool.len(), 6);
        spool.unclaim(&[6]);
        assert_eq!((spool.waiting(Fresh), spool.waiting(Backfill)), (0, 1));
        spool.done(1);
        assert_eq!((spool.claim(10), spool.len()), (vec![6], 5));
    }

    #[test]
    fn backfill_never_stands_still() {
        let mut places: Vec<_> = (0..100).map(|seq| (seq, Lane::Fresh, "a")).collect();
        places.push((100, Lane::Backfill, "a"));
        let taken = spool(&places).claim(BACKFILL_SHARE as usize);
        assert!(taken.contains(&100), "{taken:?}");
    }

    #[test]
    fn backfill_leaves_room_for_what_is_fresh() {
        let mut spool = Spool::default();
        assert!(spool.arrive(0, 90, 100));
        assert!(!spool.arrive(0, 1, 100));
        assert!(spool.arrive(10, 0, 100));
        assert!(!spool.arrive(1, 0, 100));
        spool.arrived(90);
        assert_eq!(spool.len(), 10);
    }
}

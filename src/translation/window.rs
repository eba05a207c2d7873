//! The documents of the last days, by their marks: which of them share the most with a new one. What a look-up costs does not
//! grow with the window.

use std::collections::VecDeque;
use std::sync::LazyLock;

use super::likeness::kept;
use super::outline::{KINDS, Kind, Outline};

/// Marks by which an outline is found, the rarest.
const MOST_KEYS: usize = 64;

/// Of a mark that so many documents of a segment have, the next ones are not found by it.
const COMMON: usize = 64;

/// Documents that share the most, at most.
const MOST_CANDIDATES: usize = 8;

/// What a document shares, at least, to be one of them: as much as one mark that one in so many texts has, as a natural
/// logarithm.
const LEAST: f32 = 5.0;

/// Parts of a window; the oldest is let go as a whole.
const SEGMENTS: usize = 8;

/// Documents of a segment, at least: a small one costs as much to ask as a large one.
const SMALLEST: usize = 4_096;

/// How often marks are seen.
#[derive(Clone, Debug)]
struct Shares {
    counts: Box<[u16]>,
    documents: u32,
    /// The logarithm of how many documents there are, with those beforehand.
    all: f32,
}

/// Places of counts; marks that share one are taken to be a little more common than they are.
const COUNTS: usize = 1 << 20;

/// Documents that are counted before all counts are halved: what was rare last year may be common today.
const COUNTED: u32 = 60_000;

impl Default for Shares {
    fn default() -> Shares {
        Shares { counts: vec![0; COUNTS].into(), documents: 0, all: BEFOREHAND.ln() }
    }
}

impl Shares {
    fn place(kind: Kind, key: u32) -> usize {
        (key as usize ^ (kind as usize) << 17) & (COUNTS - 1)
    }

    fn count(&mut self, outline: &Outline) {
        if self.documents == COUNTED {
            self.counts.iter_mut().for_each(|count| *count /= 2);
            self.documents /= 2;
        }
        self.documents += 1;
        self.all = (self.documents as f32 + BEFOREHAND).ln();
        outline.keys().for_each(|(kind, key)| self.counts[Self::place(kind, key)] += 1);
    }

    /// How rare a mark is: minus the logarithm of the share of documents that have it. As long as few documents were seen, as
    /// rare as it is among all news.
    fn rarity(&self, kind: Kind, key: u32) -> f32 {
        self.all - self.seen(kind, key)
    }

    fn seen(&self, kind: Kind, key: u32) -> f32 {
        let seen = self.counts[Self::place(kind, key)];
        match SEEN[kind as usize].get(usize::from(seen)) {
            Some(logarithm) => *logarithm,
            None => (f32::from(seen) + usual(kind) * BEFOREHAND).ln(),
        }
    }
}

/// So many documents would have to be seen to outweigh what is known beforehand.
const BEFOREHAND: f32 = 100.0;

/// The share of documents that have a mark of a kind that nothing else is known of.
fn usual(kind: Kind) -> f32 {
    match kind {
        Kind::Sound => 0.04,
        Kind::Number | Kind::Concept => 0.035,
        Kind::Latin => 0.008,
        Kind::Sounds => 0.005,
        Kind::Pair | Kind::Numbers => 0.002,
    }
}

/// By kind, the logarithms of how often marks are seen, with what is known beforehand.
static SEEN: LazyLock<[[f32; 256]; KINDS.len()]> =
    LazyLock::new(|| KINDS.map(|kind| std::array::from_fn(|seen| (seen as f32 + usual(kind) * BEFOREHAND).ln())));

/// A part of the window: a table by open addressing from a mark to the documents that have it. Of a mark only the bits are
/// kept that the number of a document leaves free; what is found by mistake is seen for what it is when it is compared.
struct Segment {
    /// The number of its first document, and how many it has.
    first: u32,
    documents: u32,
    /// A tag in the upper bits, the place of a document in the segment and one in the lower; 0 where there is none.
    slots: Box<[u32]>,
    place_bits: u32,
}

impl Segment {
    fn new(first: u32, most: usize) -> Segment {
        let slots = vec![0; most * MOST_KEYS * 3 / 2].into();
        Segment { first, documents: 0, slots, place_bits: (most + 1).next_power_of_two().trailing_zeros() }
    }

    /// Where to begin, and the tag to look for.
    fn hash(&self, kind: Kind, key: u32) -> (usize, u32) {
        let mixed = ((u64::from(key) << 3) | kind as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        ((((mixed >> 32) * self.slots.len() as u64) >> 32) as usize, (mixed as u32) << self.place_bits)
    }

    /// Fetches where the marks begin: all at once, for each by itself would wait for memory.
    fn approach(&self, keys: &Keys) {
        let first = keys.0.iter().fold(0, |all, (kind, key, _)| all ^ self.slots[self.hash(*kind, *key).0]);
        std::hint::black_box(first);
    }

    /// Hands out the places of the documents with a mark; gives the slot after the last, and how many there are.
    fn with(&self, kind: Kind, key: u32, mut found: impl FnMut(u32)) -> (usize, usize) {
        let (mut at, tag) = self.hash(kind, key);
        let mut count = 0;
        while self.slots[at] != 0 {
            if self.slots[at] >> self.place_bits << self.place_bits == tag {
                count += 1;
                found((self.slots[at] & ((1 << self.place_bits) - 1)) - 1);
            }
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        (at, count)
    }

    fn insert(&mut self, kind: Kind, key: u32, place: u32) {
        let (_, tag) = self.hash(kind, key);
        let (free, count) = self.with(kind, key, |_| ());
        if count < COMMON {
            self.slots[free] = tag | (place + 1);
        }
    }
}

/// A document of the window that shares much with another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// As [`Window::insert`] numbered it.
    pub number: u32,
    /// How much it shares: the sum of the rarities of the marks by which it was found.
    pub shares: f32,
}

/// The marks of an outline by which it is found, with their rarity.
#[derive(Clone, Debug)]
pub struct Keys(Vec<(Kind, u32, f32)>);

/// The documents of the last days.
pub struct Window {
    segments: VecDeque<Segment>,
    segment_size: usize,
    next: u32,
    shares: Shares,
    /// By place in a segment, what is shared with the document that is looked for; all 0 between look-ups.
    sums: Vec<f32>,
}

impl Window {
    /// A window of about `most` documents.
    pub fn new(most: usize) -> Window {
        let segment_size = (most / (SEGMENTS - 1)).max(SMALLEST);
        Window {
            segments: VecDeque::new(),
            segment_size,
            next: 0,
            shares: Shares::default(),
            sums: vec![0.0; segment_size],
        }
    }

    /// How many documents are in it.
    pub fn len(&self) -> usize {
        self.segments.iter().map(|segment| segment.documents as usize).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The number of the oldest document in it.
    pub fn first(&self) -> u32 {
        self.segments.front().map_or(self.next, |segment| segment.first)
    }

    /// How rare a mark is: minus the natural logarithm of the share of documents that have it.
    pub fn rarity(&self, kind: Kind, key: u32) -> f32 {
        self.shares.rarity(kind, key)
    }

    /// The documents that share the most with one that has these keys, those first that share more.
    pub fn candidates(&mut self, keys: &Keys) -> Vec<Candidate> {
        let mut all: Vec<Candidate> = Vec::new();
        let mut touched: Vec<u32> = Vec::new();
        for segment in &self.segments {
            segment.approach(keys);
            for (kind, key, rarity) in &keys.0 {
                segment.with(*kind, *key, |place| {
                    let sum = &mut self.sums[place as usize];
                    if *sum == 0.0 {
                        touched.push(place);
                    }
                    *sum += rarity;
                });
            }
            for place in touched.drain(..) {
                let shares = std::mem::take(&mut self.sums[place as usize]);
                if shares >= LEAST {
                    all.push(Candidate { number: segment.first + place, shares });
                }
            }
        }
        let first = |one: &Candidate, other: &Candidate| {
            other.shares.total_cmp(&one.shares).then(one.number.cmp(&other.number))
        };
        if all.len() > MOST_CANDIDATES {
            all.select_nth_unstable_by(MOST_CANDIDATES, first);
            all.truncate(MOST_CANDIDATES);
        }
        all.sort_unstable_by(first);
        all
    }

    /// Takes a document in, by its keys; gives its number, one more than that of the last.
    pub fn insert(&mut self, outline: &Outline, keys: &Keys) -> u32 {
        let full = self.segments.back().is_none_or(|segment| segment.documents as usize >= self.segment_size);
        if full {
            if self.segments.len() == SEGMENTS {
                self.segments.pop_front();
            }
            self.segments.push_back(Segment::new(self.next, self.segment_size));
        }
        if let Some(segment) = self.segments.back_mut() {
            let place = segment.documents;
            keys.0.iter().for_each(|(kind, key, _)| segment.insert(*kind, *key, place));
            segment.documents += 1;
        }
        self.shares.count(outline);
        self.next += 1;
        self.next - 1
    }

    /// The marks by which an outline is found, and finds others.
    pub fn keys(&self, outline: &Outline) -> Keys {
        let rarity = |(kind, key)| (kind, key, self.shares.rarity(kind, key));
        let mut keys: Vec<(Kind, u32, f32)> = outline.keys().map(rarity).collect();
        if keys.len() > MOST_KEYS {
            // What is likely to be in a translation too goes before what is only rare.
            let worth = |(kind, _, rarity): &(Kind, u32, f32)| rarity * kept(*kind, outline.spelling);
            keys.select_nth_unstable_by(MOST_KEYS, |a, b| worth(b).total_cmp(&worth(a)).then(a.1.cmp(&b.1)));
            keys.truncate(MOST_KEYS);
        }
        Keys(keys)
    }
}

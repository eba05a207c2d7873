//! The documents of the last days, by their marks: which of them share the most with a new one. What a look-up costs does not
//! grow with the window, up to 230,000 documents.

use std::collections::VecDeque;
use std::sync::LazyLock;

use super::likeness::kept;
use super::outline::{KINDS, Kind, Outline};

/// Marks by which an outline is found, the rarest.
const MOST_KEYS: usize = 64;

/// Of a mark that more documents of a segment have, only the last so many are found by it: half a line of the cache holds them.
const COMMON: usize = 15;

/// Documents that share the most, at most.
const MOST_CANDIDATES: usize = 8;

/// What a document shares, at least, to be one of them: as much as one mark that one in so many texts has, as a natural
/// logarithm.
const LEAST: f32 = 5.0;

/// Parts of a window, unless they would be larger than [`LARGEST`]; the oldest is let go as a whole.
const SEGMENTS: usize = 8;

/// Documents of a segment, at least: a small one costs as much to ask as a large one.
const SMALLEST: usize = 4_096;

/// Documents of a segment, at most: their places are numbers of 15 bits.
const LARGEST: usize = 1 << 15;

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
        outline.keys().for_each(|(kind, key)| {
            let count = &mut self.counts[Self::place(kind, key)];
            *count = count.saturating_add(1);
        });
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

/// A part of the window: a table by open addressing from a mark to the documents that have it. A mark is known by its hash
/// alone; what is found by mistake is seen for what it is when it is compared.
struct Segment {
    /// The number of its first document, and how many it has.
    first: u32,
    documents: u32,
    slots: Box<[Slot]>,
    marks: usize,
    /// Of marks that more than two documents have.
    many: Vec<Many>,
}

/// A mark, and the one or two documents that have it, or where more of them are.
#[derive(Clone, Copy, Default)]
struct Slot {
    /// The hash of the mark; 0 where there is none.
    mark: u32,
    /// The place of the first document in the segment; with [`TWO`] that of the second in the next 15 bits; or [`MANY`] and the
    /// place of the [`Many`].
    of: u32,
}

/// Says that two documents have a mark.
const TWO: u32 = 1 << 30;

/// Says that more than two documents have a mark.
const MANY: u32 = 1 << 31;

impl Slot {
    fn first(self) -> u16 {
        (self.of & (LARGEST as u32 - 1)) as u16
    }

    fn second(self) -> Option<u16> {
        (self.of & TWO != 0).then_some((self.of >> 15 & (LARGEST as u32 - 1)) as u16)
    }
}

/// The last documents that have a mark.
#[repr(align(32))]
struct Many {
    /// How many there ever were.
    count: u16,
    /// Each new one in place of the oldest.
    last: [u16; COMMON],
}

impl Segment {
    fn new(first: u32) -> Segment {
        const FEW: usize = 1 << 10;
        Segment { first, documents: 0, slots: vec![Slot::default(); FEW].into(), marks: 0, many: Vec::new() }
    }

    fn hash(kind: Kind, key: u32) -> u32 {
        let mixed = ((u64::from(key) << 3) | kind as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        ((mixed >> 32) as u32).max(1)
    }

    /// The slot of a mark, or the free one where it would be.
    fn slot(&self, mark: u32) -> usize {
        let mut at = ((u64::from(mark) * self.slots.len() as u64) >> 32) as usize;
        while self.slots[at].mark != mark && self.slots[at].mark != 0 {
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        at
    }

    /// What is known of a mark; a slot with no mark where no document has it.
    fn get(&self, mark: u32) -> Slot {
        self.slots[self.slot(mark)]
    }

    /// Gives the places of the documents with the mark of a slot.
    fn documents(&self, slot: Slot, mut see: impl FnMut(u16)) {
        if slot.of & MANY != 0 {
            let many = &self.many[(slot.of & !MANY) as usize];
            many.last[..usize::from(many.count).min(COMMON)].iter().for_each(|place| see(*place));
        } else {
            see(slot.first());
            slot.second().into_iter().for_each(see);
        }
    }

    fn insert(&mut self, mark: u32, place: u16) {
        if 4 * self.marks >= 3 * self.slots.len() {
            self.grow();
        }
        let at = self.slot(mark);
        let slot = &mut self.slots[at];
        if slot.mark == 0 {
            *slot = Slot { mark, of: u32::from(place) };
            self.marks += 1;
        } else if slot.of & MANY != 0 {
            let many = &mut self.many[(slot.of & !MANY) as usize];
            many.last[usize::from(many.count) % COMMON] = place;
            many.count += 1;
        } else if let Some(second) = slot.second() {
            let mut last = [0; COMMON];
            last[..3].copy_from_slice(&[slot.first(), second, place]);
            slot.of = MANY | self.many.len() as u32;
            self.many.push(Many { count: 3, last });
        } else {
            slot.of |= TWO | u32::from(place) << 15;
        }
    }

    fn grow(&mut self) {
        let slots = vec![Slot::default(); 2 * self.slots.len()].into();
        let old = std::mem::replace(&mut self.slots, slots);
        for slot in old.into_iter().filter(|slot| slot.mark != 0) {
            let at = self.slot(slot.mark);
            self.slots[at] = slot;
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
    most_segments: usize,
    segment_size: usize,
    next: u32,
    shares: Shares,
    /// By place in a segment, what is shared with the document that is looked for; all 0 between look-ups.
    sums: Vec<f32>,
}

impl Window {
    /// Documents that are let go of at once, at most.
    pub const LARGEST_SEGMENT: usize = LARGEST;

    /// A window of about `most` documents.
    pub fn new(most: usize) -> Window {
        let segment_size = (most / (SEGMENTS - 1)).clamp(SMALLEST, LARGEST);
        Window {
            segments: VecDeque::new(),
            most_segments: most.div_ceil(segment_size).max(SEGMENTS - 1) + 1,
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
        let mut touched: Vec<u16> = Vec::new();
        let marks: Vec<(u32, f32)> =
            keys.0.iter().map(|(kind, key, rarity)| (Segment::hash(*kind, *key), *rarity)).collect();
        let mut slots: Vec<(Slot, f32)> = Vec::with_capacity(marks.len());
        for segment in &self.segments {
            // All slots first: for each by itself would wait for memory.
            slots.extend(marks.iter().map(|(mark, rarity)| (segment.get(*mark), *rarity)));
            for (slot, rarity) in slots.drain(..).filter(|(slot, _)| slot.mark != 0) {
                segment.documents(slot, |place| {
                    let sum = &mut self.sums[usize::from(place)];
                    if *sum == 0.0 {
                        touched.push(place);
                    }
                    *sum += rarity;
                });
            }
            for place in touched.drain(..) {
                let shares = std::mem::take(&mut self.sums[usize::from(place)]);
                if shares >= LEAST {
                    all.push(Candidate { number: segment.first + u32::from(place), shares });
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
            if self.segments.len() == self.most_segments {
                self.segments.pop_front();
            }
            self.segments.push_back(Segment::new(self.next));
        }
        if let Some(segment) = self.segments.back_mut() {
            let place = segment.documents as u16;
            keys.0.iter().for_each(|(kind, key, _)| segment.insert(Segment::hash(*kind, *key), place));
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

//! The table of n-grams, inside out: from an n-gram to what it says for every language that knows it, so that one pass over
//! a text scores all languages at once.
//!
//! What is scored is how likely each letter is after the (at most four) letters before it in its word. For up to three
//! letters a row has the logarithm for every language of the alphabet; four and five letters have only the languages for
//! which they say something else than the shorter n-gram does, and how much: what is left out costs every language the
//! same and is never added.

use std::io::{self, Write};

use rustc_hash::FxHashMap;

use super::letters::lower;

/// Parts of a unit of natural logarithm that scores are counted in.
pub const UNITS: f32 = 12.0;

/// Bits of a symbol in a key.
const BITS: u32 = 12;

/// A language, or a variety of one in another script, that the table knows.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Class {
    /// BCP 47.
    pub tag: String,
    /// Whether it is answered; the others are there so that they are not taken for one of these.
    pub served: bool,
    /// How likely a letter of the language is under its own n-grams, on average: a natural logarithm.
    pub home: f32,
}

/// The languages of one alphabet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alphabet {
    /// Their columns are their places.
    pub classes: Vec<Class>,
    /// Of a row: a multiple of sixteen.
    pub width: usize,
}

/// The table.
pub struct Table {
    /// What every n-gram of four and five letters costs every language, in units: it is never added.
    pub price: f32,
    alphabets: Vec<Alphabet>,
    /// By letter of the basic plane, in whatever case, its symbol; 0 for none.
    symbols: Box<[u16]>,
    rows: Slots,
    row_data: Vec<u8>,
    longer: Slots,
    /// Column and what is added; the highest bit of the column marks the last of an n-gram.
    entries: Vec<(u8, i8)>,
}

/// An n-gram of symbols.
pub type Key = u64;

/// The key of an n-gram with one more symbol.
pub fn extended(key: Key, symbol: u16) -> Key {
    (key << BITS) | u64::from(symbol)
}

/// The last `n` symbols of a key.
fn last(key: Key, n: u32) -> Key {
    key & ((1 << (BITS * n)) - 1)
}

/// A table from keys to places, by open addressing. Of a key only the bits are kept that a place leaves free: one in a
/// thousand that is not there is taken for one that is, which is nothing beside what a text says, and the table is small
/// enough to stay near.
#[derive(Default)]
struct Slots {
    /// A tag in the upper bits, the place and one in the lower; 0 where there is none.
    slots: Box<[u32]>,
    /// Bits of a place.
    place: u32,
}

impl Slots {
    fn of(keys: &[Key], places: &[u32]) -> Slots {
        let most = places.last().map_or(0, |place| *place as usize) + 2;
        let slots = vec![0; 2 * keys.len() + 2].into();
        let mut slots = Slots { slots, place: most.next_power_of_two().trailing_zeros() };
        keys.iter().zip(places).for_each(|(key, place)| slots.insert(*key, *place));
        slots
    }

    #[inline]
    fn hash(&self, key: Key) -> (usize, u32) {
        let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        ((((mixed >> 32) * self.slots.len() as u64) >> 32) as usize, (mixed as u32) << self.place)
    }

    fn insert(&mut self, key: Key, place: u32) {
        let (mut at, tag) = self.hash(key);
        while self.slots[at] != 0 {
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        self.slots[at] = tag | (place + 1);
    }

    /// The place of a key, and one; 0 where there is none.
    #[inline]
    fn get(&self, key: Key) -> u32 {
        let (mut at, tag) = self.hash(key);
        loop {
            let slot = self.slots[at];
            if slot == 0 || slot >> self.place << self.place == tag {
                return slot & ((1 << self.place) - 1);
            }
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
    }
}

/// What a stretch scores, as it is added up.
#[derive(Clone)]
pub struct Sums {
    /// Of rows: minus what they say, for at most [`MOST_ROWS`] rows.
    costs: [u16; MOST_CLASSES + 1],
    rows: usize,
    /// What longer n-grams say, and rows before.
    scores: [i32; MOST_CLASSES + 1],
}

/// Rows of which the greatest costs fit into sixteen bits.
const MOST_ROWS: usize = 256;

impl Default for Sums {
    fn default() -> Sums {
        Sums { costs: [0; MOST_CLASSES + 1], rows: 0, scores: [0; MOST_CLASSES + 1] }
    }
}

impl Sums {
    fn fold(&mut self) {
        for (score, cost) in self.scores.iter_mut().zip(&mut self.costs) {
            *score -= i32::from(std::mem::take(cost));
        }
        self.rows = 0;
    }

    /// Adds what a word says for each column.
    pub fn add(&mut self, width: usize, word: &[i16; MOST_CLASSES + 1]) {
        self.scores[..width].iter_mut().zip(&word[..width]).for_each(|(sum, score)| *sum += i32::from(*score));
    }

    /// For each column what was added, in units; begins anew.
    pub fn take(&mut self) -> [i32; MOST_CLASSES + 1] {
        self.fold();
        std::mem::replace(&mut self.scores, [0; MOST_CLASSES + 1])
    }
}

/// What stands before the n-grams in a file.
#[derive(serde::Serialize, serde::Deserialize)]
struct Head {
    price: f32,
    alphabets: Vec<Vec<Class>>,
    letters: String,
}

/// What a table is made of, to be written.
#[derive(Default)]
pub struct Parts {
    /// The logarithm of what a shorter n-gram counts for.
    pub price: f32,
    pub alphabets: Vec<Vec<Class>>,
    /// The letters that symbols stand for, from symbol 1 on.
    pub letters: Vec<char>,
    /// Sorted by key, each as wide as its alphabet has classes: minus the logarithm, in units.
    pub rows: Vec<(Key, u8, Vec<u8>)>,
    /// Sorted by key: columns, and what is added to them, in units.
    pub longer: Vec<(Key, Vec<(u8, i8)>)>,
}

/// Symbols of a word that are scored at once.
pub const LONGEST_WORD: usize = 64;

/// Rows begin at multiples of this, lists of longer n-grams at multiples of that, so that places are short.
const LANE: usize = 16;
const PAIR: usize = 2;

/// Columns that an alphabet has at most.
pub const MOST_CLASSES: usize = 127;

/// The end of the list of an n-gram.
const LAST: u8 = 0x80;

impl Table {
    /// Reads what [`Parts::write`] wrote.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(packed: &[u8]) -> io::Result<Table> {
        let unpacked = zstd::stream::decode_all(packed)?;
        let mut from = unpacked.as_slice();
        let length = read_number(&mut from)?;
        let head: Head = serde_json::from_slice(take(&mut from, length as usize)?)?;
        let alphabets: Vec<Alphabet> = head
            .alphabets
            .into_iter()
            .map(|classes| Alphabet { width: classes.len().next_multiple_of(LANE), classes })
            .collect();
        let symbol_of: FxHashMap<char, u16> = head.letters.chars().zip(1..).collect();
        let symbol = |code: u32| char::from_u32(code).and_then(|c| symbol_of.get(&lower(c))).copied().unwrap_or(0);
        let symbols = (0..=0xFFFF).map(symbol).collect();

        let keys = read_keys(&mut from)?;
        let mut row_data = Vec::new();
        let mut places = Vec::with_capacity(keys.len());
        for _ in &keys {
            let alphabet = read_byte(&mut from)?;
            let Alphabet { classes, width } = alphabets.get(usize::from(alphabet)).ok_or(io::ErrorKind::InvalidData)?;
            places.push((row_data.len() / LANE) as u32);
            row_data.extend_from_slice(take(&mut from, classes.len())?);
            row_data.resize(row_data.len() + width - classes.len(), u8::MAX);
        }
        // A row that a word is given by mistake may be one of a smaller alphabet: reading on must not reach past the end.
        row_data.resize(row_data.len() + MOST_CLASSES + 1, u8::MAX);
        let rows = Slots::of(&keys, &places);

        let keys = read_keys(&mut from)?;
        let mut places = Vec::with_capacity(keys.len());
        let mut lengths = Vec::with_capacity(keys.len());
        let mut end = 0;
        for _ in &keys {
            // No list is longer than an alphabet.
            let length = read_number(&mut from)?.min(u64::from(u8::MAX)) as u8;
            places.push((end / PAIR) as u32);
            lengths.push(length);
            end = (end + usize::from(length)).next_multiple_of(PAIR);
        }
        let mut entries = vec![(LAST, 0i8); end];
        let lists =
            || places.iter().zip(&lengths).map(|(place, length)| (*place as usize * PAIR, usize::from(*length)));
        for (at, length) in lists() {
            let columns = take(&mut from, length)?;
            entries[at..at + length].iter_mut().zip(columns).for_each(|(entry, column)| entry.0 = *column);
        }
        for (at, length) in lists() {
            let added = take(&mut from, length)?;
            entries[at..at + length].iter_mut().zip(added).for_each(|(entry, more)| entry.1 = *more as i8);
        }
        lists().filter(|(_, length)| *length > 0).for_each(|(at, length)| entries[at + length - 1].0 |= LAST);
        let longer = Slots::of(&keys, &places);
        Ok(Table { price: head.price * UNITS, alphabets, symbols, rows, row_data, longer, entries })
    }

    /// An alphabet, by the place of its script.
    pub fn alphabet(&self, number: usize) -> &Alphabet {
        &self.alphabets[number]
    }

    /// The symbol of a letter; 0 for one that no language of the table has.
    #[inline]
    pub fn symbol(&self, c: char) -> u16 {
        self.symbols.get(c as usize).copied().unwrap_or(0)
    }

    /// Adds what a word of at most [`LONGEST_WORD`] symbols says for each language of its alphabet.
    pub fn add(&self, width: usize, word: &[u16], sums: &mut Sums) {
        // All places first: the look-ups do not wait for each other.
        let mut places = [(0, 0, 0); LONGEST_WORD];
        let word = &word[..word.len().min(LONGEST_WORD)];
        let mut key: Key = 0;
        for (at, (symbol, place)) in word.iter().zip(&mut places).enumerate() {
            key = last(extended(key, *symbol), 5);
            *place = (
                self.rows.get(last(key, 3)),
                if at >= 3 { self.longer.get(last(key, 4)) } else { 0 },
                if at >= 4 { self.longer.get(key) } else { 0 },
            );
            if place.0 == 0 {
                // Three letters that no language has often.
                let two = self.rows.get(last(key, 2));
                place.0 = if two == 0 { self.rows.get(last(key, 1)) } else { two };
            }
        }
        if sums.rows + word.len() > MOST_ROWS {
            sums.fold();
        }
        sums.rows += word.len();
        for (row, four, five) in &places[..word.len()] {
            if let Some(row) = row.checked_sub(1) {
                let row = &self.row_data[row as usize * LANE..][..width];
                sums.costs[..width].iter_mut().zip(row).for_each(|(sum, cost)| *sum += u16::from(*cost));
            }
            for list in [four, five] {
                let Some(list) = list.checked_sub(1) else { continue };
                for (column, more) in &self.entries[list as usize * PAIR..] {
                    sums.scores[usize::from(column & !LAST)] += i32::from(*more);
                    if column & LAST != 0 {
                        break;
                    }
                }
            }
        }
    }
}

impl Parts {
    /// Writes the parts, compressed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let mut out = zstd::stream::Encoder::new(out, 19)?;
        let letters = self.letters.iter().collect();
        let head = serde_json::to_vec(&Head { price: self.price, alphabets: self.alphabets.clone(), letters })?;
        write_number(&mut out, head.len() as u64)?;
        out.write_all(&head)?;
        write_keys(&mut out, self.rows.iter().map(|(key, ..)| *key))?;
        for (_, alphabet, row) in &self.rows {
            out.write_all(&[*alphabet])?;
            out.write_all(row)?;
        }
        write_keys(&mut out, self.longer.iter().map(|(key, _)| *key))?;
        let lists = || self.longer.iter().map(|(_, list)| list);
        lists().try_for_each(|list| write_number(&mut out, list.len() as u64))?;
        lists().flatten().try_for_each(|(column, _)| out.write_all(&[*column]))?;
        lists().flatten().try_for_each(|(_, more)| out.write_all(&more.to_le_bytes()))?;
        out.finish()?.flush()
    }
}

#[inline]
fn read_byte(from: &mut &[u8]) -> io::Result<u8> {
    let (byte, rest) = from.split_first().ok_or(io::ErrorKind::UnexpectedEof)?;
    *from = rest;
    Ok(*byte)
}

#[inline]
fn take<'a>(from: &mut &'a [u8], length: usize) -> io::Result<&'a [u8]> {
    let (bytes, rest) = from.split_at_checked(length).ok_or(io::ErrorKind::UnexpectedEof)?;
    *from = rest;
    Ok(bytes)
}

/// Sorted keys as differences.
fn write_keys(out: &mut impl Write, keys: impl ExactSizeIterator<Item = Key>) -> io::Result<()> {
    write_number(out, keys.len() as u64)?;
    let mut before = 0;
    for key in keys {
        write_number(out, key - before)?;
        before = key;
    }
    Ok(())
}

fn read_keys(from: &mut &[u8]) -> io::Result<Vec<Key>> {
    let mut key = 0;
    (0..read_number(from)?)
        .map(|_| {
            key += read_number(from)?;
            Ok(key)
        })
        .collect()
}

/// Seven bits a byte, the lowest first (LEB128).
fn write_number(out: &mut impl Write, mut number: u64) -> io::Result<()> {
    while number >= 0x80 {
        out.write_all(&[number as u8 | 0x80])?;
        number >>= 7;
    }
    out.write_all(&[number as u8])
}

#[inline]
fn read_number(from: &mut &[u8]) -> io::Result<u64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = read_byte(from)?;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
        shift += 7;
        if shift > 63 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts {
        let class = |tag: &str, served| Class { tag: tag.to_owned(), served, home: -1.5 };
        Parts {
            price: -1.0,
            alphabets: vec![vec![class("xx", true), class("yy", false)], vec![class("zz", true)]],
            letters: vec!['a', 'b'],
            rows: vec![(1, 0, vec![10, 20]), (2, 0, vec![30, 5]), (extended(1, 2), 0, vec![7, 200])],
            longer: vec![(extended(extended(extended(1, 2), 1), 2), vec![(0, 50), (1, -3)])],
        }
    }

    #[test]
    fn what_was_written_is_read_and_added_up() {
        let mut bytes = Vec::new();
        parts().write(&mut bytes).unwrap();
        let table = Table::read(&bytes).unwrap();
        assert_eq!((table.alphabet(0).classes.len(), table.alphabet(0).width, table.alphabet(1).width), (2, 16, 16));
        assert_eq!((table.symbol('A'), table.symbol('b'), table.symbol('c')), (1, 2, 0));
        let mut sums = Sums::default();
        table.add(16, &[1, 2, 1, 2], &mut sums);
        // a, ab, then a and ab again, for no three letters have a row; and abab.
        assert_eq!(sums.take()[..2], [-(10 + 7 + 10 + 7) + 50, -(20 + 200 + 20 + 200) - 3]);
        assert_eq!(sums.take()[..2], [0, 0]);
        for _ in 0..300 {
            table.add(16, &[2], &mut sums);
        }
        assert_eq!(sums.take()[..2], [-9_000, -1_500]);
    }

    #[test]
    fn a_row_of_a_small_alphabet_is_read_as_one_of_a_large_one_without_harm() {
        // Of a key only some bits are kept, so that a word may be given a row that is not its own.
        let mut bytes = Vec::new();
        let mut parts = parts();
        let other = parts.alphabets[0][0].clone();
        parts.alphabets[0].resize(20, other);
        parts.rows = vec![(1, 0, vec![10; 20]), (2, 1, vec![30])];
        parts.write(&mut bytes).unwrap();
        let table = Table::read(&bytes).unwrap();
        let mut sums = Sums::default();
        table.add(table.alphabet(0).width, &[2], &mut sums);
        assert_eq!(sums.take()[0], -30);
    }

    #[test]
    fn what_is_cut_short_is_an_error() {
        let mut bytes = Vec::new();
        parts().write(&mut bytes).unwrap();
        for end in 0..bytes.len() {
            assert!(Table::read(&bytes[..end]).is_err(), "{end}");
        }
    }
}

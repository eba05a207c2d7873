//! An outline as it is kept.

use super::{KINDS, Mark, Outline, SPELLINGS};

/// Grows when other marks are made of the same text.
const FORMAT: u8 = 1;

impl Outline {
    /// As few bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 + 2 * self.paragraphs.len() + 6 * self.marks.len());
        bytes.extend([FORMAT, self.spelling as u8, self.paragraphs.len() as u8]);
        self.paragraphs.iter().for_each(|length| bytes.extend(length.to_le_bytes()));
        for kind in KINDS {
            let marks = self.marks.iter().filter(|mark| mark.kind == kind);
            bytes.extend((marks.clone().count() as u16).to_le_bytes());
            marks.clone().for_each(|mark| bytes.extend(mark.key.to_le_bytes()));
            marks.for_each(|mark| bytes.push(mark.paragraph));
        }
        bytes
    }

    /// What [`Outline::to_bytes`] made; `None` for anything else, or for what another version made.
    pub fn from_bytes(bytes: &[u8]) -> Option<Outline> {
        let (&[FORMAT, spelling, paragraphs], mut rest) = bytes.split_first_chunk()? else { return None };
        let mut take = |length: usize| {
            let (taken, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(taken)
        };
        let short = |bytes: &[u8]| u16::from_le_bytes([bytes[0], bytes[1]]);
        let paragraphs = take(2 * usize::from(paragraphs))?.chunks_exact(2).map(short).collect();
        let mut marks = Vec::new();
        for kind in KINDS {
            let count = usize::from(short(take(2)?));
            let keys = take(4 * count)?.chunks_exact(4).map(|key| u32::from_le_bytes([key[0], key[1], key[2], key[3]]));
            let at = marks.len();
            marks.extend(keys.map(|key| Mark { kind, key, paragraph: 0 }));
            marks[at..].iter_mut().zip(take(count)?).for_each(|(mark, paragraph)| mark.paragraph = *paragraph);
        }
        Some(Outline { spelling: *SPELLINGS.get(usize::from(spelling))?, paragraphs, marks })
    }
}

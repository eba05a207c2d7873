//! A quick look at the bytes of a text for what misread text has. Most text has nothing of it and is not looked at again.

/// The kinds of misreading of which a text has a trace. Real text has one now and then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// A character that begins a sequence of UTF-8 before one that continues it.
    pub utf_8: bool,
    /// Four letters of the upper half of Latin-1 in a row; three are in üçün.
    pub latin: bool,
    /// A small Cyrillic letter before a capital.
    pub inverted: bool,
    /// Controls that no writer types.
    pub control: bool,
}

impl Traces {
    /// The traces in a text of UTF-8.
    pub fn of(text: &[u8]) -> Self {
        const BLOCK: usize = 2048;
        let starts = (0..text.len()).step_by(BLOCK);
        // Blocks overlap, so that nothing is lost where they meet.
        let blocks = starts.map(|start| &text[start..text.len().min(start + BLOCK + 6)]);
        blocks.filter(|block| !block.is_ascii()).map(Self::of_block).fold(Self::default(), Self::or)
    }

    /// Without exits from the loops, so that the compiler makes vectors of them.
    fn of_block(block: &[u8]) -> Self {
        let after = |offset: usize| &block[offset.min(block.len())..];
        let mut traces = Self::default();
        for (((&b0, &b1), &b2), &b3) in block.iter().zip(after(1)).zip(after(2)).zip(after(3)) {
            traces.utf_8 |= begins_utf_8([b0, b1, b2, b3]);
            traces.inverted |= is_inverted([b0, b1, b2, b3]);
        }
        for (((b0, b2), b4), b6) in block.iter().zip(after(2)).zip(after(4)).zip(after(6)) {
            traces.latin |= (*b0 == 0xC3) & (*b2 == 0xC3) & (*b4 == 0xC3) & (*b6 == 0xC3);
        }
        for (b0, b1) in block.iter().zip(after(1)) {
            traces.control |= (*b0 == 0xC2) & (*b1 < 0xA0);
        }
        traces
    }

    fn or(self, other: Self) -> Self {
        Self {
            utf_8: self.utf_8 | other.utf_8,
            latin: self.latin | other.latin,
            inverted: self.inverted | other.inverted,
            control: self.control | other.control,
        }
    }
}

/// Where the traces of UTF-8 are.
pub fn of_utf_8(text: &[u8]) -> impl Iterator<Item = usize> {
    // Blocks without any are passed over as quickly as in the first look.
    const BLOCK: usize = 256;
    let blocks = (0..text.len()).step_by(BLOCK).map(|start| (start, &text[start..text.len().min(start + BLOCK + 4)]));
    let traced = blocks.filter(|(_, block)| !block.is_ascii() && Traces::of_block(block).utf_8);
    traced.flat_map(|(start, block)| {
        let windows = block.array_windows().enumerate();
        windows.filter(|(_, window)| begins_utf_8(**window)).map(move |(at, _)| start + at)
    })
}

/// Whether four bytes begin with two characters that are neighbours where UTF-8 was read as another charset. No
/// branches: this runs over every byte.
#[inline(always)]
fn begins_utf_8([b0, b1, b2, b3]: [u8; 4]) -> bool {
    // A sign of the upper half of Latin-1, or a quote, a dash, another sign of Windows.
    let sign = (b2 == 0xC2) | (b2 == 0xE2);
    // Œ œ Š š Ÿ Ž ž ƒ ˆ ˜ of windows-1252; any letter that windows-1250 has in their place and below.
    let western = (b2 == 0xC5) & ((b3 == 0x92) | (b3 == 0x93) | (b3 == 0xA0) | (b3 == 0xA1) | (b3 == 0xB8))
        | (b2 == 0xC5) & ((b3 == 0xBD) | (b3 == 0xBE))
        | (b2 == 0xC6) & (b3 == 0x92)
        | (b2 == 0xCB);
    let central = (b2 == 0xC4) | (b2 == 0xC5);
    // Â to ô, with ×; Ă and Ĺ of windows-1250, and what it has for Ð and Ñ; Ğ İ Ş of windows-1254.
    let capital = (b0 == 0xC3) & (0x82..=0x9F).contains(&b1) & (sign | western | central);
    let small = (b0 == 0xC3) & (0xA0..=0xB4).contains(&b1) & (sign | western);
    let capital_central = (b0 == 0xC4) & ((b1 == 0x82) | (b1 == 0xB9)) & (sign | central);
    let other =
        (b0 == 0xC4) & ((b1 == 0x90) | (b1 == 0x9E) | (b1 == 0xB0)) | (b0 == 0xC5) & ((b1 == 0x83) | (b1 == 0x9E));
    // В to Я before a sign; вЂ, the beginning of every quote and dash; рџ, that of an emoji.
    let cyrillic = (b0 == 0xD0) & ((0x92..=0xAF).contains(&b1) & sign | (b1 == 0xB2) & (b2 == 0xD0) & (b3 == 0x82));
    let emoji = (b0 == 0xD1) & (b1 == 0x80) & (b2 == 0xD1) & (b3 == 0x9F);
    // ط ظ ع غ before a sign.
    let arabic = (b0 == 0xD8) & (0xB7..=0xBA).contains(&b1) & sign;
    capital | small | capital_central | other & sign | cyrillic | emoji | arabic
}

#[inline(always)]
fn is_inverted([b0, b1, b2, b3]: [u8; 4]) -> bool {
    let small = (b0 == 0xD0) & (b1 >= 0xB0) | (b0 == 0xD1) & (b1 <= 0x8F);
    small & (b2 == 0xD0) & (0x90..=0xAF).contains(&b3)
}

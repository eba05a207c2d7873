//! Names in a text: where they are, and what the translation is to call them.

use std::borrow::Cow;
use std::ops::Range;

use super::error::MachineError;

/// A name as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Where it is, in code points of the text.
    pub range: Range<usize>,
    /// The name in the target language's convention.
    pub rendering: String,
}

/// A name in a text, by bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention<'a> {
    /// Where it is, in bytes.
    pub range: Range<usize>,
    pub rendering: Cow<'a, str>,
}

/// Finds the bytes of each name, and brings them in order.
///
/// # Errors
/// [`MachineError::Name`] for a range that is empty, not within the text or overlaps another, and for a rendering that
/// is empty.
pub fn locate<'a>(text: &str, names: &'a [Name]) -> Result<Vec<Mention<'a>>, MachineError> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|at| names[*at].range.start);
    let mut bytes = text.char_indices().map(|(byte, _)| byte).chain([text.len()]).enumerate();
    // Ranges are in order, so that one walk over the text finds the places of all.
    let mut byte_of = |point: usize| bytes.find(|(at, _)| *at == point).map(|(_, byte)| byte);
    let mut mentions: Vec<Mention> = Vec::with_capacity(names.len());
    let mut last: Option<(usize, usize)> = None;
    for index in order {
        let Name { range, rendering } = &names[index];
        let wrong = |reason| MachineError::Name { index, start: range.start, end: range.end, reason };
        if range.start >= range.end {
            return Err(wrong("the range is empty"));
        }
        if rendering.trim().is_empty() {
            return Err(wrong("the rendering is empty"));
        }
        let start = match last {
            Some((end, _)) if range.start < end => return Err(wrong("it overlaps another name")),
            // The walk has come past this place already.
            Some((end, byte)) if range.start == end => Some(byte),
            _ => byte_of(range.start),
        };
        let (Some(start), Some(end)) = (start, byte_of(range.end)) else { return Err(wrong("the text is shorter")) };
        last = Some((range.end, end));
        mentions.push(Mention { range: start..end, rendering: Cow::Borrowed(rendering) });
    }
    Ok(mentions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(range: Range<usize>) -> Name {
        Name { range, rendering: "X".into() }
    }

    #[test]
    fn code_points_become_bytes() {
        let text = "İlham 😀 Əliyev";
        let names = [name(8..14), name(0..5), name(5..6)];
        let mentions = locate(text, &names).expect("located");
        let found: Vec<&str> = mentions.iter().map(|mention| &text[mention.range.clone()]).collect();
        assert_eq!(found, ["İlham", " ", "Əliyev"]);
    }

    #[test]
    fn ranges_that_do_not_fit_are_told() {
        let wrong = |names: &[Name]| locate("abc", names).expect_err("wrong").to_string();
        assert!(wrong(&[name(1..1)]).contains("empty"));
        assert!(wrong(&[name(2..4)]).contains("shorter"));
        assert!(wrong(&[name(0..1), name(9..10)]).contains("name 1 at code points 9..10"));
        assert!(wrong(&[name(0..2), name(1..3)]).contains("overlaps"));
        assert!(wrong(&[Name { range: 0..1, rendering: " ".into() }]).contains("rendering"));
        assert!(locate("abc", &[name(0..3)]).is_ok());
    }
}

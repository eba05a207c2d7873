//! Where in a document a name stands: headline, first paragraph, quotation, byline, caption.

use crate::model::{Place, TextField};

/// A first paragraph has so many code points at least; what is shorter is a kicker or a dateline, and the next one belongs
/// to it. Where a text has no paragraphs, the lead is not longer than the other.
const LEAD: std::ops::Range<usize> = 60..600;

/// Quotations are not longer than this, in code points: a mark that is never closed quotes nothing.
const LONGEST_QUOTE: usize = 2_000;

/// The places of one field.
pub struct Places {
    field: TextField,
    lead: usize,
    /// In order, apart from each other.
    quotes: Vec<(usize, usize)>,
}

impl Places {
    /// Of a field and its text.
    pub fn of(field: TextField, text: &str) -> Places {
        let is_text = field == TextField::Text;
        let lead = if is_text { end_of_lead(text) } else { 0 };
        Places { field, lead, quotes: if is_text { quotes(text) } else { Vec::new() } }
    }

    /// Of the code point at `at`.
    pub fn at(&self, at: usize) -> Place {
        let quoted = || {
            let before = self.quotes.partition_point(|(start, _)| *start <= at);
            before.checked_sub(1).is_some_and(|n| at < self.quotes[n].1)
        };
        match self.field {
            TextField::Title => Place::Headline,
            TextField::Byline => Place::Byline,
            TextField::Caption => Place::Caption,
            TextField::Text if quoted() => Place::Quote,
            TextField::Text if at < self.lead => Place::Lead,
            TextField::Text => Place::Body,
        }
    }
}

fn end_of_lead(text: &str) -> usize {
    let mut ends = text.chars().enumerate().filter(|(_, c)| *c == '\n').map(|(at, _)| at);
    ends.find(|at| *at >= LEAD.start).unwrap_or(LEAD.end).min(LEAD.end)
}

/// Between marks that open and close; inner quotations belong to the outer one.
fn quotes(text: &str) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize)> = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in text.chars().enumerate() {
        match open {
            Some((start, closing)) if c == closing => {
                all.push((start, at));
                open = None;
            }
            // A quotation ends with its paragraph at the latest.
            Some((start, _)) if c == '\n' || at - start > LONGEST_QUOTE => open = None,
            Some(_) => {}
            None => open = closing_of(c).map(|closing| (at, closing)),
        }
    }
    all
}

fn closing_of(c: char) -> Option<char> {
    Some(match c {
        '“' => '”',
        '„' => '“',
        '«' => '»',
        '»' => '«',
        '"' => '"',
        '「' => '」',
        '『' => '』',
        '《' => '》',
        _ => return None,
    })
}

/// The place of a code point of a field.
pub fn place_at(field: TextField, text: &str, at: usize) -> Place {
    Places::of(field, text).at(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_of_many_languages() {
        let text = "BAKU.\nPresident Aliyev met Raisi in Ashgabat on Tuesday and spoke of trade.\n«Thank you, Raisi», he said; “and Putin”, \"Erdoğan\".\nNo «end, Macron.\nMerkel";
        let of = |word: &str| place_at(TextField::Text, text, text[..text.find(word).unwrap()].chars().count());
        assert_eq!((of("Aliyev"), of("Thank"), of("Putin")), (Place::Lead, Place::Quote, Place::Quote));
        assert_eq!((of("Erdoğan"), of("Macron"), of("Merkel")), (Place::Quote, Place::Body, Place::Body));
        assert_eq!(place_at(TextField::Title, "Aliyev", 0), Place::Headline);
    }
}

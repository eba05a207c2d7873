//! Dates with the name of a month: 12 March 2022.

use super::numeric::full_year;
use super::tokens::Token;
use super::words::{Month, Name, Side, WORDS};
use super::{Calendar, Reader, Reading};

/// Words between a day, its month and its year at most: "12 de marzo del año 2022".
const WORDS_BETWEEN: usize = 3;

/// What may be part of a date.
#[derive(Clone, Debug)]
enum Part {
    Number,
    /// A year of a reign, as one of the common era.
    Year(i32),
    Month(Vec<Month>),
}

/// A part with its first token and the token after it.
#[derive(Clone, Debug)]
struct Piece {
    part: Part,
    start: usize,
    end: usize,
}

impl Reader {
    /// The dates that three parts near each other are.
    pub(super) fn named(&self, tokens: &[Token]) -> Vec<Reading> {
        let pieces = self.pieces(tokens);
        let near = |pair: &[Piece]| {
            let between = &tokens[pair[0].end..pair[1].start];
            between.iter().filter(|token| token.is_word() && !token.taken).count() <= WORDS_BETWEEN
        };
        let threes = pieces.windows(3).filter(|three| three.windows(2).all(near));
        threes.flat_map(|three| self.three(tokens, three)).collect()
    }

    /// The dates that three parts are: 12 March 2022, 2022 March 12, March 12 2022, 2022 12 March.
    fn three(&self, tokens: &[Token], three: &[Piece]) -> Vec<Reading> {
        let [first, second, third] = three else { return Vec::new() };
        let (months, year_and_day) = match [&first.part, &second.part, &third.part] {
            [_, Part::Month(months), _] => {
                let read = year(tokens, third).zip(day(tokens, first));
                let read = read.or_else(|| year(tokens, first).zip(day(tokens, third)));
                (months, read.or_else(|| short_year(tokens, second).zip(day(tokens, first))))
            }
            [Part::Month(months), _, _] => (months, year(tokens, third).zip(day(tokens, second))),
            [_, _, Part::Month(months)] => (months, year(tokens, first).zip(day(tokens, second))),
            _ => return Vec::new(),
        };
        let Some((year, day)) = year_and_day else { return Vec::new() };
        let read = |&Month { calendar, number }: &Month| {
            Some(Reading { calendar, date: self.date(calendar, year, number, day)?, end: third.end })
        };
        months.iter().filter_map(read).collect()
    }

    /// What of the tokens may be part of a date.
    fn pieces(&self, tokens: &[Token]) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut start = 0;
        while start < tokens.len() {
            let Some((part, end)) = self.part(tokens, start).filter(|_| !tokens[start].taken) else {
                start += 1;
                continue;
            };
            match (pieces.last_mut(), &part) {
                // Arabic papers write a month by both of its names: "12 آذار/مارس 2022".
                (Some(Piece { part: Part::Month(known), end: last, .. }), Part::Month(months))
                    if shared(known, months) =>
                {
                    *last = end;
                    known.retain(|month| months.contains(month));
                }
                _ => pieces.push(Piece { part, start, end }),
            }
            start = end;
        }
        pieces
    }

    fn part(&self, tokens: &[Token], start: usize) -> Option<(Part, usize)> {
        let gregorian = |number: i32| Part::Month(vec![Month { calendar: Calendar::Gregorian, number }]);
        let month = |at: usize| tokens.get(at).filter(|t| !t.taken)?.short().filter(|month| (1..=12).contains(month));
        if let Some((month, (Side::After, end))) = month(start).zip(WORDS.numbered.at(tokens, start + 1)) {
            return Some((gregorian(month), end));
        }
        if tokens[start].number.is_some() {
            return Some((Part::Number, start + 1));
        }
        if let Some((Side::Before, at)) = WORDS.numbered.at(tokens, start)
            && let Some(month) = month(at)
        {
            return Some((gregorian(month), at + 1));
        }
        if let Some((before, at)) = WORDS.eras.at(tokens, start) {
            let year = tokens.get(at)?;
            // The first year of a reign has a word of its own.
            let number = if year.text == "元" { 1 } else { year.number.filter(|_| year.text.len() <= 3)? };
            return Some((Part::Year(before + number), at + 1));
        }
        let (names, end) = WORDS.months.at(tokens, start)?;
        Some((Part::Month(self.months(names)), end))
    }

    /// The months that have a name in the page's language; if it has no such name, in any.
    fn months(&self, names: &[Name]) -> Vec<Month> {
        let own = names.iter().any(|name| self.is_any_of(&name.languages));
        let mut months = Vec::new();
        for name in names.iter().filter(|name| !own || self.is_any_of(&name.languages)) {
            if !months.contains(&name.month) {
                months.push(name.month);
            }
        }
        months
    }
}

fn shared(some: &[Month], others: &[Month]) -> bool {
    some.iter().any(|month| others.contains(month))
}

fn year(tokens: &[Token], piece: &Piece) -> Option<i32> {
    match piece.part {
        Part::Year(year) => Some(year),
        Part::Number => tokens[piece.start].number.filter(|_| tokens[piece.start].text.len() == 4),
        Part::Month(_) => None,
    }
}

fn day(tokens: &[Token], piece: &Piece) -> Option<i32> {
    let day = tokens[piece.start].short().filter(|_| matches!(piece.part, Part::Number))?;
    // "12-14 March" are three days.
    let span = piece.start >= 2
        && matches!(tokens[piece.start - 1].text.as_str(), "-" | "/")
        && tokens[piece.start - 2].short().is_some()
        && !tokens[piece.start - 2].taken;
    (!span).then_some(day)
}

/// The year of "12-Mar-22", by the month: two digits are a year only in RFC 850.
fn short_year(tokens: &[Token], month: &Piece) -> Option<i32> {
    let year = tokens.get(month.end + 1)?;
    let dashes = month.start > 0 && tokens[month.start - 1].text == "-" && tokens[month.end].text == "-";
    (dashes && year.text.len() == 2).then(|| year.short().map(full_year)).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_read;

    #[test]
    fn orders_of_english() {
        assert_read(&[
            ("en", "March 12, 2022", "2022-03-12"),
            ("en", "Mar 12, 2022 2:35 PM", "2022-03-12T14:35"),
            ("en", "Saturday, March 12th, 2022 at 2:35 p.m. EST", "2022-03-12T14:35:00-05:00"),
            ("en", "Sept. 12, 2022", "2022-09-12"),
            ("en", "2022 March 12", "2022-03-12"),
            ("en", "Published 14:35 GMT, 12 March 2022", "2022-03-12T14:35:00+00:00"),
            ("en", "12-Mar-2022", "2022-03-12"),
            ("en", "Posted on March 12, 2022 by admin, 5 comments", "2022-03-12"),
            ("en", "March 12, 2022 / March 12, 2022", "2022-03-12"),
            ("en", "Published March 12, 2022, updated March 13, 2022", ""),
            ("en", "12-14 March 2022", ""),
            ("en", "March 12-14, 2022", ""),
        ]);
    }

    #[test]
    fn names_of_different_months_need_the_language() {
        assert_read(&[
            ("hr", "12. listopada 2022.", "2022-10-12"),
            ("pl", "12 listopada 2022", "2022-11-12"),
            ("cs", "12. listopadu 2022", "2022-11-12"),
            ("", "12 listopad 2022", ""),
            ("de", "12 listopada 2022", ""),
            ("uk", "12 листопада 2022", "2022-11-12"),
            ("cs", "12. srpna 2022", "2022-08-12"),
            ("hr", "12. srpnja 2022.", "2022-07-12"),
            ("az", "12 марта 2022", "2022-03-12"),
            ("", "12 MARTA 2022", "2022-03-12"),
            ("hr", "12. lip 2022", "2022-06-12"),
            ("pl", "12 lip 2022", "2022-07-12"),
        ]);
    }
}

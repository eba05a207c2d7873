//! Dates in numbers alone: 12.03.2022.

use super::tokens::Token;
use super::words::WORDS;
use super::{Calendar, Reader, Reading};

/// Solar Hijri years up to which a date in numbers alone is taken for one: later ones lie ahead, and pages that write
/// them mean lunar years.
const LAST_SOLAR_YEAR_IN_NUMBERS: i32 = 1425;

/// Languages whose dates in numbers are of the Solar Hijri calendar, where their years allow for it.
const SOLAR_LANGUAGES: [&str; 7] = ["fa", "prs", "ps", "ckb", "azb", "mzn", "glk"];

/// Languages that write the year first, or years of another calendar: "12.03.22" may be anything in them.
const NO_SHORT_YEARS: [&str; 16] =
    ["hu", "ko", "ja", "zh", "lt", "mn", "th", "ne", "am", "fa", "prs", "ps", "ckb", "azb", "mzn", "glk"];

/// English of these regions, or of none that is named, writes the month first, or now one and now the other.
const MONTH_FIRST_REGIONS: [&str; 3] = ["us", "ca", "ph"];

/// A date in numbers as it stands: its parts, and the token after it.
struct Numeric<'t> {
    parts: [&'t Token; 3],
    separator: &'t str,
    end: usize,
}

impl<'t> Numeric<'t> {
    fn at(tokens: &'t [Token], at: usize) -> Option<Self> {
        let [first, one, second, other, third] = tokens.get(at..at + 5)? else { return None };
        let parts = [first, second, third];
        let separated = one.text == other.text && matches!(one.text.as_str(), "." | "/" | "-");
        if !separated || !parts.iter().all(|part| part.number.is_some()) || tokens[at..at + 5].iter().any(|t| t.taken) {
            return None;
        }
        // One more number makes it a version or an address.
        let glued = |at: usize| tokens.get(at).is_some_and(|token| token.text == one.text && !token.spaced);
        let before = at >= 2 && tokens[at - 2].number.is_some() && !first.spaced && glued(at - 1);
        let after = glued(at + 5) && tokens.get(at + 6).is_some_and(|next| next.number.is_some() && !next.spaced);
        (!before && !after).then_some(Self { parts, separator: &one.text, end: at + 5 })
    }

    fn widths(&self) -> [usize; 3] {
        self.parts.map(|part| part.text.len())
    }

    fn is_short(&self) -> bool {
        self.separator == "." && self.widths() == [2, 2, 2]
    }
}

impl Reader {
    /// Takes all dates in numbers out of the tokens.
    pub(super) fn take_numeric(&self, tokens: &mut [Token]) -> Vec<Reading> {
        let mut readings = Vec::new();
        for at in 0..tokens.len() {
            let Some(numeric) = Numeric::at(tokens, at).filter(|numeric| !numeric.is_short()) else { continue };
            let end = numeric.end;
            readings.extend(self.numeric(&numeric, tokens));
            tokens[at..end].iter_mut().for_each(|token| token.taken = true);
        }
        readings
    }

    fn numeric(&self, written: &Numeric, tokens: &[Token]) -> Option<Reading> {
        let [first, second, third] = written.parts;
        let [a, b, c] = [first.number?, second.number?, third.number?];
        let (year, month, day) = match written.widths() {
            [4, 1 | 2, 1 | 2] => (a, b, c),
            [1 | 2, 1 | 2, 4] => {
                let (day, month) = self.day_and_month(a, b, written.separator)?;
                (c, month, day)
            }
            _ => return None,
        };
        let calendar = self.calendar(year, tokens, written.end)?;
        Some(Reading { calendar, date: self.date(calendar, year, month, day)?, end: written.end })
    }

    /// The dates like "12.03.22", which may be times as well, and are no dates beside a full one.
    pub(super) fn short_numeric(&self, tokens: &[Token]) -> Vec<Reading> {
        if self.is_any_of(&NO_SHORT_YEARS) {
            return Vec::new();
        }
        let numeric = (0..tokens.len()).filter_map(|at| Numeric::at(tokens, at)).filter(Numeric::is_short);
        let read = |numeric: Numeric| {
            let [day, month, year] = numeric.parts.map(|part| part.number);
            let date = self.date(Calendar::Gregorian, full_year(year?), month?, day?)?;
            Some(Reading { calendar: Calendar::Gregorian, date, end: numeric.end })
        };
        numeric.filter_map(read).collect()
    }

    /// The day comes first, except where English is written as in the United States; there both orders are in use, and
    /// only what reads the same in both is certain.
    fn day_and_month(&self, first: i32, second: i32, separator: &str) -> Option<(i32, i32)> {
        let region = self.region.as_deref();
        let either = self.language == "en" && region.is_none_or(|region| MONTH_FIRST_REGIONS.contains(&region));
        let unknown = self.language.is_empty();
        if separator == "." || !(either || unknown) {
            return Some((first, second));
        }
        match (first > 12, second > 12) {
            (_, true) => Some((second, first)),
            (false, false) if either && first != second => None,
            _ => Some((first, second)),
        }
    }

    /// The calendar of a date in numbers, by its year, what stands after it, and the language.
    fn calendar(&self, year: i32, tokens: &[Token], end: usize) -> Option<Calendar> {
        match year {
            ..1900 if let Some((named, _)) = WORDS.calendars.at(tokens, end) => Some(*named),
            ..=LAST_SOLAR_YEAR_IN_NUMBERS if self.is_any_of(&SOLAR_LANGUAGES) => Some(Calendar::Solar),
            ..1900 => None,
            // Ethiopia's own calendar is seven or eight years behind and writes the same numbers.
            _ if self.language == "am" => None,
            _ => Some(Calendar::Gregorian),
        }
    }
}

/// The year of which only two digits are written, as RFC 6265 reads them.
pub(super) fn full_year(short: i32) -> i32 {
    if short < 70 { 2000 + short } else { 1900 + short }
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_read;

    #[test]
    fn dates_in_numbers() {
        assert_read(&[
            ("ru", "12.03.2022", "2022-03-12"),
            ("cs", "12. 3. 2022", "2022-03-12"),
            ("ko", "2022. 3. 12.", "2022-03-12"),
            ("nl", "12-3-2022", "2022-03-12"),
            ("", "12/03/2022", "2022-03-12"),
            ("en-GB", "12/03/2022", "2022-03-12"),
            ("en", "12/03/2022", ""),
            ("en-US", "12/03/2022", ""),
            ("en-US", "03/25/2022", "2022-03-25"),
            ("en-US", "25/03/2022", "2022-03-25"),
            ("en", "3/3/2022", "2022-03-03"),
            ("fr", "03/25/2022", ""),
            ("en", "12.03.2022", "2022-03-12"),
            ("ja", "2022/03/12", "2022-03-12"),
            ("hu", "2022.03.12.", "2022-03-12"),
            ("th", "12/3/2565", "2022-03-12"),
            ("", "12/3/2565", ""),
            ("ru", "12.03.22", "2022-03-12"),
            ("ru", "12.03.99", "1999-03-12"),
            ("ru", "12/03/22", ""),
            ("hu", "22.03.12", ""),
            ("am", "03/07/2014", ""),
            ("vi", "Thứ Bảy, 12/03/2022, 14:35 (GMT+7)", "2022-03-12T14:35:00+07:00"),
            ("", "192.168.12.2022", ""),
            ("", "1.12.03.2022", ""),
        ]);
    }
}

//! Times of day, with the halves of the day they are in and their offsets.

use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;

use super::Reader;
use super::tokens::Token;
use super::words::WORDS;

/// A time of day, with its offset from UTC in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    hour: i32,
    minute: i32,
    second: Option<i32>,
    offset: Option<i32>,
}

impl Clock {
    /// As it is written, possible or not.
    fn new(hour: i32, minute: i32, second: Option<i32>) -> Self {
        Self { hour, minute, second, offset: None }
    }

    fn possible(self) -> Option<Self> {
        let sixtieths = [self.minute, self.second.unwrap_or(0)];
        let possible = (0..24).contains(&self.hour) && sixtieths.iter().all(|number| (0..60).contains(number));
        possible.then_some(self)
    }

    /// Whether its hours may be counted from dawn: no clock of 24 hours or of a zone shows them.
    pub(super) fn may_be_since_dawn(self) -> bool {
        self.hour <= 12 && self.offset.is_none()
    }

    /// The time on a date.
    pub(super) fn on(self, date: Date) -> String {
        let minutes = format!("{date}T{:02}:{:02}", self.hour, self.minute);
        match (self.second, self.offset) {
            (None, None) => minutes,
            (Some(second), None) => format!("{minutes}:{second:02}"),
            // RFC 3339 asks for seconds.
            (second, Some(offset)) => format!("{minutes}:{:02}{}", second.unwrap_or(0), written_offset(offset)),
        }
    }
}

/// As RFC 3339 writes it.
pub(super) fn written_offset(seconds: i32) -> String {
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A part of the day in which hours are counted to twelve.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Half {
    BeforeNoon,
    Noon,
    AfterNoon,
    Night,
}

impl Half {
    /// The hour of the day for the one that is written: the first such hour on a clock of twelve hours in this part of
    /// the day.
    fn hour_of_day(self, written: i32) -> i32 {
        let first = match self {
            Self::BeforeNoon => 0,
            Self::Noon => 6,
            Self::AfterNoon => 12,
            Self::Night => 18,
        };
        if written > 12 { written } else { (first + (written - first).rem_euclid(12)) % 24 }
    }
}

/// What a word between the numbers of a time is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    Hour,
    Minute,
    Second,
}

impl Reader {
    /// Takes all times with colons or words out of the tokens. `None` if one is impossible.
    pub(super) fn take_clocks(&self, tokens: &mut [Token]) -> Option<Vec<Clock>> {
        let mut clocks = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let Some((clock, end)) = colons(tokens, at).or_else(|| hours(tokens, at)) else {
                at += 1;
                continue;
            };
            let (clock, span) = self.completed(clock.possible()?, tokens, at..end);
            at = span.end;
            tokens[span].iter_mut().for_each(|token| token.taken = true);
            clocks.push(clock);
        }
        Some(clocks)
    }

    /// "14.35" after a date; before one it could be part of it: "14.3.2022".
    pub(super) fn dotted_clock(&self, tokens: &[Token], after: usize) -> Option<Clock> {
        let mut found = (after..tokens.len()).filter_map(|at| {
            let (clock, end) = dots(tokens, at)?;
            Some(self.completed(clock.possible()?, tokens, at..end).0)
        });
        found.next().filter(|_| found.next().is_none())
    }

    /// A time with the half of its day and its offset, and the tokens of all of them.
    fn completed(&self, mut clock: Clock, tokens: &[Token], mut span: Range<usize>) -> (Clock, Range<usize>) {
        if let Some((half, with_half)) = self.half(tokens, &span) {
            (clock.hour, span) = (half.hour_of_day(clock.hour), with_half);
        }
        if let Some((offset, end)) = self.offset(tokens, span.end, clock.second.is_some()) {
            (clock.offset, span.end) = (offset, end);
        }
        (clock, span)
    }

    /// The part of the day after or before a time, and the tokens of both.
    fn half(&self, tokens: &[Token], time: &Range<usize>) -> Option<(Half, Range<usize>)> {
        if let Some((half, end)) = WORDS.halves.at(tokens, time.end) {
            // "Um 12:35 am 12. März".
            let german = self.language == "de" && tokens[time.end].text == "am";
            return (!german).then_some((*half, time.start..end));
        }
        // "م" before a time is the end of a year of the common era.
        let whole = |at: &usize| tokens[*at].is_ideograph() || tokens[*at].text.chars().count() > 1;
        (time.start.saturating_sub(3)..time.start).filter(whole).find_map(|start| {
            let (half, end) = WORDS.halves.at(tokens, start)?;
            (end == time.start).then_some((*half, start..time.end))
        })
    }

    /// The offset after a time and the token after it; no offset for a zone of which the name means several.
    fn offset(&self, tokens: &[Token], at: usize, seconds: bool) -> Option<(Option<i32>, usize)> {
        // "14:35 (UTC+4)", "2:35 p.m. EST".
        let at = if matches!(tokens.get(at)?.text.as_str(), "(" | ".") { at + 1 } else { at };
        let zone = tokens.get(at)?;
        let Some(named) = WORDS.zones.get(&zone.text).filter(|_| zone.capitals) else {
            return numeric_offset(tokens, at, seconds).map(|(offset, next)| (Some(offset), next));
        };
        if *named == 0
            && let Some((offset, next)) = numeric_offset(tokens, at + 1, true)
        {
            return Some((Some(offset), next));
        }
        let elsewhere = WORDS.elsewhere.get(&zone.text).is_some_and(|languages| self.is_any_of(languages));
        Some((Some(*named).filter(|_| !elsewhere), at + 1))
    }
}

/// A time with colons, and the token after it.
fn colons(tokens: &[Token], at: usize) -> Option<(Clock, usize)> {
    let after_colon = |at: usize| {
        let (colon, number) = (tokens.get(at)?, tokens.get(at + 1)?);
        (colon.text == ":" && number.text.len() == 2).then(|| number.short()).flatten()
    };
    let hour = tokens.get(at)?.short()?;
    let minute = after_colon(at + 1)?;
    let Some(second) = after_colon(at + 3) else { return Some((Clock::new(hour, minute, None), at + 3)) };
    // Parts of a second.
    let parts = tokens.get(at + 5..at + 7).is_some_and(|next| {
        matches!(next[0].text.as_str(), "." | ",") && next[1].number.is_some() && next.iter().all(|token| !token.spaced)
    });
    Some((Clock::new(hour, minute, Some(second)), at + if parts { 7 } else { 5 }))
}

/// A time with dots, and the token after it.
fn dots(tokens: &[Token], at: usize) -> Option<(Clock, usize)> {
    let after_dot = |at: usize| {
        let [dot, number] = tokens.get(at..at + 2)? else { return None };
        let glued = dot.text == "." && !dot.spaced && !number.spaced && number.number.is_some();
        glued.then_some(number)
    };
    let two_digits = |number: &Token| number.short().filter(|_| number.text.len() == 2);
    let hour = tokens.get(at).filter(|hour| hour.spaced)?.short()?;
    let minute = after_dot(at + 1).and_then(two_digits)?;
    let (second, end) = match after_dot(at + 3) {
        Some(second) => (Some(two_digits(second)?), at + 5),
        None => (None, at + 3),
    };
    // With four numbers it is something else.
    after_dot(end).is_none().then_some((Clock::new(hour, minute, second), end))
}

/// A time with words, and the token after it: 14時35分, 14h35.
fn hours(tokens: &[Token], at: usize) -> Option<(Clock, usize)> {
    let word = |unit, at: usize| WORDS.units.at(tokens, at).filter(|(known, _)| **known == unit).map(|(_, end)| end);
    let number = |at: usize| tokens.get(at).and_then(Token::short);
    let hour = number(at).filter(|hour| *hour < 24)?;
    let after_hour = word(Unit::Hour, at + 1)?;
    let full_hour = Some((Clock::new(hour, 0, None), after_hour));
    let Some(minute) = number(after_hour) else { return full_hour };
    let Some(after_minute) = word(Unit::Minute, after_hour + 1) else {
        // "14h35", but in "14h 12 mars" the number is a day.
        let bare = tokens[after_hour].text.len() == 2 && !is_in_a_date(tokens, after_hour);
        return if bare { Some((Clock::new(hour, minute, None), after_hour + 1)) } else { full_hour };
    };
    Some(match number(after_minute).zip(word(Unit::Second, after_minute + 1)) {
        Some((second, end)) => (Clock::new(hour, minute, Some(second)), end),
        None => (Clock::new(hour, minute, None), after_minute),
    })
}

/// Whether a number goes on as dates do.
fn is_in_a_date(tokens: &[Token], at: usize) -> bool {
    let separated = tokens.get(at + 1).is_some_and(|next| matches!(next.text.as_str(), "." | "/" | "-"))
        && tokens.get(at + 2).is_some_and(|next| next.number.is_some());
    separated || WORDS.months.at(tokens, at + 1).is_some()
}

/// "+04:00", "+0400", "+4", and the token after it. `sure` is whether it can be nothing else: "14:35-15:00" is a span
/// of time.
pub(super) fn numeric_offset(tokens: &[Token], at: usize, sure: bool) -> Option<(i32, usize)> {
    let (sign, number) = (tokens.get(at)?, tokens.get(at + 1)?);
    let sign = match sign.text.as_str() {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let value = number.number.filter(|_| !number.spaced)?;
    let minutes = tokens.get(at + 2..at + 4).filter(|next| next[0].text == ":" && next[1].text.len() == 2);
    let (hours, minutes, end) = match (number.text.len(), minutes) {
        (4, _) => (value / 100, value % 100, at + 2),
        (1 | 2, Some(next)) if sure || sign > 0 => (value, next[1].number?, at + 4),
        (1 | 2, None) if sure || sign > 0 => (value, 0, at + 2),
        _ => return None,
    };
    // Clocks of the earth; four digits are mostly a year otherwise.
    let possible = matches!(minutes, 0 | 15 | 30 | 45) && hours <= if sign > 0 { 14 } else { 12 };
    possible.then_some((sign * (hours * 3600 + minutes * 60), end))
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_read;

    #[test]
    fn times_of_day() {
        assert_read(&[
            ("ru", "14:35, 12 марта 2022", "2022-03-12T14:35"),
            ("ru", "12 марта 2022 в 14:35:10", "2022-03-12T14:35:10"),
            ("ru", "12.03.2022 14:35 МСК", "2022-03-12T14:35:00+03:00"),
            ("ru", "12.03.2022 14:35 (UTC+4)", "2022-03-12T14:35:00+04:00"),
            ("ru", "12.03.2022 14:35 UTC+05:30", "2022-03-12T14:35:00+05:30"),
            ("ru", "12.03.2022 14:35 GMT −3", "2022-03-12T14:35:00-03:00"),
            ("fi", "12.3.2022 klo 14.35", "2022-03-12T14:35"),
            ("fi", "12.3.2022 14.05.10", "2022-03-12T14:05:10"),
            ("da", "12. marts 2022 kl. 14.35", "2022-03-12T14:35"),
            ("en-GB", "Sat 12 Mar 2022 14.35 GMT", "2022-03-12T14:35:00+00:00"),
            ("en-GB", "Sat 12 Mar 2022 2.35pm", "2022-03-12T14:35"),
            ("en", "12 March 2022 12:05 am", "2022-03-12T00:05"),
            ("en", "12 March 2022 12:05 PM", "2022-03-12T12:05"),
            ("ar", "12 مارس 2022 2:35 م", "2022-03-12T14:35"),
            ("ar", "12 مارس 2022م 08:35", "2022-03-12T08:35"),
            ("ar", "12 مارس 2022 - 02:35 صباحًا", "2022-03-12T02:35"),
            ("ko", "2022년 3월 12일 오후 2:35", "2022-03-12T14:35"),
            ("ko", "2022.03.12. 오전 10:05", "2022-03-12T10:05"),
            ("ko", "2022년 3월 12일 14시 35분", "2022-03-12T14:35"),
            ("ja", "2022年3月12日 14:35", "2022-03-12T14:35"),
            ("ja", "2022年3月12日午後2時35分", "2022-03-12T14:35"),
            ("zh", "2022年3月12日下午2:35", "2022-03-12T14:35"),
            ("zh", "2022-03-12 14:35:10 来源：新华网", "2022-03-12T14:35:10"),
            ("zh", "Sat Mar 12 14:35:00 CST 2022 来源", "2022-03-12T14:35:00"),
            ("el", "12/03/2022 2:35 μ.μ.", "2022-03-12T14:35"),
            ("fr", "le 12 mars 2022 à 14h35", "2022-03-12T14:35"),
            ("fr", "12 mars 2022, 14 h 35", "2022-03-12T14:35"),
            ("fr", "à 14h 12 mars 2022", "2022-03-12T14:00"),
            ("fr", "12 mars 2022 à 14h", "2022-03-12T14:00"),
            ("en", "12 March 2022 14:35 IST", "2022-03-12T14:35"),
            ("en", "12 March 2022 14:35 BST", "2022-03-12T14:35:00+01:00"),
            ("de", "Um 08:35 am 12. März 2022", "2022-03-12T08:35"),
            ("de", "12. März 2022, 14:35 Uhr CET", "2022-03-12T14:35"),
            ("de", "12.03.2022 08:00-10:00", "2022-03-12"),
            ("en", "12 March 2022 14:35 (11:35 GMT)", "2022-03-12"),
            ("en", "12 March 2022 25:61", ""),
            ("de", "Um 12:35 am 12. März 2022", "2022-03-12T12:35"),
            ("bn", "১২ মার্চ ২০২২, ০২:৩৫ পিএম", "2022-03-12T14:35"),
            ("am", "12 ማርች 2022 8:35", "2022-03-12"),
            ("bn", "১২ মার্চ ২০২২, রাত ০৮:৩৫", "2022-03-12T20:35"),
            ("bn", "১২ মার্চ ২০২২, রাত ১২:০৫", "2022-03-12T00:05"),
            ("zh", "2022年3月12日 中午11:30", "2022-03-12T11:30"),
            ("zh", "2022年3月12日 凌晨2点05分", "2022-03-12T02:05"),
            ("es", "12 de marzo de 2022, 2:35 de la tarde", "2022-03-12T14:35"),
            ("es", "12 mar 2022, 2:35 p. m.", "2022-03-12T14:35"),
            ("vi", "12/03/2022 2:35 chiều", "2022-03-12T14:35"),
        ]);
    }
}

//! Times as web pages write them, in the calendars and languages of their readers.
//!
//! [`moment`] first tries what machines write: ISO 8601, RFC 2822 and seconds since 1970. All else is read as prose:
//! the text is cut into `tokens`, times of day are taken out of them, then dates in numbers, and what is left is
//! searched for the name of a month by a day and a year. Words that are not known are passed over, so long as one date
//! alone can be read. The names of months and the other words are in `data/months.toml`.

mod clock;
mod named;
mod numeric;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

use std::ops::RangeInclusive;

use icu_calendar::cal::Hijri;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Deserialize;

use clock::written_offset;
use tokens::{plain, tokens};

/// Characters at most; more is a text and no date.
const LONGEST: usize = 200;

/// Years of the common era that a page may speak of.
const YEARS: RangeInclusive<i32> = 1900..=2100;

/// Years of the Solar and of the Lunar Hijri calendar that fall into [`YEARS`] and are written with four digits.
const SOLAR_YEARS: RangeInclusive<i32> = 1300..=1450;
const LUNAR_YEARS: RangeInclusive<i32> = 1318..=1500;

/// Years from the Buddha to the common era, as Thailand counts.
const BUDDHIST: i32 = 543;

/// A time as a page writes it: RFC 3339 where an offset is written, without one `YYYY-MM-DDTHH:MM[:SS]`, or a date
/// alone, `YYYY-MM-DD`. Always of the Gregorian calendar; what is ISO 8601 already stays as it is. `language` is the
/// BCP 47 tag of the page and decides where languages differ. `None` for what is no date, for more than one, and for
/// what can be read in several ways.
///
/// Names of months are those of the [Unicode CLDR](https://cldr.unicode.org) and more; Solar and Lunar Hijri dates are
/// converted by `icu_calendar`, lunar ones by the Umm al-Qura calendar.
pub fn moment(written: &str, language: Option<&str>) -> Option<String> {
    if written.chars().nth(LONGEST).is_some() {
        return None;
    }
    let text = plain(written);
    let reader = Reader::of(language, &text);
    reader.machine(&text).or_else(|| reader.since_1970(&text)).or_else(|| reader.prose(&text))
}

/// The moment in time; where no offset is given, as in UTC.
pub fn timestamp(moment: &str) -> Option<Timestamp> {
    let local = || moment.parse::<DateTime>().ok()?.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok();
    moment.parse().ok().or_else(|| local().map(|zoned| zoned.timestamp()))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Calendar {
    Gregorian,
    Solar,
    Lunar,
}

/// Where a text gives its date in several calendars, the first of these has it.
const BY_TRUST: [Calendar; 3] = [Calendar::Gregorian, Calendar::Solar, Calendar::Lunar];

/// A date that was read, and the token after it.
#[derive(Clone, Copy, Debug)]
struct Reading {
    calendar: Calendar,
    date: Date,
    end: usize,
}

/// Reads texts of one language.
struct Reader {
    /// The language without its script and region; empty where it is not known.
    language: String,
    region: Option<String>,
    /// Whether years may be counted from the Buddha.
    buddhist: bool,
}

impl Reader {
    fn of(tag: Option<&str>, text: &str) -> Self {
        let tag = tag.unwrap_or_default().to_ascii_lowercase();
        let mut parts = tag.split(['-', '_']);
        let language = parts.next().filter(|code| *code != "und").unwrap_or_default().to_owned();
        let region = parts.find(|part| part.len() == 2).map(str::to_owned);
        let buddhist = language == "th" || text.chars().any(|c| matches!(c, '\u{E01}'..='\u{E4E}'));
        Self { language, region, buddhist }
    }

    fn is_any_of(&self, languages: &[impl AsRef<str>]) -> bool {
        languages.iter().any(|language| language.as_ref() == self.language)
    }

    /// ISO 8601 in its extended format as it stands, in its basic one rewritten, and RFC 2822.
    fn machine(&self, text: &str) -> Option<String> {
        let known =
            text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok() || text.parse::<Date>().is_ok();
        if known {
            let pieces = jiff::fmt::temporal::Pieces::parse(text).ok()?;
            self.common_year(i32::from(pieces.date().year()))?;
            let extended = text.as_bytes().get(4) == Some(&b'-');
            return Some(if extended { text.to_owned() } else { rewritten(&pieces) });
        }
        let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned_datetime(text).ok()?;
        self.common_year(i32::from(parsed.year()))?;
        Some(format!("{}{}", parsed.datetime(), written_offset(parsed.offset().seconds())))
    }

    /// Seconds or milliseconds since 1970.
    fn since_1970(&self, text: &str) -> Option<String> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: i64 = text.parse().ok()?;
        let moment = match text.len() {
            // "2022031214" is the hour of a day as well.
            10 if text[..8].parse::<Date>().is_ok_and(|date| YEARS.contains(&i32::from(date.year()))) => None,
            10 => Timestamp::from_second(number).ok(),
            13 => Timestamp::from_millisecond(number).ok(),
            _ => None,
        }?;
        let year = jiff::tz::Offset::UTC.to_datetime(moment).year();
        YEARS.contains(&i32::from(year)).then(|| moment.to_string())
    }

    /// What people write.
    fn prose(&self, text: &str) -> Option<String> {
        let mut tokens = tokens(text);
        let clocks = self.take_clocks(&mut tokens)?;
        let mut readings = self.take_numeric(&mut tokens);
        readings.extend(self.named(&tokens));
        if readings.is_empty() {
            readings = self.short_numeric(&tokens);
        }
        let Reading { date, end, .. } = the_one(&readings)?;
        let clock = match clocks.as_slice() {
            [] => self.dotted_clock(&tokens, end),
            // In Amharic the hours may be those since dawn.
            [clock] if self.language == "am" && clock.may_be_since_dawn() => None,
            // Of several times of one day, none is known to be the one.
            [first, others @ ..] => others.iter().all(|other| other == first).then_some(*first),
        };
        Some(clock.map_or_else(|| date.to_string(), |clock| clock.on(date)))
    }

    /// The year of the common era that a number stands for in a Gregorian date.
    fn common_year(&self, number: i32) -> Option<i32> {
        // Nepal writes years of the Bikram Sambat, which is 57 years ahead.
        let ahead = self.language == "ne" && number >= 2050;
        let year = if self.buddhist && !YEARS.contains(&number) { number - BUDDHIST } else { number };
        (YEARS.contains(&year) && !ahead).then_some(year)
    }

    fn date(&self, calendar: Calendar, year: i32, month: i32, day: i32) -> Option<Date> {
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        let date = match calendar {
            Calendar::Gregorian => return gregorian(self.common_year(year)?, month, day),
            Calendar::Solar if SOLAR_YEARS.contains(&year) => {
                icu_calendar::Date::try_new_persian(year, month, day).ok()?.to_calendar(icu_calendar::Iso)
            }
            Calendar::Lunar if LUNAR_YEARS.contains(&year) => {
                let umm_al_qura = Hijri::new_umm_al_qura();
                let date = icu_calendar::Date::try_new_hijri_with_calendar(year, month, day, umm_al_qura).ok()?;
                date.to_calendar(icu_calendar::Iso)
            }
            _ => return None,
        };
        gregorian(date.era_year().year, date.month().ordinal, date.day_of_month().0)
    }
}

fn gregorian(year: i32, month: u8, day: u8) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(i16::try_from(year).ok()?, month, day).ok().filter(|_| YEARS.contains(&year))
}

/// The date that a text gives, if it gives one.
fn the_one(readings: &[Reading]) -> Option<Reading> {
    let of = |calendar| readings.iter().filter(move |reading| reading.calendar == calendar);
    let calendar = BY_TRUST.into_iter().find(|calendar| of(*calendar).next().is_some())?;
    let last = of(calendar).next_back()?;
    of(calendar).all(|reading| reading.date == last.date).then_some(*last)
}

fn rewritten(pieces: &jiff::fmt::temporal::Pieces) -> String {
    let Some(time) = pieces.time() else { return pieces.date().to_string() };
    let offset = pieces.to_numeric_offset().map(|known| written_offset(known.seconds())).unwrap_or_default();
    format!("{}{offset}", pieces.date().to_datetime(time))
}

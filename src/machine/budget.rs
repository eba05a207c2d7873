//! How many characters may be sent in a day and in a month.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::error::Period;

/// What was sent so far in the day and the month of `day`. Kept over a restart by
/// [`Memory`](super::Memory), so that a restart renews no budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// The day, in UTC, that the numbers are about.
    pub day: Date,
    /// Characters sent on that day.
    pub in_day: u64,
    /// Characters sent in that day's month.
    pub in_month: u64,
}

/// Why characters may not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    pub period: Period,
    pub limit: u64,
    pub left: u64,
    /// When the period is over.
    pub renews: Timestamp,
}

/// Limits, and what is used up of them.
#[derive(Clone, Debug)]
pub struct Budget {
    per_day: Option<u64>,
    per_month: Option<u64>,
    spending: Spending,
}

impl Budget {
    /// With limits in characters, `None` for none, and what was spent before.
    pub fn new(per_day: Option<u64>, per_month: Option<u64>, spending: Spending) -> Budget {
        Budget { per_day, per_month, spending }
    }

    /// What is spent, to be kept.
    pub fn spending(&self) -> Spending {
        self.spending
    }

    /// Continues from what was kept.
    pub fn resume(&mut self, spending: Spending) {
        self.spending = spending;
    }

    /// Takes characters from both periods, or from neither.
    ///
    /// # Errors
    /// The period that has not enough left. The longer one is named first: waiting for the day would not help.
    pub fn take(&mut self, now: Timestamp, characters: u64) -> Result<(), Spent> {
        let day = day_of(now);
        self.turn_to(day);
        let periods = [
            (Period::Month, self.per_month, self.spending.in_month),
            (Period::Day, self.per_day, self.spending.in_day),
        ];
        for (period, limit, spent) in periods {
            let Some(limit) = limit else { continue };
            let left = limit.saturating_sub(spent);
            if characters > left {
                return Err(Spent { period, limit, left, renews: end_of(period, day) });
            }
        }
        self.spending.in_day += characters;
        self.spending.in_month += characters;
        Ok(())
    }

    /// Returns what was taken for a request that the provider did not carry out. `taken` is when it was taken: what
    /// was taken yesterday is no gain for today.
    pub fn give_back(&mut self, taken: Timestamp, characters: u64) {
        let day = day_of(taken);
        if day == self.spending.day {
            self.spending.in_day = self.spending.in_day.saturating_sub(characters);
        }
        if day.first_of_month() == self.spending.day.first_of_month() {
            self.spending.in_month = self.spending.in_month.saturating_sub(characters);
        }
    }

    fn turn_to(&mut self, day: Date) {
        // A clock that is set back does not renew a budget.
        if day <= self.spending.day {
            return;
        }
        if day.first_of_month() != self.spending.day.first_of_month() {
            self.spending.in_month = 0;
        }
        self.spending.in_day = 0;
        self.spending.day = day;
    }
}

fn day_of(now: Timestamp) -> Date {
    now.to_zoned_datetime(TimeZone::UTC).date()
}

fn end_of(period: Period, day: Date) -> Timestamp {
    let next = match period {
        Period::Day => day.checked_add(1.day()),
        Period::Month => day.first_of_month().checked_add(1.month()),
    };
    next.and_then(|day| day.to_zoned_datetime(TimeZone::UTC)).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_day_and_a_month_run_out_and_renew() {
        let mut budget = Budget::new(Some(100), Some(250), Spending::default());
        let first = at("2026-01-30T23:59:59Z");
        assert_eq!(budget.take(first, 100), Ok(()));
        let spent = budget.take(first, 1).expect_err("the day is spent");
        assert_eq!((spent.period, spent.limit, spent.left), (Period::Day, 100, 0));
        assert_eq!(spent.renews, at("2026-01-31T00:00:00Z"));
        assert_eq!(budget.take(spent.renews, 100), Ok(()));
        let february = at("2026-02-01T00:00:00Z");
        let spent = budget.take(at("2026-01-31T12:00:00Z"), 60).expect_err("the month is spent");
        assert_eq!((spent.period, spent.left, spent.renews), (Period::Month, 50, february));
        assert_eq!(budget.take(february, 100), Ok(()));
        assert_eq!(budget.spending(), Spending { day: day_of(february), in_day: 100, in_month: 100 });
    }

    #[test]
    fn nothing_is_taken_when_refused_and_what_failed_comes_back() {
        let mut budget = Budget::new(Some(10), None, Spending::default());
        let now = at("2026-03-01T10:00:00Z");
        assert!(budget.take(now, 11).is_err());
        assert_eq!(budget.take(now, 10), Ok(()));
        budget.give_back(now, 4);
        assert_eq!(budget.take(now, 4), Ok(()));
        let tomorrow = at("2026-03-02T00:00:00Z");
        assert_eq!(budget.take(tomorrow, 9), Ok(()));
        budget.give_back(now, 10);
        assert_eq!((budget.spending().in_day, budget.spending().in_month), (9, 9));
    }

    #[test]
    fn a_restart_or_a_clock_set_back_renews_nothing() {
        let mut budget = Budget::new(Some(10), None, Spending::default());
        assert_eq!(budget.take(at("2026-03-02T00:00:00Z"), 10), Ok(()));
        assert!(budget.take(at("2026-03-01T00:00:00Z"), 1).is_err());
        let mut again = Budget::new(Some(10), None, budget.spending());
        assert!(again.take(at("2026-03-02T01:00:00Z"), 1).is_err());
    }

    #[test]
    fn no_limit_is_no_limit() {
        let mut budget = Budget::new(None, None, Spending::default());
        assert_eq!(budget.take(at("2026-03-02T00:00:00Z"), u64::from(u32::MAX)), Ok(()));
    }
}

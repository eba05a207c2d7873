//! So many requests a second, evenly spaced.

use std::time::Duration;

use jiff::Timestamp;

use super::clock::later;

/// Gives each request its turn. Even spacing and no bursts: providers count in windows of their own, and no window has
/// more requests than its length allows.
#[derive(Clone, Debug)]
pub struct Pace {
    interval: Duration,
    next: Timestamp,
}

impl Pace {
    /// At a rate in requests a second; zero or less is no limit.
    pub fn new(per_second: f64) -> Pace {
        let interval = if per_second > 0.0 { Duration::try_from_secs_f64(1.0 / per_second).ok() } else { None };
        Pace { interval: interval.unwrap_or_default(), next: Timestamp::MIN }
    }

    /// Reserves the next turn, and says how long it is until then.
    pub fn turn(&mut self, now: Timestamp) -> Duration {
        let mine = self.next.max(now);
        self.next = later(mine, self.interval);
        Duration::try_from(mine.duration_since(now)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_evenly_spaced() {
        let start: Timestamp = "2026-03-01T10:00:00Z".parse().expect("a time");
        let mut pace = Pace::new(4.0);
        let quarter = Duration::from_millis(250);
        assert_eq!(pace.turn(start), Duration::ZERO);
        assert_eq!(pace.turn(start), quarter);
        assert_eq!(pace.turn(start), 2 * quarter);
        // Idle time is not saved up.
        let much_later = later(start, Duration::from_secs(60));
        assert_eq!(pace.turn(much_later), Duration::ZERO);
        assert_eq!(pace.turn(much_later), quarter);
    }

    #[test]
    fn no_rate_is_no_wait() {
        let start: Timestamp = "2026-03-01T10:00:00Z".parse().expect("a time");
        let mut pace = Pace::new(0.0);
        assert_eq!((pace.turn(start), pace.turn(start)), (Duration::ZERO, Duration::ZERO));
    }
}

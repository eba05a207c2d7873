//! Leaves a provider alone that fails again and again.

use std::time::Duration;

use jiff::Timestamp;

use super::clock::later;

/// Closed while requests succeed; open, so that none is made, after so many failures in a row; half open after a pause,
/// when one request is let through to see.
#[derive(Clone, Debug)]
pub struct Breaker {
    after: u32,
    pause: Duration,
    failures: u32,
    /// Requests are let through from then on. While half open, it is when the request that was let through counts as
    /// lost, should nobody report on it.
    shut_until: Option<Timestamp>,
}

impl Breaker {
    /// Opens after `after` failures in a row (1 at least), for `pause`.
    pub fn new(after: u32, pause: Duration) -> Breaker {
        Breaker { after: after.max(1), pause, failures: 0, shut_until: None }
    }

    /// Whether a request may be made now. One that may has to be followed by [`Breaker::succeeded`] or
    /// [`Breaker::failed`].
    ///
    /// # Errors
    /// When to come back.
    pub fn ask(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        match self.shut_until {
            None => Ok(()),
            Some(until) if now < until => Err(until),
            Some(_) => {
                self.shut_until = Some(later(now, self.pause));
                Ok(())
            }
        }
    }

    /// The provider answered.
    pub fn succeeded(&mut self) {
        self.failures = 0;
        self.shut_until = None;
    }

    /// The provider asked to be left alone for so long.
    pub fn rest(&mut self, now: Timestamp, wish: Duration) {
        let until = later(now, wish);
        self.shut_until = Some(self.shut_until.map_or(until, |shut| shut.max(until)));
    }

    /// The provider did not answer, or not with what could be used. True when this opened the breaker.
    pub fn failed(&mut self, now: Timestamp) -> bool {
        self.failures = self.failures.saturating_add(1);
        if self.failures < self.after {
            return false;
        }
        self.shut_until = Some(later(now, self.pause));
        self.failures == self.after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(30);

    fn start() -> Timestamp {
        "2026-03-01T10:00:00Z".parse().expect("a time")
    }

    #[test]
    fn it_opens_after_failures_in_a_row_only() {
        let mut breaker = Breaker::new(3, PAUSE);
        for _ in 0..2 {
            assert!(!breaker.failed(start()));
        }
        breaker.succeeded();
        for _ in 0..2 {
            assert!(!breaker.failed(start()));
        }
        assert_eq!(breaker.ask(start()), Ok(()));
        assert!(breaker.failed(start()));
        assert_eq!(breaker.ask(start()), Err(later(start(), PAUSE)));
    }

    #[test]
    fn half_open_lets_one_through() {
        let mut breaker = Breaker::new(1, PAUSE);
        breaker.failed(start());
        let then = later(start(), PAUSE);
        assert_eq!(breaker.ask(then), Ok(()));
        assert_eq!(breaker.ask(then), Err(later(then, PAUSE)));
        breaker.failed(then);
        assert!(breaker.ask(then).is_err());
        let again = later(then, PAUSE);
        assert_eq!(breaker.ask(again), Ok(()));
        breaker.succeeded();
        assert_eq!((breaker.ask(again), breaker.ask(again)), (Ok(()), Ok(())));
    }

    #[test]
    fn a_wish_for_a_pause_is_heeded() {
        let mut breaker = Breaker::new(9, PAUSE);
        breaker.failed(start());
        breaker.rest(start(), 10 * PAUSE);
        let then = later(start(), 10 * PAUSE);
        assert_eq!(breaker.ask(later(start(), 9 * PAUSE)), Err(then));
        assert_eq!(breaker.ask(then), Ok(()));
    }

    #[test]
    fn a_probe_that_nobody_reports_on_does_not_shut_it_for_ever() {
        let mut breaker = Breaker::new(1, PAUSE);
        breaker.failed(start());
        let then = later(start(), PAUSE);
        assert_eq!(breaker.ask(then), Ok(()));
        assert_eq!(breaker.ask(later(then, PAUSE)), Ok(()));
    }
}

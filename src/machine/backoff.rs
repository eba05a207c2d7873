//! How long to wait before trying again, and when to give up.

use std::time::Duration;

use jiff::Timestamp;

/// Pauses that double, within limits.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The first pause.
    pub first: Duration,
    /// No pause is longer. A provider that wishes a longer one is not tried again now: the caller should not be kept.
    pub most: Duration,
    /// Requests in all, the first one among them.
    pub tries: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { first: Duration::from_millis(500), most: Duration::from_secs(30), tries: 4 }
    }
}

impl Backoff {
    /// The pause after so many failed tries (1 after the first), or `None` to give up. `wish` is what the provider
    /// asked for (`Retry-After`): the pause is no shorter. `spread`, from 0 to 1, shortens it by up to a half, so that
    /// many callers do not return at once.
    pub fn pause(&self, failed: u32, wish: Option<Duration>, spread: f64) -> Option<Duration> {
        if failed >= self.tries || wish.is_some_and(|wish| wish > self.most) {
            return None;
        }
        let whole = self.first.saturating_mul(1 << failed.saturating_sub(1).min(16)).min(self.most);
        let pause = whole.mul_f64(1.0 - spread.clamp(0.0, 1.0) / 2.0);
        Some(pause.max(wish.unwrap_or_default()))
    }
}

/// A spread from 0 to 1 out of the digits of a moment that nobody chose.
pub fn spread(now: Timestamp) -> f64 {
    f64::from(now.subsec_nanosecond().unsigned_abs() / 1_000 % 1_000) / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_double_up_to_the_limit_and_end() {
        let backoff = Backoff { first: SECOND, most: 5 * SECOND, tries: 5 };
        let pauses: Vec<_> = (1..=5).map(|failed| backoff.pause(failed, None, 0.0)).collect();
        assert_eq!(pauses, [Some(SECOND), Some(2 * SECOND), Some(4 * SECOND), Some(5 * SECOND), None]);
        assert_eq!(backoff.pause(2, None, 1.0), Some(SECOND));
    }

    #[test]
    fn the_provider_s_wish_is_honoured() {
        let backoff = Backoff { first: SECOND, most: 5 * SECOND, tries: 5 };
        assert_eq!(backoff.pause(1, Some(3 * SECOND), 1.0), Some(3 * SECOND));
        assert_eq!(backoff.pause(3, Some(SECOND), 0.0), Some(4 * SECOND));
        assert_eq!(backoff.pause(1, Some(6 * SECOND), 0.0), None);
    }

    #[test]
    fn the_spread_is_within_its_bounds() {
        for text in ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.999999999Z", "1960-03-01T10:00:00.123456Z"] {
            let spread = spread(text.parse().expect("a time"));
            assert!((0.0..1.0).contains(&spread), "{text}: {spread}");
        }
    }
}

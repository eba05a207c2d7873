//! What holds for long is told once, and then once in a while.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::lock;

/// When something was told last.
#[derive(Debug)]
pub(super) struct Rarely {
    pause: Duration,
    told: Mutex<Option<Instant>>,
}

impl Rarely {
    pub(super) fn every(pause: Duration) -> Rarely {
        Rarely { pause, told: Mutex::default() }
    }

    /// Whether it is to be told now.
    pub(super) fn is_due(&self) -> bool {
        let mut told = lock(&self.told);
        let is_due = told.is_none_or(|last| last.elapsed() >= self.pause);
        if is_due {
            *told = Some(Instant::now());
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_see_at_once_is_told_once() {
        let rarely = Rarely::every(Duration::from_secs(60));
        assert_eq!((0..240).filter(|_| rarely.is_due()).count(), 1);
        let always = Rarely::every(Duration::ZERO);
        assert!(always.is_due() && always.is_due());
    }
}

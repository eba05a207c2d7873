//! Calls a provider with care: within budget and pace, again after a pause, not at all while it fails.

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;

use super::backoff::{Backoff, spread};
use super::breaker::Breaker;
use super::budget::{Budget, Spending};
use super::clock::Clock;
use super::error::MachineError;
use super::pace::Pace;
use super::provider::{Provider, Request};

/// A provider, and all that stands between it and its callers.
pub(super) struct Caller {
    pub(super) provider: Box<dyn Provider>,
    clock: Arc<dyn Clock>,
    backoff: Backoff,
    // Each lock is held for one decision, never over a wait.
    budget: Mutex<Budget>,
    pace: Mutex<Pace>,
    breaker: Mutex<Breaker>,
}

impl Caller {
    pub(super) fn new(
        provider: Box<dyn Provider>,
        clock: Arc<dyn Clock>,
        backoff: Backoff,
        budget: Budget,
        pace: Pace,
        breaker: Breaker,
    ) -> Caller {
        Caller {
            provider,
            clock,
            backoff,
            budget: Mutex::new(budget),
            pace: Mutex::new(pace),
            breaker: Mutex::new(breaker),
        }
    }

    pub(super) fn spending(&self) -> Spending {
        locked(&self.budget).spending()
    }

    pub(super) fn resume(&self, spending: Spending) {
        locked(&self.budget).resume(spending);
    }

    /// Translates a batch, with as many tries as are due.
    pub(super) async fn call(&self, request: Request<'_>) -> Result<Vec<String>, MachineError> {
        let mut failed = 0;
        loop {
            let error = match self.attempt(request).await {
                Ok(answers) => return Ok(answers),
                Err(error) if error.is_passing() => error,
                Err(error) => return Err(error),
            };
            failed += 1;
            let Some(pause) = self.backoff.pause(failed, error.wish(), spread(self.clock.now())) else {
                return Err(error);
            };
            let pause_ms = pause.as_millis() as u64;
            tracing::warn!(provider = self.provider.name(), %error, failed, pause_ms, "a translation is tried again");
            self.clock.sleep(pause).await;
        }
    }

    async fn attempt(&self, request: Request<'_>) -> Result<Vec<String>, MachineError> {
        let characters = request.segments.iter().map(|segment| segment.chars().count() as u64).sum();
        let taken = self.clock.now();
        self.take(taken, characters)?;
        if let Err(until) = locked(&self.breaker).ask(taken) {
            locked(&self.budget).give_back(taken, characters);
            return Err(MachineError::Paused { provider: self.provider.name(), until });
        }
        let wait = locked(&self.pace).turn(self.clock.now());
        if !wait.is_zero() {
            self.clock.sleep(wait).await;
        }
        let answers = self.provider.translate(request).await.and_then(|answers| self.checked(request, answers));
        self.settle(taken, characters, &answers);
        answers
    }

    fn take(&self, now: Timestamp, characters: u64) -> Result<(), MachineError> {
        locked(&self.budget).take(now, characters).map_err(|spent| MachineError::BudgetSpent {
            period: spent.period,
            limit: spent.limit,
            left: spent.left,
            wanted: characters,
            renews: spent.renews,
        })
    }

    /// The answers, if there is one a segment and none is empty: text is not dropped in silence.
    fn checked(&self, request: Request<'_>, answers: Vec<String>) -> Result<Vec<String>, MachineError> {
        let (sent, came) = (request.segments.len(), answers.len());
        let reason = match answers.iter().any(|answer| answer.trim().is_empty()) {
            _ if sent != came => format!("{came} texts came back for {sent}"),
            true => "a text came back empty".into(),
            false => return Ok(answers),
        };
        Err(MachineError::Answer { provider: self.provider.name(), reason })
    }

    /// Draws the conclusions from an attempt.
    fn settle(&self, taken: Timestamp, characters: u64, outcome: &Result<Vec<String>, MachineError>) {
        use MachineError::{Answer, TimedOut, Unavailable};
        // Work that may have been done may have been billed.
        let billed = matches!(outcome, Ok(_) | Err(TimedOut { .. } | Answer { .. }));
        if !billed {
            locked(&self.budget).give_back(taken, characters);
        }
        let Err(error @ (Unavailable { .. } | TimedOut { .. } | Answer { .. })) = outcome else {
            // A refusal is the sign of a service that is well.
            return locked(&self.breaker).succeeded();
        };
        let (now, provider) = (self.clock.now(), self.provider.name());
        let mut breaker = locked(&self.breaker);
        if breaker.failed(now) {
            tracing::warn!(provider, "translation failed too often and is paused");
        }
        // A longer pause than a caller is kept for is one for all callers.
        if let Some(wish) = error.wish().filter(|wish| *wish > self.backoff.most) {
            tracing::warn!(provider, pause_s = wish.as_secs(), "translation is paused, as the provider asked");
            breaker.rest(now, wish);
        }
    }
}

/// A decision that panicked has left nothing half done: each is a few assignments.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

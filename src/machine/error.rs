//! What can go wrong between a text and its translation.

use std::time::Duration;

use jiff::Timestamp;

/// Why there is no translation. Each message is one sentence: what happened, where, and what to do. None holds an API
/// key, an address or the text that was to be translated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MachineError {
    /// No provider is configured.
    #[error("machine translation is off; set machine.provider to use it")]
    Off,
    /// A key of the configuration cannot be used.
    #[error("key machine.{key}: {reason}")]
    Config { key: &'static str, reason: String },
    /// A name that was handed in does not fit the text.
    #[error("name {index} at code points {start}..{end}: {reason}; hand in ranges of the text that is translated")]
    Name { index: usize, start: usize, end: usize, reason: &'static str },
    /// The provider does not translate between these languages. `has` says which it can, or how to find out.
    #[error("{provider} does not translate from {from} to {to}; {has}")]
    Pair { provider: &'static str, from: String, to: String, has: String },
    /// No answer for now: the connection failed, or the status was 429 or 5xx. The same request may succeed later.
    #[error("{provider} is unavailable: {reason}; try again later, or see whether it is up")]
    Unavailable { provider: &'static str, reason: String, retry_after: Option<Duration> },
    /// No answer within the time limit. The provider may have done, and billed, the work.
    #[error(
        "{provider} gave no answer within {} s; try again later, or raise machine.timeout",
        .limit.as_secs_f64()
    )]
    TimedOut { provider: &'static str, limit: Duration },
    /// The provider understood and will say the same each time.
    #[error("{provider} refused the request: {reason}")]
    Refused { provider: &'static str, reason: String },
    /// An answer came, but not the one that the provider's documentation promises.
    #[error("{provider} answered in a way that cannot be used: {reason}; see whether machine.url is right")]
    Answer { provider: &'static str, reason: String },
    /// Too many failures in a row, or a wish for a long pause; the provider is left alone until then.
    #[error("{provider} fails, or asked for a pause, and is left alone until {until}; try again after that")]
    Paused { provider: &'static str, until: Timestamp },
    /// The characters that may be sent in this period are used up.
    #[error(
        "the {period} budget of {limit} characters has {left} left and {wanted} are needed; it renews at {renews}, or \
         raise machine.characters_per_{}",
        .period.unit()
    )]
    BudgetSpent { period: Period, limit: u64, left: u64, wanted: u64, renews: Timestamp },
    /// A name's place is not to be found in the translation, even by translating around it.
    #[error("the name {name:?} was lost in translation; use the original text, or another provider")]
    NameLost { name: String },
}

impl MachineError {
    /// Whether the same request may succeed a moment later.
    pub fn is_passing(&self) -> bool {
        matches!(self, MachineError::Unavailable { .. } | MachineError::TimedOut { .. })
    }

    /// What it is counted as.
    pub fn result(&self) -> &'static str {
        match self {
            MachineError::Unavailable { .. } | MachineError::TimedOut { .. } | MachineError::Paused { .. } => {
                "unavailable"
            }
            MachineError::BudgetSpent { .. } => "budget-spent",
            _ => "failed",
        }
    }

    /// The provider's own wish for a pause (`Retry-After`), where it said one.
    pub fn wish(&self) -> Option<Duration> {
        match self {
            MachineError::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// After how long another try may do better, where that is known: the provider's wish, or the end of a pause or of a
    /// budget's period.
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        match self {
            MachineError::Paused { until: end, .. } | MachineError::BudgetSpent { renews: end, .. } => {
                Some(Duration::try_from(end.duration_since(now)).unwrap_or_default())
            }
            _ => self.wish(),
        }
    }
}

/// A period that has a budget. Days and months are those of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Day,
    Month,
}

impl Period {
    fn unit(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Month => "month",
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Period::Day => "daily",
            Period::Month => "monthly",
        })
    }
}

//! Why the database did not take something, and who is to blame: the data, which it will never take, or anything else.

use std::time::Duration;

use tokio::time::timeout;

use crate::sinks::Unavailable;

/// Why something did not work, and so what to do about it.
#[derive(Debug)]
pub(super) enum Failure {
    /// The database will never take these data.
    Data(String),
    /// Anything else: the network, the server, its set-up, another transaction.
    Elsewhere(String),
}

impl Failure {
    /// The reason, if the data are at fault.
    pub(super) fn data(self) -> Result<String, Unavailable> {
        match self {
            Failure::Data(reason) => Ok(reason),
            failure => Err(failure.into()),
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        let reason = in_words(&error);
        match error.code() {
            Some(state) if blames_data(state.code()) => Failure::Data(reason),
            _ => Failure::Elsewhere(reason),
        }
    }
}

impl From<Failure> for Unavailable {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Data(reason) | Failure::Elsewhere(reason) => Unavailable::new(reason),
        }
    }
}

/// Whether a SQLSTATE is about the data: class 22 data exception, 23 integrity constraint, 54 program limit.
fn blames_data(state: &str) -> bool {
    ["22", "23", "54"].iter().any(|class| state.starts_with(class))
}

/// Waits no longer than `limit`.
pub(super) async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let late = |_| Failure::Elsewhere(format!("the database gave no answer within {} s", limit.as_secs()));
    timeout(limit, work).await.map_err(late)?
}

/// The server's SQLSTATE and message, without the detail, which may quote a document; or the error and its causes.
pub(super) fn in_words(error: &tokio_postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("SQLSTATE {}: {}", error.code().code(), error.message());
    }
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlstate_blames_the_data_or_not() {
        for state in ["22P05", "22001", "22008", "23505", "23514", "54000", "54001"] {
            assert!(blames_data(state), "{state}");
        }
        for state in ["40001", "40P01", "53300", "53100", "57P01", "57014", "08006", "28P01", "42P01", "XX000"] {
            assert!(!blames_data(state), "{state}");
        }
    }
}

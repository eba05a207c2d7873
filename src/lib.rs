//! nisba: translation-aware document ingestion.
//!
//! Scrapers hand in raw documents; nisba accepts each durably, gets the text out, identifies its languages,
//! finds the people in it, gives every spelling of a person one identity, and delivers canonical records to
//! every sink. `ARCHITECTURE.md` follows one document through these modules and says which may use which.

#![cfg_attr(test, allow(clippy::too_many_lines, reason = "a test may be a table"))]

pub mod model;

pub mod intake;
pub mod language;
pub mod names;
pub mod people;
pub mod translation;

pub mod config;
pub mod telemetry;

pub mod past;
pub mod pipeline;
pub mod pool;
pub mod store;

mod answers;
mod characters;
pub mod remembered;
pub mod tls;

pub mod machine;
pub mod translated;

pub mod deliver;
pub mod sinks;

pub mod evaluate;
pub mod http;
pub mod service;

/// The version of this build, as `0.1.0 (1a2b3c4)`: the package's version and the commit it was built from.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("NISBA_COMMIT"), ")");

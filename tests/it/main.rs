//! The promises of the README, each a module, against the built binary and real servers.

#![allow(clippy::too_many_lines, reason = "a test may tell a story")]

mod access;
mod articles;
mod authority;
mod bulk;
mod charsets;
mod clusters;
mod command_line;
mod crawls;
mod decisions;
mod deletion;
mod delivery_jsonl;
mod delivery_postgres;
mod delivery_stories;
mod delivery_webhook;
mod deployment;
mod docs;
mod documents;
mod durability;
mod errors;
mod harness;
mod health;
mod house;
mod languages;
mod machine_apertium;
mod machine_wire;
mod mentions;
mod names;
mod people;
mod stories;

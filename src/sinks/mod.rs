//! Downstream stores: one file each, behind [`Sink`]. Making a new store is writing a new file and naming it in
//! [`crate::config`] and in `make.rs`.
//!
//! A sink only stores. When to send, what to send again and what to give up on is the business of
//! [`crate::deliver`], which owns one sink a worker and calls it from one task at a time.

pub mod jsonl;
mod make;
pub mod postgres;
pub mod webhook;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;

pub use make::make;

use crate::model::Record;

/// One record's way to one sink.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Place in the store's sequence of records; grows from one delivery to the next.
    pub seq: i64,
    /// The record, parsed.
    pub record: Arc<Record>,
    /// The record as the JSON text that the store holds, without a line break.
    pub json: Arc<str>,
}

/// One story's way to one sink.
#[derive(Clone, Debug)]
pub struct StoryDelivery {
    pub story_id: String,
    /// Place in the order in which stories changed; grows from one delivery to the next.
    pub version: i64,
    /// The story, as `GET /v1/stories/{id}` gives it, or what became of it (`merged_into`, `deleted`).
    pub json: Arc<str>,
}

/// What is sent: known by its place in an order, its id and its version.
trait Message {
    /// What several of them are called.
    const KIND: &'static str;

    fn seq(&self) -> i64;
    fn id(&self) -> &str;
    fn version(&self) -> i64;
    fn json(&self) -> &Arc<str>;
}

impl Message for Delivery {
    const KIND: &'static str = "records";

    fn seq(&self) -> i64 {
        self.seq
    }
    fn id(&self) -> &str {
        &self.record.id
    }
    fn version(&self) -> i64 {
        self.record.version
    }
    fn json(&self) -> &Arc<str> {
        &self.json
    }
}

impl Message for StoryDelivery {
    const KIND: &'static str = "stories";

    fn seq(&self) -> i64 {
        self.version
    }
    fn id(&self) -> &str {
        &self.story_id
    }
    fn version(&self) -> i64 {
        self.version
    }
    fn json(&self) -> &Arc<str> {
        &self.json
    }
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Accepted {
    /// Records that the store will never take, with the reason; all others of the batch are durably stored.
    pub refused: Vec<Refusal>,
    /// Where the sink stands now, to be kept beside the cursor and handed to [`Sink::open`] at the next start.
    /// `None` for a sink that needs no memory of its own.
    pub position: Option<Value>,
}

/// A record or a story that a store refused for good.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The delivery's [`field@Delivery::seq`], or [`field@StoryDelivery::version`].
    pub seq: i64,
    /// In words, for whoever reads the dead letter.
    pub reason: String,
}

/// The store cannot be had now. Nothing of the batch counts as delivered; the same batch comes again.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Unavailable {
    /// In words, for the log and the health check; never holds secrets or document text.
    pub reason: String,
    /// The store's own wish (`Retry-After`), where it said one.
    pub retry_after: Option<Duration>,
}

impl Unavailable {
    /// Without a wish of the store.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry_after: None }
    }
}

/// A downstream store. A repeat of a delivery, or an older version after a newer one, must change nothing.
pub trait Sink: Send {
    /// The kind, as the configuration names it: `jsonl`, `postgres`, `webhook`.
    fn kind(&self) -> &'static str;

    /// Makes ready to write: connects, migrates, cuts a torn tail. Called before the first batch and again after each
    /// [`Unavailable`]; must be cheap when there is nothing to do.
    fn open(&mut self, position: Option<&Value>) -> BoxFuture<'_, Result<(), Unavailable>>;

    /// Stores a batch, in order of `seq`; returns when it is durable there.
    fn deliver<'a>(&'a mut self, batch: &'a [Delivery]) -> BoxFuture<'a, Result<Accepted, Unavailable>>;

    /// Stores a batch of stories, in order of `version`; returns when it is durable there. One that is told of stories is
    /// another than the one that records are delivered to, with a position of its own.
    fn tell<'a>(&'a mut self, batch: &'a [StoryDelivery]) -> BoxFuture<'a, Result<Accepted, Unavailable>>;
}

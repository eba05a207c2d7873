//! The sinks of the configuration, each with a worker, and with another one where it is told of stories.

use std::sync::Arc;
use std::time::Duration;

use super::ServiceError;
use crate::config::{Config, Sink};
use crate::deliver::{StoryWorker, Worker};
use crate::sinks;
use crate::store::Store;
use crate::telemetry::Metrics;

/// Makes every sink that the configuration describes and drops it again, without talking to any.
///
/// # Errors
/// Names the sink that cannot be made.
pub fn check_sinks(config: &Config) -> Result<(), ServiceError> {
    config.sinks.iter().try_for_each(|(name, sink)| make(name, "records", sink, config).map(drop))
}

/// Those who deliver records.
pub(super) fn of_records(
    store: &Arc<Store>,
    config: &Config,
    metrics: &Arc<Metrics>,
) -> Result<Vec<Worker>, ServiceError> {
    let worker = |(name, sink): (&String, &Sink)| {
        let made = make(name, "records", sink, config)?;
        Ok(Worker::new(store.clone(), name, made, sink.batch, sink.max_backoff.0, metrics.clone()))
    };
    config.sinks.iter().map(worker).collect()
}

/// Those who tell of stories, for the sinks that ask for them.
pub(super) fn of_stories(
    store: &Arc<Store>,
    config: &Config,
    metrics: &Arc<Metrics>,
) -> Result<Vec<StoryWorker>, ServiceError> {
    let worker = |name: &str, sink: &Sink, interval: Duration| {
        let made = make(name, "stories", sink, config)?;
        let (batch, most) = (sink.batch, sink.max_backoff.0);
        Ok(StoryWorker::new(store.clone(), name, made, batch, most, interval, metrics.clone()))
    };
    config.sinks.iter().filter_map(|(name, sink)| Some(worker(name, sink, sink.stories?.0))).collect()
}

fn make(name: &str, content: &str, sink: &Sink, config: &Config) -> Result<Box<dyn sinks::Sink>, ServiceError> {
    sinks::make(name, content, sink, &config.store.dir)
        .map_err(|reason| ServiceError::Sink { name: name.to_owned(), reason })
}

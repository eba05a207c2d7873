//! Authorities that change while the service runs: they are loaded beside those in use, take their place, and the records
//! follow that the change concerns.

use std::sync::Arc;

use super::Service;
use crate::config::{self, Config};
use crate::past::{Past, PastError};
use crate::people::{Authority, AuthorityError, Catalog};
use crate::store::StoreError;

/// The authorities as files, and the state in which they were loaded.
pub(super) struct Authorities {
    catalog: Arc<Catalog>,
    state: Vec<u8>,
    past: Past,
    config: config::Authority,
}

impl Authorities {
    pub(super) fn load(config: &Config) -> Result<(Authorities, Authority), AuthorityError> {
        let catalog = Arc::new(Catalog::of(&config.authorities()));
        // Read first: what changes while they are loaded is seen by the next look.
        let state = catalog.state();
        let loaded = catalog.load(config.authority.starter, None)?;
        let past = Past::of(&config.store.dir);
        Ok((Authorities { catalog, state, past, config: config.authority.clone() }, loaded))
    }

    /// The authorities as they are now, if they were changed.
    async fn changed(&mut self, before: Arc<Authority>) -> Option<Authority> {
        let (catalog, known, starter) = (self.catalog.clone(), self.state.clone(), self.config.starter);
        let load = move || {
            let now = catalog.state();
            (now != known).then(|| catalog.load(starter, Some(&before)).map(|loaded| (now, loaded)))
        };
        match tokio::task::spawn_blocking(load).await {
            Ok(Some(Ok((now, loaded)))) => {
                self.state = now;
                return Some(loaded);
            }
            // The next round tries again; what was known stays known.
            Ok(Some(Err(error))) => tracing::error!(%error, "changed authorities cannot be loaded"),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "changed authorities cannot be loaded"),
        }
        None
    }
}

impl Service {
    /// The authorities as they are now.
    pub fn authority(&self) -> Arc<Authority> {
        self.authority.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// Looks again and again whether authorities were changed, and has the records follow.
    pub(super) async fn follow_authorities(self: Arc<Self>, mut authorities: Authorities) {
        let mut stop = self.stop.subscribe();
        let mut behind = true;
        while !*stop.borrow() {
            if behind {
                self.reprocessing.set_following(true);
                let followed = authorities.past.follow(&self.store, &self.authority()).await;
                self.reprocessing.set_following(false);
                match followed {
                    Ok(()) => behind = false,
                    Err(PastError::Stopping | PastError::Store(StoreError::Closed)) => return,
                    Err(error) => tracing::error!(%error, "records cannot follow the authorities yet; trying again"),
                }
            }
            tokio::select! {
                () = tokio::time::sleep(authorities.config.refresh.0) => {}
                _ = stop.changed() => return,
            }
            if let Some(loaded) = authorities.changed(self.authority()).await {
                tracing::info!(revision = loaded.revision(), people = loaded.len(), "the authorities were changed");
                *self.authority.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(loaded);
                behind = true;
            }
        }
    }
}

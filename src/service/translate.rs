//! Records in another language, by machine.

use std::sync::Arc;

use super::Service;
use crate::config::{self, MachineKind};
use crate::machine::{self, MachineError, Provider, SystemClock, Translator};
use crate::model::Record;
use crate::store::StoreError;
use crate::tls;
use crate::translated::{self, Kept, Translated};

/// The machine translation that is configured. Whom to trust is read from the machine only where there is one.
pub(super) fn provider(config: &config::Machine) -> Result<Option<Box<dyn Provider>>, MachineError> {
    match config.provider {
        MachineKind::Off => Ok(None),
        _ => machine::provider(config, tls::client_config().as_ref().clone()),
    }
}

impl Service {
    /// A record in another language, by machine, with its people as that language names them.
    ///
    /// # Errors
    /// [`MachineError::Off`] where no provider is configured, and whatever stands between a text and its translation.
    pub async fn translated(&self, record: &Record, to: &str) -> Result<Result<Translated, MachineError>, StoreError> {
        let translator = match self.translator.get_or_try_init(|| self.new_translator()).await {
            Ok(translator) => translator,
            Err(error) => return Ok(Err(error)),
        };
        let authority = self.authority();
        let mut named = Vec::with_capacity(record.people.len());
        for person in &record.people {
            let Some(id) = &person.person_id else {
                named.push(None);
                continue;
            };
            let entry = authority.by_id(id);
            let seen = if entry.is_none() { self.store.person(id).await? } else { None };
            let name = translated::named_in(to, entry.as_ref(), seen.as_ref());
            named.push(name.ok().map(|name| name.text));
        }
        let translated = translated::translate(translator, record, &named, to).await;
        let characters = translated.as_ref().map_or(0, Translated::characters);
        self.metrics.translated(translated.as_ref().map_or_else(MachineError::result, |_| "done"), characters);
        Ok(translated)
    }

    async fn new_translator(&self) -> Result<Translator, MachineError> {
        let provider = provider(&self.machine)?.ok_or(MachineError::Off)?;
        let translator = Translator::new(provider, &self.machine, Arc::new(SystemClock));
        Ok(translator.with_memory(Arc::new(Kept(self.store.clone()))).await)
    }
}

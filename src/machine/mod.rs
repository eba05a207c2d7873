//! Machine translation, optional and off by default: a text goes to a service, and comes back with each person's name
//! in the form that the target language has for it.
//!
//! [`Translator`] does it all. Follow [`Translator::translate`]: `segment` cuts a text into paragraphs, `protect` puts
//! marks where names are, `cache` knows what was translated before, `batch` brings the rest into requests; a
//! [`Provider`] translates, within what `budget`, `pace`, `backoff` and `breaker` decide; `protect` finds the marks
//! again, also damaged ones, and puts the renderings there.

mod apertium;
mod backoff;
mod batch;
mod brackets;
mod breaker;
mod budget;
mod cache;
mod caller;
mod client;
#[cfg(test)]
mod client_tests;
mod clock;
mod deepl;
mod elements;
mod error;
mod found;
mod languages;
mod libretranslate;
mod marks;
mod memory;
mod names;
mod openai;
mod pace;
mod protect;
mod provider;
mod segment;
mod translation;
mod wire;

pub use apertium::{Apertium, Pair};
pub use budget::Spending;
pub use cache::Key;
pub use client::Translator;
pub use clock::{Clock, SystemClock};
pub use deepl::DeepL;
pub use error::{MachineError, Period};
pub use libretranslate::LibreTranslate;
pub use marks::{Element, Marks};
pub use memory::Memory;
pub use names::Name;
pub use openai::OpenAi;
pub use provider::{Limits, Provider, Request};
pub use translation::{MachineTranslation, Names};

use crate::config::{Machine, MachineKind, Secret};

/// The provider that is configured; `None` when it is off. `tls` says whom to trust.
///
/// # Errors
/// [`MachineError::Config`], also for a file of the key that cannot be read.
pub fn provider(config: &Machine, tls: rustls::ClientConfig) -> Result<Option<Box<dyn Provider>>, MachineError> {
    let key = config.key().map_err(|reason| MachineError::Config { key: "api_key_file", reason })?;
    let timeout = config.timeout.0;
    let url = address(config, &key);
    Ok(Some(match config.provider {
        MachineKind::Off => return Ok(None),
        MachineKind::LibreTranslate => Box::new(LibreTranslate::new(url, key, tls, timeout)?),
        MachineKind::DeepL => Box::new(DeepL::new(url, key, tls, timeout)?),
        MachineKind::Apertium => Box::new(Apertium::new(url, key, tls, timeout)?),
        MachineKind::OpenAi => Box::new(OpenAi::new(url, key, &config.model, tls, timeout)?),
    }))
}

/// The address to use: the one that is set, or the provider's own. DeepL's depends on the account, which the key tells:
/// those of the free one end in `:fx`.
fn address<'c>(config: &'c Machine, key: &Secret) -> &'c str {
    match config.provider {
        _ if !config.url.is_empty() => &config.url,
        MachineKind::DeepL if key.reveal().ends_with(":fx") => "https://api-free.deepl.com",
        MachineKind::DeepL => "https://api.deepl.com",
        MachineKind::OpenAi => "https://api.openai.com",
        // The configuration is refused without one.
        MachineKind::Off | MachineKind::Apertium | MachineKind::LibreTranslate => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_deepl_is_told_by_the_key() {
        let config = Machine { provider: MachineKind::DeepL, ..Machine::default() };
        assert_eq!(address(&config, &Secret::new("k:fx")), "https://api-free.deepl.com");
        assert_eq!(address(&config, &Secret::new("k")), "https://api.deepl.com");
        let set = Machine { url: "http://127.0.0.1:1".into(), ..config };
        assert_eq!(address(&set, &Secret::new("k")), "http://127.0.0.1:1");
    }
}

//! [DeepL](https://developers.deepl.com): `POST /v2/translate` with texts as XML, of whose elements some are ignored.

use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::{Deserialize, Serialize};

use super::error::MachineError;
use super::languages;
use super::marks::Marks;
use super::provider::{Limits, Provider, Request};
use super::wire::Wire;
use crate::config::Secret;

/// A request may have 128 KiB and 50 texts. Characters of four bytes are rare, so that there is room for JSON.
const LIMITS: Limits = Limits { characters: 25_000, segments: 50 };

/// Where the message of a refusal is: `{"message": "…"}`.
const MESSAGE: &str = "/message";

/// DeepL's API.
pub struct DeepL {
    wire: Wire,
    authorization: HeaderValue,
}

#[derive(Serialize)]
struct Body<'a> {
    text: &'a [String],
    source_lang: String,
    target_lang: String,
    tag_handling: &'static str,
    /// Named, as the default depends on how old an account is.
    tag_handling_version: &'static str,
    ignore_tags: [&'static str; 1],
    /// Leaves punctuation and case at the ends of a text as they are: it may be a part of a sentence.
    preserve_formatting: bool,
}

#[derive(Deserialize)]
struct Answer {
    translations: Vec<Translation>,
}

#[derive(Deserialize)]
struct Translation {
    text: String,
}

impl DeepL {
    /// For the API at `url`, which is another one for free accounts, with the account's key.
    ///
    /// # Errors
    /// [`MachineError::Config`] for an address that is none and for a key that no header can hold.
    pub fn new(url: &str, key: Secret, tls: rustls::ClientConfig, timeout: Duration) -> Result<DeepL, MachineError> {
        let mut authorization = HeaderValue::try_from(format!("DeepL-Auth-Key {}", key.reveal()))
            .map_err(|_| MachineError::Config { key: "api_key", reason: "has characters that no key has".into() })?;
        authorization.set_sensitive(true);
        Ok(DeepL { wire: Wire::new("deepl", MESSAGE, url, tls, timeout)?, authorization })
    }

    async fn send(&self, request: Request<'_>) -> Result<Vec<String>, MachineError> {
        let body = Body {
            text: request.segments,
            source_lang: languages::deepl_source(request.from),
            target_lang: languages::deepl_target(request.to),
            tag_handling: "xml",
            tag_handling_version: "v2",
            ignore_tags: ["x"],
            preserve_formatting: true,
        };
        let post = self.wire.post("v2/translate")?.header(AUTHORIZATION, self.authorization.clone()).json(&body);
        let answer: Answer = self.wire.send(post).await?;
        Ok(answer.translations.into_iter().map(|translation| translation.text).collect())
    }
}

impl Provider for DeepL {
    fn name(&self) -> &'static str {
        "deepl"
    }

    fn marks(&self) -> Marks {
        Marks::XML
    }

    fn limits(&self) -> Limits {
        LIMITS
    }

    fn translate<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Vec<String>, MachineError>> {
        Box::pin(self.send(request))
    }
}

//! [LibreTranslate](https://docs.libretranslate.com), often run by oneself: `POST /translate` with a list of texts as
//! HTML, whose elements of `translate="no"` are left alone.

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::error::MachineError;
use super::languages;
use super::marks::Marks;
use super::provider::{Limits, Provider, Request};
use super::wire::Wire;
use crate::config::Secret;

/// What the public service takes; one's own takes more, but gains little by it.
const LIMITS: Limits = Limits { characters: 2_000, segments: 20 };

/// Where the message of a refusal is: `{"error": "…"}`.
const MESSAGE: &str = "/error";

/// A server of LibreTranslate.
pub struct LibreTranslate {
    wire: Wire,
    key: Secret,
}

#[derive(Serialize)]
struct Body<'a> {
    q: &'a [String],
    source: String,
    target: String,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "translatedText")]
    translated_text: Vec<String>,
}

impl LibreTranslate {
    /// For the server at `url`. The key may be empty, where the server wants none.
    ///
    /// # Errors
    /// [`MachineError::Config`] for an address that is none.
    pub fn new(
        url: &str,
        key: Secret,
        tls: rustls::ClientConfig,
        timeout: Duration,
    ) -> Result<LibreTranslate, MachineError> {
        Ok(LibreTranslate { wire: Wire::new("libretranslate", MESSAGE, url, tls, timeout)?, key })
    }

    async fn send(&self, request: Request<'_>) -> Result<Vec<String>, MachineError> {
        let body = Body {
            q: request.segments,
            source: languages::libretranslate(request.from),
            target: languages::libretranslate(request.to),
            format: "html",
            api_key: (!self.key.is_empty()).then(|| self.key.reveal()),
        };
        let answer: Answer = self.wire.send(self.wire.post("translate")?.json(&body)).await?;
        Ok(answer.translated_text)
    }
}

impl Provider for LibreTranslate {
    fn name(&self) -> &'static str {
        "libretranslate"
    }

    fn marks(&self) -> Marks {
        Marks::HTML
    }

    fn limits(&self) -> Limits {
        LIMITS
    }

    fn translate<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Vec<String>, MachineError>> {
        Box::pin(self.send(request))
    }
}

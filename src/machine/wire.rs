//! What all providers do over HTTP: send a request, judge the status, read a bounded answer.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::error::MachineError;
use crate::answers::{in_words, one_line, retry_after};

/// More than any provider's limits let a translation grow to.
const LONGEST_ANSWER: usize = 8 << 20;
/// As much of a refusal as is quoted, in characters.
const QUOTED: usize = 200;
/// An address that does not even take the connection need not use up the time for a whole request.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The address of a service and the client to reach it by.
pub(super) struct Wire {
    provider: &'static str,
    /// Where the message of a refusal is, a JSON pointer.
    message: &'static str,
    base: Url,
    client: Client,
    timeout: Duration,
}

impl Wire {
    /// For the service at `base`, in whose refusals the message is at `message`. `timeout` is for a whole request.
    ///
    /// # Errors
    /// [`MachineError::Config`] for an address that is none.
    pub(super) fn new(
        provider: &'static str,
        message: &'static str,
        base: &str,
        tls: rustls::ClientConfig,
        timeout: Duration,
    ) -> Result<Wire, MachineError> {
        let wrong = |reason: &str| MachineError::Config { key: "url", reason: reason.into() };
        let mut base = Url::parse(base).map_err(|_| wrong("is no address; it starts with https:// or http://"))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(wrong("must be an http or https address"));
        }
        if !base.path().ends_with('/') {
            // Without it, joining a path would replace the last part of the address.
            base.set_path(&format!("{}/", base.path()));
        }
        let client = client(tls, timeout).map_err(|reason| MachineError::Config { key: "url", reason })?;
        Ok(Wire { provider, message, base, client, timeout })
    }

    /// A request to a path below the address.
    ///
    /// # Errors
    /// [`MachineError::Config`] for an address that nothing is below of.
    pub(super) fn post(&self, path: &str) -> Result<RequestBuilder, MachineError> {
        Ok(self.client.post(self.at(path)?))
    }

    /// As [`Wire::post`], with the method GET.
    pub(super) fn get(&self, path: &str) -> Result<RequestBuilder, MachineError> {
        Ok(self.client.get(self.at(path)?))
    }

    fn at(&self, path: &str) -> Result<Url, MachineError> {
        self.base
            .join(path)
            .map_err(|_| MachineError::Config { key: "url", reason: "is no address of a web service".into() })
    }

    /// Sends a request and reads its answer as JSON.
    ///
    /// # Errors
    /// As [`Provider::translate`](super::Provider::translate) says.
    pub(super) async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, MachineError> {
        let response = request.send().await.map_err(|error| self.failed(error))?;
        let status = response.status();
        let retry_after = retry_after(response.headers(), Timestamp::now());
        let body = self.read(response).await?;
        match verdict(status) {
            Verdict::Answered => serde_json::from_slice(&body)
                .map_err(|error| self.unusable(format!("it is not the JSON that was expected ({})", category(&error)))),
            Verdict::Later => Err(MachineError::Unavailable {
                provider: self.provider,
                reason: format!("status {}", status.as_u16()),
                retry_after,
            }),
            Verdict::Never => {
                Err(MachineError::Refused { provider: self.provider, reason: refusal(status, self.said(&body)) })
            }
        }
    }

    /// The message in the body of a refusal.
    fn said(&self, body: &[u8]) -> Option<String> {
        let body: Value = serde_json::from_slice(body).ok()?;
        Some(body.pointer(self.message)?.as_str()?.to_owned())
    }

    /// The error for an answer that is not as documented.
    pub(super) fn unusable(&self, reason: impl Into<String>) -> MachineError {
        MachineError::Answer { provider: self.provider, reason: reason.into() }
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, MachineError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(error))? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(self.unusable(format!("it is longer than {} MiB", LONGEST_ANSWER >> 20)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn failed(&self, error: reqwest::Error) -> MachineError {
        if error.is_timeout() && !error.is_connect() {
            return MachineError::TimedOut { provider: self.provider, limit: self.timeout };
        }
        // The address may hold a token, so errors go without it.
        let reason = in_words(&error.without_url());
        MachineError::Unavailable { provider: self.provider, reason, retry_after: None }
    }
}

fn client(mut tls: rustls::ClientConfig, timeout: Duration) -> Result<Client, String> {
    // A configuration made elsewhere is used as it is, so the offer of HTTP/2 has to be in it.
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("nisba/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(timeout.min(CONNECT_TIMEOUT))
        .timeout(timeout)
        .build()
        .map_err(|error| format!("no HTTP client can be made: {}", in_words(&error.without_url())))
}

/// What a status means for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Answered,
    Later,
    Never,
}

/// Of what the client can be blamed for, only haste passes by itself.
fn verdict(status: StatusCode) -> Verdict {
    match status.as_u16() {
        200..=299 => Verdict::Answered,
        429 | 500..=599 => Verdict::Later,
        _ => Verdict::Never,
    }
}

/// The reason of a refusal, with what to do about it where the status tells.
fn refusal(status: StatusCode, said: Option<String>) -> String {
    let advice = match status.as_u16() {
        300..=399 => "; redirects are not followed, set machine.url to the address that it has now",
        401 | 403 => "; see whether machine.api_key is right",
        404 | 405 | 410 => "; see whether machine.url is right",
        402 | 456 => "; the account's quota is used up, raise it there",
        _ => "; see its documentation for what it takes",
    };
    let code = status.as_u16();
    match said.map(|said| one_line(&said, QUOTED)).filter(|said| !said.is_empty()) {
        Some(said) => format!("status {code} ({said}){advice}"),
        None => format!("status {code}{advice}"),
    }
}

/// What is wrong with JSON, without quoting it.
fn category(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Syntax => "a syntax error",
        serde_json::error::Category::Eof => "it breaks off",
        serde_json::error::Category::Data => "other fields",
        serde_json::error::Category::Io => "unreadable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16) -> StatusCode {
        StatusCode::from_u16(code).expect("a status")
    }

    #[test]
    fn only_haste_and_faults_of_the_server_pass() {
        for code in [200, 201] {
            assert_eq!(verdict(status(code)), Verdict::Answered, "{code}");
        }
        for code in [429, 500, 502, 503, 504, 529] {
            assert_eq!(verdict(status(code)), Verdict::Later, "{code}");
        }
        for code in [301, 400, 401, 403, 404, 408, 413, 422, 456] {
            assert_eq!(verdict(status(code)), Verdict::Never, "{code}");
        }
    }

    #[test]
    fn a_refusal_is_one_short_line_that_helps() {
        let reason = refusal(status(403), Some("no\nsuch key".into()));
        assert_eq!(reason, "status 403 (no such key); see whether machine.api_key is right");
        assert!(refusal(status(400), Some("ж".repeat(999))).chars().count() < 300);
        assert!(refusal(status(302), None).contains("redirects are not followed"));
    }
}

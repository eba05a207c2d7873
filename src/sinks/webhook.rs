//! A webhook: records posted as JSON in batches, signed after [Standard Webhooks](https://www.standardwebhooks.com).
//!
//! The receiver gets each record at least once. It can tell a repeated request by its `webhook-id`, and an old
//! version of a record by `id` and `version`.

use std::time::Duration;

use data_encoding::BASE64;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;
use url::Url;

use super::{Accepted, Delivery, Message, Refusal, Sink, StoryDelivery, Unavailable};
use crate::answers::{in_words, one_line, retry_after};
use crate::tls;

/// As much of an answer as is read; what the receiver wants to say has room in it.
const BODY_READ: usize = 4 * 1024;
/// As much of an answer as a refusal quotes, in characters.
const BODY_QUOTED: usize = 200;
/// A receiver cannot silence the sink for longer than this.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);
/// An address that does not even take the connection need not use up the time for a whole request.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The least that Standard Webhooks allows, 192 bits.
const SECRET_BYTES: usize = 24;

/// The sink of kind `webhook`.
pub struct Webhook {
    url: Url,
    client: Client,
    signer: Option<standardwebhooks::Webhook>,
}

impl Webhook {
    /// For a receiver at an `http` or `https` address. The secret is `whsec_` and base64, or base64 alone; without
    /// one, requests bear no signature. `timeout` is for a whole request. The error is for the operator, and free
    /// of the secret and of what the address may hold.
    pub fn new(url: Url, secret: Option<&str>, timeout: Duration) -> Result<Webhook, String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("a webhook's url starts with https:// or http://, not {}:", url.scheme()));
        }
        let mut tls = (*tls::client_config()).clone();
        // A configuration made elsewhere is used as it is, so the offer of HTTP/2 has to be in it.
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("nisba/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(timeout.min(CONNECT_TIMEOUT))
            .timeout(timeout)
            .build()
            .map_err(|error| format!("no HTTP client can be made: {}", in_words(&error.without_url())))?;
        Ok(Webhook { url, client, signer: secret.map(signer).transpose()? })
    }

    /// Sends a batch, and halves what the receiver refuses until the records it refuses stand alone.
    ///
    /// Where the receiver fails midway, what it took before counts as not delivered and comes again with the rest.
    async fn send<M: Message>(&self, batch: &[M]) -> Result<Accepted, Unavailable> {
        let mut accepted = Accepted::default();
        let mut pending = vec![batch];
        while let Some(part) = pending.pop() {
            if part.is_empty() {
                continue;
            }
            let Some(reason) = self.post(part).await? else { continue };
            if let [only] = part {
                accepted.refused.push(Refusal { seq: only.seq(), reason });
            } else {
                let (first, second) = part.split_at(part.len() / 2);
                // The last in is the first out: order of `seq` is kept.
                pending.extend([second, first]);
            }
        }
        Ok(accepted)
    }

    /// One request. `None` is for accepted, `Some` for refused, with the reason.
    async fn post<M: Message>(&self, batch: &[M]) -> Result<Option<String>, Unavailable> {
        let now = Timestamp::now();
        let id = message_id(batch.iter().map(|message| (message.id(), message.version())));
        let body = body(now, batch);
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(standardwebhooks::HEADER_WEBHOOK_ID, &id)
            .header(standardwebhooks::HEADER_WEBHOOK_TIMESTAMP, now.as_second());
        if let Some(signer) = &self.signer {
            let signature = signer
                .sign(&id, now.as_second(), body.as_bytes())
                .map_err(|error| Unavailable::new(format!("the request cannot be signed: {error}")))?;
            request = request.header(standardwebhooks::HEADER_WEBHOOK_SIGNATURE, signature);
        }
        // The address may hold a token, so errors go without it.
        let response = request.body(body).send().await.map_err(|error| {
            let error = error.without_url();
            Unavailable::new(if error.is_timeout() { "no answer in time".into() } else { in_words(&error) })
        })?;
        judge(response).await
    }
}

impl Sink for Webhook {
    fn kind(&self) -> &'static str {
        "webhook"
    }

    /// Nothing to do: connections are made as they are needed, and kept.
    fn open(&mut self, _position: Option<&Value>) -> BoxFuture<'_, Result<(), Unavailable>> {
        Box::pin(async { Ok(()) })
    }

    fn deliver<'a>(&'a mut self, batch: &'a [Delivery]) -> BoxFuture<'a, Result<Accepted, Unavailable>> {
        Box::pin(self.send(batch))
    }

    fn tell<'a>(&'a mut self, batch: &'a [StoryDelivery]) -> BoxFuture<'a, Result<Accepted, Unavailable>> {
        Box::pin(self.send(batch))
    }
}

/// The signer for a secret. Decoded here and not by the crate, whose error could quote a part of the secret.
fn signer(secret: &str) -> Result<standardwebhooks::Webhook, String> {
    const ADVICE: &str = "it has to be `whsec_` and the base64 of at least 24 random bytes, as the receiver has it; \
         `openssl rand -base64 32` makes a new one";
    let secret = secret.trim();
    let secret = secret.strip_prefix("whsec_").unwrap_or(secret);
    let key = BASE64.decode(secret.as_bytes()).map_err(|_| format!("the webhook's secret is not base64: {ADVICE}"))?;
    if key.len() < SECRET_BYTES {
        return Err(format!("the webhook's secret is too short: {ADVICE}"));
    }
    standardwebhooks::Webhook::from_bytes(key).map_err(|_| format!("the webhook's secret cannot be used: {ADVICE}"))
}

/// The request's body. What is sent goes in as the store holds them, so that every sink gets the same bytes.
fn body<M: Message>(now: Timestamp, batch: &[M]) -> String {
    let bytes: usize = batch.iter().map(|message| message.json().len() + 1).sum();
    let mut body = String::with_capacity(bytes + 100);
    body.push_str(&format!(r#"{{"type":"{}","timestamp":"{now}","data":["#, M::KIND));
    for (index, message) in batch.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        body.push_str(message.json());
    }
    body.push_str("]}");
    body
}

/// The message's id: the same for the same records in the same versions, however often they are sent.
fn message_id<'a>(records: impl Iterator<Item = (&'a str, i64)>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (id, version) in records {
        // The length keeps two lists of ids from running together into one.
        hasher.update(&(id.len() as u64).to_le_bytes());
        hasher.update(id.as_bytes());
        hasher.update(&version.to_le_bytes());
    }
    format!("msg_{}", hasher.finalize().to_hex())
}

/// What an answer means for the records of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Accepted,
    /// The receiver read the request and will say the same each time.
    Refused,
    /// The request never got to where records are judged, or may fare better later.
    Unavailable,
}

/// The meaning of a status. What is about the address, the credentials or the moment is no fault of a record.
fn verdict(status: StatusCode) -> Verdict {
    match status.as_u16() {
        200..=299 => Verdict::Accepted,
        401 | 402 | 403 | 404 | 405 | 407 | 408 | 409 | 410 | 421 | 423 | 425 | 429 => Verdict::Unavailable,
        400..=499 => Verdict::Refused,
        _ => Verdict::Unavailable,
    }
}

/// Reads an answer, as [`Webhook::post`] gives it.
async fn judge(response: Response) -> Result<Option<String>, Unavailable> {
    let status = response.status();
    let retry_after = wait(response.headers(), Timestamp::now());
    // Read in any case: a connection whose answer was left unread cannot be used again.
    let said = start_of_body(response).await;
    match verdict(status) {
        Verdict::Accepted => Ok(None),
        Verdict::Refused => Ok(Some(refusal_reason(status, &said))),
        // Without what the receiver said: it may have quoted a document, and this goes to the log.
        Verdict::Unavailable => Err(Unavailable { reason: unavailable_reason(status), retry_after }),
    }
}

/// The first bytes of an answer. The status has decided already, so an answer that breaks off is good enough.
async fn start_of_body(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < BODY_READ {
        let Ok(Some(chunk)) = response.chunk().await else { break };
        let room = BODY_READ - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    body
}

fn refusal_reason(status: StatusCode, said: &[u8]) -> String {
    match one_line(&String::from_utf8_lossy(said), BODY_QUOTED).as_str() {
        "" => format!("status {}", status.as_u16()),
        said => format!("status {}: {said}", status.as_u16()),
    }
}

fn unavailable_reason(status: StatusCode) -> String {
    let advice = match status.as_u16() {
        300..=399 => ": redirects are not followed, give the address that the receiver has now",
        401 | 403 => ": the receiver does not accept the credentials or the signature",
        404 | 405 | 410 => ": nothing takes webhooks at this address",
        _ => "",
    };
    format!("status {status}{advice}")
}

/// The wait that the receiver asks for, an hour at most.
fn wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    retry_after(headers, now).map(|wait| wait.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16) -> StatusCode {
        StatusCode::from_u16(code).expect("a status")
    }

    #[test]
    fn a_status_blames_the_record_or_the_moment() {
        for code in [200, 201, 202, 204] {
            assert_eq!(verdict(status(code)), Verdict::Accepted, "{code}");
        }
        for code in [400, 413, 414, 415, 422, 406, 418, 451] {
            assert_eq!(verdict(status(code)), Verdict::Refused, "{code}");
        }
        for code in [301, 302, 307, 308, 401, 403, 404, 405, 408, 409, 410, 421, 423, 425, 429, 500, 502, 503, 504] {
            assert_eq!(verdict(status(code)), Verdict::Unavailable, "{code}");
        }
    }

    #[test]
    fn no_receiver_is_waited_for_longer_than_an_hour() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().expect("a time");
        let wait = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(reqwest::header::RETRY_AFTER, value.parse().expect("a header"));
            wait(&headers, now)
        };
        assert_eq!(wait("Mon, 07 Nov 1994 08:49:37 GMT"), Some(LONGEST_RETRY_AFTER));
        assert_eq!(wait("99999999999999999999999"), Some(LONGEST_RETRY_AFTER));
        assert_eq!(wait("120"), Some(Duration::from_secs(120)));
        assert_eq!(wait("soon"), None);
    }

    #[test]
    fn a_message_is_known_again_by_its_records() {
        let of = |records: &[(&'static str, i64)]| message_id(records.iter().copied());
        assert_eq!(of(&[("a", 1), ("b", 2)]), of(&[("a", 1), ("b", 2)]));
        for other in [&[("a", 1), ("b", 3)][..], &[("b", 2), ("a", 1)], &[("a", 1)], &[]] {
            assert_ne!(of(&[("a", 1), ("b", 2)]), of(other));
        }
        let id = of(&[("a", 1)]);
        assert!(id.starts_with("msg_") && id.len() == 68, "{id}");
        // Receivers keep ids for longer than a release of nisba lives.
        assert_eq!(of(&[]), "msg_af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
    }

    #[test]
    fn a_secret_is_checked_and_never_told() {
        assert!(signer("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").is_ok());
        assert!(signer("C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n").is_ok());
        for bad in ["whsec_", "", "hunter2hunter2!", "whsec_aHVudGVyMg=="] {
            let error = signer(bad).err().expect("refused");
            assert!(error.contains("base64") && !error.contains("hunter") && !error.contains("aHVu"), "{error}");
        }
    }

    #[test]
    fn a_reason_is_one_short_line() {
        assert_eq!(refusal_reason(status(422), b"no\nsuch field\n"), "status 422: no such field");
        assert_eq!(refusal_reason(status(400), b""), "status 400");
        let long = refusal_reason(status(400), "ж".repeat(999).as_bytes());
        assert_eq!(long.chars().count(), "status 400: ".len() + BODY_QUOTED);
        assert!(unavailable_reason(status(302)).contains("redirects are not followed"));
    }

    #[test]
    fn only_web_addresses_are_taken() {
        let new = |url: &str| Webhook::new(Url::parse(url).expect("a url"), None, Duration::from_secs(1));
        assert!(new("https://user:pass@example.org/hook?token=x").is_ok());
        assert!(new("ftp://user:pass@example.org/").err().is_some_and(|error| !error.contains("pass")));
    }
}

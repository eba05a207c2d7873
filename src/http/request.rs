//! What handlers read from requests: bodies up to a limit, queries that are checked, preferences.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, CONTENT_LENGTH, HeaderMap};
use futures_util::StreamExt;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::Problem;
use super::coding::Coding;

/// A sender that is silent for so long in the middle of a body is not waited for.
const STALLED: Duration = Duration::from_secs(30);

/// How many a page of a listing has: as many as are asked for, or as is usual.
///
/// # Errors
/// 422 for none, or for more than `most`.
pub fn page_of(limit: Option<usize>, usual: usize, most: usize) -> Result<usize, Problem> {
    let limit = limit.unwrap_or(usual);
    if !(1..=most).contains(&limit) {
        return Err(Problem::invalid("limit", &format!("must be between 1 and {most}")));
    }
    Ok(limit)
}

/// Reads a body, unpacked, up to `limit` bytes before and after; refuses as soon as its length or the bytes so far tell.
///
/// # Errors
/// 413 beyond the limit, 400 when the sender stops or the compression is wrong.
pub async fn read_body(headers: &HeaderMap, payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let length = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(Problem::too_large(limit));
    }
    let coding = Coding::of(headers)?;
    let mut stream = payload;
    let mut packed = Vec::with_capacity(length.unwrap_or(0).min(limit));
    loop {
        let next = tokio::time::timeout(STALLED, stream.next()).await.map_err(|_| Problem::stalled(STALLED))?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|e| Problem::malformed(format!("the body cannot be read: {e}")))?;
        if packed.len() + chunk.len() > limit {
            return Err(Problem::too_large(limit));
        }
        packed.extend_from_slice(&chunk);
    }
    if coding == Coding::Identity {
        return Ok(packed);
    }
    let unpacked = tokio::task::spawn_blocking(move || coding.decode_all(packed, limit));
    let unpacked = unpacked.await.map_err(|e| Problem::internal(e.to_string()))?;
    let unpacked = unpacked.map_err(|e| Problem::malformed(format!("the body cannot be unpacked: {e}")))?;
    unpacked.ok_or_else(|| Problem::too_large(limit))
}

/// Reads a body of JSON into `T`, up to `limit` bytes.
///
/// # Errors
/// 400 for what is no JSON, 422 for a field that is missing, unknown or of the wrong type.
pub async fn read_json<T: DeserializeOwned>(
    request: &HttpRequest,
    body: actix_web::web::Payload,
    limit: usize,
) -> Result<T, Problem> {
    let bytes = read_body(request.headers(), body.into_inner(), limit).await?;
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|e| {
        let path = e.path().to_string();
        let error = e.into_inner();
        if !error.is_data() {
            return Problem::malformed(format!("the body is no JSON: {error}"));
        }
        let text = error.to_string();
        let field =
            text.split('`').nth(1).filter(|_| path == "." || path.is_empty()).map_or(path.clone(), str::to_owned);
        Problem::invalid(&field, &text)
    })
}

/// Reads the query into `T`, which names every parameter that is known.
///
/// # Errors
/// 422 for what is unknown or of the wrong shape.
pub fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Problem> {
    query_of(request.query_string())
}

/// Reads a query that is written out.
///
/// # Errors
/// 422 for what is unknown or of the wrong shape.
pub fn query_of<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(|e| {
        let path = e.path().to_string();
        let text = e.into_inner().to_string();
        // What is unknown, missing or twice there is on no path, but in the message.
        let named = ["unknown field `", "missing field `", "duplicate field `"];
        let named = named.iter().find_map(|start| text.strip_prefix(start)?.split('`').next());
        let field = named.map_or(path, str::to_owned);
        Problem::invalid(&field, &text)
    })
}

/// The seconds of `Prefer: wait=…` (RFC 7240), where the request has it.
pub fn preferred_wait(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get_all("prefer")
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split([',', ';']))
        .filter_map(|part| part.trim().split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
        .find_map(|(_, seconds)| seconds.trim().trim_matches('"').parse::<u32>().ok())
        .map(|seconds| Duration::from_secs(seconds.into()))
}

/// Whether the client would rather have this media type than JSON.
pub fn prefers(headers: &HeaderMap, media_type: &str) -> bool {
    let accept = headers.get(ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accept.split(',').next().is_some_and(|first| first.split(';').next().is_some_and(|t| t.trim() == media_type))
}

/// A time as RFC 3339 writes it, or a day.
pub fn time(field: &str, text: Option<String>) -> Result<Option<Timestamp>, Problem> {
    let parse = |text: String| {
        let day = format!("{text}T00:00:00Z");
        text.parse()
            .or_else(|_| day.parse())
            .map_err(|_| Problem::invalid(field, "is no time as RFC 3339 writes it, nor a date alone"))
    };
    text.map(parse).transpose()
}

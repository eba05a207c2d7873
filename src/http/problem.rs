//! Errors over HTTP: RFC 9457 `application/problem+json`. The types are documented in `docs/errors.md`.

use std::time::Duration;

use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::Value;

use crate::intake::feed::EntryError;
use crate::model::SubmissionError;
use crate::store::StoreError;

/// What a problem's `type` begins with.
const TYPES: &str = "https://nisba.dev/problems/";

/// A problem, as its JSON.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip)]
    headers: Vec<(HeaderName, String)>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl Problem {
    fn new(status: u16, kind: &str, title: &'static str, detail: impl Into<String>) -> Problem {
        Problem {
            kind: format!("{TYPES}{kind}"),
            title,
            status,
            detail: detail.into(),
            field: None,
            headers: Vec::new(),
        }
    }

    fn with(mut self, header: HeaderName, value: impl Into<String>) -> Problem {
        self.headers.push((header, value.into()));
        self
    }

    /// 400: what came is no JSON, form, or whatever it says that it is.
    pub fn malformed(detail: impl Into<String>) -> Problem {
        Problem::new(400, "malformed", "The request cannot be parsed", detail)
    }

    /// 400: bytes that the declared charset does not have.
    pub fn wrong_charset(detail: impl Into<String>) -> Problem {
        Problem::new(400, "wrong-charset", "The text is not in the charset that it says", detail)
    }

    /// 401: no key, or an unknown one.
    pub fn unauthorised(detail: impl Into<String>) -> Problem {
        Problem::new(401, "unauthorised", "An API key is needed", detail)
            .with(WWW_AUTHENTICATE, "Bearer realm=\"nisba\"")
    }

    /// 403: the key lacks the scope.
    pub fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(403, "forbidden", "The API key does not allow this", detail)
    }

    /// 404: nothing of this id, name or path.
    pub fn not_found(detail: impl Into<String>) -> Problem {
        Problem::new(404, "not-found", "There is no such thing", detail)
    }

    /// 410: it was there.
    pub fn gone(detail: impl Into<String>) -> Problem {
        Problem::new(410, "deleted", "It was deleted", detail)
    }

    /// 410: a document whose deletion is this version of its record.
    pub fn deleted(id: &str, version: i64) -> Problem {
        Problem::gone(format!("the document {id} was deleted; version {version} of its record says so"))
    }

    /// 413: a body beyond `limit` bytes.
    pub fn too_large(limit: usize) -> Problem {
        let detail = format!("the body is larger than {limit} bytes, the limit server.max_body");
        Problem::new(413, "too-large", "The document is too large", detail)
    }

    /// 413: beyond another limit, which `detail` names.
    pub fn beyond_limit(detail: impl Into<String>) -> Problem {
        Problem::new(413, "too-large", "The document is too large", detail)
    }

    /// 408: nothing of the body came for so long.
    pub fn stalled(silent: Duration) -> Problem {
        let detail = format!("nothing of the body came for {} s; send again", silent.as_secs());
        Problem::new(408, "stalled", "The body did not arrive", detail)
    }

    /// 415: a media type or encoding that is not read.
    pub fn unsupported(detail: impl Into<String>) -> Problem {
        Problem::new(415, "unsupported-media-type", "The media type is not supported", detail)
    }

    /// 422: a field of what was sent, with the reason.
    pub fn invalid(field: &str, reason: &str) -> Problem {
        let detail = format!("{field}: {reason}");
        Problem {
            field: Some(field.to_owned()),
            ..Problem::new(422, "invalid-field", "A field is missing or invalid", detail)
        }
    }

    /// 409: a decision that contradicts one in force.
    pub fn conflict(detail: impl Into<String>) -> Problem {
        Problem::new(409, "contradiction", "It contradicts what was decided", detail)
    }

    /// 409: no translation service is configured.
    pub fn translation_off(detail: impl Into<String>) -> Problem {
        Problem::new(409, "translation-off", "Machine translation is not configured", detail)
    }

    /// 502: the translation service did not translate.
    pub fn translation_failed(detail: impl Into<String>) -> Problem {
        Problem::new(502, "translation-failed", "The translation service refused or answered wrongly", detail)
    }

    /// 422: the document is a dead letter, for this reason.
    pub fn failed(reason: &str) -> Problem {
        Problem::new(422, "document-failed", "The document could not be processed", reason)
    }

    /// The problem as its JSON, with the seconds after which to try again, where that helps.
    pub fn to_json(&self) -> Value {
        let mut json = serde_json::to_value(self).unwrap_or_default();
        if let Some((_, seconds)) = self.headers.iter().find(|(name, _)| *name == RETRY_AFTER) {
            json["retry_after"] = seconds.parse().unwrap_or(5).into();
        }
        json
    }

    /// 500: nobody else is to blame.
    pub fn internal(detail: impl Into<String>) -> Problem {
        Problem::new(500, "internal", "Something is wrong here", detail)
    }

    /// 503: try again in some seconds.
    pub fn unavailable(detail: impl Into<String>) -> Problem {
        Problem::unavailable_for(detail, None)
    }

    /// 503: try again after so much time, where that is known.
    pub fn unavailable_for(detail: impl Into<String>, pause: Option<Duration>) -> Problem {
        let seconds = pause.map_or(5, |pause| pause.as_secs_f64().ceil().max(1.0) as u64);
        let problem = Problem::new(503, "unavailable", "The service cannot take this now", detail);
        problem.with(RETRY_AFTER, seconds.to_string())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        let body = serde_json::to_string(self).unwrap_or_else(|_| "{}".into());
        response.content_type("application/problem+json").body(body)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let detail = error.to_string();
        match error {
            StoreError::Full(_) => Problem::new(507, "disk-full", "The disk is full", detail).with(RETRY_AFTER, "60"),
            StoreError::Backlog(_) => {
                Problem::new(503, "backlog-full", "The spool is full", detail).with(RETRY_AFTER, "5")
            }
            StoreError::Closed => Problem::unavailable("the service is stopping"),
            StoreError::Open { .. } | StoreError::InUse(_) | StoreError::Sql(_) | StoreError::Corrupt(_) => {
                Problem::internal(detail)
            }
        }
    }
}

impl From<SubmissionError> for Problem {
    fn from(error: SubmissionError) -> Self {
        match error {
            SubmissionError::Malformed(_) => Problem::malformed(error.to_string()),
            SubmissionError::Field { field, reason } => Problem::invalid(&field, &reason),
        }
    }
}

impl From<EntryError> for Problem {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::Submission(error) => error.into(),
            EntryError::TooLong(_) | EntryError::TooLarge(_) => Problem::beyond_limit(error.to_string()),
            EntryError::NotUtf8(_) => Problem::wrong_charset(error.to_string()),
            EntryError::Blank | EntryError::Record(_) | EntryError::Cut(_) | EntryError::Broken(_) => {
                Problem::malformed(error.to_string())
            }
        }
    }
}

/// For a resource that exists, asked with a method that it does not know.
pub async fn wrong_method(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let pattern = request.match_pattern().unwrap_or_default();
    let allowed = match pattern.as_str() {
        "/v1/documents"
        | "/v1/documents:bulk"
        | "/v1/batches/{label}/retry"
        | "/v1/analyze"
        | "/v1/language"
        | "/v1/names/compare"
        | "/v1/names/parse"
        | "/v1/dead-letters/retry"
        | "/v1/dead-letters/{id}/retry" => "POST",
        "/v1/dead-letters" | "/v1/dead-letters/{id}" | "/v1/decisions/{id}" | "/v1/documents/{id}" => {
            "GET, HEAD, DELETE"
        }
        "/v1/decisions" | "/v1/reprocess" => "GET, HEAD, POST",
        _ => "GET, HEAD",
    };
    if *request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((ALLOW, allowed)).finish());
    }
    let detail = format!("{} is not possible here; possible: {allowed}", request.method());
    Err(Problem::new(405, "wrong-method", "The method is not possible here", detail).with(ALLOW, allowed))
}

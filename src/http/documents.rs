//! `/v1/documents`: documents come in, and can be seen as they came.

use actix_web::http::header::{CONTENT_LANGUAGE, HeaderMap, LOCATION};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use encoding_rs::Encoding;
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{preferred_wait, prefers, query, read_body};
use super::{Problem, RequestId, Shared};
use crate::model::{Body, Document, Lane, NewDocument, Submission};
use crate::service::Waited;
use crate::store::{Erased, Receipt, State};

/// `POST /v1/documents`
pub async fn post(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let kind = Kind::of(&request)?;
    let body = read_body(request.headers(), payload.into_inner(), shared.max_body).await?;
    let document = kind.document(&request, body)?;
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let receipt = shared.service.accept(document, &request_id).await?;
    let Some(wait) = preferred_wait(request.headers()) else { return accepted(&shared, &receipt).await };
    let wait = wait.min(shared.max_wait);
    match shared.service.wait_for(&receipt, wait).await? {
        Waited::Record(record) => Ok(HttpResponse::Ok()
            .content_type("application/json")
            .insert_header(("Preference-Applied", format!("wait={}", wait.as_secs())))
            .body(record.json.to_string())),
        Waited::Dead(reason) => Err(Problem::failed(&reason)),
        Waited::Superseded | Waited::NotYet => accepted(&shared, &receipt).await,
    }
}

async fn accepted(shared: &Shared, receipt: &Receipt) -> Result<HttpResponse, Problem> {
    let found = shared.service.store.status(&receipt.id, Some(receipt.revision)).await?;
    let state = found.map_or(State::Waiting, |(_, state)| state);
    Ok(HttpResponse::Accepted()
        .insert_header((LOCATION, format!("/v1/documents/{}/status", receipt.id)))
        .json(status_json(receipt, &state)))
}

/// `GET /v1/documents/{id}`: JSON with everything that was sent; the bytes alone for `Accept: text/html` or `text/plain`.
pub async fn get(request: HttpRequest, id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let which: Which = query(&request)?;
    let found = shared.service.store.document(&id, which.revision).await?;
    let Some(document) = found else { return Err(missing(&shared, &id, which.revision).await) };
    let media_type = document.body.media_type();
    if prefers(request.headers(), media_type.split(';').next().unwrap_or_default()) {
        return Ok(HttpResponse::Ok().content_type(media_type).body(document.body.bytes().to_vec()));
    }
    Ok(HttpResponse::Ok().json(document_json(&document)))
}

/// `GET /v1/documents/{id}/status`
pub async fn status(request: HttpRequest, id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let which: Which = query(&request)?;
    let found = shared.service.store.status(&id, which.revision).await?;
    let Some((receipt, state)) = found else { return Err(missing(&shared, &id, which.revision).await) };
    Ok(HttpResponse::Ok().json(status_json(&receipt, &state)))
}

/// `DELETE /v1/documents/{id}`: erases the document, its records and its dead letters; every sink is told.
pub async fn delete(request: HttpRequest, id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    match shared.service.erase(&id, &request_id).await? {
        Erased::Now { version, .. } => {
            Ok(HttpResponse::Ok().json(json!({"id": *id, "status": "deleted", "version": version})))
        }
        Erased::Before { version } => Err(deleted(&id, version)),
        Erased::Unknown => Err(Problem::not_found(format!("no document {id}"))),
    }
}

fn deleted(id: &str, version: i64) -> Problem {
    Problem::gone(format!("the document {id} was deleted; version {version} of its record says so"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    revision: Option<i64>,
}

async fn missing(shared: &Shared, id: &str, revision: Option<i64>) -> Problem {
    match shared.service.store.deleted(id).await {
        Ok(Some(version)) => return deleted(id, version),
        Ok(None) => {}
        Err(error) => return error.into(),
    }
    Problem::not_found(match revision {
        Some(revision) => format!("no document {id} in revision {revision}"),
        None => format!("no document {id}"),
    })
}

fn status_json(receipt: &Receipt, state: &State) -> Value {
    let id = &receipt.id;
    let mut json = json!({
        "id": id,
        "revision": receipt.revision,
        "status": "spooled",
        "links": {
            "self": format!("/v1/documents/{id}"),
            "status": format!("/v1/documents/{id}/status"),
            "record": format!("/v1/records/{id}"),
        },
    });
    match state {
        State::Waiting => {}
        State::Done { version } => {
            json["status"] = "done".into();
            json["version"] = (*version).into();
        }
        State::Superseded => json["status"] = "superseded".into(),
        State::Dead { reason } => {
            json["status"] = "dead".into();
            json["reason"] = reason.as_str().into();
        }
    }
    json
}

fn document_json(document: &Document) -> Value {
    let mut json = json!({
        "id": document.id,
        "revision": document.revision,
        "received_at": document.received_at,
        "content_hash": data_encoding::HEXLOWER.encode(&document.content_hash),
        "media_type": document.body.media_type(),
    });
    if let Ok(Value::Object(metadata)) = serde_json::to_value(&document.metadata)
        && let Some(object) = json.as_object_mut()
    {
        object.extend(metadata);
    }
    match &document.body {
        Body::Text(text) => json["text"] = text.as_str().into(),
        Body::Html { bytes, .. } => match std::str::from_utf8(bytes) {
            Ok(html) => json["html"] = html.into(),
            Err(_) => json["html_base64"] = data_encoding::BASE64.encode(bytes).into(),
        },
    }
    json
}

/// The media types that documents come in.
pub(super) enum Kind {
    Json,
    Html { charset: Option<&'static Encoding> },
    Text { charset: Option<&'static Encoding> },
}

impl Kind {
    pub(super) fn of(request: &HttpRequest) -> Result<Kind, Problem> {
        let known = "send application/json, text/html or text/plain";
        let mime = request
            .mime_type()
            .map_err(|e| Problem::unsupported(format!("the Content-Type cannot be parsed: {e}; {known}")))?;
        let mime = mime.ok_or_else(|| Problem::unsupported(format!("there is no Content-Type; {known}")))?;
        let charset = match mime.get_param("charset") {
            None => None,
            Some(label) => Some(
                Encoding::for_label(label.as_str().as_bytes())
                    .ok_or_else(|| Problem::wrong_charset(format!("\"{label}\" is no charset that is known")))?,
            ),
        };
        match mime.essence_str() {
            "application/json" if charset.is_none_or(|c| c == encoding_rs::UTF_8) => Ok(Kind::Json),
            "application/json" => Err(Problem::wrong_charset("JSON is always UTF-8 (RFC 8259)")),
            "text/html" => Ok(Kind::Html { charset }),
            "text/plain" => Ok(Kind::Text { charset }),
            other => Err(Problem::unsupported(format!("{other} is not supported; {known}"))),
        }
    }

    pub(super) fn document(self, request: &HttpRequest, body: Vec<u8>) -> Result<NewDocument, Problem> {
        match self {
            Kind::Json => {
                if let Some((parameter, _)) = url::form_urlencoded::parse(request.query_string().as_bytes()).next() {
                    return Err(Problem::invalid(&parameter, "belongs into the JSON, not into the query"));
                }
                if let Err(e) = std::str::from_utf8(&body) {
                    return Err(Problem::wrong_charset(format!(
                        "JSON is always UTF-8, and byte {} is not",
                        e.valid_up_to()
                    )));
                }
                Ok(Submission::from_json(&body)?.into_document(None)?)
            }
            Kind::Html { charset } => {
                if let Some(encoding) = charset
                    && !plausible(encoding, &body)
                {
                    return Err(Problem::wrong_charset(format!(
                        "the page is not {}; say which charset it is in, or leave it out",
                        encoding.name()
                    )));
                }
                let charset = charset.map(|c| c.name().to_ascii_lowercase());
                Ok(described(request)?.into_document(Some(Body::Html { bytes: body, charset }))?)
            }
            Kind::Text { charset } => {
                let charset = charset.unwrap_or(encoding_rs::UTF_8);
                let (text, wrong) = charset.decode_with_bom_removal(&body);
                if wrong {
                    return Err(Problem::wrong_charset(format!(
                        "the text is not {}; say which charset it is in",
                        charset.name()
                    )));
                }
                Ok(described(request)?.into_document(Some(Body::Text(text.into_owned())))?)
            }
        }
    }
}

/// Whether the bytes can be in the charset: a few strays in a page do not speak against it.
fn plausible(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let (text, _, wrong) = encoding.decode(bytes);
    if !wrong {
        return true;
    }
    let strays = text.chars().filter(|c| *c == '\u{FFFD}').count();
    strays * 200 <= text.chars().filter(|c| !c.is_ascii()).count().max(200)
}

/// What a page or text is described by: the query, then headers.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    url: Option<String>,
    source: Option<String>,
    title: Option<String>,
    language: Option<String>,
    published_at: Option<String>,
    fetched_at: Option<String>,
    http_status: Option<u16>,
    final_url: Option<String>,
    batch: Option<String>,
    lane: Option<Lane>,
    /// A JSON object.
    metadata: Option<String>,
}

const PREFIX: &str = "x-nisba-";

/// What may follow it.
const FIELDS: [&str; 11] = [
    "url",
    "source",
    "title",
    "language",
    "published-at",
    "fetched-at",
    "http-status",
    "final-url",
    "batch",
    "lane",
    "metadata",
];

fn described(request: &HttpRequest) -> Result<Submission, Problem> {
    let by_query: Described = query(request)?;
    let headers = request.headers();
    if let Some(unknown) =
        headers.keys().map(|k| k.as_str()).find(|k| k.strip_prefix(PREFIX).is_some_and(|k| !FIELDS.contains(&k)))
    {
        return Err(Problem::invalid(unknown, "is no header that is known"));
    }
    let metadata = by_query.metadata.map_or_else(|| header(headers, "metadata"), |m| Ok(Some(m)))?;
    let metadata = metadata
        .map(|m| serde_json::from_str(&m).map_err(|e| Problem::invalid("metadata", &format!("is no JSON object: {e}"))))
        .transpose()?;
    let either =
        |query: Option<String>, name: &str| query.map_or_else(|| header(headers, name), |value| Ok(Some(value)));
    // A list has its main language first; what is no tag is only a hint that is none.
    let content_language = headers
        .get(CONTENT_LANGUAGE)
        .and_then(|value| value.to_str().ok()?.split(',').next())
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| crate::language::declared(tag).is_some());
    Ok(Submission {
        text: None,
        html: None,
        url: either(by_query.url, "url")?,
        source: either(by_query.source, "source")?,
        title: either(by_query.title, "title")?,
        language: either(by_query.language, "language")?.or(content_language),
        published_at: either(by_query.published_at, "published-at")?,
        fetched_at: either(by_query.fetched_at, "fetched-at")?,
        http_status: match (by_query.http_status, header(headers, "http-status")?) {
            (None, Some(status)) => Some(
                status.trim().parse().map_err(|_| Problem::invalid("http_status", "is no number from 100 to 599"))?,
            ),
            (status, _) => status,
        },
        final_url: either(by_query.final_url, "final-url")?,
        batch: either(by_query.batch, "batch")?,
        lane: match (by_query.lane, header(headers, "lane")?.as_deref()) {
            (Some(lane), _) => Some(lane),
            (None, None) => None,
            (None, Some("fresh")) => Some(Lane::Fresh),
            (None, Some("backfill")) => Some(Lane::Backfill),
            (None, Some(_)) => return Err(Problem::invalid("lane", "is fresh or backfill")),
        },
        metadata,
    })
}

/// The value of `X-Nisba-NAME`, UTF-8, or percent-encoded as headers want it.
fn header(headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(format!("{PREFIX}{name}")) else { return Ok(None) };
    let wrong = || Problem::invalid(&name.replace('-', "_"), "the header is not UTF-8; percent-encode it");
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| wrong())?;
    // An address keeps its own percent signs.
    if matches!(name, "url" | "final-url" | "metadata") || !text.contains('%') {
        return Ok(Some(text.to_owned()));
    }
    let pair = format!("v={}", text.replace('+', "%2B"));
    let decoded = url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, v)| v.into_owned());
    Ok(Some(decoded.unwrap_or_else(|| text.to_owned())))
}

//! `/v1/documents`: documents come in, and can be seen as they came.

use actix_web::http::header::{CONTENT_LANGUAGE, HeaderMap, LOCATION};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{self, preferred_wait, prefers, query, read_body};
use super::{Problem, RequestId, Shared, multipart};
use crate::model::{Body, Document, Lane, NewDocument, Submission};
use crate::service::Waited;
use crate::store::{Erased, Receipt, State};

/// `POST /v1/documents`
pub async fn post(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let kind = Kind::of(&request)?;
    let body = read_body(request.headers(), payload.into_inner(), shared.max_body).await?;
    let document = kind.document(&request, body).await?;
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
        Body::Legacy { bytes, .. } => json["text_base64"] = data_encoding::BASE64.encode(bytes).into(),
    }
    json
}

/// The media types that documents come in.
pub(super) enum Kind {
    Json,
    Html { charset: Option<String> },
    Text { charset: Option<String> },
    Form,
}

impl Kind {
    pub(super) fn of(request: &HttpRequest) -> Result<Kind, Problem> {
        let known = "send application/json, text/html, text/plain or multipart/form-data; many at once go to /v1/documents:bulk";
        let mime = request
            .mime_type()
            .map_err(|e| Problem::unsupported(format!("the Content-Type cannot be parsed: {e}; {known}")))?;
        let mime = mime.ok_or_else(|| Problem::unsupported(format!("there is no Content-Type; {known}")))?;
        let charset = mime.get_param("charset").map(|label| label.as_str().to_owned());
        match mime.essence_str() {
            "application/json" if charset.as_deref().is_none_or(|c| c.eq_ignore_ascii_case("utf-8")) => Ok(Kind::Json),
            "application/json" => Err(Problem::wrong_charset("JSON is always UTF-8 (RFC 8259)")),
            "text/html" | "application/xhtml+xml" => Ok(Kind::Html { charset }),
            "text/plain" => Ok(Kind::Text { charset }),
            "multipart/form-data" => Ok(Kind::Form),
            other => Err(Problem::unsupported(format!("{other} is not supported; {known}"))),
        }
    }

    pub(super) async fn document(self, request: &HttpRequest, body: Vec<u8>) -> Result<NewDocument, Problem> {
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
            Kind::Html { charset } => page_document(body, charset, described(request)?),
            Kind::Text { charset } => text_document(body, charset, described(request)?),
            Kind::Form => multipart::read(request, body).await,
        }
    }
}

/// A page, in whatever charset it is: what the header says is only a hint.
pub(super) fn page_document(
    bytes: Vec<u8>,
    charset: Option<String>,
    submission: Submission,
) -> Result<NewDocument, Problem> {
    let charset = charset.map(|label| label.to_ascii_lowercase());
    Ok(submission.into_document(Some(Body::Html { bytes, charset }))?)
}

/// A plain text, in whatever charset it is.
pub(super) fn text_document(
    bytes: Vec<u8>,
    charset: Option<String>,
    submission: Submission,
) -> Result<NewDocument, Problem> {
    Ok(submission.into_document(Some(Body::of_text(bytes, charset)))?)
}

/// What a page or text is described by: the query, then headers.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Described {
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

impl Described {
    /// Reads a query, or the fields of a form that are written as one.
    pub(super) fn read(query: &str) -> Result<Described, Problem> {
        request::query_of(query)
    }

    /// What it says, without headers.
    pub(super) fn submission(self) -> Result<Submission, Problem> {
        let metadata = self.metadata.as_deref().map(|json| {
            serde_json::from_str(json).map_err(|e| Problem::invalid("metadata", &format!("is no JSON object: {e}")))
        });
        Ok(Submission {
            text: None,
            html: None,
            url: self.url,
            source: self.source,
            title: self.title,
            language: self.language,
            published_at: self.published_at,
            fetched_at: self.fetched_at,
            http_status: self.http_status,
            final_url: self.final_url,
            batch: self.batch,
            lane: self.lane,
            metadata: metadata.transpose()?,
        })
    }
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
    let mut described = Described::read(request.query_string())?;
    let headers = request.headers();
    if let Some(unknown) =
        headers.keys().map(|k| k.as_str()).find(|k| k.strip_prefix(PREFIX).is_some_and(|k| !FIELDS.contains(&k)))
    {
        return Err(Problem::invalid(unknown, "is no header that is known"));
    }
    let fill = |own: &mut Option<String>, name: &str| {
        if own.is_none() {
            *own = header(headers, name)?;
        }
        Ok::<(), Problem>(())
    };
    fill(&mut described.url, "url")?;
    fill(&mut described.source, "source")?;
    fill(&mut described.title, "title")?;
    fill(&mut described.language, "language")?;
    fill(&mut described.published_at, "published-at")?;
    fill(&mut described.fetched_at, "fetched-at")?;
    fill(&mut described.final_url, "final-url")?;
    fill(&mut described.batch, "batch")?;
    fill(&mut described.metadata, "metadata")?;
    if let (None, Some(status)) = (described.http_status, header(headers, "http-status")?) {
        let wrong = |_| Problem::invalid("http_status", "is no number from 100 to 599");
        described.http_status = Some(status.trim().parse().map_err(wrong)?);
    }
    if let (None, Some(lane)) = (described.lane, header(headers, "lane")?) {
        let lanes = Lane::ALL.into_iter().find(|known| known.name() == lane);
        described.lane = Some(lanes.ok_or_else(|| Problem::invalid("lane", "is fresh or backfill"))?);
    }
    // A list has its main language first; what is no tag is only a hint that is none.
    let content_language = headers
        .get(CONTENT_LANGUAGE)
        .and_then(|value| value.to_str().ok()?.split(',').next())
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| crate::language::declared(tag).is_some());
    described.language = described.language.or(content_language);
    described.submission()
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

//! `/v1/documents`: documents come in, and can be seen as they came.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::described::{described, page_document, text_document};
use super::request::{preferred_wait, prefers, query, read_body};
use super::{Problem, RequestId, Shared, multipart};
use crate::model::{Body, Document, NewDocument, Submission};
use crate::service::Waited;
use crate::store::{Erased, Receipt, State};

/// `POST /v1/documents`
pub async fn post(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let kind = Kind::of(&request)?;
    let body = read_body(request.headers(), payload.into_inner(), shared.max_body).await?;
    let document = kind.document(&request, body).await?;
    let request_id = RequestId::of(&request);
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
    let request_id = RequestId::of(&request);
    match shared.service.erase(&id, &request_id).await? {
        Erased::Now { version, .. } => {
            Ok(HttpResponse::Ok().json(json!({"id": *id, "status": "deleted", "version": version})))
        }
        Erased::Before { version } => Err(Problem::deleted(&id, version)),
        Erased::Unknown => Err(Problem::not_found(format!("no document {id}"))),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    revision: Option<i64>,
}

async fn missing(shared: &Shared, id: &str, revision: Option<i64>) -> Problem {
    match shared.service.store.deleted(id).await {
        Ok(Some(version)) => return Problem::deleted(id, version),
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

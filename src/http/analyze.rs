//! `POST /v1/analyze`: a document to its record, and nothing is stored.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::documents::Kind;
use super::request::read_body;
use super::{Problem, Shared};

/// Takes what `POST /v1/documents` takes and answers with the record that it would become: version 0, people in no list
/// without an id, and no decision of an analyst.
pub async fn post(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let kind = Kind::of(&request)?;
    let body = read_body(request.headers(), payload.into_inner(), shared.max_body).await?;
    let document = kind.document(&request, body).await?;
    let record = shared.service.analyze(document).await.map_err(|reason| Problem::failed(&reason))?;
    Ok(HttpResponse::Ok().json(record))
}

//! `/v1/dead-letters`: what could not be processed or delivered.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::request::{page_of, query};
use super::{Problem, Shared};
use crate::store::DeadLetterFilter;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    sink: Option<String>,
    batch: Option<String>,
    cursor: Option<i64>,
    limit: Option<usize>,
}

/// `GET /v1/dead-letters?sink=&batch=&cursor=&limit=`
pub async fn list(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let listing: Listing = query(&request)?;
    let limit = page_of(listing.limit, 100, 1_000)?;
    let filter = DeadLetterFilter {
        id: None,
        sink: listing.sink,
        batch: listing.batch,
        after: listing.cursor.unwrap_or(0),
        limit,
    };
    let letters = shared.service.store.dead_letters(filter).await?;
    let next = (letters.len() == limit).then(|| letters.last().map(|l| l.id)).flatten();
    Ok(HttpResponse::Ok().json(json!({"dead_letters": letters, "next": next})))
}

/// `GET /v1/dead-letters/{id}`
pub async fn get(id: Path<i64>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let letters = shared.service.store.dead_letters(one(*id)).await?;
    let letter = letters.first().ok_or_else(|| Problem::not_found(format!("no dead letter {id}")))?;
    Ok(HttpResponse::Ok().json(letter))
}

/// `POST /v1/dead-letters/{id}/retry`
pub async fn retry_one(id: Path<i64>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    found(&id, shared.service.store.retry(one(*id)).await?, "retried")
}

/// `POST /v1/dead-letters/retry?sink=&batch=`: all of them.
pub async fn retry(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let filter = all(&request)?;
    Ok(HttpResponse::Ok().json(json!({"retried": shared.service.store.retry(filter).await?})))
}

/// `DELETE /v1/dead-letters/{id}`
pub async fn purge_one(id: Path<i64>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    found(&id, shared.service.store.purge(one(*id)).await?, "purged")
}

/// `DELETE /v1/dead-letters?sink=&batch=`: all of them.
pub async fn purge(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let filter = all(&request)?;
    Ok(HttpResponse::Ok().json(json!({"purged": shared.service.store.purge(filter).await?})))
}

fn one(id: i64) -> DeadLetterFilter {
    DeadLetterFilter { id: Some(id), limit: 1, ..DeadLetterFilter::default() }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    sink: Option<String>,
    batch: Option<String>,
}

fn all(request: &HttpRequest) -> Result<DeadLetterFilter, Problem> {
    let which: Which = query(request)?;
    Ok(DeadLetterFilter { sink: which.sink, batch: which.batch, limit: usize::MAX, ..DeadLetterFilter::default() })
}

fn found(id: &i64, count: usize, word: &str) -> Result<HttpResponse, Problem> {
    match count {
        0 => Err(Problem::not_found(format!("no dead letter {id}"))),
        _ => Ok(HttpResponse::Ok().json(json!({word: count}))),
    }
}

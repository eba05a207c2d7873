//! `/v1/batches`: documents that a sender gave one label.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{page_of, query};
use super::{Problem, Shared};
use crate::store::{Batch, DeadLetterFilter};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    limit: Option<usize>,
}

/// `GET /v1/batches?limit=`: the labels, the newest first.
pub async fn list(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let listing: Listing = query(&request)?;
    let batches = shared.service.store.batches(page_of(listing.limit, 100, 1_000)?).await?;
    let batches: Vec<Value> =
        batches.into_iter().map(|(label, started_at)| json!({"label": label, "started_at": started_at})).collect();
    Ok(HttpResponse::Ok().json(json!({"batches": batches})))
}

/// `GET /v1/batches/{label}`: how many of its documents were accepted, are done, wait or are dead, and why.
pub async fn get(label: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(find(&label, &shared).await?))
}

/// `POST /v1/batches/{label}/retry`: all dead letters of its documents.
pub async fn retry(label: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    find(&label, &shared).await?;
    let filter = DeadLetterFilter { batch: Some(label.into_inner()), limit: usize::MAX, ..DeadLetterFilter::default() };
    Ok(HttpResponse::Ok().json(json!({"retried": shared.service.store.retry(filter).await?})))
}

async fn find(label: &str, shared: &Shared) -> Result<Batch, Problem> {
    let batch = shared.service.store.batch(label).await?;
    batch.ok_or_else(|| Problem::not_found(format!("no document has the batch label \"{label}\"")))
}

//! `/v1/records`: the canonical records.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde::Deserialize;

use super::request::{page_of, query, time};
use super::{Problem, Shared};
use crate::language::primary;
use crate::machine::MachineError;
use crate::model::{Record, is_language_tag};
use crate::store::RecordFilter;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    revision: Option<i64>,
    version: Option<i64>,
}

/// `GET /v1/records/{id}`: the newest version; `?revision=` the newest of that revision; `?version=` that one.
pub async fn get(request: HttpRequest, id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let which: Which = query(&request)?;
    let store = &shared.service.store;
    if let Some(version) = store.deleted(&id).await? {
        return Err(Problem::deleted(&id, version));
    }
    match store.record(&id, which.revision, which.version).await? {
        Some(record) => Ok(HttpResponse::Ok().content_type("application/json").body(record.json.to_string())),
        None => Err(match store.status(&id, which.revision).await? {
            Some(_) => {
                Problem::not_found(format!("the document {id} has no such record (yet); see /v1/documents/{id}/status"))
            }
            None => Problem::not_found(format!("no record {id}")),
        }),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    to: String,
}

/// `POST /v1/records/{id}/translate?to=`: the newest version in another language, by machine. It is no record.
pub async fn translate(request: HttpRequest, id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let wanted: Wanted = query(&request)?;
    if !is_language_tag(&wanted.to) {
        return Err(Problem::invalid("to", "must be a language tag, for instance en or sr-Latn"));
    }
    let record = shared.service.store.record(&id, None, None).await?;
    let record = record.ok_or_else(|| Problem::not_found(format!("no record {id}")))?;
    let record: Record = serde_json::from_str(&record.json).map_err(|e| Problem::internal(e.to_string()))?;
    if record.deleted {
        return Err(Problem::deleted(&id, record.version));
    }
    if primary(&record.language.tag) == primary(&wanted.to) {
        return Err(Problem::invalid("to", &format!("the record is in {} already", record.language.tag)));
    }
    match shared.service.translated(&record, &wanted.to).await? {
        Ok(translated) => Ok(HttpResponse::Ok().json(translated)),
        Err(error) => Err(untranslated(&error)),
    }
}

fn untranslated(error: &MachineError) -> Problem {
    match error {
        MachineError::Off => Problem::translation_off(error.to_string()),
        MachineError::Pair { .. } => Problem::invalid("to", &error.to_string()),
        MachineError::Unavailable { .. }
        | MachineError::TimedOut { .. }
        | MachineError::Paused { .. }
        | MachineError::BudgetSpent { .. } => {
            Problem::unavailable_for(error.to_string(), error.retry_after(Timestamp::now()))
        }
        MachineError::Config { .. }
        | MachineError::Name { .. }
        | MachineError::Refused { .. }
        | MachineError::Answer { .. }
        | MachineError::NameLost { .. } => Problem::translation_failed(error.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    person: Option<String>,
    language: Option<String>,
    source: Option<String>,
    cluster: Option<String>,
    since: Option<String>,
    until: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
}

/// The most records of a page.
const MOST: usize = 500;

/// `GET /v1/records?person=&language=&source=&cluster=&since=&until=&cursor=&limit=`: newest versions, in the order in which
/// they were made; `next` is the cursor of the next page.
pub async fn list(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let listing: Listing = query(&request)?;
    let limit = page_of(listing.limit, 50, MOST)?;
    let after = listing
        .cursor
        .map(|c| c.parse::<i64>().map_err(|_| Problem::invalid("cursor", "is not one that a page gave")))
        .transpose()?;
    // Who was found to be another is on records as that one.
    let person = match &listing.person {
        Some(id) => Some(shared.service.store.resolved(id).await?.unwrap_or_default()),
        None => None,
    };
    let filter = RecordFilter {
        older: None,
        id: None,
        person,
        language: listing.language,
        source: listing.source,
        cluster: listing.cluster,
        since: time("since", listing.since)?,
        until: time("until", listing.until)?,
        after,
        limit,
    };
    let page = shared.service.store.records(filter).await?;
    let records: Vec<&str> = page.records.iter().map(|r| &*r.json).collect();
    let next = page.next.map_or("null".to_owned(), |seq| format!("\"{seq}\""));
    let body = format!("{{\"records\":[{}],\"next\":{next}}}", records.join(","));
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

//! `/v1/reprocess`: records made again with what is known today.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{read_json, time};
use super::{Problem, Shared};
use crate::store::{Older, RecordFilter};

/// Which records; each field narrows the choice, and at least one must be there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    id: Option<String>,
    person: Option<String>,
    source: Option<String>,
    language: Option<String>,
    since: Option<String>,
    until: Option<String>,
    /// Made by something older than this version: of the stage where one is named, else of nisba.
    older_than: Option<Value>,
    stage: Option<String>,
    /// All of them, said in so many words.
    #[serde(default)]
    all: bool,
    reason: Option<String>,
}

/// `POST /v1/reprocess`: marks records to be made again.
pub async fn post(request: HttpRequest, body: Payload, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let chosen: Chosen = read_json(&request, body, shared.max_body).await?;
    let Chosen { id, person, source, language, since, until, older_than, stage, all, reason } = chosen;
    let older = older(older_than, stage)?;
    let (since, until) = (time("since", since)?, time("until", until)?);
    let narrowed = [&id, &person, &source, &language].iter().any(|field| field.is_some())
        || since.or(until).is_some()
        || older.is_some();
    if narrowed == all {
        return Err(Problem::invalid(
            "all",
            "say which records by id, person, source, language, since, until or older_than; or all alone",
        ));
    }
    let filter =
        RecordFilter { id, person, language, source, cluster: None, since, until, older, after: None, limit: 0 };
    let reason = format!("asked for{}", reason.map_or_else(String::new, |reason| format!(": {reason}")));
    let marked = shared.service.store.reprocess(filter, &reason).await?;
    Ok(HttpResponse::Accepted()
        .json(json!({"marked": marked, "waiting": shared.service.store.records_to_reprocess().await?})))
}

fn older(than: Option<Value>, stage: Option<String>) -> Result<Option<Older>, Problem> {
    let version = match than {
        None if stage.is_some() => return Err(Problem::invalid("stage", "needs older_than, a version of the stage")),
        None => return Ok(None),
        Some(Value::String(version)) => version,
        Some(version) => version.to_string(),
    };
    Older::parse(&version, stage.as_deref()).map(Some).map_err(|reason| Problem::invalid("older_than", &reason))
}

/// `GET /v1/reprocess`: how far it is.
pub async fn get(shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let service = &shared.service;
    Ok(HttpResponse::Ok().json(json!({
        "waiting": service.store.records_to_reprocess().await?,
        "made": service.reprocessing.made(),
        "following": service.reprocessing.is_following(),
        "rate": service.reprocessing.rate,
    })))
}

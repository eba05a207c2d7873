//! `/v1/decisions`: what analysts have said of people.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::request::{page_of, query, read_json};
use super::{Problem, Shared};
use crate::store::{Decision, DecisionError, NEW, Names};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    person: Option<String>,
    cursor: Option<i64>,
    limit: Option<usize>,
}

impl From<DecisionError> for Problem {
    fn from(error: DecisionError) -> Problem {
        match error {
            DecisionError::Field { field, reason } => Problem::invalid(field, &reason),
            DecisionError::Unknown(_) => Problem::not_found(error.to_string()),
            DecisionError::Contradiction(_) => Problem::conflict(error.to_string()),
            DecisionError::Store(error) => error.into(),
        }
    }
}

/// `GET /v1/decisions?person=&cursor=&limit=`: in the order in which they were made.
pub async fn list(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let listing: Listing = query(&request)?;
    let limit = page_of(listing.limit, 100, 1_000)?;
    let found = shared.service.store.decisions(listing.person, listing.cursor.unwrap_or(0), limit).await?;
    let next = (found.len() == limit).then(|| found.last().map(|kept| kept.id)).flatten();
    Ok(HttpResponse::Ok().json(json!({"decisions": found, "next": next})))
}

/// `GET /v1/decisions/{id}`
pub async fn get(id: Path<i64>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let found = shared.service.store.decisions(None, *id - 1, 1).await?;
    let kept = found.into_iter().find(|kept| kept.id == *id);
    Ok(HttpResponse::Ok().json(kept.ok_or(DecisionError::Unknown(*id))?))
}

/// `POST /v1/decisions`: keeps one; the records that it concerns are made again in the background.
pub async fn post(request: HttpRequest, body: Payload, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let decision: Decision = read_json(&request, body, shared.max_body).await?;
    let names = known_names(&shared, &decision).await?;
    Ok(HttpResponse::Created().json(shared.service.store.decide(decision, names).await?))
}

/// `DELETE /v1/decisions/{id}`: takes one back; it stays in the list, with when it was revoked.
pub async fn revoke(id: Path<i64>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(shared.service.store.revoke(*id).await?))
}

/// The names of the people whom a decision names.
async fn known_names(shared: &Shared, decision: &Decision) -> Result<Names, Problem> {
    let authority = shared.service.authority();
    let mut names = Names::new();
    for id in decision.persons.iter().chain(&decision.person_id) {
        match authority.by_id(id) {
            Some(entry) => drop(names.insert(id.clone(), entry.name)),
            None if id == NEW && decision.person_id.as_ref() == Some(id) => {}
            None if shared.service.store.person(id).await?.is_some() => {}
            None => {
                let field = if decision.persons.contains(id) { "persons" } else { "person_id" };
                return Err(Problem::invalid(field, &format!("there is no person {id}")));
            }
        }
    }
    Ok(names)
}

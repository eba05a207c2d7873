//! `/v1/persons`: who people are, and how they are written.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::query;
use super::{Problem, Shared};
use crate::people::Entry;
use crate::store::PersonView;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    cursor: Option<String>,
    limit: Option<usize>,
}

/// `GET /v1/persons?cursor=&limit=`: everybody who is on a record, by id.
pub async fn list(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let listing: Listing = query(&request)?;
    let limit = listing.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Problem::invalid("limit", "must be between 1 and 200"));
    }
    let service = &shared.service;
    let people = service.store.persons(listing.cursor.as_deref().unwrap_or(""), limit).await?;
    let next = (people.len() == limit).then(|| people.last().map(|p| p.id.clone())).flatten();
    let authority = service.authority();
    let persons: Vec<Value> = people.iter().map(|p| person(&p.id, authority.by_id(&p.id).as_ref(), Some(p))).collect();
    Ok(HttpResponse::Ok().json(json!({"persons": persons, "next": next})))
}

/// `GET /v1/persons/{id}`: all spellings seen, where the records are, and what the authority says.
pub async fn get(id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let service = &shared.service;
    let seen = service.store.person(&id).await?;
    let entry = service.authority().by_id(&id);
    if seen.is_none() && entry.is_none() {
        return Err(Problem::not_found(format!("no person {id}")));
    }
    let mut body = person(&id, entry.as_ref(), seen.as_ref());
    if let Some(entry) = entry {
        body["authority"] = json!({
            "names": entry.names,
            "weak_names": entry.weak,
            "gender": entry.gender,
            "birth_date": entry.birth_date,
            "death_date": entry.death_date,
            "countries": entry.countries,
            "positions": entry.positions,
        });
    }
    Ok(HttpResponse::Ok().json(body))
}

fn person(id: &str, entry: Option<&Entry>, seen: Option<&PersonView>) -> Value {
    let (spellings, records) = seen.map_or((&[][..], 0), |p| (p.spellings.as_slice(), p.records));
    let name = entry.map(|e| e.name.clone()).or_else(|| seen.and_then(|p| p.name.clone()));
    let query: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    json!({
        "person_id": id,
        "name": name,
        "status": if entry.is_some() { "known" } else { "provisional" },
        "spellings": spellings,
        "records": records,
        "links": {"self": format!("/v1/persons/{id}"), "records": format!("/v1/records?person={query}")},
    })
}

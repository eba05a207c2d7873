//! `/v1/persons`: who people are, and how they are written.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde_json::json;

use super::{Problem, Shared};

/// `GET /v1/persons/{id}`: all spellings seen, and where the records are.
pub async fn get(id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let service = &shared.service;
    let seen = service.store.person(&id).await?;
    let entry = service.authority.by_id(&id);
    if seen.is_none() && entry.is_none() {
        return Err(Problem::not_found(format!("no person {id}")));
    }
    let (spellings, records) = seen.as_ref().map_or((&[][..], 0), |p| (p.spellings.as_slice(), p.records));
    let name = entry.map(|e| e.name.clone()).or_else(|| seen.as_ref().and_then(|p| p.name.clone()));
    let mut body = json!({
        "person_id": *id,
        "name": name,
        "status": if entry.is_some() { "known" } else { "provisional" },
        "spellings": spellings,
        "records": records,
        "links": {
            "self": format!("/v1/persons/{id}"),
            "records": format!("/v1/records?person={}", url::form_urlencoded::byte_serialize(id.as_bytes()).collect::<String>()),
        },
    });
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

//! `/v1/persons`: who people are, and how they are written.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{page_of, query};
use super::{Problem, Shared};
use crate::model::is_language_tag;
use crate::names::{LONGEST, Name};
use crate::people::Entry;
use crate::store::{PersonView, is_known};
use crate::translated::named_in;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    name: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
}

/// `GET /v1/persons?cursor=&limit=`: everybody who is on a record, by id. `?name=`: whose name it may be, best first.
pub async fn list(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let listing: Listing = query(&request)?;
    let limit = page_of(listing.limit, 50, 200)?;
    if let Some(name) = &listing.name {
        return named(&shared, name, limit).await;
    }
    let service = &shared.service;
    let people = service.store.persons(listing.cursor.as_deref().unwrap_or(""), limit).await?;
    let next = (people.len() == limit).then(|| people.last().map(|p| p.id.clone())).flatten();
    let authority = service.authority();
    let persons: Vec<Value> = people.iter().map(|p| person(&p.id, authority.by_id(&p.id).as_ref(), Some(p))).collect();
    Ok(HttpResponse::Ok().json(json!({"persons": persons, "next": next})))
}

/// Known people and provisional ones whose name this may be, each with its score and why.
async fn named(shared: &Shared, written: &str, limit: usize) -> Result<HttpResponse, Problem> {
    if written.trim().is_empty() || written.chars().count() > LONGEST {
        return Err(Problem::invalid("name", &format!("must be a name of 1 to {LONGEST} characters")));
    }
    let name = Name::parse(written);
    let authority = shared.service.authority();
    let mut all: Vec<(f64, Value)> = Vec::new();
    let put = |all: &mut Vec<(f64, Value)>, id: &str, score: f64, mut body: Value| {
        if all.iter().all(|(_, held)| held["person_id"] != id) {
            body["person_id"] = id.into();
            body["status"] = status(id).into();
            body["score"] = rounded(score).into();
            all.push((score, body));
        }
    };
    for found in authority.look_up(&name) {
        // By decision it may be another one.
        let Some(id) = shared.service.store.resolved(&found.id).await? else { continue };
        let shown = authority.by_id(&id).map_or(found.entry.name.clone(), |entry| entry.name);
        let body = json!({"name": shown, "spelling": found.spelling, "why": found.why, "same_as": found.same_as});
        put(&mut all, &id, found.score, body);
    }
    for found in shared.service.store.persons_named(written).await? {
        let body = json!({"name": found.name, "spelling": found.spelling, "why": found.why, "same_as": []});
        put(&mut all, &found.id, found.score, body);
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let persons: Vec<Value> = all.into_iter().take(limit).map(|(_, body)| body).collect();
    Ok(HttpResponse::Ok().json(json!({"name": written, "persons": persons, "next": null})))
}

/// An id of an authority stays one when its entry was removed.
fn status(id: &str) -> &'static str {
    if is_known(id) { "known" } else { "provisional" }
}

fn rounded(score: f64) -> f64 {
    (score * 1000.0).round() / 1000.0
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// BCP 47.
    r#in: Option<String>,
}

/// `GET /v1/persons/{id}`: all spellings seen, where the records are, and what the authority says. `?in=fa`: the name as a
/// language writes it, too.
pub async fn get(request: HttpRequest, id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let asked: Asked = query(&request)?;
    let service = &shared.service;
    match service.store.resolved(&id).await? {
        Some(one) if one != *id => return Ok(moved(&id, &one)),
        Some(_) => {}
        None => return Err(Problem::not_found(format!("{id} is nobody, by decision"))),
    }
    let seen = service.store.person(&id).await?;
    let entry = service.authority().by_id(&id);
    if seen.is_none() && entry.is_none() {
        return Err(Problem::not_found(format!("no person {id}")));
    }
    let mut body = person(&id, entry.as_ref(), seen.as_ref());
    if let Some(language) = &asked.r#in {
        if !is_language_tag(language) {
            return Err(Problem::invalid("in", "must be a language tag, for instance fa or sr-Latn"));
        }
        let named = named_in(language, entry.as_ref(), seen.as_ref());
        body["rendered"] = json!(named.map_err(|e| Problem::invalid("in", &e.to_string()))?);
    }
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
    let decisions = service.store.decisions(Some(id.clone()), 0, 1_000).await?;
    body["decisions"] = json!(decisions);
    body["merged"] = json!(service.store.leading_to(&id).await?);
    Ok(HttpResponse::Ok().json(body))
}

/// Where a person is who was found to be another. Not for ever: a decision can be revoked.
fn moved(id: &str, one: &str) -> HttpResponse {
    let location = format!("/v1/persons/{one}");
    let body = json!({"person_id": one, "merged": id, "links": {"self": location}});
    HttpResponse::TemporaryRedirect().insert_header((LOCATION, location)).json(body)
}

fn person(id: &str, entry: Option<&Entry>, seen: Option<&PersonView>) -> Value {
    let (spellings, records) = seen.map_or((&[][..], 0), |p| (p.spellings.as_slice(), p.records));
    let name = entry.map(|e| e.name.clone()).or_else(|| seen.and_then(|p| p.name.clone()));
    let query: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    json!({
        "person_id": id,
        "name": name,
        "status": status(id),
        "spellings": spellings,
        "records": records,
        "links": {"self": format!("/v1/persons/{id}"), "records": format!("/v1/records?person={query}")},
    })
}

//! `/v1/stories`: texts with their translations and editions.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::request::{page_of, query, time};
use super::{Problem, Shared};
use crate::model::is_language_tag;
use crate::store::StoryFilter;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    language: Option<String>,
    person: Option<String>,
    documents: Option<i64>,
    since: Option<String>,
    until: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
}

/// `GET /v1/stories?language=&person=&documents=&since=&until=&cursor=&limit=`: those first that changed last.
pub async fn list(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let listing: Listing = query(&request)?;
    let limit = page_of(listing.limit, 50, 200)?;
    if listing.documents.is_some_and(|documents| documents < 1) {
        return Err(Problem::invalid("documents", "must be 1 or more"));
    }
    if listing.language.as_deref().is_some_and(|tag| !is_language_tag(tag)) {
        return Err(Problem::invalid("language", "must be a language tag, for instance en or sr-Latn"));
    }
    let after = match listing.cursor {
        None => None,
        Some(cursor) => {
            let parts = cursor.split_once('~').map(|(at, id)| (at.to_owned(), id.to_owned()));
            Some(parts.ok_or_else(|| Problem::invalid("cursor", "is not one that a page gave"))?)
        }
    };
    let filter = StoryFilter {
        language: listing.language.map(|tag| usual_case(&tag)),
        person: listing.person,
        documents: listing.documents,
        since: time("since", listing.since)?,
        until: time("until", listing.until)?,
        after,
        limit,
    };
    let page = shared.service.store.stories(filter).await?;
    let next = page.next.map(|(at, id)| format!("{at}~{id}"));
    Ok(HttpResponse::Ok().json(json!({"stories": page.stories, "next": next})))
}

/// `GET /v1/stories/{id}`: its documents in time, its languages and people. Of a story that was found to be another, the
/// way there.
pub async fn get(id: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let story = shared.service.store.story(&id).await?;
    let story = story.ok_or_else(|| Problem::not_found(format!("no story {id}")))?;
    if story.story_id == *id {
        return Ok(HttpResponse::Ok().json(story));
    }
    let location = format!("/v1/stories/{}", story.story_id);
    let body = json!({"story_id": story.story_id, "merged": *id, "links": {"self": location}});
    Ok(HttpResponse::TemporaryRedirect().insert_header((LOCATION, location)).json(body))
}

/// A language tag with its parts in the case that records have: `sr-Latn`, `pt-BR`.
fn usual_case(tag: &str) -> String {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default().to_ascii_lowercase();
    parts.fold(first, |tag, part| match part.len() {
        4 => format!("{tag}-{}{}", part[..1].to_ascii_uppercase(), part[1..].to_ascii_lowercase()),
        2 => format!("{tag}-{}", part.to_ascii_uppercase()),
        _ => format!("{tag}-{}", part.to_ascii_lowercase()),
    })
}

//! `/v1/names`: the names engine, for those who have names and no documents.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::web::{Data, Payload};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::request::read_body;
use super::{Problem, Shared};
use crate::names::{LONGEST, Name, compared_json, parsed_json};

/// What requests may have.
const FIELDS: [&str; 5] = ["a", "b", "pairs", "name", "names"];

/// Names, or pairs of names, in one request at most.
const MOST: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    a: String,
    b: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Compare {
    Batch { pairs: Vec<Pair> },
    One(Pair),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Parse {
    Batch { names: Vec<String> },
    One { name: String },
}

/// `POST /v1/names/compare`: `{"a", "b"}`, or `{"pairs": [{"a", "b"} …]}`.
pub async fn compare(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let shape = "send {\"a\": NAME, \"b\": NAME} or {\"pairs\": [{\"a\": NAME, \"b\": NAME} …]}";
    match body(&request, payload, &shared, shape).await? {
        Compare::One(pair) => Ok(HttpResponse::Ok().json(compared("", &pair)?)),
        Compare::Batch { pairs } => {
            few("pairs", pairs.len())?;
            let results = pairs.iter().enumerate().map(|(at, pair)| compared(&format!("pairs[{at}]."), pair));
            Ok(HttpResponse::Ok().json(json!({"results": results.collect::<Result<Vec<_>, _>>()?})))
        }
    }
}

/// `POST /v1/names/parse`: `{"name"}`, or `{"names": [NAME …]}`.
pub async fn parse(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let shape = "send {\"name\": NAME} or {\"names\": [NAME …]}";
    match body(&request, payload, &shared, shape).await? {
        Parse::One { name } => Ok(HttpResponse::Ok().json(parsed("name", &name)?)),
        Parse::Batch { names } => {
            few("names", names.len())?;
            let results = names.iter().enumerate().map(|(at, name)| parsed(&format!("names[{at}]"), name));
            Ok(HttpResponse::Ok().json(json!({"results": results.collect::<Result<Vec<_>, _>>()?})))
        }
    }
}

async fn body<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
    shared: &Shared,
    shape: &str,
) -> Result<T, Problem> {
    let bytes = read_body(request.headers(), payload.into_inner(), shared.max_body).await?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|e| Problem::malformed(e.to_string()))?;
    let unknown = value.as_object().and_then(|o| o.keys().find(|k| !FIELDS.contains(&k.as_str())).cloned());
    match unknown {
        Some(field) => Err(Problem::invalid(&field, &format!("is no field of this request; {shape}"))),
        None => serde_json::from_value(value).map_err(|_| Problem::invalid("(body)", shape)),
    }
}

fn few(field: &str, count: usize) -> Result<(), Problem> {
    if count > MOST {
        return Err(Problem::invalid(field, &format!("has {count} entries; send at most {MOST} at once")));
    }
    Ok(())
}

fn parsed(field: &str, written: &str) -> Result<Value, Problem> {
    checked(field, written).map(|name| parsed_json(written, &name))
}

fn compared(place: &str, pair: &Pair) -> Result<Value, Problem> {
    let (a, b) = (checked(&format!("{place}a"), &pair.a)?, checked(&format!("{place}b"), &pair.b)?);
    Ok(compared_json(&pair.a, &pair.b, &a, &b))
}

fn checked(field: &str, written: &str) -> Result<Name, Problem> {
    if written.len() > LONGEST && written.chars().count() > LONGEST {
        return Err(Problem::invalid(field, &format!("is longer than {LONGEST} characters; no name is")));
    }
    Ok(Name::parse(written))
}

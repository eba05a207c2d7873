//! `/v1/language`: languages alone, for those who have texts and no documents.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Payload};
use serde::Deserialize;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::request::read_json;
use super::{Problem, Shared};
use crate::language::identify;
use crate::model::TextField;

/// Texts in one request at most.
const MOST: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    text: Option<String>,
    texts: Option<Vec<String>>,
    declared: Option<String>,
}

/// `POST /v1/language`: `{"text"}`, or `{"texts": [TEXT …]}`; `declared` is what somebody says that they are in.
pub async fn post(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let Asked { text, texts, declared } = read_json(&request, payload, shared.max_body).await?;
    let answer = match (text, texts) {
        (Some(text), None) => found(vec![text], declared).await?.remove(0),
        (None, Some(texts)) if texts.len() > MOST => {
            let reason = format!("has {} entries; send at most {MOST} at once", texts.len());
            return Err(Problem::invalid("texts", &reason));
        }
        (None, Some(texts)) => json!({"results": found(texts, declared).await?}),
        _ => return Err(Problem::invalid("text", "send {\"text\": TEXT} or {\"texts\": [TEXT …]}")),
    };
    Ok(HttpResponse::Ok().json(answer))
}

/// As records have it, off the threads that answer.
async fn found(texts: Vec<String>, declared: Option<String>) -> Result<Vec<Value>, Problem> {
    let identified = web::block(move || {
        let one = |text: String| {
            let text: String = text.nfc().collect();
            json!(identify(&[(TextField::Text, &text)], declared.as_deref()).document)
        };
        texts.into_iter().map(one).collect()
    });
    identified.await.map_err(|_| Problem::unavailable("the service is stopping"))
}

//! Health checks and metrics, open to everybody.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::{Value, json};

use super::{Problem, Shared};
use crate::deliver::SinkHealth;

/// `GET /livez`: the process answers.
pub async fn livez() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// `GET /readyz`: documents can be taken; each check by name.
pub async fn readyz(shared: Data<Shared>) -> HttpResponse {
    let (ready, checks) = checks(&shared).await;
    answer(ready, json!({"status": word(ready), "checks": checks}))
}

/// `GET /health`: the checks, the sinks (`NAME.stories` is what one is told of stories) and the versions, for people and container health checks.
pub async fn health(shared: Data<Shared>) -> HttpResponse {
    let (ready, checks) = checks(&shared).await;
    let service = &shared.service;
    let newest = *service.store.watch_records().borrow();
    let newest_story = service.store.newest_story_change().await.unwrap_or_default();
    let of_records = service.sinks.iter().map(|sink| one_sink(sink, "lag_records", newest));
    let of_stories = service.told.iter().map(|sink| one_sink(sink, "lag_stories", newest_story));
    let sinks: Vec<Value> = of_records.chain(of_stories).collect();
    let authority = service.authority();
    let body = json!({
        "status": word(ready),
        "version": env!("CARGO_PKG_VERSION"),
        "commit": env!("NISBA_COMMIT"),
        "checks": checks,
        "sinks": sinks,
        "authority": {"revision": authority.revision(), "people": authority.len()},
        "dead_letters": service.store.count_dead_letters().await.ok(),
    });
    answer(ready, body)
}

/// How a sink is, with what it lacks of the newest that there is.
fn one_sink(sink: &SinkHealth, lag: &str, newest: i64) -> Value {
    let trouble = sink.trouble();
    json!({
        "name": sink.name,
        "kind": sink.kind,
        "status": word(trouble.is_none()),
        "trouble": trouble,
        lag: (newest - sink.cursor()).max(0),
    })
}

/// `GET /metrics`
pub async fn metrics(shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let now = shared.service.snapshot().await?;
    let text = shared.service.metrics.render(&now).map_err(|e| Problem::internal(e.to_string()))?;
    Ok(HttpResponse::Ok().content_type("application/openmetrics-text; version=1.0.0; charset=utf-8").body(text))
}

async fn checks(shared: &Shared) -> (bool, Value) {
    let store = &shared.service.store;
    let written = store.probe().await;
    let (waiting, limit) = (store.backlog(), store.max_backlog());
    let backlog_fits = waiting < limit;
    let (stuck, too_many) = shared.service.stuck_threads();
    let works = stuck <= too_many;
    let (free, needed) = shared.service.free_disk();
    // A file system that does not say how full it is will say so when it is.
    let has_room = free.is_none_or(|free| free >= needed);
    let checks = json!({
        "store": {"status": word(written.is_ok()), "reason": written.as_ref().err().map(ToString::to_string)},
        "disk": {"status": word(has_room), "free_bytes": free, "needed_bytes": needed},
        "pipeline": {"status": word(works), "stuck_threads": stuck},
        "backlog": {"status": word(backlog_fits), "waiting": waiting, "limit": limit},
    });
    (written.is_ok() && has_room && backlog_fits && works, checks)
}

fn word(ok: bool) -> &'static str {
    if ok { "ok" } else { "failing" }
}

fn answer(ready: bool, body: Value) -> HttpResponse {
    if ready { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}

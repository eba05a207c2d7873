//! The HTTP interface: one file a resource. Handlers translate HTTP to calls and hold no logic.

mod analyze;
mod auth;
mod batches;
mod bulk;
mod coding;
mod dead_letters;
mod decisions;
mod described;
mod documents;
mod health;
mod language;
mod multipart;
mod names;
mod persons;
mod problem;
mod records;
mod reprocess;
mod request;
mod stories;

pub use auth::{Keys, KeysError, Scope};
pub use problem::Problem;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, HttpMessage, HttpRequest, HttpResponse, HttpServer, guard};

use crate::config::Config;
use crate::service::Service;

/// What handlers share.
pub struct Shared {
    pub service: Arc<Service>,
    pub keys: Keys,
    pub max_body: usize,
    /// Bytes of a line, or of a page of a crawl, of a bulk request.
    pub max_line: usize,
    bulk: bulk::Bulk,
    pub max_wait: std::time::Duration,
}

/// The id of a request, from its `X-Request-Id` or made here; carried through all stages and logs.
#[derive(Clone, Debug)]
struct RequestId(String);

impl RequestId {
    /// The id that [`around`] gave a request.
    fn of(request: &HttpRequest) -> String {
        request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Serves on a listener until it is told to stop by its handle.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(service: Arc<Service>, keys: Keys, config: &Config, listener: TcpListener) -> std::io::Result<Server> {
    let shared = Data::new(Shared {
        service,
        keys,
        max_body: usize::try_from(config.server.max_body.as_u64()).unwrap_or(usize::MAX),
        max_wait: config.server.max_wait.0,
        max_line: usize::try_from(config.intake.max_line.as_u64()).unwrap_or(usize::MAX),
        bulk: bulk::Bulk::new(config.intake.max_bulk),
    });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .app_data(web::PathConfig::default().error_handler(|_, request| {
                Problem::not_found(format!("{} names nothing here", request.path())).into()
            }))
            .wrap(from_fn(around))
            .configure(routes)
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Problem::not_found("no such resource")) }))
    });
    let seconds = config.server.shutdown_timeout.0.as_secs();
    Ok(server.listen(listener)?.shutdown_timeout(seconds).disable_signals().run())
}

fn routes(app: &mut web::ServiceConfig) {
    let resource = |path: &str| web::resource(path).default_service(web::to(problem::wrong_method));
    app.service(resource("/v1/documents").post(documents::post))
        .service(resource("/v1/documents:bulk").post(bulk::post))
        .service(resource("/v1/documents/{id}").route(read().to(documents::get)).delete(documents::delete))
        .service(resource("/v1/documents/{id}/status").route(read().to(documents::status)))
        .service(resource("/v1/records").route(read().to(records::list)))
        .service(resource("/v1/records/{id}").route(read().to(records::get)))
        .service(resource("/v1/records/{id}/translate").post(records::translate))
        .service(resource("/v1/persons").route(read().to(persons::list)))
        .service(resource("/v1/persons/{id}").route(read().to(persons::get)))
        .service(resource("/v1/stories").route(read().to(stories::list)))
        .service(resource("/v1/stories/{id}").route(read().to(stories::get)))
        .service(resource("/v1/dead-letters").route(read().to(dead_letters::list)).delete(dead_letters::purge))
        .service(resource("/v1/dead-letters/retry").post(dead_letters::retry))
        .service(resource("/v1/dead-letters/{id}").route(read().to(dead_letters::get)).delete(dead_letters::purge_one))
        .service(resource("/v1/dead-letters/{id}/retry").post(dead_letters::retry_one))
        .service(resource("/v1/batches").route(read().to(batches::list)))
        .service(resource("/v1/batches/{label}").route(read().to(batches::get)))
        .service(resource("/v1/batches/{label}/retry").post(batches::retry))
        .service(resource("/v1/decisions").route(read().to(decisions::list)).post(decisions::post))
        .service(resource("/v1/decisions/{id}").route(read().to(decisions::get)).delete(decisions::revoke))
        .service(resource("/v1/reprocess").route(read().to(reprocess::get)).post(reprocess::post))
        .service(resource("/v1/analyze").post(analyze::post))
        .service(resource("/v1/language").post(language::post))
        .service(resource("/v1/names/compare").post(names::compare))
        .service(resource("/v1/names/parse").post(names::parse))
        .service(resource("/livez").route(read().to(health::livez)))
        .service(resource("/readyz").route(read().to(health::readyz)))
        .service(resource("/health").route(read().to(health::health)))
        .service(resource("/metrics").route(read().to(health::metrics)));
}

/// GET, and HEAD, whose answer is that of GET without its body.
fn read() -> actix_web::Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// Around each request: its id, who may do it, its count and its time.
async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let since = Instant::now();
    let id = request_id(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let shared = request.app_data::<Data<Shared>>().cloned();
    let method = method_label(request.method());
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".into());
    let allowed = match (&shared, needed(&request)) {
        (Some(shared), Some(scope)) => shared.keys.check(request.headers(), scope),
        _ => Ok(()),
    };
    let response = match allowed {
        Ok(()) => next.call(request).await?.map_into_left_body(),
        Err(problem) => request.error_response(problem).map_into_right_body(),
    };
    let mut response = response;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Some(shared) = shared {
        let status = response.status();
        shared.service.metrics.request(method, &route, status.as_u16(), since.elapsed().as_secs_f64());
        if status.is_server_error() {
            let error = response.response().error().map(ToString::to_string).unwrap_or_default();
            tracing::warn!(request_id = id, method, route, status = status.as_u16(), error, "a request failed");
        } else {
            tracing::debug!(request_id = id, method, route, status = status.as_u16(), "answered");
        }
    }
    Ok(response)
}

/// The scope that a request needs; none for what is open to everybody. Decided on the path as the router reads it, with
/// its percent signs decoded; what is not known to be open is not.
fn needed(request: &ServiceRequest) -> Option<Scope> {
    match request.match_info().as_str() {
        "/livez" | "/readyz" | "/health" | "/metrics" => None,
        "/v1/documents" | "/v1/documents:bulk" if request.method() == Method::POST => Some(Scope::Ingest),
        path if path.starts_with("/v1/documents/") && request.method() == Method::DELETE => Some(Scope::Admin),
        path if path.starts_with("/v1/batches/") && request.method() == Method::POST => Some(Scope::Admin),
        path if path.starts_with("/v1/dead-letters") => Some(Scope::Admin),
        path if path.starts_with("/v1/decisions") || path == "/v1/reprocess" => {
            let reads = matches!(*request.method(), Method::GET | Method::HEAD);
            Some(if reads { Scope::Read } else { Scope::Admin })
        }
        _ => Some(Scope::Read),
    }
}

/// A label that a sender cannot multiply by inventing methods.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

fn request_id(request: &ServiceRequest) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|v| v.to_str().ok());
    let fits = |id: &&str| {
        (1..=128).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c))
    };
    given.filter(fits).map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}

//! `POST /v1/documents:bulk`: many documents in one request, streamed: JSON lines, or a web archive. Each line, or page of
//! the archive, is answered by one line, in order, as soon as its document is on disk.
//!
//! The body goes through three hands, each of which waits for the next, so that memory does not grow with the length of the
//! request: a task that receives it (`receive`), a thread that reads and packs the documents (`read`), and a task that has
//! them written (`write`). The answers wait for the client in a [`Spill`].

mod answer;
mod read;
mod receive;
mod spill;
mod write;

use std::sync::Arc;

use actix_web::web::{Data, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use serde::Deserialize;
use tokio::sync::{Semaphore, mpsc};

use answer::answer;
use read::Reader;
use receive::{Incoming, receive};
use spill::Spill;
use write::{GROUP, write};

use super::coding::Coding;
use super::described::{lane_or_header, or_header};
use super::request::query;
use super::{Problem, RequestId, Shared};
use crate::intake::feed::Defaults;
use crate::model::{Lane, batch_label};

/// How many bulk requests there may be.
pub struct Bulk {
    requests: Arc<Semaphore>,
    most: usize,
}

impl Bulk {
    /// At most so many at once.
    pub fn new(most: usize) -> Bulk {
        Bulk { requests: Arc::new(Semaphore::new(most)), most }
    }
}

/// What the query says of all documents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForAll {
    source: Option<String>,
    batch: Option<String>,
    lane: Option<Lane>,
}

/// `POST /v1/documents:bulk?source=&batch=&lane=`
pub async fn post(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let (format, coding) = (Format::of(&request)?, Coding::of(request.headers())?);
    let ForAll { source, batch, lane } = query(&request)?;
    let headers = request.headers();
    let batch = or_header(batch, headers, "batch")?.map(|label| batch_label(&label)).transpose()?;
    // What comes in bulk can wait, unless somebody says otherwise.
    let lane = lane_or_header(lane, headers)?.unwrap_or(Lane::Backfill);
    let defaults = Defaults { source: or_header(source, headers, "source")?, batch, lane: Some(lane) };
    let Ok(turn) = shared.bulk.requests.clone().try_acquire_owned() else {
        let most = shared.bulk.most;
        return Err(Problem::unavailable(format!("{most} bulk requests are under way, the limit intake.max_bulk")));
    };
    let request_id = RequestId::of(&request);
    let (chunks, body) = mpsc::channel(8);
    let (read, entries) = mpsc::channel(4 * GROUP);
    let (written, pending) = mpsc::channel(8);
    let answers = Spill::new(shared.service.store.dir().to_owned());

    receive(payload, chunks, shared.service.ending());
    let reader = Reader::new(shared.service.clone(), shared.max_line, request_id.clone(), read);
    tokio::task::spawn_blocking(move || reader.read(format, coding, Incoming::new(body), defaults));
    tokio::spawn(write(shared.service.clone(), entries, written));
    let spill = answers.clone();
    let service = shared.service.clone();
    tokio::spawn(async move {
        answer(&service, pending, &spill, format, &request_id).await;
        spill.end();
        drop(turn);
    });
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").streaming(answers.read_all()))
}

/// What a bulk request is made of.
#[derive(Clone, Copy)]
enum Format {
    Lines,
    /// A web archive, plain or gzipped.
    Warc,
}

impl Format {
    fn of(request: &HttpRequest) -> Result<Format, Problem> {
        let known = "send application/x-ndjson or application/warc";
        match request.content_type().to_ascii_lowercase().as_str() {
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonlines"
            | "application/json-lines" => Ok(Format::Lines),
            "application/warc" | "application/x-warc" | "application/warc+gzip" => Ok(Format::Warc),
            "" => Err(Problem::unsupported(format!("there is no Content-Type; {known}"))),
            other => Err(Problem::unsupported(format!("{other} is not taken in bulk; {known}"))),
        }
    }

    /// What an entry's number counts.
    fn unit(self) -> &'static str {
        match self {
            Format::Lines => "line",
            Format::Warc => "record",
        }
    }
}

//! `POST /v1/documents:bulk`: many documents in one request, streamed: JSON lines, or a web archive. Each line, or page of
//! the archive, is answered by one line, in order, as soon as its document is on disk.
//!
//! The body goes through three hands, each of which waits for the next, so that memory does not grow with the length of the
//! request: a task that receives it, a thread that reads and packs the documents, and a task that has them written. The
//! answers wait for the client in a [`Spill`].

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::web::{Buf, Bytes, Data, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::coding::Coding;
use super::described::{lane_or_header, or_header};
use super::request::query;
use super::spill::Spill;
use super::{Problem, RequestId, Shared};
use crate::intake::feed::{Defaults, Entry, EntryError, Lines, Pages};
use crate::model::{Lane, batch_label};
use crate::service::Service;
use crate::store::{Packed, Pending, Places, Receipt, StoreError};

/// Documents that are written together at most.
const GROUP: usize = 64;

/// How long a bulk request waits for room in the spool before a document of it is refused.
const PATIENCE: Duration = Duration::from_secs(60);

/// A sender that is silent for so long is not waited for.
const STALLED: Duration = Duration::from_secs(60);

/// How many bulk requests there may be.
pub struct Bulk {
    requests: Arc<Semaphore>,
    most: usize,
}

/// KiB of documents that a request has read and not written, at most; one that is larger is alone.
const MEMORY: usize = 8 << 10;

impl Bulk {
    pub fn new(most: usize) -> Bulk {
        Bulk { requests: Arc::new(Semaphore::new(most)), most }
    }
}

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
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let (chunks, body) = mpsc::channel(8);
    let (read, entries) = mpsc::channel(4 * GROUP);
    let (written, pending) = mpsc::channel(8);
    let answers = Spill::new(shared.service.store.dir().to_owned());

    receive(payload, chunks, shared.service.ending());
    let reader = Reader {
        service: shared.service.clone(),
        memory: Arc::new(Semaphore::new(MEMORY)),
        longest: shared.max_line,
        request_id: request_id.clone(),
        read,
    };
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

type Chunk = io::Result<Bytes>;

/// Receives the body as long as somebody takes it.
fn receive(payload: Payload, chunks: mpsc::Sender<Chunk>, mut ending: watch::Receiver<bool>) {
    let mut body = payload.into_inner();
    actix_web::rt::spawn(async move {
        loop {
            let next = tokio::select! {
                next = tokio::time::timeout(STALLED, body.next()) => next,
                _ = ending.wait_for(|ending| *ending) => {
                    // Whoever reads the last line knows that it is the last.
                    drop(chunks.send(Err(io::Error::other("the service is stopping; send the rest again"))).await);
                    return;
                }
            };
            let chunk = match next {
                Ok(Some(chunk)) => chunk.map_err(|e| io::Error::other(format!("the body cannot be read: {e}"))),
                Ok(None) => return,
                Err(_) => Err(io::Error::other(format!("nothing came for {} s", STALLED.as_secs()))),
            };
            let last = chunk.is_err();
            if chunks.send(chunk).await.is_err() || last {
                return;
            }
        }
    });
}

/// The body as a thread reads it.
struct Incoming {
    chunks: mpsc::Receiver<Chunk>,
    current: Bytes,
}

impl Incoming {
    fn new(chunks: mpsc::Receiver<Chunk>) -> Incoming {
        Incoming { chunks, current: Bytes::new() }
    }
}

impl BufRead for Incoming {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.current.is_empty() {
            match self.chunks.blocking_recv() {
                Some(chunk) => self.current = chunk?,
                None => break,
            }
        }
        Ok(&self.current)
    }

    fn consume(&mut self, amount: usize) {
        self.current.advance(amount);
    }
}

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

/// An entry on its way: packed, or refused.
struct Taken {
    number: usize,
    url: Option<String>,
    packed: Result<Packed, Problem>,
    /// What it may take of the memory.
    _memory: OwnedSemaphorePermit,
}

/// Reads the entries and packs the documents.
struct Reader {
    service: Arc<Service>,
    memory: Arc<Semaphore>,
    longest: usize,
    request_id: String,
    read: mpsc::Sender<Taken>,
}

impl Reader {
    fn read(self, format: Format, coding: Coding, body: Incoming, defaults: Defaults) {
        let body = match coding.decode(body) {
            Ok(body) => body,
            Err(error) => return tracing::error!(%error, "a bulk request cannot be unpacked"),
        };
        match format {
            Format::Lines => self.take_all(Lines::new(body, self.longest, defaults)),
            Format::Warc => self.take_all(Pages::new(body, self.longest, defaults)),
        }
    }

    fn take_all(&self, entries: impl Iterator<Item = Entry>) {
        let runtime = tokio::runtime::Handle::current();
        for Entry { number, url, bytes, document } in entries {
            let room = bytes.div_ceil(1024).clamp(1, MEMORY) as u32;
            let Ok(memory) = runtime.block_on(self.memory.clone().acquire_many_owned(room)) else { return };
            let packed = document
                .map_err(Problem::from)
                .and_then(|document| self.service.store.packed(document, &self.request_id).map_err(Problem::from));
            if self.read.blocking_send(Taken { number, url, packed, _memory: memory }).is_err() {
                return;
            }
        }
    }
}

/// Documents that are being written, and what is answered for each entry of their group.
struct Group {
    answers: Vec<(usize, Option<String>, Result<(), Problem>)>,
    receipts: Result<Pending<Vec<Receipt>>, StoreError>,
    _memory: Vec<OwnedSemaphorePermit>,
}

/// Has documents written in the order in which they came, as many together as there are.
async fn write(service: Arc<Service>, mut entries: mpsc::Receiver<Taken>, written: mpsc::Sender<Group>) {
    let most = (service.store.max_backlog() / 20).clamp(1, GROUP as u64) as usize;
    let mut taken = Vec::with_capacity(most);
    while entries.recv_many(&mut taken, most).await > 0 {
        let (mut answers, mut packed, mut memory) = (Vec::new(), Vec::new(), Vec::new());
        for entry in taken.drain(..) {
            memory.push(entry._memory);
            let refused = entry.packed.map(|document| packed.push(document));
            answers.push((entry.number, entry.url, refused));
        }
        let receipts = match places(&service, &packed).await {
            Ok(places) => service.store.begin_accept(packed, places).await,
            Err(error) => Err(error),
        };
        if written.send(Group { answers, receipts, _memory: memory }).await.is_err() {
            return;
        }
    }
}

/// Waits for room in the spool: whoever sends in bulk is slowed down rather than refused.
async fn places(service: &Service, documents: &[Packed]) -> Result<Places, StoreError> {
    let since = Instant::now();
    loop {
        match service.store.places_for(documents) {
            Err(StoreError::Backlog(_)) if since.elapsed() < PATIENCE && !*service.ending().borrow() => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            result => return result,
        }
    }
}

/// Answers each entry once its document is on disk, or is refused.
async fn answer(
    service: &Service,
    mut written: mpsc::Receiver<Group>,
    answers: &Spill,
    format: Format,
    request_id: &str,
) {
    let (mut accepted, mut refused) = (0, 0);
    while let Some(group) = written.recv().await {
        let receipts = match group.receipts {
            Ok(pending) => pending.await,
            Err(error) => Err(error),
        };
        let (receipts, failure) = match receipts {
            Ok(receipts) => (receipts, None),
            Err(error) => (Vec::new(), Some(Problem::from(error))),
        };
        service.count_accepted(&receipts);
        let mut receipts = receipts.into_iter();
        let mut text = String::with_capacity(group.answers.len() * 160);
        for (number, url, taken) in group.answers {
            let stored = taken.and_then(|()| {
                receipts
                    .next()
                    .ok_or_else(|| failure.clone().unwrap_or_else(|| Problem::internal("the store gave no receipt")))
            });
            match &stored {
                Ok(_) => accepted += 1,
                Err(_) => refused += 1,
            }
            let status = stored.as_ref().map_or_else(ResponseError::status_code, |_| StatusCode::ACCEPTED);
            service.metrics.bulk_line(status.as_u16());
            text.push_str(&line(format, number, url, stored).to_string());
            text.push('\n');
        }
        if let Err(error) = answers.write(text.into()).await {
            // What was accepted is, answered or not; the client sees the answer end early.
            tracing::error!(request_id, %error, "the answers to a bulk request cannot be kept");
            return;
        }
    }
    tracing::info!(request_id, accepted, refused, "a bulk request was answered");
}

/// The line that answers an entry.
fn line(format: Format, number: usize, url: Option<String>, stored: Result<Receipt, Problem>) -> Value {
    let mut line = json!({format.unit(): number});
    if let Some(url) = url {
        line["url"] = url.into();
    }
    match stored {
        Ok(receipt) => {
            line["status"] = 202.into();
            line["id"] = receipt.id.into();
            line["revision"] = receipt.revision.into();
            line["new"] = receipt.new.into();
        }
        Err(problem) => {
            if let (Some(line), Value::Object(problem)) = (line.as_object_mut(), problem.to_json()) {
                line.extend(problem);
            }
        }
    }
    line
}

impl From<EntryError> for Problem {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::Submission(error) => error.into(),
            EntryError::TooLong(_) | EntryError::TooLarge(_) => Problem::beyond_limit(error.to_string()),
            EntryError::NotUtf8(_) => Problem::wrong_charset(error.to_string()),
            EntryError::Blank | EntryError::Record(_) | EntryError::Cut(_) | EntryError::Broken(_) => {
                Problem::malformed(error.to_string())
            }
        }
    }
}

//! PostgreSQL: the newest record of each document in tables of a schema of its own.
//!
//! A batch is one transaction. Tables are named through `search_path` and limits set with `SET LOCAL`, anew in each
//! transaction, and statements are not prepared: so a pooler that hands out another session for each transaction
//! does no harm.

mod stories;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use rustls::ClientConfig;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};
use tokio::time::timeout;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Config, NoTls, Transaction};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Accepted, Delivery, Refusal, Sink, StoryDelivery, Unavailable};
use crate::model::{Candidate, MentionForm, PersonStatus, Record, Role, TextField};
use crate::tls;

/// What makes the tables, by number. A migration that was published is never changed: another one follows it.
const MIGRATIONS: [(i32, &str); 3] = [
    (1, include_str!("postgres/0001_tables.sql")),
    (2, include_str!("postgres/0002_likeness.sql")),
    (3, include_str!("postgres/0003_stories.sql")),
];
/// Two processes that start at once migrate one after the other; any number will do, so long as it stays the same.
const MIGRATION_LOCK: i64 = i64::from_be_bytes(*b"nisba/pg");

/// For a TCP connection to one address, where the URL says nothing else.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// For a session: every address of every host, TLS and the login.
const SESSION_TIMEOUT: Duration = Duration::from_secs(60);
/// For one statement; the server gives it up then.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);
/// For one transaction. It ends the wait for a server that vanished without closing the connection.
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(180);

/// Of a connection that ended by itself.
const CLOSED: &str = "the connection to the database was closed";

/// For a URL that was read otherwise than meant.
const ESCAPES: &str = "in a user or password, %40 is written for @, %3A for : and %25 for %";

/// Takes a newer version over an older one, and says which documents it took.
const UPSERT_DOCUMENTS: &str = "\
    INSERT INTO documents (id, revision, version, received_at, processed_at, source, url, published_at, title, byline, \
        text, language, script, language_confidence, content_hash, record, note, deleted, article, text_hash, cluster, \
        story, role, original_language) \
    SELECT id, revision, version, received_at, processed_at, source, url, published_at, title, byline, \
        text, language, script, language_confidence, content_hash, record, note, deleted, article, text_hash, cluster, \
        story, role, original_language \
    FROM json_to_recordset($1::json) AS new (id text, revision bigint, version bigint, received_at timestamptz, \
        processed_at timestamptz, source text, url text, published_at timestamptz, title text, byline text, \
        text text, language text, script text, language_confidence double precision, content_hash text, \
        record jsonb, note text, deleted boolean, article boolean, text_hash text, cluster text, \
        story text, role text, original_language text) \
    ON CONFLICT (id) DO UPDATE SET \
        (revision, version, received_at, processed_at, source, url, published_at, title, byline, text, language, \
            script, language_confidence, content_hash, record, note, deleted, article, text_hash, cluster, \
            story, role, original_language) \
        = (EXCLUDED.revision, EXCLUDED.version, EXCLUDED.received_at, EXCLUDED.processed_at, EXCLUDED.source, \
            EXCLUDED.url, EXCLUDED.published_at, EXCLUDED.title, EXCLUDED.byline, EXCLUDED.text, EXCLUDED.language, \
            EXCLUDED.script, EXCLUDED.language_confidence, EXCLUDED.content_hash, EXCLUDED.record, EXCLUDED.note, \
            EXCLUDED.deleted, EXCLUDED.article, EXCLUDED.text_hash, EXCLUDED.cluster, \
            EXCLUDED.story, EXCLUDED.role, EXCLUDED.original_language) \
    WHERE documents.version < EXCLUDED.version \
    RETURNING id";

/// Mentions go with their people.
const DELETE_PEOPLE: &str = "DELETE FROM people WHERE document_id = ANY ($1)";

const INSERT_PEOPLE: &str = "\
    INSERT INTO people (document_id, ordinal, person_id, name, status, key, score, why, candidates) \
    SELECT document_id, ordinal, person_id, name, status, key, score, why, candidates \
    FROM json_to_recordset($1::json) AS new (document_id text, ordinal integer, person_id text, name text, \
        status text, key text, score double precision, why jsonb, candidates jsonb)";

const INSERT_MENTIONS: &str = "\
    INSERT INTO mentions (document_id, person_ordinal, ordinal, field, start_offset, end_offset, text, form) \
    SELECT document_id, person_ordinal, ordinal, field, start_offset, end_offset, text, form \
    FROM json_to_recordset($1::json) AS new (document_id text, person_ordinal integer, ordinal integer, field text, \
        start_offset integer, end_offset integer, text text, form text)";

/// The sink of kind `postgres`.
pub struct Postgres {
    config: Config,
    schema: String,
    tls: ClientConfig,
    client: Option<Client>,
}

impl Postgres {
    /// For a database, named by a `postgres://` URL or a `key=value` string, and a schema in it, which is made where
    /// it is missing. Connects to nothing yet. The error is for the operator, and free of the URL's secrets.
    ///
    /// `sslmode` is `disable`, `prefer` (the default) or `require`. Where TLS is spoken, the certificate is always
    /// verified, by `prefer` too.
    pub fn new(url: &str, schema: &str) -> Result<Postgres, String> {
        check_schema(schema)?;
        let mut config: Config = url.parse().map_err(|error| what_is_wrong(url, &error))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err("the postgres url names no host".into());
        }
        if config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(name) if name.contains('@'))) {
            return Err(format!("the postgres url has more than one @: {ESCAPES}"));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("nisba");
        }
        let mut tls = (*tls::client_config()).clone();
        if config.get_ssl_negotiation() == SslNegotiation::Direct {
            // The server insists on being called by its protocol's name, for want of the question that comes else.
            tls.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        Ok(Postgres { config, schema: schema.to_owned(), tls, client: None })
    }

    async fn make_ready(&mut self) -> Result<(), Unavailable> {
        if self.client.as_ref().is_some_and(|client| !client.is_closed()) {
            return Ok(());
        }
        self.client = None;
        let mut client = in_time(SESSION_TIMEOUT, self.connect()).await.map_err(Unavailable::from)?;
        in_time(TRANSACTION_TIMEOUT, migrate(&mut client, &self.schema)).await.map_err(Unavailable::from)?;
        self.client = Some(client);
        Ok(())
    }

    async fn connect(&self) -> Result<Client, Failure> {
        if self.never_speaks_tls() {
            let (client, connection) = self.config.connect(NoTls).await?;
            tokio::spawn(run(connection));
            return Ok(client);
        }
        let (client, connection) = self.config.connect(MakeRustlsConnect::new(self.tls.clone())).await?;
        tokio::spawn(run(connection));
        Ok(client)
    }

    /// TLS wants a host name even to decide not to be spoken, and a socket in the file system has none.
    fn never_speaks_tls(&self) -> bool {
        let hosts = self.config.get_hosts();
        let sockets = !hosts.is_empty() && hosts.iter().all(|host| matches!(host, Host::Unix(_)));
        sockets || self.config.get_ssl_mode() == SslMode::Disable
    }

    async fn store(&mut self, batch: &[Delivery]) -> Result<Accepted, Unavailable> {
        let stored = match self.client.as_mut().filter(|client| !client.is_closed()) {
            Some(client) => store(client, &self.schema, batch).await,
            None => Err(Unavailable::new(CLOSED)),
        };
        self.kept_if_ok(stored)
    }

    async fn store_stories(&mut self, batch: &[StoryDelivery]) -> Result<Accepted, Unavailable> {
        let stored = match self.client.as_mut().filter(|client| !client.is_closed()) {
            Some(client) => stories::store(client, &self.schema, batch).await,
            None => Err(Unavailable::new(CLOSED)),
        };
        self.kept_if_ok(stored)
    }

    /// A connection in whose use something failed is not used again.
    fn kept_if_ok<T>(&mut self, stored: Result<T, Unavailable>) -> Result<T, Unavailable> {
        if stored.is_err() {
            self.client = None;
        }
        stored
    }
}

impl Sink for Postgres {
    fn kind(&self) -> &'static str {
        "postgres"
    }

    fn open(&mut self, _position: Option<&Value>) -> BoxFuture<'_, Result<(), Unavailable>> {
        Box::pin(self.make_ready())
    }

    fn deliver<'a>(&'a mut self, batch: &'a [Delivery]) -> BoxFuture<'a, Result<Accepted, Unavailable>> {
        Box::pin(self.store(batch))
    }

    fn tell<'a>(&'a mut self, batch: &'a [StoryDelivery]) -> BoxFuture<'a, Result<Accepted, Unavailable>> {
        Box::pin(self.store_stories(batch))
    }
}

/// Drives a connection until its client is dropped. How it ends, the client's calls learn too.
async fn run(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::debug!(error = in_words(&error), "the connection to the database ended");
    }
}

/// Brings the tables to the newest state, or leaves them as they are.
///
/// Asks before it creates: a role that may only read and write rows can serve where the tables are there already.
async fn migrate(client: &mut Client, schema: &str) -> Result<(), Failure> {
    let transaction = begin(client, schema).await?;
    transaction.execute_typed("SELECT pg_advisory_xact_lock($1)", &[(&MIGRATION_LOCK, Type::INT8)]).await?;
    let known = "SELECT FROM pg_namespace WHERE nspname = $1";
    if transaction.query_typed(known, &[(&schema, Type::TEXT)]).await?.is_empty() {
        transaction.batch_execute(&format!("CREATE SCHEMA {}", quoted(schema))).await?;
    }
    if transaction.query_typed("SELECT WHERE to_regclass('nisba_migrations') IS NOT NULL", &[]).await?.is_empty() {
        let table = "CREATE TABLE nisba_migrations \
            (number integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())";
        transaction.batch_execute(table).await?;
    }
    let applied = "SELECT coalesce(max(number), 0) FROM nisba_migrations";
    let applied: i32 = transaction.query_typed_one(applied, &[]).await?.try_get(0)?;
    let newest = MIGRATIONS.iter().map(|(number, _)| *number).max().unwrap_or_default();
    if applied > newest {
        return Err(Failure::Elsewhere(format!(
            "the tables are of a newer nisba (migration {applied}; this one knows {newest}): run that one"
        )));
    }
    for (number, statements) in MIGRATIONS.iter().filter(|(number, _)| *number > applied) {
        transaction.batch_execute(statements).await?;
        let done = "INSERT INTO nisba_migrations (number) VALUES ($1)";
        transaction.execute_typed(done, &[(number, Type::INT4)]).await?;
        tracing::info!(number, schema, "made or changed the tables of the database");
    }
    Ok(transaction.commit().await?)
}

/// Starts a transaction that sees the schema's tables and no others, and whose commit is durable.
async fn begin<'a>(client: &'a mut Client, schema: &str) -> Result<Transaction<'a>, Failure> {
    let transaction = client.transaction().await?;
    let settings = format!(
        "SET LOCAL search_path TO {}; SET LOCAL statement_timeout TO {}; \
         SELECT set_config('synchronous_commit', 'local', true) WHERE current_setting('synchronous_commit') = 'off'",
        quoted(schema),
        STATEMENT_TIMEOUT.as_millis(),
    );
    transaction.batch_execute(&settings).await?;
    Ok(transaction)
}

/// Stores a batch as a whole; where the data are at fault, record by record, so that only the faulty ones stay out.
async fn store(client: &mut Client, schema: &str, batch: &[Delivery]) -> Result<Accepted, Unavailable> {
    let mut accepted = Accepted::default();
    let mut entries = Vec::with_capacity(batch.len());
    for delivery in batch {
        match Entry::new(delivery) {
            Ok(entry) => entries.push(entry),
            Err(reason) => accepted.refused.push(Refusal { seq: delivery.seq, reason }),
        }
    }
    if let Err(failure) = write(client, schema, &entries).await {
        let reason = failure.data()?;
        if let [only] = entries.as_slice() {
            accepted.refused.push(Refusal { seq: only.seq, reason });
        } else {
            for entry in &entries {
                let Err(failure) = write(client, schema, std::slice::from_ref(entry)).await else { continue };
                accepted.refused.push(Refusal { seq: entry.seq, reason: failure.data()? });
            }
        }
    }
    accepted.refused.sort_by_key(|refusal| refusal.seq);
    Ok(accepted)
}

/// One transaction for all entries.
async fn write(client: &mut Client, schema: &str, entries: &[Entry<'_>]) -> Result<(), Failure> {
    let newest = newest(entries);
    if newest.is_empty() {
        return Ok(());
    }
    in_time(TRANSACTION_TIMEOUT, async {
        let transaction = begin(client, schema).await?;
        let taken = upsert(&transaction, &newest).await?;
        let taken: Vec<&Entry<'_>> = newest.into_iter().filter(|entry| taken.contains(&entry.record.id)).collect();
        replace_people(&transaction, &taken).await?;
        Ok(transaction.commit().await?)
    })
    .await
}

/// Writes the documents; returns the ids of those that were new or newer than what was there.
async fn upsert(transaction: &Transaction<'_>, entries: &[&Entry<'_>]) -> Result<HashSet<String>, Failure> {
    let rows = rows(entries.iter().map(|entry| document_row(entry)))?;
    let taken = transaction.query_typed(UPSERT_DOCUMENTS, &[(&rows, Type::TEXT)]).await?;
    Ok(taken.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// Puts the people and mentions of these documents in the place of those that were there.
async fn replace_people(transaction: &Transaction<'_>, entries: &[&Entry<'_>]) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = entries.iter().map(|entry| entry.record.id.as_str()).collect();
    transaction.execute_typed(DELETE_PEOPLE, &[(&ids, Type::TEXT_ARRAY)]).await?;
    let people = rows(entries.iter().flat_map(|entry| person_rows(&entry.record)))?;
    transaction.execute_typed(INSERT_PEOPLE, &[(&people, Type::TEXT)]).await?;
    let mentions = rows(entries.iter().flat_map(|entry| mention_rows(&entry.record)))?;
    transaction.execute_typed(INSERT_MENTIONS, &[(&mentions, Type::TEXT)]).await?;
    Ok(())
}

/// The newest of several versions of a document. In order of id: two processes that write the same documents then
/// lock them in the same order, and never wait for each other in a circle.
fn newest<'b, 'a>(entries: &'b [Entry<'a>]) -> Vec<&'b Entry<'a>> {
    let mut newest: BTreeMap<&str, &Entry<'a>> = BTreeMap::new();
    for entry in entries {
        let kept = newest.entry(&entry.record.id).or_insert(entry);
        if kept.record.version < entry.record.version {
            *kept = entry;
        }
    }
    newest.into_values().collect()
}

/// A delivery, made fit for the database.
struct Entry<'a> {
    seq: i64,
    record: Cow<'a, Record>,
    json: Cow<'a, RawValue>,
    /// What had to be changed.
    note: Option<String>,
}

impl<'a> Entry<'a> {
    fn new(delivery: &'a Delivery) -> Result<Self, String> {
        let unreadable = |error: serde_json::Error| format!("the record is not the JSON it should be: {error}");
        let seq = delivery.seq;
        // JSON text holds a NUL only as an escape, so most records need no closer look. Those that have the letters
        // may still mean a backslash and `u0000`: only the parsed value tells.
        if delivery.json.contains(r"\u0000") {
            let mut value: Value = serde_json::from_str(&delivery.json).map_err(unreadable)?;
            let replaced = replace_nul(&mut value);
            if replaced > 0 {
                let json = Cow::Owned(to_raw_value(&value).map_err(unreadable)?);
                let record = Cow::Owned(serde_json::from_value(value).map_err(unreadable)?);
                let plural = if replaced == 1 { "" } else { "s" };
                let note = Some(format!("{replaced} NUL character{plural} replaced"));
                return Ok(Self { seq, record, json, note });
            }
        }
        let json = Cow::Borrowed(serde_json::from_str(&delivery.json).map_err(unreadable)?);
        Ok(Self { seq, record: Cow::Borrowed(&delivery.record), json, note: None })
    }
}

/// Puts U+FFFD for each NUL, which PostgreSQL has no place for, in keys and in strings at any depth; counts them.
fn replace_nul(value: &mut Value) -> usize {
    fn in_text(text: &mut String) -> usize {
        let count = text.matches('\0').count();
        if count > 0 {
            *text = text.replace('\0', "\u{FFFD}");
        }
        count
    }
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => in_text(text),
        Value::Array(items) => items.iter_mut().map(replace_nul).sum(),
        Value::Object(members) => {
            let mut count = 0;
            let mut clean = Map::with_capacity(members.len());
            for (mut key, mut member) in std::mem::take(members) {
                count += in_text(&mut key) + replace_nul(&mut member);
                clean.insert(key, member);
            }
            *members = clean;
            count
        }
    }
}

/// A row of `documents`.
#[derive(Serialize)]
struct DocumentRow<'a> {
    id: &'a str,
    revision: i64,
    version: i64,
    received_at: Timestamp,
    processed_at: Timestamp,
    source: &'a str,
    url: Option<&'a str>,
    published_at: Option<Timestamp>,
    title: Option<&'a str>,
    byline: Option<&'a str>,
    text: &'a str,
    language: &'a str,
    script: &'a str,
    language_confidence: f64,
    content_hash: &'a str,
    record: &'a RawValue,
    note: Option<&'a str>,
    deleted: bool,
    article: Option<bool>,
    text_hash: Option<&'a str>,
    cluster: Option<&'a str>,
    story: Option<&'a str>,
    role: Option<Role>,
    original_language: Option<&'a str>,
}

/// A row of `people`.
#[derive(Serialize)]
struct PersonRow<'a> {
    document_id: &'a str,
    ordinal: usize,
    person_id: Option<&'a str>,
    name: &'a str,
    status: PersonStatus,
    key: &'a str,
    score: f64,
    why: &'a [String],
    candidates: &'a [Candidate],
}

/// A row of `mentions`.
#[derive(Serialize)]
struct MentionRow<'a> {
    document_id: &'a str,
    person_ordinal: usize,
    ordinal: usize,
    field: TextField,
    start_offset: usize,
    end_offset: usize,
    text: &'a str,
    form: MentionForm,
}

/// Rows as the one JSON array that a statement takes.
fn rows<T: Serialize>(rows: impl Iterator<Item = T>) -> Result<String, Failure> {
    let rows: Vec<T> = rows.collect();
    serde_json::to_string(&rows).map_err(|error| Failure::Data(format!("the record makes no JSON: {error}")))
}

fn document_row<'a>(entry: &'a Entry<'_>) -> DocumentRow<'a> {
    let record = &*entry.record;
    let translation = record.translation.as_ref();
    DocumentRow {
        id: &record.id,
        revision: record.revision,
        version: record.version,
        received_at: record.received_at,
        processed_at: record.processed_at,
        source: &record.source.name,
        url: record.source.url.as_deref(),
        published_at: record.source.published_at,
        title: record.title.as_deref(),
        byline: record.byline.as_deref(),
        text: &record.text,
        language: &record.language.tag,
        script: &record.language.script,
        language_confidence: record.language.confidence,
        content_hash: &record.content_hash,
        record: &entry.json,
        note: entry.note.as_deref(),
        deleted: record.deleted,
        article: record.article,
        text_hash: record.text_hash.as_deref(),
        cluster: record.cluster.as_ref().map(|cluster| cluster.id.as_str()),
        story: translation.map(|translation| translation.story_id.as_str()),
        role: translation.map(|translation| translation.role),
        original_language: translation.and_then(|t| t.original_language.as_ref()).map(|language| language.tag.as_str()),
    }
}

fn person_rows(record: &Record) -> impl Iterator<Item = PersonRow<'_>> {
    record.people.iter().enumerate().map(|(ordinal, person)| PersonRow {
        document_id: &record.id,
        ordinal,
        person_id: person.person_id.as_deref(),
        name: &person.name,
        status: person.status,
        key: &person.key,
        score: person.score,
        why: &person.why,
        candidates: &person.candidates,
    })
}

fn mention_rows(record: &Record) -> impl Iterator<Item = MentionRow<'_>> {
    record.people.iter().enumerate().flat_map(move |(person_ordinal, person)| {
        person.mentions.iter().enumerate().map(move |(ordinal, mention)| MentionRow {
            document_id: &record.id,
            person_ordinal,
            ordinal,
            field: mention.field,
            start_offset: mention.start,
            end_offset: mention.end,
            text: &mention.text,
            form: mention.form,
        })
    })
}

/// Why something did not work, and so what to do about it.
#[derive(Debug)]
enum Failure {
    /// The database will never take these data.
    Data(String),
    /// Anything else: the network, the server, its set-up, another transaction.
    Elsewhere(String),
}

impl Failure {
    /// The reason, if the data are at fault.
    fn data(self) -> Result<String, Unavailable> {
        match self {
            Failure::Data(reason) => Ok(reason),
            failure => Err(failure.into()),
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        let reason = in_words(&error);
        match error.code() {
            Some(state) if blames_data(state.code()) => Failure::Data(reason),
            _ => Failure::Elsewhere(reason),
        }
    }
}

impl From<Failure> for Unavailable {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Data(reason) | Failure::Elsewhere(reason) => Unavailable::new(reason),
        }
    }
}

/// Whether a SQLSTATE is about the data: class 22 data exception, 23 integrity constraint, 54 program limit.
fn blames_data(state: &str) -> bool {
    ["22", "23", "54"].iter().any(|class| state.starts_with(class))
}

/// Waits no longer than `limit`.
async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let late = |_| Failure::Elsewhere(format!("the database gave no answer within {} s", limit.as_secs()));
    timeout(limit, work).await.map_err(late)?
}

/// The server's SQLSTATE and message, without the detail, which may quote a document; or the error and its causes.
fn in_words(error: &tokio_postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("SQLSTATE {}: {}", error.code().code(), error.message());
    }
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}

/// What is wrong with a URL. The parser quotes option names, and where a password has a bare `@` that name can be a
/// part of the password: so it is repeated only where it is a name that PostgreSQL's own clients know.
fn what_is_wrong(url: &str, error: &tokio_postgres::Error) -> String {
    const KNOWN_ELSEWHERE: [&str; 16] = [
        "sslrootcert",
        "sslcert",
        "sslkey",
        "sslpassword",
        "sslcrl",
        "sslcrldir",
        "sslcompression",
        "sslsni",
        "ssl_min_protocol_version",
        "ssl_max_protocol_version",
        "passfile",
        "service",
        "client_encoding",
        "fallback_application_name",
        "gssencmode",
        "krbsrvname",
    ];
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let quoted = cause.split('`').nth(1).unwrap_or_default();
    let advice = if cause == "invalid value for option `sslmode`" {
        "sslmode is one of disable, prefer and require (a certificate is always verified)".to_owned()
    } else if cause.starts_with("invalid value for option") {
        format!("{quoted} has a value that cannot be read")
    } else if KNOWN_ELSEWHERE.contains(&quoted) {
        format!("it has the option {quoted}, which is not supported here")
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        ESCAPES.to_owned()
    } else {
        "it has to look like postgres://user:password@host:5432/database".to_owned()
    };
    format!("the postgres url cannot be read: {advice}")
}

/// Any name that a schema can have and the server would not cut or keep for itself.
fn check_schema(schema: &str) -> Result<(), String> {
    if schema.is_empty() || schema.len() > 63 || schema.contains('\0') || schema.starts_with("pg_") {
        return Err(format!("{schema:?} is no name for a schema: 1 to 63 bytes, not starting with pg_"));
    }
    Ok(())
}

/// A name as SQL has it, whatever characters are in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn delivery(seq: i64, version: i64, text: &str) -> Delivery {
        let record: Record = serde_json::from_value(json!({
            "schema": crate::model::SCHEMA, "id": "d-1", "revision": 1, "version": version,
            "received_at": "2024-05-01T10:00:00Z", "processed_at": "2024-05-01T10:00:01Z",
            "source": { "name": "news.example" }, "content_hash": "00", "text": text,
            "language": { "tag": "en", "script": "Latn", "confidence": 1.0, "reliable": true, "spans": [] },
            "people": [],
            "provenance": { "nisba": "0", "models": {}, "authority_revision": "", "timings_ms": {} },
        }))
        .expect("a record");
        let json = serde_json::to_string(&record).expect("JSON").into();
        Delivery { seq, record: Arc::new(record), json }
    }

    #[test]
    fn nul_is_replaced_in_keys_and_values_at_any_depth() {
        let mut value = json!({ "a\0": ["\0\0", { "b": "c\0d" }], "e": 1, "f": "\\u0000" });
        assert_eq!(replace_nul(&mut value), 4);
        let clean = json!({ "a\u{FFFD}": ["\u{FFFD}\u{FFFD}", { "b": "c\u{FFFD}d" }], "e": 1, "f": "\\u0000" });
        assert_eq!(value, clean);
        let keys: Vec<&String> = value.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["a\u{FFFD}", "e", "f"]);
        assert_eq!(replace_nul(&mut value), 0);
    }

    #[test]
    fn a_record_with_nul_is_cleaned_and_says_so() {
        let dirty = delivery(1, 1, "a\0b");
        let entry = Entry::new(&dirty).expect("an entry");
        assert_eq!(entry.record.text, "a\u{FFFD}b");
        assert_eq!(entry.note.as_deref(), Some("1 NUL character replaced"));
        assert!(!entry.json.get().contains("u0000"), "{}", entry.json);
    }

    #[test]
    fn a_record_that_only_spells_the_escape_stays_as_it_is() {
        let clean = delivery(1, 1, r"a\u0000b");
        assert!(clean.json.contains(r"\\u0000"));
        let entry = Entry::new(&clean).expect("an entry");
        assert_eq!(entry.record.text, r"a\u0000b");
        assert_eq!(entry.note, None);
        assert_eq!(entry.json.get(), &*clean.json);
        // An escaped backslash, and then a NUL.
        let both = delivery(1, 1, "\\\0");
        assert_eq!(Entry::new(&both).expect("an entry").record.text, "\\\u{FFFD}");
    }

    #[test]
    fn of_several_versions_the_newest_is_kept() {
        let batch = [delivery(1, 1, "a"), delivery(2, 3, "b"), delivery(3, 2, "c"), delivery(4, 3, "b")];
        let entries: Vec<Entry<'_>> = batch.iter().map(|delivery| Entry::new(delivery).expect("an entry")).collect();
        let kept: Vec<i64> = newest(&entries).iter().map(|entry| entry.seq).collect();
        assert_eq!(kept, [2]);
    }

    #[test]
    fn a_sqlstate_blames_the_data_or_not() {
        for state in ["22P05", "22001", "22008", "23505", "23514", "54000", "54001"] {
            assert!(blames_data(state), "{state}");
        }
        for state in ["40001", "40P01", "53300", "53100", "57P01", "57014", "08006", "28P01", "42P01", "XX000"] {
            assert!(!blames_data(state), "{state}");
        }
    }

    #[test]
    fn a_url_is_checked_and_its_password_never_told() {
        assert!(Postgres::new("postgres://u:hunter2@db.example/news?sslmode=require", "nisba").is_ok());
        assert!(Postgres::new("host=/run/postgresql user=u", "nisba").is_ok_and(|sink| sink.never_speaks_tls()));
        for (bad, says) in [
            ("postgres://u:hunter2@db.example:x/news", "port"),
            ("postgres://u:hunter2@db.example/news?sslmode=verify-full", "require"),
            ("postgres://u:hunter2@db.example/news?sslrootcert=hunter", "sslrootcert"),
            ("postgres://u:a@b?hunter2=@db.example/news", "%40"),
            ("postgres://u:a@hunter2@db.example/news", "%40"),
            ("postgres://", "no host"),
            ("hunter2", "postgres://user"),
        ] {
            let error = Postgres::new(bad, "nisba").err().expect("refused");
            assert!(error.contains(says) && !error.contains("hunter"), "{bad}: {error}");
        }
    }

    #[test]
    fn a_schema_has_a_name_that_can_be_quoted() {
        for good in ["nisba", "Press Review", "o\"clock"] {
            assert!(check_schema(good).is_ok(), "{good}");
        }
        for bad in ["", "pg_nisba", "a\0", "a234567890123456789012345678901234567890123456789012345678901234"] {
            assert!(check_schema(bad).is_err(), "{bad}");
        }
        assert_eq!(quoted("o\"clock"), "\"o\"\"clock\"");
    }
}

//! PostgreSQL: the newest record of each document in tables of a schema of its own.
//!
//! A batch is one transaction. Tables are named through `search_path` and limits set with `SET LOCAL`, anew in each
//! transaction, and statements are not prepared: so a pooler that hands out another session for each transaction
//! does no harm.

mod address;
mod entry;
mod failure;
mod records;
mod rows;
mod schema;
mod stories;

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio_postgres::Client;

use super::{Accepted, Delivery, Sink, StoryDelivery, Unavailable};
use address::Address;
use failure::in_time;

/// For a session: every address of every host, TLS and the login.
const SESSION_TIMEOUT: Duration = Duration::from_secs(60);
/// For one transaction. It ends the wait for a server that vanished without closing the connection.
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(180);

/// Of a connection that ended by itself.
const CLOSED: &str = "the connection to the database was closed";

/// The sink of kind `postgres`.
pub struct Postgres {
    address: Address,
    schema: String,
    client: Option<Client>,
}

impl Postgres {
    /// For a database, named by a `postgres://` URL or a `key=value` string, and a schema in it, which is made where
    /// it is missing. Connects to nothing yet. The error is for the operator, and free of the URL's secrets.
    ///
    /// `sslmode` is `disable`, `prefer` (the default) or `require`. Where TLS is spoken, the certificate is always
    /// verified, by `prefer` too.
    pub fn new(url: &str, schema: &str) -> Result<Postgres, String> {
        schema::check_name(schema)?;
        Ok(Postgres { address: Address::parse(url)?, schema: schema.to_owned(), client: None })
    }

    async fn make_ready(&mut self) -> Result<(), Unavailable> {
        if self.client.as_ref().is_some_and(|client| !client.is_closed()) {
            return Ok(());
        }
        self.client = None;
        let mut client = in_time(SESSION_TIMEOUT, self.address.connect()).await.map_err(Unavailable::from)?;
        let migrated = in_time(TRANSACTION_TIMEOUT, schema::migrate(&mut client, &self.schema)).await;
        migrated.map_err(Unavailable::from)?;
        self.client = Some(client);
        Ok(())
    }

    async fn store(&mut self, batch: &[Delivery]) -> Result<Accepted, Unavailable> {
        let stored = match self.client.as_mut().filter(|client| !client.is_closed()) {
            Some(client) => records::store(client, &self.schema, batch).await,
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

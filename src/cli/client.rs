//! Asks a running service, for the commands that do.

use std::time::Duration;

use nisba::config::Config;
use reqwest::{Client, Method};
use serde_json::Value;

use super::Failure;

/// The service at `server.bind`; `NISBA_KEY` holds the API key where it has keys.
pub struct Service {
    base: String,
    client: Client,
    key: Option<String>,
}

impl Service {
    pub fn at(config: &Config) -> Result<Service, Failure> {
        let mut address = config.server.bind;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
        Ok(Service { base: format!("http://{address}"), client, key: std::env::var("NISBA_KEY").ok() })
    }

    /// Sends a request and reads the JSON of its answer; a problem becomes its detail.
    pub async fn ask(&self, method: Method, path: &str) -> Result<Value, Failure> {
        self.send(self.client.request(method, format!("{}{path}", self.base))).await
    }

    /// Posts JSON and reads that of the answer.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.send(self.client.post(format!("{}{path}", self.base)).json(body)).await
    }

    async fn send(&self, mut request: reqwest::RequestBuilder) -> Result<Value, Failure> {
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        let place = format!("the service at {}", self.base);
        let answer = request
            .send()
            .await
            .map_err(|e| format!("{place} does not answer: {}; is it running there?", e.without_url()))?;
        let status = answer.status();
        let body: Value =
            answer.json().await.map_err(|e| format!("{place} answers something unreadable: {}", e.without_url()))?;
        if status.is_success() {
            return Ok(body);
        }
        let hint = if status == 401 { "; set NISBA_KEY to an API key" } else { "" };
        Err(format!("{place} says: {}{hint}", body["detail"].as_str().unwrap_or(status.as_str())).into())
    }
}

/// A value for a query.
pub fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

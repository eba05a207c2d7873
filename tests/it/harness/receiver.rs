//! A receiver of webhooks: a real HTTP server that answers as it is told.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;

/// A request that arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub status: u16,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The ids of the records in it.
    pub fn ids(&self) -> Vec<String> {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        body["data"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// Says status and headers for a body.
type Rule = Box<dyn Fn(&str, usize) -> (u16, Vec<(&'static str, String)>) + Send + Sync>;

pub struct Receiver {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    handle: actix_web::dev::ServerHandle,
}

impl Receiver {
    /// Starts one that answers by `rule`, which gets the body and the number of requests before.
    pub fn start(rule: impl Fn(&str, usize) -> (u16, Vec<(&'static str, String)>) + Send + Sync + 'static) -> Receiver {
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let (kept, rule): (_, Arc<Rule>) = (received.clone(), Arc::new(Box::new(rule)));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let server = HttpServer::new(move || {
            let (kept, rule) = (kept.clone(), rule.clone());
            let handler = move |request: HttpRequest, body: String| {
                let (kept, rule) = (kept.clone(), rule.clone());
                async move {
                    let mut kept = kept.lock().unwrap();
                    let (status, headers) = rule(&body, kept.len());
                    let pairs = request
                        .headers()
                        .iter()
                        .map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned()));
                    kept.push(Received { headers: pairs.collect(), body, status });
                    let mut answer = HttpResponse::build(status.try_into().unwrap());
                    for header in headers {
                        answer.insert_header(header);
                    }
                    answer.body("as told")
                }
            };
            App::new().app_data(web::PayloadConfig::new(64 << 20)).default_service(web::to(handler))
        })
        .workers(1)
        .listen(listener)
        .unwrap()
        .disable_signals()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Receiver { url, received, handle }
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Ids of the records that were accepted.
    pub fn accepted(&self) -> Vec<String> {
        self.received().iter().filter(|r| r.status < 300).flat_map(Received::ids).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

//! A server that answers as it is told, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

/// An answer as it was recorded.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: String,
    /// How long it takes.
    pub after: Duration,
}

impl Answer {
    pub fn new(status: u16, body: impl Into<String>) -> Answer {
        Answer { status, headers: Vec::new(), body: body.into(), after: Duration::ZERO }
    }

    pub fn with(mut self, name: &'static str, value: &'static str) -> Answer {
        self.headers.push((name, value));
        self
    }

    pub fn after(self, after: Duration) -> Answer {
        Answer { after, ..self }
    }
}

/// A request that arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Method and path: `POST /translate`.
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub struct Recorded {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    handle: actix_web::dev::ServerHandle,
}

impl Recorded {
    /// Starts one that gives these answers in turn, and the last one again and again.
    pub fn start(answers: Vec<Answer>) -> Recorded {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (kept, answers) = (asked.clone(), Arc::new(answers));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = HttpServer::new(move || {
            let (kept, answers) = (kept.clone(), answers.clone());
            let handler = move |request: HttpRequest, body: String| {
                let answer = remember(&kept, &answers, &request, body);
                async move {
                    tokio::time::sleep(answer.after).await;
                    let mut response = HttpResponse::build(answer.status.try_into().unwrap());
                    response.content_type("application/json");
                    for header in answer.headers {
                        response.insert_header(header);
                    }
                    response.body(answer.body)
                }
            };
            App::new().app_data(web::PayloadConfig::new(1 << 20)).default_service(web::to(handler))
        })
        .workers(1)
        .listen(listener)
        .unwrap()
        .disable_signals()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Recorded { url, asked, handle }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn remember(kept: &Mutex<Vec<Asked>>, answers: &[Answer], request: &HttpRequest, body: String) -> Answer {
    let mut kept = kept.lock().unwrap();
    let answer = answers.get(kept.len()).or(answers.last()).unwrap().clone();
    let pairs = request.headers().iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned()));
    let line = format!("{} {}", request.method(), request.uri());
    kept.push(Asked { line, headers: pairs.collect(), body });
    answer
}

impl Drop for Recorded {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

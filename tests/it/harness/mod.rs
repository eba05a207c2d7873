//! Starts the binary and real servers, each in a folder of its own, and stops them when a test ends.

mod apertium;
mod postgres;
mod receiver;
mod recorded;

pub use apertium::Apertium;
pub use postgres::Postgres;
pub use receiver::Receiver;
pub use recorded::{Answer, Recorded};

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A port that nobody uses at the moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An HTTP client that knows no proxy and follows nothing.
pub fn client() -> reqwest::Client {
    // The provider of TLS may have been chosen by another test of this process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    client.timeout(Duration::from_secs(60)).build().unwrap()
}

/// The binary, ready to be given arguments, free of the caller's environment.
pub fn nisba() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nisba"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("NISBA_")) {
        command.env_remove(name);
    }
    command
}

/// A service of its own, with its data folder.
pub struct Nisba {
    pub base: String,
    pub port: u16,
    pub dir: PathBuf,
    config: Option<PathBuf>,
    environment: Vec<(String, String)>,
    child: Option<Child>,
    pub client: reqwest::Client,
    _temporary: TempDir,
}

impl Nisba {
    /// Starts with the default configuration.
    pub async fn start() -> Nisba {
        Nisba::with("", &[]).await
    }

    /// Starts with a configuration file and environment variables.
    pub async fn with(config: &str, environment: &[(&str, &str)]) -> Nisba {
        let mut nisba = Nisba::prepared(config, environment);
        nisba.spawn();
        nisba.ready().await;
        nisba
    }

    /// Makes the folder and configuration, but starts nothing.
    pub fn prepared(config: &str, environment: &[(&str, &str)]) -> Nisba {
        let temporary = tempfile::tempdir().unwrap();
        let port = free_port();
        let file = (!config.is_empty()).then(|| temporary.path().join("nisba.toml"));
        if let Some(file) = &file {
            std::fs::write(file, config).unwrap();
        }
        Nisba {
            base: format!("http://127.0.0.1:{port}"),
            port,
            dir: temporary.path().join("data"),
            config: file,
            environment: environment.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect(),
            child: None,
            client: client(),
            _temporary: temporary,
        }
    }

    /// The command that starts this service.
    pub fn command(&self) -> Command {
        let mut command = nisba();
        command.arg("serve").args(["--bind", &format!("127.0.0.1:{}", self.port)]).arg("--data").arg(&self.dir);
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        command.envs(self.environment.iter().cloned()).stdout(Stdio::null());
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        command.stderr(log);
        command
    }

    pub fn log_file(&self) -> PathBuf {
        self.dir.with_extension("log")
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    pub fn spawn(&mut self) {
        let child = self.command().spawn().unwrap();
        self.child = Some(child);
    }

    /// Starts it below another program (strace).
    pub fn spawn_below(&mut self, program: &str, arguments: &[&str]) {
        let own = self.command();
        let mut command = Command::new(program);
        command.args(arguments).arg(own.get_program()).args(own.get_args());
        for (name, value) in own.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        self.child = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Waits until it is ready.
    pub async fn ready(&self) {
        let ready = || async {
            let answer = self.client.get(format!("{}/readyz", self.base)).send().await;
            answer.is_ok_and(|a| a.status() == StatusCode::OK)
        };
        eventually("the service is ready", Duration::from_secs(60), ready).await;
    }

    /// SIGKILL, at once.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// SIGTERM; gives the exit status.
    pub fn terminate(&mut self) -> ExitStatus {
        let mut child = self.child.take().unwrap();
        signal("TERM", child.id());
        wait_for(&mut child, Duration::from_secs(60))
    }

    /// The exit status of one that ends by itself.
    pub fn ended(&mut self) -> ExitStatus {
        wait_for(&mut self.child.take().unwrap(), Duration::from_secs(60))
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    pub async fn post(&self, document: &Value) -> (StatusCode, Value) {
        let answer = self.client.post(format!("{}/v1/documents", self.base)).json(document).send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap())
    }

    /// Posts and waits for the record.
    pub async fn record(&self, document: &Value) -> Value {
        let request =
            self.client.post(format!("{}/v1/documents", self.base)).header("Prefer", "wait=30").json(document);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// Waits until nothing is in the spool and every sink has every record.
    pub async fn drained(&self) {
        eventually("everything is delivered", Duration::from_secs(60), || async {
            let (_, health) = self.get("/health").await;
            let is_behind = |sink: &Value| sink["lag_records"] != 0 || sink["status"] != "ok";
            let sinks = health["sinks"].as_array().into_iter().flatten();
            let mut of_records = sinks.filter(|sink| sink.get("lag_records").is_some()).peekable();
            health["checks"]["backlog"]["waiting"] == 0 && of_records.peek().is_some() && !of_records.any(is_behind)
        })
        .await;
    }

    /// What `/metrics` answers.
    pub async fn metrics(&self) -> String {
        self.client.get(format!("{}/metrics", self.base)).send().await.unwrap().text().await.unwrap()
    }

    /// The value of a metric, written with its labels, if it is there.
    pub async fn metric(&self, series: &str) -> Option<f64> {
        let text = self.metrics().await;
        text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
    }

    /// The lines of the JSON lines sink, parsed; panics at one that is torn.
    pub fn lines(&self) -> Vec<Value> {
        lines(&self.dir)
    }
}

impl Drop for Nisba {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(20).collect();
            eprintln!("the last lines of its log:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
    }
}

/// All lines of all `records*.jsonl` in a folder.
pub fn lines(dir: &Path) -> Vec<Value> {
    lines_of("records", dir)
}

/// All lines of all files in a folder that a sink of JSON lines keeps for `records` or `stories`.
pub fn lines_of(kind: &str, dir: &Path) -> Vec<Value> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| {
            let name = p.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with(kind) && name.ends_with(".jsonl")
        })
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            assert!(text.is_empty() || text.ends_with('\n'), "a torn line in {}", file.display());
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
        })
        .collect()
}

/// Waits until something is true.
pub async fn eventually<F: Future<Output = bool>>(what: &str, limit: Duration, mut check: impl FnMut() -> F) {
    let until = Instant::now() + limit;
    while !check().await {
        assert!(Instant::now() < until, "not in {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap().success());
}

pub fn wait_for(child: &mut Child, limit: Duration) -> ExitStatus {
    let until = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < until, "the process does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A short document about two people, one of many.
pub fn document(number: usize) -> Value {
    json!({
        "url": format!("https://news.example/{number}"),
        "title": format!("Meeting number {number}"),
        "text": format!("President Ilham Aliyev of Azerbaijan met President Ebrahim Raisi of Iran in Ashgabat for meeting {number}. Aliyev said that trade would grow."),
    })
}

/// TLS that trusts nobody: tests speak plain HTTP.
pub fn no_tls() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

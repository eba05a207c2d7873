//! A real Apertium APY with the language pairs that are installed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::free_port;

/// Where Debian's packages put the pairs.
const PAIRS: &str = "/usr/share/apertium/modes";

pub struct Apertium {
    pub url: String,
    child: Child,
}

impl Apertium {
    /// Starts one, and waits until it answers.
    pub fn start() -> Apertium {
        assert!(
            Path::new(PAIRS).join("eng-spa.mode").exists(),
            "Apertium is not installed; scripts/test installs it: apt-get install apertium-apy apertium-eng-spa"
        );
        let port = free_port();
        let child = Command::new("apertium-apy")
            .args(["--port", &port.to_string(), "--num-processes", "1", PAIRS])
            .current_dir(std::env::temp_dir())
            // Its pipelines are programs that read their input by the locale.
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let this = Apertium { url: format!("http://127.0.0.1:{port}"), child };
        this.wait(port);
        this
    }

    fn wait(&self, port: u16) {
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(30), "apertium-apy does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Apertium {
    fn drop(&mut self) {
        // Its pipelines end with their input.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

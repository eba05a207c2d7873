//! `nisba health`

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::{Failure, ServiceArgs};

/// Ask a running service whether it is ready; for container health checks
///
/// Prints the answer of /health of the service at server.bind. Exit code 0 when it is ready, 1 when it is not or does
/// not answer within the timeout.
#[derive(Args)]
pub struct Health {
    #[command(flatten)]
    service: ServiceArgs,
    /// Seconds to wait for an answer
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    timeout: u64,
}

impl Health {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let mut address = self.service.load()?.server.bind;
        if address.ip().is_unspecified() {
            address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        let answer = ask(address, Duration::from_secs(self.timeout.max(1)))
            .map_err(|e| format!("the service at {address} does not answer: {e}; is it running there?"))?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        println!("{body}");
        let ready = head.split(' ').nth(1) == Some("200");
        Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// One request and its whole answer; a health check needs no more of HTTP than that.
fn ask(address: SocketAddr, timeout: Duration) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, timeout)?;
    stream.set_read_timeout(Some(timeout))?;
    stream.set_write_timeout(Some(timeout))?;
    write!(stream, "GET /health HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(1 << 20).read_to_string(&mut answer)?;
    Ok(answer)
}

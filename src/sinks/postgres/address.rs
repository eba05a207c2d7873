//! The address of a database, and a connection to it.

use std::time::Duration;

use rustls::ClientConfig;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure::{Failure, in_words};
use crate::tls;

/// For a TCP connection to one address, where the URL says nothing else.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// For a URL that was read otherwise than meant.
const ESCAPES: &str = "in a user or password, %40 is written for @, %3A for : and %25 for %";

/// Where a database is, and whom to trust there.
pub(super) struct Address {
    config: Config,
    tls: ClientConfig,
}

impl Address {
    /// Of a `postgres://` URL or a `key=value` string. The error is for the operator, and free of the URL's secrets.
    pub(super) fn parse(url: &str) -> Result<Address, String> {
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
        Ok(Address { config, tls })
    }

    pub(super) async fn connect(&self) -> Result<Client, Failure> {
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
}

/// Drives a connection until its client is dropped. How it ends, the client's calls learn too.
async fn run(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::debug!(error = in_words(&error), "the connection to the database ended");
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_checked_and_its_password_never_told() {
        assert!(Address::parse("postgres://u:hunter2@db.example/news?sslmode=require").is_ok());
        assert!(Address::parse("host=/run/postgresql user=u").is_ok_and(|address| address.never_speaks_tls()));
        for (bad, says) in [
            ("postgres://u:hunter2@db.example:x/news", "port"),
            ("postgres://u:hunter2@db.example/news?sslmode=verify-full", "require"),
            ("postgres://u:hunter2@db.example/news?sslrootcert=hunter", "sslrootcert"),
            ("postgres://u:a@b?hunter2=@db.example/news", "%40"),
            ("postgres://u:a@hunter2@db.example/news", "%40"),
            ("postgres://", "no host"),
            ("hunter2", "postgres://user"),
        ] {
            let error = Address::parse(bad).err().expect("refused");
            assert!(error.contains(says) && !error.contains("hunter"), "{bad}: {error}");
        }
    }
}

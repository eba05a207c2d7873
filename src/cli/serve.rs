//! `nisba serve`

use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use nisba::config::Config;
use nisba::http::{self, Keys};
use nisba::service::Service;
use nisba::{pipeline, telemetry};
use tokio::signal::unix::{SignalKind, signal};

use super::{ConfigArgs, Failure, api_keys, runtime};

/// Run the service: take documents over HTTP, process and deliver them
///
/// Everything is kept in the data folder; no other service is needed. SIGTERM or Ctrl-C stops it: nothing more is
/// accepted, what is in work is finished or stays in the spool, and it ends with exit code 0. A second signal ends it at
/// once, which loses nothing either.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    config: ConfigArgs,
    /// Address and port to listen on, in place of the key server.bind. Beyond loopback an API key is needed
    #[arg(long, value_name = "ADDR")]
    bind: Option<String>,
}

impl Serve {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let flags = self.bind.map(|bind| ("server.bind", bind)).into_iter().collect();
        let config = self.config.load(flags)?;
        telemetry::start_logging(&config.log);
        let keys = api_keys(&config)?;
        if !config.server.bind.ip().is_loopback() && keys.is_empty() {
            return Err(format!(
                "{} can be reached from other machines, and no API key is set; set NISBA_AUTH_KEYS=\"NAME ingest,read KEY\" \
                 (or auth.keys_file), or bind to 127.0.0.1",
                config.server.bind
            )
            .into());
        }
        runtime()?.block_on(serve(config, keys))
    }
}

async fn serve(config: Config, keys: Keys) -> Result<ExitCode, Failure> {
    // From here on a signal is a wish to stop, also while the store is opened.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let listener = TcpListener::bind(config.server.bind)
        .map_err(|e| format!("cannot listen on {}: {e}; choose another address with --bind", config.server.bind))?;
    let address = listener.local_addr()?;
    tokio::task::spawn_blocking(|| pipeline::warm_up(pipeline::READ_MOST)).await?;
    let service = Service::start(&config)?;
    let server = http::serve(service.clone(), keys, &config, listener)?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    tracing::info!(%address, data = %config.store.dir.display(), version = nisba::VERSION, "ready");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    service.begin_end();
    let limit = config.server.shutdown_timeout.0;
    let stopping = async {
        let half = limit / 2;
        if tokio::time::timeout(half, handle.stop(true)).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        service.stop(limit.saturating_sub(half).max(Duration::from_secs(1))).await;
    };
    tokio::select! {
        () = stopping => tracing::info!("stopped"),
        _ = terminate.recv() => tracing::warn!("stopped at once by a second signal"),
        _ = interrupt.recv() => tracing::warn!("stopped at once by a second signal"),
    }
    serving.abort();
    // Threads that are stuck in a document do not keep the process.
    std::process::exit(0);
}

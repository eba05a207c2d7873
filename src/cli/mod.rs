//! The command line: one file a subcommand. Errors are one sentence with what, where and what to do.

mod analyze;
mod authority;
mod check_config;
mod client;
mod dead_letters;
mod decisions;
mod evaluate;
mod extract;
mod health;
mod ingest;
mod language;
mod names;
mod paths;
mod people;
mod reprocess;
mod serve;
mod stories;
mod train;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use nisba::config::{Config, ConfigError};
use nisba::http::Keys;

/// Translation-aware document ingestion: takes in documents in any language, gives every spelling of a person one
/// identity, and delivers canonical records to every store, without losing one.
#[derive(Parser)]
#[command(name = "nisba", version = nisba::VERSION, max_term_width = 100, after_help = "\
Start with:
  nisba serve                              the service on 127.0.0.1:8430, with its data in ./nisba-data
  nisba ingest article.txt | jq .people    one text, from the command line")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Ingest(ingest::Ingest),
    Analyze(analyze::Analyze),
    Extract(extract::Extract),
    CheckConfig(check_config::CheckConfig),
    Health(health::Health),
    People(people::People),
    Stories(stories::Stories),
    Authority(authority::Authority),
    Decisions(decisions::Decisions),
    Reprocess(reprocess::Reprocess),
    DeadLetters(dead_letters::DeadLetters),
    Language(language::LanguageOf),
    Names(names::Names),
    Evaluate(evaluate::Evaluate),
    Train(train::Train),
}

/// What all commands that read the configuration take.
#[derive(Args, Clone, Default)]
pub struct ConfigArgs {
    /// Configuration file; see config/nisba.toml for every key [env: NISBA_CONFIG]
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Data folder, in place of the key store.dir
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
}

impl ConfigArgs {
    /// Brings flags, environment, file and defaults together.
    fn load(&self, mut flags: Vec<(&str, String)>) -> Result<Config, ConfigError> {
        if let Some(data) = &self.data {
            flags.push(("store.dir", data.display().to_string()));
        }
        let file = self.config.clone().or_else(|| std::env::var_os("NISBA_CONFIG").map(PathBuf::from));
        // A variable that is not UTF-8 cannot be one of ours.
        let environment = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
        Config::load(file.as_deref(), environment, &flags)
    }
}

/// The API keys of the configuration.
///
/// # Errors
/// Names the variable, where that is what holds them.
fn api_keys(config: &Config) -> Result<Keys, Failure> {
    Ok(Keys::read(&config.auth).map_err(|error| {
        let variable = format!("NISBA_{}", error.key().replace('.', "_").to_uppercase());
        match std::env::var_os(&variable) {
            Some(_) => format!("environment variable {variable}, {error}"),
            None => error.to_string(),
        }
    })?)
}

/// What all commands that ask a running service take.
#[derive(Args, Clone, Default)]
pub struct ServiceArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Address and port of the service, in place of the key server.bind
    #[arg(long, value_name = "ADDR", global = true)]
    bind: Option<String>,
}

impl ServiceArgs {
    fn load(&self) -> Result<Config, ConfigError> {
        self.config.load(self.bind.iter().map(|bind| ("server.bind", bind.clone())).collect())
    }
}

/// What a command reports when it cannot do its work.
type Failure = Box<dyn std::error::Error>;

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // One provider of cryptography for every client; a second call could only come from ourselves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if !matches!(cli.command, Command::Serve(_)) {
        // Who reads no further, as `head` does, ends the command quietly. A service outlives those who hang up.
        sigpipe::reset();
    }
    let result = match cli.command {
        Command::Serve(serve) => serve.run(),
        Command::Ingest(ingest) => ingest.run(),
        Command::Analyze(analyze) => analyze.run(),
        Command::Extract(extract) => extract.run(),
        Command::CheckConfig(check) => check.run(),
        Command::Health(health) => health.run(),
        Command::People(people) => people.run(),
        Command::Stories(stories) => stories.run(),
        Command::Authority(authority) => authority.run(),
        Command::Decisions(decisions) => decisions.run(),
        Command::Reprocess(reprocess) => reprocess.run(),
        Command::DeadLetters(letters) => letters.run(),
        Command::Language(language) => language.run(),
        Command::Names(names) => names.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Train(train) => train.run(),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("nisba: {error}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

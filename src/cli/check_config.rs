//! `nisba check-config`

use std::process::ExitCode;

use clap::Args;
use nisba::service::check_sinks;

use super::{ConfigArgs, Failure, api_keys};

/// Print the configuration in force, secrets masked, or say what is wrong with it
///
/// Flags outrank environment variables (NISBA_SERVER_BIND for server.bind), which outrank the file, which outranks the
/// defaults. What is wrong is named with its file and line, or its variable; the exit code then is 1.
#[derive(Args)]
pub struct CheckConfig {
    #[command(flatten)]
    config: ConfigArgs,
}

impl CheckConfig {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let config = self.config.load(Vec::new())?;
        api_keys(&config)?;
        check_sinks(&config)?;
        print!("{}", config.masked());
        Ok(ExitCode::SUCCESS)
    }
}

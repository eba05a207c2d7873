//! The binary: see `nisba --help`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}

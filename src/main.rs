//! The binary: see `nisba --help`.

mod cli;

// Documents are many short-lived pieces of memory, made on one thread and let go on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    #[cfg(feature = "failpoints")]
    let _scenario = fail::FailScenario::setup();
    cli::run()
}

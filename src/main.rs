//! The binary: see `nisba --help`.

mod cli;

// Documents are many short-lived pieces of memory, made on one thread and let go on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    #[cfg(feature = "failpoints")]
    let _scenario = fail::FailScenario::setup();
    // Two megabytes at once for what needs a few pages cost a third of the memory. A kernel that cannot do without them just
    // takes more.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    give_memory_back_at_once();
    cli::run()
}

/// Memory that was let go is the system's again at once, not after a second: a sixth of what is held, for next to nothing of the
/// speed. Who sets `MIMALLOC_PURGE_DELAY` has it as it is set.
fn give_memory_back_at_once() {
    // `mi_option_purge_delay`, for which the binding has no name, and its value by default.
    const PURGE_DELAY: (libmimalloc_sys::mi_option_t, std::ffi::c_long) = (15, 1000);
    // SAFETY: both only read or write a number, and no other thread runs yet.
    unsafe {
        if libmimalloc_sys::mi_option_get(PURGE_DELAY.0) == PURGE_DELAY.1 {
            libmimalloc_sys::mi_option_set(PURGE_DELAY.0, 0);
        }
    }
}

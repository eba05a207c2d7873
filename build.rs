//! Tells the binary which commit it was built from, so that `nisba --version` and `/health` can say so.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=NISBA_COMMIT");
    println!("cargo:rerun-if-changed=.git/HEAD");
    println!("cargo:rerun-if-changed=.git/logs/HEAD");
    let commit = std::env::var("NISBA_COMMIT").ok().or_else(commit_of_checkout).unwrap_or_else(|| "unknown".into());
    println!("cargo:rustc-env=NISBA_COMMIT={commit}");
}

fn commit_of_checkout() -> Option<String> {
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

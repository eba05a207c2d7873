//! The files of `deploy/` fit the service: dashboard and alerts name metrics that it has, and the alerts fire when they should.

use std::path::Path;
use std::process::Command;

use crate::harness::{Nisba, document};

fn deploy(file: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(file).display().to_string()
}

fn succeeds(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
}

#[tokio::test]
async fn dashboard_and_alerts_name_what_the_service_has() {
    let nisba = Nisba::start().await;
    nisba.record(&document(1)).await;
    nisba.drained().await;
    let file = nisba.dir.join("metrics.txt");
    std::fs::write(&file, nisba.metrics().await).unwrap();
    let operations = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    succeeds("python3", &[&deploy("check.py"), file.to_str().unwrap(), operations.to_str().unwrap()]);
}

#[test]
fn alerts_fire_when_they_should() {
    succeeds("promtool", &["check", "rules", &deploy("prometheus/nisba.rules.yml")]);
    succeeds("promtool", &["test", "rules", &deploy("prometheus/nisba.rules.test.yml")]);
}

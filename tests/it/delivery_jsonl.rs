//! JSON lines: every version once, no line torn, whenever the process is killed.

use std::collections::HashSet;

use crate::harness::{Nisba, document};

#[tokio::test]
async fn a_torn_tail_is_cut_and_written_again() {
    let mut nisba = Nisba::start().await;
    for number in 0..5 {
        nisba.record(&document(number)).await;
    }
    nisba.drained().await;
    nisba.kill();
    let file = std::fs::read_dir(&nisba.dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "jsonl"))
        .unwrap();
    let whole = std::fs::read_to_string(&file).unwrap();
    // As a crash between the write and the cursor leaves it: a line too many, and half of another.
    std::fs::write(&file, format!("{whole}{}\n{{\"schema\":", whole.lines().next().unwrap())).unwrap();
    nisba.spawn();
    nisba.ready().await;
    nisba.record(&document(9)).await;
    nisba.drained().await;
    let lines = nisba.lines();
    let ids: HashSet<&str> = lines.iter().map(|l| l["id"].as_str().unwrap()).collect();
    assert_eq!((lines.len(), ids.len()), (6, 6));
}

#[tokio::test]
async fn a_new_file_is_begun_when_one_is_full() {
    let nisba = Nisba::with("[sinks.records]\nkind = \"jsonl\"\nmax_file = \"2 KiB\"\nbatch = 1\n", &[]).await;
    for number in 0..6 {
        nisba.record(&document(number)).await;
    }
    nisba.drained().await;
    assert_eq!(nisba.lines().len(), 6);
    let files = std::fs::read_dir(&nisba.dir)
        .unwrap()
        .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|e| e == "jsonl"))
        .count();
    assert!(files > 1, "{files}");
}

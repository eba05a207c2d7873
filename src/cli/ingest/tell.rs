//! What is told of a run: the records, how far it is, and what became of what was read.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use nisba::service::Service;
use nisba::store::{DeadLetterFilter, StoreError};

use super::take::Count;

/// How much of the files is read; nothing where nobody looks.
pub(super) fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}  {msg}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

/// Follows the store's sequence of records and prints each.
pub(super) async fn write_records(
    service: Arc<Service>,
    from: i64,
    to_stdout: bool,
    bar: ProgressBar,
    mut over: tokio::sync::watch::Receiver<bool>,
) -> Result<(), String> {
    let mut newest = service.store.watch_records();
    let (mut seq, mut made, since) = (from, 0usize, Instant::now());
    loop {
        let last_round = *over.borrow();
        newest.borrow_and_update();
        let records = service.store.records_after(seq, 500, 8 << 20).await.map_err(|e| e.to_string())?;
        if let Some(last) = records.last() {
            seq = last.seq;
            made += records.len();
            bar.set_message(format!("{made} records, {:.0}/s", made as f64 / since.elapsed().as_secs_f64().max(0.001)));
            if to_stdout {
                let mut text = String::new();
                for record in &records {
                    text.push_str(&record.json);
                    text.push('\n');
                }
                let bar = bar.clone();
                let printed = tokio::task::spawn_blocking(move || print(&text, &bar));
                let printed = printed.await.map_err(std::io::Error::other).flatten();
                printed.map_err(|e| format!("cannot write to standard output: {e}"))?;
            }
        } else if last_round {
            return Ok(());
        } else {
            tokio::select! {
                _ = newest.changed() => {}
                _ = over.changed() => {}
            }
        }
    }
}

/// Waits as long as whoever reads does not: without the bar, which others would wait for.
fn print(text: &str, bar: &ProgressBar) -> std::io::Result<()> {
    let write = || std::io::stdout().lock().write_all(text.as_bytes());
    if bar.is_hidden() { write() } else { bar.suspend(write) }
}

/// Names what could not be processed or delivered since.
pub(super) async fn print_dead(service: &Service, mut after: i64) -> Result<usize, StoreError> {
    let mut dead = 0;
    loop {
        let filter = DeadLetterFilter { after, limit: 1_000, ..DeadLetterFilter::default() };
        let letters = service.store.dead_letters(filter).await?;
        for letter in &letters {
            let what = if letter.sink.is_some() { "delivered" } else { "processed" };
            eprintln!("nisba: document {} could not be {what}: {}", letter.document_id, letter.reason);
        }
        dead += letters.len();
        match letters.last() {
            Some(last) => after = last.id,
            None => return Ok(dead),
        }
    }
}

/// In one line, at the end.
pub(super) fn print_summary(count: &Count, dead: usize) {
    let parts = [
        (count.new, "new"),
        (count.as_before, "the same as before"),
        (count.refused, "refused"),
        (dead, "not processed or delivered"),
    ];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let all = count.new + count.as_before + count.refused;
    eprintln!(
        "nisba: {all} document{}{}{}",
        if all == 1 { "" } else { "s" },
        if all > 0 { ": " } else { "" },
        parts.join(", ")
    );
}

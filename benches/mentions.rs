//! Names in running text, on one thread: of words that the thread has read before, and of a thread that reads its first.
//! `cargo bench --bench mentions`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nisba::model::{Submission, TextField};
use nisba::people::{names_in, warm_up};

/// The texts of the sample documents, each with the language that it is declared to be in.
fn texts() -> Vec<(String, String)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/documents");
    let mut files: Vec<_> = std::fs::read_dir(dir).expect(dir).map(|entry| entry.expect(dir).path()).collect();
    files.sort();
    let text = |path: std::path::PathBuf| {
        let json = std::fs::read(&path).expect(dir);
        let new = Submission::from_json(&json).and_then(|s| s.into_document(None)).expect("a sample");
        let text = nisba::intake::extract(&new.body, None, &nisba::intake::Limits::default()).expect("a text").text;
        let found = nisba::language::identify(&[(TextField::Text, &text)], None);
        (found.document.tag.to_string(), text)
    };
    files.into_iter().map(text).collect()
}

fn mentions(criterion: &mut Criterion) {
    let texts = texts();
    warm_up(texts.iter().map(|(language, _)| language.as_str()));
    let all = || texts.iter().map(|(language, text)| names_in(black_box(text), language).len()).sum::<usize>();
    let mut group = criterion.benchmark_group("mentions");
    group.throughput(Throughput::Bytes(texts.iter().map(|(_, text)| text.len() as u64).sum()));
    group.bench_function("known words", |b| b.iter(all));
    group.bench_function("first words", |b| {
        b.iter(|| std::thread::scope(|scope| scope.spawn(all).join().expect("the thread ends")))
    });
    group.finish();
}

criterion_group!(benches, mentions);
criterion_main!(benches);

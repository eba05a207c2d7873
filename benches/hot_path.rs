//! The hot path: the bytes of a document in, the draft of its record out, without the store. `cargo bench`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use nisba::model::{Document, Submission};
use nisba::people::Authority;
use nisba::pipeline;

/// The sample documents, as bytes.
fn samples() -> Vec<(String, Vec<u8>)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/documents");
    let mut files: Vec<_> = std::fs::read_dir(dir).expect(dir).map(|entry| entry.expect(dir).path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| (path.file_stem().unwrap_or_default().display().to_string(), std::fs::read(&path).expect(dir)))
        .collect()
}

fn document(json: &[u8]) -> Document {
    let new = Submission::from_json(json).and_then(|s| s.into_document(None)).expect("a sample");
    Document {
        seq: 1,
        revision: 1,
        received_at: Timestamp::UNIX_EPOCH,
        content_hash: new.content_hash(),
        request_id: String::new(),
        id: new.id,
        metadata: new.metadata,
        body: new.body,
    }
}

fn hot_path(criterion: &mut Criterion) {
    let authority = Authority::starter();
    let samples = samples();
    let mut group = criterion.benchmark_group("hot path");
    group.sample_size(20);
    for (name, json) in &samples {
        group.throughput(Throughput::Bytes(json.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| pipeline::process(&document(black_box(json)), &authority, &pipeline::Limits::default()))
        });
    }
    group.finish();
}

criterion_group!(benches, hot_path);
criterion_main!(benches);

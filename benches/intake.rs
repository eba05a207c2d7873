//! What it costs to take documents in: bytes to text, and documents to disk.

use std::hint::black_box;
use std::io::Cursor;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nisba::intake::feed::{Defaults, Lines};
use nisba::intake::{Limits, Sketch, extract};
use nisba::model::Body;
use nisba::store::{self, Store};

const SENTENCE: &str = "Президент Азербайджана Ильхам Алиев встретился в Ашхабаде с президентом Ирана Эбрахимом Раиси, сообщает агентство. ";

/// A page of 70 KB with an article of 4 KB in it, as sites write them.
fn page() -> String {
    let menu: String = (0..400)
        .map(|n| format!("<li class=\"menu-item item-{n}\"><a href=\"/section/{n}\"><span>Раздел {n}</span></a></li>"))
        .collect();
    let paragraphs: String = (0..12).map(|_| format!("<p>{SENTENCE}{SENTENCE}</p>")).collect();
    let script = "window.data = {\"a\": [1, 2, 3]};\n".repeat(600);
    format!(
        "<html lang=ru><head><title>Встреча</title><script>{script}</script></head><body><ul>{menu}</ul><article><h1>Встреча</h1>{paragraphs}</article><footer>{menu}</footer></body></html>"
    )
}

/// JSON lines of 4 KB, each another document.
fn lines(from: usize, count: usize) -> String {
    let text = SENTENCE.repeat(18);
    (from..from + count)
        .map(|n| format!("{{\"url\":\"https://news.example/{n}\",\"text\":\"{n} {text}\"}}\n"))
        .collect()
}

fn bytes_to_text(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("intake");
    let page = page();
    let (legacy, _, _) = encoding_rs::WINDOWS_1251.encode(&page);
    for (name, bytes) in [("page, UTF-8", page.as_bytes()), ("page, windows-1251 that says nothing", &legacy)] {
        let body = Body::Html { bytes: bytes.to_vec(), charset: None };
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |b| b.iter(|| extract(black_box(&body), None, &Limits::default())));
    }
    let text = SENTENCE.repeat(18);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("sketch of a text", |b| b.iter(|| Sketch::of(black_box(&text))));
    group.finish();
}

/// Documents of a bulk request, from their lines to the disk, in groups as the service makes them.
fn documents_to_disk(criterion: &mut Criterion) {
    const GROUP: usize = 64;
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let limits =
        store::Limits { max_backlog: u64::MAX, min_free_disk: 0, stories: (&nisba::config::Stories::default()).into() };
    let store = Store::open(folder.path(), limits).expect("a store");
    let mut next = 0;
    let mut group = criterion.benchmark_group("bulk");
    group.throughput(Throughput::Elements(GROUP as u64));
    group.sample_size(50);
    group.bench_function("documents of 4 KB to disk", |b| {
        b.iter_batched(
            || {
                next += GROUP;
                lines(next, GROUP)
            },
            |lines| {
                let entries = Lines::new(Cursor::new(lines), 1 << 20, Defaults::default());
                let packed: Vec<_> = entries
                    .map(|entry| store.packed(entry.document.expect("a document"), "bench").expect("packed"))
                    .collect();
                runtime.block_on(async {
                    let places = store.places_for(&packed).expect("room");
                    let pending = store.begin_accept(packed, places).await.expect("the writer");
                    assert_eq!(pending.await.expect("receipts").len(), GROUP);
                });
            },
            criterion::BatchSize::SmallInput,
        );
    });
    group.finish();
    store.close();
}

criterion_group!(benches, bytes_to_text, documents_to_disk);
criterion_main!(benches);

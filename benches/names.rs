//! The names engine over the spellings of `tests/names/`: parsing, comparing, keys, and both from the strings, beside what
//! one would write otherwise: ASCII by `deunicode`, words sorted, Jaro-Winkler by `strsim`. `cargo bench --bench names`.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nisba::evaluate::{PairRow, read_pairs};
use nisba::names::{Name, compare, warm_up};

fn pairs() -> Vec<PairRow> {
    let dir = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/names"));
    let mut files: Vec<_> = dir.read_dir().expect("tests/names").map(|f| f.expect("a file").path()).collect();
    files.sort();
    files.iter().flat_map(|file| read_pairs(file).expect("families")).collect()
}

/// The words in plain ASCII, sorted.
fn sorted_words(name: &str) -> String {
    let plain = deunicode::deunicode(name).to_lowercase();
    let mut words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

fn names(criterion: &mut Criterion) {
    warm_up();
    let pairs = pairs();
    let parsed: Vec<(Name, Name)> = pairs.iter().map(|p| (Name::parse(&p.a), Name::parse(&p.b))).collect();
    let mut group = criterion.benchmark_group("names");
    group.sample_size(30);
    group.throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function("parse", |b| {
        b.iter(|| pairs.iter().map(|p| Name::parse(black_box(&p.b)).tokens.len()).sum::<usize>())
    });
    group.bench_function("compare", |b| b.iter(|| parsed.iter().map(|(x, y)| compare(x, y).score).sum::<f64>()));
    group.bench_function("key", |b| b.iter(|| parsed.iter().map(|(_, y)| y.key().len()).sum::<usize>()));
    group.bench_function("pair from the strings", |b| {
        b.iter(|| pairs.iter().map(|p| compare(&Name::parse(black_box(&p.a)), &Name::parse(&p.b)).score).sum::<f64>())
    });
    group.bench_function("pair by deunicode and strsim", |b| {
        let alike = |p: &PairRow| strsim::jaro_winkler(&sorted_words(black_box(&p.a)), &sorted_words(&p.b));
        b.iter(|| pairs.iter().map(alike).sum::<f64>())
    });
    group.finish();
}

criterion_group!(benches, names);
criterion_main!(benches);

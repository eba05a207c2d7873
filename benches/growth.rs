//! How look-up grows with the authority: load time, memory and look-ups a second at 10⁵, 10⁶ and 5·10⁶ names.
//!
//! The names are those of a file of people (JSON lines; the starter authority without one), and then first and last words
//! of them in other combinations, of one script each. Asked for are every tenth of the file's own, one letter short:
//!
//!     NISBA_GROWTH_AUTHORITY=people.jsonl cargo bench --bench growth

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use nisba::names::{Name, script_of};
use nisba::people::{Authority, Line, NameIndex, NameIndexBuilder, read_line};

const SIZES: [usize; 3] = [100_000, 1_000_000, 5_000_000];

/// Names that are asked for.
const ASKED: usize = 4_000;

fn main() {
    let names = names();
    let asked: Vec<String> = names.iter().step_by((names.len() / ASKED).max(1)).map(|name| misspelt(name)).collect();
    println!("{:>10} {:>9} {:>9} {:>8} {:>12} {:>12}", "names", "load s", "MB", "B/name", "lookups/s", "whole/s");
    for size in SIZES {
        let since = Instant::now();
        let index = recombined(&names, size);
        let load = since.elapsed().as_secs_f64();
        let rate = |find: &dyn Fn(&Name) -> usize| {
            let since = Instant::now();
            for name in &asked {
                black_box(find(&Name::parse(name)));
            }
            asked.len() as f64 / since.elapsed().as_secs_f64()
        };
        let (all, whole) = (rate(&|name| index.find(name, 5).len()), rate(&|name| index.find_whole(name, 5).len()));
        let bytes = index.bytes() as f64;
        println!("{size:>10} {load:>9.2} {:>9.1} {:>8.0} {all:>12.0} {whole:>12.0}", bytes / 1e6, bytes / size as f64);
    }
}

/// The spellings of a file of people, or of the starter authority.
fn names() -> Vec<String> {
    let text = match std::env::var_os("NISBA_GROWTH_AUTHORITY") {
        Some(file) => std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display())),
        None => {
            let starter = Authority::starter_source();
            std::io::read_to_string(starter.lines()).unwrap_or_else(|e| panic!("the starter authority: {e}"))
        }
    };
    let people = text.lines().filter_map(|line| match read_line(line) {
        Ok(Line::Person(entry)) => Some(entry),
        _ => None,
    });
    people.flat_map(|entry| entry.spellings().into_iter().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn misspelt(name: &str) -> String {
    let middle = name.chars().count() / 2;
    name.chars().enumerate().filter(|(at, c)| *at != middle || c.is_whitespace()).map(|(_, c)| c).collect()
}

/// The names, and combinations of their words, up to a number.
fn recombined(names: &[String], size: usize) -> NameIndex {
    let mut words: BTreeMap<String, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for name in names {
        if let (Some(first), Some(last)) = (name.split_whitespace().next(), name.split_whitespace().next_back())
            && first != last
        {
            let of_script = words.entry(format!("{:?}", script_of(name))).or_default();
            of_script.0.push(first);
            of_script.1.push(last);
        }
    }
    // As many of each script as the file has.
    let scripts: Vec<&(Vec<&str>, Vec<&str>)> = words.values().flat_map(|own| vec![own; own.0.len()]).collect();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut builder = NameIndexBuilder::default();
    for (person, name) in names.iter().take(size).enumerate() {
        builder.add(person as u32, name);
    }
    for person in names.len()..size {
        let (first, last) = scripts[random.below(scripts.len())];
        builder.add(person as u32, &format!("{} {}", first[random.below(first.len())], last[random.below(last.len())]));
    }
    builder.build()
}

/// Xorshift (Marsaglia 2003): the same numbers every time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

//! `nisba evaluate`

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use nisba::evaluate::{self, MixedSpan};
use nisba::language::primary;
use nisba::model::Language;
use nisba::names::{Name, SAME_PERSON, compare};
use nisba::people::Hit;
use serde_json::{Value, json};

use super::paths::STDIN;
use super::{Failure, paths};

/// Measure quality on labelled data, yours or any
///
/// Prints one JSON object with the measures. Predictions never depend on the labels: a file whose labels are blank gives
/// the same ones.
#[derive(Args)]
pub struct Evaluate {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Pairs of spellings: one person or two? Lines of `1|0 TAB name TAB name TAB kind`
    Names(Files),
    /// Names in order of arrival, without an authority: whose are they? Lines of `person TAB name`
    Stream(Files),
    /// Texts: in which language? Lines of `class TAB tag TAB text`
    Language(Files),
    /// Texts in several languages: where is each? Lines of `{"text", "spans": [{"start", "end", "language"}]}`
    Spans(Files),
    /// Texts in a known language: where do they name people? Lines of `{"source", "language", "text", "people": [[start, end]]}`
    Mentions(Files),
    /// Documents: whom of an authority do they name? Lines of `{"language", "text", "people": [id], "optional": [id]}`
    People {
        #[command(flatten)]
        files: Files,
        /// The people: JSON lines in any format that `nisba authority import` takes
        #[arg(long, value_name = "FILE")]
        authority: PathBuf,
    },
    /// Documents in order of arrival, without an authority: which are one story? Lines of `{"id", "story", "language", "text"}`
    Stories(Files),
    /// Documents, as they would be posted: how fast do they become records, and where does the time go? One JSON object a line
    Pipeline {
        /// The documents: lines of `{"text" or "html", "url", …}`, as POST /v1/documents takes them, also as .gz or .zst; "-" is
        /// standard input
        #[arg(value_name = "DOCS")]
        file: PathBuf,
        /// The people: JSON lines in any format that `nisba authority import` takes; the starter authority where none is named
        #[arg(long, value_name = "FILE")]
        authority: Option<PathBuf>,
        /// Write the records here, one line of JSON each
        #[arg(long, value_name = "FILE")]
        records: Option<PathBuf>,
    },
    /// Spellings looked up among the people of an authority: who comes first? Lines of `name TAB id`
    Lookup {
        #[command(flatten)]
        files: Files,
        /// The people: JSON lines in any format that `nisba authority import` takes
        #[arg(long, value_name = "FILE")]
        authority: PathBuf,
    },
}

#[derive(Args)]
struct Files {
    /// The labelled data: tab-separated, or JSON lines for lookup's, spans', mentions', people's and stories'
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write what is wrong here, one line of JSON each, with the explanation
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Write every prediction here, one line of JSON each, in order
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
}

/// Lines that became no record of which the reason is shown.
const SHOWN: usize = 10;

impl Files {
    fn written(&self) -> impl Iterator<Item = &Path> {
        [&self.errors, &self.predictions].into_iter().flatten().map(PathBuf::as_path)
    }
}

impl Evaluate {
    pub fn run(self) -> Result<ExitCode, Failure> {
        self.what.check()?;
        match self.what {
            What::Names(files) => names(&files),
            What::Stream(files) => stream(&files),
            What::Stories(files) => stories(&files),
            What::Language(files) => language(&files),
            What::Spans(files) => spans(&files),
            What::Mentions(files) => mentions(&files),
            What::People { files, authority } => people(&files, &authority),
            What::Pipeline { file, authority, records } => pipeline(&file, authority.as_deref(), records.as_deref()),
            What::Lookup { files, authority } => lookup(&files, &authority),
        }
    }
}

impl What {
    /// What is written must not be what is read, nor one what the other is.
    fn check(&self) -> Result<(), Failure> {
        let (read, written): (Vec<&Path>, Vec<&Path>) = match self {
            What::Names(files)
            | What::Stream(files)
            | What::Language(files)
            | What::Spans(files)
            | What::Mentions(files)
            | What::Stories(files) => (vec![&files.file], files.written().collect()),
            What::People { files, authority } | What::Lookup { files, authority } => {
                (vec![&files.file, authority], files.written().collect())
            }
            What::Pipeline { file, authority, records } => (
                std::iter::once(file).chain(authority).map(|path| &**path).collect(),
                records.iter().map(|path| &**path).collect(),
            ),
        };
        for (at, out) in written.iter().enumerate() {
            if *out == Path::new(STDIN) {
                return Err("standard output is for the measures; name a file instead of -".into());
            }
            if let Some(other) = read.iter().find(|other| are_one_file(other, out)) {
                return Err(
                    format!("{} is read, and must not be written over; name another file", other.display()).into()
                );
            }
            if written[..at].iter().any(|other| other == out || are_one_file(other, out)) {
                return Err(format!("{} can be written only once; name another file", out.display()).into());
            }
        }
        Ok(())
    }
}

/// Whether two paths lead to one file, which may be standard input.
fn are_one_file(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| {
        let path = if path == Path::new(STDIN) { Path::new("/dev/stdin") } else { path };
        let found = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some((found.dev(), found.ino()))
    };
    place(a).is_some_and(|found| place(b) == Some(found))
}

fn names(files: &Files) -> Result<ExitCode, Failure> {
    let pairs = evaluate::read_pairs(&files.file)?;
    let (scores, result) = evaluate::names(&pairs);
    let says = |score: f64| score >= SAME_PERSON;
    write_lines(files.predictions.as_deref(), scores.iter().map(|s| json!({"same": says(*s), "score": rounded(*s)})))?;
    let wrong = pairs.iter().zip(&scores).filter(|(p, s)| p.same.is_some_and(|same| same != says(**s)));
    write_lines(
        files.errors.as_deref(),
        wrong.map(|(pair, score)| {
            let (a, b) = (Name::parse(&pair.a), Name::parse(&pair.b));
            let why = compare(&a, &b).why(&a, &b);
            json!({"same": pair.same, "score": rounded(*score), "a": pair.a, "b": pair.b, "kind": pair.kind, "why": why})
        }),
    )?;
    print(&result)
}

fn stream(files: &Files) -> Result<ExitCode, Failure> {
    let rows = evaluate::read_stream(&files.file)?;
    let (groups, result) = evaluate::stream(&rows);
    write_lines(files.predictions.as_deref(), groups.iter().map(|group| json!({"person": group})))?;
    let mut first: std::collections::HashMap<usize, usize> = std::collections::HashMap::new();
    for (at, group) in groups.iter().enumerate() {
        first.entry(*group).or_insert(at);
    }
    let first_of = |group: usize| &rows[first[&group]];
    let wrong = rows.iter().zip(&groups).filter(|(row, group)| first_of(**group).person != row.person);
    write_lines(
        files.errors.as_deref(),
        wrong.map(|(row, group)| {
            let (a, b) = (Name::parse(&row.name), Name::parse(&first_of(*group).name));
            let found = compare(&a, &b);
            json!({"name": row.name, "given_to": first_of(*group).name, "score": rounded(found.score), "why": found.why(&a, &b)})
        }),
    )?;
    print(&result)
}

fn stories(files: &Files) -> Result<ExitCode, Failure> {
    let rows = evaluate::read_stories(&files.file)?;
    let (found, result) = evaluate::stories(&rows);
    write_lines(files.predictions.as_deref(), found.iter().map(|story| json!({"story": story})))?;
    let of_one = |at: usize, other: usize| !rows[at].story.is_empty() && rows[at].story == rows[other].story;
    let wrong = (0..rows.len()).flat_map(|at| (0..at).map(move |other| (other, at))).filter(|(other, at)| {
        (found[*at] == found[*other]) != of_one(*at, *other)
            && !rows[*at].story.is_empty()
            && !rows[*other].story.is_empty()
    });
    write_lines(
        files.errors.as_deref(),
        wrong.map(|(other, at)| {
            let of = |at: usize| json!({"id": rows[at].id, "story": rows[at].story, "language": rows[at].language});
            json!({"linked": found[at] == found[other], "documents": [of(other), of(at)]})
        }),
    )?;
    print(&result)
}

fn language(files: &Files) -> Result<ExitCode, Failure> {
    let rows = evaluate::read_languages(&files.file)?;
    let (found, result) = evaluate::languages(&rows);
    let answer = |l: &Language| json!({"language": l.tag, "confidence": l.confidence, "reliable": l.reliable});
    write_lines(files.predictions.as_deref(), found.iter().map(answer))?;
    let wrong =
        rows.iter().zip(&found).filter(|(row, found)| !row.tag.is_empty() && primary(&row.tag) != primary(&found.tag));
    write_lines(
        files.errors.as_deref(),
        wrong.map(|(row, found)| {
            json!({"class": row.class, "tag": row.tag, "language": found.tag, "confidence": found.confidence, "text": row.text})
        }),
    )?;
    print(&result)
}

fn spans(files: &Files) -> Result<ExitCode, Failure> {
    let rows = evaluate::read_mixed(&files.file)?;
    let (found, result) = evaluate::spans(&rows);
    write_lines(files.predictions.as_deref(), found.iter().map(|spans| json!({"spans": spans})))?;
    let pairs = rows.iter().zip(&found).filter(|(row, _)| !row.spans.is_empty());
    let differ = pairs.filter(|(row, found)| {
        let tags = |spans: &[MixedSpan]| spans.iter().map(|s| primary(&s.language).to_owned()).collect::<Vec<_>>();
        tags(&row.spans) != tags(found)
    });
    write_lines(
        files.errors.as_deref(),
        differ.map(|(row, found)| json!({"text": row.text, "spans": row.spans, "found": found})),
    )?;
    print(&result)
}

fn lookup(files: &Files, authority: &Path) -> Result<ExitCode, Failure> {
    let rows = evaluate::read_lookups(&files.file)?;
    let authority = evaluate::read_authority(authority)?;
    let (found, result) = evaluate::lookup(&rows, &authority);
    let ids = |hits: &[Hit]| hits.iter().map(|hit| authority.id(hit)).collect::<Vec<_>>();
    write_lines(files.predictions.as_deref(), found.iter().map(|hits| json!({"ids": ids(hits)})))?;
    let wrong = rows.iter().zip(&found).filter(|(row, hits)| {
        row.id.as_ref().is_some_and(|wanted| hits.first().is_none_or(|first| authority.id(first) != *wanted))
    });
    write_lines(
        files.errors.as_deref(),
        wrong.map(|(row, hits)| {
            let name = Name::parse(&row.name);
            let shown = |hit: &Hit| {
                let text = authority.source.index.name(hit.name);
                let why = hit.found.why(&name, &Name::parse(text));
                json!({"id": authority.id(hit), "name": text, "score": rounded(hit.found.score), "why": why})
            };
            json!({"name": row.name, "id": row.id, "found": hits.iter().map(shown).collect::<Vec<_>>()})
        }),
    )?;
    print(&result)
}

fn mentions(files: &Files) -> Result<ExitCode, Failure> {
    let rows = evaluate::read_mentions(&files.file)?;
    let (found, result) = evaluate::mentions(&rows);
    write_lines(files.predictions.as_deref(), found.iter().map(|spans| json!({"people": spans})))?;
    let wrong = rows.iter().zip(&found).flat_map(|(row, found)| {
        let wanted = row.people.as_deref().unwrap_or_default();
        let labelled = row.people.is_some();
        let missed = wanted.iter().filter(|span| !found.contains(span)).map(|span| ("missed", *span));
        let extra = found.iter().filter(move |span| labelled && !wanted.contains(span)).map(|span| ("no name", *span));
        missed.chain(extra).map(move |(what, span)| {
            let around = |from: usize, to: usize| row.text.chars().skip(from).take(to - from).collect::<String>();
            json!({
                "source": row.source, "language": row.language, "error": what, "span": span,
                "before": around(span.0.saturating_sub(40), span.0), "name": around(span.0, span.1),
                "after": around(span.1, span.1 + 40),
            })
        })
    });
    write_lines(files.errors.as_deref(), wrong)?;
    print(&result)
}

fn people(files: &Files, authority: &Path) -> Result<ExitCode, Failure> {
    let rows = evaluate::read_people(&files.file)?;
    let authority = evaluate::read_authority(authority)?;
    let (found, result) = evaluate::people(&rows, authority);
    write_lines(files.predictions.as_deref(), found.iter().map(|found| json!({"people": evaluate::known_ids(found)})))?;
    let wrong = rows.iter().zip(&found).filter_map(|(row, found)| {
        let (wanted, ids) = (row.people.as_ref()?, evaluate::known_ids(found));
        let missed: Vec<&String> = wanted.iter().filter(|id| !ids.contains(id)).collect();
        let extra: Vec<&String> = ids.iter().filter(|id| !wanted.contains(id) && !row.optional.contains(id)).collect();
        (!missed.is_empty() || !extra.is_empty()).then(|| {
            let shown = |person: &nisba::people::Found| {
                let written: Vec<&str> = person.mentions.iter().map(|m| m.text.as_str()).collect();
                json!({"name": person.name, "mentions": written, "why": person.why})
            };
            json!({
                "id": row.id, "language": row.language, "missed": missed, "extra": extra,
                "found": found.iter().map(shown).collect::<Vec<_>>(),
            })
        })
    });
    write_lines(files.errors.as_deref(), wrong)?;
    print(&result)
}

fn pipeline(file: &Path, authority: Option<&Path>, records: Option<&Path>) -> Result<ExitCode, Failure> {
    let opened = paths::open(file).and_then(|file| paths::unpacked(BufReader::new(file)));
    let lines = opened.map_err(|e| format!("cannot read {}: {e}", file.display()))?;
    let authority = authority.map(evaluate::read_authority).transpose()?;
    let mut out = records.map(Out::create).transpose()?;
    let written = out.as_mut().map(|out| move |record: &str| out.line(record));
    let mut count = 0;
    let failed = |line: usize, reason: String| {
        count += 1;
        if count <= SHOWN {
            eprintln!("{}, line {line}: {reason}", file.display());
        }
    };
    let score = evaluate::pipeline(lines, authority, written, failed)?;
    if count > SHOWN {
        eprintln!("… and {} more", count - SHOWN);
    }
    out.map(Out::finish).transpose()?;
    print(&score)?;
    Ok(if score.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(result: &impl serde::Serialize) -> Result<ExitCode, Failure> {
    let line = serde_json::to_string(result)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|e| format!("cannot write to standard output: {e}"))?;
    Ok(ExitCode::SUCCESS)
}

fn write_lines(file: Option<&Path>, lines: impl Iterator<Item = Value>) -> Result<(), Failure> {
    let Some(path) = file else { return Ok(()) };
    let mut out = Out::create(path)?;
    for line in lines {
        out.line(&line)?;
    }
    out.finish()
}

/// A file that lines are written to.
struct Out<'a> {
    path: &'a Path,
    file: BufWriter<File>,
}

impl Out<'_> {
    fn create(path: &Path) -> Result<Out<'_>, Failure> {
        let file = File::create(path).map_err(|e| unwritable(path, &e))?;
        Ok(Out { path, file: BufWriter::new(file) })
    }

    fn line(&mut self, line: impl std::fmt::Display) -> Result<(), Failure> {
        Ok(writeln!(self.file, "{line}").map_err(|e| unwritable(self.path, &e))?)
    }

    fn finish(mut self) -> Result<(), Failure> {
        Ok(self.file.flush().map_err(|e| unwritable(self.path, &e))?)
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> String {
    format!("cannot write {}: {error}", path.display())
}

fn rounded(score: f64) -> f64 {
    (score * 10_000.0).round() / 10_000.0
}

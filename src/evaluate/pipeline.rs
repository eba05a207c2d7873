//! How fast documents become records, on one thread with everything that a service does to them.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;

use super::{EvaluateError, LookupAuthority, round};
use crate::config::Config;
use crate::intake::feed::{Defaults, Entry, EntryError, Lines};
use crate::model::NewDocument;
use crate::names::languages_with_lexicon;
use crate::people::{Authority, Catalog};
use crate::pipeline;
use crate::store::{Completed, Scratch, StoreError};

/// What came of a stream of documents.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PipelineScore {
    /// That became records; all that is measured is of them.
    pub documents: usize,
    /// That had come before, and made no second record.
    pub same: usize,
    /// That became no record: no document, or nothing to be read in it.
    pub failed: usize,
    /// Of the lines.
    pub bytes: usize,
    /// One thread, from the line of JSON to the record in a store that syncs nothing.
    pub documents_per_second: f64,
    pub mb_per_second: f64,
    /// By stage, its share of the time: `parse` and `accept` before those of `provenance.timings_ms`, `store` after them.
    pub stages: BTreeMap<String, f64>,
    /// What the process holds in memory at the end; `None` where the system does not say.
    pub resident_bytes: Option<u64>,
}

/// Takes each line as if it were posted; empty ones are skipped. `written` gets the records as JSON, where there is one; `failed`
/// the number of a line that becomes none, and the reason.
///
/// # Errors
/// When the temporary store cannot be written, and those of `written`.
pub fn pipeline<E: From<EvaluateError> + From<StoreError>>(
    input: impl BufRead,
    authority: Option<LookupAuthority>,
    mut written: Option<impl FnMut(&str) -> Result<(), E>>,
    mut failed: impl FnMut(usize, String),
) -> Result<PipelineScore, E> {
    let config = Config::default();
    let mut run = Run::new(&config, authority)?;
    let longest = usize::try_from(config.intake.max_line.as_u64()).unwrap_or(usize::MAX);
    let waited = Cell::default();
    let mut lines = Lines::new(Timed { input, waited: &waited }, longest, Defaults::default());
    while let Some((line, came)) = run.take(&mut lines, &waited)? {
        match (came, &mut written) {
            (Came::Recorded { seq }, Some(written)) => written(&run.scratch.record(seq)?.json)?,
            (Came::Nothing(reason), _) => failed(line, reason),
            _ => {}
        }
    }
    Ok(run.score())
}

/// What is read, and how long that took: whoever sends the lines is not measured.
struct Timed<'a, R> {
    input: R,
    waited: &'a Cell<Duration>,
}

impl<R: BufRead> Read for Timed<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let part = self.fill_buf()?;
        let length = part.len().min(into.len());
        into[..length].copy_from_slice(&part[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Timed<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let since = Instant::now();
        let part = self.input.fill_buf();
        self.waited.set(self.waited.get() + since.elapsed());
        part
    }

    fn consume(&mut self, length: usize) {
        self.input.consume(length);
    }
}

/// What came of a line.
enum Came {
    Recorded {
        seq: i64,
    },
    /// It is the document that it was before.
    Same,
    Nothing(String),
}

/// Seconds by stage.
#[derive(Default)]
struct Spent(BTreeMap<String, f64>);

impl Spent {
    fn add(&mut self, stage: &str, seconds: f64) {
        *self.0.entry(stage.to_owned()).or_default() += seconds;
    }
}

/// Documents on their way, and what that took.
struct Run {
    authority: Authority,
    limits: pipeline::Limits,
    scratch: Scratch,
    score: PipelineScore,
    spent: Spent,
}

impl Run {
    fn new(config: &Config, authority: Option<LookupAuthority>) -> Result<Run, EvaluateError> {
        let unusable = |what: &str, reason: String| EvaluateError::Unreadable { file: what.to_owned(), reason };
        let authority = match authority {
            Some(own) => Authority::of(vec![Arc::new(own.source)]),
            None => Catalog::of(&config.authorities())
                .load(true, None)
                .map_err(|e| unusable("the authority", e.to_string()))?,
        };
        let scratch =
            Scratch::open((&config.stories).into()).map_err(|e| unusable("a temporary store", e.to_string()))?;
        // What is loaded on first use is no part of the speed.
        pipeline::warm_up(languages_with_lexicon().collect::<Vec<_>>());
        let limits = pipeline::Limits::from(&config.intake);
        Ok(Run { authority, limits, scratch, score: PipelineScore::default(), spent: Spent::default() })
    }

    /// What came of the next line, with its number; `None` after the last one.
    fn take(
        &mut self,
        lines: &mut impl Iterator<Item = Entry>,
        waited: &Cell<Duration>,
    ) -> Result<Option<(usize, Came)>, StoreError> {
        waited.take();
        let since = Instant::now();
        let not_blank = |entry: &Entry| !matches!(entry.document, Err(EntryError::Blank));
        let Some(Entry { number, bytes, document, .. }) = lines.find(not_blank) else { return Ok(None) };
        let mut spent = Spent::default();
        spent.add("parse", since.elapsed().saturating_sub(waited.take()).as_secs_f64());
        let came = match document {
            Ok(document) => self.made(document, &mut spent)?,
            Err(reason) => Came::Nothing(reason.to_string()),
        };
        match came {
            Came::Recorded { .. } => {
                (self.score.documents, self.score.bytes) = (self.score.documents + 1, self.score.bytes + bytes);
                spent.0.iter().for_each(|(stage, seconds)| self.spent.add(stage, *seconds));
            }
            Came::Same => self.score.same += 1,
            Came::Nothing(_) => self.score.failed += 1,
        }
        Ok(Some((number, came)))
    }

    fn made(&mut self, document: NewDocument, spent: &mut Spent) -> Result<Came, StoreError> {
        let since = Instant::now();
        let receipt = self.scratch.accept(document.clone())?;
        if !receipt.new {
            return Ok(Came::Same);
        }
        let mut document = document.received("evaluate", Timestamp::now());
        (document.seq, document.revision) = (receipt.seq, receipt.revision);
        spent.add("accept", since.elapsed().as_secs_f64());
        let draft = match pipeline::process(&document, &self.authority, &self.limits) {
            Ok(draft) => draft,
            Err(reason) => return Ok(Came::Nothing(reason.to_string())),
        };
        for (stage, milliseconds) in &draft.record.provenance.timings_ms {
            spent.add(stage, milliseconds / 1000.0);
        }
        let since = Instant::now();
        let completed = self.scratch.complete(receipt.seq, draft)?;
        spent.add("store", since.elapsed().as_secs_f64());
        Ok(match completed {
            Completed::Recorded { seq, .. } => Came::Recorded { seq },
            // One after the other, none comes after a newer one or after it was deleted.
            Completed::Superseded | Completed::Deleted => Came::Same,
        })
    }

    fn score(self) -> PipelineScore {
        let seconds = self.spent.0.values().sum::<f64>().max(1e-9);
        PipelineScore {
            documents_per_second: (self.score.documents as f64 / seconds).round(),
            mb_per_second: round(self.score.bytes as f64 / 1e6 / seconds),
            stages: self.spent.0.into_iter().map(|(stage, spent)| (stage, round(spent / seconds))).collect(),
            resident_bytes: resident_bytes(),
            ..self.score
        }
    }
}

/// What the process holds in memory, as Linux tells it.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

//! How fast documents become records, on one thread with everything that a service does to them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;

use super::{EvaluateError, LookupAuthority, round};
use crate::config::Config;
use crate::model::{NewDocument, Submission};
use crate::names::languages_with_lexicon;
use crate::people::{Authority, Catalog};
use crate::pipeline;
use crate::store::{Completed, Scratch, StoreError};

/// What came of a stream of documents.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PipelineScore {
    pub documents: usize,
    /// That became no record: no document, or nothing to be read in it.
    pub failed: usize,
    /// Of the lines.
    pub bytes: usize,
    /// One thread, from the line of JSON to the record in a store that syncs nothing.
    pub documents_per_second: f64,
    pub mb_per_second: f64,
    /// By stage, its share of the time: `parse` and `accept` before those of `provenance.timings_ms`, `record` after them.
    pub stages: BTreeMap<String, f64>,
    /// What the process holds in memory at the end; `None` where the system does not say.
    pub resident_bytes: Option<u64>,
}

/// Takes each line of a file as if it were posted. `written` gets the records as JSON, where there is one; `failed` the number
/// of a line that becomes none, and the reason.
///
/// # Errors
/// When the file cannot be read, the temporary store cannot be written, and those of `written`.
pub fn pipeline<E: From<EvaluateError> + From<StoreError>>(
    file: &Path,
    authority: Option<LookupAuthority>,
    mut written: Option<impl FnMut(&str) -> Result<(), E>>,
    mut failed: impl FnMut(usize, String),
) -> Result<PipelineScore, E> {
    let name = || file.display().to_string();
    let unreadable = |e: std::io::Error| EvaluateError::Unreadable { file: name(), reason: e.to_string() };
    let lines = BufReader::new(std::fs::File::open(file).map_err(unreadable)?).lines();
    let mut run = Run::new(&Config::default(), authority)?;
    for (at, line) in lines.enumerate() {
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        match (run.take(&line)?, &mut written) {
            (Ok(Completed::Recorded { seq, .. }), Some(written)) => written(&run.scratch.record(seq)?.json)?,
            (Ok(_), _) => {}
            (Err(reason), _) => failed(at + 1, reason),
        }
    }
    Ok(run.score())
}

/// Documents on their way, and what that took.
struct Run {
    authority: Authority,
    limits: pipeline::Limits,
    scratch: Scratch,
    score: PipelineScore,
    seconds: BTreeMap<String, f64>,
}

impl Run {
    fn new(config: &Config, authority: Option<LookupAuthority>) -> Result<Run, EvaluateError> {
        let unusable = |reason: String| EvaluateError::Unreadable { file: "the authority".into(), reason };
        let authority = match authority {
            Some(own) => Authority::of(vec![Arc::new(own.source)]),
            None => Catalog::of(&config.authorities()).load(true, None).map_err(|e| unusable(e.to_string()))?,
        };
        let scratch = Scratch::open((&config.stories).into()).map_err(|e| unusable(e.to_string()))?;
        // What is loaded on first use is no part of the speed.
        pipeline::warm_up(languages_with_lexicon().collect::<Vec<_>>());
        let limits = pipeline::Limits::from(&config.intake);
        Ok(Run { authority, limits, scratch, score: PipelineScore::default(), seconds: BTreeMap::new() })
    }

    /// What came of a line, or why nothing did.
    fn take(&mut self, line: &str) -> Result<Result<Completed, String>, StoreError> {
        (self.score.documents, self.score.bytes) = (self.score.documents + 1, self.score.bytes + line.len());
        let since = Instant::now();
        let document = Submission::from_json(line.as_bytes()).and_then(|submission| submission.into_document(None));
        let since = self.spent("parse", since);
        let made = match document {
            Ok(document) => self.made(document, since)?,
            Err(reason) => Err(reason.to_string()),
        };
        self.score.failed += usize::from(made.is_err());
        Ok(made)
    }

    fn made(&mut self, document: NewDocument, since: Instant) -> Result<Result<Completed, String>, StoreError> {
        let receipt = self.scratch.accept(document.clone())?;
        let mut document = document.received("evaluate", Timestamp::now());
        (document.seq, document.revision) = (receipt.seq, receipt.revision);
        self.spent("accept", since);
        let draft = match pipeline::process(&document, &self.authority, &self.limits) {
            Ok(draft) => draft,
            Err(reason) => return Ok(Err(reason.to_string())),
        };
        for (stage, milliseconds) in &draft.record.provenance.timings_ms {
            *self.seconds.entry(stage.clone()).or_default() += milliseconds / 1000.0;
        }
        let since = Instant::now();
        let completed = self.scratch.complete(receipt.seq, draft)?;
        self.spent("record", since);
        Ok(Ok(completed))
    }

    fn spent(&mut self, stage: &str, since: Instant) -> Instant {
        let now = Instant::now();
        *self.seconds.entry(stage.to_owned()).or_default() += (now - since).as_secs_f64();
        now
    }

    fn score(self) -> PipelineScore {
        let seconds = self.seconds.values().sum::<f64>().max(1e-9);
        PipelineScore {
            documents_per_second: (self.score.documents as f64 / seconds).round(),
            mb_per_second: round(self.score.bytes as f64 / 1e6 / seconds),
            stages: self.seconds.into_iter().map(|(stage, spent)| (stage, round(spent / seconds))).collect(),
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

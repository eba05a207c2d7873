//! JSON lines: a log of record versions in files of the data folder, one record a line.
//!
//! A batch is written and fsynced, then the store keeps the file and offset where it ended. At start the newest file is
//! cut back to that place, so that no line is torn or doubled, whenever the process was killed.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Accepted, Delivery, Message, Sink, StoryDelivery, Unavailable};

/// Where the log ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    file: String,
    offset: u64,
}

/// The sink of kind `jsonl`.
pub struct Jsonl {
    state: Option<State>,
}

struct State {
    dir: PathBuf,
    /// What the files' names begin with.
    prefix: String,
    max_file: u64,
    open: Option<(File, Position)>,
}

impl Jsonl {
    /// Writes files named `KIND-DATE-NUMBER.jsonl` (`KIND-NAME-…` for a sink that is not called `records`) into `dir`; a
    /// new one each day and beyond `max_file` bytes. The kind is `records` or `stories`.
    pub fn new(dir: PathBuf, kind: &str, name: &str, max_file: u64) -> Jsonl {
        let prefix = if name == "records" { format!("{kind}-") } else { format!("{kind}-{name}-") };
        Jsonl { state: Some(State { dir, prefix, max_file, open: None }) }
    }

    async fn append(&mut self, batch: &[impl Message]) -> Result<Accepted, Unavailable> {
        let lines: Vec<Arc<str>> = batch.iter().map(|message| message.json().clone()).collect();
        let position = self.blocking(move |state| state.append(&lines)).await?;
        let position = serde_json::to_value(position).map_err(|e| Unavailable::new(e.to_string()))?;
        Ok(Accepted { refused: Vec::new(), position: Some(position) })
    }

    /// Runs `job` with the state where blocking is allowed.
    async fn blocking<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&mut State) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let Some(mut state) = self.state.take() else { return Err(Unavailable::new("an earlier write did not end")) };
        let dir = state.dir.clone();
        let joined = tokio::task::spawn_blocking(move || {
            let result = job(&mut state);
            if result.is_err() {
                // What was half written is cut off before the next try.
                state.open = None;
            }
            (state, result)
        })
        .await;
        let (state, result) = joined.map_err(|e| Unavailable::new(format!("writing JSON lines: {e}")))?;
        self.state = Some(state);
        result.map_err(|e| Unavailable::new(format!("writing JSON lines in {}: {e}", dir.display())))
    }
}

impl Sink for Jsonl {
    fn kind(&self) -> &'static str {
        "jsonl"
    }

    fn open(&mut self, position: Option<&Value>) -> BoxFuture<'_, Result<(), Unavailable>> {
        let position = position.map(|p| serde_json::from_value::<Position>(p.clone()));
        Box::pin(async move {
            let position =
                position.transpose().map_err(|e| Unavailable::new(format!("the kept position is unreadable: {e}")))?;
            self.blocking(move |state| state.resume(position)).await
        })
    }

    fn deliver<'a>(&'a mut self, batch: &'a [Delivery]) -> BoxFuture<'a, Result<Accepted, Unavailable>> {
        Box::pin(self.append(batch))
    }

    fn tell<'a>(&'a mut self, batch: &'a [StoryDelivery]) -> BoxFuture<'a, Result<Accepted, Unavailable>> {
        Box::pin(self.append(batch))
    }
}

impl State {
    /// Cuts the log back to `position`. Without one, files of that name are another store's: they are put aside.
    fn resume(&mut self, position: Option<Position>) -> std::io::Result<()> {
        if self.open.is_some() {
            return Ok(());
        }
        fs::create_dir_all(&self.dir)?;
        let Some(position) = position else { return self.put_aside() };
        for later in self.files()?.into_iter().filter(|name| *name > position.file) {
            fs::remove_file(self.dir.join(later))?;
        }
        let path = self.dir.join(&position.file);
        if !path.exists() {
            tracing::warn!(file = %path.display(), "the file of JSON lines is gone; a new one is begun");
            return Ok(());
        }
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        let length = file.metadata()?.len();
        if length < position.offset {
            tracing::warn!(file = %path.display(), length, expected = position.offset, "the file of JSON lines is shorter than it was");
        }
        let offset = length.min(position.offset);
        file.set_len(offset)?;
        file.sync_all()?;
        file.seek(SeekFrom::Start(offset))?;
        sync_folder(&self.dir)?;
        self.open = Some((file, Position { file: position.file, offset }));
        Ok(())
    }

    fn put_aside(&self) -> std::io::Result<()> {
        for name in self.files()? {
            let aside = format!("{name}.{}.aside", Timestamp::now().as_millisecond());
            tracing::warn!(file = name, aside, "JSON lines that this store did not write were put aside");
            fs::rename(self.dir.join(&name), self.dir.join(aside))?;
        }
        Ok(())
    }

    /// The files of this sink, oldest first.
    fn files(&self) -> std::io::Result<Vec<String>> {
        let mut names: Vec<String> = fs::read_dir(&self.dir)?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| self.number_of(name).is_some())
            .collect();
        names.sort();
        Ok(names)
    }

    /// The day and number in a file's name.
    fn number_of<'n>(&self, name: &'n str) -> Option<(&'n str, u32)> {
        let middle = name.strip_prefix(&self.prefix)?.strip_suffix(".jsonl")?;
        let (day, number) = middle.rsplit_once('-')?;
        let is_day = day.len() == 10 && day.chars().all(|c| c.is_ascii_digit() || c == '-');
        is_day.then_some((day, number.parse().ok()?))
    }

    fn append(&mut self, lines: &[Arc<str>]) -> std::io::Result<Position> {
        self.rotate()?;
        let (file, position) = self.open.as_mut().ok_or_else(|| std::io::Error::other("no file is open"))?;
        let mut bytes = Vec::with_capacity(lines.iter().map(|l| l.len() + 1).sum());
        for line in lines {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        file.write_all(&bytes)?;
        file.sync_data()?;
        position.offset += bytes.len() as u64;
        Ok(position.clone())
    }

    /// Begins a new file where there is none, the day is over or the file is full.
    fn rotate(&mut self) -> std::io::Result<()> {
        let today = Timestamp::now().strftime("%Y-%m-%d").to_string();
        let current = self.open.as_ref().map(|(_, position)| position.clone());
        let number = match current {
            Some(position) => {
                let (day, number) = self.number_of(&position.file).unwrap_or(("", 0));
                // A clock that goes back must not make a file that sorts before the last.
                if position.offset < self.max_file && day >= today.as_str() {
                    return Ok(());
                }
                if day >= today.as_str() { number + 1 } else { 1 }
            }
            None => {
                self.files()?
                    .iter()
                    .filter_map(|n| self.number_of(n))
                    .filter(|(d, _)| *d == today)
                    .map(|(_, n)| n)
                    .max()
                    .unwrap_or(0)
                    + 1
            }
        };
        let name = format!("{}{today}-{number:04}.jsonl", self.prefix);
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(self.dir.join(&name))?;
        sync_folder(&self.dir)?;
        self.open = Some((file, Position { file: name, offset: 0 }));
        Ok(())
    }
}

fn sync_folder(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(dir: &Path, max_file: u64) -> State {
        State { dir: dir.to_owned(), prefix: "records-".into(), max_file, open: None }
    }

    #[test]
    fn a_torn_tail_is_cut_and_a_file_too_new_removed() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = state(dir.path(), 1 << 20);
        log.resume(None).unwrap();
        let kept = log.append(&["{\"a\":1}".into()]).unwrap();
        log.append(&["{\"a\":2}".into()]).unwrap();
        fs::write(dir.path().join("records-2999-01-01-0001.jsonl"), "{\"a\":3").unwrap();
        let mut again = state(dir.path(), 1 << 20);
        again.resume(Some(kept.clone())).unwrap();
        again.append(&["{\"a\":4}".into()]).unwrap();
        assert_eq!(again.files().unwrap(), std::slice::from_ref(&kept.file));
        assert_eq!(fs::read_to_string(dir.path().join(kept.file)).unwrap(), "{\"a\":1}\n{\"a\":4}\n");
    }

    #[test]
    fn a_full_file_is_followed_by_another() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = state(dir.path(), 5);
        log.resume(None).unwrap();
        log.append(&["{\"a\":1}".into()]).unwrap();
        log.append(&["{\"a\":2}".into()]).unwrap();
        assert_eq!(log.files().unwrap().len(), 2);
    }
}

//! The past brought up to date: when an authority has changed, the records that the change concerns are found by the keys
//! of the names that came, went or are other than before, and marked to be made again. What was followed last is kept
//! beside the store, so that a change made while nothing ran is followed too.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::people::{Authority, AuthorityError, Changed, Source, changes};
use crate::store::{Concerned, Store, StoreError};

/// Why the past is not up to date.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    #[error("{}: {reason}", .dir.display())]
    Folder { dir: PathBuf, reason: String },
    #[error("the service is stopping")]
    Stopping,
}

/// The states of authorities that records have followed, a file each, named as `starter@7147835f99b4.jsonl`.
pub struct Past {
    dir: PathBuf,
}

/// Keys that are asked for at once: for each time the keys of all documents are read.
const KEYS_AT_ONCE: usize = 1 << 20;

impl Past {
    /// In a data folder.
    pub fn of(data: &Path) -> Past {
        Past { dir: data.join("followed") }
    }

    /// Marks the records that differ between the authorities followed last and these. What is cut short is done again.
    ///
    /// # Errors
    /// When the store or a file stands in the way; then what was followed stays as it was.
    pub async fn follow(&self, store: &Arc<Store>, authority: &Arc<Authority>) -> Result<(), PastError> {
        // Without records, and for records of a nisba that did not follow, there is nothing to find.
        let nothing_to_find = !self.dir.is_dir() || store.has_no_records().await?;
        let mut followed = self.followed()?;
        for source in authority.sources() {
            let before = followed.remove(&source.name);
            if before.as_ref().is_some_and(|(revision, _)| *revision == source.revision) {
                continue;
            }
            let before = before.map(|(_, file)| file);
            if !nothing_to_find {
                self.mark(store, before.clone(), Some(source.clone()), &source.name, &source.revision).await?;
            }
            self.keep(source)?;
            before.iter().for_each(|file| remove(file));
        }
        for (name, (_, file)) in followed {
            if !nothing_to_find {
                self.mark(store, Some(file.clone()), None, &name, &format!("{name}, which is gone")).await?;
            }
            remove(&file);
        }
        Ok(())
    }

    /// By the name of each authority the revision followed last, and its file.
    fn followed(&self) -> Result<BTreeMap<String, (String, PathBuf)>, PastError> {
        std::fs::create_dir_all(&self.dir).map_err(|e| self.failed(&e))?;
        let mut followed = BTreeMap::new();
        for file in std::fs::read_dir(&self.dir).map_err(|e| self.failed(&e))? {
            let path = file.map_err(|e| self.failed(&e))?.path();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            match (stem.split_once('@'), path.extension().is_some_and(|ending| ending == "jsonl")) {
                (Some((name, _)), true) => drop(followed.insert(name.to_owned(), (stem, path))),
                // A copy that was cut short.
                _ => remove(&path),
            }
        }
        Ok(followed)
    }

    async fn mark(
        &self,
        store: &Arc<Store>,
        before: Option<PathBuf>,
        after: Option<Arc<Source>>,
        name: &str,
        revision: &str,
    ) -> Result<(), PastError> {
        let reason = format!("authority {revision}");
        let (sender, mut changed) = mpsc::channel::<Changed>(256);
        let reading = tokio::task::spawn_blocking(move || {
            let old = || match &before {
                Some(file) => open(file),
                None => Ok(Box::new(std::io::empty()) as Box<dyn BufRead>),
            };
            let new = || {
                Ok(after.as_ref().map_or_else(|| Box::new(std::io::empty()) as Box<dyn BufRead + '_>, |s| s.lines()))
            };
            changes(old, new, |changed| sender.blocking_send(changed).map_err(|_| PastError::Stopping))
        });
        let mut concerned = Concerned::default();
        while let Some(next) = changed.recv().await {
            let id = format!("{name}:{}", next.id);
            concerned.keys.extend(next.keys);
            concerned.gone.extend(next.gone.then(|| id.clone()));
            concerned.persons.push(id);
            if concerned.keys.len() >= KEYS_AT_ONCE {
                store.reprocess_for(std::mem::take(&mut concerned), &reason).await?;
            }
        }
        store.reprocess_for(concerned, &reason).await?;
        reading.await.map_err(|_| PastError::Stopping)?
    }

    /// Keeps what is followed now.
    fn keep(&self, source: &Source) -> Result<(), PastError> {
        let (part, whole) =
            (self.dir.join(format!("{}.part", source.revision)), self.dir.join(format!("{}.jsonl", source.revision)));
        let copied = File::create(&part).and_then(|mut file| {
            std::io::copy(&mut source.lines(), &mut file)?;
            file.sync_all()
        });
        copied.and_then(|()| std::fs::rename(&part, &whole)).map_err(|e| self.failed(&e))
    }

    fn failed(&self, error: &std::io::Error) -> PastError {
        PastError::Folder { dir: self.dir.clone(), reason: error.to_string() }
    }
}

fn open(file: &Path) -> Result<Box<dyn BufRead>, AuthorityError> {
    let opened = File::open(file).map_err(|e| AuthorityError::File { file: file.to_owned(), reason: e.to_string() })?;
    Ok(Box::new(BufReader::with_capacity(1 << 16, opened)))
}

/// A file that stays is only in the way: the next start removes it, or follows it once more.
fn remove(file: &Path) {
    if let Err(error) = std::fs::remove_file(file) {
        tracing::warn!(%error, file = %file.display(), "what is no longer needed could not be removed");
    }
}

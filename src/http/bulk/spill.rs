//! The way of answers to a client that may read them late: some in memory, the rest in a file without a name, so that many
//! clients that first send all and then read all cost neither memory nor a standstill.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::sync::Notify;

/// Bytes that wait in memory at most.
const IN_MEMORY: usize = 256 << 10;

/// Bytes that are read from the file at once.
const PIECE: u64 = 64 << 10;

/// A queue of bytes with one writer and one reader.
pub struct Spill {
    folder: PathBuf,
    state: Mutex<State>,
    more: Notify,
}

#[derive(Default)]
struct State {
    memory: VecDeque<Bytes>,
    held: usize,
    file: Option<Arc<File>>,
    /// What of the file is still to be read.
    from: u64,
    to: u64,
    ended: bool,
}

impl Spill {
    /// The file, if one is needed, is made in this folder.
    pub fn new(folder: PathBuf) -> Arc<Spill> {
        Arc::new(Spill { folder, state: Mutex::default(), more: Notify::new() })
    }

    /// Adds bytes to the queue; never waits for the reader.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn write(&self, bytes: Bytes) -> io::Result<()> {
        let (file, at) = {
            let mut state = self.state();
            if state.from == state.to && state.held + bytes.len() <= IN_MEMORY {
                (state.from, state.to) = (0, 0);
                state.held += bytes.len();
                state.memory.push_back(bytes);
                drop(state);
                self.more.notify_one();
                return Ok(());
            }
            (state.file.clone(), state.to)
        };
        let (folder, length) = (self.folder.clone(), bytes.len() as u64);
        let written = tokio::task::spawn_blocking(move || {
            let file = file.map_or_else(|| tempfile::tempfile_in(folder).map(Arc::new), Ok)?;
            file.write_all_at(&bytes, at)?;
            Ok::<_, io::Error>(file)
        });
        let file = written.await.map_err(io::Error::other)??;
        let mut state = self.state();
        state.file = Some(file);
        state.to += length;
        drop(state);
        self.more.notify_one();
        Ok(())
    }

    /// Nothing more is written.
    pub fn end(&self) {
        self.state().ended = true;
        self.more.notify_one();
    }

    /// What was written, in order, as it comes.
    pub fn read_all(self: Arc<Self>) -> impl Stream<Item = io::Result<Bytes>> {
        futures_util::stream::unfold(self, |spill| async move {
            let next = spill.read().await.transpose()?;
            Some((next, spill))
        })
    }

    async fn read(&self) -> io::Result<Option<Bytes>> {
        loop {
            let piece = {
                let mut state = self.state();
                if let Some(bytes) = state.memory.pop_front() {
                    state.held -= bytes.len();
                    return Ok(Some(bytes));
                }
                match &state.file {
                    Some(file) if state.from < state.to => Some((file.clone(), state.from, state.to)),
                    _ if state.ended => return Ok(None),
                    _ => None,
                }
            };
            let Some((file, from, to)) = piece else {
                self.more.notified().await;
                continue;
            };
            let read = tokio::task::spawn_blocking(move || {
                let mut bytes = vec![0; (to - from).min(PIECE) as usize];
                file.read_exact_at(&mut bytes, from).map(|()| bytes)
            });
            let bytes = read.await.map_err(io::Error::other)??;
            self.state().from += bytes.len() as u64;
            return Ok(Some(bytes.into()));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;

    #[tokio::test]
    async fn what_is_written_is_read_in_order_however_late() {
        let folder = tempfile::tempdir().unwrap();
        let spill = Spill::new(folder.path().to_owned());
        let piece = |n: u32| Bytes::from(format!("{n}\n").repeat(1000));
        for n in 0..500 {
            spill.write(piece(n)).await.unwrap();
        }
        assert!(spill.state().held <= IN_MEMORY && spill.state().to > 0);
        let mut read = Vec::new();
        let mut stream = Box::pin(spill.clone().read_all());
        while read.len() < 400_000 {
            read.extend_from_slice(&stream.next().await.unwrap().unwrap());
        }
        for n in 500..1000 {
            spill.write(piece(n)).await.unwrap();
        }
        spill.end();
        while let Some(bytes) = stream.next().await {
            read.extend_from_slice(&bytes.unwrap());
        }
        let expected: Vec<u8> = (0..1000).flat_map(|n| piece(n).to_vec()).collect();
        assert!(read == expected, "{} of {} bytes", read.len(), expected.len());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

//! The first hand: receives the body of a bulk request, as fast as it is read.

use std::io::{self, BufRead, Read};
use std::time::Duration;

use actix_web::web::{Buf, Bytes, Payload};
use futures_util::StreamExt;
use tokio::sync::{mpsc, watch};

/// A sender that is silent for so long is not waited for.
const STALLED: Duration = Duration::from_secs(60);

/// A stretch of the body, or why no more of it comes.
pub(super) type Chunk = io::Result<Bytes>;

/// Receives the body as long as somebody takes it.
pub(super) fn receive(payload: Payload, chunks: mpsc::Sender<Chunk>, mut ending: watch::Receiver<bool>) {
    let mut body = payload.into_inner();
    actix_web::rt::spawn(async move {
        loop {
            let next = tokio::select! {
                next = tokio::time::timeout(STALLED, body.next()) => next,
                _ = ending.wait_for(|ending| *ending) => {
                    // Whoever reads the last line knows that it is the last.
                    drop(chunks.send(Err(io::Error::other("the service is stopping; send the rest again"))).await);
                    return;
                }
            };
            let chunk = match next {
                Ok(Some(chunk)) => chunk.map_err(|e| io::Error::other(format!("the body cannot be read: {e}"))),
                Ok(None) => return,
                Err(_) => Err(io::Error::other(format!("nothing came for {} s", STALLED.as_secs()))),
            };
            let last = chunk.is_err();
            if chunks.send(chunk).await.is_err() || last {
                return;
            }
        }
    });
}

/// The body as a thread reads it.
pub(super) struct Incoming {
    chunks: mpsc::Receiver<Chunk>,
    current: Bytes,
}

impl Incoming {
    /// Reads what is received.
    pub fn new(chunks: mpsc::Receiver<Chunk>) -> Incoming {
        Incoming { chunks, current: Bytes::new() }
    }
}

impl BufRead for Incoming {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.current.is_empty() {
            match self.chunks.blocking_recv() {
                Some(chunk) => self.current = chunk?,
                None => break,
            }
        }
        Ok(&self.current)
    }

    fn consume(&mut self, amount: usize) {
        self.current.advance(amount);
    }
}

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

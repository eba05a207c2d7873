//! Whose turn it is at the writer, and how much one transaction takes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

/// When a job is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Before the others: short, and somebody waits for the answer.
    First,
    Ordinary,
}

/// A job that waits.
pub(super) struct Asked<J> {
    pub turn: Turn,
    /// That it writes.
    pub bytes: usize,
    pub job: J,
}

/// Jobs and bytes that one transaction takes at most.
const MOST_JOBS: usize = 512;
const MOST_BYTES: usize = 8 << 20;

/// A transaction that has taken so long takes no more jobs: those who wait for it are answered.
const LONG_ENOUGH: Duration = Duration::from_millis(4);

/// Jobs that wait, each turn in its order.
pub(super) struct Turns<J> {
    queue: mpsc::Receiver<Asked<J>>,
    first: VecDeque<Asked<J>>,
    ordinary: VecDeque<Asked<J>>,
}

impl<J> Turns<J> {
    pub(super) fn of(queue: mpsc::Receiver<Asked<J>>) -> Turns<J> {
        Turns { queue, first: VecDeque::new(), ordinary: VecDeque::new() }
    }

    /// Waits until there is a job; false when there will be none.
    pub(super) fn wait(&mut self) -> bool {
        if self.first.is_empty() && self.ordinary.is_empty() {
            let Some(job) = self.queue.blocking_recv() else { return false };
            self.put(job);
        }
        true
    }

    /// The jobs of the next transaction, one by one, those that come meanwhile among them.
    pub(super) fn transaction(&mut self) -> Transaction<'_, J> {
        Transaction { turns: self, began: Instant::now(), jobs: 0, bytes: 0, ordinary: false }
    }

    fn put(&mut self, job: Asked<J>) {
        match job.turn {
            Turn::First => self.first.push_back(job),
            Turn::Ordinary => self.ordinary.push_back(job),
        }
    }

    /// Takes over what has come, no more than one transaction takes: the rest holds up those who send it.
    fn take_over(&mut self) {
        while self.first.len() + self.ordinary.len() < MOST_JOBS
            && let Ok(job) = self.queue.try_recv()
        {
            self.put(job);
        }
    }
}

/// See [`Turns::transaction`].
pub(super) struct Transaction<'t, J> {
    turns: &'t mut Turns<J>,
    began: Instant,
    jobs: usize,
    bytes: usize,
    /// Whether an ordinary job was run: none waits for ever.
    ordinary: bool,
}

impl<J> Iterator for Transaction<'_, J> {
    type Item = J;

    fn next(&mut self) -> Option<J> {
        self.turns.take_over();
        let full = self.jobs == MOST_JOBS || self.bytes >= MOST_BYTES || self.began.elapsed() >= LONG_ENOUGH;
        let Asked { turn, bytes, job } = match self.turns.first.pop_front_if(|_| !full) {
            Some(asked) => asked,
            None if full && self.ordinary => return None,
            None => self.turns.ordinary.pop_front()?,
        };
        self.jobs += 1;
        self.bytes += bytes;
        self.ordinary |= turn == Turn::Ordinary;
        Some(job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(asked: &[(Turn, usize, &'static str)]) -> (mpsc::Sender<Asked<&'static str>>, Turns<&'static str>) {
        let (sender, queue) = mpsc::channel(2 * MOST_JOBS);
        asked.iter().for_each(|(turn, bytes, job)| {
            sender.try_send(Asked { turn: *turn, bytes: *bytes, job: *job }).unwrap();
        });
        (sender, Turns::of(queue))
    }

    #[test]
    fn who_waits_for_an_answer_goes_first_and_each_turn_keeps_its_order() {
        let (sender, mut turns) = turns(&[
            (Turn::Ordinary, 0, "a record"),
            (Turn::First, 0, "a document"),
            (Turn::Ordinary, 0, "another record"),
            (Turn::First, 0, "another document"),
        ]);
        assert!(turns.wait());
        let mut transaction = turns.transaction();
        assert_eq!(transaction.next(), Some("a document"));
        // What comes meanwhile is not kept waiting for the next transaction.
        sender.try_send(Asked { turn: Turn::First, bytes: 0, job: "a third" }).unwrap();
        assert_eq!(transaction.collect::<Vec<_>>(), ["another document", "a third", "a record", "another record"]);
        drop(sender);
        assert!(!turns.wait());
    }

    #[test]
    fn a_full_transaction_ends_with_one_of_those_who_can_wait() {
        let mut asked = vec![(Turn::First, MOST_BYTES / 2, "a document"); 5];
        asked.extend([(Turn::Ordinary, 0, "a record"); 2]);
        let (_sender, mut turns) = turns(&asked);
        assert!(turns.wait());
        let mut of_next = || turns.transaction().collect::<Vec<_>>();
        assert_eq!(of_next(), ["a document", "a document", "a record"]);
        assert_eq!(of_next(), ["a document", "a document", "a record"]);
        assert_eq!(of_next(), ["a document"]);
    }

    #[test]
    fn a_transaction_that_takes_long_leaves_the_rest_to_the_next() {
        let (_sender, mut turns) = turns(&[(Turn::Ordinary, 0, "a record"); 3]);
        let mut transaction = turns.transaction();
        assert!(transaction.next().is_some());
        std::thread::sleep(LONG_ENOUGH);
        assert!(transaction.next().is_none());
        assert_eq!(turns.ordinary.len(), 2);
        assert!(turns.wait());
    }
}

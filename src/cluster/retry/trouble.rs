//! What people see while a server is asked again and again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

/// Why requests wait, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Since when.
    pub since: Instant,
    /// In one line (`the server doesn't answer: connection refused`).
    pub why: String,
}

impl Trouble {
    /// Returns it as a line of status.
    pub fn text(&self) -> String {
        let seconds = self.since.elapsed().as_secs();
        format!("{}; trying again since {seconds} s", self.why)
    }
}

/// Where requests say that they wait; clones share it.
#[derive(Clone)]
pub(in crate::cluster) struct Board {
    told: Arc<watch::Sender<Option<Trouble>>>,
    waiting: Arc<Mutex<Waiting>>,
}

/// The requests that wait, oldest first.
#[derive(Default)]
struct Waiting {
    next: u64,
    by: BTreeMap<u64, Trouble>,
}

/// A request that waits; it doesn't any more when this is dropped.
pub(super) struct Entry {
    board: Board,
    id: u64,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            told: Arc::new(watch::channel(None).0),
            waiting: Arc::default(),
        }
    }
}

impl Board {
    /// Returns what keeps requests waiting, as it changes.
    pub(in crate::cluster) fn trouble(&self) -> watch::Receiver<Option<Trouble>> {
        self.told.subscribe()
    }

    /// Says that one more request waits.
    pub(super) fn enter(&self) -> Entry {
        let mut waiting = self.waiting();
        let id = waiting.next;
        waiting.next += 1;
        drop(waiting);
        Entry {
            board: self.clone(),
            id,
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what the request that waits longest waits for.
    fn tell(&self, waiting: &Waiting) {
        let oldest = waiting.by.values().next().cloned();
        self.told.send_if_modified(|told| {
            let changed = *told != oldest;
            *told = oldest;
            changed
        });
    }
}

impl Entry {
    /// Says why.
    pub(super) fn says(&self, why: String) {
        let mut waiting = self.board.waiting();
        let since = match waiting.by.get(&self.id) {
            Some(before) => before.since,
            None => Instant::now(),
        };
        waiting.by.insert(self.id, Trouble { since, why });
        self.board.tell(&waiting);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut waiting = self.board.waiting();
        waiting.by.remove(&self.id);
        self.board.tell(&waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_that_waits_longest_is_told_until_none_waits() {
        let board = Board::default();
        let seen = board.trouble();
        let why = || seen.borrow().as_ref().map(|trouble| trouble.why.clone());
        assert_eq!(why(), None);
        let first = board.enter();
        first.says("refused".to_owned());
        let second = board.enter();
        second.says("busy".to_owned());
        assert_eq!(why().as_deref(), Some("refused"));
        drop(first);
        assert_eq!(why().as_deref(), Some("busy"));
        drop(second);
        assert_eq!(why(), None);
    }
}

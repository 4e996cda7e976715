//! What people see while a server is asked again and again, and what holds changes back.

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
    /// Whether changes are held back.
    fence: Arc<watch::Sender<bool>>,
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
            fence: Arc::new(watch::channel(false).0),
        }
    }
}

impl Board {
    /// Returns what keeps requests waiting, as it changes.
    pub(in crate::cluster) fn trouble(&self) -> watch::Receiver<Option<Trouble>> {
        self.told.subscribe()
    }

    /// Holds changes back, or lets them pass again: nobody may change anything whose claim may
    /// have gone to another machine.
    pub(in crate::cluster) fn hold_back(&self, hold: bool) {
        self.fence.send_replace(hold);
    }

    /// Returns whether changes are held back.
    #[cfg(test)]
    pub(in crate::cluster) fn holds_back(&self) -> bool {
        *self.fence.borrow()
    }

    /// Waits until changes may pass.
    pub(super) async fn passage(&self) {
        let mut held = self.fence.subscribe();
        if *held.borrow_and_update() {
            let entry = self.enter();
            entry.says("the claim on this phase has to be renewed first".to_owned());
            // The sender is this very board's.
            drop(held.wait_for(|held| !held).await);
        }
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
    fn changes_wait_behind_the_fence() {
        use futures::FutureExt as _;
        let board = Board::default();
        assert_eq!(board.passage().now_or_never(), Some(()));
        board.hold_back(true);
        let mut change = Box::pin(board.passage());
        assert_eq!(change.as_mut().now_or_never(), None);
        assert!(board.trouble().borrow().is_some());
        board.hold_back(false);
        assert_eq!(change.now_or_never(), Some(()));
        assert!(board.trouble().borrow().is_none());
    }

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

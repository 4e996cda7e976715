//! Who waits for which name of a kind, and what is known of these names.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::follow::Change;
use super::slim::{Slim, Version};
use super::{Begin, Seen};

/// How far back a watch is begun again for somebody who knows less than it has seen; for those who
/// know even less a list is cheaper.
const REPLAY: u64 = 1_000;

/// Those who wait, and what is known.
#[derive(Default)]
pub(super) struct Names {
    waiting: HashMap<String, Vec<Waiter>>,
    /// Objects that somebody waits for, or may come to wait for because orch manages them.
    kept: HashMap<String, Slim>,
    /// Since which version everything was seen, or will be; `None` where that can't be known.
    since: Option<u64>,
    /// Up to which version everything was seen.
    reached: Version,
    /// What a list has held so far.
    listed: HashSet<String>,
    /// Whether a list is wanted or under way: all is known when it is done.
    listing: bool,
    begun: bool,
}

struct Waiter {
    id: u64,
    /// The version that it knows; what is older is no news.
    knows: Version,
    seen: UnboundedSender<Seen>,
}

impl Names {
    /// Adds somebody who waits for a name and knows it as of a version; returns where the watch has
    /// to begin anew for that, if it has to.
    pub(super) fn add(
        &mut self,
        name: &str,
        (id, knows): (u64, Version),
        seen: UnboundedSender<Seen>,
    ) -> Option<Begin> {
        let begin = self.begin(name, &knows, &seen);
        let waiters = self.waiting.entry(name.to_owned()).or_default();
        waiters.push(Waiter { id, knows, seen });
        begin
    }

    fn begin(
        &mut self,
        name: &str,
        knows: &Version,
        seen: &UnboundedSender<Seen>,
    ) -> Option<Begin> {
        let asked = knows.number();
        if !self.begun {
            self.begun = true;
            self.since = asked;
            self.reached = knows.clone();
            return Some(self.anew(asked, knows));
        }
        if let Some(kept) = self.kept.get(name) {
            // Otherwise what it knows already is still to come.
            if !kept.version.is_before(knows) {
                tell(seen, Seen::Object(Some(Arc::clone(&kept.value))));
            }
            return None;
        }
        // It should have been seen: it is gone, or not to be recognised as orch's.
        let missing = match (asked, self.since) {
            _ if self.listing => self.listed.contains(name),
            (Some(asked), Some(since)) if asked > since => !self.reached.is_before(knows),
            (Some(asked), Some(since)) if asked == since => knows.is_before(&self.reached),
            (None, Some(0)) => true,
            (Some(asked), Some(since)) if since - asked <= REPLAY => {
                self.since = Some(asked);
                return Some(self.anew(Some(asked), knows));
            }
            _ => return Some(self.anew(None, knows)),
        };
        if missing {
            tell(seen, Seen::Missing);
        }
        None
    }

    fn anew(&mut self, asked: Option<u64>, knows: &Version) -> Begin {
        self.listing = asked.is_none();
        asked.map_or(Begin::List, |_| Begin::From(knows.clone()))
    }

    /// Takes somebody out; returns whether nobody is left.
    pub(super) fn remove(&mut self, id: u64) -> bool {
        self.waiting.retain(|_, waiters| {
            waiters.retain(|waiter| waiter.id != id);
            !waiters.is_empty()
        });
        self.waiting.is_empty()
    }

    /// Takes what was seen and tells those whom it concerns.
    pub(super) fn take(&mut self, change: Change) {
        match change {
            Change::Listing => {
                self.listing = true;
                self.listed.clear();
            }
            Change::Found(slim) => {
                self.listed.insert(slim.name.clone());
                self.keep(slim);
            }
            Change::Listed(version) => self.complete(version),
            Change::Changed(slim) => {
                self.reach(&slim.version);
                self.keep(slim);
            }
            Change::Deleted(slim) => {
                self.reach(&slim.version);
                self.kept.remove(&slim.name);
                for waiter in self.waiting.get(&slim.name).into_iter().flatten() {
                    if !slim.version.is_before(&waiter.knows) {
                        tell(&waiter.seen, Seen::Object(None));
                    }
                }
            }
            Change::Reached(version) => self.reach(&version),
            Change::Broken(why) => self.tell_all(|| Seen::Broken(why.clone())),
            Change::Refused(why) => self.tell_all(|| Seen::Refused(why.clone())),
        }
    }

    fn reach(&mut self, version: &Version) {
        if !version.is_before(&self.reached) {
            self.reached = version.clone();
        }
    }

    fn keep(&mut self, slim: Slim) {
        let waiters = self.waiting.get_mut(&slim.name);
        if waiters.is_none() && !slim.ours {
            self.kept.remove(&slim.name);
            return;
        }
        for waiter in waiters.into_iter().flatten() {
            // A watch that began anew, or lags behind an apply, tells what is known.
            if slim.version == waiter.knows || slim.version.is_before(&waiter.knows) {
                continue;
            }
            waiter.knows = slim.version.clone();
            tell(&waiter.seen, Seen::Object(Some(Arc::clone(&slim.value))));
        }
        self.kept.insert(slim.name.clone(), slim);
    }

    /// A list is done: what it didn't hold is gone.
    fn complete(&mut self, version: Version) {
        let listed = std::mem::take(&mut self.listed);
        self.kept.retain(|name, _| listed.contains(name));
        let absent = self
            .waiting
            .iter()
            .filter(|(name, _)| !listed.contains(*name));
        for waiter in absent.flat_map(|(_, waiters)| waiters) {
            // What came after the list was made is still to be seen.
            if !version.is_before(&waiter.knows) {
                tell(&waiter.seen, Seen::Missing);
            }
        }
        self.listing = false;
        self.since = Some(0);
        self.reached = version;
    }

    fn tell_all(&self, seen: impl Fn() -> Seen) {
        for waiter in self.waiting.values().flatten() {
            tell(&waiter.seen, seen());
        }
    }
}

/// Who doesn't listen any more is about to leave.
fn tell(to: &UnboundedSender<Seen>, seen: Seen) {
    drop(to.send(seen));
}

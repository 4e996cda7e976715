//! Following what a server holds of a kind: a list where one is needed, then a watch that begins
//! anew where it broke off.
//!
//! Our own loop and not kube's watcher, because that one keeps its lists' versions to itself, can't
//! begin at a version that is known from an apply, and builds whole objects first.

use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt as _};
use kube::Client;
use kube::api::{ListParams, WatchParams};
use kube::core::{ObjectList, Request, WatchEvent};

use super::slim::{Slim, Version};

/// How many objects one answer to a list holds.
const PAGE: u32 = 500;

/// How long the server leaves a watch open, in seconds.
const OPEN: u32 = 290;

/// A watch that is silent for longer is dead.
const IDLE: Duration = Duration::from_secs(295);

/// The pause before the third try, which doubles, and the longest one. The first two follow at
/// once: a connection that is cut by a balancer comes back at once.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// What is followed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Source {
    /// The path of the kind, in its namespace if it has one.
    pub(super) path: String,
    /// The selector of the fields of those that are looked at; all where there is none.
    pub(super) fields: Option<String>,
}

/// What is seen.
#[derive(Debug)]
pub(super) enum Change {
    /// A list begins: what isn't found until it is done is gone.
    Listing,
    /// The list holds that.
    Found(Slim),
    /// The list is done, and this is its version.
    Listed(Version),
    /// It came or changed.
    Changed(Slim),
    /// It is gone.
    Deleted(Slim),
    /// All up to that version was seen.
    Reached(Version),
    /// The watch broke off; it begins anew by itself.
    Broken(String),
    /// The user may not see it; nothing follows.
    Refused(String),
}

/// Changes in the order in which they were seen; it never fails and ends only when refused.
pub(super) type Changes = BoxStream<'static, Vec<Change>>;

type Events = BoxStream<'static, kube::Result<WatchEvent<Slim>>>;

/// Follows a source, from a version on, or from a list on.
pub(super) fn follow(client: Client, source: Source, from: Option<Version>) -> Changes {
    let follower = Follower {
        client,
        source,
        failures: 0,
        begun: false,
    };
    let position = from.map_or(Position::List(None), Position::From);
    stream::unfold((follower, position), |(mut follower, position)| async {
        let (changes, position) = match position {
            Position::List(token) => follower.list(token).await,
            Position::From(version) => follower.watch(version).await,
            Position::At(version, events) => follower.event(version, events).await,
            Position::Over => return None,
        };
        Some((changes, (follower, position)))
    })
    .fuse()
    .boxed()
}

/// Where it is.
enum Position {
    /// At the beginning of a list, or of another page of it.
    List(Option<String>),
    /// Before a watch from that version on.
    From(Version),
    /// In a watch, having seen all up to that version.
    At(Version, Events),
    Over,
}

type Step = (Vec<Change>, Position);

struct Follower {
    client: Client,
    source: Source,
    /// How many times it had to begin anew without having seen anything between.
    failures: u32,
    /// Whether it has seen anything.
    begun: bool,
}

impl Follower {
    async fn list(&mut self, token: Option<String>) -> Step {
        self.pause().await;
        let mut params = ListParams::default().limit(PAGE);
        params.field_selector.clone_from(&self.source.fields);
        params.continue_token.clone_from(&token);
        let list: ObjectList<Slim> = match Request::new(&self.source.path).list(&params) {
            Ok(request) => match self.client.request(request).await {
                Ok(list) => list,
                // Also where the next page has expired: the list begins anew then.
                Err(error) => return self.fail(&error, Position::List(None)),
            },
            Err(error) => return (vec![Change::Refused(error.to_string())], Position::Over),
        };
        (self.failures, self.begun) = (0, true);
        let first = token.is_none().then_some(Change::Listing);
        let found = list.items.into_iter().map(Change::Found);
        let mut changes: Vec<Change> = first.into_iter().chain(found).collect();
        if let Some(next) = list.metadata.continue_.filter(|token| !token.is_empty()) {
            return (changes, Position::List(Some(next)));
        }
        let version = Version(list.metadata.resource_version.unwrap_or_default());
        changes.push(Change::Listed(version.clone()));
        (changes, Position::From(version))
    }

    async fn watch(&mut self, version: Version) -> Step {
        self.pause().await;
        let params = WatchParams {
            field_selector: self.source.fields.clone(),
            timeout: Some(OPEN),
            ..WatchParams::default()
        };
        let request = match Request::new(&self.source.path).watch(&params, &version.0) {
            Ok(request) => request,
            Err(error) => return (vec![Change::Refused(error.to_string())], Position::Over),
        };
        self.failures += 1;
        match self.client.request_events(request).await {
            Ok(events) => (Vec::new(), Position::At(version, Box::pin(events))),
            Err(error) => self.fail(&error, Position::From(version)),
        }
    }

    async fn event(&mut self, version: Version, mut events: Events) -> Step {
        let event = match tokio::time::timeout(IDLE, events.next()).await {
            Ok(Some(Ok(event))) => event,
            Ok(Some(Err(error))) => return self.fail(&error, Position::From(version)),
            // The server ends each watch some time.
            Ok(None) | Err(_) => return (Vec::new(), Position::From(version)),
        };
        let (change, version) = match event {
            WatchEvent::Added(slim) | WatchEvent::Modified(slim) => {
                let version = slim.version.clone();
                (Change::Changed(slim), version)
            }
            WatchEvent::Deleted(slim) => {
                let version = slim.version.clone();
                (Change::Deleted(slim), version)
            }
            WatchEvent::Bookmark(mark) => {
                let version = Version(mark.metadata.resource_version);
                (Change::Reached(version.clone()), version)
            }
            WatchEvent::Error(status) => {
                let error = kube::Error::Api(status);
                return self.fail(&error, Position::From(version));
            }
        };
        (self.failures, self.begun) = (0, true);
        (vec![change], Position::At(version, events))
    }

    /// Goes back to where it has to begin anew.
    fn fail(&mut self, error: &kube::Error, back: Position) -> Step {
        let code = if let kube::Error::Api(status) = error {
            Some(status.code)
        } else {
            None
        };
        match code {
            Some(401 | 403 | 405) => (vec![Change::Refused(told(error))], Position::Over),
            // What happened since that version is forgotten.
            Some(410) if !matches!(back, Position::List(_)) => {
                let broken = self.begun.then(|| Change::Broken(told(error)));
                (broken.into_iter().collect(), Position::List(None))
            }
            _ => {
                if matches!(back, Position::List(_)) {
                    self.failures += 1;
                }
                (vec![Change::Broken(told(error))], back)
            }
        }
    }

    async fn pause(&self) {
        if let Some(doublings) = self.failures.checked_sub(2) {
            let pause = PAUSES.0 * 2_u32.saturating_pow(doublings.min(16));
            tokio::time::sleep(pause.min(PAUSES.1)).await;
        }
    }
}

/// An error with its causes, in one line.
fn told(error: &kube::Error) -> String {
    if let kube::Error::Api(status) = error {
        return status.message.clone();
    }
    let mut text = error.to_string();
    for cause in crate::diagnostic::causes(error) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

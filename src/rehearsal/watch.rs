//! Watching: a body that delivers changes as lines of JSON, and lets time pass when it has none.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Frame;
use serde_json::{Value, json};

use super::read::metadata_only;
use super::request::{Parameters, Target};
use super::selector::Selector;
use super::status::Refusal;
use super::store::Change;
use super::world::World;

/// How often a watch yields to the requests that are under way before it lets time pass.
const YIELDS: u8 = 8;

/// A watch's body.
pub(crate) struct Watch {
    world: Arc<Mutex<World>>,
    target: Target,
    selector: Selector,
    metadata_only: bool,
    bookmarks: bool,
    /// The last version looked at.
    seen: u64,
    /// Lines to deliver.
    lines: VecDeque<Bytes>,
    /// The number of requests when the watch last found nothing, and how often since.
    idle: (u64, u8),
    /// Whether an error ended it.
    ended: bool,
}

impl Watch {
    /// Starts a watch: from a version, or with the current objects first.
    pub(crate) fn start(
        world: &Arc<Mutex<World>>,
        locked: &World,
        (target, parameters): (Target, &Parameters),
        metadata_only: bool,
    ) -> Result<Self, Refusal> {
        let mut fields = parameters.text("fieldSelector").to_owned();
        if let Some(name) = &target.name {
            fields = format!("metadata.name={name}");
        }
        let mut watch = Self {
            world: Arc::clone(world),
            selector: Selector::parse(parameters.text("labelSelector"), &fields)?,
            target,
            metadata_only,
            bookmarks: parameters.flag("allowWatchBookmarks"),
            seen: locked.store.revision(),
            lines: VecDeque::new(),
            idle: (0, 0),
            ended: false,
        };
        let version = parameters.number("resourceVersion").unwrap_or(0);
        if version > locked.store.revision() {
            return Err(Refusal::too_new(version, locked.store.revision()));
        }
        if parameters.flag("sendInitialEvents") || version == 0 {
            let marked = parameters.flag("sendInitialEvents");
            watch.initial(locked, marked);
        } else if version < locked.store.compacted() {
            let refusal = Refusal::expired(version, locked.store.compacted());
            watch.lines.push_back(line("ERROR", &refusal.body()));
            watch.ended = true;
        } else {
            watch.seen = version;
        }
        Ok(watch)
    }

    fn initial(&mut self, world: &World, marked: bool) {
        let namespace = self.target.namespace.as_deref();
        for (_, object) in world.store.list(&self.target.resource.id, namespace) {
            if self.selector.fits(object) {
                self.lines.push_back(self.event("ADDED", object));
            }
        }
        if marked && self.bookmarks {
            let annotations = json!({"k8s.io/initial-events-end": "true"});
            self.lines.push_back(self.bookmark(&annotations));
        }
    }

    fn bookmark(&self, annotations: &Value) -> Bytes {
        let mut metadata = json!({"resourceVersion": self.seen.to_string()});
        if !annotations.is_null() {
            metadata["annotations"] = annotations.clone();
        }
        let object = json!({
            "kind": self.target.resource.kind,
            "apiVersion": self.target.resource.api_version(),
            "metadata": metadata,
        });
        line("BOOKMARK", &object)
    }

    fn event(&self, kind: &str, object: &Value) -> Bytes {
        if self.metadata_only {
            line(kind, &metadata_only(object))
        } else {
            line(kind, object)
        }
    }

    /// Takes in what changed since it last looked.
    fn catch_up(&mut self, world: &World) {
        if self.seen < world.store.compacted() {
            let refusal = Refusal::expired(self.seen, world.store.compacted());
            self.lines.push_back(line("ERROR", &refusal.body()));
            self.ended = true;
            return;
        }
        let mut lines = VecDeque::new();
        for change in world.store.since(self.seen) {
            if let Some(kind) = self.kind_of(change) {
                lines.push_back(self.event(kind, &change.object));
            }
        }
        self.lines.append(&mut lines);
        self.seen = world.store.revision();
    }

    /// Returns what a change is to this watch: an object that stops fitting is gone.
    fn kind_of(&self, change: &Change) -> Option<&'static str> {
        if change.key.resource != self.target.resource.id {
            return None;
        }
        let namespace = self.target.namespace.as_ref();
        if namespace.is_some_and(|namespace| *namespace != change.key.namespace) {
            return None;
        }
        let before = change
            .before
            .as_ref()
            .is_some_and(|before| self.selector.fits(before));
        let after = !change.deleted && self.selector.fits(&change.object);
        match (before, after) {
            (false, true) => Some("ADDED"),
            (true, true) => Some("MODIFIED"),
            (true, false) => Some("DELETED"),
            (false, false) => None,
        }
    }
}

impl http_body::Body for Watch {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Some(line) = this.lines.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(line))));
        }
        if this.ended {
            return Poll::Ready(None);
        }
        let world = Arc::clone(&this.world);
        let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
        this.catch_up(&world);
        if this.lines.is_empty() {
            let (requests, yields) = this.idle;
            if requests != world.requests {
                this.idle = (world.requests, 0);
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            if yields < YIELDS {
                this.idle.1 += 1;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            while this.lines.is_empty() && !this.ended && world.advance() {
                this.catch_up(&world);
            }
        }
        if let Some(line) = this.lines.pop_front() {
            Poll::Ready(Some(Ok(Frame::data(line))))
        } else {
            world.wake(context.waker());
            Poll::Pending
        }
    }
}

fn line(kind: &str, object: &Value) -> Bytes {
    let mut text = json!({"type": kind, "object": object}).to_string();
    text.push('\n');
    Bytes::from(text)
}

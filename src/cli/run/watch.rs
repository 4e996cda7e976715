//! Showing a run while it goes on, and being told to stop.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use tokio::signal::unix::SignalKind;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::Prepared;
use crate::checklist::TaskId;
use crate::cli::Session;
use crate::cluster::{Cluster, Trouble};
use crate::execute::{Progress, Standing};
use crate::terminal::{Json, Live, err, out, printable};

/// How long the target may be in trouble before people are told.
const HICCUP: Duration = Duration::from_secs(1);

/// How often they are told how long it lasts.
const SECOND: Duration = Duration::from_secs(1);

/// Where a run is shown.
pub(super) struct View {
    json: bool,
    live: Mutex<Live>,
    /// The tasks whose ticks were told: where no document keeps them, they come again and again.
    told: Mutex<BTreeSet<TaskId>>,
}

impl View {
    /// Returns the view of a run.
    pub(super) fn new(prepared: &Prepared<'_>, standing: &[Standing]) -> Self {
        let todo = standing
            .iter()
            .filter(|s| matches!(s, Standing::Todo(_)))
            .count();
        let titles: BTreeMap<TaskId, String> = prepared
            .phase
            .checklist
            .tasks()
            .map(|task| (task.id.clone(), task.text.plain()))
            .collect();
        let live = Live::new(todo, titles, prepared.session.err);
        Self {
            json: prepared.session.global.json,
            live: Mutex::new(live),
            told: Mutex::default(),
        }
    }

    /// Shows an event.
    pub(super) fn show(&self, event: &Progress) {
        if self.json {
            if let (Progress::Ticked { task }, Ok(mut told)) = (event, self.told.lock())
                && !told.insert(task.clone())
            {
                return;
            }
            if let Some(value) = Json::progress(event) {
                // A reader that is gone must not end a run.
                let _ = out(&format!("{value}\n"));
            }
        } else if let Ok(mut live) = self.live.lock() {
            live.show(event);
        }
    }

    /// Returns what a run returns, and shows meanwhile what the target keeps it waiting for.
    pub(super) async fn beside<T>(
        &self,
        trouble: watch::Receiver<Option<Trouble>>,
        run: impl Future<Output = T>,
    ) -> T {
        let told = tell(trouble, |why| self.show(&Progress::Waiting { why }));
        tokio::select! {
            outcome = run => outcome,
            () = told => std::future::pending().await,
        }
    }

    /// Takes the live rows away.
    pub(super) fn end(&self) {
        if let Ok(mut live) = self.live.lock() {
            live.end();
        }
    }
}

/// Tells what the target keeps requests waiting for, while nothing else is shown yet; no more when
/// it ends or is dropped.
pub(super) struct Early(AbortHandle);

impl Early {
    /// Begins to tell.
    pub(super) fn new(session: &Session, cluster: &Cluster) -> Self {
        let paint = session.err;
        let trouble = cluster.trouble();
        let told = tokio::spawn(async move {
            let mut before = false;
            tell(trouble, |why| {
                let line = match why {
                    Some(why) if !before => format!("{} {}\n", paint.bad("!"), printable(&why)),
                    None if before => {
                        format!("{} the server answers again\n", paint.good("✓"))
                    }
                    Some(_) | None => return,
                };
                before = !before;
                // A stderr that is gone must not end a run.
                let _ = err(&line);
            })
            .await;
        });
        Self(told.abort_handle())
    }

    /// Ends it.
    pub(super) fn end(&self) {
        self.0.abort();
    }
}

impl Drop for Early {
    fn drop(&mut self) {
        self.end();
    }
}

/// Tells each second why requests wait, and once that they don't any more.
async fn tell(mut trouble: watch::Receiver<Option<Trouble>>, mut show: impl FnMut(Option<String>)) {
    // It ends with the cluster's connection.
    while trouble.wait_for(Option::is_some).await.is_ok() {
        let over = trouble.wait_for(Option::is_none);
        // A hiccup is not worth a line.
        if tokio::time::timeout(HICCUP, over).await.is_ok() {
            continue;
        }
        loop {
            let why = trouble.borrow().as_ref().map(Trouble::text);
            let over = why.is_none();
            show(why);
            if over {
                break;
            }
            let over = trouble.wait_for(Option::is_none);
            // One second later it says so.
            drop(tokio::time::timeout(SECOND, over).await);
        }
    }
}

/// Returns a flag that the first Ctrl-C (or SIGTERM) sets, or the loss of the cluster's lease; the
/// second Ctrl-C ends the process at once. Either way what was recorded is enough to go on.
pub(super) fn interrupted(mut lost: Option<watch::Receiver<bool>>) -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        for first in [true, false] {
            let stop = tokio::select! {
                stop = signal() => stop,
                () = loss(&mut lost), if first => true,
            };
            if !stop {
                return;
            }
            if first {
                // Nobody listens any more when the run has ended.
                let _ = sender.send(true);
            } else {
                std::process::exit(130);
            }
        }
    });
    receiver
}

/// Waits until a lease is lost.
async fn loss(lost: &mut Option<watch::Receiver<bool>>) {
    if let Some(lost) = lost
        && lost.wait_for(|lost| *lost).await.is_ok()
    {
        return;
    }
    // One that was released, or that never was, can't be lost.
    std::future::pending::<()>().await;
}

/// Waits for a signal to stop; returns whether one can come at all.
async fn signal() -> bool {
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.is_ok(),
        () = came(SignalKind::terminate()) => true,
        // The terminal was closed; a command that went on without its run would be begun twice.
        () = came(SignalKind::hangup()), if !ignores_hangup() => true,
    }
}

/// Waits for a signal; for ever where it can't be heard.
async fn came(kind: SignalKind) {
    match tokio::signal::unix::signal(kind) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

/// Returns whether this program was started with closed terminals ignored, as by `nohup`: asked
/// before the first time that they are listened to.
fn ignores_hangup() -> bool {
    static IGNORED: LazyLock<bool> = LazyLock::new(|| {
        let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask & 1 == 1)
    });
    *IGNORED
}

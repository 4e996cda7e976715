//! The claim on a phase in a real cluster, so that no other machine runs it at the same time.

use tokio::sync::watch;

use super::{Code, Prepared, Result, Stop};
use crate::cluster::{Claim, Lease};

/// A phase claimed; the rehearsal, which nobody shares, needs none.
pub(super) struct Claimed(Option<Lease>);

impl Claimed {
    /// Claims a run's phase.
    pub(super) async fn by(prepared: &Prepared<'_>) -> Result<Self> {
        if prepared.is_rehearsal() {
            return Ok(Self(None));
        }
        let claim = Claim {
            set: prepared.phase.set.clone(),
            phase: prepared.phase.checklist.number,
            namespace: prepared.meaning.resolved.application.namespace.clone(),
            host: prepared.session.environment.host.clone(),
            clone: prepared.loaded.workspace.clone_mark()?,
        };
        Ok(Self(Some(prepared.cluster.lease(&claim).await?)))
    }

    /// Returns the flag that says that the claim is lost.
    pub(super) fn lost(&self) -> Option<watch::Receiver<bool>> {
        self.0.as_ref().map(Lease::lost)
    }

    /// Gives the phase free and returns how the run ended.
    pub(super) async fn end(self, ended: Result) -> Result<Code> {
        let lost = self.lost();
        if let Some(lease) = self.0 {
            lease.release().await;
        }
        if lost.is_some_and(|lost| *lost.borrow()) {
            return Err(Stop::locked(
                "the claim on this phase was lost: another machine may run it",
            )
            .help("what was done is recorded: run again to go on"));
        }
        ended
    }
}

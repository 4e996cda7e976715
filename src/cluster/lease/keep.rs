//! Keeping a claim: renewed until the run ends, held back and lost where that fails.

use k8s_openapi::api::coordination::v1::Lease as Object;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, DeleteParams, PostParams, Preconditions};
use tokio::sync::watch;

use super::clock::Clock;
use super::{AGAIN, ANSWER, EXPIRY, Lease, RENEWAL, is_of};
use crate::cluster::retry::{Board, PATIENCE};

/// What keeps a claim.
pub(super) struct Keeper {
    pub(super) api: Api<Object>,
    pub(super) clock: Clock,
    pub(super) object: Object,
    pub(super) clone: String,
    pub(super) board: Board,
}

impl Keeper {
    pub(super) fn start(self) -> Lease {
        let (stop, stopped) = watch::channel(false);
        let (teller, lost) = watch::channel(false);
        let keeper = tokio::spawn(self.keep(stopped, teller));
        Lease { stop, lost, keeper }
    }

    async fn keep(mut self, mut stopped: watch::Receiver<bool>, lost: watch::Sender<bool>) {
        // The runtime's clock, which tests can move.
        let mut heard = tokio::time::Instant::now();
        let mut pause = RENEWAL;
        loop {
            let ended = tokio::select! {
                stop = stopped.wait_for(|stop| *stop) => Some(stop.is_ok()),
                () = tokio::time::sleep(pause) => None,
            };
            match ended {
                Some(true) => return self.delete().await,
                // The run ended without a word: the claim expires.
                Some(false) => return,
                None => {}
            }
            let renewed = tokio::time::timeout(ANSWER, self.renew()).await;
            match renewed {
                Ok(Some(true)) => {
                    heard = tokio::time::Instant::now();
                    pause = RENEWAL;
                    self.board.hold_back(false);
                }
                // The server may be back in time, or nobody may have taken it when it is.
                Ok(None) | Err(_) if heard.elapsed() < PATIENCE => {
                    pause = AGAIN;
                    if heard.elapsed() + RENEWAL + ANSWER >= EXPIRY {
                        self.board.hold_back(true);
                    }
                }
                Ok(_) | Err(_) => break,
            }
        }
        // Nobody listens any more when the run has ended.
        let _ = lost.send(true);
    }

    /// Returns whether the claim still holds; `None` where the server doesn't say.
    async fn renew(&mut self) -> Option<bool> {
        let name = self.object.metadata.name.clone()?;
        let mut wanted = self.object.clone();
        wanted.spec.as_mut()?.renew_time = Some(MicroTime(self.clock.now()));
        match self
            .api
            .replace(&name, &PostParams::default(), &wanted)
            .await
        {
            Ok(renewed) => {
                self.object = renewed;
                Some(true)
            }
            Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => {
                let now = self.api.get_opt(&name).await.ok()??;
                if !is_of(&now, &self.clone) {
                    return Some(false);
                }
                self.object = now;
                None
            }
            Err(_) => None,
        }
    }

    async fn delete(&self) {
        let preconditions = Preconditions {
            uid: self.object.metadata.uid.clone(),
            resource_version: self.object.metadata.resource_version.clone(),
        };
        let params = DeleteParams {
            preconditions: Some(preconditions),
            ..DeleteParams::default()
        };
        if let Some(name) = &self.object.metadata.name {
            // Where it fails, the claim expires by itself.
            let _ = self.api.delete(name, &params).await;
        }
    }
}

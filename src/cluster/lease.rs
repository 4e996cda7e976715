//! A Lease in the cluster, so that two machines can't run one phase.
//!
//! It lies in the namespace `default`, because the phase's own may not be there yet, or, where this
//! user may not have Leases there, in the phase's own. It expires by itself a minute after its
//! holder's last word, and the clone that held it may take it again at once: its local lock says
//! that no other run of it is left. A holder that can't reach the server holds its changes back
//! before the claim expires, and goes on if nobody else took it meanwhile. All times are the
//! server's: machines' clocks differ.

mod clock;
mod keep;

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use k8s_openapi::api::coordination::v1::{Lease as Object, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, ObjectMeta, PostParams};
use tokio::sync::watch;

use super::{Cluster, ClusterError, FIELD_MANAGER};
use crate::journal::sha256;
use clock::{Clock, date};
use keep::Keeper;

/// How long a holder may be silent.
const EXPIRY: Duration = Duration::from_mins(1);

/// How often the holder says that it is there.
const RENEWAL: Duration = Duration::from_secs(15);

/// How long a request may take: less than what is left of the expiry after two renewals.
const ANSWER: Duration = Duration::from_secs(10);

/// How often it tries to say so once it could not.
const AGAIN: Duration = Duration::from_secs(1);

/// Where a Lease can lie before the phase's namespace is there.
const SHARED: &str = "default";

/// Who wants which phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The set.
    pub set: String,
    /// The phase.
    pub phase: u32,
    /// The namespace that the phase brings things into.
    pub namespace: String,
    /// The machine's name, for people.
    pub host: String,
    /// What tells this clone of the repository from all others.
    pub clone: String,
}

/// Why a phase can't be claimed.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another machine runs it.
    #[error("phase {phase} of `{set}` is being run on another machine ({holder})")]
    Held {
        /// The set.
        set: String,
        /// The phase.
        phase: u32,
        /// Who, and when it was last heard of.
        holder: String,
    },
    /// The cluster could not be asked.
    #[error("can't make sure that no other machine runs this phase")]
    Cluster(#[from] ClusterError),
}

/// A claim that holds until it is released, or until it can't be renewed.
pub struct Lease {
    stop: watch::Sender<bool>,
    lost: watch::Receiver<bool>,
    keeper: tokio::task::JoinHandle<()>,
}

impl Claim {
    /// Returns the Lease's name: any set's name fits into it.
    fn name(&self) -> String {
        let hash = sha256(format!("{}/{}", self.set, self.namespace).as_bytes());
        let hash: String = hash.chars().take(10).collect();
        format!("orch-phase-{:02}-{hash}", self.phase)
    }

    fn object(&self, clock: Clock) -> Object {
        let now = MicroTime(clock.now());
        let notes = [("orch/set", &self.set), ("orch/namespace", &self.namespace)];
        Object {
            metadata: ObjectMeta {
                name: Some(self.name()),
                annotations: Some(
                    notes
                        .into_iter()
                        .map(|(key, text)| (key.to_owned(), text.clone()))
                        .collect(),
                ),
                ..ObjectMeta::default()
            },
            spec: Some(LeaseSpec {
                holder_identity: Some(format!(
                    "{}:{}:{}",
                    self.host,
                    std::process::id(),
                    self.clone
                )),
                lease_duration_seconds: i32::try_from(EXPIRY.as_secs()).ok(),
                acquire_time: Some(now.clone()),
                renew_time: Some(now),
                ..LeaseSpec::default()
            }),
        }
    }

    fn held(&self, by: &Object, clock: Clock) -> LeaseError {
        let holder = holder(by).unwrap_or_default();
        // The clone's mark says nothing to people.
        let who = holder.rsplit_once(':').map_or(holder, |(who, _)| who);
        let who = who.replacen(':', ", process ", 1);
        let holder = match age(by, clock) {
            Some(age) => format!("{who}, last heard of {} s ago", age.as_secs().max(0)),
            None => who,
        };
        LeaseError::Held {
            set: self.set.clone(),
            phase: self.phase,
            holder,
        }
    }
}

impl Cluster {
    /// Claims a phase in the cluster.
    ///
    /// # Errors
    /// [`LeaseError::Held`] where another machine has it.
    pub async fn lease(&self, claim: &Claim) -> Result<Lease, LeaseError> {
        let clock = self.clock().await?;
        match self.acquire(claim, SHARED, clock).await {
            Err(LeaseError::Cluster(ClusterError::Refused { .. })) => {
                self.acquire(claim, &claim.namespace, clock).await
            }
            outcome => outcome,
        }
    }

    async fn acquire(
        &self,
        claim: &Claim,
        namespace: &str,
        clock: Clock,
    ) -> Result<Lease, LeaseError> {
        let api: Api<Object> = Api::namespaced(self.client.clone(), namespace);
        let params = PostParams {
            field_manager: Some(FIELD_MANAGER.to_owned()),
            ..PostParams::default()
        };
        let failed = |error| LeaseError::Cluster(self.error(error));
        let wanted = claim.object(clock);
        let found = api.get_opt(&claim.name()).await.map_err(failed)?;
        let taken = match &found {
            None => api.create(&params, &wanted).await,
            Some(found) if !is_free(found, claim, clock) => return Err(claim.held(found, clock)),
            Some(found) => {
                let mut wanted = wanted;
                // Whoever else writes in between makes this fail.
                wanted
                    .metadata
                    .resource_version
                    .clone_from(&found.metadata.resource_version);
                api.replace(&claim.name(), &params, &wanted).await
            }
        };
        let object = match taken {
            Ok(object) => object,
            Err(kube::Error::Api(status)) if status.code == 409 => {
                let other = api.get(&claim.name()).await.map_err(failed)?;
                return Err(claim.held(&other, clock));
            }
            Err(error) => return Err(failed(error)),
        };
        let keeper = Keeper {
            api,
            clock,
            object,
            clone: claim.clone.clone(),
            board: self.board.clone(),
        };
        Ok(keeper.start())
    }

    /// Asks the server for its time.
    async fn clock(&self) -> Result<Clock, ClusterError> {
        let since = Instant::now();
        let date = date(&self.client)
            .await
            .map_err(|error| self.error(error))?;
        date.map(|then| Clock { then, since })
            .ok_or_else(|| ClusterError::Api {
                server: self.info.server.clone(),
                message: "no date".to_owned(),
            })
    }
}

impl Lease {
    /// Returns a flag that turns true when the claim is lost: the run has to stop then.
    pub fn lost(&self) -> watch::Receiver<bool> {
        self.lost.clone()
    }

    /// Gives the phase free. Where that fails, the claim expires by itself.
    pub async fn release(self) {
        // A keeper that is gone has nothing to release.
        let _ = self.stop.send(true);
        let _ = tokio::time::timeout(ANSWER, self.keeper).await;
    }
}

fn holder(object: &Object) -> Option<&str> {
    object
        .spec
        .as_ref()?
        .holder_identity
        .as_deref()
        .filter(|holder| !holder.is_empty())
}

fn is_of(object: &Object, clone: &str) -> bool {
    holder(object)
        .and_then(|holder| holder.rsplit_once(':'))
        .is_some_and(|(_, of)| of == clone)
}

/// How long its holder has been silent.
fn age(object: &Object, clock: Clock) -> Option<SignedDuration> {
    let renewed = object.spec.as_ref()?.renew_time.as_ref()?.0;
    Some(clock.now().duration_since(renewed))
}

fn is_free(object: &Object, claim: &Claim, clock: Clock) -> bool {
    let expiry = object
        .spec
        .as_ref()
        .and_then(|spec| spec.lease_duration_seconds)
        .unwrap_or(0);
    holder(object).is_none()
        || is_of(object, &claim.clone)
        || age(object, clock).is_none_or(|age| age.as_secs() > i64::from(expiry))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use jiff::Timestamp;
    use kube::Client;
    use kube::client::Body;

    use super::*;
    use crate::cluster::retry::Board;

    fn claim(clone: &str) -> Claim {
        Claim {
            set: "Запуск".to_owned(),
            phase: 4,
            namespace: "shop".to_owned(),
            host: "laptop".to_owned(),
            clone: clone.to_owned(),
        }
    }

    fn clock(seconds: i64) -> Clock {
        let then = Timestamp::from_second(1_767_323_045 + seconds).expect("an instant");
        Clock {
            then,
            since: Instant::now(),
        }
    }

    #[track_caller]
    fn check(by: &str, seconds: i64, expected: bool) {
        let object = claim("one").object(clock(0));
        assert_eq!(is_free(&object, &claim(by), clock(seconds)), expected);
    }

    #[test]
    fn another_clone_waits_until_the_holder_was_silent_for_a_minute() {
        check("two", 0, false);
        check("two", 50, false);
        check("two", 62, true);
    }

    #[test]
    fn the_same_clone_takes_it_again_at_once() {
        check("one", 0, true);
    }

    #[test]
    fn a_holder_is_shown_by_machine_and_process() {
        let object = claim("one").object(clock(0));
        let expected = format!(
            "phase 4 of `Запуск` is being run on another machine (laptop, process {}, last heard \
             of 9 s ago)",
            std::process::id()
        );
        assert_eq!(claim("two").held(&object, clock(9)).to_string(), expected);
    }

    /// A server that is away from the 20th second on, for `away` seconds; who holds the claim when
    /// it is back?
    fn after_an_outage(away: u64, holder: &str) -> (Lease, Board) {
        let began = tokio::time::Instant::now();
        let end = Duration::from_secs(20 + away);
        let then = serde_json::to_value(claim(holder).object(clock(0))).expect("JSON");
        let kept = holder == "one";
        let server = tower::service_fn(move |request: http::Request<Body>| {
            let (code, body) = match began.elapsed() {
                now if now > Duration::from_secs(20) && now < end => (500, serde_json::json!({})),
                now if now < end || kept => (200, then.clone()),
                _ if request.method() == http::Method::GET => (200, then.clone()),
                _ => (
                    409,
                    serde_json::json!({ "kind": "Status", "code": 409, "status": "Failure",
                    "message": "changed", "reason": "Conflict" }),
                ),
            };
            let body = Body::from(body.to_string().into_bytes());
            let answer = http::Response::builder().status(code).body(body);
            std::future::ready(answer)
        });
        let board = Board::default();
        let keeper = Keeper {
            api: Api::namespaced(Client::new(server, "default"), "default"),
            clock: clock(0),
            object: claim("one").object(clock(0)),
            clone: "one".to_owned(),
            board: board.clone(),
        };
        (keeper.start(), board)
    }

    async fn pass(seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn changes_are_held_back_before_the_claim_expires_and_pass_once_it_is_renewed() {
        let (lease, board) = after_an_outage(80, "one");
        pass(30).await;
        assert!(!board.holds_back(), "the claim is good for a minute");
        pass(25).await;
        assert!(board.holds_back(), "it is about to end");
        pass(50).await;
        assert!(!board.holds_back(), "nobody took it meanwhile");
        assert!(!*lease.lost().borrow());
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_that_another_machine_took_meanwhile_is_lost() {
        let (lease, board) = after_an_outage(80, "two");
        pass(120).await;
        assert!(*lease.lost().borrow());
        assert!(board.holds_back(), "nothing is changed any more");
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_is_lost_when_the_server_stays_away() {
        let (lease, _) = after_an_outage(600, "one");
        pass(200).await;
        assert!(*lease.lost().borrow());
    }

    #[test]
    fn any_set_has_a_name_that_kubernetes_takes() {
        let name = claim("one").name();
        assert!(name.starts_with("orch-phase-04-"), "{name}");
        assert!(
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
            "{name}"
        );
    }
}

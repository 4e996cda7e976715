//! Waiting for an object that something else brings: first until it is there, then, as with what
//! is applied, until it is ready.
//!
//! Until it is there nothing tells whether it will come: another controller makes it, or a person.

use std::time::Duration;

use tokio::time::Instant;

use super::effect::{Acted, Surroundings};
use crate::cluster::{Applied, ClusterError};
use crate::journal::{Evidence, Failure};
use crate::manifest::Object;
use crate::plan::Step;

/// How long it is waited between two looks, at first; each time twice as long, up to the second.
const LOOK: Duration = Duration::from_millis(50);
const SLOWEST: Duration = Duration::from_secs(2);

/// Waits until an object is there.
pub(super) async fn appear<'a>(
    step: &'a Step,
    object: &'a Object,
    around: &Surroundings<'_>,
) -> Acted<'a> {
    let limit = step.timeout.unwrap_or(around.options.timeout);
    let deadline = Instant::now() + limit;
    let mut pause = LOOK;
    loop {
        match around.cluster.get(object).await {
            Ok(Some(found)) => {
                return Acted::Applied(object, Box::new(as_applied(&found).trimmed()));
            }
            Ok(None) | Err(ClusterError::NoSuchKind { .. }) => {}
            Err(error) => {
                return Acted::Over(Err(Failure {
                    cause: format!("{} can't be looked for", object.label()),
                    details: crate::diagnostic::causes(&error),
                    help: None,
                }));
            }
        }
        if around.cluster.info().target == crate::rehearsal::NAME {
            let found = vec![format!(
                "{}: no part of this phase; a rehearsal takes it as ready",
                object.label()
            )];
            return Acted::Over(Ok(Evidence::Facts { found }));
        }
        if Instant::now() >= deadline {
            return Acted::Over(Err(Failure {
                cause: format!(
                    "{} isn't there after {} s",
                    object.label(),
                    limit.as_secs_f32()
                ),
                details: Vec::new(),
                help: Some("bring it, correct `wait=`, or give it time: `timeout=`".to_owned()),
            }));
        }
        (around.report)(&step.id, "not there yet".to_owned());
        tokio::time::sleep(pause).await;
        pause = SLOWEST.min(pause * 2);
    }
}

/// Returns what is there as an apply would have found it.
fn as_applied(found: &kube::api::DynamicObject) -> Applied {
    let metadata = &found.metadata;
    Applied {
        uid: metadata.uid.clone().unwrap_or_default(),
        generation: metadata.generation,
        // What came from JSON goes back to it.
        object: serde_json::to_value(found).unwrap_or_default(),
        notes: Vec::new(),
    }
}

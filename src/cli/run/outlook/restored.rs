//! The rehearsal, which ends with its process, as earlier runs left it.

use super::Outlook;
use crate::cli::exit::Result;
use crate::cli::run::Prepared;
use crate::cli::{Stop, beside};
use crate::cluster::ApplyOptions;
use crate::execute::Standing;
use crate::journal::{StepStatus, TargetState};
use crate::manifest::Object;
use crate::plan::{Step, Work};

/// Brings into the rehearsal what other phases, or people, wrote and this phase's objects need.
pub(in crate::cli::run) async fn surround(prepared: &Prepared<'_>) {
    let tree = &prepared.loaded.snapshot.tree;
    let found = beside::objects(&prepared.plan, tree);
    for object in beside::homes(&prepared.plan, &found).iter().chain(&found) {
        let applied = prepared.cluster.apply(object, ApplyOptions::default());
        // What can't be there is missed by those that need it, which then say so.
        if let Err(error) = applied.await {
            tracing::debug!(object = %object.label(), %error, "can't be brought into the rehearsal");
        }
    }
}

impl Outlook {
    /// Rebuilds the rehearsal as the finished steps left it. A box that is opened again takes
    /// nothing away: what others stand on is still there. What was done elsewhere is taken as
    /// there, too, unless it stands on what this run is to bring.
    pub(in crate::cli::run) async fn restore(&self, prepared: &Prepared<'_>) -> Result<()> {
        surround(prepared).await;
        let applied = self.standing.iter().zip(&self.applied);
        for ((standing, applied), step) in applied.zip(&prepared.plan.steps) {
            let elsewhere = *standing == Standing::Elsewhere;
            let there = *applied || elsewhere || matches!(standing, Standing::Done(_));
            if let (true, Work::Apply { object, .. }) = (there, &step.work) {
                let options = ApplyOptions::default();
                let member = prepared.inventory().marked(object);
                let applied = prepared.cluster.apply(&member, options).await;
                match applied {
                    Err(error) if !elsewhere => {
                        let stop = format!("can't rebuild the rehearsal: {error}");
                        return Err(Stop::input(stop));
                    }
                    Ok(_) | Err(_) => {}
                }
            }
        }
        Ok(())
    }
}

/// Returns whether what a step applies is there, by the record: as it is planned now, or, where
/// others stand on it, in another form.
pub(super) fn was_applied(step: &Step, target: Option<&TargetState>) -> bool {
    let known = target.and_then(|target| target.step(&step.id));
    let ground = |object: &Object| {
        let kind = object.kind.as_str();
        matches!(kind, "Namespace" | "CustomResourceDefinition")
    };
    match (known.map(|it| (&it.status, &it.key)), &step.work) {
        (
            Some((StepStatus::Succeeded(_) | StepStatus::Reopened, key)),
            Work::Apply { object, .. },
        ) => *key == step.key || ground(object),
        (_, _) => false,
    }
}

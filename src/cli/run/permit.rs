//! Whether the target allows what a run asks of it: known before the first step.

use super::{Prepared, Result};
use crate::cli::access;
use crate::cluster::asks;
use crate::manifest::Object;

impl Prepared<'_> {
    /// Refuses a target that doesn't allow what the plan asks of it; the rehearsal allows all.
    ///
    /// # Errors
    /// Where something is missing, all of it named, or the target can't be asked.
    pub(super) async fn refuse_without_access(&self) -> Result<()> {
        if self.is_rehearsal() {
            return Ok(());
        }
        let namespace = &self.meaning.resolved.application.namespace;
        let objects: Vec<&Object> = self.plan.objects().collect();
        let asks = asks(&objects, namespace);
        let number = self.phase.checklist.number;
        access::refuse(&self.cluster, &asks, namespace, number).await
    }
}

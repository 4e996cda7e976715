//! The inventory of a run: its parent is there before its members are applied.

use tokio::sync::OnceCell;

use crate::cluster::{Cluster, Inventory};
use crate::journal::Failure;
use crate::manifest::Object;
use crate::plan::Plan;

/// A run's inventory.
pub(super) struct Membership<'a> {
    /// Which it is.
    pub(super) inventory: &'a Inventory,
    plan: &'a Plan,
    opened: OnceCell<()>,
}

impl<'a> Membership<'a> {
    /// Returns the inventory that a plan's objects become members of.
    pub(super) fn new(inventory: &'a Inventory, plan: &'a Plan) -> Self {
        Self {
            inventory,
            plan,
            opened: OnceCell::new(),
        }
    }

    /// Makes sure, once a run, that the parent covers the plan before an object is applied.
    ///
    /// What comes before the parent's namespace, and that namespace itself, can't wait for it.
    pub(super) async fn open(&self, cluster: &Cluster, object: &Object) -> Result<(), Failure> {
        if object.kind == "Namespace" && object.name == self.inventory.namespace() {
            return Ok(());
        }
        let opened = self.opened.get_or_try_init(async || {
            let extent = cluster.extent(self.plan.objects()).await;
            match cluster.open_inventory(self.inventory, &extent).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(None),
                Err(error) => Err(Some(Failure {
                    cause: error.to_string(),
                    details: crate::diagnostic::causes(&error)
                        .into_iter()
                        .skip(1)
                        .collect(),
                    help: None,
                })),
            }
        });
        match opened.await {
            Ok(()) | Err(None) => Ok(()),
            Err(Some(failure)) => Err(failure),
        }
    }
}

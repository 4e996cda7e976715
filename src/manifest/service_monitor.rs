//! `ServiceMonitor`s (`monitoring.coreos.com/v1`), which no typed object exists for.

use serde_json::{Value, json};

use super::labels;
use crate::resolve::{Application, Workload};

/// Returns the workload's `ServiceMonitor`, if it has metrics and the target has the CRD.
pub(super) fn build(application: &Application, workload: &Workload) -> Option<Value> {
    let (path, number) = workload
        .metrics
        .as_ref()
        .filter(|_| application.service_monitors)?;
    let port = workload.ports.iter().find(|port| port.port == *number)?;
    let metadata = labels::owned(application, workload, &workload.name);
    Some(json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {
            "name": metadata.name,
            "namespace": metadata.namespace,
            "labels": metadata.labels,
        },
        "spec": {
            "selector": {
                "matchLabels": labels::selector(&workload.name),
                // The main Service only: a pod behind several must not be scraped several times.
                "matchExpressions": [{"key": labels::SERVICE, "operator": "DoesNotExist"}],
            },
            "endpoints": [{"port": port.name, "path": path, "interval": "30s"}],
        },
    }))
}

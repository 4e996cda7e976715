//! `ServiceMonitor`s and `PodMonitor`s (`monitoring.coreos.com/v1`), which no typed objects exist
//! for.

use serde_json::{Value, json};

use super::labels;
use crate::resolve::{Application, Workload};

/// Returns the workload's monitor, if it has metrics and the target has the CRDs: a `PodMonitor`
/// where no Service has the port.
pub(super) fn build(application: &Application, workload: &Workload) -> Option<Value> {
    let (path, number) = workload
        .metrics
        .as_ref()
        .filter(|_| application.service_monitors)?;
    let port = workload.ports.iter().find(|port| port.port == *number);
    let mut metadata = labels::owned(application, workload, &workload.name);
    if let Some(labels) = &mut metadata.labels {
        labels.extend(application.monitors.labels.iter().cloned());
    }
    let (kind, spec) = match port {
        Some(port) => (
            "ServiceMonitor",
            json!({
                "selector": {
                    "matchLabels": labels::selector(&workload.name),
                    // The main Service only: a pod behind several must not be scraped several times.
                    "matchExpressions": [{"key": labels::SERVICE, "operator": "DoesNotExist"}],
                },
                "endpoints": [{"port": port.name, "path": path, "interval": "30s"}],
            }),
        ),
        None => (
            "PodMonitor",
            json!({
                "selector": {"matchLabels": labels::selector(&workload.name)},
                "podMetricsEndpoints": [{"portNumber": number, "path": path, "interval": "30s"}],
            }),
        ),
    };
    Some(json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": {
            "name": metadata.name,
            "namespace": metadata.namespace,
            "labels": metadata.labels,
        },
        "spec": spec,
    }))
}

#[cfg(test)]
mod tests {
    use super::build;
    use crate::manifest::sample;

    #[test]
    fn what_no_service_has_is_scraped_pod_by_pod() {
        let mut application = sample::application();
        let label = ("release".to_owned(), "kps".to_owned());
        application.monitors.labels.push(label);
        let mut workload = sample::workload("worker");
        workload.ports.clear();
        workload.metrics = Some(("/metrics".to_owned(), 9100));
        let monitor = build(&application, &workload).expect("a monitor");
        assert_eq!(monitor["kind"], "PodMonitor");
        assert_eq!(
            monitor["spec"]["podMetricsEndpoints"][0]["portNumber"],
            9100
        );
        assert_eq!(monitor["metadata"]["labels"]["release"], "kps");
        application.service_monitors = false;
        assert_eq!(build(&application, &workload), None);
    }
}

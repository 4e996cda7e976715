//! The definitions of kinds that clusters get from elsewhere: the real ones, from the modules that
//! `tests/definitions` pins.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::cluster::Cluster;

/// Definitions, by module and by the files in it.
pub(crate) type Definitions = (&'static str, &'static [&'static str]);

/// The Gateway API's standard channel.
pub(crate) const GATEWAY_API: Definitions = (
    "sigs.k8s.io/gateway-api",
    &[
        "config/crd/standard/gateway.networking.k8s.io_gatewayclasses.yaml",
        "config/crd/standard/gateway.networking.k8s.io_gateways.yaml",
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    ],
);

/// What tells the Prometheus operator what to scrape.
pub(crate) const PROMETHEUS_OPERATOR: Definitions = (
    "github.com/prometheus-operator/prometheus-operator",
    &[
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
    ],
);

/// Traefik's middlewares.
pub(crate) const TRAEFIK: Definitions = (
    "github.com/traefik/traefik/v3",
    &["docs/content/reference/dynamic-configuration/traefik.io_middlewares.yaml"],
);

/// Brings definitions into a cluster and waits until their kinds are served.
#[track_caller]
pub(crate) fn add(cluster: &Cluster, definitions: &[Definitions]) {
    for (module, files) in definitions {
        let folder = downloaded(module);
        for file in *files {
            let path = folder.join(file);
            let path = path.to_str().expect("a path");
            kubectl(cluster, &["apply", "--server-side", "-f", path]);
            let established = [
                "wait",
                "--for=condition=Established",
                "--timeout=60s",
                "-f",
                path,
            ];
            kubectl(cluster, &established);
        }
    }
}

#[track_caller]
fn kubectl(cluster: &Cluster, arguments: &[&str]) {
    let output = cluster.kubectl(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
}

/// Returns the folder of a module of `tests/definitions`, downloaded and checked by Go.
fn downloaded(module: &str) -> PathBuf {
    let output = Command::new("go")
        .args(["mod", "download", "-json", module])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/definitions"))
        .env("GOWORK", "off")
        .env("GOFLAGS", "-mod=readonly")
        .output()
        .expect("go runs");
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let folder = said["Dir"].as_str();
    PathBuf::from(folder.unwrap_or_else(|| panic!("{module}: {said}")))
}

//! How the programs of the control plane are started: their arguments, their ports, and how a client
//! finds and convinces the API server.

use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};

/// The name of the kubeconfig's one context.
pub(crate) const CONTEXT: &str = "orch-test";
/// What the administrator's requests carry: the API server listens on loopback only.
pub(crate) const TOKEN: &str = "orch-test-administrator";
/// The same of a user who may do nothing but what RBAC lets the group `ordinary` do.
pub(crate) const ORDINARY: &str = "orch-test-ordinary";

/// The API server's log.
pub(crate) const API_SERVER: &str = "kube-apiserver.log";

/// The ports of what the other programs stand on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    etcd: u16,
    peers: u16,
    /// The API server's.
    pub(crate) api_server: u16,
}

impl Ports {
    /// Returns ports that are free.
    pub(crate) fn free() -> Self {
        let [etcd, peers, api_server] = free_ports();
        Self {
            etcd,
            peers,
            api_server,
        }
    }
}

/// The supervisor's line for the store. Paths are relative to the folder.
pub(crate) fn store(ports: Ports) -> String {
    let Ports { etcd, peers, .. } = ports;
    format!(
        "etcd.log programs/server --data-dir etcd --unsafe-no-fsync --log-level warn \
         --listen-client-urls http://127.0.0.1:{etcd} \
         --advertise-client-urls http://127.0.0.1:{etcd} \
         --listen-peer-urls http://127.0.0.1:{peers}\n"
    )
}

/// The supervisor's line for the API server.
pub(crate) fn api_server(ports: Ports) -> String {
    let Ports {
        etcd, api_server, ..
    } = ports;
    format!(
        "{API_SERVER} programs/kube-apiserver --etcd-servers http://127.0.0.1:{etcd} \
         --secure-port {api_server} --bind-address 127.0.0.1 --advertise-address 127.0.0.1 \
         --endpoint-reconciler-type none --cert-dir certificates \
         --tls-cert-file cert.pem --tls-private-key-file key.pem \
         --service-account-key-file cert.pem \
         --service-account-signing-key-file key.pem \
         --service-account-issuer https://kubernetes.default.svc \
         --token-auth-file tokens --client-ca-file clients.pem --authorization-mode RBAC \
         --service-cluster-ip-range 10.96.0.0/16 --allow-privileged\n"
    )
}

/// The supervisor's lines for what needs the API server.
///
/// The request limits are raised, and autoscalers look every second, because with the defaults
/// those are what a test waits for. KWOK binds claims by itself: the controller's own binder would
/// see a claim before its volume, and call it lost.
pub(crate) fn controllers() -> String {
    let client = "--kubeconfig kubeconfig --leader-elect=false --secure-port 0 \
                  --kube-api-qps 1000 --kube-api-burst 2000";
    format!(
        "kube-controller-manager.log programs/kube-controller-manager {client} \
         --horizontal-pod-autoscaler-sync-period 1s --controllers *,-persistentvolume-binder-controller \
         --service-account-private-key-file key.pem --root-ca-file cert.pem\n\
         kube-scheduler.log programs/kube-scheduler {client}\n\
         kwok.log programs/kwok --kubeconfig kubeconfig --manage-all-nodes \
         --config programs/stages.yaml\n"
    )
}

/// Returns the kubeconfig of the user with this token.
pub(crate) fn kubeconfig(folder: &Path, port: u16, token: &str) -> String {
    let authority = folder.join("cert.pem");
    let authority = authority.display();
    format!(
        "apiVersion: v1\n\
         kind: Config\n\
         clusters:\n\
         - name: {CONTEXT}\n  cluster:\n    server: https://127.0.0.1:{port}\n    \
         certificate-authority: \"{authority}\"\n\
         users:\n\
         - name: admin\n  user:\n    token: {token}\n\
         contexts:\n\
         - name: {CONTEXT}\n  context:\n    cluster: {CONTEXT}\n    user: admin\n\
         current-context: {CONTEXT}\n"
    )
}

/// Returns ports that nothing listens on and that were not given before, below those that the
/// system gives to connections: one of them could be taken between this and its program's start.
fn free_ports<const N: usize>() -> [u16; N] {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 1_000).map_or(20_000, |id| 20_000 + id * 10);
    std::array::from_fn(|_| {
        loop {
            let port = first + GIVEN.fetch_add(1, Ordering::Relaxed);
            assert!(port < 32_000, "no port is free");
            if TcpListener::bind(("127.0.0.1", port)).is_ok() {
                return port;
            }
        }
    })
}

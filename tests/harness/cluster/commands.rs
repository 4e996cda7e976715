//! How the programs of the control plane are started: their arguments, their ports, and how a client
//! finds and convinces the API server.

use std::net::TcpListener;
use std::path::Path;

/// The name of the kubeconfig's one context.
pub(crate) const CONTEXT: &str = "orch-test";
/// What the administrator's requests carry: the API server listens on loopback only.
pub(crate) const TOKEN: &str = "orch-test-administrator";
/// The same of a user who may do nothing but what RBAC lets the group `ordinary` do.
pub(crate) const ORDINARY: &str = "orch-test-ordinary";

/// The supervisor's lines for what the other programs stand on. Paths are relative to the folder.
pub(crate) fn store(etcd: u16, peers: u16, api_server: u16) -> String {
    format!(
        "etcd.log programs/server --data-dir etcd --unsafe-no-fsync --log-level warn \
         --listen-client-urls http://127.0.0.1:{etcd} \
         --advertise-client-urls http://127.0.0.1:{etcd} \
         --listen-peer-urls http://127.0.0.1:{peers}\n\
         kube-apiserver.log programs/kube-apiserver --etcd-servers http://127.0.0.1:{etcd} \
         --secure-port {api_server} --bind-address 127.0.0.1 --advertise-address 127.0.0.1 \
         --endpoint-reconciler-type none --cert-dir certificates \
         --tls-cert-file programs/cert.pem --tls-private-key-file programs/key.pem \
         --service-account-key-file programs/cert.pem \
         --service-account-signing-key-file programs/key.pem \
         --service-account-issuer https://kubernetes.default.svc \
         --token-auth-file tokens --authorization-mode RBAC \
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
         --service-account-private-key-file programs/key.pem --root-ca-file programs/cert.pem\n\
         kube-scheduler.log programs/kube-scheduler {client}\n\
         kwok.log programs/kwok --kubeconfig kubeconfig --manage-all-nodes \
         --config programs/stages.yaml\n"
    )
}

/// Returns the kubeconfig of the user with this token.
pub(crate) fn kubeconfig(programs: &Path, port: u16, token: &str) -> String {
    let authority = programs.join("cert.pem");
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

/// Returns ports that nothing listens on, below those that the system gives to connections: one of
/// them could be taken between this and its program's start.
pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    let first = u16::try_from(std::process::id() % 1_000).map_or(20_000, |id| 20_000 + id * 10);
    let mut free = (first..32_000).filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    std::array::from_fn(|_| free.next().expect("a free port"))
}

//! A real control plane on loopback: etcd, kube-apiserver, kube-controller-manager, kube-scheduler,
//! and KWOK, which plays three nodes, their pods and their volumes.
//!
//! One serves all tests of a process; each test works in a namespace of its own. It doesn't run
//! containers, so nothing here shows what an image would do.

mod certificates;
mod commands;

use std::future::Future;
use std::io::{self, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use fs_err as fs;
use k8s_openapi::api::core::v1::{Node, ServiceAccount};
use kube::api::PostParams;
use kube::config::{AuthInfo, KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};
use serde_json::json;

use crate::harness::cluster::commands::{
    API_SERVER, CONTEXT, ORDINARY, Ports, TOKEN, api_server, controllers, kubeconfig, store,
};
use crate::harness::programs;
use crate::harness::wait::{LIMIT, eventually};

/// The programs' own record, one file each, beside the cluster's data.
const PROGRAMS: [&str; 5] = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
];

/// A running control plane.
pub(crate) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    ports: Ports,
    supervisor: Mutex<Option<Child>>,
}

static SHARED: OnceLock<Result<Cluster, String>> = OnceLock::new();
static NAMESPACES: AtomicU32 = AtomicU32::new(1);

/// Returns the control plane that the tests of this process share, starting it for the first one.
///
/// # Panics
/// When it cannot be built or started; the end of each program's log is printed once.
pub(crate) fn cluster() -> &'static Cluster {
    match SHARED.get_or_init(Cluster::start) {
        Ok(cluster) => cluster,
        Err(problem) => panic!("no control plane: {problem}"),
    }
}

/// Ends the shared control plane, if a test started it, and waits until nothing of it is left.
///
/// The end of the process does the same without waiting.
pub(crate) fn stop() {
    if let Some(Ok(cluster)) = SHARED.get() {
        cluster.stop();
    }
}

/// Returns what a future returns, run on a runtime that ends with it.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    runtime().block_on(future)
}

impl Cluster {
    /// Returns the administrator's kubeconfig.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig")
    }

    /// Starts a control plane that nothing else uses, with that many nodes more.
    ///
    /// # Panics
    /// When it cannot be built or started.
    pub(crate) fn alone(nodes: usize) -> Self {
        let cluster = match Self::start() {
            Ok(cluster) => cluster,
            Err(problem) => panic!("no control plane: {problem}"),
        };
        block_on(async {
            let api: Api<Node> = Api::all(cluster.client().await);
            for number in 1..=nodes {
                let name = format!("more-{number}");
                let node = node(&name, "zone-a");
                until(async || api.create(&PostParams::default(), &node).await.ok()).await;
                until(async || api.get(&name).await.ok().filter(is_ready)).await;
            }
        });
        cluster
    }

    /// Returns a kubeconfig with the same context for a user who is let in by RBAC alone, and whom
    /// the API server treats as it does any other: the administrator is exempt from its limits.
    pub(crate) fn ordinary_kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig-ordinary")
    }

    /// Returns the name of the kubeconfig's context.
    #[expect(
        clippy::unused_self,
        reason = "a cluster's context is asked of the cluster"
    )]
    pub(crate) fn context(&self) -> &'static str {
        CONTEXT
    }

    /// Returns a client with an administrator's rights; it needs the runtime that it is made in.
    pub(crate) async fn client(&self) -> Client {
        let config = configuration(self.kubeconfig()).await;
        Client::try_from(config).expect("a client")
    }

    /// Returns a configuration that knows the server and not who asks.
    pub(crate) fn anonymous(&self) -> impl Future<Output = Config> + Send + use<> {
        let kubeconfig = self.kubeconfig();
        async {
            let mut config = configuration(kubeconfig).await;
            config.auth_info = AuthInfo::default();
            config
        }
    }

    /// Returns the administrator's token.
    #[expect(
        clippy::unused_self,
        reason = "a cluster's token is asked of the cluster"
    )]
    pub(crate) fn token(&self) -> &'static str {
        TOKEN
    }

    /// Returns one of the built programs (`kubectl`, `helm`) with the administrator's kubeconfig
    /// and a home in the cluster's folder, not started.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command
            .env("KUBECONFIG", self.kubeconfig())
            .env("HOME", &self.folder)
            .env("XDG_CACHE_HOME", self.folder.join("cache"));
        command
    }

    /// Returns what `kubectl` answers to these arguments.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Output {
        self.kubectl_with(arguments, "")
    }

    /// Returns what `kubectl` answers to these arguments, with `input` for `-f -`.
    pub(crate) fn kubectl_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut kubectl = self.program("kubectl");
        kubectl.args(arguments);
        fed(kubectl, input)
    }

    /// Returns the API server's address.
    pub(crate) fn server(&self) -> String {
        format!("https://127.0.0.1:{}", self.ports.api_server)
    }

    /// Returns the file of the authority that signed the API server's certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.join("cert.pem")
    }

    /// Returns the files of a new client certificate and its key, for that user.
    pub(crate) fn client_certificate(&self, user: &str) -> (PathBuf, PathBuf) {
        certificates::client(&self.folder, user).expect("openssl")
    }

    /// Returns a token of a new service account that may do nothing.
    #[track_caller]
    pub(crate) fn account_token(&self, namespace: &str, name: &str) -> String {
        let made = self.kubectl(&["-n", namespace, "create", "serviceaccount", name]);
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(
            made.status.success() || said.contains("already exists"),
            "{said}"
        );
        let token = self.kubectl(&["-n", namespace, "create", "token", name]);
        assert!(
            token.status.success(),
            "{}",
            String::from_utf8_lossy(&token.stderr)
        );
        String::from_utf8_lossy(&token.stdout).trim().to_owned()
    }

    /// Returns the name of a new namespace, `name` with a number of its own.
    #[track_caller]
    pub(crate) fn namespace(&self, name: &str) -> String {
        let name = format!("{name}-{}", NAMESPACES.fetch_add(1, Ordering::Relaxed));
        let output = self.kubectl(&["create", "namespace", &name]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        name
    }

    /// Returns a control plane of a test's own, which it may stop and start.
    ///
    /// # Panics
    /// When it cannot be started.
    pub(crate) fn private() -> Self {
        match Self::start() {
            Ok(cluster) => cluster,
            Err(problem) => panic!("no control plane: {problem}"),
        }
    }

    /// Ends the API server alone by a signal (`KILL`, or `TERM`, after which it finishes what it
    /// has begun), and waits until it takes no connection. Only for a control plane of the test's
    /// own.
    pub(crate) fn stop_api_server(&self, signal: &str) {
        self.order(&format!("-{signal} {API_SERVER}\n"))
            .expect("a supervisor");
        let address = ("127.0.0.1", self.ports.api_server);
        eventually("the API server's end", || {
            TcpStream::connect(address).is_err().then_some(())
        });
    }

    /// Starts the API server again, without waiting until it answers. One that still finishes
    /// something is ended.
    pub(crate) fn start_api_server(&self) {
        let lines = format!("-KILL {API_SERVER}\n{}", api_server(self.ports));
        self.order(&lines).expect("a supervisor");
    }

    fn start() -> Result<Self, String> {
        let programs = programs::build().map_err(|error| error.to_string())?;
        let started = Instant::now();
        let cluster = Self::launch(programs).map_err(|error| error.to_string())?;
        // On a thread of its own, because the caller may be inside a runtime.
        let ready = std::thread::scope(|scope| scope.spawn(|| block_on(cluster.prepare())).join());
        match ready.unwrap_or_else(|_| Err("its start panicked".to_owned())) {
            Ok(()) => {
                let elapsed = started.elapsed();
                report(&format!("the control plane is ready after {elapsed:.1?}"));
                Ok(cluster)
            }
            Err(problem) => {
                report(&logs(&cluster.folder));
                cluster.stop();
                Err(problem)
            }
        }
    }

    /// Starts what the rest stands on, without waiting for it.
    fn launch(programs: PathBuf) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("orch-cluster-").tempdir()?;
        let ports = Ports::free();
        std::os::unix::fs::symlink(&programs, folder.path().join("programs"))?;
        // Copies, because another clone may build the programs anew while this cluster runs.
        for file in ["cert.pem", "key.pem"] {
            fs::copy(programs.join(file), folder.path().join(file))?;
        }
        certificates::authority(folder.path())?;
        let tokens =
            format!("{TOKEN},admin,admin,system:masters\n{ORDINARY},ordinary,ordinary,ordinary\n");
        fs::write(folder.path().join("tokens"), tokens)?;
        for (file, token) in [("kubeconfig", TOKEN), ("kubeconfig-ordinary", ORDINARY)] {
            let text = kubeconfig(folder.path(), ports.api_server, token);
            fs::write(folder.path().join(file), text)?;
        }

        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/supervise");
        let mut supervisor = Command::new(script)
            .arg(folder.path())
            .current_dir(folder.path())
            // Not this process's group, so that a Ctrl-C ends the tests first and then the cluster.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(input) = supervisor.stdin.as_mut() {
            input.write_all(store(ports).as_bytes())?;
            input.write_all(api_server(ports).as_bytes())?;
        }
        // From here on the supervisor removes the folder, because it outlives a killed test.
        let folder = folder.keep();
        Ok(Self {
            folder,
            programs,
            ports,
            supervisor: Some(supervisor).into(),
        })
    }

    /// Waits for the API server, starts the rest, and waits until the cluster is usable.
    async fn prepare(&self) -> Result<(), String> {
        within("the API server", self.api_server_is_ready()).await?;
        self.launch_rest().map_err(|error| error.to_string())?;
        within("nodes and a service account", self.furnish()).await
    }

    /// The programs that need the API server; they would end if it weren't there.
    fn launch_rest(&self) -> io::Result<()> {
        self.order(&controllers())
    }

    /// Gives the supervisor lines to do.
    fn order(&self, lines: &str) -> io::Result<()> {
        let mut supervisor = self
            .supervisor
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match supervisor
            .as_mut()
            .and_then(|supervisor| supervisor.stdin.as_mut())
        {
            Some(input) => input.write_all(lines.as_bytes()),
            None => Err(io::Error::other("the supervisor has ended")),
        }
    }

    async fn api_server_is_ready(&self) {
        let client = self.client().await;
        until(async || {
            let request = http::Request::get("/readyz").body(Vec::new()).ok()?;
            client
                .request_text(request)
                .await
                .ok()
                .filter(|answer| answer == "ok")
        })
        .await;
    }

    /// Gives the cluster nodes and a default storage class, and waits until its controllers work.
    async fn furnish(&self) {
        let client = self.client().await;
        let nodes: Api<Node> = Api::all(client.clone());
        for (name, zone) in [
            ("node-1", "zone-a"),
            ("node-2", "zone-b"),
            ("node-3", "zone-c"),
        ] {
            let node = node(name, zone);
            until(async || nodes.create(&PostParams::default(), &node).await.ok()).await;
        }
        let classes: Api<k8s_openapi::api::storage::v1::StorageClass> = Api::all(client.clone());
        let class = storage_class();
        until(async || classes.create(&PostParams::default(), &class).await.ok()).await;

        for name in ["node-1", "node-2", "node-3"] {
            until(async || nodes.get(name).await.ok().filter(is_ready)).await;
        }
        // Made by the controller manager: pods cannot be created without it.
        let accounts: Api<ServiceAccount> = Api::namespaced(client, "default");
        until(async || accounts.get("default").await.ok()).await;
    }

    fn stop(&self) {
        let supervisor = self
            .supervisor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(mut supervisor) = supervisor {
            // The end of its input is its order to kill and to clean up.
            drop(supervisor.stdin.take());
            drop(supervisor.wait());
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn configuration(kubeconfig: PathBuf) -> Config {
    let kubeconfig = Kubeconfig::read_from(kubeconfig).expect("a kubeconfig");
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
    config.expect("a configuration")
}

/// Returns what a program answers to this input.
pub(crate) fn fed(mut program: Command, input: &str) -> Output {
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it was built");
    let mut stdin = child.stdin.take().expect("its input is a pipe");
    // One that ends before it reads says why on its stderr.
    drop(stdin.write_all(input.as_bytes()));
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn node(name: &str, zone: &str) -> Node {
    let resources =
        json!({ "cpu": "32", "memory": "256Gi", "ephemeral-storage": "100Gi", "pods": "2000" });
    serde_json::from_value(json!({
        "metadata": {
            "name": name,
            "annotations": { "kwok.x-k8s.io/node": "fake" },
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "topology.kubernetes.io/zone": zone,
            },
        },
        "status": { "allocatable": resources, "capacity": resources },
    }))
    .expect("a node")
}

/// The class whose claims KWOK's volume stages bind.
fn storage_class() -> k8s_openapi::api::storage::v1::StorageClass {
    serde_json::from_value(json!({
        "metadata": {
            "name": "kwok-volume",
            "annotations": { "storageclass.kubernetes.io/is-default-class": "true" },
        },
        "provisioner": "kwok.x-k8s.io/volume",
    }))
    .expect("a storage class")
}

fn is_ready(node: &Node) -> bool {
    let conditions = node
        .status
        .as_ref()
        .and_then(|status| status.conditions.as_deref());
    conditions
        .unwrap_or_default()
        .iter()
        .any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

/// Asks again until there is an answer; the caller sets the limit.
async fn until<T>(condition: impl AsyncFn() -> Option<T>) -> T {
    loop {
        if let Some(found) = condition().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn within<T>(what: &str, future: impl Future<Output = T>) -> Result<T, String> {
    let late = |_| format!("waited {LIMIT:?} for {what}");
    tokio::time::timeout(LIMIT, future).await.map_err(late)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Returns the end of each program's log, for the message of a start that failed.
fn logs(folder: &Path) -> String {
    let mut text = String::new();
    for program in PROGRAMS {
        let Ok(log) = fs::read_to_string(folder.join(program).with_extension("log")) else {
            continue;
        };
        let lines: Vec<&str> = log.lines().collect();
        let end = lines
            .get(lines.len().saturating_sub(8)..)
            .unwrap_or_default();
        text = format!("{text}--- {program}\n{}\n", end.join("\n"));
    }
    text
}

#[expect(
    clippy::print_stderr,
    reason = "the person who waits for the tests reads it"
)]
fn report(line: &str) {
    eprintln!("{line}");
}

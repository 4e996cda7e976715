//! Every way of naming a server and of being known to it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use fs_err as fs;
use orch::cluster::{Cluster, ClusterError, IN_CLUSTER, Sources, asks};
use tempfile::TempDir;

use crate::conformance::Case;
use crate::conformance::phase::workspace;
use crate::conformance::target::object;
use crate::harness::cluster::{block_on, cluster};
use crate::harness::tunnel::Tunnel;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "kubeconfig::tokens_and_certificates_say_who_asks",
        tokens_and_certificates_say_who_asks,
    ),
    (
        "kubeconfig::files_are_found_beside_the_kubeconfig",
        files_are_found_beside_the_kubeconfig,
    ),
    (
        "kubeconfig::a_plugin_is_run_again_when_its_token_ends",
        a_plugin_is_run_again_when_its_token_ends,
    ),
    (
        "kubeconfig::a_plugin_may_give_a_certificate",
        a_plugin_may_give_a_certificate,
    ),
    (
        "kubeconfig::a_plugin_that_fails_is_named_with_what_it_said",
        a_plugin_that_fails_is_named,
    ),
    (
        "kubeconfig::several_files_are_one_and_the_first_wins",
        several_files_are_one_and_the_first_wins,
    ),
    (
        "kubeconfig::what_is_missing_or_twice_there_is_named",
        what_is_missing_or_twice_there_is_named,
    ),
    (
        "kubeconfig::a_servers_name_may_be_given_or_not_be_checked",
        a_servers_name_may_be_given_or_not_be_checked,
    ),
    (
        "kubeconfig::proxies_are_passed_through",
        proxies_are_passed_through,
    ),
    (
        "kubeconfig::a_pod_knows_its_cluster",
        a_pod_knows_its_cluster,
    ),
];

/// A folder for kubeconfigs and what they name.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), text).expect("a file");
        self.path(name)
    }

    /// Writes a program.
    fn program(&self, name: &str, script: &str) -> PathBuf {
        let path = self.file(name, format!("#!/bin/sh\n{script}"));
        let mode = std::fs::Permissions::from_mode(0o755);
        fs::set_permissions(&path, mode).expect("a program");
        path
    }

    /// Writes a kubeconfig with the context `c`; `server` and `user` are the fields of its parts.
    fn kubeconfig(&self, server: &str, user: &str) -> PathBuf {
        self.file(
            "config",
            format!(
                "apiVersion: v1\nkind: Config\n\
                 clusters:\n- name: s\n  cluster: {{ {server} }}\n\
                 users:\n- name: u\n  user: {{ {user} }}\n\
                 contexts:\n- name: c\n  context: {{ cluster: s, user: u }}\n"
            ),
        )
    }
}

/// The fields of the server's part.
fn server() -> String {
    let (server, authority) = (cluster().server(), cluster().authority());
    format!(
        "server: \"{server}\", certificate-authority: \"{}\"",
        authority.display()
    )
}

/// Returns who the server says is asking, by somebody who may do nothing.
async fn who(context: &str, sources: &Sources) -> Result<String, ClusterError> {
    let target = Cluster::connect_from(context, sources).await?;
    let object = object(
        "nowhere",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n",
    );
    let missing = target
        .missing(&asks(&[&object], "nowhere"), "nowhere")
        .await?;
    Ok(missing.user.unwrap_or_default())
}

/// The server takes that user's credentials for a certain person.
#[track_caller]
fn check(folder: &Folder, user: &str, expected: &str) {
    let file = folder.kubeconfig(&server(), user);
    let found = block_on(who("c", &Sources::new(&[file])));
    assert_eq!(found.expect("it connects"), expected, "{user}");
}

/// The context can't be used, for reasons with these words.
#[track_caller]
fn check_refused(files: &[PathBuf], pieces: &[&str]) {
    let error = block_on(who("c", &Sources::new(files))).expect_err("it is refused");
    let said = orch::diagnostic::causes(&error).join(": ");
    for piece in pieces {
        assert!(said.contains(piece), "no {piece:?} in {said}");
    }
}

fn base64(path: &Path) -> String {
    let bytes = k8s_openapi::ByteString(fs::read(path).expect("a file"));
    serde_json::to_value(bytes)
        .expect("a text")
        .as_str()
        .expect("a text")
        .to_owned()
}

fn tokens_and_certificates_say_who_asks() {
    let folder = Folder::new();
    let namespace = cluster().namespace("who");
    let token = cluster().account_token(&namespace, "robot");
    let robot = format!("system:serviceaccount:{namespace}:robot");
    check(&folder, &format!("token: {token}"), &robot);
    let (certificate, key) = cluster().client_certificate("ada");
    let (certificate, key) = (base64(&certificate), base64(&key));
    let user = format!("client-certificate-data: {certificate}, client-key-data: {key}");
    check(&folder, &user, "ada");
}

fn files_are_found_beside_the_kubeconfig() {
    let folder = Folder::new();
    let namespace = cluster().namespace("beside");
    let token = cluster().account_token(&namespace, "robot");
    // Most programs end a file with a line break.
    folder.file("token", format!("{token}\n"));
    let robot = format!("system:serviceaccount:{namespace}:robot");
    check(&folder, "tokenFile: token", &robot);
    let (certificate, key) = cluster().client_certificate("grace");
    folder.file("grace.pem", fs::read(certificate).expect("a certificate"));
    folder.file("grace.key", fs::read(key).expect("a key"));
    check(
        &folder,
        "client-certificate: grace.pem, client-key: grace.key",
        "grace",
    );
    folder.program(
        "plugin",
        &format!(
            "echo '{{\"apiVersion\": \"client.authentication.k8s.io/v1\", \
             \"kind\": \"ExecCredential\", \"status\": {{\"token\": \"{token}\"}}}}'\n"
        ),
    );
    check(
        &folder,
        "exec: { command: ./plugin, interactiveMode: Never }",
        &robot,
    );
    check_refused(
        &[folder.kubeconfig(&server(), "tokenFile: elsewhere")],
        &["token file", "elsewhere", "can't be read"],
    );
}

fn a_plugin_is_run_again_when_its_token_ends() {
    let folder = Folder::new();
    let namespace = cluster().namespace("again");
    let token = cluster().account_token(&namespace, "robot");
    // It needs what the kubeconfig gives it, and its token has ended when it is there.
    folder.program(
        "plugin",
        &format!(
            "echo \"$1 $GREETING $KUBERNETES_EXEC_INFO\" >>'{log}'\n\
             echo '{{\"status\": {{\"token\": \"{token}\", \
             \"expirationTimestamp\": \"2020-01-01T00:00:00Z\"}}}}'\n",
            log = folder.path("log").display()
        ),
    );
    let exec = "exec: { command: ./plugin, args: [login], provideClusterInfo: true, \
                env: [{ name: GREETING, value: hello }], interactiveMode: Never }";
    check(
        &folder,
        exec,
        &format!("system:serviceaccount:{namespace}:robot"),
    );
    let log = fs::read_to_string(folder.path("log")).expect("a log");
    assert!(log.lines().count() > 2, "{log}");
    for line in log.lines() {
        assert!(line.starts_with("login hello {"), "{line}");
        assert!(line.contains("\"interactive\":false"), "{line}");
        assert!(line.contains(&cluster().server()), "{line}");
    }
}

fn a_plugin_may_give_a_certificate() {
    let folder = Folder::new();
    let (certificate, key) = cluster().client_certificate("edsger");
    let text = |path: &Path| {
        let text = fs::read_to_string(path).expect("a file");
        serde_json::Value::from(text).to_string()
    };
    let credential = format!(
        "{{\"status\": {{\"clientCertificateData\": {}, \"clientKeyData\": {}}}}}",
        text(&certificate),
        text(&key)
    );
    folder.file("credential", credential);
    let print = format!("cat '{}'\n", folder.path("credential").display());
    folder.program("plugin", &print);
    check(
        &folder,
        "exec: { command: ./plugin, interactiveMode: Never }",
        "edsger",
    );
}

fn a_plugin_that_fails_is_named() {
    let folder = Folder::new();
    folder.program("failing", "echo 'log in first: cloud login' >&2\nexit 3\n");
    folder.program("asking", "echo password? >&2\nread -r answer || exit 4\n");
    folder.program("chatty", "echo hello\n");
    let cases = [
        (
            "command: ./failing, args: [get, token]",
            "failing get token` gave no credentials: it ended with exit code 3: log in first",
        ),
        (
            "command: ./asking, interactiveMode: IfAvailable",
            "it ended with exit code 4: password?",
        ),
        (
            "command: ./asking, interactiveMode: Always",
            "it asks a person, and there is no terminal here",
        ),
        ("command: ./chatty", "what it printed is no ExecCredential"),
        (
            "command: orch-no-such-plugin, installHint: \"get it from example.test\"",
            "get it from example.test",
        ),
    ];
    let workspace = workspace("plugins").with_env("KUBECONFIG", folder.path("config"));
    for (exec, expected) in cases {
        folder.kubeconfig(&server(), &format!("exec: {{ {exec} }}"));
        // As a program of its own, which has no terminal even where the tests have one.
        let run = workspace
            .orch(&["phase", "4", "plan", "--context", "c"])
            .expect(4);
        assert!(
            run.stderr.contains(expected),
            "no {expected:?} in\n{}",
            run.stderr
        );
    }
}

fn several_files_are_one_and_the_first_wins() {
    let folder = Folder::new();
    let namespace = cluster().namespace("merged");
    let token = cluster().account_token(&namespace, "robot");
    let first = folder.file(
        "first",
        format!("users:\n- name: u\n  user: {{ token: {token} }}\n"),
    );
    let second = folder.kubeconfig(&server(), "token: nobody");
    let missing = folder.path("missing");
    let found = block_on(who("c", &Sources::new(&[missing.clone(), first, second])));
    assert_eq!(
        found.expect("it connects"),
        format!("system:serviceaccount:{namespace}:robot")
    );
    check_refused(&[missing], &["no kubeconfig was found", "missing"]);
}

fn what_is_missing_or_twice_there_is_named() {
    let folder = Folder::new();
    let context = |context: &str| {
        folder.file(
            "config",
            format!(
                "clusters:\n- name: s\n  cluster: {{ server: \"https://127.0.0.1:1\" }}\n\
                 users:\n- name: u\n  user: {{}}\n\
                 contexts:\n- name: c\n  context: {{ {context} }}\n"
            ),
        )
    };
    check_refused(
        &[context("cluster: s, user: me")],
        &["the context `c` names the user `me`; the kubeconfig has u"],
    );
    check_refused(
        &[context("cluster: other, user: u")],
        &["the context `c` names the cluster `other`; the kubeconfig has s"],
    );
    let twins = "contexts:\n- name: c\n  context: { cluster: a }\n\
                 - name: c\n  context: { cluster: b }\n";
    check_refused(
        &[folder.file("twins", twins)],
        &["twins` has two contexts called `c`"],
    );
}

fn a_servers_name_may_be_given_or_not_be_checked() {
    let folder = Folder::new();
    let token = "token: orch-test-ordinary";
    let there = cluster().server().replace("127.0.0.1", "localhost");
    let authority = cluster().authority();
    let trusted = format!("certificate-authority: \"{}\"", authority.display());
    let asked = |server: &str| {
        let file = folder.kubeconfig(server, token);
        block_on(who("c", &Sources::new(&[file])))
    };
    let unnamed = format!("server: \"{there}\", {trusted}");
    asked(&unnamed).expect_err("its certificate is of another name");
    let named = asked(&format!("{unnamed}, tls-server-name: 127.0.0.1"));
    assert_eq!(named.expect("it connects"), "ordinary");
    let untrusted = format!("server: \"{there}\"");
    asked(&untrusted).expect_err("nobody vouches for it");
    let unchecked = asked(&format!("{untrusted}, insecure-skip-tls-verify: true"));
    assert_eq!(unchecked.expect("it connects"), "ordinary");
}

fn proxies_are_passed_through() {
    let folder = Folder::new();
    let token = "token: orch-test-ordinary";
    for scheme in ["http", "socks5"] {
        let tunnel = Tunnel::new();
        let through = format!("{}, proxy-url: \"{}\"", server(), tunnel.url(scheme));
        let file = folder.kubeconfig(&through, token);
        let found = block_on(who("c", &Sources::new(&[file])));
        assert_eq!(found.expect("it connects"), "ordinary", "{scheme}");
        assert!(tunnel.opened() > 0, "{scheme}");
    }
    for (exception, passed) in [("example.test", true), ("127.0.0.0/8", false)] {
        let tunnel = Tunnel::new();
        let mut sources = Sources::new(&[folder.kubeconfig(&server(), token)]);
        let variables = [
            ("HTTPS_PROXY", tunnel.url("http")),
            ("NO_PROXY", exception.to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value));
        sources.variables.extend(variables);
        let found = block_on(who("c", &sources));
        assert_eq!(found.expect("it connects"), "ordinary");
        assert_eq!(tunnel.opened() > 0, passed, "{exception}");
    }
}

fn a_pod_knows_its_cluster() {
    let folder = Folder::new();
    let namespace = cluster().namespace("pod");
    let mut sources = Sources {
        service_account: folder.path(""),
        ..Sources::new(&[])
    };
    let refused = |sources: &Sources| {
        let error = block_on(who(IN_CLUSTER, sources)).expect_err("it is refused");
        error.to_string()
    };
    let missing = refused(&sources);
    assert!(
        missing.contains("the variable KUBERNETES_SERVICE_HOST"),
        "{missing}"
    );
    let (host, port) = cluster()
        .server()
        .trim_start_matches("https://")
        .split_once(':')
        .map(|(host, port)| (host.to_owned(), port.to_owned()))
        .expect("an address");
    sources
        .variables
        .insert("KUBERNETES_SERVICE_HOST".to_owned(), host);
    sources
        .variables
        .insert("KUBERNETES_SERVICE_PORT".to_owned(), port);
    folder.file(
        "ca.crt",
        fs::read(cluster().authority()).expect("a certificate"),
    );
    let missing = refused(&sources);
    assert!(missing.contains("token is not there"), "{missing}");
    folder.file("token", cluster().account_token(&namespace, "pod"));
    let found = block_on(who(IN_CLUSTER, &sources)).expect("it connects");
    assert_eq!(found, format!("system:serviceaccount:{namespace}:pod"));
    // Never by default: without the name it is a context like any other.
    check_refused(&[], &["no kubeconfig was found"]);
}

//! `README.md`: what each file holds and how to deploy without `orch`. It names Secrets, never
//! their values.

use std::fmt::Write;

use super::kustomization::{folder, holds_secrets, relative};
use super::{PLACEHOLDER, known, pod};
use crate::resolve::{Application, Content, FileSpec, IngressSpec, ManifestItem, WorkloadKind};
use crate::settings::EdgeApi;

/// Returns the file's text.
pub(super) fn text(
    application: &Application,
    files: &[FileSpec],
    path: &str,
    header: &str,
) -> String {
    let folder = folder(path);
    let parts = [
        // `--` would end the comment in some readers.
        format!("<!-- {} -->\n", header.replace("--", "—")),
        title(application),
        format!("\n## Files\n\n{}", file_table(application, files, folder)),
        secrets(application, files, folder),
        deploy(application, files, path),
        verify(application),
        hardening(application),
    ];
    parts.concat()
}

fn title(application: &Application) -> String {
    let name = if application.name.is_empty() {
        &application.namespace
    } else {
        &application.name
    };
    format!(
        "# {name} on Kubernetes\n\n\
         Everything runs in the namespace `{}`. The manifests were written by `orch` from the \
         checklist and the Compose files; running the phase again writes them again, so change \
         the sources rather than these files.\n",
        application.namespace,
    )
}

fn file_table(application: &Application, files: &[FileSpec], folder: &str) -> String {
    let mut table = "| File | Holds |\n| --- | --- |\n".to_owned();
    let mut maps: Vec<&str> = Vec::new();
    for file in files {
        if let Content::ConfigFile { map, .. } = &file.content {
            // One line for all files of a map.
            if !maps.contains(&map.as_str()) {
                maps.push(map);
                let own = relative(folder, self::folder(&file.path));
                let _ = writeln!(table, "| `{own}/` | what ConfigMap `{map}` is made of |");
            }
            continue;
        }
        let holds = match &file.content {
            Content::Manifests(items) => items
                .iter()
                .map(|item| words(application, item))
                .collect::<Vec<_>>()
                .join(", "),
            Content::Kustomization => "what `kubectl apply -k` applies".to_owned(),
            Content::Overlay(name) => format!("what `{name}` has instead"),
            Content::Readme | Content::ConfigFile { .. } => "this description".to_owned(),
        };
        let _ = writeln!(table, "| `{}` | {holds} |", relative(folder, &file.path));
    }
    table
}

fn words(application: &Application, item: &ManifestItem) -> String {
    match item {
        ManifestItem::Namespace => format!("Namespace `{}`", application.namespace),
        ManifestItem::NamespacePolicy => "NetworkPolicy `default-deny`".to_owned(),
        ManifestItem::Secret(name) => format!("Secret `{name}` (placeholders)"),
        ManifestItem::ConfigMap(name) => format!("ConfigMap `{name}`"),
        ManifestItem::ServiceAccount(name) => format!("ServiceAccount `{name}`"),
        ManifestItem::NetworkPolicy(name) => format!("NetworkPolicy `{name}`"),
        ManifestItem::Claims(name) => format!("volume claims of `{name}`"),
        ManifestItem::Workload(name) => {
            format!(
                "{} `{name}`",
                application
                    .workload(name)
                    .map_or("workload", |workload| workload.kind.word())
            )
        }
        ManifestItem::Services(name) => format!("Services of `{name}`"),
        ManifestItem::Hpa(name) => format!("HorizontalPodAutoscaler `{name}`"),
        ManifestItem::Pdb(name) => format!("PodDisruptionBudget `{name}`"),
        ManifestItem::ServiceMonitor(name) if application.service_monitors => {
            format!("ServiceMonitor `{name}`")
        }
        ManifestItem::ServiceMonitor(name) => {
            format!("no ServiceMonitor for `{name}`: the cluster lacks the CRD")
        }
        ManifestItem::Ingress => way_in(application).to_owned(),
    }
}

fn way_in(application: &Application) -> &'static str {
    match application.ingress.as_ref().map(|ingress| ingress.api) {
        Some(EdgeApi::Gateway) => "Gateway and HTTPRoutes",
        Some(EdgeApi::Ingress) | None => "Ingress",
    }
}

fn secrets(application: &Application, files: &[FileSpec], folder: &str) -> String {
    let mut text = "\n## Secrets\n\n".to_owned();
    if application.secrets.is_empty() {
        text.push_str("The application needs none.\n");
        return text;
    }
    let held: Vec<String> = files
        .iter()
        .filter(|file| holds_secrets(file))
        .map(|file| format!("`{}`", relative(folder, &file.path)))
        .collect();
    let by = if is_kustomized(files) {
        " by `kubectl apply -k`"
    } else {
        ""
    };
    if !held.is_empty() {
        let _ = writeln!(
            text,
            "{} shows which keys are expected; every value in it is `{PLACEHOLDER}`. It is not \
             applied{by}. Create the Secrets with real values from the \
             environment, so that they end neither in a file nor in the shell's history:\n",
            held.join(", "),
        );
    }
    text.push_str("```sh\n");
    for secret in &application.secrets {
        let _ = write!(
            text,
            "kubectl create secret generic {} --namespace {}",
            secret.name, application.namespace
        );
        for entry in &secret.entries {
            let _ = match &entry.text {
                Some(file) => write!(
                    text,
                    " \\\n  --from-file={}={}",
                    entry.key,
                    name(&file.path)
                ),
                None => write!(text, " \\\n  --from-literal={0}=\"${{{0}:?}}\"", entry.key),
            };
        }
        text.push('\n');
    }
    text.push_str(
        "```\n\nWith a file of `KEY=value` lines that git ignores, `--from-env-file=FILE` does \
         the same. Sealed Secrets or SOPS will do as well, as long as names and keys stay.\n",
    );
    text.push_str(&secret_files(application));
    if let Some(tls) = tls_secret(application) {
        let _ = write!(
            text,
            "\nTLS ends with the certificate of the Secret `{tls}`. Where nothing such as \
             cert-manager issues it:\n\n```sh\nkubectl create secret tls {tls} --namespace {} \
             --cert=tls.crt --key=tls.key\n```\n",
            application.namespace
        );
    }
    text
}

/// Says what the files are to hold that Secrets are made of.
fn secret_files(application: &Application) -> String {
    let mut text = String::new();
    let entries = application.secrets.iter().flat_map(|it| &it.entries);
    for file in entries.filter_map(|entry| entry.text.as_ref()) {
        let _ = write!(
            text,
            "\n`{}` is what `{}` is to hold, with the secrets in it.\n",
            name(&file.path),
            file.path
        );
    }
    text
}

/// Returns a file's name.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn tls_secret(application: &Application) -> Option<&str> {
    application.ingress.as_ref()?.tls_secret.as_deref()
}

fn deploy(application: &Application, files: &[FileSpec], path: &str) -> String {
    let namespace_file = files.iter().find(|file| {
        matches!(&file.content, Content::Manifests(items)
            if items.contains(&ManifestItem::Namespace))
    });
    let create = namespace_file.map_or_else(
        || format!("kubectl create namespace {}", application.namespace),
        |file| format!("kubectl apply -f {}", file.path),
    );
    let folder = match folder(path) {
        "" => ".",
        folder => folder,
    };
    let built: Vec<String> = application
        .workloads
        .iter()
        .filter(|workload| workload.built)
        .map(|workload| format!("`{}` ({})", workload.image, workload.name))
        .collect();
    let rest = if is_kustomized(files) {
        format!("kubectl apply -k {folder}")
    } else {
        let manifests = files.iter().filter(|file| {
            let some = matches!(&file.content, Content::Manifests(items) if !items.is_empty());
            some && !holds_secrets(file) && namespace_file.is_none_or(|it| it.path != file.path)
        });
        let lines = manifests.map(|file| format!("kubectl apply -f {}", file.path));
        lines.collect::<Vec<_>>().join("\n")
    };
    let mut text = "\n## Deploying\n\n".to_owned();
    if !built.is_empty() {
        let _ = writeln!(
            text,
            "Images built from this repository must be in a registry that the cluster reaches: \
             {}.\n",
            built.join(", ")
        );
    }
    let _ = write!(
        text,
        "`orch phase {} run` does all of this in order and waits for each part. By hand, from \
         the repository's root:\n\n```sh\n# 1. The namespace\n{create}\n\n# 2. The Secrets, as \
         above\n\n# 3. Everything else\n{rest}\n```\n",
        application.phase,
    );
    text
}

/// Returns whether one of the files is what kustomize reads.
fn is_kustomized(files: &[FileSpec]) -> bool {
    files
        .iter()
        .any(|file| matches!(file.content, Content::Kustomization))
}

fn verify(application: &Application) -> String {
    let namespace = &application.namespace;
    let mut text = "\n## Verifying\n\n```sh\n".to_owned();
    for workload in &application.workloads {
        let name = &workload.name;
        let kind = workload.kind.word().to_lowercase();
        let _ = match workload.kind {
            WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::DaemonSet => {
                writeln!(
                    text,
                    "kubectl rollout status {kind}/{name} --namespace {namespace} --timeout=5m"
                )
            }
            // Its name ends with a hash of what it runs.
            WorkloadKind::Job => writeln!(
                text,
                "kubectl wait job --selector app.kubernetes.io/name={name} --for=condition=Complete \
                 --namespace {namespace} --timeout=10m"
            ),
            WorkloadKind::CronJob => {
                writeln!(text, "kubectl get {kind}/{name} --namespace {namespace}")
            }
        };
    }
    let _ = write!(
        text,
        "kubectl get pods,services,ingresses --namespace {namespace}\n\
         kubectl get events --namespace {namespace} --field-selector type=Warning\n```\n"
    );
    text
}

fn hardening(application: &Application) -> String {
    let mut text = format!(
        "\n## What the manifests take for granted\n\n\
         - Pods run as user {} (or a higher one that their image names), without privileges, on a \
         read-only root file system; `/tmp` and \
         what an image writes to are volumes. The namespace enforces Pod Security `restricted`.\n\
         - Nothing may connect to anything, except what the NetworkPolicies name. They need a \
         network plugin that carries them out.\n",
        known::DEFAULT_UID
    );
    if application.workloads.iter().any(|workload| workload.built) {
        text.push_str(
            "- What is built from this repository may reach the internet on port 443; another \
             port needs a rule of its own.\n",
        );
    }
    if application
        .workloads
        .iter()
        .any(|workload| workload.hpa.is_some())
    {
        text.push_str("- The HorizontalPodAutoscaler needs metrics-server.\n");
    }
    if let Some(ingress) = &application.ingress {
        text.push_str(&needed(ingress));
    }
    let single: Vec<String> = application
        .workloads
        .iter()
        .filter(|workload| workload.kind.scales())
        .filter(|workload| pod::fewest(workload) == 1 && workload.pdb.is_none())
        .map(|workload| format!("`{}`", workload.name))
        .collect();
    if !single.is_empty() {
        let _ = writeln!(
            text,
            "- One pod only: {}. They have no PodDisruptionBudget, which would keep a node from \
             being drained, and are away while they restart.",
            single.join(", ")
        );
    }
    if application
        .workloads
        .iter()
        .any(|workload| workload.kind == WorkloadKind::Job)
    {
        text.push_str(
            "- A Job's name ends with a hash of what it runs: a changed image is another Job, and \
             runs. A finished one is removed by the cluster after a week; applied by hand \
             afterwards, it runs again.\n",
        );
    }
    text.push_str(&configuration(application));
    text
}

/// Returns how a changed configuration reaches the pods.
fn configuration(application: &Application) -> String {
    let maps = &application.config_maps;
    let mut text = String::new();
    if maps.iter().any(|map| map.generated) {
        let _ = writeln!(
            text,
            "- kustomize names the ConfigMaps that it generates after what they hold: a changed one \
             is another one, and replaces the pods. Those that nothing uses any more stay until \
             they are deleted (`orch phase {} run --prune`).",
            application.phase
        );
    }
    if maps.iter().any(|map| !map.generated) {
        text.push_str(
            "- Pods carry a checksum of their configuration, so that a changed ConfigMap replaces \
             them.\n",
        );
    }
    text
}

/// Returns what the way in takes for granted.
fn needed(ingress: &IngressSpec) -> String {
    let hosts: Vec<String> = ingress
        .hosts
        .iter()
        .map(|host| format!("`{host}`"))
        .collect();
    let what = match (ingress.api, &ingress.gateway.existing) {
        (EdgeApi::Ingress, _) => format!("An Ingress controller for the class `{}`", ingress.class),
        (EdgeApi::Gateway, None) => format!(
            "The Gateway API's definitions (`gateway.networking.k8s.io/v1`) and a controller for \
             the class `{}`",
            ingress.class
        ),
        (EdgeApi::Gateway, Some((_, name))) => format!("The Gateway `{name}`"),
    };
    let resolve = if hosts.len() == 1 {
        "resolves"
    } else {
        "resolve"
    };
    format!(
        "- {what} is installed, and {} {resolve} to it. Its pods run in the namespace `{}`.\n",
        hosts.join(", "),
        ingress.controller_namespace
    )
}

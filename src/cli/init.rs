//! `orch init`: finds checklists and Compose files and writes settings with comments.

use std::fmt::Write as _;

use clap::Args;

use super::exit::{Code, Result};
use super::{Session, load};
use crate::facts::default_compose_files;
use crate::files::{PhaseFile, SetFiles};
use crate::terminal::{err, printable};

/// Arguments of `orch init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Show what would be written; write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(session: &Session, args: &InitArgs) -> Result {
    let loaded = load::workspace(session)?;
    let tree = &loaded.snapshot.tree;
    let compose = default_compose_files(tree, "");
    let sets = &loaded.snapshot.sets;
    let mut said = String::new();
    for set in sets {
        let numbers: Vec<String> = set.phases.iter().map(|p| p.number.to_string()).collect();
        let _ = writeln!(
            said,
            "found the set {} in {}: phases {}",
            printable(&set.name),
            printable(&set.folder),
            numbers.join(", ")
        );
    }
    if sets.is_empty() {
        said += "found no checklist: write checklists/<set>/phase-NN-name.md, or see `orch demo`\n";
    }
    if compose.is_empty() {
        said += "found no Compose file at the root\n";
    } else {
        let _ = writeln!(said, "found {}", compose.join(", "));
    }
    let mut files = vec![("orch.toml".to_owned(), workspace_settings(sets))];
    let shared = |number: u32| {
        sets.iter()
            .filter(|set| set.phase(number).is_some())
            .count()
            > 1
    };
    for set in sets {
        for phase in &set.phases {
            let folder = if shared(phase.number) {
                format!("phases/{}", set.name)
            } else {
                "phases".to_owned()
            };
            let path = format!("{folder}/{:02}-{}.toml", phase.number, phase.name);
            files.push((path, phase_settings(set, phase, &compose)));
        }
    }
    for (path, text) in files {
        if loaded.workspace.read(&path)?.is_some() {
            let _ = writeln!(said, "kept {path}: it is there already");
        } else if args.dry_run {
            let _ = writeln!(said, "would write {path}");
        } else {
            loaded.workspace.write_atomic(&path, text.as_bytes())?;
            let _ = writeln!(said, "wrote {path}");
        }
    }
    err(&said)?;
    Ok(Code::Done)
}

fn workspace_settings(sets: &[SetFiles]) -> String {
    let first = sets.first().map_or("my-set", |set| set.name.as_str());
    format!(
        "# Settings of this workspace. Every key is optional; a comment shows what it is without.\n\
         \n\
         # The set that is meant where several have a phase of one number.\n\
         # set = {first:?}\n\
         \n\
         # The message of the commit at a phase's end.\n\
         # commit_message = \"checklist({{set}}): phase-{{phase}} {{name}} completed\"\n\
         \n\
         # What becomes of Compose services that no task names: \"write\" or \"report\".\n\
         # extras = \"write\"\n\
         \n\
         # Whether a listed name that the facts don't support leaves the box to a person.\n\
         # strict = false\n\
         \n\
         # Clusters that phases may name (`target = \"staging\"`). Without one, the embedded\n\
         # rehearsal runs; the kubeconfig's current context is never used by itself.\n\
         # [targets.staging]\n\
         # context = \"my-staging-context\"\n\
         #\n\
         # [targets.prod]\n\
         # context = \"my-production-context\"\n\
         # after = [\"staging\"]  # a phase comes here only once it is done there\n\
         # protected = true  # its name must be typed before anything is changed\n"
    )
}

fn phase_settings(set: &SetFiles, phase: &PhaseFile, compose: &[String]) -> String {
    let list = quoted(compose);
    format!(
        "# Settings of phase {} of {}. Every key is optional.\n\
         \n\
         # The application; by default the Compose files that the checklist studies.\n\
         # compose = [{list}]\n\
         \n\
         # The kubeconfig context that this phase runs on, or `target`, one of orch.toml's.\n\
         # context = \"staging\"\n\
         \n\
         # The namespace, where the checklist names none.\n\
         # namespace = {:?}\n\
         \n\
         # How long an object may take to become ready.\n\
         # timeouts.ready = \"10m\"\n\
         \n\
         # The PriorityClass of all pods.\n\
         # priority_class = \"business\"\n\
         \n\
         # The storage class of claims, where it isn't to be the cluster's default.\n\
         # storage_class = \"fast\"\n\
         \n\
         # A name of the checklist = the Compose service that it means.\n\
         # [aliases]\n\
         # call-processor = \"app\"\n\
         \n\
         # Images of the services that are built from this repository: one by one, or all (`*`).\n\
         # The revision is that of the newest commit which changed their sources.\n\
         # [images]\n\
         # app = \"registry.example.com/app:1.4.0\"\n\
         # \"*\" = \"registry.example.com/team/{{service}}:{{revision}}\"\n\
         \n\
         # What builds and pushes an image, with consent; what runs it is pinned to its digest.\n\
         # [build]\n\
         # command = \"docker build -t {{image}} -f {{dockerfile}} {{context}} && docker push {{image}}\"\n\
         \n\
         # Variables that are secrets, or settings, whatever their names and values look like.\n\
         # [secrets]\n\
         # names = [\"LICENSE\"]\n\
         # settings = [\"TOKEN_MODE\"]\n\
         \n\
         {VOLUMES}\
         \n\
         {}\
         \n\
         {WAY_IN}\
         \n\
         # What a failed rollout looks like: the rehearsal plays it.\n\
         # [[rehearse.failures]]\n\
         # selector = \"Deployment/call-processor\"\n\
         # after = \"2s\"\n\
         # outcome = \"CrashLoopBackOff\"\n",
        phase.number,
        set.name,
        set.name,
        outputs(&set.name)
    )
}

/// Returns the Compose files as TOML strings.
fn quoted(compose: &[String]) -> String {
    let list: Vec<String> = compose.iter().map(|path| format!("{path:?}")).collect();
    if list.is_empty() {
        "\"docker-compose.yml\"".to_owned()
    } else {
        list.join(", ")
    }
}

/// Other forms of what is written.
fn outputs(set: &str) -> String {
    format!(
        "# An environment that differs from the base: a kustomize overlay.\n\
         # [kustomize.overlays.staging]\n\
         # compose = [\"docker-compose.staging.yml\"]\n\
         # namespace = \"{set}-staging\"\n\
         # host = \"staging.example.com\"\n\
         \n\
         # A Helm chart of the same objects.\n\
         # [helm]\n\
         # chart = \"charts/{set}\"\n"
    )
}

/// What claims ask for.
const VOLUMES: &str = r#"# What the claims of Compose's volumes ask for; one that several pods mount can be kept on
# one node (`access = "ReadWriteOnce"`).
# [volumes]
# db = "20Gi"
# uploads = { size = "5Gi", class = "nfs", access = "ReadWriteMany" }
"#;

/// How the application is reached and watched.
const WAY_IN: &str = r#"# The way in. Without a controller named here or in the checklist it is written for Traefik.
# [ingress]
# api = "ingress"                    # or "gateway"
# host = "app.example.com"           # or hosts = ["a.example.com", "b.example.com"]
# controller = "traefik"             # f5-nginx, haproxy, ingress-nginx (retired)
# class = "traefik"
# controller_namespace = "traefik"   # whose pods are let in
# tls_secret = "app-tls"
# cluster_issuer = "letsencrypt"     # cert-manager; or issuer
# gateway = "edge/public"            # with api = "gateway": one that is there already
# [ingress.routes]
# "/api/*" = "api:8080"
# [ingress.annotations]
# "traefik.ingress.kubernetes.io/router.priority" = "10"

# Prometheus and Grafana: where the operator's Prometheus runs and what it selects monitors by;
# how long and how much the application's own keeps.
# [monitoring]
# namespace = "monitoring"
# labels = { release = "kube-prometheus" }
# retention = "15d"
# storage = "10Gi"
"#;

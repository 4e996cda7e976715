//! The settings that `orch init` writes: every key as a comment, with what it is without. What
//! the repository makes necessary is set.

use std::fmt::Write as _;

use crate::scaffold::Hints;

/// What a phase's settings are told.
#[derive(Debug, Default)]
pub(in crate::cli) struct Told<'a> {
    pub(in crate::cli) set: &'a str,
    pub(in crate::cli) number: u32,
    pub(in crate::cli) compose: &'a [String],
    /// What the repository says of names, images, profiles and environments.
    pub(in crate::cli) hints: Hints,
    /// The namespace, where no checklist says it.
    pub(in crate::cli) namespace: Option<&'a str>,
}

/// Returns `orch.toml`; its comments name this set.
pub(in crate::cli) fn workspace(set: Option<&str>) -> String {
    let first = set.unwrap_or("my-set");
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
         # Variables that the checklists' commands are given, beside PATH, HOME and the like.\n\
         # [commands]\n\
         # env = [\"KUBECONFIG\"]\n\
         \n\
         # Words of your own, or of another language, for what checklists are read by; every meaning\n\
         # is listed in docs/languages.md.\n\
         # [words]\n\
         # create = [\"erstell\", \"anleg\"]\n\
         # not-started = \"Noch nicht begonnen\"\n\
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

/// Returns a phase's settings.
pub(in crate::cli) fn phase(told: &Told<'_>) -> String {
    let Told { set, number, .. } = told;
    let list = quoted(told.compose, "docker-compose.yml");
    let profiles = quoted(&told.hints.profiles, "debug");
    let namespace = match told.namespace {
        Some(namespace) => format!("namespace = {namespace:?}"),
        None => format!("# namespace = {set:?}"),
    };
    let (aliases, images) = (aliases(&told.hints), images(&told.hints));
    let outputs = outputs(set, &told.hints);
    format!(
        "# Settings of phase {number} of {set}. Every key is optional.\n\
         \n\
         # The application; by default the Compose files that the checklist studies.\n\
         # compose = [{list}]\n\
         \n\
         # The kubeconfig context that this phase runs on, or `target`, one of orch.toml's.\n\
         # context = \"staging\"\n\
         \n\
         # The Compose profiles whose services run as well.\n\
         # profiles = [{profiles}]\n\
         \n\
         # The namespace, where the checklist names none.\n\
         {namespace}\n\
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
         {aliases}\
         \n\
         # Images of the services that are built from this repository: one by one, or all (`*`).\n\
         # The revision is that of the newest commit which changed their sources.\n\
         # [images]\n\
         {images}\
         # \"*\" = \"registry.example.com/team/{{service}}:{{revision}}\"\n\
         \n\
         {BUILD}\
         \n\
         {VOLUMES}\
         \n\
         {outputs}\
         \n\
         {WAY_IN}\
         \n\
         {FAILURES}"
    )
}

/// Returns a TOML string: JSON's escapes are TOML's.
fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns names as TOML strings, or one that shows what they look like.
fn quoted(names: &[String], else_: &str) -> String {
    let list: Vec<String> = names.iter().map(|name| string(name)).collect();
    if list.is_empty() {
        format!("{else_:?}")
    } else {
        list.join(", ")
    }
}

/// The names that Kubernetes can't have as they are.
fn aliases(hints: &Hints) -> String {
    if hints.aliases.is_empty() {
        return "# [aliases]\n# call-processor = \"app\"\n".to_owned();
    }
    let mut text = "[aliases]\n".to_owned();
    for (name, service) in &hints.aliases {
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "{name} = {}", string(service));
    }
    text
}

/// The services that are built and have no image's name yet.
fn images(hints: &Hints) -> String {
    if hints.unnamed.is_empty() {
        return "# app = \"registry.example.com/app:1.4.0\"\n".to_owned();
    }
    let mut text = String::new();
    for service in &hints.unnamed {
        let name = service.to_lowercase();
        let key = string(service);
        let _ = writeln!(text, "# {key} = \"registry.example.com/{name}:1.0.0\"");
    }
    text
}

/// Other forms of what is written.
fn outputs(set: &str, hints: &Hints) -> String {
    let usual = [(
        "staging".to_owned(),
        "docker-compose.staging.yml".to_owned(),
    )];
    let environments = if hints.environments.is_empty() {
        usual.as_slice()
    } else {
        hints.environments.as_slice()
    };
    let mut text =
        "# Whether kustomize generates ConfigMaps, named by what they hold; by default where the\n\
                    # checklist has a kustomization.yml.\n\
                    # [kustomize]\n\
                    # generator = true\n\
                    \n\
                    # An environment that differs from the base: a kustomize overlay.\n"
            .to_owned();
    for (name, file) in environments {
        let _ = write!(
            text,
            "# [kustomize.overlays.{name}]\n\
             # compose = [{file:?}]\n\
             # namespace = \"{set}-{name}\"\n\
             # host = \"{name}.example.com\"\n"
        );
    }
    let _ = write!(
        text,
        "\n\
         # A Helm chart of the same objects.\n\
         # [helm]\n\
         # chart = \"charts/{set}\"\n"
    );
    text
}

/// How images are made, and which variables are secrets.
const BUILD: &str = r#"# What builds and pushes an image, with consent; what runs it is pinned to its digest.
# [build]
# command = "docker build -t {image} -f {dockerfile} {context} && docker push {image}"

# Variables that are secrets, or settings, whatever their names and values look like.
# [secrets]
# names = ["LICENSE"]
# settings = ["TOKEN_MODE"]
"#;

/// What the rehearsal may play.
const FAILURES: &str = r#"# What a failed rollout looks like: the rehearsal plays it.
# [[rehearse.failures]]
# selector = "Deployment/call-processor"
# after = "2s"
# outcome = "CrashLoopBackOff"
"#;

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

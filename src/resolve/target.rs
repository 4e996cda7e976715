//! Which file a write task asks for, by its path: the kind of object and the workload's name.

mod folders;
mod kinds;

pub(super) use folders::is_for_manifests;

use super::application::WorkloadKind;
use super::overlays;
use crate::facts::is_yaml;
use crate::vocabulary::words;
use folders::{is_elsewhere, names_none};
use kinds::Told;

/// What a file is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum FileKind {
    Namespace,
    Secrets,
    ConfigMap,
    Readme,
    Kustomization,
    Deployment,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
    Service,
    Hpa,
    Pdb,
    Ingress,
    ServiceAccount,
    NetworkPolicy,
    /// A workload with all that belongs to it.
    Whole,
}

impl FileKind {
    /// Returns the kind's name in readings (`write deployment`).
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Namespace => "namespace",
            Self::Secrets => "secrets",
            Self::ConfigMap => "configmap",
            Self::Readme => "readme",
            Self::Kustomization => "kustomization",
            Self::Deployment => "deployment",
            Self::StatefulSet => "statefulset",
            Self::DaemonSet => "daemonset",
            Self::Job => "job",
            Self::CronJob => "cronjob",
            Self::Service => "service",
            Self::Hpa => "hpa",
            Self::Pdb => "pdb",
            Self::Ingress => "ingress",
            Self::ServiceAccount => "serviceaccount",
            Self::NetworkPolicy => "networkpolicy",
            Self::Whole => "workload",
        }
    }

    /// Returns whether the file is about one workload.
    pub(super) fn of_workload(self) -> bool {
        match self {
            Self::Deployment
            | Self::StatefulSet
            | Self::DaemonSet
            | Self::Job
            | Self::CronJob
            | Self::Service
            | Self::Hpa
            | Self::Pdb
            | Self::ServiceAccount
            | Self::NetworkPolicy
            | Self::Whole => true,
            Self::Namespace
            | Self::Secrets
            | Self::ConfigMap
            | Self::Readme
            | Self::Kustomization
            | Self::Ingress => false,
        }
    }

    /// Returns whether the file holds what runs pods.
    pub(super) fn runs_pods(self) -> bool {
        self.workload().is_some() || self == Self::Whole
    }

    /// Returns the kind of workload that the file asks for.
    pub(super) fn workload(self) -> Option<WorkloadKind> {
        match self {
            Self::Deployment => Some(WorkloadKind::Deployment),
            Self::StatefulSet => Some(WorkloadKind::StatefulSet),
            Self::DaemonSet => Some(WorkloadKind::DaemonSet),
            Self::Job => Some(WorkloadKind::Job),
            Self::CronJob => Some(WorkloadKind::CronJob),
            Self::Namespace
            | Self::Secrets
            | Self::ConfigMap
            | Self::Readme
            | Self::Kustomization
            | Self::Service
            | Self::Hpa
            | Self::Pdb
            | Self::Ingress
            | Self::ServiceAccount
            | Self::NetworkPolicy
            | Self::Whole => None,
        }
    }
}

/// A file that a task asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) path: String,
    pub(super) kind: FileKind,
    /// The workload's name, for kinds that are about one.
    pub(super) name: Option<String>,
}

impl Target {
    /// Returns the workload that its path may name: in the file's name (`api-secrets.yml`), else by
    /// the folder that it lies in.
    pub(super) fn whose(&self) -> Option<String> {
        let (folder, file) = self.path.rsplit_once('/')?;
        let (stem, _) = file.rsplit_once('.')?;
        if let Told::Kind(Some(_), rest) = kinds::told(stem)
            && !rest.is_empty()
        {
            return Some(rest);
        }
        let folder = folder.rsplit('/').next().filter(|name| !names_none(name));
        folder.map(str::to_owned)
    }
}

/// Returns the file that a path and its description ask for, if it is one that orch can write.
pub(super) fn read(path: &str, description: &str) -> Option<Target> {
    read_in(path, description, &[])
}

/// Returns the same, where folders at the root are known to hold manifests. Elsewhere a file that
/// is only called like a service may be anything: `openapi/api.yaml`.
pub(super) fn read_in(path: &str, description: &str, led: &[String]) -> Option<Target> {
    if path.ends_with('/') {
        return folder(path);
    }
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    // What begins with a dot is settings of some program, or has no name: `.yamllint.yml`, `.yml`.
    let (stem, extension) = file.rsplit_once('.').filter(|_| !file.starts_with('.'))?;
    let target = |kind, name| {
        Some(Target {
            path: path.to_owned(),
            kind,
            name,
        })
    };
    if extension == "md" {
        let readme = stem.eq_ignore_ascii_case("readme");
        // A part of the application has one as well.
        return if readme && is_for_manifests(path, led) {
            target(FileKind::Readme, None)
        } else {
            None
        };
    }
    if !matches!(extension, "yml" | "yaml") || is_elsewhere(path) {
        return None;
    }
    let Told::Kind(kind, rest) = kinds::told(stem) else {
        return None;
    };
    let policy = kind == Some(FileKind::NetworkPolicy);
    if !policy && kinds::rules_traffic(folder) {
        return None;
    }
    let parent = folder
        .rsplit('/')
        .next()
        .filter(|parent| !names_none(parent));
    let parent = parent
        .filter(|parent| !parent.is_empty())
        .map(str::to_owned);
    match kind {
        Some(kind) if kind.of_workload() => {
            let name = if rest.is_empty() {
                parent.or_else(|| slug(description))
            } else {
                Some(rest)
            };
            let name = name.filter(|name| !(policy && kinds::rules_traffic(name)));
            target(kind, Some(name?))
        }
        // Kustomize reads no file that is called otherwise.
        Some(FileKind::Kustomization) if stem != "kustomization" => None,
        Some(kind) => target(kind, None),
        None if !is_for_manifests(path, led) => None,
        None => {
            let kind = described(description).unwrap_or(FileKind::Whole);
            // `block ingress from outside` is about traffic.
            if kind == FileKind::Ingress && !begins_with_ingress(description) {
                return None;
            }
            target(kind, kind.of_workload().then_some(rest))
        }
    }
}

/// Returns the file that is asked for by a folder with its `/`.
fn folder(path: &str) -> Option<Target> {
    // A folder of kustomize's is asked for by itself.
    let is_base = path.ends_with("/base/");
    let wanted = is_base || overlays::name_of(path).is_some();
    wanted.then(|| Target {
        path: format!("{path}kustomization.yml"),
        kind: FileKind::Kustomization,
        name: None,
    })
}

/// Returns whether a code span looks like a path of a file to write or read.
pub(super) fn is_path(code: &str) -> bool {
    let file = code.rsplit('/').next().unwrap_or(code);
    let named = file.rsplit_once('.').is_some_and(|(stem, extension)| {
        let letters = extension
            .chars()
            .all(|character| character.is_ascii_alphanumeric());
        (!stem.is_empty() || !extension.is_empty()) && letters && extension.len() <= 6
    });
    let known = matches!(
        file,
        "Dockerfile" | "Makefile" | "Containerfile" | "Procfile"
    ) || file.starts_with(".env");
    let folder = code.ends_with('/') && code.len() > 1;
    let outside = code.starts_with("../");
    let one = named || known || folder || outside;
    !is_endpoint(code) && !code.contains(char::is_whitespace) && one
}

/// Returns whether a path is one file's or folder's: no pattern, no placeholder.
pub(super) fn is_plain(code: &str) -> bool {
    let fits = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    code.chars().all(fits)
}

/// Returns whether a code span is the path of a manifest from the file system's root.
pub(super) fn is_absolute(code: &str) -> bool {
    is_endpoint(code) && is_yaml(code)
}

/// Returns whether a code span looks like an HTTP path.
pub(super) fn is_endpoint(code: &str) -> bool {
    code.starts_with('/') && !code.contains(char::is_whitespace)
}

/// Returns the kind that a word names for certain; `config` may be any file of settings.
pub(super) fn kind_named(word: &str) -> Option<FileKind> {
    let lower = word.to_lowercase();
    let mut kinds = kinds::named().filter(|(name, _)| *name != "config");
    kinds
        .find(|(name, _)| *name == lower || lower.strip_suffix('s') == Some(name))
        .map(|(_, kind)| *kind)
}

/// Returns the kind that a description names, for a file whose name tells none.
fn described(description: &str) -> Option<FileKind> {
    let lower = description.to_lowercase();
    let mut all = words(&lower);
    all.find_map(|word| {
        let (_, kind) = kinds::named().find(|(known, _)| *known == word && known.len() > 3)?;
        Some(*kind)
    })
}

/// Returns whether a description says first that it is an Ingress, or of which controller.
fn begins_with_ingress(description: &str) -> bool {
    let lower = description.to_lowercase();
    let controllers = ["nginx", "traefik", "haproxy"];
    words(&lower).find(|word| !controllers.contains(word)) == Some("ingress")
}

/// Returns the name that a description begins with (`Call Processor (API)` → `call-processor`).
fn slug(description: &str) -> Option<String> {
    let head = description
        .split(['(', ':', ',', ';'])
        .next()?
        .to_lowercase();
    let all: Vec<&str> = words(&head)
        .filter(|word| word.is_ascii() && !says_what(word))
        .collect();
    (!all.is_empty()).then(|| all.join("-"))
}

/// Returns whether a word says what an object is, and not whose.
fn says_what(word: &str) -> bool {
    let types = ["clusterip", "nodeport", "loadbalancer", "headless"];
    types.contains(&word) || kinds::named().any(|(kind, _)| *kind == word)
}

#[cfg(test)]
mod tests {
    use super::{FileKind, is_path, read, read_in};

    #[track_caller]
    fn check(path: &str, description: &str, kind: FileKind, name: Option<&str>) {
        let target = read(path, description).expect("a target");
        assert_eq!((target.kind, target.name.as_deref()), (kind, name));
    }

    #[test]
    fn the_folder_names_the_workload() {
        check(
            "k8s/api/deployment.yml",
            "",
            FileKind::Deployment,
            Some("api"),
        );
        check(
            "deploy/base/redis/svc.yaml",
            "",
            FileKind::Service,
            Some("redis"),
        );
    }

    #[test]
    fn an_object_is_not_called_like_its_type() {
        check(
            "k8s/app/pdb.yml",
            "PDB: minAvailable 1",
            FileKind::Pdb,
            Some("app"),
        );
        assert_eq!(read("k8s/service.yml", "ClusterIP"), None);
    }

    #[test]
    fn a_hidden_file_is_no_manifest() {
        for path in ["k8s/.yml", "k8s/.yamllint.yml", "k8s/prometheus/.yaml"] {
            assert_eq!(read(path, "Prometheus"), None, "{path}");
        }
    }

    #[test]
    fn kustomize_reads_one_name_alone() {
        check("k8s/kustomization.yaml", "", FileKind::Kustomization, None);
        assert_eq!(read("k8s/web-kustomization.yml", ""), None);
        assert_eq!(read("k8s/kustomization.old.yml", ""), None);
    }

    #[test]
    fn the_file_names_the_workload() {
        check(
            "k8s/monitoring/grafana-deployment.yml",
            "",
            FileKind::Deployment,
            Some("grafana"),
        );
        check(
            "k8s/hpa-call-processor.yml",
            "",
            FileKind::Hpa,
            Some("call-processor"),
        );
        check("k8s/redis.yml", "", FileKind::Whole, Some("redis"));
    }

    #[test]
    fn what_ends_is_told_by_the_files_name() {
        check(
            "k8s/jobs/migrate-job.yml",
            "",
            FileKind::Job,
            Some("migrate"),
        );
        check(
            "k8s/backup/cron-job.yml",
            "",
            FileKind::CronJob,
            Some("backup"),
        );
        check(
            "k8s/agent/daemonset.yml",
            "",
            FileKind::DaemonSet,
            Some("agent"),
        );
    }

    #[test]
    fn the_description_names_it_last() {
        check(
            "k8s/deployment.yml",
            "Call Processor (API)",
            FileKind::Deployment,
            Some("call-processor"),
        );
        check(
            "k8s/redis.yml",
            "Redis StatefulSet",
            FileKind::StatefulSet,
            Some("redis"),
        );
    }

    #[test]
    fn shared_files_have_no_workload() {
        check("k8s/namespace.yml", "", FileKind::Namespace, None);
        check("k8s/README.md", "", FileKind::Readme, None);
        assert_eq!(read("src/main.py", ""), None);
        assert_eq!(read("docs/design.md", ""), None);
    }

    #[test]
    fn a_name_alone_makes_no_manifest_outside_of_their_folders() {
        for path in [
            "openapi/api.yaml",
            "terraform/db.yml",
            "prometheus/db.yml",
            "dashboards/db.yml",
            "values/api.yaml",
            "src/main/resources/application.yml",
            "src/main/resources/service.yml",
            "api.yml",
        ] {
            assert_eq!(read(path, ""), None, "{path}");
        }
        check("infra/stage/api.yml", "", FileKind::Whole, Some("api"));
        let led = ["platform".to_owned()];
        let led = read_in("platform/api.yml", "", &led).expect("a target");
        assert_eq!(led.name.as_deref(), Some("api"));
        assert_eq!(read("platform/api.yml", ""), None);
        check(
            "platform/api/deployment.yml",
            "",
            FileKind::Deployment,
            Some("api"),
        );
    }

    #[test]
    fn what_rules_traffic_is_no_way_in() {
        for (path, description) in [
            ("k8s/netpol/default-deny.yml", "deny all ingress and egress"),
            ("k8s/netpol/ingress.yml", ""),
            ("k8s/network-policies/api.yml", ""),
            ("k8s/network/allow-ingress.yml", "NetworkPolicy"),
            ("k8s/policies/ingress.yaml", ""),
            ("k8s/default-deny/networkpolicy.yml", ""),
            ("k8s/networkpolicy.yml", "deny all ingress"),
            ("k8s/rules.yml", "block ingress from outside"),
            ("k8s/rules.yml", "запретить весь ingress"),
            ("k8s/rules.yml", "заборонити ingress"),
        ] {
            assert_eq!(read(path, description), None, "{path}: {description}");
        }
        check("k8s/public.yml", "Ingress: TLS", FileKind::Ingress, None);
        check("k8s/public.yml", "Traefik ingress", FileKind::Ingress, None);
        let policy = FileKind::NetworkPolicy;
        check("k8s/api/netpol.yml", "", policy, Some("api"));
        check("k8s/netpol/api-netpol.yml", "", policy, Some("api"));
    }

    #[test]
    fn paths_are_told_from_endpoints_and_commands() {
        assert!(is_path("src/config.py"));
        assert!(is_path("Dockerfile"));
        assert!(is_path("k8s/"));
        assert!(!is_path("/health/ready"));
        assert!(!is_path("redis-cli ping"));
        assert!(!is_path("pg_isready"));
    }
}

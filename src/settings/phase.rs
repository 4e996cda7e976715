//! `phases/NN-name.toml`.

use std::time::Duration;

use toml::de::DeTable;

use crate::diagnostic::Diagnostics;

use super::Extras;
use super::edge::{self, IngressSettings, MonitoringSettings};
use super::overlay::{self, Overlay};
use super::read::{Entry, Reader, entries};
use super::volumes::{self, VolumeSettings};
use super::workspace;

pub(super) const KEYS: &[&str] = &[
    "commands",
    "compose",
    "sources",
    "profiles",
    "namespace",
    "target",
    "context",
    "timeouts",
    "aliases",
    "images",
    "extras",
    "strict",
    "rehearse",
    "ingress",
    "priority_class",
    "build",
    "monitoring",
    "secrets",
    "volumes",
    "storage_class",
    "kustomize",
    "helm",
];
pub(super) const SECRETS_KEYS: &[&str] = &["names", "settings"];
pub(super) const BUILD_KEYS: &[&str] = &["command", "digest"];
pub(super) const TIMEOUT_KEYS: &[&str] = &["ready", "command", "load_balancer"];
pub(super) const REHEARSE_KEYS: &[&str] = &["failures", "service_monitors"];
pub(super) const FAILURE_KEYS: &[&str] = &["selector", "after", "outcome", "message"];
const OUTCOMES: &[&str] = &["CrashLoopBackOff", "ImagePullBackOff", "Pending"];

/// One phase's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhaseSettings {
    /// The Compose files in merge order.
    pub compose: Vec<String>,
    /// The source files that variables are read from.
    pub sources: Vec<String>,
    /// The active Compose profiles (`*`: all).
    pub profiles: Vec<String>,
    /// The namespace, where the checklist names none.
    pub namespace: Option<String>,
    /// A target of `orch.toml`, by name.
    pub target: Option<String>,
    /// A kubeconfig context.
    pub context: Option<String>,
    /// The variables that the checklist's commands are given beside the usual ones.
    pub commands: Vec<String>,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// Names of the checklist → names of Compose services.
    pub aliases: Vec<(String, String)>,
    /// Services or workloads → images; `*` is every service that is built. `{service}` and
    /// `{revision}` are filled in.
    pub images: Vec<(String, String)>,
    /// How images are built and pushed.
    pub build: BuildSettings,
    /// Which variables are secrets and which aren't, where names and values don't tell.
    pub secrets: SecretSettings,
    /// What becomes of services that no task names; the workspace's by default.
    pub extras: Option<Extras>,
    /// Whether a listed name that the facts don't support leaves its box to a person; the
    /// workspace's by default.
    pub strict: Option<bool>,
    /// What a rehearsal is told to show.
    pub rehearse: Rehearse,
    /// The Ingress.
    pub ingress: IngressSettings,
    /// The `PriorityClass` of all pods.
    pub priority_class: Option<String>,
    /// Prometheus and Grafana.
    pub monitoring: MonitoringSettings,
    /// Named volumes of Compose, or workloads → what their claims ask for.
    pub volumes: Vec<(String, VolumeSettings)>,
    /// The storage class of claims; the cluster's default where none is given.
    pub storage_class: Option<String>,
    /// The folder of a Helm chart of the same objects, where one is wanted.
    pub chart: Option<String>,
    /// The environments that differ from the base.
    pub overlays: Vec<Overlay>,
    /// Whether kustomize generates `ConfigMap`s, by default where there is a `kustomization.yml`.
    pub generator: Option<bool>,
    /// The overlay whose environment these settings are for; the base where there is none.
    pub overlay: Option<String>,
}

/// How long things may take; each has a default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Until an object is ready.
    pub ready: Option<Duration>,
    /// Until a command ends.
    pub command: Option<Duration>,
    /// Until a load balancer has an address.
    pub load_balancer: Option<Duration>,
}

/// `[secrets]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretSettings {
    /// Variables that are secrets.
    pub names: Vec<String>,
    /// Variables that are none, whatever they look like.
    pub settings: Vec<String>,
}

/// `[build]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildSettings {
    /// The command line that builds and pushes an image; `{image}`, `{service}`, `{context}`,
    /// `{dockerfile}` and `{target}` are filled in.
    pub command: Option<String>,
    /// The command line that tells a pushed image's digest, where the first one doesn't.
    pub digest: Option<String>,
}

/// `[rehearse]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearse {
    /// The failures to show.
    pub failures: Vec<RehearsedFailure>,
    /// Whether the rehearsal has the `ServiceMonitor` kind.
    pub service_monitors: bool,
}

/// A failure that a rehearsal shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RehearsedFailure {
    /// Whose pods fail (`Deployment/call-processor`).
    pub selector: String,
    /// How long they do well first (`2s`).
    pub after: Option<String>,
    /// What happens (`CrashLoopBackOff`, `ImagePullBackOff`, `Pending`).
    pub outcome: String,
    /// What the log or the event says.
    pub message: Option<String>,
}

impl PhaseSettings {
    /// Returns the settings that a phase's file gives.
    ///
    /// # Errors
    /// All problems found together: syntax, unknown keys, values of a wrong type.
    pub fn parse(path: &str, text: &str) -> Result<Self, Diagnostics> {
        let mut reader = Reader::new(path, text);
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => return Err(reader.syntax(&error)),
        };
        let mut settings = Self::default();
        for entry in entries(table.get_ref()) {
            settings.read(&mut reader, &entry);
        }
        if let (Some(_), Some(_)) = (&settings.target, &settings.context) {
            reader.problem("`target` and `context` exclude each other", 0..0, "");
        }
        reader.finish(settings)
    }

    /// Returns the Compose service that a name stands for, where an alias says so.
    pub fn alias(&self, name: &str) -> Option<&str> {
        let (_, service) = self.aliases.iter().find(|(alias, _)| alias == name)?;
        Some(service)
    }

    /// Returns the image that is set for a service or workload.
    pub fn image(&self, name: &str) -> Option<&str> {
        let (_, image) = self.images.iter().find(|(known, _)| known == name)?;
        Some(image)
    }

    /// Returns what is set for a volume's claim.
    pub fn volume(&self, name: &str) -> Option<&VolumeSettings> {
        let (_, volume) = self.volumes.iter().find(|(known, _)| known == name)?;
        Some(volume)
    }

    fn read(&mut self, reader: &mut Reader<'_>, entry: &Entry<'_, '_>) {
        match entry.key {
            "commands" => self.commands = workspace::read_commands(reader, entry),
            "compose" => self.compose = reader.strings(entry),
            "sources" => self.sources = reader.strings(entry),
            "profiles" => self.profiles = reader.strings(entry),
            "namespace" => self.namespace = reader.string(entry),
            "target" => self.target = reader.string(entry),
            "context" => self.context = reader.string(entry),
            "timeouts" => self.timeouts = read_timeouts(reader, entry),
            "aliases" => self.aliases = reader.pairs(entry),
            "images" => self.images = reader.images(entry),
            "build" => self.build = read_build(reader, entry),
            "secrets" => self.secrets = read_secrets(reader, entry),
            "extras" => self.extras = reader.extras(entry),
            "strict" => self.strict = reader.boolean(entry),
            "rehearse" => self.rehearse = read_rehearse(reader, entry),
            "helm" => self.chart = overlay::read_chart(reader, entry),
            "kustomize" => (self.overlays, self.generator) = overlay::read(reader, entry),
            "priority_class" => self.priority_class = reader.string(entry),
            "ingress" => self.ingress = edge::read_ingress(reader, entry),
            "monitoring" => self.monitoring = edge::read_monitoring(reader, entry),
            "volumes" => self.volumes = volumes::read(reader, entry),
            "storage_class" => self.storage_class = reader.string(entry),
            _ => reader.unknown(entry, KEYS),
        }
    }
}

fn read_timeouts(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Timeouts {
    let mut timeouts = Timeouts::default();
    for inner in reader.table(entry) {
        match inner.key {
            "ready" => timeouts.ready = reader.duration(&inner),
            "command" => timeouts.command = reader.duration(&inner),
            "load_balancer" => timeouts.load_balancer = reader.duration(&inner),
            _ => reader.unknown(&inner, TIMEOUT_KEYS),
        }
    }
    timeouts
}

fn read_secrets(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> SecretSettings {
    let mut secrets = SecretSettings::default();
    for inner in reader.table(entry) {
        match inner.key {
            "names" => secrets.names = reader.strings(&inner),
            "settings" => secrets.settings = reader.strings(&inner),
            _ => reader.unknown(&inner, SECRETS_KEYS),
        }
    }
    if let Some(both) = secrets
        .names
        .iter()
        .find(|it| secrets.settings.contains(it))
    {
        let message = format!("`{both}` can't be a secret and a setting at once");
        reader.problem(message, entry.key_span.clone(), "");
    }
    secrets
}

fn read_build(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> BuildSettings {
    let mut build = BuildSettings::default();
    for inner in reader.table(entry) {
        match inner.key {
            "command" => build.command = reader.string(&inner),
            "digest" => build.digest = reader.string(&inner),
            _ => reader.unknown(&inner, BUILD_KEYS),
        }
    }
    if build.command.is_none() && build.digest.is_some() {
        let place = entry.key_span.clone();
        reader.problem("`[build]` has a `digest` and no `command`", place, "");
    }
    build
}

fn read_rehearse(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Rehearse {
    let mut rehearse = Rehearse::default();
    for inner in reader.table(entry) {
        match inner.key {
            "service_monitors" => {
                rehearse.service_monitors = reader.boolean(&inner).unwrap_or_default();
            }
            "failures" => {
                for failure in reader.tables(&inner) {
                    rehearse
                        .failures
                        .extend(read_failure(reader, &failure, &inner));
                }
            }
            _ => reader.unknown(&inner, REHEARSE_KEYS),
        }
    }
    rehearse
}

fn read_failure(
    reader: &mut Reader<'_>,
    table: &[Entry<'_, '_>],
    list: &Entry<'_, '_>,
) -> Option<RehearsedFailure> {
    let (mut selector, mut after, mut outcome, mut message) = (None, None, None, None);
    for entry in table {
        match entry.key {
            "selector" => selector = reader.string(entry),
            "after" => after = reader.duration(entry).and_then(|_| reader.string(entry)),
            "outcome" => outcome = read_outcome(reader, entry),
            "message" => message = reader.string(entry),
            _ => reader.unknown(entry, FAILURE_KEYS),
        }
    }
    let given = |key: &str| table.iter().any(|entry| entry.key == key);
    for key in ["selector", "outcome"] {
        if !given(key) {
            let place = table.first().unwrap_or(list).key_span.clone();
            reader.problem(format!("a rehearsed failure has no `{key}`"), place, "");
        }
    }
    Some(RehearsedFailure {
        selector: selector?,
        after,
        outcome: outcome?,
        message,
    })
}

fn read_outcome(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Option<String> {
    let outcome = reader.string(entry)?;
    if OUTCOMES.contains(&outcome.as_str()) {
        return Some(outcome);
    }
    let message = format!(
        "`{outcome}` can't be rehearsed; {} can",
        OUTCOMES.join(", ")
    );
    reader.problem(message, entry.span.clone(), "");
    None
}

#[cfg(test)]
mod tests {
    use super::PhaseSettings;

    #[track_caller]
    fn check(text: &str, expected: impl Fn(&PhaseSettings) -> bool) {
        let settings = PhaseSettings::parse("phases/04-x.toml", text).expect("settings");
        assert!(expected(&settings), "{settings:?}");
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let problems = PhaseSettings::parse("phases/04-x.toml", text).expect_err("refused");
        assert!(problems.to_string().contains(expected), "{problems}");
    }

    #[test]
    fn names_are_mapped() {
        check("[aliases]\nadmin-api = \"api\"\n", |it| {
            it.alias("admin-api") == Some("api")
        });
        check("[images]\napp = \"registry/x:1\"\n", |it| {
            it.image("app") == Some("registry/x:1")
        });
    }

    #[test]
    fn an_images_parts_are_known() {
        check(
            "[images]\n\"*\" = \"registry/{service}:{revision}\"\n",
            |it| it.image("*") == Some("registry/{service}:{revision}"),
        );
        refused(
            "[images]\napp = \"registry/app:{version}\"\n",
            "an image has no `{version}`",
        );
        refused("[images]\napp = \" \"\n", "names no image");
    }

    #[test]
    fn secrets_are_told_from_settings() {
        check("[secrets]\nnames = [\"LICENSE\"]\n", |it| {
            it.secrets.names == ["LICENSE"]
        });
        refused(
            "[secrets]\nnames = [\"A\"]\nsettings = [\"A\"]\n",
            "`A` can't be a secret and a setting",
        );
    }

    #[test]
    fn how_images_are_built_is_read() {
        check("[build]\ncommand = \"make push\"\n", |it| {
            it.build.command.as_deref() == Some("make push")
        });
        refused("[build]\ndigest = \"x\"\n", "no `command`");
    }

    #[test]
    fn volumes_have_a_size_or_more() {
        let text = "[volumes]\ndb = \"20Gi\"\nfiles = { size = \"5Gi\", class = \"nfs\", access = \"ReadWriteMany\" }\n";
        check(text, |it| {
            it.volume("db").and_then(|it| it.size.as_deref()) == Some("20Gi")
        });
        check(text, |it| {
            it.volume("files")
                .is_some_and(|it| it.many == Some(true) && it.class.as_deref() == Some("nfs"))
        });
    }

    #[test]
    fn rehearsed_failures_are_read() {
        let text = "[[rehearse.failures]]\nselector = \"Deployment/api\"\nafter = \"2s\"\n\
                    outcome = \"CrashLoopBackOff\"\n";
        check(text, |it| {
            it.rehearse
                .failures
                .iter()
                .all(|it| it.selector == "Deployment/api")
        });
        check(text, |it| it.rehearse.failures.len() == 1);
    }

    #[test]
    fn wrong_values_are_named() {
        refused("compose = \"a.yml\"", "`compose` must be a list of strings");
        refused("[timeouts]\nready = \"5\"", "is not a length of time");
        refused("target = \"a\"\ncontext = \"b\"", "exclude each other");
        refused(
            "[[rehearse.failures]]\noutcome = \"Boom\"",
            "`Boom` can't be rehearsed",
        );
        refused(
            "[volumes.a]\naccess = \"Both\"",
            "must be `ReadWriteMany` or `ReadWriteOnce`",
        );
        refused("[ingress]\nhots = \"x\"", "no setting `hots`");
    }
}

//! Which cluster a phase runs against: one that was named, or the rehearsal.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::exit::Result;
use super::load::{Loaded, Phase};
use super::{Session, Stop};
use crate::cluster::{Cluster, ClusterInfo, Sources};
use crate::files::read_journal;
use crate::journal::State;
use crate::manifest::Object;
use crate::plan::Plan;
use crate::rehearsal::{Rehearsal, Script, Selector};
use crate::resolve::SecretSpec;
use crate::settings::{self, Controller, EdgeApi, PhaseSettings, Settings};

/// The rehearsal's name as a target.
pub(super) const REHEARSAL: &str = crate::rehearsal::NAME;

/// Which target a command is about.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct TargetArgs {
    /// On that target of orch.toml (`rehearsal` for the embedded one)
    #[arg(long, value_name = "NAME", conflicts_with = "context")]
    pub(super) target: Option<String>,
    /// On that kubeconfig context, where no target names it
    #[arg(long, value_name = "NAME")]
    pub(super) context: Option<String>,
}

/// Where a phase is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// The embedded API server.
    Rehearsal,
    /// A kubeconfig context, named by flag or settings; never the current one by default.
    Context {
        /// The name that the journal has it under: the target's, or the context's where no target
        /// of orch.toml is meant.
        name: String,
        /// The kubeconfig's context.
        context: String,
        /// The kubeconfig that holds it, where settings name one.
        kubeconfig: Option<PathBuf>,
        /// What orch.toml says of it.
        settings: Option<Box<settings::Target>>,
    },
}

impl Target {
    /// Returns the target that the flags or the settings name, else the rehearsal.
    ///
    /// # Errors
    /// Where a target is named that orch.toml doesn't have, or a context that several have.
    pub(super) fn choose(flags: &TargetArgs, loaded: &Loaded, phase: &Phase) -> Result<Self> {
        let of_phase = TargetArgs {
            target: phase.settings.target.clone(),
            context: phase.settings.context.clone(),
        };
        let flagged = flags.target.is_some() || flags.context.is_some();
        let asked = if flagged { flags } else { &of_phase };
        match (&asked.target, &asked.context) {
            (Some(name), _) | (None, Some(name)) if name == REHEARSAL => Ok(Self::Rehearsal),
            (Some(name), _) => Self::named(name, loaded, phase),
            (None, Some(context)) => Self::of_context(context, loaded, phase),
            (None, None) => Ok(Self::Rehearsal),
        }
    }

    /// Returns the target that the phase's settings name, else the rehearsal.
    ///
    /// # Errors
    /// As [`Self::choose`].
    pub(super) fn of_phase(loaded: &Loaded, phase: &Phase) -> Result<Self> {
        Self::choose(&TargetArgs::default(), loaded, phase)
    }

    /// Returns a target of orch.toml.
    ///
    /// # Errors
    /// Where it has none of that name.
    pub(super) fn named(name: &str, loaded: &Loaded, phase: &Phase) -> Result<Self> {
        let target = loaded.settings.target(name).ok_or_else(|| {
            let stop = Stop::input(format!("no target is called `{name}`"));
            let known: Vec<&str> = names(&loaded.settings);
            let stop = if known.is_empty() {
                stop
            } else {
                stop.help(format!("targets of orch.toml: {}", known.join(", ")))
            };
            stop.help(format!(
                "add to orch.toml: [targets.{name}] context = \"…\""
            ))
        })?;
        let number = phase.checklist.number;
        let state = read_journal(&loaded.workspace, &phase.set, number)?.state;
        Ok(Self::Context {
            name: recorded_as(target, &loaded.settings, &state),
            context: target.context.clone(),
            kubeconfig: target.kubeconfig.as_deref().map(|path| {
                if path.starts_with("~/") {
                    path.into()
                } else {
                    loaded.workspace.root().join(path)
                }
            }),
            settings: Some(Box::new(target.clone())),
        })
    }

    /// A context that a target names is that target: what protects it can't be passed by.
    fn of_context(context: &str, loaded: &Loaded, phase: &Phase) -> Result<Self> {
        let usual =
            |target: &&settings::Target| target.context == context && target.kubeconfig.is_none();
        let meant: Vec<&str> = loaded
            .settings
            .targets
            .iter()
            .filter(usual)
            .map(|target| target.name.as_str())
            .collect();
        match meant.as_slice() {
            [] => Ok(Self::Context {
                name: context.to_owned(),
                context: context.to_owned(),
                kubeconfig: None,
                settings: None,
            }),
            [name] => Self::named(name, loaded, phase),
            several => Err(Stop::input(format!(
                "several targets are on the context `{context}`: {}",
                several.join(", ")
            ))
            .help("name the one that you mean: --target NAME")),
        }
    }

    /// Returns the name that the journal has it under.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Rehearsal => REHEARSAL,
            Self::Context { name, .. } => name,
        }
    }

    /// Returns what people call it: its name in orch.toml where it has one.
    pub(super) fn called(&self) -> &str {
        self.settings()
            .map_or_else(|| self.name(), |settings| &settings.name)
    }

    /// Returns the flag that names it.
    pub(super) fn flag(&self) -> String {
        match self {
            Self::Context {
                settings: None,
                context,
                ..
            } => format!("--context {context}"),
            Self::Rehearsal | Self::Context { .. } => format!("--target {}", self.called()),
        }
    }

    /// Returns what orch.toml says of it.
    pub(super) fn settings(&self) -> Option<&settings::Target> {
        match self {
            Self::Rehearsal => None,
            Self::Context { settings, .. } => settings.as_deref(),
        }
    }

    /// Connects.
    pub(super) async fn connect(&self, session: &Session, phase: &Phase) -> Result<Cluster> {
        match self {
            Self::Rehearsal => {
                let script = script(&phase.settings)?;
                let rehearsal = Rehearsal::new(script);
                Ok(Cluster::over(rehearsal.client(), REHEARSAL).await?)
            }
            Self::Context {
                context,
                kubeconfig: Some(path),
                ..
            } => {
                let home = session.environment.variables.get("HOME");
                reach(session, context, &[kubeconfig_at(path, home)]).await
            }
            Self::Context {
                context,
                kubeconfig: None,
                ..
            } => reach(session, context, &session.environment.kubeconfig).await,
        }
    }

    /// Returns whether `ServiceMonitor`s can be applied there.
    pub(super) async fn service_monitors(&self, cluster: &Cluster) -> Result<bool> {
        Ok(cluster
            .has("monitoring.coreos.com/v1", "ServiceMonitor")
            .await?)
    }

    /// Refuses failures that a rehearsal is to show and that nothing in the plan can have.
    ///
    /// # Errors
    /// Names what has pods in the plan.
    pub(super) fn refuse_idle_failures(&self, phase: &Phase, plan: &Plan) -> Result<()> {
        if *self != Self::Rehearsal {
            return Ok(());
        }
        let failures = script(&phase.settings)?.failures;
        let idle = |selector: &&Selector| {
            !plan
                .objects()
                .any(|object| selector.fits(&object.kind, &object.name))
        };
        let mut selectors = failures.iter().map(|failure| &failure.selector);
        let Some(selector) = selectors.find(idle) else {
            return Ok(());
        };
        let place = phase.settings_path.as_deref().unwrap_or("the settings");
        let with_pods: BTreeSet<String> = plan
            .objects()
            .filter(|object| Selector::has_pods(&object.kind))
            .map(Object::label)
            .collect();
        let with_pods: Vec<String> = with_pods.into_iter().collect();
        let help = match with_pods.as_slice() {
            [] => "nothing of this phase has pods".to_owned(),
            known => format!("what has pods in this phase: {}", known.join(", ")),
        };
        Err(Stop::input(format!(
            "`{selector}` of [[rehearse.failures]] in {place} is nothing that this phase applies"
        ))
        .help(help))
    }

    /// Refuses a bare context that turns out to lead to a protected target.
    ///
    /// # Errors
    /// Where the cluster is one that such a target ran on, in the same namespace.
    pub(super) fn refuse_back_door(
        &self,
        info: &ClusterInfo,
        namespace: &str,
        (settings, state): (&Settings, &State),
    ) -> Result<()> {
        if self.settings().is_some() || *self == Self::Rehearsal {
            return Ok(());
        }
        for target in settings.targets.iter().filter(|target| target.protected) {
            let known = state.target(&recorded_as(target, settings, state));
            let header = known.and_then(|known| known.header.as_ref());
            if header.is_some_and(|it| it.cluster == info.uid && it.namespace == namespace) {
                return Err(Stop::target(format!(
                    "the context `{}` leads to the cluster of `{}`, which is protected",
                    info.target, target.name
                ))
                .help(format!("name the target itself: --target {}", target.name)));
            }
        }
        Ok(())
    }
}

/// Returns the names of orch.toml's targets.
pub(super) fn names(settings: &Settings) -> Vec<&str> {
    let targets = settings.targets.iter();
    targets.map(|target| target.name.as_str()).collect()
}

/// Returns the name that the journal has a target under: its own, or its context's where it was
/// run on before it had a name.
pub(super) fn recorded_as(target: &settings::Target, settings: &Settings, state: &State) -> String {
    let context = &target.context;
    let before = state
        .target(context)
        .and_then(|known| known.header.as_ref());
    let Some(header) = before
        .filter(|_| state.target(&target.name).is_none() && settings.target(context).is_none())
    else {
        return target.name.clone();
    };
    let fits = |other: &&settings::Target| {
        let there = other.namespace.as_ref();
        other.context == *context && there.is_none_or(|there| *there == header.namespace)
    };
    let fitting: Vec<&settings::Target> = settings.targets.iter().filter(fits).collect();
    match fitting.as_slice() {
        [one] if one.name == target.name => context.clone(),
        _ => target.name.clone(),
    }
}

/// Returns what people call a target that the journal has under that name.
pub(super) fn called<'a>(name: &'a str, settings: &'a Settings, state: &State) -> &'a str {
    settings
        .targets
        .iter()
        .find(|target| recorded_as(target, settings, state) == name)
        .map_or(name, |target| &target.name)
}

/// Returns a path of orch.toml: relative to the workspace, or to the home behind `~/`.
fn kubeconfig_at(path: &Path, home: Option<&String>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(below), Some(home)) => Path::new(home).join(below),
        _ => path.to_owned(),
    }
}

/// Connects to a context.
async fn reach(session: &Session, name: &str, kubeconfig: &[PathBuf]) -> Result<Cluster> {
    let sources = Sources {
        variables: session.environment.variables.clone(),
        ..Sources::new(kubeconfig)
    };
    Cluster::connect_from(name, &sources).await.map_err(|error| {
        let hint = error.hint().map(str::to_owned);
        let stop = Stop::from(error);
        let stop = match hint {
            Some(hint) => stop.help(hint),
            None => stop,
        };
        stop.help(format!(
            "that is the context `{name}`; without a cluster, `orch phase N rehearse` runs in memory"
        ))
    })
}

/// Returns what the rehearsal is to show, as settings ask for it: it has the kinds that the chosen
/// way in is written with.
fn script(phase: &PhaseSettings) -> Result<Script> {
    let settings = &phase.rehearse;
    let ingress = &phase.ingress;
    let other = ingress
        .controller
        .is_some_and(|it| it != Controller::Traefik);
    let mut script = Script {
        service_monitors: settings.service_monitors,
        gateway_api: ingress.api == EdgeApi::Gateway,
        traefik: ingress.api == EdgeApi::Ingress && !other,
        ..Script::default()
    };
    for failure in &settings.failures {
        let mut value = json!({ "selector": failure.selector, "outcome": failure.outcome,
            "message": failure.message });
        if let Some(after) = &failure.after {
            value["after"] = json!(after);
        }
        let failure = serde_json::from_value(value).map_err(|error| {
            Stop::input(format!(
                "the rehearsed failure of `{}`: {error}",
                failure.selector
            ))
        })?;
        script.failures.push(failure);
    }
    Ok(script)
}

/// Returns the values that secrets may take: the environment's, under those of an ignored env
/// file.
pub(super) fn secret_values(
    session: &Session,
    loaded: &Loaded,
    repo: &crate::git::Repo,
    env_file: Option<&str>,
) -> Result<BTreeMap<String, String>> {
    let mut values = session.environment.variables.clone();
    let path = env_file.unwrap_or(".env");
    match loaded.workspace.read(path)? {
        Some(_) if !repo.is_ignored(path)? => Err(Stop::input(format!(
            "`{path}` holds secrets and git doesn't ignore it"
        ))
        .help(format!("add `{path}` to .gitignore"))),
        Some(text) => {
            values.extend(crate::facts::dotenv::values(path, &text.into()));
            Ok(values)
        }
        None if env_file.is_some() => {
            Err(Stop::input(format!("the env file `{path}` is not there")))
        }
        None => Ok(values),
    }
}

/// Adds the values of secrets that are files: those that Compose names, where nothing else gives
/// them, and those that are mounted with secrets in them, once all of these have values.
pub(super) fn add_secret_files(
    secrets: &[SecretSpec],
    loaded: &Loaded,
    repo: &crate::git::Repo,
    values: &mut BTreeMap<String, String>,
) -> Result<()> {
    for entry in secrets.iter().flat_map(|secret| &secret.entries) {
        let given = values
            .get(&entry.key)
            .is_some_and(|value| !value.is_empty());
        let Some(path) = entry.file.as_deref().filter(|_| !given) else {
            continue;
        };
        match loaded.workspace.read(path)? {
            Some(_) if !repo.is_ignored(path)? => {
                return Err(Stop::input(format!(
                    "`{path}` holds the secret `{}` and git doesn't ignore it",
                    entry.key
                ))
                .help(format!(
                    "add `{path}` to .gitignore, or give the value in the environment: {}=…",
                    entry.key
                )));
            }
            Some(text) => drop(values.insert(entry.key.clone(), text)),
            None => {}
        }
    }
    for entry in secrets.iter().flat_map(|secret| &secret.entries) {
        let Some(file) = &entry.text else { continue };
        let filled = crate::facts::reference::filled(&file.text, values);
        values.extend(filled.map(|text| (entry.key.clone(), text)));
    }
    Ok(())
}

/// Returns the runtime that everything asynchronous runs on.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?)
}

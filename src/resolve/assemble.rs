//! Puts the application together: who is in it, with which variables, mounts and probes.

use std::collections::{BTreeSet, HashMap};

use crate::checklist::Checklist;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::{Facts, Origin, Tree};
use crate::settings::Extras;

use super::application::{
    Application, ConfigMapSpec, FileOrigin, FileSpec, Monitors, Role, SecretSpec, Workload,
};
use super::ingress::IngressSpec;
use super::model::Note;
use super::roster::{self, Roster};
use super::rules::Read;
use super::slug::slug;
use super::target::FileKind;
use super::{
    Context, budget, confidential, environment, images, ingress, monitoring, mounts, outside,
    overlays, steady, storage, subjects, waits, workload,
};
use crate::vocabulary::Word;

/// The namespace where nothing that names it can be written as Kubernetes takes it.
const NAMELESS: &str = "rollout";

/// The application with what layout and readings need to know of its making.
pub(super) struct Assembled<'f> {
    pub(super) application: Application,
    pub(super) roster: Roster<'f>,
    /// Maps that belong to one workload: the workload, then the map.
    pub(super) owners: Vec<(String, String)>,
    pub(super) init_scripts: Vec<String>,
    /// What the way in was read from, beside the checklist.
    pub(super) routed: Vec<String>,
    /// What is to be noted of Prometheus.
    pub(super) watched: Vec<String>,
    /// Mounts that are left out because an image holds what they do: the workload, then the words.
    pub(super) left_out: Vec<(String, String)>,
    /// The Secrets and `ConfigMap`s that the services need which no task writes.
    pub(super) needed: Option<(Vec<SecretSpec>, Vec<ConfigMapSpec>)>,
    pub(super) unassigned: Vec<(String, String, Origin)>,
    pub(super) warnings: Vec<Diagnostic>,
}

/// Returns the application that checklist and facts describe.
pub(super) fn assemble<'f>(
    reads: &[Read<'_>],
    checklist: &Checklist,
    facts: &'f Facts,
    tree: &Tree,
    context: &Context<'_>,
) -> Result<Assembled<'f>, Diagnostics> {
    let mut named = subjects::collect(reads);
    let problems = subjects::assign(&mut named, facts.project.as_ref(), context.phase, checklist);
    if !problems.is_empty() {
        return Err(Diagnostics(problems));
    }
    // A checklist that writes no workloads doesn't promise the application.
    let (promises, mut warnings) = (!named.is_empty(), Vec::new());
    let mut roster = roster::build(named, facts, tree, checklist, &mut warnings);
    overlays::prevail(&mut roster.members, (checklist, tree), context.phase);
    let namespace = namespace(reads, facts, context, &mut warnings);
    let name = application_name(facts, &namespace);
    let around = Around {
        app: &name,
        namespace: &namespace,
        facts,
        checklist,
        context,
    };
    let needed = (!promises).then(|| around.needed(&roster, tree));
    let unassigned = leave_out(&mut roster, promises, context);
    let variables = variables(&roster, checklist, facts, context);
    let own = roster.own_names();
    let sources = workload::Sources {
        roster: &roster,
        facts,
        phase: context.phase,
        name: &name,
        own: &own,
    };
    let mut built = build_all(tree, &variables, &sources);
    let mut secrets = variables.secrets;
    warnings.extend(steadied(&mut built, &roster, reads));
    let watched = around.watch(&roster, &mut built, &mut secrets);
    warnings.append(&mut built.warnings);
    let (ingress, routed) = around.way_in(reads, &mut built.workloads, &mut warnings);
    let (owners, config_maps, told) = maps(variables.config, &mut built, &mut secrets);
    warnings.extend(told);
    warnings.extend(budget::mend(&mut built.workloads));
    let application = Application {
        builds: images::builds(&roster, &built.workloads, context.phase),
        name,
        namespace,
        workloads: in_order(built.workloads),
        secrets,
        config_maps,
        ingress,
        ..as_set(checklist, context)
    };
    Ok(Assembled {
        application,
        roster,
        owners,
        init_scripts: built.init_scripts,
        routed,
        watched,
        left_out: built.left_out,
        needed,
        unassigned,
        warnings,
    })
}

/// Returns what the checklist's place and the settings say of an application.
fn as_set(checklist: &Checklist, context: &Context<'_>) -> Application {
    Application {
        set: context.set.clone(),
        phase: checklist.number,
        monitors: monitors(context),
        storage_class: context.phase.storage_class.clone(),
        service_monitors: context.service_monitors,
        priority_class: context.phase.priority_class.clone(),
        ..Application::default()
    }
}

/// Returns whose the maps are that workloads mount, and all maps, with what is to be said of them:
/// what has a secret in it goes to the Secrets.
fn maps(
    shared: Option<ConfigMapSpec>,
    built: &mut Built,
    secrets: &mut Vec<SecretSpec>,
) -> (Vec<(String, String)>, Vec<ConfigMapSpec>, Vec<Diagnostic>) {
    let mut owners = owners(&built.maps);
    let mut maps = config_maps(shared, std::mem::take(&mut built.maps));
    outside::reach(&mut built.workloads, &maps);
    let told = confidential::move_out(&mut built.workloads, &mut maps, &mut owners, secrets);
    (owners, maps, told)
}

fn config_maps(
    shared: Option<ConfigMapSpec>,
    owned: Vec<(String, ConfigMapSpec)>,
) -> Vec<ConfigMapSpec> {
    let owned = owned.into_iter().map(|(_, map)| map);
    shared.into_iter().chain(owned).collect()
}

fn variables(
    roster: &Roster<'_>,
    checklist: &Checklist,
    facts: &Facts,
    context: &Context<'_>,
) -> environment::Variables {
    let naming = environment::Naming {
        secrets: roster::hinted_names(checklist, Word::Secrets),
        config: config_name(checklist),
        told: &context.phase.secrets,
    };
    environment::build(roster, facts, &naming)
}

fn monitors(context: &Context<'_>) -> Monitors {
    let settings = &context.phase.monitoring;
    Monitors {
        namespace: settings.namespace.clone(),
        labels: settings.labels.clone(),
    }
}

/// What the application has around it, monitoring and the way in, is made from these.
struct Around<'a, 'c> {
    app: &'a str,
    namespace: &'a str,
    facts: &'a Facts,
    checklist: &'a Checklist,
    context: &'a Context<'c>,
}

impl Around<'_, '_> {
    /// Returns the Secrets and maps that the services of a checklist need which writes none: what
    /// it asks about is there all the same.
    fn needed(&self, roster: &Roster<'_>, tree: &Tree) -> (Vec<SecretSpec>, Vec<ConfigMapSpec>) {
        let variables = variables(roster, self.checklist, self.facts, self.context);
        let own = roster.own_names();
        let mut built = build_all(
            tree,
            &variables,
            &workload::Sources {
                roster,
                facts: self.facts,
                phase: self.context.phase,
                name: self.app,
                own: &own,
            },
        );
        let mut secrets = variables.secrets;
        let (_, maps, _) = maps(variables.config, &mut built, &mut secrets);
        (secrets, maps)
    }

    /// Completes Prometheus and Grafana; returns what is to be noted of Prometheus.
    fn watch(
        &self,
        roster: &Roster<'_>,
        built: &mut Built,
        secrets: &mut Vec<SecretSpec>,
    ) -> Vec<String> {
        let mut parts = monitoring::Parts {
            workloads: &mut built.workloads,
            maps: &mut built.maps,
            secrets,
        };
        let sources = monitoring::Sources {
            app: self.app,
            facts: self.facts,
            roster,
            settings: &self.context.phase.monitoring,
        };
        let (warnings, notes) = monitoring::complete(&mut parts, &sources);
        built.warnings.extend(warnings);
        notes
    }

    /// Returns the way in that a task asks for, with what it was read from, and marks what is
    /// routed to.
    fn way_in(
        &self,
        reads: &[Read<'_>],
        workloads: &mut [Workload],
        warnings: &mut Vec<Diagnostic>,
    ) -> (Option<IngressSpec>, Vec<String>) {
        // Several files may ask for parts of it: it is one.
        let mut asked = reads.iter().filter(|read| {
            let target = read.target();
            target.is_some_and(|target| target.kind == FileKind::Ingress)
        });
        let mut spec = asked.next().map(Read::spec);
        for more in asked {
            if let Some(spec) = &mut spec {
                spec.merge(more.spec());
            }
        }
        warnings.extend(ingress::lost(&self.facts.routes, spec.as_ref(), workloads));
        let Some(spec) = spec else {
            return (None, Vec::new());
        };
        let built = ingress::build(&ingress::Sources {
            app: self.app,
            namespace: self.namespace,
            spec: &spec,
            settings: &self.context.phase.ingress,
            hints: &self.facts.routes,
            workloads,
            checklist: self.checklist,
        });
        let Some(built) = built else {
            return (None, Vec::new());
        };
        warnings.extend(built.warnings);
        for workload in workloads {
            let mut paths = built.spec.paths();
            workload.behind_ingress = paths.any(|it| it.workload == workload.name);
            workload::drain_longer(workload);
        }
        (Some(built.spec), built.notes)
    }
}

/// The workloads, with what their making brought along.
#[derive(Default)]
struct Built {
    workloads: Vec<Workload>,
    maps: Vec<(String, ConfigMapSpec)>,
    init_scripts: Vec<String>,
    left_out: Vec<(String, String)>,
    carried: Vec<mounts::Carried>,
    warnings: Vec<Diagnostic>,
}

impl Built {
    /// Fills in what depends on all workloads.
    fn connect(&mut self, sources: &workload::Sources<'_, '_>) {
        let roster = sources.roster;
        storage::complete(
            &mut self.workloads,
            roster,
            sources.phase,
            &mut self.warnings,
        );
        waits::complete(
            &mut self.workloads,
            roster,
            sources.facts,
            &mut self.warnings,
        );
    }
}

fn build_all(
    tree: &Tree,
    variables: &environment::Variables,
    sources: &workload::Sources<'_, '_>,
) -> Built {
    let mut built = Built::default();
    let mount_sources = mounts::Sources {
        phase: sources.phase,
        facts: sources.facts,
        tree,
        names: &sources.roster.names,
        secrets: &variables.files,
    };
    for member in &sources.roster.members {
        let mounted = mounts::build(member, &mount_sources);
        built.warnings.extend(mounted.warnings);
        built.carried.extend(mounted.carried);
        built.maps.extend(
            mounted
                .maps
                .into_iter()
                .map(|map| (member.name.clone(), map)),
        );
        let left_out = mounted.left_out.into_iter();
        built
            .left_out
            .extend(left_out.map(|text| (member.name.clone(), text)));
        if mounted.init_scripts {
            built.init_scripts.push(member.name.clone());
        }
        let environment = variables.of.get(&member.name).cloned().unwrap_or_default();
        let (made, remarks) = workload::build(member, environment, mounted.volumes, sources);
        built.workloads.push(made);
        built.warnings.extend(remarks);
    }
    let carried = std::mem::take(&mut built.carried);
    built.warnings.extend(mounts::told(carried));
    built.connect(sources);
    built
}

/// Names the services that no task names, and drops them where they are only to be reported.
fn leave_out(
    roster: &mut Roster<'_>,
    promises: bool,
    context: &Context<'_>,
) -> Vec<(String, String, Origin)> {
    let members = roster.members.iter().filter(|member| member.unassigned);
    let unassigned = members
        .filter_map(|member| {
            let service = member.service?;
            Some((
                member.name.clone(),
                service.name.clone(),
                service.origin.clone(),
            ))
        })
        .collect();
    if context.extras() == Extras::Report || !promises {
        roster.members.retain(|member| !member.unassigned);
    }
    if promises { unassigned } else { Vec::new() }
}

/// Returns the notes on services that no task names.
pub(super) fn unassigned(found: &[(String, String, Origin)], files: &[FileSpec]) -> Vec<Note> {
    let note = |(workload, service, origin): &(String, String, Origin)| {
        let end = format!("/{workload}.yml");
        let file = files.iter().find(|file| {
            let extra = matches!(file.origin, FileOrigin::Unassigned { .. });
            extra && (file.path.ends_with(&end) || file.path == end.trim_start_matches('/'))
        });
        let text = match file {
            Some(file) => format!("service {service} → {}", file.path),
            None => format!("service {service} is in no file"),
        };
        Note {
            text,
            origin: Some(origin.clone()),
        }
    };
    found.iter().map(note).collect()
}

/// Settles how many of what serves run, and as what; what a task calls a Deployment is one.
fn steadied(built: &mut Built, roster: &Roster<'_>, reads: &[Read<'_>]) -> Vec<Diagnostic> {
    let targets = reads.iter().filter_map(Read::target);
    let asked = targets
        .filter(|target| target.kind == FileKind::Deployment)
        .filter_map(|target| target.name.as_deref())
        .collect();
    steady::settle(&mut built.workloads, &roster.members, &asked)
}

fn namespace(
    reads: &[Read<'_>],
    facts: &Facts,
    context: &Context<'_>,
    warnings: &mut Vec<Diagnostic>,
) -> String {
    let required = reads
        .iter()
        .find_map(|read| read.namespace().map(str::to_owned));
    let written = reads.iter().find_map(|read| {
        let target = read
            .target()
            .filter(|target| target.kind == FileKind::Namespace)?;
        let mut codes = read.task.text.codes().map(|(code, _)| code);
        let before = codes.next().filter(|code| *code != target.path);
        read.named.clone().or_else(|| before.map(str::to_owned))
    });
    if let (Some(required), Some(written)) = (&required, &written)
        && required != written
    {
        warnings.push(Diagnostic::warning(format!(
            "two namespaces are named, `{required}` and `{written}`: `{required}` is used"
        )));
    }
    let named = required.or(written);
    if let (Some(named), Some(set)) = (&named, &context.phase.namespace)
        && named != set
    {
        warnings.push(Diagnostic::warning(format!(
            "the checklist names the namespace `{named}`, the settings `{set}`: `{named}` is used"
        )));
    }
    let project = facts
        .project
        .as_ref()
        .and_then(|project| project.name.clone());
    let found = named
        .or_else(|| context.phase.namespace.clone())
        .or(project);
    let candidates = [found, Some(context.set.clone())];
    let mut written = candidates.iter().flatten().map(|name| slug(name));
    written
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| NAMELESS.to_owned())
}

fn owners(maps: &[(String, ConfigMapSpec)]) -> Vec<(String, String)> {
    let pair = |(owner, map): &(String, ConfigMapSpec)| (owner.clone(), map.name.clone());
    maps.iter().map(pair).collect()
}

fn application_name(facts: &Facts, namespace: &str) -> String {
    let project = facts
        .project
        .as_ref()
        .and_then(|project| project.name.as_deref());
    let own = project.map(slug).filter(|name| !name.is_empty());
    own.unwrap_or_else(|| namespace.to_owned())
}

/// Returns the name of the map with the application's own settings.
fn config_name(checklist: &Checklist) -> String {
    let hinted = roster::hinted_names(checklist, Word::ConfigMaps);
    let others = ["prometheus", "grafana", "nginx", "redis", "postgres"];
    let mut own = hinted
        .into_iter()
        .filter(|name| others.iter().all(|other| !name.contains(other)));
    own.next().unwrap_or_else(|| "app-config".to_owned())
}

/// Returns the workloads in the order in which they are to come up: what others wait for first,
/// data stores before all, else as they were.
fn in_order(workloads: Vec<Workload>) -> Vec<Workload> {
    let (stores, others): (Vec<Workload>, Vec<Workload>) = workloads
        .into_iter()
        .partition(|it| matches!(it.role, Role::Postgres | Role::Redis | Role::Store));
    let all: Vec<Workload> = stores.into_iter().chain(others).collect();
    let places: HashMap<&str, usize> = all
        .iter()
        .enumerate()
        .map(|(at, it)| (it.name.as_str(), at))
        .collect();
    let mut needs: Vec<BTreeSet<usize>> = Vec::with_capacity(all.len());
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    for (at, workload) in all.iter().enumerate() {
        let after = workload.after.iter();
        let mut found: BTreeSet<usize> = after
            .filter_map(|name| places.get(name.as_str()).copied())
            .collect();
        found.remove(&at);
        for need in &found {
            if let Some(users) = users.get_mut(*need) {
                users.push(at);
            }
        }
        needs.push(found);
    }
    let mut waiting: BTreeSet<usize> = (0..all.len()).collect();
    let mut free: BTreeSet<usize> = waiting.clone();
    free.retain(|at| needs.get(*at).is_some_and(BTreeSet::is_empty));
    let mut all: Vec<Option<Workload>> = all.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(all.len());
    // In a circle, none is free: the first goes first.
    while let Some(next) = free.pop_first().or_else(|| waiting.first().copied()) {
        waiting.remove(&next);
        ordered.extend(all.get_mut(next).and_then(Option::take));
        for user in users.get(next).into_iter().flatten() {
            let Some(needs) = needs.get_mut(*user) else {
                continue;
            };
            needs.remove(&next);
            if needs.is_empty() && waiting.contains(user) {
                free.insert(*user);
            }
        }
    }
    ordered
}

//! Puts the application together: who is in it, with which variables, mounts and probes.

mod built;
mod left_out;
mod names;
mod order;

use crate::checklist::Checklist;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::{Facts, Tree};

use super::application::{
    Application, ConfigMapSpec, FileSpec, ManifestItem, Monitors, SecretSpec, Workload,
};
use super::earlier::Past;
use super::generated::{self, Base};
use super::ingress::IngressSpec;
use super::roster::{self, Roster};
use super::rules::Read;
use super::spec::Spec;
use super::target::{FileKind, Target};
use super::{
    Context, budget, environment, images, ingress, layout, monitoring, narrowed, overlays, steady,
    subjects, workload,
};
use crate::vocabulary::Word;
use built::{Built, build_all, maps};
use left_out::{Unassigned, leave_out};
pub(super) use left_out::{reason, theirs, unassigned};
pub(super) use names::named;
use names::{application_name, config_name, namespace};
use order::in_order;

/// The application with what layout and readings need to know of its making.
pub(super) struct Assembled<'f> {
    pub(super) application: Application,
    pub(super) roster: Roster<'f>,
    /// Maps that belong to one workload: the workload, then the map.
    pub(super) owners: Vec<(String, String)>,
    pub(super) init_scripts: Vec<String>,
    /// What the way in was read from, beside the checklist.
    pub(super) routed: Vec<String>,
    /// Why a way in that is asked for leads nowhere.
    pub(super) astray: Vec<Diagnostic>,
    /// What is to be noted of Prometheus.
    pub(super) watched: Vec<String>,
    /// Mounts that are left out because an image holds what they do: the workload, then the words.
    pub(super) left_out: Vec<(String, String)>,
    /// The Secrets and `ConfigMap`s that the services need which no task writes.
    pub(super) needed: Option<(Vec<SecretSpec>, Vec<ConfigMapSpec>)>,
    pub(super) unassigned: Vec<Unassigned>,
    /// What other phases hold.
    others: layout::Others,
    pub(super) warnings: Vec<Diagnostic>,
}

impl Assembled<'_> {
    /// Returns every file that is to be written.
    pub(super) fn files(&self, reads: &[Read<'_>]) -> Vec<FileSpec> {
        let of = (&self.owners[..], &self.others);
        layout::build(reads, &self.roster, &self.application, of)
    }

    /// Takes the maps out of files that kustomize generates, by this phase's `kustomization.yml` or
    /// by that of an earlier one.
    pub(super) fn generate(
        &mut self,
        files: &mut Vec<FileSpec>,
        reads: &[Read<'_>],
        earlier: Option<&Base>,
    ) {
        let maps = &mut self.application.config_maps;
        let of = (&self.owners[..], earlier);
        self.application.generating = generated::divide(maps, files, reads, of);
    }
}

/// Returns the application that checklist and facts describe.
pub(super) fn assemble<'f>(
    reads: &[Read<'_>],
    checklist: &Checklist,
    facts: &'f Facts,
    tree: &Tree,
    (context, past): (&Context<'_>, &Past<'f>),
) -> Result<Assembled<'f>, Diagnostics> {
    let (mut warnings, of) = (Vec::new(), (facts, tree, checklist));
    let (mut roster, promises) = enrol(reads, of, (context, past), &mut warnings)?;
    overlays::prevail(&mut roster.members, (checklist, tree), context);
    let namespace = namespace(reads, facts, (context, past), &mut warnings);
    let name = application_name(facts, &namespace);
    let around = Around {
        app: &name,
        namespace: &namespace,
        facts,
        checklist,
        tree,
        context,
        past: past.edge(),
    };
    let needed = (!promises).then(|| around.needed(&roster));
    let of = (checklist, tree, context, past);
    let unassigned = leave_out(&mut roster, reads, promises, of);
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
    warnings.extend(steadied(&mut built, &roster, reads, (past, tree)));
    let watched = around.watch(&roster, &mut built, &mut secrets);
    warnings.append(&mut built.warnings);
    let way_in = around.way_in(reads, &roster, &mut built.workloads, &mut warnings);
    narrowed::settle(&mut built.workloads, reads, (&roster, way_in.spec.as_ref()));
    let (owners, config_maps, told) = maps(variables.config, &mut built, &mut secrets);
    warnings.extend(told.into_iter().chain(budget::mend(&mut built.workloads)));
    let application = Application {
        builds: images::builds(&roster, &built.workloads, context.phase),
        name,
        namespace,
        workloads: in_order(built.workloads),
        secrets,
        config_maps,
        ingress: way_in.spec,
        beside: past.beside(reads),
        ..as_set(checklist, context, &unassigned)
    };
    Ok(Assembled {
        application,
        roster,
        owners,
        init_scripts: built.init_scripts,
        routed: way_in.notes,
        astray: way_in.astray,
        watched,
        left_out: built.left_out,
        needed,
        unassigned: if promises { unassigned } else { Vec::new() },
        others: past.others_hold(reads),
        warnings,
    })
}

/// Returns the roster of what tasks name, here and in earlier phases, and of the other services; and
/// whether the checklist promises the application: one that writes no workloads doesn't.
fn enrol<'f>(
    reads: &[Read<'_>],
    (facts, tree, checklist): (&'f Facts, &Tree, &Checklist),
    (context, past): (&Context<'_>, &Past<'f>),
    warnings: &mut Vec<Diagnostic>,
) -> Result<(Roster<'f>, bool), Diagnostics> {
    let mut named = subjects::collect(reads);
    let problems = subjects::assign(&mut named, facts.project.as_ref(), context.phase, checklist);
    if !problems.is_empty() {
        return Err(Diagnostics(problems));
    }
    let mut targets = reads.iter().filter_map(Read::target);
    // What scales or guards a workload says nothing of the others.
    let beside = |it: &Target| matches!(it.kind, FileKind::Hpa | FileKind::Pdb);
    let promises = targets.any(|it| it.name.is_some() && !beside(it));
    past.complete(&mut named);
    let named = (past.others(&named), named);
    let mut roster = roster::build(named, facts, tree, checklist, warnings);
    past.settle(&mut roster.members, reads);
    Ok((roster, promises))
}

/// Returns what the checklist's place, the settings and persons' tasks say of an application.
fn as_set(checklist: &Checklist, context: &Context<'_>, unassigned: &[Unassigned]) -> Application {
    let applied = context.before.map(|before| before.applied.clone());
    Application {
        applied: applied.unwrap_or_default(),
        persons: left_out::persons(unassigned),
        set: context.set.clone(),
        phase: checklist.number,
        monitors: monitors(context),
        storage_class: context.phase.storage_class.clone(),
        service_monitors: context.service_monitors,
        priority_class: context.phase.priority_class.clone(),
        ..Application::default()
    }
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
    tree: &'a Tree,
    context: &'a Context<'c>,
    /// What earlier phases asked of the way in.
    past: Option<Spec>,
}

impl Around<'_, '_> {
    /// Returns the Secrets and maps that the services of a checklist need which writes none: what
    /// it asks about is there all the same.
    fn needed(&self, roster: &Roster<'_>) -> (Vec<SecretSpec>, Vec<ConfigMapSpec>) {
        let variables = variables(roster, self.checklist, self.facts, self.context);
        let own = roster.own_names();
        let mut built = build_all(
            self.tree,
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
    /// routed to. What an earlier phase led in stays so where no task of this one asks for a way in.
    fn way_in(
        &self,
        reads: &[Read<'_>],
        roster: &Roster<'_>,
        workloads: &mut [Workload],
        warnings: &mut Vec<Diagnostic>,
    ) -> WayIn {
        let asked = self.asked_in(reads);
        warnings.extend(ingress::lost(&self.facts.routes, asked.as_ref(), workloads));
        let kept = self.kept_in(reads);
        let Some(spec) = asked.as_ref().or(kept.as_ref()) else {
            return WayIn::default();
        };
        let built = ingress::build(&ingress::Sources {
            app: self.app,
            namespace: self.namespace,
            spec,
            settings: &self.context.phase.ingress,
            hints: &self.facts.routes,
            workloads,
            facts: self.facts,
            checklist: self.checklist,
        });
        // What is to be said of an earlier phase's was said there; a person's is their business.
        let (said, notes) = if asked.is_some() {
            (built.warnings, built.notes)
        } else {
            (Vec::new(), Vec::new())
        };
        let Some(spec) = built.spec else {
            return WayIn {
                astray: said,
                ..WayIn::default()
            };
        };
        warnings.extend(said);
        for workload in workloads {
            let mut paths = spec.paths();
            workload.behind_ingress = paths.any(|it| it.workload == workload.name);
            let mut members = roster.members.iter();
            if let Some(member) = members.find(|it| it.name == workload.name) {
                workload::drain_longer(workload, member);
            }
        }
        WayIn {
            spec: Some(spec),
            notes,
            astray: Vec::new(),
        }
    }

    /// Returns what leads in although no task of this phase writes it: what a person's file does that
    /// is there, and what earlier phases asked for.
    fn kept_in(&self, reads: &[Read<'_>]) -> Option<Spec> {
        let persons = reads.iter().filter(|read| {
            let there = |it: &Target| self.tree.get(&it.path).is_some();
            read.persons.as_ref().is_some_and(there)
        });
        let mut kept: Option<Spec> = None;
        let persons = persons.filter_map(|read| read.led_in.as_deref());
        for spec in persons.chain(self.past.as_ref()) {
            match &mut kept {
                None => kept = Some(spec.clone()),
                Some(kept) => kept.lead_in(spec),
            }
        }
        kept
    }

    /// Returns what tasks of this phase ask of the way in, with what earlier ones did beside.
    fn asked_in(&self, reads: &[Read<'_>]) -> Option<Spec> {
        let mut asked = reads.iter().filter(|read| {
            let target = read.target();
            target.is_some_and(|target| target.kind == FileKind::Ingress)
        });
        // Several lines may each have a host led in.
        let mut spec = asked.next().map(Read::spec)?;
        for more in asked {
            spec.merge(more.spec());
        }
        if let Some(past) = &self.past {
            spec.lead_in(past);
        }
        Some(spec)
    }
}

/// The way in that a task asks for.
#[derive(Default)]
struct WayIn {
    spec: Option<IngressSpec>,
    /// What it was read from.
    notes: Vec<String>,
    /// Why there is none although it is asked for.
    astray: Vec<Diagnostic>,
}

/// Settles how many of what serves run, and as what; what a task calls a Deployment is one.
fn steadied(
    built: &mut Built,
    roster: &Roster<'_>,
    reads: &[Read<'_>],
    (past, tree): (&Past<'_>, &Tree),
) -> Vec<Diagnostic> {
    let targets = reads.iter().filter_map(Read::target);
    let asked = targets
        .filter(|target| target.kind == FileKind::Deployment)
        .filter_map(|target| target.name.as_deref())
        .collect();
    let told = steady::settle(&mut built.workloads, &roster.members, &asked);
    let targets = || reads.iter().filter_map(Read::target);
    let budget = |it: &&Target| it.kind == FileKind::Pdb;
    for theirs in reads.iter().filter_map(|read| read.persons.as_ref()) {
        let own = || targets().any(|it| budget(&it) && it.name == theirs.name);
        let mut all = built.workloads.iter_mut();
        let workload = all.find(|it| theirs.name.as_ref() == Some(&it.name));
        // What guards them already goes once the person's file is there.
        let guarded = |it: &Workload| {
            tree.get(&theirs.path).is_none() && past.holds(&ManifestItem::Pdb(it.name.clone()))
        };
        let workload = workload.filter(|it| budget(&theirs) && !own() && !guarded(it));
        if let Some(workload) = workload {
            // Pods that two budgets count can't be moved at all.
            workload.pdb = None;
        }
    }
    told
}

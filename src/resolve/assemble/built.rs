//! The workloads of a roster, with the maps, Secrets and remarks that their making brings along.

use crate::diagnostic::Diagnostic;
use crate::facts::Tree;

use super::super::application::{ConfigMapSpec, SecretSpec, Workload};
use super::super::{confidential, environment, mounts, outside, ports, storage, waits, workload};

/// The workloads, with what their making brought along.
#[derive(Default)]
pub(super) struct Built {
    pub(super) workloads: Vec<Workload>,
    pub(super) maps: Vec<(String, ConfigMapSpec)>,
    pub(super) init_scripts: Vec<String>,
    pub(super) left_out: Vec<(String, String)>,
    carried: Vec<mounts::Carried>,
    pub(super) warnings: Vec<Diagnostic>,
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
        ports::keep_reached(&mut self.workloads, roster);
    }
}

/// Returns the workloads of a roster.
pub(super) fn build_all(
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
        config: variables.config.as_ref().map(|map| map.name.as_str()),
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

/// Returns whose the maps are that workloads mount, and all maps, with what is to be said of them:
/// what has a secret in it goes to the Secrets.
pub(super) fn maps(
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

fn owners(maps: &[(String, ConfigMapSpec)]) -> Vec<(String, String)> {
    let pair = |(owner, map): &(String, ConfigMapSpec)| (owner.clone(), map.name.clone());
    maps.iter().map(pair).collect()
}

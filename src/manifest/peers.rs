//! Workloads and `ConfigMap`s by their names, and who talks to whom: found once for all files.

use std::collections::{BTreeSet, HashMap};

use crate::resolve::{Application, ConfigMapSpec, Role, Workload};

/// An application's workloads, by what others know them by.
pub(super) struct Peers<'a> {
    /// The application.
    pub(super) application: &'a Application,
    places: HashMap<&'a str, usize>,
    config_maps: HashMap<&'a str, &'a ConfigMapSpec>,
    callers: HashMap<&'a str, Vec<&'a str>>,
    /// Those whose metrics are scraped.
    measured: Vec<usize>,
}

impl<'a> Peers<'a> {
    /// Returns the workloads of an application.
    pub(super) fn of(application: &'a Application) -> Self {
        let mut peers = Self {
            application,
            places: HashMap::new(),
            config_maps: HashMap::new(),
            callers: HashMap::new(),
            measured: Vec::new(),
        };
        for map in &application.config_maps {
            peers.config_maps.entry(&map.name).or_insert(map);
        }
        for absent in &application.persons {
            for other in &absent.talks_to {
                peers.callers.entry(other).or_default().push(&absent.name);
            }
        }
        for (at, workload) in application.workloads.iter().enumerate() {
            peers.places.entry(&workload.name).or_insert(at);
            if workload.metrics.is_some() {
                peers.measured.push(at);
            }
            for other in workload.talks_to.iter().filter(|it| **it != workload.name) {
                let callers = peers.callers.entry(other).or_default();
                if callers.last() != Some(&workload.name.as_str()) {
                    callers.push(&workload.name);
                }
            }
        }
        peers
    }

    /// Returns the workload of that name.
    pub(super) fn workload(&self, name: &str) -> Option<&'a Workload> {
        self.application.workloads.get(*self.places.get(name)?)
    }

    /// Returns the `ConfigMap` of that name.
    pub(super) fn config_map(&self, name: &str) -> Option<&'a ConfigMapSpec> {
        self.config_maps.get(name).copied()
    }

    /// Returns who talks to a workload, in the application's order.
    pub(super) fn callers(&self, workload: &Workload) -> &[&'a str] {
        let callers = self.callers.get(workload.name.as_str());
        callers.map_or(&[], Vec::as_slice)
    }

    /// Returns whom a workload may reach, in the application's order: what it talks to, and what
    /// it scrapes.
    pub(super) fn reached_by(&self, workload: &Workload) -> Vec<&'a Workload> {
        let others = workload.talks_to.iter();
        let called = others.filter_map(|name| self.places.get(name.as_str()));
        let looks = workload.role == Role::Prometheus;
        let measured: &[usize] = if looks { &self.measured } else { &[] };
        let places: BTreeSet<usize> = called.chain(measured).copied().collect();
        let all = places.into_iter();
        all.filter_map(|at| self.application.workloads.get(at))
            .filter(|other| other.name != workload.name)
            .collect()
    }
}

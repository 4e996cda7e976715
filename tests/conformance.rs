//! What `orch` promises about a real cluster, one file for each part of it.

mod access;
mod adoption;
mod applications;
mod apply;
mod charts;
mod conflicts;
mod control_plane;
mod drift;
mod edge;
mod images;
mod immutable;
mod interrupted;
mod inventory;
mod kubeconfig;
mod kustomize;
mod lease;
mod monitoring;
mod nothing;
mod objects;
mod order;
mod outage;
mod phase;
mod preview;
mod prune;
mod ready;
mod rehearsal;
mod saved;
mod storm;
mod stuck;
mod target;
mod targets;
mod things;
mod undo;
mod verify;
mod watches;
mod written;

/// A test's name and what it does; it fails by panicking.
pub(crate) type Case = (&'static str, fn());

/// Returns every test that needs a real control plane.
pub(crate) fn all() -> Vec<Case> {
    [
        control_plane::CASES,
        apply::CASES,
        charts::CASES,
        conflicts::CASES,
        adoption::CASES,
        immutable::CASES,
        interrupted::CASES,
        ready::CASES,
        stuck::CASES,
        lease::CASES,
        order::CASES,
        rehearsal::CASES,
        rehearsal::READING,
        rehearsal::APPLYING,
        edge::CASES,
        phase::CASES,
        images::CASES,
        preview::CASES,
        saved::CASES,
        drift::CASES,
        storm::CASES,
        outage::CASES,
        kubeconfig::CASES,
        kustomize::CASES,
        access::CASES,
        targets::CASES,
        inventory::CASES,
        prune::CASES,
        undo::CASES,
        verify::CASES,
        watches::CASES,
        written::CASES,
        applications::CASES,
        monitoring::CASES,
        nothing::CASES,
    ]
    .concat()
}

//! `orch`: your rollout checklist, executable.
//!
//! The modules in reading order. The left half of the flow is pure: no clock, no disk, no
//! environment, no async. Effects live at the edge.
//!
//! ```text
//! checklist.md ─parse→ Checklist ─resolve→ Actions ─plan→ Plan ─execute→ Events ─→ journal ─→ projections
//! ```

// — pure core —
mod abreast;
pub mod check;
pub mod checklist;
pub mod diagnostic;
pub mod facts;
pub mod journal;
pub mod manifest;
pub mod merge;
pub mod plan;
pub mod progress;
pub mod resolve;
pub mod scaffold;
pub mod settings;
pub mod verify;
pub mod vocabulary;

// — driver —
pub mod execute;

// — edge —
pub mod cli;
pub mod cluster;
pub mod files;
pub mod git;
pub mod lsp;
pub mod rehearsal;
pub mod terminal;

#[cfg(test)]
mod page;

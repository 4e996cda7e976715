//! From nothing: what a repository says → the checklist of a phase, in a person's language.
//!
//! Pure, and the same bytes from the same facts. What the facts don't say is left to a person, with
//! the reason; nothing is made up. Every task is worded so that `resolve` reads it: the rules stay
//! there, the words stand in one table here. It writes no manifest, and no settings but hints for
//! them.

mod adopt;
mod analysis;
mod edge;
mod hints;
mod language;
mod manifests;
mod page;
mod phase;
mod projects;
mod rollout;
#[cfg(test)]
mod tests;
mod texts;
mod workload;

pub use adopt::{Adoption, adopt};
pub use hints::{Hints, project_name};
pub use language::{code, named, of_locale, of_text};
pub use manifests::{Found, Why, find};
pub use phase::{file_stem, phase};
pub use projects::projects;
pub use rollout::rollout;

use crate::checklist::{Language, Naming};

/// What a person asks of a phase that is written for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// The language.
    pub language: Language,
    /// The set's name.
    pub set: String,
    /// The set's folder.
    pub set_folder: String,
    /// The phase's number.
    pub number: u32,
    /// The phase's name in its file (`kubernetes`).
    pub name: String,
    /// Its title.
    pub title: String,
    /// How the set's checklists are named.
    pub naming: Naming,
    /// The Compose files that it is written from; empty: the default ones at the root.
    pub compose: Vec<String>,
    /// The folder of the manifests (`k8s`).
    pub folder: String,
    /// The path of the phase's settings.
    pub settings: String,
    /// Whether Prometheus and Grafana are wished for where the application has none.
    pub monitoring: bool,
    /// The hosts by which the application is to be reached.
    pub hosts: Vec<String>,
    /// The template of the commit's message, where the workspace has its own.
    pub commit: Option<String>,
}

impl Wishes {
    /// Returns the checklist's path.
    pub fn path(&self) -> String {
        let Self {
            number,
            name,
            set_folder,
            naming,
            ..
        } = self;
        let file = naming.file(*number, name);
        if set_folder.is_empty() {
            file
        } else {
            format!("{set_folder}/{file}")
        }
    }

    /// Returns the message of the commit at the phase's end.
    fn commit(&self) -> String {
        let Self {
            set, number, name, ..
        } = self;
        match &self.commit {
            Some(template) => template
                .replace("{set}", set)
                .replace("{phase}", &number.to_string())
                .replace("{name}", name)
                .replace(['"', '\\'], ""),
            None => format!("checklist({set}): phase-{number} {name} completed"),
        }
    }
}

/// A phase that rolls an application out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollout {
    /// The checklist.
    pub text: String,
    /// What its settings are told.
    pub hints: Hints,
}

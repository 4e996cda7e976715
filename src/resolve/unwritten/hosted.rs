//! What looks at the node that it runs on, and that only the checklist asks for.
//!
//! It needs the node's files, and some of it the node's network and processes, which Pod Security
//! refuses in the namespace that `orch` writes. Without them it would measure its own container.

use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::facts::image::Product;
use crate::settings::PhaseSettings;

use super::super::rules::Read;
use super::super::subjects;
use super::{path, warning};

/// Products that look at their node, with what they need of it.
const HOSTED: &[(&str, &str)] = &[
    (
        "node exporter",
        "`/proc`, `/sys`, `/`, its network and processes",
    ),
    ("Promtail", "`/var/log`"),
];

/// Leaves their files to a person; returns what is said of each.
pub(super) fn leave(
    reads: &mut [Read<'_>],
    facts: &Facts,
    phase: &PhaseSettings,
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let mut subjects = subjects::collect(reads);
    // What can't be assigned is told where the application is put together.
    subjects::assign(&mut subjects, facts.project.as_ref(), phase, checklist);
    let mut told = Vec::new();
    for subject in subjects.iter().filter(|it| it.service.is_none()) {
        let title = subject.product.map(Product::title);
        let Some((title, needs)) = HOSTED.iter().find(|(one, _)| Some(*one) == title) else {
            continue;
        };
        let own = |read: &&mut Read<'_>| {
            let target = read.target();
            target.is_some_and(|it| it.name.as_ref() == Some(&subject.name))
        };
        for read in reads.iter_mut().filter(own) {
            let path = path(read);
            let why = format!(
                "{title} looks at the node that it runs on ({needs}), which Pod Security refuses \
                 here: `{path}` is a person's to write"
            );
            let help = "run it in a namespace of its own that allows `privileged` pods, by its \
                        makers' manifests or chart";
            told.push(warning(read, &why, checklist).help(help));
            read.leave(why);
        }
    }
    told
}

//! Jobs of what runs on: a server that is to run by a schedule would never end, and do nothing that
//! was asked for.

use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Service, image};
use crate::settings::PhaseSettings;

use super::super::rules::Read;
use super::super::subjects::{self, Subject};
use super::super::target::FileKind;
use super::{path, warning};

/// Leaves the files of such Jobs to a person; returns what is said of each.
pub(super) fn leave(
    reads: &mut [Read<'_>],
    facts: &Facts,
    phase: &PhaseSettings,
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let job = |read: &Read<'_>| {
        let target = read.target();
        target.is_some_and(|it| matches!(it.kind, FileKind::Job | FileKind::CronJob))
    };
    if !reads.iter().any(job) {
        return Vec::new();
    }
    let mut subjects = subjects::collect(reads);
    // What can't be assigned is told where the application is put together.
    subjects::assign(&mut subjects, facts.project.as_ref(), phase, checklist);
    let mut told = Vec::new();
    for subject in subjects.iter().filter(|it| !it.timer) {
        let Some(service) = subject.service.filter(|it| runs_on(it, subject)) else {
            continue;
        };
        let own = |read: &&mut Read<'_>| {
            let target = read.target();
            job(read) && target.is_some_and(|it| it.name.as_ref() == Some(&subject.name))
        };
        for read in reads.iter_mut().filter(own) {
            let path = path(read);
            let why = format!(
                "nothing says what `{path}` is to run: `{}` runs on and never ends, so that it is a \
                 person's to write",
                service.name
            );
            let help = "give the job a service of its own in the Compose file, with its command, \
                        maybe under a profile";
            told.push(warning(read, &why, checklist).help(help));
            read.leave(why);
        }
    }
    told
}

/// Whether a service is a server, and isn't told to run anything else.
fn runs_on(service: &Service, subject: &Subject<'_>) -> bool {
    let image = service.image.as_ref();
    let server = image.is_some_and(|it| image::product(&it.value).is_some());
    let commanded = service.command.is_some() || service.entrypoint.is_some();
    server && !commanded && subject.name != service.name
}

//! Jobs of what runs on: a server that is to run by a schedule would never end, and do nothing that
//! was asked for.

use crate::facts::{Service, image};

use super::super::subjects::Subject;
use super::super::target::{FileKind, Target};

/// Returns why the file of such a Job is a person's, with the way out.
pub(super) fn doubt(subject: &Subject<'_>, target: &Target) -> Option<(String, &'static str)> {
    let job = matches!(target.kind, FileKind::Job | FileKind::CronJob);
    let service = subject.service.filter(|_| job && !subject.timer)?;
    runs_on(service, subject).then_some(())?;
    let why = format!(
        "nothing says what `{}` is to run: `{}` runs on and never ends, so that it is a person's to \
         write",
        target.path, service.name
    );
    let help = "give the job a service of its own in the Compose file, with its command, maybe under \
                a profile";
    Some((why, help))
}

/// Whether a service is a server, and isn't told to run anything else.
fn runs_on(service: &Service, subject: &Subject<'_>) -> bool {
    let image = service.image.as_ref();
    let server = image.is_some_and(|it| image::product(&it.value).is_some());
    let commanded = service.command.is_some() || service.entrypoint.is_some();
    server && !commanded && subject.name != service.name
}

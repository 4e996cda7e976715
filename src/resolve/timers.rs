//! Commands that labels run in a service by a schedule (`ofelia.job-exec.<name>.…`): each becomes
//! a `CronJob` of the service's own image.

use crate::diagnostic::Diagnostic;
use crate::facts::{Service, command_words};

use super::application::{Role, WorkloadKind};
use super::roster::Member;
use super::schedule;
use super::slug::slug;
use super::spec::{JobWish, Spec};
use super::subjects::Subject;

/// What labels of such schedulers begin with.
const PREFIXES: [&str; 2] = ["ofelia.job-exec.", "chadburn.job-exec."];

/// Returns whether a name is that of something that a service's labels run by a schedule.
pub(super) fn is_one(name: &str, service: &Service) -> bool {
    let mut jobs = service.labels.iter().filter_map(|(label, _)| job(label));
    jobs.any(|job| called(&service.name, job) == name)
}

/// Returns what stands between the prefix and `.schedule` of such a label.
fn job(label: &str) -> Option<&str> {
    let rest = PREFIXES
        .iter()
        .find_map(|prefix| label.strip_prefix(prefix))?;
    rest.strip_suffix(".schedule")
}

fn called(owner: &str, job: &str) -> String {
    slug(&format!("{owner}-{job}"))
}

/// Returns the members that a member's labels ask for; `named` are those that tasks name.
pub(super) fn of<'f>(
    member: &Member<'f>,
    named: &[Subject<'f>],
    warnings: &mut Vec<Diagnostic>,
) -> Vec<Member<'f>> {
    let Some(service) = member.service else {
        return Vec::new();
    };
    let mut timers = Vec::new();
    for (name, value) in &service.labels {
        let Some(job) = job(name) else { continue };
        let label = name.replace(".schedule", ".command");
        let command = service.labels.iter().find(|(name, _)| *name == label);
        let command = command.and_then(|(_, command)| command_words(command));
        let cron = schedule::read(value);
        let (Some(command), Ok(cron)) = (command, &cron) else {
            let why = cron
                .err()
                .unwrap_or_else(|| format!("`{label}` is missing"));
            let message = format!(
                "the label `{name}` of `{}` ({}) is not carried over: {why}",
                service.name, service.origin
            );
            warnings.push(
                Diagnostic::warning(message)
                    .help("give five fields, such as `0 3 * * *`, and the command"),
            );
            continue;
        };
        let own = [called(&member.name, job), called(&service.name, job)];
        let task = named.iter().find(|it| own.contains(&it.name));
        let mut spec = task.map(|it| it.spec.clone()).unwrap_or_default();
        spec.merge(Spec {
            job: JobWish {
                schedule: Some(cron.clone()),
                ..JobWish::default()
            },
            ..Spec::default()
        });
        let [name, _] = own;
        timers.push(Member {
            name: task.map_or(name, |it| it.name.clone()),
            role: Role::Worker,
            kind: WorkloadKind::CronJob,
            inferred: Vec::new(),
            command: Some(command),
            spec,
            unassigned: task.is_none(),
            ..member.clone()
        });
    }
    timers
}

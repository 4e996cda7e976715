//! Commands that labels run in a service by a schedule (`ofelia.job-exec.<name>.…`): each becomes
//! a `CronJob` of the service's own image.

use crate::diagnostic::Diagnostic;
use crate::facts::command_words;

use super::application::{Role, WorkloadKind};
use super::mounts::slug;
use super::roster::Member;
use super::schedule;
use super::spec::{JobWish, Spec};

/// What labels of such schedulers begin with.
const PREFIXES: [&str; 2] = ["ofelia.job-exec.", "chadburn.job-exec."];

/// Returns the members that a member's labels ask for.
pub(super) fn of<'f>(member: &Member<'f>, warnings: &mut Vec<Diagnostic>) -> Vec<Member<'f>> {
    let Some(service) = member.service else {
        return Vec::new();
    };
    let mut timers = Vec::new();
    for (name, value) in &service.labels {
        let Some(rest) = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)) else {
            continue;
        };
        let Some((job, "schedule")) = rest.rsplit_once('.') else {
            continue;
        };
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
        timers.push(Member {
            name: slug(&format!("{}-{job}", member.name)),
            role: Role::Worker,
            kind: WorkloadKind::CronJob,
            inferred: Vec::new(),
            command: Some(command),
            spec: Spec {
                job: JobWish {
                    schedule: Some(cron.clone()),
                    ..JobWish::default()
                },
                ..Spec::default()
            },
            unassigned: true,
            ..member.clone()
        });
    }
    timers
}

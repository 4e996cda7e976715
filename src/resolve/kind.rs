//! Which kind of workload a service is, where no task says it, and how it runs if it ends.
//!
//! Labels first, then what Compose says, then what tells a program that runs once from one that
//! serves. How Kubernetes is told is `manifest`'s.

use crate::diagnostic::Diagnostic;
use crate::facts::{Condition, EnvVar, Mode, RestartCondition, Service, image};

use super::application::{JobSpec, Overlap, Schedule, WorkloadKind};
use super::roster::Member;
use super::schedule;
use super::spec::JobWish;

/// How often a Job is tried again, where nobody says it.
const RETRIES: u32 = 3;

/// Labels that give a schedule to the service that they stand at.
const SCHEDULES: [&str; 4] = [
    "orch.cronjob.schedule",
    "orch.cron",
    "kompose.cronjob.schedule",
    "swarm.cronjob.schedule",
];
const OVERLAPS: [&str; 2] = [
    "orch.cronjob.concurrency",
    "kompose.cronjob.concurrency_policy",
];
const ZONES: [&str; 1] = ["orch.cronjob.timezone"];
const ATTEMPTS: [&str; 2] = ["orch.job.retries", "kompose.cronjob.backoff_limit"];
const DEADLINES: [&str; 1] = ["orch.job.deadline"];
const KINDS: [&str; 2] = ["orch.kind", "kompose.controller.type"];

/// Parts of names of services that run once.
const NAMES: &[&str] = &[
    "migrat",
    "alembic",
    "flyway",
    "liquibase",
    "init",
    "seed",
    "setup",
    "bootstrap",
    "provision",
    "fixture",
    "loaddata",
    "collectstatic",
    "createbucket",
    "create-bucket",
    "create_bucket",
    "createtopic",
    "create-topic",
    "backup",
    "restore",
    "import",
    "oneshot",
    "one-shot",
    "job",
];
/// Parts of command lines that end by themselves.
const COMMANDS: &[&str] = &[
    "migrate",
    "alembic upgrade",
    "db:migrate",
    "db:seed",
    "loaddata",
    "collectstatic",
    "createsuperuser",
    "flyway",
    "liquibase",
    "pg_dump",
    "pg_restore",
    "mysqldump",
    "kafka-topics",
    "mc mb",
    "mc alias",
    "psql -f",
];

/// Parts of command lines that never end.
const ENDLESS: &[&str] = &[
    "while true",
    "while :",
    "while [ 1",
    "sleep infinity",
    "tail -f",
    "crond",
    "cron -f",
    "supercronic",
];

/// Returns the value of the first of these labels that a service has.
pub(super) fn label<'s>(service: &'s Service, names: &[&str]) -> Option<&'s str> {
    names.iter().find_map(|name| {
        let mut all = service.labels.iter().chain(&service.deploy.labels);
        let (_, value) = all.find(|(label, _)| label == name)?;
        Some(value.as_str())
    })
}

/// Returns the services that others wait for to complete.
pub(super) fn awaited(services: &[Service]) -> std::collections::BTreeSet<&str> {
    services
        .iter()
        .flat_map(|service| &service.depends_on)
        .filter(|dependency| dependency.condition == Condition::Completed)
        .map(|dependency| dependency.service.as_str())
        .collect()
}

/// Returns which kind a service is; `awaited` says that others wait for it to complete, `reached`
/// that others connect to it.
pub(super) fn of(service: &Service, awaited: bool, reached: bool) -> WorkloadKind {
    if label(service, &SCHEDULES).is_some() {
        return WorkloadKind::CronJob;
    }
    if let Some(kind) = label(service, &KINDS).and_then(named) {
        return kind;
    }
    match service.deploy.mode {
        Mode::Global => return WorkloadKind::DaemonSet,
        Mode::ReplicatedJob | Mode::GlobalJob => return WorkloadKind::Job,
        Mode::Replicated if awaited => return WorkloadKind::Job,
        Mode::Replicated => {}
    }
    let another = !reached && image::runs_another(service);
    if image::stateful(service).is_some() && !another {
        return WorkloadKind::StatefulSet;
    }
    if runs_once(service, reached) {
        return WorkloadKind::Job;
    }
    WorkloadKind::Deployment
}

fn named(kind: &str) -> Option<WorkloadKind> {
    match kind.to_lowercase().as_str() {
        "deployment" | "replicationcontroller" => Some(WorkloadKind::Deployment),
        "statefulset" => Some(WorkloadKind::StatefulSet),
        "daemonset" => Some(WorkloadKind::DaemonSet),
        "job" => Some(WorkloadKind::Job),
        _ => None,
    }
}

/// Returns whether a service ends by itself. One that serves, or says how it is healthy, doesn't;
/// one that is never started again does; one that is started again after failures alone, or of
/// which nothing is said, does where its name or its command tells.
fn runs_once(service: &Service, reached: bool) -> bool {
    let serves = reached || !service.ports.is_empty() || service.healthcheck.is_some();
    if serves {
        return false;
    }
    match restart(service) {
        Restart::Never => true,
        Restart::OnFailure(_) | Restart::Unsaid => tells_once(service),
        Restart::Always => false,
    }
}

fn tells_once(service: &Service) -> bool {
    let name = service.name.to_lowercase();
    let words = service.entrypoint.iter().chain(&service.command);
    let line: Vec<&str> = words.flatten().map(String::as_str).collect();
    let line = line.join(" ");
    let timed = |variable: &EnvVar| {
        let mut words = variable.name.split('_');
        words.any(|word| ["SCHEDULE", "CRON", "INTERVAL"].contains(&word))
    };
    let endless = ENDLESS.iter().any(|part| line.contains(part));
    if endless || service.environment.iter().any(timed) {
        return false;
    }
    NAMES.iter().any(|part| name.contains(part)) || COMMANDS.iter().any(|part| line.contains(part))
}

/// When a service is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Restart {
    Never,
    /// After failures; how often at most.
    OnFailure(Option<u32>),
    Always,
    /// Compose's default is never, but nobody has thought of it.
    Unsaid,
}

/// Swarm's policy wins over the service's own.
fn restart(service: &Service) -> Restart {
    if let Some(policy) = &service.deploy.restart {
        return match policy.condition {
            RestartCondition::Any => Restart::Always,
            RestartCondition::OnFailure => Restart::OnFailure(policy.max_attempts),
            RestartCondition::None => Restart::Never,
        };
    }
    let Some(policy) = service.restart.as_deref() else {
        return Restart::Unsaid;
    };
    match policy.split_once(':').unwrap_or((policy, "")) {
        ("no" | "false", _) => Restart::Never,
        ("on-failure", most) => Restart::OnFailure(most.parse().ok()),
        _ => Restart::Always,
    }
}

/// Returns how a workload runs to its end: the task's words, then labels, then Compose.
pub(super) fn job(member: &Member<'_>, warnings: &mut Vec<Diagnostic>) -> Option<JobSpec> {
    let (kind, service, wish) = (member.kind, member.service, &member.spec.job);
    if !kind.ends() {
        return None;
    }
    let said = |names: &[&str]| service.and_then(|service| label(service, names));
    let number = |names: &[&str]| said(names).and_then(|value| value.parse::<u32>().ok());
    let policy = service.map_or(Restart::Unsaid, restart);
    let own = match policy {
        Restart::OnFailure(most) => most,
        Restart::Never => Some(0),
        Restart::Always | Restart::Unsaid => None,
    };
    let runs = service.and_then(|service| service.replicas).unwrap_or(1);
    let seconds = said(&DEADLINES).and_then(|value| value.trim_end_matches('s').parse().ok());
    Some(JobSpec {
        schedule: (kind == WorkloadKind::CronJob).then(|| Schedule {
            cron: cron(&member.name, said(&SCHEDULES), wish, warnings),
            time_zone: wish
                .time_zone
                .clone()
                .or_else(|| said(&ZONES).map(str::to_owned)),
            overlap: wish.overlap.unwrap_or_else(|| overlap(said(&OVERLAPS))),
        }),
        completions: runs.max(1),
        parallelism: runs.max(1),
        retries: wish
            .retries
            .or_else(|| number(&ATTEMPTS))
            .or(own)
            .unwrap_or(RETRIES),
        deadline: wish.deadline.or(seconds),
    })
}

fn overlap(said: Option<&str>) -> Overlap {
    match said.map(str::to_lowercase).as_deref() {
        Some("allow") => Overlap::Allow,
        Some("replace") => Overlap::Replace,
        Some(_) | None => Overlap::Forbid,
    }
}

/// Returns the schedule, where one is given that can be kept; no other time is made up.
fn cron(
    name: &str,
    said: Option<&str>,
    wish: &JobWish,
    warnings: &mut Vec<Diagnostic>,
) -> Option<String> {
    if wish.schedule.is_some() {
        return wish.schedule.clone();
    }
    let why = match said.map(schedule::read) {
        Some(Ok(cron)) => return Some(cron),
        Some(Err(why)) => {
            let said = said.unwrap_or_default();
            format!("the schedule `{said}` of `{name}` can't be kept, so it is suspended: {why}")
        }
        None => {
            format!("`{name}` is to run by a schedule, and none is read, so it is suspended")
        }
    };
    warnings.push(Diagnostic::warning(why).help(
        "give five fields, such as `0 3 * * *`, below the task (Schedule: …) or in the label \
         `orch.cronjob.schedule`",
    ));
    None
}

#[cfg(test)]
mod tests {
    use super::{awaited, cron, of};
    use crate::facts::{Inputs, Tree, gather};
    use crate::resolve::application::WorkloadKind;
    use crate::resolve::spec::JobWish;

    /// Checks the kind of the service `x`, which others may wait for.
    #[track_caller]
    fn check(service: &str, expected: WorkloadKind) {
        let text = format!("services:\n  {service}\n");
        let tree: Tree = [("compose.yml", text.as_str())].into_iter().collect();
        let facts = gather(&tree, &Inputs::default()).expect("facts").facts;
        let services = facts.project.expect("a project").services;
        let first = services.first().expect("a service");
        let waits = awaited(&services).contains(first.name.as_str());
        assert_eq!(of(first, waits, false), expected);
    }

    #[test]
    fn what_works_in_rounds_is_no_job() {
        check("x: {image: backup}", WorkloadKind::Deployment);
        check("x-backup: {image: a}", WorkloadKind::Job);
        check(
            "x-backup: {image: a, command: \"sh -c 'while true; do pg_dump; sleep 60; done'\"}",
            WorkloadKind::Deployment,
        );
        check(
            "x-backup: {image: a, environment: {BACKUP_SCHEDULE: \"@daily\"}}",
            WorkloadKind::Deployment,
        );
        check(
            "x: {image: \"postgres:16\", entrypoint: /rotate.sh}",
            WorkloadKind::Deployment,
        );
    }

    #[test]
    fn what_others_wait_for_to_complete_is_a_job() {
        check(
            "x: {image: a}\n  y: {image: b, depends_on: {x: {condition: service_completed_successfully}}}",
            WorkloadKind::Job,
        );
    }

    #[test]
    fn what_is_never_started_again_and_serves_nothing_is_a_job() {
        check("x: {image: a, restart: \"no\"}", WorkloadKind::Job);
        check(
            "x: {image: a, restart: \"no\", ports: [\"80:80\"]}",
            WorkloadKind::Deployment,
        );
    }

    #[test]
    fn a_name_or_a_command_tells_where_restart_does_not() {
        check(
            "x: {image: a, restart: on-failure}",
            WorkloadKind::Deployment,
        );
        check(
            "db-migrate: {image: a, restart: \"on-failure:5\"}",
            WorkloadKind::Job,
        );
        check(
            "x: {image: a, command: alembic upgrade head}",
            WorkloadKind::Job,
        );
        check("worker: {image: a}", WorkloadKind::Deployment);
        check(
            "migrator: {image: a, restart: always}",
            WorkloadKind::Deployment,
        );
    }

    #[test]
    fn swarm_says_the_mode() {
        check(
            "x: {image: a, deploy: {mode: global}}",
            WorkloadKind::DaemonSet,
        );
        check(
            "x: {image: a, deploy: {mode: replicated-job}}",
            WorkloadKind::Job,
        );
        check(
            "x: {image: a, deploy: {restart_policy: {condition: none}}}",
            WorkloadKind::Job,
        );
        check(
            "migrate: {image: a, deploy: {restart_policy: {condition: any}}}",
            WorkloadKind::Deployment,
        );
    }

    #[test]
    fn labels_come_first() {
        check(
            "x: {image: a, labels: {orch.cronjob.schedule: \"0 3 * * *\"}}",
            WorkloadKind::CronJob,
        );
        check(
            "x: {image: a, labels: {kompose.controller.type: daemonset}}",
            WorkloadKind::DaemonSet,
        );
    }

    #[test]
    fn a_schedule_that_cannot_be_kept_is_said() {
        let mut warnings = Vec::new();
        let wish = JobWish::default();
        assert_eq!(cron("x", Some("often"), &wish, &mut warnings), None);
        assert_eq!(cron("x", None, &wish, &mut warnings), None);
        assert_eq!(warnings.len(), 2);
    }
}

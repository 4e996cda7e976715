//! What pods wait for before they start (`service_healthy`), and with which program of their own
//! image.
//!
//! The plan puts the one after the other anyway; this holds when pods are started again by
//! themselves. Where no program is known to be in an image, its pods are restarted until what they
//! need is there, which `plan` says.

use crate::diagnostic::Diagnostic;
use crate::facts::image::{self, Reference};
use crate::facts::{Condition, Facts, HealthTest, Protocol, Service};

use super::application::{Wait, WaitProgram, Workload, WorkloadKind};
use super::roster::Roster;

/// Last segments of images' names, and the program that each has.
const RUNTIMES: &[(&str, WaitProgram)] = &[
    ("python", WaitProgram::Python),
    ("uvicorn-gunicorn-fastapi", WaitProgram::Python),
    ("uvicorn-gunicorn", WaitProgram::Python),
    ("node", WaitProgram::Node),
    ("ruby", WaitProgram::Ruby),
    ("php", WaitProgram::Php),
    ("wordpress", WaitProgram::Php),
    ("nextcloud", WaitProgram::Php),
    ("alpine", WaitProgram::Busybox),
    ("busybox", WaitProgram::Busybox),
    ("debian", WaitProgram::Bash),
    ("ubuntu", WaitProgram::Bash),
    ("buildpack-deps", WaitProgram::Bash),
    ("eclipse-temurin", WaitProgram::Bash),
    ("amazoncorretto", WaitProgram::Bash),
    ("openjdk", WaitProgram::Bash),
    ("maven", WaitProgram::Bash),
    ("gradle", WaitProgram::Bash),
    ("golang", WaitProgram::Bash),
    ("rust", WaitProgram::Bash),
    ("elixir", WaitProgram::Bash),
    ("tomcat", WaitProgram::Bash),
    ("postgres", WaitProgram::Bash),
    ("mysql", WaitProgram::Bash),
    ("mariadb", WaitProgram::Bash),
    ("mongo", WaitProgram::Bash),
    ("redis", WaitProgram::Bash),
    ("nginx", WaitProgram::Bash),
    ("httpd", WaitProgram::Bash),
    ("rabbitmq", WaitProgram::Bash),
    ("prometheus", WaitProgram::Busybox),
    ("grafana", WaitProgram::Busybox),
    ("airflow", WaitProgram::Python),
    ("superset", WaitProgram::Python),
    ("mastodon", WaitProgram::Ruby),
    ("n8n", WaitProgram::Node),
    ("ghost", WaitProgram::Node),
    ("elasticsearch", WaitProgram::Bash),
    ("kibana", WaitProgram::Bash),
    ("logstash", WaitProgram::Bash),
    ("opensearch", WaitProgram::Bash),
    ("keycloak", WaitProgram::Bash),
    ("cp-kafka", WaitProgram::Bash),
    ("cp-zookeeper", WaitProgram::Bash),
    ("cp-schema-registry", WaitProgram::Bash),
    ("cp-kafka-connect", WaitProgram::Bash),
];
/// Languages whose Alpine images have them just as well.
const LANGUAGES: [WaitProgram; 4] = [
    WaitProgram::Python,
    WaitProgram::Node,
    WaitProgram::Ruby,
    WaitProgram::Php,
];

/// Finds out what each workload waits for; says where a workload can't wait by itself.
pub(super) fn complete(
    workloads: &mut [Workload],
    roster: &Roster<'_>,
    facts: &Facts,
    warnings: &mut Vec<Diagnostic>,
) {
    let ports: Vec<(String, WorkloadKind, Option<u16>)> = workloads
        .iter()
        .map(|it| (it.name.clone(), it.kind, first_tcp(it)))
        .collect();
    for workload in workloads {
        let member = roster
            .members
            .iter()
            .find(|member| member.name == workload.name);
        let Some(service) = member.and_then(|member| member.service) else {
            continue;
        };
        // A run by a schedule that waited would keep the next one from starting: it fails instead.
        if workload.kind == WorkloadKind::CronJob {
            continue;
        }
        let services = wanted(service, roster, &ports);
        if services.is_empty() {
            continue;
        }
        let Some(program) = program(service, facts, &workload.image) else {
            warnings.push(unknown(workload, &services));
            continue;
        };
        workload.wait = Some(Wait { program, services });
    }
}

fn first_tcp(workload: &Workload) -> Option<u16> {
    let mut ports = workload.ports.iter();
    ports
        .find(|port| port.protocol == Protocol::Tcp)
        .map(|port| port.port)
}

/// Returns the Services that a service's dependencies must answer at.
fn wanted(
    service: &Service,
    roster: &Roster<'_>,
    ports: &[(String, WorkloadKind, Option<u16>)],
) -> Vec<(String, u16)> {
    let healthy = service
        .depends_on
        .iter()
        .filter(|dependency| dependency.condition == Condition::Healthy);
    let mut wanted = Vec::new();
    for dependency in healthy {
        let Some(name) = roster.names.get(&dependency.service) else {
            continue;
        };
        let known = ports
            .iter()
            .find(|(known, kind, _)| known == name && !kind.ends());
        let Some((_, _, Some(first))) = known else {
            continue;
        };
        // Of several ports, the one that it connects to.
        let told = roster
            .reaches
            .from(&service.name)
            .filter(|reach| reach.to == dependency.service && reach.said)
            .find_map(|reach| reach.port);
        let found = (name.clone(), told.unwrap_or(*first));
        if !wanted.contains(&found) {
            wanted.push(found);
        }
    }
    wanted
}

/// Returns the program that an image can wait with, where one is known to be in it.
fn program(service: &Service, facts: &Facts, image: &str) -> Option<WaitProgram> {
    let Some(build) = &service.build else {
        return of_image(image).or_else(|| in_use(image, facts));
    };
    let file = facts
        .dockerfiles
        .iter()
        .find(|file| file.path == build.dockerfile)?;
    if build.target.is_none() {
        return of_image(file.base.as_deref()?);
    }
    // The stage that is built isn't known: all must agree.
    let mut all = file.stages.iter().filter_map(|(image, _)| of_image(image));
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

fn of_image(image: &str) -> Option<WaitProgram> {
    let reference: Reference = image::parse(image)?;
    if reference.name.contains("distroless") {
        return None;
    }
    let short = reference.name.rsplit('/').next()?.to_lowercase();
    let tag = reference.tag.as_deref().unwrap_or_default();
    let (_, program) = RUNTIMES.iter().find(|(name, _)| *name == short)?;
    if tag.contains("alpine") && !LANGUAGES.contains(program) {
        return Some(WaitProgram::Busybox);
    }
    Some(*program)
}

/// Returns the program that a service of the same image is started or asked with.
fn in_use(image: &str, facts: &Facts) -> Option<WaitProgram> {
    const PROGRAMS: [(&str, WaitProgram); 6] = [
        ("bash", WaitProgram::Bash),
        ("python", WaitProgram::Python),
        ("python3", WaitProgram::Python),
        ("node", WaitProgram::Node),
        ("ruby", WaitProgram::Ruby),
        ("php", WaitProgram::Php),
    ];
    let services = facts.project.iter().flat_map(|project| &project.services);
    let same = services.filter(|it| it.image.as_ref().is_some_and(|it| it.value == image));
    let firsts = same.flat_map(|service| {
        let check = service.healthcheck.as_ref().map(|health| &health.test);
        let check = check.and_then(|test| match test {
            HealthTest::Exec(words) => words.first(),
            HealthTest::Shell(_) | HealthTest::Disabled => None,
        });
        let command = service.entrypoint.as_ref().or(service.command.as_ref());
        command
            .and_then(|words| words.first())
            .into_iter()
            .chain(check)
    });
    firsts
        .filter_map(|word| word.rsplit('/').next())
        .find_map(|name| PROGRAMS.iter().find(|(known, _)| *known == name))
        .map(|(_, program)| *program)
}

fn unknown(workload: &Workload, services: &[(String, u16)]) -> Diagnostic {
    let names: Vec<String> = services
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    Diagnostic::warning(format!(
        "`{}` can't wait for {} by itself: no shell is known to be in `{}`",
        workload.name,
        names.join(", "),
        workload.image
    ))
    .help(
        "the plan puts it after them; where its pods start before, they are restarted until it \
         works",
    )
}

#[cfg(test)]
mod tests {
    use super::of_image;
    use crate::resolve::application::WaitProgram;

    #[track_caller]
    fn check(image: &str, expected: Option<WaitProgram>) {
        assert_eq!(of_image(image), expected);
    }

    #[test]
    fn a_language_waits_with_its_own_program() {
        check("python:3.12-slim", Some(WaitProgram::Python));
        check("python:3.12-alpine", Some(WaitProgram::Python));
        check("docker.io/library/node:22", Some(WaitProgram::Node));
    }

    #[test]
    fn a_distribution_waits_with_its_shell() {
        check("alpine:3.20", Some(WaitProgram::Busybox));
        check("debian:12-slim", Some(WaitProgram::Bash));
        check("postgres:16-alpine", Some(WaitProgram::Busybox));
        check("eclipse-temurin:21-jre", Some(WaitProgram::Bash));
    }

    #[test]
    fn what_has_no_known_shell_does_not_wait() {
        check("gcr.io/distroless/python3-debian12", None);
        check("scratch", None);
        check("registry.example.com/team/thing:1", None);
    }
}

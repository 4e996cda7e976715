//! A project read as a whole.

mod carried;
mod loading;
mod withheld;

use std::time::Duration;

use super::super::reference;
use super::super::report::Report;
use super::{default_compose_files, read};
use crate::diagnostic::Diagnostics;
use crate::facts::{Condition, HealthTest, Inputs, MountSource, Project, Protocol, Service, Tree};

fn project(files: &[(&str, &str)]) -> Result<(Project, Diagnostics), Diagnostics> {
    with_profiles(files, &[])
}

fn with_profiles(
    files: &[(&str, &str)],
    profiles: &[&str],
) -> Result<(Project, Diagnostics), Diagnostics> {
    let tree: Tree = files.iter().copied().collect();
    let compose: Vec<String> = files
        .iter()
        .map(|(path, _)| (*path).to_owned())
        .filter(|path| path.contains("compose"))
        .collect();
    let inputs = Inputs {
        profiles: profiles.iter().map(ToString::to_string).collect(),
        ..Inputs::default()
    };
    let mut report = Report::default();
    let project = read(&tree, &compose, &inputs, &mut report);
    report.finish().map(|warnings| (project.unwrap(), warnings))
}

fn service(body: &str) -> Service {
    let text = format!("services:\n  api:\n    image: calls:1\n{body}");
    project(&[("compose.yml", &text)])
        .unwrap()
        .0
        .services
        .remove(0)
}

#[track_caller]
fn check_error(files: &[(&str, &str)], message: &str, at: &str) {
    let problems = project(files).unwrap_err();
    let found = problems.0.iter().find(|one| one.message.contains(message));
    let found = found.unwrap_or_else(|| panic!("{problems:?}"));
    let place = found.place.as_ref().unwrap();
    let before = place.text.get(..place.span.start).unwrap();
    assert_eq!(
        format!("{}:{}", place.path, before.matches('\n').count() + 1),
        at
    );
}

#[track_caller]
fn check_warning(warnings: &Diagnostics, message: &str) {
    assert!(
        warnings.0.iter().any(|one| one.message.contains(message)),
        "{warnings}"
    );
}

#[test]
fn ports_volumes_and_environment_have_lines() {
    let api = service(
        "    ports:\n      - 127.0.0.1:8080:80\n      - target: 5060\n        protocol: udp\n    \
         expose: ['9092', '80']\n    volumes:\n      - ./conf/app.yml:/etc/app.yml:ro\n      - \
         recordings:/var/lib/recordings\n      - /etc/localtime:/etc/localtime\n      - /cache\n    \
         tmpfs: /tmp\n    environment:\n      - MODE=staging\n      - HOST\n",
    );
    let ports: Vec<_> = api
        .ports
        .iter()
        .map(|one| (one.container, one.published, one.protocol))
        .collect();
    assert_eq!(
        ports,
        [
            (80, Some(8080), Protocol::Tcp),
            (5060, None, Protocol::Udp),
            (9092, None, Protocol::Tcp),
        ]
    );
    assert_eq!(api.ports[0].origin.line, 5);
    let mounts: Vec<_> = api.mounts.iter().map(|one| one.source.clone()).collect();
    assert_eq!(
        mounts,
        [
            MountSource::Bind("conf/app.yml".to_owned()),
            MountSource::Volume("recordings".to_owned()),
            MountSource::Host("/etc/localtime".to_owned()),
            MountSource::Anonymous,
            MountSource::Tmpfs,
        ]
    );
    assert!(api.mounts[0].read_only);
    assert_eq!(api.environment[0].value.as_ref().unwrap().value, "staging");
    assert_eq!(api.environment[1].value, None);
    assert_eq!(api.environment[1].origin.to_string(), "compose.yml:17");
}

#[test]
fn checks_dependencies_and_limits_are_read() {
    let api = service(
        "    healthcheck:\n      test: ['CMD-SHELL', 'curl -f localhost/health || exit 1']\n      \
         interval: 1m30s\n      retries: 3\n    depends_on:\n      api: {condition: \
         service_healthy}\n    command: serve --name 'call centre'\n    entrypoint: [tini, --]\n    \
         stop_grace_period: 30s\n    deploy:\n      replicas: 2\n      resources:\n        limits: \
         {cpus: '0.5', memory: 512M}\n        reservations: {memory: 256M}\n    ulimits: {nofile: \
         1024}\n",
    );
    let check = api.healthcheck.unwrap();
    assert_eq!(
        check.test,
        HealthTest::Shell("curl -f localhost/health || exit 1".to_owned())
    );
    assert_eq!(check.interval, Some(Duration::from_secs(90)));
    assert_eq!(api.depends_on[0].condition, Condition::Healthy);
    assert_eq!(api.command.unwrap(), ["serve", "--name", "call centre"]);
    assert_eq!(api.entrypoint.unwrap(), ["tini", "--"]);
    assert_eq!(api.replicas, Some(2));
    assert_eq!(api.limits.cpu_limit, Some(500));
    assert_eq!(api.limits.memory_limit, Some(512 << 20));
    assert_eq!(api.limits.memory_request, Some(256 << 20));
    assert_eq!(api.unread[0].key, "services.api.ulimits");
    assert_eq!(api.unread[0].origin.line, 18);
}

#[test]
fn a_later_file_merges_over_the_first() {
    let base = "services:\n  api:\n    build: ./src\n    environment: [MODE=dev, A=1]\n    ports: \
                ['80:80']\n  db: {image: postgres:16}\n";
    let over = "services:\n  api:\n    environment: {MODE: staging}\n    ports: ['8080:80']\n    \
                depends_on: [db]\n";
    let files = [
        ("docker-compose.yml", base),
        ("docker-compose.staging.yml", over),
    ];
    let api = project(&files).unwrap().0.services.remove(0);
    assert_eq!(api.build.unwrap().dockerfile, "src/Dockerfile");
    let values: Vec<_> = api
        .environment
        .iter()
        .map(|one| one.value.as_ref().unwrap().value.as_str())
        .collect();
    assert_eq!(values, ["staging", "1"]);
    assert_eq!(api.environment[0].value.as_ref().unwrap().raw, "staging");
    assert_eq!(api.ports.len(), 1);
    assert_eq!(api.ports[0].published, Some(8080));
    assert_eq!(api.ports[0].origin.path, "docker-compose.staging.yml");
    assert_eq!(api.depends_on[0].service, "db");
}

#[test]
fn values_come_from_the_env_file_beside() {
    let compose = "services:\n  api:\n    image: calls:${TAG:-latest}\n    environment:\n      URL: \
                   http://$HOST/\n";
    let (project, _) = project(&[
        ("compose.yml", compose),
        (".env", "TAG=1.2\nHOST=calls.test\n"),
    ])
    .unwrap();
    let api = &project.services[0];
    let image = api.image.as_ref().unwrap();
    assert_eq!(
        (image.value.as_str(), image.variables[0].given),
        ("calls:1.2", true)
    );
    assert_eq!(
        api.environment[0].value.as_ref().unwrap().value,
        "http://calls.test/"
    );
}

#[test]
fn a_required_secret_becomes_a_placeholder() {
    let compose = "services:\n  db:\n    image: postgres:16\n    environment:\n      - \
                   POSTGRES_PASSWORD=${PG:?needed}\n      - URL=redis://:${R:?}@cache/0\n";
    let (project, warnings) = project(&[("compose.yml", compose)]).unwrap();
    let text = project.services[0].environment[0].value.as_ref().unwrap();
    assert!(text.lacks_required());
    assert_eq!(text.raw, "${PG:?needed}");
    check_warning(&warnings, "`PG` has no value: a placeholder");
    check_warning(&warnings, "`R` has no value: a placeholder");
}

#[test]
fn a_required_setting_without_value_is_an_error() {
    let compose =
        "services:\n  api:\n    image: a\n    environment:\n      URL: ${URL:?say where}\n";
    check_error(
        &[("compose.yml", compose)],
        "`URL` is required and has no value",
        "compose.yml:5",
    );
}

#[test]
fn env_files_come_before_the_services_own() {
    let compose = "services:\n  api:\n    image: a\n    env_file: [conf/api.env, gone.env]\n    \
                   environment: {MODE: live}\n";
    let (project, warnings) = project(&[
        ("compose.yml", compose),
        ("conf/api.env", "MODE=dev\nQUEUE=calls\n"),
    ])
    .unwrap();
    let api = &project.services[0];
    let found: Vec<_> = api
        .environment
        .iter()
        .map(|one| {
            (
                one.name.as_str(),
                one.value.as_ref().unwrap().value.as_str(),
            )
        })
        .collect();
    assert_eq!(found, [("MODE", "live"), ("QUEUE", "calls")]);
    assert_eq!(api.environment[1].origin.to_string(), "conf/api.env:2");
    check_warning(&warnings, "`gone.env` isn't in the workspace");
}

#[test]
fn services_extend_one_another_and_other_files() {
    let compose = "services:\n  base:\n    image: calls:1\n    environment: {A: '1', B: '1'}\n  \
                   worker:\n    extends: base\n    environment: {B: '2'}\n    command: work\n  \
                   cron:\n    extends: {file: deploy/common.yml, service: job}\n";
    let common = "services:\n  job:\n    build: .\n    env_file: job.env\n";
    let (project, _) = project(&[
        ("compose.yml", compose),
        ("deploy/common.yml", common),
        ("deploy/job.env", "J=1\n"),
    ])
    .unwrap();
    let worker = project.service("worker").unwrap();
    assert_eq!(worker.image.as_ref().unwrap().value, "calls:1");
    assert_eq!(worker.environment[1].value.as_ref().unwrap().value, "2");
    let cron = project.service("cron").unwrap();
    assert_eq!(cron.build.as_ref().unwrap().context, "deploy");
    assert_eq!(cron.env_files, ["deploy/job.env"]);
}

#[test]
fn extending_in_a_circle_is_an_error() {
    let compose = "services:\n  a: {image: x, extends: b}\n  b: {image: x, extends: a}\n";
    check_error(
        &[("compose.yml", compose)],
        "leads back to itself",
        "compose.yml:2",
    );
}

#[test]
fn included_files_have_their_own_folder_and_values() {
    let compose = "include: [infra/compose.yml]\nservices:\n  api: {image: a, depends_on: [db]}\n";
    let infra = "services:\n  db:\n    image: postgres:${PG}\n    volumes: ['./init:/init']\n";
    let tree: Tree = [
        ("compose.yml", compose),
        ("infra/compose.yml", infra),
        ("infra/.env", "PG=16\n"),
        ("infra/init/1.sql", "select 1;\n"),
    ]
    .into_iter()
    .collect();
    let mut report = Report::default();
    let project = read(
        &tree,
        &["compose.yml".to_owned()],
        &Inputs::default(),
        &mut report,
    )
    .unwrap();
    let db = project.service("db").unwrap();
    assert_eq!(db.image.as_ref().unwrap().value, "postgres:16");
    assert_eq!(
        db.mounts[0].source,
        MountSource::Bind("infra/init/".to_owned())
    );
    assert_eq!(project.services.len(), 2);
}

#[test]
fn services_of_idle_profiles_are_left_out_and_named() {
    let compose = "services:\n  api: {image: a}\n  debug: {image: b, profiles: [dev]}\n";
    let (idle, warnings) = project(&[("compose.yml", compose)]).unwrap();
    assert_eq!(idle.services.len(), 1);
    check_warning(&warnings, "`debug` is left out");
    let (active, _) = with_profiles(&[("compose.yml", compose)], &["dev"]).unwrap();
    assert_eq!(active.services.len(), 2);
}

#[test]
fn what_does_not_fit_is_reported_together_with_its_line() {
    let compose = "services:\n  api:\n    image: a\n    ports: [http]\n    mem_limit: much\n    \
                   depends_on: [gone]\n  empty: {restart: always}\n";
    let files = [("compose.yml", compose)];
    check_error(
        &files,
        "`services.api.ports[0]` must be a port",
        "compose.yml:4",
    );
    check_error(
        &files,
        "`services.api.mem_limit` must be a size",
        "compose.yml:5",
    );
    check_error(&files, "depends on `gone`", "compose.yml:6");
    check_error(&files, "`empty` has neither", "compose.yml:7");
}

#[test]
fn default_files_are_found_with_their_override() {
    let tree: Tree = [
        "docker-compose.yml",
        "docker-compose.override.yml",
        "docker-compose.staging.yml",
    ]
    .map(|path| (path, ""))
    .into_iter()
    .collect();
    assert_eq!(
        default_compose_files(&tree, ""),
        ["docker-compose.yml", "docker-compose.override.yml"]
    );
    assert!(default_compose_files(&tree, "deploy").is_empty());
}

#[test]
fn files_are_named_beside_them() {
    let find = |env: &str| {
        let tree: Tree = [("docker-compose.yml", ""), (".env", env)]
            .into_iter()
            .collect();
        default_compose_files(&tree, "")
    };
    assert_eq!(
        find("COMPOSE_FILE=base.yml:prod.yml\n"),
        ["base.yml", "prod.yml"]
    );
    assert_eq!(
        find("COMPOSE_PATH_SEPARATOR=;\nCOMPOSE_FILE=base.yml; ./deploy/prod.yml\n"),
        ["base.yml", "deploy/prod.yml"]
    );
    assert_eq!(find("OTHER=1\nCOMPOSE_FILE=\n"), ["docker-compose.yml"]);
}

#[test]
fn the_project_is_called_as_its_env_file_says() {
    let compose = "name: shop\nservices:\n  a: {image: b}\n";
    let files = [
        ("compose.yml", compose),
        (".env", "COMPOSE_PROJECT_NAME=store\n"),
    ];
    let (found, _) = project(&files).unwrap();
    assert_eq!(found.name.as_deref(), Some("store"));
}

#[test]
fn a_secret_in_a_command_is_a_reference() {
    let compose = "services:\n  cache:\n    image: redis:7\n    \
                   command: redis-server --requirepass ${REDIS_PASSWORD} --port ${PORT:-6379}\n    \
                   healthcheck: {test: [CMD, redis-cli, -a, \"${REDIS_PASSWORD}\", ping]}\n    \
                   post_start: [{command: \"x ${KEY}\"}]\n    environment: {APP_KEY: \"${KEY}\"}\n";
    let env = "REDIS_PASSWORD=hunter2\nKEY=s3cr3t\n";
    let (found, warnings) = project(&[("compose.yml", compose), (".env", env)]).unwrap();
    let service = &found.services[0];
    let command = [
        "redis-server",
        "--requirepass",
        "$(REDIS_PASSWORD)",
        "--port",
        "6379",
    ];
    assert_eq!(service.command.as_deref().unwrap_or_default(), command);
    let check = service.healthcheck.as_ref().map(|it| &it.test);
    let line = "redis-cli -a \"${REDIS_PASSWORD}\" ping".to_owned();
    assert_eq!(check, Some(&HealthTest::Shell(line)));
    assert_eq!(
        service.pod.post_start[0].command,
        ["/bin/sh", "-c", "x \"${KEY}\""]
    );
    let spoken: Vec<&str> = service.spoken.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(spoken, ["KEY", "REDIS_PASSWORD"]);
    assert!(warnings.0.is_empty(), "{warnings}");
}

/// Returns the commands of all services, and the secrets that each names with the reasons.
#[track_caller]
fn spoken(compose: &str) -> (Vec<String>, Vec<String>) {
    let (found, warnings) = project(&[("compose.yml", compose)]).unwrap();
    assert!(warnings.0.is_empty(), "{warnings}");
    let commands = found.services.iter().filter_map(|it| it.command.as_ref());
    let commands = commands.map(|words| words.join(" ")).collect();
    let spoken = found.services.iter().flat_map(|service| {
        let all = service.spoken.iter();
        all.map(|it| format!("{} {}: {}", service.name, it.name, it.why))
    });
    (commands, spoken.collect())
}

#[test]
fn a_secret_in_clear_becomes_a_reference_with_its_reason() {
    let compose = "services:\n  cache:\n    image: redis:7\n    \
                   command: redis-server --requirepass s3cretpass\n    \
                   healthcheck: {test: redis-cli -a s3cretpass ping}\n  \
                   job:\n    image: a\n    \
                   command: [run, \"--cache=redis://:s3cretpass@cache:6379/0\", --api-key, abcd]\n";
    let (commands, spoken) = self::spoken(compose);
    assert_eq!(
        commands,
        [
            "redis-server --requirepass $(CACHE_PASSWORD)",
            "run --cache=redis://:$(CACHE_PASSWORD)@cache:6379/0 --api-key $(JOB_API_KEY)"
        ]
    );
    assert_eq!(
        spoken,
        [
            "cache CACHE_PASSWORD: `healthcheck` gives it in clear by `-a` (compose.yml:5)",
            "job CACHE_PASSWORD: `command` has it in a URL in clear (compose.yml:8)",
            "job JOB_API_KEY: `command` gives it in clear by `--api-key` (compose.yml:8)",
        ]
    );
}

#[test]
fn a_value_that_a_variable_has_is_that_variable() {
    let compose = "services:\n  job:\n    image: a\n    \
                   command: migrate postgres://app:hunter2hunter2@db/app\n  \
                   db:\n    image: postgres:16\n    \
                   environment: {POSTGRES_PASSWORD: hunter2hunter2}\n";
    let (commands, _) = self::spoken(compose);
    assert_eq!(
        commands,
        ["migrate postgres://app:$(POSTGRES_PASSWORD)@db/app"]
    );
}

#[test]
fn a_config_made_from_a_secret_refers_to_it() {
    let compose = "services:\n  a: {image: b, configs: [c, d]}\n\
                   configs:\n  c: {content: \"password=${DB_PASSWORD}\"}\n  \
                   d: {environment: API_TOKEN}\n";
    let files = [("compose.yml", compose), (".env", "DB_PASSWORD=hunter2\n")];
    let (found, warnings) = project(&files).unwrap();
    assert!(warnings.0.is_empty(), "{warnings}");
    let contents = found.configs.iter().map(|it| it.content.clone());
    let expected = [
        Some(format!("password={}", reference::to("DB_PASSWORD"))),
        Some(reference::to("API_TOKEN")),
    ];
    assert_eq!(contents.collect::<Vec<_>>(), expected);
}

#[test]
fn folders_that_hold_nothing_yet_are_volumes() {
    let api = service(
        "    volumes:\n      - ./library:/a\n      - /srv/Media/films:/b\n      - ~/x:/c\n      - \
         ./certs:/d:ro\n      - /:/e:ro\n      - /etc/localtime:/f\n      - ~/.ssh:/g\n      - \
         /var/run/docker.sock:/h\n      - ../up:/i\n      - ./app.yml:/j\n",
    );
    let kept = api.mounts.iter().filter_map(|mount| {
        let folder = mount.folder.as_deref()?;
        Some((mount.source.clone(), folder))
    });
    let volumes: Vec<_> = kept.collect();
    let volume = |name: &str| MountSource::Volume(name.to_owned());
    let expected = [
        (volume("library"), "library"),
        (volume("srv-media-films"), "/srv/Media/films"),
        (volume("x"), "~/x"),
    ];
    assert_eq!(volumes, expected);
    assert_eq!(api.mounts[4].source, MountSource::Host("/".to_owned()));
    assert_eq!(api.mounts[4].target, "/e");
}

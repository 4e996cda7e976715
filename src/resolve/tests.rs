//! Whole documents.

mod asked;
mod boxes;
mod directives;
mod images;
mod inventories;
mod pathless;
mod probes;
mod said;
mod secrets;
mod stores;
mod studies;
mod traces;
mod unwritten;
mod ways;

use super::{
    Action, BulletReading, Context, EnvSource, Environment, Exposure, ProbeAction, Resolved,
    resolve,
};
use crate::checklist::{self, Checklist};
use crate::diagnostic::Diagnostics;
use crate::facts::{Tree, gather};
use crate::manifest;
use crate::settings::{PhaseSettings, Settings};
use crate::vocabulary::Vocabulary;

const COMPOSE: &str = r#"
name: call-center
services:
  app:
    build: .
    ports: ["8080:8080", "9092:9092"]
    environment:
      LOG_LEVEL: info
      DATABASE_URL: postgresql://cc:${POSTGRES_PASSWORD:?}@postgres:5432/cc
      REDIS_HOST: redis
      JWT_SECRET: ${JWT_SECRET:?}
      OPENAI_API_KEY: ${OPENAI_API_KEY}
    depends_on:
      postgres: {condition: service_healthy}
      redis: {condition: service_healthy}
  worker:
    build: .
    command: ["python", "-m", "src.worker"]
    environment:
      LOG_LEVEL: info
      REDIS_HOST: redis
  admin_api:
    build: .
    command: ["python", "-m", "src.admin"]
    ports: ["8090:8090"]
  postgres:
    image: postgres:16-alpine
    environment:
      POSTGRES_USER: cc
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
    volumes: ["pg:/var/lib/postgresql/data"]
  redis:
    image: redis:7-alpine
    volumes: ["redis:/data"]
  prometheus:
    image: prom/prometheus:v3.2.1
    volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro"]
  grafana:
    image: grafana/grafana:11.5.2
    environment:
      GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_PASSWORD:?}
volumes: {pg: {}, redis: {}}
"#;

fn tree() -> Tree {
    [
        ("docker-compose.yml", COMPOSE),
        ("docker-compose.staging.yml", "services:\n  app:\n    environment:\n      APP_ENV: staging\n"),
        ("Dockerfile", "FROM python:3.12-slim\nUSER 10001\nEXPOSE 8080\n"),
        ("src/config.py", "import os\nLOG_LEVEL = os.getenv('LOG_LEVEL', 'info')\n"),
        ("src/api/health.py", "@app.get('/health')\n@app.get('/health/ready')\n"),
        ("prometheus.yml", "scrape_configs:\n  - job_name: app\n    static_configs:\n      - targets: ['app:8080']\n"),
    ]
    .into_iter()
    .collect()
}

fn parse(text: &str) -> Checklist {
    checklist::parse(
        "checklists/demo/phase-04-kubernetes.md",
        text,
        &Vocabulary::default(),
    )
    .expect("a checklist")
    .checklist
}

fn resolved(checklist: &Checklist, tree: &Tree) -> Resolved {
    attempted(checklist, tree).expect("resolved")
}

fn attempted(checklist: &Checklist, tree: &Tree) -> Result<Resolved, Diagnostics> {
    let phase = PhaseSettings::default();
    let inputs = super::inputs(checklist, tree, &phase, None);
    let facts = gather(tree, &inputs).expect("facts").facts;
    let settings = Settings::default();
    let context = Context {
        set: "demo".to_owned(),
        settings: &settings,
        phase: &phase,
        service_monitors: true,
        seen: None,
        before: None,
    };
    resolve(checklist, &facts, tree, &context)
}

#[track_caller]
fn nothing_is_left(resolved: &Resolved) {
    for task in &resolved.tasks {
        assert_ne!(
            task.action,
            Action::Manual,
            "{} {:?}",
            task.id,
            task.reading
        );
        let unread = task
            .bullets
            .iter()
            .find(|it| matches!(it, BulletReading::Unread { .. }));
        assert_eq!(unread, None, "{}", task.id);
    }
    manifest::render(&resolved.application, &resolved.files).expect("rendered");
}

const OWN: &str = include_str!("../../checklists/call-center/phase-04-kubernetes.md");

/// The project's own checklist, its application moved to the root.
fn own() -> Checklist {
    parse(&OWN.replace("examples/call-center/", ""))
}

#[test]
fn the_own_checklist_is_read_whole() {
    let resolved = resolved(&own(), &tree());
    nothing_is_left(&resolved);
    assert_eq!(resolved.application.namespace, "call-center");
}

#[test]
fn services_that_no_task_names_are_written_too() {
    let checklist = parse(&OWN.replace("examples/call-center/", ""));
    let unassigned = resolved(&checklist, &tree()).unassigned;
    let texts: Vec<&str> = unassigned.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(texts, ["service worker → k8s/call-processor/worker.yml"]);
}

#[test]
fn a_service_whose_file_a_person_writes_is_not_written_beside_that() {
    let tasks = |redis: &str| {
        let text = format!(
            "# Phase 4: x\n\n## 4.1 y\n\n- [ ] `k8s/admin-api/deployment.yml`\n- [ ] {redis}\n"
        );
        let resolved = resolved(&parse(&text), &tree());
        let workloads = resolved.application.workloads.iter();
        workloads.map(|it| it.name.clone()).collect::<Vec<String>>()
    };
    let redis = "redis".to_owned();
    assert!(tasks("Call the supplier").contains(&redis));
    assert!(tasks("Ask the team about redis").contains(&redis));
    assert!(!tasks("redis stays off the cluster for now").contains(&redis));
    assert!(!tasks("We don't move redis to the cluster").contains(&redis));
    assert!(tasks("`k8s/redis/deployment.yml`").contains(&redis));
    assert!(!tasks("`k8s/redis/deployment.yml` — no persistence, 256 MB").contains(&redis));
}

#[test]
fn a_server_that_is_to_run_by_a_schedule_is_a_persons() {
    let text = "# Phase 4: x\n\n## 4.1 y\n\n- [ ] `k8s/admin-api/deployment.yml`\n- [ ] \
                `k8s/postgres-backup/cronjob.yml`\n  - Schedule: `30 2 * * *`\n";
    let resolved = resolved(&parse(text), &tree());
    let last = resolved.tasks.last().map(|it| &it.action);
    assert_eq!(last, Some(&Action::Manual));
    let said: Vec<&str> = resolved
        .warnings
        .0
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    let runs_on = |it: &&&str| it.contains("`postgres` runs on and never ends");
    assert!(said.iter().any(|it| runs_on(&it)), "{said:?}");
}

#[test]
fn a_listed_name_is_the_service_called_so_before_any_that_resembles_it() {
    let resolved = resolved(&own(), &tree());
    let answers = resolved.tasks.iter().filter_map(|task| {
        if let Action::Inventory { answer, .. } = &task.action {
            Some(answer)
        } else {
            None
        }
    });
    let matched: Vec<&str> = answers
        .flat_map(|answer| &answer.matched)
        .filter(|(name, _, _)| name == "app" || name == "admin-api")
        .map(|(_, what, _)| what.as_str())
        .collect();
    assert_eq!(matched, ["service app", "service admin_api"]);
}

#[test]
fn a_password_in_a_url_is_the_only_secret_in_it() {
    let resolved = resolved(&own(), &tree());
    let workload = resolved
        .application
        .workload("call-processor")
        .expect("the workload");
    let of = |name: &str| {
        let found = workload
            .environment
            .iter()
            .find(|variable| variable.name == name);
        found.map(|Environment { source, .. }| source.clone())
    };
    let secret = |name: &str, key: &str| {
        Some(EnvSource::Secret {
            name: name.to_owned(),
            key: key.to_owned(),
        })
    };
    assert_eq!(
        of("POSTGRES_PASSWORD"),
        secret("db-credentials", "POSTGRES_PASSWORD")
    );
    assert_eq!(of("JWT_SECRET"), secret("jwt-secret", "JWT_SECRET"));
    assert_eq!(of("OPENAI_API_KEY"), secret("api-keys", "OPENAI_API_KEY"));
    let url = "postgresql://cc:$(POSTGRES_PASSWORD)@postgresql:5432/cc".to_owned();
    assert_eq!(of("DATABASE_URL"), Some(EnvSource::Literal(url)));
}

#[test]
fn ports_are_named_and_exposed_as_the_tasks_say() {
    let resolved = resolved(&own(), &tree());
    let workload = resolved
        .application
        .workload("call-processor")
        .expect("the workload");
    let ports: Vec<(&str, u16, Exposure)> = workload
        .ports
        .iter()
        .map(|it| (it.name.as_str(), it.port, it.exposure))
        .collect();
    let expected = [
        ("http", 8080, Exposure::Cluster),
        ("audiosocket", 9092, Exposure::LoadBalancer),
    ];
    assert_eq!(ports, expected);
}

#[test]
fn the_ingress_routes_by_name() {
    let resolved = resolved(&own(), &tree());
    let ingress = resolved.application.ingress.expect("an Ingress");
    let paths: Vec<(&str, &str)> = ingress
        .paths()
        .map(|it| (it.path.as_str(), it.workload.as_str()))
        .collect();
    let expected = [
        ("/admin", "admin-api"),
        ("/api", "call-processor"),
        ("/ws", "call-processor"),
    ];
    assert_eq!(paths, expected);
    assert_eq!(ingress.tls_secret.as_deref(), Some("call-center-tls"));
}

#[test]
fn a_configuration_of_the_repository_follows_the_new_names() {
    let resolved = resolved(&own(), &tree());
    let maps = &resolved.application.config_maps;
    let map = maps
        .iter()
        .find(|map| map.name == "prometheus-config")
        .expect("the map");
    assert!(
        map.data
            .iter()
            .all(|(_, text)| text.contains("call-processor:8080")),
        "{map:?}"
    );
    let scraped = resolved.application.workload("call-processor");
    assert_eq!(
        scraped.and_then(|it| it.metrics.clone()),
        Some(("/metrics".to_owned(), 8080))
    );
}

/// Returns why a document can't be resolved.
#[track_caller]
fn refused(text: &str) -> Diagnostics {
    attempted(&parse(text), &tree()).expect_err("refused")
}

#[test]
fn a_workload_that_is_nearly_called_like_a_service_is_an_error_with_its_place() {
    let text = "# Phase 4: x\n\n## Tasks\n\n### 4.1 y\n- [ ] `k8s/grafanna/deployment.yml`\n";
    let problems = refused(text);
    let [problem] = problems.0.as_slice() else {
        panic!("{problems:?}")
    };
    let message = "nothing in `docker-compose.yml` is called `grafanna`";
    assert_eq!(problem.message, message);
    let place = problem.place.as_ref().expect("a place");
    assert_eq!(place.text.get(place.span.clone()), Some("grafanna"));
    let help = problem.help.join("\n");
    assert!(help.contains("[aliases] grafanna = \"grafana\""), "{help}");
}

/// Checks the rule and the bullets' meanings of one task.
#[track_caller]
fn check(task: &str, rule: &str, meanings: &[&str]) {
    let checklist = parse(&format!("# Phase 4: x\n\n## Tasks\n\n### 4.1 y\n{task}\n"));
    let resolved = resolved(&checklist, &tree());
    let task = resolved.tasks.first().expect("a task");
    let read: Vec<&str> = task
        .bullets
        .iter()
        .map(|bullet| match bullet {
            BulletReading::Read { meaning, .. } => meaning.as_str(),
            BulletReading::Vacuous { .. } => "vacuous",
            BulletReading::Unread { .. } => "unread",
        })
        .collect();
    assert_eq!(
        (task.reading.rule.as_str(), read.as_slice()),
        (rule, meanings)
    );
}

#[test]
fn tasks_are_read_in_english() {
    check("- [ ] Study `Dockerfile`", "study", &[]);
    check(
        "- [ ] Which secrets are needed: JWT secret",
        "inventory",
        &[],
    );
    check(
        "- [ ] Resource limits for each pod",
        "require resources",
        &[],
    );
    check("- [ ] Warm the caches by hand", "person: by hand", &[]);
    check("- [ ] Warm the caches", "no rule", &[]);
    check("- [ ] Review `k8s/old.yml` with the team", "no rule", &[]);
}

#[test]
fn tasks_are_read_in_russian() {
    check("- [ ] Изучи `Dockerfile`", "study", &[]);
    check("- [ ] Какие тома нужны: Redis", "inventory", &[]);
    check(
        "- [ ] Лимиты ресурсов у всех подов",
        "require resources",
        &[],
    );
    check("- [ ] Создать `k8s/namespace.yml`", "write namespace", &[]);
    check("- [ ] Прогреть кэш вручную", "person: by hand", &[]);
    let task = "- [ ] `k8s/redis/statefulset.yml` — Redis 7\n  - Реплики: 1\n  - Ресурсы: запросы 128Mi/100m, лимиты 256Mi/250m\n  - Диск: 1Gi";
    let read = [
        "replicas 1",
        "requests 100m/128Mi, limits 250m/256Mi",
        "volume claim 1Gi",
    ];
    check(task, "write statefulset", &read);
}

#[test]
fn tasks_are_read_in_ukrainian() {
    check("- [ ] Вивчити `Dockerfile`", "study", &[]);
    check("- [ ] Які сервіси потрібні: Redis", "inventory", &[]);
    check(
        "- [ ] Ліміти ресурсів для кожного пода",
        "require resources",
        &[],
    );
    check("- [ ] Створити `k8s/namespace.yml`", "write namespace", &[]);
    let task = "- [ ] `k8s/redis/statefulset.yml` — Redis 7\n  - Репліки: 1\n  - Готовність: `redis-cli ping`, кожні 10 с\n  - Підпис у журналі";
    let read = [
        "replicas 1",
        "readiness command `redis-cli ping` every 10 s",
        "unread",
    ];
    check(task, "write statefulset", &read);
}

#[test]
fn replicas_that_an_autoscaler_overrules_stay_open() {
    let tasks = |replicas| {
        format!(
            "- [ ] `k8s/app/deployment.yml`\n  - Replicas: {replicas}\n- [ ] `k8s/app/hpa.yml` — HPA: min 2, max 4, CPU 70%"
        )
    };
    check(&tasks(2), "write deployment", &["replicas 2"]);
    check(&tasks(3), "write deployment", &["unread"]);
}

#[test]
fn only_the_namespace_that_all_is_written_for_is_checked() {
    let text = "# Phase 4: x\n\n- [ ] Namespace `shop`\n- [ ] Namespace `payments`\n";
    let resolved = resolved(&parse(text), &tree());
    let [first, second] = resolved.tasks.as_slice() else {
        panic!("two tasks")
    };
    let Action::Require { rule, missing } = &first.action else {
        panic!("{:?}", first.action)
    };
    assert_eq!(*rule, super::Requirement::Namespace("shop".to_owned()));
    // Nothing is written there that the rule could hold for.
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert_eq!(second.action, Action::Manual);
    assert!(
        second.notes[0].contains("`payments` isn't checked"),
        "{:?}",
        second.notes
    );
}

#[test]
fn a_directive_goes_before_the_rules() {
    check(
        "- [ ] Study `Dockerfile` <!-- orch: manual -->",
        "directive manual",
        &[],
    );
    check(
        "- [ ] Warm <!-- orch: run=\"./warm.sh\" -->",
        "directive run",
        &[],
    );
}

#[test]
fn a_check_runs_as_the_data_base_user() {
    let resolved = resolved(&own(), &tree());
    let workload = resolved
        .application
        .workload("postgresql")
        .expect("the workload");
    let probe = workload.liveness.as_ref().expect("a probe");
    let ProbeAction::Exec(command) = &probe.action else {
        panic!("{probe:?}")
    };
    assert!(
        command
            .iter()
            .any(|part| part.contains("-U \"$POSTGRES_USER\"")),
        "{command:?}"
    );
}

#[test]
fn a_probes_command_is_written_as_it_stands() {
    let compose = "services:\n  db:\n    image: postgres:16\n    healthcheck: {test: [CMD-SHELL, \"pg_isready -U app\"]}\n";
    let mut tree = tree();
    tree.insert("docker-compose.yml", compose);
    let command = |line: &str| {
        let text = format!("# Phase 1: A\n\n- [ ] `k8s/db/statefulset.yml`\n  - {line}\n");
        let resolved = resolved(&parse(&text), &tree);
        let workload = resolved.application.workload("db").expect("the workload");
        let probe = workload.liveness.clone().expect("a probe");
        match probe.action {
            ProbeAction::Exec(command) => command.join(" "),
            other @ (ProbeAction::Http { .. } | ProbeAction::Tcp { .. }) => format!("{other:?}"),
        }
    };
    for (line, expected) in [
        ("Liveness: `pg_isready`", "/bin/sh -c pg_isready -U app"),
        ("Liveness: `pg_isready -d shop`", "pg_isready -d shop"),
        (
            "Проба: `pg_isready -d shop -t 3`",
            "pg_isready -d shop -t 3",
        ),
        ("Проба: `test -f /tmp/up`", "test -f /tmp/up"),
        ("Liveness: `/usr/local/bin/up.sh`", "/usr/local/bin/up.sh"),
        (
            "Liveness: `psql -c \"SELECT 1\"`",
            "/bin/sh -c psql -c \"SELECT 1\"",
        ),
    ] {
        assert_eq!(command(line), expected, "{line}");
    }
}

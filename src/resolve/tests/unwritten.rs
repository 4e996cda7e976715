//! Files that tasks ask for and that can't be written.

use super::{Action, COMPOSE, Resolved, parse, resolved, tree};
use crate::resolve::{Content, ManifestItem};

fn read(lines: &[&str]) -> Resolved {
    let mut tree = tree();
    tree.insert("docker-compose.yml", COMPOSE);
    let boxes = lines.join("\n- [ ] ");
    resolved(&parse(&format!("# Phase 1: A\n\n- [ ] {boxes}\n")), &tree)
}

fn messages(resolved: &Resolved) -> Vec<String> {
    let warnings = resolved.warnings.0.iter();
    warnings.map(|it| it.message.clone()).collect()
}

/// Checks that the last line is a person's for that reason, and that it is warned of.
#[track_caller]
fn check_left(lines: &[&str], why: &str) {
    let resolved = read(lines);
    let task = resolved.tasks.last().expect("a task");
    assert_eq!(task.action, Action::Manual, "{lines:?}");
    assert_eq!(task.notes, [why], "{lines:?}");
    assert!(messages(&resolved).contains(&why.to_owned()));
    let file = lines.last().and_then(|it| it.split('`').nth(1));
    let written = resolved
        .files
        .iter()
        .any(|it| Some(it.path.as_str()) == file);
    assert!(!written, "{file:?}");
}

#[test]
fn what_no_service_is_called_like_is_a_persons() {
    // The last one is known by its name, but what to run isn't.
    for name in ["beat", "billing", "redis-exporter"] {
        check_left(
            &[
                "`k8s/app/deployment.yml`",
                &format!("`k8s/{name}/deployment.yml`: port 7070"),
            ],
            &format!(
                "no service in `docker-compose.yml` is called `{name}`, so that \
                 `k8s/{name}/deployment.yml` is a person's to write"
            ),
        );
    }
}

#[test]
fn a_second_kind_of_one_service_is_a_persons() {
    check_left(
        &["`k8s/worker/deployment.yml`", "`k8s/worker/cronjob.yml`"],
        "`k8s/worker/cronjob.yml` can't make `worker` a CronJob: it is a Deployment by \
         `k8s/worker/deployment.yml`",
    );
    check_left(
        &["`k8s/app/deployment.yml`", "`k8s/app/job.yml`: migrations"],
        "`k8s/app/job.yml` can't make `app` a Job: it is a Deployment by \
         `k8s/app/deployment.yml`",
    );
    // The Job gives way, whichever comes first.
    let resolved = read(&["`k8s/worker/job.yml`", "`k8s/worker/deployment.yml`"]);
    let actions: Vec<bool> = resolved
        .tasks
        .iter()
        .map(|it| it.action == Action::Manual)
        .collect();
    assert_eq!(actions, [true, false]);
}

#[test]
fn no_object_is_written_by_two_files() {
    check_left(
        &["`k8s/redis.yml`", "`k8s/redis/statefulset.yml`"],
        "`k8s/redis/statefulset.yml` would hold the same objects as `k8s/redis.yml`",
    );
    check_left(
        &["`k8s/app/service.yml`", "`k8s/app/svc.yml`"],
        "`k8s/app/svc.yml` would hold the same objects as `k8s/app/service.yml`",
    );
    let both = [
        "`k8s/redis.yml`",
        "`k8s/redis/service.yml`",
        "`k8s/kustomization.yml`",
    ];
    assert!(
        read(&both)
            .tasks
            .iter()
            .all(|it| it.action != Action::Manual)
    );
}

#[test]
fn what_no_service_is_called_like_leaves_the_rest_to_go_on() {
    let why = "no service in `docker-compose.yml` is called `backup`, so that \
               `k8s/backup/cronjob.yml` is a person's to write";
    check_left(
        &["`k8s/app/deployment.yml`", "`k8s/backup/cronjob.yml`"],
        why,
    );
    let resolved = read(&["`k8s/app/deployment.yml`", "`k8s/backup/cronjob.yml`"]);
    assert!(
        resolved
            .files
            .iter()
            .any(|it| it.path == "k8s/app/deployment.yml")
    );
}

#[test]
fn a_name_alone_that_no_service_has_is_a_persons() {
    for (line, name) in [
        ("Create `ops/prometheus/rules.yml`", "rules"),
        ("`k8s/monitoring/mysqld-exporter.yml`", "mysqld-exporter"),
        ("`k8s/server-metrics.yml`", "server-metrics"),
    ] {
        let path = line.split('`').nth(1).expect("a path");
        let why = format!(
            "no service in `docker-compose.yml` is called `{name}`, so that `{path}` is a \
             person's to write"
        );
        check_left(&["`k8s/admin-api/deployment.yml`", line], &why);
    }
}

#[test]
fn kinds_that_are_not_written_are_no_workloads() {
    for line in [
        "`k8s/app/servicemonitor.yml`",
        "`k8s/quota.yml`",
        "`k8s/app/rbac.yml`",
        "`k8s/postgres/pvc.yml`: 5Gi",
        "`k8s/cert-issuer.yml`",
    ] {
        let resolved = read(&["`k8s/admin-api/deployment.yml`", line]);
        let last = resolved.tasks.last().expect("a task");
        assert_eq!(last.action, Action::Manual, "{line}");
        assert_eq!(resolved.application.workload("quota"), None);
    }
}

/// Returns the objects of a file, as they are written.
fn objects(lines: &[&str], path: &str) -> Vec<ManifestItem> {
    let resolved = read(lines);
    let file = resolved.files.into_iter().find(|it| it.path == path);
    match file.map(|it| it.content) {
        Some(Content::Manifests(items)) => items,
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn the_secrets_in_a_workloads_folder_are_those_that_it_uses() {
    let lines = ["`k8s/app/deployment.yml`", "`k8s/grafana/secret.yml`"];
    let secret = |name: &str| ManifestItem::Secret(name.to_owned());
    let theirs = objects(&lines, "k8s/grafana/secret.yml");
    assert_eq!(theirs, [secret("grafana-credentials")]);
    let others = objects(&lines, "k8s/secrets.yml");
    assert!(!others.contains(&secret("grafana-credentials")));
    assert!(others.contains(&secret("db-credentials")));
    check_left(
        &["`k8s/app/deployment.yml`", "`k8s/redis/secret.yml`"],
        "`k8s/redis/secret.yml` would be empty: `redis` uses none that no other file holds",
    );
}

#[test]
fn the_maps_in_a_workloads_folder_are_those_that_it_uses() {
    let lines = ["`k8s/app/deployment.yml`", "`k8s/worker-config.yml`"];
    let map = |name: &str| ManifestItem::ConfigMap(name.to_owned());
    assert_eq!(
        objects(&lines, "k8s/worker-config.yml"),
        [map("app-config")]
    );
    let lines = ["`k8s/app/deployment.yml`", "`k8s/prometheus/configmap.yml`"];
    let theirs = objects(&lines, "k8s/prometheus/configmap.yml");
    assert_eq!(theirs, [map("prometheus-config")]);
    assert_eq!(objects(&lines, "k8s/configmap.yml"), [map("app-config")]);
}

#[test]
fn a_name_alone_is_a_manifest_where_others_are_written() {
    let lines = [
        "`platform/app/deployment.yml`",
        "Create `platform/redis.yml`",
    ];
    let resolved = read(&lines);
    assert!(
        resolved
            .files
            .iter()
            .any(|it| it.path == "platform/redis.yml")
    );
    let lines = ["`k8s/app/deployment.yml`", "Create `openapi/app.yaml`"];
    let resolved = read(&lines);
    let last = resolved.tasks.last().expect("a task");
    assert!(
        matches!(last.action, Action::Expect { .. }),
        "{:?}",
        last.action
    );
    assert!(
        resolved
            .files
            .iter()
            .all(|it| it.path != "openapi/app.yaml")
    );
}

#[test]
fn a_workload_that_is_in_no_file_is_warned_of() {
    let said = "`k8s/app/hpa.yml` needs Deployment/app, which is in no file: no task asks for it";
    let warned = |resolved: &Resolved| messages(resolved).contains(&said.to_owned());
    assert!(warned(&read(&["`k8s/app/hpa.yml`: min 2, max 6"])));
    assert!(!warned(&read(&[
        "`k8s/app/hpa.yml`",
        "`k8s/app/deployment.yml`"
    ])));
    let mut tree = tree();
    tree.insert("docker-compose.yml", COMPOSE);
    let scaled = "kind: HorizontalPodAutoscaler\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: app\n";
    tree.insert("k8s/app/hpa.yml", scaled);
    let document = parse("# Phase 1: A\n\n- [ ] `k8s/app/hpa.yml`: min 2, max 6\n");
    assert!(warned(&resolved(&document, &tree)));
    let there = "kind: Deployment\nmetadata:\n  name: app\n";
    tree.insert("k8s/app/deployment.yml", there);
    assert!(!warned(&resolved(&document, &tree)));
}

#[test]
fn a_file_that_would_be_empty_is_a_persons() {
    let app = "`k8s/app/deployment.yml`";
    check_left(
        &[
            app,
            "`k8s/worker/deployment.yml`",
            "`k8s/worker/service.yml`",
        ],
        "`k8s/worker/service.yml` would be empty: no port of `worker` is known",
    );
    check_left(
        &[
            app,
            "`k8s/worker/job.yml`",
            "`k8s/worker/hpa.yml`: min 1, max 3",
        ],
        "`k8s/worker/hpa.yml` would be empty: nothing scales a Job, which `worker` is",
    );
    check_left(
        &[app, "`k8s/worker/job.yml`", "`k8s/worker/pdb.yml`"],
        "`k8s/worker/pdb.yml` would be empty: a Job, which `worker` is, has no number of pods to \
         keep",
    );
    check_left(
        &["`k8s/ingress.yml`"],
        "`k8s/ingress.yml` would be empty: no task of the checklist writes a workload",
    );
}

#[test]
fn a_second_way_in_is_a_persons() {
    check_left(
        &[
            "`k8s/app/deployment.yml`",
            "`k8s/ingress.yml`",
            "`k8s/admin/ingress.yml`",
        ],
        "`k8s/admin/ingress.yml` would hold the same objects as `k8s/ingress.yml`",
    );
}

#[test]
fn a_file_for_an_object_asks_for_it_without_figures() {
    let resolved = read(&[
        "`k8s/app/deployment.yml`",
        "`k8s/app/hpa.yml`",
        "`k8s/worker/deployment.yml`",
        "`k8s/worker/pdb.yml`",
    ]);
    let of = |name| resolved.application.workload(name).expect("the workload");
    let hpa = of("app").hpa.as_ref().expect("an HPA");
    assert_eq!((hpa.min, hpa.max, hpa.cpu), (2, 10, Some(80)));
    let budget = of("worker").pdb.as_ref().expect("a PDB");
    assert_eq!(budget.max_unavailable.as_deref(), Some("1"));
}

#[test]
fn what_looks_at_its_node_is_a_persons() {
    for path in [
        "k8s/monitoring/node-exporter.yml",
        "k8s/node-exporter/daemonset.yml",
    ] {
        check_left(
            &["`k8s/app/deployment.yml`", &format!("`{path}`")],
            &format!(
                "node exporter looks at the node that it runs on (`/proc`, `/sys`, `/`, its \
                 network and processes), which Pod Security refuses here: `{path}` is a person's \
                 to write"
            ),
        );
    }
}

#[test]
fn a_claim_of_which_the_size_is_not_read_for_sure_is_a_persons() {
    let why = |words: &str| {
        format!(
            "nothing reads “{words}”, so that a claim of `k8s/redis/statefulset.yml` might get another \
             size, which can't be taken back: it is a person's to write"
        )
    };
    for words in [
        "PVC: 40Gi, 80Gi from March",
        "диск 40 ГБ, с марта 80",
        "сховище: 40Gi, потім 80Gi",
        "data 40Gi",
        "2Gi",
        "512 MB",
    ] {
        check_left(
            &[&format!("`k8s/redis/statefulset.yml`\n  - {words}")],
            &why(words),
        );
    }
}

#[test]
fn a_number_of_pods_that_an_autoscaler_beside_scales_is_warned_of() {
    let scaled = |name: &str| {
        let mut tree = tree();
        tree.insert("docker-compose.yml", COMPOSE);
        tree.insert(
            "k8s/app/hpa.yml",
            format!(
                "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: a}}\n\
                 spec:\n  maxReplicas: 5\n  scaleTargetRef: {{kind: Deployment, name: {name}}}\n"
            ),
        );
        let lines = "# Phase 1: A\n\n- [ ] `k8s/app/deployment.yml`: 2 replicas\n";
        messages(&resolved(&parse(lines), &tree))
    };
    let told = "`k8s/app/deployment.yml` says `replicas: 2`, and `k8s/app/hpa.yml` scales \
                Deployment/app: each time that the former is applied, it undoes what the latter \
                scaled";
    assert!(scaled("app").iter().any(|it| it == told));
    assert!(scaled("web").iter().all(|it| it != told));
}

#[test]
fn what_is_asked_of_all_pods_waits_for_those_that_a_person_is_to_write() {
    let missing = |lines: &[&str]| {
        let resolved = read(lines);
        let task = resolved.tasks.last().expect("a task");
        let Action::Require { missing, .. } = &task.action else {
            panic!("{:?}", task.action);
        };
        missing.clone()
    };
    let theirs = "`k8s/redis/statefulset.yml`\n  - PVC: 1Gi, 2Gi in March";
    let told = ["`k8s/redis/statefulset.yml` is a person's to write"];
    for asked in [
        "Probes for all pods",
        "Anti-affinity",
        "Лимиты для всех подов",
    ] {
        let all = missing(&["`k8s/app/deployment.yml`", theirs, asked]);
        assert_eq!(all, told, "{asked}");
    }
    // The second of two files for one workload is a person's, and the first has its pods.
    let twice = [
        "`k8s/redis.yml`",
        "`k8s/redis/statefulset.yml`",
        "Anti-affinity",
    ];
    assert_eq!(missing(&twice), [""; 0]);
}

#[test]
fn a_service_that_might_be_open_to_more_than_is_asked_for_is_a_persons() {
    let why = |words: &str| {
        format!(
            "nothing reads “{words}”, so that `k8s/admin-api/service.yml` might let in whom it mustn't: \
             it is a person's to write"
        )
    };
    for (line, words) in [
        ("LoadBalancer, internal", "internal"),
        ("LoadBalancer with a static IP", "a static IP"),
        (
            "LoadBalancer\n  - only from the office",
            "only from the office",
        ),
        (
            "LoadBalancer, только для сотрудников",
            "только для сотрудников",
        ),
    ] {
        check_left(
            &[&format!("`k8s/admin-api/service.yml`: {line}")],
            &why(words),
        );
    }
}

#[test]
fn a_service_that_a_persons_task_says_figures_of_is_left_out() {
    let named = |line: &str, service: &str| {
        let resolved = read(&["`k8s/app/deployment.yml`", line]);
        let mut notes = resolved.unassigned.iter().map(|it| it.text.as_str());
        let left =
            format!("service {service} is in no file: task 1.2 names it, which is a person's");
        (notes.any(|it| it == left), resolved)
    };
    for (line, service) in [
        ("Redis with AOF on a 2Gi PVC", "redis"),
        ("Redis без персистентности", "redis"),
        ("Redis with TLS", "redis"),
        ("No persistence for Redis", "redis"),
        (
            "Deploy the worker with whatever the team agrees on",
            "worker",
        ),
        ("Развернуть worker по согласованию с командой", "worker"),
        ("the worker in 3 replicas, once it is agreed", "worker"),
        (
            "диск 10Gi для redis на быстром хранилище, если дадут",
            "redis",
        ),
    ] {
        let (left, resolved) = named(line, service);
        assert!(left, "{line}: {:?}", resolved.unassigned);
        let item = ManifestItem::Workload(service.to_owned());
        assert!(!resolved.files.iter().any(|it| it.holds(&item)), "{line}");
        // What needs it may reach it once a person brought it.
        let persons = resolved.application.persons.iter();
        let persons: Vec<&str> = persons.map(|it| it.name.as_str()).collect();
        assert_eq!(persons, [service]);
        let talks = resolved
            .application
            .persons
            .iter()
            .flat_map(|it| &it.talks_to);
        assert_eq!(talks.eq(["redis"]), service == "worker");
    }
    for (line, service) in [
        ("Ask the team about redis", "redis"),
        ("Talk over an HPA for the worker, 2–6", "worker"),
    ] {
        assert!(!named(line, service).0, "{line}");
    }
}

#[test]
fn figures_of_what_runs_in_a_table_are_told_of() {
    #[track_caller]
    fn check(table: &str, expected: bool) {
        let mut tree = tree();
        tree.insert("docker-compose.yml", COMPOSE);
        let text = format!("# Phase 1: A\n\n{table}\n\n- [ ] `k8s/app/deployment.yml`\n");
        let told = messages(&resolved(&parse(&text), &tree));
        let said = "no task reads the figures of `app` in a table".to_owned();
        assert_eq!(told.contains(&said), expected, "{table}: {told:?}");
    }
    check(
        "| service | replicas |\n|---|---|\n| `app` | 3 |\n| other | 2 |",
        true,
    );
    check("Сервис | Реплики\n:--|--:\n**app** | 3", true);
    check("| service | owner |\n|---|---|\n| app | Max |", false);
    check("| service | replicas |\n|---|---|\n| other | 3 |", false);
    check("| service | replicas |\n| app | 3 |", false);
}

#[test]
fn a_service_that_a_table_says_figures_of_is_left_out() {
    let mut tree = tree();
    tree.insert("docker-compose.yml", COMPOSE);
    let table = "| service | replicas |\n|---|---|\n| `worker` | 3 |\n";
    let text = format!("# Phase 1: A\n\n{table}\n- [ ] `k8s/app/deployment.yml`\n");
    let resolved = resolved(&parse(&text), &tree);
    let worker = ManifestItem::Workload("worker".to_owned());
    assert!(!resolved.files.iter().any(|it| it.holds(&worker)));
    let mut notes = resolved.unassigned.iter();
    assert!(notes.any(|it| it.text == "service worker is in no file: a table says figures of it"));
}

#[test]
fn a_claim_that_a_persons_task_says_the_size_of_is_not_guessed() {
    let written = |line: &str| {
        let resolved = read(&[line, "`k8s/postgres/statefulset.yml`: 1 replica"]);
        let mut files = resolved.files.iter();
        files.any(|it| it.path == "k8s/postgres/statefulset.yml")
    };
    for line in [
        "PVC for postgres on the fast disks if the hoster has them, 20Gi",
        "диск pg для postgres на 50Gi, если дадут",
    ] {
        assert!(!written(line), "{line}");
    }
    assert!(written(
        "PVC for redis on the fast disks if the hoster has them, 20Gi"
    ));
    assert!(written("Ask for 20Gi of postgres dumps"));
}

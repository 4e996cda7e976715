//! What a line says behind its path: read, a name of what is written, or a person's.

use super::{Action, BulletReading, COMPOSE, Exposure, Resolved, parse, resolved, tree};
use crate::facts::Tree;

pub(super) fn read(line: &str) -> Resolved {
    let mut tree = tree();
    tree.insert("docker-compose.yml", COMPOSE);
    let other = "`k8s/admin-api/deployment.yml`";
    // What scales something needs it.
    let home = if line.contains("/hpa.yml") {
        "- [ ] `k8s/app/deployment.yml`\n"
    } else {
        ""
    };
    let text = format!("# Phase 1: A\n\n- [ ] {other}\n{home}- [ ] {line}\n");
    resolved(&parse(&text), &tree)
}

/// Checks what is unread behind a path.
#[track_caller]
pub(super) fn check(line: &str, expected: &[&str]) {
    let resolved = read(line);
    let task = resolved.tasks.last().expect("a task");
    assert!(
        task.reading.rule.starts_with("write"),
        "{line}: {:?}",
        task.reading
    );
    let unread: Vec<&str> = task
        .bullets
        .iter()
        .filter_map(|bullet| match bullet {
            BulletReading::Unread { text, .. } => Some(text.as_str()),
            BulletReading::Read { .. } | BulletReading::Vacuous { .. } => None,
        })
        .collect();
    assert_eq!(unread, expected, "{line}");
}

#[test]
fn names_of_what_is_written_are_harmless() {
    check("`k8s/app/deployment.yml` — Call Center app", &[]);
    check("`k8s/db/statefulset.yml`: PostgreSQL 16", &[]);
    check("`k8s/db/statefulset.yml`: postgres", &[]);
    check("`k8s/app/deployment.yml`: the API, port `8080`", &[]);
    check("`k8s/app/deployment.yml`: API with `JWT_SECRET`", &[]);
    check(
        "`k8s/ingress.yml`: Ingress for the admin UI and the API",
        &[],
    );
    check("`k8s/worker/deployment.yml` — обработчики очереди", &[]);
    check(
        "`k8s/worker/deployment.yml`: Deployment and NetworkPolicy",
        &[],
    );
    check(
        "`k8s/monitoring/prometheus-deployment.yml` — Prometheus с ServiceMonitor",
        &[],
    );
    check(
        "`k8s/monitoring/grafana-deployment.yml` — Grafana з provisioned dashboards",
        &[],
    );
}

#[test]
fn a_file_that_settings_come_from_says_the_same() {
    let mut tree = tree();
    let compose = "services:\n  app:\n    build: .\n    ports: ['80:80']\n    environment: {LEVEL: info, TOKEN_SECRET: x}\n  \
                   job:\n    build: .\n    command: [run]\n    environment: {LEVEL: info}\n";
    tree.insert("docker-compose.yml", compose);
    tree.insert("same.env", "LEVEL=info\nTOKEN_SECRET=\n");
    tree.insert("other.env", "LEVEL=warn\n");
    tree.insert("more.env", "LEVEL=info\nCOLOUR=red\n");
    tree.insert("app/application.yml", "level: info\n");
    let unread = |line: &str| {
        let text = format!("# Phase 1: A\n\n- [ ] `k8s/app/deployment.yml`\n- [ ] {line}\n");
        let resolved = resolved(&parse(&text), &tree);
        let bullets = resolved.tasks.last().map(|task| task.bullets.clone());
        let mut bullets = bullets.into_iter().flatten();
        bullets.any(|it| matches!(it, BulletReading::Unread { .. }))
    };
    for (file, expected) in [
        ("docker-compose.yml", false),
        ("same.env", false),
        ("other.env", true),
        ("more.env", true),
        ("app/application.yml", true),
        ("missing.env", true),
    ] {
        for from in ["from", "из"] {
            let line = format!("`k8s/configmap.yml` — {from} `{file}`");
            assert_eq!(unread(&line), expected, "{line}");
        }
    }
}

#[test]
fn what_a_kind_does_anyway_is_harmless() {
    check("`k8s/worker/daemonset.yml`: one pod on every node", &[]);
    check("`k8s/worker/daemonset.yml` — под на каждой ноде", &[]);
    check("`k8s/app/deployment.yml`: built from `app/Dockerfile`", &[]);
}

#[test]
fn a_name_of_something_else_is_a_persons() {
    check("`k8s/redis/statefulset.yml`: Memcached", &["Memcached"]);
    check(
        "`k8s/app/deployment.yml`: scheduler and webserver",
        &["scheduler and webserver"],
    );
    check(
        "`k8s/app/deployment.yml`: scheduler и webserver",
        &["scheduler и webserver"],
    );
    check(
        "`k8s/app/deployment.yml`: API, queue worker",
        &["queue worker"],
    );
    check(
        "`k8s/app/deployment.yml`: Deployment, Ingress",
        &["Ingress"],
    );
    check(
        "`k8s/app/deployment.yml`: health at `/up`",
        &["health at `/up`"],
    );
}

#[test]
fn what_no_rule_reads_is_a_persons() {
    check(
        "`k8s/worker/deployment.yml`: two workers, GPU node pool",
        &["two workers", "GPU node pool"],
    );
    check(
        "`k8s/worker/deployment.yml`: воркер для GPU",
        &["воркер для GPU"],
    );
    check(
        "`k8s/redis.yml`: пароль из Vault, AOF выключить",
        &["пароль из Vault", "AOF выключить"],
    );
    check("`k8s/redis.yml`: Redis 7 sentinel", &["Redis 7 sentinel"]);
    check(
        "`k8s/app/service.yml`: ClusterIP, session affinity",
        &["session affinity"],
    );
    check("`k8s/app/service.yml`: headless", &["headless"]);
    check("`k8s/app/service.yml` (gRPC), port 8080", &["(gRPC)"]);
    check("`k8s/app/service.yml`: port 8080, gRPC", &["gRPC"]);
    check("`k8s/postgres/service.yml`: headless", &[]);
    check(
        "`k8s/kustomization.yml`: overlays for dev and prod",
        &["overlays for dev and prod"],
    );
    check(
        "`k8s/kustomization.yml`: with commonLabels team=x",
        &["with commonLabels team=x"],
    );
    check(
        "`k8s/README.md`: translated to German",
        &["translated to German"],
    );
    check("`k8s/README.md` — инструкции по развёртыванию", &[]);
}

#[test]
fn what_takes_several_words_is_read_whole() {
    check("`k8s/ingress.yml`: rate limit 100 r/s, body size 10m", &[]);
    check(
        "`k8s/ingress.yml`: rate limit 100 r/s per customer",
        &["rate limit 100 r/s per customer"],
    );
    check("`k8s/app/service.yml`: ClusterIP for internal clients", &[]);
    check(
        "`k8s/app/service.yml`: ClusterIP for production only",
        &["ClusterIP for production only"],
    );
}

#[test]
fn keys_are_looked_for_in_secrets_and_maps() {
    check("`k8s/configmap.yml`: feature flags", &["feature flags"]);
    check(
        "Create `k8s/configmap.yml` with LOG_LEVEL=debug",
        &["with LOG_LEVEL=debug"],
    );
    check("Create `k8s/configmap.yml` with LOG_LEVEL=info", &[]);
    check("Create `k8s/configmap.yml` with `LOG_LEVEL`", &[]);
    check("`k8s/configmap.yml` — настройки, которые не секретны", &[]);
    check("`k8s/secrets.yml`: keys of Stripe", &["keys of Stripe"]);
    check("`k8s/secrets.yml`: `JWT_SECRET`", &[]);
    check("`k8s/secrets.yml`: DB credentials", &[]);
    check("`k8s/secrets.yml`: sealed by SOPS", &["sealed by SOPS"]);
    check(
        "`k8s/secrets.yml` — шаблон для secrets (с placeholder-ами, не реальные значения)",
        &[],
    );
    check("`k8s/secrets.yml` — шаблон секретів із заповнювачами", &[]);
}

#[test]
fn a_namespaces_name_is_marked_or_called_so() {
    #[track_caller]
    fn named(line: &str, name: &str, unread: &[&str]) {
        assert_eq!(read(line).application.namespace, name, "{line}");
        check(line, unread);
    }
    named("`k8s/namespace.yml`: `medbridge`", "medbridge", &[]);
    named("`k8s/namespace.yml`: namespace shop-prod", "shop-prod", &[]);
    named("`k8s/namespace.yml` — простір імен `menu`", "menu", &[]);
    named("`k8s/namespace.yml`: the namespace", "call-center", &[]);
    named("`k8s/namespace.yml`: call-center", "call-center", &[]);
    named(
        "`k8s/namespace.yml`: namespace for the shop",
        "call-center",
        &[],
    );
    for said in [
        "medbridge",
        "MedBridge",
        "quota",
        "two",
        "isolated",
        "draft",
        "istio-injection",
        "with a quota of 10 CPU",
    ] {
        let line = format!("`k8s/namespace.yml`: {said}");
        named(&line, "call-center", &[said]);
    }
    named(
        "`k8s/namespace.yml`: `shop`, `ResourceQuota`",
        "shop",
        &["`ResourceQuota`"],
    );
}

#[test]
fn a_type_of_a_service_is_read_beside_what_isnt() {
    let resolved = read("`k8s/app/service.yml`: LoadBalancer with a long name");
    let app = resolved.application.workload("app").expect("the workload");
    let reach: Vec<Exposure> = app.ports.iter().map(|port| port.exposure).collect();
    assert_eq!(reach, [Exposure::LoadBalancer; 2]);
    check(
        "`k8s/app/service.yml`: LoadBalancer with a long name",
        &["a long name"],
    );
    check(
        "`k8s/app/service.yml`: LoadBalancer for partners",
        &["LoadBalancer for partners"],
    );
}

#[test]
fn figures_that_contradict_each_other_are_warned_of() {
    #[track_caller]
    fn warned(line: &str, expected: &str) {
        let resolved = read(line);
        let mut warnings = resolved.warnings.0.iter();
        assert!(
            warnings.any(|it| it.message == expected),
            "{:?}",
            resolved.warnings
        );
    }
    warned(
        "`k8s/app/deployment.yml`: HPA min 5, max 2",
        "the HPA of `app` is to have at most 2 pods and at least 5: both are 5",
    );
    warned(
        "`k8s/app/deployment.yml`: requests 512Mi/500m, limits 256Mi/1000m",
        "`app` is to request 512Mi of memory, and its limit is 256Mi: 256Mi is requested",
    );
}

#[test]
fn a_products_version_is_no_number_of_replicas() {
    let replicas = |line: &str| {
        let resolved = read(line);
        let mut all = resolved.application.workloads.iter();
        let redis = all.find(|it| it.name == "redis").expect("redis");
        redis.replicas
    };
    let usual = replicas("`k8s/redis/statefulset.yml`: Redis 7");
    for line in [
        "`k8s/redis/statefulset.yml`: Redis 7 с репликой",
        "`k8s/redis/statefulset.yml`: Redis 7 з реплікою",
    ] {
        assert_eq!(replicas(line), usual, "{line}");
    }
}

/// Checks which of several bullets below a line are unread.
#[track_caller]
pub(super) fn check_below(line: &str, bullets: &[&str], expected: &[&str]) {
    let lines = std::iter::once(line).chain(bullets.iter().copied());
    check(&lines.collect::<Vec<_>>().join("\n  - "), expected);
}

#[test]
fn what_an_object_does_not_take_is_a_persons() {
    let bullets = [
        "PVC: 10Gi",
        "Retention: 30d",
        "Alert rules",
        "TLS",
        "Provisioning",
        "Replicas: 3",
    ];
    let app = "`k8s/app/deployment.yml`";
    check_below(app, &bullets, &bullets[..5]);
    let stateful = [
        "PVC: 10Gi",
        "Replicas: 1",
        "Strategy: Recreate",
        "Headless service",
    ];
    check_below("`k8s/postgres/statefulset.yml`", &stateful, &stateful[2..3]);
    let once = ["PVC: 10Gi, RWO", "ReadWriteOnce"];
    check_below("`k8s/postgres/statefulset.yml`", &once, &[]);
    check_below(app, &once[1..], &once[1..]);
    let prometheus = ["Retention: 30d", "Alert rules", "PVC: 10Gi", "TLS"];
    check_below(
        "`k8s/monitoring/prometheus.yml`",
        &prometheus,
        &prometheus[3..],
    );
    check_below(
        "`k8s/ingress.yml`",
        &["TLS", "Replicas: 2"],
        &["Replicas: 2"],
    );
    check_below(
        "`k8s/secrets.yml`",
        &["Replicas: 2", "PVC: 1Gi"],
        &["Replicas: 2", "PVC: 1Gi"],
    );
}

#[test]
fn what_no_task_writes_the_object_of_is_a_persons() {
    let bullets = ["Port: 8080", "Replicas: 3", "PDB: minAvailable 1"];
    check_below("`k8s/app/service.yml`", &bullets, &bullets[1..]);
}

#[test]
fn figures_that_are_overruled_are_a_persons() {
    let bullets = ["Replicas: 3", "HPA: min 2, max 10", "Limits: 200m/128Mi"];
    check_below("`k8s/app/deployment.yml`", &bullets, &bullets[..1]);
    let bullets = ["Replicas: 1", "PDB: minAvailable 1"];
    check_below("`k8s/app/deployment.yml`", &bullets, &bullets[1..]);
    check_below("`k8s/app/deployment.yml`", &["Replicas: 1", "PDB"], &[]);
    let twice = ["Replicas: 3", "Replicas: 4"];
    check_below("`k8s/app/deployment.yml`", &twice, &twice[1..]);
}

/// Checks that a file of its own isn't written, since it would be another one than is asked for.
#[track_caller]
fn check_not_written(line: &str, unread: &str) {
    let resolved = read(line);
    let task = resolved.tasks.last().expect("a task");
    assert_eq!(task.action, Action::Manual, "{line}");
    let path = line.split('`').nth(1).expect("a path");
    assert!(resolved.files.iter().all(|it| it.path != path), "{line}");
    let told = format!("not all of “{unread}” can be carried");
    assert!(
        task.notes.iter().any(|it| it.starts_with(&told)),
        "{:?}",
        task.notes
    );
}

#[test]
fn an_autoscaler_or_a_budget_of_which_something_is_unread_is_not_written() {
    for line in [
        "`k8s/app/hpa.yml`: min 5, max 2",
        "`k8s/app/pdb.yml` — maxUnavailable: 0",
        "`k8s/app/pdb.yml`: minAvailable all",
    ] {
        let unread = line.strip_prefix("`k8s/app/pdb.yml`: ").unwrap_or(line);
        check_not_written(line, unread);
    }
    for unread in [
        "by the lag of Kafka",
        "по лагу Kafka",
        "за лагом Kafka",
        "requests per second 100",
    ] {
        check_not_written(&format!("`k8s/app/hpa.yml`: {unread}"), unread);
    }
    let below = "`k8s/app/hpa.yml`: min 2, max 6\n  - Metric: queue length 30";
    check_not_written(below, "Metric: queue length 30");
    let budget = read("`k8s/app/pdb.yml` — maxUnavailable: 0");
    let app = budget.application.workload("app").expect("the workload");
    assert_eq!(app.pdb, None, "a person writes it");
    check("`k8s/app/hpa.yml`: min 2, max 6, CPU 70%", &[]);
    check("`k8s/app/pdb.yml`: maxUnavailable 1", &[]);
}

/// Checks what is unread behind a path of Grafana's.
#[track_caller]
fn check_unread(compose: &str, line: &str, unread: Option<&str>) {
    let mut tree = tree();
    tree.insert("docker-compose.yml", compose);
    let text = format!("# Phase 1: A\n\n- [ ] `k8s/monitoring/grafana.yml`, {line}\n");
    let resolved = resolved(&parse(&text), &tree);
    let bullets = &resolved.tasks.first().expect("a task").bullets;
    let found = bullets.iter().find_map(|it| match it {
        BulletReading::Unread { text, .. } => Some(text.as_str()),
        BulletReading::Read { .. } | BulletReading::Vacuous { .. } => None,
    });
    assert_eq!(found, unread, "{line}");
}

#[test]
fn what_dashboards_are_about_is_no_name_of_the_application() {
    let name = COMPOSE.replace("name: call-center", "name: sklad");
    check_unread(&name, "dashboards", None);
    let orders = COMPOSE.replace("name: call-center", "name: shop-orders");
    check_unread(&orders, "dashboard of orders", Some("dashboard of orders"));
    for (line, unread) in [
        ("дашборд по складам", Some("дашборд по складам")),
        ("дашборд про склади", Some("дашборд про склади")),
        ("dashboard of the sklads", Some("dashboard of the sklads")),
        ("дашборд sklad", None),
        ("дашборды", None),
    ] {
        check_unread(&name, line, unread);
    }
}

#[test]
fn each_part_behind_an_ingress_is_written_or_a_persons() {
    let ingress = "`k8s/ingress.yml`";
    for line in [
        "shop.example.org, TLS",
        "shop.example.org, rate limit 20 r/s",
    ] {
        let resolved = read(&format!("{ingress}: {line}"));
        let found = resolved.application.ingress.expect("a way in");
        assert_eq!(found.hosts, ["shop.example.org"], "{line}");
    }
    let paths = "`/` → admin_api, `/api` → app, TLS, rate limit 20 r/s";
    let resolved = read(&format!("{ingress}: {paths}"));
    let found = resolved.application.ingress.expect("a way in");
    assert_eq!(found.paths().count(), 2);
    check(
        &format!("{ingress}: shop.example.org, TLS by cert-manager"),
        &["TLS by cert-manager"],
    );
    check(
        &format!("{ingress} for api.example.org"),
        &["for api.example.org"],
    );
}

#[test]
fn the_pod_security_that_is_written_may_be_asked_for() {
    for said in [
        "Pod Security restricted",
        "pod security: restricted",
        "PSS restricted",
    ] {
        check(
            &format!("`k8s/namespace.yml`: namespace `call-center`, {said}"),
            &[],
        );
    }
    for said in [
        "Pod Security baseline",
        "Pod Security restricted (warn)",
        "restricted",
    ] {
        let line = format!("`k8s/namespace.yml`: {said}");
        let task = read(&line);
        let task = task.tasks.last().expect("a task");
        assert!(task.has_unread(), "{line}");
    }
}

#[test]
fn nothing_of_a_clause_is_carried_of_which_something_is_unread() {
    let replicas = |line: &str| {
        let text = format!("# Phase 4: x\n\n- [ ] {line}\n");
        let resolved = resolved(&parse(&text), &tree());
        let task = resolved.tasks.last().expect("a task");
        let app = resolved.application.workload("app").expect("a workload");
        (task.has_unread(), app.replicas)
    };
    let plain = replicas("`k8s/app/deployment.yml`").1;
    for words in [
        "replicas 7 in winter sale",
        "реплик 7 на время распродажи",
        "реплік 7 на час розпродажу",
    ] {
        for mark in [", ", ": ", " — "] {
            let line = format!("`k8s/app/deployment.yml`{mark}{words}");
            assert_eq!(replicas(&line), (true, plain), "{line}");
        }
    }
    // What the facts know says nothing more, and what stands beside it counts.
    assert_eq!(replicas("`k8s/app/deployment.yml`: replicas 7"), (false, 7));
    assert_eq!(
        replicas("`k8s/app/deployment.yml`: replicas 7 for app"),
        (false, 7)
    );
    assert_eq!(
        replicas("`k8s/app/deployment.yml`: replicas 7, on Mars"),
        (true, 7)
    );
}

#[test]
fn everything_is_in_a_map_only_where_no_value_stands_elsewhere() {
    let unread = |store: &str, words: &str| {
        let compose = format!(
            "name: shop\nservices:\n  api:\n    build: .\n    ports: ['8080:8080']\n    \
             environment: {{LOG_LEVEL: info}}\n  db:\n    image: postgres:16\n{store}"
        );
        let tree: Tree = [
            ("docker-compose.yml", compose.as_str()),
            (
                "Dockerfile",
                "FROM python:3.12-slim\nUSER 10001\nEXPOSE 8080\n",
            ),
        ]
        .into_iter()
        .collect();
        let text = format!(
            "# Phase 4: x\n\n- [ ] `k8s/api/deployment.yml`\n- [ ] `k8s/configmap.yml` — {words}\n"
        );
        let resolved = resolved(&parse(&text), &tree);
        resolved.tasks.last().expect("a task").has_unread()
    };
    let name = "    environment: {POSTGRES_DB: app}\n";
    for words in [
        "everything that isn't secret",
        "all settings",
        "все настройки",
        "усі налаштування",
    ] {
        assert!(!unread("", words), "{words}");
        assert!(unread(name, words), "{words}");
    }
    assert!(!unread(name, "the settings that are no secrets"));
}

#[test]
fn an_environment_from_secrets_alone_is_read_where_nothing_comes_from_maps() {
    let app = "`k8s/app/deployment.yml`";
    for bullet in [
        "Env from Secret",
        "Переменные из Secret",
        "Змінні із Secret",
    ] {
        check_below(app, &[bullet], &[bullet]);
    }
    check_below(app, &["Env from Secret and ConfigMap"], &[]);
}

#[test]
fn what_stands_in_brackets_behind_a_path_is_read_as_behind_a_colon() {
    let of = |line: &str| {
        let resolved = read(line);
        let app = resolved.application.workload("app").cloned();
        let app = app.expect("the workload");
        (app.replicas, app.resources.cpu_request)
    };
    let asked = (3, "250m".to_owned());
    assert_eq!(
        of("`k8s/app/deployment.yml` (3 replicas, requests 250m/256Mi)"),
        asked
    );
    assert_eq!(
        of("`k8s/app/deployment.yml` (реплик: 3; requests 250m/256Mi)"),
        asked
    );
    check("`k8s/app/deployment.yml` (3 replicas, canary)", &["canary"]);
    check(
        "`k8s/app/deployment.yml` (3 replicas) (see the wiki)",
        &["(3 replicas) (see the wiki)"],
    );
}

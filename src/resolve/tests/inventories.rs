//! Listed names: those that the facts support, in the words of each language.

use super::{Action, parse, resolved, tree};
use crate::facts::Tree;

/// Checks what each name of a list is found to be (its first word), `-` where it is nothing.
#[track_caller]
fn check(question: &str, expected: &[(&str, &str)]) {
    check_in(&tree(), question, expected);
}

#[track_caller]
fn check_in(tree: &Tree, question: &str, expected: &[(&str, &str)]) {
    let names: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
    let text = format!(
        "# Phase 4: x\n\n## Tasks\n\n### 4.1 y\n- [ ] {question}: {}\n- [ ] `k8s/app/deployment.yml`: app\n",
        names.join(", ")
    );
    let resolved = resolved(&parse(&text), tree);
    let task = resolved.tasks.first().expect("a task");
    let Action::Inventory { answer, .. } = &task.action else {
        panic!("it is no inventory: {:?}", task.reading)
    };
    let found = |name: &str| {
        let of = |(known, what, _): &(String, String, _)| {
            let what = what.trim_start_matches("service ");
            let first = what.split(' ').next().unwrap_or_default();
            (known == name).then(|| first.to_owned())
        };
        answer.matched.iter().find_map(of)
    };
    let found: Vec<(&str, String)> = names
        .iter()
        .map(|name| (*name, found(name).unwrap_or_else(|| "-".to_owned())))
        .collect();
    let expected: Vec<(&str, String)> = expected
        .iter()
        .map(|(name, what)| (*name, (*what).to_owned()))
        .collect();
    assert_eq!(found, expected);
}

const DATABASE: &str = "POSTGRES_PASSWORD";

#[test]
fn secrets_are_known_in_english() {
    let expected = [
        ("DB password", DATABASE),
        ("database password", DATABASE),
        ("the database's password", DATABASE),
        ("passwords for databases", DATABASE),
        ("database credentials", DATABASE),
        ("Postgres password", DATABASE),
        ("password of the PostgreSQL user", DATABASE),
        ("JWT secret", "JWT_SECRET"),
        ("the JWT signing key", "JWT_SECRET"),
        ("OpenAI API key", "OPENAI_API_KEY"),
        ("Grafana admin password", "GRAFANA_PASSWORD"),
        ("API keys", "OPENAI_API_KEY"),
        ("Stripe API key", "-"),
        ("SMTP password", "-"),
    ];
    check("Which secrets are needed", &expected);
}

#[test]
fn secrets_are_known_in_russian() {
    let expected = [
        ("пароль базы", DATABASE),
        ("пароль базы данных", DATABASE),
        ("пароль от базы", DATABASE),
        ("пароль к базе данных", DATABASE),
        ("пароль БД", DATABASE),
        ("пароль PostgreSQL", DATABASE),
        ("ключ JWT", "JWT_SECRET"),
        ("API-ключ OpenAI", "OPENAI_API_KEY"),
        ("пароль администратора Grafana", "GRAFANA_PASSWORD"),
        ("API-ключи", "OPENAI_API_KEY"),
        ("API-ключ Stripe", "-"),
        ("пароль SMTP", "-"),
    ];
    check("Какие секреты нужны", &expected);
}

#[test]
fn secrets_are_known_in_ukrainian() {
    let expected = [
        ("пароль бази", DATABASE),
        ("пароль бази даних", DATABASE),
        ("пароль від бази", DATABASE),
        ("пароль до бази даних", DATABASE),
        ("пароль БД", DATABASE),
        ("пароль PostgreSQL", DATABASE),
        ("ключ JWT", "JWT_SECRET"),
        ("API-ключ OpenAI", "OPENAI_API_KEY"),
        ("пароль адміністратора Grafana", "GRAFANA_PASSWORD"),
        ("ключі API", "OPENAI_API_KEY"),
        ("API-ключ Stripe", "-"),
        ("пароль SMTP", "-"),
    ];
    check("Які секрети потрібні", &expected);
}

const WAREHOUSE: &str = r#"
name: sklad
services:
  app:
    build: .
    ports: ["8080:8080"]
    environment:
      MYSQL_PASSWORD: ${MYSQL_PASSWORD:?}
      JWT_SECRET: ${JWT_SECRET:?}
      STRIPE_API_KEY: ${STRIPE_API_KEY:?}
      KAFKA_BROKERS: kafka:9092
  tracker:
    build: tracker
    ports: ["8090:8090"]
  mysql:
    image: mysql:8.0
    environment:
      MYSQL_ROOT_PASSWORD: ${MYSQL_ROOT_PASSWORD:?}
      MYSQL_PASSWORD: ${MYSQL_PASSWORD:?}
    volumes: ["mysql-data:/var/lib/mysql"]
  redis: {image: "redis:7"}
  kafka: {image: "apache/kafka:3.9.0"}
volumes: {mysql-data: {}}
"#;

fn warehouse() -> Tree {
    [
        ("docker-compose.yml", WAREHOUSE),
        ("Dockerfile", "FROM python:3.12-slim\nEXPOSE 8080\n"),
        (
            "tracker/Dockerfile",
            "FROM golang:1.24-alpine\nEXPOSE 8090\n",
        ),
    ]
    .into_iter()
    .collect()
}

const USER: &str = "MYSQL_PASSWORD";
const ROOT: &str = "MYSQL_ROOT_PASSWORD";

#[test]
fn a_secret_is_found_by_all_that_its_name_says() {
    let english = [
        ("MySQL password", USER),
        ("password of the MySQL user", USER),
        ("MySQL database password", USER),
        ("MySQL root password", ROOT),
        ("root-password of MySQL", ROOT),
        ("MySQL replication user's password", "-"),
        ("MySQL password for reports", "-"),
        ("JWT secret", "JWT_SECRET"),
        ("JWT signing key", "JWT_SECRET"),
        ("JWT refresh token", "-"),
        ("Stripe API key", "STRIPE_API_KEY"),
        ("Stripe webhook secret", "-"),
        ("JWT and Stripe keys", "JWT_SECRET"),
        ("JWT and Twilio keys", "-"),
        ("application password", "-"),
    ];
    check_in(&warehouse(), "Which secrets are needed", &english);
    let russian = [
        ("пароль MySQL", USER),
        ("пароль базы MySQL", USER),
        ("root-пароль MySQL", ROOT),
        ("пароль пользователя MySQL", USER),
        ("пароль пользователя репликации MySQL", "-"),
        ("пароль MySQL для отчётов", "-"),
        ("JWT секрет", "JWT_SECRET"),
        ("ключ подписи JWT", "JWT_SECRET"),
        ("refresh-токен JWT", "-"),
        ("ключи JWT и Stripe", "JWT_SECRET"),
        ("пароль приложения", "-"),
    ];
    check_in(&warehouse(), "Какие секреты нужны", &russian);
    let ukrainian = [
        ("пароль MySQL", USER),
        ("пароль бази MySQL", USER),
        ("root-пароль MySQL", ROOT),
        ("пароль користувача MySQL", USER),
        ("пароль користувача реплікації MySQL", "-"),
        ("пароль MySQL для звітів", "-"),
        ("ключ підпису JWT", "JWT_SECRET"),
        ("refresh-токен JWT", "-"),
        ("ключі JWT та Stripe", "JWT_SECRET"),
        ("пароль застосунку", "-"),
    ];
    check_in(&warehouse(), "Які секрети потрібні", &ukrainian);
}

#[test]
fn a_service_or_volume_that_only_begins_alike_is_another() {
    let services = [
        ("MySQL database", "mysql"),
        ("MySQL 8.0", "mysql"),
        ("Redis cache", "redis"),
        ("Kafka broker", "kafka"),
        ("MySQL standby", "-"),
        ("Kafka Connect", "-"),
        ("Redis Sentinel", "-"),
        ("second tracker", "-"),
        ("tracker", "tracker"),
    ];
    check_in(&warehouse(), "Which services are needed", &services);
    let services = [
        ("база MySQL", "mysql"),
        ("кэш Redis", "redis"),
        ("MySQL-реплика", "-"),
        ("Kafka Connect", "-"),
        ("второй tracker", "-"),
    ];
    check_in(&warehouse(), "Какие сервисы нужны", &services);
    let services = [
        ("база MySQL", "mysql"),
        ("кеш Redis", "redis"),
        ("MySQL-репліка", "-"),
        ("другий tracker", "-"),
    ];
    check_in(&warehouse(), "Які сервіси потрібні", &services);
    let volumes = [("MySQL data", "mysql-data"), ("MySQL backups", "-")];
    check_in(&warehouse(), "Which volumes are needed", &volumes);
    let volumes = [("данные MySQL", "mysql-data"), ("бэкапы MySQL", "-")];
    check_in(&warehouse(), "Какие volumes нужны", &volumes);
    let volumes = [("дані MySQL", "mysql-data"), ("бекапи MySQL", "-")];
    check_in(&warehouse(), "Які томи потрібні", &volumes);
}

#[test]
fn what_is_asked_for_is_found_where_nothing_is_written() {
    let text = "# Phase 1: x\n\n## Tasks\n\n### 1.1 y\n- [ ] Which secrets are needed: JWT_SECRET, nothing\n\
                - [ ] Which ConfigMaps are needed: app-config\n";
    let resolved = resolved(&parse(text), &tree());
    assert!(
        resolved.application.secrets.is_empty(),
        "nothing is written"
    );
    let answers: Vec<(usize, usize)> = resolved
        .tasks
        .iter()
        .map(|task| {
            let Action::Inventory { answer, .. } = &task.action else {
                panic!("it is no inventory: {:?}", task.reading)
            };
            (answer.matched.len(), answer.missing.len())
        })
        .collect();
    assert_eq!(answers, [(1, 1), (1, 0)]);
}

#[test]
fn services_that_are_joined_are_two() {
    for question in [
        "Which services are needed: app, worker and cron",
        "Какие сервисы нужны: app, worker и cron",
        "Які сервіси потрібні: app, worker та cron",
    ] {
        let text = format!("# Phase 4: x\n\n- [ ] {question}\n");
        let resolved = resolved(&parse(&text), &tree());
        let task = resolved.tasks.first().expect("a task");
        let Action::Inventory { answer, .. } = &task.action else {
            panic!("it is no inventory: {:?}", task.reading)
        };
        assert_eq!(
            (answer.matched.len(), answer.missing.as_slice()),
            (2, ["cron".to_owned()].as_slice()),
            "{question}"
        );
    }
}

#[test]
fn a_list_that_says_more_than_names_is_a_persons() {
    for question in [
        "Which services are needed: app twice",
        "Which services are needed: app and a spare worker",
        "Which services are needed: app, except worker",
        "Which services are needed: app, 2 workers",
        "Which services are needed: app, a replica of postgres",
        "Какие сервисы нужны: app дважды",
        "Які сервіси потрібні: app, крім worker",
    ] {
        let text = format!("# Phase 4: x\n\n- [ ] {question}\n");
        let resolved = resolved(&parse(&text), &tree());
        let task = resolved.tasks.first().expect("a task");
        assert_eq!(task.action, Action::Manual, "{question}");
    }
    let text = "# Phase 4: x\n\n- [ ] Which services are needed: PostgreSQL 16, Redis 7 (DB)\n";
    let resolved = resolved(&parse(text), &tree());
    let task = resolved.tasks.first().expect("a task");
    assert!(
        matches!(task.action, Action::Inventory { .. }),
        "{:?}",
        task.reading
    );
}

#[test]
fn a_version_or_a_size_is_the_one_that_is_known() {
    let image = |tag: &str| {
        let compose = format!(
            "services:\n  app: {{build: ., ports: ['8080:8080']}}\n  postgres: {{image: 'postgres:{tag}'}}\n"
        );
        let mut tree = tree();
        tree.insert("docker-compose.yml", compose.as_str());
        tree
    };
    let question = "Which services are needed";
    check_in(
        &image("16-alpine"),
        question,
        &[("PostgreSQL 16", "postgres")],
    );
    check_in(&image("16.4"), question, &[("PostgreSQL 16", "postgres")]);
    check_in(
        &image("16-alpine"),
        question,
        &[("PostgreSQL 15", "-"), ("app", "app")],
    );
    check_in(
        &image("latest"),
        question,
        &[("PostgreSQL 16", "-"), ("app", "app")],
    );
    check(
        "Які томи потрібні",
        &[("дані Postgres (60Gi)", "-"), ("дані Postgres", "pg")],
    );
}

//! Listed names: those that the facts support, in the words of each language.

use super::{Action, parse, resolved, tree};

/// Checks what each name of a list is found to be (its first word), `-` where it is nothing.
#[track_caller]
fn check(question: &str, expected: &[(&str, &str)]) {
    let names: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
    let text = format!(
        "# Phase 4: x\n\n## Tasks\n\n### 4.1 y\n- [ ] {question}: {}\n- [ ] `k8s/app/deployment.yml`: app\n",
        names.join(", ")
    );
    let resolved = resolved(&parse(&text), &tree());
    let task = resolved.tasks.first().expect("a task");
    let Action::Inventory { answer, .. } = &task.action else {
        panic!("it is no inventory: {:?}", task.reading)
    };
    let found = |name: &str| {
        let of = |(known, what, _): &(String, String, _)| {
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

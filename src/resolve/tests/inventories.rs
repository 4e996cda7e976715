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

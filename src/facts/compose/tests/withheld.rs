//! Values of secrets outside of environments and commands.

use super::super::read;
use super::project;
use crate::facts::compose::Report;
use crate::facts::{Inputs, Tree};

const ENV: &str = "DB_PASSWORD=hunter2hunter2\nALIAS=x${DB_PASSWORD}\nPORT=80\n";

/// Checks that nothing of a service has the secret, and that each of those keys is told once.
#[track_caller]
fn check(body: &str, told: &[&str]) {
    let compose = format!("services:\n  api:\n    image: a:1\n{body}");
    let (found, warnings) = project(&[("compose.yml", &compose), (".env", ENV)]).unwrap();
    let text = format!("{found:?} {warnings}");
    assert!(!text.contains("hunter2"), "{text}");
    let messages: Vec<&str> = warnings.0.iter().map(|it| it.message.as_str()).collect();
    let keys = messages.iter().filter_map(|message| {
        let (key, rest) = message.strip_prefix("`services.api.")?.split_once('`')?;
        rest.contains("manifests are in git").then_some(key)
    });
    assert_eq!(keys.collect::<Vec<_>>(), told, "{messages:?}");
}

#[test]
fn no_field_of_a_service_carries_a_secret() {
    check(
        "    labels: {a: \"x ${DB_PASSWORD}\", b: plain}\n",
        &["labels.a"],
    );
    check("    labels: ['a=x ${DB_PASSWORD}']\n", &["labels.a"]);
    check(
        "    annotations: {a.b/c: \"${DB_PASSWORD}\"}\n",
        &["annotations.a.b/c"],
    );
    check(
        "    deploy: {labels: {z: \"${DB_PASSWORD}\"}}\n",
        &["deploy.labels.z"],
    );
    check("    working_dir: /w/${DB_PASSWORD}\n", &["working_dir"]);
    check(
        "    hostname: ${DB_PASSWORD}\n    user: ${DB_PASSWORD}\n",
        &["hostname", "user"],
    );
    check("    devices: ['/dev/${DB_PASSWORD}']\n", &["devices"]);
    check(
        "    extra_hosts: ['${DB_PASSWORD}:1.2.3.4']\n",
        &["extra_hosts"],
    );
    check(
        "    extra_hosts: {a: \"${DB_PASSWORD}\"}\n",
        &["extra_hosts"],
    );
    check(
        "    ports: [{target: 80, name: \"${DB_PASSWORD}\"}]\n",
        &["ports.name"],
    );
    check("    volumes: ['./${DB_PASSWORD}:/data']\n", &["volumes"]);
    check(
        "    post_start: [{command: a, environment: {A: \"${DB_PASSWORD}\"}}]\n",
        &["post_start.environment.A"],
    );
}

#[test]
fn what_is_made_from_a_secret_in_the_env_file_is_one() {
    check("    labels: {a: \"${ALIAS}\"}\n", &["labels.a"]);
}

#[test]
fn what_refers_to_a_secret_stays() {
    check(
        "    command: run -p${DB_PASSWORD}\n    healthcheck: {test: [CMD, a, \"${DB_PASSWORD}\"]}\n",
        &[],
    );
    check(
        "    build: {context: ., args: {A: \"${DB_PASSWORD}\"}}\n",
        &[],
    );
    check("    ports: ['${PORT}:80']\n    labels: {a: b}\n", &[]);
}

#[test]
fn a_value_that_looks_like_a_secret_is_not_shown() {
    let compose =
        "services:\n  api:\n    image: a:1\n    labels: {hook: \"Bearer abcd1234efgh\"}\n";
    let (found, warnings) = project(&[("compose.yml", compose)]).unwrap();
    assert!(found.services[0].labels.is_empty());
    let text = warnings.to_string();
    assert!(text.contains("services.api.labels.hook"), "{text}");
    assert!(!text.contains("abcd1234"), "{text}");
}

#[test]
fn a_proxys_label_keeps_its_name() {
    let compose = "services:\n  api:\n    image: a:1\n    labels:\n      \
                   traefik.http.middlewares.a.basicauth.users: \"a:${DB_PASSWORD}\"\n";
    let (found, _) = project(&[("compose.yml", compose), (".env", ENV)]).unwrap();
    let label = (
        "traefik.http.middlewares.a.basicauth.users".to_owned(),
        String::new(),
    );
    assert_eq!(found.services[0].labels, [label]);
}

#[test]
fn what_settings_call_a_setting_is_carried() {
    let compose = "services:\n  api: {image: 'a:1', labels: {mode: \"${TOKEN_MODE}\"}}\n";
    let tree: Tree = [("compose.yml", compose), (".env", "TOKEN_MODE=strict\n")]
        .into_iter()
        .collect();
    let inputs = Inputs {
        plain: vec!["TOKEN_MODE".to_owned()],
        ..Inputs::default()
    };
    let mut report = Report::default();
    let found = read(&tree, &["compose.yml".to_owned()], &inputs, &mut report).unwrap();
    assert_eq!(found.services[0].labels[0].1, "strict");
}

#[test]
fn a_list_form_knows_where_its_secret_stands() {
    let compose =
        "services:\n  api: {image: 'a:1', environment: ['A_LONG_NAME=ab${DB_PASSWORD}cd']}\n";
    let (found, _) = project(&[("compose.yml", compose), (".env", ENV)]).unwrap();
    let text = found.services[0].environment[0].value.clone().unwrap();
    let used = &text.variables[0];
    assert_eq!(text.value.get(used.place.clone()), Some("hunter2hunter2"));
}

//! The rules of merging, each on two small files; and what holds for all of them.

use std::fmt::Write as _;

use std::sync::Arc;

use proptest::prelude::{Strategy, prop_assert_eq, proptest};

use super::super::super::report::Report;
use super::super::super::yaml::{Node, Value, parse};
use super::super::shape::shape;
use super::{merge, settle};

fn tree(text: &str) -> Node {
    let mut report = Report::default();
    let mut root = parse("compose.yml", &Arc::from(text)).unwrap().remove(0);
    shape(&mut root, "", &mut report);
    root
}

fn show(node: &Node) -> String {
    match &node.value {
        Value::Null => "~".to_owned(),
        Value::Scalar(text) => text.value.clone(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(show).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|one| format!("{}: {}", one.key, show(&one.node)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

fn service(body: &str) -> Node {
    tree(&format!("services:\n  api: {body}\n"))
}

fn merged(base: Node, over: Node) -> (String, Report) {
    let mut report = Report::default();
    let mut merged = merge(base, over, &[], &mut report);
    settle(&mut merged);
    (show(&merged), report)
}

#[track_caller]
fn check(base: &str, over: &str, expected: &str) {
    let (found, report) = merged(service(base), service(over));
    assert_eq!(found, format!("{{services: {{api: {expected}}}}}"));
    assert!(!report.failed());
}

#[test]
fn maps_merge_and_scalars_are_replaced() {
    check(
        "{image: 'calls:1', labels: {tier: api, owner: ops}}",
        "{image: 'calls:2', labels: {owner: dev}}",
        "{image: calls:2, labels: {tier: api, owner: dev}}",
    );
}

#[test]
fn lists_are_joined_but_commands_are_replaced() {
    check(
        "{dns: ['1.1.1.1']}",
        "{dns: '8.8.8.8'}",
        "{dns: [1.1.1.1, 8.8.8.8]}",
    );
    check("{command: [a, b]}", "{command: [c]}", "{command: [c]}");
    check("{command: [a, b]}", "{command: }", "{command: ~}");
    check(
        "{entrypoint: [a]}",
        "{entrypoint: b c}",
        "{entrypoint: b c}",
    );
    check(
        "{healthcheck: {test: [CMD, a], retries: 3}}",
        "{healthcheck: {test: [CMD, b]}}",
        "{healthcheck: {test: [CMD, b], retries: 3}}",
    );
}

#[test]
fn names_with_values_merge_whichever_way_they_are_written() {
    check(
        "{environment: [A=1, B=2]}",
        "{environment: {B: 3, C: 4}}",
        "{environment: {A: 1, B: 3, C: 4}}",
    );
    check("{labels: {a: b}}", "{labels: [a=c]}", "{labels: {a: c}}");
    check(
        "{build: ., sysctls: [x=1]}",
        "{build: {args: [V=1]}, sysctls: {x: 2}}",
        "{build: {context: ./, args: {V: 1}}, sysctls: {x: 2}}",
    );
    check(
        "{deploy: {labels: [a=1]}}",
        "{deploy: {labels: {a: 2}}}",
        "{deploy: {labels: {a: 2}}}",
    );
}

#[test]
fn mounts_are_known_by_their_target() {
    check(
        "{volumes: ['a:/data', 'b:/log'], devices: ['/dev/a:/dev/x']}",
        "{volumes: [{type: volume, source: c, target: /data}], devices: ['/dev/b:/dev/x']}",
        "{volumes: [{type: volume, source: c, target: /data}, b:/log], devices: [/dev/b:/dev/x]}",
    );
    check(
        "{secrets: [key], configs: [{source: c, target: /app.yml}]}",
        "{secrets: [{source: other, target: key}], configs: [{source: d, target: /app.yml}]}",
        "{secrets: [{source: other, target: key}], configs: [{source: d, target: /app.yml}]}",
    );
}

#[test]
fn ports_are_known_by_address_port_and_protocol() {
    check(
        "{ports: ['80', '81']}",
        "{ports: ['81', '82']}",
        "{ports: [80, 81, 82]}",
    );
    check(
        "{ports: ['8080:80']}",
        "{ports: [{target: 80, published: 8080}, '8080:80/udp']}",
        "{ports: [{target: 80, published: 8080}, 8080:80/udp]}",
    );
}

#[test]
fn env_files_are_known_by_their_path_and_keep_their_place() {
    check(
        "{env_file: [a.env, b.env]}",
        "{env_file: {path: a.env, required: false}}",
        "{env_file: [{path: ./a.env, required: false}, {path: ./b.env}]}",
    );
}

#[test]
fn hosts_keep_all_their_addresses() {
    check(
        "{extra_hosts: {db: '10.0.0.1'}}",
        "{extra_hosts: ['db=10.0.0.2', 'db=10.0.0.1']}",
        "{extra_hosts: [db=10.0.0.1, db=10.0.0.2]}",
    );
}

#[test]
fn a_short_dependency_has_the_default_condition() {
    check(
        "{depends_on: {db: {condition: service_healthy}}}",
        "{depends_on: [db, cache]}",
        "{depends_on: {db: {condition: service_started, required: true}, cache: {condition: \
         service_started, required: true}}}",
    );
    check(
        "{networks: [a]}",
        "{networks: {b: {aliases: [x]}}}",
        "{networks: {a: ~, b: {aliases: [x]}}}",
    );
}

#[test]
fn logging_merges_where_the_driver_is_the_same() {
    check(
        "{logging: {driver: local, options: {a: 1}}}",
        "{logging: {options: {b: 2}}}",
        "{logging: {driver: local, options: {a: 1, b: 2}}}",
    );
    check(
        "{logging: {driver: local, options: {a: 1}}}",
        "{logging: {driver: syslog}}",
        "{logging: {driver: syslog}}",
    );
}

#[test]
fn a_limit_may_change_its_form() {
    check(
        "{ulimits: {nofile: {soft: 1, hard: 2}}}",
        "{ulimits: {nofile: 3}}",
        "{ulimits: {nofile: 3}}",
    );
}

#[test]
fn tags_drop_replace_and_merge_by_place() {
    check(
        "{ports: ['80'], user: app}",
        "{ports: !reset []}",
        "{user: app}",
    );
    check(
        "{ports: ['80']}",
        "{ports: !override ['90']}",
        "{ports: [90]}",
    );
    check("{user: app}", "{expose: !reset []}", "{user: app}");
    check(
        "{environment: {A: b, C: d}}",
        "{environment: {A: !reset null}}",
        "{environment: {C: d}}",
    );
    check(
        "{dns: [a, b]}",
        "{dns: !merge [{}, c, d]}",
        "{dns: [a, c, d]}",
    );
}

#[test]
fn nothing_keeps_what_was_there_except_for_a_variable() {
    check("{user: app}", "{user: }", "{user: app}");
    check(
        "{environment: {A: b}}",
        "{environment: }",
        "{environment: {A: b}}",
    );
    check(
        "{environment: {A: b}}",
        "{environment: {A: }}",
        "{environment: {A: ~}}",
    );
}

#[test]
fn what_can_not_be_merged_is_an_error_that_names_both_places() {
    let (_, report) = merged(service("{ports: ['80']}"), service("{ports: {a: b}}"));
    let problems = report.finish().unwrap_err();
    assert_eq!(
        problems.to_string(),
        "`services.api.ports` is a mapping here and something else before"
    );
    assert!(problems.0[0].help[0].contains("compose.yml:2"));
}

/// Services of a file: names, images, variables, ports.
fn file() -> impl Strategy<Value = String> {
    let entry = ("[a-d]", "[A-C]", 1_u8..4, 80_u16..84);
    proptest::collection::btree_map("[a-c]", entry, 0..3).prop_map(|services| {
        let mut text = String::from("services:\n");
        for (name, (image, variable, value, port)) in services {
            // Writing to a String can't fail.
            let _ = writeln!(
                text,
                "  {name}: {{image: {image}, environment: {{{variable}: {value}}}, ports: \
                 ['{port}']}}"
            );
        }
        text
    })
}

fn all(files: &[String]) -> String {
    let mut report = Report::default();
    let trees = files.iter().map(|text| tree(text));
    let merged = trees.reduce(|base, over| merge(base, over, &[], &mut report));
    merged.map(|node| show(&node)).unwrap_or_default()
}

proptest! {
    #[test]
    fn a_file_merged_over_itself_is_itself(text in file()) {
        prop_assert_eq!(all(&[text.clone(), text.clone()]), all(&[text]));
    }

    #[test]
    fn an_empty_file_changes_nothing(text in file()) {
        let empty = "services:\n".to_owned();
        let services = format!("{text}  z: {{image: z}}\n");
        prop_assert_eq!(all(&[services.clone(), empty]), all(&[services]));
    }

    #[test]
    fn merging_is_associative(one in file(), two in file(), three in file()) {
        let files = [one, two, three].map(|text| format!("{text}  z: {{image: z}}\n"));
        let mut report = Report::default();
        let [one, two, three] = files.clone().map(|text| tree(&text));
        let right = merge(two, three, &[], &mut report);
        let right = merge(one, right, &[], &mut report);
        prop_assert_eq!(all(&files), show(&right));
    }
}

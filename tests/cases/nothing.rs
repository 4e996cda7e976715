//! From nothing: `orch init` and `orch new phase` in repositories that have no checklist.

mod adopted;
mod language;
mod phases;

use crate::harness::applications::{applications, bare};
use crate::harness::workspace::Workspace;

/// The languages of checklists.
const LANGUAGES: [&str; 3] = ["en", "ru", "uk"];

applications!(tests in_all_languages);

#[track_caller]
fn in_all_languages(name: &str) {
    for language in LANGUAGES {
        check(name, language);
    }
}

/// Those whose checklists were read word by word, and are kept as they were.
const REVIEWED: &[(&str, &str)] = &[
    ("call-center", "en"),
    ("call-center", "ru"),
    ("call-center", "uk"),
    ("migrations", "en"),
    ("migrations", "ru"),
    ("websocket-chat", "uk"),
];

/// What `plan` warns of where a checklist says too little, or something that isn't so.
const REMARKS: &[&str] = &[
    "nothing says how many",
    "StatefulSets of one pod",
    "no host is named",
    "in the facts supports",
    "nothing brings",
    "--> checklists/",
];

/// A checklist is written, complained of by nobody, read to its last word, and done but for what
/// it leaves to people.
#[track_caller]
fn check(name: &str, language: &str) {
    let workspace = bare(name);
    let arguments = ["init", "--language", language, "--set", "shop"];
    workspace.orch(&arguments).expect(0);
    if REVIEWED.contains(&(name, language)) {
        check_golden(&format!("{name}-{language}"), &workspace.read(CHECKLIST));
    }
    let checked = workspace.orch(&["check"]).expect(0);
    assert_eq!(
        checked.stderr, "nothing to complain about\n",
        "{name} {language}"
    );

    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0);
    let last = plan.stdout.lines().last().unwrap_or_default();
    for wanted in [" 0 with something unread", "(0 unassigned)"] {
        assert!(last.contains(wanted), "{name} {language}: {last}");
    }
    for remark in REMARKS {
        let found = plan.stderr.contains(remark);
        assert!(!found, "{name} {language}: {remark}\n{}", plan.stderr);
    }
    let again = bare(name);
    let dry = again
        .orch(&[&arguments[..], &["--dry-run"]].concat())
        .expect(0);
    assert_eq!(
        dry.stdout,
        workspace.read(CHECKLIST),
        "the same facts give the same bytes"
    );
    assert!(!again.has("checklists"), "a dry run writes nothing");

    let yours = workspace.read(CHECKLIST).contains("orch: manual");
    let code = if yours { 3 } else { 0 };
    workspace.commit("Begin the rollout");
    workspace.orch(&["phase", "1", "run"]).expect(code);
    let ticked = workspace.read(CHECKLIST);
    let (_, tasks) = ticked.split_once("### ").expect("a section");
    let open: Vec<&str> = tasks
        .lines()
        .filter(|line| line.starts_with("- [ ]") && !line.contains("orch: manual"))
        .collect();
    assert_eq!(open, [""; 0], "{name} {language}");
}

const CHECKLIST: &str = "checklists/shop/phase-01-kubernetes.md";

#[test]
fn the_language_is_told_from_the_readme_or_the_locale() {
    let title = |workspace: &Workspace| {
        let text = workspace.orch(&["init", "--dry-run"]).expect(0).stdout;
        text.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(title(&bare("udp")), "# Phase 1: Kubernetes");
    let russian = "Здесь живёт сервер, который отвечает на звонки и ведёт их запись.\n";
    assert_eq!(
        title(&bare("udp").file("README.md", russian)),
        "# Фаза 1: Kubernetes"
    );
    let locale = bare("udp").with_env("LC_ALL", "uk_UA.UTF-8");
    let text = locale.orch(&["init", "--dry-run"]).expect(0).stdout;
    assert!(text.contains("## Мета фази"), "{text}");
}

#[test]
fn what_is_wished_for_is_written() {
    let workspace = bare("queue-workers");
    let arguments = [
        "init",
        "--set",
        "shop",
        "--monitoring",
        "--host",
        "Shop.example.org",
        "--phase",
        "4",
    ];
    workspace.orch(&arguments).expect(0);
    let text = workspace.read("checklists/shop/phase-04-kubernetes.md");
    for line in [
        "- [ ] `k8s/monitoring/prometheus-statefulset.yml`: Prometheus",
        "- [ ] `k8s/monitoring/grafana-statefulset.yml`: Grafana",
        "  - Host: `shop.example.org`",
    ] {
        assert!(text.lines().any(|it| it == line), "no {line:?} in\n{text}");
    }
    let plan = workspace.orch(&["phase", "4", "plan"]).expect(0);
    assert!(!plan.stderr.contains("no host is named"), "{}", plan.stderr);
    workspace.orch(&["phase", "4", "rehearse"]);
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let workspace = bare("udp").file("orch.toml", "strict = true\n");
    workspace.orch(&["init"]).expect(0);
    assert_eq!(workspace.read("orch.toml"), "strict = true\n");
    let kept = workspace.contents();
    workspace.orch(&["init"]).expect(0);
    assert_eq!(workspace.contents(), kept);
    let refused = workspace.orch(&["init", "--language", "uk"]).expect(2);
    assert!(
        refused.stderr.contains("orch new phase"),
        "{}",
        refused.stderr
    );
}

#[test]
fn where_there_is_nothing_to_go_by_the_way_out_is_told() {
    let empty = Workspace::new().orch(&["init"]).expect(2);
    check_golden("no-compose", &empty.stderr);
    let dockerfile = Workspace::new().file("Dockerfile", "FROM alpine\n");
    check_golden(
        "dockerfile-only",
        &dockerfile.orch(&["init"]).expect(2).stderr,
    );
    let none = Workspace::new().file("compose.yaml", "services: {}\n");
    check_golden("no-services", &none.orch(&["init"]).expect(2).stderr);
    let set = bare("udp").orch(&["init", "--set", "../up"]).expect(2);
    assert!(
        set.stderr.contains("can't be the name of a set"),
        "{}",
        set.stderr
    );
}

#[test]
fn a_host_that_a_person_fills_in_is_all_that_an_ingress_lacks() {
    let workspace = bare("wordpress");
    workspace.orch(&["init", "--set", "shop"]).expect(0);
    let text = workspace.read(CHECKLIST);
    let (before, rest) = text.split_once("  - Host: ").expect("an unknown host");
    let (_, after) = rest.split_once('\n').expect("a line");
    let (head, line) = before.trim_end().rsplit_once('\n').expect("the task above");
    let line = line
        .strip_suffix(" <!-- orch: manual -->")
        .expect("a person's");
    let filled = format!("{head}\n{line}\n  - Host: `gazette.example.org`\n{after}");
    workspace.write(CHECKLIST, filled);
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0);
    assert!(
        plan.stdout.contains(" 0 with something unread"),
        "{}",
        plan.stdout
    );
    assert!(!plan.stderr.contains("no host is named"), "{}", plan.stderr);
    workspace.commit("Name the host");
    workspace.orch(&["phase", "1", "run"]).expect(3);
    assert!(
        workspace
            .read("k8s/ingress.yml")
            .contains("gazette.example.org")
    );
}

#[test]
fn names_from_files_never_drive_the_terminal() {
    let compose =
        "services:\n  \"web\\e]0;owned\\a\":\n    image: \"nginx\\e[2J:1\"\n    ports: ['80:80']\n";
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: \"a\\e[2J\" }\n";
    for (path, text) in [("compose.yaml", compose), ("k8s/a.yml", manifest)] {
        let workspace = Workspace::new().file(path, text).commit_all();
        let run = workspace.orch(&["init", "--dry-run"]);
        for said in [&run.stdout, &run.stderr] {
            for raw in ['\u{1b}', '\u{7}'] {
                assert!(!said.contains(raw), "{path} said {raw:?}:\n{said:?}");
            }
        }
    }
}

#[test]
fn what_was_written_is_told() {
    let said = bare("wordpress").orch(&["init"]).expect(0).stderr;
    let program = env!("CARGO_BIN_EXE_orch");
    check_golden("said", &said.replace(program, "orch"));
}

#[test]
fn names_that_kubernetes_has_not_are_aliases() {
    let compose =
        "services:\n  My_App:\n    build: .\n    ports: ['80:8000']\n  base:\n    image: redis:7\n";
    let workspace = Workspace::new()
        .file("compose.yaml", compose)
        .file("Dockerfile", "FROM alpine:3\n")
        .commit_all();
    workspace.orch(&["init", "--set", "shop"]).expect(0);
    let text = workspace.read(CHECKLIST);
    assert!(text.contains("`k8s/my-app/deployment.yml`"), "{text}");
    assert!(text.contains("`k8s/base-statefulset.yml`"), "{text}");
    assert!(
        workspace
            .read("phases/01-kubernetes.toml")
            .contains("my-app = \"My_App\"")
    );
    workspace.orch(&["phase", "1", "plan"]).expect(0);
}

/// Compares with what was reviewed; `INSTA_UPDATE=always` writes anew what is then reviewed again.
#[track_caller]
fn check_golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden/nothing");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

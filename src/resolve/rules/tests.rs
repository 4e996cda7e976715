//! What each rule says of a line.

use super::{RULES, consider};
use crate::checklist::parse;
use crate::resolve::Verdict;
use crate::vocabulary::Vocabulary;

/// Checks which rule reads a line, and why a rule before it doesn't.
#[track_caller]
fn check(line: &str, reads: Option<&str>, refuses: &[(&str, &str)]) {
    let text = format!("# Phase 1: Things\n\n## 1.1 Work\n\n- [ ] {line}\n");
    let checklist =
        parse("phase-01-things.md", &text, &Vocabulary::default()).expect("a checklist");
    let task = checklist.checklist.tasks().next().expect("a task");
    let considered = consider(("", task), &Vocabulary::default(), &[]);
    let read = considered.iter().find_map(|it| match &it.verdict {
        Verdict::Read(_) => Some(it.rule),
        Verdict::Later(_) | Verdict::No(_) => None,
    });
    assert_eq!(read, reads);
    for (rule, why) in refuses {
        let of_rule = considered.iter().find(|it| it.rule == *rule);
        let verdict = of_rule.map(|it| it.verdict.clone());
        assert_eq!(verdict, Some(Verdict::No((*why).to_owned())), "{rule}");
    }
}

#[test]
fn every_rule_says_what_it_looks_for() {
    for rule in RULES {
        assert!(rule.looks_for.chars().count() > 20, "{}", rule.name);
        assert!(!rule.looks_for.ends_with('.'), "{}", rule.name);
    }
}

#[test]
fn a_line_that_no_rule_reads_has_each_rules_reason() {
    check(
        "Tell the team",
        None,
        &[
            ("directive", "the task has none"),
            ("study", "doesn't begin with a verb of looking"),
            ("inventory", "doesn't begin with “which”"),
            ("write", "names no path in code marks"),
            ("expect", "names nothing in code marks"),
            ("require", "names nothing that manifests can be checked for"),
        ],
    );
}

#[test]
fn a_rule_says_what_is_missing() {
    check(
        "Study the code",
        None,
        &[("study", "names no path and no endpoint in code marks")],
    );
    check(
        "Look at `k8s/api.yml`",
        Some("study"),
        &[(
            "write",
            "doesn't begin with the path, and has no verb of making before it",
        )],
    );
    check(
        "Create `src/main.py`",
        Some("expect"),
        &[("write", "`src/main.py` is no manifest's path")],
    );
    check(
        "Remove `k8s/store/deployment.yml`",
        None,
        &[(
            "expect",
            "that `k8s/store/deployment.yml` is gone doesn't tell what became of its objects",
        )],
    );
    check(
        "Which colours are needed",
        None,
        &[(
            "inventory",
            "asks for no services, volumes, secrets or ConfigMaps",
        )],
    );
}

#[test]
fn a_directive_wins_and_the_rules_behind_are_still_told() {
    let line = "Study `Dockerfile` <!-- orch: manual -->";
    check(line, Some("directive"), &[]);
    check(
        "Study `Dockerfile` <!-- orch: timeout=5m -->",
        Some("study"),
        &[("directive", "says how the task is done, not what it is")],
    );
}

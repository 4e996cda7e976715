//! Text from files never drives the terminal.

use crate::harness::call_center::{checklist, with_checklist};

#[test]
fn escape_sequences_of_a_checklist_are_shown_and_not_obeyed() {
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}";
    let text = checklist()
        .replace(
            "# Phase 4: Kubernetes",
            &format!("# Phase 4: Kubernetes {evil}"),
        )
        .replace("call processor (API", &format!("call processor {evil}(API"))
        .replace(
            "  - Replicas: 2 (min)\n",
            &format!("  - Replicas: 2 (min)\n  - Mind {evil}\n"),
        )
        .replace(
            "- [ ] `k8s/kustomization.yml`",
            &format!("- [ ] Ask {evil} Ada\n- [ ] `k8s/kustomization.yml`"),
        );
    let workspace = with_checklist(&text);
    let commands: &[&[&str]] = &[
        &["phase", "4", "plan"],
        &["phase", "4", "explain", "4.2.1"],
        &["phase", "4", "status"],
        &["status"],
        &["phase", "4", "rehearse"],
        &["phase", "4", "run"],
        &["phase", "4", "run"],
        &["analyze"],
        &["init", "--dry-run"],
    ];
    for arguments in commands {
        let run = workspace.orch(arguments);
        for said in [&run.stdout, &run.stderr] {
            for raw in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}'] {
                assert!(!said.contains(raw), "{arguments:?} said {raw:?}:\n{said:?}");
            }
        }
        assert!(matches!(run.code, Some(0 | 3)), "{run:?}");
    }
}

#[test]
fn colour_comes_only_when_asked_for() {
    let workspace = with_checklist(&checklist());
    let plain = workspace.orch(&["phase", "4", "plan"]).expect(0);
    assert!(!plain.stdout.contains('\u{1b}'));
    let coloured = workspace
        .orch(&["phase", "4", "plan", "--color", "always"])
        .expect(0);
    assert!(coloured.stdout.contains("\u{1b}["));
}

//! What messages show, and what they don't: secrets, sets, ids of any length, ways out.

use crate::harness::workspace::Workspace;

const SHOP: &str = "checklists/shop/phase-01-base.md";

fn workspace(set: &str, tasks: &str) -> Workspace {
    let path = format!("checklists/{set}/phase-01-base.md");
    let text = format!("# Phase 1: Base\n\n## 1.1 First\n{tasks}");
    Workspace::new().file(&path, text).commit_all()
}

#[test]
fn a_secret_in_a_command_is_neither_shown_nor_recorded() {
    let task =
        "- [ ] Warm the cache <!-- orch: run=\"CACHE_PASSWORD=hunter2 sh -c 'exit 3'\" -->\n";
    let workspace = workspace("shop", task);
    for (arguments, code) in [
        (&["check"][..], 0),
        (&["check", "--json"], 0),
        (&["phase", "1", "plan"], 0),
        (&["phase", "1", "plan", "--json"], 0),
        (&["phase", "1", "explain", "1.1.1"], 0),
        (&["next"], 0),
        (&["phase", "1", "run"], 1),
        (&["phase", "1", "run", "--yes"], 1),
        (&["phase", "1", "status"], 0),
    ] {
        let run = workspace.orch(arguments).expect(code);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(!said.contains("hunter2"), "{arguments:?}:\n{said}");
    }
    let journal = workspace.read(".orch/shop/phase-01.jsonl");
    assert!(journal.contains("CACHE_PASSWORD=***"), "{journal}");
    assert!(!journal.contains("hunter2"), "{journal}");
    let kept = workspace.read(".git/orch/output/shop-phase-01/1.1.1.txt");
    assert!(!kept.contains("hunter2"), "{kept}");
    let checked = workspace.orch(&["check"]).expect(0).stdout;
    assert!(
        checked.contains("holds a secret: it is what `CACHE_PASSWORD` is set to"),
        "{checked}"
    );
}

#[test]
fn hints_name_the_set_where_it_isnt_the_usual_one() {
    let task = "- [ ] Create `src/a.py`:\n  - Mind the moon\n";
    let workspace = workspace("shop", task)
        .file(
            "checklists/move/phase-01-x.md",
            format!("# Phase 1: X\n\n## 1.1 Y\n{task}"),
        )
        .file("orch.toml", "set = \"shop\"\n")
        .commit_all();
    let checked = workspace.orch(&["check"]).expect(0).stdout;
    assert!(checked.contains("orch task done 1.1.1 --note"), "{checked}");
    assert!(
        checked.contains("orch task done 1.1.1 --set move --note"),
        "{checked}"
    );
}

#[test]
fn ids_of_any_length_keep_columns() {
    let tasks = "- [ ] Ask Ann\n- [ ] Ask Bob <!-- orch: id=ask-bob-about-it -->\n";
    let workspace = workspace("shop", tasks);
    for command in ["plan", "status"] {
        let shown = workspace.orch(&["phase", "1", command]).expect(0).stdout;
        let at = |words: &str| shown.lines().find_map(|line| line.find(words));
        assert_eq!(at("Ask Ann"), at("Ask Bob"), "{shown}");
    }
}

#[test]
fn what_leads_out_of_the_workspace_is_called_so() {
    let tasks = "- [ ] Study `../../notes`\n- [ ] Apply <!-- orch: apply=../x -->\n";
    let checked = workspace("shop", tasks).orch(&["check"]).expect(2).stdout;
    for said in [
        "`../../notes` leads out of the workspace",
        "task 1.1.2 applies `../x`, which leads out of the workspace",
    ] {
        assert!(checked.contains(said), "no {said:?} in\n{checked}");
    }
}

#[test]
fn what_nobody_will_do_has_a_way_out() {
    let workspace = workspace("shop", "- [ ] Ask Ann\n");
    let waiting = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    assert!(waiting.contains("orch task skip 1.1.1 --note"), "{waiting}");
    workspace
        .orch(&["task", "skip", "1.1.1", "--note", "nobody asks"])
        .expect(0);
    assert!(workspace.read(SHOP).contains("- [ ] Ask Ann"));
}

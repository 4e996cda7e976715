//! `orch check`: everything that is wrong, at once, and mending what is beyond doubt.

use serde_json::Value;

use crate::cases::commands::check_golden;
use crate::harness::call_center::call_center;
use crate::harness::workspace::Workspace;

pub(super) const CHECKLIST: &str = "checklists/rollout/phase-02-things.md";

/// A checklist in which much is written wrongly.
pub(super) const ODD: &str = "\u{feff}# Phase 2: Things\r\n\r\n## Status\r\n\r\n- [x] Not started\r\n\
- [x] In progress\r\n- [ ] Competed\r\n\r\n**Strated:** -\r\n\r\n## 2.1 Work\r\n\r\n\
- [х] Ask Ёжик who owns it\r\n- [x]Tell them\r\n- [ ]\u{a0}Wait\r\n- [~] Half done\r\n\
- [ ] Study `docker-compose.yml`\r\n- [ ] Warm up <!-- orch: rnu=\"./warm.sh\" -->\r\n\
- [ ] Last one <!-- orch: after=2.1.9 -->\r\n";

pub(super) fn odd() -> Workspace {
    Workspace::new()
        .file(CHECKLIST, ODD)
        .file("orch.toml", "set = \"rollout\"\nextars = \"write\"\n")
        .file("phases/02-things.toml", "compose = \"a.yml\"\n")
        .commit_all()
}

#[test]
fn everything_is_told_at_once_with_its_place() {
    let workspace = odd();
    let before = workspace.contents();
    let checked = workspace.orch(&["check"]).expect(2);
    check_golden("check", &(checked.stdout + &checked.stderr));
    assert_eq!(workspace.contents(), before, "nothing is written");
}

#[test]
fn what_is_beyond_doubt_is_mended_and_nothing_else_changes() {
    let workspace = odd();
    workspace.orch(&["check", "--fix"]).expect(2);
    let mended = ODD
        .replace("[x] Not started", "[ ] Not started")
        .replace("[х]", "[x]")
        .replace("[x]Tell", "[x] Tell")
        .replace("[ ]\u{a0}Wait", "[ ] Wait");
    assert_eq!(workspace.read(CHECKLIST), mended);
    let again = workspace.orch(&["check", "--fix"]).expect(2);
    assert!(!again.stderr.contains("mended"), "{}", again.stderr);
}

#[test]
fn programs_get_places_and_fixes() {
    let workspace = odd();
    let lines = workspace.orch(&["check", "--json"]).expect(2).stdout;
    let events: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let of_box = |event: &&Value| event["rule"] == "box" && event["line"] == 13;
    let found = events.iter().find(of_box).expect("the Cyrillic box");
    assert_eq!(
        (&found["column"], &found["endColumn"]),
        (&3.into(), &6.into())
    );
    assert_eq!(found["fix"]["text"], "[x]");
}

#[test]
fn only_the_files_that_are_named_are_told_of() {
    let workspace = odd();
    let path = workspace.path("phases/02-things.toml");
    let path = path.to_str().expect("a path");
    let checked = workspace.orch(&["check", path]).expect(2);
    assert!(
        checked.stdout.contains("phases/02-things.toml:1"),
        "{}",
        checked.stdout
    );
    assert!(!checked.stdout.contains(CHECKLIST), "{}", checked.stdout);
    let outside = workspace.orch(&["check", "/etc/hostname"]).expect(2);
    assert!(outside.stderr.contains("no text file of the workspace"));
}

#[test]
fn a_workspace_that_is_well_written_has_nothing_to_complain_about() {
    let checked = call_center().orch(&["check"]).expect(0);
    assert_eq!(checked.stdout, "");
    assert_eq!(checked.stderr, "nothing to complain about\n");
}

#[test]
fn warnings_fail_where_that_is_wanted_and_a_set_can_be_checked_alone() {
    let workspace = Workspace::new()
        .file("orch.toml", "set = \"rollout\"\n")
        .file(
            "checklists/rollout/phase-01-a.md",
            "# Phase 1: A\n\n- [ ] Ask\n- [х] Tell\n",
        )
        .file(
            "checklists/other/phase-01-a.md",
            "# Phase 1: A\n\n- [ ] Ask\n",
        )
        .file("checklists/other/README.md", "# Read this\n")
        .commit_all();
    workspace.orch(&["check"]).expect(0);
    workspace.orch(&["check", "--strict"]).expect(2);
    let other = workspace
        .orch(&["--set", "other", "check", "--strict"])
        .expect(0);
    assert_eq!(other.stderr, "nothing to complain about\n");
    let readme = workspace.path("checklists/other/README.md");
    let readme = readme.to_str().expect("a path");
    workspace.orch(&["check", "--strict", readme]).expect(0);
    let fixed = workspace.orch(&["check", "--fix"]).expect(0).stderr;
    let said = "mended checklists/rollout/phase-01-a.md:4:3: `[х]` → `[x]`\n";
    assert!(fixed.starts_with(said), "{fixed}");
    let again = workspace.orch(&["check", "--fix"]).expect(0).stderr;
    assert_eq!(again, "nothing to complain about\n");
}

#[test]
fn a_task_that_cant_be_read_hides_nothing_else() {
    let workspace = Workspace::new()
        .file(
            CHECKLIST,
            "# Phase 2: Things\n\n## Status\n- [x] Not started\n- [x] In progress\n\
             - [ ] Completed\n\n## 2.1 Work\n- [x] A <!-- orch: rnu=\"a\" -->\n\
             - [ ] B <!-- orch: after=2.1.3 -->\n- [ ] C <!-- orch: after=2.1.2 -->\n\
             - [ ] D <!-- orch: apply=k8s/nothing.yml -->\n",
        )
        .commit_all();
    let told = workspace.orch(&["check"]).expect(2).stdout;
    for piece in [
        "a directive has no key `rnu`",
        "2 status boxes are ticked",
        "these tasks wait for each other: 2.1.2 → 2.1.3 → 2.1.2",
        "task 2.1.4 applies `k8s/nothing.yml`, which is not there",
    ] {
        assert!(told.contains(piece), "no {piece:?} in\n{told}");
    }
}

#[test]
fn a_checklist_that_cant_be_read_hides_no_other() {
    let workspace = Workspace::new()
        .file(CHECKLIST, "# Phase 2: Things\n\n- [х] Ask\n- [ ] Tell\n")
        .file(
            "checklists/rollout/phase-03-old.md",
            b"# Phase 3: Old\n\n- [ ] \xd4\xe0\xe7\xe0\n",
        )
        .commit_all();
    let checked = workspace.orch(&["check"]).expect(2).stdout;
    for piece in [
        "`[х]` holds the Cyrillic letter",
        "`checklists/rollout/phase-03-old.md` isn't UTF-8 text (byte 22)",
        "--> checklists/rollout/phase-03-old.md:3:7",
        "help: save it as UTF-8",
    ] {
        assert!(checked.contains(piece), "no {piece:?} in\n{checked}");
    }
    // The other phase can be used, and this one isn't forgotten.
    workspace.orch(&["phase", "2", "plan"]).expect(0);
    for command in [&["status"][..], &["phase", "3", "run"]] {
        let refused = workspace.orch(command).expect(2).stderr;
        assert!(refused.contains("isn't UTF-8 text"), "{refused}");
    }
}

#[test]
fn a_path_to_be_changed_that_no_task_makes_is_told() {
    let workspace = Workspace::new()
        .file("src/main.py", "x = 1\n")
        .file(
            CHECKLIST,
            "# Phase 2: Things\n\n- [ ] Update `src/mian.py`\n- [ ] Update `src/main.py`\n\
             - [ ] Update `docs/new.md`\n- [ ] Create `docs/new.md`\n- [ ] Update `gone/x.rb`\n\
             - [x] Update `gone/y.rb`\n- [ ] Update `later/z.rb`\n",
        )
        .file(
            "checklists/rollout/phase-01-first.md",
            "# Phase 1: First\n\n- [ ] Create `later/z.rb`\n",
        )
        .commit_all();
    let told = workspace.orch(&["check"]).expect(0);
    for piece in [
        "`src/mian.py` is not there",
        "did you mean `src/main.py`?",
        "`gone/x.rb` is not there",
    ] {
        assert!(
            told.stdout.contains(piece),
            "no {piece:?} in\n{}",
            told.stdout
        );
    }
    assert!(
        told.stderr.contains("0 errors, 2 warnings"),
        "{}",
        told.stdout
    );
}

//! `orch check`: everything that is wrong, at once, and mending what is beyond doubt.

use serde_json::Value;

use crate::cases::commands::check_golden;
use crate::harness::call_center::call_center;
use crate::harness::workspace::Workspace;

const CHECKLIST: &str = "checklists/rollout/phase-02-things.md";

/// A checklist in which much is written wrongly.
const ODD: &str = "\u{feff}# Phase 2: Things\r\n\r\n## Status\r\n\r\n- [x] Not started\r\n\
- [x] In progress\r\n- [ ] Competed\r\n\r\n**Strated:** -\r\n\r\n## 2.1 Work\r\n\r\n\
- [х] Ask Ёжик who owns it\r\n- [x]Tell them\r\n- [ ]\u{a0}Wait\r\n- [~] Half done\r\n\
- [ ] Study `docker-compose.yml`\r\n- [ ] Warm up <!-- orch: rnu=\"./warm.sh\" -->\r\n\
- [ ] Last one <!-- orch: after=2.1.9 -->\r\n";

fn odd() -> Workspace {
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

    let sarif = workspace.orch(&["check", "--sarif"]).expect(2).stdout;
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), events.len());
    assert!(
        results
            .iter()
            .all(|result| result["message"]["text"].is_string())
    );
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

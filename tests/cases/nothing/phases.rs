//! `orch new phase`.

use super::check_golden;
use crate::harness::call_center::{CHECKLIST, call_center, checklist};
use crate::harness::workspace::Workspace;

#[test]
fn a_phase_is_written_in_the_shape_of_its_set() {
    let workspace = call_center();
    let before = workspace.contents();
    let said = workspace.orch(&["new", "phase", "Load testing"]).expect(0);
    let path = "checklists/call-center/phase-05-load-testing.md";
    check_golden("new-phase", &workspace.read(path));
    assert!(
        said.stderr.contains("phases/05-load-testing.toml"),
        "{}",
        said.stderr
    );
    let mut after = workspace.contents();
    after.remove(path);
    after.remove("phases/05-load-testing.toml");
    assert_eq!(after, before, "nothing else is touched");
    workspace.orch(&["check"]).expect(0);
    workspace.orch(&["phase", "5", "plan"]).expect(0);

    let again = workspace
        .orch(&["new", "phase", "More", "--number", "5"])
        .expect(2);
    assert!(
        again.stderr.contains("phase 5 is there already"),
        "{}",
        again.stderr
    );
    let named = workspace.orch(&["new", "phase", "../.."]).expect(2);
    assert!(
        named.stderr.contains("can't be the name"),
        "{}",
        named.stderr
    );
}

#[test]
fn language_and_numbers_are_those_of_the_neighbours() {
    let text = "# Фаза 2: Сховище\n\n## Статус\n- [ ] Не розпочата\n\n### 2.1 Томи\n- [ ] Спитати\n\n**Нотатки:** -\n";
    let workspace = Workspace::new()
        .file("checklists/shop/phase-2-storage.md", text)
        .commit_all();
    workspace.orch(&["new", "phase", "Навантаження"]).expect(0);
    let path = "checklists/shop/phase-3-навантаження.md";
    check_golden("new-phase-uk", &workspace.read(path));
    let asked = [
        "new",
        "phase",
        "Later",
        "--number",
        "9",
        "--language",
        "ru",
        "--dry-run",
    ];
    let dry = workspace.orch(&asked).expect(0);
    assert!(
        dry.stdout.starts_with("# Фаза 9: Later\n"),
        "{}",
        dry.stdout
    );
    assert!(!workspace.has("checklists/shop/phase-9-later.md"));
}

#[test]
fn the_first_phase_makes_its_set() {
    let workspace = Workspace::new();
    let said = workspace
        .orch(&["new", "phase", "Design", "--set", "billing"])
        .expect(0)
        .stderr;
    assert!(said.contains("a new set, billing"), "{said}");
    assert!(workspace.has("checklists/billing/phase-01-design.md"));
    workspace.orch(&["check"]).expect(0);
}

#[test]
fn of_several_sets_one_is_chosen() {
    let workspace = call_center().file("checklists/other/phase-01-kubernetes.md", checklist());
    let which = workspace.orch(&["new", "phase", "More"]).expect(2);
    assert!(
        which.stderr.contains("call-center, other"),
        "{}",
        which.stderr
    );
    workspace
        .orch(&["new", "phase", "More", "--set", "other"])
        .expect(0);
    assert!(workspace.has("checklists/other/phase-02-more.md"));
    assert!(workspace.has(CHECKLIST));
}

#[test]
fn a_file_is_named_as_those_of_its_set() {
    for (before, after) in [
        ("phase-02-storage.md", "phase-03-load-testing.md"),
        ("phase-2-storage.md", "phase-3-load-testing.md"),
        ("02-storage.md", "03-load-testing.md"),
        ("2_storage.md", "3_load_testing.md"),
        ("Phase 9 Storage.md", "Phase 10 load testing.md"),
        ("Фаза-02-сховище.md", "Фаза-03-load-testing.md"),
    ] {
        let text = "# Storage\n\n- [ ] Ask\n";
        let workspace = Workspace::new()
            .file(&format!("checklists/shop/{before}"), text)
            .commit_all();
        workspace.orch(&["new", "phase", "Load testing"]).expect(0);
        let path = format!("checklists/shop/{after}");
        assert!(workspace.has(&path), "{after}: {:?}", workspace.files());
        // Its settings are found by its name.
        let checked = workspace.orch(&["check"]).expect(0);
        assert!(!checked.stdout.contains("stray"), "{}", checked.stdout);
        let number = after
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>();
        workspace.orch(&["phase", &number, "plan"]).expect(0);
    }
}

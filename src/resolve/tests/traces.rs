//! Traces of persons' work that can't be told apart.

use super::{parse, tree};
use crate::facts::{Facts, gather};
use crate::resolve::{Action, Context, Seen, Sight, Since, There, inputs, resolve};
use crate::settings::{PhaseSettings, Settings};

/// Resolves tasks about `src/main.py`, which changed, and returns for each whether its traces are
/// there; nothing where it is a person's.
#[track_caller]
fn found(tasks: &[&str]) -> Vec<Option<bool>> {
    let text = format!("# Phase 4: x\n\n## 4.1 y\n{}\n", tasks.join("\n"));
    let checklist = parse(&text);
    let mut tree = tree();
    tree.insert("src/main.py", "def start(): run()\n");
    tree.insert("app/src/Main.kt", "fun open() { run() }\n");
    tree.insert(
        "app/src/Pay.kt",
        "fun pay() {\n    // TODO: charge\n    note()\n    save()\n}\n\nfun back() { save() }\n",
    );
    tree.insert("app/src/Old.kt", "fun begin() { run() }\n");
    let phase = PhaseSettings::default();
    let facts = gather(&tree, &inputs(&checklist, &tree, &phase, None));
    let facts = facts.map_or_else(|_| Facts::default(), |it| it.facts);
    let sight = Sight {
        there: There::File {
            size: 1,
            sha256: "00".to_owned(),
            blank: false,
        },
        changed: Some(None),
        known: true,
        ignored: false,
    };
    let folder = Sight {
        there: There::Folder { files: 1 },
        ..sight.clone()
    };
    let seen = Seen {
        since: Since::Commit("0123".to_owned()),
        paths: [
            ("src/".to_owned(), folder),
            ("app/src/Main.kt".to_owned(), sight.clone()),
            ("src/main.py".to_owned(), sight),
        ]
        .into(),
        ..Seen::default()
    };
    let settings = Settings::default();
    let context = Context {
        set: "demo".to_owned(),
        settings: &settings,
        phase: &phase,
        service_monitors: true,
        seen: Some(&seen),
        before: None,
    };
    let resolved = resolve(&checklist, &facts, &tree, &context).expect("resolved");
    let traces = |action: &Action| {
        if let Action::Expect { traces } = action {
            return Some(traces.iter().all(|it| it.found.is_ok()));
        }
        assert_eq!(*action, Action::Manual, "{tasks:?}");
        None
    };
    let tasks = resolved.tasks.iter();
    tasks.map(|task| traces(&task.action)).collect()
}

/// Checks for tasks that all leave traces whether these are there.
#[track_caller]
fn check(tasks: &[&str], expected: &[bool]) {
    let expected: Vec<Option<bool>> = expected.iter().copied().map(Some).collect();
    assert_eq!(found(tasks), expected, "{tasks:?}");
}

const RACE: &str = "- [ ] Fix the race in `src/main.py`";
const LOGGING: &str = "- [ ] Add logging to `src/main.py`";

#[test]
fn one_change_ticks_one_task() {
    check(&[RACE], &[true]);
    check(&[RACE, "- [ ] Update `src/other.py`"], &[true, false]);
}

#[test]
fn a_change_that_several_tasks_ask_for_ticks_none() {
    check(&[RACE, LOGGING], &[false, false]);
    check(&["- [ ] Create `src/main.py`", LOGGING], &[true, false]);
    check(
        &[RACE, "- [ ] Implement `start()` in `src/main.py`"],
        &[false, true],
    );
}

#[test]
fn a_change_that_a_persons_task_may_have_made_ticks_none() {
    let review = "- [ ] Review `src/main.py` with the team and mend it";
    assert_eq!(found(&[RACE, review]), [Some(false), None]);
}

#[test]
fn a_path_by_its_bare_name_is_the_same() {
    check(&[RACE, "- [ ] Add logging to `main.py`"], &[false, false]);
    for moved in [
        "- [ ] Move `TOPIC` from `Config` to `main.py`",
        "- [ ] Вынести `TOPIC` из `Config` в `main.py`",
        "- [ ] Винести `TOPIC` з `Config` у `main.py`",
    ] {
        assert_eq!(found(&[RACE, moved]), [Some(false), None]);
    }
    check(&[RACE, "- [ ] Update `src/other/main.py`"], &[true, false]);
    check(&[RACE, "- [ ] Update `ain.py`"], &[true, false]);
}

#[test]
fn a_name_tells_changes_apart_and_a_tick_stays() {
    check(
        &[RACE, "- [ ] Add `start()` to `src/main.py`"],
        &[false, true],
    );
    check(
        &["- [x] Fix the race in `src/main.py`", LOGGING],
        &[true, false],
    );
}

#[test]
fn work_on_what_a_file_defines_changes_the_file() {
    check(&[RACE, "- [ ] Add function `start()`"], &[false, true]);
    check(&[RACE, "- [ ] Add function `stop()`"], &[true, false]);
    let persons = "- [ ] Add `@retry` to `start`, as agreed";
    assert_eq!(found(&[RACE, persons]), [Some(false), None]);
    check(&["- [ ] Refactor `src/`"], &[true]);
    check(
        &[
            "- [ ] Refactor `src/`",
            "- [ ] Implement `start()` in `src/main.py`",
        ],
        &[false, true],
    );
}

#[test]
fn a_bare_name_of_a_class_is_the_only_file_that_is_called_so() {
    check(&["- [ ] Implement `open()` in `Main.kt`"], &[true]);
    check(&["- [ ] Fix the race in `Main.kt`"], &[true]);
    check(&["- [ ] Create `Main.kt`"], &[true]);
    check(&["- [ ] Implement `stop()` in `Main.kt`"], &[false]);
    check(&["- [ ] Implement `open()` in `Other.kt`"], &[false]);
    check(&["- [ ] Create `Old.kt`"], &[false]);
    check(&["- [ ] Fix the race in `Main.kt` for redis"], &[false]);
    // Each service has such a one.
    check(&["- [ ] Create `main.py`"], &[false]);
}

#[test]
fn what_says_that_it_is_to_be_done_is_a_persons_to_tell() {
    check(&["- [ ] Implement `pay()` in `app/src/Pay.kt`"], &[false]);
    check(&["- [ ] Implement `back()`"], &[true]);
    check(&["- [ ] Create `app/src/Pay.kt`"], &[false]);
    // It was told when it was ticked.
    check(&["- [x] Create `app/src/Pay.kt`"], &[true]);
}

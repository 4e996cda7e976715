//! A phase from nothing to its commit, and again.

use crate::harness::call_center::{Case, foreign, own};

const FILES: &[&str] = &[
    "k8s/README.md",
    "k8s/call-processor/deployment.yml",
    "k8s/call-processor/hpa.yml",
    "k8s/call-processor/pdb.yml",
    "k8s/call-processor/service.yml",
    "k8s/configmap.yml",
    "k8s/ingress.yml",
    "k8s/kustomization.yml",
    // The documents call them differently.
    "k8s/monitoring/grafana",
    "k8s/monitoring/prometheus",
    "k8s/namespace.yml",
    "k8s/postgresql/service.yml",
    "k8s/postgresql/statefulset.yml",
    "k8s/redis/service.yml",
    "k8s/redis/statefulset.yml",
    "k8s/secrets.yml",
];

const TODAY: &str = "2026-01-02";

#[test]
fn runs_the_examples_phase_from_nothing() {
    check_from_nothing(&own());
}

#[test]
fn runs_a_checklist_of_other_people_without_any_settings() {
    check_from_nothing(&foreign());
}

#[test]
fn a_file_that_is_called_a_deployment_holds_one() {
    let workspace = foreign().workspace;
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let text = workspace.read("k8s/monitoring/prometheus-deployment.yml");
    assert!(text.contains("\nkind: Deployment\n"), "{text}");
    assert!(!text.contains("StatefulSet"), "{text}");
}

#[track_caller]
fn check_from_nothing(case: &Case) {
    let workspace = &case.workspace;
    let before = workspace.contents();

    let run = workspace.orch(&["phase", "4", "run"]).expect(0);

    let after = workspace.contents();
    assert_eq!(run.stdout, "", "the account goes to stderr");
    for path in FILES {
        let written = after.keys().any(|file| file.starts_with(path));
        assert!(written, "{path} was not written");
    }
    for (path, bytes) in before.iter().filter(|(path, _)| *path != case.checklist) {
        assert_eq!(after.get(path), Some(bytes), "{path} was changed");
    }
    check_projection(&case.text, &workspace.read(case.checklist));
    assert!(workspace.read("PROGRESS.md").contains(TODAY));
    check_commit(case);
    assert!(
        workspace.git_status().is_empty(),
        "{:?}",
        workspace.git_status()
    );
    check_second_run(case);
}

/// Everything is as it was, but for the task boxes, one status box and two dates.
#[track_caller]
fn check_projection(before: &str, after: &str) {
    let first_task = before.find("### ").expect("a section");
    let mut statuses = Vec::new();
    let mut at = 0;
    assert_eq!(before.lines().count(), after.lines().count());
    for (old, new) in before.lines().zip(after.lines()) {
        let is_box = old.starts_with("- [ ]");
        if is_box && at < first_task {
            if new.starts_with("- [x]") {
                statuses.push(new);
            } else {
                assert_eq!(new, old);
            }
        } else if is_box {
            assert_eq!(new, old.replacen("- [ ]", "- [x]", 1));
        } else if new != old {
            assert_eq!(
                old.strip_suffix('-'),
                new.strip_suffix(TODAY),
                "{old} became {new}"
            );
        }
        at += old.len() + 1;
    }
    assert_eq!(statuses.len(), 1, "{statuses:?}");
    assert!(
        ["Completed", "Завершена"]
            .iter()
            .any(|word| statuses[0].ends_with(word))
    );
    assert_eq!(after.matches(TODAY).count(), 2, "started and completed");
}

/// There is one commit with the owned paths only.
#[track_caller]
fn check_commit(case: &Case) {
    let messages = case.workspace.messages();
    assert_eq!(messages.len(), 2, "{messages:?}");
    let (subject, rest) = messages[0].split_once('\n').expect("a trailer");
    assert_eq!(
        subject,
        format!("checklist({}): phase-4 kubernetes completed", case.set)
    );
    assert!(rest.trim().starts_with("Orch-Run: "), "{rest}");
    let changed = case.workspace.changed_by_head();
    let owned = |path: &String| {
        path.starts_with("k8s/")
            || [case.checklist, case.journal, "PROGRESS.md"].contains(&path.as_str())
    };
    assert!(changed.iter().all(owned), "{changed:?}");
    for path in FILES
        .iter()
        .chain(&[case.checklist, case.journal, "PROGRESS.md"])
    {
        assert!(
            changed.iter().any(|changed| changed.starts_with(path)),
            "{path} was not committed"
        );
    }
}

/// Running again changes no byte and says so.
#[track_caller]
fn check_second_run(case: &Case) {
    let (contents, head) = (case.workspace.contents(), case.workspace.head());
    let again = case.workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    assert_eq!(case.workspace.contents(), contents);
    assert_eq!(case.workspace.head(), head);
}

#[test]
fn leaves_other_changes_of_the_user_as_they_are() {
    let workspace = own().workspace.file("notes.txt", "one\n");
    workspace.commit("Add notes");
    workspace.write("notes.txt", "staged\n");
    workspace.write("new.txt", "staged as well\n");
    let mut index = workspace.git().index().expect("an index");
    for path in ["notes.txt", "new.txt"] {
        index.add_path(path.as_ref()).expect("staged");
    }
    index.write().expect("an index");
    workspace.write("notes.txt", "not staged\n");
    workspace.write("untracked.txt", "not git's\n");
    let before = workspace.git_status();

    workspace.orch(&["phase", "4", "run"]).expect(0);

    assert_eq!(workspace.git_status(), before);
    assert_eq!(workspace.read("notes.txt"), "not staged\n");
    let staged = workspace
        .git()
        .index()
        .expect("an index")
        .get_path("notes.txt".as_ref(), 0);
    let staged = workspace
        .git()
        .find_blob(staged.expect("an entry").id)
        .expect("its text");
    assert_eq!(staged.content(), b"staged\n");
    assert!(
        !workspace
            .changed_by_head()
            .iter()
            .any(|path| path.contains("txt"))
    );
}

#[test]
fn updates_a_progress_file_that_people_keep_beside_their_checklists() {
    let case = foreign();
    let path = format!("checklists/{}/PROGRESS.md", case.set);
    let workspace = case.workspace.file(&path, KEPT);
    workspace.commit("Keep track");

    workspace.orch(&["phase", "4", "run"]).expect(0);

    assert_eq!(workspace.read(&path), KEPT_AFTER);
    assert!(!workspace.has("PROGRESS.md"), "the set has its own");
    assert!(workspace.changed_by_head().contains(&path));
}

const KEPT: &str = "\
# Прогресс

Пишем сюда, что готово.

## Текущий статус

- **Текущая фаза:** 4
- **Статус:** не начата
- **Последнее обновление:** 2025-12-30

## Фазы

| # | Фаза | Статус | Дата начала | Дата завершения |
|---|------|--------|-------------|-----------------|
| 3 | Тесты | Завершена | 2025-12-01 | 2025-12-30 |
| 4 | Kubernetes | Не начата | - | - |
| 5 | Резервные копии | Не начата | - | - |

## История

| Дата | Фаза | Событие |
|------|------|---------|
| 2025-12-30 | 3 | Тесты готовы |

Вопросы — Аде.
";

const KEPT_AFTER: &str = "\
# Прогресс

Пишем сюда, что готово.

## Текущий статус

- **Текущая фаза:** 5
- **Статус:** не начата
- **Последнее обновление:** 2026-01-02

## Фазы

| # | Фаза | Статус | Дата начала | Дата завершения |
|---|------|--------|-------------|-----------------|
| 3 | Тесты | Завершена | 2025-12-01 | 2025-12-30 |
| 4 | Kubernetes | Завершена (репетиция) | 2026-01-02 | 2026-01-02 |
| 5 | Резервные копии | Не начата | - | - |

## История

| Дата | Фаза | Событие |
|------|------|---------|
| 2025-12-30 | 3 | Тесты готовы |
| 2026-01-02 | 4 | файлов записано: 24, объектов готово: 53 (репетиция) |

Вопросы — Аде.
";

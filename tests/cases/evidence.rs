//! Boxes that aren't about Kubernetes: a person does the work, and a run ticks what left its trace.

use serde_json::Value;

use crate::harness::workspace::Workspace;

const CHECKLIST: &str = "checklists/auth/phase-01-login.md";

/// A checklist in three languages, a line a kind of trace.
const TASKS: &str = "\
# Phase 1: Login

## Status
- [ ] Not started
- [ ] In progress
- [ ] Completed

**Started:** -
**Completed:** -

## 1.1 Tokens

- [ ] Create `src/auth/jwt.py` with `verify_token()`
- [ ] Додати логування до `src/main.py`
- [ ] Удалить `src/old.py`
- [ ] Add `POST /api/login`
- [ ] Add variable `JWT_SECRET`

**Notes:** -
";

fn workspace() -> Workspace {
    Workspace::new()
        .file(CHECKLIST, TASKS)
        .file("src/main.py", "print('hello')\n")
        .file("src/old.py", "x = 1\n")
        .commit_all()
}

/// Does all of the work, as a person would.
fn work(workspace: &Workspace) {
    workspace.write(
        "src/auth/jwt.py",
        "import os\n\nSECRET = os.environ['JWT_SECRET']\n\n\ndef verify_token(token):\n    return token == SECRET\n",
    );
    workspace.write("src/main.py", "import logging\n\nlogging.info('hello')\n");
    workspace.write(
        "src/api.py",
        "@app.post('/api/login')\ndef login(): run()\n",
    );
    fs_err::remove_file(workspace.path("src/old.py")).expect("it was there");
}

fn ticked(workspace: &Workspace) -> usize {
    workspace.read(CHECKLIST).matches("- [x]").count()
}

#[test]
fn what_was_opened_again_counts_once_its_file_changes() {
    let workspace = workspace();
    workspace.orch(&["phase", "1", "run"]).expect(3);
    work(&workspace);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    assert_eq!(ticked(&workspace), 6);
    let note = ["task", "reopen", "1.1.4", "--note", "nobody can log in"];
    workspace.orch(&note).expect(0);

    let held = workspace.orch(&["phase", "1", "run"]).expect(3);
    let why =
        "Ada Tester <ada@example.test> opened the task again: it counts once `src/api.py` changes";
    assert!(held.stderr.contains(why), "{}", held.stderr);
    let text = workspace.read(CHECKLIST);
    assert!(text.contains("- [ ] Add `POST /api/login`"), "{text}");
    let again = workspace.orch(&["phase", "1", "run"]).expect(3);
    assert!(again.stderr.contains(why), "{}", again.stderr);

    let text = workspace.read("src/api.py").replace("run()", "verify()");
    workspace.write("src/api.py", &text);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let text = workspace.read(CHECKLIST);
    assert!(text.contains("- [x] Add `POST /api/login`"), "{text}");
    workspace.orch(&["phase", "1", "verify"]).expect(0);
}

#[test]
fn what_a_person_did_is_ticked_once_its_trace_is_there() {
    let workspace = workspace();
    let waiting = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    for missing in [
        "`src/auth/jwt.py` isn't there yet",
        "no definition of `verify_token()` was found in `src/auth/jwt.py`",
        "a change of `src/main.py` counts from the phase's first run on",
        "`src/old.py` is still there",
        "no endpoint `POST /api/login` was found",
        "`JWT_SECRET` is in no settings source",
    ] {
        assert!(waiting.contains(missing), "no {missing:?} in\n{waiting}");
    }
    assert_eq!(ticked(&workspace), 1, "in progress, and nothing else");
    assert!(workspace.read(CHECKLIST).contains("- [x] In progress"));

    // Waiting goes on, and changes nothing.
    let before = workspace.contents();
    let again = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    assert!(
        again.contains("`src/main.py` hasn't changed since the phase began"),
        "{again}"
    );
    assert_eq!(workspace.contents(), before);

    work(&workspace);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let text = workspace.read(CHECKLIST);
    assert_eq!(ticked(&workspace), 5 + 1, "{text}");
    assert!(text.contains("- [x] Completed"), "{text}");

    let explained = workspace
        .orch(&["phase", "1", "explain", "1.1.1"])
        .expect(0)
        .stdout;
    assert!(
        explained.contains("`verify_token()` is defined at src/auth/jwt.py:6"),
        "{explained}"
    );
    assert!(explained.contains("evidence on rehearsal"), "{explained}");
    let journal = workspace.read(".orch/auth/phase-01.jsonl");
    assert!(journal.contains("\"trace\":\"change\""), "{journal}");
    assert!(!journal.contains("os.environ"), "{journal}");
}

#[test]
fn one_trace_of_several_isnt_enough() {
    let workspace = workspace();
    workspace.write("src/auth/jwt.py", "# def verify_token(): later\n");
    let run = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    assert!(run.contains("no definition of `verify_token()`"), "{run}");
    assert!(workspace.read(CHECKLIST).contains("- [ ] Create `src/auth"));
}

#[test]
fn a_trace_that_is_gone_opens_its_box_again() {
    let workspace = workspace();
    workspace.orch(&["phase", "1", "run"]).expect(3);
    work(&workspace);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    fs_err::remove_file(workspace.path("src/auth/jwt.py")).expect("it was there");

    let run = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    assert!(run.contains("`src/auth/jwt.py` isn't there yet"), "{run}");
    let text = workspace.read(CHECKLIST);
    assert!(text.contains("- [ ] Create `src/auth/jwt.py`"), "{text}");
    assert!(text.contains("- [x] In progress"), "{text}");
    let journal = workspace.read(".orch/auth/phase-01.jsonl");
    let reopened =
        "\"event\":\"reopened\",\"task\":\"1.1.1\",\"who\":\"orch\",\"why\":\"`src/auth/jwt.py`";
    assert!(journal.contains(reopened), "{journal}");

    work_again(&workspace);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    assert_eq!(ticked(&workspace), 5 + 1);
}

fn work_again(workspace: &Workspace) {
    workspace.write(
        "src/auth/jwt.py",
        "import os\nos.environ['JWT_SECRET']\ndef verify_token(t): run()\n",
    );
}

#[test]
fn other_work_goes_on_and_what_comes_after_waits() {
    let tasks = "# Phase 1: Login\n\n## 1.1 Work\n\n- [ ] Create `src/auth.py`\n- [ ] Count \
                 <!-- orch: run=\"touch counted\" -->\n- [ ] Count again <!-- orch: run=\"touch again\" \
                 after=1.1.1 -->\n";
    let workspace = Workspace::new().file(CHECKLIST, tasks).commit_all();
    workspace.orch(&["phase", "1", "run", "--yes"]).expect(3);
    assert!(workspace.has("counted"));
    assert!(!workspace.has("again"), "it comes after the person's work");
    workspace.write("src/auth.py", "x = 1\n");
    workspace.orch(&["phase", "1", "run", "--yes"]).expect(0);
    assert!(workspace.has("again"));
}

#[test]
fn the_plan_tells_what_is_there_and_what_isnt() {
    let workspace = workspace();
    workspace.write(".env.example", "JWT_SECRET=\n");
    let before = workspace.contents();
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0).stdout;
    for line in [
        "by rule expect file + symbol: `Create`, `src/auth/jwt.py`, `verify_token()`",
        "waits: `src/auth/jwt.py` isn't there yet",
        "there: `JWT_SECRET` is at .env.example:1",
    ] {
        assert!(plan.contains(line), "no {line:?} in\n{plan}");
    }
    let json = workspace.orch(&["phase", "1", "plan", "--json"]).expect(0);
    let traces: Vec<Value> = json
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|value| value["event"] == "task")
        .map(|value| value["traces"].clone())
        .collect();
    assert_eq!(traces[0][0]["kind"], "file");
    assert_eq!(traces[0][0]["missing"], "`src/auth/jwt.py` isn't there yet");
    assert_eq!(traces[4][0]["found"]["trace"], "variable");
    assert_eq!(workspace.contents(), before);
}

#[test]
fn the_status_and_what_is_next_name_what_is_missing() {
    let workspace = workspace();
    let said = |arguments: &[&str]| workspace.orch(arguments).expect(0).stdout;
    assert!(said(&["status"]).contains("5 for a person: 1.1.1, 1.1.2, 1.1.3, 1.1.4, …"));
    assert!(said(&["next"]).contains("missing: `src/auth/jwt.py` isn't there yet"));
    let status = said(&["phase", "1", "status"]);
    let missing = [
        "`src/auth/jwt.py` isn't there yet",
        "`src/old.py` is still there",
    ];
    for it in missing {
        assert!(status.contains(it), "no {it:?} in\n{status}");
    }
    let json = said(&["phase", "1", "status", "--json"]);
    let first: Value = serde_json::from_str(json.lines().next().expect("a task")).expect("JSON");
    assert_eq!(first["missing"][0], "`src/auth/jwt.py` isn't there yet");

    workspace.orch(&["phase", "1", "run"]).expect(3);
    work(&workspace);
    // What the next run will tick is no longer a person's.
    assert!(!said(&["status"]).contains("for a person"));
    assert!(!said(&["phase", "1", "status"]).contains("isn't there yet"));
}

#[test]
fn a_rehearsal_looks_and_ticks_nothing() {
    let workspace = workspace();
    workspace.write("src/auth/jwt.py", "def verify_token(): run()\n");
    let before = workspace.contents();
    let run = workspace.orch(&["phase", "1", "rehearse"]).expect(0).stderr;
    assert!(run.contains("nothing was ticked"), "{run}");
    assert_eq!(workspace.contents(), before);
}

#[test]
fn an_unread_bullet_keeps_the_box_for_a_person() {
    let tasks = "# Phase 1: Login\n\n## 1.1 Work\n\n- [ ] Create `src/auth.py`:\n  - `verify()`\n  - \
                 as fast as it can be\n";
    let workspace = Workspace::new()
        .file(CHECKLIST, tasks)
        .file("src/auth.py", "def verify(): run()\n")
        .commit_all();
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0).stdout;
    assert!(plan.contains("`verify()` → symbol verify()"), "{plan}");
    assert!(plan.contains("as fast as it can be → unread"), "{plan}");
    workspace.orch(&["phase", "1", "run"]).expect(3);
    assert!(workspace.read(CHECKLIST).contains("- [ ] Create"));
    let done = ["task", "done", "1.1.1", "--note", "2 µs"];
    workspace.orch(&done).expect(0);
    workspace.orch(&["phase", "1", "run"]).expect(0);
}

#[test]
fn paths_never_lead_out_of_the_workspace() {
    let tasks = "# Phase 1: Login\n\n## 1.1 Work\n\n- [ ] Create `out/there.py`\n- [ ] Create \
                 `../there.py`\n";
    let workspace = Workspace::new().file(CHECKLIST, tasks).commit_all();
    let outside = workspace.outside("outside");
    fs_err::create_dir_all(&outside).expect("creates");
    fs_err::write(outside.join("there.py"), "x").expect("writes");
    std::os::unix::fs::symlink(&outside, workspace.path("out")).expect("links");
    let run = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    assert!(
        run.contains("a symlink leads out of the workspace"),
        "{run}"
    );
    assert_eq!(ticked(&workspace), 0);
}

#[test]
fn a_journal_of_before_tells_when_the_phase_began() {
    let workspace = workspace();
    workspace.orch(&["phase", "1", "run"]).expect(3);
    work(&workspace);
    let journal = workspace.read(".orch/auth/phase-01.jsonl");
    assert!(journal.contains("\"began\":{\"head\":\""), "{journal}");
    workspace.commit("The work");
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0).stdout;
    assert!(
        plan.contains("there: `src/main.py` was changed by commit"),
        "{plan}"
    );
}

/// A phase whose tasks run blocks of commands.
fn commands() -> Workspace {
    let tasks = "# Phase 1: Login\n\n## 1.1 Work\n\n- [ ] Count <!-- orch: run=fence -->\n  ```console\n  $ echo \
                 \"$ORCH_SET $ORCH_PHASE $ORCH_TASK $TERM ${OTHER-none} $GIVEN\"\n  demo 1\n  $ echo \
                 password=hunter2 >&2\n  ```\n";
    Workspace::new()
        .file(CHECKLIST, tasks)
        .file(
            "orch.toml",
            "[commands]\nenv = [\"GIVEN\", \"API_TOKEN\"]\n",
        )
        .commit_all()
        .with_env("OTHER", "seen")
        .with_env("GIVEN", "given")
}

#[test]
fn a_block_of_commands_runs_with_consent_and_what_it_said_is_kept() {
    let workspace = commands();
    let refused = workspace.orch(&["phase", "1", "run"]).expect(1).stderr;
    assert!(refused.contains("needs your consent"), "{refused}");
    workspace.orch(&["phase", "1", "run", "--yes"]).expect(0);
    let explained = workspace
        .orch(&["phase", "1", "explain", "1.1.1"])
        .expect(0)
        .stdout;
    for line in [
        "orch/output/auth-phase-01/1.1.1.txt, below git's own folder",
        "| auth 1 1.1.1 dumb none given",
        "| password=***",
    ] {
        assert!(explained.contains(line), "no {line:?} in\n{explained}");
    }
    let kept = workspace.read(".git/orch/output/auth-phase-01/1.1.1.txt");
    assert!(!kept.contains("hunter2"), "{kept}");
    let journal = workspace.read(".orch/auth/phase-01.jsonl");
    assert!(!journal.contains("hunter2"), "{journal}");
}

#[test]
fn the_first_command_of_a_block_that_fails_ends_it() {
    let tasks = "# Phase 1: Login\n\n## 1.1 Work\n\n- [ ] Count <!-- orch: run=fence -->\n  ```sh\n  echo \
                 $API_TOKEN is wrong >&2; false\n  touch counted\n  ```\n- [ ] Wait <!-- orch: \
                 run=\"while :; do :; done\" timeout=200ms -->\n";
    let workspace = Workspace::new()
        .file(CHECKLIST, tasks)
        .file("orch.toml", "[commands]\nenv = [\"API_TOKEN\"]\n")
        .commit_all()
        .with_env("API_TOKEN", "correct-horse");
    let run = workspace
        .orch(&["phase", "1", "run", "--yes"])
        .expect(1)
        .stderr;
    assert!(run.contains("ended with exit code 1"), "{run}");
    assert!(run.contains("*** is wrong"), "{run}");
    assert!(run.contains("took longer than 0.2 s"), "{run}");
    assert!(!run.contains("correct-horse"), "{run}");
    assert!(!workspace.has("counted"));
}

#[test]
fn a_block_that_isnt_there_is_a_problem_of_the_checklist() {
    let tasks = "# Phase 1: Login\n\n## 1.1 Work\n\n- [ ] Count <!-- orch: run=fence -->\n";
    let workspace = Workspace::new().file(CHECKLIST, tasks).commit_all();
    let run = workspace.orch(&["phase", "1", "plan"]).expect(2).stderr;
    assert!(run.contains("has no block of `sh`"), "{run}");
}

#[test]
fn a_persons_note_is_written_into_the_sections_notes() {
    let tasks = "# Фаза 1: Вход\r\n\r\n## 1.1 Работа\r\n\r\n- [ ] Согласовать сроки\r\n- [ ] Выбрать \
                 день\r\n\r\n**Заметки:** -\r\n\r\n## 1.2 Прочее\r\n\r\n- [ ] Рассказать всем\r\n";
    let workspace = Workspace::new().file(CHECKLIST, tasks).commit_all();
    let done = |id: &str, note: &str| {
        let run = workspace.orch(&["task", "done", id, "--note", note]);
        run.expect(0).stderr
    };
    let first = done("1.1.1", "12 мая,\nвечером");
    assert!(first.contains("the note is in checklists/auth"), "{first}");
    done("1.1.2", "пятница <!-- orch: skip -->");
    let expected = tasks
        .replace("- [ ] Согласовать", "- [x] Согласовать")
        .replace("- [ ] Выбрать", "- [x] Выбрать")
        .replace(
            "**Заметки:** -",
            "**Заметки:** 1.1.1: 12 мая, вечером; 1.1.2: пятница &lt;!-- orch: skip -->",
        );
    assert_eq!(workspace.read(CHECKLIST), expected);
    let last = done("1.2.1", "на встрече");
    assert!(last.contains("these boxes have no field for it"), "{last}");
    let reopen = ["task", "reopen", "1.1.1", "--note", "не вечером"];
    workspace.orch(&reopen).expect(0);
    let text = workspace.read(CHECKLIST);
    assert!(text.contains("- [ ] Согласовать"), "{text}");
    assert!(text.contains("; 1.1.1: не вечером\r\n"), "{text}");
    let journal = workspace.read(".orch/auth/phase-01.jsonl");
    assert!(
        journal.contains("Ada Tester <ada@example.test>"),
        "{journal}"
    );
}

/// Routes below routers of other files, in two languages.
const ROUTES: &str = "\
# Фаза 1: Ручки

## 1.1 Ручки

- [ ] Добавить эндпоинт `POST /api/login/`
- [ ] Добавить ручку `GET /api/v1/orders/:id`
- [ ] Add `GET /admin/users`

**Заметки:** -
";

#[test]
fn an_endpoint_counts_below_all_that_it_hangs_in() {
    let app = |prefix: &str| {
        format!(
            "const app = require('express')();\napp.use('/api/v1', require('./orders'));\n\
             app.use({prefix}, require('./admin'));\n"
        )
    };
    let router = |route: &str| {
        format!(
            "const router = require('express').Router();\nrouter.get('{route}', f);\n\
             module.exports = router;\n"
        )
    };
    let workspace = Workspace::new()
        .file(CHECKLIST, ROUTES)
        .file("shop/settings.py", "ROOT_URLCONF = 'shop.urls'\n")
        .file(
            "shop/urls.py",
            "from django.urls import include, path\n\nurlpatterns = [path('api/', include('users.urls'))]\n",
        )
        .file(
            "users/urls.py",
            "from django.urls import path\nfrom . import views\n\nurlpatterns = [path('login/', views.login)]\n",
        )
        .file(
            "users/views.py",
            "@require_POST\ndef login(request):\n    run()\n",
        )
        .file("web/app.js", app("process.env.ADMIN"))
        .file("web/orders.js", router("/orders/:id"))
        .file("web/admin.js", router("/users"))
        .commit_all();
    let run = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    let missing = "no endpoint `GET /admin/users` was found; there is `/users` at web/admin.js:2";
    assert!(run.contains(missing), "{run}");
    assert_eq!(ticked(&workspace), 2, "{}", workspace.read(CHECKLIST));

    workspace.write("web/app.js", app("'/admin'"));
    workspace.orch(&["phase", "1", "run"]).expect(0);
    assert_eq!(ticked(&workspace), 3);

    // Whoever changes where a router hangs takes its endpoints away.
    workspace.write(
        "shop/urls.py",
        "from django.urls import include, path\n\nurlpatterns = [path('v2/', include('users.urls'))]\n",
    );
    let gone = workspace.orch(&["verify"]).expect(1);
    let said = gone.stdout + &gone.stderr;
    assert!(said.contains("POST /api/login/"), "{said}");
}

#[test]
fn a_studied_file_that_changes_later_is_studied_again_and_stops_nothing() {
    const STUDIES: &str = "\
# Phase 1: Reading

- [ ] Study `lib/l.go`
- [ ] Study `app/main.py`
- [ ] Ask Ann
";
    let path = "checklists/reading/phase-01-reading.md";
    let workspace = Workspace::new()
        .file(path, STUDIES)
        .file("lib/l.go", "package l\n")
        .file("app/main.py", "print('hello')\n")
        .commit_all();
    workspace.orch(&["phase", "1", "run"]).expect(3);
    assert_eq!(workspace.read(path).matches("- [x]").count(), 2);
    workspace.write("lib/l.go", "package l\n\nfunc L() int { return 1 }\n");
    workspace.write("app/main.py", "import os\n\nprint(os.environ['A'])\n");
    workspace.orch(&["phase", "1", "run"]).expect(3);
    assert_eq!(workspace.read(path).matches("- [x]").count(), 2);
    let journal = || workspace.read(".orch/reading/phase-01.jsonl");
    let studied = journal();
    assert!(studied.contains("3 lines (lib/l.go:1)"), "{studied}");
    workspace.orch(&["phase", "1", "run"]).expect(3);
    assert_eq!(journal(), studied, "nothing is left to study");
}

#[test]
fn an_answer_that_changes_as_people_work_is_given_again_and_stops_nothing() {
    const ASKS: &str = "\
# Phase 1: Reading

- [ ] Which secrets are needed: DB_PASSWORD
- [ ] Add `SENTRY_TOKEN` to `.env.example`
";
    let path = "checklists/reading/phase-01-reading.md";
    let compose = "services:\n  a:\n    image: nginx:1.27\n    environment:\n      DB_PASSWORD: \
                   ${DB_PASSWORD}\n      SENTRY_TOKEN: ${SENTRY_TOKEN:-}\n";
    let workspace = Workspace::new()
        .file(path, ASKS)
        .file("docker-compose.yml", compose)
        .file(".env.example", "DB_PASSWORD=\n")
        .commit_all();
    workspace.orch(&["phase", "1", "run"]).expect(3);
    assert_eq!(workspace.read(path).matches("- [x]").count(), 1);
    workspace.write(
        ".env.example",
        "DB_PASSWORD=\nSENTRY_TOKEN=\nMAIL_PASSWORD=\n",
    );
    workspace.orch(&["phase", "1", "run"]).expect(0);
    assert_eq!(workspace.read(path).matches("- [x]").count(), 2);
}

#[test]
fn a_file_without_a_folder_is_not_taken_for_that_of_another_part() {
    let compose = "services:\n  loyalty:\n    build: ./loyalty\n    ports: [\"8000\"]\n";
    let path = "checklists/shop/phase-01-code.md";
    let lines = "# Phase 1: Code\n\n- [ ] Create `README.md` for loyalty\n\
        - [ ] Create `loyalty/README.md`\n";
    let workspace = Workspace::new()
        .file("docker-compose.yml", compose)
        .file("loyalty/Dockerfile", "FROM python:3.12-slim\nCOPY . .\n")
        .file("loyalty/README.md", "# Loyalty\n\nHow it is run.\n")
        .file("README.md", "# All\n\nHow it is run.\n")
        .file(path, lines)
        .commit_all();
    let said = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    assert!(said.contains("may be `loyalty/README.md`"), "{said}");
    let ticked = workspace.read(path);
    assert!(ticked.contains("[ ] Create `README.md`"), "{ticked}");
    assert!(
        ticked.contains("[x] Create `loyalty/README.md`"),
        "{ticked}"
    );
}

#[test]
fn what_is_to_be_changed_changed_itself() {
    let path = "checklists/shop/phase-01-code.md";
    let lines = "# Phase 1: Code\n\n- [ ] Fix `eta()` in `app/eta.py`\n\
        - [ ] Исправить `price()` в `app/eta.py`\n";
    let source =
        "LIMIT = 1\n\ndef eta(a):\n    return a.eta\n\ndef price(a):\n    return a.price\n";
    let workspace = Workspace::new()
        .file("app/eta.py", source)
        .file(path, lines)
        .commit_all();
    workspace.orch(&["phase", "1", "run"]).expect(3);
    workspace.write("app/eta.py", source.replace("a.price", "round(a.price)"));
    let said = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    let ticked = workspace.read(path);
    assert!(ticked.contains("[ ] Fix `eta()`"), "{ticked}\n{said}");
    assert!(
        ticked.contains("[x] Исправить `price()`"),
        "{ticked}\n{said}"
    );
    assert!(
        said.contains("`eta()` at app/eta.py:3 is as it was"),
        "{said}"
    );
    let all = source.replace("a.eta", "a.late()");
    workspace.write("app/eta.py", all.replace("a.price", "round(a.price)"));
    workspace.orch(&["phase", "1", "run"]).expect(0);
}

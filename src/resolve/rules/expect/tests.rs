//! Lines in three languages, with the traces that each asks for, or why it is a person's.

use super::super::{Intent, Line, Texts};
use super::read;
use crate::checklist::parse;
use crate::resolve::bullets::Meaning;
use crate::vocabulary::Vocabulary;

fn outcome(line: &str) -> Result<Vec<String>, String> {
    let text = format!("# Phase 1: Things\n\n## 1.1 Work\n\n- [ ] {line}\n");
    let checklist = parse("phase-01-things.md", &text, &Vocabulary::default())
        .expect("a checklist")
        .checklist;
    let task = checklist.tasks().next().expect("a task");
    match read(&Line::of(task, &Texts::of(task), &checklist.vocabulary)) {
        Ok((Intent::Expect(wants, _), _)) => Ok(wants
            .iter()
            .map(|want| format!("{}: {want}", want.word()))
            .collect()),
        Ok((other, _)) => panic!("{other:?}"),
        Err(why) => Err(why.into_owned()),
    }
}

#[track_caller]
fn check(line: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(outcome(line), Ok(expected), "{line}");
}

#[track_caller]
fn is_manual(lines: &[&str]) {
    for line in lines {
        let found = outcome(line);
        assert!(found.is_err(), "{line} is read as {found:?}");
    }
}

#[test]
fn places_and_ways_behind_a_thing_are_a_persons() {
    is_manual(&[
        "Add `GET /health` to Datadog",
        "Add `POST /api/login` to the WAF allowlist",
        "Add `GET /health` over mTLS",
        "Add `GET /health` on port 9000",
        "Add `GET /health` with idempotency keys",
        "Add `JWT_SECRET` to Vault",
        "Add `JWT_SECRET` from Vault",
        "Add `RuleEngine.check` to Sentry",
        "Implement `RuleEngine.check` in under 50ms",
        "Implement `RuleEngine.check` with LRU eviction",
        "Add `POST /refunds` that emails the customer",
        "Реализовать `RateLimiter`, который считает по арендатору",
        "Добавить `GET /healthz` в Blackbox",
        "Добавить `GET /healthz` под флагом",
        "Добавить `GET /healthz` за авторизацией",
        "Добавить `PG_DSN` на прод",
        "Создать таблицу `raw_payments` в prod ClickHouse",
        "Додати `POST /hl7/messages` у збірку Postman",
        "Додати `EHEALTH_TOKEN` у сейф лікарні",
        "Підключити `MllpServer` до Prometheus",
        "Подключить `OrderCache`",
        "Register `OrderCache` in the DI container",
    ]);
    check(
        "Add `GET /health` for the probes",
        &["endpoint: GET /health"],
    );
    check(
        "Добавить `GET /health` в проект",
        &["endpoint: GET /health"],
    );
    check(
        "Add `send()` to `src/gifts.ts` for the shop",
        &[
            "change: a change of src/gifts.ts",
            "symbol: send() in src/gifts.ts",
        ],
    );
}

#[test]
fn where_a_file_is_besides_is_a_persons() {
    is_manual(&[
        "Create `docs/guide.md` in French",
        "Create `docs/guide.md` in Confluence",
        "Create `src/m.py` in production",
        "Add `src/inventory.ts` to the bundle",
        "Добавить `docs/architecture.md` в оглавление",
        "Создать `docs/guide.md` на английском",
        "Remove `app/other.py` from git history",
        "Remove `app/other.py` from the Docker image",
        "Удалить `src/key.pem` из истории git",
        "Update `app/schema.sql` in production",
        "Update `config/a.yaml` on staging",
        "Add `PG_DSN` for production",
        "Добавить `SENTRY_DSN` для прода",
    ]);
    check(
        "Create `src/queue.py` for jobs in the night queue",
        &["file: src/queue.py"],
    );
    check(
        "Remove `app/other.py` from the repository",
        &["absent: app/other.py gone"],
    );
}

#[test]
fn figures_and_demands_are_a_persons() {
    is_manual(&[
        "Create `tests/test_mllp.py` — at least 10 cases",
        "Create `tests/test_mllp.py` — мін. 10 кейсів",
        "Update `requirements.txt`: airflow 2.9 → 2.10",
        "Add `GET /health` (p95 < 200ms)",
        "Add `POST /orders` — 201 / 409",
        "Create `src/m.py` (must pass the pentest)",
        "Create `src/m.py` @bob please verify",
        "Create `src/m.py`: blocked by JIRA-12",
        "Create `src/m.py` — waiting for legal",
        "Revert: create `docs/guide.md`",
        "Idea: create `docs/guide.md`",
    ]);
    check("Create `src/m.py` (JIRA-12)", &["file: src/m.py"]);
    check("Create `src/m.py` for RFC 7519", &["file: src/m.py"]);
    check(
        "Create `src/m.py` (#12, RFC 7519, OPS-17)",
        &["file: src/m.py"],
    );
}

#[test]
fn what_comes_with_a_type_belongs_to_it() {
    check(
        "Implement `GiftService` with `send()`, `claim()` & `expire()`",
        &[
            "symbol: GiftService",
            "symbol: GiftService.send()",
            "symbol: GiftService.claim()",
            "symbol: GiftService.expire()",
        ],
    );
}

#[test]
fn paths_that_are_to_be_made_are_files() {
    let jwt = ["file: src/auth/jwt.py"];
    check("Create `src/auth/jwt.py`", &jwt);
    check("Create JWT module `src/auth/jwt.py` for the API", &jwt);
    check("Write the file `src/auth/jwt.py` — signs tokens", &jwt);
    check("Создать `src/auth/jwt.py` — подпись токенов", &jwt);
    check("Создание модуля `src/auth/jwt.py`", &jwt);
    check("Нужно создать файл `src/auth/jwt.py`", &jwt);
    check("Створити `src/auth/jwt.py`", &jwt);
    check("Backend: add `src/auth/jwt.py`", &jwt);
    check("Create `.env` from `.env.example`", &["file: .env"]);
    check("Create folder `src/auth/`", &["file: src/auth/"]);
    check(
        "Create `tests/test_jwt.py` for `src/auth/jwt.py`",
        &["file: tests/test_jwt.py"],
    );
    check(
        "Create `a/b.py`, `a/c.py` and `a/d.py`",
        &["file: a/b.py", "file: a/c.py", "file: a/d.py"],
    );
}

#[test]
fn paths_that_are_to_change_are_changes() {
    let main = ["change: a change of src/main.py"];
    check("Update `src/main.py`", &main);
    check("Fix the race in `src/main.py`", &main);
    check("`src/main.py` — refactor", &main);
    check("Add logging to `src/main.py`", &main);
    check("Implement caching in `src/main.py`", &main);
    check("Обновить `src/main.py`", &main);
    check("Исправить ошибку в `src/main.py`", &main);
    check("Добавить логирование в `src/main.py`", &main);
    check("Обновление `src/main.py`", &main);
    check("Оновити `src/main.py`", &main);
    check("Виправити помилку в `src/main.py`", &main);
    check("Додати логування до `src/main.py`", &main);
}

#[test]
fn paths_that_are_to_go_are_absent() {
    let old = ["absent: src/old.py gone"];
    check("Remove `src/old.py`", &old);
    check("Удалить `src/old.py`", &old);
    check("Видалити файл `src/old.py`", &old);
    check("`src/old.py` — удалить", &old);
    is_manual(&[
        "Remove `verify()` from `src/old.py`",
        "Удалить вызовы из `src/old.py`",
        "Видалити виклики з `src/old.py`",
        "Remove `verify_token()`",
        "Drop `LOG_LEVEL`",
    ]);
}

#[test]
fn symbols_are_looked_for_beside_their_paths() {
    check("Implement `verify_token()`", &["symbol: verify_token()"]);
    check(
        "Реализовать `RateLimiter.check`",
        &["symbol: RateLimiter.check"],
    );
    check("Реалізувати клас `Tokens`", &["symbol: Tokens"]);
    check(
        "Implement `verify_token()` in `src/auth.py`",
        &["symbol: verify_token() in src/auth.py"],
    );
    check(
        "Add `verify_token()` to `src/auth.py`",
        &[
            "change: a change of src/auth.py",
            "symbol: verify_token() in src/auth.py",
        ],
    );
    check(
        "Create `src/auth.py` with `verify_token()` and `JWTMiddleware`",
        &[
            "file: src/auth.py",
            "symbol: verify_token() in src/auth.py",
            "symbol: JWTMiddleware in src/auth.py",
        ],
    );
    check(
        "Создать `src/auth.py` с функцией `verify`",
        &["file: src/auth.py", "symbol: verify() in src/auth.py"],
    );
    check("Create `users` table", &["symbol: users"]);
    check(
        "`src/auth.py`: add `verify_token()`",
        &[
            "change: a change of src/auth.py",
            "symbol: verify_token() in src/auth.py",
        ],
    );
}

#[test]
fn endpoints_and_variables_are_looked_for() {
    check(
        "Add `POST /api/v1/login`",
        &["endpoint: POST /api/v1/login"],
    );
    check("Создать эндпоинт `/api/users`", &["endpoint: /api/users"]);
    check("Додати ендпоінт `GET /health`", &["endpoint: GET /health"]);
    check("Add variable `JWT_SECRET`", &["variable: JWT_SECRET"]);
    check("Добавить переменную `PORT`", &["variable: PORT"]);
    check(
        "Add `JWT_SECRET` to `.env.example`",
        &[
            "change: a change of .env.example",
            "variable: JWT_SECRET in .env.example",
        ],
    );
}

#[test]
fn mixed_lines_need_all_of_their_traces() {
    check(
        "Create `src/auth.py` and update `src/main.py`",
        &["file: src/auth.py", "change: a change of src/main.py"],
    );
    check(
        "Создать `src/auth.py` и удалить `src/old.py`",
        &["file: src/auth.py", "absent: src/old.py gone"],
    );
}

#[test]
fn what_is_made_elsewhere_is_a_persons() {
    is_manual(&[
        "Create PR with `src/auth.py`",
        "Создать MR с `src/auth.py`",
        "Створити PR з `src/auth.py`",
        "Update `src/auth.py` on all servers",
        "Обновить `src/auth.py` на всех серверах",
        "Оновити `src/auth.py` на кожному сервері",
    ]);
}

#[test]
fn judgement_is_a_persons() {
    is_manual(&[
        "Test `src/auth.py`",
        "Check `src/auth.py`",
        "Create `src/auth.py` and test it",
        "Create `src/auth.py`, deploy it",
        "Create `src/auth.py` and discuss it with the team",
        "Проверить `src/auth.py`",
        "Создать `src/auth.py` и проверить на стенде",
        "Согласовать `docs/api.md`",
        "Перевірити `src/auth.py`",
        "Створити `src/auth.py` та узгодити з командою",
        "Ask Ann to create `src/auth.py`",
        "Make sure that `src/auth.py` works",
        "Ensure `JWT_SECRET` is set",
    ]);
}

#[test]
fn doubt_is_a_persons() {
    is_manual(&[
        "Create `src/auth.py` or `src/jwt.py`",
        "Create `src/auth.py` if needed",
        "Create `src/auth.py`?",
        "Don't change `src/auth.py`",
        "Создать `src/auth.py` при необходимости",
        "Создать `src/auth.py` или `src/jwt.py`",
        "Не изменять `src/auth.py`",
        "Створити `src/auth.py` за потреби",
        "Створити `src/auth.py` або `src/jwt.py`",
        "Optionally add `src/auth.py`",
    ]);
}

#[test]
fn what_asks_for_more_than_its_traces_is_a_persons() {
    is_manual(&[
        "Create `src/auth.py` and tests",
        "Create `src/auth.py` with tests",
        "Создать `src/auth.py` с тестами",
        "Create `src/auth.py`, documentation",
        "Create the module and `src/auth.py`",
        "Create tests for `verify_token()`",
        "Create `src/auth.py` and a runbook",
        "Update the generator that creates `src/auth.py`",
        "Refactor `verify_token()`",
        "Update `POST /api/login`",
        "Create database `call_center`",
        "Create bucket `call_center_audio`",
        "Add `redis`",
        "Add a field to `User`",
        "Add LOG_LEVEL=debug to `config`",
        "Add support `src/main.py`",
        "Create `../other/auth.py`",
        "Create `/etc/nginx/nginx.conf`",
        "`src/auth.py` — JWT",
        "Everything about `src/auth.py`",
        "Create a plan",
        "Create modules:",
    ]);
}

#[test]
fn bullets_are_further_traces_or_unread() {
    let text = "# Phase 1: Things\n\n## 1.1 Work\n\n- [ ] Create `src/auth.py`:\n  - `verify_token()`\n  - `POST /api/login`\n  - `sign()` — fast\n- [ ] Create the modules:\n  - \
                `src/a.py`\n  - `src/b.py`\n";
    let checklist = parse("phase-01-things.md", text, &Vocabulary::default())
        .expect("a checklist")
        .checklist;
    let mut found = Vec::new();
    let mut unread = Vec::new();
    for task in checklist.tasks() {
        match read(&Line::of(task, &Texts::of(task), &checklist.vocabulary)) {
            Ok((Intent::Expect(wants, below), _)) => {
                let wants: Vec<String> = wants.iter().map(ToString::to_string).collect();
                found.push(wants.join(", "));
                let each = below.iter().map(|it| *it == Meaning::Unread);
                unread.push(each.collect::<Vec<bool>>());
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        found,
        [
            "src/auth.py, verify_token() in src/auth.py, POST /api/login",
            "src/a.py, src/b.py"
        ]
    );
    assert_eq!(unread, [vec![false, false, true], vec![false, false]]);
}

#[test]
fn what_stands_before_the_verb_is_known_or_a_persons() {
    is_manual(&[
        "Rejected: create `src/a.py`",
        "On hold: create `src/a.py`",
        "Отклонено: создать `src/a.py`",
        "Згодом: створити `src/a.py`",
        "❌ Create `src/a.py`",
        "⏸ Створити `src/a.py`",
        "{WIP} Create `src/a.py`",
        "[блок] Создать `src/a.py`",
    ]);
    let file = ["file: src/a.py"];
    check("🚀 Create `src/a.py`", &file);
    check("1.2 OPS-17: create `src/a.py`", &file);
    check("Please create `src/a.py`", &file);
}

#[test]
fn unknown_words_and_marks_behind_a_thing_are_a_persons() {
    is_manual(&[
        "Create `src/a.py` 🚫",
        "Create `src/a.py` (draft)",
        "Создать папку `p/` (по желанию)",
        "Remove `src/a.py` => archive",
        "Create `src/a.py` | rollout",
        "Create `src/a.py` #wontfix",
        "Create `src/a.py` as draft",
        "Create `src/a.py` for admins only",
        "Create `src/a.py` по расписанию",
        "Implement `RateLimiter.check` per tenant",
        "Implement `RateLimiter.check` as a generator",
        "Implement `RateLimiter.check` via `zeta()`",
        "Implement `RateLimiter.check` — thread-safe",
        "Update `src/a.py` twice",
        "Create the partitioned table `users`",
        "Remove `src/a.py` for good",
        "Удаление `src/a.py` клиентом",
        "Create `src/a.py`, then README",
        "Create `src/a.py` Makefile",
        "Create `src/a.py` за флагом",
        "Create `src/a.py` :no_entry:",
        "Create [`src/a.py`](https://gitlab.example.com/other/a.py)",
        "Видалити `src/a.py` — потім",
        "Изменить владельца `src/a.py`",
        "Змінити ліцензію `src/a.py`",
        "Update Java to 21 in `Dockerfile`",
        "Зробити `README.md` для кафедр, з картинками",
    ]);
    check(
        "Fix the race in `src/a.py`",
        &["change: a change of src/a.py"],
    );
    check(
        "Create `src/a.py` — signs tokens, and checks them (OPS-17)",
        &["file: src/a.py"],
    );
}

#[test]
fn a_variable_is_looked_for_in_each_file_that_it_goes_into() {
    check(
        "Add `CONSENT_DAYS` to `.env.example` and `src/config.py`",
        &[
            "change: a change of .env.example",
            "change: a change of src/config.py",
            "variable: CONSENT_DAYS in .env.example",
            "variable: CONSENT_DAYS in src/config.py",
        ],
    );
}

#[test]
fn what_a_signature_names_is_looked_for() {
    check(
        "Implement `charge(amount, currency)`",
        &["symbol: charge() with amount, currency"],
    );
    check("Add `async def refund()`", &["symbol: refund() with async"]);
    check(
        "Add `POST /api/refunds` to `src/pay.py`",
        &[
            "endpoint: POST /api/refunds in src/pay.py",
            "change: a change of src/pay.py",
        ],
    );
}

#[test]
fn what_something_is_called_of_and_what_tests_are_for_is_a_type() {
    for line in [
        "Add method `close()` to `Shop` in `src/a.ts`",
        "Добавить метод `close()` в `Shop` в `src/a.ts`",
        "Додати метод `close()` до `Shop` у `src/a.ts`",
    ] {
        check(
            line,
            &[
                "change: a change of src/a.ts",
                "symbol: Shop.close() in src/a.ts",
            ],
        );
    }
    for line in [
        "Write tests for `Cart` in `tests/test_a.py`",
        "Написать тесты для `Cart` в `tests/test_a.py`",
        "Написати тести для `Cart` у `tests/test_a.py`",
    ] {
        check(
            line,
            &[
                "change: a change of tests/test_a.py",
                "use: Cart used in tests/test_a.py",
            ],
        );
    }
    is_manual(&[
        "Add `@audited` to `Shop` in `src/a.kt`",
        "Add `close()` to `Shop` and `Cart` in `src/a.ts`",
        "Write tests for `Cart` and `Shop` in `tests/test_a.py`",
    ]);
}

#[test]
fn a_line_without_a_verb_may_say_what_is_to_be_there() {
    let file = "api/lib/reservation.rb";
    for line in [
        "New class `Reservation` in `api/lib/reservation.rb` with methods `place`, `cancel`",
        "Class `Reservation` with `place()` and `cancel()` in `api/lib/reservation.rb`",
        "Новый класс `Reservation` в `api/lib/reservation.rb` с методами `place` и `cancel`",
        "Новий клас `Reservation` у `api/lib/reservation.rb` з методами `place` та `cancel`",
    ] {
        let owner = format!("symbol: Reservation in {file}");
        let (change, place) = (
            format!("change: a change of {file}"),
            format!("symbol: Reservation.place() in {file}"),
        );
        let cancel = format!("symbol: Reservation.cancel() in {file}");
        check(line, &[&change, &owner, &place, &cancel]);
    }
    is_manual(&[
        "Class `Reservation`",
        "Class `Reservation` in `api/lib/reservation.rb` works",
        "Class `Reservation` in `api/lib/reservation.rb`: race on cancel",
        "New class `Reservation` in `api/lib/reservation.rb` is slow",
        "New class `Reservation` in `api/lib/reservation.rb` — done",
        "New class `Reservation` in `api/lib/reservation.rb` reviewed",
        "New class `Reservation` in `api/lib/reservation.rb`, tests",
        "New version `1.2.3` of `web`",
        "Endpoint `GET /health`",
        "Endpoint `GET /health` in `api/app.py` returns 200",
        "Function `close()` in `api/loan.py` and `api/desk.py`",
        "Method `close()` in `Desk.Loan`",
        "Migration `db/003.sql`",
        "Новая миграция `db/003.sql` на проде",
        "Класс `Loan` в `api/loan.rb` без `cancel()`",
        "Новый класс `Loan` в `api/loan.rb` удалён",
        "Новий клас `Loan` у `api/loan.rb` видалено",
        "Ендпоінт `GET /health` у `api/app.py`?",
    ]);
}

#[test]
fn a_heading_of_other_work_leaves_such_a_line_to_a_person() {
    let read_below = |heading: &str| {
        let line = "New class `Loan` in `api/loan.py`";
        let text = format!("# Phase 1: Things\n\n## 1.1 {heading}\n\n- [ ] {line}\n");
        let vocabulary = Vocabulary::default();
        let checklist = parse("phase-01-things.md", &text, &vocabulary);
        let checklist = checklist.expect("a checklist").checklist;
        let task = checklist.tasks().next().expect("a task");
        let texts = Texts::of(task);
        let line = Line {
            heading,
            ..Line::of(task, &texts, &vocabulary)
        };
        read(&line).is_ok()
    };
    for heading in [
        "Reservations",
        "Worker (Python)",
        "API",
        "Бронирования",
        "Новий код",
    ] {
        assert!(read_below(heading), "{heading}");
    }
    for heading in [
        "Review",
        "Code review",
        "To remove",
        "Acceptance",
        "Refactor",
        "Tests",
        "Rollout",
        "Проверка",
        "Удаление",
        "Приёмка",
        "Огляд",
        "Видалити",
        "Is it done?",
    ] {
        assert!(!read_below(heading), "{heading}");
    }
}

#[test]
fn what_can_only_be_a_name_in_code_is_looked_for_without_marks() {
    for (plain, marked) in [
        (
            "Add renew_loan to `src/loans.py`",
            "Add `renew_loan` to `src/loans.py`",
        ),
        (
            "Add renewLoan() to `src/loans.ts`",
            "Add `renewLoan()` to `src/loans.ts`",
        ),
        (
            "Додати renewLoan у `src/loans.ts`",
            "Додати `renewLoan` у `src/loans.ts`",
        ),
        (
            "Добавить класс LoanService в `src/loans.py`",
            "Добавить класс `LoanService` в `src/loans.py`",
        ),
        (
            "Add MAX_LOANS to `src/settings.py`",
            "Add `MAX_LOANS` to `src/settings.py`",
        ),
    ] {
        assert_eq!(outcome(plain), outcome(marked), "{plain}");
        assert!(outcome(plain).is_ok_and(|it| it.len() > 1), "{plain}");
    }
}

#[test]
fn brands_are_no_names_in_code() {
    for brand in [
        "GitHub",
        "iOS",
        "eBay",
        "mTLS",
        "macOS",
        "OpenAPI",
        "PagerDuty",
    ] {
        let line = format!("Add {brand} to `src/badges.ts`");
        check(&line, &["change: a change of src/badges.ts"]);
    }
}

#[test]
fn a_second_noun_without_a_name_asks_for_more() {
    is_manual(&[
        "Add `TopUp` model and migration to api",
        "Add `TopUp` model + migration to api",
        "Add `TopUp` model and migration to `api/top_up.rb`",
        "Add `TopUp` model & controller to api",
        "Add `TopUp` model/migration to api",
        "Add `TopUp` model (migration) to api",
        "Add `StopListCache` class and interface to gateway",
        "Add `transfer_discount()` function and migration to tariff",
        "Add `GET /metrics` endpoint and schema to tariff",
        "Add `TopUp` class and metrics to api",
        "Add `TOPUP_KEY` env and secret to api",
        "Добавить модель `TopUp` и миграцию в api",
        "Добавить модель `TopUp` и индексы в api",
    ]);
}

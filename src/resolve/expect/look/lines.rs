//! Whole lines below their headings, and whether their traces are there.

mod named;
mod said;

use super::super::{Seen, Sight, Since, There};
use super::Look;
use crate::checklist::parse;
use crate::facts::{Facts, Tree};
use crate::resolve::rules::{self, Intent};
use crate::vocabulary::Vocabulary;

/// Returns whether all traces of a line are there and count; every file was changed since the phase
/// began.
fn is_done(heading: &str, line: &str, files: &[(&str, &str)]) -> bool {
    let text = format!("# Phase 1: Things\n\n## 1.1 {heading}\n\n- [ ] {line}\n");
    let vocabulary = Vocabulary::default();
    let checklist = parse("phase-01-things.md", &text, &vocabulary)
        .expect("a checklist")
        .checklist;
    let section = checklist.sections.first().expect("a section");
    let task = section.tasks.first().expect("a task");
    let Intent::Expect(wants, _) = rules::read(section, task, &vocabulary).intent else {
        panic!("{line} isn't read");
    };
    let tree: Tree = files.iter().copied().collect();
    let changed = || Sight {
        there: There::File {
            size: 1,
            sha256: "00".to_owned(),
            blank: false,
        },
        changed: Some(None),
        known: true,
        ignored: false,
    };
    let paths = files
        .iter()
        .map(|(path, _)| ((*path).to_owned(), changed()));
    let seen = Seen {
        since: Since::Commit("abc".to_owned()),
        paths: paths.collect(),
        ..Seen::default()
    };
    let facts = Facts::default();
    let look = Look::new(&tree, &facts, Some(&seen));
    let around = rules::around(section, task, &vocabulary);
    let found = look.expect_all(&wants, &around);
    found
        .iter()
        .all(|it| it.found.is_ok() && look.later(it).is_none())
}

#[test]
fn what_is_registered_is_used_in_the_file() {
    let class = (
        "app/Http/Middleware/EnsureScope.php",
        "<?php\nclass EnsureScope {\n  public function handle($a) { run($a); }\n}\n",
    );
    let bootstrap = |text| ("bootstrap/app.php", text);
    for line in [
        "Add middleware `EnsureScope` and register it in `bootstrap/app.php`",
        "Добавить middleware `EnsureScope` и зарегистрировать его в `bootstrap/app.php`",
        "Додати middleware `EnsureScope` і зареєструвати його в `bootstrap/app.php`",
        "Create class `EnsureScope` and add it to `bootstrap/app.php`",
    ] {
        let done = |text| is_done("Work", line, &[class, bootstrap(text)]);
        assert!(!done("<?php\n// TODO: EnsureScope\n"), "{line}");
        assert!(!done("<?php\nuse App\\Http\\Middleware\\EnsureScope;\n"));
        assert!(!done("<?php\nlog('register EnsureScope soon');\n"));
        assert!(!done("<?php\n$middleware->append(EnsureScopes::class);\n"));
        assert!(done("<?php\n$middleware->append(EnsureScope::class);\n"));
        assert!(done("<?php\n$all = ['App\\Http\\EnsureScope'];\n"));
    }
    let line = "Зарегистрировать `RequestId` в `bootstrap/app.php`";
    let done = |text| is_done("Work", line, &[bootstrap(text)]);
    assert!(!done("<?php\n/* RequestId */ $a = 1;\n"));
    assert!(!done("<?php\nclass RequestId {\n}\n"));
    assert!(done("<?php\n$middleware->append(RequestId::class);\n"));
}

#[test]
fn imports_of_several_lines_are_no_use() {
    let line = "Add `SlotPicker` and register it in `src/app.ts`";
    let picker = (
        "src/SlotPicker.ts",
        "export class SlotPicker {\n  a = 1;\n}\n",
    );
    let done = |text| is_done("Work", line, &[picker, ("src/app.ts", text)]);
    let import = "import {\n  A,\n  SlotPicker,\n} from './SlotPicker';\n";
    assert!(!done(import));
    assert!(done(format!("{import}app.use(SlotPicker);\n").leak()));
}

#[test]
fn what_answers_an_endpoint_is_tied_to_it() {
    let boot = (
        "bootstrap/app.php",
        "<?php\nApp::configure()->withRouting(api: 'routes/api.php');\n",
    );
    let class = (
        "app/SlotController.php",
        "<?php\nclass SlotController {\n    public function index() { return Slot::all(); }\n}\n",
    );
    for line in [
        "Add `GET /api/slots` (controller: `SlotController`)",
        "Добавить `GET /api/slots` (контроллер — `SlotController`)",
        "Додати `GET /api/slots` (контролер: `SlotController`)",
        "Add `SlotController` (`GET /api/slots`)",
    ] {
        let done = |text| is_done("Work", line, &[boot, class, ("routes/api.php", text)]);
        assert!(
            !done("<?php\nRoute::get('slots', [AppointmentController::class, 'index']);\n"),
            "{line}"
        );
        assert!(!done(
            "<?php\nRoute::get('slots', [Other::class, 'index']); // SlotController\n"
        ));
        assert!(
            done("<?php\nRoute::get('slots', [\n  SlotController::class,\n  'index',\n]);\n"),
            "{line}"
        );
        assert!(
            !done("<?php\nRoute::get('slots', [SlotController::class, 'free']);\n"),
            "{line}"
        );
    }
    let line = "Add `GET /slots` (handler: `list_slots`)";
    let done = |text| is_done("Work", line, &[("src/a.py", text)]);
    let head = "app = FastAPI()\n";
    let decorated = format!("{head}@app.get('/slots')\nasync def list_slots(): run()\n").leak();
    let beside = "@app.get('/slots')\ndef other(): run()\n\ndef list_slots(): run()\n";
    assert!(done(decorated));
    assert!(!done(format!("{head}{beside}").leak()));
    let line = "Add `GET /slots` with handler `ListSlots`";
    let done = |text| is_done("Work", line, &[("a.go", text)]);
    let go = |handler| {
        format!(
            "package a\n\nfunc main() {{\n\thttp.HandleFunc(\"GET /slots\", {handler})\n}}\n\nfunc \
             ListSlots(w http.ResponseWriter, r *http.Request) {{\nrun()\n}}\n"
        )
    };
    assert!(done(go("ListSlots").leak()));
    assert!(!done(go("other").leak()));
}

#[test]
fn a_controller_has_the_method_that_a_route_names() {
    let boot = (
        "bootstrap/app.php",
        "<?php\nApp::configure()->withRouting(api: 'routes/api.php');\n",
    );
    let line = "Add `GET /api/slots`";
    let route = (
        "routes/api.php",
        "<?php\nRoute::get('slots', [SlotController::class, 'index']);\n",
    );
    let done = |text| is_done("Work", line, &[boot, ("app/S.php", text), route]);
    assert!(!done(
        "<?php\nclass SlotController {\n    public function index() {}\n}\n"
    ));
    assert!(!done(
        "<?php\nclass SlotController {\n    public function all() { run(); }\n}\n"
    ));
    assert!(done(
        "<?php\nclass SlotController {\n    public function index() { run(); }\n}\n"
    ));
}

#[test]
fn a_heading_names_a_part_or_a_language() {
    let manifests = [
        ("backend/composer.json", "{}"),
        ("gateway/go.mod", "module a"),
        ("web/package.json", "{}"),
    ];
    let in_web = (
        "web/src/tz.ts",
        "export class ClinicTimezone {\n  a = 1;\n}\n",
    );
    let in_backend = (
        "backend/app/Tz.php",
        "<?php\nclass ClinicTimezone {\n  public $a = 1;\n}\n",
    );
    let line = "Add class `ClinicTimezone`";
    for (heading, web) in [
        ("Бэкенд", false),
        ("Бекенд", false),
        ("Backend", false),
        ("Бэкенд (PHP)", false),
        ("Сервис записи (PHP)", false),
        ("Шлюз", false),
        ("PHP", false),
        ("Часовые пояса", true),
        ("Go live", true),
        ("Время (TypeScript)", true),
    ] {
        let mut files = manifests.to_vec();
        files.push(in_web);
        assert_eq!(is_done(heading, line, &files), web, "{heading}");
        files.push(in_backend);
        let done = is_done(heading, line, &files);
        assert_eq!(done, heading != "Шлюз", "{heading}");
    }
}

#[test]
fn a_heading_names_a_part_by_the_pieces_of_its_name() {
    let manifests = [
        ("services/api/go.mod", "module a"),
        ("services/pdf-worker/package.json", "{}"),
        ("services/mail-sender/package.json", "{}"),
        ("services/push-sender/package.json", "{}"),
    ];
    let line = "Add class `RetryPolicy`";
    let text = "export class RetryPolicy {\n  run() { go(); }\n}\n";
    for (heading, api, pdf) in [
        ("PDF worker", false, true),
        ("PDF воркер", false, true),
        ("PDF-воркер", false, true),
        ("Воркер PDF (Node)", false, true),
        ("Worker", false, true),
        ("Воркер", false, true),
        ("Workers and queues", true, true),
        ("Sender", false, false),
        ("Push sender", false, false),
        ("API", true, false),
        ("API PDF worker", false, true),
    ] {
        let mut files = manifests.to_vec();
        files.push(("services/api/retry.ts", text));
        assert_eq!(is_done(heading, line, &files), api, "{heading}");
        files.pop();
        files.push(("services/pdf-worker/retry.ts", text));
        assert_eq!(is_done(heading, line, &files), pdf, "{heading}");
    }
}

#[test]
fn a_part_of_gos_is_all_that_lies_below_its_folder() {
    let files = [
        ("gate/go.mod", "module gate"),
        (
            "gate/internal/scan/scan.go",
            "package scan\n\nfunc Validate() error {\n\treturn run()\n}\n",
        ),
    ];
    for heading in ["Gate", "Гейт"] {
        assert!(is_done(heading, "Add `Validate()`", &files), "{heading}");
    }
}

#[test]
fn a_role_in_the_line_names_a_part() {
    let policy = "export class RetryPolicy {\n  run() { go(); }\n}\n";
    let manifests = [
        ("api/package.json", "{}"),
        ("pdf-worker/package.json", "{}"),
    ];
    for line in [
        "Добавить класс `RetryPolicy` воркеру",
        "Add worker class `RetryPolicy`",
    ] {
        let done = |path| {
            let mut files = manifests.to_vec();
            files.push((path, policy));
            is_done("Work", line, &files)
        };
        assert!(done("pdf-worker/a.ts"), "{line}");
        assert!(!done("api/a.ts"), "{line}");
    }
}

#[test]
fn a_readme_alone_is_no_package() {
    let line = "Create folder `src/reports/`";
    assert!(!is_done(
        "Work",
        line,
        &[("src/reports/README.md", "# Later\n")]
    ));
    assert!(is_done("Work", line, &[("src/reports/a.py", "x = 1\n")]));
    let line = "Create folder `docs/runbooks/`";
    assert!(is_done(
        "Work",
        line,
        &[("docs/runbooks/README.md", "# Calls\n")]
    ));
}

#[test]
fn a_table_of_laravels_is_made_and_not_taken_back() {
    let line = "Создать таблицу `clinics`";
    let create = "Schema::create('clinics', function (Blueprint $t) { $t->id(); });";
    let migration = |up: &str, down: &str| -> &'static str {
        let text = format!(
            "<?php\nreturn new class extends Migration {{\n    public function up(): void\n    {{\n        \
             {up}\n    }}\n\n    public function down(): void\n    {{\n        {down}\n    }}\n}};\n"
        );
        text.leak()
    };
    let done = |text| is_done("Work", line, &[("database/migrations/1_clinics.php", text)]);
    assert!(done(migration(create, "Schema::dropIfExists('clinics');")));
    assert!(!done(migration("Schema::dropIfExists('clinics');", create)));
    assert!(!done(migration("// Schema::create('clinics');", "")));
}

#[test]
fn what_only_passes_a_name_on_is_no_use() {
    let plugin = (
        "src/auth.ts",
        "export function authPlugin() {\n  run()\n}\n",
    );
    for line in [
        "Add function `authPlugin` and register it in `src/server.ts`",
        "Добавить функцию `authPlugin` и подключить её в `src/server.ts`",
        "Додати функцію `authPlugin` і підключити її в `src/server.ts`",
    ] {
        let done = |text| is_done("Work", line, &[plugin, ("src/server.ts", text)]);
        assert!(!done("export { authPlugin } from './auth';\n"), "{line}");
        assert!(!done("export {\n  authPlugin,\n} from './auth'\n"));
        assert!(!done(
            "import { authPlugin } from './auth';\nexport { authPlugin };\n"
        ));
        assert!(done(
            "export { authPlugin } from './auth';\napp.register(authPlugin);\n"
        ));
        assert!(done("export const all = { authPlugin };\n"));
    }
    let line = "Write tests for `price()` in `tests/price.test.ts`";
    let price = (
        "src/price.ts",
        "export function price(a) {\n  return a * 2\n}\n",
    );
    let tests = |text| is_done("Work", line, &[price, ("tests/price.test.ts", text)]);
    let test = "test('it', () => { expect(load()).toBe(3) })\n";
    assert!(!tests(format!("const _ = price;\n{test}").leak()));
    assert!(!tests(format!("void price;\n{test}").leak()));
    assert!(tests(
        "test('it', () => { expect(price(load())).toBe(3) })\n"
    ));
    let line = "Add class `CourierRepo` and register it in `Program.cs`";
    let class = (
        "Services/CourierRepo.cs",
        "public class CourierRepo {\n  int a = 1;\n}\n",
    );
    let done = |text| is_done("Work", line, &[class, ("Program.cs", text)]);
    assert!(!done("Console.WriteLine(nameof(CourierRepo) + \"!\");\n"));
    assert!(done("services.AddScoped<CourierRepo>();\n"));
    assert!(done("services.AddScoped(typeof(CourierRepo));\n"));
}

#[test]
fn a_path_doesnt_name_what_answers_it() {
    for line in [
        "Add `GET /v1/eta` (handler: `eta`)",
        "Add `GET /v1/eta` with handler `eta`",
        "Add `GET /v1/eta`, handler `eta`",
        "Добавить `GET /v1/eta`, обработчик `eta`",
        "Додати `GET /v1/eta`, обробник `eta`",
    ] {
        let done = |path, answering| {
            let text = format!(
                "package a\n\nfunc main() {{\n\thttp.HandleFunc(\"GET {path}\", {answering})\n}}\n\n\
                 func eta(w http.ResponseWriter, r *http.Request) {{\nrun()\n}}\n"
            );
            is_done("Work", line, &[("a.go", &text)])
        };
        assert!(done("/v1/eta", "eta"), "{line}");
        assert!(!done("/v1/eta", "route"), "{line}");
        assert!(!done("/v1/eta", "log(\"eta\")"), "{line}");
    }
    let line = "Add `GET /eta` with handler `eta`";
    let nest = |name: &str| {
        let text = format!(
            "@Controller()\nclass A {{\n  @Get('eta')\n  {name}() {{\n    run()\n  }}\n}}\nfunction eta() {{\nrun()\n}}\n"
        );
        is_done("Work", line, &[("a.ts", &text)])
    };
    assert!(nest("eta"));
    assert!(!nest("route"));
}

#[test]
fn a_file_named_beside_an_endpoint_serves_it() {
    let path = "src/routes/shifts.ts";
    let route = "const app = express();\napp.post('/shifts/:id/start', start);\n";
    let other = "export const later = 1;\n";
    for line in [
        "Add `POST /shifts/{id}/start` (`src/routes/shifts.ts`)",
        "Добавить `POST /shifts/{id}/start` (файл `src/routes/shifts.ts`)",
        "Додати `POST /shifts/{id}/start` — `src/routes/shifts.ts`",
        "Add `POST /shifts/{id}/start`: `src/routes/shifts.ts`",
    ] {
        let done = |files: [(&str, &str); 2]| is_done("Work", line, &files);
        assert!(!done([("src/server.ts", route), (path, other)]), "{line}");
        assert!(done([("src/server.ts", other), (path, route)]), "{line}");
    }
}

#[test]
fn what_brackets_call_a_name_is_what_it_is() {
    for (line, path, asked, other) in [
        (
            "Додати `TrafficSource` (інтерфейс) у `source.go`",
            "source.go",
            "type TrafficSource interface{ Speed() int }\n",
            "type TrafficSource struct{ url string }\n",
        ),
        (
            "Add `ZoneKind` (an enum) to `ZoneKind.cs`",
            "ZoneKind.cs",
            "public enum ZoneKind { A }\n",
            "public class ZoneKind { }\n",
        ),
    ] {
        assert!(is_done("Work", line, &[(path, asked)]), "{line}");
        assert!(!is_done("Work", line, &[(path, other)]), "{line}");
    }
}

#[test]
fn a_package_of_go_is_the_folder_itself() {
    let source = "package a\n\nfunc Decay(age time.Duration) float64 {\n\treturn age.Hours()\n}\n";
    for line in [
        "Add function `Decay(age time.Duration) float64` to package `routing/internal/traffic`",
        "Добавить функцию `Decay(age time.Duration) float64` в пакет `routing/internal/traffic`",
        "Додати функцію `Decay(age time.Duration) float64` до пакета `routing/internal/traffic`",
    ] {
        let done = |path| {
            let package = ("routing/internal/traffic", "");
            is_done("Work", line, &[(path, source), package])
        };
        assert!(done("routing/internal/traffic/decay.go"), "{line}");
        assert!(!done("routing/internal/traffic/decay/decay.go"), "{line}");
    }
}

#[test]
fn a_stub_is_neither_made_nor_answers_a_route() {
    let done = |path, text: &str| is_done("Work", "Add `POST /loans`", &[(path, text)]);
    let python = |body: &str| {
        format!(
            "app = FastAPI()\n@app.post('/loans', status_code=201)\nasync def lend(loan: Loan):\n    {body}\n"
        )
    };
    assert!(done("a.py", &python("return store(loan)")));
    assert!(!done("a.py", &python("raise NotImplementedError")));
    assert!(!done("a.py", &python("...")));
    let inline = |body: &str| {
        format!(
            "const app = express();\napp.post('/loans', async (req, res) => {{\n  {body}\n}});\n"
        )
    };
    assert!(done("a.js", &inline("res.json(await lend(req.body));")));
    assert!(!done("a.js", &inline("// TODO")));
    assert!(!done(
        "a.js",
        &inline("res.status(501).json({ error: 'not implemented' });")
    ));
    let passed = |body: &str| {
        format!(
            "const app = express();\napp.post('/loans', guard, wrap(lend));\nfunction lend(req, res) {{\n  {body}\n}}\n"
        )
    };
    assert!(done("a.js", &passed("res.json(take(req.body));")));
    assert!(!done("a.js", &passed("res.json(1);")));
    assert!(!done(
        "a.js",
        &passed("throw new Error('not implemented');")
    ));
    for line in [
        "Implement `lend()`",
        "Реализовать `lend()`",
        "Реалізувати `lend()`",
    ] {
        let done = |text: &str| is_done("Work", line, &[("a.py", text)]);
        assert!(done("def lend():\n    return 1\n"), "{line}");
        assert!(!done("def lend():\n    pass\n"), "{line}");
        assert!(!done("def lend(): raise NotImplementedError()\n"), "{line}");
    }
}

#[test]
fn an_empty_type_is_none_yet() {
    for (path, empty, filled) in [
        (
            "a.py",
            "class Lock:\n    pass\n",
            "class Lock:\n    def take(self): run()\n",
        ),
        ("a.py", "class Lock: ...\n", "class Lock(Base): ...\n"),
        (
            "a.ts",
            "export class Lock {}\n",
            "export class Lock extends Base {}\n",
        ),
        ("A.java", "class Lock {\n}\n", "class Lock {\n  int a;\n}\n"),
        (
            "A.cs",
            "public class Lock { }\n",
            "public record Lock(int A);\n",
        ),
        (
            "a.php",
            "<?php\nclass Lock\n{\n    // later\n}\n",
            "<?php\nclass Lock implements A\n{\n}\n",
        ),
    ] {
        for line in [
            "Implement class `Lock`",
            "Реализовать класс `Lock`",
            "Реалізувати клас `Lock`",
            "Add class `Lock`",
            "Создать класс `Lock`",
        ] {
            assert!(!is_done("Work", line, &[(path, empty)]), "{line}: {empty}");
            assert!(is_done("Work", line, &[(path, filled)]), "{line}: {filled}");
        }
    }
}

#[test]
fn a_route_in_a_function_that_nobody_calls_is_served_nowhere() {
    let line = "Add `POST /loans`";
    let python = |tail: &str| {
        format!(
            "app = FastAPI()\ndef setup():\n    @app.post('/loans')\n    def lend(): run()\n{tail}"
        )
    };
    assert!(is_done("Work", line, &[("a.py", &python("setup()\n"))]));
    assert!(!is_done("Work", line, &[("a.py", &python("# setup()\n"))]));
    assert!(is_done(
        "Work",
        line,
        &[("a.py", &python("")), ("b.py", "from a import setup\n")]
    ));
    let script = |tail: &str| {
        format!(
            "const app = express();\nfunction mount() {{\n  app.post('/loans', lend);\n}}\n{tail}"
        )
    };
    assert!(is_done("Work", line, &[("a.js", &script("mount();\n"))]));
    assert!(!is_done("Work", line, &[("a.js", &script(""))]));
}

#[test]
fn a_model_alone_makes_no_table_where_migrations_do() {
    let model = (
        "app/models.py",
        "class Crew(Base):\n    __tablename__ = 'crew'\n",
    );
    let other = (
        "migrations/versions/1.py",
        "def upgrade():\n    op.create_table('holds')\n",
    );
    let own = (
        "migrations/versions/2.py",
        "def upgrade():\n    op.create_table('crew')\n",
    );
    for line in [
        "Create table `crew`",
        "Создать таблицу `crew`",
        "Створити таблицю `crew`",
    ] {
        assert!(is_done("Work", line, &[model]), "{line}");
        assert!(!is_done("Work", line, &[model, other]), "{line}");
        assert!(is_done("Work", line, &[model, other, own]), "{line}");
    }
}

#[test]
fn a_function_inside_another_is_none_that_anybody_calls() {
    let done = |text| is_done("Work", "Add `quote()` to `src/a.py`", &[("src/a.py", text)]);
    assert!(done("def quote():\n    return 1\n"));
    assert!(!done(
        "def other():\n    def quote():\n        return 1\n    return 2\n"
    ));
}

#[test]
fn tests_use_what_they_are_for() {
    let path = "src/test/kotlin/LoyaltyServiceTest.kt";
    let test = |body: &str| {
        format!(
            "import a.LoyaltyService\n\n// LoyaltyService\nclass LoyaltyServiceTest {{\n  @Test\n  \
             fun `LoyaltyService adds`() {{\n    {body}\n  }}\n}}\n"
        )
    };
    for line in [
        "Write tests for `LoyaltyService` in `src/test/kotlin/LoyaltyServiceTest.kt`",
        "Написать тесты для `LoyaltyService` в `src/test/kotlin/LoyaltyServiceTest.kt`",
        "Написати тести для `LoyaltyService` у `src/test/kotlin/LoyaltyServiceTest.kt`",
        "Create `src/test/kotlin/LoyaltyServiceTest.kt` for `LoyaltyService`",
    ] {
        let done = |body: &str| is_done("Work", line, &[(path, &test(body))]);
        assert!(
            !done("assertEquals(\"a\", \"LoyaltyService\".trim())"),
            "{line}"
        );
        assert!(done("assertEquals(1, LoyaltyService().points())"), "{line}");
    }
    let line = "Create `src/cart.spec.ts` for `useCart`";
    let done = |text: &str| is_done("Work", line, &[("src/cart.spec.ts", text)]);
    let import = "import { useCart } from './cart';\n";
    assert!(!done(&format!(
        "{import}describe('useCart', () => {{ it('a', () => {{ expect(1 + 1).toBe(2); }}); }});\n"
    )));
    assert!(done(&format!(
        "{import}it('a', () => {{ expect(useCart().total).toBe(2); }});\n"
    )));
}

#[test]
fn the_noun_before_several_names_says_what_each_is() {
    let done = |line, path: &'static str, text| is_done("Work", line, &[(path, text)]);
    for line in [
        "Create class `Repo` with methods `save` and `findByCustomer`",
        "Створити клас `Repo` з методами `save` і `findByCustomer`",
        "Создать класс `Repo` с методами `save`, `findByCustomer`",
    ] {
        let class = |last: &str| -> &'static str {
            let save = "public function save($a) { return $this->db->put($a); }";
            format!("<?php\nclass Repo {{\n  {save}\n  {last}\n}}\n").leak()
        };
        let find = "public function findByCustomer($id) { return $this->db->get($id); }";
        assert!(done(line, "src/Repo.php", class(find)), "{line}");
        let field = "public $findByCustomer = null;";
        assert!(!done(line, "src/Repo.php", class(field)), "{line}");
        let elsewhere = format!("{}class Other {{\n  {find}\n}}\n", class(""));
        assert!(!done(line, "src/Repo.php", elsewhere.leak()), "{line}");
    }
    let line = "Add functions `toKwh` and `toGcal` to `src/units.js`";
    let first = "export function toKwh(x) { return x / 3.6; }\n";
    let with = |last: &str| -> &'static str { format!("{first}{last}").leak() };
    assert!(done(
        line,
        "src/units.js",
        with("export const toGcal = (x) => x * 4;\n")
    ));
    assert!(!done(
        line,
        "src/units.js",
        with("export const toGcal = 0.00086;\n")
    ));
    let line = "Add class `Loan` and `renewAll()` to `src/loan.js`";
    let text = "export class Loan { a() { return this.b; } }\nexport function renewAll(x) { return x.map(y); }\n";
    assert!(done(line, "src/loan.js", text));
}

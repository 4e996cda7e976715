//! Traces that are there, and what is said of those that aren't.

use super::super::{Around, Entry, Expectation, Noun, Seen, Sight, Since, Symbol, There};
use super::Look;
use crate::facts::{self, Facts, Tree};

fn tree() -> Tree {
    [
        ("src/auth/jwt.py", "class Tokens:\n    def verify(self):\n        run()\n"),
        ("src/auth/__init__.py", ""),
        ("src/empty.py", ""),
        (
            "src/api.py",
            "import os\n@app.post('/api/v1/login')\ndef login(): run()\n\n@app.get('/users/{user_id}')\n\
             def user(user_id): run()\nLEVEL = os.getenv('LOG_LEVEL')\n",
        ),
        ("tests/test_jwt.py", "def helper(): run()\ndef test_verify(): assert run()\n"),
        (
            "mocks/server.py",
            "class Ledger: a = 1\n@app.post('/payments')\ndef pay(): run()\n",
        ),
        (".env.example", "# the key\nJWT_SECRET=change-me\n"),
    ]
    .into_iter()
    .collect()
}

fn symbol(name: &str, within: Option<&str>, paths: &[&str]) -> Expectation {
    Expectation::Symbol {
        symbol: Symbol {
            name: name.to_owned(),
            within: within.map(str::to_owned),
            call: true,
            ..Symbol::default()
        },
        paths: paths.iter().map(|it| (*it).to_owned()).collect(),
    }
}

fn sight(there: There) -> Sight {
    Sight {
        there,
        changed: None,
        known: false,
        ignored: false,
    }
}

fn file() -> There {
    There::File {
        size: 1,
        sha256: "00".to_owned(),
        blank: false,
    }
}

#[track_caller]
fn check_seen(seen: &Seen, what: &Expectation, expected: Result<&str, &str>) {
    let (tree, facts) = (tree(), Facts::default());
    let found = Look::new(&tree, &facts, Some(seen))
        .expect(what, &Around::default())
        .found;
    let found = found.map(|trace| trace.to_string());
    let expected = expected.map(str::to_owned).map_err(str::to_owned);
    assert_eq!(found, expected);
}

#[track_caller]
fn check(what: &Expectation, expected: Result<&str, &str>) {
    check_seen(&Seen::default(), what, expected);
}

#[test]
fn a_file_is_there_and_not_empty() {
    let file = |path: &str| Expectation::File(path.to_owned());
    check(
        &file("src/auth/jwt.py"),
        Ok("`src/auth/jwt.py` is there (50 bytes)"),
    );
    check(&file("src/auth/"), Ok("`src/auth/` holds 2 files"));
    check(
        &file("src/auth/__init__.py"),
        Ok("`src/auth/__init__.py` is there (0 bytes)"),
    );
    check(&file("src/empty.py"), Err("`src/empty.py` is empty"));
    check(&file("src/no.py"), Err("`src/no.py` isn't there yet"));
    check(
        &file("src/api.py/"),
        Err("`src/api.py/` is a file, not a folder"),
    );
    let seen = Seen {
        paths: [(
            "out".to_owned(),
            sight(There::Refused("it leads out".to_owned())),
        )]
        .into(),
        ..Seen::default()
    };
    check_seen(&seen, &file("out"), Err("`out`: it leads out"));
}

#[test]
fn a_change_is_one_since_the_phase_began() {
    let change = Expectation::Change("src/api.py".to_owned());
    check(
        &change,
        Err("a change of `src/api.py` counts from the phase's first run on"),
    );
    let mut seen = Seen {
        since: Since::Commit("abc".to_owned()),
        paths: [("src/api.py".to_owned(), sight(file()))].into(),
        ..Seen::default()
    };
    check_seen(
        &seen,
        &change,
        Err(
            "`src/api.py` hasn't changed since the phase began (at abc); comments and blank lines don't count",
        ),
    );
    let changed = Sight {
        changed: Some(Some("def".to_owned())),
        ..sight(file())
    };
    seen.paths.insert("src/api.py".to_owned(), changed);
    check_seen(&seen, &change, Ok("`src/api.py` was changed by commit def"));
    let deleted = Sight {
        changed: Some(None),
        ..sight(There::Nothing)
    };
    seen.paths.insert("src/api.py".to_owned(), deleted);
    check_seen(&seen, &change, Err("`src/api.py` isn't there yet"));
    seen.since = Since::Unknown("the commit abc isn't here".to_owned());
    seen.paths.insert("src/api.py".to_owned(), sight(file()));
    check_seen(
        &seen,
        &change,
        Err("it can't be told whether `src/api.py` changed: the commit abc isn't here"),
    );
}

#[test]
fn what_was_never_there_is_not_gone() {
    let absent = |path: &str| Expectation::Absent(path.to_owned());
    check(&absent("src/api.py"), Err("`src/api.py` is still there"));
    check(
        &absent("src/ap.py"),
        Err("`src/ap.py` isn't there, and git never had it: is the path right?"),
    );
    let known = Sight {
        known: true,
        ..sight(There::Nothing)
    };
    let seen = Seen {
        paths: [("src/old.py".to_owned(), known)].into(),
        ..Seen::default()
    };
    check_seen(&seen, &absent("src/old.py"), Ok("`src/old.py` is gone"));
}

#[test]
fn a_symbol_is_defined_where_it_is_looked_for() {
    let at = "`Tokens.verify()` is defined at src/auth/jwt.py:2";
    check(&symbol("verify", Some("Tokens"), &[]), Ok(at));
    check(
        &symbol("verify", Some("Tokens"), &["src/api.py"]),
        Err(
            "no definition of `Tokens.verify()` was found in `src/api.py`; there is one at \
             src/auth/jwt.py:2",
        ),
    );
    check(
        &symbol("helper", None, &[]),
        Err("no definition of `helper()` was found; there is one at tests/test_jwt.py:1"),
    );
    check(
        &symbol("test_verify", None, &[]),
        Ok("`test_verify()` is defined at tests/test_jwt.py:2"),
    );
    check(
        &symbol("login", Some("api"), &[]),
        Ok("`api.login()` is defined at src/api.py:3"),
    );
}

#[test]
fn what_stands_in_for_a_thing_is_not_it() {
    check(
        &symbol("Ledger", None, &[]),
        Err("no definition of `Ledger()` was found; there is one at mocks/server.py:1"),
    );
    let endpoint = Expectation::Endpoint {
        method: Some("POST".to_owned()),
        route: "/payments".to_owned(),
        within: None,
        by: None,
        paths: Vec::new(),
    };
    check(
        &endpoint,
        Err(
            "no endpoint `POST /payments` was found; there is one at mocks/server.py:2, which only stands in for it",
        ),
    );
}

#[test]
fn a_definition_has_what_a_signature_names_and_is_what_the_line_calls_it() {
    let of = |change: fn(&mut Symbol), name: &str| {
        let mut found = symbol(name, None, &[]);
        if let Expectation::Symbol { symbol, .. } = &mut found {
            change(symbol);
        }
        found
    };
    let parameter = |it: &mut Symbol| it.signature.parameters = vec!["user_id".to_owned()];
    check(
        &of(parameter, "user"),
        Ok("`user() with user_id` is defined at src/api.py:6"),
    );
    check(
        &of(parameter, "login"),
        Err(
            "no definition of `login() with user_id` was found; what is called so at src/api.py:3 is \
             another",
        ),
    );
    check(
        &of(|it| it.noun = Noun::Defined, "login"),
        Err("no definition of `login()` was found; what is called so at src/api.py:3 is another"),
    );
}

#[test]
fn an_endpoint_is_served_from_the_file_that_is_named() {
    let endpoint = |path: &str| Expectation::Endpoint {
        method: None,
        route: "/api/v1/login".to_owned(),
        within: None,
        by: None,
        paths: vec![path.to_owned()],
    };
    check(
        &endpoint("src"),
        Ok("`/api/v1/login` is served at src/api.py:2"),
    );
    check(
        &endpoint("src/auth/jwt.py"),
        Err("`/api/v1/login` is served at src/api.py:2, not in `src/auth/jwt.py`"),
    );
}

#[test]
fn what_a_line_calls_an_endpoint_answers_one() {
    let endpoint = |name: &str| Expectation::Symbol {
        symbol: Symbol {
            name: name.to_owned(),
            call: true,
            noun: Noun::Endpoint,
            ..Symbol::default()
        },
        paths: Vec::new(),
    };
    let served = Ok("`login()` is defined at src/api.py:3");
    check(&endpoint("login"), served);
    let plain =
        "no definition of `verify()` was found; what is called so at src/auth/jwt.py:2 is another";
    check(&endpoint("verify"), Err(plain));
}

#[test]
fn an_endpoint_has_the_method_and_the_whole_path() {
    let endpoint = |method: Option<&str>, route: &str| Expectation::Endpoint {
        method: method.map(str::to_owned),
        route: route.to_owned(),
        within: None,
        by: None,
        paths: Vec::new(),
    };
    check(
        &endpoint(Some("POST"), "/api/v1/login"),
        Ok("`POST /api/v1/login` is served at src/api.py:2"),
    );
    check(
        &endpoint(None, "/users/:id"),
        Ok("`/users/:id` is served at src/api.py:5"),
    );
    check(
        &endpoint(Some("DELETE"), "/users/{id}"),
        Err("`/users/{id}` is served at src/api.py:5, for GET, not for DELETE"),
    );
    check(
        &endpoint(Some("POST"), "/login"),
        Err("no endpoint `POST /login` was found"),
    );
}

#[test]
fn a_variable_is_named_without_its_value() {
    let variable = |name: &str| Expectation::Variable {
        name: name.to_owned(),
        paths: Vec::new(),
    };
    check(
        &variable("JWT_SECRET"),
        Ok("`JWT_SECRET` is at .env.example:2"),
    );
    check(&variable("LOG_LEVEL"), Ok("`LOG_LEVEL` is at src/api.py:7"));
    check(
        &variable("OTHER"),
        Err("`OTHER` is in no settings source, no `.env.example` and no Compose file"),
    );
}

/// An application of two services, each with a folder of its own.
fn of_services() -> (Tree, Facts) {
    let compose = "services:\n  api:\n    build: ./api\n    environment:\n      API_URL: x\n  tracker:\n    \
                   build: ./tracker\n    environment:\n      LOG_LEVEL: info\n  redis:\n    image: \
                   redis:7\n";
    let tree: Tree = [
        ("docker-compose.yml", compose),
        ("tracker/main.py", "def send_mail(): run()\n"),
        ("gateway/package.json", "{}"),
        ("Dockerfile", "FROM python:3.12\nRUN pip install mkdocs\n"),
        (
            "gateway/app.js",
            "const app = express();\napp.get('/healthz', ok);\n",
        ),
        (
            "api/WarehouseController.java",
            "@RestController\nclass WarehouseController {\n}\n",
        ),
        (
            "api/MiscController.java",
            "@RestController\nclass MiscController {\n  @GetMapping(\"/warehouses\")\n  String all() { return run(); }\n}\n",
        ),
        (
            "api/ShipmentServiceTest.java",
            "class ShipmentServiceTest {\n  @Test void a() { assertEquals(1, run()); }\n}\n",
        ),
        ("api/LabelTest.java", "class Labels {\n  int a = 1;\n}\n"),
    ]
    .into_iter()
    .collect();
    let gathered = facts::gather(&tree, &facts::Inputs::default());
    let facts = gathered.expect("facts").facts;
    (tree, facts)
}

#[track_caller]
fn check_for(what: &Expectation, meant: &[&str], expected: Result<&str, &str>) {
    let around = Around {
        purpose: meant.iter().map(|it| (*it).to_owned()).collect(),
        ..Around::default()
    };
    check_around(what, &around, expected);
}

#[track_caller]
fn check_around(what: &Expectation, around: &Around, expected: Result<&str, &str>) {
    let (tree, facts) = of_services();
    let seen = Seen::default();
    let found = Look::new(&tree, &facts, Some(&seen))
        .expect(what, around)
        .found;
    let found = found.map(|trace| trace.to_string());
    let expected = expected.map(str::to_owned).map_err(str::to_owned);
    assert_eq!(found, expected);
}

#[test]
fn what_is_for_a_service_is_looked_for_in_that_service() {
    let variable = |name: &str| Expectation::Variable {
        name: name.to_owned(),
        paths: Vec::new(),
    };
    let level = variable("LOG_LEVEL");
    let at = Ok("`LOG_LEVEL` is at docker-compose.yml:9");
    check_for(&level, &["the", "probes"], at);
    check_for(&level, &["tracker"], at);
    check_for(
        &level,
        &["api"],
        Err("`LOG_LEVEL` isn't read or set by `api`"),
    );
    check_for(
        &level,
        &["gateway"],
        Err("`LOG_LEVEL` isn't read or set in `gateway`"),
    );
    for word in ["трекера", "redis"] {
        let why = format!(
            "`LOG_LEVEL` is for “{word}”, and it can't be told which part of the application that is"
        );
        check_for(&level, &[word], Err(&why));
    }
    check_for(
        &symbol("send_mail", None, &[]),
        &["api"],
        Err("no definition of `send_mail()` was found in `api`; there is one at tracker/main.py:1"),
    );
    let health = Expectation::Endpoint {
        method: Some("GET".to_owned()),
        route: "/healthz".to_owned(),
        within: None,
        by: None,
        paths: Vec::new(),
    };
    check_for(
        &health,
        &["api"],
        Err("`/healthz` is served at gateway/app.js:2, not in `api`"),
    );
    check_for(
        &health,
        &["gateway"],
        Ok("`GET /healthz` is served at gateway/app.js:2"),
    );
}

#[test]
fn a_file_for_a_part_with_a_folder_of_its_own_isnt_that_of_the_root() {
    let file = Expectation::File("Dockerfile".to_owned());
    let there = Ok("`Dockerfile` is there (40 bytes)");
    for word in ["docs", "redis"] {
        check_for(&file, &[word], there);
    }
    for part in ["tracker", "gateway"] {
        let why = format!(
            "`Dockerfile` may be `{part}/Dockerfile`: write its whole path, or a person tells which \
             is meant"
        );
        check_for(&file, &[part], Err(&why));
    }
    for words in [&["трекера"][..], &["tracker", "api"]] {
        let word = words.last().expect("a word");
        let why = format!(
            "`Dockerfile` is for “{word}”, which has a folder of its own: write the file's whole \
             path, or a person tells which is meant"
        );
        check_for(&file, words, Err(&why));
    }
}

#[test]
fn what_goes_into_a_part_is_looked_for_there_and_what_part_that_is_must_be_known() {
    let level = |paths: &[&str]| Expectation::Variable {
        name: "LOG_LEVEL".to_owned(),
        paths: paths.iter().map(|it| (*it).to_owned()).collect(),
    };
    let check = |what: &Expectation, place: &str, expected: Result<&str, &str>| {
        let around = Around {
            places: vec![place.to_owned()],
            line: vec![place.to_owned()],
            ..Around::default()
        };
        check_around(what, &around, expected);
    };
    let compose = &["docker-compose.yml"];
    let at = Ok("`LOG_LEVEL` is at docker-compose.yml:9");
    check(&level(&[]), "tracker", at);
    check(&level(compose), "tracker", at);
    check(
        &level(&[]),
        "api",
        Err("`LOG_LEVEL` isn't read or set by `api`"),
    );
    check(
        &level(compose),
        "api",
        Err("`LOG_LEVEL` isn't set for `api` in `docker-compose.yml`"),
    );
    for what in [level(&[]), level(compose), symbol("send_mail", None, &[])] {
        let why = format!(
            "`{what}` is for “billing”, and it can't be told which part of the application that is"
        );
        check(&what, "billing", Err(&why));
    }
}

#[test]
fn an_endpoint_of_a_type_is_served_where_that_is_defined() {
    let of = |owner: &str| Expectation::Endpoint {
        method: Some("GET".to_owned()),
        route: "/warehouses".to_owned(),
        within: Some(owner.to_owned()),
        by: None,
        paths: Vec::new(),
    };
    check_for(
        &of("WarehouseController"),
        &[],
        Err(
            "`/warehouses` is served at api/MiscController.java:3, not in \
             `api/WarehouseController.java`",
        ),
    );
    check_for(
        &of("MiscController"),
        &[],
        Ok("`GET /warehouses` is served at api/MiscController.java:3"),
    );
    check_for(
        &of("OtherController"),
        &[],
        Err("no definition of `OtherController` was found"),
    );
}

#[test]
fn a_class_of_tests_is_found_by_its_name_alone() {
    let class = |name: &str| Expectation::Symbol {
        symbol: Symbol {
            name: name.to_owned(),
            ..Symbol::default()
        },
        paths: Vec::new(),
    };
    check_for(
        &class("ShipmentServiceTest"),
        &[],
        Ok("`ShipmentServiceTest` is defined at api/ShipmentServiceTest.java:1"),
    );
    check_for(
        &class("Labels"),
        &[],
        Err("no definition of `Labels` was found; there is one at api/LabelTest.java:1"),
    );
}

#[test]
fn a_line_or_a_heading_names_a_part_as_well() {
    let (tree, facts) = of_services();
    let seen = Seen::default();
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    let health = Expectation::Endpoint {
        method: Some("GET".to_owned()),
        route: "/healthz".to_owned(),
        within: None,
        by: None,
        paths: Vec::new(),
    };
    for (line, heading, expected) in [
        ("Add the endpoint", "Probes", true),
        ("Add the endpoint", "Gateway (Node)", true),
        ("Add the endpoint", "Tracker (Go)", false),
        ("Add the tracker endpoint", "Gateway (Node)", false),
        ("Add the gateway endpoint", "Tracker", true),
        ("Add the endpoint", "API and tracker", true),
        ("Add the endpoint", "redis", true),
    ] {
        let around = Around {
            purpose: Vec::new(),
            line: words(line),
            headings: vec![words(heading)],
            ..Around::default()
        };
        let look = Look::new(&tree, &facts, Some(&seen));
        let found = look.expect(&health, &around).found.is_ok();
        assert_eq!(found, expected, "{line} below {heading}");
    }
}

#[test]
fn what_a_compose_file_says_of_a_service_is_looked_for_there() {
    let path = "docker-compose.yml";
    let level = Expectation::Variable {
        name: "LOG_LEVEL".to_owned(),
        paths: vec![path.to_owned()],
    };
    let at = Ok("`LOG_LEVEL` is at docker-compose.yml:9");
    check_for(&level, &[], at);
    check_for(&level, &["tracker"], at);
    let lacks = "`LOG_LEVEL` isn't set for `api` in `docker-compose.yml`";
    check_for(&level, &["api"], Err(lacks));
    check_for(&level, &["tracker", "api"], Err(lacks));
    let (tree, facts) = of_services();
    let changed = Sight {
        changed: Some(Some("abc1234".to_owned())),
        ..sight(file())
    };
    let seen = Seen {
        since: Since::Commit("0000000".to_owned()),
        paths: [(path.to_owned(), changed)].into(),
        ..Seen::default()
    };
    let look = Look::new(&tree, &facts, Some(&seen));
    let of = |purpose: &[&str]| {
        let around = Around {
            purpose: purpose.iter().map(|it| (*it).to_owned()).collect(),
            ..Around::default()
        };
        look.expect(&Expectation::Change(path.to_owned()), &around)
            .found
    };
    assert!(of(&[]).is_ok());
    let below = |heading: &str| {
        let around = Around {
            headings: vec![vec![heading.to_owned()]],
            ..Around::default()
        };
        look.expect(&level, &around).found
    };
    assert!(below("Tracker").is_ok());
    assert!(below("Трекер").is_ok());
    assert_eq!(below("API"), Err(lacks.to_owned()));
    let untold = "`docker-compose.yml` changed; whether that is about `api` is a person's to tell";
    assert_eq!(of(&["api"]), Err(untold.to_owned()));
    let all = |adds: bool, service: &str| {
        let around = Around {
            purpose: vec![service.to_owned()],
            adds,
            ..Around::default()
        };
        let wants = [Expectation::Change(path.to_owned()), level.clone()];
        let found = look.expect_all(&wants, &around);
        found.iter().all(|it| it.found.is_ok())
    };
    assert!(all(true, "tracker"));
    assert!(!all(true, "api"), "another service's");
    assert!(!all(false, "tracker"), "a value that is to change");
}

fn value(name: &str, value: &str, path: &str) -> Expectation {
    Expectation::Entry {
        entry: Entry::Value {
            name: name.to_owned(),
            value: value.to_owned(),
        },
        path: path.to_owned(),
    }
}

#[test]
fn a_setting_has_its_value_in_each_place_of_its_file() {
    let key = |it: &str| value("JWT_SECRET", it, ".env.example");
    check(
        &key("change-me"),
        Ok("`JWT_SECRET = change-me` stands at .env.example:2"),
    );
    check(
        &key("other"),
        Err("`JWT_SECRET` isn't `other` at .env.example:2"),
    );
    check(
        &value("LEVEL", "5", "src/api.py"),
        Err("`src/api.py` gives `LEVEL` no value that can be read there"),
    );
    check(
        &value("LEVEL", "5", "app.ini"),
        Err("`app.ini` isn't there yet"),
    );
}

#[test]
fn a_setting_of_one_service_is_not_told_by_a_file_of_several() {
    let level = value("LOG_LEVEL", "debug", "docker-compose.yml");
    let why =
        "`docker-compose.yml` has several services: a person tells whether the right one has it";
    check_for(&level, &["tracker"], Err(why));
}

#[test]
fn a_dependency_is_listed() {
    let package = |path: &str| Expectation::Entry {
        entry: Entry::Dependency("httpx".to_owned()),
        path: path.to_owned(),
    };
    let tree: Tree = [
        ("requirements.txt", "fastapi\nhttpx==0.27\n"),
        ("dev-requirements.txt", "ruff\n"),
    ]
    .into_iter()
    .collect();
    let (facts, seen) = (Facts::default(), Seen::default());
    let look = Look::new(&tree, &facts, Some(&seen));
    let found = |path: &str| {
        let found = look.expect(&package(path), &Around::default()).found;
        found.map(|trace| trace.to_string())
    };
    let there = "`httpx` stands at requirements.txt:2".to_owned();
    assert_eq!(found("requirements.txt"), Ok(there));
    let why = "`dev-requirements.txt` doesn't list `httpx`".to_owned();
    assert_eq!(found("dev-requirements.txt"), Err(why));
}

/// Returns whether a component that was to be put on a page is found there.
fn is_placed(page: &str, other: &str, put: bool) -> bool {
    let tree: Tree = [("src/main.tsx", page), ("src/Guard.tsx", other)]
        .into_iter()
        .collect();
    let what = Expectation::Symbol {
        symbol: Symbol {
            name: "Guard".to_owned(),
            put,
            ..Symbol::default()
        },
        paths: vec!["src/main.tsx".to_owned()],
    };
    let facts = Facts::default();
    let look = Look::new(&tree, &facts, Some(&Seen::default()))
        .expect(&what, &Around::default())
        .found;
    look.is_ok()
}

#[test]
fn a_component_is_added_to_a_page_by_being_put_there() {
    let defined = "export function Guard(props) { return <main>{props.children}</main>; }\n";
    let import = "import { Guard } from './Guard';\n";
    let put = format!("{import}export const App = () => <Guard><Home /></Guard>;\n");
    assert!(is_placed(&put, defined, true));
    // From a package.
    assert!(is_placed(&put, "", true));
    // What is to be made there must be defined there.
    assert!(!is_placed(&put, defined, false));
    assert!(!is_placed(import, defined, true));
    let comment = format!("{import}// <Guard />\nexport const App = () => <Home />;\n");
    assert!(!is_placed(&comment, defined, true));
    let nothing = "export function Guard() { return null; }\n";
    assert!(!is_placed(&put, nothing, true));
}

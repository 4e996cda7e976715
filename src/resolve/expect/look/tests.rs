//! Traces that are there, and what is said of those that aren't.

use super::super::{Expectation, Noun, Seen, Sight, Since, Symbol, There};
use super::Look;
use crate::facts::{Facts, Tree};

fn tree() -> Tree {
    [
        ("src/auth/jwt.py", "class Tokens:\n    def verify(self):\n        pass\n"),
        ("src/auth/__init__.py", ""),
        ("src/empty.py", ""),
        (
            "src/api.py",
            "import os\n@app.post('/api/v1/login')\ndef login(): ...\n\n@app.get('/users/{user_id}')\n\
             def user(user_id): ...\nLEVEL = os.getenv('LOG_LEVEL')\n",
        ),
        ("tests/test_jwt.py", "def helper(): pass\ndef test_verify(): pass\n"),
        (
            "mocks/server.py",
            "class Ledger: pass\n@app.post('/payments')\ndef pay(): ...\n",
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
    let found = Look::new(&tree, &facts, Some(seen)).expect(what).found;
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
        Ok("`src/auth/jwt.py` is there (49 bytes)"),
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
    };
    check_seen(
        &seen,
        &change,
        Err("`src/api.py` hasn't changed since the phase began (at abc)"),
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
    let parameter = |it: &mut Symbol| it.signature = vec!["user_id".to_owned()];
    check(
        &of(parameter, "user"),
        Ok("`user() with user_id` is defined at src/api.py:6"),
    );
    check(
        &of(parameter, "login"),
        Err("no definition of `login() with user_id` was found"),
    );
    check(
        &of(|it| it.noun = Noun::Defined, "login"),
        Err("no definition of `login()` was found"),
    );
}

#[test]
fn an_endpoint_is_served_from_the_file_that_is_named() {
    let endpoint = |path: &str| Expectation::Endpoint {
        method: None,
        route: "/api/v1/login".to_owned(),
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
fn an_endpoint_has_the_method_and_the_whole_path() {
    let endpoint = |method: Option<&str>, route: &str| Expectation::Endpoint {
        method: method.map(str::to_owned),
        route: route.to_owned(),
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

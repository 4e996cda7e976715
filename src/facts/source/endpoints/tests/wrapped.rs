//! Applications in applications of Python.

use super::check;

const APPS: &str = "from flask import Flask\nfront = Flask(__name__)\napi = Flask('api')\n@front.get('/a')\n\
                    def a(): ...\n@api.get('/b')\ndef b(): ...\n";

#[track_caller]
fn wrapped(line: &str, expected: &[&str]) {
    check(&[("app.py", &format!("{APPS}{line}\n"))], expected);
}

#[test]
fn a_dispatcher_puts_applications_below_prefixes() {
    wrapped(
        "front.wsgi_app = DispatcherMiddleware(front.wsgi_app, {'/api': api})",
        &["GET /a app.py:4", "GET /api/b app.py:6"],
    );
    wrapped(
        "root = DispatcherMiddleware(NotFound(), {'/x': front, '/y': api.wsgi_app,})",
        &["GET /x/a app.py:4", "GET /y/b app.py:6"],
    );
    wrapped(
        "root = DispatcherMiddleware(front, {PREFIX: api})",
        &["GET /a app.py:4", "? GET /b app.py:6"],
    );
}

#[test]
fn what_cant_be_followed_leaves_all_prefixes_open() {
    let loose = ["? GET /a app.py:4", "? GET /b app.py:6"];
    wrapped("root = DispatcherMiddleware(front, mounts)", &loose);
    wrapped(
        "root = DispatcherMiddleware(front, {'/x': create()})",
        &loose,
    );
}

#[test]
fn what_versions_paths_leaves_its_application_open() {
    wrapped(
        "api = VersionedFastAPI(api, prefix_format='/v{major}')",
        &["GET /a app.py:4", "? GET /b app.py:6"],
    );
    wrapped(
        "class PrefixMiddleware(object):\n    pass",
        &["GET /a app.py:4", "GET /b app.py:6"],
    );
}

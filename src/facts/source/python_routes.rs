//! Endpoints of Python: `FastAPI`, Starlette and Flask decorators, aiohttp's routers.
//!
//! A router's prefix and those under which it is included are put before its paths; names are
//! followed through imports by the ends of module paths.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::super::model::Endpoint;
use super::super::paths;
use super::code::{Code, Language};
use super::endpoints::method;
use super::literal;
use super::variables::{pattern, patterns};

patterns! {
    DECORATOR = r#"@(\w+)\.(get|post|put|patch|delete|head|options|websocket|route|api_route)\(\s*(?:path\s*=\s*)?["']([^"'\n]*)["']"#;
    CALL = r#"\b(?:router|web)\.(?:add_)?(get|post|put|patch|delete|head|route)\(\s*(?:["']([A-Z*]+)["']\s*,\s*)?["'](/[^"'\n]*)["']"#;
    ROUTE = r#"(?:\b(?:Route|WebSocketRoute)|\.add_api_route|\.add_url_rule|\.mount)\(\s*["'](/[^"'\n]*)["']"#;
    ROUTER = r"\b(\w+)\s*(?::\s*\w+\s*)?=\s*(?:\w+\.)?(?:APIRouter|Blueprint)\(";
    INCLUDE = r"\b(\w+)\.(?:include_router|register_blueprint)\(";
    IMPORT = r"(?m)^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)";
}

/// A router that is included in another one or in the application.
struct Include<'a> {
    code: &'a Code,
    into: String,
    target: (String, String),
    prefix: String,
}

/// Returns the endpoints of all Python files.
pub(super) fn read(files: &[Code]) -> Vec<Endpoint> {
    let python: Vec<&Code> = files
        .iter()
        .filter(|code| code.language == Language::Python)
        .collect();
    let includes: Vec<Include<'_>> = python
        .iter()
        .flat_map(|code| includes(code, &python))
        .collect();
    let mut found = Vec::new();
    for code in &python {
        for (start, captures) in DECORATOR.iter().flat_map(|pattern| code.matches(pattern)) {
            let path = &captures[3];
            if path.is_empty() || path.starts_with('/') {
                let verbs = match method(&captures[2]) {
                    Some(verb) => vec![Some(verb)],
                    None => methods(code, start),
                };
                for prefix in prefixes(code, &captures[1], &includes, 0) {
                    let path = format!("{prefix}{path}");
                    found.extend(verbs.iter().map(|verb| Endpoint {
                        method: verb.clone(),
                        path: path.clone(),
                        origin: code.origin(start),
                    }));
                }
            }
        }
        for (start, captures) in CALL.iter().flat_map(|pattern| code.matches(pattern)) {
            // A decorator was read above.
            if start
                .checked_sub(1)
                .and_then(|at| code.text.as_bytes().get(at))
                != Some(&b'@')
            {
                let verb = captures.get(2).map_or(&captures[1], |verb| verb.as_str());
                let path = captures[3].to_owned();
                found.push(Endpoint {
                    method: method(verb),
                    path,
                    origin: code.origin(start),
                });
            }
        }
        for (start, captures) in ROUTE.iter().flat_map(|pattern| all(code, pattern)) {
            let path = captures[1].to_owned();
            found.push(Endpoint {
                method: None,
                path,
                origin: code.origin(start),
            });
        }
    }
    found
}

/// Returns the methods that a route names (`methods=["POST"]`); where it names none, none is known.
fn methods(code: &Code, start: usize) -> Vec<Option<String>> {
    let open = code.text.get(start..).and_then(|rest| rest.find('('));
    let arguments = open.map(|open| literal::arguments(&code.text, &code.bare, start + open + 1));
    let named = arguments
        .as_deref()
        .and_then(|arguments| literal::keyword(arguments, "methods"));
    let words = named.unwrap_or_default().split(['"', '\'']);
    let verbs: Vec<Option<String>> = words.filter_map(method).map(Some).collect();
    if verbs.is_empty() { vec![None] } else { verbs }
}

fn all<'a>(code: &'a Code, pattern: &Regex) -> Vec<(usize, Captures<'a>)> {
    code.matches(pattern)
}

/// Returns all prefixes under which a variable's routes are served; one that is empty for what
/// isn't included anywhere.
fn prefixes(code: &Code, name: &str, includes: &[Include<'_>], depth: usize) -> Vec<String> {
    let own = own_prefix(code, name).unwrap_or_default();
    let within = includes
        .iter()
        .filter(|include| depth < 8 && include.target.0 == code.path && include.target.1 == name);
    let outer: Vec<String> = within
        .flat_map(|include| {
            let before = prefixes(include.code, &include.into, includes, depth + 1);
            before
                .into_iter()
                .map(|before| format!("{before}{}", include.prefix))
        })
        .collect();
    if outer.is_empty() {
        return vec![own];
    }
    outer
        .into_iter()
        .map(|outer| format!("{outer}{own}"))
        .collect()
}

/// Returns the prefix that a router is made with; `None` where the name is no router here.
fn own_prefix(code: &Code, name: &str) -> Option<String> {
    let made = code.matches(ROUTER.as_ref()?);
    let (_, captures) = made
        .into_iter()
        .find(|(_, captures)| &captures[1] == name)?;
    let arguments = literal::arguments(&code.text, &code.bare, captures.get(0)?.end());
    Some(prefix_of(&arguments))
}

fn prefix_of(arguments: &[&str]) -> String {
    let given = literal::keyword(arguments, "prefix");
    let given = given.or_else(|| literal::keyword(arguments, "url_prefix"));
    given.and_then(literal::string).unwrap_or_default()
}

fn includes<'a>(code: &'a Code, files: &[&'a Code]) -> Vec<Include<'a>> {
    let matches = INCLUDE.iter().flat_map(|pattern| code.matches(pattern));
    let include = |(_, captures): (usize, Captures<'a>)| {
        let arguments = literal::arguments(&code.text, &code.bare, captures.get(0)?.end());
        let target = resolve(code, arguments.first()?, files, 0)?;
        let (into, prefix) = (captures[1].to_owned(), prefix_of(&arguments));
        Some(Include {
            code,
            into,
            target,
            prefix,
        })
    };
    matches.filter_map(include).collect()
}

/// Returns the file and name of the router that a name means in a file.
fn resolve(code: &Code, name: &str, files: &[&Code], depth: usize) -> Option<(String, String)> {
    if depth > 8 {
        return None;
    }
    if let Some((module, inner)) = name.split_once('.') {
        let (from, original) = imported(code, module)?;
        let file = module_file(&format!("{from}.{original}"), code, files)?;
        return resolve(file, inner, files, depth + 1);
    }
    if own_prefix(code, name).is_some() {
        return Some((code.path.clone(), name.to_owned()));
    }
    let (from, original) = imported(code, name)?;
    resolve(
        module_file(&from, code, files)?,
        &original,
        files,
        depth + 1,
    )
}

/// Returns the module and the name that an imported name has there.
fn imported(code: &Code, name: &str) -> Option<(String, String)> {
    for (_, captures) in code.matches(IMPORT.as_ref()?) {
        for part in captures[2].trim_matches(['(', ')']).split(',') {
            let mut words = part.split_whitespace();
            let original = words.next().unwrap_or_default();
            let alias = words.nth(1).unwrap_or(original);
            if alias == name {
                return Some((captures[1].to_owned(), original.to_owned()));
            }
        }
    }
    None
}

/// Returns the file of a module, the nearest one where several end alike.
fn module_file<'a>(module: &str, from: &Code, files: &[&'a Code]) -> Option<&'a Code> {
    let tail = module.trim_start_matches('.').replace('.', "/");
    let ends = [format!("/{tail}.py"), format!("/{tail}/__init__.py")];
    let here = paths::folder(&from.path);
    let mut fitting: Vec<&Code> = files
        .iter()
        .copied()
        .filter(|code| {
            ends.iter()
                .any(|end| format!("/{}", code.path).ends_with(end.as_str()))
        })
        .collect();
    fitting.sort_by_key(|code| !code.path.starts_with(here));
    fitting.first().copied()
}

#[cfg(test)]
mod tests {
    use super::super::code::Code;
    use std::sync::Arc;

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let files: Vec<_> = files
            .iter()
            .filter_map(|(path, text)| Code::new(path, &Arc::from(*text)))
            .collect();
        let found: Vec<_> = super::read(&files)
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}",
                    one.method.as_deref().unwrap_or("*"),
                    one.path,
                    one.origin
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn prefixes_are_composed_across_files() {
        check(
            &[
                (
                    "src/api/health.py",
                    "router = APIRouter(prefix=\"/health\")\n@router.get(\"\")\ndef a(): ...\n@router.get(\"/ready\")\n",
                ),
                (
                    "src/main.py",
                    "from src.api import health\nfrom .api.calls import router as calls\napp.include_router(health.router)\napp.include_router(calls, prefix='/api')\n@app.get('/version')\n# @app.get('/x')\n",
                ),
                (
                    "src/api/calls.py",
                    "router = APIRouter(tags=['a'])\n@router.post('/calls')\n",
                ),
            ],
            &[
                "GET /health src/api/health.py:2",
                "GET /health/ready src/api/health.py:4",
                "GET /version src/main.py:5",
                "POST /api/calls src/api/calls.py:2",
            ],
        );
    }

    #[test]
    fn flask_routes_have_the_methods_that_they_name() {
        check(
            &[(
                "a.py",
                "@app.route('/login', methods=['GET', 'POST'])\ndef a(): ...\n@app.route('/ready')\n",
            )],
            &["GET /login a.py:1", "POST /login a.py:1", "* /ready a.py:3"],
        );
    }

    #[test]
    fn aiohttp_and_starlette_routes_are_found() {
        check(
            &[(
                "a.py",
                "app.router.add_get('/health', h)\nRoute('/ready', r)\nweb.post('/calls', c)\ncache.get('key')\n",
            )],
            &[
                "GET /health a.py:1",
                "POST /calls a.py:3",
                "* /ready a.py:2",
            ],
        );
    }
}

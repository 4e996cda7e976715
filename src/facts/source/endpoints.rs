//! Endpoints of what isn't Python: Express and Nest, Spring, Go's routers, axum and actix.

use std::sync::LazyLock;

use regex::Regex;

use super::super::model::Endpoint;
use super::code::{Code, Language};
use super::variables::{pattern, patterns};

patterns! {
    SCRIPT_ROUTE = r#"\b(?:app|api|server|fastify|routes?|\w*[rR]outer)\.(get|post|put|patch|delete|all)\(\s*["'`](/[^"'`\n]*)["'`]"#;
    ANNOTATED = r#"@(Get|Post|Put|Patch|Delete|Request|Head)(?:Mapping)?\(\s*(?:(?:value|path)\s*=\s*)?\{?\s*(?:["']([^"'\n]*)["'])?"#;
    PREFIX = r#"@(?:RequestMapping|Controller)\(\s*(?:(?:value|path)\s*=\s*)?\{?\s*["']([^"'\n]*)["'][^)]*\)"#;
    GO_ROUTE = r#"\.(HandleFunc|Handle|GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete)\(\s*"(?:(GET|POST|PUT|PATCH|DELETE|HEAD) )?(/[^"\n]*)""#;
    RUST_ROUTE = r#"\.route\(\s*"(/[^"\n]*)"\s*,\s*(?:\w+::)*(get|post|put|patch|delete|any)?"#;
    RUST_ATTRIBUTE = r#"#\[(get|post|put|patch|delete)\(\s*"(/[^"\n]*)""#;
}

/// Returns the endpoints of one file.
pub(super) fn read(code: &Code) -> Vec<Endpoint> {
    match code.language {
        Language::Python | Language::Ruby | Language::Php | Language::CSharp | Language::Sql => {
            Vec::new()
        }
        Language::Script => {
            let mut found = simple(code, &SCRIPT_ROUTE, (1, 2));
            found.extend(annotated(code));
            found
        }
        Language::Java => annotated(code),
        Language::Rust => {
            let mut found = simple(code, &RUST_ROUTE, (2, 1));
            found.extend(simple(code, &RUST_ATTRIBUTE, (1, 2)));
            found
        }
        Language::Go => go(code),
    }
}

/// Returns a verb as a method; what isn't one method is none.
pub(super) fn method(verb: &str) -> Option<String> {
    let verb = verb.to_uppercase();
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    known.contains(&verb.as_str()).then_some(verb)
}

fn simple(
    code: &Code,
    pattern: &LazyLock<Option<Regex>>,
    (verb, path): (usize, usize),
) -> Vec<Endpoint> {
    let matches = pattern.iter().flat_map(|pattern| code.matches(pattern));
    let endpoint = |(start, captures): (usize, regex::Captures<'_>)| Endpoint {
        method: captures.get(verb).and_then(|verb| method(verb.as_str())),
        path: captures[path].to_owned(),
        origin: code.origin(start),
    };
    matches.map(endpoint).collect()
}

fn go(code: &Code) -> Vec<Endpoint> {
    let matches = GO_ROUTE.iter().flat_map(|pattern| code.matches(pattern));
    let endpoint = |(start, captures): (usize, regex::Captures<'_>)| Endpoint {
        method: captures
            .get(2)
            .and_then(|verb| method(verb.as_str()))
            .or_else(|| method(&captures[1])),
        path: captures[3].to_owned(),
        origin: code.origin(start),
    };
    matches.map(endpoint).collect()
}

/// Reads `@GetMapping` (Spring) and `@Get` (Nest) below the prefix of their class.
fn annotated(code: &Code) -> Vec<Endpoint> {
    let prefixes: Vec<(usize, String)> = PREFIX
        .iter()
        .flat_map(|pattern| code.matches(pattern))
        .filter_map(|(start, captures)| {
            let after = code.bare.get(captures.get(0)?.end()..)?;
            let head = after.split(['{', ';']).next()?;
            head.split_whitespace()
                .any(|word| word == "class")
                .then(|| (start, captures[1].to_owned()))
        })
        .collect();
    let mut found = Vec::new();
    for (start, captures) in ANNOTATED.iter().flat_map(|pattern| code.matches(pattern)) {
        if prefixes.iter().any(|(other, _)| *other == start) {
            continue;
        }
        let prefix = prefixes.iter().rev().find(|(other, _)| *other < start);
        let own = captures.get(2).map_or("", |path| path.as_str());
        // Without a class that maps, `@Get()` may be anything.
        if prefix.is_none() && !own.starts_with('/') {
            continue;
        }
        let path = joined(prefix.map_or("", |(_, prefix)| prefix), own);
        found.push(Endpoint {
            method: method(&captures[1]),
            path,
            origin: code.origin(start),
        });
    }
    found
}

/// Returns two parts of a path with one `/` before each that isn't empty.
fn joined(prefix: &str, own: &str) -> String {
    let parts = [prefix, own].map(|part| part.trim_matches('/'));
    let mut path = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        path.push('/');
        path.push_str(part);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::super::code::Code;
    use std::sync::Arc;

    #[track_caller]
    fn check(path: &str, source: &str, expected: &[&str]) {
        let code = Code::new(path, &Arc::from(source)).unwrap();
        let found: Vec<_> = super::read(&code)
            .iter()
            .map(|one| {
                let method = one.method.as_deref().unwrap_or("*");
                format!("{method} {}:{}", one.path, one.origin.line)
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn routes_of_other_languages_are_found() {
        check(
            "a.js",
            "app.get('/health', f);\nrouter.post(\"/calls\", f);\naxios.get('/no');\n// app.get('/x')",
            &["GET /health:1", "POST /calls:2"],
        );
        check(
            "a.go",
            "mux.HandleFunc(\"/ready\", f)\nmux.HandleFunc(\"GET /health\", f)\nr.POST(\"/calls\", f)",
            &["* /ready:1", "GET /health:2", "POST /calls:3"],
        );
        check(
            "a.rs",
            "r.route(\"/health\", get(f))\n#[post(\"/c\")]",
            &["GET /health:1", "POST /c:2"],
        );
    }

    #[test]
    fn annotations_stand_below_their_class() {
        check(
            "A.java",
            "@RequestMapping(\"/api\")\npublic class A {\n  @GetMapping(\"/health\")\n  void h() {}\n  \
             @PostMapping\n  void p() {}\n}",
            &["GET /api/health:3"],
        );
        check(
            "a.ts",
            "@Controller('calls')\nexport class A {\n  @Get(':id')\n  h() {}\n  @Get()\n  p() {}\n}",
            &["GET /calls/:id:3", "GET /calls:5"],
        );
    }
}

//! Django: `urls.py` from `ROOT_URLCONF` on, through every `include`, and the routers of Django
//! REST framework.
//!
//! Patterns that are added under a condition, in loops, or below a language's prefix aren't known
//! to be served.

mod views;

use std::sync::LazyLock;

use regex::Regex;

use super::super::code::Code;
use super::super::literal;
use super::super::variables::{pattern, patterns};
use super::chain;
use super::mounts::{Mounts, Place, Prefix, joined};
use super::python::{last_name, modules::Modules};
use super::{Endpoints, Route, serve};

patterns! {
    ROOT = r#"(?m)^ROOT_URLCONF[ \t]*=[ \t]*["']([\w.]+)["']"#;
    CALL = r"\b(path|re_path|url)\(";
    DJANGO = r"(?m)^[ \t]*from[ \t]+django\.(?:urls|conf\.urls)[ \t]+import\b";
    ROUTER = r"(?m)^(\w+)[ \t]*=[ \t]*(?:\w+\.)*(?:DefaultRouter|SimpleRouter)\(";
    REGISTER = r"(?m)^(\w+)\.register\(";
    URLS = r"(?m)^(\w+)[ \t]*\+?=[ \t]*(\w+)\.urls[ \t]*$";
    STATEMENT = r"^(\w+)[ \t]*(?::[^=\n]+)?\+?=";
}

/// The list that Django looks for in a module.
const PATTERNS: &str = "urlpatterns";

/// Returns the endpoints of all of Django's files.
pub(super) fn read(files: &[Code]) -> Endpoints {
    let mut reader = Reader {
        modules: Modules::new(files),
        mounts: Mounts::default(),
        routes: Vec::new(),
    };
    let all: Vec<(usize, &Code)> = reader.modules.all().collect();
    for (file, code) in &all {
        for (_, captures) in ROOT.iter().flat_map(|it| code.matches(it)) {
            if let Some(root) = reader.modules.file_of(&captures[1], *file) {
                reader.mounts.root((root, PATTERNS.to_owned()));
            }
        }
    }
    for (file, code) in all {
        if DJANGO.iter().any(|it| it.is_match(&code.bare)) {
            reader.patterns(file, code);
        }
        reader.routers(file, code);
    }
    serve(reader.routes, &reader.mounts)
}

struct Reader<'a> {
    modules: Modules<'a>,
    mounts: Mounts,
    routes: Vec<Route>,
}

impl Reader<'_> {
    fn patterns(&mut self, file: usize, code: &Code) {
        for (start, captures) in CALL.iter().flat_map(|it| code.matches(it)) {
            let open = captures.get(0).map_or(start, |whole| whole.end());
            let arguments = literal::arguments(&code.text, &code.bare, open);
            let (Some(first), Some(target)) = (arguments.first(), arguments.get(1)) else {
                continue;
            };
            let own = path(&captures[1], first);
            let hung = hangs(code, start);
            let outer = hung
                .as_ref()
                .map_or(Some(String::new()), |(_, outer)| outer.clone());
            let whole = both(outer, own);
            let place = hung.map(|(list, _)| (file, list));
            if let Some(inner) = target.strip_prefix("include(") {
                let target = self.included(file, inner);
                if let (Some(target), Some(into)) = (target, place) {
                    self.mounts.mount(target, into, whole);
                }
                continue;
            }
            self.routes.push(Route {
                place,
                verbs: views::verbs(&self.modules, file, target),
                path: whole,
                origin: code.origin(start),
            });
        }
        for (_, captures) in URLS.iter().flat_map(|it| code.matches(it)) {
            if let Some(target) = self.router(file, &captures[2]) {
                let into = (file, captures[1].to_owned());
                self.mounts.mount(target, into, Some(String::new()));
            }
        }
    }

    /// Returns the list that an `include(` leads to; lists that stand in it are read where they
    /// stand.
    fn included(&self, file: usize, inner: &str) -> Option<Place> {
        let inner = inner.trim_start().trim_start_matches('(').trim_start();
        let end = inner.find([',', ')']).unwrap_or(inner.len());
        let first = inner.get(..end)?.trim();
        if let Some(module) = literal::string(first) {
            let target = self.modules.file_of(&module, file)?;
            return Some((target, PATTERNS.to_owned()));
        }
        if let Some(router) = first.strip_suffix(".urls") {
            return self.router(file, router);
        }
        let listed = |file: usize, name: &str| {
            let code = self.modules.code(file)?;
            let begins = format!("{name} = [");
            let mut lines = code.bare.lines();
            lines.any(|line| line.starts_with(&begins)).then_some(())
        };
        self.modules.follow(file, first, &listed).or_else(|| {
            // A module that was imported.
            let probe = format!("{first}.{PATTERNS}");
            self.modules.follow(file, &probe, &listed)
        })
    }

    fn router(&self, file: usize, name: &str) -> Option<Place> {
        let made = |file: usize, name: &str| {
            let code = self.modules.code(file)?;
            let mut all = ROUTER.iter().flat_map(|it| code.matches(it));
            all.any(|(_, captures)| &captures[1] == name).then_some(())
        };
        self.modules.follow(file, name, &made)
    }

    /// Takes in what is registered with routers of Django REST framework.
    fn routers(&mut self, file: usize, code: &Code) {
        for (start, captures) in REGISTER.iter().flat_map(|it| code.matches(it)) {
            let Some(place) = self.router(file, &captures[1]) else {
                continue;
            };
            let open = captures.get(0).map_or(start, |whole| whole.end());
            let arguments = literal::arguments(&code.text, &code.bare, open);
            let (Some(first), Some(set)) = (arguments.first(), arguments.get(1)) else {
                continue;
            };
            let Some(prefix) = literal::string(first) else {
                continue;
            };
            let set = views::set(&self.modules, file, set);
            let one = format!("{prefix}/{{pk}}/");
            for (path, verbs) in [(format!("{prefix}/"), set.all), (one, set.one)] {
                if verbs.is_empty() {
                    continue;
                }
                self.routes.push(Route {
                    place: Some(place.clone()),
                    verbs: verbs.into_iter().map(Some).collect(),
                    path: Some(path),
                    origin: code.origin(start),
                });
            }
        }
    }
}

fn both(outer: Prefix, own: Prefix) -> Prefix {
    let (outer, own) = (outer?, own?);
    Some(if outer.is_empty() {
        own
    } else {
        joined(&outer, &own)
    })
}

/// Returns the list that a pattern stands in, and the prefixes of what stands between them.
fn hangs(code: &Code, start: usize) -> Option<(String, Prefix)> {
    let mut prefix: Prefix = Some(String::new());
    let mut at = start;
    while let Some(open) = chain::opening(&code.bare, at) {
        let before = code.bare.get(..open)?;
        if code.bare.as_bytes().get(open) == Some(&b'(') {
            match last_name(before) {
                function @ ("path" | "re_path" | "url") => {
                    let arguments = literal::arguments(&code.text, &code.bare, open + 1);
                    let own = arguments.first().and_then(|it| path(function, it));
                    prefix = both(own, prefix);
                }
                "include" | "format_suffix_patterns" | "" => {}
                _ => return None,
            }
        }
        at = open;
    }
    let before = code.bare.get(..at)?;
    let line = before.rsplit('\n').next().unwrap_or(before);
    let name = STATEMENT.as_ref()?.captures(line)?;
    Some((name[1].to_owned(), prefix))
}

/// Returns the path of a pattern.
fn path(function: &str, written: &str) -> Option<String> {
    let text = literal::string(written.trim())?;
    if function == "path" {
        Some(text)
    } else {
        of_regex(written, &text)
    }
}

/// Returns the path that a regular expression stands for, where it is one with parameters.
fn of_regex(written: &str, text: &str) -> Option<String> {
    // Without `r`, backslashes are gone already.
    let raw = written.trim_start_matches('r').trim_matches(['"', '\'']);
    let text = if written.starts_with('r') { raw } else { text };
    let text = text.strip_prefix('^').unwrap_or(text);
    let ends = text.strip_suffix('$').or_else(|| text.strip_suffix("\\Z"));
    let text = ends.unwrap_or(text);
    let text = text
        .strip_suffix("/?")
        .map_or(text.to_owned(), |it| format!("{it}/"));
    let mut found = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '(' => {
                let group = group(&mut letters)?;
                found.push('{');
                match group.strip_prefix("?P<") {
                    Some(named) => found.push_str(named.split_once('>')?.0),
                    None if group.starts_with('?') => return None,
                    None => {}
                }
                found.push('}');
            }
            '\\' => match letters.next()? {
                plain @ ('.' | '-' | '/' | '_') => found.push(plain),
                _ => return None,
            },
            '.' | '*' | '+' | '?' | '[' | ']' | '{' | '}' | '|' | '^' | '$' | ')' => return None,
            plain => found.push(plain),
        }
    }
    Some(found)
}

/// Returns what is in a group that was opened.
fn group(letters: &mut std::str::Chars<'_>) -> Option<String> {
    let mut depth = 0_usize;
    let mut inside = String::new();
    loop {
        match letters.next()? {
            ')' if depth == 0 => return Some(inside),
            ')' => depth -= 1,
            '(' => depth += 1,
            '\\' => {
                letters.next()?;
            }
            other => inside.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::path;

    #[track_caller]
    fn check(written: &str, expected: Option<&str>) {
        assert_eq!(path("re_path", written).as_deref(), expected, "{written}");
    }

    #[test]
    fn regular_expressions_are_paths_where_they_are_plain() {
        check("r'^users/$'", Some("users/"));
        check(r"r'^users/(?P<pk>[0-9]+)/$'", Some("users/{pk}/"));
        check(r"r'^a\.json$'", Some("a.json"));
        check("r'^login/?$'", Some("login/"));
        check("r'^(a|b)/$'", Some("{}/"));
        check("r'^(?:a|b)/$'", None);
        check("r'^a.*'", None);
        check("NAME", None);
    }
}

//! What files that are no source say in lines of their own: variables and functions of shell scripts,
//! directives of nginx.

use super::paths;

/// What a shell function does that isn't made yet.
const IDLE: &[&str] = &[
    ":", "true", "return", "exit", "echo", "printf", "local", "shift", "set",
];

/// Returns whether a path is a shell script's.
fn is_script(path: &str) -> bool {
    let name = paths::file_name(path);
    matches!(name.rsplit_once('.'), Some((_, "sh" | "bash" | "zsh")))
}

/// Returns whether a path is of nginx's settings.
fn is_nginx(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    ending == Some("conf") && (path.contains("nginx") || path.contains("conf.d/"))
}

/// Returns the line on which a shell script reads or sets a variable.
pub fn shell_variable(path: &str, text: &str, name: &str) -> Option<usize> {
    let lines = is_script(path).then(|| text.lines().enumerate())?;
    let named = |line: &str| {
        let said = said(line);
        let mut places = said.match_indices(name);
        places.any(|(at, _)| {
            let before = said.get(..at).unwrap_or_default();
            let behind = said.get(at + name.len()..).unwrap_or_default();
            let whole = !behind.starts_with(is_letter);
            let read = before.ends_with('$') || before.ends_with("${");
            let first = before.trim_end_matches(|it: char| it.is_whitespace());
            let begins = ["", "export", "readonly", "local", ";", "&&", "do", "then"];
            let set = behind.starts_with('=') && begins.iter().any(|it| first.trim() == *it);
            whole && (read || set || first.trim() == "export" && behind.trim().is_empty())
        })
    };
    let mut lines = lines.filter(|(_, line)| named(line));
    lines.next().map(|(at, _)| at + 1)
}

/// Returns the line on which a shell script defines a function that does something.
pub fn shell_function(path: &str, text: &str, name: &str) -> Option<usize> {
    let mut lines = is_script(path).then(|| text.lines().enumerate())?;
    let (at, head) = lines.find(|(_, whole)| {
        let line = said(whole);
        let line = line.trim();
        let named = line.strip_prefix("function ").unwrap_or(line).trim_start();
        let rest = named.strip_prefix(name).map(str::trim_start);
        // The end of one that is indented isn't looked for.
        let begins = !whole.starts_with(char::is_whitespace);
        begins
            && rest.is_some_and(|it| {
                it.starts_with("()") || line != named && !it.starts_with(is_letter)
            })
    })?;
    let inner = head.split_once('{').map_or("", |(_, inner)| inner);
    let ends = |line: &&str| line.trim_start() != *line || !line.starts_with('}');
    let below = lines.map(|(_, line)| line).take_while(ends);
    // What stands on the head's line ends with it.
    let whole = inner.contains('}');
    let mut body = std::iter::once(inner).chain(below.filter(|_| !whole));
    let works = |line: &str| {
        let line = said(line);
        let mut all = line.split([';', '{', '}']).map(str::trim);
        all.any(|it| {
            let first = it.split_whitespace().next();
            let value = |it: &str| {
                it.split_once('=')
                    .is_some_and(|(it, _)| it.chars().all(is_letter))
            };
            first.is_some_and(|it| !IDLE.contains(&it) && !value(it))
        })
    };
    body.any(works).then_some(at + 1)
}

/// Returns the line on which nginx is given a directive.
pub fn directive(path: &str, text: &str, name: &str) -> Option<usize> {
    let mut lines = is_nginx(path).then(|| text.lines().enumerate())?;
    let given = |line: &str| {
        let line = line.split('#').next().unwrap_or_default();
        let mut all = line.split([';', '{', '}']);
        all.any(|it| {
            let mut words = it.split_whitespace();
            words.next() == Some(name) && words.next().is_some()
        })
    };
    lines.find(|(_, line)| given(line)).map(|(at, _)| at + 1)
}

fn is_letter(it: char) -> bool {
    it.is_ascii_alphanumeric() || it == '_'
}

/// Returns what a line of a shell script says, without its comment and what it quotes as it is.
fn said(line: &str) -> String {
    let mut said = String::new();
    let (mut quoted, mut single) = (false, false);
    for letter in line.chars() {
        match letter {
            '\'' if !quoted => single = !single,
            '"' if !single => quoted = !quoted,
            '#' if !quoted && !single && said.chars().last().is_none_or(char::is_whitespace) => {
                break;
            }
            _ if single => continue,
            _ => {}
        }
        said.push(letter);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::{directive, shell_function, shell_variable};

    #[test]
    fn a_script_reads_or_sets_a_variable() {
        for line in [
            "aws s3 cp a \"s3://$BUCKET/\"",
            ": \"${BUCKET:?}\"",
            "BUCKET=a",
            "  export BUCKET=a",
            "export BUCKET",
        ] {
            let text = format!("#!/bin/sh\n{line}\n");
            assert_eq!(shell_variable("a.sh", &text, "BUCKET"), Some(2), "{line}");
        }
        for line in [
            "# $BUCKET",
            "echo '$BUCKET'",
            "echo $BUCKETS",
            "echo BUCKET",
            "MY_BUCKET=a",
        ] {
            assert_eq!(shell_variable("a.sh", line, "BUCKET"), None, "{line}");
        }
    }

    #[test]
    fn a_script_defines_a_function_that_does_something() {
        for text in [
            "restore() {\n  pg_restore -d a\n}\n",
            "function restore {\n  pg_restore -d a\n}\n",
            "restore() { pg_restore -d a; }\n",
        ] {
            assert_eq!(shell_function("a.sh", text, "restore"), Some(1), "{text}");
        }
        for text in [
            "restore() {\n  :\n}\npg_restore\n",
            "restore() {\n  echo later\n}\n",
            "restore() { :; }\npg_restore\n",
            "# restore() {\n  pg_restore\n",
            "restore\n",
            "restore_all() {\n  pg_restore\n}\n",
        ] {
            assert_eq!(shell_function("a.sh", text, "restore"), None, "{text}");
        }
    }

    #[test]
    fn nginx_is_given_a_directive() {
        let of = |text| directive("nginx/nginx.conf", text, "proxy_read_timeout");
        assert_eq!(of("server {\n  proxy_read_timeout 60s;\n}\n"), Some(2));
        assert_eq!(of("location / { proxy_read_timeout 60s; }\n"), Some(1));
        assert_eq!(of("# proxy_read_timeout 60s;\n"), None);
        assert_eq!(of("set $a proxy_read_timeout;\n"), None);
    }
}

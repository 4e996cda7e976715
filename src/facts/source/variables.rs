//! Direct reads of the environment: `os.environ`, `process.env`, `System.getenv`, `env::var`,
//! `os.Getenv`, `Environment.GetEnvironmentVariable`, `getenv`, `ENV.fetch`.

use std::sync::LazyLock;

use regex::Regex;

use super::super::model::Variable;
use super::super::secret;
use super::code::{Code, Language};
use super::literal;

/// Returns the variables that a file reads directly.
pub(super) fn read(code: &Code) -> Vec<Variable> {
    match code.language {
        Language::Python => python(code),
        Language::Script => script(code),
        Language::Java => java(code),
        Language::Rust => rust(code),
        Language::Go => go(code),
        Language::CSharp => with_default(code, &CSHARP_READ),
        Language::Php => [&PHP_READ, &PHP_ENV]
            .into_iter()
            .flat_map(|pattern| with_default(code, pattern))
            .collect(),
        Language::Ruby => with_default(code, &RUBY_READ),
        Language::Sql => Vec::new(),
    }
}

/// Returns a variable; what makes it a secret is found by its name, type and default.
pub(super) fn variable(
    name: String,
    default: Option<String>,
    kind: Option<String>,
    required: bool,
    (code, offset): (&Code, usize),
) -> Variable {
    let typed = kind.as_ref().filter(|kind| kind.contains("Secret"));
    let secret = secret::by_name(&name)
        .or_else(|| typed.map(|kind| format!("its type is `{kind}`")))
        .or_else(|| default.as_deref().and_then(secret::by_value));
    Variable {
        name,
        default,
        kind,
        required,
        secret,
        origin: code.origin(offset),
    }
}

/// Compiles a pattern that is part of the program. Its classes mean ASCII, as identifiers in
/// code do: the tables of Unicode's classes would take most of the time of a whole `plan`.
pub(super) fn pattern(source: &str) -> Option<Regex> {
    let ascii = source
        .replace(r"\w", "[A-Za-z0-9_]")
        .replace(r"\s", r"[ \t\r\n]")
        .replace(r"\b", r"(?-u:\b)");
    Regex::new(&ascii).ok()
}

/// Defines a pattern that is compiled once; tests hold that each compiles.
macro_rules! patterns {
    ($($name:ident = $source:expr;)*) => {
        $(static $name: LazyLock<Option<Regex>> = LazyLock::new(|| pattern($source));)*

        #[cfg(test)]
        #[test]
        fn patterns_compile() {
            $(assert!($name.is_some(), stringify!($name));)*
        }
    };
}
pub(super) use patterns;

patterns! {
    PYTHON_INDEX = r#"\benviron\[\s*["'](\w+)["']\s*\]\s*(=[^=])?"#;
    PYTHON_CALL = r#"\b(environ\.get|environ\.setdefault|environ\.pop|getenv|env(?:\.(?:str|int|bool|float|list|json|url))?|config)\(\s*["']([A-Za-z_]\w*)["']"#;
    CAST = r"\b(int|float|bool|str|Path|SecretStr)\(\s*(?:os\.)?$";
    SCRIPT_READ = r#"\bprocess\.env(?:\.([A-Za-z_]\w*)|\[\s*["'](\w+)["']\s*\])"#;
    SCRIPT_TAIL = r#"^\s*(?:(=[^=])|(?:\|\||\?\?)\s*("[^"\n]*"|'[^'\n]*'|[\w.]+))"#;
    SCRIPT_PICK = r"\{([^{}]*)\}\s*=\s*process\.env\b";
    JAVA_READ = r#"\bSystem\.getenv\((?:\s*"(\w+)"\s*\)|\s*\)\.getOrDefault\(\s*"(\w+)"\s*,\s*("[^"\n]*"))"#;
    RUST_READ = r#"\benv::var(?:_os)?\(\s*"(\w+)"\s*\)"#;
    RUST_DEFAULT = r#"^\s*\.(?:unwrap_or|unwrap_or_else)\(\s*(?:\|\w*\|\s*)?("[^"\n]*")"#;
    RUST_REQUIRED = r"^\s*(?:\?|\.(?:expect|unwrap|context|with_context)\(|\.map_err\([^;]*\?)";
    CSHARP_READ = r#"\bEnvironment\.GetEnvironmentVariable\(\s*"(\w+)"\s*\)(?:\s*\?\?\s*("[^"\n]*"))?"#;
    PHP_READ = r#"\b(?:getenv|env)\(\s*["'](\w+)["']\s*(?:,\s*("[^"\n]*"|'[^'\n]*'|[\w.]+)\s*)?\)"#;
    PHP_ENV = r#"\$_ENV\[\s*["'](\w+)["']\s*\](?:\s*\?\?\s*("[^"\n]*"|'[^'\n]*'))?"#;
    RUBY_READ = r#"\bENV(?:\[|\.fetch\(|\.fetch )\s*["'](\w+)["']\s*(?:,\s*("[^"\n]*"|'[^'\n]*'|[\w.]+))?"#;
    GO_READ = r#"\bos\.(?:Getenv|LookupEnv)\(\s*"(\w+)"\s*\)"#;
}

fn python(code: &Code) -> Vec<Variable> {
    let mut found = Vec::new();
    for (start, captures) in PYTHON_INDEX
        .iter()
        .flat_map(|pattern| code.matches(pattern))
    {
        if captures.get(2).is_some() {
            continue;
        }
        let kind = cast(code, start);
        found.push(variable(
            captures[1].to_owned(),
            None,
            kind,
            true,
            (code, start),
        ));
    }
    for (start, captures) in PYTHON_CALL.iter().flat_map(|pattern| code.matches(pattern)) {
        let (function, name) = (&captures[1], &captures[2]);
        // `config("x")` and `env("x")` are many things; a variable's name is upper case.
        let loose = !function.starts_with("environ") && function != "getenv";
        if loose && name != name.to_uppercase() {
            continue;
        }
        let open = start + function.len() + 1;
        let arguments = literal::arguments(&code.text, &code.bare, open);
        let given = literal::keyword(&arguments, "default");
        let given = given.or_else(|| arguments.get(1).copied().filter(|one| !one.contains('=')));
        let kind = function.strip_prefix("env.").map(str::to_owned);
        let kind = kind
            .or_else(|| literal::keyword(&arguments, "cast").map(str::to_owned))
            .or_else(|| cast(code, start));
        let close = arguments
            .last()
            .map_or(open, |last| end_of(&code.text, last));
        let otherwise = alternative(code.text.get(close..).unwrap_or_default());
        let default = given.or(otherwise).and_then(literal::value);
        let required = loose && given.is_none();
        found.push(variable(
            name.to_owned(),
            default,
            kind,
            required,
            (code, start),
        ));
    }
    found
}

/// Returns where a part of a text ends in it.
fn end_of(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize) + part.len()
}

/// Returns what follows `) or`.
fn alternative(rest: &str) -> Option<&str> {
    let rest = rest
        .trim_start()
        .strip_prefix(')')?
        .trim_start()
        .strip_prefix("or ")?;
    rest.lines()
        .next()
        .map(|line| line.trim_end_matches([')', ',', ' ']))
}

/// Returns the type that a read is wrapped in (`int(os.getenv(…))`).
fn cast(code: &Code, start: usize) -> Option<String> {
    let before = code.text.get(..start)?;
    let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
    Some(CAST.as_ref()?.captures(line)?[1].to_owned())
}

fn script(code: &Code) -> Vec<Variable> {
    let mut found = Vec::new();
    for (start, captures) in SCRIPT_READ.iter().flat_map(|pattern| code.matches(pattern)) {
        let Some(name) = captures.get(1).or_else(|| captures.get(2)) else {
            continue;
        };
        let end = captures.get(0).map_or(start, |whole| whole.end());
        let rest = code.text.get(end..).unwrap_or_default();
        let tail = SCRIPT_TAIL
            .as_ref()
            .and_then(|pattern| pattern.captures(rest));
        if tail.as_ref().is_some_and(|tail| tail.get(1).is_some()) {
            continue;
        }
        let default = tail.and_then(|tail| literal::value(tail.get(2)?.as_str()));
        found.push(variable(
            name.as_str().to_owned(),
            default,
            None,
            false,
            (code, start),
        ));
    }
    for (start, captures) in SCRIPT_PICK.iter().flat_map(|pattern| code.matches(pattern)) {
        for part in captures[1].split(',') {
            let (name, default) = part.split_once('=').unwrap_or((part, ""));
            let name = name.split(':').next().unwrap_or_default().trim();
            if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                let default = literal::value(default);
                found.push(variable(
                    name.to_owned(),
                    default,
                    None,
                    false,
                    (code, start),
                ));
            }
        }
    }
    found
}

fn java(code: &Code) -> Vec<Variable> {
    let matches = JAVA_READ.iter().flat_map(|pattern| code.matches(pattern));
    let read = |(start, captures): (usize, regex::Captures<'_>)| {
        let name = captures
            .get(1)
            .or_else(|| captures.get(2))?
            .as_str()
            .to_owned();
        let default = captures
            .get(3)
            .and_then(|default| literal::value(default.as_str()));
        Some(variable(name, default, None, false, (code, start)))
    };
    matches.filter_map(read).collect()
}

/// Returns the reads of one form, whose second group is a default.
fn with_default(code: &Code, pattern: &LazyLock<Option<Regex>>) -> Vec<Variable> {
    let matches = pattern.iter().flat_map(|pattern| code.matches(pattern));
    let read = |(start, captures): (usize, regex::Captures<'_>)| {
        let default = captures.get(2).and_then(|it| literal::value(it.as_str()));
        variable(captures[1].to_owned(), default, None, false, (code, start))
    };
    matches.map(read).collect()
}

fn rust(code: &Code) -> Vec<Variable> {
    let matches = RUST_READ.iter().flat_map(|pattern| code.matches(pattern));
    let read = |(start, captures): (usize, regex::Captures<'_>)| {
        let end = captures.get(0).map_or(start, |whole| whole.end());
        let rest = code.text.get(end..).unwrap_or_default();
        let default = RUST_DEFAULT
            .as_ref()
            .and_then(|pattern| pattern.captures(rest));
        let default = default.and_then(|captures| literal::value(&captures[1]));
        let required = RUST_REQUIRED
            .as_ref()
            .is_some_and(|pattern| pattern.is_match(rest));
        variable(
            captures[1].to_owned(),
            default,
            None,
            required,
            (code, start),
        )
    };
    matches.map(read).collect()
}

fn go(code: &Code) -> Vec<Variable> {
    let matches = GO_READ.iter().flat_map(|pattern| code.matches(pattern));
    let read = |(start, captures): (usize, regex::Captures<'_>)| {
        variable(captures[1].to_owned(), None, None, false, (code, start))
    };
    matches.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::super::code::Code;
    use std::sync::Arc;

    /// Each as `NAME=default!` (`!`: required), with its line.
    #[track_caller]
    fn check(path: &str, source: &str, expected: &[(&str, usize)]) {
        let code = Code::new(path, &Arc::from(source)).unwrap();
        let found: Vec<_> = super::read(&code)
            .iter()
            .map(|one| {
                let default = one.default.as_ref().map(|text| format!("={text}"));
                let required = if one.required { "!" } else { "" };
                let shown = format!("{}{}{required}", one.name, default.unwrap_or_default());
                (shown, one.origin.line)
            })
            .collect();
        let found: Vec<_> = found
            .iter()
            .map(|(text, line)| (text.as_str(), *line))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn python_reads_are_found() {
        check(
            "src/main.py",
            "import os\nA = os.environ[\"ARI_HOST\"]\nB = int(os.environ.get('PORT', 8080))\nC = \
             os.getenv(\"MODE\") or \"live\"\nos.environ['SET'] = '1'\nD = os.getenv(\n    \
             'LATE',\n    default='x',\n)\n",
            &[
                ("ARI_HOST!", 2),
                ("PORT=8080", 3),
                ("MODE=live", 4),
                ("LATE=x", 6),
            ],
        );
    }

    #[test]
    fn comments_docstrings_and_strings_yield_nothing() {
        check(
            "src/main.py",
            "\"\"\"Set os.environ['A'].\"\"\"\n# os.getenv('B')\nprint(\"os.getenv('C')\")\n",
            &[],
        );
        check(
            "src/a.js",
            "// process.env.A\n/* process.env.B */ 'process.env.C'",
            &[],
        );
    }

    #[test]
    fn script_reads_are_found() {
        check(
            "src/a.ts",
            "const p = process.env.PORT || 3000;\nconst h = process.env['HOST'] ?? 'a';\nconst { \
             KEY, MODE = 'x' } = process.env;\nprocess.env.SET = '1';\n`${process.env.URL}`\n",
            &[
                ("PORT=3000", 1),
                ("HOST=a", 2),
                ("URL", 5),
                ("KEY", 3),
                ("MODE=x", 3),
            ],
        );
    }

    #[test]
    fn compiled_languages_are_read() {
        check("A.java", "String a = System.getenv(\"A\");", &[("A", 1)]);
        check(
            "a.go",
            "a := os.Getenv(\"A\")\nb, ok := os.LookupEnv(\"B\")",
            &[("A", 1), ("B", 2)],
        );
        check(
            "a.rs",
            "let a = env::var(\"A\")?;\nlet b = std::env::var(\"B\").unwrap_or_else(|_| \
             \"x\".into());",
            &[("A!", 1), ("B=x", 2)],
        );
    }

    #[test]
    fn casts_are_types_and_secrets_have_reasons() {
        let source = "A = int(os.getenv('TIMEOUT', '5'))\nB = os.environ['JWT_SECRET']\n";
        let code = Code::new("a.py", &Arc::from(source)).unwrap();
        let found = super::read(&code);
        assert!(found.iter().any(|one| one.kind.as_deref() == Some("int")));
        assert!(found.iter().any(|one| one.secret.is_some()));
    }

    #[test]
    fn reads_of_csharp_php_and_ruby_are_found() {
        check(
            "a.cs",
            "var a = Environment.GetEnvironmentVariable(\"SLOT_MINUTES\") ?? \"15\";\n// Environment.GetEnvironmentVariable(\"NO\")\n",
            &[("SLOT_MINUTES=15", 1)],
        );
        check(
            "a.php",
            "<?php\n$a = getenv('QUEUE_URL');\nreturn ['b' => env('TTL', 60), 'c' => $_ENV['MODE'] ?? 'web'];\n",
            &[("QUEUE_URL", 2), ("TTL=60", 3), ("MODE=web", 3)],
        );
        check(
            "a.rb",
            "a = ENV['QUEUE_URL']\nb = ENV.fetch('TTL', '60')\n",
            &[("QUEUE_URL", 1), ("TTL=60", 2)],
        );
    }
}

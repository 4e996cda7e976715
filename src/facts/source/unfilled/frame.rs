//! Files that are a frame with nothing in it: a description of an API without a path, a workflow that only
//! fetches the source, a Dockerfile that adds nothing to its base, a script that prints what it is given.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::paths;
use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};

patterns! {
    DESCRIPTION = r#"(?m)^\s*["']?(?:openapi|swagger)["']?\s*:"#;
    NO_PATHS = r#"(?m)^\s*["']?paths["']?\s*:\s*(?:\{\s*\}\s*,?|null|~)?\s*(?:\z|$)"#;
    PATHS = r#"(?m)^\s*["']?(?:paths|webhooks)["']?\s*:"#;
    A_PATH = r#"(?m)^\s*["']?/[^\s:]*["']?\s*:"#;
    COMPONENTS = r#"(?m)^\s*["']?(?:schemas|webhooks|\$ref)["']?\s*:"#;
    STEP = r"(?m)^\s*(?:-\s+)?(?:uses|run)\s*:\s*(.*)$";
    FETCHES = r#"^["']?actions/(?:checkout|cache|setup-[\w-]+)@|^["']?(?:echo|true|:)\b[^|&;]*$"#;
    BEGINS = r"(?i)^(?:FROM|WORKDIR|ENV|LABEL|ARG|MAINTAINER|EXPOSE|USER|SHELL)\b";
    SPEAKS = r"^(?:import\s[\w., ]+|from\s[\w.]+\simport\s[\w., ()*]+|def\s+main\([^)]*\)(?:\s*->\s*\w+)?:|if\s+__name__\s*==.*:|(?:sys\.exit\(|raise\s+SystemExit\()?main\((?:sys\.argv[^()]*)?\)+|\w+\s*=\s*(?:argparse\.)?ArgumentParser\(.*\)|\w+\.add_argument\(.*\)|(?:\w+\s*=\s*)?\w+\.parse_args\([^()]*\)|\w+\s*=\s*sys\.argv[\[\]\w:]*|print\([^()]*\)|(?:\w+\s*=\s*)?(?:log|logg(?:er|ing))\.\w+\([^()]*\)|return(?:\s+(?:0|None))?|pass)$";
    TAKES = r"\bArgumentParser\(|\bsys\.argv\b";
}

type Pattern = &'static LazyLock<Option<Regex>>;

fn has(text: &str, pattern: Pattern) -> bool {
    pattern.as_ref().is_some_and(|it| it.is_match(text))
}

/// Returns whether a file describes an API, and no path of it.
pub(super) fn is_description(said: &str) -> bool {
    let paths = has(said, &NO_PATHS) || !has(said, &PATHS);
    has(said, &DESCRIPTION) && paths && !has(said, &A_PATH) && !has(said, &COMPONENTS)
}

/// Returns whether a file is a workflow of GitHub's that only fetches the source, if it has any step.
pub(super) fn is_workflow(path: &str, said: &str) -> bool {
    let steps = STEP.iter().flat_map(|it| it.captures_iter(said));
    let steps: Vec<String> = steps.map(|it| it[1].trim().to_owned()).collect();
    path.contains(".github/workflows/") && steps.iter().all(|it| has(it, &FETCHES))
}

/// Returns whether a file is called like a Dockerfile.
pub(super) fn is_dockerfile(path: &str) -> bool {
    let name = paths::file_name(path);
    name.starts_with("Dockerfile") || name.to_ascii_lowercase().ends_with(".dockerfile")
}

/// Returns whether a Dockerfile adds nothing to its base: it neither copies nor runs anything.
pub(super) fn only_begins(said: &str) -> bool {
    let joined = said.replace("\\\n", " ");
    let mut lines = joined.lines().map(str::trim).filter(|it| !it.is_empty());
    lines.all(|it| has(it, &BEGINS))
}

/// Returns whether a script of Python's only takes its arguments and prints something.
pub(super) fn only_prints(code: &Code) -> bool {
    let lines = code.bare.lines().map(str::trim);
    let mut lines = lines.filter(|it| !it.is_empty());
    code.language == Language::Python && has(&code.bare, &TAKES) && lines.all(|it| has(it, &SPEAKS))
}

#[cfg(test)]
mod tests {
    use super::super::{Unfilled, unfilled};
    use std::sync::Arc;

    #[track_caller]
    fn check(path: &str, text: &str, begun: bool) {
        let expected = begun.then_some(Unfilled::Begun);
        assert_eq!(unfilled(path, &Arc::from(text)), expected, "{path}: {text}");
    }

    #[test]
    fn a_description_has_paths() {
        let head = "openapi: 3.0.3\ninfo:\n  title: Loans\n  version: \"1\"\n";
        check("openapi/a.yaml", &format!("{head}paths: {{}}\n"), true);
        check("openapi/a.yaml", &format!("{head}paths:\n"), true);
        check("openapi/a.yaml", head, true);
        check(
            "openapi/a.yaml",
            &format!("{head}paths:\n  /loans:\n    get: {{}}\n"),
            false,
        );
        check(
            "openapi/a.yaml",
            &format!("{head}paths: {{}}\ncomponents:\n  schemas:\n    Loan: {{}}\n"),
            false,
        );
        check(
            "openapi/a.yaml",
            &format!("{head}paths:\n  $ref: paths.yaml\n"),
            false,
        );
        check("a.yaml", "paths: {}\n", false);
    }

    #[test]
    fn a_workflow_does_more_than_fetch_the_source() {
        let path = ".github/workflows/ci.yml";
        let head =
            "name: ci\non: [push]\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n";
        let fetch = "      - uses: actions/checkout@v4\n";
        check(path, &format!("{head}{fetch}"), true);
        check(path, "name: ci\non: push\njobs: {}\n", true);
        check(
            path,
            &format!("{head}{fetch}      - run: echo \"later\"\n"),
            true,
        );
        let sets = "      - uses: actions/setup-go@v5\n        with: { go-version: \"1.22\" }\n";
        check(path, &format!("{head}{fetch}{sets}"), true);
        check(
            path,
            &format!("{head}{fetch}{sets}      - run: echo a && make\n"),
            false,
        );
        check(
            path,
            &format!("{head}{fetch}      - run: make test\n"),
            false,
        );
        check(
            path,
            &format!("{head}{fetch}      - run: |\n          make test\n"),
            false,
        );
        check(
            path,
            "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n",
            false,
        );
        check("ci.yml", &format!("{head}{fetch}"), false);
    }

    #[test]
    fn an_image_has_more_than_its_base() {
        check("Dockerfile.dev", "FROM a:1\nWORKDIR /src\n", true);
        check("a/Dockerfile", "FROM a:1\nENV A=1 \\\n  B=2\n", true);
        check("Dockerfile", "FROM a:1\nCOPY . .\n", false);
        check("Dockerfile", "FROM a:1\nRUN b\n", false);
        check("Dockerfile", "FROM a:1\nCMD [\"b\"]\n", false);
    }

    #[test]
    fn a_script_does_more_than_print_what_it_is_given() {
        let script = |body: &str| {
            format!(
                "import argparse\n\n\ndef main():\n    p = argparse.ArgumentParser()\n    \
                 p.add_argument(\"--since\", default=\"today\")\n    args = p.parse_args()\n    \
                 {body}\n\n\nif __name__ == \"__main__\":\n    main()\n"
            )
        };
        check(
            "scripts/a.py",
            &script("print(f\"since {args.since}\")"),
            true,
        );
        let logs = "log.info(\"since %s\", args.since)";
        let logger = "import logging\nlog = logging.getLogger(\"a\")\n";
        check("scripts/a.py", &format!("{logger}{}", script(logs)), true);
        check("scripts/a.py", &script("resend(args.since)"), false);
        check("scripts/a.py", &script("print(total(args.since))"), false);
        check("a.py", "from a import b\n\nb()\n", false);
    }
}

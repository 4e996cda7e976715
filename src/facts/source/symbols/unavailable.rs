//! Whether all that a function does is to answer that nobody serves what is asked for.

use std::sync::LazyLock;

use regex::Regex;

use super::super::code::Code;
use super::super::variables::{pattern, patterns};
use super::stub::{LONGEST, is, unlogged};

patterns! {
    UNAVAILABLE = r"(?i)(?:status|HTTPException|abort|respon[ds]|http\.Error|Results\.|writeHead)[\s\S]*(?:\b50[13]\b|service_?unavailable|not_?implemented)";
    CHOOSES = r"\bif\b|\bmatch\b|\bwhen\b|\?|\bor\b|\|\||&&";
    REFUSES = r"(?i)unavailable|maintenance|implemented|refus|reject|down|fail|error|abort|deny";
}

/// Returns whether all that a body does is to answer that nobody serves it: 501, or 503.
pub(super) fn is_unavailable(body: &str) -> bool {
    let rest = unlogged(body);
    let mut depth = 0_usize;
    let mut ends = 0_usize;
    for (at, letter) in rest.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            // A chain goes on with its point.
            '\n' if depth == 0 && !rest.get(at + 1..).is_some_and(|it| it.starts_with('.')) => {
                ends += 1;
            }
            _ => {}
        }
    }
    ends == 0 && rest.len() <= LONGEST && is(&UNAVAILABLE, &rest) && !is(&CHOOSES, &rest)
}

/// Whether a function's name says that refusing is all that it is for.
pub(super) fn is_called_to_refuse(code: &Code, at: usize) -> bool {
    let rest = code.bare.get(at..).unwrap_or_default();
    let name = rest
        .split(|it: char| !(it.is_alphanumeric() || it == '_'))
        .next();
    name.is_some_and(|it| is(&REFUSES, it))
}

#[cfg(test)]
mod tests {
    use super::super::stub::tests::sends_nothing;

    #[test]
    fn a_body_that_only_answers_that_nobody_serves_it_is_a_stub() {
        for (path, source) in [
            (
                "a.py",
                "async def send(to: str):\n    return JSONResponse(\n        status_code=503,\n        content={\"detail\": \"no\"},\n    )\n",
            ),
            (
                "a.py",
                "def send(to):\n    raise HTTPException(status_code=503)\n",
            ),
            (
                "a.ts",
                "function send(req, res) {\n  res.status(503).json({ error: 'x' });\n}\n",
            ),
            (
                "A.kt",
                "class A {\n  fun send(to: String): ResponseEntity<Any> =\n    ResponseEntity.status(503).build()\n}\n",
            ),
            (
                "A.java",
                "class A {\n  ResponseEntity<?> send(String to) {\n    return ResponseEntity\n      .status(HttpStatus.SERVICE_UNAVAILABLE)\n      .build();\n  }\n}\n",
            ),
            (
                "a.go",
                "func send(w W, r *R) {\n\thttp.Error(w, \"soon\", http.StatusServiceUnavailable)\n}\n",
            ),
        ] {
            assert!(sends_nothing(path, source), "{source}");
        }
        for (path, source) in [
            (
                "a.py",
                "def send(to):\n    if not post(to):\n        raise HTTPException(status_code=503)\n    return 1\n",
            ),
            (
                "a.py",
                "def send(to):\n    return Response(status_code=200 if ping() else 503)\n",
            ),
            (
                "a.ts",
                "function send(req, res) {\n  res.status(ok() ? 200 : 503).end();\n}\n",
            ),
            (
                "a.go",
                "func send(w W) {\n\tif err := ping(); err != nil {\n\t\thttp.Error(w, \"no\", 503)\n\t}\n}\n",
            ),
        ] {
            assert!(!sends_nothing(path, source), "{source}");
        }
    }
}

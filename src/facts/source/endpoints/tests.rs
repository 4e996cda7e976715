//! Each framework's endpoints through what they hang in, and what isn't known to be served.

use super::super::super::Tree;
use super::super::code::Code;

fn tree(files: &[(&str, &str)]) -> Tree {
    files.iter().copied().collect()
}

/// Checks what is served (`GET /a a.py:1`), and behind a `?` what hangs in nothing that is known.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let tree = tree(files);
    let codes: Vec<Code> = tree
        .iter()
        .filter_map(|(path, text)| Code::new(path, text))
        .collect();
    let found = super::read(&codes, &tree);
    let told = |it: &super::Endpoint| {
        let method = it.method.as_deref().unwrap_or("*");
        format!("{method} {} {}", it.path, it.origin)
    };
    let served = found.served.iter().map(told);
    let loose = found.loose.iter().map(|it| format!("? {}", told(it)));
    let all: Vec<String> = served.chain(loose).collect();
    assert_eq!(all, expected);
}

mod brackets;
mod files;
mod python;
mod script;
mod wrapped;

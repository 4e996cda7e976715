//! Routes under a condition: whether they are served is known when the program runs.

use super::super::code::{Code, Language};

/// Returns whether a line stands under an `if` or an `else`.
pub(super) fn is_over(code: &Code, line: usize) -> bool {
    match code.language {
        Language::Python => indented(&code.bare, line),
        Language::Script
        | Language::Java
        | Language::Rust
        | Language::Go
        | Language::CSharp
        | Language::Php => braced(&code.bare, line),
        Language::Ruby | Language::Sql => false,
    }
}

/// Blocks by indentation.
fn indented(bare: &str, line: usize) -> bool {
    let lines: Vec<&str> = bare.split('\n').take(line).collect();
    let Some((own, above)) = lines.split_last() else {
        return false;
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut least = indent(own);
    for line in above.iter().rev().filter(|line| !line.trim().is_empty()) {
        if indent(line) >= least {
            continue;
        }
        least = indent(line);
        if is_condition(line.trim()) {
            return true;
        }
    }
    false
}

/// Blocks in braces.
fn braced(bare: &str, line: usize) -> bool {
    let before: usize = bare
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let mut heads: Vec<bool> = Vec::new();
    let mut begun = 0;
    for (at, letter) in bare.char_indices().take_while(|(at, _)| *at < before) {
        match letter {
            '{' => {
                let head = bare.get(begun..at).unwrap_or_default();
                heads.push(head.lines().any(is_condition));
                begun = at + 1;
            }
            '}' => {
                heads.pop();
                begun = at + 1;
            }
            ';' => begun = at + 1,
            _ => {}
        }
    }
    heads.contains(&true)
}

fn is_condition(head: &str) -> bool {
    let first = head.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    let word = first.map(str::trim).find(|word| !word.is_empty());
    matches!(word, Some("if" | "elif" | "else" | "elseif" | "unless"))
}

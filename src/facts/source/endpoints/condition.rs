//! Routes under a condition: whether they are served is known when the program runs.

use super::super::code::{Code, Language, closing, is_compiled_if};
use super::annotated::is_conditional;

/// Returns whether a line stands under an `if` or an `else`, or what does the same without a block.
pub(super) fn is_over(code: &Code, line: usize) -> bool {
    match code.language {
        Language::Python => indented(&code.bare, line) || is_alone(code, line),
        Language::Java => {
            braced(&code.bare, line) || is_alone(code, line) || is_conditional(code, line)
        }
        Language::Script | Language::Rust | Language::Go | Language::CSharp | Language::Php => {
            braced(&code.bare, line) || is_alone(code, line)
        }
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

/// Whether the statement that begins on a line has a condition of its own: `if (x) app.get(…)`,
/// `x && app.get(…)`, `#if DEBUG`.
fn is_alone(code: &Code, line: usize) -> bool {
    let mut lines = code.bare.split('\n').take(line).collect::<Vec<&str>>();
    let own = lines.pop().unwrap_or_default().trim();
    let before = lines.iter().rev().find(|line| !line.trim().is_empty());
    let before = before.map_or("", |line| line.trim());
    let operators = ["&&", "||", "? ", ": "];
    let goes_on = operators.iter().any(|it| own.starts_with(it));
    let leads = ["&&", "||", " ?"].iter().any(|it| before.ends_with(it));
    let compiled = code.language == Language::CSharp && is_compiled_if(lines.iter().copied());
    is_condition(own) || ends_with_condition(before) || goes_on || leads || compiled || chooses(own)
}

/// Whether a line is an `if` with its brackets, or an `else`, and nothing behind.
fn ends_with_condition(line: &str) -> bool {
    let open = line.find('(').filter(|_| is_condition(line));
    let close = open.and_then(|open| closing(line, open + 1));
    let behind = close.and_then(|close| line.get(close + 1..));
    line.ends_with("else") || behind.is_some_and(|it| it.trim().is_empty())
}

/// Whether a statement has `&&`, `||` or `?` outside of brackets. What only annotates has none.
fn chooses(line: &str) -> bool {
    let mut depth = 0_usize;
    let outside = line.chars().filter(|letter| {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    let outside: String = outside.collect();
    let chooses = ["&&", "||", " ? "].iter().any(|it| outside.contains(it));
    chooses && !line.starts_with(['@', '[', '#'])
}

fn is_condition(head: &str) -> bool {
    let first = head.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    let word = first.map(str::trim).find(|word| !word.is_empty());
    matches!(
        word,
        Some("if" | "elif" | "else" | "elseif" | "unless" | "switch")
    )
}

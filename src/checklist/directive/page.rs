//! docs/directives.md, made from the table of keys, and the table's examples and mistakes.

use std::fmt::Write as _;

use super::keys::{KEYS, MISTAKES, RESERVED};
use crate::checklist::{Parsed, parse};
use crate::diagnostic::Diagnostics;
use crate::vocabulary::Vocabulary;

const HEAD: &str = "# Directives\n\n\
Where a task's words aren't enough, or mean something else than what you want, a comment at the end \
of its line says what to do. It is invisible when the Markdown is rendered, and orch never writes \
one on its own.\n\n\
```markdown\n- [ ] Warm the cache <!-- orch: run=\"./warm.sh\" after=2.1.1,2.1.2 timeout=5m -->\n```\n\n\
- It stands at the end of the task's line, or on a line of its own right below; one comment a task.\n\
- Keys are separated by spaces. A value with spaces stands in quotes, `\"…\"` or `'…'`.\n\
- It goes before every rule: `orch phase N explain TASK` shows it first.\n\
- No `--` inside: not every Markdown program takes that in a comment. Put such a command into a \
script.\n\n\
`cargo test` compares this page with the table that directives are read by \
(`src/checklist/directive/keys.rs`); `ORCH_UPDATE_DOCS=1 cargo test --lib directive::page` writes it \
anew.\n\n## Keys\n\n| key | meaning |\n| --- | --- |\n";

fn page() -> String {
    let mut text = HEAD.to_owned();
    for key in KEYS {
        let form = key.form.replace(", ", "`, `");
        let _ = writeln!(text, "| [`{form}`](#{}) | {} |", key.name, key.meaning);
    }
    for key in KEYS {
        let _ = write!(
            text,
            "\n### {}\n\n`{}` {}. {}.\n\n```markdown\n{}\n```\n",
            key.name,
            key.form.replace(", ", "`, `"),
            key.meaning,
            key.values,
            key.example
        );
    }
    text += "\n`run`, `apply` and `manual` exclude each other, and so do `manual` and `wait`. \
             `run`, `apply` and what a rule reads go well with `wait`, `after`, `timeout` and \
             `retries`.\n\n## Reserved\n\nThese words are kept for later and can't be used yet:\n\n";
    for reserved in RESERVED {
        let _ = writeln!(text, "- `{}`: {}", reserved.name, reserved.meaning);
    }
    text += "\n## Mistakes\n\nEach is an error with file and line, before anything is done; `orch \
             check` shows all of them, and names the nearest key. A comment that begins with \
             `Orch:` or isn't closed is one, too.\n\n\
             | written | said |\n| --- | --- |\n";
    for (written, said) in MISTAKES {
        let _ = writeln!(text, "| `{written}` | {said} |");
    }
    text
}

fn read(directive: &str) -> Result<Parsed, Diagnostics> {
    let task = format!("- [ ] It <!-- orch: {directive} -->\n");
    document(&task)
}

fn document(tasks: &str) -> Result<Parsed, Diagnostics> {
    let text = format!("# Phase 1: Things\n\n## 1.1 Work\n\n{tasks}\n");
    parse("phase-01-things.md", &text, &Vocabulary::default())
}

#[test]
fn every_example_is_read_without_a_remark() {
    for key in KEYS {
        let parsed = document(key.example).expect(key.name);
        assert!(
            parsed.warnings.0.is_empty(),
            "{}: {:?}",
            key.name,
            parsed.warnings
        );
        let mut tasks = parsed.checklist.tasks();
        assert!(tasks.any(|task| task.directive.is_some()), "{}", key.name);
        let line = key.example.lines().last().unwrap_or_default();
        let named = line.contains(&format!("{}=", key.name)) || line.contains(key.name);
        assert!(named || key.name == "id", "{}: {line}", key.name);
    }
}

#[test]
fn every_mistake_is_an_error_that_says_so() {
    for (written, said) in MISTAKES {
        let problems = read(written).expect_err(written);
        let told: Vec<&str> = problems.0.iter().map(|it| it.message.as_str()).collect();
        assert!(told.iter().any(|it| it == said), "{written}: {told:?}");
    }
}

#[test]
fn reserved_words_are_no_keys() {
    for reserved in RESERVED {
        assert!(KEYS.iter().all(|key| key.name != reserved.name));
        read(&format!("{}=1", reserved.name)).expect_err(reserved.name);
    }
}

#[test]
fn the_page_is_what_the_table_says() {
    crate::page::check("directives.md", &page());
}

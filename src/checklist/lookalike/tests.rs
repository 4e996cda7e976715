//! What people and their programs write for a box.

use crate::checklist::{examine, parse};
use crate::diagnostic::Severity;
use crate::vocabulary::Vocabulary;

fn document(line: &str) -> String {
    format!("# Phase 1: A\n\n- [ ] Ask\n{line}\n")
}

/// What is said of a line, and the line once it is mended.
#[track_caller]
fn check(line: &str, message: &str, mended: Option<&str>) {
    let text = document(line);
    let path = "checklists/a/phase-01-a.md";
    let parsed = parse(path, &text, &Vocabulary::default()).expect("a checklist");
    let found: Vec<_> = parsed.warnings.0.iter().collect();
    let [one] = found.as_slice() else {
        panic!("one problem, not {found:#?}");
    };
    assert_eq!(
        (one.message.as_str(), one.rule, one.severity),
        (message, "box", Severity::Warning)
    );
    let fixed = one.fix.as_ref().filter(|fix| fix.safe).map(|fix| {
        let mut fixed = text.clone();
        fixed.replace_range(fix.span.clone(), &fix.text);
        fixed
    });
    assert_eq!(fixed, mended.map(document));
    if let Some(fixed) = fixed {
        let parsed = parse(path, &fixed, &Vocabulary::default()).expect("a checklist");
        assert_eq!(parsed.warnings.0, []);
        assert_eq!(parsed.checklist.tasks().count(), 2);
    }
}

#[test]
fn a_form_feed_before_a_box_is_no_space() {
    let message = "no plain space stands before this box, so it is no box";
    check("- \u{c}[ ] Tell", message, Some("-  [ ] Tell"));
}

#[test]
fn what_may_be_a_type_is_only_suggested() {
    check("- []byte is copied", "`[]` is no box of Markdown", None);
    check(
        "- [] Tell",
        "`[]` is no box of Markdown",
        Some("- [ ] Tell"),
    );
}

#[test]
fn what_editors_export_is_no_box_and_is_said() {
    let escaped = "a backslash takes this box its meaning, so it is no box";
    check(r"- \[ \] Tell", escaped, Some("- [ ] Tell"));
    check(r"- \[ ] Tell", escaped, Some("- [ ] Tell"));
    check(r"- \[x\] Tell", escaped, Some("- [x] Tell"));
    check("- ☐ Tell", "`☐` is no box of Markdown", Some("- [ ] Tell"));
    check("- ☑️Tell", "`☑` is no box of Markdown", Some("- [x] Tell"));
    check(
        "- ⬜ Tell",
        "`⬜` is no box of Markdown",
        Some("- [ ] Tell"),
    );
    let html = "an HTML box is no box of Markdown";
    check(
        "- <input type=\"checkbox\" checked> Tell",
        html,
        Some("- [x] Tell"),
    );
    check("- <input type=checkbox>Tell", html, Some("- [ ] Tell"));
}

#[test]
fn other_brackets_are_no_box_and_are_said() {
    let wide = "full-width brackets make no box of Markdown";
    check("- ［ ］ Tell", wide, Some("- [ ] Tell"));
    check("- ［x］Tell", wide, Some("- [x] Tell"));
    let round = "round brackets make no box of Markdown";
    check("- ( ) Tell", round, Some("- [ ] Tell"));
    check("- (х) Tell", round, Some("- [x] Tell"));
    check("- [TODO] Tell", "`[TODO]` is no box of Markdown", None);
}

#[test]
fn what_cant_be_seen_keeps_a_box_from_being_one_and_is_said() {
    let before = "a character that can't be seen stands before this box, so it is no box";
    check("- \u{200b}[ ] Tell", before, Some("- [ ] Tell"));
    let inside = "this box holds a character that can't be seen, so it is no box";
    check("- [\u{200b}] Tell", inside, Some("- [ ] Tell"));
    check("- [x\u{feff}] Tell", inside, Some("- [x] Tell"));
    let behind = "a no-break space follows this sign, so it begins no item";
    check("-\u{a0}[ ] Tell", behind, Some("- [ ] Tell"));
}

#[test]
fn a_box_in_emphasis_is_none_and_is_said() {
    let message = "this box stands behind a sign of emphasis, so it is no box";
    check("- **[ ] Tell** all", message, Some("- [ ] **Tell** all"));
    check("- ~~[x] Tell~~", message, Some("- [x] ~~Tell~~"));
}

#[track_caller]
fn check_silent(line: &str) {
    let text = document(line);
    let (_, found) = examine("phase-01-a.md", &text, &Vocabulary::default());
    assert_eq!(found.0, [], "{line}");
}

#[test]
fn what_is_no_box_is_left_alone() {
    for line in [
        "- [x](https://example.com) is a link",
        "- [\n  ] stands over two lines",
        "- (\n  ) stands over two lines",
        "- (x, y) are two axes",
        "- () is called",
        "- ✅ it checks what is needed",
        "- [API] Tell",
        "- **Note**: tell",
        "- `[ ]` is how a box is written",
        "- {} is an empty object",
        "> a quote\n> with two lines",
        "\n| a | b |\n| --- | --- |\n| [x](u) | c |",
    ] {
        check_silent(line);
    }
}

#[track_caller]
fn check_note(block: &str, message: &str) {
    let text = document(&format!("\n{block}"));
    let (_, found) = examine("phase-01-a.md", &text, &Vocabulary::default());
    let found: Vec<_> = found
        .0
        .iter()
        .map(|one| (one.severity, one.message.as_str()))
        .collect();
    assert_eq!(found, [(Severity::Note, message)]);
}

#[test]
fn boxes_that_are_never_tasks_are_noted() {
    check_note("> - [ ] Tell", "this quote holds a box, which is no task");
    check_note(
        "> 1. [ ] Tell\n> 2. [x] Ask",
        "this quote holds 2 boxes, which are no tasks",
    );
    check_note(
        "| | |\n| --- | --- |\n| [ ] | Tell |\n| - [x] Ask | |",
        "this table holds 2 boxes, which are no tasks",
    );
    check_note(
        "<details><summary>More</summary>\n- [ ] Tell\n</details>",
        "this block of HTML holds a box, which is no task",
    );
    check_silent("\n<!--\n- [ ] Tell\n-->");
}

//! Boxes that no task becomes, and what is told of them.

use crate::checklist::{examine, parse};
use crate::diagnostic::{Diagnostic, Severity};
use crate::vocabulary::Vocabulary;

fn found(text: &str) -> Vec<Diagnostic> {
    examine("phase-01-a.md", text, &Vocabulary::default()).1.0
}

fn document(block: &str) -> String {
    format!("# Phase 1: A\n\n- [ ] Ask\n\nWords\n\n{block}\n")
}

/// Checks that a block's boxes become no task, and that one problem tells so, in its first line.
#[track_caller]
fn check(block: &str, severity: Severity, message: &str) {
    let text = document(block);
    let found = found(&text);
    let told: Vec<_> = found
        .iter()
        .map(|it| (it.severity, it.rule, it.message.as_str()))
        .collect();
    assert_eq!(told, [(severity, "box", message)], "{text}");
    let start = found
        .first()
        .and_then(|it| Some(it.place.as_ref()?.span.start));
    let lines = text
        .get(..start.expect("a place"))
        .map(|it| it.lines().count());
    assert!(matches!(lines, Some(6 | 7)), "{text}");
    assert!(found.iter().all(|it| !it.help.is_empty()), "{found:?}");
}

const BEHIND: &str = "this box isn't the first thing of a list's item, so it is no task";
const LINK: &str = "Markdown takes this box for a link, so it is no task";

#[test]
fn a_box_behind_anything_but_a_sign_of_a_list_is_told() {
    for line in [
        "-- [ ] Tell",
        "a. [ ] Tell",
        "а) [ ] Tell",
        "I. [ ] Tell",
        "(1) [ ] Tell",
        "1 [ ] Tell",
        "№1 [ ] Tell",
        r"\- [ ] Tell",
        "&bull; [ ] Tell",
        "TODO: [ ] Tell",
        "**[ ] Tell**",
        "__[ ]__ Tell",
        "<input type=\"checkbox\"> Tell",
        ": - [ ] Tell",
        "[^n]: - [ ] Tell",
        "☐ Tell",
        "- 📌 [ ] Tell",
        "- 1.2.3 [ ] Tell",
        "- **A.** [ ] Tell",
        "- <b>[ ] Tell</b>",
        "- ([ ]) Tell",
        "- ==[ ] Tell==",
        "- __[ ]__ Tell",
        "- ***[ ]*** Tell",
        "- [&nbsp;] Tell",
        "- [ ] a | b\n  --- | ---",
    ] {
        check(line, Severity::Warning, BEHIND);
    }
}

#[test]
fn a_box_that_is_taken_for_a_link_is_told() {
    for line in ["- [ ]: Tell", "- [ ][Tell]", "- [ ](Tell)", "[ ]: Tell"] {
        check(line, Severity::Warning, LINK);
    }
}

#[test]
fn signs_that_begin_no_item_are_told() {
    let message = "this sign begins no item in Markdown, so its box is no task";
    for sign in ["−", "‑", "▪", "●", "→"] {
        check(&format!("{sign} [ ] Tell"), Severity::Warning, message);
    }
}

#[test]
fn boxes_in_html_are_noted_wherever_they_stand_in_it() {
    for block in [
        "<ul><li>[ ] Tell</li></ul>",
        "<table><tr><td>[ ] Tell</td></tr></table>",
        "<details><summary>[ ] Tell</summary></details>",
        "<div>- [ ] Tell</div>",
        "<div><input type=\"checkbox\"> Tell</div>",
    ] {
        let message = "this block of HTML holds a box, which is no task";
        check(block, Severity::Note, message);
    }
    let message = "this table holds 2 boxes, which are no tasks";
    let table = "| [ ] | Tell |\n| --- | --- |\n| ☐ | Ask |";
    check(table, Severity::Note, message);
}

#[test]
fn what_is_never_closed_and_hides_boxes_is_told_where_it_begins() {
    let block = |boxes: &str| format!("this block of code is never closed, so {boxes}");
    check(
        "```\n- [ ] Tell\n- [x] Ask",
        Severity::Warning,
        &block("the 2 boxes in it are no tasks"),
    );
    check(
        "- Words\n\n  ~~~md\n  - [ ] Tell".trim_start_matches("- Words\n\n"),
        Severity::Warning,
        &block("the box in it is no task"),
    );
    check(
        "<!-- later\n- [ ] Tell",
        Severity::Warning,
        "this comment is never closed, so the box in it is no task",
    );
}

#[test]
fn a_character_that_cant_be_seen_is_told_and_taken_away() {
    for (line, mended) in [
        ("\u{200b}- [ ] Tell", "- [ ] Tell"),
        ("\u{ad}- [ ] Tell", "- [ ] Tell"),
        ("\u{feff}- [ ] Tell", "- [ ] Tell"),
        ("-\u{200b}[ ] Tell", "- [ ] Tell"),
        ("  * \u{200b} [ ] Tell", "  * [ ] Tell"),
    ] {
        let text = format!("# Phase 1: A\n\n- [ ] Ask\n\nWords\n\n{line}\n");
        let found = found(&text);
        let [one] = found.as_slice() else {
            panic!("one problem, not {found:#?}");
        };
        assert!(one.message.contains("can't be seen"), "{one:?}");
        let fix = one
            .fix
            .as_ref()
            .filter(|fix| fix.safe)
            .expect("it is mended");
        let mut fixed = text.clone();
        fixed.replace_range(fix.span.clone(), &fix.text);
        assert_eq!(fixed, document(mended));
        let parsed = parse("phase-01-a.md", &fixed, &Vocabulary::default()).expect("a checklist");
        assert_eq!(parsed.checklist.tasks().count(), 2);
    }
}

#[test]
fn what_is_no_box_of_the_document_is_left_alone() {
    for block in [
        "```\n- [ ] Tell\n```",
        "~~~~\n```\n- [ ] Tell\n~~~~",
        "- Words\n  ```\n  - [ ] Tell\n  ```",
        "<!-- [ ] Tell -->",
        "Words <!-- and\n1 [ ] Tell --> more",
        "Tick the [ ] box when it is done.",
        "Legend: [ ] open, [x] done",
        "- `[ ]` is how a box is written",
        "[x]: https://example.com",
        "```\nno box",
        "## When the phase is done\n\n1 [ ] Tell",
        "**Notes:** → [ ] Tell",
    ] {
        assert_eq!(found(&document(block)), [], "{block}");
    }
}

#[test]
fn a_status_box_of_which_something_is_said_isnt_told_twice() {
    let text = "# Phase 1: A\n\n## Status\n- [ ] Not started\n- [ ] Half way there\n\n## Work\n\n\
                - [ ] Ask\n";
    let found = found(text);
    let rules: Vec<_> = found.iter().map(|it| it.rule).collect();
    assert_eq!(rules, ["status"], "{found:?}");
}

/// A line of `-` right below a box makes a heading of it.
#[test]
fn a_box_that_markdown_takes_for_a_heading_is_a_task() {
    for below in ["  -", "  ---", "  ===", "  - \n    More"] {
        let text = format!("# Phase 1: A\n\n- [ ] Ask `a`\n{below}\n- [ ] Tell\n");
        let parsed = parse("phase-01-a.md", &text, &Vocabulary::default()).expect("a checklist");
        assert_eq!(parsed.warnings.0, [], "{text}");
        let tasks: Vec<_> = parsed.checklist.tasks().collect();
        let lines: Vec<_> = tasks.iter().map(|it| it.text.source.as_str()).collect();
        assert_eq!(lines, ["Ask `a`", "Tell"], "{text}");
        let more = tasks.first().map(|task| task.bullets.len());
        assert_eq!(more, Some(usize::from(below.contains("More"))), "{text}");
    }
}

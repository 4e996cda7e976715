//! The question for a new checklist's language, in a real terminal.

use super::CHECKLIST;
use crate::harness::applications::bare;
use crate::harness::terminal::Terminal;
use crate::harness::workspace::Workspace;

const QUESTION: &str = "language of the checklist: en, ru or uk [";
const INIT: &[&str] = &["init", "--set", "shop"];

/// Returns the first line of what was written.
#[track_caller]
fn title(workspace: &Workspace) -> String {
    let text = workspace.read(CHECKLIST);
    text.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn an_answer_is_the_language() {
    let workspace = bare("udp");
    let mut terminal = Terminal::start(&workspace, INIT);
    terminal.until(&format!("{QUESTION}en]: "), 1);
    terminal.types("RU\r");
    assert_eq!(terminal.ended(), Some(0), "{}", terminal.shown);
    assert_eq!(title(&workspace), "# Фаза 1: Kubernetes");
}

#[test]
fn no_answer_is_what_is_suggested() {
    let workspace = bare("udp").with_env("LC_ALL", "uk_UA.UTF-8");
    let mut terminal = Terminal::start(&workspace, INIT);
    terminal.until(&format!("{QUESTION}uk]: "), 1);
    terminal.types("\r");
    assert_eq!(terminal.ended(), Some(0), "{}", terminal.shown);
    assert!(workspace.read(CHECKLIST).contains("## Мета фази"));
}

#[test]
fn a_wrong_answer_is_asked_about_again() {
    let workspace = bare("udp");
    let mut terminal = Terminal::start(&workspace, INIT);
    for (times, wrong) in ["klingon\r", "\u{1b}[2J\r"].into_iter().enumerate() {
        terminal.until(QUESTION, times + 1);
        terminal.types(wrong);
        terminal.until("is none of en, ru, uk", times + 1);
    }
    assert!(terminal.shown.contains("`klingon` is none of en, ru, uk"));
    // What was typed drives nothing.
    assert!(!terminal.shown.contains("`\u{1b}"), "{:?}", terminal.shown);
    terminal.until(QUESTION, 3);
    terminal.types("uk\r");
    assert_eq!(terminal.ended(), Some(0), "{}", terminal.shown);
    assert!(workspace.read(CHECKLIST).contains("## Мета фази"));
}

#[test]
fn who_breaks_off_leaves_nothing_behind() {
    for (keys, code) in [("\u{3}", None), ("ru\u{3}", None), ("\u{4}", Some(2))] {
        let workspace = bare("udp");
        let before = workspace.contents();
        let mut terminal = Terminal::start(&workspace, INIT);
        terminal.until(QUESTION, 1);
        terminal.types(keys);
        assert_eq!(terminal.ended(), code, "{keys:?}: {}", terminal.shown);
        assert_eq!(workspace.contents(), before, "{keys:?}");
        // Nothing is in the way of the next one.
        workspace
            .orch(&[INIT, &["--language", "uk"]].concat())
            .expect(0);
    }
}

#[test]
fn who_has_said_it_isnt_asked() {
    let workspace = bare("udp");
    let mut terminal = Terminal::start(&workspace, &[INIT, &["--language", "ru"]].concat());
    assert_eq!(terminal.ended(), Some(0), "{}", terminal.shown);
    assert!(!terminal.shown.contains(QUESTION), "{}", terminal.shown);
    assert_eq!(title(&workspace), "# Фаза 1: Kubernetes");
    // Without a terminal, the flag or what the repository tells; see the cases beside.
    let workspace = bare("udp");
    let said = workspace.orch(INIT).expect(0).stderr;
    assert!(!said.contains(QUESTION), "{said}");
    assert_eq!(title(&workspace), "# Phase 1: Kubernetes");
    let wrong = workspace.orch(&["init", "--language", "klingon"]).expect(2);
    assert!(
        wrong.stderr.contains("en, ru and uk are known"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_first_phase_asks_too_and_a_further_one_doesnt() {
    let workspace = Workspace::new();
    let mut terminal = Terminal::start(&workspace, &["new", "phase", "Design", "--set", "shop"]);
    terminal.until(QUESTION, 1);
    terminal.types("uk\r");
    assert_eq!(terminal.ended(), Some(0), "{}", terminal.shown);
    let mut terminal = Terminal::start(&workspace, &["new", "phase", "More"]);
    assert_eq!(terminal.ended(), Some(0), "{}", terminal.shown);
    assert!(!terminal.shown.contains(QUESTION), "{}", terminal.shown);
    assert!(workspace.has("checklists/shop/phase-02-more.md"));
}

//! `orch check --fix` changes what its diagnostics name and nothing else, and then nothing more.

use std::collections::BTreeMap;

use orch::diagnostic::Fix;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::page::page;
use super::pieces::draft;
use crate::harness::workspace::Workspace;
use crate::invariants::documents::mended;

/// How many documents are mended at once.
const DOCUMENTS: usize = 40;
/// What is mended may bring up more; the program looks again as many times.
const ROUNDS: usize = 4;

/// Texts by their paths.
type Texts = BTreeMap<String, String>;

fn generated() -> Texts {
    let mut runner = TestRunner::deterministic();
    let documents = (1..=DOCUMENTS).map(|number| {
        let draft = draft().new_tree(&mut runner).expect("a document").current();
        (
            format!("checklists/generated/phase-{number:02}-a.md"),
            page(&draft).text,
        )
    });
    documents.collect()
}

fn write(workspace: &Workspace, texts: &Texts) {
    for (path, text) in texts {
        workspace.write(path, text);
    }
}

fn texts(workspace: &Workspace, paths: &Texts) -> Texts {
    paths
        .keys()
        .map(|path| (path.clone(), workspace.read(path)))
        .collect()
}

/// Returns what mends each document, as `orch check --json` says.
fn told(workspace: &Workspace) -> BTreeMap<String, Vec<Fix>> {
    let mut fixes: BTreeMap<String, Vec<Fix>> = BTreeMap::new();
    for line in workspace.orch(&["check", "--json"]).stdout.lines() {
        let event: Value = serde_json::from_str(line).expect("an event");
        let (Some(path), Some(fix)) = (event["file"].as_str(), event.get("fix")) else {
            continue;
        };
        if fix["safe"] != true {
            continue;
        }
        let place = |key: &str| usize::try_from(fix[key].as_u64().expect("an offset"));
        let span = place("start").expect("it fits")..place("end").expect("it fits");
        let text = fix["text"].as_str().expect("a text").to_owned();
        let of_file = fixes.entry(path.to_owned()).or_default();
        if of_file
            .last()
            .is_none_or(|last| last.span.end <= span.start)
        {
            let safe = true;
            of_file.push(Fix { span, text, safe });
        }
    }
    fixes
}

#[test]
fn mending_changes_what_is_named_and_nothing_else() {
    let originals = generated();
    let workspace = Workspace::new();
    write(&workspace, &originals);
    let mut expected = originals.clone();
    let mut rounds = 0;
    loop {
        let fixes = told(&workspace);
        if fixes.is_empty() {
            break;
        }
        rounds += 1;
        assert!(rounds <= ROUNDS, "mending never ends: {fixes:?}");
        for (path, fixes) in fixes {
            let text = expected.get_mut(&path).expect("one of the documents");
            *text = mended(text, &fixes);
        }
        write(&workspace, &expected);
    }
    assert_ne!(expected, originals, "there is something to mend");
    write(&workspace, &originals);
    let run = workspace.orch(&["check", "--fix"]);
    assert!(run.stderr.contains("mended"), "{}", run.stderr);
    assert_eq!(texts(&workspace, &originals), expected);
    let run = workspace.orch(&["check", "--fix"]);
    assert!(!run.stderr.contains("mended"), "{}", run.stderr);
    assert_eq!(texts(&workspace, &originals), expected, "once is enough");
}

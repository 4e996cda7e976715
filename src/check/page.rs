//! `docs/check.md`, made of the table of rules, and the proof of its examples.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Example, Input, RULES, check};
use crate::diagnostic::{Diagnostic, Diagnostics, Screen, Severity, render};
use crate::facts::Tree;

/// An example's files.
type Files = BTreeMap<String, String>;

fn files(example: &Example) -> Files {
    let files = example.files.iter();
    files
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

fn found(files: &Files) -> Vec<Diagnostic> {
    let is_journal = |path: &str| path.starts_with(".orch/");
    let mut tree = Tree::default();
    let mut journals = BTreeMap::new();
    for (path, text) in files {
        if is_journal(path) {
            journals.insert(path.clone(), text.clone());
        } else {
            tree.insert(path.clone(), text.as_str());
        }
    }
    let input = Input {
        tree: &tree,
        journals: &journals,
        only: &BTreeSet::new(),
    };
    check(&input)
}

/// Applies the fixes that are safe.
fn fixed(mut files: Files, found: &[Diagnostic]) -> Files {
    for one in found.iter().rev() {
        let (Some(fix), Some(place)) = (&one.fix, &one.place) else {
            continue;
        };
        if let Some(text) = files.get_mut(&place.path).filter(|_| fix.safe) {
            text.replace_range(fix.span.clone(), &fix.text);
        }
    }
    files
}

fn mended(example: &Example, found: &[Diagnostic]) -> Files {
    let mut files = files(example);
    let Some(mended) = example.mended else {
        return fixed(files, found);
    };
    for (path, text) in mended {
        if text.is_empty() {
            files.remove(*path);
        } else {
            files.insert((*path).to_owned(), (*text).to_owned());
        }
    }
    files
}

#[test]
fn each_example_triggers_exactly_its_rule_until_it_is_mended() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let first = found(&files(&rule.example));
        let names: BTreeSet<&str> = first.iter().map(|one| one.rule).collect();
        if names != BTreeSet::from([rule.name]) {
            wrong.push(format!("`{}` finds {first:#?}", rule.name));
        }
        if !first.iter().any(|one| one.severity == rule.severity) {
            wrong.push(format!("`{}` mostly isn't so: {first:#?}", rule.name));
        }
        let then = found(&mended(&rule.example, &first));
        if !then.is_empty() {
            wrong.push(format!("`{}` isn't mended: {then:#?}", rule.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_second_fix_changes_nothing() {
    for rule in RULES {
        let once = fixed(files(&rule.example), &found(&files(&rule.example)));
        assert_eq!(fixed(once.clone(), &found(&once)), once, "{}", rule.name);
    }
}

#[test]
fn rules_have_names_of_their_own_and_sentences_without_stops() {
    let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), RULES.len());
    for rule in RULES {
        for text in [rule.what, rule.why, rule.way] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
        }
    }
}

#[test]
fn the_page_is_what_the_table_says() {
    crate::page::check("check.md", &page());
}

const HEAD: &str = "# What `orch check` finds

`orch check` reads all checklists and settings of a workspace, its journals, and what each phase
means, and shows everything that is wrong at once. It changes nothing and asks no cluster.

- `orch check FILE…` tells of these files only; `--set NAME` of one set.
- `--fix` mends what is beyond doubt and changes no other byte; a second time, it changes nothing.
- `--json` prints one problem a line: rule, severity, message, help, file, lines and columns in
  characters and in UTF-16, bytes, and what mends it (`safe`: whether `--fix` does).
- `--sarif` prints one SARIF 2.1.0 document, which code hosts show beside the lines, with the fixes
  (`safe` in their properties: those that `--fix` makes) and fingerprints that know a line again when
  it has moved. Paths are relative to the workspace; columns count UTF-16 units.
- It exits 2 where there is an error, else 0. With `--strict`, as in CI, warnings count as errors.

An *error* keeps a phase from being run; a *warning* is for a person to look at; a *note* is good to
know. This page is made of the table of rules in the code (`src/check/rules.rs`); a test proves that
each example is found by its rule alone, and that it is mended so.

| rule | mostly | finds | `--fix` |
| --- | --- | --- | --- |
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for rule in RULES {
        let fix = if rule.example.mended.is_none() {
            "yes"
        } else {
            ""
        };
        // Writing to a string can't fail.
        let _ = writeln!(
            page,
            "| [`{0}`](#{0}) | {1} | {2} | {fix} |",
            rule.name,
            word(rule.severity),
            rule.what
        );
    }
    for rule in RULES {
        let found = found(&files(&rule.example));
        let shown = render(&Diagnostics(found), Screen::default());
        let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
        let _ = write!(
            page,
            "\n## {}\n\nFinds {}.\n\nWhy: {}.\n\nWhat to do: {}.\n\n```text\n{}\n```\n",
            rule.name,
            rule.what,
            rule.why,
            rule.way,
            lines.join("\n")
        );
    }
    page
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

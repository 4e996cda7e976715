//! Boxes as teams write them, in three languages, each with the reading that a person expects: a
//! rule may leave a box to a person, and must never read one wrongly. docs/reading.md is the count.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::checklist::{self, Task};
use crate::facts::{Facts, Inputs, Tree, gather};
use crate::resolve::bullets::Meaning;
use crate::resolve::pathless;
use crate::resolve::rules::{self, Intent, Required};
use crate::resolve::target::FileKind;
use crate::settings::PhaseSettings;
use crate::vocabulary::{Vocabulary, Word};

/// Boxes of a language at least.
const FEWEST: usize = 100;

const LANGUAGES: &[(&str, &str)] = &[("en", "English"), ("ru", "Russian"), ("uk", "Ukrainian")];

const RULES: &[&str] = &[
    "study",
    "inventory",
    "require",
    "write",
    "expect",
    "directive",
    "person",
];

/// A box with what it was expected to be read as, and what it was.
struct Sample {
    language: &'static str,
    place: String,
    text: String,
    /// The best reading; a rule may still leave it to a person.
    expected: String,
    found: String,
}

/// What became of a box.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Read,
    Left,
    LeftAlthough,
    Misread,
}

impl Sample {
    fn verdict(&self) -> Verdict {
        match (self.expected.as_str(), self.found.as_str()) {
            ("person", "person") => Verdict::Left,
            (expected, found) if expected == found => Verdict::Read,
            (_, "person") => Verdict::LeftAlthough,
            _ => Verdict::Misread,
        }
    }

    fn rule(&self) -> &str {
        self.expected.split(' ').next().unwrap_or_default()
    }
}

#[test]
fn no_box_is_misread() {
    let boxes = boxes();
    for (code, language) in LANGUAGES {
        let count = boxes.iter().filter(|it| it.language == *language).count();
        assert!(count >= FEWEST, "{code} has {count} boxes");
    }
    let misread = boxes.iter().filter(|it| it.verdict() == Verdict::Misread);
    let shown: Vec<String> = misread
        .map(|it| {
            format!(
                "{} {}\n  expected {}\n  read as  {}",
                it.place, it.text, it.expected, it.found
            )
        })
        .collect();
    assert!(shown.is_empty(), "\n{}", shown.join("\n"));
}

#[test]
fn the_page_counts_what_was_read() {
    crate::page::check("reading.md", &page(&boxes()));
}

fn boxes() -> Vec<Sample> {
    let mut all = Vec::new();
    let (facts, phase) = (application(), PhaseSettings::default());
    let services = &facts.project.as_ref().expect("services").services;
    let services: Vec<&str> = services.iter().map(|it| it.name.as_str()).collect();
    for path in documents() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let code = name.split('-').next().unwrap();
        let language = LANGUAGES.iter().find(|(known, _)| *known == code).unwrap();
        let text = fs_err::read_to_string(&path).unwrap();
        let readings = fs_err::read_to_string(path.with_extension("readings")).unwrap();
        let vocabulary = Vocabulary::default();
        let parsed = checklist::parse(&format!("{name}.md"), &text, &vocabulary).unwrap();
        let mut readings = readings.lines();
        let mut reads = crate::resolve::read(&parsed.checklist);
        pathless::read(&mut reads, &parsed.checklist, (&facts, &phase));
        for read in &reads {
            let task = read.task;
            let line = readings.next().unwrap_or_default();
            let (id, expected) = line.split_once(": ").unwrap();
            assert_eq!(id, task.id.as_str(), "{name}.readings");
            all.push(Sample {
                language: language.1,
                place: format!("{name} {id}"),
                text: task.text.source.clone(),
                expected: best(expected).to_owned(),
                found: told(task, read, &services),
            });
        }
        assert_eq!(readings.next(), None, "{name}.readings has more lines");
    }
    all
}

/// Returns what the lines that name no path are about.
fn application() -> Facts {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/boxes/compose.yml");
    let text = fs_err::read_to_string(path).unwrap();
    let tree: Tree = [("compose.yml", text.as_str())].into_iter().collect();
    gather(&tree, &Inputs::default()).expect("facts").facts
}

fn documents() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/boxes");
    let entries = fs_err::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "md"));
    paths.sort();
    paths
}

/// Returns the best reading: `person (study a.py)` says that a rule could read it and none does.
fn best(expected: &str) -> &str {
    let inner = expected.strip_prefix("person (");
    inner
        .and_then(|inner| inner.strip_suffix(')'))
        .unwrap_or(expected)
}

/// Returns a reading with its essentials.
fn told(task: &Task, read: &rules::Read<'_>, services: &[&str]) -> String {
    match &read.intent {
        Intent::Manual if task.directive.is_some() => "directive manual".to_owned(),
        Intent::Manual => "person".to_owned(),
        Intent::Skip => "directive skip".to_owned(),
        Intent::Command(command) => format!("directive run {}", command.text),
        Intent::ApplyPath(path) => format!("directive apply {path}"),
        Intent::ApplyFence(_) => "directive apply fence".to_owned(),
        Intent::Study(subjects) => format!("study {}", subjects.join(" ")),
        Intent::Inventory(kind, names) => {
            let names: Vec<&str> = names.iter().map(|name| name.value.as_str()).collect();
            format!("inventory {kind:?}: {}", names.join(", "))
        }
        Intent::Require(Required::Namespace | Required::NewNamespace, Some(name)) => {
            format!("require namespace {name}")
        }
        Intent::Wait | Intent::Require(..) => read.reading.rule.clone(),
        Intent::Expect(wants, _) => {
            let wants: Vec<String> = wants
                .iter()
                .map(|want| format!("{}: {want}", want.word()))
                .collect();
            format!("expect {}", wants.join("; "))
        }
        Intent::Write(target) => {
            // What a Service's port is called by is known from the facts.
            let part = |name: &String| Vocabulary::default().tells(name, Word::Part);
            let unread = read.said.iter().filter(|it| it.meaning == Meaning::Unread);
            let of_service = target.kind == FileKind::Service;
            // And so is whom an Ingress leads to.
            let led = |name: &String| services.contains(&name.as_str());
            let routed = target.kind == FileKind::Ingress;
            let unread = unread.filter(|it| {
                let mut names = it.names.iter();
                !(of_service && names.clone().all(part) || routed && names.all(led))
            });
            let unread: Vec<&str> = unread.map(|it| it.text.source.as_str()).collect();
            if !unread.is_empty() && pathless::is_doubted(read) {
                return "person".to_owned();
            }
            let unread = match unread.as_slice() {
                [] => String::new(),
                some => format!(" unread: {}", some.join(" | ")),
            };
            format!("write {} {}{unread}", target.kind.word(), target.path)
        }
    }
}

fn page(boxes: &[Sample]) -> String {
    let mut page = String::from(INTRODUCTION);
    page += "| language | expected | boxes | read rightly | left to a person rightly | left although \
             a rule could read it | misread |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |\n";
    for (_, language) in LANGUAGES {
        for rule in RULES {
            let of = |it: &&Sample| it.language == *language && it.rule() == *rule;
            let row: Vec<&Sample> = boxes.iter().filter(of).collect();
            page += &counted(&format!("{language} | {rule}"), &row);
        }
    }
    let all: Vec<&Sample> = boxes.iter().collect();
    page += &counted("**all** | ", &all);
    page += "\n## Left to a person although a rule could read it\n\n";
    for it in boxes
        .iter()
        .filter(|it| it.verdict() == Verdict::LeftAlthough)
    {
        // Writing to a `String` can't fail.
        let _ = writeln!(page, "- {} ({}): {}", it.text, it.place, it.expected);
    }
    page
}

fn counted(head: &str, boxes: &[&Sample]) -> String {
    let count = |wanted| boxes.iter().filter(|it| it.verdict() == wanted).count();
    format!(
        "| {head} | {} | {} | {} | {} | {} |\n",
        boxes.len(),
        count(Verdict::Read),
        count(Verdict::Left),
        count(Verdict::LeftAlthough),
        count(Verdict::Misread)
    )
}

const INTRODUCTION: &str = "# How boxes are read\n\n\
    Boxes as teams write them, from rollouts, code, migrations, releases, monitoring, security and\n\
    meetings, with many that only look like work for `orch`. Each lies in a document in\n\
    [tests/golden/boxes](../tests/golden/boxes), its expected reading in the `.readings` file beside\n\
    it. A box that a rule can't read for certain is a person's: that costs a click. One that is read\n\
    wrongly may be ticked without having been done, so none may be.\n\n\
    This page is written by a test (`ORCH_UPDATE_DOCS=1 cargo test --lib boxes`). [The\n\
    rules](rules.md) say what each one looks for, [the languages](languages.md) by which words.\n\n";

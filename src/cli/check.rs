//! `orch check`: everything that is wrong with checklists and settings, at once, and mending what
//! is beyond doubt.
//!
//! Warnings about the application itself (Compose files, sources) are `plan`'s and `analyze`'s.

mod sarif;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::exit::{Code, Result};
use super::load::{self, Loaded, Meaning, Phase};
use super::mine::Mine;
use super::target::REHEARSAL;
use super::{Session, Stop};
use crate::checklist::{self, Checklist};
use crate::diagnostic::{Diagnostic, Diagnostics, Fix, Severity, render};
use crate::files::{PhaseFile, SetFiles};
use crate::resolve::Action;
use crate::terminal::{count, err, out, printable};

/// Mending may bring up what was hidden behind it; after that many rounds a person has to look.
const ROUNDS: usize = 4;

/// Arguments of `orch check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Only these checklists and settings; by default all of the workspace
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Mend what can be mended without changing what is meant
    #[arg(long)]
    fix: bool,
    /// Print one SARIF document, as code hosts read it
    #[arg(long, conflicts_with = "json")]
    sarif: bool,
}

pub(super) fn run(session: &Session, args: &CheckArgs) -> Result {
    let mut found = find(session, args)?;
    if args.fix {
        let mut mended = BTreeMap::new();
        for _ in 0..ROUNDS {
            let fixes = fixes(&found);
            if fixes.is_empty() {
                break;
            }
            mend(session, &fixes)?;
            for (path, (_, fixes)) in fixes {
                *mended.entry(path).or_insert(0) += fixes.len();
            }
            found = find(session, args)?;
        }
        for (path, times) in mended {
            err(&format!(
                "mended {} in {}\n",
                count(times, "place"),
                printable(&path)
            ))?;
        }
    }
    if args.sarif {
        out(&format!("{:#}\n", sarif::document(&found)))?;
    } else if session.global.json {
        for one in &found {
            out(&format!("{}\n", event(one)))?;
        }
    } else if !found.is_empty() {
        let shown = render(&Diagnostics(found.clone()), session.out.colour);
        out(&format!("{shown}\n\n"))?;
    }
    let wrong = |one: &&Diagnostic| one.severity == Severity::Error;
    let errors = found.iter().filter(wrong).count();
    err(&summary(errors, &found))?;
    Ok(if errors > 0 { Code::Input } else { Code::Done })
}

fn summary(errors: usize, found: &[Diagnostic]) -> String {
    if found.is_empty() {
        return "nothing to complain about\n".to_owned();
    }
    let fixable = found.iter().filter(|one| one.fix.is_some()).count();
    let mendable = match fixable {
        0 => String::new(),
        fixable => format!("; {fixable} can be mended: orch check --fix"),
    };
    let warnings = count(found.len() - errors, "warning");
    format!("{}, {warnings}{mendable}\n", count(errors, "error"))
}

/// Returns what is wrong, in the order of files and places, each once.
fn find(session: &Session, args: &CheckArgs) -> Result<Vec<Diagnostic>> {
    let (loaded, problems) = load::workspace_as_it_is(session)?;
    let only = named(&loaded, &args.files)?;
    let mut check = Check {
        loaded: &loaded,
        found: problems.map(|problems| problems.0).unwrap_or_default(),
    };
    check
        .found
        .extend(loaded.settings.warnings.0.iter().cloned());
    let wanted = session.global.set.as_deref();
    let mut known = BTreeSet::new();
    for set in &loaded.snapshot.sets {
        if wanted.is_some_and(|name| name != set.name) {
            continue;
        }
        for file in &set.phases {
            known.insert(file.path.as_str());
            check.phase(set, file)?;
        }
    }
    check.shared_numbers();
    for path in only.iter().filter(|path| !known.contains(path.as_str())) {
        if let Some(text) = loaded.snapshot.tree.get(path).filter(|_| is_document(path)) {
            check.document(path, text);
        }
    }
    let mut found = check.found;
    found.retain(|one| {
        let path = one.place.as_ref().map(|place| place.path.as_str());
        // What has no place is this command's own, or a remark on the application.
        let own = path.map_or(!one.rule.is_empty(), |path| {
            is_document(path) || is_settings(path)
        });
        let asked = only.is_empty() || path.is_some_and(|path| only.contains(path));
        asked && (own || one.severity == Severity::Error)
    });
    let key = |one: &Diagnostic| {
        let place = one.place.as_ref();
        place.map(|place| (place.path.clone(), place.span.start))
    };
    found.sort_by_key(key);
    let mut each: Vec<Diagnostic> = Vec::new();
    for one in found {
        if !each.contains(&one) {
            each.push(one);
        }
    }
    Ok(each)
}

fn is_document(path: &str) -> bool {
    std::path::Path::new(path)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

fn is_settings(path: &str) -> bool {
    path == "orch.toml" || path.starts_with("phases/")
}

/// Returns the files that are named, relative to the workspace.
fn named(loaded: &Loaded, files: &[PathBuf]) -> Result<BTreeSet<String>> {
    let root = loaded.workspace.root();
    let relative = |file: &PathBuf| {
        let shown = file.display();
        let found = fs_err::canonicalize(file)
            .map_err(|error| Stop::input(format!("`{shown}` can't be read: {error}")))?;
        let inside = found.strip_prefix(root).ok().and_then(|path| path.to_str());
        let inside = inside.filter(|path| loaded.snapshot.tree.get(path).is_some());
        inside.map(str::to_owned).ok_or_else(|| {
            Stop::input(format!("`{shown}` is no text file of the workspace"))
                .help(format!("the workspace is {}", root.display()))
        })
    };
    files.iter().map(relative).collect()
}

/// What has been found so far.
struct Check<'l> {
    loaded: &'l Loaded,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    /// Checks a phase: its checklist, its settings, what it means, its order.
    fn phase(&mut self, set: &SetFiles, file: &PhaseFile) -> Result<()> {
        let loaded = self.loaded;
        if let Some(text) = loaded.snapshot.tree.get(&file.path) {
            self.document(&file.path, text);
        }
        let Some(phase) = self.kept(loaded.phase_of(set, file))? else {
            return Ok(());
        };
        let monitors = phase.settings.rehearse.service_monitors;
        let Some(meaning) = self.kept(loaded.meaning(&phase, monitors, Mine::Merge))? else {
            return Ok(());
        };
        self.found.extend(meaning.warnings.0.iter().cloned());
        self.missing(&phase, &meaning);
        self.kept(meaning.plan(REHEARSAL))?;
        Ok(())
    }

    /// Checks one document by itself.
    fn document(&mut self, path: &str, text: &str) {
        match checklist::parse(path, text, &self.loaded.settings.vocabulary) {
            Ok(parsed) => {
                self.found.extend(parsed.warnings.0);
                self.found.extend(checklist::review(&parsed.checklist));
            }
            Err(problems) => self.found.extend(problems.0),
        }
    }

    /// Returns what could be read, and keeps what is wrong with it otherwise.
    fn kept<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(stop) => match stop.problems() {
                Some(problems) => {
                    self.found.extend(problems.0.iter().cloned());
                    Ok(None)
                }
                None => Err(stop),
            },
        }
    }

    /// What a task is to study and that isn't there.
    fn missing(&mut self, phase: &Phase, meaning: &Meaning) {
        for task in &meaning.resolved.tasks {
            let Action::Study { findings } = &task.action else {
                continue;
            };
            for finding in findings {
                let Some(looked) = &finding.missing else {
                    continue;
                };
                let message = format!("`{}` is not there", finding.subject);
                let span = place_of(&phase.checklist, task, &finding.subject);
                let warning = Diagnostic::warning(message).rule("path").at(
                    &phase.checklist.path,
                    &phase.checklist.text,
                    span,
                    "to be studied here",
                );
                self.found
                    .push(warning.help(format!("looked for: {looked}")));
            }
        }
    }

    /// Numbers that several sets have, where nothing says which is meant.
    fn shared_numbers(&mut self) {
        if self.loaded.settings.set.is_some() {
            return;
        }
        let mut sets: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for set in &self.loaded.snapshot.sets {
            for phase in &set.phases {
                sets.entry(phase.number).or_default().push(&set.name);
            }
        }
        for (number, names) in sets.iter().filter(|(_, names)| names.len() > 1) {
            let message = format!("phase {number} is in several sets: {}", names.join(", "));
            let warning = Diagnostic::warning(message).rule("set");
            let help = "name the usual one in orch.toml: set = \"…\"; or each time: --set NAME";
            self.found.push(warning.help(help));
        }
    }
}

/// Returns where a task names what it studies.
fn place_of(
    checklist: &Checklist,
    task: &crate::resolve::ResolvedTask,
    subject: &str,
) -> checklist::Span {
    let Some(task) = checklist.task(&task.id) else {
        return 0..0;
    };
    let mut codes = task.text.codes();
    let named = codes.find(|(code, _)| *code == subject);
    named.map_or(task.text.span.clone(), |(_, span)| span.clone())
}

/// A file's text as it was read, and what mends it.
type Mending<'f> = (&'f str, Vec<&'f Fix>);

/// Returns what mends each file, front to back, nothing twice.
fn fixes(found: &[Diagnostic]) -> BTreeMap<String, Mending<'_>> {
    let mut files: BTreeMap<String, Mending<'_>> = BTreeMap::new();
    for one in found {
        let (Some(fix), Some(place)) = (&one.fix, &one.place) else {
            continue;
        };
        let (_, of_file) = files
            .entry(place.path.clone())
            .or_insert_with(|| (&place.text, Vec::new()));
        if of_file
            .last()
            .is_none_or(|last| last.span.end <= fix.span.start)
        {
            of_file.push(fix);
        }
    }
    files
}

fn mend(session: &Session, files: &BTreeMap<String, Mending<'_>>) -> Result<()> {
    let loaded = load::workspace_as_it_is(session)?.0;
    for (path, (text, fixes)) in files {
        let mut edits = checklist::Edits::new();
        for fix in fixes {
            let before = text.get(fix.span.clone()).unwrap_or_default();
            edits = edits.replace(fix.span.clone(), before, &fix.text);
        }
        let now = loaded.snapshot.tree.get(path).map_or("", |text| text);
        let mended = edits.apply(now)?;
        loaded.workspace.write_atomic(path, mended.as_bytes())?;
    }
    Ok(())
}

/// Returns a problem as one JSON event.
fn event(one: &Diagnostic) -> Value {
    let severity = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut event = json!({
        "event": "problem", "severity": severity, "rule": one.rule, "message": one.message,
        "help": one.help,
    });
    if let Some(place) = &one.place {
        let [(line, column), (end_line, end_column)] = place.positions();
        event["file"] = json!(place.path);
        event["line"] = json!(line);
        event["column"] = json!(column);
        event["endLine"] = json!(end_line);
        event["endColumn"] = json!(end_column);
    }
    if let Some(fix) = &one.fix {
        event["fix"] = json!({ "start": fix.span.start, "end": fix.span.end, "text": fix.text });
    }
    event
}

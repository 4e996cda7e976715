//! `orch check`: everything that is wrong with checklists and settings, at once, and mending what
//! is beyond doubt.
//!
//! Warnings about the application itself (Compose files, sources) are `plan`'s and `analyze`'s.

mod sarif;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::exit::{Code, Result};
use super::load::{self, Loaded};
use super::mine::Mine;
use super::{Session, Stop, recorded};
use crate::check::{Checked, Input, check_all, home};
use crate::checklist::{self, SetFiles};
use crate::diagnostic::{Counted, Diagnostic, Diagnostics, Fix, Lines, Place, Severity, render};
use crate::journal::sha256;
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
    /// Fail on warnings too, as CI may want to
    #[arg(long)]
    strict: bool,
    /// Print one SARIF document, as code hosts read it
    #[arg(long, conflicts_with = "json")]
    sarif: bool,
}

pub(super) fn run(session: &Session, args: &CheckArgs) -> Result {
    let mut loaded = load::workspace_as_it_is(session)?.0;
    let mut found = find(session, args, &loaded)?;
    if args.fix {
        for _ in 0..ROUNDS {
            let fixes = fixes(&found);
            if fixes.is_empty() {
                break;
            }
            mend(&loaded, &fixes)?;
            loaded = load::workspace_as_it_is(session)?.0;
            found = find(session, args, &loaded)?;
        }
    }
    if args.sarif {
        let nothing = ("orch.toml", &Arc::default());
        let home = home(&loaded.snapshot.tree).unwrap_or(nothing);
        out(&format!("{:#}\n", sarif::document(&found, home)))?;
    } else if session.global.json {
        out(&events(&found))?;
    } else if !found.is_empty() {
        let shown = render(&Diagnostics(found.clone()), session.out.screen());
        out(&format!("{shown}\n\n"))?;
    }
    err(&summary(&found))?;
    let bad = |one: &Diagnostic| match one.severity {
        Severity::Error => true,
        Severity::Warning => args.strict,
        Severity::Note => false,
    };
    Ok(if found.iter().any(bad) {
        Code::Input
    } else {
        Code::Done
    })
}

fn summary(found: &[Diagnostic]) -> String {
    if found.is_empty() {
        return "nothing to complain about\n".to_owned();
    }
    let of = |severity: Severity| found.iter().filter(|one| one.severity == severity).count();
    let mut text = format!(
        "{}, {}",
        count(of(Severity::Error), "error"),
        count(of(Severity::Warning), "warning")
    );
    let notes = of(Severity::Note);
    if notes > 0 {
        let _ = write!(text, ", {}", count(notes, "note"));
    }
    let fixes = || found.iter().filter_map(|one| one.fix.as_ref());
    let safe = fixes().filter(|fix| fix.safe).count();
    if safe > 0 {
        let _ = write!(text, "; {safe} can be mended: orch check --fix");
    }
    text + "\n"
}

/// Returns what is wrong, in the order of files and places, each once.
fn find(session: &Session, args: &CheckArgs, loaded: &Loaded) -> Result<Vec<Diagnostic>> {
    let mut only = named(loaded, &args.files)?;
    if let Some(name) = &session.global.set {
        let set = loaded.set(name)?;
        let of_set = files_of(loaded, set);
        only = if only.is_empty() {
            of_set
        } else {
            only.intersection(&of_set).cloned().collect()
        };
    }
    let journals = loaded.workspace.journals()?;
    let input = Input {
        tree: &loaded.snapshot.tree,
        journals: &journals,
        only: &only,
    };
    let Checked { mut found, making } = check_all(&input);
    if !found.iter().any(|one| one.severity == Severity::Error) {
        found.extend(on_disk(loaded, &making)?);
    }
    let mut gone = recorded::all_gone(session, loaded)?;
    gone.retain(|one| {
        let path = one.place.as_ref().map(|place| &place.path);
        only.is_empty() || path.is_some_and(|path| only.contains(path))
    });
    found.extend(gone);
    Ok(found)
}

/// Returns the files of a set, its phases' settings and journals among them.
fn files_of(loaded: &Loaded, set: &SetFiles) -> BTreeSet<String> {
    let tree = &loaded.snapshot.tree;
    let settings = |file: &checklist::PhaseFile| {
        let mut paths = file.settings_paths(&set.name).into_iter();
        paths.find(|path| tree.get(path).is_some())
    };
    let own = set.phases.iter().flat_map(|file| {
        let journal = crate::journal::journal_path(&set.name, file.number);
        [Some(file.path.clone()), settings(file), Some(journal)]
    });
    own.flatten().collect()
}

/// Returns what only shows where files are rendered and merged as a run does it: errors, with
/// overlays, a chart, and what people changed, and secrets in clear in what they changed.
fn on_disk(loaded: &Loaded, making: &BTreeSet<String>) -> Result<Vec<Diagnostic>> {
    let (mut found, mut clear) = (Vec::new(), Vec::new());
    for set in &loaded.snapshot.sets {
        for file in set.phases.iter().filter(|file| making.contains(&file.path)) {
            let phase = loaded.phase_of(set, file)?;
            let monitors = phase.settings.rehearse.service_monitors;
            let meaning = loaded.meaning(&phase, monitors, Mine::Merge);
            let planned = meaning.and_then(|meaning| {
                clear.extend(meaning.in_clear(&phase).0);
                meaning.possible()
            });
            let Err(stop) = planned else { continue };
            match stop.problems() {
                Some(problems) => found.extend(problems.0.iter().cloned()),
                None => return Err(stop),
            }
        }
    }
    for one in found.iter_mut().filter(|one| one.rule.is_empty()) {
        one.rule = "application";
    }
    let clear = clear.into_iter().map(|one: Diagnostic| one.rule("secret"));
    found.extend(clear);
    Ok(found)
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

/// A file's text as it was read, and what mends it.
type Mending<'f> = (&'f str, Vec<&'f Fix>);

/// Returns what mends each file beyond doubt, front to back, nothing twice.
fn fixes(found: &[Diagnostic]) -> BTreeMap<String, Mending<'_>> {
    let mut files: BTreeMap<String, Mending<'_>> = BTreeMap::new();
    for one in found {
        let (Some(fix), Some(place)) = (&one.fix, &one.place) else {
            continue;
        };
        if fix.safe {
            let of_file = files.entry(place.path.clone());
            let (_, of_file) = of_file.or_insert_with(|| (&place.text, Vec::new()));
            of_file.push(fix);
        }
    }
    for (_, fixes) in files.values_mut() {
        fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
        let mut end = 0;
        // What overlaps is left to the next round.
        fixes.retain(|fix| {
            let free = fix.span.start >= end;
            end = if free { fix.span.end } else { end };
            free
        });
    }
    files
}

/// Writes what is mended, each file at once, and says what it did.
fn mend(loaded: &Loaded, files: &BTreeMap<String, Mending<'_>>) -> Result<()> {
    for (path, (text, fixes)) in files {
        let mut edits = checklist::Edits::new();
        let lines = Lines::of(text);
        let mut said = String::new();
        for fix in fixes {
            let before = text.get(fix.span.clone()).unwrap_or_default();
            edits = edits.replace(fix.span.clone(), before, &fix.text);
            let at = lines.position(text, fix.span.start);
            let _ = writeln!(
                said,
                "mended {}:{}:{}: {}",
                printable(path),
                at.line,
                at.column,
                change(before, &fix.text)
            );
        }
        let mended = edits.apply(text)?;
        // Refused where a person changed the file since it was read.
        let read = sha256(text.as_bytes());
        let workspace = &loaded.workspace;
        workspace.replace(path, Some(&read), mended.as_bytes())?;
        err(&said)?;
    }
    Ok(())
}

/// Returns what was changed to what, in a few words.
fn change(before: &str, after: &str) -> String {
    let short = |text: &str| {
        let line = text.replace(['\r', '\n'], "⏎").replace('\u{a0}', "␣");
        let shown: String = line.chars().take(40).collect();
        printable(&shown)
    };
    match (before.is_empty(), after) {
        (true, " ") => "a space put in".to_owned(),
        (true, _) => format!("`{}` put in", short(after)),
        (false, _) if before.lines().nth(1).is_some() => "brought in line".to_owned(),
        (false, _) => format!("`{}` → `{}`", short(before), short(after)),
    }
}

/// Returns the problems as JSON events, one a line.
fn events(found: &[Diagnostic]) -> String {
    let mut counted = Counted::default();
    let lines = found
        .iter()
        .map(|one| format!("{}\n", event(one, &mut counted)));
    lines.collect()
}

fn event(one: &Diagnostic, counted: &mut Counted) -> Value {
    let severity = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut event = json!({
        "event": "problem", "severity": severity, "rule": one.rule, "message": one.message,
        "help": one.help,
    });
    if let Some(place) = &one.place {
        locate(&mut event, place, counted);
    }
    if !one.related.is_empty() {
        let related = one.related.iter().map(|place| {
            let mut there = json!({});
            locate(&mut there, place, counted);
            there
        });
        event["related"] = related.collect();
    }
    if let Some(fix) = &one.fix {
        event["fix"] = json!({
            "start": fix.span.start, "end": fix.span.end, "text": fix.text, "safe": fix.safe,
        });
    }
    event
}

/// Says where a place is: lines and columns, and bytes.
fn locate(event: &mut Value, place: &Place, counted: &mut Counted) {
    let lines = counted.of(&place.text);
    let [start, end] = [place.span.start, place.span.end].map(|at| lines.position(&place.text, at));
    event["file"] = json!(place.path);
    event["line"] = json!(start.line);
    event["column"] = json!(start.column);
    event["endLine"] = json!(end.line);
    event["endColumn"] = json!(end.column);
    event["utf16Column"] = json!(start.utf16);
    event["utf16EndColumn"] = json!(end.utf16);
    event["start"] = json!(place.span.start);
    event["end"] = json!(place.span.end);
    if !place.label.is_empty() {
        event["label"] = json!(place.label);
    }
}

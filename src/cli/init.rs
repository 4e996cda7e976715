//! `orch init`: finds checklists, manifests and Compose files, and writes settings with comments;
//! where there is no checklist, that as well.

mod nothing;
pub(super) mod settings;

use std::fmt::Write as _;

use clap::Args;

use super::exit::{Code, Result};
use super::load::{self, Loaded};
use super::{Session, Stop};
use crate::checklist::Language;
use crate::facts::default_compose_files;
use crate::files::SetFiles;
use crate::scaffold;
use crate::terminal::{err, out, printable};

pub(super) use nothing::{set_name, told_language};

/// Arguments of `orch init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Show what would be written; write nothing
    #[arg(long)]
    dry_run: bool,
    /// The language of a new checklist: en, ru or uk; otherwise asked for, or told from the README
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    language: Option<Language>,
    /// The number of a new phase
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=999))]
    phase: Option<u32>,
    /// What a new checklist is written from, where the repository has both
    #[arg(long, value_name = "SOURCE")]
    from: Option<From>,
    /// A Compose file that a new checklist is written from (may be given several times, in the
    /// order of merging); otherwise those at the root, or of the one folder that has some
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    compose: Vec<String>,
    /// Let a new checklist write Prometheus and Grafana where the application has none
    #[arg(long)]
    monitoring: bool,
    /// A host by which the application is to be reached (may be given several times)
    #[arg(long, value_name = "HOST", value_parser = host)]
    host: Vec<String>,
}

/// What a checklist is written from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum From {
    /// The Compose files: manifests are written
    Compose,
    /// The manifests that are there: they are applied and adopted
    Manifests,
}

/// Reads a language's code.
pub(super) fn language(code: &str) -> std::result::Result<Language, String> {
    scaffold::named(code).ok_or_else(|| "en, ru and uk are known".to_owned())
}

fn host(text: &str) -> std::result::Result<String, String> {
    let tame = |it: char| it.is_ascii_alphanumeric() || "-.*".contains(it);
    let named = text.contains('.') && text.chars().all(tame) && !text.starts_with(['.', '-']);
    named
        .then(|| text.to_lowercase())
        .ok_or_else(|| "a host's name looks like `app.example.com`".to_owned())
}

pub(super) fn run(session: &Session, args: &InitArgs) -> Result {
    let loaded = load::workspace(session)?;
    let sets = &loaded.snapshot.sets;
    if sets.is_empty() {
        return nothing::run(session, &loaded, args);
    }
    let asked = args.language.is_some() || args.phase.is_some() || args.from.is_some();
    if asked || args.monitoring || !args.compose.is_empty() {
        return Err(
            Stop::input("there are checklists already: init writes no other")
                .help("for another phase: `orch new phase NAME`"),
        );
    }
    let mut said = found(sets);
    let compose = default_compose_files(&loaded.snapshot.tree, "");
    if compose.is_empty() {
        said += "found no Compose file at the root\n";
    } else {
        let _ = writeln!(said, "found {}", compose.join(", "));
    }
    let mut files = vec![(
        "orch.toml".to_owned(),
        settings::workspace(sets.first().map(|it| it.name.as_str())),
    )];
    let shared = |number: u32| {
        let mut having = sets.iter().filter(|set| set.phase(number).is_some());
        having.nth(1).is_some()
    };
    for set in sets {
        for phase in &set.phases {
            let folder = if shared(phase.number) {
                format!("phases/{}", set.name)
            } else {
                "phases".to_owned()
            };
            let path = format!("{folder}/{:02}-{}.toml", phase.number, phase.name);
            let told = settings::Told {
                set: &set.name,
                number: phase.number,
                compose: &compose,
                ..settings::Told::default()
            };
            files.push((path, settings::phase(&told)));
        }
    }
    write((session, &loaded), files, args.dry_run, &mut said)?;
    err(&said)?;
    Ok(Code::Done)
}

fn found(sets: &[SetFiles]) -> String {
    let mut said = String::new();
    for set in sets {
        let numbers: Vec<String> = set.phases.iter().map(|p| p.number.to_string()).collect();
        let _ = writeln!(
            said,
            "found the set {} in {}: {} {}",
            printable(&set.name),
            printable(&set.folder),
            if numbers.len() == 1 {
                "phase"
            } else {
                "phases"
            },
            numbers.join(", ")
        );
    }
    said
}

/// Tells programs what became of a file.
pub(super) fn tell(session: &Session, event: &str, path: &str, text: Option<&str>) -> Result<()> {
    if session.global.json {
        let mut value = serde_json::json!({ "event": event, "path": path });
        if let Some(text) = text {
            value["text"] = text.into();
        }
        out(&format!("{value}\n"))?;
    }
    Ok(())
}

/// Writes what isn't there yet, and says so.
fn write(
    (session, loaded): (&Session, &Loaded),
    files: Vec<(String, String)>,
    dry_run: bool,
    said: &mut String,
) -> Result<()> {
    for (path, text) in files {
        if loaded.workspace.read(&path)?.is_some() {
            let _ = writeln!(said, "kept {path}: it is there already");
            tell(session, "kept", &path, None)?;
        } else if dry_run {
            let _ = writeln!(said, "would write {path}");
            tell(session, "would-write", &path, Some(&text))?;
        } else {
            loaded.workspace.write_atomic(&path, text.as_bytes())?;
            let _ = writeln!(said, "wrote {path}");
            tell(session, "wrote", &path, None)?;
        }
    }
    Ok(())
}

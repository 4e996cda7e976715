//! `orch new phase`: one more phase in the shape of its set.

use std::fmt::Write as _;

use clap::{Args, Subcommand};

use super::exit::{Code, Result};
use super::init::{self, settings};
use super::load::{self, Loaded};
use super::{Session, Stop};
use crate::checklist::{Language, Naming};
use crate::files::SetFiles;
use crate::scaffold::{self, Wishes};
use crate::terminal::{err, out, printable};

/// Arguments of `orch new`.
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write the checklist and the settings of one more phase
    Phase(PhaseArgs),
}

/// Arguments of `orch new phase`.
#[derive(Debug, Args)]
struct PhaseArgs {
    /// The phase's title; its file is called by it too, as the set's other files are
    name: String,
    /// Its number; by default the set's next one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=999))]
    number: Option<u32>,
    /// Its language: en, ru or uk; by default the set's
    #[arg(long, value_name = "LANGUAGE", value_parser = init::language)]
    language: Option<Language>,
    /// Show what would be written; write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(session: &Session, args: &NewArgs) -> Result {
    let What::Phase(args) = &args.what;
    let loaded = load::workspace(session)?;
    let wishes = wishes(session, &loaded, args)?;
    let told = settings::Told {
        set: &wishes.set,
        number: wishes.number,
        ..settings::Told::default()
    };
    let files = [
        (wishes.path(), scaffold::phase(&wishes)),
        (wishes.settings.clone(), settings::phase(&told)),
    ];
    for (path, _) in &files {
        if loaded.workspace.read(path)?.is_some() {
            return Err(
                Stop::input(format!("`{}` is there already", printable(path)))
                    .help("give the phase another name, or remove the file"),
            );
        }
    }
    let mut said = String::new();
    for (path, text) in &files {
        if args.dry_run {
            let _ = writeln!(said, "would write {}", printable(path));
            init::tell(session, "would-write", path, Some(text))?;
        } else {
            loaded.workspace.write_atomic(path, text.as_bytes())?;
            let _ = writeln!(said, "wrote {}", printable(path));
            init::tell(session, "wrote", path, None)?;
        }
    }
    if args.dry_run && !session.global.json {
        let [(_, text), _] = &files;
        out(text)?;
    }
    said += &before(&loaded, &wishes)?;
    err(&said)?;
    Ok(Code::Done)
}

fn wishes(session: &Session, loaded: &Loaded, args: &PhaseArgs) -> Result<Wishes> {
    let title = args.name.trim();
    let stem = scaffold::file_stem(title).filter(|_| !title.chars().any(char::is_control));
    let name = stem.ok_or_else(|| {
        Stop::input(format!(
            "`{}` can't be the name of a phase",
            printable(title)
        ))
        .help("use words: `orch new phase \"Load testing\"`")
    })?;
    let set = set(session, loaded)?;
    let phases = set.map(|set| set.phases.as_slice()).unwrap_or_default();
    let paths: Vec<&str> = phases.iter().map(|phase| phase.path.as_str()).collect();
    let naming = Naming::of(&paths);
    let name = naming.name(&name);
    let next = phases.iter().map(|phase| phase.number).max().unwrap_or(0) + 1;
    let number = args.number.unwrap_or(next);
    if let Some(phase) = phases.iter().find(|phase| phase.number == number) {
        return Err(Stop::input(format!(
            "phase {number} is there already: {}",
            printable(&phase.path)
        ))
        .help(format!("the next free number is {next}")));
    }
    let set_name = match set {
        Some(set) => set.name.clone(),
        None => init::set_name(session, loaded, &[])?,
    };
    let folder = set.map_or_else(
        || format!("checklists/{set_name}"),
        |set| set.folder.clone(),
    );
    let shared = loaded
        .snapshot
        .sets
        .iter()
        .any(|other| other.name != set_name && other.phase(number).is_some());
    let own = shared || uses_own_settings(loaded, &set_name);
    let settings = if own {
        format!("phases/{set_name}/{number:02}-{name}.toml")
    } else {
        format!("phases/{number:02}-{name}.toml")
    };
    Ok(Wishes {
        language: language(session, loaded, set, args.language)?,
        naming,
        set: set_name,
        set_folder: folder,
        number,
        name,
        title: title.to_owned(),
        compose: Vec::new(),
        folder: "k8s".to_owned(),
        settings,
        monitoring: false,
        hosts: Vec::new(),
        commit: loaded.settings.commit_message.clone(),
    })
}

/// Returns the set that is meant: the one that is named, or the only one; none where there is none.
fn set<'l>(session: &Session, loaded: &'l Loaded) -> Result<Option<&'l SetFiles>> {
    let wanted = session.global.set.as_ref().or(loaded.settings.set.as_ref());
    let sets = loaded.snapshot.sets.as_slice();
    if let Some(name) = wanted {
        let found = sets.iter().find(|set| set.name == *name);
        // A set that is named and isn't there begins with this phase.
        return Ok(found);
    }
    match sets {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        several => {
            let names: Vec<&str> = several.iter().map(|set| set.name.as_str()).collect();
            Err(Stop::input(format!("which set? {}", names.join(", ")))
                .help("choose one: `--set NAME`, or `set = \"NAME\"` in orch.toml"))
        }
    }
}

/// Returns whether the set's settings lie in a folder of its own.
fn uses_own_settings(loaded: &Loaded, set: &str) -> bool {
    loaded.snapshot.tree.has_folder(&format!("phases/{set}"))
}

/// Returns the language that is asked for, or else that of the set's last phase.
fn language(
    session: &Session,
    loaded: &Loaded,
    set: Option<&SetFiles>,
    asked: Option<Language>,
) -> Result<Language> {
    match (asked, set.and_then(|set| Some((set, set.phases.last()?)))) {
        (Some(asked), _) => Ok(asked),
        (None, Some((set, last))) => Ok(loaded.phase_of(set, last)?.checklist.language),
        (None, None) => init::told_language(session, loaded),
    }
}

/// Says which set begins with it, or what the phase before calls the next one, where that is
/// another.
fn before(loaded: &Loaded, wishes: &Wishes) -> Result<String> {
    let Some(set) = loaded.snapshot.set(&wishes.set) else {
        let (name, folder) = (printable(&wishes.set), printable(&wishes.set_folder));
        return Ok(format!(
            "it is the first one of a new set, {name}, in {folder}\n"
        ));
    };
    let mut earlier = set.phases.iter().rev();
    let Some(last) = earlier.find(|phase| phase.number < wishes.number) else {
        return Ok(String::new());
    };
    let checklist = loaded.phase_of(set, last)?.checklist;
    let next = checklist.closing.and_then(|closing| closing.next_phase);
    Ok(match next {
        Some(next) if next == wishes.number => String::new(),
        Some(next) => format!(
            "hint: {} says that phase {next} comes next\n",
            printable(&last.path)
        ),
        None => format!(
            "hint: {} doesn't say which phase comes next\n",
            printable(&last.path)
        ),
    })
}

//! `orch demo`: an example workspace of its own, and its phase 4 against the rehearsal.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Result;
use super::{Session, Stop, load, run};
use crate::checklist::{Edits, parse};
use crate::git::Repo;
use crate::terminal::err;
use crate::vocabulary::Vocabulary;

/// Arguments of `orch demo`.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// The new folder
    #[arg(default_value = "orch-demo")]
    folder: PathBuf,
    /// Make the workspace only; don't run anything
    #[arg(long)]
    no_run: bool,
}

macro_rules! example {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_str!(concat!("../../examples/call-center/", $path)))),*]
    };
}

/// The example application, as it lies in this repository.
const APPLICATION: &[(&str, &str)] = &example![
    "README.md",
    ".env.example",
    "Dockerfile",
    "docker-compose.yml",
    "docker-compose.staging.yml",
    "requirements.txt",
    "config/prometheus.yml",
    "config/grafana/provisioning/datasources/prometheus.yml",
    "config/grafana/provisioning/dashboards/files.yml",
    "config/grafana/dashboards/calls.json",
    "db/init/001-schema.sql",
    "src/__init__.py",
    "src/admin/__init__.py",
    "src/admin/main.py",
    "src/api/__init__.py",
    "src/api/calls.py",
    "src/api/health.py",
    "src/audiosocket.py",
    "src/config.py",
    "src/main.py",
    "src/scheduler.py",
    "src/stores.py",
    "src/worker.py",
];

const CHECKLIST: &str = include_str!("../../checklists/call-center/phase-04-kubernetes.md");
const SETTINGS: &str = include_str!("../../phases/04-kubernetes.toml");
const CHECKLIST_PATH: &str = "checklists/call-center/phase-04-kubernetes.md";

pub(super) fn run(session: &Session, args: &DemoArgs) -> Result {
    let base = session.global.directory.clone().unwrap_or_default();
    let folder = base.join(&args.folder);
    make(&folder)?;
    err(&format!(
        "made a workspace in {}: the example application, its checklist, a git repository\n\n",
        folder.display()
    ))?;
    let inner = Session {
        global: super::Global {
            directory: Some(folder.clone()),
            set: None,
            json: session.global.json,
            color: session.global.color,
            verbose: session.global.verbose,
        },
        environment: session.environment.clone(),
        out: session.out,
        err: session.err,
    };
    if args.no_run {
        return Ok(super::Code::Done);
    }
    let loaded = load::workspace(&inner)?;
    let phase = loaded.phase(&inner, 4)?;
    let code = run::run(&inner, &loaded, &phase, &run::RunArgs::default())?;
    if code == super::Code::Done {
        err(&format!(
            "\nlook at it:\n  cd {}\n  git log --stat\n  less {CHECKLIST_PATH}\n  less PROGRESS.md\n  \
             {program} phase 4 status\n  {program} phase 4 explain 4.2.1\n",
            folder.display(),
            program = session.environment.program
        ))?;
    }
    Ok(code)
}

/// Writes the workspace and makes it a repository with one commit.
fn make(folder: &Path) -> Result<()> {
    if folder.exists() {
        return Err(
            Stop::input(format!("`{}` is there already", folder.display()))
                .help("name another folder: `orch demo FOLDER`"),
        );
    }
    let mut paths = Vec::new();
    let mut add = |path: &str, text: &str| -> Result<()> {
        let target = folder.join(path);
        if let Some(parent) = target.parent() {
            fs_err::create_dir_all(parent)?;
        }
        fs_err::write(&target, text)?;
        paths.push(path.to_owned());
        Ok(())
    };
    for (path, text) in APPLICATION {
        add(path, text)?;
    }
    // The application lies at the workspace's root there.
    add(
        CHECKLIST_PATH,
        &pristine(CHECKLIST)?.replace("examples/call-center/", ""),
    )?;
    add(
        "phases/04-kubernetes.toml",
        &SETTINGS.replace("examples/call-center/", ""),
    )?;
    add(".gitignore", ".env\n")?;
    Repo::init(
        folder,
        &paths,
        "Start with the call centre and its rollout checklist",
    )?;
    Ok(())
}

/// Returns a checklist as it is before anything was run: the repository's own has been.
fn pristine(text: &str) -> Result<String> {
    let checklist = parse(CHECKLIST_PATH, text, &Vocabulary::default())?.checklist;
    let mut edits = Edits::new();
    let statuses = checklist.status.iter().flat_map(|status| &status.boxes);
    let boxes = checklist.tasks().map(|task| &task.marker);
    for marker in boxes
        .chain(statuses.map(|status| &status.marker))
        .filter(|one| one.checked)
    {
        edits = edits.tick(marker, false);
    }
    let dates = [&checklist.started, &checklist.completed];
    for date in dates.into_iter().flatten().filter(|date| date.text != "-") {
        edits = edits.date(date, "-");
    }
    Ok(edits.apply(text)?)
}

//! The checklist's and the settings' commands: what they are given of the environment, and a person's
//! consent to them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::outlook::Outlook;
use super::{Prepared, Result, RunArgs, known};
use crate::cli::Session;
use crate::cli::confirm::{can_ask, typed};
use crate::cli::load::{Loaded, Phase};
use crate::cli::target::Target;
use crate::execute::{Commands, Standing};
use crate::facts::secret;
use crate::plan::Work;
use crate::terminal::{count, err, printable};

/// The variables that every command is given, where they are set.
const GIVEN: &[&str] = &["HOME", "LANG", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER"];

/// Returns how commands run: with a short environment of their own.
pub(super) fn of(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    (target, args): (&Target, &RunArgs),
) -> Commands {
    let given = |name: &str| {
        let named = loaded
            .settings
            .commands
            .iter()
            .chain(&phase.settings.commands);
        GIVEN.contains(&name) || name.starts_with("LC_") || named.into_iter().any(|it| it == name)
    };
    let variables = session.environment.variables.iter();
    let mut environment: BTreeMap<String, String> = variables
        .filter(|(name, _)| given(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let number = phase.checklist.number;
    for (name, value) in [
        ("TERM", "dumb".to_owned()),
        ("ORCH_SET", phase.set.clone()),
        ("ORCH_PHASE", number.to_string()),
        ("ORCH_TARGET", target.called().to_owned()),
    ] {
        environment.insert(name.to_owned(), value);
    }
    Commands {
        allowed: args.yes,
        limit: phase.settings.timeouts.command,
        environment,
        mask: known::secrets(session, loaded, phase, args.env_file.as_deref()),
        set: phase.set.clone(),
        phase: number,
    }
}

/// Shows in full, but for secrets that are written into them, the commands that are to run, and asks whether they may, where nobody said so yet
/// and there is a terminal to ask on. Where they mayn't, each fails with the way out.
pub(super) fn ask(prepared: &mut Prepared<'_>, outlook: &Outlook) -> Result<()> {
    if prepared.how.options.commands.allowed || !can_ask() {
        return Ok(());
    }
    let steps = prepared.plan.steps.iter().zip(&outlook.standing);
    let due = steps.filter(|(_, standing)| matches!(standing, Standing::Todo(_)));
    let mut text = String::new();
    let mut number = 0;
    for (step, _) in due {
        let run = match &step.work {
            Work::Command { run, .. } => run.clone(),
            Work::Build { run, digest, .. } => {
                let both: Vec<&str> = std::iter::once(run)
                    .chain(digest)
                    .map(String::as_str)
                    .collect();
                both.join("\n")
            }
            Work::Study { .. }
            | Work::Conclude { .. }
            | Work::Refuse { .. }
            | Work::Write { .. }
            | Work::Apply { .. }
            | Work::Expect { .. }
            | Work::Wait { .. } => continue,
        };
        number += 1;
        let of = step.task.as_ref().map(|task| format!("task {task}"));
        let _ = writeln!(
            text,
            "  {}",
            of.as_deref().unwrap_or("the settings' [build]")
        );
        for line in secret::masked(&run).lines() {
            let _ = writeln!(text, "    $ {}", printable(line));
        }
    }
    if number == 0 {
        return Ok(());
    }
    err(&format!(
        "{} to run in the workspace:\n{text}",
        count(number, "command")
    ))?;
    loop {
        // Who says nothing doesn't consent.
        let answer = typed("run them? [y/N] ")?;
        prepared.how.options.commands.allowed = match answer.to_lowercase().as_str() {
            "y" | "yes" => true,
            "" | "n" | "no" => false,
            _ => {
                err(&format!("`{}` is neither yes nor no\n", printable(&answer)))?;
                continue;
            }
        };
        return Ok(());
    }
}

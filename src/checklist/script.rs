//! The fenced block that `run=fence` runs: what a shell is given.

use super::Fence;

/// Which shell runs a command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Shell {
    /// `sh`, for one line.
    #[default]
    Line,
    /// `sh`, for several lines; the first that fails ends them.
    Sh,
    /// `bash`, likewise; a pipe fails with any part of it.
    Bash,
}

/// A fenced block's commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// What runs them.
    pub shell: Shell,
    /// The lines, prompts stripped.
    pub text: String,
}

/// Returns the commands of the one block of a task that a shell can run.
///
/// # Errors
/// Says in plain words what is wrong where there is none, or more than one.
pub(super) fn read(fences: &[Fence]) -> Result<Script, &'static str> {
    let mut scripts = fences.iter().filter_map(of);
    match (scripts.next(), scripts.next()) {
        (Some(script), None) if script.text.trim().is_empty() => {
            Err("the task's block holds no command")
        }
        (Some(script), None) => Ok(script),
        (Some(_), Some(_)) => Err("the task has several blocks of commands"),
        (None, _) => Err("the task has no block of `sh`, `bash` or `console`"),
    }
}

fn of(fence: &Fence) -> Option<Script> {
    let info = fence.info.split_whitespace().next()?.to_lowercase();
    let (shell, session) = match info.as_str() {
        "sh" | "shell" | "posix" => (Shell::Sh, false),
        "bash" => (Shell::Bash, false),
        "console" | "terminal" | "shell-session" | "shellsession" | "sh-session" => {
            (Shell::Sh, true)
        }
        _ => return None,
    };
    let prompted = fence.body.lines().any(|line| prompt(line).is_some());
    let text = if prompted {
        commands(&fence.body, session)
    } else {
        fence.body.clone()
    };
    Some(Script { shell, text })
}

/// Returns the lines behind prompts; others are what commands said, or go on with one.
fn commands(body: &str, session: bool) -> String {
    let mut text = String::new();
    let mut goes_on = false;
    for line in body.lines() {
        let own = match prompt(line) {
            Some(rest) => Some(rest),
            None if goes_on => Some(line.strip_prefix("> ").unwrap_or(line)),
            None if session => None,
            None => Some(line),
        };
        goes_on = own.is_some_and(|line| line.ends_with('\\'));
        if let Some(line) = own {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Returns what stands behind a prompt.
fn prompt(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("$ ")
        .or_else(|| (line == "$").then_some(""))
}

#[cfg(test)]
mod tests {
    use super::{Shell, read};
    use crate::checklist::Fence;

    fn fence(info: &str, body: &str) -> Fence {
        Fence {
            info: info.to_owned(),
            body: body.to_owned(),
            span: 0..0,
        }
    }

    #[track_caller]
    fn check(fences: &[(&str, &str)], expected: Result<(Shell, &str), &str>) {
        let fences: Vec<Fence> = fences
            .iter()
            .map(|(info, body)| fence(info, body))
            .collect();
        let found = read(&fences);
        let found = found.as_ref().map(|it| (it.shell, it.text.as_str()));
        assert_eq!(found.map_err(|why| *why), expected);
    }

    #[test]
    fn a_block_of_a_shell_is_run_as_it_is() {
        check(
            &[("yaml", "a: b\n"), ("bash", "make\nmake test\n")],
            Ok((Shell::Bash, "make\nmake test\n")),
        );
        check(&[("sh title=x", "make\n")], Ok((Shell::Sh, "make\n")));
    }

    #[test]
    fn prompts_and_what_was_said_are_stripped() {
        check(
            &[("console", "$ make \\\n> all\nok: 3 files\n$ make test\n")],
            Ok((Shell::Sh, "make \\\nall\nmake test\n")),
        );
        check(
            &[("bash", "# first\n$ make\n")],
            Ok((Shell::Bash, "# first\nmake\n")),
        );
    }

    #[test]
    fn one_block_is_needed() {
        check(
            &[],
            Err("the task has no block of `sh`, `bash` or `console`"),
        );
        check(
            &[("python", "x")],
            Err("the task has no block of `sh`, `bash` or `console`"),
        );
        check(
            &[("sh", "a"), ("bash", "b")],
            Err("the task has several blocks of commands"),
        );
        check(&[("sh", "\n")], Err("the task's block holds no command"));
    }
}

//! The fenced block that `run=fence` runs: what a shell is given.
//!
//! What was copied from a terminal holds prompts, and what commands said. Which is which is told by
//! `$ `, and by whether a command is complete; where that can't be told, the block is refused.

mod open;

use super::Fence;
use open::Scan;

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

/// The way out of a block that can't be told apart.
const NO_PROMPT: &str = "a line of the task's `console` block begins with `# `, and none with `$ `: \
                         it may be a comment or a command of root. Write `$ ` before each command, \
                         or make it a block of `sh`";

/// What is wrong with a command that the next prompt cuts off.
const INCOMPLETE: &str = "a command of the task's block isn't complete where the next prompt or the \
                          block's end is: let its further lines begin with `> `, or make it a block \
                          of `sh`, without prompts";

/// Returns the commands of the one block of a task that a shell can run.
///
/// # Errors
/// Says in plain words what is wrong where there is none, or more than one, or where it can't be
/// told what a command is.
pub(super) fn read(fences: &[Fence]) -> Result<Script, &'static str> {
    let mut scripts = fences.iter().filter_map(of);
    match (scripts.next(), scripts.next()) {
        (Some(script), None) => {
            let script = script?;
            if does_nothing(&script.text) {
                return Err("the task's block holds no command");
            }
            Ok(script)
        }
        (Some(_), Some(_)) => Err("the task has several blocks of commands"),
        (None, _) => Err("the task has no block of `sh`, `bash` or `console`"),
    }
}

/// Returns whether a shell would do nothing: no line is more than a comment.
pub(super) fn does_nothing(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    lines.all(|line| line.is_empty() || line.starts_with('#'))
}

fn of(fence: &Fence) -> Option<Result<Script, &'static str>> {
    let info = fence.info.split_whitespace().next()?.to_lowercase();
    let (shell, session) = match info.as_str() {
        "sh" | "shell" | "posix" => (Shell::Sh, false),
        "bash" => (Shell::Bash, false),
        "console" | "terminal" | "shell-session" | "shellsession" | "sh-session" => {
            (Shell::Sh, true)
        }
        _ => return None,
    };
    let mut lines = fence.body.lines();
    let prompted = lines.clone().any(|line| prompt(line).is_some());
    let text = if prompted {
        commands(&fence.body, session)
    } else if session && lines.any(|line| line.trim_start().starts_with("# ")) {
        Err(NO_PROMPT)
    } else {
        Ok(fence.body.clone())
    };
    Some(text.map(|text| Script { shell, text }))
}

/// Returns the lines behind prompts, and those that go on with a command which isn't complete;
/// others are what commands said, or, outside of a session, lines of their own.
fn commands(body: &str, session: bool) -> Result<String, &'static str> {
    let mut text = String::new();
    let mut scan = Scan::default();
    for line in body.lines() {
        let goes_on = scan.is_open();
        let own = match prompt(line) {
            Some(_) if goes_on => return Err(INCOMPLETE),
            Some(rest) => rest,
            None if goes_on => continued(line),
            None if session => continue,
            None => line,
        };
        scan.take(own);
        text.push_str(own);
        text.push('\n');
    }
    if scan.is_open() {
        return Err(INCOMPLETE);
    }
    Ok(text)
}

/// Returns what stands behind the prompt of a command's further lines, where there is one.
fn continued(line: &str) -> &str {
    let behind = line.trim_start();
    behind
        .strip_prefix("> ")
        .or_else(|| (behind == ">").then_some(""))
        .unwrap_or(line)
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
        check(
            &[(
                "console",
                "# first\n$ npm run build\n\n> app@1.0 build\n> tsc\n",
            )],
            Ok((Shell::Sh, "npm run build\n")),
        );
    }

    #[test]
    fn lines_that_go_on_with_a_command_belong_to_it() {
        check(
            &[(
                "console",
                "$ cat <<EOF > conf.txt\n> hello\n>\n> EOF\n$ for i in 1 2; do\n>   echo $i >> \
                 n.txt\n> done\nsaid\n",
            )],
            Ok((
                Shell::Sh,
                "cat <<EOF > conf.txt\nhello\n\nEOF\nfor i in 1 2; do\n  echo $i >> n.txt\ndone\n",
            )),
        );
        check(
            &[("console", "$ cat <<EOF\nhello\nEOF\nhello\n$ make\n")],
            Ok((Shell::Sh, "cat <<EOF\nhello\nEOF\nmake\n")),
        );
    }

    #[test]
    fn a_command_that_isnt_complete_is_refused() {
        for body in [
            "$ cat <<EOF\n$ make\n",
            "$ for i in 1 2; do\n$ make\n",
            "$ echo 'it\n",
            "$ make &&\n",
        ] {
            check(&[("console", body)], Err(super::INCOMPLETE));
        }
    }

    #[test]
    fn what_does_nothing_is_no_command() {
        let none = Err("the task's block holds no command");
        check(&[("sh", "# kubectl apply -f x\n\n  # later\n")], none);
        check(&[("console", "$ # later\n$\n")], none);
        check(&[("bash", "#!/bin/bash\n")], none);
    }

    #[test]
    fn a_prompt_of_root_isnt_told_from_a_comment() {
        let body = "# kubectl delete ns x\nnamespace \"x\" deleted\n";
        check(&[("console", body)], Err(super::NO_PROMPT));
        check(&[("console", "make\n")], Ok((Shell::Sh, "make\n")));
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

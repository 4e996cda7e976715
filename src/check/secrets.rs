//! Secrets that are written into a checklist's commands.
//!
//! What only looks like one is told as well: whether it is can't be known.

use std::ops::Range;
use std::sync::Arc;

use crate::checklist::{Checklist, Directive, Task};
use crate::diagnostic::Diagnostic;
use crate::facts::secret::{Literal, literals};

use super::rules::SECRET;

/// Returns a warning for each secret that is written into a task's command.
pub(super) fn written(checklist: &Checklist) -> Vec<Diagnostic> {
    let tasks = checklist.tasks();
    let told = tasks.filter_map(|task| Some((task, task.directive.as_ref()?)));
    told.flat_map(|(task, directive)| of_task(checklist, task, directive))
        .collect()
}

fn of_task(checklist: &Checklist, task: &Task, directive: &Directive) -> Vec<Diagnostic> {
    let Some(run) = &directive.run else {
        return Vec::new();
    };
    let fence = run.value == "fence";
    let text = match task.script().ok().filter(|_| fence) {
        Some(script) => script.text,
        None => run.value.clone(),
    };
    let source = checklist.text.get(run.span.clone()).unwrap_or_default();
    let command = source.find(&text).filter(|_| !fence);
    let command = command.map(|at| run.span.start + at);
    let found = literals(&[&text], true);
    // The message mustn't show them once more.
    let hidden = hidden(&checklist.text, command, &found);
    let what = if fence {
        "the block of"
    } else {
        "the command of"
    };
    let warning = |literal: Literal| {
        let Range { start, end } = literal.place;
        let span = command.map_or(run.span.clone(), |at| at + start..at + end);
        let message = format!(
            "{what} task {} holds a secret: {}",
            task.id,
            literal.by.reason()
        );
        let warning = Diagnostic::warning(message).rule(SECRET);
        let label = "everybody who reads this has it";
        let warning = warning.at(&checklist.path, &hidden, span, label);
        warning.help(
            "take a variable (`$NAME`), and let commands have it: `[commands] env = [\"NAME\"]` in \
             orch.toml; git's history keeps what was committed: change the secret",
        )
    };
    found.into_iter().map(warning).collect()
}

/// Returns the document with a command's secrets covered; as long as it was, so that places hold.
fn hidden(text: &Arc<str>, command: Option<usize>, secrets: &[Literal]) -> Arc<str> {
    let Some(command) = command.filter(|_| !secrets.is_empty()) else {
        return Arc::clone(text);
    };
    let covered = |at: usize| {
        let mut all = secrets.iter();
        all.any(|secret| (command + secret.place.start..command + secret.place.end).contains(&at))
    };
    let mut shown = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        if covered(at) {
            shown.extend(std::iter::repeat_n('*', letter.len_utf8()));
        } else {
            shown.push(letter);
        }
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    use super::written;

    #[track_caller]
    fn check(task: &str, expected: &[&str]) {
        let text = format!("# Phase 1: A\n\n- [ ] {task}\n");
        let parsed = parse("phase-01-a.md", &text, &Vocabulary::default()).expect("a checklist");
        let found = written(&parsed.checklist);
        let told: Vec<String> = found
            .iter()
            .map(|it| {
                let place = it.place.as_ref().expect("a place");
                assert!(
                    !place.text.contains("hunter2") || task.contains("```"),
                    "{task}"
                );
                text.get(place.span.clone()).unwrap_or_default().to_owned()
            })
            .collect();
        assert_eq!(told, expected, "{task}");
    }

    #[test]
    fn a_literal_is_told_and_not_shown() {
        check(
            "Warm <!-- orch: run=\"DB_PASSWORD=hunter2 ./warm.sh\" -->",
            &["hunter2"],
        );
        check(
            "Warm <!-- orch: run=\"curl -u ann:hunter2 x\" timeout=5m -->",
            &["hunter2"],
        );
        check(
            "Warm <!-- orch: run=fence -->\n  ```sh\n  TOKEN=hunter2 ./warm.sh\n  ```",
            &["fence"],
        );
    }

    #[test]
    fn what_stands_for_one_is_fine() {
        check(
            "Warm <!-- orch: run=\"DB_PASSWORD=$DB_PASSWORD ./warm.sh\" -->",
            &[],
        );
        check("Warm <!-- orch: run=./warm.sh -->", &[]);
    }
}

//! The reference of directives' keys, as an editor shows it.

/// A key of a directive.
pub(super) struct Key {
    /// The key.
    pub(super) name: &'static str,
    /// How it is written.
    pub(super) form: &'static str,
    /// What it does.
    pub(super) what: &'static str,
}

const fn key(name: &'static str, form: &'static str, what: &'static str) -> Key {
    Key { name, form, what }
}

/// All keys.
pub(super) const KEYS: &[Key] = &[
    key(
        "id",
        "id=name",
        "The task's id instead of its number. Other tasks keep theirs.",
    ),
    key(
        "after",
        "after=4.2.1,4.2.2",
        "Waits for these tasks of the phase. One that a person does is waited for too.",
    ),
    key(
        "run",
        "run=\"./warm.sh\"",
        "Runs a command, with consent: a terminal's `--yes`. It is done when it exits with 0.",
    ),
    key(
        "apply",
        "apply=path, apply=fence",
        "Applies YAML that people wrote: a file, a folder, or the fence inside the task.",
    ),
    key(
        "wait",
        "wait=Deployment/api",
        "What must be ready before the box is ticked.",
    ),
    key("manual", "manual", "A person does it."),
    key(
        "timeout",
        "timeout=5m",
        "How long each step may take: `ms`, `s`, `m`, `h`, also `1h30m`.",
    ),
    key(
        "retries",
        "retries=3",
        "How often a step that failed is tried again.",
    ),
    key("skip", "skip", "Leaves the task out."),
];

/// Returns the reference of a key.
pub(super) fn of(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn every_key_of_the_reference_is_one_that_is_read() {
        for key in KEYS {
            let form = key.form.split(", ").next().expect("a form");
            let form = form.replace("4.2.1,4.2.2", "4.1.1");
            let form = form.replace('…', "x").replace("id=name", "id=other");
            let text = format!(
                "# Phase 4: X\n\n## 4.1 A\n\n- [ ] Ask\n- [ ] Do it <!-- orch: {form} -->\n"
            );
            let parsed = parse("phase-04-x.md", &text, &Vocabulary::default()).expect("reads");
            assert!(
                parsed.warnings.0.is_empty(),
                "{form}: {:?}",
                parsed.warnings
            );
        }
    }
}

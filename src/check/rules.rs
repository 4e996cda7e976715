//! The table of rules: what each finds, why that matters, what to do about it.
//!
//! `docs/check.md` is made of it, and a test proves that each example triggers exactly its rule,
//! and that what mends it makes it go away.

use crate::diagnostic::Severity;

use super::examples as example;

pub(super) const APPLICATION: &str = "application";
pub(super) const CYCLE: &str = "cycle";
pub(super) const DOCUMENT: &str = "document";
/// The rule on journals.
pub const JOURNAL: &str = "journal";
pub(super) const NAME: &str = "name";
pub(super) const NUMBER: &str = "number";
pub(super) const PATH: &str = "path";
pub(super) const READING: &str = "reading";
/// The rule on boxes and decisions without a record, or without a task.
pub const RECORD: &str = "record";
pub(super) const SECRET: &str = "secret";
pub(super) const SET: &str = "set";
pub(super) const SETTING: &str = "setting";
pub(super) const SETTINGS_OF_NOTHING: &str = "stray";
pub(super) const UNREAD: &str = "unread";

/// A rule that checklists and settings are checked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its name, as programs get it.
    pub name: &'static str,
    /// How bad it mostly is.
    pub severity: Severity,
    /// What it finds.
    pub what: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// What to do about it.
    pub way: &'static str,
    /// A workspace in which it finds something.
    pub example: Example,
}

/// Files in which a rule finds something, and the same files without that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// Paths and texts.
    pub files: &'static [(&'static str, &'static str)],
    /// What is other once it is mended by hand; an empty text is no file. `None` where
    /// `orch check --fix` mends it.
    pub mended: Option<&'static [(&'static str, &'static str)]>,
}

/// Returns the rule of that name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// All rules: of documents, of what stands between files, of what a phase means, of records.
pub const RULES: &[Rule] = &[
    Rule {
        name: DOCUMENT,
        severity: Severity::Error,
        what: "a checklist that can't be read: it is empty, has no task, isn't text, is nested too \
               deeply, or holds a conflict of git's that nobody resolved",
        why: "nothing of it would be done, and nobody would hear of it",
        way: "write a task as `- [ ] …` below a heading, and save the file as UTF-8",
        example: example::DOCUMENT,
    },
    Rule {
        name: "title",
        severity: Severity::Error,
        what: "a checklist without a title, or whose title and file name give no number",
        why: "phases come in order and are recorded by their number",
        way: "begin it with `# Phase 4: …`, or name the file `phase-04-….md`",
        example: example::TITLE,
    },
    Rule {
        name: NUMBER,
        severity: Severity::Warning,
        what: "a title that gives another number than the file's name; an error where another \
               checklist of the set has that number, and where two files have one",
        why: "two phases of one number would share one journal",
        way: "renumber one of the two",
        example: example::NUMBER,
    },
    Rule {
        name: "box",
        severity: Severity::Warning,
        what: "what looks like a box and is none: `[х]` with a Cyrillic letter, `[x]text` without \
               a space, `\\[ \\]`, `☐`, `( )`, a character that can't be seen, `[~]`, `[]`; a box \
               that isn't the first thing of a list's item (`a) [ ]`, `TODO: [ ]`); a box without \
               text; a block of code or a comment that is never closed and hides boxes; a note: \
               boxes in a quote, a table or HTML, which are no tasks",
        why: "Markdown shows it as plain text: the task would be lost in silence",
        way: "`--fix` writes the box that can only be meant; what `[~]` means, a person says",
        example: example::BOX,
    },
    Rule {
        name: "id",
        severity: Severity::Error,
        what: "two tasks with one id",
        why: "records and `after=` go by the id, so one would be ticked for the other",
        way: "number the sections apart, or give one of them `id=…` by a directive",
        example: example::ID,
    },
    Rule {
        name: "label",
        severity: Severity::Warning,
        what: "a label or heading that is much like one that orch knows",
        why: "it would be passed over: a date isn't filled in, files aren't found",
        way: "write the label that is named, or another word that isn't like it",
        example: example::LABEL,
    },
    Rule {
        name: "status",
        severity: Severity::Warning,
        what: "status boxes of which none or several are ticked, that contradict the tasks, or \
               that stand for no status",
        why: "people and programs that read the status are told something else than the boxes \
              say; what counts for orch are the tasks",
        way: "tick exactly one; `--fix` does where it is beyond doubt, and a run keeps it so",
        example: example::STATUS,
    },
    Rule {
        name: "unfinished",
        severity: Severity::Warning,
        what: "a phase that is called completed and has open boxes",
        why: "what is open was forgotten, or was left out without a word",
        way: "do it (`orch task done ID --note …`), leave it out (`orch task skip ID`), or take \
              the status back",
        example: example::UNFINISHED,
    },
    Rule {
        name: "date",
        severity: Severity::Warning,
        what: "a date that can't be read, or a phase that is completed before it is started",
        why: "orch copies the dates to PROGRESS.md, and leaves alone what a person wrote",
        way: "write `2026-01-31` or `31.01.2026`, as the document does elsewhere; `-` is no date \
              yet. `--fix` corrects what can only be one date",
        example: example::DATE,
    },
    Rule {
        name: "directive",
        severity: Severity::Error,
        what: "a directive with an unknown key or a wrong value, that isn't closed, or that \
               belongs to no task",
        why: "it says exactly what is to be done, so guessing is out of the question",
        way: "correct the key; the nearest known one is named",
        example: example::DIRECTIVE,
    },
    Rule {
        name: "after",
        severity: Severity::Error,
        what: "an `after=` that names no task of the phase, or the task itself",
        why: "what is to come later would come at any time",
        way: "name a task of the same phase by its id; phases come in their own order anyway",
        example: example::AFTER,
    },
    Rule {
        name: CYCLE,
        severity: Severity::Error,
        what: "tasks or objects that wait for each other in a circle",
        why: "none of them could ever begin",
        way: "take away one `after=`: what objects refer to is put in order without it",
        example: example::CYCLE,
    },
    Rule {
        name: SETTING,
        severity: Severity::Error,
        what: "settings that can't be read: syntax, unknown keys, wrong values, targets that wait \
               for each other",
        why: "a setting with a misspelt name would be no setting",
        way: "correct it; the nearest known key is named, and `orch init` writes them all",
        example: example::SETTING,
    },
    Rule {
        name: SETTINGS_OF_NOTHING,
        severity: Severity::Warning,
        what: "settings of a phase that isn't there",
        why: "nothing in that file is read, and the phase it was meant for runs without it",
        way: "name it like its checklist: `phases/04-kubernetes.toml` for \
              `phase-04-kubernetes.md`",
        example: example::STRAY,
    },
    Rule {
        name: SET,
        severity: Severity::Warning,
        what: "phase numbers that several sets have, where nothing says which is meant; an error: \
               two sets of one name, and a default set that isn't there",
        why: "`orch phase 4 run` has to know which phase 4",
        way: "name the usual one in orch.toml: `set = \"…\"`; others are run with `--set NAME`",
        example: example::SET,
    },
    Rule {
        name: NAME,
        severity: Severity::Error,
        what: "a name that stands for nothing: a workload, an alias or a target; a warning for \
               images and volumes",
        why: "it would be made up, or passed over",
        way: "correct the name, or map it in the phase's settings: `[aliases] admin-api = \"api\"`",
        example: example::NAME,
    },
    Rule {
        name: PATH,
        severity: Severity::Error,
        what: "a path that isn't there, or that leads out of the workspace; a warning where it is \
               to be studied or changed by a person",
        why: "the step that needs it would fail, in the middle of a run",
        way: "correct the path, or add the file; paths begin at the workspace's root",
        example: example::PATH,
    },
    Rule {
        name: SECRET,
        severity: Severity::Warning,
        what: "what looks like a secret, written into a directive's command, or by a person into a \
               manifest that orch writes",
        why: "it is in git: everybody who reads it has the secret, for ever",
        way: "take a variable (`$NAME`), and let commands have it: `[commands] env = [\"NAME\"]`; \
              in a manifest, take it from a Secret; change the secret",
        example: example::SECRET,
    },
    Rule {
        name: "object",
        severity: Severity::Error,
        what: "an object that is described twice, differently",
        why: "which description counts would be chance",
        way: "take one of them away; where the second is to replace the first, say `after=`",
        example: example::OBJECT,
    },
    Rule {
        name: APPLICATION,
        severity: Severity::Error,
        what: "an application that can't be read: a Compose file or a manifest that a phase needs",
        why: "no plan can be made",
        way: "correct the file; `orch analyze` shows what is known of it",
        example: example::APPLICATION,
    },
    Rule {
        name: READING,
        severity: Severity::Warning,
        what: "what a checklist asks for and the application contradicts or doesn't have",
        why: "it is done as well as it can be, which may not be what was meant",
        way: "correct the checklist or the application; `orch phase N plan` shows the reading",
        example: example::READING,
    },
    Rule {
        name: UNREAD,
        severity: Severity::Note,
        what: "a nested bullet that no rule reads",
        why: "the work is done without it, and the box is left to a person",
        way: "say it in [words that rules read](rules.md), or decide: `orch task done ID --note …`",
        example: example::UNREAD,
    },
    Rule {
        name: JOURNAL,
        severity: Severity::Error,
        what: "a journal that can't be read, or that the last commit has and the work tree lacks; a \
               note: one that is torn at its end, or belongs to no phase",
        why: "it is the record of what was done: without it, a run can't go on",
        way: "restore it: `git checkout -- .orch/…` (`git sparse-checkout disable` where the work \
              tree is sparse), or from the clone that ran the phase",
        example: example::JOURNAL,
    },
    Rule {
        name: RECORD,
        severity: Severity::Note,
        what: "boxes that are ticked without a record, in a phase that has been run, and what a \
               person decided of a task whose words are gone (a warning where its place is an open \
               task's)",
        why: "the boxes are respected as done elsewhere, but nothing proves it; the decision counts \
              for no other words",
        way: "leave them, or open the box, and the next run does it; decide again where a task \
              says the same in other words",
        example: example::RECORD,
    },
];

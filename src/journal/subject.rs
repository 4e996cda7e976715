//! The words by which a task is known again, wherever its line has moved since.
//!
//! A number (`4.2.1`) is a place, and lines above it come and go; what a person decided is about
//! what they read there. An `id=` of the document needs no words: it stays with its line. Where
//! words were edited, a task is known by the command that it runs; which words still mean the same
//! isn't guessed: other words are another task.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::sha256;
use crate::checklist::{Checklist, Task, TaskId};
use crate::facts::secret::masked;

/// What a task said when a person decided on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its line, without box, emphasis and directive; secrets masked.
    pub text: String,
    /// The title of its section.
    pub section: String,
    /// Which one it is of the tasks that say the same; absent where it was the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<Twin>,
    /// The SHA-256 of what its directive runs or applies, where no other task does the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<String>,
}

/// One of several tasks of the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// Which one of its section's, from 1.
    pub nth: usize,
    /// How many its section has.
    pub of: usize,
}

impl Subject {
    /// Returns what a task is known by; `None` where there is none, or its own `id=` says it.
    pub fn of(checklist: &Checklist, id: &TaskId) -> Option<Self> {
        let task = checklist.task(id)?;
        if has_own_id(task) {
            return None;
        }
        let section = checklist.section_of(id)?;
        let text = shown(task);
        let alone = with_words(checklist.tasks(), &text).len() == 1;
        let inside = with_words(&section.tasks, &text);
        let nth = inside.iter().position(|one| one.id == *id)? + 1;
        let of = inside.len();
        Some(Self {
            text,
            section: section.title.clone(),
            twin: (!alone).then_some(Twin { nth, of }),
            does: does(task).filter(|it| doing(checklist, it).is_some()),
        })
    }

    /// Returns the one task that it is about; `None` where no task says so any more, or it can't be
    /// told which one of several is meant.
    pub fn find<'c>(&self, checklist: &'c Checklist) -> Option<&'c Task> {
        let same = || doing(checklist, self.does.as_ref()?);
        self.find_by_words(checklist).or_else(same)
    }

    fn find_by_words<'c>(&self, checklist: &'c Checklist) -> Option<&'c Task> {
        let everywhere = with_words(checklist.tasks(), &self.text);
        if let (None, [only]) = (self.twin, everywhere.as_slice()) {
            return Some(only);
        }
        let sections = checklist.sections.iter();
        let same = sections.filter(|section| words(&section.title) == words(&self.section));
        let inside = with_words(same.flat_map(|section| &section.tasks), &self.text);
        let Twin { nth, of } = self.twin.unwrap_or(Twin { nth: 1, of: 1 });
        (inside.len() == of)
            .then(|| inside.get(nth.checked_sub(1)?).copied())
            .flatten()
    }

    /// Returns whether both are about one task; those of different times may tell twins apart
    /// differently.
    pub fn is_same(&self, other: &Self) -> bool {
        let told_apart = self.twin.is_some() && other.twin.is_some();
        let place = (words(&self.section), self.twin);
        let does_same = self.does.is_some() && self.does == other.does;
        let says_same = words(&self.text) == words(&other.text)
            && (!told_apart || place == (words(&other.section), other.twin));
        does_same || says_same
    }

    /// Returns those of a document's tasks in another version of it, under the ids they have there.
    pub fn carried(ids: &BTreeSet<TaskId>, from: &Checklist, to: &Checklist) -> BTreeSet<TaskId> {
        let there = |id: &TaskId| match Self::of(from, id) {
            Some(subject) => subject.find(to).map(|task| task.id.clone()),
            None => Some(id.clone()),
        };
        ids.iter().filter_map(there).collect()
    }
}

fn has_own_id(task: &Task) -> bool {
    let directive = task.directive.as_ref();
    directive.is_some_and(|directive| directive.id.is_some())
}

/// The hash of what a task's directive runs or applies.
fn does(task: &Task) -> Option<String> {
    let directive = task.directive.as_ref()?;
    let given = directive.run.as_ref().or(directive.apply.as_ref())?;
    let blocks = task.fences.iter().map(|fence| fence.body.as_str());
    let all: Vec<&str> = std::iter::once(given.value.as_str())
        .chain(blocks)
        .collect();
    Some(sha256(all.join("\0").as_bytes()))
}

/// Returns the only task that does that.
fn doing<'c>(checklist: &'c Checklist, what: &str) -> Option<&'c Task> {
    let mut same = checklist
        .tasks()
        .filter(|task| does(task).as_deref() == Some(what));
    let first = same.next()?;
    same.next().is_none().then_some(first)
}

/// A task's line as it is recorded.
fn shown(task: &Task) -> String {
    masked(task.text.plain().trim())
}

fn with_words<'c>(tasks: impl IntoIterator<Item = &'c Task>, text: &str) -> Vec<&'c Task> {
    let wanted = words(text);
    let tasks = tasks.into_iter();
    tasks.filter(|task| words(&shown(task)) == wanted).collect()
}

/// What counts of a text: neither white space, nor capitals, nor what ends it.
fn words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ").to_lowercase();
    line.trim_end_matches(['.', ';', ',', ':', '…']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    fn read(tasks: &str) -> Checklist {
        let text = format!("# Phase 1: Base\n\n{tasks}");
        let parsed = parse("c.md", &text, &Vocabulary::default());
        parsed.expect("parses").checklist
    }

    /// Where a task of one document is found in another.
    #[track_caller]
    fn check(before: &str, id: &str, after: &str, expected: Option<&str>) {
        let subject = Subject::of(&read(before), &TaskId::new(id)).expect("has words");
        let after = read(after);
        let found = subject.find(&after).map(|task| task.id.as_str());
        assert_eq!(found, expected, "{subject:?}");
    }

    const THREE: &str = "## 1.1 Ask\n\n- [ ] Security\n- [ ] Book a room\n- [ ] Legal\n";

    #[test]
    fn a_task_is_found_where_its_line_moved() {
        check(
            THREE,
            "1.1.3",
            "## 1.1 Ask\n\n- [ ] Security\n- [ ] Legal\n",
            Some("1.1.2"),
        );
        check(
            THREE,
            "1.1.1",
            "## 1.1 A\n\n- [x] New\n## 1.2 B\n- [x] Security\n",
            Some("1.2.1"),
        );
    }

    #[test]
    fn a_task_that_took_its_place_isnt_it() {
        check(
            THREE,
            "1.1.2",
            "## 1.1 Ask\n\n- [ ] Security\n- [ ] Legal\n",
            None,
        );
        check(
            THREE,
            "1.1.2",
            "## 1.1 Ask\n\n- [ ] Security\n- [ ] Book 2 rooms\n",
            None,
        );
    }

    #[test]
    fn spaces_capitals_emphasis_and_directives_are_no_other_words() {
        let other = "## 1.1 Ask\n\n- [x] book  **a room**. <!-- orch: manual -->\n";
        check(THREE, "1.1.2", other, Some("1.1.1"));
    }

    #[test]
    fn other_words_for_the_same_command_are_the_same_task() {
        let command = |words: &str, run: &str| {
            format!("## 1.1 A\n\n- [ ] {words} <!-- orch: run=\"{run}\" -->\n")
        };
        let before = command("Migrat", "./move.sh");
        let (same, other) = (
            command("Migrate", "./move.sh"),
            command("Migrate", "./move.sh 2"),
        );
        check(&before, "1.1.1", &same, Some("1.1.1"));
        check(
            &before,
            "1.1.1",
            &command("Migrat", "./move.sh 2"),
            Some("1.1.1"),
        );
        check(&before, "1.1.1", &other, None);
        let twice = format!("{before}- [ ] Again <!-- orch: run=\"./move.sh\" -->\n");
        check(&twice, "1.1.2", &before, None);
    }

    #[test]
    fn an_id_of_the_document_stays_with_the_line_that_words_lead_to() {
        let other = "## 1.1 Ask\n\n- [ ] Legal <!-- orch: id=law -->\n";
        check(THREE, "1.1.3", other, Some("law"));
        let own = read(other);
        assert_eq!(Subject::of(&own, &TaskId::new("law")), None);
    }

    #[test]
    fn of_twins_each_is_known_by_its_place_as_long_as_there_are_as_many() {
        let two = "## 1.1 A\n\n- [ ] Sign off\n- [ ] Sign off\n";
        let moved = "## 1.1 A\n\n- [ ] New\n- [ ] Sign off\n- [ ] Sign off\n";
        check(two, "1.1.2", moved, Some("1.1.3"));
        check(two, "1.1.2", "## 1.1 A\n\n- [ ] Sign off\n", None);
        let both = "## 1.1 A\n\n- [ ] Sign off\n\n## 1.2 B\n\n- [ ] Sign off\n";
        check(both, "1.2.1", "## 1.1 A\n\n- [ ] Sign off\n", None);
        check(both, "1.2.1", "## 1.1 B\n\n- [ ] Sign off\n", Some("1.1.1"));
        check(
            THREE,
            "1.1.3",
            "## 1.1 Ask\n\n- [ ] Legal\n\n## 1.2 B\n\n- [ ] Legal\n",
            Some("1.1.1"),
        );
        check(
            THREE,
            "1.1.3",
            "## 1.1 Ask\n\n- [ ] Legal\n- [ ] Legal\n",
            None,
        );
    }

    #[test]
    fn a_secret_in_a_line_isnt_recorded() {
        let text = "## 1.1 A\n\n- [ ] Run `DB_PASSWORD=hunter2 ./warm.sh`\n";
        let subject = Subject::of(&read(text), &TaskId::new("1.1.1")).expect("has words");
        assert!(!subject.text.contains("hunter2"), "{subject:?}");
        check(text, "1.1.1", text, Some("1.1.1"));
    }
}
